"""The loop of a session: read the clock, update, show what changed, wait for a key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from stretch.core.cues import Cue
from stretch.core.session import Session, Tick, cues_between, update
from stretch.stage.keymap import action_of
from stretch.stage.terminal import Heard

Clock = Callable[[], int]
"""Nanoseconds from anywhere, that never go back."""


class Ears(Protocol):
    """Where keys and signals come from."""

    def read(self, timeout: float) -> Heard:
        """Wait at most *timeout* seconds for something."""


class Face(Protocol):
    """How a session is told: on a screen, or line by line."""

    def show(self, session: Session, cues: tuple[Cue, ...]) -> None:
        """Tell how things are now, and *cues*: what is to be called out since the last call."""

    def patience(self, session: Session) -> float:
        """Return how many seconds nothing needs to be told."""


class Ending(Struct, frozen=True):
    """How a session ended: its last state, and the signal or the failure that ended it if one did."""

    session: Session
    signal: int | None = None
    failure: Exception | None = None


def play(session: Session, *, clock: Clock, ears: Ears, face: Face) -> Ending:
    """Run *session* until it is over and return how it ended.

    An exception of a face or of the ears ends it too, and comes back in the ending: the terminal is given back and
    what was done is told before anybody sees it.
    """
    before: Session | None = None
    try:
        while True:
            session = update(session, Tick(clock()))
            face.show(session, cues_between(before, session))
            if session.over:
                return Ending(session)
            before = session
            heard = ears.read(face.patience(session))
            session = _answered(session, heard, clock)
            if heard.signal is not None:
                return Ending(session, signal=heard.signal)
    except Exception as failure:
        return Ending(update(session, "quit"), failure=failure)


def _answered(session: Session, heard: Heard, clock: Clock) -> Session:
    if heard.signal is not None:
        return update(update(session, Tick(clock())), "quit")
    if heard.suspended:
        return update(session, "suspend")
    if heard.key is not None:
        # The clock first: what the key asks for happens now, not when the last frame was drawn.
        return update(update(session, Tick(clock())), action_of(heard.key))
    return session
