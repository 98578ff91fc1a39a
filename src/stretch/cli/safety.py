"""`stretch safety`: when to stretch, when to stop, and when to get help."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from stretch.core.errors import UsageError

if TYPE_CHECKING:
    from stretch.cli.app import App
    from stretch.core.safety.checklist import Part
    from stretch.core.safety.standing import Standing

BEFORE = "before"
"""The part of the checklist that is shown at each start (rule RB18)."""


@click.group("safety", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Every line with its id, outcome and sources.")
@click.pass_context
def safety_command(ctx: click.Context, as_json: bool) -> None:
    """Print the safety checklist: before you start, how it should feel, when to stop, when to get help."""
    app: App = ctx.obj
    if ctx.invoked_subcommand is not None:
        return
    parts = app.safety.checklist
    if as_json:
        app.out.json([{"part": part.id, **_fields(line)} for part in parts for line in part.lines])
        return
    for index, part in enumerate(parts):
        if index:
            app.out.paragraph()
        print_part(app, part)


@safety_command.command("check")
@click.option("--forget", is_flag=True, help="Remove what is kept of the check.")
@click.option("--json", "as_json", is_flag=True, help="What is kept, without asking anything.")
@click.pass_obj
def check_command(app: App, forget: bool, as_json: bool) -> int:
    """Answer the safety check: may you stretch, and what to allow for.

    Only the outcome, the tags and the dates are kept, never the answers.
    """
    from stretch.core.safety import standing as keeping
    from stretch.storage import profile

    if forget:
        there = profile.forget(app.folder)
        app.info("Forgotten." if there else "Nothing was kept.")
        return 0
    if as_json:
        app.out.json(profile.load(app.folder))
        return 0
    standing = _checked(app)
    profile.save(app.folder, standing)
    for line in keeping.message(app.safety.messages, standing, app.today()):
        app.out.paragraph(line, "bold")
    if standing.tags:
        app.out.paragraph(f"Taken into account: {', '.join(standing.tags)}.")
    return 4 if keeping.blocks(standing, app.today()) else 0


def before_you_start(app: App, *, to_person: bool = False) -> None:
    """Show what to mind before a session; to stderr when *to_person*, so that a pipe carries the session alone."""
    part = next(part for part in app.safety.checklist if part.id == BEFORE)
    if to_person:
        for line in (f"{part.heading}. {part.action}", *(f"- {line.text}" for line in part.lines)):
            app.info(line)
    else:
        print_part(app, part)


def print_part(app: App, part: Part) -> None:
    """Print one part: its heading, what to do, and its lines with hanging indents."""
    app.out.paragraph(part.heading, "bold red" if part.id == "emergency" else "bold")
    app.out.paragraph(part.action, indent=2)
    for line in part.lines:
        app.out.paragraph(line.text, indent=2, prefix="- ")


def _checked(app: App) -> Standing:
    """Ask for a clinician's word where one is waited for, else all of the check."""
    from stretch.cli.ask import ask_all
    from stretch.core.safety import standing as keeping
    from stretch.core.safety.checklist import Outcome
    from stretch.core.safety.screening import screen
    from stretch.storage import profile

    try:
        kept = profile.load(app.folder)
    except profile.Unreadable:
        kept = None
    if kept is not None and kept.outcome is Outcome.SEE_CLINICIAN and (cleared := _ask_cleared(app, kept)):
        return cleared
    answers, _ = ask_all(app, app.safety, app.safety.screens)
    result = screen(app.safety, answers, app.today())
    for note in result.notes:
        app.out.paragraph(note)
    return keeping.renew(kept, result, app.today())


def _ask_cleared(app: App, kept: Standing) -> Standing | None:
    """Return what is kept once a clinician has checked it; None when that is still to come."""
    from stretch.cli.ask import read_line
    from stretch.core.safety.standing import clear

    while True:
        answer = read_line(app, f"{app.safety.messages.ask_cleared} (YYYY-MM-DD, or Enter for not yet) ")
        if not answer:
            return None
        try:
            return clear(kept, date.fromisoformat(answer), app.today())
        except ValueError:
            app.out.paragraph("A date such as 2026-03-31, please.")
        except UsageError as error:
            app.out.paragraph(str(error))


def _fields(line: object) -> dict[str, object]:
    import msgspec

    return dict(msgspec.to_builtins(line))
