"""`stretch resume`: goes on with a session that was cut off or stopped, on the side that is owed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from stretch.cli.app import App
from stretch.cli.options import playback_options
from stretch.core.errors import UsageError
from stretch.core.journal.record import SessionRecord
from stretch.core.journal.resuming import LONGEST_H, resumed
from stretch.core.planning.eligibility import caution_conflicts, exceeds_max_level
from stretch.core.planning.personalize import apply_preflight
from stretch.core.routine import Item, Request, Routine
from stretch.core.text import duration, side_label
from stretch.core.timing.session import Session
from stretch.storage.journal.journal import Journal, plan_as_routine
from stretch.storage.journal.process import is_running

if TYPE_CHECKING:
    from stretch.cli.request import PlaybackOptions


@click.command("resume")
@playback_options
@click.pass_obj
def resume_command(app: App, /, playback: PlaybackOptions) -> int:
    """Go on with the last session if it was cut off or stopped.

    It begins with the side that is owed, as it was planned, and counts what was done before. A session that came to
    its end, or began more than 12 hours ago, is over.
    """
    record, routine = _left_off(app)
    session = resumed(record, routine)
    from stretch.cli.gate import pass_gate
    from stretch.cli.play import open_recorder, play_session

    cleared = pass_gate(app, ask=app.interactive and playback.ask and not playback.events)
    owed = [part.stretch for part in record.parts if part.owed]
    for item in routine.items:
        if item.stretch.id in owed:
            _check(item, apply_preflight(Request(), cleared, app.today()))
    app.info(_where(record, session))
    return play_session(app, session, playback, open_recorder(app, routine, record))


def _left_off(app: App) -> tuple[SessionRecord, Routine]:
    """Return the last session and its plan.

    Raises UsageError when there is nothing to go on with.
    """
    journal = Journal.reading(app.folder)
    if journal is None:
        raise UsageError("There is no session to go on with: `stretch routine` begins one.")
    with journal:
        last = journal.recent(1)
        if not last:
            raise UsageError("There is no session to go on with: `stretch routine` begins one.")
        (record,) = last
        if record.ended not in (None, "stopped"):
            raise UsageError("The last session came to its end: `stretch routine` begins a new one.")
        if abs(app.now() - datetime.fromisoformat(record.started)) > timedelta(hours=LONGEST_H):
            raise UsageError(f"The last session began over {LONGEST_H} hours ago: `stretch routine` begins a new one.")
        process = journal.process_of(record.id)
        if process is not None and is_running(process):
            raise UsageError(f"The last session still goes on, in process {process.partition(':')[0]}.")
        plan = journal.plan_of(record.id)
    if plan is None:
        raise UsageError("The plan of the last session is not kept: `stretch routine` begins a new one.")
    return record, plan_as_routine(plan)


def _check(item: Item, now: Request) -> None:
    """Refuse to go on with what was planned before something was reported that speaks against it."""
    against = caution_conflicts(item.stretch, now)
    if exceeds_max_level(item.stretch, now):
        against = ["gentle only today" if now.max_level == "gentle" else "nothing deep"]
    if against:
        raise UsageError(
            f"{item.stretch.name} is owed, and what you report now speaks against it ({', '.join(against)}):"
            " `stretch routine` makes a plan that fits."
        )


def _where(record: SessionRecord, session: Session) -> str:
    phase = session.moment.phase
    what = phase.item.stretch.name if phase.item else "the warm-up" if phase.move else "settling"
    here = ", ".join(filter(None, (what, side_label(phase.side))))
    left = duration(session.moment.total_left)
    done, of = record.stretches
    so_far = f"{record.title}, begun at {record.started[11:16]}: {done} of {of} stretches done."
    return f"{so_far} Going on with {here}; {left} left."
