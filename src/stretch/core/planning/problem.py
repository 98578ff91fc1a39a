"""The selection problem: candidate stretches with optional doses, and limits on time, hold time and spinal load."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from stretch.core.model import Stretch
from stretch.core.planning.dosing import AREA_CEILING_S, with_reps
from stretch.core.routine import Item, sort_key
from stretch.core.vocabulary import Position

NODE_LIMIT = 100_000
"""Most nodes of one search, a second or two; requests to the shipped catalog hardly ever need so many.

It bounds the time with a catalog that is hard on purpose. The result may then be less than optimal.
"""
SpinalLoad = Literal["extension", "neutral", "flexion", "rotation"]
"""Load of a stretch on the spine, counted at the end of the range.

Movement through flexion or rotation is neutral: pelvic tilt, knee rolls and cat-cow are the resets of rule RB10.
"""
SPINAL_LOADS: tuple[SpinalLoad, ...] = get_args(SpinalLoad)
BalanceState = tuple[int, int]
"""The number of flexions, and of flexions and rotations together, directly before the next stretch."""
INITIAL: BalanceState = (0, 0)
MAX_FLEXIONS = 3
"""Most flexions in a row."""
MAX_BEFORE_EXTENSION = 1
"""Most flexions and rotations directly before an extension."""


class Option(Struct, frozen=True):
    """One possible dose of a candidate."""

    reps: int
    ms: int
    """Duration without a change of position; includes preparation and both sides."""
    held_s: int
    """Hold time in seconds that counts toward the ceiling of each primary area."""
    points: int


class Candidate(Struct, frozen=True):
    """An eligible stretch."""

    item: Item
    """The stretch with its full dose."""
    options: tuple[Option, ...]
    """Possible doses, leanest first, full dose last."""
    extra_ms: int
    """Extra preparation time after a change of position (rule D18)."""
    goals: tuple[int, ...]
    """Indexes of the goals it serves."""
    base_score: int
    load: SpinalLoad
    required: bool = False

    @property
    def areas(self) -> tuple[str, ...]:
        """The primary areas, which share the hold time ceiling."""
        return self.item.stretch.areas.primary


Pick = tuple[Candidate, Option]
"""A selected candidate and its dose."""


class SelectionProblem(Struct, frozen=True, kw_only=True):
    """Candidates in session order, with the limits of a selection."""

    candidates: tuple[Candidate, ...]
    goals: tuple[tuple[int, ...], ...]
    """For each goal the gains of the first, second, ... stretch that serves it; the last applies to all further ones.
    """
    budget_ms: int
    start_position: Position | None
    """Body position before the first stretch."""
    ceiling_s: int = AREA_CEILING_S
    """Most seconds of held stretch for each area and side (rules D5 and D17)."""
    position_penalty: int = 0
    """Points off for each body position used."""
    node_limit: int = NODE_LIMIT
    """Most nodes of the search; each target score may use half of the nodes left."""
    balance_spine: bool = True
    """True if rule RB10 applies; not if stretches given by name break it."""

    def gain(self, goal: int, count: int) -> int:
        """Return the points for one more stretch for *goal* when *count* serve it already."""
        gains = self.goals[goal]
        return gains[min(count, len(gains) - 1)]


def session_order(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Return *candidates* in the order of a session (rules RB5 and RB6).

    Ties: extensions before flexions and rotations (rule RB10), then higher base scores first.
    """

    def key(candidate: Candidate) -> tuple[object, ...]:
        load = SPINAL_LOADS.index(candidate.load)
        return *sort_key(candidate.item), load, candidate.extra_ms, -candidate.base_score, candidate.options[0].ms

    return tuple(sorted(candidates, key=key))


def duration_ms(problem: SelectionProblem, picks: Sequence[Pick]) -> int:
    """Return the duration of *picks* in session order, with all changes of position."""
    total, position = 0, problem.start_position
    for candidate, option in picks:
        total += option.ms + (candidate.extra_ms if candidate.item.position != position else 0)
        position = candidate.item.position
    return total


def is_feasible(problem: SelectionProblem, picks: Sequence[Pick]) -> bool:
    """Return whether *picks* in session order keep all limits and include all required candidates."""
    within_ceiling = max(held_per_side(picks).values(), default=0) <= problem.ceiling_s
    if not within_ceiling or duration_ms(problem, picks) > problem.budget_ms:
        return False
    chosen = {candidate.item.stretch.id for candidate, _ in picks}
    if any(c.required and c.item.stretch.id not in chosen for c in problem.candidates):
        return False
    return not problem.balance_spine or is_balanced(picks)


def held_per_side(picks: Iterable[Pick]) -> dict[str, int]:
    """Return the hold time for each side of each area in seconds."""
    held: dict[str, int] = {}
    for candidate, option in picks:
        for area in candidate.areas:
            held[area] = held.get(area, 0) + option.held_s
    return held


def spinal_load(stretch: Stretch) -> SpinalLoad:
    """Return the load of *stretch* on the spine."""
    if stretch.spine == "extension":
        return "extension"
    if stretch.mode != "dynamic" and (stretch.spine == "flexion" or stretch.spine == "rotation"):
        return stretch.spine
    return "neutral"


def advance(state: BalanceState, load: SpinalLoad) -> BalanceState | None:
    """Return the state after a stretch with *load*, or None if it must not follow (rule RB10)."""
    flexions, bent = state
    if load == "flexion":
        return (flexions + 1, bent + 1) if flexions < MAX_FLEXIONS else None
    if load == "rotation":
        return 0, bent + 1
    return INITIAL if load == "neutral" or bent <= MAX_BEFORE_EXTENSION else None


def is_balanced(picks: Iterable[Pick]) -> bool:
    """Return whether *picks* in session order keep the balance of the spine (rule RB10)."""
    state = INITIAL
    for candidate, _ in picks:
        following = advance(state, candidate.load)
        if following is None:
            return False
        state = following
    return True


def item_of(pick: Pick) -> Item:
    """Return *pick* as an item of a routine."""
    candidate, option = pick
    item = candidate.item
    return item if option.reps == item.dose.reps else replace(item, dose=with_reps(item.dose, option.reps))
