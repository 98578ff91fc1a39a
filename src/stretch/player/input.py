"""Keyboard input and signals: bytes become named keys, signals become events that the session loop reads."""

from __future__ import annotations

import codecs
import os
import re
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any, NamedTuple


class InputEvent(NamedTuple):
    """A key, the number of a signal or the return from a suspension; all empty after a timeout."""

    key: str | None = None
    signal: int | None = None
    suspended: bool = False


_KEY_NAMES = {
    "\x1b[A": "up", "\x1b[B": "down", "\x1b[C": "right", "\x1b[D": "left",
    "\x1bOA": "up", "\x1bOB": "down", "\x1bOC": "right", "\x1bOD": "left",
    " ": "space", "\n": "enter", "\r": "enter", "\t": "tab",
}  # fmt: skip
# Enter is "\n" or "\r": Python 3.12.0 and 3.12.1 clear ICRNL in cbreak mode.

_TOKEN = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[NO].|\x1b[^\[NO\x1b]|\x1b|.", re.DOTALL)
_UNFINISHED = re.compile(r"\x1b(\[[0-?]*[ -/]*|[NO])?$")
PASTE_START, PASTE_END = "\x1b[200~", "\x1b[201~"
"""Markers around pasted text in bracketed paste mode."""


class KeyDecoder:
    """Incremental decoder of terminal input into key names. Pasted text and unknown sequences are ignored."""

    def __init__(self) -> None:
        self._utf8 = codecs.getincrementaldecoder("utf-8")("ignore")
        self._unfinished = ""
        self._pasting = False

    def feed(self, data: bytes) -> list[str]:
        """Return the names of the keys in *data*; an unfinished sequence is kept for the next call."""
        text = self._unfinished + self._utf8.decode(data)
        unfinished = _UNFINISHED.search(text)
        self._unfinished = text[unfinished.start() :] if unfinished else ""
        keys = []
        for token in _TOKEN.findall(text[: len(text) - len(self._unfinished)]):
            if token in (PASTE_START, PASTE_END):
                self._pasting = token == PASTE_START
            elif not self._pasting and (len(token) == 1 or token in _KEY_NAMES):
                keys.append(_KEY_NAMES.get(token, token))
        return [key for key in keys if key.isprintable()]

    def drop_unfinished(self) -> None:
        """Forget an unfinished sequence. Nothing followed, so it was the Escape key, which has no function."""
        self._unfinished = ""


_CONSOLE_ARROWS = {"H": "up", "P": "down", "M": "right", "K": "left"}


def console_keys(kbhit: Callable[[], bool], getwch: Callable[[], str]) -> list[str]:
    """Return the keys waiting in a Windows console, read by the msvcrt functions *kbhit* and *getwch*.

    A character 0 or 0xE0 announces a special key. 0xE0 alone, with nothing after it, is the letter.
    """
    keys = []
    while kbhit():
        first = getwch()
        if first == "\x00" or (first == "\xe0" and kbhit()):
            if arrow := _CONSOLE_ARROWS.get(getwch()):
                keys.append(arrow)
        else:
            keys.append(_KEY_NAMES.get(first, first))
    return [key for key in keys if key.isprintable()]


CAUGHT_SIGNALS: tuple[signal.Signals, ...] = (signal.SIGINT, signal.SIGTERM)
if sys.platform != "win32":
    CAUGHT_SIGNALS += (signal.SIGHUP, signal.SIGTSTP)


class SignalCatcher:
    """Context manager that queues the signals that end or suspend a session and wakes `select` for each."""

    def __init__(self) -> None:
        self._pending: list[int] = []
        self._handlers: dict[signal.Signals, Any] = {}
        self._pipe: tuple[int, int] | None = None
        self._old_wakeup = -1

    def __enter__(self) -> SignalCatcher:
        if sys.platform != "win32":
            self._pipe = os.pipe()
            for end in self._pipe:
                os.set_blocking(end, False)
            self._old_wakeup = signal.set_wakeup_fd(self._pipe[1], warn_on_full_buffer=False)
        for number in CAUGHT_SIGNALS:
            # A signal that is ignored, as by nohup, stays ignored.
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._handlers[number] = signal.signal(number, self._queue)
        return self

    def __exit__(self, *exception: object) -> None:
        for number, old in self._handlers.items():
            signal.signal(number, old if old is not None else signal.SIG_DFL)
        if self._pipe:
            signal.set_wakeup_fd(self._old_wakeup)
            for end in self._pipe:
                os.close(end)

    @property
    def wakeup_fd(self) -> int | None:
        """File descriptor that becomes readable when a signal arrives; None on Windows."""
        return self._pipe[0] if self._pipe else None

    def next_signal(self) -> int | None:
        """Return and remove the oldest queued signal, None if there is none."""
        if self._pipe:
            with suppress(BlockingIOError):
                os.read(self._pipe[0], 64)
        return self._pending.pop(0) if self._pending else None

    def _queue(self, number: int, frame: FrameType | None) -> None:
        self._pending.append(number)
