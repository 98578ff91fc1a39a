"""Other programs: started without waiting and never through a shell, cut at once, reaped when they end."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Generic, Protocol, TypeVar

from stretch.core.errors import UsageError

NS_PER_MS = 1_000_000
SLOW, SLACK_MS = 3, 5_000
"""A program that takes so many times as long as it should, and this much more, will never end by itself."""
LONGEST_TEXT = 4_000
"""Bytes of text handed over; every pipe takes these at once, so that writing never waits for the reader."""

if sys.platform == "win32":
    NO_WINDOW = subprocess.CREATE_NO_WINDOW
else:
    NO_WINDOW = 0


class Process(Protocol):
    """A program that runs, or has ended."""

    def poll(self) -> int | None:
        """Return its exit code, None while it runs."""

    def kill(self) -> None:
        """End it and all that it started, now."""

    def wait(self, timeout: float) -> int:
        """Return its exit code when it has ended; raises subprocess.TimeoutExpired."""


StartProcess = Callable[[Sequence[str], bytes], Process]
"""Starts a program with these arguments and this text on its standard input; raises OSError where it cannot."""
FindProgram = Callable[[str], str | None]
"""Returns the path of a program by its name, None for one that is not there."""


def start(arguments: Sequence[str], text: bytes) -> Process:
    """StartProcess a program, silent but for what it plays."""
    return _Program(arguments, text)


def split_command(template: str, what: str) -> tuple[str, ...]:
    """Return the words of a command as a shell would split them; raises UsageError, which names *what* it is for."""
    windows = sys.platform == "win32"
    try:
        # A backslash is part of a path on Windows.
        parts = [part.strip('"') if windows else part for part in shlex.split(template, posix=not windows)]
    except ValueError as error:
        raise UsageError(f"The {what} command {template!r} cannot be read: {error}.") from None
    if not parts:
        raise UsageError(f"The {what} command is empty.")
    return tuple(parts)


What = TypeVar("What")


class ChildProcess(Generic[What]):
    """One program under way: what it plays, for how many milliseconds, since when, and how it ended."""

    def __init__(self, process: Process, program: str, what: What, lasts: int, since: int) -> None:
        self.process, self.program, self.what, self.lasts, self.since = process, program, what, lasts, since
        self.took = 0
        """Milliseconds it ran, once it has ended."""
        self.failed = False


class ProcessGroup(Generic[What]):
    """Starts programs and keeps those that run; *clock* gives nanoseconds."""

    def __init__(self, start: StartProcess, clock: Callable[[], int]) -> None:
        self._start, self._clock = start, clock
        self.running: list[ChildProcess[What]] = []
        self._cut: list[Process] = []

    def start(self, arguments: Sequence[str], what: What, lasts: int, text: str = "") -> None:
        """Start a program that plays *what* for *lasts* milliseconds; raises OSError where it cannot be started."""
        now = self._clock()
        process = self._start(arguments, text.encode()[:LONGEST_TEXT])
        self.running.append(ChildProcess(process, arguments[0], what, lasts, now))

    def kill(self, run: ChildProcess[What]) -> None:
        """End a program now."""
        self.running.remove(run)
        run.process.kill()
        self._cut.append(run.process)

    def kill_all(self) -> None:
        """End all of them now."""
        for run in tuple(self.running):
            self.kill(run)

    def reap(self) -> list[ChildProcess[What]]:
        """Return what ended by itself since the last call; what hangs is cut and has failed."""
        self._cut = [process for process in self._cut if process.poll() is None]
        over: list[ChildProcess[What]] = []
        for run in tuple(self.running):
            run.took = (self._clock() - run.since) // NS_PER_MS
            code = run.process.poll()
            if code is not None:
                self.running.remove(run)
            elif run.took > SLOW * run.lasts + SLACK_MS:
                self.kill(run)
            else:
                continue
            run.failed = code != 0
            over.append(run)
        return over

    def finish(self, longest_s: float) -> None:
        """Wait until all has ended by itself, at most this long."""
        for run in self.running:
            with suppress(subprocess.TimeoutExpired):
                run.process.wait(longest_s)

    def close(self) -> None:
        """End all that still runs and wait until it has."""
        self.kill_all()
        for process in self._cut:
            with suppress(subprocess.TimeoutExpired):
                process.wait(1.0)
        self._cut.clear()


class _Program:
    """A program in a session of its own, so that Ctrl-C in the terminal is ours alone and nothing it starts is left."""

    def __init__(self, arguments: Sequence[str], text: bytes) -> None:
        self._popen = subprocess.Popen(
            list(arguments),
            stdin=subprocess.PIPE if text else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=sys.platform != "win32",
            creationflags=NO_WINDOW,
        )
        if self._popen.stdin:
            # Whoever ends before it has read its text has failed, which its exit code says.
            with suppress(BrokenPipeError, OSError):
                self._popen.stdin.write(text)
            with suppress(BrokenPipeError, OSError):
                self._popen.stdin.close()

    def poll(self) -> int | None:
        return self._popen.poll()

    def kill(self) -> None:
        if sys.platform == "win32":
            self._popen.kill()
        elif self._popen.poll() is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._popen.pid, signal.SIGKILL)

    def wait(self, timeout: float) -> int:
        return self._popen.wait(timeout)
