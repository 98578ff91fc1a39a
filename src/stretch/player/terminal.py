"""Terminal control: full screen, raw keys, changed cells only, and everything restored on exit.

The only module that imports termios and msvcrt.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from select import select
from typing import Any

from rich.cells import cell_len

from stretch.player.input import InputEvent, KeyDecoder, SignalCatcher, console_keys
from stretch.player.layout import StyledLine, StyledSpan
from stretch.player.theme import Theme

if sys.platform == "win32":
    import msvcrt

    def _write_all(target: int, data: bytes) -> None:
        # Python writes Unicode to a console that it opens itself, whatever the code page.
        with open(target, "w", encoding="utf-8", newline="", closefd=False) as console:
            console.write(data.decode("utf-8"))

else:
    import termios
    import tty

    def _write_all(target: int, data: bytes) -> None:
        while data:
            data = data[os.write(target, data) :]


CONSOLE_POLL_S = 0.01
"""Interval at which a Windows console is polled, because it cannot be waited for."""
HANG_UP = 1
"""Signal number reported for a closed terminal (SIGHUP)."""

_ENTER_SCREEN = "\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[2J"
_LEAVE_SCREEN = "\x1b[0m\x1b[?2004l\x1b[?25h\x1b[?1049l"
_BEGIN_UPDATE, _END_UPDATE = "\x1b[?2026h", "\x1b[?2026l"


class Terminal:
    """Context manager that controls a terminal; with `screen=False` it only reads keys and signals.

    *source* and *target* are file descriptors. Without a *source* no keys are read, only signals.
    """

    def __init__(self, source: int | None, target: int, theme: Theme, *, screen: bool = True) -> None:
        self.source, self.target, self.theme, self.screen = source, target, theme, screen
        self._signals = SignalCatcher()
        self._decoder = KeyDecoder()
        self._keys: deque[str] = deque()
        self._drawn: list[StyledLine] = []
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

    def __exit__(self, *exception: object) -> None:
        self._restore()
        self._signals.__exit__(*exception)

    def size(self) -> tuple[int, int]:
        """Return the columns and lines of the terminal, 80 x 24 if it does not report them."""
        with suppress(OSError):
            columns, lines = os.get_terminal_size(self.target)
            if columns > 0 and lines > 0:
                return columns, lines
        return 80, 24

    def read(self, timeout: float) -> InputEvent:
        """Wait at most *timeout* seconds for a key or a signal."""
        deadline = time.monotonic() + timeout
        while True:
            if (number := self._signals.next_signal()) is not None:
                if sys.platform != "win32" and number == signal.SIGTSTP:
                    self._restore()
                    os.kill(os.getpid(), signal.SIGSTOP)
                    self._enter()
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
        """Draw *rows*; only cells that changed since the last call are written."""
        size = self.size()
        out = []
        if size != self._size:
            self._size, self._drawn = size, []
            out.append("\x1b[0m\x1b[2J")
        for y, row in enumerate(rows):
            old = self._drawn[y] if y < len(self._drawn) else None
            if row != old and (changes := self._changes(y, old, row)):
                out.append(changes)
        self._drawn = list(rows)
        if out:
            self._write(f"{_BEGIN_UPDATE}{''.join(out)}{_END_UPDATE}")

    def bell(self, times: int) -> None:
        """Ring the terminal bell so many *times*."""
        self._write("\a" * times)

    def _changes(self, y: int, old: StyledLine | None, new: StyledLine) -> str:
        cells, before = _cells(new), _cells(old or ())
        first, last = 0, len(cells)
        if len(before) == len(cells):
            while first < last and before[first] == cells[first]:
                first += 1
            while last > first and before[last - 1] == cells[last - 1]:
                last -= 1
        if first == last:
            return ""
        # A wide character takes two cells, the second one empty: never start between them.
        while first > 0 and cells[first][0] == "":
            first -= 1
        parts, current = [f"\x1b[{y + 1};{first + 1}H"], None
        for text, style in cells[first:last]:
            if style != current and text != " ":
                code = self.theme.code(style)
                parts.append(f"\x1b[0;{code}m" if code else "\x1b[0m")
                current = style
            parts.append(text)
        return "".join(parts)

    def _write(self, text: str) -> None:
        try:
            _write_all(self.target, text.encode("utf-8" if self.theme.unicode else "ascii", "replace"))
        except OSError:
            self._gone = True

    def _enter(self) -> None:
        self._drawn, self._size = [], (0, 0)
        if self.source is not None and sys.platform != "win32":
            self._attributes = termios.tcgetattr(self.source)
            tty.setcbreak(self.source, termios.TCSADRAIN)
        if self.screen:
            self._write(_ENTER_SCREEN)

    def _restore(self) -> None:
        if self.screen:
            self._write(_LEAVE_SCREEN)
        if self._attributes is not None and self.source is not None and sys.platform != "win32":
            # Unread keys are dropped: they were meant for the session, not for the shell.
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
            watched = [fd for fd in (self.source, self._signals.wakeup_fd) if fd is not None]
            ready, _, _ = select(watched, [], [], seconds)
            if self.source is None or self.source not in ready:
                if not ready:
                    self._decoder.drop_unfinished()
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
    """Return a row cell by cell; a character without width is added to the cell before it."""
    cells: list[StyledSpan] = []
    for text, style in row:
        if not text.isprintable():
            text = "".join(each if each.isprintable() else "?" for each in text)
        if text.isascii():
            cells += [(character, style) for character in text]
            continue
        for character in text:
            size = cell_len(character)
            if size == 0 and cells:
                # Skip the empty second cell of a wide character.
                base = -2 if cells[-1][0] == "" else -1
                cells[base] = (cells[base][0] + character, cells[base][1])
            else:
                cells += [(character, style), ("", style)][:size]
    return tuple(cells)
