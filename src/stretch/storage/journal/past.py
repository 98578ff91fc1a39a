"""What the journal says of the days before: in a few words for a status bar, and for the next routine."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from stretch.core.model import Catalog
    from stretch.core.planning.personalize import RecentPractice


class Past(Struct, frozen=True, kw_only=True):
    """The last session, and the streak in days; rest days do not end it."""

    began: datetime
    """With its zone."""
    title: str
    seconds: int
    """That counted."""
    done: bool
    """Whether a stretch was done in it, both sides."""
    streak: int


def read(folder: Path, today: date) -> Past | None:
    """Return what the journal in *folder* says; None where there is none, or nothing is in it.

    Raises JournalError.
    """
    # Imported here: sqlite3 is not for those who only ask what a Past is.
    from stretch.storage.journal.journal import Journal

    journal = Journal.reading(folder)
    if journal is None:
        return None
    with journal:
        history = journal.history(today, 1)
    if not history.recent:
        return None
    last = history.recent[0]
    return Past(
        began=datetime.fromisoformat(last.started),
        title=last.title,
        seconds=round(last.active_seconds),
        done=last.stretches[0] > 0,
        streak=history.streak.days,
    )


def read_lately(folder: Path, catalog: Catalog) -> RecentPractice:
    """Return what matters to the next routine of what the journal in *folder* says.

    Raises JournalError.
    """
    from stretch.core.journal.record import done_stretches
    from stretch.core.planning.personalize import RecentPractice
    from stretch.storage.journal.journal import PAGE, Journal

    journal = Journal.reading(folder)
    if journal is None:
        return RecentPractice()
    with journal:
        recent, last_done = journal.recent(PAGE), journal.last_done()
    hard = {s.id for s in catalog.stretches.values() if s.level == "deep" or s.mode == "contract-relax"}
    return RecentPractice(
        last_done=last_done,
        days=tuple(sorted({record.day for record in recent if done_stretches(record.parts)})),
        first_side=next((record.first_side for record in recent if record.first_side), None),
        last_hard_day=max((day for name, day in last_done.items() if name in hard), default=None),
    )
