"""Signals become something to be read: no handler here does more than note its number and wake the reader."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any

if sys.platform == "win32":
    CAUGHT: tuple[signal.Signals, ...] = (signal.SIGINT, signal.SIGTERM)
    SUSPEND: signal.Signals | None = None
else:
    CAUGHT = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP)
    SUSPEND = signal.SIGTSTP


class Signals:
    """While entered, gathers the signals that end or suspend a session; the old handlers come back on leaving."""

    def __init__(self) -> None:
        self._pending: list[int] = []
        self._old: dict[signal.Signals, Any] = {}
        self._pipe: tuple[int, int] | None = None
        self._old_wakeup = -1

    def __enter__(self) -> Signals:
        if sys.platform != "win32":
            self._pipe = os.pipe()
            for end in self._pipe:
                os.set_blocking(end, False)
            self._old_wakeup = signal.set_wakeup_fd(self._pipe[1], warn_on_full_buffer=False)
        for number in CAUGHT:
            # Whoever had a signal ignored, as nohup does, meant it.
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._old[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, old in self._old.items():
            signal.signal(number, old if old is not None else signal.SIG_DFL)
        if self._pipe:
            signal.set_wakeup_fd(self._old_wakeup)
            for end in self._pipe:
                os.close(end)

    @property
    def descriptor(self) -> int | None:
        """What `select` waits on beside the keyboard; None where the system has no such thing."""
        return self._pipe[0] if self._pipe else None

    def take(self) -> int | None:
        """Return the number of a signal that came, each once."""
        if self._pipe:
            with suppress(BlockingIOError):
                os.read(self._pipe[0], 64)
        return self._pending.pop(0) if self._pending else None

    def suspend(self, leave: Callable[[], None], enter: Callable[[], None]) -> None:
        """Give the terminal back, stop the process as Ctrl-Z asks, and take the terminal again when it goes on."""
        if sys.platform == "win32":
            return
        leave()
        os.kill(os.getpid(), signal.SIGSTOP)
        enter()

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._pending.append(number)
