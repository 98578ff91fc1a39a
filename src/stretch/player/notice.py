"""What a session that stands still waits for, in words."""

from __future__ import annotations

from stretch.core import words
from stretch.core.timing.session import NS_PER_MS, Session


def notice(session: Session) -> str:
    """Return why time stands still and which key goes on; empty while it runs."""
    if session.helping:
        return ""
    if session.away_ns:
        return f"Welcome back: {words.duration(session.away_ns // NS_PER_MS)} away. Any key goes on."
    if session.stopped_for is not None:
        item = session.moment.phase.item
        how = f"Easier: {item.stretch.ease_off} Any key tries that" if item else "Any key goes on with it"
        return (
            f"Stopped. {how}, n leaves it out. "
            "Press 1 if you are numb or it spreads, 2 if dizzy or breathless, 3 if your eyes hurt or blur."
        )
    if session.waiting:
        return "Take your time. Any key starts."
    return "Paused. Space goes on." if session.paused else ""
