"""Statistics for the history, summed by the database: ten years take as long as ten days."""

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import date

from stretch.core.journal.record import AreaTotal, DayTotal, History, PainChange, first_monday
from stretch.core.journal.streak import current_streak
from stretch.storage.journal import row_mapping
from stretch.storage.journal.database import SOUND
from stretch.storage.journal.last_session import training_days

MAX_SCORED = 24
"""Sessions with pain scores that are shown."""
AREA_SOUND = """typeof(seconds) = 'real' AND seconds BETWEEN 0 AND 1e6 AND day IS date(day)
    AND typeof(area) = 'text' AND length(area) <= 60 AND area GLOB '[a-z0-9]*' AND area NOT GLOB '*[^a-z0-9-]*'"""


def read_history(connection: sqlite3.Connection, today: date, damaged: row_mapping.Damaged) -> History:
    """Return the history up to *today* without its sessions; the caller has started a transaction.

    The sums leave out what is *damaged*, to which more is added here, and what is dated after today.
    """
    for (key,) in connection.execute(f"SELECT key FROM session WHERE ({SOUND}) IS NOT TRUE"):
        row_mapping.note_damaged(connection, key, damaged)
    until, sound = today.isoformat(), f"NOT IN ({', '.join(map(str, damaged))})"
    count, seconds, first = connection.execute(
        f"SELECT count(*), total(active_seconds), min(day) FROM session WHERE day <= ? AND key {sound}", (until,)
    ).fetchone()
    recent, sums = f"day BETWEEN ? AND ? AND key {sound}", (first_monday(today).isoformat(), until)
    days = connection.execute(
        f"SELECT day, count(*), total(active_seconds) FROM session WHERE {recent} GROUP BY day ORDER BY day", sums
    )
    left, right = connection.execute(
        f"SELECT total(left_seconds), total(right_seconds) FROM session WHERE {recent}", sums
    ).fetchone()
    return History(
        today=today,
        sessions=count,
        seconds=_whole_ms(seconds),
        first_day=date.fromisoformat(first) if first else None,
        streak=current_streak(training_days(connection, today, f"key {sound}"), today),
        days=tuple(DayTotal(date.fromisoformat(day), sessions, _whole_ms(total)) for day, sessions, total in days),
        areas=tuple(_area_totals(connection, sums, sound, damaged)),
        left_seconds=_whole_ms(left),
        right_seconds=_whole_ms(right),
        pain=tuple(_pain_changes(connection, until, sound)),
    )


def _area_totals(
    connection: sqlite3.Connection, days: tuple[str, str], sound: str, damaged: row_mapping.Damaged
) -> Iterator[AreaTotal]:
    for area, total, session, usable in connection.execute(
        f"""SELECT area, total(seconds), session, ({AREA_SOUND}) IS TRUE FROM area_time
        WHERE day BETWEEN ? AND ? AND session {sound} GROUP BY area, 4 ORDER BY 2 DESC, area""",
        days,
    ).fetchall():
        if usable:
            yield AreaTotal(area, _whole_ms(total))
        else:
            # The session counts all the same.
            row_mapping.note_damaged(connection, session, damaged)


def _pain_changes(connection: sqlite3.Connection, until: str, sound: str) -> Iterator[PainChange]:
    rows = connection.execute(
        f"""SELECT day, {", ".join(row_mapping.SCORE_COLUMNS)} FROM session
        WHERE (before IS NOT NULL OR after IS NOT NULL) AND day <= ? AND key {sound} ORDER BY epoch DESC LIMIT ?""",
        (until, MAX_SCORED),
    ).fetchall()
    for row in reversed(rows):
        with suppress(ValueError):
            entry = row_mapping.pain_entry(row)
            yield PainChange(entry.day, entry.before, entry.after)


def _whole_ms(seconds: float) -> float:
    """Return a sum of seconds without the floating-point error of adding milliseconds as fractions."""
    return round(seconds, 3)
