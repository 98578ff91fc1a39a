"""Statistics for the history, summed by the database: ten years take as long as ten days."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date

from stretch.core.journal.statistics import AreaTotal, DayTotal, History, PainChange, current_streak, first_monday
from stretch.storage.journal import row_mapping

MAX_SCORED = 24
"""Sessions with pain scores that are shown."""


def read_history(connection: sqlite3.Connection, today: date, last: int) -> History:
    """Return the history as of *today*, with the *last* sessions."""
    # One snapshot for all queries.
    connection.execute("BEGIN")
    try:
        return _read_history(connection, today, last)
    finally:
        connection.execute("ROLLBACK")


def _read_history(connection: sqlite3.Connection, today: date, last: int) -> History:
    since = (first_monday(today).isoformat(),)
    count, seconds, first = connection.execute(
        "SELECT count(*), total(active_seconds), min(day) FROM session"
    ).fetchone()
    days = connection.execute(
        "SELECT day, count(*), total(active_seconds) FROM session WHERE day >= ? GROUP BY day ORDER BY day", since
    ).fetchall()
    left, right = connection.execute(
        "SELECT total(left_seconds), total(right_seconds) FROM session WHERE day >= ?", since
    ).fetchone()
    areas = connection.execute(
        "SELECT area, total(seconds) FROM area_time WHERE day >= ? GROUP BY area ORDER BY 2 DESC, area", since
    ).fetchall()
    return History(
        today=today,
        sessions=count,
        seconds=_whole_ms(seconds),
        first_day=date.fromisoformat(first) if first else None,
        streak=current_streak(_training_days(connection), today),
        days=tuple(DayTotal(date.fromisoformat(day), sessions, _whole_ms(total)) for day, sessions, total in days),
        areas=tuple(AreaTotal(area, _whole_ms(total)) for area, total in areas),
        left_seconds=_whole_ms(left),
        right_seconds=_whole_ms(right),
        pain=_pain_changes(connection),
        recent=tuple(row_mapping.select(connection, "ORDER BY epoch DESC, id DESC LIMIT ?", (last,))),
    )


def _training_days(connection: sqlite3.Connection) -> Iterator[date]:
    for (day,) in connection.execute("SELECT DISTINCT day FROM session WHERE done > 0 ORDER BY day DESC"):
        yield date.fromisoformat(day)


def _pain_changes(connection: sqlite3.Connection) -> tuple[PainChange, ...]:
    rows = connection.execute(
        "SELECT day, before, after FROM session WHERE before IS NOT NULL OR after IS NOT NULL"
        " ORDER BY epoch DESC LIMIT ?",
        (MAX_SCORED,),
    ).fetchall()
    return tuple(PainChange(date.fromisoformat(day), before, after) for day, before, after in reversed(rows))


def _whole_ms(seconds: float) -> float:
    """Return a sum of seconds without the floating-point error of adding milliseconds as fractions."""
    return round(seconds, 3)
