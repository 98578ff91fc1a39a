"""`stretch catalog check`, `new`, `schema` and `path`: stretches of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stretch.core.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from stretch.cli.app import App
    from stretch.storage.catalogs.shape import Kind

KINDS = ("stretch", "figure", "program", "area", "group", "source")


@click.group("catalog", invoke_without_command=True)
@click.pass_context
def catalog_command(ctx: click.Context) -> None:
    """Stretches, figures and programs of your own: begin one, check them, find their folder.

    Every YAML file in that folder counts: one entry in a file of its name under stretches/ and figures/, or several
    in any other file, in lists under stretches, figures, programs, areas, groups and sources. What has the id of
    something shipped replaces it.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@catalog_command.command("check", short_help="Print all that is wrong with your catalog.")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="As JSON: an array of problems and notes.")
@click.pass_obj
def check_command(app: App, paths: tuple[str, ...], as_json: bool) -> int:
    """Look through your catalog, or the files and folders PATH, and print all that is wrong.

    One line each: file, line, field, what is wrong and what would be right. The exit code is 1 when there is any.
    Notes, which may be as they are meant, go to standard error.
    """
    from pathlib import Path

    from stretch.core.text import pluralize
    from stretch.storage.catalogs.inspection import inspect

    folder = _own_catalog(app)
    if not paths and not folder.exists():
        app.info(f"There is no catalog of your own in {folder} yet; `stretch catalog new ID` begins one.")
        return 0
    report = inspect([Path(path) for path in paths] or (folder,))
    problems = report.of("problem")
    if as_json:
        app.out.json(report.findings)
        return 1 if problems else 0
    for problem in problems:
        app.out.paragraph(str(problem))
    for note in report.of("note"):
        app.info(str(note))
    there = ", ".join(pluralize(count, kind) for kind, count in report.counts.items())
    app.info(f"{there or 'No entries'}; {pluralize(len(problems), 'problem') if problems else 'no problems'}.")
    if not report.complete:
        app.info("That is not all there may be; mend these and check again.")
    return 1 if problems else 0


@catalog_command.command("new", short_help="Begin a stretch of your own.")
@click.argument("name", metavar="ID")
@click.option("-o", "--output", metavar="FILE", help="Write it there; `-` is standard output.")
@click.pass_obj
def new_command(app: App, name: str, output: str | None) -> None:
    """Write the beginning of a stretch of your own: every field, with what goes there, and blanks to fill."""
    from pathlib import Path

    from stretch.core.validation.checks import id_problem
    from stretch.core.vocabulary import CAUTION_LABELS
    from stretch.storage.catalogs.catalog import load_catalog
    from stretch.storage.catalogs.template import stretch_template
    from stretch.storage.files.atomic import create_file

    if problem := id_problem(name):
        raise UsageError(f"{problem}.")
    # The shipped catalog alone: yours may hold what is not finished.
    shipped = load_catalog()
    text = stretch_template(name, shipped.areas, CAUTION_LABELS)
    if output == "-":
        app.stdout.write(text)
        return
    file = Path(output) if output else _own_catalog(app) / "stretches" / f"{name}.yaml"
    if not output:
        file.parent.mkdir(parents=True, exist_ok=True)
    create_file(file, text)
    app.out.paragraph(str(file))
    if name in shipped.stretches:
        app.info(f"There is a shipped {name}; yours will replace it.")
    app.info("Fill in the blanks, then run `stretch catalog check`.")


@catalog_command.command("schema", short_help="Print the JSON Schema, for editors.")
@click.argument("kind", required=False, type=click.Choice(KINDS))
@click.pass_obj
def schema_command(app: App, kind: Kind | None) -> None:
    """Print the JSON Schema of catalog files, with which editors complete and check them.

    \b
    With a YAML language server:
      stretch catalog schema stretch > stretch.schema.json
    and as the first line of a stretch beside it:
      # yaml-language-server: $schema=stretch.schema.json
    """
    from stretch.storage.catalogs.schema import schema

    app.out.json(schema(kind))


@catalog_command.command("path", short_help="Print the folder of your catalog.")
@click.option("--shipped", is_flag=True, help="Where the shipped files are instead, to read and copy from.")
@click.pass_obj
def path_command(app: App, shipped: bool) -> None:
    """Print the folder in which your own catalog is looked for; it need not be there."""
    from stretch.storage.files.package_data import data_root

    app.out.paragraph(str(data_root() if shipped else _own_catalog(app)))


def _own_catalog(app: App) -> Path:
    """Return the folder of the catalog of one's own; it need not be there."""
    return app.folder / "catalog"
