"""`stretch config`: the settings in effect and their origins."""

import click

from stretch.cli.app import App
from stretch.cli.options import SETTING
from stretch.cli.usage import SubcommandGroup, refuse_together
from stretch.storage import settings

VERSION = 1
DESCRIPTION_COLUMNS = 110
"""Columns from which the table also describes each setting."""


@click.group(
    "config",
    cls=SubcommandGroup,
    help="""Show the settings in effect and where each one comes from, or change them.

    Command-line options override STRETCH_* variables, these override config.yaml, and that overrides the defaults.
    """,
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--template", "as_template", is_flag=True, help="Print a config.yaml with all settings to start from.")
@click.pass_obj
def config_command(app: App, as_json: bool, as_template: bool) -> None:
    refuse_together("--json", "--template")
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


@config_command.command(
    "set",
    context_settings={"ignore_unknown_options": True},
    help="""Change a setting in config.yaml and keep everything else in it.

    VALUE is written as in the file: a number, a word, on or off, or several names. `stretch config` lists the settings.
    """,
)
@click.argument("key", type=SETTING)
@click.argument("value", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_obj
def set_command(app: App, key: str, value: tuple[str, ...]) -> None:
    if key == "area":
        from stretch.core.area_names import area_ids

        value = area_ids(app.catalog, [" ".join(value)])
    elif key == "never":
        from stretch.cli.listing import find_stretch

        value = tuple(find_stretch(app.catalog, name).id for name in " ".join(value).replace(",", " ").split())
    checked = settings.parse_value(key, " ".join(value))
    app.change_setting(key, checked)
    app.info(f"Saved in {app.folder / settings.FILE_NAME}: {key}: {settings.format_value(checked)}")
    if app.environ.get(settings.variable(key)[1:], "").strip():
        app.info(f"{settings.variable(key)} is set as well, and overrides it.")


@config_command.command("unset", help="Remove a setting, so that its default counts again.")
@click.argument("key", type=SETTING)
@click.pass_obj
def unset_command(app: App, key: str) -> None:
    if app.change_setting(key, None):
        app.info(f"Removed {key} from {app.folder / settings.FILE_NAME}.")
    elif key in settings.NAMES:
        app.info(f"{key} is not set in {app.folder / settings.FILE_NAME}.")
    else:
        raise settings.unknown_setting(key)
