"""CSV files (RFC 4180) that open in a spreadsheet, with nothing in them that one would take for a formula."""

import csv
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from msgspec.structs import astuple

from stretch.core.journal.record import SessionRecord, SideResult
from stretch.core.journal.report import Amount, Report
from stretch.core.safety.pain import PainScores
from stretch.core.text import escape_control_chars

FORMULA_STARTS = tuple("=+-@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}＠\t\r\n")  # noqa: RUF001 - wide
"""Characters with which a formula can begin; some spreadsheets take the wide ones for the others."""
SESSION_HEADINGS = ("id", "date", "time", "title", "program")
"""Columns that are filled in every row of a session."""
ONCE_HEADINGS = ("ended", "planned_s", "active_s", *(f"pain_{name}" for name in PainScores.__struct_fields__))
"""Columns that are filled in the first row of a session only, so that their sums and charts are right."""

REPORT_HEADINGS = ("week", "stretch", "name", "side")
"""Columns of a report before those of an `Amount`."""


def to_csv(rows: Iterable[Sequence[object]]) -> bytes:
    """Return *rows* as lines of CSV. Numbers are whole, because not every spreadsheet reads `1.5` as a number."""
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([*map(_cell, row)] for row in rows)
    return text.getvalue().encode(errors="backslashreplace")


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return str(round(value))
        case tuple():
            value = " ".join(map(str, value))
    # After an apostrophe every spreadsheet takes the rest for text.
    text = str(value)
    return escape_control_chars(f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text)


def session_csv(records: Iterable[SessionRecord]) -> Iterator[bytes]:
    """Return the lines of each session, one for each side of each stretch; the first begin with the headings."""
    first = BOM_UTF8 + to_csv([(*SESSION_HEADINGS, *ONCE_HEADINGS, *SideResult.__struct_fields__)])
    for record in records:
        session = record.id, record.day, record.started[11:16], record.title, record.program
        *scores, sudden = astuple(record.scores)
        once = record.ended, record.planned_seconds, record.active_seconds, *scores, sudden or None
        rows = []
        for part in record.parts or (None,):
            rows.append((*session, *once, *(astuple(part) if part else [None] * len(SideResult.__struct_fields__))))
            once = (None,) * len(once)
        yield first + to_csv(rows)
        first = b""


def report_csv(report: Report, *, with_pain: bool) -> bytes:
    """Return a table with a row for each week of each side of each stretch."""
    amounts = [name for name in Amount.__struct_fields__ if with_pain or name != "hurt"]
    rows: list[Sequence[object]] = [(*REPORT_HEADINGS, *amounts)]
    for row in report.rows:
        for week, amount in zip(report.weeks, row.weeks, strict=True):
            rows.append((week.start, row.stretch, row.name, row.side, *(getattr(amount, name) for name in amounts)))
    return BOM_UTF8 + to_csv(rows)
