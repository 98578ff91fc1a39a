"""`stretch safety`: the safety checklist, and the safety check."""

import click
import msgspec

from stretch.cli.app import App
from stretch.cli.usage import SubcommandGroup, refuse_together
from stretch.core.errors import SafetyError, StretchError

EXPECT = "expect"
"""Section of the checklist that is shown line by line after the first sessions."""
FIRST_SESSIONS = 3


@click.group(
    "safety",
    cls=SubcommandGroup,
    help="Print the safety checklist: before you start, how it should feel, when to stop, when to get help.",
)
@click.option("--json", "as_json", is_flag=True, help="Print each line as JSON, with its id, outcome and sources.")
@click.pass_obj
def safety_command(app: App, as_json: bool) -> None:
    sections = app.safety.checklist
    if as_json:
        app.out.json([{"part": part.id, **msgspec.to_builtins(line)} for part in sections for line in part.lines])
        return
    for index, section in enumerate(sections):
        if index:
            app.out.paragraph()
        app.out.paragraph(section.heading, "bold red" if section.id == "emergency" else "bold")
        app.out.paragraph(section.action, indent=2)
        for line in section.lines:
            app.out.paragraph(line.text, indent=2, prefix="- ")


@safety_command.command(
    "check",
    help="""Find out whether you may stretch, and with what limits.

    What limits or stops a session is kept, with its dates, in `safety.json` in your folder, readable by you alone:
    which signs and conditions you said, and the pain of the day. Nothing else of your answers is. --forget deletes it.
    """,
)
@click.option("--forget", is_flag=True, help="Delete the stored result of the check.")
@click.option("--json", "as_json", is_flag=True, help="Print the stored result as JSON, without asking anything.")
@click.pass_obj
def check_command(app: App, forget: bool, as_json: bool) -> int:
    refuse_together("--forget", "--json")
    from stretch.cli.preflight import run_check, stop_texts
    from stretch.core.safety.screening_record import status_messages
    from stretch.core.vocabulary import TAG_LABELS
    from stretch.storage import screening_file

    if forget:
        app.info("Deleted." if screening_file.delete(app.folder) else "Nothing was stored.")
        return 0
    if as_json:
        app.out.json(screening_file.load(app.folder))
        return 0
    result = run_check(app)
    record = result.record
    assert record
    texts = stop_texts(app, result) if result.causes else status_messages(app.safety.messages, record, app.today())
    for text in texts:
        app.out.paragraph(text, "bold")
    if result.causes:
        return SafetyError.exit_code
    if record.tags:
        app.out.paragraph("From now on your routines leave out or ease what is risky:")
        for tag in record.tags:
            app.out.paragraph(TAG_LABELS[tag], indent=2, prefix="- ")
    return 0 if screening_file.load(app.folder) == record else StretchError.exit_code
