"""Database of the journal: tables of the SQLite file, opening, migration, backup, and moving a damaged file aside."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, nullcontext, suppress
from datetime import date
from functools import cache
from itertools import count
from pathlib import Path

from stretch.core.errors import StretchError
from stretch.storage.files.safe_io import PRIVATE, make_private

FILE_NAME = "journal.db"
BUSY_TIMEOUT_S = 2.0
"""Longest wait for another writer; a transaction takes milliseconds."""
SUFFIXES = ("-journal", "-wal", "-shm")
"""Suffixes that SQLite appends to the file name for its other files, the rollback journal first."""
MAX_VALUE_BYTES = 16 << 20
MAX_TEXT_BYTES = 4000
"""A text is cut at this length, which none that we write has."""

SOUND = """day IS date(day) AND day BETWEEN '1900' AND '9999' AND done BETWEEN 0 AND 500
    AND active_seconds BETWEEN 0 AND 1e6 AND left_seconds BETWEEN 0 AND 1e6 AND right_seconds BETWEEN 0 AND 1e6"""
"""SQL condition for the columns of a session that are summed up, all in one index."""

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
_VERSION_4 = (
    "ALTER TABLE session ADD COLUMN program TEXT",
    "CREATE INDEX session_program ON session (program, day) WHERE program IS NOT NULL",
)
MIGRATIONS = (_VERSION_1, _VERSION_2, _VERSION_3, _VERSION_4)
"""Statements by version: each entry turns a file of the version before into its own; a new file runs all of them."""
VERSION = len(MIGRATIONS)


class JournalError(StretchError):
    """The journal cannot be read or written; the message says which file and why."""


class JournalBusyError(JournalError):
    """Another program has locked the file; trying again may help."""


class JournalDamagedError(JournalError):
    """The file is not a journal, is corrupt, or was moved while open; opening it for writing again helps."""


class SessionForgottenError(JournalError):
    """The session was deleted while it was playing, and must not be written again."""


_REASONS = {
    sqlite3.SQLITE_FULL: ("write", "the disk is full"),
    sqlite3.SQLITE_READONLY: ("write", "the folder or the file is read-only"),
    sqlite3.SQLITE_PERM: ("write", "the folder or the file is read-only"),
    sqlite3.SQLITE_CANTOPEN: ("open", "check the folder and its permissions"),
}
"""What cannot be done and why, by the primary code of the error."""


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Raise errors of SQLite and the system as JournalError, with one sentence about *path*."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translated(path, error) from error
    except OSError as error:
        raise JournalError(f"Cannot use the journal {path}: {error.strerror or error}.") from error


def _translated(path: Path, error: sqlite3.Error) -> JournalError:
    code = getattr(error, "sqlite_errorcode", None)
    if code == sqlite3.SQLITE_READONLY_DBMOVED:
        return JournalDamagedError(f"The journal {path} was moved or removed while it was in use.")
    match code & 0xFF if code is not None else None:
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_ERROR:
            # SQLITE_ERROR: the tables are gone or others, because the file was replaced while it was open.
            return _damaged(path)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return JournalBusyError(f"The journal {path} is in use by another program.")
        case primary:
            action, reason = _REASONS.get(primary or 0, ("use", str(error)))
            return JournalError(f"Cannot {action} the journal {path}: {reason}.")


def _damaged(path: Path) -> JournalDamagedError:
    return JournalDamagedError(f"The journal {path} is damaged. The next session moves it aside and starts a new one.")


@contextmanager
def transaction(connection: sqlite3.Connection, kind: str = "IMMEDIATE") -> Iterator[None]:
    """Make one transaction of what is done meanwhile, all or nothing; a "DEFERRED" one is a snapshot for reading."""
    with connection:
        connection.execute(f"BEGIN {kind}")
        yield


def open_to_read(folder: Path) -> sqlite3.Connection:
    """Return a connection for reading; to an empty database in memory if there is no journal yet.

    An older file is migrated in a copy in memory, so that reading changes nothing. Raise JournalError.
    """
    path = folder / FILE_NAME
    with translated_errors(path), ExitStack() as stack:
        connection = stack.enter_context(closing(_connect(path))) if path.exists() else None
        if connection and _version(connection, path) == VERSION:
            stack.pop_all()
            return connection
        copy = _limited(sqlite3.connect(":memory:", isolation_level=None))
        if connection:
            _copy(connection, copy)
        upgrade(copy)
        return copy


def open_to_write(folder: Path, today: date, *, thorough: bool = False) -> tuple[sqlite3.Connection, str | None]:
    """Return a connection for writing, and a notice if a damaged file was moved aside.

    The file is created if missing, and migrated, after a backup, if older. *thorough* checks all of it for damage
    first, which takes a second for 20,000 sessions. Raise JournalError.
    """
    path = folder / FILE_NAME
    with translated_errors(path):
        try:
            make_private(folder)
        except (FileExistsError, NotADirectoryError) as error:
            raise JournalError(f"Cannot create the journal {path}: {error.filename} is not a folder.") from error
    inode = _inode(path)
    try:
        return _open(path, today, thorough=thorough), None
    except JournalDamagedError:
        # Another session may have moved it aside already; then the file is its new one.
        notice = _move_aside(path, today) if inode == _inode(path) else None
        return _open(path, today, thorough=thorough), notice


def _connect(path: Path) -> sqlite3.Connection:
    """Return a connection to an existing file, with limits on what is believed of it; raise JournalError."""
    real = os.path.realpath(path)
    for file in map(Path, (real, *(real + suffix for suffix in SUFFIXES))):
        # Another process may end its transaction and remove its file at any time.
        with suppress(FileNotFoundError, NotADirectoryError):
            # SQLite would wait for the other end of a pipe.
            if not stat.S_ISREG(file.stat().st_mode):
                raise JournalError(f"Cannot use the journal {path}: {file} is not a regular file. Move it away.")
    # Not mode=ro: a transaction cut off by a crash has to be rolled back before anything can be read.
    uri = f"{Path(real).as_uri()}?mode=rw"
    return _limited(sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None))


def _limited(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
    connection.text_factory = lambda text: text[:MAX_TEXT_BYTES].decode("utf-8", "backslashreplace")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    return connection


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except OSError:
        return None


def _move_aside(path: Path, today: date) -> str:
    """Rename a damaged file, without overwriting any other, and return a notice that says so."""
    with translated_errors(path):
        target = _reserve(path, f"damaged-{today}")
        for suffix in SUFFIXES:
            # First, because SQLite would apply it to the new file.
            with suppress(FileNotFoundError):
                path.with_name(path.name + suffix).replace(target.with_name(target.name + suffix))
        path.replace(target)
    return f"The journal was damaged. It was moved to {target}, and a new one was started."


def _open(path: Path, today: date, *, thorough: bool) -> sqlite3.Connection:
    with translated_errors(path):
        with suppress(FileExistsError):
            path.touch(PRIVATE, exist_ok=False)
        connection = _connect(path)
        try:
            version = _version(connection, path)
            if thorough and version and connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise _damaged(path)
            for pragma in (
                # A single file between writes, and no shared memory, which network folders lack.
                "journal_mode = DELETE",
                # Sync the folder too: a transaction is complete when its rollback journal is gone for good.
                "synchronous = EXTRA",
                "secure_delete = ON",
                "foreign_keys = ON",
            ):
                connection.execute(f"PRAGMA {pragma}")
            if version < VERSION:
                _migrate(connection, path, today)
            return connection
        except BaseException:
            connection.close()
            raise


def _migrate(connection: sqlite3.Connection, path: Path, today: date) -> None:
    with transaction(connection):
        version = _version(connection, path)  # again: another process may have migrated it meanwhile
        if 0 < version < VERSION:
            target = _reserve(path, f"version-{version}-{today}")
            with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_S)) as old, closing(sqlite3.connect(target)) as new:
                _copy(old, new)
        if version < VERSION:
            upgrade(connection)


def _copy(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Copy a database by SQLite: closing another handle of the file would release the locks on it."""
    # Take the read lock first: `backup` itself would wait for it forever.
    source.execute("BEGIN")
    source.execute("SELECT count(*) FROM sqlite_master").fetchone()
    source.backup(target)


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """Return the version of the tables, 0 for an empty file.

    Raise JournalError for a newer one, JournalDamagedError for a database of another program.
    """
    # From one snapshot: read one by one, a file that is just being created looks like that of another program.
    with nullcontext() if connection.in_transaction else transaction(connection, "DEFERRED"):
        objects, application, version = (
            int(connection.execute(query).fetchone()[0])
            for query in ("SELECT count(*) FROM sqlite_master", "PRAGMA application_id", "PRAGMA user_version")
        )
    ours = application == APPLICATION_ID
    if ours and version > VERSION:
        raise JournalError(
            f"The journal {path} was written by a newer stretch (format {version}; this one reads up to"
            f" {VERSION}). Nothing in it was changed. Install the newer version to use it."
        )
    if not objects and not version:
        return 0
    if not ours or version < 1 or not has_tables(connection, version):
        raise _damaged(path)
    return version


def _reserve(path: Path, label: str) -> Path:
    """Create an empty file next to *path* with *label* in its name, and return its path."""
    for number in count(1):
        target = path.with_name(f"{path.stem}-{label}{f'-{number}' if number > 1 else ''}{path.suffix}")
        with suppress(FileExistsError):
            target.touch(PRIVATE, exist_ok=False)
            break
    return target


def upgrade(connection: sqlite3.Connection) -> None:
    """Run the migrations that the file lacks; the caller has started the transaction."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for statements in MIGRATIONS[version:]:
        for statement in statements:
            connection.execute(statement)
    if version == 1:
        recompute_aggregates(connection)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def recompute_aggregates(connection: sqlite3.Connection, session: int | None = None) -> None:
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


def has_tables(connection: sqlite3.Connection, version: int) -> bool:
    """Return whether the file has the tables and indexes of *version*, and no triggers, which would run with ours."""
    expected = _structure_of(version)
    found, names = _structure(connection), {row[1] for row in expected}
    return {row for row in found if row[1] in names or row[0] == "trigger"} == expected


@cache
def _structure_of(version: int) -> set[tuple[object, ...]]:
    with closing(sqlite3.connect(":memory:")) as new:
        for statement in (statement for statements in MIGRATIONS[:version] for statement in statements):
            new.execute(statement)
        return _structure(new)


def _structure(connection: sqlite3.Connection) -> set[tuple[object, ...]]:
    """Return the tables and indexes with their columns, and the triggers; views and virtual tables have no pages."""
    return set(
        connection.execute(
            """SELECT m.type, m.name, m.tbl_name, c.name, c.type, c.pk, c.hidden
            FROM sqlite_master AS m LEFT JOIN pragma_table_xinfo(m.name) AS c ON m.type = 'table'
            WHERE m.rootpage > 0 OR m.type = 'trigger' LIMIT 1000"""
        )
    )
