"""`stretch history`: show, export, import and forget sessions."""

from collections.abc import Iterable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import click
import msgspec

from stretch.cli.app import App
from stretch.cli.history_view import print_history, start_label
from stretch.cli.options import OUTPUT, STDOUT, Number, parse_date
from stretch.cli.prompts import confirm
from stretch.cli.usage import SubcommandGroup
from stretch.core.errors import StretchError, UsageError
from stretch.core.journal.record import History, SessionRecord
from stretch.core.text import escape_control_chars, pluralize, quote, short_date
from stretch.storage.files.safe_io import PRIVATE, UnreadableFile, atomic_write, open_input
from stretch.storage.journal.journal import Journal
from stretch.storage.status_file import is_running

VERSION = 1
DEFAULT_LAST = 5
MAX_ERRORS_SHOWN = 10
MIN_ID_LENGTH = 4


@click.group(
    "history",
    cls=SubcommandGroup,
    help="Show your sessions: totals by week, day, area and side, pain, and a list of the last ones.",
)
@click.option("--last", type=Number(), metavar="N", help=f"Sessions to list.  [default: {DEFAULT_LAST}]")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON: all sessions, each with every side.")
@click.pass_obj
def history_command(app: App, last: int | None, as_json: bool) -> None:
    with app.open_journal() as journal:
        history = journal.history(app.today(), DEFAULT_LAST if last is None else last)
        if as_json:
            sessions = journal.sessions() if last is None else iter(history.recent)
            _write_json(app, history, (record for record in sessions if record.day <= history.today))
        elif history.sessions or history.future:
            running = frozenset(record.id for record in history.recent if _is_running(app, record))
            print_history(app, history, running)
        else:
            app.info("No sessions yet. Start one with `stretch routine`.")


def _is_running(app: App, record: SessionRecord) -> bool:
    return record.ended is None and is_running(app.folder, record.id)


def _write_json(app: App, history: History, sessions: Iterable[SessionRecord]) -> None:
    """Write the history as JSON data, version 1: times in seconds, days in local time.

    Years of sessions are written one by one, so that they are never in memory all at once.
    """
    data: dict[str, Any] = msgspec.to_builtins(history)
    del data["recent"]
    data["future"] = [_session_data(app, record) for record in history.future]
    data["total"] = {name: data.pop(name) for name in ("sessions", "seconds", "first_day")}
    data["streak"] = history.streak._asdict()
    data["sides"] = {side: data.pop(f"{side}_seconds") for side in ("left", "right")}
    data = {"version": VERSION, **data, "weeks": msgspec.to_builtins(history.weeks), "sessions": []}
    app.stdout.write(_formatted(data).removesuffix("]\n}"))
    separator = "\n    "
    for record in sessions:
        app.stdout.write(separator + _formatted(_session_data(app, record)).replace("\n", "\n    "))
        separator = ",\n    "
    app.stdout.write(("\n  " if separator[0] == "," else "") + "]\n}\n")


def _formatted(data: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode()


def _session_data(app: App, record: SessionRecord) -> dict[str, Any]:
    done, planned = record.stretch_counts
    counts = {"stretches_done": done, "stretches_planned": planned, "playing": _is_running(app, record)}
    data: dict[str, Any] = msgspec.to_builtins(record)
    return data | counts


@history_command.command(
    "export",
    help="""Export all sessions as JSON Lines, to import them here or elsewhere, or as CSV for a spreadsheet.

    CSV has a row for each side of each stretch; what belongs to a whole session, such as pain, is in its first row.
    """,
)
@click.option("-o", "--output", type=OUTPUT, default=STDOUT, help="File to write.  [default: stdout]")
@click.option("--csv", "as_csv", is_flag=True, help="Write CSV, which cannot be imported again.")
@click.pass_obj
def export_command(app: App, output: Path, as_csv: bool) -> None:
    from stretch.export.csv_file import session_csv
    from stretch.storage.journal.jsonl import export_lines

    if not app.has_journal:
        raise UsageError("No sessions yet, so there is nothing to export.")
    with app.open_journal() as journal:
        lines = session_csv(journal.sessions(earliest_first=True)) if as_csv else export_lines(journal)
        if output == STDOUT:
            for line in lines:
                if as_csv:
                    app.out.document(line.decode(), newline="")
                else:
                    app.out.json_line(line.decode().rstrip("\n"))
            return
        if output.exists() and output.samefile(journal.path):
            raise UsageError(f"{output} is the journal itself. Give another name.")
        with atomic_write(output, mode=PRIVATE) as file:
            count = sum(1 for line in lines if file.write(line))
    app.info(f"Exported {pluralize(count, 'session')} to {output}.")


@history_command.command(
    "import",
    help="""Import exported sessions from FILE; `-` is standard input.

    Sessions that are stored already are kept unless the imported copy is newer, so files can be imported in any order
    and more than once.
    """,
)
@click.argument("file", type=click.Path(readable=False, path_type=Path))
@click.option("--skip-bad", is_flag=True, help="Skip broken lines and import the rest.")
@click.pass_obj
def import_command(app: App, file: Path, skip_bad: bool) -> None:
    from stretch.storage.journal.jsonl import parse_sessions, read_lines, rereadable

    errors: list[str] = []
    broken = total = 0

    def report(number: int, reason: str) -> None:
        nonlocal broken
        broken += 1
        if broken <= MAX_ERRORS_SHOWN:
            errors.append(f"{file}:{number}: {escape_control_chars(reason)}")

    with click.open_file("-", "rb") if file == STDOUT else open_input(file) as given, rereadable(given) as source:
        # All lines are checked before the first one is stored.
        try:
            total = sum(1 for _ in parse_sessions(read_lines(source), report))
        except UnreadableFile as error:
            raise StretchError(f"{file}:{error.line}: {error}.") from error
        if more := broken - len(errors):
            errors.append(f"and {pluralize(more, 'more broken line')}")
        if broken and not (skip_bad and total):
            rest = "Nothing was imported. --skip-bad imports the other lines." if total else "The file has no session."
            raise StretchError("\n".join([*errors, rest]))
        if not total:
            raise UsageError(f"{file} is empty, so there is nothing to import.")
        source.seek(0)
        with Journal.open_for_writing(app.folder, app.today()) as journal:
            count = journal.merge(parse_sessions(read_lines(source), lambda *_: None))
            if journal.notice:
                app.info(journal.notice)
    if errors:
        app.info("\n".join(errors))
    notes = [f"{total - count} already stored"] if count < total else []
    notes += [f"{pluralize(broken, 'broken line')} skipped"] if broken else []
    details = f" ({', '.join(notes)})" if notes else ""
    app.info(f"Imported {pluralize(count, 'session')}{details}.")


@history_command.command("forget", help="Delete one SESSION, given by the start of its id, or several, permanently.")
@click.argument("session", required=False)
@click.option("--before", metavar="DATE", help="Delete all sessions before this day, such as 2026-03-31.")
@click.option("--all", "everything", is_flag=True, help="Delete all sessions.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.pass_obj
def forget_command(app: App, session: str | None, before: str | None, everything: bool, yes: bool) -> int:
    if (session is not None) + (before is not None) + everything != 1:
        raise UsageError("Give one of: the id of a session, --before DATE, or --all.")

    day = parse_date(before, "--before") if before is not None else None
    if not app.has_journal:
        raise UsageError("No sessions yet, so there is nothing to delete.")
    # A damaged journal is reported here; the next session moves it aside.
    app.open_journal().close()
    with Journal.open_for_writing(app.folder, app.today()) as journal:
        description, session_id = _selection(journal, app.today(), session, day)
        instead = f"Without a terminal, add --yes to delete {description}."
        if not yes and not confirm(app, f"Delete {description} permanently?", instead):
            app.info("Nothing was deleted.")
            return 3
        count = journal.delete(session_id, before=day, playing=partial(is_running, app.folder))
    app.info(f"Deleted {pluralize(count, 'session')}.")
    if copies := sorted(path for path in app.folder.glob("journal-*.db*") if path.is_file()):
        app.info(f"Older copies of the journal may still contain them: {', '.join(map(str, copies))}.")
    return 0


def _selection(journal: Journal, today: date, prefix: str | None, before: date | None) -> tuple[str, str | None]:
    """Return the sessions to delete in words, and the id of a single one; UsageError if none or several match."""
    if prefix is None:
        count = journal.count(before)
        limit = f" before {short_date(before)}" if before else ""
        if not count:
            raise UsageError(f"There are no sessions{limit}.")
        return f"{pluralize(count, 'session')}{limit}" if before else f"all {pluralize(count, 'session')}", None
    if len(prefix) < MIN_ID_LENGTH:
        raise UsageError(f"{quote(prefix)} is too short. Give at least {MIN_ID_LENGTH} characters of the id.")
    # SQLite takes no characters that are not Unicode.
    records = journal.find(prefix.lower()) if prefix.isascii() else []
    damaged = [name for name in journal.damaged.values() if name.startswith(prefix)]
    if len(records) + len(damaged) > 1:
        raise UsageError(f"{quote(prefix)} matches several sessions. Give more of the id.")
    if damaged:
        return f"the damaged session {quote(damaged[0])}", damaged[0]
    if not records:
        raise UsageError(f"There is no session {quote(prefix)}. `stretch history` shows the ids.")
    (record,) = records
    return f"the session of {start_label(record, today)} ({record.title})", record.id
