"""Programs and prescriptions, with the fields of their YAML files."""

# No `from __future__ import annotations` here: see `core.model`.
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from stretch.core.fields import CatalogStruct, HoldSeconds, Id, Name, ShortText, SourceKey, doc
from stretch.core.vocabulary import WEEKDAYS, Side, Weekday

DAYS_PER_WEEK = 7
Repetitions = Annotated[int, Meta(ge=1, le=20)]
SetCount = Annotated[int, Meta(ge=1, le=10)]
RestSeconds = Annotated[int, Meta(ge=5, le=300)]
WeekNumber = Annotated[int, Meta(ge=2, le=52)]
SessionCount = Annotated[int, Meta(ge=1, le=500)]
DaysAWeek = Annotated[int, Meta(ge=1, le=7)]
NamedDays = Annotated[tuple[Weekday, ...], Meta(min_length=1, max_length=7)]
TimesADay = Annotated[int, Meta(ge=1, le=12)]


class DoseFields(CatalogStruct, frozen=True, kw_only=True):
    """The amount of a stretch in a program."""

    reps: Annotated[
        Repetitions | None, doc("holds, whole breaths of a dynamic stretch, or rounds of contract-relax")
    ] = None
    hold_s: Annotated[HoldSeconds | None, doc("seconds of one hold, 300 at most; static only")] = None
    sets: Annotated[SetCount | None, doc("times that all of it is done, one directly after the other")] = None
    rest_s: Annotated[RestSeconds | None, doc("seconds of rest between two sets")] = None


class Stage(DoseFields, frozen=True, kw_only=True):
    """The dose of a stretch during one part of a program; the first stage has no condition."""

    from_week: Annotated[WeekNumber | None, doc("the week from which it counts; week 1 begins on starts")] = None
    after_sessions: Annotated[
        SessionCount | None, doc("the number of sessions without pain, at the dose before it, after which it counts")
    ] = None


class SideSets(CatalogStruct, frozen=True, kw_only=True):
    """The sets on each side, where one side is to do more than the other."""

    left: Annotated[SetCount, doc("sets on the left side")]
    right: Annotated[SetCount, doc("sets on the right side")]


class ProgramItem(DoseFields, frozen=True, kw_only=True):
    """One stretch of a program, with its dose there."""

    stretch: Annotated[Id, doc("the id of a stretch")]
    sides: Annotated[
        Literal["both", "left", "right"] | SideSets | None,
        doc("both, left or right; or the sets of each side, such as {left: 2, right: 1}"),
    ] = None
    first_side: Annotated[Side | None, doc("the side to begin with")] = None
    note: Annotated[ShortText | None, doc("what to mind, or why it is here")] = None
    stages: Annotated[tuple[Stage, ...], doc("doses that follow one another, in place of reps", max_length=10)] = ()

    def amount(self, day: int, good_days: Sequence[int]) -> DoseFields:
        """Return the dose on a *day* of the program, by the days of its sessions without pain; the first day is 0."""
        current: DoseFields = self
        counted = sorted(good_days)
        for stage in self.stages:
            if stage.from_week:
                begins = DAYS_PER_WEEK * (stage.from_week - 1)
                counted = [one for one in counted if one >= begins]
            # Each stage counts the sessions since the one before it began.
            if (stage.from_week and begins > day) or len(counted) < (stage.after_sessions or 0):
                break
            current, counted = stage, counted[stage.after_sessions or 0 :]
        return current


Items = Annotated[tuple[ProgramItem, ...], Meta(min_length=1, max_length=60)]


class AsWritten(CatalogStruct, frozen=True, kw_only=True):
    """A program as in the article it came from, with unsafe parts replaced."""

    warm_up_min: Annotated[int, doc("minutes of warm-up before it, 0 to 10", ge=0, le=10)]
    notes: Annotated[tuple[ShortText, ...], doc("what was replaced, and why", max_length=20)] = ()
    items: Annotated[Items, doc("the stretches in the order of the document, each with its dose")]


class Clinician(CatalogStruct, frozen=True, kw_only=True):
    """The person who prescribed a program."""

    name: Annotated[Name, doc("who prescribed it")]
    contact: Annotated[Name | None, doc("a telephone number or an address for questions")] = None


class Prescription(CatalogStruct, frozen=True, kw_only=True, rename={"clinician": "from", "patient": "for"}):
    """What a program prescribes beside its stretches: by whom, for whom, since when and how often."""

    clinician: Annotated[Clinician | None, doc("who prescribed it: {name: ..., contact: ...}")] = None
    patient: Annotated[Name | None, doc("whom it is for")] = None
    goal: Annotated[ShortText | None, doc("what it is to achieve, such as: put on socks without pain")] = None
    starts: Annotated[date | None, doc("the first day, such as 2026-11-30")] = None
    review: Annotated[date | None, doc("the day on which it is looked at again, and its last day")] = None
    days: Annotated[
        DaysAWeek | NamedDays | None, doc("the number of days a week, or the days, such as [mon, wed, fri]")
    ] = None
    times_a_day: Annotated[TimesADay | None, doc("how many times on each of these days")] = None
    leave_out: Annotated[
        tuple[Id, ...], doc("ids of stretches to leave out of every routine meanwhile", max_length=60)
    ] = ()

    @property
    def prescribed(self) -> bool:
        """True if it says by whom, when or how often: nothing in it is then changed but for safety."""
        return any((self.clinician, self.starts, self.review, self.days, self.times_a_day))

    def due_on(self, day: date) -> bool:
        """Return whether it is to be done on *day*; on so many days a week, on any."""
        return self.runs_on(day) and WEEKDAYS[day.weekday()] in self.named_days

    @property
    def named_days(self) -> tuple[Weekday, ...]:
        """The days of the week on which it may be done; all of them if none are named."""
        return self.days if isinstance(self.days, tuple) else WEEKDAYS

    def runs_on(self, day: date) -> bool:
        """Return whether it is prescribed for *day*; without dates it always is."""
        return self.prescribed and (self.starts or day) <= day <= (self.review or day)


class Program(Prescription, frozen=True, kw_only=True):
    """A fixed list of stretches with doses, of no set length; perhaps a prescription."""

    id: Annotated[Id, doc("its id on the command line: a to z, digits and single dashes")]
    name: Annotated[Name, doc("its name")]
    about: Annotated[ShortText, doc("what it is and for whom, in one line")]
    source: Annotated[tuple[SourceKey, ...], doc("citation keys, each explained under sources", max_length=20)] = ()
    warm_up_min: Annotated[int, doc("minutes of warm-up before it, 0 to 10", ge=0, le=10)]
    items: Annotated[Items, doc("its stretches in order, each with its dose")]
    as_written: Annotated[AsWritten | None, doc("the order and doses of the document it came from")] = None

    @property
    def prescription(self) -> Prescription | None:
        """What it prescribes beside its stretches; None if it is no prescription."""
        names = Prescription.__struct_fields__
        return Prescription(**{name: getattr(self, name) for name in names}) if self.prescribed else None
