"""The tables of the journal, and the steps that bring an older file to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from stretch.storage.journal import derived

if TYPE_CHECKING:
    from sqlite3 import Connection

APPLICATION = 0x53747265
"""`Stre`: says in the head of the file that it is a journal of this program and not some other database."""


FIRST = (
    """CREATE TABLE plan (
        key INTEGER PRIMARY KEY,
        digest BLOB NOT NULL UNIQUE,
        data BLOB NOT NULL
    )""",
    """CREATE TABLE session (
        key INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        revision INTEGER NOT NULL,
        started TEXT NOT NULL,
        epoch INTEGER NOT NULL,
        day TEXT NOT NULL,
        title TEXT NOT NULL,
        areas TEXT NOT NULL,
        planned_seconds REAL NOT NULL,
        active_seconds REAL NOT NULL,
        ended TEXT,
        phase INTEGER NOT NULL,
        done INTEGER NOT NULL,
        planned INTEGER NOT NULL,
        before INTEGER, worst INTEGER, after INTEGER, next_morning INTEGER,
        spread TEXT, new_sign INTEGER, sudden INTEGER NOT NULL,
        plan INTEGER REFERENCES plan (key),
        process TEXT
    )""",
    "CREATE INDEX session_epoch ON session (epoch, id)",
    "CREATE INDEX session_day ON session (day, done, active_seconds)",
    """CREATE TABLE part (
        session INTEGER NOT NULL REFERENCES session (key) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        stretch TEXT NOT NULL,
        name TEXT NOT NULL,
        side TEXT,
        areas TEXT NOT NULL,
        planned INTEGER NOT NULL,
        done INTEGER NOT NULL,
        seconds REAL NOT NULL,
        eased INTEGER NOT NULL,
        hurt INTEGER NOT NULL,
        skipped INTEGER NOT NULL,
        PRIMARY KEY (session, number)
    ) WITHOUT ROWID""",
)
"""The tables of the first version."""


def _first(connection: Connection) -> None:
    for statement in FIRST:
        connection.execute(statement)


def _second(connection: Connection) -> None:
    for statement in (
        """CREATE TABLE area_time (
            session INTEGER NOT NULL REFERENCES session (key) ON DELETE CASCADE,
            day TEXT NOT NULL,
            area TEXT NOT NULL,
            seconds REAL NOT NULL,
            PRIMARY KEY (session, area)
        ) WITHOUT ROWID""",
        "CREATE INDEX area_time_day ON area_time (day, area, seconds)",
        """CREATE TABLE stretched (
            session INTEGER NOT NULL REFERENCES session (key) ON DELETE CASCADE,
            stretch TEXT NOT NULL,
            day TEXT NOT NULL,
            PRIMARY KEY (session, stretch)
        ) WITHOUT ROWID""",
        "CREATE INDEX stretched_stretch ON stretched (stretch, day)",
        "ALTER TABLE session ADD COLUMN left_seconds REAL NOT NULL DEFAULT 0",
        "ALTER TABLE session ADD COLUMN right_seconds REAL NOT NULL DEFAULT 0",
        "DROP INDEX session_day",
        "CREATE INDEX session_day ON session (day, done, active_seconds, left_seconds, right_seconds)",
        "CREATE INDEX session_pain ON session (epoch) WHERE before IS NOT NULL OR after IS NOT NULL",
    ):
        connection.execute(statement)
    derived.work_out(connection)


STEPS: tuple[Callable[[Connection], None], ...] = (_first, _second)
"""Step n makes a file of version n out of one of version n - 1; a new file takes all of them."""
VERSION = len(STEPS)


def upgrade(connection: Connection) -> None:
    """Take the steps that the file has not taken yet; the caller has begun the transaction."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for step in STEPS[version:]:
        step(connection)
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
