"""`stretch safety`: when to stretch, when to stop, and when to get help."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stretch.cli.app import App

if TYPE_CHECKING:
    from stretch.core.checklist import Part

BEFORE = "before"
"""The part of the checklist that is shown at each start (rule RB18)."""


@click.command("safety")
@click.option("--json", "as_json", is_flag=True, help="Every line with its id, outcome and sources.")
@click.pass_obj
def safety_command(app: App, as_json: bool) -> None:
    """Print the safety checklist: before you start, how it should feel, when to stop, when to get help."""
    parts = app.safety.checklist
    if as_json:
        app.out.json([{"part": part.id, **_fields(line)} for part in parts for line in part.lines])
        return
    for index, part in enumerate(parts):
        if index:
            app.out.say()
        print_part(app, part)


def before_you_start(app: App, *, to_person: bool = False) -> None:
    """Show what to mind before a session; to stderr when *to_person*, so that a pipe carries the session alone."""
    part = next(part for part in app.safety.checklist if part.id == BEFORE)
    if to_person:
        for line in (f"{part.heading}. {part.action}", *(f"- {line.text}" for line in part.lines)):
            app.tell(line)
    else:
        print_part(app, part)


def print_part(app: App, part: Part) -> None:
    """Print one part: its heading, what to do, and its lines with hanging indents."""
    app.out.say(part.heading, "bold red" if part.id == "emergency" else "bold")
    app.out.say(part.action, indent=2)
    for line in part.lines:
        app.out.say(line.text, indent=2, mark="- ")


def _fields(line: object) -> dict[str, object]:
    import msgspec

    return dict(msgspec.to_builtins(line))
