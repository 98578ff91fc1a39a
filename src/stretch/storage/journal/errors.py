"""What can go wrong with the file of the journal, each with the sentence a person reads."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stretch.core.errors import StretchError


class JournalError(StretchError):
    """The journal cannot be read or written; the sentence says which file and why."""


class Busy(JournalError):
    """Another program holds the file; later it may be free."""


class Damaged(JournalError):
    """The file is there and is no journal, or is one no longer."""


class Moved(JournalError):
    """The file has another name now, as when another session set it aside; opened again, there is a new one."""


class Newer(JournalError):
    """A later version of the program wrote the file."""


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turn what sqlite and the system complain of into a JournalError with one sentence about *path*."""
    try:
        yield
    except sqlite3.Error as error:
        raise _told(path, error) from error
    except OSError as error:
        raise JournalError(f"The journal {path} cannot be used: {error.strerror or error}.") from error


def _told(path: Path, error: sqlite3.Error) -> JournalError:
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if code is not None else None
    if code == sqlite3.SQLITE_READONLY_DBMOVED:
        return Moved(f"The journal {path} was moved or removed while it was in use.")
    match primary:
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return damaged(path)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return Busy(f"The journal {path} is in use by another program that does not let go of it.")
        case sqlite3.SQLITE_FULL:
            return JournalError(f"The journal {path} cannot be written: the disk is full.")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return JournalError(f"The journal {path} cannot be written: the folder or the file is read-only.")
        case sqlite3.SQLITE_CANTOPEN:
            return JournalError(f"The journal {path} cannot be opened: look at the folder and its permissions.")
    return JournalError(f"The journal {path} cannot be used: {error}.")


def damaged(path: Path) -> Damaged:
    """Return the error for a file that is no journal, or is one no longer."""
    return Damaged(f"The journal {path} is damaged. The next session sets it aside and begins a new one.")
