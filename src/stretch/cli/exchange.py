"""`stretch history export`, `import` and `forget`: sessions taken along, brought together, and removed for good."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO

import click

from stretch.cli.app import App
from stretch.cli.tables import when
from stretch.core.errors import StretchError, UsageError
from stretch.core.text import escape_control_chars, pluralize, quote
from stretch.storage.files.atomic import atomic_write
from stretch.storage.journal.exchange import Session, lines, lines_of, sessions
from stretch.storage.journal.journal import Journal

STANDARD = Path("-")
MOST_TOLD = 20
"""Broken lines named one by one; a file of something else has thousands."""
SHORTEST_ID = 4


class BadLines(StretchError):
    """A file to import has lines that hold no session; none of it was taken in."""


@click.command("export")
@click.option("-o", "--output", type=click.Path(path_type=Path), default=STANDARD, help="A file.  [default: stdout]")
@click.pass_obj
def export_command(app: App, output: Path) -> None:
    """Write every session as a line of JSON, for `stretch history import` here or elsewhere."""
    journal = Journal.reading(app.folder)
    if journal is None:
        raise UsageError("Nothing is kept yet, so there is nothing to export.")
    with journal:
        if output == STANDARD:
            for line in lines(journal):
                app.stdout.write(line.decode())
            return
        count = 0
        with atomic_write(output) as file:
            for line in lines(journal):
                file.write(line)
                count += 1
    app.info(f"{pluralize(count, 'session')} written to {output}.")


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--skip-bad", is_flag=True, help="Leave broken lines out and take in the rest.")
@click.pass_obj
def import_command(app: App, file: Path, skip_bad: bool) -> None:
    """Take in the sessions that `stretch history export` wrote to FILE, or - for standard input.

    What is there already stays as it is, so it does not matter how often or in which order files come.
    """
    bad: list[str] = []
    seen = 0

    def noted(number: int, why: str) -> None:
        bad.append(f"{file}:{number}: {escape_control_chars(why)}")

    def taken(found: Iterator[Session]) -> Iterator[Session]:
        nonlocal seen
        for one in found:
            seen += 1
            if skip_bad or not bad:
                yield one
        if bad and not skip_bad:
            raise BadLines(_told(bad) + "\nNothing was taken in; --skip-bad takes in the rest.")

    with _lines_of(file) as source:
        found = sessions(lines_of(source), noted)
        first = next(found, None)
        if first is None and not bad:
            raise UsageError(f"{file} has no lines, so there is nothing to import.")
        if first is None:
            raise BadLines(_told(bad) + "\nThere is no session in it.")
        with Journal.writing(app.folder, app.today()) as journal:
            count = journal.merge(taken(_with_first(first, found)))
            if journal.told:
                app.info(journal.told)
    if bad:
        app.info(_told(bad))
    left_out = f", {pluralize(len(bad), 'broken line')} left out" if bad else ""
    app.info(f"{pluralize(seen, 'session')} read, {count} new or newer{left_out}.")


@click.command("forget")
@click.argument("session", required=False)
@click.option("--before", metavar="DATE", help="All that began before this day, such as 2026-03-31.")
@click.option("--all", "everything", is_flag=True, help="All of them.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def forget_command(app: App, session: str | None, before: str | None, everything: bool, yes: bool) -> int:
    """Remove one SESSION by the beginning of its id, or several, for good: they are overwritten in the file."""
    if (session is not None) + (before is not None) + everything != 1:
        raise UsageError("Say what to forget: the id of a session, --before DATE, or --all.")
    day = _day(before) if before is not None else None
    there = Journal.reading(app.folder)
    if there is None:
        raise UsageError("Nothing is kept, so there is nothing to forget.")
    there.close()
    with Journal.writing(app.folder, app.today()) as journal:
        what, name = _meant(journal, app.today(), session, day)
        if not yes and not _agreed(app, what):
            app.info("Nothing was forgotten.")
            return 3
        count = journal.forget(name, before=day)
    app.info(f"{pluralize(count, 'session')} forgotten.")
    if copies := sorted(path for path in app.folder.glob("journal-*.db*") if path.is_file()):
        app.info(f"Older copies may still have them; remove these too if you want: {', '.join(map(str, copies))}.")
    return 0


def _meant(journal: Journal, today: date, session: str | None, before: date | None) -> tuple[str, str | None]:
    """Return what is to be forgotten in words, and the whole id where it is one session.

    Raises UsageError when there is none or more than one.
    """
    if session is None:
        count = journal.count(before)
        if not count:
            raise UsageError(f"No session began before {before}." if before else "There is no session to forget.")
        what = pluralize(count, "session")
        return (f"{what} from before {before}" if before else f"all {what}"), None
    if len(session) < SHORTEST_ID:
        raise UsageError(f"{quote(session)} is too short: write at least {SHORTEST_ID} characters of the id.")
    found = journal.find(session.lower())
    if len(found) > 1:
        raise UsageError(f"{quote(session)} could be several sessions: write more of the id.")
    if not found:
        raise UsageError(f"There is no session {quote(session)}: `stretch history` shows their ids.")
    return f"the session of {when(found[0], today).strip()}, {escape_control_chars(found[0].title)}", found[0].id


def _agreed(app: App, what: str) -> bool:
    if not app.interactive:
        raise UsageError(f"This would forget {what}, and there is nobody to ask: add --yes.")
    from stretch.cli.ask import YES, read_line

    return read_line(app, f"Forget {what}, for good? [y/N] ") in YES


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--before {quote(text)} is no date: write it as {datetime.now():%Y-%m-%d}.") from None


def _told(bad: list[str]) -> str:
    more = [f"and {len(bad) - MOST_TOLD} more broken lines"] if len(bad) > MOST_TOLD else []
    return "\n".join([*bad[:MOST_TOLD], *more])


def _with_first(first: Session, rest: Iterator[Session]) -> Iterator[Session]:
    yield first
    yield from rest


@contextmanager
def _lines_of(file: Path) -> Iterator[IO[bytes]]:
    if file == STANDARD:
        yield sys.stdin.buffer
        return
    with file.open("rb") as source:
        yield source
