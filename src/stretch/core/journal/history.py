"""What the sessions of some weeks come to: a shape for tables, charts and data alike."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec import Struct

from stretch.core.journal.record import SessionRecord
from stretch.core.journal.streak import Streak

WEEKS = 12


class Day(Struct, frozen=True):
    """What was done on one day."""

    day: date
    sessions: int
    seconds: float


class Week(Struct, frozen=True):
    """What was done in the week that begins on a Monday."""

    monday: date
    sessions: int
    seconds: float


class Area(Struct, frozen=True):
    """How long a body area was stretched, both sides together; a stretch for two areas counts for each of them."""

    area: str
    seconds: float


class Pain(Struct, frozen=True):
    """What was said of the pain around one session, 0 to 10, None where it was not said."""

    day: date
    before: int | None
    after: int | None


class History(Struct, frozen=True, kw_only=True):
    """The whole journal in short, and the last twelve weeks day by day."""

    today: date
    sessions: int = 0
    seconds: float = 0.0
    first_day: date | None = None
    streak: Streak = Streak()
    days: tuple[Day, ...] = ()
    """Only those with sessions, from `first_monday` on."""
    areas: tuple[Area, ...] = ()
    """In the same weeks, the longest first."""
    left_seconds: float = 0.0
    right_seconds: float = 0.0
    pain: tuple[Pain, ...] = ()
    """Of the last sessions with a score, the latest last."""
    recent: tuple[SessionRecord, ...] = ()
    """The latest first."""

    @property
    def weeks(self) -> tuple[Week, ...]:
        """The last twelve weeks, this one last."""
        monday = first_monday(self.today)
        found = []
        for _ in range(WEEKS):
            days = [day for day in self.days if 0 <= (day.day - monday).days < 7]
            found.append(Week(monday, sum(day.sessions for day in days), sum((day.seconds for day in days), 0.0)))
            monday += timedelta(weeks=1)
        return tuple(found)


def first_monday(today: date) -> date:
    """Return the Monday on which the last twelve weeks begin."""
    return today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
