"""What somebody is reminded of, and when."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from msgspec import Struct

from stretch.core.inert import inert
from stretch.export.weekly import DAYS, Day

MOST_TIMES = 3
"""Times a day; more goes than three are for nobody (rule D13)."""


class Reminder(Struct, frozen=True, kw_only=True):
    """A routine, and the days and times at which it is due; times are those of wherever one is."""

    title: str
    minutes: int
    """How long the routine takes, rounded up."""
    command: str
    """What starts it."""
    days: tuple[Day, ...]
    times: tuple[time, ...]

    @property
    def text(self) -> str:
        """What is shown when it is due, on one line: where it is written down, a line is a command."""
        return inert(f"{self.title}, {self.minutes} min: {self.command}")


def first_after(now: datetime, days: tuple[Day, ...], at: time) -> datetime:
    """Return the first of *days* at the time *at* that is later than *now*."""
    ahead = (datetime.combine(now.date() + timedelta(days=count), at) for count in range(len(DAYS) + 1))
    return next(moment for moment in ahead if moment > now and DAYS[moment.weekday()] in days)
