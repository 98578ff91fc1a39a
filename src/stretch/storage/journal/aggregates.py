"""Sums over the parts of each session, stored so that the history does not read years of them."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from sqlite3 import Connection

SOUND = """day IS date(day) AND day BETWEEN '1900' AND '9999' AND done BETWEEN 0 AND 500
    AND active_seconds BETWEEN 0 AND 1e6 AND left_seconds BETWEEN 0 AND 1e6 AND right_seconds BETWEEN 0 AND 1e6"""
"""SQL condition for the columns of a session that are summed up, all in one index."""


def recompute_aggregates(connection: Connection, session: int | None = None) -> None:
    """Update the sums that the history reads, for one *session* by its key or for all sessions.

    The caller has started the transaction.
    """
    # Imported here: `stretch status` has no time for it.
    from msgspec import json

    values = () if session is None else (session,)
    only = "" if session is None else "AND session.key = ?"
    for table in ("area_time", "stretched"):
        connection.execute(f"DELETE FROM {table} {'WHERE session = ?' if values else ''}", values)
    connection.execute(
        f"""INSERT INTO stretched (session, stretch, day)
        SELECT session.key, part.stretch, session.day FROM part JOIN session ON session.key = part.session {only}
        GROUP BY session.key, part.stretch HAVING min(part.done >= part.planned)""",
        values,
    )
    for side in ("left", "right"):
        connection.execute(
            f"""UPDATE session SET {side}_seconds = (
                SELECT total(seconds) FROM part WHERE part.session = session.key AND side = '{side}'
            ) WHERE 1 {only}""",
            values,
        )
    times: dict[tuple[int, str, str], float] = {}
    for key, day, areas, seconds in connection.execute(
        f"""SELECT session.key, session.day, part.areas, part.seconds
        FROM part JOIN session ON session.key = part.session AND part.seconds > 0 AND part.seconds <= 1e6 {only}""",
        values,
    ):
        # A damaged session must not stop a migration; it is left out where it is read.
        with suppress(ValueError, TypeError):
            for area in set(json.decode(areas, type=list[str])):
                times[key, day, area] = times.get((key, day, area), 0.0) + seconds
    connection.executemany(
        "INSERT INTO area_time (session, day, area, seconds) VALUES (?, ?, ?, ?)",
        [(*key, seconds) for key, seconds in times.items()],
    )


def training_days(connection: Connection, today: date, sound: str = SOUND) -> Iterator[date]:
    """Return the days up to *today* with a stretch done, the latest first."""
    query = f"""SELECT DISTINCT day FROM session
        WHERE day <= ? AND done BETWEEN 1 AND 500 AND {sound} ORDER BY day DESC"""
    for (day,) in connection.execute(query, (today.isoformat(),)):
        with suppress(ValueError, TypeError):
            yield date.fromisoformat(day)
