"""`stretch safety`: the safety checklist, and the safety check."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from stretch.cli.usage import SuggestingGroup, refuse_together
from stretch.core.errors import StretchError, UsageError

if TYPE_CHECKING:
    from stretch.cli.app import App
    from stretch.core.safety.checklist import ChecklistSection
    from stretch.core.safety.screening_record import ScreeningRecord

BEFORE, EXPECT = "before", "expect"
"""Sections of the checklist: shown before the first session (rule RB18), and line by line after the first ones."""
FIRST_SESSIONS = 3


@click.group(
    "safety",
    cls=SuggestingGroup,
    invoke_without_command=True,
    help="Print the safety checklist: before you start, how it should feel, when to stop, when to get help.",
)
@click.option("--json", "as_json", is_flag=True, help="Print each line as JSON, with its id, outcome and sources.")
@click.pass_context
def safety_command(ctx: click.Context, as_json: bool) -> None:
    app: App = ctx.obj
    if ctx.invoked_subcommand is not None:
        return
    sections = app.safety.checklist
    if as_json:
        import msgspec

        app.out.json([{"part": part.id, **msgspec.to_builtins(line)} for part in sections for line in part.lines])
        return
    for index, section in enumerate(sections):
        if index:
            app.out.paragraph()
        print_section(app, section)


@safety_command.command(
    "check",
    help="""Find out whether you may stretch, and with what limits.

    Only the outcome, the tags and the dates are stored, never the answers.
    """,
)
@click.option("--forget", is_flag=True, help="Delete the stored result of the check.")
@click.option("--json", "as_json", is_flag=True, help="Print the stored result as JSON, without asking anything.")
@click.pass_obj
def check_command(app: App, forget: bool, as_json: bool) -> int:
    refuse_together("--forget", "--json")
    from stretch.cli.preflight import save_record
    from stretch.core.safety.screening_record import forbids_session, status_messages
    from stretch.storage import screening_file

    if forget:
        app.info("Deleted." if screening_file.delete(app.folder) else "Nothing was stored.")
        return 0
    if as_json:
        app.out.json(screening_file.load(app.folder))
        return 0
    record = _run_check(app)
    saved = save_record(app, record)
    for text in status_messages(app.safety.messages, record, app.today()):
        app.out.paragraph(text, "bold")
    if forbids_session(record, app.today()):
        return 4
    if record.tags:
        app.out.paragraph(f"Taken into account: {', '.join(record.tags)}.")
    return 0 if saved else StretchError.exit_code


def before_you_start(app: App, sessions: int, *, to_stderr: bool = False) -> None:
    """Show what to know before one of the first sessions; *to_stderr* keeps a pipe free for the session itself.

    *sessions* is the number of sessions before it. What has to be at hand is only said before the very first.
    """
    say = app.info if to_stderr else app.out.paragraph
    if sessions == 0:
        section = app.safety.section(BEFORE)
        for line in (f"{section.heading}. {section.action}", *(f"- {line.text}" for line in section.lines)):
            say(line)
    if sessions < FIRST_SESSIONS:
        say(app.safety.first_sessions)


def print_section(app: App, section: ChecklistSection) -> None:
    """Print one section of the checklist with hanging indents."""
    app.out.paragraph(section.heading, "bold red" if section.id == "emergency" else "bold")
    app.out.paragraph(section.action, indent=2)
    for line in section.lines:
        app.out.paragraph(line.text, indent=2, prefix="- ")


def _run_check(app: App) -> ScreeningRecord:
    """Ask for the day of the clearance if one is needed, otherwise all questions; return the new record."""
    from stretch.cli.prompts import ask_all
    from stretch.core.safety.checklist import Outcome
    from stretch.core.safety.screening import evaluate
    from stretch.core.safety.screening_record import after_full_check
    from stretch.storage import screening_file

    try:
        old = screening_file.load(app.folder)
    except screening_file.UnreadableRecord:
        old = None
    if old is not None and old.outcome is Outcome.SEE_CLINICIAN and (cleared := _ask_clearance(app, old)):
        return cleared
    answers, _ = ask_all(app, app.safety, app.safety.screens)
    result = evaluate(app.safety, answers, app.today())
    for note in result.notes:
        app.out.paragraph(note)
    return after_full_check(old, result, app.today())


def _ask_clearance(app: App, old: ScreeningRecord) -> ScreeningRecord | None:
    """Return the record after a clinician's clearance, None if there is none yet."""
    from stretch.cli.prompts import read_line
    from stretch.core.safety.screening_record import record_clearance

    while True:
        answer = read_line(app, f"{app.safety.messages.ask_cleared} (YYYY-MM-DD, or Enter for not yet) ")
        if not answer:
            return None
        try:
            return record_clearance(old, date.fromisoformat(answer), app.today())
        except ValueError:
            app.out.paragraph("Type a date such as 2026-03-31.")
        except UsageError as error:
            app.out.paragraph(str(error))
