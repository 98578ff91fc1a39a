"""The loop of a session: read the clock, update, show what changed, wait for a key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec
from msgspec import Struct

from stretch.core.journal.tally import stretches_done
from stretch.core.timing.cues import Cue
from stretch.core.timing.session import Session, Tick, cues_between, update
from stretch.core.timing.timeline import Timeline
from stretch.player.keymap import action_of
from stretch.player.terminal import Heard

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


class Voice(Protocol):
    """How a session is heard."""

    sound: bool
    voice: bool

    def perform(self, cues: tuple[Cue, ...], timeline: Timeline, done: tuple[int, int] | None = None) -> None:
        """Begin what *cues* call out and go on with what is under way."""

    def patience(self) -> float:
        """Return after how many seconds `perform` should be called again."""

    def hush(self) -> None:
        """Cut what is heard."""


class Diary(Protocol):
    """Where a session is written down."""

    def note(self, session: Session) -> None:
        """Take note of how things are now; never waits for a disk."""


class Ending(Struct, frozen=True):
    """How a session ended: its last state, and the signal or the failure that ended it if one did."""

    session: Session
    signal: int | None = None
    failure: Exception | None = None


def play(
    session: Session,
    *,
    clock: Clock,
    ears: Ears,
    face: Face,
    voice: Voice | None = None,
    diary: Diary | None = None,
) -> Ending:
    """Run *session* until it is over and return how it ended; without *voice* nothing is heard, without *diary* kept.

    An exception of a face or of the ears ends it too, and comes back in the ending: the terminal is given back and
    what was done is told before anybody sees it.
    """
    # One that goes on from somewhere has nothing behind it to call out.
    before = msgspec.structs.replace(session, jumps=-1) if session.position else None
    try:
        while True:
            session = update(session, Tick(clock()))
            called = cues_between(before, session)
            face.show(session, called)
            if voice is not None:
                _be_heard(voice, before, session, called)
            if diary is not None:
                diary.note(session)
            if session.over:
                return Ending(session)
            before = session
            patience = face.patience(session)
            heard = ears.read(patience if voice is None else min(patience, voice.patience()))
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


def _be_heard(voice: Voice, before: Session | None, session: Session, called: tuple[Cue, ...]) -> None:
    voice.sound, voice.voice = session.sound, session.voice
    jumped = before is not None and before.jumps != session.jumps
    stopped = before is not None and session.still and not before.still
    if jumped or stopped or session.over == "stopped":
        voice.hush()
    done = stretches_done(session) if session.over == "finished" else None
    voice.perform(called, session.timeline, done)
