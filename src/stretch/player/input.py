"""Keyboard input and signals: bytes become named keys, signals become events that the session loop reads."""

from __future__ import annotations

import codecs
import os
import re
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any


class InputEvent:
    """One thing that came in while waiting: a key, the number of a signal, or the return from a suspension."""

    def __init__(self, key: str | None = None, signal: int | None = None, suspended: bool = False) -> None:
        self.key, self.signal, self.suspended = key, signal, suspended


_NAMES = {
    "\x1b[A": "up", "\x1b[B": "down", "\x1b[C": "right", "\x1b[D": "left",
    "\x1bOA": "up", "\x1bOB": "down", "\x1bOC": "right", "\x1bOD": "left",
    " ": "space", "\n": "enter", "\r": "enter", "\t": "tab",
}  # fmt: skip
# Enter arrives as either of the two: Python 3.12.0 and 3.12.1 clear ICRNL in cbreak mode.

_TOKEN = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[NO].|\x1b[^\[NO\x1b]|\x1b|.", re.DOTALL)
_UNFINISHED = re.compile(r"\x1b(\[[0-?]*[ -/]*|[NO])?$")
PASTE_BEGINS, PASTE_ENDS = "\x1b[200~", "\x1b[201~"
"""What a terminal in bracketed paste mode sends around pasted text."""


class KeyDecoder:
    """Turns what was read into keys, however it was cut into reads."""

    def __init__(self) -> None:
        self._text = codecs.getincrementaldecoder("utf-8")("ignore")
        self._rest = ""
        self._pasting = False

    def feed(self, data: bytes) -> list[str]:
        """Return the names of the keys in *data*; a sequence that is not finished waits for the next call."""
        text = self._rest + self._text.decode(data)
        unfinished = _UNFINISHED.search(text)
        self._rest = text[unfinished.start() :] if unfinished else ""
        keys = []
        for token in _TOKEN.findall(text[: len(text) - len(self._rest)]):
            if token in (PASTE_BEGINS, PASTE_ENDS):
                self._pasting = token == PASTE_BEGINS
            elif not self._pasting and (name := _NAMES.get(token, token)) and (len(token) == 1 or token in _NAMES):
                keys.append(name)
        return [key for key in keys if key.isprintable()]

    def idle(self) -> None:
        """Forget an unfinished sequence: nothing followed, so it was the Escape key, which does nothing here."""
        self._rest = ""


_CONSOLE_ARROWS = {"H": "up", "P": "down", "M": "right", "K": "left"}


def console_keys(kbhit: Callable[[], bool], getwch: Callable[[], str]) -> list[str]:
    """Return the keys waiting in a Windows console, by the two functions of msvcrt.

    A first character of 0 or 0xE0 announces a special key; the latter is also a letter, which nothing follows.
    """
    keys = []
    while kbhit():
        first = getwch()
        if first == "\x00" or (first == "\xe0" and kbhit()):
            if arrow := _CONSOLE_ARROWS.get(getwch()):
                keys.append(arrow)
        else:
            keys.append(_NAMES.get(first, first))
    return [key for key in keys if key.isprintable()]


if sys.platform == "win32":
    CAUGHT: tuple[signal.Signals, ...] = (signal.SIGINT, signal.SIGTERM)
    SUSPEND: signal.Signals | None = None
else:
    CAUGHT = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP)
    SUSPEND = signal.SIGTSTP


class SignalCatcher:
    """While entered, gathers the signals that end or suspend a session; the old handlers come back on leaving."""

    def __init__(self) -> None:
        self._pending: list[int] = []
        self._old: dict[signal.Signals, Any] = {}
        self._pipe: tuple[int, int] | None = None
        self._old_wakeup = -1

    def __enter__(self) -> SignalCatcher:
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
