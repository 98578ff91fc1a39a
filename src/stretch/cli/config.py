"""`stretch config`: what is in effect and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from stretch.cli.app import App
    from stretch.storage.settings import Found

VERSION = 1
ROOMY = 110
"""Columns from which there is room to say what each setting is."""


@click.command("config")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--template", "as_template", is_flag=True, help="Print a config.yaml with every setting, to start from.")
@click.pass_obj
def config_command(app: App, as_json: bool, as_template: bool) -> None:
    """Show where your own things are, what is in effect, and where each value comes from.

    Options on the command line go before STRETCH_* variables, these before config.yaml, and that before the defaults.
    """
    from stretch.storage import settings as store

    if as_template:
        app.stdout.write(store.template())
        return
    found = app.loaded_settings
    if as_json:
        app.out.json(_data(app, found))
        return
    there = "" if found.file.exists() else ", which is not there: `stretch config --template` prints one to start from"
    app.out.paragraph(f"{app.folder}{' ($STRETCH_HOME)' if app.environ.get(store.HOME) else ''}", prefix="Folder    ")
    app.out.paragraph(f"{found.file}{there}", prefix="Settings  ")
    app.out.paragraph()
    roomy = app.out.columns is None or app.out.columns >= ROOMY
    headings = ("setting", "value", "from", "what it is") if roomy else ("setting", "value", "from")
    app.out.table(headings, [row[: len(headings)] for row in _rows(found)])
    if not roomy:
        app.info("What each one is: stretch config --template")
    for problem in store.unknown_variables(app.environ):
        app.info(f"stretch: {problem}")


def _rows(found: Found) -> Iterator[tuple[str, str, str, str]]:
    from stretch.storage.settings import NAMES, about, variable, written

    for name in NAMES:
        origins = {"environment": variable(name), "file": found.file.name, "default": "default"}
        value = written(getattr(found.settings, name)) or "-"
        yield name, value, " and ".join(origins[origin] for origin in found.origins[name]), about(name)


def _data(app: App, found: Found) -> dict[str, Any]:
    from stretch.storage.settings import NAMES

    return {
        "version": VERSION,
        "folder": str(app.folder),
        "file": str(found.file),
        "exists": found.file.exists(),
        "settings": {name: {"value": getattr(found.settings, name), "from": found.origins[name]} for name in NAMES},
    }
