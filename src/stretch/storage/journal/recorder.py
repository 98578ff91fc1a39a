"""Recorder of a running session, and the background thread that writes it, so that a slow disk delays no cue."""

from collections.abc import Callable
from threading import Condition, Thread
from time import monotonic

from stretch.core.journal.progress import update_record
from stretch.core.journal.record import SessionRecord
from stretch.core.timing.session import Session
from stretch.storage.journal.database import JournalBusyError, JournalDamagedError, SessionForgottenError
from stretch.storage.journal.journal import Journal

CLOSE_TIMEOUT_S = 5.0
"""Longest wait for the disk at the end of a session."""
RETRY_S = 0.05


class BackgroundWriter:
    """Accepts the growing record of one session, and writes the latest.

    A record holds the whole session so far: if one cannot be written, the next one makes up for it.
    """

    def __init__(self, open_journal: Callable[[], Journal], plan: bytes) -> None:
        self._open_journal, self._plan = open_journal, plan
        self._plan_changed = False
        self._journal: Journal | None = None
        self._changed = Condition()
        self._latest: SessionRecord | None = None
        self._tried: SessionRecord | None = None
        self._saved: SessionRecord | None = None
        self._thread: Thread | None = None
        self._deadline: float | None = None
        self.problem: str | None = None
        """The reason why the last attempt to write failed; None if it succeeded."""
        self.notice: str | None = None
        """A message to the user: a damaged file was moved aside."""

    def submit(self, record: SessionRecord) -> None:
        """Queue *record* in place of the one before, and return at once."""
        with self._changed:
            self._latest = record
            self._changed.notify()
        if self._thread is None:
            self._thread = Thread(target=self._run, name="journal", daemon=True)
            self._thread.start()

    def replace_plan(self, plan: bytes) -> None:
        """Write *plan* in place of the one before, with the next record."""
        self._plan, self._plan_changed = plan, True

    @property
    def saved_before(self) -> bool:
        """True if any record has been written."""
        return self._saved is not None

    def close(self, timeout: float = CLOSE_TIMEOUT_S) -> bool:
        """Wait up to *timeout* seconds for the last record, and return whether it was written."""
        with self._changed:
            self._deadline = monotonic() + timeout
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(timeout)
        saved = self._saved is self._latest
        if not saved and self.problem is None:
            self.problem = "The disk of the journal is too slow."
        return saved

    def _run(self) -> None:
        while (record := self._next_record()) is not None:
            self._tried = record
            try:
                self._write(record)
                self._saved, self.problem = record, None
            except Exception as error:
                # The session must go on whatever happens; the recorder reports the problem.
                self.problem = str(error) or type(error).__name__
                if isinstance(error, SessionForgottenError) and self._deadline is not None and self._journal:
                    self._journal.forgotten_mark(record.id).unlink(missing_ok=True)
                if self._deadline is not None and not isinstance(error, JournalBusyError):
                    break
        self._close_journal()

    def _next_record(self) -> SessionRecord | None:
        """Wait for a record to write; return None when there will be none, or trying again is pointless."""
        with self._changed:
            while self._latest is self._tried and self._deadline is None:
                self._changed.wait()
            if self._latest is self._tried and self._latest is not self._saved:
                self._changed.wait(RETRY_S)
            if self._latest is self._saved or (self._latest is self._tried and monotonic() > (self._deadline or 0)):
                return None
            return self._latest

    def _write(self, record: SessionRecord) -> None:
        try:
            self._try_once(record)
        except JournalDamagedError:
            # Reopening checks the file, moves it aside if damaged, and finds or creates a new one.
            self._close_journal()
            self._try_once(record)

    def _try_once(self, record: SessionRecord) -> None:
        if self._journal is None:
            self._journal = self._open_journal()
            self.notice = self._journal.notice or self.notice
        self._journal.save(record, self._plan)
        if self._plan_changed:
            self._journal.set_plan(record.id, self._plan)
            self._plan_changed = False

    def _close_journal(self) -> None:
        if self._journal is not None:
            self._journal.close()
            self._journal = None


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
        pain = session.pain_reported_at, session.pain_stop
        state = (index, session.seek_count, pain, session.easier_phases, session.end_state)
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
