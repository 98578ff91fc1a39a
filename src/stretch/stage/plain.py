"""A session told line by line: for pipes, screen readers and terminals that can do no more."""

from __future__ import annotations

from collections.abc import Callable

from stretch.core.cues import Cue, cues
from stretch.core.routine import Routine
from stretch.core.session import NS_PER_MS, Session
from stretch.core.speech import say
from stretch.stage.view import away_words

LONGEST_WAIT_S = 1.0
"""The clock is read this often even when nothing happens, so that a frozen process is noticed."""
TOLD = ("phase", "half-way", "end")
"""A line for every breath and every second would drown the ones that matter; a hold says how it is breathed."""


class Plain:
    """Writes one line for each thing that happens."""

    def __init__(self, routine: Routine, write_line: Callable[[str], None]) -> None:
        self._routine, self._write_line = routine, write_line
        self._before: Session | None = None

    def show(self, session: Session, cues: tuple[Cue, ...]) -> None:
        """Write what *cues* call out, and whether time stands still."""
        for cue in cues:
            if cue.kind in TOLD and (line := say(cue, session.timeline, self._routine)):
                self._write_line(line)
        was_away = self._before.away_ns if self._before else 0
        was_paused = self._before.paused if self._before else False
        if session.away_ns and not was_away:
            self._write_line(away_words(session))
        elif session.paused != was_paused and not session.over:
            self._write_line("Paused. Space goes on." if session.paused else "Going on.")
        self._before = session

    def patience(self, session: Session) -> float:
        """Return the seconds to the next cue, a second at most."""
        if session.still:
            return LONGEST_WAIT_S
        here = session.position
        ahead = cues(session.timeline, here, here + int(LONGEST_WAIT_S * 1000) * session.speed)
        if not ahead:
            return LONGEST_WAIT_S
        wait_ns = ahead[0].at * NS_PER_MS - session.position_ns
        return max(wait_ns / session.speed / 1e9 + session.lead_in_ns / 1e9, 0.001)
