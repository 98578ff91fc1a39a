"""Keyboard input and signals: bytes become named keys, signals become events that the session loop reads."""

from __future__ import annotations

import atexit
import os
import re
import select
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any, NamedTuple


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


KEY_NAMES = {
    "\x1b[A": "up", "\x1b[B": "down", "\x1b[C": "right", "\x1b[D": "left",
    "\x1bOA": "up", "\x1bOB": "down", "\x1bOC": "right", "\x1bOD": "left",
    "\x1b[5~": "page up", "\x1b[6~": "page down", " ": "space", "\n": "enter", "\r": "enter", "\t": "tab",
}  # fmt: skip
# Enter is "\n" or "\r": Python 3.12.0 and 3.12.1 clear ICRNL in cbreak mode.

SEQUENCE_TIMEOUT_S = 0.5
"""An escape sequence that is not finished after this time was the Escape key, or Alt and a key."""
STRING_TIMEOUT_S = 1.0
"""A control string or a paste ends when nothing came for this long: its end was lost."""
ANSWER_TIMEOUT_S = 3.0
"""The same for any sequence while answers of the terminal are awaited, which may come in pieces."""
MAX_PENDING_S = 10.0
"""Nothing stays unfinished for longer, so that no stream of bytes locks the keyboard."""
MAX_PENDING = 512
"""Bytes of an unfinished sequence that are kept."""

# A second Escape in front of a sequence is the Alt key of some terminals. Bytes of C1 may come as UTF-8.
_CSI = rb"(?:\x1b+\[|\xc2?\x9b)"
_CANCEL = rb"\x18|\x1a|(?=\x1b)"
# The numbers of a mouse report are single bytes or UTF-8 characters of two bytes.
_UNIT = rb"(?:[\xc2-\xdf][\x80-\xbf]|[\xc2-\xdf](?![\x80-\xbf])|[\x20-\xc1\xe0-\xff])"
_PASTE = _CSI + rb"200~"
_STRING = rb"(?:\x1b+[]P_^X]|\xc2[\x90\x98\x9d-\x9f])"
_RAW_STRING = rb"[\x90\x98\x9d-\x9f]"
_STRING_END = rb"\x07|\x18|\x1a|\x1b\\|(?=\x1b[^\\])"
_TOKEN = re.compile(
    b"|".join(
        (
            _PASTE + rb".*?" + _CSI + rb"201~",
            _CSI + rb"M(?:%s{3}|%s{0,2}(?=[\x00-\x1f]))" % (_UNIT, _UNIT),
            _CSI + rb"\[(?:[\x20-\xff]|(?=[\x00-\x1f]))",  # function keys of the Linux console
            _CSI + rb"[0-9]{1,2}\$",  # keys of rxvt with Shift end in an intermediate byte
            _CSI + rb"(?!200~|[M[])[\x00-\x17\x19\x1c-\x3f\x7f]*(?:[\x40-\x7e\x80-\xff]|%s)" % _CANCEL,
            rb"(?:\x1b+[NO]|\xc2?[\x8e\x8f])[0-;]*(?:[\x20-\x2f\x3c-\xff]|(?=[\x00-\x1f]))",
            _STRING + rb"[^\x07\x18\x1a\x1b]*?(?:\xc2\x9c|%s)" % _STRING_END,
            _RAW_STRING + rb"[^\x07\x18\x1a\x1b\x9c]*(?:\x9c|%s)" % _STRING_END,
            rb"\x1b+[\x20-\x2f]+(?:[\x30-\xff]|(?=[\x00-\x1f]))",
            rb"\x1b+[^\x1b\x20-\x2fNOPX[\]^_]",
            rb"\xc2[\xa0-\xbf]|[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}",
            rb"[\x00-\x1a\x1c-\x7f]",
        )
    ),
    re.DOTALL,
)
_ANSWERS = ("\x1b]", "\x1b[?", "\x1bP", "\x1b_")
_LONG = re.compile(rb"%s|%s|%s" % (_PASTE, _STRING, _RAW_STRING))
_UNFINISHED = re.compile(
    rb"\x1b|\xc2?[\x8e-\x90\x98\x9b\x9d-\x9f]|[\xc2-\xdf]\Z|[\xe0-\xef][\x80-\xbf]?\Z|[\xf0-\xf4][\x80-\xbf]{0,2}\Z"
)


class KeyDecoder:
    """Decodes reads of any size, at times in seconds that never go back.

    `answers` are the sequences that may answer a query; who wants them takes them out.
    """

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.answers_until = 0.0
        """The time until which answers are awaited."""
        self._pending = b""
        self._pending_since = self._last_byte = 0.0

    def feed(self, data: bytes, now: float) -> list[str]:
        """Return the names of the keys in *data*; an unfinished sequence waits for the next call."""
        timeout = STRING_TIMEOUT_S if _LONG.match(self._pending) else SEQUENCE_TIMEOUT_S
        # A single Escape goes on as an answer only with one of these.
        if self._last_byte < self.answers_until and (self._pending != b"\x1b" or data[:1] in (b"[", b"]", b"P", b"_")):
            timeout = ANSWER_TIMEOUT_S
        if now - self._last_byte >= timeout or now - self._pending_since >= MAX_PENDING_S:
            self._pending = b""
        data, self._last_byte = self._pending + data, now
        keys, at = [], 0
        while at < len(data):
            if found := _TOKEN.match(data, at):
                text = found.group().decode("utf-8", "ignore")
                keys.append(KEY_NAMES.get(text, text))
                if text.startswith(_ANSWERS):
                    self.answers.append(text)
                at = found.end()
            elif _UNFINISHED.match(data, at):
                break
            else:
                at += 1
        if at or not self._pending:
            self._pending_since = now
        self._pending = data[at:]
        if len(self._pending) > MAX_PENDING:
            # Only the beginning and the end matter; the byte between them keeps them from making a sequence.
            self._pending = self._pending[:8] + b"\0" + self._pending[-8:]
        return [key for key in keys if len(key) == 1 or key in KEY_NAMES.values() if key.isprintable()]
