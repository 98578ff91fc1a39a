"""The journal in short: added up by the database, so that it takes as long for ten years as for ten days."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date

from stretch.core.journal.history import Area, Day, History, Pain, first_monday
from stretch.core.journal.streak import streak
from stretch.storage.journal import rows

SCORED = 24
"""So many sessions with scores make the line of pain."""


def read(connection: sqlite3.Connection, today: date, last: int) -> History:
    """Return the history as of *today*, with the *last* sessions."""
    # One view of the file for all that is read.
    connection.execute("BEGIN")
    try:
        return _read(connection, today, last)
    finally:
        connection.execute("ROLLBACK")


def _read(connection: sqlite3.Connection, today: date, last: int) -> History:
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
        seconds=_exact(seconds),
        first_day=date.fromisoformat(first) if first else None,
        streak=streak(_days_with_a_stretch_done(connection), today),
        days=tuple(Day(date.fromisoformat(day), sessions, _exact(total)) for day, sessions, total in days),
        areas=tuple(Area(area, _exact(total)) for area, total in areas),
        left_seconds=_exact(left),
        right_seconds=_exact(right),
        pain=_pain(connection),
        recent=tuple(rows.select(connection, "ORDER BY epoch DESC, id DESC LIMIT ?", (last,))),
    )


def _days_with_a_stretch_done(connection: sqlite3.Connection) -> Iterator[date]:
    for (day,) in connection.execute("SELECT DISTINCT day FROM session WHERE done > 0 ORDER BY day DESC"):
        yield date.fromisoformat(day)


def _pain(connection: sqlite3.Connection) -> tuple[Pain, ...]:
    found = connection.execute(
        "SELECT day, before, after FROM session WHERE before IS NOT NULL OR after IS NOT NULL"
        " ORDER BY epoch DESC LIMIT ?",
        (SCORED,),
    ).fetchall()
    return tuple(Pain(date.fromisoformat(day), before, after) for day, before, after in reversed(found))


def _exact(seconds: float) -> float:
    """Return a sum of milliseconds without what adding them up as fractions left behind."""
    return round(seconds, 3)
