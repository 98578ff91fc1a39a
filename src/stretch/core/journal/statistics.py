"""Statistics over the sessions in the journal: days, weeks, areas, sides, pain and the streak."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from msgspec import Struct

from stretch.core.journal.record import SessionRecord

WEEKS = 12
MAX_REST_DAYS = 2
"""Days off in a row that do not end a streak: every third day is still two to three days a week (rule D12), and hard
work should be followed by a day of rest (rule D14)."""


class Streak(Struct, frozen=True):
    """Consecutive training days, with at most `MAX_REST_DAYS` between two of them."""

    days: int = 0
    since: date | None = None
    until: date | None = None
    """The latest of the days."""


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


class LastSession(Struct, frozen=True, kw_only=True):
    """The last session in short, with the streak."""

    started: str
    """Local time with its UTC offset, in ISO format."""
    title: str
    seconds: int
    done: bool
    """True if a stretch was done on every side."""
    streak: int
    """Days, rest days not counted."""


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


def current_streak(days: Iterable[date], today: date) -> Streak:
    """Return the streak that a session *today* would continue; zero days if there is none.

    *days* are unique, the latest first, and are read only until the streak ends. Days after today (a wrong clock, the
    date line) do not count.
    """
    count, since, until, next_day = 0, None, None, today
    for day in (day for day in days if day <= today):
        if (next_day - day).days > MAX_REST_DAYS + 1:
            break
        count, since, until, next_day = count + 1, day, until or day, day
    return Streak(count, since, until)
