"""What the journal says of the days before, in the few words that a status bar has room for."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from msgspec import Struct


class Past(Struct, frozen=True, kw_only=True):
    """The last session, and the streak in days; rest days do not end it."""

    began: datetime
    """With its zone."""
    title: str
    seconds: int
    """That counted."""
    streak: int


def read(folder: Path, today: date) -> Past | None:
    """Return what the journal in *folder* says; None where there is none, or nothing is in it.

    Raises JournalError.
    """
    # Imported here: sqlite3 is not for those who only ask what a Past is.
    from stretch.store.journal import Journal

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
        streak=history.streak.days,
    )
