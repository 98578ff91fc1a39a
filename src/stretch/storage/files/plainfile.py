"""The bytes of a file of unknown origin: a regular file of bounded size, and never waited for."""

from __future__ import annotations

import os
import stat
from pathlib import Path

MOST_BYTES = 1 << 20
"""A file of the catalog may have this many; the largest shipped one has a twentieth."""
MOST_BYTES_IN_ALL = 10 << 20
MOST_FILES = 10_000
"""All catalogs of one's own together may have these."""

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
"""A pipe or a device opened like this answers at once, and is then seen for what it is; Windows has only the last."""
_PIECE = 1 << 16


class Unreadable(Exception):
    """Why a file is not read, as the end of a sentence that begins with its name."""


class Allowance:
    """How much may still be read: bytes and files are counted down over all catalogs of one's own."""

    def __init__(self) -> None:
        self.bytes, self.files = MOST_BYTES_IN_ALL, MOST_FILES

    def take(self, size: int) -> None:
        """Count one file of *size* bytes.

        Raises Unreadable when that is too much.
        """
        self.bytes -= size
        self.files -= 1
        if self.bytes < 0:
            raise Unreadable(f"is too much; all catalogs together have at most {MOST_BYTES_IN_ALL >> 20} MiB")
        if self.files < 0:
            raise Unreadable(f"is too much; all catalogs together have at most {MOST_FILES} files")


def read(path: Path, allowance: Allowance | None = None) -> bytes:
    """Return the bytes of the regular file *path*, at most 1 MiB; an *allowance* counts them.

    Raises Unreadable for anything else: a pipe, a device, a folder, a loop of links, a file that is too large.
    """
    try:
        descriptor = os.open(path, _FLAGS)
        try:
            return _read(descriptor, allowance)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # a zero byte in the name
        raise Unreadable("cannot be read: its name is no file name") from error


def _read(descriptor: int, allowance: Allowance | None) -> bytes:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable("is not a plain file; a catalog is read from plain files only")
    size, pieces = status.st_size, []
    # What the size says may be wrong: a file can grow, and those of /proc say 0.
    while size <= MOST_BYTES and (piece := os.read(descriptor, _PIECE)):
        pieces.append(piece)
        size = max(size, sum(map(len, pieces)))
    if size > MOST_BYTES:
        raise Unreadable(f"is larger than {MOST_BYTES >> 20} MiB, the most a file of a catalog may be; split it")
    if allowance is not None:
        allowance.take(size)
    return b"".join(pieces)
