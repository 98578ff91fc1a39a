"""What there is to choose from: stretches in the doses they may have, and the time and the ceilings they share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct

from stretch.core.planning import spine
from stretch.core.planning.dosing import CEILING_S, with_reps
from stretch.core.routine import Item, sort_key
from stretch.core.vocabulary import Position

MOST_STEPS = 100_000
"""So many steps take a second or two; hardly a request to the shipped catalog comes near.

A catalog that is made to be hard must not keep anybody waiting; a score that is given up may have been possible.
"""


class Option(Struct, frozen=True):
    """One dose a stretch may have."""

    reps: int
    ms: int
    """What the stretch takes where the position stays the same, preparation and both sides included."""
    held_s: int
    """Seconds of the ceilings of its areas that it uses up: those of held stretch for each side."""
    points: int
    """What the dose is worth by itself."""


class Candidate(Struct, frozen=True):
    """A stretch that may be chosen."""

    item: Item
    """With its full dose."""
    options: tuple[Option, ...]
    """The leanest first, the full dose last."""
    extra_ms: int
    """How much longer the preparation takes when the position changes (rule D18)."""
    goals: tuple[int, ...]
    """Which goals of the space it serves."""
    merit: int
    load: spine.Load
    required: bool = False

    @property
    def areas(self) -> tuple[str, ...]:
        """The areas whose ceilings it uses up."""
        return self.item.stretch.areas.primary


Pick = tuple[Candidate, Option]
"""A stretch that is chosen, and the dose it is chosen in."""


class Space(Struct, frozen=True, kw_only=True):
    """The candidates in the order of a session, and what limits a choice of them."""

    candidates: tuple[Candidate, ...]
    goals: tuple[tuple[int, ...], ...]
    """For each goal what the first, second, third ... stretch that serves it adds; the last one holds for all later."""
    budget_ms: int
    begins: Position | None
    """The position of the body before the first stretch."""
    ceiling_s: int = CEILING_S
    """Seconds of held stretch for one area and side (rules D5 and D17)."""
    change: int = 0
    """What each position of the body costs that a choice goes through, in points."""
    most_steps: int = MOST_STEPS
    """How long the search may go on; each score may take half of the steps that are left."""
    guards_spine: bool = True
    """Whether rule RB10 is kept; not where stretches asked for by name break it."""

    def gain(self, goal: int, count: int) -> int:
        """Return what one more stretch adds to *goal* when *count* serve it already."""
        gains = self.goals[goal]
        return gains[min(count, len(gains) - 1)]


def in_order(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Return *candidates* in the order of a session (rules RB5, RB6).

    Among those that may stand in any order, backbends come before bends and twists (rule RB10), and the better before
    the others.
    """

    def key(candidate: Candidate) -> tuple[object, ...]:
        place = sort_key(candidate.item)
        load = spine.LOADS.index(candidate.load)
        return *place, load, candidate.extra_ms, -candidate.merit, candidate.options[0].ms

    return tuple(sorted(candidates, key=key))


def cost_ms(space: Space, picks: Sequence[Pick]) -> int:
    """Return the milliseconds that *picks* take, which stand in the order of the session."""
    total, previous = 0, space.begins
    for candidate, option in picks:
        moved = candidate.item.position != previous
        total += option.ms + (candidate.extra_ms if moved else 0)
        previous = candidate.item.position
    return total


def allowed(space: Space, picks: Sequence[Pick]) -> bool:
    """Whether *picks*, in the order of the session, keep to the time, the ceilings and the balance of the spine."""
    if cost_ms(space, picks) > space.budget_ms or max(held_by_area(picks).values(), default=0) > space.ceiling_s:
        return False
    chosen = {candidate.item.stretch.id for candidate, _ in picks}
    if any(c.required and c.item.stretch.id not in chosen for c in space.candidates):
        return False
    return not space.guards_spine or is_balanced(picks)


def held_by_area(picks: Sequence[Pick]) -> dict[str, int]:
    """Return the seconds of held stretch that each side of each area gets."""
    held: dict[str, int] = {}
    for candidate, option in picks:
        for area in candidate.areas:
            held[area] = held.get(area, 0) + option.held_s
    return held


def is_balanced(picks: Sequence[Pick]) -> bool:
    """Whether each of *picks* may follow those before it (rule RB10)."""
    since = spine.FRESH
    for candidate, _ in picks:
        then = spine.follow(since, candidate.load)
        if then is None:
            return False
        since = then
    return True


def item_of(pick: Pick) -> Item:
    """Return the stretch of *pick* as it stands in a routine."""
    candidate, option = pick
    dose = candidate.item.dose
    if option.reps == dose.reps:
        return candidate.item
    return msgspec.structs.replace(candidate.item, dose=with_reps(dose, option.reps))
