"""A session shown on a full screen."""

from __future__ import annotations

from stretch.core.cues import Cue
from stretch.core.routine import Routine
from stretch.core.session import Session
from stretch.stage.picture import Pictures
from stretch.stage.terminal import Terminal
from stretch.stage.view import view

FRAME_S = 0.1
"""A tenth of a second is seen as at once, by the eye that watches a breath and by the hand that drags a corner."""


class Screen:
    """Draws the session on *terminal*."""

    def __init__(self, routine: Routine, terminal: Terminal, pictures: Pictures | None = None) -> None:
        self._routine, self._terminal, self._pictures = routine, terminal, pictures

    def show(self, session: Session, cues: tuple[Cue, ...]) -> None:
        """Draw how things are now; the cues show themselves."""
        columns, lines = self._terminal.size()
        unicode = self._terminal.style.unicode
        rows = view(session, self._routine, columns, lines, unicode=unicode, pictures=self._pictures)
        self._terminal.draw(rows)

    def patience(self, session: Session) -> float:
        """Return the seconds to the next frame."""
        return FRAME_S
