"""A session shown on a full screen."""

from __future__ import annotations

from collections.abc import Callable

from stretch.core.timing.cues import Cue
from stretch.core.timing.session import Session
from stretch.player.picture import Pictures
from stretch.player.plain import patience
from stretch.player.terminal import Terminal
from stretch.player.view import view

ASIDE_NS = 8_000_000_000
"""How long something is said beside the session."""
FRAME_S = 0.125
"""An eighth of a second: the bar of a breath of 3 s moves by one cell, and a dragged corner is redrawn as at once."""


class Screen:
    """Draws the session on *terminal*."""

    def __init__(
        self,
        terminal: Terminal,
        pictures: Pictures | None = None,
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
        rows = view(session, columns, lines, unicode=unicode, pictures=self._pictures, aside=aside)
        self._terminal.draw(rows)

    def patience(self, session: Session) -> float:
        """Return the seconds to the next frame, or to the next cue if that is sooner: it is to be heard on time."""
        return min(FRAME_S, patience(session))

    def _aside_now(self, session: Session) -> str:
        """Return what cannot be heard and why, for a while after that is known."""
        told = self._trouble() or self._aside
        if told != self._aside:
            self._aside, self._aside_until_ns = told, session.active_ns + ASIDE_NS
        return self._aside if session.active_ns < self._aside_until_ns else ""
