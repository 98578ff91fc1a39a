"""A session told line by line: for pipes, screen readers and terminals that can do no more."""

from __future__ import annotations

from collections.abc import Callable

from stretch.core.journal.tally import stretches_done
from stretch.core.narration.speech import say
from stretch.core.timing.cues import Cue, cues
from stretch.core.timing.session import NS_PER_MS, Session
from stretch.player.keymap import KEYMAP
from stretch.player.notice import notice

LONGEST_WAIT_S = 1.0
"""The clock is read this often even when nothing happens, so that a frozen process is noticed."""
TOLD = ("phase", "half-way", "last", "end")
"""A line for every breath and every second would drown the ones that matter; a hold says how it is breathed."""


class Plain:
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
            if cue.kind in TOLD and (line := say(cue, session.timeline, done)):
                self._write_line(line)
        if session.helping and not self._helping:
            self._write_line("Keys: " + ", ".join(f"{row.label} {row.hint}" for row in KEYMAP) + ". Any key goes on.")
        eased = session.eased if self._eased is None else self._eased
        for name in session.eased - eased - {session.stopped_for}:
            ways = [item.stretch.ease_off for item in session.timeline.items if item.stretch.id == name]
            self._write_line(f"The easier way: {ways[0]}")
        now = "" if session.over else notice(session)
        if now != self._notice and not session.over:
            self._write_line(now or "Going on.")
        self._notice, self._eased, self._helping = now, session.eased, session.helping

    def patience(self, session: Session) -> float:
        """Return the seconds to the next cue, a second at most."""
        return patience(session)


def patience(session: Session) -> float:
    """Return the seconds in which nothing needs to be told, a second at most."""
    if session.still:
        return LONGEST_WAIT_S
    here = session.position
    ahead = cues(session.timeline, here, here + int(LONGEST_WAIT_S * 1000) * session.speed)
    if not ahead:
        return LONGEST_WAIT_S
    wait_ns = (ahead[0].at * NS_PER_MS - session.position_ns) / session.speed + session.lead_in_ns
    return max(wait_ns / 1e9, 0.001)
