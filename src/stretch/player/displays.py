"""A session shown on a full screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from stretch.core.journal.progress import stretches_done
from stretch.core.narration.phrases import line_for
from stretch.core.timing.cues import Cue, cues
from stretch.core.timing.phases import NS_PER_MS
from stretch.core.timing.session import Session
from stretch.player.figure_renderer import FigureRenderer
from stretch.player.keymap import KEYMAP
from stretch.player.loop import Display
from stretch.player.terminal import Terminal
from stretch.player.view import pause_message, render_screen
from stretch.storage.status_file import StatusFile

ASIDE_NS = 8_000_000_000
"""How long something is said beside the session."""
FRAME_S = 0.125
"""An eighth of a second: the bar of a breath of 3 s moves by one cell, and a dragged corner is redrawn as at once."""


class ScreenDisplay:
    """Draws the session on *terminal*."""

    def __init__(
        self,
        terminal: Terminal,
        pictures: FigureRenderer | None = None,
        trouble: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._terminal, self._pictures = terminal, pictures
        self._trouble = trouble
        self._aside, self._aside_until_ns = "", 0

    def show(self, session: Session, cues: tuple[Cue, ...]) -> None:
        """Draw how things are now; the cues show themselves."""
        columns, lines = self._terminal.size()
        unicode = self._terminal.style.unicode
        aside = self._aside_now(session)
        rows = render_screen(session, columns, lines, unicode=unicode, pictures=self._pictures, aside=aside)
        self._terminal.draw(rows)

    def next_update_in(self, session: Session) -> float:
        """Return the seconds to the next frame, or to the next cue if that is sooner: it is to be heard on time."""
        return min(FRAME_S, seconds_to_next_cue(session))

    def _aside_now(self, session: Session) -> str:
        """Return what cannot be heard and why, for a while after that is known."""
        told = self._trouble() or self._aside
        if told != self._aside:
            self._aside, self._aside_until_ns = told, session.active_ns + ASIDE_NS
        return self._aside if session.active_ns < self._aside_until_ns else ""


LONGEST_WAIT_S = 1.0
"""The clock is read this often even when nothing happens, so that a frozen process is noticed."""
TOLD = ("phase", "half-way", "last", "end")
"""A line for every breath and every second would drown the ones that matter; a hold says how it is breathed."""


class PlainDisplay:
    """Writes one line for each thing that happens."""

    def __init__(self, write_line: Callable[[str], None]) -> None:
        self._write_line = write_line
        self._notice = ""
        self._eased: frozenset[str] | None = None
        """Told already; a session that goes on has told what was eased before."""
        self._helping = False

    def show(self, session: Session, cues: tuple[Cue, ...]) -> None:
        """Write what *cues* call out, and whether time stands still."""
        done = stretches_done(session) if session.over == "finished" else None
        for cue in cues:
            if cue.kind in TOLD and (line := line_for(cue, session.timeline, done)):
                self._write_line(line)
        if session.helping and not self._helping:
            self._write_line("Keys: " + ", ".join(f"{row.label} {row.hint}" for row in KEYMAP) + ". Any key goes on.")
        eased = session.eased if self._eased is None else self._eased
        for name in session.eased - eased - {session.stopped_for}:
            ways = [item.stretch.ease_off for item in session.timeline.items if item.stretch.id == name]
            self._write_line(f"The easier way: {ways[0]}")
        now = "" if session.over else pause_message(session)
        if now != self._notice and not session.over:
            self._write_line(now or "Going on.")
        self._notice, self._eased, self._helping = now, session.eased, session.helping

    def next_update_in(self, session: Session) -> float:
        """Return the seconds to the next cue, a second at most."""
        return seconds_to_next_cue(session)


def seconds_to_next_cue(session: Session) -> float:
    """Return the seconds in which nothing needs to be told, a second at most."""
    if session.still:
        return LONGEST_WAIT_S
    here = session.position
    ahead = cues(session.timeline, here, here + int(LONGEST_WAIT_S * 1000) * session.speed)
    if not ahead:
        return LONGEST_WAIT_S
    wait_ns = (ahead[0].at * NS_PER_MS - session.position_ns) / session.speed + session.lead_in_ns
    return max(wait_ns / 1e9, 0.001)


class EventsDisplay:
    """Writes one line for each thing that happens; `at` is the position in seconds."""

    def __init__(self, write_line: Callable[[str], None]) -> None:
        self._write_line = write_line
        self._before: Session | None = None

    def show(self, session: Session, cues: tuple[Cue, ...]) -> None:
        """Write what *cues* call out, and what became of the session since the last call."""
        for event in (*self._changes(session), *(self._cue(session, cue) for cue in cues), *self._end(session)):
            self._write_line(msgspec.json.encode(event).decode())
        self._before = session

    def next_update_in(self, session: Session) -> float:
        """Return the seconds to the next cue, a second at most."""
        return seconds_to_next_cue(session)

    def _changes(self, session: Session) -> Iterator[dict[str, Any]]:
        before = self._before
        if before is None:
            return
        at = session.position / 1000
        if len(session.hurt) > len(before.hurt):
            yield {"at": at, "event": "hurt", "stretch": session.hurt[-1]}
        elif session.jumps > before.jumps:
            yield {"at": at, "event": "skip", "from": before.position / 1000}
        if session.still and not before.still:
            yield {"at": at, "event": "pause", "away": session.away_ns / NS_PER_MS / 1000}
        if before.still and not session.still:
            yield {"at": at, "event": "resume"}

    def _cue(self, session: Session, cue: Cue) -> dict[str, Any]:
        phase = session.timeline.phases[cue.index]
        at = cue.at / 1000
        done = stretches_done(session) if session.over == "finished" else None
        said = line_for(cue, session.timeline, done)
        match cue.kind:
            case "phase":
                return {
                    "at": at,
                    "event": "phase",
                    "kind": phase.kind,
                    "seconds": phase.length / 1000,
                    "stretch": phase.item.stretch.id if phase.item else None,
                    "side": phase.side,
                    "rep": phase.rep,
                    "reps": phase.reps,
                    "say": said,
                }
            case "breath-in" | "breath-out":
                half = cue.kind.removeprefix("breath-")
                return {"at": at, "event": "breath", "half": half, "number": cue.number, "say": said}
            case _:
                return {"at": at, "event": "cue", "cue": cue.kind, "say": said}

    def _end(self, session: Session) -> Iterator[dict[str, Any]]:
        if session.over:
            done, of = stretches_done(session)
            active = session.active_ns / NS_PER_MS / 1000
            yield {
                "at": session.position / 1000,
                "event": "end",
                "over": session.over,
                "done": done,
                "of": of,
                "active": active,
            }


class StatusPublishingDisplay:
    """Tells a session by *face*, and writes its changes to *status_file*."""

    def __init__(self, face: Display, status_file: StatusFile) -> None:
        self._face, self._status_file = face, status_file

    def show(self, session: Session, cues: tuple[Cue, ...]) -> None:
        """Tell how things are now, and *cues*."""
        # The person who plays comes first.
        self._face.show(session, cues)
        self._status_file.update(session)

    def next_update_in(self, session: Session) -> float:
        """Return how many seconds nothing needs to be told."""
        return self._face.next_update_in(session)
