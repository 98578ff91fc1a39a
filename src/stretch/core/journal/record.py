"""Records of sessions, each with the result on each side and the pain scores around it, and statistics over them."""

# No `from __future__ import annotations` here: msgspec would compile every annotation again at each start.
from datetime import date, timedelta
from itertools import groupby
from typing import Annotated, Literal

from msgspec import Meta, Struct

from stretch.core.journal.streak import Streak
from stretch.core.safety.pain import PainScores
from stretch.core.vocabulary import ID_PATTERN, LONGEST_ID, Side

Id = Annotated[str, Meta(pattern=ID_PATTERN, max_length=LONGEST_ID)]
"""As in `core.model`, which is not imported here because `stretch status` would load all of it."""

SessionId = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
"""Random, so that journals of two machines can be merged."""
Timestamp = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$")]
"""Local time with its UTC offset: the day of a session is the day where the person was."""
Seconds = Annotated[float, Meta(ge=0, le=1_000_000)]
Count = Annotated[int, Meta(ge=0, le=10_000)]
Text = Annotated[str, Meta(min_length=1, max_length=200)]
EndReason = Literal["finished", "stopped", "numb", "dizzy", "eyes", "chest", "legs"]
"""Played to the end, stopped by the person or a signal, or ended by a symptom."""


class SideResult(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One side of a stretch, or both sides at once; `planned` and `done` count working phases."""

    stretch: Id
    name: Text
    side: Side | None = None
    areas: Annotated[tuple[Id, ...], Meta(max_length=10)] = ()
    """The primary areas of the stretch."""
    planned: Annotated[int, Meta(ge=1, le=10_000)]
    done: Count = 0
    seconds: Seconds = 0.0
    """Time in working phases, including repetitions that were cut short."""
    eased: bool = False
    hurt: Count = 0
    """Number of pain reports."""
    skipped: bool = False
    """True if any of it was skipped."""

    @property
    def complete(self) -> bool:
        """True if every repetition is done."""
        return self.done >= self.planned

    @property
    def remaining(self) -> bool:
        """True if it is still to be done."""
        return not self.complete and not self.skipped


class SessionRecord(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One session as stored in the journal and in exports."""

    id: SessionId
    started: Timestamp
    title: Text
    program: Id | None = None
    """The id of the program that was played; None for other routines, and in journals of earlier versions."""
    areas: Annotated[tuple[Id, ...], Meta(max_length=40)] = ()
    planned_seconds: Seconds = 0.0
    active_seconds: Seconds = 0.0
    """Time played, without pauses and gaps."""
    ended: EndReason | None = None
    """None while the session is running, and if it was interrupted."""
    phase: Count = 0
    """Index of the current phase."""
    parts: Annotated[tuple[SideResult, ...], Meta(max_length=500)] = ()
    scores: PainScores = PainScores()
    revision: Annotated[int, Meta(ge=0, le=2**53)] = 0
    """Incremented with every change; of two copies of a session the higher one is newer."""

    @property
    def day(self) -> date:
        """The day it began, where the person was."""
        return date.fromisoformat(self.started[:10])

    @property
    def stretch_counts(self) -> tuple[int, int]:
        """The number of stretches done, with every repetition on both sides, and the number planned."""
        return count_stretches(self.parts)

    @property
    def left_out(self) -> int:
        """The number of stretches of which nothing more is to be done, although they are not complete."""
        runs = [list(run) for _, run in groupby(self.parts, key=lambda part: part.stretch)]
        return sum(any(part.skipped for part in run) and not any(part.remaining for part in run) for run in runs)


def count_stretches(parts: tuple[SideResult, ...]) -> tuple[int, int]:
    """Return the number of stretches done, with every repetition on both sides, and the number planned."""
    # A stretch that comes again later, such as the one that eases the back at the end, counts again.
    complete = [all(part.complete for part in group) for _, group in groupby(parts, key=lambda part: part.stretch)]
    return sum(complete), len(complete)


WEEKS = 12


class DayTotal(Struct, frozen=True):
    """Sessions and seconds of one day."""

    day: date
    sessions: int
    seconds: float


class WeekTotal(Struct, frozen=True):
    """Sessions and seconds of the week that begins on a Monday."""

    monday: date
    sessions: int
    seconds: float


class AreaTotal(Struct, frozen=True):
    """Seconds for one body area, left and right together; a stretch for two areas counts for both."""

    area: str
    seconds: float


class PainChange(Struct, frozen=True):
    """Pain before and after one session, 0 to 10; None if not answered."""

    day: date
    before: int | None
    after: int | None


class History(Struct, frozen=True, kw_only=True):
    """Totals over the whole journal, and details of the last twelve weeks."""

    today: date
    sessions: int = 0
    seconds: float = 0.0
    first_day: date | None = None
    streak: Streak = Streak()
    days: tuple[DayTotal, ...] = ()
    """Only days with sessions, from `first_monday` on."""
    areas: tuple[AreaTotal, ...] = ()
    """Over the same weeks, the longest time first."""
    left_seconds: float = 0.0
    right_seconds: float = 0.0
    pain: tuple[PainChange, ...] = ()
    """The last sessions with a score, the latest last."""
    recent: tuple[SessionRecord, ...] = ()
    """The latest first."""
    future: tuple[SessionRecord, ...] = ()
    """Sessions dated after today, which count for nothing until their day; the latest first."""

    @property
    def weeks(self) -> tuple[WeekTotal, ...]:
        """The last twelve weeks, the current one last."""
        mondays = [first_monday(self.today) + timedelta(weeks=week) for week in range(WEEKS)]
        by_week = {monday: [day for day in self.days if 0 <= (day.day - monday).days < 7] for monday in mondays}
        return tuple(
            WeekTotal(monday, sum(day.sessions for day in days), sum((day.seconds for day in days), 0.0))
            for monday, days in by_week.items()
        )


def first_monday(today: date) -> date:
    """Return the Monday on which the last twelve weeks begin."""
    return today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
