"""The history in words and tables: all of it for a pipe, and the sessions for a terminal as well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from stretch.cli.app import App
from stretch.core.journal.history import WEEKS, History, first_monday
from stretch.core.journal.record import SessionRecord
from stretch.core.text import MONTHS, escape_control_chars, hours_minutes, pluralize, whole_minutes
from stretch.core.vocabulary import WEEKDAYS

ID_SHOWN = 6
"""Characters of an id: enough to name a session by."""
ROOMY = 76
ENDINGS = {"finished": "", None: "cut off"}
"""What is said of an ending instead of its name; of one that is as it should be, nothing."""


def heading(history: History) -> tuple[str, str]:
    """Return what all of it comes to, and the streak, in words."""
    total = f"{pluralize(history.sessions, 'session')}, {hours_minutes(history.seconds)}"
    run = history.streak
    if not run.days or run.since is None:
        return total, "no streak just now; up to two rest days in a row are forgiven"
    since = f"{run.since.day} {MONTHS[run.since.month - 1]}"
    return total, f"streak of {pluralize(run.days, 'day')} since {since}, rest days forgiven"


def print_sessions(app: App, records: tuple[SessionRecord, ...], playing: frozenset[str]) -> None:
    """Print the sessions as a table, fewer columns where there is little room; *playing*: the ids of those going on."""
    columns: dict[str, Callable[[SessionRecord], str]] = {
        "when": lambda record: when(record, app.today()),
        "took": lambda record: hours_minutes(record.active_seconds),
        "done": lambda record: _done(record, going_on=record.id in playing),
        "pain": _pain,
        "id": lambda record: record.id[:ID_SHOWN],
        "session": lambda record: escape_control_chars(record.title),
    }
    if app.out.columns is not None and app.out.columns < ROOMY:
        del columns["session"], columns["pain"]
    app.out.table(tuple(columns), [[cell(record) for cell in columns.values()] for record in records])


def when(record: SessionRecord, today: date) -> str:
    """Return when a session began by the clock on the wall, the year only if it is another: `24 Nov 07:30`."""
    day = record.day
    year = f" {day.year}" if day.year != today.year else ""
    return f"{day.day:>2} {MONTHS[day.month - 1]}{year} {record.started[11:16]}"


def print_tables(app: App, history: History) -> None:
    """Print everything but the sessions, one table after the other."""
    table = app.out.table
    table(
        ("week of", "sessions", "minutes", ""),
        [
            (str(week.monday), str(week.sessions), whole_minutes(week.seconds), "#" * round(week.seconds / 600))
            for week in history.weeks
        ],
    )
    app.out.paragraph()
    mondays = [first_monday(history.today) + timedelta(weeks=number) for number in range(WEEKS)]
    table(("minutes", *(f"{monday:%m-%d}" for monday in mondays)), _calendar(history))
    if history.areas:
        app.out.paragraph()
        table(("area", "minutes"), [(area.area, whole_minutes(area.seconds)) for area in history.areas])
    app.out.paragraph()
    table(
        ("side", "minutes"),
        [("left", whole_minutes(history.left_seconds)), ("right", whole_minutes(history.right_seconds))],
    )
    if history.pain:
        app.out.paragraph()
        lines = [("before", [pain.before for pain in history.pain]), ("after", [pain.after for pain in history.pain])]
        table(
            ("pain", "0 to 10, the latest last"),
            [(name, " ".join("-" if score is None else str(score) for score in scores)) for name, scores in lines],
        )


def _calendar(history: History) -> list[tuple[str, ...]]:
    done = {day.day: whole_minutes(day.seconds) for day in history.days}
    found = []
    for weekday, name in enumerate(WEEKDAYS):
        days = [first_monday(history.today) + timedelta(weeks=week, days=weekday) for week in range(WEEKS)]
        found.append((name.capitalize(), *(done.get(day, "" if day > history.today else ".") for day in days)))
    return found


def _done(record: SessionRecord, *, going_on: bool) -> str:
    done, of = record.stretches
    how = "going on" if going_on else ENDINGS.get(record.ended, record.ended)
    return f"{done} of {of}" + (f", {how}" if how else "")


def _pain(record: SessionRecord) -> str:
    before, after = record.scores.before, record.scores.after
    if before is None and after is None:
        return ""
    return f"{'-' if before is None else before} to {'-' if after is None else after}"
