"""The selection problem: candidate stretches with optional doses, in session order, and the limits of a selection."""

from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from stretch.core.planning.dosing import AREA_CEILING_S
from stretch.core.routine import Item, sort_key
from stretch.core.vocabulary import Position

SpinalLoad = Literal["extension", "neutral", "flexion", "rotation"]


class Option(Struct, frozen=True):
    """One possible dose of a candidate."""

    reps: int
    ms: int
    """Duration without a change of position; includes preparation and both sides."""
    held_s: int
    """Hold time in seconds that counts toward the ceiling of each primary area."""
    points: int
    hold_s: int | None = None
    """Seconds of one hold; None as in the full dose."""
    share_s: int = 0
    """Seconds that count toward the share of an area (rule RB13)."""
    further: int = 0
    """Repetitions beyond the full dose, for long routines."""

    @property
    def amount(self) -> int:
        """Seconds held, or the repetitions."""
        return self.reps * (self.hold_s or 1)


class Candidate(Struct, frozen=True):
    """An eligible stretch."""

    item: Item
    """The stretch with its full dose."""
    options: tuple[Option, ...]
    """Possible doses, leanest first; after the full dose those with further repetitions."""
    extra_ms: int
    """Extra preparation time after a change of position (rule D18)."""
    goals: tuple[int, ...]
    """Indexes of the goals it serves."""
    base_score: int
    load: SpinalLoad
    required: bool = False
    may_begin: bool = False
    """True for a back bend that may be among the first stretches (rule RB12)."""
    asked_for: bool = False
    """True if one of its primary areas is requested."""

    partner: bool = False
    """True if it only balances a requested area (rule RB9)."""

    @property
    def full(self) -> Option:
        """The full dose, and what was earned."""
        return next(option for option in reversed(self.options) if not option.further)


Pick = tuple[Candidate, Option]
"""A selected candidate and its dose."""


class SelectionProblem(Struct, frozen=True, kw_only=True):
    """Candidates in session order, with the limits of a selection."""

    candidates: tuple[Candidate, ...]
    goals: tuple[tuple[int, ...], ...]
    """For each goal the gains of the first, second, ... stretch that serves it; the last applies to all further ones.
    """
    budget_ms: int
    opening_ms: int = 0
    """How much of the warm-up gentle movement before the first hold may take (rule RB2)."""
    ceiling_s: int = AREA_CEILING_S
    """Most seconds of held stretch for each area and side (rules D5 and D17)."""
    most_stretches: int = 10
    most_bends: int = 1
    repeat_first: bool = True
    """True if second repetitions come before a further stretch (rule RB14)."""
    two_alike: bool = False
    """True if the routine may have two stretches of one family where that is what was asked for (rule RB13)."""
    reset_ms: Mapping[Position, int] = {}
    """Duration of the reset after a held bend or twist, by the last position (rule RB10)."""
    shared_areas: int = 0
    """The number of goals, the first ones, that are areas of which each is due its share (rule RB13)."""
    share_s: int = 60
    """Seconds of that share."""
    position_penalty: int = 0
    """Points off for each body position used."""

    def gain(self, goal: int, count: int) -> int:
        """Return the points for one more stretch for *goal* when *count* serve it already."""
        gains = self.goals[goal]
        return gains[min(count, len(gains) - 1)]

    def shares(self, picks: Iterable[Pick]) -> list[int]:
        """Return the seconds in *picks* for each area that is due its share."""
        shares = [0] * self.shared_areas
        for candidate, option in picks if shares else ():
            for goal in candidate.goals:
                if goal < self.shared_areas:
                    shares[goal] += option.share_s
        return shares


def session_order(candidates: Iterable[Candidate], *, seated_first: bool = False) -> tuple[Candidate, ...]:
    """Return *candidates* in the order of a session (rules RB5 and RB6).

    Ties: extensions before flexions and rotations (rule RB10), then higher base scores first.
    """

    def key(candidate: Candidate) -> tuple[object, ...]:
        bent = ("extension", "neutral", "flexion", "rotation").index(candidate.load)
        begins = seated_first and candidate.item.position == "seated"
        place = sort_key(candidate.item)
        return not begins, *place, bent, candidate.extra_ms, -candidate.base_score, candidate.options[0].ms

    return tuple(sorted(candidates, key=key))


def item_of(pick: Pick) -> Item:
    """Return *pick* as an item of a routine."""
    candidate, option = pick
    item = candidate.item
    return replace(item, dose=replace(item.dose, reps=option.reps, hold_s=option.hold_s or item.dose.hold_s))
