"""`stretch resume`: continue a session that was stopped or cut off."""

from contextlib import ExitStack, closing, suppress
from datetime import datetime, timedelta

import click

from stretch.cli.app import App
from stretch.cli.options import playback_options
from stretch.cli.request import PlaybackOptions
from stretch.core.errors import UsageError
from stretch.core.journal.progress import MAX_AGE_H, decode_plan, restore_session
from stretch.core.journal.record import SessionRecord
from stretch.core.planning.eligibility import caution_conflicts, is_deeper
from stretch.core.planning.personalize import apply_preflight
from stretch.core.routine import Item, Request, Routine
from stretch.core.text import duration, side_label
from stretch.core.timing.session import Session
from stretch.storage.journal.database import JournalError
from stretch.storage.journal.journal import Journal
from stretch.storage.status_file import StatusFile, is_running

START_NEW = "Start a new one with `stretch routine`."


@click.command(
    "resume",
    help="""Continue the last session if it was stopped or cut off.

    It continues as planned with the first side that is not done, and keeps what was done and what was made easier. A
    stretch that was stopped for pain and not tried again is left out. A session that was finished, or that began more
    than 12 hours ago, cannot be resumed.
    """,
)
@playback_options
@click.pass_obj
def resume_command(app: App, /, playback: PlaybackOptions) -> int:
    record, routine = _interrupted_session(app)
    session = restore_session(record, routine)
    from stretch.cli.play import STOPPED, open_recorder, play_session
    from stretch.cli.preflight import ask_daily, daily_question, run_preflight, say_notes

    asks, about = playback.asks(app), _announcement(record, session)
    full_screen = asks and app.full_screen
    with closing(_claim(app, record)) as status_file:
        if full_screen:
            app.keep_terminal(screen=True)
        preflight = run_preflight(app, ask=asks)
        if not full_screen:
            say_notes(app, preflight.notes)
        # Nothing is asked twice a day: whoever resumes a session has seen its plan.
        due = bool(daily_question(app, preflight))
        while asks and due:
            shown = (about, *preflight.notes) if full_screen else ()
            answered = ask_daily(app, preflight, shown)
            if answered is preflight:
                break
            if answered is None:
                return STOPPED
            due = bool(daily_question(app, answered)) or (full_screen and answered.notes != preflight.notes)
            preflight = answered
        remaining = {part.stretch for part in record.parts if part.remaining}
        for item in routine.items:
            if item.stretch.id in remaining:
                _check_allowed(item, apply_preflight(Request(), preflight, app.today()))
        if not full_screen:
            app.info(about)
        recorder = open_recorder(app, routine, record)
        return play_session(app, session, playback, recorder, status_file)


def _claim(app: App, record: SessionRecord) -> StatusFile:
    """Return the status file of *record*, created while nobody else can; raise UsageError if it is playing already."""
    status_file = StatusFile(app.folder, record.id)
    with ExitStack() as stack:
        # Without a journal that can be written there is nothing that two sessions could spoil.
        with suppress(JournalError):
            journal = stack.enter_context(Journal.open_for_writing(app.folder, app.today()))
            stack.enter_context(journal.transaction())
        if is_running(app.folder, record.id):
            raise UsageError("The last session is still running.")
        with suppress(OSError):
            status_file.claim()
    return status_file


def _interrupted_session(app: App) -> tuple[SessionRecord, Routine]:
    """Return the last session and its plan; raise UsageError if it cannot be resumed."""
    with app.open_journal() as journal:
        record = next(iter(journal.recent(1)), None)
        plan = journal.plan(record.id) if record is not None else None
    if record is None:
        raise UsageError("Nothing to resume. Start with `stretch routine`.")
    if record.ended not in (None, "stopped"):
        raise UsageError(f"Nothing to resume: the last session has ended. {START_NEW}")
    if abs(app.now() - datetime.fromisoformat(record.started)) > timedelta(hours=MAX_AGE_H):
        raise UsageError(f"Nothing to resume: the last session began over {MAX_AGE_H} hours ago. {START_NEW}")
    if plan is None or (routine := decode_plan(plan)) is None:
        raise UsageError(
            f"The last session cannot be resumed: its plan is missing or from another version of stretch. {START_NEW}"
        )
    return record, routine


def _check_allowed(item: Item, request: Request) -> None:
    """Raise UsageError if health reports since the session was planned rule out *item*."""
    reasons = caution_conflicts(item.stretch, request)
    if is_deeper(item.stretch, request.max_level):
        reasons = ["gentle only today" if request.max_level == "gentle" else "nothing deep"]
    if reasons:
        raise UsageError(
            f"{item.stretch.name} is still to be done, but your answers now rule it out ({', '.join(reasons)})."
            " `stretch routine` makes a plan that fits."
        )


def _announcement(record: SessionRecord, session: Session) -> str:
    phase = session.moment.phase
    name = phase.item.stretch.name if phase.item else "the warm-up" if phase.move else "the final rest"
    position = ", ".join(filter(None, (name, side_label(phase.side))))
    done, planned = record.stretch_counts
    left_out = f", {record.left_out} left out" if record.left_out else ""
    return (
        f"{record.title}, started at {record.started[11:16]}: {done} of {planned} stretches done{left_out}."
        f" Continuing with {position}; {duration(session.moment.total_left_ms)} left."
    )
