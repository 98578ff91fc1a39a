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
    """How a session ended: its last state, and the signal that ended it if one did."""

    session: Session
    signal: int | None = None


def play(session: Session, *, clock: Clock, ears: Ears, face: Face) -> Ending:
    """Run *session* until it is over and return how it ended."""
    before: Session | None = None
    while True:
        session = update(session, Tick(clock()))
        face.show(session, cues_between(before, session))
        if session.over:
            return Ending(session)
        before = session
        heard = ears.read(face.patience(session))
        if heard.signal is not None:
            session = update(update(session, Tick(clock())), "quit")
            return Ending(session, heard.signal)
        if heard.suspended:
            session = update(session, "suspend")
        elif heard.key is not None:
            session = update(update(session, Tick(clock())), action_of(heard.key))
