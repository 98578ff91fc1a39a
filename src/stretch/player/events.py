"""A session told to a program: one JSON object a line, as things happen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from stretch.core.journal.tally import stretches_done
from stretch.core.narration.speech import say
from stretch.core.timing.cues import Cue
from stretch.core.timing.session import NS_PER_MS, Session
from stretch.player.plain import patience


class Events:
    """Writes one line for each thing that happens; `at` is the position in seconds."""

    def __init__(self, write_line: Callable[[str], None]) -> None:
        self._write_line = write_line
        self._before: Session | None = None

    def show(self, session: Session, cues: tuple[Cue, ...]) -> None:
        """Write what *cues* call out, and what became of the session since the last call."""
        for event in (*self._changes(session), *(self._cue(session, cue) for cue in cues), *self._end(session)):
            self._write_line(msgspec.json.encode(event).decode())
        self._before = session

    def patience(self, session: Session) -> float:
        """Return the seconds to the next cue, a second at most."""
        return patience(session)

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
        said = say(cue, session.timeline, done)
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
