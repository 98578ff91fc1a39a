"""What a session is written down with: its record, its plan, and the journal in the user's folder."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from stretch.cli.app import App
from stretch.core.journal.record import SessionRecord
from stretch.core.journal.tally import parts_of
from stretch.core.routine import Routine
from stretch.core.safety.scores import Scores
from stretch.core.text import escape_control_chars
from stretch.core.timing.session import Session
from stretch.player.recorder import SessionRecorder
from stretch.storage.journal.journal import Journal, plan_as_json
from stretch.storage.journal.process import this_process
from stretch.storage.journal.writer import Writer

if TYPE_CHECKING:
    from stretch.core.safety.clearance import Cleared

LONGEST_TITLE = 200


def scribe(app: App, routine: Routine, record: SessionRecord) -> SessionRecorder:
    """Return what writes a session of *routine* down, beginning with *record*."""
    opened = partial(Journal.writing, app.folder, app.today(), thorough=True)
    return SessionRecorder(record, Writer(opened, plan_as_json(routine), this_process()))


def begun(app: App, routine: Routine, session: Session, before: Cleared | None = None) -> SessionRecord:
    """Return the record of a session that begins now; *before* is what was said of the pain."""
    return SessionRecord(
        id=uuid4().hex,
        started=app.now().isoformat(timespec="seconds"),
        title=escape_control_chars(routine.title)[:LONGEST_TITLE],
        areas=routine.areas,
        planned_seconds=session.timeline.length / 1000,
        parts=parts_of(session),
        scores=Scores(before=before.pain, spread=before.spread, sudden=before.sudden) if before else Scores(),
    )
