"""The file of the journal: found, made, brought up to date, and set aside when it is damaged."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from datetime import date
from pathlib import Path

from stretch.storage.journal import tables
from stretch.storage.journal.errors import Damaged, JournalError, Newer, damaged, in_words

NAME = "journal.db"
BUSY_S = 2.0
"""How long to wait for somebody else who is writing; one transaction takes milliseconds."""
ROLLBACK = "-journal"
"""What sqlite puts behind the name for the file that undoes a transaction that was cut off."""


def open_to_read(folder: Path) -> sqlite3.Connection | None:
    """Return a connection that only reads; None where there is no journal yet.

    An older file is read through an up-to-date copy in memory: reading changes nothing. Raises JournalError.
    """
    path = folder / NAME
    with in_words(path):
        if not path.exists():
            return None
        # Not read-only: what a killed process left half written has to be undone before anything can be read.
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_S)
        connection.isolation_level = None
        try:
            version = _version(connection, path)
            if version == tables.VERSION:
                return connection
            if version == 0:
                connection.close()
                return None
            copy = sqlite3.connect(":memory:", isolation_level=None)
            _copy(connection, copy)
            connection.close()
            tables.upgrade(copy)
            return copy
        except BaseException:
            connection.close()
            raise


def open_to_write(folder: Path, today: date, *, thorough: bool = False) -> tuple[sqlite3.Connection, str | None]:
    """Return a connection that writes, and what a person should know: that a damaged file was set aside.

    The file is made where there is none, and brought up to date, with a backup, where it is older. *thorough*: it is
    looked through first, which takes a second for twenty thousand sessions. Raises JournalError.
    """
    path = folder / NAME
    with in_words(path):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            raise JournalError(f"The journal {path} cannot be made: {error.filename} is no folder.") from error
    which = _identity(path)
    try:
        return _opened(path, today, thorough=thorough), None
    except Damaged:
        # Another session may have seen the same, and what lies there now may be its new file.
        told = _set_aside(path, today) if which == _identity(path) else None
        return _opened(path, today, thorough=thorough), told


def _identity(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except OSError:
        return None


def _set_aside(path: Path, today: date) -> str:
    """Give a damaged file another name, with the date in it, and say so; nothing is ever overwritten."""
    with in_words(path):
        kept = _reserve(path, f"damaged-{today}")
        rollback = path.with_name(path.name + ROLLBACK)
        # First: left alone, it would be taken for one that belongs to the new file.
        if rollback.exists():
            rollback.replace(kept.with_name(kept.name + ROLLBACK))
        path.replace(kept)
    return f"The journal was damaged. It is set aside as {kept}, and a new one is begun."


def _opened(path: Path, today: date, *, thorough: bool) -> sqlite3.Connection:
    with in_words(path):
        with suppress(FileExistsError):
            _make_private(path)
        connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
        try:
            version = _version(connection, path)
            if thorough and version and connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise damaged(path)
            for pragma in (
                # One file when nobody writes, and none of the shared memory that a network folder does not have.
                "journal_mode = DELETE",
                # FULL, and the folder too: a transaction is over when the rollback file is gone for good.
                "synchronous = EXTRA",
                "secure_delete = ON",
                "foreign_keys = ON",
            ):
                connection.execute(f"PRAGMA {pragma}")
            if version < tables.VERSION:
                _bring_up_to_date(connection, path, today)
            return connection
        except BaseException:
            connection.close()
            raise


def _bring_up_to_date(connection: sqlite3.Connection, path: Path, today: date) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection, path)  # again: somebody else may have been faster
        if 0 < version < tables.VERSION:
            kept = _reserve(path, f"version-{version}-{today}")
            with closing(sqlite3.connect(path, timeout=BUSY_S)) as old, closing(sqlite3.connect(kept)) as backup:
                _copy(old, backup)
        if version < tables.VERSION:
            tables.upgrade(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _copy(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Copy all that is in *source*: by sqlite, since closing another handle of its file would drop the locks on it."""
    # With the lock in hand: the copying itself would wait for it for ever.
    source.execute("BEGIN")
    source.execute("SELECT count(*) FROM sqlite_master").fetchone()
    source.backup(target)


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """Return the version of the tables, 0 for a file with nothing in it.

    Raises Newer, and Damaged for a database that is no journal.
    """
    application, version, tables_there = _head(connection)
    if application == tables.APPLICATION and version > tables.VERSION:
        raise Newer(
            f"The journal {path} was written by a newer stretch (format {version}, this one knows {tables.VERSION})."
            " Install the newer version again to use it; nothing in it was changed."
        )
    if application == tables.APPLICATION and version:
        return int(version)
    if tables_there:
        raise damaged(path)
    return 0


def _head(connection: sqlite3.Connection) -> tuple[int, int, int]:
    """Return the application, the version and how many tables and indexes there are, all of one moment.

    Read one by one, a file that another session is just making would look like a database of something else.
    """
    begun = not connection.in_transaction
    if begun:
        connection.execute("BEGIN")
    try:
        found = [
            connection.execute(query).fetchone()[0]
            for query in ("SELECT count(*) FROM sqlite_master", "PRAGMA application_id", "PRAGMA user_version")
        ]
    finally:
        if begun:
            connection.execute("ROLLBACK")
    count, application, version = found
    return application, version, count


def _reserve(path: Path, what: str) -> Path:
    """Return a name beside *path* that says *what* it is, taken so that no other process takes it too."""
    number = 1
    while True:
        kept = path.with_name(f"{path.stem}-{what}{f'-{number}' if number > 1 else ''}{path.suffix}")
        try:
            _make_private(kept)
        except FileExistsError:
            number += 1
        else:
            return kept


def _make_private(path: Path) -> None:
    """Make an empty file that only its owner reads: pain scores are nobody else's business.

    Raises FileExistsError.
    """
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
