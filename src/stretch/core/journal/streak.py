"""How long somebody has kept at it, rest days forgiven."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

REST_DAYS = 2
"""So many days off in a row break nothing: every third day is still the two to three days a week of rule D12, and a day
of rest after hard work (rule D14) is as it should be."""


class Streak(Struct, frozen=True):
    """Days with at least one stretch done, none of them more than the forgiven rest days from the next."""

    days: int = 0
    since: date | None = None
    until: date | None = None
    """The last of them; the streak goes on if the next comes in time."""


def streak(days: Iterable[date], today: date) -> Streak:
    """Return the streak that can still go on *today*, no days when there is none.

    *days* come latest first, each once, and are read only as far as needed. A day after today, by a clock that was
    wrong or a date line that was crossed, counts as any other.
    """
    count, since, until, ahead = 0, None, None, today
    for day in days:
        if (ahead - day).days > REST_DAYS + 1:
            break
        count, since, until, ahead = count + 1, day, until or day, day
    return Streak(count, since, until)
