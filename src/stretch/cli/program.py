"""`stretch program`: programs and prescriptions of your own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from stretch.cli.options import OUTPUT, STDOUT
from stretch.cli.usage import SuggestingGroup
from stretch.core.errors import UsageError

if TYPE_CHECKING:
    from stretch.cli.app import App


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
    "new", help="Start a program of your own. Writes a template: each field with a comment, and blanks to fill in."
)
@click.argument("name", metavar="NAME")
@click.option("-o", "--output", metavar="FILE", type=OUTPUT, help="Write to FILE; `-` is standard output.")
@click.pass_obj
def new_command(app: App, name: str, output: Path | None) -> None:
    from stretch.core.checks import id_problem
    from stretch.storage.catalogs.authoring import program_template
    from stretch.storage.files.safe_io import create_file, make_private

    if problem := id_problem(name):
        raise UsageError(f"{problem}.")
    text = program_template(name)
    if output == STDOUT:
        app.out.document(text)
        return
    file = output or app.catalog_folder / f"{name}.yaml"
    if not output:
        make_private(file.parent)
    create_file(file, text)
    app.out.paragraph(str(file))
    app.info("Fill in the blanks, then run `stretch catalog check`.")
