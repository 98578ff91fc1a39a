"""The tables of the journal, their migrations, and the aggregates stored with each session."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from sqlite3 import Connection

import msgspec

APPLICATION_ID = 0x53747265
"""`Stre` in ASCII: marks a SQLite file as a journal of this program."""

_VERSION_1 = (
    "CREATE TABLE plan (key INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, data BLOB NOT NULL)",
    """CREATE TABLE session (
        key INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        revision INTEGER NOT NULL,
        started TEXT NOT NULL, epoch INTEGER NOT NULL, day TEXT NOT NULL,
        title TEXT NOT NULL, areas TEXT NOT NULL,
        planned_seconds REAL NOT NULL, active_seconds REAL NOT NULL,
        ended TEXT, phase INTEGER NOT NULL,
        done INTEGER NOT NULL, planned INTEGER NOT NULL,
        before INTEGER, worst INTEGER, after INTEGER, next_morning INTEGER,
        spread TEXT, new_sign INTEGER, sudden INTEGER NOT NULL,
        plan INTEGER REFERENCES plan (key),
        process TEXT
    )""",
    "CREATE INDEX session_epoch ON session (epoch, id)",
    "CREATE INDEX session_day ON session (day, done, active_seconds)",
    """CREATE TABLE part (
        session INTEGER NOT NULL REFERENCES session (key) ON DELETE CASCADE, number INTEGER NOT NULL,
        stretch TEXT NOT NULL, name TEXT NOT NULL, side TEXT, areas TEXT NOT NULL,
        planned INTEGER NOT NULL, done INTEGER NOT NULL, seconds REAL NOT NULL,
        eased INTEGER NOT NULL, hurt INTEGER NOT NULL, skipped INTEGER NOT NULL,
        PRIMARY KEY (session, number)
    ) WITHOUT ROWID""",
)
"""`process` is no longer used."""
_VERSION_2 = (
    """CREATE TABLE area_time (
        session INTEGER NOT NULL REFERENCES session (key) ON DELETE CASCADE,
        day TEXT NOT NULL, area TEXT NOT NULL, seconds REAL NOT NULL,
        PRIMARY KEY (session, area)
    ) WITHOUT ROWID""",
    "CREATE INDEX area_time_day ON area_time (day, area, seconds)",
    """CREATE TABLE stretched (
        session INTEGER NOT NULL REFERENCES session (key) ON DELETE CASCADE,
        stretch TEXT NOT NULL, day TEXT NOT NULL,
        PRIMARY KEY (session, stretch)
    ) WITHOUT ROWID""",
    "CREATE INDEX stretched_stretch ON stretched (stretch, day)",
    "ALTER TABLE session ADD COLUMN left_seconds REAL NOT NULL DEFAULT 0",
    "ALTER TABLE session ADD COLUMN right_seconds REAL NOT NULL DEFAULT 0",
    "DROP INDEX session_day",
    "CREATE INDEX session_day ON session (day, done, active_seconds, left_seconds, right_seconds)",
    "CREATE INDEX session_pain ON session (epoch) WHERE before IS NOT NULL OR after IS NOT NULL",
)
_VERSION_3 = ("CREATE INDEX part_hurt ON part (stretch, session) WHERE hurt > 0",)
MIGRATIONS = (_VERSION_1, _VERSION_2, _VERSION_3)
"""Statements by version: each entry turns a file of the version before into its own; a new file runs all of them."""
VERSION = len(MIGRATIONS)


def upgrade(connection: Connection) -> None:
    """Run the migrations that the file lacks; the caller has started the transaction."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for statements in MIGRATIONS[version:]:
        for statement in statements:
            connection.execute(statement)
    if version == 1:
        recompute_aggregates(connection)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def has_tables(connection: Connection, version: int) -> bool:
    """Return whether the file has the tables and indexes of *version*, and no triggers, which would run with ours."""
    with closing(sqlite3.connect(":memory:")) as new:
        for statement in (statement for statements in MIGRATIONS[:version] for statement in statements):
            new.execute(statement)
        expected = _structure(new)
    found, names = _structure(connection), {row[1] for row in expected}
    return {row for row in found if row[1] in names or row[0] == "trigger"} == expected


def _structure(connection: Connection) -> set[tuple[object, ...]]:
    """Return the tables and indexes with their columns, and the triggers; views and virtual tables have no pages."""
    return set(
        connection.execute(
            """SELECT m.type, m.name, m.tbl_name, c.name, c.type, c.pk, c.hidden
            FROM sqlite_master AS m LEFT JOIN pragma_table_xinfo(m.name) AS c ON m.type = 'table'
            WHERE m.rootpage > 0 OR m.type = 'trigger' LIMIT 1000"""
        )
    )


def recompute_aggregates(connection: Connection, session: int | None = None) -> None:
    """Update the sums that the history reads, for one *session* by its key or for all sessions.

    They are stored, so that the history does not read years of sessions. The caller has started the transaction.
    """
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
        with suppress(msgspec.MsgspecError, TypeError):
            for area in set(msgspec.json.decode(areas, type=list[str])):
                times[key, day, area] = times.get((key, day, area), 0.0) + seconds
    connection.executemany(
        "INSERT INTO area_time (session, day, area, seconds) VALUES (?, ?, ?, ?)",
        [(*key, seconds) for key, seconds in times.items()],
    )
