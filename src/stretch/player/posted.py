"""A face beside which the session is told to other programs."""

from __future__ import annotations

from stretch.core.timing.cues import Cue
from stretch.core.timing.session import Session
from stretch.player.player import Face
from stretch.storage.board import Board


class Posted:
    """Tells a session by *face*, and posts on *board* what changes of it."""

    def __init__(self, face: Face, board: Board) -> None:
        self._face, self._board = face, board

    def show(self, session: Session, cues: tuple[Cue, ...]) -> None:
        """Tell how things are now, and *cues*."""
        # The person who plays comes first.
        self._face.show(session, cues)
        self._board.show(session)

    def patience(self, session: Session) -> float:
        """Return how many seconds nothing needs to be told."""
        return self._face.patience(session)
