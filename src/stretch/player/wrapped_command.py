"""A command that runs beside a session, in a process group of its own, and the end of its output."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from stretch.core.text import escape_control_chars
from stretch.storage.files.safe_io import create_locked, is_locked, make_private

NOT_EXECUTABLE, NOT_FOUND, SIGNALLED = 126, 127, 128
"""Exit codes of a shell for a command that cannot be started, and the base of those for a signal."""
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
GRACE_S, GONE_S, POLL_S = 5.0, 1.0, 0.02
"""Time that a command has to end after a signal that ends this process, and to be gone after it is killed."""
KEPT_FILES = 10
TAIL_BYTES, MAX_LINE = 1 << 17, 500
"""The end of the output that is read, and the characters of a line that are printed."""
_SEQUENCES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-Z\\^-~])")
"""Escape sequences of terminals: colors and movements, titles and links, character sets."""


class WrappedCommand(subprocess.Popen[bytes]):
    """A command without standard input and terminal; both outputs go to the descriptor *output*, if there is one.

    Raise OSError if it cannot be started.
    """

    def __init__(self, arguments: Sequence[str], output: int | None) -> None:
        merged = None if output is None else subprocess.STDOUT
        super().__init__(
            list(arguments), stdin=subprocess.DEVNULL, stdout=output, stderr=merged, start_new_session=True
        )

    @property
    def exit_code(self) -> int:
        """The exit code as a shell would report it; the command has ended."""
        code = self.wait()
        return SIGNALLED - code if code < 0 else code

    def send(self, number: int) -> bool:
        """Send signal *number* to the command and all that it started; return whether there is anything left of it."""
        if sys.platform != "win32":
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)
                return True
        return False

    def end(self, number: int = signal.SIGTERM) -> None:
        """Send signal *number*, and after GRACE_S kill what is left of the command."""
        for each, seconds in ((number, GRACE_S), (KILL, GONE_S)):
            deadline = time.monotonic() + seconds
            left = self.send(each)
            while left and time.monotonic() < deadline:
                self.poll()
                time.sleep(POLL_S)
                left = self.send(0)
            if not left:
                return

    def close(self) -> None:
        """End the command if it still runs."""
        if self.poll() is None:
            self.end()


def start_error(error: OSError) -> int:
    """Return the exit code for a command that could not be started."""
    return NOT_FOUND if isinstance(error, (FileNotFoundError, NotADirectoryError)) else NOT_EXECUTABLE


def create_output(folder: Path, name: str) -> tuple[int, Path]:
    """Return a descriptor and the path of a new private file in *folder*, for output. Raise OSError.

    Only the newest files are kept, and those that are still written to.
    """
    make_private(folder)
    for old in sorted(folder.glob("*.log"))[: -KEPT_FILES + 1]:
        with suppress(OSError):
            is_locked(old, remove=True)
    path = folder / f"{name}-{os.getpid()}.log"
    return create_locked(path), path


def last_lines(path: Path, count: int) -> tuple[list[str], bool]:
    """Return the last lines of the file *path*, *count* at most and safe to print, and whether they are all of it."""
    with path.open("rb") as file:
        start = max(file.seek(0, os.SEEK_END) - TAIL_BYTES, 0)
        file.seek(start)
        lines = file.read(TAIL_BYTES).decode(errors="backslashreplace").removesuffix("\n").split("\n")
    # The first line is cut, unless there is no other.
    lines = lines[1:] if start and len(lines) > 1 else lines
    whole = not start and len(lines) <= count
    return ([] if lines == [""] else [printable(line) for line in lines[-count:]]), whole


def printable(line: str) -> str:
    """Return *line* as a terminal would leave it, without escape sequences and control characters."""
    # A progress bar writes over its line.
    line = _SEQUENCES.sub("", line).rstrip("\r").rpartition("\r")[2]
    line = escape_control_chars(line.expandtabs())
    return line if len(line) <= MAX_LINE else f"{line[:MAX_LINE]}..."
