"""The terminal: keys in, changed rows out, and all of it given back as it was.

The only importer of termios and msvcrt.
"""

from __future__ import annotations

import os
import sys
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from select import select
from types import TracebackType
from typing import Any

from rich.cells import cell_len

from stretch.player.input import SUSPEND, InputEvent, KeyDecoder, SignalCatcher, console_keys
from stretch.player.layout import StyledLine, StyledSpan
from stretch.player.theme import Theme

if sys.platform == "win32":
    import msvcrt

    def _write_all(target: int, data: bytes) -> None:
        # Opened anew, Python writes to a console in Unicode, whatever its code page is.
        with open(target, "w", encoding="utf-8", newline="", closefd=False) as console:
            console.write(data.decode("utf-8"))

else:
    import termios
    import tty

    def _write_all(target: int, data: bytes) -> None:
        while data:
            data = data[os.write(target, data) :]


CONSOLE_POLL_S = 0.01
"""A Windows console cannot be waited for; it is asked this often."""
HANG_UP = 1
"""The signal number that stands for a terminal that went away."""

_ENTER = "\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[2J"
_LEAVE = "\x1b[0m\x1b[?2004l\x1b[?25h\x1b[?1049l"
_BEGIN, _END = "\x1b[?2026h", "\x1b[?2026l"


class Terminal:
    """A terminal taken over while entered; `screen=False` leaves its picture alone and only reads keys.

    *source* and *target* are file descriptors; *source* None reads no keys at all, only signals.
    """

    def __init__(self, source: int | None, target: int, style: Theme, *, screen: bool = True) -> None:
        self.source, self.target, self.style, self.screen = source, target, style, screen
        self._signals = SignalCatcher()
        self._decoder = KeyDecoder()
        self._keys: deque[str] = deque()
        self._shown: list[StyledLine] = []
        self._size = (0, 0)
        self._attributes: list[Any] | None = None
        self._gone = False

    def __enter__(self) -> Terminal:
        self._signals.__enter__()
        try:
            self._enter()
        except BaseException:
            self._restore()
            self._signals.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._restore()
        self._signals.__exit__(kind, error, trace)

    def size(self) -> tuple[int, int]:
        """Return the columns and lines of the terminal, 80 x 24 where it does not say."""
        with suppress(OSError):
            columns, lines = os.get_terminal_size(self.target)
            if columns > 0 and lines > 0:
                return columns, lines
        return 80, 24

    def read(self, timeout: float) -> InputEvent:
        """Wait at most *timeout* seconds for a key or a signal."""
        deadline = time.monotonic() + timeout
        while True:
            if (number := self._signals.take()) is not None:
                if number == SUSPEND:
                    self._signals.suspend(self._restore, self._enter)
                    return InputEvent(suspended=True)
                return InputEvent(signal=number)
            if self._gone:
                return InputEvent(signal=HANG_UP)
            if self._keys:
                return InputEvent(key=self._keys.popleft())
            left = deadline - time.monotonic()
            if left <= 0:
                return InputEvent()
            self._wait(left)

    def draw(self, rows: Sequence[StyledLine]) -> None:
        """Show *rows*, writing only what changed since the last call."""
        size = self.size()
        out = []
        if size != self._size:
            self._size, self._shown = size, []
            out.append("\x1b[0m\x1b[2J")
        for y, row in enumerate(rows):
            old = self._shown[y] if y < len(self._shown) else None
            if row != old and (changes := self._changes(y, old, row)):
                out.append(changes)
        self._shown = list(rows)
        if out:
            self._write(f"{_BEGIN}{''.join(out)}{_END}")

    def bell(self, times: int) -> None:
        """Ring the bell."""
        self._write("\a" * times)

    def _changes(self, y: int, old: StyledLine | None, new: StyledLine) -> str:
        cells = _cells(new)
        first, last = 0, len(cells)
        if old is not None:
            before = _cells(old)
            if len(before) == len(cells):
                while first < last and before[first] == cells[first]:
                    first += 1
                while last > first and before[last - 1] == cells[last - 1]:
                    last -= 1
        if first == last:
            return ""
        # A wide character is two cells, the second empty: never begin in the middle of one.
        while first > 0 and cells[first][0] == "":
            first -= 1
        parts, ink = [f"\x1b[{y + 1};{first + 1}H"], None
        for text, now in cells[first:last]:
            if now != ink and text != " ":
                code = self.style.code(now)
                parts.append(f"\x1b[0;{code}m" if code else "\x1b[0m")
                ink = now
            parts.append(text)
        return "".join(parts)

    def _write(self, text: str) -> None:
        try:
            _write_all(self.target, text.encode("utf-8" if self.style.unicode else "ascii", "replace"))
        except OSError:
            self._gone = True

    def _enter(self) -> None:
        self._shown, self._size = [], (0, 0)
        if self.source is not None and sys.platform != "win32":
            self._attributes = termios.tcgetattr(self.source)
            tty.setcbreak(self.source, termios.TCSADRAIN)
        if self.screen:
            self._write(_ENTER)

    def _restore(self) -> None:
        if self.screen:
            self._write(_LEAVE)
        if self._attributes is not None and self.source is not None and sys.platform != "win32":
            # What was typed and not read is dropped: it was meant for the session, not for the shell.
            with suppress(termios.error, OSError):
                termios.tcsetattr(self.source, termios.TCSAFLUSH, self._attributes)
            self._attributes = None

    if sys.platform == "win32":

        def _wait(self, seconds: float) -> None:
            keys = console_keys(msvcrt.kbhit, msvcrt.getwch) if self.source is not None else []
            self._keys.extend(keys)
            if not keys:
                time.sleep(min(seconds, CONSOLE_POLL_S))

    else:

        def _wait(self, seconds: float) -> None:
            watched = [fd for fd in (self.source, self._signals.descriptor) if fd is not None]
            ready, _, _ = select(watched, [], [], seconds)
            if self.source is None or self.source not in ready:
                if not ready:
                    self._decoder.idle()
                return
            try:
                data = os.read(self.source, 4096)
            except OSError:
                data = b""
            if data:
                self._keys.extend(self._decoder.feed(data))
            else:
                self._gone = True


@lru_cache(64)
def _cells(row: StyledLine) -> tuple[StyledSpan, ...]:
    """Return a row cell by cell; what takes no cell of its own joins the one before."""
    cells: list[StyledSpan] = []
    for text, ink in row:
        if text.isascii():
            cells += [(letter, ink) for letter in text]
            continue
        for letter in text:
            size = cell_len(letter)
            if size == 0 and cells:
                # Behind a wide letter is its empty half, which is no place for a mark.
                at = -2 if cells[-1][0] == "" else -1
                cells[at] = (cells[at][0] + letter, cells[at][1])
            else:
                cells += [(letter, ink), ("", ink)][:size]
    return tuple(cells)
