"""The streak, and the last session with it: without msgspec, which takes too long to load for `stretch status`."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

MAX_REST_DAYS = 2
"""Days off in a row that do not end a streak: every third day is still two to three days a week (rule D12), and hard
work should be followed by a day of rest (rule D14)."""


class Streak(NamedTuple):
    """Consecutive training days, with at most `MAX_REST_DAYS` between two of them."""

    days: int = 0
    since: date | None = None
    until: date | None = None
    """The latest of the days."""


class LastSession(NamedTuple):
    """The last session in short, with the streak."""

    started: str
    """Local time with its UTC offset, in ISO format."""
    title: str
    seconds: int
    done: bool
    """True if a stretch was done on every side."""
    streak: int
    """Days, rest days not counted."""


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
