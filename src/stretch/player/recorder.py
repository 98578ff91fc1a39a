"""Session recorder: passes the record of a running session to the journal and reports what is not saved."""

from collections.abc import Callable

from stretch.core.journal.progress import update_record
from stretch.core.journal.record import SessionRecord
from stretch.core.timing.session import Session
from stretch.storage.journal.background_writer import BackgroundWriter


class SessionRecorder:
    """Submits a record to *writer* at each new phase and after each report such as "hurts".

    If `on_problem` is set, it is called once with a message if the session is not being saved.
    """

    def __init__(self, record: SessionRecord, writer: BackgroundWriter) -> None:
        self._record, self._writer = record, writer
        self.session_id, self.pain_before, self.program = record.id, record.scores.before, record.program
        self.on_problem: Callable[[str], None] | None = None
        self._last_state: tuple[object, ...] | None = None
        self._reported = False

    @property
    def problem(self) -> str | None:
        """Message about what is not being saved and why, None if all is well."""
        if self._writer.problem is None:
            return None
        subject = "From here on, this session" if self._writer.saved_before else "This session"
        return f"{subject} is not being saved. {self._writer.problem}"

    def record(self, session: Session) -> None:
        """Submit *session* if anything that is recorded has changed; never waits."""
        index = session.timeline.index_at(session.position_ms)
        state = (index, session.seek_count, session.pain_reported_at, session.easier_phases, session.end_state)
        if state != self._last_state:
            self._last_state = state
            self._writer.submit(update_record(self._record, session))
        if self.on_problem is not None and not self._reported and (problem := self.problem):
            self._reported = True
            self.on_problem(problem)

    def replace_plan(self, plan: bytes) -> None:
        """Store *plan* in place of the one that the session began with."""
        self._writer.replace_plan(plan)

    def close(self, session: Session) -> list[str]:
        """Submit the final state, wait a few seconds for the disk, and return messages for the user."""
        self.record(session)
        saved = self._writer.close()
        messages = [self._writer.notice] if self._writer.notice else []
        if not saved and not self._reported:
            subject = "The end of this session" if self._writer.saved_before else "This session"
            messages.append(f"{subject} was not saved. {self._writer.problem}")
        elif saved and self._reported:
            messages.append("The journal could be written after all: this session is saved.")
        return messages
