"""What is asked for and what will be done: the request, and the routine that answers it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from stretch.core.model import Dose, Move, Stretch
from stretch.core.vocabulary import LEVELS, POSITIONS, Equipment, Level, Position, Side, Tag

DEFAULT_MINUTES = 15.0
DESK_BREAK_MIN = 6
"""Up to this many minutes a routine is a desk break: gentle items only (rule RB3)."""
SLOW_TAGS = frozenset({"older-adult", "balance", "pregnancy"})
"""Those who get ten seconds more for every change (rule D18)."""


class Request(Struct, frozen=True, kw_only=True):
    """What a routine is built from; None and empty mean that nothing was said about it."""

    areas: tuple[str, ...] = ()
    """Areas or groups."""
    minutes: float | None = None
    positions: tuple[Position, ...] = ()
    equipment: tuple[Equipment, ...] | None = None
    """What is at hand; None is a usual home: a chair, a wall, a belt or towel, a carpet or mat."""
    level: Level | None = None
    at_most: Level | None = None
    """No deeper than this, not even by name: what the safety check said (rules K3 and D15)."""
    avoid: tuple[Tag, ...] = ()
    exclude: tuple[str, ...] = ()
    stretches: tuple[str, ...] = ()
    """Stretches that must be in it."""
    breath: str = "steady"
    warm_up: float | None = None
    """Minutes; 0 leaves the warm-up out."""
    seed: int = 0
    first_side: Side = "left"
    beginner: bool = False
    """The first two weeks, or again after as long a break: one repetition fewer, nothing deep or opt-in (rule D15)."""
    halved: bool = False
    """Half the hold and half the repetitions, for pain that was up on the mornings after (rule T1)."""
    rests: bool = False
    """The day after a deep or contract-relax stretch, which is why the level is gentle (rule D14)."""
    before_sport: bool = False
    """A hard effort follows: less than a minute for each muscle, and movement last (rule D17)."""
    morning: bool = False
    """The first hour after getting up: no bending forward to the end (rule RB11)."""
    days_since: Mapping[str, int] = {}
    """How many days ago the stretches that were ever done were last done, by id."""

    @property
    def desk_break(self) -> bool:
        """Whether so few minutes are wanted that it is a break at the desk (rule RB3)."""
        return self.minutes is not None and self.minutes <= DESK_BREAK_MIN

    @property
    def slow(self) -> bool:
        """Whether every change takes ten seconds more (rule D18)."""
        return not SLOW_TAGS.isdisjoint(self.avoid)


class Item(Struct, frozen=True):
    """A stretch as it stands in a routine: where and how much it is done here, and why it is there."""

    stretch: Stretch
    dose: Dose
    position: Position
    sides: tuple[Side | None, ...]
    adapted: tuple[str, ...] = ()
    """The caution tags for which the dose was made easier."""
    why: str = ""


class LeftOut(Struct, frozen=True):
    """A stretch that could have been in the routine, and why it is not."""

    stretch: str
    reason: str


class Routine(Struct, frozen=True, kw_only=True):
    """What will be done, in order; how long each part takes is the timeline's business."""

    title: str
    areas: tuple[str, ...]
    items: tuple[Item, ...]
    warm_up: tuple[tuple[Move, int], ...]
    """The warm-up moves with their seconds."""
    begins: Position | None
    """The position of the body when the first stretch is prepared."""
    closing: tuple[tuple[Move, int], ...] = ()
    """Moves to finish with before a hard effort (rule D17), with their seconds; getting up is in the first one."""
    settle_s: int
    settle_text: str
    breath: str
    seed: int = 0
    slow: bool = False
    """Ten seconds more for every change, for those who need them (rule D18)."""
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()


def sides_of(stretch: Stretch, first: Side) -> tuple[Side | None, ...]:
    """Return the sides in the order they are done: both of them, one straight after the other (rule RB7)."""
    if not stretch.both_sides:
        return (None,)
    return ("left", "right") if first == "left" else ("right", "left")


def order(item: Item) -> tuple[int, ...]:
    """Return the sort key of one trip down to the floor, and inside a position of gentle first, moving first.

    Rules RB5 and RB6.
    """
    stretch = item.stretch
    return POSITIONS.index(item.position), LEVELS.index(stretch.level), stretch.mode != "dynamic"
