"""`stretch program`: programs and prescriptions of your own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from stretch.cli.listing import programs_command
from stretch.cli.options import OUTPUT, PROGRAM, STDOUT
from stretch.cli.prompts import confirm
from stretch.cli.usage import SubcommandGroup
from stretch.core.errors import UsageError
from stretch.core.prescription import prescription_lines
from stretch.core.text import as_sentences, escape_control_chars, join_words, pluralize, quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stretch.cli.app import App
    from stretch.core.prescription_text import ListEntry
    from stretch.core.program import Program
    from stretch.core.routine import Item

CHECK_BLANKS = ", then run `stretch catalog check`."


program_command = SubcommandGroup(
    "program",
    help="""Write programs of your own, and follow what was prescribed.

    A program is a fixed list of stretches with doses. With who prescribed it, from when to when and how often, it is
    a prescription, which `stretch` alone offers while it runs.
    """,
)


@program_command.command(
    "new",
    help="""Start a program of your own. Writes a template: each field with a comment, and blanks to fill in.

    With --from, reads a list such as `Knee to chest 30 sec x 3 each side`, one exercise a line. Each line is kept as
    a comment above what was made of it, and what is not certain is left blank.
    """,
)
@click.argument("name", metavar="NAME")
@click.option("--from", "source", metavar="FILE", type=click.Path(path_type=Path), help="List to read; `-`: stdin.")
@click.option("-o", "--output", metavar="FILE", type=OUTPUT, help="Write to FILE; `-` is standard output.")
@click.pass_obj
def new_command(app: App, name: str, source: Path | None, output: Path | None) -> None:
    from stretch.core.checks import id_problem
    from stretch.storage.catalogs.authoring import program_template
    from stretch.storage.files.safe_io import create_file, make_private

    if problem := id_problem(name):
        raise UsageError(f"{problem}.")
    text, advice = (
        _from_list(app, name, source) if source else (program_template(name), f"Fill in the blanks{CHECK_BLANKS}")
    )
    if output == STDOUT:
        app.out.document(text)
        return
    file = output or app.catalog_folder / f"{name}.yaml"
    if not output:
        make_private(file.parent)
    create_file(file, text)
    app.out.paragraph(str(file))
    app.info(advice)


def _from_list(app: App, name: str, source: Path) -> tuple[str, str]:
    """Return the file for a program *name* from the list *source* and what to do next; say what is open.

    Raise UsageError if there is no exercise in it.
    """
    from stretch.core.prescription_text import MOST, read_list
    from stretch.storage.catalogs.authoring import program_from_list
    from stretch.storage.files.safe_io import MAX_BYTES, open_input

    with click.open_file("-", "rb") if source == STDOUT else open_input(source) as file:
        data = file.read(MAX_BYTES + 1)
    if b"\0" in data or len(data) > MAX_BYTES:
        raise UsageError(f"{source} is no list: save it as plain text in UTF-8, less than 1 MiB.")
    entries = read_list(app.catalog, data.decode("utf-8-sig", "replace").splitlines())
    exercises = [entry for entry in entries if entry.fields]
    if not 0 < len(exercises) <= MOST:
        found = f"{len(exercises)} exercises; a program has at most {MOST}" if exercises else "no exercise"
        raise UsageError(f"{source} has {found}.")
    text = program_from_list(name, entries, app.catalog.stretches)
    is_open = _say_what_is_open(app, entries)
    blanks = f" and fill in the blanks{CHECK_BLANKS}" if is_open else f", then run `stretch program show {name}`."
    return text, f"Compare it with the list{blanks}"


def _say_what_is_open(app: App, entries: Sequence[ListEntry]) -> bool:
    """Say what of the list is left open and what holds for all of it; return whether anything is open."""
    from stretch.core.prescription_text import said_for_all

    exercises = [entry for entry in entries if entry.fields]
    if unclear := [entry for entry in exercises if None in entry.fields.values()]:
        app.info(f"Not certain, so left blank ({len(unclear)} of {pluralize(len(exercises), 'exercise')}):")
    for entry in unclear:
        asked = [why for why in entry.remarks if entry.fields.get(why.partition(":")[0], "") is None]
        app.info(f"  {entry.number}: {quote(entry.line)}: {'; '.join(asked)}")
    if any(entry.fields["stretch"] is None for entry in unclear):
        app.info("Where no stretch fits, delete the exercise: while anything is blank, the program is not used.")
    lines = {
        field: [entry for entry in entries if getattr(entry.dose, field) or field in entry.dose.doubts]
        for field in ("times_a_day", "days")
    }
    often = {field: number for field in lines if (number := said_for_all(entries, field))}
    others = [entry for entry in entries if not entry.fields]
    for entry in others:
        if taken := [f"{field}: {number}" for field, number in often.items() if entry in lines[field]]:
            app.info(f"Taken for all from line {entry.number}, {quote(entry.line)}: {', '.join(taken)}.")
    if remarks := [entry for entry in others if not any(entry in each for each in lines.values())]:
        app.info(f"Taken for remarks: {_lines(remarks)}.")
    if fields := [field for field in lines if lines[field] and field not in often]:
        about = join_words(f"{field} ({_lines(lines[field])})" for field in fields)
        app.info(f"Not clear for all, so left blank: {about}.")
    return bool(unclear or fields)


def _lines(entries: Sequence[ListEntry]) -> str:
    return f"line{'s' if entries[1:] else ''} {join_words(str(entry.number) for entry in entries)}"


program_command.add_command(programs_command, "list")


@program_command.command(
    "add",
    help="""Add a program from FILE, such as one that was prescribed for you.

    It is checked first. A file holds one program, perhaps with stretches of its own. Before it replaces a program of
    the same id you are asked.
    """,
)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Replace a program of the same id without asking.")
@click.pass_obj
def add_command(app: App, file: Path, replace: bool) -> int:
    from stretch.cli.prescribed import remember_prescriptions
    from stretch.storage.catalogs.catalog_lint import read_program, store_program

    program, notes = read_program(file, app.user_catalogs)
    old, target = app.catalog.programs.get(program.id), app.catalog_folder / f"{program.id}.yaml"
    origin = app.catalog.origins.get(("program", program.id))
    if origin and origin.file != escape_control_chars(str(target)):
        raise UsageError(f"There is a program {program.id} in {origin.file}: change or remove it there first.")
    if (old or target.exists()) and not replace:
        name = f"{old.name} ({program.id})" if old else str(target)
        if not confirm(app, f"Replace {name}?", f"There is {name} already: add --replace to replace it."):
            app.info("Nothing was changed.")
            return 3
    store_program(file, target)
    app.forget_catalog()
    app.info(*notes)
    remember_prescriptions(app)
    app.info(f"Added {program.name}, {pluralize(len(program.items), 'stretch')}.")
    command = "stretch" if program.runs_on(app.today()) else f"stretch routine --program {program.id}"
    app.info(*prescription_lines(program, app.today()), f"Start it with `{command}`.")
    return 0


@program_command.command("show", help="Show one program: what is prescribed, its stretches, doses, notes and stages.")
@click.argument("name", metavar="ID", type=PROGRAM)
@click.option("--json", "as_json", is_flag=True, help="Print JSON with all fields.")
@click.pass_obj
def show_command(app: App, name: str, as_json: bool) -> None:
    from stretch.cli.prescribed import prescribed_lines

    program = _find(app, name)
    if as_json:
        app.out.json(program)
        return
    paragraph = app.out.paragraph
    paragraph(program.name, "bold")
    for line in (program.about, *prescribed_lines(app, program)):
        paragraph(line)
    paragraph()
    for number, item in enumerate(_items(app, program), start=1):
        paragraph(f"{item.stretch.name}, {item.dose_label}", prefix=f"{number:>3}. ")
        for line in filter(None, (item.note, *as_sentences(*item.later))):
            paragraph(line, "dim", indent=5)
    if origin := app.catalog.origins.get(("program", name)):
        paragraph()
        paragraph(f"From {origin.file}.", "dim")


@program_command.command("remove", help="Remove a program of your own. Its sessions stay in the history.")
@click.argument("name", metavar="ID", type=PROGRAM)
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.pass_obj
def remove_command(app: App, name: str, yes: bool) -> int:
    from stretch.cli.prescribed import remember_prescriptions
    from stretch.storage.catalogs.catalog_lint import holds_program

    file, origins = app.catalog_folder / f"{name}.yaml", app.catalog.origins
    origin, place = origins.get(("program", name)), escape_control_chars(str(file))
    unfinished = place in app.catalog.incomplete_files and holds_program(file, name)
    title = name if unfinished else _find(app, name).name
    if origin is None and not unfinished:
        raise UsageError(f"The program {name} comes with stretch and cannot be removed.")
    if origin and origin.file != place:
        raise UsageError(f"The program {name} is in {origin.file}: remove it there.")
    if others := [other for (_, other), found in origins.items() if found.file == place and other != name]:
        raise UsageError(f"{place} holds {join_words(others)} as well: remove {name} there.")
    instead = f"Without a terminal, add --yes to remove {name}."
    if not yes and not confirm(app, f"Remove {title} ({file})?", instead):
        app.info("Nothing was removed.")
        return 3
    file.unlink()
    app.forget_catalog()
    remember_prescriptions(app)
    app.info(f"Removed {title}.")
    return 0


def _items(app: App, program: Program) -> tuple[Item, ...]:
    from stretch.cli.prescribed import fit_to_program
    from stretch.core.planning.programs import build_program
    from stretch.core.routine import Request

    return build_program(app.catalog, program.id, fit_to_program(app, Request(), program)).items


def _find(app: App, name: str) -> Program:
    app.name_unfinished()
    return app.program(name)
