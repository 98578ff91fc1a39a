"""`stretch doctor`: checks of sound, voice, display and storage, with advice."""

import os
from collections.abc import Callable, Iterable

import click

from stretch.cli.app import App
from stretch.cli.console import is_terminal
from stretch.cli.options import catalog_option
from stretch.core.errors import CatalogError, StretchError
from stretch.core.text import pluralize
from stretch.storage.files.locations import NO_FOLDER

FIGURE_COLUMNS, FIGURE_LINES = 60, 20
"""The smallest terminal with room for a figure."""
BRAILLE, BLOCKS = "⢠⣾⣿⣿⣷⡄", "▗▟██▙▖"
"""The same hill in braille and in blocks."""

DOCTOR_WAIT_S = 1.0
"""The longest wait for the answers of a terminal."""
NO_SAVING = "Nothing is saved. Set STRETCH_HOME to a folder of yours."

Result = tuple[str, str, str]
"""The subject of a check, the finding, and advice; empty if all is well."""


@click.command("doctor", help="Check sound, voice, display and storage, and say what to do if something is missing.")
@catalog_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def doctor_command(app: App, as_json: bool) -> None:
    results: list[Result] = []
    for what, check in CHECKS.items():
        try:
            results += check(app)
        except (StretchError, OSError) as error:
            results.append((what, "unknown", str(error).partition("\n")[0]))
    if as_json:
        app.out.json([dict(zip(("what", "found", "advice"), result, strict=True)) for result in results])
    else:
        app.out.table(("check", "result", "what to do"), results)


def _display(app: App) -> Iterable[Result]:
    yield "screen", *_screen(app)
    yield "terminal", *_terminal(app)
    depth = {"none": "none", "16": "16", "256": "256", "true": "16 million"}[app.theme.depth]
    off = depth == "none" and app.environ.get("NO_COLOR")
    yield "colors", depth, "NO_COLOR turns them off." if off else ""
    if app.theme.unicode:
        yield "letters", "UTF-8", ""
        advice = "If the first hill looks broken, use --figure blocks; if both do, --figure none."
        yield "figures", f"{BRAILLE} braille, {BLOCKS} blocks", advice
    else:
        yield "letters", "ASCII", "Set LC_ALL to a UTF-8 locale, such as C.UTF-8."
        yield "figures", "none", "Figures need a UTF-8 locale."


def _screen(app: App) -> tuple[str, str]:
    if not is_terminal(app.stdout):
        return "line by line: the output is not a terminal", ""
    from stretch.player.terminal import Terminal

    columns, lines = Terminal(None, app.stdout.fileno(), app.theme).size()
    size = f"{columns}x{lines}"
    if not is_terminal(app.stdin):
        return f"{size}, line by line: the input is not a terminal", ""
    if not app.full_screen:
        why = "ACCESSIBLE is set" if app.environ.get("ACCESSIBLE") else "TERM does not allow a full screen"
        return f"{size}, line by line: {why}", ""
    small = columns < FIGURE_COLUMNS or lines < FIGURE_LINES
    return f"{size}, full screen", f"A figure needs at least {FIGURE_COLUMNS}x{FIGURE_LINES}." if small else ""


def _terminal(app: App) -> tuple[str, str]:
    """Return what the terminal answers when it is asked."""
    from stretch.player.terminal import Terminal
    from stretch.player.terminal_answers import queries, why_no_pixels
    from stretch.player.tmux_pictures import tmux_query

    asked = queries(app.environ)
    if app.settings.figure == "pixels":
        asked = tmux_query(app.environ) + asked
    if app.stdin is None or not (app.interactive and os.isatty(app.stdin.fileno()) and asked):
        return "not asked", ""
    with Terminal(app.stdin.fileno(), app.stdout.fileno(), app.theme, screen=False, queries=asked) as terminal:
        terminal.wait_for_answers(DOCTOR_WAIT_S)
    answers = terminal.answers
    background = f"{answers.background} background {answers.color}".strip() if answers.background else ""
    pixels = "pixels by file" if answers.files else "pixels" if answers.graphics else ""
    shows = "octants" if answers.draws_octants else "", pixels
    advice = "" if background else "Set background to dark or light in the settings if colors are hard to read."
    if app.settings.figure == "pixels":
        advice = why_no_pixels(app.environ, answers) or advice
    return ", ".join(filter(None, (answers.name, background, *shows))) or "no answer", advice


def _folder(app: App) -> Iterable[Result]:
    folder, advice = str(app.folder), ""
    if app.folder == NO_FOLDER:
        folder, advice = "there is no home folder", NO_SAVING
    elif not app.folder.exists():
        folder, advice = f"{folder} does not exist yet", "It will be created when something is first saved."
        parent = next(parent for parent in app.folder.absolute().parents if parent.exists())
        if not os.access(parent, os.W_OK | os.X_OK):
            advice = f"It cannot be created in {parent}. {NO_SAVING}"
    elif not app.folder.is_dir():
        folder, advice = f"{folder} is not a folder", "Move it away, or set STRETCH_HOME to a folder."
    elif not os.access(app.folder, os.W_OK | os.X_OK):
        folder, advice = f"{folder} is not writable", f"Change its permissions. {NO_SAVING}"
    yield "folder", folder, advice


def _journal(app: App) -> Iterable[Result]:
    if not app.has_journal:
        yield "journal", "no sessions yet", "It starts with your first session."
        return
    with app.open_journal() as journal:
        count = journal.count()
    yield "journal", f"{pluralize(count, 'session')}, {journal.path.stat().st_size // 1024} KiB", ""


def _catalog(app: App) -> Iterable[Result]:
    from stretch.storage.catalogs.catalog import load_catalog

    try:
        catalog = load_catalog(extra=app.user_catalogs)
    except CatalogError as error:
        problems = f"{pluralize(len(error.problems), 'problem')} in yours"
        yield "catalog", problems, "`stretch catalog check` lists them with file and line."
        return
    own = sum(kind == "stretch" for kind, _ in catalog.origins)
    advice = "`stretch catalog check` lists the blanks still to fill in." if catalog.incomplete_files else ""
    yield "catalog", f"{len(catalog.stretches)} stretches, {own or 'none'} of them yours", advice


CHECKS: dict[str, Callable[[App], Iterable[Result]]] = {
    "sounds and voice": lambda app: app.audio_backends.describe(),
    "screen": _display,
    "folder": _folder,
    "journal": _journal,
    "catalog": _catalog,
}
"""Checks in display order, independent of each other; one that fails is reported like any other result."""
