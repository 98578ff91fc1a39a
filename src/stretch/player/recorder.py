"""Notes what of a session is to be written down, and says once what is not kept."""

from __future__ import annotations

from collections.abc import Callable

from stretch.core.journal.progress import update_record
from stretch.core.journal.record import SessionRecord
from stretch.core.timing.session import Session
from stretch.storage.journal.background_writer import BackgroundWriter


class SessionRecorder:
    """Hands the record of a session to *writer* at each boundary of a phase and whenever something is reported.

    `tell`, where it is set, is called once when the record is not being kept; without it that is said at the end.
    """

    def __init__(self, record: SessionRecord, writer: BackgroundWriter) -> None:
        self._record, self._writer = record, writer
        self.on_problem: Callable[[str], None] | None = None
        self._mark: tuple[object, ...] | None = None
        self._said = False

    @property
    def session_id(self) -> str:
        """The id of the session in the journal."""
        return self._record.id

    @property
    def problem(self) -> str | None:
        """What is not being kept and why, to be shown beside the session."""
        trouble = self._writer.problem
        if trouble is None:
            return None
        what = "From here on this session" if self._writer.saved_before else "This session"
        return f"{what} is not being kept. {trouble}"

    def record(self, session: Session) -> None:
        """Have *session* written down if anything of it changed that is kept; never waits."""
        index = session.timeline.index_at(session.position)
        mark = (index, session.jumps, session.hurt_at, session.eased_at, session.over)
        if mark != self._mark:
            self._mark = mark
            self._writer.submit(update_record(self._record, session))
        if self.on_problem is not None and not self._said and (trouble := self.problem):
            self._said = True
            self.on_problem(trouble)

    def close(self, session: Session) -> list[str]:
        """Have the end written down, wait for it a while, and return what a person should know."""
        self.record(session)
        kept = self._writer.close()
        told = [self._writer.notice] if self._writer.notice else []
        if not kept and not self._said:
            what = "The end of this session" if self._writer.saved_before else "This session"
            told.append(f"{what} is not kept. {self._writer.problem}")
        elif kept and self._said:
            told.append("The journal could be written after all: this session is kept.")
        return told
