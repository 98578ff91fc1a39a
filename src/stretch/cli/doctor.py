"""`stretch doctor`: what can be heard, shown and kept here, and what to do where something is missing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

import click

from stretch.cli.app import App
from stretch.cli.console import is_terminal
from stretch.cli.options import catalog_option
from stretch.core.errors import CatalogError, StretchError
from stretch.core.text import pluralize

LEAST_COLUMNS, LEAST_LINES = 60, 20
"""From here on there is room for a figure."""
BRAILLE, BLOCKS = "⢠⣾⣿⣿⣷⡄", "▗▟██▙▖"
"""The same hill, in the letters of the two ways to draw a figure."""


@click.command("doctor")
@catalog_option
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def doctor_command(app: App, as_json: bool) -> None:
    """Tell what can be heard, shown and kept here, and what to do where something is missing."""
    found = [finding for what, look in LOOKS.items() for finding in _looked(app, what, look)]
    if as_json:
        app.out.json([{"what": what, "found": here, "advice": advice} for what, here, advice in found])
        return
    app.out.table(("what", "here", "what to do"), found)


Finding = tuple[str, str, str]
"""What was looked at, what is there, and what to do about it, if anything."""
Look = Callable[[App], Iterable[Finding]]


def _looked(app: App, what: str, look: Look) -> list[Finding]:
    """Return what a *look* found; one that cannot be had is a finding too, and hides no other."""
    try:
        return list(look(app))
    except (StretchError, OSError) as error:
        return [(what, "cannot be told", (str(error).splitlines() or [""])[0])]


def _heard(app: App) -> Iterable[Finding]:
    return app.audio_backends.describe()


def _shown(app: App) -> Iterable[Finding]:
    yield _screen(app)
    depth = {"none": "none", "16": "16", "256": "256", "true": "16 million"}[app.theme.depth]
    why = "NO_COLOR takes them away." if app.environ.get("NO_COLOR") else ""
    yield "colours", depth, why if depth == "none" else ""
    if app.theme.unicode:
        yield "letters", "UTF-8", ""
        what_if = "Two hills alike? If the first is broken: --figure blocks; if both are: --figure none."
        yield "figures", f"{BRAILLE} braille, {BLOCKS} blocks", what_if
    else:
        yield "letters", "ASCII", "Set LC_ALL to a UTF-8 locale, such as C.UTF-8."
        yield "figures", "none", "They need a UTF-8 locale."


def _screen(app: App) -> Finding:
    if not is_terminal(app.stdout):
        return "screen", "line by line, because this is no terminal", ""
    columns, lines = app.terminal(screen=False).size()
    if not app.full_screen:
        why = "ACCESSIBLE is set" if app.environ.get("ACCESSIBLE") else "TERM says it can do no more"
        why = why if is_terminal(app.stdin) else "keys cannot be heard"
        return "screen", f"{columns}x{lines}, line by line, because {why}", ""
    small = columns < LEAST_COLUMNS or lines < LEAST_LINES
    advice = f"From {LEAST_COLUMNS}x{LEAST_LINES} on there is room for a figure." if small else ""
    return "screen", f"{columns}x{lines}, full screen", advice


def _folder(app: App) -> Iterable[Finding]:
    if not app.folder.exists():
        above = next(parent for parent in app.folder.absolute().parents if parent.exists())
        makes = "It is made when there is something to keep."
        cannot = f"It cannot be made in {above}: nothing is kept. Set STRETCH_HOME to a folder of yours."
        yield "folder", f"{app.folder}, not there yet", makes if os.access(above, os.W_OK | os.X_OK) else cannot
    elif not app.folder.is_dir():
        yield "folder", f"{app.folder} is no folder", "Move it away, or set STRETCH_HOME to a folder."
    elif not os.access(app.folder, os.W_OK | os.X_OK):
        advice = "Nothing can be kept: make it yours, or set STRETCH_HOME to a folder that is."
        yield "folder", f"{app.folder}, which you may not write to", advice
    else:
        yield "folder", str(app.folder), ""


def _journal(app: App) -> Iterable[Finding]:
    journal = app.open_journal()
    if journal is None:
        yield "journal", "nothing kept yet", "It begins with your first session."
        return
    with journal:
        count = journal.count()
    yield "journal", f"{pluralize(count, 'session')}, {journal.path.stat().st_size // 1024} KiB", ""


def _catalog(app: App) -> Iterable[Finding]:
    try:
        catalog = app.catalog
    except CatalogError as error:
        told = f"{pluralize(len(error.problems), 'problem')} in yours"
        yield "catalog", told, "`stretch catalog check` names them, with file and line."
        return
    own = sum(kind == "stretch" for kind, _ in catalog.origins)
    advice = "`stretch catalog check` names the blanks still to fill." if catalog.incomplete_files else ""
    yield "catalog", f"{len(catalog.stretches)} stretches, {own or 'none'} of them yours", advice


LOOKS: dict[str, Look] = {
    "sounds and voice": _heard,
    "screen": _shown,
    "folder": _folder,
    "journal": _journal,
    "catalog": _catalog,
}
"""What is looked at, in the order in which it is told; each is there for itself."""
