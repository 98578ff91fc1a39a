"""What the journal says of the days before, in the few words that a status bar has room for."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class Past(Struct, frozen=True, kw_only=True):
    """The last session, and the streak in days; rest days do not end it."""

    began: datetime
    """With its zone."""
    title: str
    seconds: int
    """That counted."""
    streak: int
