"""Statistics over the sessions in the journal: days, weeks, areas, sides, pain."""

from datetime import date, timedelta

from msgspec import Struct

from stretch.core.journal.record import SessionRecord
from stretch.core.journal.streak import Streak

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
