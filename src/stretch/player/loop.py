"""The loop of a session: read the clock, update, show what changed, wait for a key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec
from msgspec import Struct

from stretch.core.journal.progress import stretches_done
from stretch.core.timing.cues import Cue
from stretch.core.timing.session import Session, Tick, cues_between, update
from stretch.core.timing.timeline import Timeline
from stretch.player.input import InputEvent
from stretch.player.keymap import action_of

Clock = Callable[[], int]
"""Nanoseconds from anywhere, that never go back."""


class InputSource(Protocol):
    """Where keys and signals come from."""

    def read(self, timeout: float) -> InputEvent:
        """Wait at most *timeout* seconds for something."""


class Display(Protocol):
    """How a session is told: on a screen, or line by line."""

    def show(self, session: Session, cues: tuple[Cue, ...]) -> None:
        """Tell how things are now, and *cues*: what is to be called out since the last call."""

    def next_update_in(self, session: Session) -> float:
        """Return how many seconds nothing needs to be told."""


class AudioOutput(Protocol):
    """How a session is event."""

    sound: bool
    voice: bool

    def handle_cues(self, cues: tuple[Cue, ...], timeline: Timeline, done: tuple[int, int] | None = None) -> None:
        """Begin what *cues* call out and go on with what is under way."""

    def next_update_in(self) -> float:
        """Return after how many seconds `handle_cues` should be called again."""

    def stop(self) -> None:
        """Cut what is event."""


class Recorder(Protocol):
    """Where a session is written down."""

    def record(self, session: Session) -> None:
        """Take note of how things are now; never waits for a disk."""


class PlaybackResult(Struct, frozen=True):
    """How a session ended: its last state, and the signal or the failure that ended it if one did."""

    session: Session
    signal: int | None = None
    failure: Exception | None = None


def run_session(
    session: Session,
    *,
    clock: Clock,
    source: InputSource,
    display: Display,
    audio: AudioOutput | None = None,
    recorder: Recorder | None = None,
) -> PlaybackResult:
    """Run *session* until it is over; nothing is played without *audio* and nothing kept without *recorder*.

    An exception of the display or the input source ends the session too and is returned in the result, so that the
    terminal is restored and the summary printed before anybody sees it.
    """
    # One that goes on from somewhere has nothing behind it to call out.
    before = msgspec.structs.replace(session, jumps=-1) if session.position else None
    try:
        while True:
            session = update(session, Tick(clock()))
            called = cues_between(before, session)
            display.show(session, called)
            if audio is not None:
                _play_cues(audio, before, session, called)
            if recorder is not None:
                recorder.record(session)
            if session.over:
                return PlaybackResult(session)
            before = session
            patience = display.next_update_in(session)
            event = source.read(patience if audio is None else min(patience, audio.next_update_in()))
            session = _answered(session, event, clock)
            if event.signal is not None:
                return PlaybackResult(session, signal=event.signal)
    except Exception as failure:
        return PlaybackResult(update(session, "quit"), failure=failure)


def _answered(session: Session, event: InputEvent, clock: Clock) -> Session:
    if event.signal is not None:
        return update(update(session, Tick(clock())), "quit")
    if event.suspended:
        return update(session, "suspend")
    if event.key is not None:
        # The clock first: what the key asks for happens now, not when the last frame was drawn.
        return update(update(session, Tick(clock())), action_of(event.key))
    return session


def _play_cues(audio: AudioOutput, before: Session | None, session: Session, called: tuple[Cue, ...]) -> None:
    audio.sound, audio.voice = session.sound, session.voice
    jumped = before is not None and before.jumps != session.jumps
    stopped = before is not None and session.still and not before.still
    if jumped or stopped or session.over == "stopped":
        audio.stop()
    done = stretches_done(session) if session.over == "finished" else None
    audio.handle_cues(called, session.timeline, done)
