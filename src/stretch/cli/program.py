"""`stretch program`: programs and prescriptions of your own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from stretch.cli.options import OUTPUT, STDOUT
from stretch.cli.usage import SuggestingGroup
from stretch.core.errors import UsageError
from stretch.core.text import join_words, pluralize, quote

if TYPE_CHECKING:
    from stretch.cli.app import App

MAX_ITEMS = 60
"""The most stretches of a program."""


@click.group(
    "program",
    cls=SuggestingGroup,
    invoke_without_command=True,
    help="""Write programs of your own, and follow what was prescribed.

    A program is a fixed list of stretches with doses. With who prescribed it, from when to when and how often, it is
    a prescription, which bare `stretch` offers while it runs.
    """,
)
@click.pass_context
def program_command(ctx: click.Context) -> None:
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


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
    text = _from_list(app, name, source) if source else program_template(name)
    if output == STDOUT:
        app.out.document(text)
        return
    file = output or app.catalog_folder / f"{name}.yaml"
    if not output:
        make_private(file.parent)
    create_file(file, text)
    app.out.paragraph(str(file))
    app.info("Fill in the blanks, then run `stretch catalog check`.")


def _from_list(app: App, name: str, source: Path) -> str:
    """Return the file for a program *name* from the list *source*, and say what is open; raise UsageError."""
    from stretch.core.prescription_text import read_list
    from stretch.storage.catalogs.authoring import program_from_list
    from stretch.storage.files.safe_io import MAX_BYTES, open_input

    with click.open_file("-", "rb") if source == STDOUT else open_input(source) as file:
        data = file.read(MAX_BYTES + 1)
    if b"\0" in data or len(data) > MAX_BYTES:
        raise UsageError(f"{source} is no list: save it as plain text in UTF-8, less than 1 MiB.")
    entries = read_list(app.catalog, data.decode("utf-8-sig", "replace").splitlines())
    exercises = [entry for entry in entries if entry.fields]
    if not 0 < len(exercises) <= MAX_ITEMS:
        found = f"{len(exercises)} exercises; a program has at most {MAX_ITEMS}" if exercises else "no exercise"
        raise UsageError(f"{source} has {found}.")
    if unclear := [entry for entry in exercises if None in entry.fields.values()]:
        app.info(f"Not certain, so left blank ({len(unclear)} of {pluralize(len(exercises), 'exercise')}):")
    for entry in unclear:
        app.info(f"  {entry.number}: {quote(entry.line)}: {'; '.join(entry.remarks)}")
    if remarks := [str(entry.number) for entry in entries if not entry.fields]:
        app.info(f"Taken for remarks: line {join_words(remarks)}.")
    return program_from_list(name, entries, app.catalog.stretches)
