"""`stretch config`: the settings in effect and their origins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from stretch.cli.app import App

VERSION = 1
DESCRIPTION_COLUMNS = 110
"""Columns from which the table also describes each setting."""


@click.command(
    "config",
    help="""Show the settings in effect and where each one comes from.

    Command-line options override STRETCH_* variables, these override config.yaml, and that overrides the defaults.
    """,
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--template", "as_template", is_flag=True, help="Print a config.yaml with all settings to start from.")
@click.pass_obj
def config_command(app: App, as_json: bool, as_template: bool) -> None:
    from stretch.storage import settings

    if as_template:
        app.out.document(settings.template())
        return
    loaded = app.loaded_settings
    values = {name: getattr(loaded.settings, name) for name in settings.NAMES}
    if as_json:
        data = {
            "version": VERSION,
            "folder": str(app.folder),
            "file": str(loaded.file),
            "exists": loaded.file.exists(),
            "settings": {name: {"value": value, "from": loaded.origins[name]} for name, value in values.items()},
        }
        app.out.json(data)
        return
    missing = "" if loaded.file.exists() else " (missing; `stretch config --template` prints one to start from)"
    origin = " ($STRETCH_HOME)" if app.environ.get(settings.HOME) else ""
    app.out.paragraph(f"{app.folder}{origin}", prefix="Folder    ")
    app.out.paragraph(f"{loaded.file}{missing}", prefix="Settings  ")
    app.out.paragraph()
    wide = app.out.columns is None or app.out.columns >= DESCRIPTION_COLUMNS
    rows = []
    for name, value in values.items():
        places = {"environment": settings.variable(name), "file": loaded.file.name, "default": "default"}
        origins = " and ".join(places[origin] for origin in loaded.origins[name])
        rows.append((name, settings.format_value(value) or "-", origins, settings.describe(name)))
    shown = 4 if wide else 3
    app.out.table(("setting", "value", "from", "description")[:shown], [row[:shown] for row in rows])
    if not wide:
        app.info("Descriptions: stretch config --template")
    for problem in settings.unknown_variables(app.environ):
        app.info(f"stretch: {problem}")
