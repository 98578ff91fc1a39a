"""`stretch catalog`: check, start and describe user catalogs."""

from pathlib import Path

import click

from stretch.cli.app import App
from stretch.cli.options import OUTPUT, STDOUT, NameChoice
from stretch.cli.usage import SubcommandGroup
from stretch.core.errors import UsageError
from stretch.core.text import pluralize
from stretch.core.vocabulary import ENTRY_LISTS, EntryKind

catalog_command = SubcommandGroup(
    "catalog",
    help="""Add stretches, figures and programs of your own.

    Every YAML file in your catalog folder is read. A file in stretches/ or figures/ holds one entry and is named
    after its id. Any other file holds one or several entries, in lists under stretches, figures, programs, areas,
    groups and sources. An entry with the id of a shipped one replaces it.
    """,
)


@catalog_command.command(
    "check",
    help="""Check your catalog for problems.

    With PATH, checks these files and folders instead. Each problem is one line: file, line, field, what is wrong and
    how to fix it. The exit code is 1 if there are any. Notes, which need no change, go to standard error.
    """,
)
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array of problems and notes.")
@click.pass_obj
def check_command(app: App, paths: tuple[str, ...], as_json: bool) -> int:
    from stretch.storage.catalogs.catalog_lint import check_catalogs

    folder = app.catalog_folder
    if not paths and not folder.exists():
        app.info(f"You have no catalog yet ({folder}). Start one with `stretch catalog new ID`.")
        return 0
    report = check_catalogs([Path(path) for path in paths] or (folder,))
    problems = report.of("problem")
    if as_json:
        app.out.json(report.diagnostics)
        return 1 if problems else 0
    for problem in problems:
        app.out.paragraph(str(problem))
    app.info(*map(str, report.of("note")))
    entries = ", ".join(pluralize(count, kind) for kind, count in report.counts.items())
    app.info(f"{entries or 'No entries'}; {pluralize(len(problems), 'problem') if problems else 'no problems'}.")
    if not report.complete:
        app.info("There may be more: fix these and check again.")
    return 1 if problems else 0


@catalog_command.command(
    "new", help="Start a stretch of your own. Writes a template: each field with a comment, and blanks to fill in."
)
@click.argument("name", metavar="ID")
@click.option("-o", "--output", metavar="FILE", type=OUTPUT, help="Write to FILE; `-` is standard output.")
@click.pass_obj
def new_command(app: App, name: str, output: Path | None) -> None:
    from stretch.core.checks import id_problem
    from stretch.storage.catalogs.authoring import stretch_template
    from stretch.storage.catalogs.catalog import load_catalog
    from stretch.storage.files.safe_io import create_file, make_private

    if problem := id_problem(name):
        raise UsageError(f"{problem}.")
    # The shipped catalog only: the user's may have problems.
    shipped = load_catalog()
    text = stretch_template(name, shipped.areas)
    if output == STDOUT:
        app.out.document(text)
        return
    file = output or app.catalog_folder / "stretches" / f"{name}.yaml"
    if not output:
        make_private(file.parent)
    create_file(file, text)
    app.out.paragraph(str(file))
    if name in shipped.stretches:
        app.info(f"There is a shipped {name}; yours will replace it.")
    app.info("Fill in the blanks, then run `stretch catalog check`.")


@catalog_command.command(
    "schema",
    help="""Print the JSON Schema for editors.

    They use it to complete and check catalog files.

    \b
    With a YAML language server:
      stretch catalog schema stretch > stretch.schema.json
    and as the first line of a stretch in the same folder:
      # yaml-language-server: $schema=stretch.schema.json
    """,
)
@click.argument("kind", required=False, type=NameChoice("kind", ENTRY_LISTS))
@click.pass_obj
def schema_command(app: App, kind: EntryKind | None) -> None:
    from stretch.storage.catalogs.authoring import catalog_schema

    app.out.json(catalog_schema(kind))


@catalog_command.command("path", help="Print the folder of your catalog. It need not exist yet.")
@click.option("--shipped", is_flag=True, help="Print the folder of the shipped catalog, to read and copy from.")
@click.pass_obj
def path_command(app: App, shipped: bool) -> None:
    from stretch.storage.files.locations import data_root

    app.out.paragraph(str(data_root() if shipped else app.catalog_folder))
