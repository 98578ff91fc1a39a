"""`stretch history`: show, export, import and forget sessions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from stretch.cli.app import App
from stretch.cli.history_view import print_history, start_label
from stretch.core.errors import StretchError, UsageError
from stretch.core.journal.statistics import History
from stretch.core.text import escape_control_chars, pluralize, quote, short_date
from stretch.storage.journal.journal import Journal
from stretch.storage.status_file import is_running

if TYPE_CHECKING:
    from stretch.storage.journal.jsonl import ImportedSession

VERSION = 1
DEFAULT_LAST = 5
STDOUT = Path("-")
MAX_ERRORS_SHOWN = 20
MIN_ID_LENGTH = 4


class BrokenLinesError(StretchError):
    """A file to import has lines without a session; nothing was imported."""


@click.group("history", invoke_without_command=True)
@click.option("--last", type=click.IntRange(0), metavar="N", help=f"Sessions to list.  [default: {DEFAULT_LAST}]")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON: all sessions, each with every side.")
@click.pass_context
def history_command(ctx: click.Context, last: int | None, as_json: bool) -> None:
    """Show your sessions: totals by week, day, area and side, pain, and a list of the last ones."""
    if ctx.invoked_subcommand is not None:
        return
    app: App = ctx.obj
    history, running = _read(app, last, everything=as_json)
    if as_json:
        app.out.json(as_data(history, running))
    elif history.sessions:
        print_history(app, history, running)
    else:
        app.info("No sessions yet. Start one with `stretch routine`.")


def _read(app: App, last: int | None, *, everything: bool) -> tuple[History, frozenset[str]]:
    """Return the history, and the ids of its sessions that are running now."""
    journal = app.open_journal()
    if journal is None:
        return History(today=app.today()), frozenset()
    with journal:
        count = journal.count() if last is None and everything else DEFAULT_LAST if last is None else last
        history = journal.history(app.today(), count)
    unfinished = (record.id for record in history.recent if record.ended is None)
    return history, frozenset(session for session in unfinished if is_running(app.folder, session))


def as_data(history: History, running: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return the history as JSON data, version 1: times in seconds, days in local time."""
    data: dict[str, Any] = msgspec.to_builtins(history)
    sessions = data.pop("recent")
    for session, record in zip(sessions, history.recent, strict=True):
        done, planned = record.stretch_counts
        session |= {"stretches_done": done, "stretches_planned": planned, "playing": record.id in running}
    data["total"] = {name: data.pop(name) for name in ("sessions", "seconds", "first_day")}
    data["sides"] = {side: data.pop(f"{side}_seconds") for side in ("left", "right")}
    return {"version": VERSION, **data, "weeks": msgspec.to_builtins(history.weeks), "sessions": sessions}


@history_command.command("export")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=STDOUT, help="File to write.  [default: stdout]"
)
@click.pass_obj
def export_command(app: App, output: Path) -> None:
    """Export all sessions as JSON Lines. Read them with `stretch history import`, here or elsewhere."""
    from stretch.storage.files.atomic import atomic_write
    from stretch.storage.journal.jsonl import export_lines

    journal = app.open_journal()
    if journal is None:
        raise UsageError("No sessions yet, so there is nothing to export.")
    with journal:
        if output == STDOUT:
            for line in export_lines(journal):
                app.stdout.write(line.decode())
            return
        with atomic_write(output) as file:
            count = sum(1 for line in export_lines(journal) if file.write(line))
    app.info(f"Exported {pluralize(count, 'session')} to {output}.")


@history_command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--skip-bad", is_flag=True, help="Skip broken lines and import the rest.")
@click.pass_obj
def import_command(app: App, file: Path, skip_bad: bool) -> None:
    """Import exported sessions from FILE; `-` is standard input.

    Sessions that are stored already are kept unless the imported copy is newer, so files can be imported in any order
    and more than once.
    """
    from stretch.storage.journal.jsonl import parse_sessions, read_lines

    errors: list[str] = []
    total = 0

    def report(number: int, reason: str) -> None:
        errors.append(f"{file}:{number}: {escape_control_chars(reason)}")

    def checked(sessions: Iterator[ImportedSession]) -> Iterator[ImportedSession]:
        nonlocal total
        for session in sessions:
            total += 1
            if skip_bad or not errors:
                yield session
        if errors and not skip_bad:
            raise BrokenLinesError(f"{_listed(errors)}\nNothing was imported. --skip-bad imports the other lines.")

    with click.open_file(str(file), "rb") as source:
        sessions = parse_sessions(read_lines(source), report)
        first = next(sessions, None)
        if first is None and errors:
            raise BrokenLinesError(f"{_listed(errors)}\nThe file contains no session.")
        if first is None:
            raise UsageError(f"{file} is empty, so there is nothing to import.")
        with Journal.open_for_writing(app.folder, app.today()) as journal:
            count = journal.merge(checked(chain([first], sessions)))
            if journal.notice:
                app.info(journal.notice)
    if errors:
        app.info(_listed(errors))
    notes = [f"{total - count} already stored"] if count < total else []
    notes += [f"{pluralize(len(errors), 'broken line')} skipped"] if errors else []
    details = f" ({', '.join(notes)})" if notes else ""
    app.info(f"Imported {pluralize(count, 'session')}{details}.")


def _listed(errors: list[str]) -> str:
    if (more := len(errors) - MAX_ERRORS_SHOWN) > 0:
        errors = [*errors[:MAX_ERRORS_SHOWN], f"and {pluralize(more, 'more broken line')}"]
    return "\n".join(errors)


@history_command.command("forget")
@click.argument("session", required=False)
@click.option("--before", metavar="DATE", help="Delete all sessions before this day, such as 2026-03-31.")
@click.option("--all", "everything", is_flag=True, help="Delete all sessions.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.pass_obj
def forget_command(app: App, session: str | None, before: str | None, everything: bool, yes: bool) -> int:
    """Delete one SESSION, given by the start of its id, or several. Their data is overwritten in the file."""
    if (session is not None) + (before is not None) + everything != 1:
        raise UsageError("Give one of: the id of a session, --before DATE, or --all.")
    from stretch.cli.prompts import confirm

    day = _parse_date(before) if before is not None else None
    if not (reader := app.open_journal()):
        raise UsageError("No sessions yet, so there is nothing to delete.")
    reader.close()
    with Journal.open_for_writing(app.folder, app.today()) as journal:
        description, session_id = _selection(journal, app.today(), session, day)
        if not yes and not app.interactive:
            raise UsageError(f"Without a terminal, add --yes to delete {description}.")
        if not yes and not confirm(app, f"Delete {description} for good?", default=False):
            app.info("Nothing was deleted.")
            return 3
        count = journal.delete(session_id, before=day)
    app.info(f"Deleted {pluralize(count, 'session')}.")
    if copies := sorted(path for path in app.folder.glob("journal-*.db*") if path.is_file()):
        app.info(f"Older copies of the journal may still contain them: {', '.join(map(str, copies))}.")
    return 0


def _parse_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--before {quote(text)} is not a date. Write it as {datetime.now():%Y-%m-%d}.") from None


def _selection(journal: Journal, today: date, prefix: str | None, before: date | None) -> tuple[str, str | None]:
    """Return a description of the sessions to delete, and the id if it is a single one.

    Raise UsageError if there is none, or if *prefix* is ambiguous.
    """
    if prefix is None:
        count = journal.count(before)
        limit = f" before {short_date(before)}" if before else ""
        if not count:
            raise UsageError(f"There are no sessions{limit}.")
        return f"{pluralize(count, 'session')}{limit}" if before else f"all {pluralize(count, 'session')}", None
    if len(prefix) < MIN_ID_LENGTH:
        raise UsageError(f"{quote(prefix)} is too short. Give at least {MIN_ID_LENGTH} characters of the id.")
    records = journal.find(prefix.lower())
    if len(records) > 1:
        raise UsageError(f"{quote(prefix)} matches several sessions. Give more of the id.")
    if not records:
        raise UsageError(f"There is no session {quote(prefix)}. `stretch history` shows the ids.")
    (record,) = records
    return f"the session of {start_label(record, today)} ({escape_control_chars(record.title)})", record.id
