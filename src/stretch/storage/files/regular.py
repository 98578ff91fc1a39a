"""Reading of regular files only: pipes, devices and endless files are refused at once."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path
from typing import IO

from stretch.core.errors import StretchError

MAX_BYTES = 1 << 20
"""Size of one file; the largest shipped one has a twentieth of it."""
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
"""With these, opening a pipe or a device returns at once; Windows knows only the last."""
_DESCRIPTOR_FOLDERS = ("/dev/fd", f"/proc/{os.getpid()}/fd")


class UnreadableFile(Exception):
    """A file that is not used: the problem, and the line, from 1, where it shows."""

    def __init__(self, problem: str, line: int = 1) -> None:
        self.line = line
        super().__init__(problem)


def open_regular(path: Path) -> int:
    """Return a descriptor of the regular file *path*. Raises OSError, and UnreadableFile for anything else."""
    try:
        descriptor = os.open(path, _READ)
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            return descriptor
        os.close(descriptor)
    except OSError as error:
        if error.errno != errno.ENXIO:  # a socket
            raise
    raise UnreadableFile("is not a regular file")


def read_regular(path: Path) -> bytes:
    """Return the content of the regular file *path*. Raises OSError, and UnreadableFile if it is larger than 1 MiB."""
    with os.fdopen(open_regular(path), "rb", buffering=0) as file:
        # The size may be wrong: a file can grow, and those of /proc say 0.
        size, chunks = os.fstat(file.fileno()).st_size, []
        while size <= MAX_BYTES and (chunk := file.read(1 << 16)):
            chunks.append(chunk)
            size = max(size, sum(map(len, chunks)))
    if size > MAX_BYTES:
        raise UnreadableFile(f"is larger than {MAX_BYTES >> 20} MiB, the limit for one file; split it")
    return b"".join(chunks)


def open_input(path: Path) -> IO[bytes]:
    """Return the regular file *path*, or what an open descriptor such as /dev/stdin reads, open for reading.

    Raises OSError, and StretchError for anything else.
    """
    try:
        descriptor = descriptor_of(path)
        return os.fdopen(open_regular(path) if descriptor is None else os.dup(descriptor), "rb")
    except UnreadableFile as error:
        raise StretchError(f"{path} {error}.") from None


def descriptor_of(path: Path) -> int | None:
    """Return the open descriptor that *path* stands for, such as 1 for /dev/stdout or 3 for /dev/fd/3."""
    for _ in range(40 if sys.platform != "win32" else 0):  # as many links as Linux follows
        if len(path.name) < 10 and path.name.isdecimal() and os.path.realpath(path.parent) in _DESCRIPTOR_FOLDERS:
            return int(path.name)
        if not path.is_symlink():
            break
        path = path.parent / path.readlink()
    return None
