"""Child processes that play and speak: started without a shell and without waiting, killed at once, reaped."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from stretch.core.errors import UsageError
from stretch.core.timing.phases import NS_PER_MS

HANG_FACTOR, HANG_SLACK_MS = 3, 5_000
"""A program that runs this many times as long as expected, and this much more, hangs."""
TRY_TIMEOUT_S = 3.0
"""Longest that a working program takes for a word, or for a tenth of a second of silence."""
MAX_TEXT_BYTES = 4_000
"""Text for standard input is cut here: every pipe takes as much at once, so writing never blocks."""

CREATION_FLAGS: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)


class Process(Protocol):
    """A started program: a real one, or a stand-in with the same methods."""

    def poll(self) -> int | None:
        """Return the exit code, None while the program runs."""

    def kill(self) -> None:
        """Kill the program and all that it started."""

    def wait(self, timeout: float) -> int:
        """Wait for the end and return the exit code. Raise subprocess.TimeoutExpired after *timeout* seconds."""


StartProcess = Callable[[Sequence[str], bytes], Process]
"""Starts a program with these arguments and this standard input; raises OSError if it cannot be started."""
FindProgram = Callable[[str], str | None]
"""Returns the path of a program by its name, None if it is not installed."""


def split_command(command: str, purpose: str) -> tuple[str, ...]:
    """Return the words of *command* as a shell would split them. Raise UsageError, which names the *purpose*."""
    windows = sys.platform == "win32"
    try:
        # A backslash is part of a path on Windows.
        words = [word.strip('"') if windows else word for word in shlex.split(command, posix=not windows)]
    except ValueError as error:
        raise UsageError(f"The {purpose} command {command!r} cannot be read: {error}.") from None
    if not words:
        raise UsageError(f"The {purpose} command is empty.")
    return tuple(words)


Content = TypeVar("Content")


class ChildProcess(Struct, Generic[Content], eq=False):
    """A running program and the *content* it plays or speaks; *expected_ms* is how long that takes."""

    process: Process
    program: str
    content: Content
    expected_ms: int
    started_ns: int
    elapsed_ms: int = 0
    """Time it ran, set by `reap`."""
    failed: bool = False


class ProcessGroup(Generic[Content]):
    """The child processes for one purpose; *clock* returns nanoseconds."""

    def __init__(self, start: StartProcess, clock: Callable[[], int]) -> None:
        self._start, self._clock = start, clock
        self.running: list[ChildProcess[Content]] = []
        self._killed: list[Process] = []

    def start(self, arguments: Sequence[str], content: Content, expected_ms: int, text: str = "") -> None:
        """Start a program that plays *content* in *expected_ms*. Raise OSError if it cannot be started."""
        process = self._start(arguments, text.encode()[:MAX_TEXT_BYTES])
        self.running.append(ChildProcess(process, arguments[0], content, expected_ms, self._clock()))

    def kill(self, child: ChildProcess[Content]) -> None:
        """Kill *child*; it is reaped later."""
        self.running.remove(child)
        child.process.kill()
        self._killed.append(child.process)

    def kill_all(self) -> None:
        """Kill all running programs."""
        for child in tuple(self.running):
            self.kill(child)

    def reap(self) -> list[ChildProcess[Content]]:
        """Return the programs that ended by themselves since the last call. One that hangs is killed and has failed."""
        self._killed = [process for process in self._killed if process.poll() is None]
        ended: list[ChildProcess[Content]] = []
        for child in tuple(self.running):
            child.elapsed_ms = (self._clock() - child.started_ns) // NS_PER_MS
            code = child.process.poll()
            if code is not None:
                self.running.remove(child)
            elif child.elapsed_ms > HANG_FACTOR * child.expected_ms + HANG_SLACK_MS:
                self.kill(child)
            else:
                continue
            child.failed = code != 0
            ended.append(child)
        return ended

    def wait(self, timeout: float) -> None:
        """Wait until the running programs have ended, *timeout* seconds at most for each."""
        for child in self.running:
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(timeout)

    def close(self) -> None:
        """Kill all running programs and wait until they are gone."""
        self.kill_all()
        for process in self._killed:
            with suppress(subprocess.TimeoutExpired):
                process.wait(1.0)
        self._killed.clear()


def try_program(start: StartProcess, arguments: Sequence[str], text: str = "") -> str:
    """Return why a program that should soon have done its work has not; empty if it has."""
    try:
        process = start(arguments, text.encode())
        if process.wait(TRY_TIMEOUT_S) == 0:
            return ""
    except OSError as error:
        return error.strerror or str(error)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(TRY_TIMEOUT_S)
    return "fails"


class Subprocess(subprocess.Popen[bytes]):
    """A program in its own session: Ctrl-C does not reach it, and `kill` also ends what it started.

    It reads *text* as its standard input, and its output is discarded.
    """

    def __init__(self, arguments: Sequence[str], text: bytes) -> None:
        super().__init__(
            list(arguments),
            stdin=subprocess.PIPE if text else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=sys.platform != "win32",
            creationflags=CREATION_FLAGS,
        )
        if self.stdin:
            # A program that ends before it has read its text shows that by its exit code.
            with suppress(OSError):
                self.stdin.write(text)
            with suppress(OSError):
                self.stdin.close()

    def kill(self) -> None:
        """Kill the program and all that it started."""
        if sys.platform == "win32":
            super().kill()
        elif self.poll() is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
