"""What is worked out of the parts of a session when it is written, so that nobody reads ten years to add them up."""

from __future__ import annotations

import sqlite3

import msgspec


def work_out(connection: sqlite3.Connection, session: int | None = None) -> None:
    """Work it out anew for one *session*, by its key, or for all; the caller has begun the transaction."""
    one = () if session is None else (session,)
    here = "" if session is None else "AND session.key = ?"
    for table in ("area_time", "stretched"):
        connection.execute(f"DELETE FROM {table} {'WHERE session = ?' if one else ''}", one)
    connection.execute(
        f"""INSERT INTO stretched (session, stretch, day)
        SELECT session.key, part.stretch, session.day FROM part JOIN session ON session.key = part.session {here}
        GROUP BY session.key, part.stretch HAVING min(part.done >= part.planned)""",
        one,
    )
    for side in ("left", "right"):
        connection.execute(
            f"""UPDATE session SET {side}_seconds = (
                SELECT total(seconds) FROM part WHERE part.session = session.key AND side = '{side}'
            ) WHERE 1 {here}""",
            one,
        )
    times: dict[tuple[int, str, str], float] = {}
    for key, day, areas, seconds in connection.execute(
        f"""SELECT session.key, session.day, part.areas, part.seconds
        FROM part JOIN session ON session.key = part.session AND part.seconds > 0 {here}""",
        one,
    ):
        for area in set(msgspec.json.decode(areas, type=list[str])):
            times[key, day, area] = times.get((key, day, area), 0.0) + seconds
    connection.executemany(
        "INSERT INTO area_time (session, day, area, seconds) VALUES (?, ?, ?, ?)",
        [(*where, seconds) for where, seconds in times.items()],
    )
