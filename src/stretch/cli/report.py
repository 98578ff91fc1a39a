"""`stretch report`: what was prescribed and what was done, to print or for a spreadsheet."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import click

from stretch.cli.app import App
from stretch.cli.options import PROGRAM, output_option, parse_date
from stretch.core.errors import UsageError
from stretch.core.journal.progress import decode_plan
from stretch.core.journal.record import SessionRecord
from stretch.core.journal.report import build_report
from stretch.core.program import Program
from stretch.core.routine import Routine
from stretch.core.text import pluralize, short_date
from stretch.export.csv_file import report_csv
from stretch.export.report_page import to_html
from stretch.storage.files.safe_io import PRIVATE, atomic_write
from stretch.storage.journal.journal import Journal

WEEKS = 12
"""Weeks of a report without a program and without --since."""


@click.command(
    "report",
    help="""Write what you did as a page to print, or as a table for a spreadsheet.

    By week, stretch and side: how often and how long, what was eased, stopped or hurt, the times of day, days off, and
    pain where you gave it a number. With --program also how often each was prescribed, and what changed in the plan.
    """,
)
@click.option("--program", "name", type=PROGRAM, help="Only the sessions of this program, against what it prescribes.")
@click.option(
    "--since",
    metavar="DATE",
    help="First day, such as 2026-03-31.  [default: that of the program; without one, twelve weeks ago]",
)
@click.option("--without-pain", is_flag=True, help="Leave out pain, and why a session was stopped.")
@output_option(
    "File to write: .html for a page to print, .csv for a spreadsheet", {".html": "a page to print", ".csv": "a table"}
)
@click.pass_obj
def report_command(app: App, name: str | None, since: str | None, without_pain: bool, paths: tuple[Path, ...]) -> None:
    first = parse_date(since, "--since") if since else None
    program = app.program(name) if name else None
    records, plans = _sessions(app, program, first)
    if not records:
        raise UsageError("There are no sessions to report.")
    begin = first or (program.starts if program else None) or records[0].day
    end = app.today()
    if program and program.review and records[-1].day <= program.review:
        end = min(end, program.review)
    report = build_report(
        records, plans, program=program, stretches=app.catalog.stretches, since=begin, until=end, today=app.today()
    )
    for path in paths:
        html = path.suffix.lower() == ".html"
        with atomic_write(path, mode=PRIVATE) as file:
            pain = not without_pain
            file.write(to_html(report, with_pain=pain) if html else report_csv(report, with_pain=pain))
        hint = " Open it in a browser to print it." if html else ""
        app.info(f"Saved {path}: {pluralize(report.sessions, 'session')} since {short_date(begin, end)}.{hint}")


def _sessions(
    app: App, program: Program | None, since: date | None
) -> tuple[list[SessionRecord], list[tuple[date, Routine]]]:
    """Return the sessions to report, the earliest first, and for a program the plan of each."""
    today = app.today()
    if since is None:
        since = program.starts if program else today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    records: list[SessionRecord] = []
    with app.open_journal() as journal:
        for record in journal.sessions():
            # In order of time, which two time zones can put on three days.
            if since and record.day < since - timedelta(days=2):
                break
            if (since or record.day) <= record.day <= today and (program is None or record.program == program.id):
                records.append(record)
        records.reverse()
        return records, [*_plans(journal, records if program else ())]


def _plans(journal: Journal, records: Sequence[SessionRecord]) -> Iterator[tuple[date, Routine]]:
    for record in records:
        if (plan := journal.plan(record.id)) and (routine := decode_plan(plan)):
            yield record.day, routine
