"""Statistics for the history, summed by the database: ten years take as long as ten days."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date

from stretch.core.journal.record import SessionRecord
from stretch.core.journal.statistics import AreaTotal, DayTotal, History, PainChange, current_streak, first_monday
from stretch.storage.journal import row_mapping

MAX_SCORED = 24
"""Sessions with pain scores that are shown."""
AREA_SOUND = """typeof(seconds) = 'real' AND seconds BETWEEN 0 AND 1e6 AND day IS date(day)
    AND typeof(area) = 'text' AND length(area) <= 60 AND area GLOB '[a-z0-9]*' AND area NOT GLOB '*[^a-z0-9-]*'"""


def read_history(
    connection: sqlite3.Connection, today: date, records: Iterable[SessionRecord], damaged: row_mapping.Damaged
) -> History:
    """Return the history up to *today*, without its sessions; reading *records* finds *damaged* sessions.

    The sums leave out what is damaged and what is dated after today.
    """
    # One snapshot for all queries.
    connection.execute("BEGIN")
    try:
        for _ in records:
            pass
        since = first_monday(today).isoformat()
        for (key,) in connection.execute(f"SELECT key FROM session WHERE ({row_mapping.SOUND}) IS NOT TRUE"):
            row_mapping.note_damaged(connection, key, damaged)
        return _read_history(connection, today, since, damaged)
    finally:
        connection.execute("ROLLBACK")


def _read_history(connection: sqlite3.Connection, today: date, since: str, damaged: row_mapping.Damaged) -> History:
    until, sound = today.isoformat(), f"NOT IN ({', '.join(map(str, damaged))})"
    count, seconds, first = connection.execute(
        f"SELECT count(*), total(active_seconds), min(day) FROM session WHERE day <= ? AND key {sound}", (until,)
    ).fetchone()
    recent, sums = f"day BETWEEN ? AND ? AND key {sound}", (since, until)
    days = connection.execute(
        f"SELECT day, count(*), total(active_seconds) FROM session WHERE {recent} GROUP BY day ORDER BY day", sums
    ).fetchall()
    left, right = connection.execute(
        f"SELECT total(left_seconds), total(right_seconds) FROM session WHERE {recent}", sums
    ).fetchone()
    areas = []
    for area, total, session, usable in connection.execute(
        f"""SELECT area, total(seconds), session, ({AREA_SOUND}) IS TRUE FROM area_time
        WHERE day BETWEEN ? AND ? AND session {sound} GROUP BY area, 4 ORDER BY 2 DESC, area""",
        sums,
    ).fetchall():
        if usable:
            areas.append(AreaTotal(area, _whole_ms(total)))
        else:
            # The session counts all the same.
            row_mapping.note_damaged(connection, session, damaged)
    return History(
        today=today,
        sessions=count,
        seconds=_whole_ms(seconds),
        first_day=date.fromisoformat(first) if first else None,
        streak=current_streak(training_days(connection, today, sound), today),
        days=tuple(DayTotal(date.fromisoformat(day), sessions, _whole_ms(total)) for day, sessions, total in days),
        areas=tuple(areas),
        left_seconds=_whole_ms(left),
        right_seconds=_whole_ms(right),
        pain=_pain_changes(connection, until, sound),
    )


def training_days(connection: sqlite3.Connection, today: date, sound: str) -> Iterator[date]:
    """Return the days up to *today* with a stretch done, the latest first."""
    query = f"""SELECT DISTINCT day FROM session
        WHERE day <= ? AND done BETWEEN 1 AND 500 AND key {sound} ORDER BY day DESC"""
    for (day,) in connection.execute(query, (today.isoformat(),)):
        with suppress(ValueError, TypeError):
            yield date.fromisoformat(day)


def _pain_changes(connection: sqlite3.Connection, until: str, sound: str) -> tuple[PainChange, ...]:
    rows = connection.execute(
        f"""SELECT day, {", ".join(row_mapping.SCORE_COLUMNS)} FROM session
        WHERE (before IS NOT NULL OR after IS NOT NULL) AND day <= ? AND key {sound} ORDER BY epoch DESC LIMIT ?""",
        (until, MAX_SCORED),
    ).fetchall()
    changes = []
    for row in reversed(rows):
        with suppress(ValueError):
            entry = row_mapping.pain_entry(row)
            changes.append(PainChange(entry.day, entry.before, entry.after))
    return tuple(changes)


def _whole_ms(seconds: float) -> float:
    """Return a sum of seconds without the floating-point error of adding milliseconds as fractions."""
    return round(seconds, 3)
