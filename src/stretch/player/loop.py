"""Loops of a session and of the other screens: read the clock, update the state, show it, wait for input.

Both work with the interfaces below, and in both only changed cells are written and a resized window is redrawn.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec
from msgspec import Struct

from stretch.core.errors import Signalled
from stretch.core.timing.session import Session, Tick, cues_between, update
from stretch.core.timing.timeline import Cue
from stretch.player.displays import FRAME_S
from stretch.player.input import InputEvent
from stretch.player.keymap import action_of
from stretch.player.layout import StyledLine

if TYPE_CHECKING:
    from stretch.player.cue_player import CuePlayer

Clock = Callable[[], int]
"""Monotonic time in nanoseconds, from any start."""
S = TypeVar("S")
GOING_ON = ("accept", "ease", "next", "skip")
"""Actions that go on after a stop for pain."""
GUARD_NS = 300_000_000
"""Keys are ignored until what they answer has been visible for this long."""


class InputSource(Protocol):
    """Source of keys and signals."""

    def read(self, timeout: float) -> InputEvent:
        """Wait at most *timeout* seconds for a key or a signal."""


class Display(Protocol):
    """Visible output of a session, as a screen or line by line."""

    def show(self, session: Session, cues: tuple[Cue, ...]) -> None:
        """Show *session* and the *cues* since the last call."""

    def next_update_in(self, session: Session) -> float:
        """Return the seconds until `show` must be called again."""

    def hides_answers(self, session: Session) -> bool:
        """Return whether the answers after a stop for pain are not shown, so that nothing may go on."""


class PlaybackResult(Struct, frozen=True):
    """Final state of a session, with the signal or the exception that ended it, if any."""

    session: Session
    signal: int | None = None
    failure: Exception | None = None


def run_session(
    session: Session,
    *,
    clock: Clock,
    source: InputSource,
    display: Display,
    audio: CuePlayer | None = None,
    observers: Sequence[Callable[[Session], None]] = (),
    replace_stretch: Callable[[Session], Session] = lambda session: session,
    adjust: Callable[[Session], Session] = lambda session: session,
) -> PlaybackResult:
    """Run *session* until it is over; *observers* get its state in every frame and must return at once.

    *replace_stretch* is called for a session that is `replacing`, and *adjust* in every frame. An exception of the
    display or the input source ends the session too and is returned in the result, so that the terminal is restored
    and the summary printed before it is raised.
    """
    # A resumed session has no cues behind it: treat its position as the target of a jump.
    before = msgspec.structs.replace(session, seek_count=-1) if session.position_ms else None
    try:
        while True:
            session = adjust(update(session, Tick(clock())))
            cues = cues_between(before, session)
            display.show(session, cues)
            if audio is not None:
                if _must_be_silent(before, session):
                    audio.stop()
                audio.handle_cues(session, cues)
            for observe in observers:
                observe(session)
            if session.end_state:
                return PlaybackResult(session)
            before = session
            timeout = display.next_update_in(session)
            event = source.read(timeout if audio is None else min(timeout, audio.next_update_in()))
            session = _after_input(session, event, clock, replace_stretch, display)
            if event.signal is not None:
                return PlaybackResult(session, signal=event.signal)
    except Exception as failure:
        return PlaybackResult(update(session, "quit"), failure=failure)


def _after_input(
    session: Session,
    event: InputEvent,
    clock: Clock,
    replace_stretch: Callable[[Session], Session],
    display: Display,
) -> Session:
    if not any(event):  # the time is over
        return session
    # The clock is read before the action, which happens now and not when the last frame was drawn.
    session = update(session, Tick(clock(), event.frozen_ns))
    if event.signal is not None:
        return update(session, "quit")
    if event.suspended:
        return update(session, "suspend")
    if event.key is None:
        return session
    action = action_of(event.key, in_pain=session.pain_stop is not None)
    if action in GOING_ON and session.pain_stop is not None and display.hides_answers(session):
        return session
    session = update(session, action)
    return msgspec.structs.replace(replace_stretch(session), replacing=False) if session.replacing else session


def _must_be_silent(before: Session | None, session: Session) -> bool:
    """Return whether sounds and words of *before* no longer apply: after a jump, in a pause, and when stopped."""
    if session.end_state == "stopped":
        return True
    return before is not None and (
        before.seek_count != session.seek_count or (session.clock_stopped and not before.clock_stopped)
    )


class ScreenTerminal(InputSource, Protocol):
    """A terminal as the screens use it."""

    def size(self) -> tuple[int, int]:
        """Return the columns and lines."""

    def draw(self, rows: Sequence[StyledLine]) -> bool:
        """Draw *rows* and return whether all of them are shown."""


def run_screen(
    terminal: ScreenTerminal,
    state: S,
    *,
    rows: Callable[[S, int, int], Sequence[StyledLine]],
    update: Callable[[S, str], S],
    finished: Callable[[S], bool],
    clock: Clock,
    guarded: Callable[[S], Hashable] = lambda state: None,
    animate: Callable[[S, int], S] = lambda state, elapsed_ns: state,
) -> S:
    """Draw *state* as *rows* of columns and lines, *update* it by keys until it is *finished*, and return it.

    While `guarded(state)` is new or in a new size, and not None, keys are ignored until it has been visible for
    GUARD_NS. *animate* gets the time since the screen began, before every frame.
    Raise Signalled if a signal or a closed window ends the screen.
    """
    started_ns = clock()
    shown: tuple[Hashable, tuple[int, int]] | None = None
    visible_since: int | None = None
    while True:
        state = animate(state, clock() - started_ns)
        if finished(state):
            return state
        view, size = guarded(state), terminal.size()
        if (view, size) != shown:
            shown, visible_since = (view, size), None
        if terminal.draw(rows(state, *size)) and visible_since is None:
            visible_since = clock()
        event = terminal.read(FRAME_S)
        if event.signal is not None:
            raise Signalled(event.signal)
        if event.suspended or event.frozen_ns or terminal.size() != size:
            visible_since = None
        if event.key is None or (view is not None and (visible_since is None or clock() - visible_since < GUARD_NS)):
            continue
        state = update(state, event.key)
