"""Types of a routine, and of the request that it is built from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct, json

from stretch.core.model import Dose, Move, Stretch
from stretch.core.program import Prescription
from stretch.core.text import amount_label, join_words, pluralize
from stretch.core.vocabulary import (
    BREATH_PRESETS,
    EQUIPMENT_LABELS,
    LEVELS,
    POSITIONS,
    UPRIGHT,
    Equipment,
    Level,
    Pattern,
    Position,
    Side,
    Tag,
)

DEFAULT_MINUTES = 15.0
DESK_BREAK_MIN = 6
"""A routine of at most this many minutes is a desk break: gentle stretches only (rule RB3)."""
MICRO_BREAK_MIN, SHORT_FORM_MIN = 2, 3
"""A routine of at most so many minutes is a few stretches and nothing else, and has a short form of each."""
FAMILIAR_AFTER = 3
"""Times that a stretch is explained in full; after that its instructions are short."""
SLOW_TRANSITION_TAGS = frozenset({"older-adult", "balance", "pregnancy"})
"""Caution tags that add ten seconds to every change (rule D18)."""


Held = tuple[int | None, int]
"""Seconds of each hold, and repetitions."""


class Request(Struct, frozen=True, kw_only=True):
    """The options a routine is built from; None or empty means no preference."""

    areas: tuple[str, ...] = ()
    """Ids of areas or groups."""
    minutes: float | None = None
    positions: tuple[Position, ...] = ()
    equipment: tuple[Equipment, ...] | None = None
    """Available equipment besides the floor; None means all of it."""
    level: Level | None = None
    max_level: Level | None = None
    """Deepest level the safety check allows, even for stretches given by name (rules K3 and D15)."""
    avoid: tuple[Tag, ...] = ()
    exclude: tuple[str, ...] = ()
    stretches: tuple[str, ...] = ()
    """Ids of stretches to include in any case."""
    breath: Pattern = BREATH_PRESETS["steady"]
    warm_up: float | None = None
    """Minutes; 0 leaves the warm-up out."""
    seed: int = 0
    first_side: Side = "left"
    beginner: bool = False
    """Easy start, for two weeks or after a long break: one repetition fewer, nothing deep or opt-in (rule D15)."""
    first_week: bool = False
    """The first seven of these days: no back bend (rule RB10)."""
    half_dose: bool = False
    """Half the hold and half the repetitions, after mornings with more pain (rule T1)."""
    day_after_hard_session: bool = False
    """The day after a deep or contract-relax stretch; the reason why the level is gentle (rule D14)."""
    before_sport: bool = False
    """Hard effort follows: less than a minute for each muscle, movement last (rule D17)."""
    morning: bool = False
    """First hour after getting up: no forward bends held at the end of the range (rule RB11)."""
    days_since_last_done: Mapping[str, int] = {}
    """Days since each stretch was last done, by id; only stretches that were ever done."""
    week_seconds: Mapping[str, int] = {}
    """Seconds of each stretch in the last seven days, on one side, by id."""
    familiar: frozenset[str] = frozenset()
    """Ids of the stretches done FAMILIAR_AFTER times or more."""
    voice: bool = False
    """The instructions are spoken, which takes longer than to read them."""
    explain_all: bool = False
    """Familiar stretches are explained in full as well."""
    kept: tuple[str, ...] = ()
    """Ids of the stretches this request had before."""
    doses: Mapping[str, Held] = {}
    """The doses that it had in the same time before, by id."""
    grown: bool = False
    """The doses may become larger: a step was earned, or the easy start is over."""
    progress: int = 0
    """Steps of progression earned (rule D16)."""
    hurtful: tuple[str, ...] = ()
    """Ids of stretches that hurt twice: used only by name."""
    hurt_today: tuple[str, ...] = ()
    """Ids of stretches that were stopped for pain today: used only by name."""
    replaced: tuple[str, ...] = ()
    """Ids of stretches that the person replaced in a routine for this request: used only by name."""
    program_day: int = 0
    """The day of a program, from 0 on its first day."""
    good_days: tuple[int, ...] = ()
    """The day of each session of the program that was done without pain."""

    @property
    def key(self) -> str:
        """What was asked for, apart from the minutes and what only excludes stretches.

        Requests with the same key keep their stretches from day to day.
        """
        sets = self.areas, self.positions, self.stretches
        flags = self.desk_break, self.before_sport, self.level == "deep"
        return json.encode((*map(sorted, sets), *flags, self.seed)).decode()

    @classmethod
    def from_key(cls, key: str, minutes: float | None) -> Request:
        """Return a request that has this *key* if it has the *minutes* it had. Raise ValueError for any other text."""
        areas, positions, stretches, _, before_sport, deep, seed = json.decode(key, type=_Key)
        return cls(
            areas=areas,
            minutes=minutes,
            positions=positions,
            stretches=stretches,
            before_sport=before_sport,
            level="deep" if deep else None,
            seed=seed,
        )

    @property
    def time(self) -> tuple[float | None, float | None, bool]:
        """What decides how much time there is for the stretches."""
        return self.minutes, self.warm_up, self.voice

    @property
    def desk_break(self) -> bool:
        """True if the routine is so short that it is a break at the desk (rule RB3)."""
        return self.minutes is not None and self.minutes <= DESK_BREAK_MIN

    @property
    def short_form(self) -> bool:
        """True if there is time for no more than a short form of each stretch."""
        return self.minutes is not None and self.minutes <= SHORT_FORM_MIN

    @property
    def extra_transition_time(self) -> bool:
        """True if every change takes ten seconds more (rule D18)."""
        return not SLOW_TRANSITION_TAGS.isdisjoint(self.avoid)


_Key = tuple[tuple[str, ...], tuple[Position, ...], tuple[str, ...], bool, bool, bool, int]
"""What `Request.key` writes."""


class Item(Struct, frozen=True, rename={"reason": "why"}):
    """One stretch of a routine, with its position, dose and sides there."""

    stretch: Stretch
    dose: Dose
    position: Position
    sides: tuple[Side | None, ...]
    adapted: tuple[str, ...] = ()
    """Caution tags for which the dose was made easier."""
    reason: str = ""
    """Why the stretch is in the routine, in a few words."""
    familiar: bool = False
    """True if it was done FAMILIAR_AFTER times before: its instructions are short."""
    sets: tuple[int, ...] = ()
    """The sets on each of the sides; empty for one."""
    rest_s: int = 0
    """Seconds of rest between two sets."""
    note: str = ""
    """Sentences of the program about this stretch, shown beside its steps and said once."""
    later: tuple[str, ...] = ()
    """Doses that are to follow, such as `from week 3: 30 s x 2`."""
    cautions: tuple[str, ...] = ()
    """Caution tags that speak against the stretch, which was prescribed in spite of them."""

    @property
    def dose_label(self) -> str:
        """The whole dose in short form, such as `2 sets of 20 s x 3 each side`."""
        if len({*self.sets}) > 1:
            sets = (f"{pluralize(count, 'set')} {side}" for side, count in zip(self.sides, self.sets, strict=True))
            return f"{amount_label(self.dose)}, {', '.join(sets)}"
        side = self.sides[0]
        return self.dose_on(side) + (" each side" if len(self.sides) > 1 else f" {side} side" if side else "")

    def dose_on(self, side: Side | None) -> str:
        """Return the dose on one *side* in short form, such as `2 sets of 20 s x 3`."""
        count = self.set_count(side)
        return (f"{count} sets of " if count > 1 else "") + amount_label(self.dose)

    def set_count(self, side: Side | None) -> int:
        """Return the number of sets on a *side*."""
        return self.sets[self.sides.index(side)] if self.sets else 1


class LeftOut(Struct, frozen=True):
    """A stretch that fits the request but is not in the routine, and the reason."""

    stretch: str
    reason: str


class Continuity(Struct, frozen=True):
    """What a routine leaves to the next one for the same request; stored with the plan of its session."""

    key: str
    """The key of the request."""
    since: date
    """The day since which nothing was added to the doses."""
    kept: tuple[str, ...] = ()
    """Ids of the stretches that were ever in it, in order of first appearance."""
    progress: int = 0
    """Steps of progression earned (rule D16)."""
    replaced: tuple[str, ...] = ()
    """Ids of the stretches that the person replaced by others."""
    minutes: float | None = None
    """The minutes of the request; None in journals of earlier versions."""
    doses: dict[str, Held] = {}
    """The doses of the stretches on a usual day, by id."""
    time: tuple[float | None, float | None, bool] | None = None
    """The time of the request for which these were planned."""
    easy: bool = False
    """True if they are those of an easy start."""


ENCODED_NAMES = {"start_position": "begins", "cool_down": "closing", "extra_transition_time": "slow"}
"""Names of fields in the stored JSON, where they differ from the names here."""


class Routine(Struct, frozen=True, kw_only=True, rename=ENCODED_NAMES):
    """A planned session: warm-up, stretches in order, and the end. The timeline adds the times."""

    title: str
    areas: tuple[str, ...]
    items: tuple[Item, ...]
    warm_up: tuple[tuple[Move, int], ...]
    """Warm-up moves with their seconds."""
    start_position: Position | None
    """The position in which the first stretch is prepared."""
    cool_down: tuple[tuple[Move, int], ...] = ()
    """Moves at the end before a hard effort (rule D17), with their seconds; the first one includes getting up."""
    settle_s: int
    settle_text: str
    breath: str
    seed: int = 0
    extra_transition_time: bool = False
    """True if every change takes ten seconds more (rule D18)."""
    voice: bool = False
    """True if the time to prepare is long enough for spoken instructions."""
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    continuity: Continuity | None = None
    """None for a program."""
    program: str | None = None
    """The id of the program; None for a routine that was built, and in plans of earlier versions."""
    prescription: Prescription | None = None
    """By whom, for whom and how often the program is prescribed, if it is."""


def doses_of(items: Iterable[Item]) -> dict[str, Held]:
    """Return the hold and the repetitions of each of *items*, by id."""
    return {item.stretch.id: (item.dose.hold_s, item.dose.reps) for item in items}


def needs_line(routine: Routine) -> str:
    """Return what *routine* needs, as a sentence; empty if it needs nothing."""
    equipment = {thing for item in routine.items for thing in item.stretch.needs}
    needed = [label for thing, label in EQUIPMENT_LABELS.items() if thing in equipment]
    return f"You need {join_words(needed)}." if needed else ""


def ends_upright(items: Sequence[Item], cool_down: Sequence[object]) -> bool:
    """Return whether a session ends sitting or standing, and not lying or kneeling."""
    return bool(cool_down) or (bool(items) and items[-1].position in UPRIGHT)


def first_side_line(routine: Routine) -> str:
    """Return which side comes first, as a sentence; empty if every stretch works both sides at once."""
    first = {item.sides[0] for item in routine.items if len(item.sides) > 1}
    # Only what was prescribed can begin on different sides, and then each of these has a note.
    side = first.pop() if len(first) == 1 else None
    return f"{side.capitalize()} side first." if side else ""


def sides_in_order(stretch: Stretch, first: Side) -> tuple[Side | None, ...]:
    """Return the sides in the order they are done, one directly after the other (rule RB7)."""
    if not stretch.both_sides:
        return (None,)
    return ("left", "right") if first == "left" else ("right", "left")


def sort_key(item: Item) -> tuple[int, ...]:
    """Return the place of *item* in a session (rules RB5 and RB6).

    One trip down to the floor; within a position gentle before deep, then movement before holds.
    """
    stretch = item.stretch
    return POSITIONS.index(item.position), LEVELS.index(stretch.level), stretch.mode != "dynamic"
