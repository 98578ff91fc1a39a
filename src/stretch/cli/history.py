"""`stretch history`: what you did, shown, taken along, brought together and forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stretch.cli.app import App
from stretch.cli.exchange import export_command, forget_command, import_command
from stretch.cli.tables import heading, print_sessions, print_tables
from stretch.core.journal.history import History
from stretch.storage.journal.journal import Journal
from stretch.storage.journal.process import is_running

if TYPE_CHECKING:
    from stretch.player.layout import StyledLine

VERSION = 1
SHOWN = 5


@click.group("history", invoke_without_command=True)
@click.option("--last", type=click.IntRange(0), metavar="N", help=f"So many sessions.  [default: {SHOWN}; JSON: all]")
@click.option("--json", "as_json", is_flag=True, help="All of it as data, every session with every side.")
@click.pass_context
def history_command(ctx: click.Context, last: int | None, as_json: bool) -> None:
    """Show what you did: the weeks, the days, the areas, both sides, the pain, and the last sessions."""
    app: App = ctx.obj
    if ctx.invoked_subcommand is not None:
        return
    history, playing = _read(app, last, everything=as_json)
    if as_json:
        app.out.json(as_data(history, playing))
    elif not history.sessions:
        app.info("Nothing is kept yet: `stretch routine` begins a session, and what you do in it is shown here.")
    else:
        _print(app, history, playing)


for command in (export_command, import_command, forget_command):
    history_command.add_command(command)


def _read(app: App, last: int | None, *, everything: bool) -> tuple[History, frozenset[str]]:
    """Return the history, and the ids of its sessions that go on just now."""
    journal = Journal.reading(app.folder)
    if journal is None:
        return History(today=app.today()), frozenset()
    with journal:
        count = journal.count() if last is None and everything else SHOWN if last is None else last
        history = journal.history(app.today(), count)
        processes = {one.id: journal.process_of(one.id) for one in history.recent if one.ended is None}
    return history, frozenset(name for name, process in processes.items() if process and is_running(process))


def as_data(history: History, playing: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return the history as data, version 1; seconds everywhere, days by the clock on the wall."""
    import msgspec

    data: dict[str, Any] = msgspec.to_builtins(history)
    sessions = data.pop("recent")
    for session, record in zip(sessions, history.recent, strict=True):
        done, of = record.stretches
        session |= {"stretches_done": done, "stretches_planned": of, "playing": record.id in playing}
    data["total"] = {
        "sessions": data.pop("sessions"),
        "seconds": data.pop("seconds"),
        "first_day": data.pop("first_day"),
    }
    data["sides"] = {"left": data.pop("left_seconds"), "right": data.pop("right_seconds")}
    return {"version": VERSION, **data, "weeks": msgspec.to_builtins(history.weeks), "sessions": sessions}


def _print(app: App, history: History, playing: frozenset[str]) -> None:
    total, run = heading(history)
    if app.out.columns is None:
        app.out.paragraph(f"{total}, {run}")
        app.out.paragraph()
        print_tables(app, history)
    else:
        from stretch.cli.chart import rows
        from stretch.player.layout import line_width, wrap_text
        from stretch.player.theme import TextRole

        columns = app.out.columns
        head: list[StyledLine] = [((total, TextRole.NAME), (f", {run}", TextRole.SIDE))]
        if line_width(head[0]) > columns:
            head = [((line, TextRole.NAME),) for line in (*wrap_text(total, columns), *wrap_text(run, columns))]
        app.out.rows([*head, ()], app.style)
        app.out.rows(rows(history, columns, unicode=app.style.unicode), app.style)
    if history.pain:
        from stretch.cli.trend import trend

        app.out.paragraph()
        for line in trend(app):
            app.out.paragraph(line)
    if history.recent:
        app.out.paragraph()
        print_sessions(app, history.recent, playing)
