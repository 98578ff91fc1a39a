"""Standard streams that wait for a slow reader, fail in one way, and write something for every character."""

from __future__ import annotations

import codecs
import io
import os
import sys
from typing import Any

ERRORS = "stretch-replace"
"""Name of the codec error handler that replaces what an encoding lacks."""
CLOSED_TERMINAL, BROKEN_PIPE = 129, 141
"""Exit codes of a process that SIGHUP or SIGPIPE ends."""
_REPLACEMENTS = {
    **dict(zip("▁▂▃▄▅▆▇█▀", ".:-=+*%##", strict=True)),
    **dict(zip("▗▟▙▖·…–—─━‘’“”→←×░☐", "####..----''\"\"><x.o", strict=True)),  # noqa: RUF001
}
_UPPER_DOTS = 0x1B
"""The bits of the upper half of a braille character."""


class OutputFailed(Exception):
    """Standard output takes no more. Not an OSError, because click and rich handle those by themselves."""

    def __init__(self, error: OSError) -> None:
        super().__init__(error)
        self.error = error


class OutputFile(io.FileIO):
    """A file descriptor for output: writes wait while it is full, and after its first error they do nothing.

    The first error raises OutputFailed, unless the stream is *optional*, as messages to a person are.
    """

    def __init__(self, descriptor: int, *, optional: bool) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self._optional, self.failed = optional, False

    def write(self, data: Any) -> int:
        """Write *data*, or a part of it, and return the number of bytes."""
        try:
            while not self.failed:
                # None from a descriptor that somebody made non-blocking: its reader is slow.
                if (written := super().write(data)) is not None:
                    return written
                _wait_until_writable(self.fileno())
        except OSError as error:
            self.failed = True
            if not self._optional:
                raise OutputFailed(error) from None
        return len(data)


def prepare_streams() -> bool:
    """Replace the standard streams of this process by ones that never raise UnicodeError and never cut output.

    Return whether they are those of the process; the caller may have put others in their place.
    """
    codecs.register_error(ERRORS, _replace)
    own_process = sys.stdout is sys.__stdout__
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        stream = getattr(sys, name)
        if stream is None:
            # The null device, so that no other file gets the number of the closed stream.
            null = open(os.devnull, "w" if descriptor else "r", encoding="utf-8")  # noqa: SIM115, PTH123
            setattr(sys, name, null)
        elif isinstance(stream, io.TextIOWrapper):
            console = sys.platform == "win32" and stream.isatty()
            if descriptor and own_process and not console:
                setattr(sys, name, _wrap(descriptor, stream))
            else:
                stream.reconfigure(errors=ERRORS if descriptor else "replace")
    return own_process


def discard_output() -> None:
    """Drop what standard output has not taken yet, so that the process does not wait for its reader."""
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    if isinstance(raw, OutputFile):
        raw.failed = True


def _wrap(descriptor: int, stream: io.TextIOWrapper) -> io.TextIOWrapper:
    buffer = io.BufferedWriter(OutputFile(descriptor, optional=descriptor == 2))
    lines = stream.line_buffering or stream.write_through
    return io.TextIOWrapper(buffer, stream.encoding, ERRORS, line_buffering=lines)


def _wait_until_writable(descriptor: int) -> None:
    from select import select

    select([], [descriptor], [])


def _replace(error: UnicodeError) -> tuple[str, int]:
    """Return as many characters as *error* has that the encoding lacks: look-alikes, letters without accents or `?`."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_look_alike, error.object[error.start : error.end])), error.end


def _look_alike(character: str) -> str:
    dots = ord(character) - 0x2800
    if 0 <= dots < 0x100:
        upper, lower = (dots & _UPPER_DOTS).bit_count(), (dots & ~_UPPER_DOTS).bit_count()
        return " " if not dots else "#" if upper + lower > 5 else "'" if not lower else "." if not upper else ":"
    if character in _REPLACEMENTS:
        return _REPLACEMENTS[character]
    from unicodedata import combining, normalize

    letters = [each for each in normalize("NFKD", character) if not combining(each)]
    return letters[0] if len(letters) == 1 and letters[0].isascii() else "?"
