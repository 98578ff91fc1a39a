"""Files that are written in full or not at all, and that never overwrite a file by surprise."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from stretch.core.errors import StretchError


@contextmanager
def atomic_write(path: Path, *, durable: bool = False) -> Iterator[IO[bytes]]:
    """Open a temporary file that becomes *path* on success; with *durable* it is synced to the disk first.

    Several processes may do so at once: the last one wins. Raises OSError.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        file = temporary.open("wb")
    except OSError as error:
        # The user knows only the final name.
        raise type(error)(error.errno, error.strerror, str(path)) from None
    try:
        with file:
            yield file
            if durable:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def create_file(path: Path, text: str) -> None:
    """Write *text* to a new file.

    Raises StretchError if the file exists, OSError if it cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError as error:
        raise StretchError(f"{path} already exists. Choose another name or delete it first.") from error
