"""What was done lately, and what it means for the next routine: rotation, sides, rest, the first two weeks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import msgspec
from msgspec import Struct

from stretch.core.routine import Request
from stretch.core.vocabulary import Side

TWO_WEEKS = timedelta(days=14)
DAY = timedelta(days=1)


class Lately(Struct, frozen=True, kw_only=True):
    """What the journal knows; nothing for somebody who has not begun."""

    last_done: Mapping[str, date] = {}
    """When each stretch that was ever done was last done, by id."""
    days: tuple[date, ...] = ()
    """The days on which anything was done, earliest first, as far back as it matters."""
    first_side: Side | None = None
    """Which side came first in the latest session that had sides."""
    strong: date | None = None
    """The latest day on which a deep or a contract-relax stretch was done."""


def fitted_to(request: Request, lately: Lately, today: date, *, experienced: bool) -> Request:
    """Return *request* with what was done *lately*.

    What was not done lately comes first; the other side begins than last time (rule RB7); the day after a deep or
    contract-relax stretch is gentle, unless a level was asked for (rule D14); and the first two weeks, or those after a
    break of two weeks, have one repetition fewer and nothing deep (rules D15 and RB17), unless one is *experienced*.
    """
    changes: dict[str, object] = {
        "days_since_last_done": {name: (today - day).days for name, day in lately.last_done.items()}
    }
    if lately.first_side is not None:
        changes["first_side"] = "right" if lately.first_side == "left" else "left"
    if not experienced and is_beginner(lately.days, today):
        changes["beginner"] = True
    if request.level is None and lately.strong is not None and lately.strong + DAY == today:
        changes |= {"level": "gentle", "day_after_hard_session": True}
    return msgspec.structs.replace(request, **changes)


def is_beginner(days: Iterable[date], today: date) -> bool:
    """Whether *today* is in the first two weeks, counted anew after two weeks without anything (rules D15, RB17)."""
    began: date | None = None
    before: date | None = None
    for day in sorted({day for day in days if day <= today} | {today}):
        if before is None or day - before >= TWO_WEEKS:
            began = day
        before = day
    return began is None or today - began < TWO_WEEKS
