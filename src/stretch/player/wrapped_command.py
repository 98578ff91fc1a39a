"""A command that runs beside a session, in a process group of its own, and the end of its output."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from select import select
from threading import Event, Thread

from stretch.core.text import escape_control_chars
from stretch.storage.files.safe_io import create_locked, is_locked, make_private

NOT_EXECUTABLE, NOT_FOUND, SIGNALLED = 126, 127, 128
"""Exit codes of a shell for a command that cannot be started, and the base of those for a signal."""
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
GRACE_S, GONE_S, POLL_S = 5.0, 1.0, 0.02
"""Time that a command has to end after a signal that ends this process, and to be gone after it is killed."""
KEPT_FILES = 10
KEPT_BYTES, MOST_BYTES = 16 << 20, 64 << 20
"""The bytes that are kept of the beginning and of the end of an output when its file has reached MOST_BYTES."""
_CHUNK, _LAST_CHUNKS = 1 << 16, 64
"""The bytes that are read at once, and how often after the command has ended: what it left running may go on."""
_GAP = "\n[stretch: {:15} bytes are left out here]\n"
_SET_CHILD_SUBREAPER = 36
"""The option of Linux's prctl that makes this process the parent of all orphans among its descendants."""
TAIL_BYTES, MAX_LINE = 1 << 17, 500
"""The end of the output that is read, and the characters of a line that are printed."""
_SEQUENCES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-Z\\^-~])")
"""Escape sequences of terminals: colors and movements, titles and links, character sets."""


class WrappedCommand(subprocess.Popen[bytes]):
    """A command without standard input and terminal; both outputs go to *output*, if there is one.

    Raise OSError if it cannot be started.
    """

    def __init__(self, arguments: Sequence[str], output: OutputLog | None) -> None:
        stdout, stderr = (None, None) if output is None else (subprocess.PIPE, subprocess.STDOUT)
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        super().__init__(
            list(arguments), 0, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, start_new_session=True
        )
        if output is not None and self.stdout is not None:
            output.copy(self.stdout.fileno())

    @property
    def exit_code(self) -> int:
        """The exit code as a shell would report it; the command has ended."""
        code = self.wait()
        return SIGNALLED - code if code < 0 else code

    def send(self, number: int) -> bool:
        """Send signal *number* to the process group of the command; return whether there is anything left of it."""
        if sys.platform != "win32":
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)
                return True
        return False

    def end(self, number: int = signal.SIGTERM) -> None:
        """Send signal *number* to the command and all that it started, and after GRACE_S kill what is left."""
        # A process that is killed may have started another one just before.
        for first, again, seconds in ((number, 0, GRACE_S), (KILL, KILL, GONE_S)):
            deadline = time.monotonic() + seconds
            left = self._send_to_all(first)
            while left and time.monotonic() < deadline:
                time.sleep(POLL_S)
                left = self._send_to_all(again)
            if not left:
                return

    def _send_to_all(self, number: int) -> bool:
        if self.poll() is not None and sys.platform != "win32":
            with suppress(ChildProcessError):  # orphans that have ended
                while os.waitpid(-self.pid, os.WNOHANG)[0]:
                    pass
        outside = _descendants_outside(self.pid)
        for process in outside:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process, number)
        return self.send(number) or bool(outside)

    def close(self) -> None:
        """End the command if it still runs."""
        if self.poll() is None:
            self.end()


def start_error(error: OSError) -> int:
    """Return the exit code for a command that could not be started."""
    return NOT_FOUND if isinstance(error, (FileNotFoundError, NotADirectoryError)) else NOT_EXECUTABLE


def _descendants_outside(group: int) -> set[int]:
    """Return the living descendants of this process that are in other sessions, but not in *group*; on Linux only."""
    if sys.platform != "linux":
        return set()
    parents, outside = dict[int, int](), set[int]()
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # The name, in parentheses, may have any characters.
            state, parent, its_group, session, *_ = entry.read_text(errors="replace").rpartition(")")[2].split()
            process = int(entry.parent.name)
            parents[process] = int(parent)
            if state not in "ZX" and int(its_group) != group and int(session) != os.getsid(0):
                outside.add(process)
    descendants = {os.getpid()}
    while more := {process for process, parent in parents.items() if parent in descendants} - descendants:
        descendants |= more
    return outside & descendants


class OutputLog:
    """A new private file in *folder* to which a thread copies an output of any length. Raise OSError.

    Of an endless output only the beginning and the end are kept. Only the newest files are kept, and those that are
    still written to.
    """

    dropped = 0
    """The bytes that were left out."""
    problem: OSError | None = None
    """Why the rest of the output could not be kept."""

    def __init__(self, folder: Path, name: str) -> None:
        make_private(folder)
        for old in sorted(folder.glob("*.log"))[: -KEPT_FILES + 1]:
            with suppress(OSError):
                is_locked(old, remove=True)
        self.path = folder / f"{name}-{os.getpid()}.log"
        self._file = os.fdopen(create_locked(self.path), "wb", buffering=0)
        self._size, self._gap_end = 0, KEPT_BYTES
        self._thread, self._ended = Thread(), Event()

    def copy(self, source: int) -> None:
        """Start to copy from the descriptor *source*."""
        self._thread = Thread(target=self._copy, args=(source,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Copy what the command has left; it has ended."""
        self._ended.set()
        if self._thread.ident is not None:
            self._thread.join()
        self._file.close()

    def _copy(self, source: int) -> None:
        left = _LAST_CHUNKS
        while left:
            if select([source], (), (), POLL_S)[0]:
                data = os.read(source, _CHUNK)
                if not data:
                    return
                self._write(data)
                left -= self._ended.is_set()
            elif self._ended.is_set():
                return

    def _write(self, data: bytes) -> None:
        if self.problem is not None:
            return
        try:
            self._size += self._file.write(data)
            if self._size > MOST_BYTES:
                self._shorten()
        except OSError as error:
            # The command goes on, so its output must be read.
            self.problem = error

    def _shorten(self) -> None:
        """Leave out all but the beginning and the end."""
        start = self._size - KEPT_BYTES
        self.dropped += start - self._gap_end
        self._file.seek(KEPT_BYTES)
        self._file.write(_GAP.format(self.dropped).encode())
        self._gap_end = self._file.tell()
        with self.path.open("rb") as end:
            end.seek(start)
            while chunk := end.read(_CHUNK):
                self._file.write(chunk)
        self._file.truncate()
        self._size = self._file.tell()


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
