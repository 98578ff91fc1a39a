"""Keyboard input and signals: bytes become named keys, signals become events that the session loop reads."""

from __future__ import annotations

import atexit
import os
import select
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any, NamedTuple

from stretch.player.key_decoder import KEY_NAMES


class InputEvent(NamedTuple):
    """A key, the number of a signal, the return from a suspension or the end of a freeze; all empty after a timeout."""

    key: str | None = None
    signal: int | None = None
    suspended: bool = False
    frozen_ns: int = 0
    """Time for which the process or the machine stood still, before the event."""


_CONSOLE_KEYS = {"H": "up", "P": "down", "M": "right", "K": "left", "I": "page up", "Q": "page down"}


def console_keys(kbhit: Callable[[], bool], getwch: Callable[[], str]) -> list[str]:
    """Return the keys waiting in a Windows console, read by the msvcrt functions *kbhit* and *getwch*.

    A character 0 or 0xE0 announces a special key. 0xE0 alone, with nothing after it, is the letter.
    """
    keys = []
    while kbhit():
        first = getwch()
        if first == "\x00" or (first == "\xe0" and kbhit()):
            if special := _CONSOLE_KEYS.get(getwch()):
                keys.append(special)
        else:
            keys.append(KEY_NAMES.get(first, first))
    return [key for key in keys if key.isprintable()]


OUTPUT_TIMEOUT_S = 0.5
"""After a signal that ends the session, output that nobody takes is waited for this long."""
OUTPUT_CHECKS = 4

if sys.platform == "win32":
    CAUGHT_SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGBREAK}
    RAISED_AGAIN: frozenset[int] = frozenset()
else:
    CAUGHT_SIGNALS = signal.valid_signals() - {
        signal.SIGKILL, signal.SIGSTOP, signal.SIGTTIN, signal.SIGTTOU, signal.SIGCHLD, signal.SIGURG, signal.SIGWINCH,
        getattr(signal, "SIGINFO", signal.SIGKILL),
        # After a fault the program cannot go on.
        signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL,
    }  # fmt: skip
    RAISED_AGAIN = frozenset(
        {signal.SIGQUIT, signal.SIGABRT, signal.SIGTRAP, signal.SIGSYS, signal.SIGXCPU, signal.SIGXFSZ}
    )
    """Signals that ask for a core dump: when the session is kept, their default action follows."""


class SignalCatcher:
    """Context manager that queues the signals that end or suspend a process and wakes `select` for each."""

    def __init__(self) -> None:
        self._continued = False
        self._pending: list[int] = []
        self._handlers: dict[int, Any] = {}
        self._pipe: tuple[int, int] | None = None
        self._old_wakeup = -1
        self._checks_left = 0

    def __enter__(self) -> SignalCatcher:
        if sys.platform != "win32":
            self._pipe = os.pipe()
            for end in self._pipe:
                os.set_blocking(end, False)
            self._old_wakeup = signal.set_wakeup_fd(self._pipe[1], warn_on_full_buffer=False)
        for number in CAUGHT_SIGNALS:
            # A signal that is ignored, as by nohup, stays ignored, and so does the handler of a C library.
            if signal.getsignal(number) not in (signal.SIG_IGN, None):
                self._handlers[number] = signal.signal(number, self._queue)
        return self

    def __exit__(self, *exception: object) -> None:
        for number, old in self._handlers.items():
            if sys.platform == "win32" or number != signal.SIGALRM or not self._checks_left:
                signal.signal(number, old)
        if self._pipe:
            signal.set_wakeup_fd(self._old_wakeup)
            for end in self._pipe:
                os.close(end)

    @property
    def wakeup_fd(self) -> int | None:
        """File descriptor that becomes readable when a signal arrives; None on Windows."""
        return self._pipe[0] if self._pipe else None

    def clear_wakeups(self) -> None:
        """Read what made `wakeup_fd` readable."""
        if self._pipe:
            os.read(self._pipe[0], 64)

    def was_continued(self) -> bool:
        """Return whether SIGCONT came since the last call."""
        continued, self._continued = self._continued, False
        return continued

    def next_signal(self) -> int | None:
        """Return and remove the oldest queued signal, None if there is none."""
        return self._pending.pop(0) if self._pending else None

    def _queue(self, number: int, frame: FrameType | None) -> None:
        if sys.platform != "win32":
            if number == signal.SIGCONT:
                self._continued = True
                return
            if number == signal.SIGALRM and self._checks_left:
                self._check_output()
                return
            if number != signal.SIGTSTP and not self._checks_left:
                self._checks_left = OUTPUT_CHECKS
                signal.setitimer(signal.ITIMER_REAL, OUTPUT_TIMEOUT_S)
                atexit.register(signal.setitimer, signal.ITIMER_REAL, 0)
        self._pending.append(number)

    if sys.platform != "win32":

        def _check_output(self) -> None:
            """Discard the output that nobody takes: a write that waits is interrupted by this signal and goes on."""
            for stream in (1, 2):
                with suppress(OSError):
                    poller = select.poll()
                    poller.register(stream, select.POLLOUT)
                    if not poller.poll(0):
                        null = os.open(os.devnull, os.O_WRONLY)
                        os.dup2(null, stream)
                        os.close(null)
            self._checks_left -= 1
            if self._checks_left:
                signal.setitimer(signal.ITIMER_REAL, OUTPUT_TIMEOUT_S)


def raise_again(number: int) -> None:
    """End the process by signal *number* if its default action is more than to end it."""
    if number in RAISED_AGAIN:
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
