"""Displays of a session: a full screen, plain lines or JSON events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from stretch.core.journal.progress import stretches_done
from stretch.core.narration.phrases import line_for, settle_parts
from stretch.core.text import as_sentences
from stretch.core.timing.animation import EASE_MS
from stretch.core.timing.phases import NS_PER_MS
from stretch.core.timing.session import Session
from stretch.core.timing.timeline import Cue, cues
from stretch.player.freeze import SLICE_S
from stretch.player.instructions import pause_message
from stretch.player.keymap import KEYMAP, SAME_KEYS

if TYPE_CHECKING:
    from stretch.player.figure_renderer import FigureRenderer
    from stretch.player.terminal import Terminal

FRAME_S, STILL_FRAME_S = 5 * SLICE_S, 7 * SLICE_S
"""Time between two frames while the figure moves, and else: the bar of a breath of 3 s moves by two cells.

A resized window is redrawn with the next frame. Where a wait is cut in slices, whole ones wake the machine least often.
"""
MAX_WAIT_S = 1.0
"""Longest time between two updates."""
PLAIN_CUES = ("phase", "half-way", "last", "end")
"""Cues with a plain line; lines for breaths and seconds would drown the others, and a hold says how to breathe."""


def seconds_to_next_cue(session: Session) -> float:
    """Return the seconds until the next cue, MAX_WAIT_S at most."""
    if session.clock_stopped:
        return MAX_WAIT_S
    here = session.position_ms
    ahead = cues(session.timeline, here, here + int(MAX_WAIT_S * 1000) * session.speed)
    if not ahead:
        return MAX_WAIT_S
    wait_ns = (ahead[0].at_ms * NS_PER_MS - session.position_ns) / session.speed + session.lead_in_ns
    return min(max(wait_ns / 1e9, 0.001), MAX_WAIT_S)


class ScreenDisplay:
    """Draws the session on a *terminal*; *problem* returns a warning to show for a while."""

    def __init__(
        self,
        terminal: Terminal,
        figures: FigureRenderer | None = None,
        problem: Callable[[Session], str | None] = lambda session: None,
    ) -> None:
        # Imported here because the other displays start faster without it.
        from stretch.player.view import hides_pain_answers, render_screen, warning_ns

        self._render_screen, self._warning_ns = render_screen, warning_ns
        self._hides_pain_answers = hides_pain_answers
        self._terminal, self._figures, self._problem = terminal, figures, problem
        self._warning, self._warning_until_ns = "", 0
        self._size = 0, 0
        """The columns and lines of the last frame."""

    def show(self, session: Session, cues: tuple[Cue, ...]) -> None:
        """Draw the current frame; it shows the cues as well."""
        self._size = columns, lines = self._terminal.size()
        unicode, warning = self._terminal.theme.unicode, self._current_warning(session, columns)
        rows = self._render_screen(session, columns, lines, unicode=unicode, figures=self._figures, warning=warning)
        self._terminal.draw(rows)

    def next_update_in(self, session: Session) -> float:
        """Return the seconds to the next frame, or to the next cue if that is sooner, so that it is heard on time."""
        return min(FRAME_S if _moves(session) else STILL_FRAME_S, seconds_to_next_cue(session))

    def hides_answers(self, session: Session) -> bool:
        """Return whether the window is, or was when it was last drawn, too small for the answers after a stop."""
        return any(self._hides_pain_answers(session, *size) for size in (self._size, self._terminal.size()))

    def _current_warning(self, session: Session, columns: int) -> str:
        warning = self._problem(session) or self._warning
        if warning != self._warning:
            self._warning, self._warning_until_ns = warning, session.active_ns + self._warning_ns(warning, columns)
        return self._warning if session.active_ns < self._warning_until_ns else ""


def _moves(session: Session) -> bool:
    """Return whether the figure moves: a held stretch only breathes, and getting ready moves at its end."""
    moment = session.moment
    if session.clock_stopped or moment.phase.kind in ("hold", "settle", "press"):
        return False
    return moment.phase.kind not in ("prepare", "switch") or moment.left_ms <= EASE_MS


class _LineDisplay:
    """Base of the displays that write lines with *write_line*."""

    def __init__(self, write_line: Callable[[str], None]) -> None:
        self._write_line = write_line
        self._before: Session | None = None

    def next_update_in(self, session: Session) -> float:
        """Return the seconds to the next cue, MAX_WAIT_S at most."""
        return seconds_to_next_cue(session)

    def hides_answers(self, session: Session) -> bool:
        """Return False: lines are never too long."""
        return False


class PlainDisplay(_LineDisplay):
    """Writes one line of text for each cue and each change, for pipes and screen readers.

    The last line *says_done* how much was done, unless the reader is told in another place.
    """

    _pause_message = ""

    def __init__(self, write_line: Callable[[str], None], *, says_done: bool = True) -> None:
        super().__init__(write_line)
        self._says_done = says_done

    def show(self, session: Session, cues: tuple[Cue, ...]) -> None:
        """Write the lines of *cues*, help, what was made easier, and why the session pauses."""
        # In a resumed session, what was made easier before is not repeated.
        before = self._before or msgspec.structs.replace(session, help_open=False)
        for cue in cues:
            if cue.kind == "end" and not self._says_done:
                if rising := settle_parts(session.moment.phase)[1]:
                    self._write_line(*as_sentences(rising))
            elif cue.kind in PLAIN_CUES and (line := line_for(cue, session.timeline, stretches_done(session))):
                self._write_line(line)
        if session.help_open and not before.help_open:
            keys = ", ".join(f"{binding.label} {binding.hint}".rstrip() for binding in KEYMAP)
            self._write_line(f"Keys: {keys}. {SAME_KEYS}. Press any key to continue.")
        for name in session.easier_ids - before.easier_ids - {session.pain_stop}:
            item = next(item for item in session.timeline.items if item.stretch.id == name)
            side = session.moment.phase.side or item.sides[0]
            self._write_line(item.stretch.for_side(side).labelled("ease_off"))
        message = pause_message(session)
        if message != self._pause_message and not session.end_state:
            self._write_line(message or "Continuing.")
        self._before, self._pause_message = session, message


class EventsDisplay(_LineDisplay):
    """Writes one JSON object for each cue and each change; its `at` is the position in seconds."""

    def show(self, session: Session, cues: tuple[Cue, ...]) -> None:
        """Write the changes since the last call, the *cues* and the end."""
        at = session.position_ms / 1000
        events = [{"at": at, **change} for change in _changes(self._before or session, session)]
        events += [_cue_event(session, cue) for cue in cues]
        if session.end_state:
            done, of = stretches_done(session)
            active = session.active_ns / NS_PER_MS / 1000
            end = {"event": "end", "over": session.end_state, "done": done, "of": of, "active": active}
            events.append({"at": at, **end})
        for event in events:
            self._write_line(msgspec.json.encode(event).decode())
        self._before = session


def _changes(before: Session, session: Session) -> Iterator[dict[str, Any]]:
    if len(session.painful_ids) > len(before.painful_ids):
        yield {"event": "hurt", "stretch": session.painful_ids[-1]}
    elif session.seek_count > before.seek_count:
        yield {"event": "skip", "from": before.position_ms / 1000}
    if session.clock_stopped and not before.clock_stopped:
        yield {"event": "pause", "away": session.sleep_gap_ns / NS_PER_MS / 1000}
    if before.clock_stopped and not session.clock_stopped:
        yield {"event": "resume"}


def _cue_event(session: Session, cue: Cue) -> dict[str, Any]:
    phase = session.timeline.phases[cue.index]
    if cue.kind == "phase":
        stretch = phase.item.stretch.id if phase.item else None
        event = {"event": "phase", "kind": phase.kind, "seconds": phase.length_ms / 1000, "stretch": stretch}
        event |= {"side": phase.side, "rep": phase.rep, "reps": phase.reps}
    elif cue.kind in ("breath-in", "breath-out"):
        event = {"event": "breath", "half": cue.kind.removeprefix("breath-"), "number": cue.number}
    else:
        event = {"event": "cue", "cue": cue.kind}
    return {"at": cue.at_ms / 1000, **event, "say": line_for(cue, session.timeline, stretches_done(session))}
