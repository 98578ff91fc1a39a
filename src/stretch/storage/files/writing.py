"""Files that are there in full or not at all, and that never take the place of what somebody else wrote."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from stretch.core.errors import StretchError


@contextmanager
def whole(path: Path, *, lasting: bool = False) -> Iterator[IO[bytes]]:
    """Give a file to write that takes the name *path* only when all of it is there; *lasting*: on the disk.

    Two processes may do so at the same time: each writes its own, and the last one stays. Raises OSError.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        file = fresh.open("wb")
    except OSError as error:
        # Nobody has heard of the other name.
        raise type(error)(error.errno, error.strerror, str(path)) from None
    try:
        with file:
            yield file
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def begin(path: Path, text: str) -> None:
    """Write a file that was not there.

    Raises StretchError where it is there, OSError where it cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError as error:
        raise StretchError(f"{path} is there already; take another name, or take the file away.") from error
