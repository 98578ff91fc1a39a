"""Terminal control: full screen, raw keys, changed cells only, and everything restored on exit.

The only module that imports termios and msvcrt.
"""

from __future__ import annotations

import atexit
import os
import re
import signal
import sys
import time
from collections import deque
from collections.abc import Hashable, Sequence
from contextlib import suppress
from selectors import EVENT_READ, EVENT_WRITE, SelectorKey
from typing import Any

from msgspec.structs import replace
from rich.cells import cell_len

from stretch.core.text import is_printable
from stretch.figure.colors import CellColor
from stretch.player.freeze import FreezeDetector, boottime_ns
from stretch.player.input import InputEvent, KeyDecoder, SignalCatcher, console_keys
from stretch.player.layout import StyledLine, line_width, shared_characters
from stretch.player.pictures import Picture, PlacedPictures
from stretch.player.terminal_answers import (
    COLOR_QUERY,
    FILE_QUERY,
    IGNORE_SCHEME,
    LAST_QUERY,
    WATCH_SCHEME,
    TerminalAnswers,
    with_answer,
)
from stretch.player.theme import Theme

if sys.platform == "win32":
    import msvcrt

    def _write_to(output: int, data: bytes) -> int:
        # Python writes Unicode to a console that it opens itself, whatever the code page.
        with open(output, "w", encoding="utf-8", newline="", closefd=False) as console:
            console.write(data.decode("utf-8"))
        return len(data)

else:
    import fcntl
    import struct
    import termios
    import tty

    _write_to = os.write

# On macOS, poll does not work with terminals; everywhere else select fails from descriptor 1,024 on.
if sys.platform in ("darwin", "win32"):
    from selectors import SelectSelector as Selector
else:
    from selectors import PollSelector as Selector


CONSOLE_POLL_S = 0.01
"""Interval at which a Windows console is polled, because it cannot be waited for."""
RESTORE_TIMEOUT_S = 0.3
"""Longest wait for a terminal to take the codes that restore it."""
ANSWERS_S, LATE_ANSWERS_S, VERY_LATE_ANSWERS_S = 0.15, 1.0, 20.0
"""After a query, answers are waited for before the first frame, at the end, and expected among the keys for so long."""
HANG_UP = 1
"""Signal number reported for a closed terminal (SIGHUP)."""

_ENTER_SCREEN, _CLEAR = "\x1b[?1049h\x1b[?25l\x1b[?2004h", "\x1b[2J"
# Blank, with the cursor at the top: after a resize, tmux keeps what is above the cursor in its history.
_LEAVE_SCREEN = "\x1b[0m\x1b[H\x1b[2J\x1b[?2004l\x1b[?25h\x1b[?1049l"
_RUN = re.compile(r"([ -~█▀▄░━─])\1{6,}")
"""A run of a character one cell wide that takes fewer bytes to repeat than to write."""
_BEGIN_UPDATE, _END_UPDATE = "\x1b[?2026h", "\x1b[?2026l"


class Terminal:
    """Context manager that controls a terminal; with `screen=False` it only reads keys and signals.

    *source* and *target* are file descriptors. Without a *source* no keys are read, only signals. The terminal is asked
    the *queries*, and the theme is adapted to its answers whenever they come.
    """

    def __init__(
        self, source: int | None, target: int, theme: Theme, *, screen: bool = True, queries: str = ""
    ) -> None:
        self.source, self.target, self.theme, self.screen = source, target, theme, screen
        self._queries = queries if source is not None and sys.platform != "win32" else ""
        self.answers = TerminalAnswers(last=not self._queries)
        self._asked = 0.0
        self.pictures = PlacedPictures()
        self._signals = SignalCatcher()
        self._freeze = FreezeDetector()
        self._frozen_ns = 0
        self._decoder = KeyDecoder()
        self._selector = Selector()
        self._output: int | None = None
        """The terminal opened once more, so that non-blocking writes change nothing for other processes."""
        self._unwritten = b""
        """The rest of a frame, until the terminal takes it. There is one at most: later frames are dropped."""
        self._keys: deque[str] = deque()
        self._drawn: list[StyledLine] = []
        self._style: Hashable = None
        """The style that the terminal is set to."""
        self._size = (0, 0)
        self._attributes: list[Any] | None = None
        self._gone = False

    def __enter__(self) -> Terminal:
        self._signals.__enter__()
        try:
            for fd in (self.source, self._signals.wakeup_fd):
                if fd is not None and sys.platform != "win32":
                    self._selector.register(fd, EVENT_READ)
            self._enter()
            self.wait_for_answers(ANSWERS_S)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self._restore()
        if self.source is not None:
            # What is typed until the process ends was meant for the session, too.
            atexit.register(_drop_unread, self.source)
        self._selector.close()
        self._signals.__exit__(*exception)

    def size(self) -> tuple[int, int]:
        """Return the columns and lines of the terminal, 80 x 24 if it does not report them."""
        with suppress(OSError):
            columns, lines = os.get_terminal_size(self.target)
            if columns > 0 and lines > 0:
                return columns, lines
        return 80, 24

    def read(self, timeout: float) -> InputEvent:
        """Wait at most *timeout* seconds for a key, a signal or the end of a freeze."""
        deadline = time.monotonic() + timeout
        self._frozen_ns += self._freeze.frozen_ns(continued=self._signals.was_continued(), waited=False)
        while True:
            if self._frozen_ns:
                frozen_ns, self._frozen_ns = self._frozen_ns, 0
                return InputEvent(frozen_ns=frozen_ns)
            if (number := self._signals.next_signal()) is not None:
                if sys.platform != "win32" and number == signal.SIGTSTP:
                    return self._suspend()
                return InputEvent(signal=number)
            if self._gone:
                return InputEvent(signal=HANG_UP)
            if self._keys:
                return InputEvent(key=self._keys.popleft())
            left = deadline - time.monotonic()
            if left <= 0:
                return InputEvent()
            self._wait(left)

    def _suspend(self) -> InputEvent:
        before_ns = boottime_ns()
        self._restore()
        if sys.platform != "win32":
            os.kill(os.getpid(), signal.SIGSTOP)
        self._enter()
        self._freeze.frozen_ns(continued=self._signals.was_continued(), waited=False)
        return InputEvent(suspended=True, frozen_ns=boottime_ns() - before_ns)

    def wait_for_answers(self, seconds: float) -> None:
        """Wait until the terminal has answered all queries, at most until *seconds* after it was asked."""
        while not (self.answers.complete or self._gone or self._frozen_ns):
            left = self._asked + seconds - time.monotonic()
            if left <= 0:
                return
            self._wait(left)

    def _ask(self, queries: str) -> None:
        self._write(queries)
        self._asked = time.monotonic()
        self._decoder.answers_until = self._asked + VERY_LATE_ANSWERS_S

    def _take_answer(self, text: str) -> None:
        before, self.answers = self.answers, with_answer(self.answers, text)
        if self.answers.complete:
            self._decoder.answers_until = 0.0
        if self._queries and before.complete and self.answers.scheme != before.scheme:
            self.answers = replace(self.answers, last=False)
            self._ask(COLOR_QUERY + LAST_QUERY)
        if self.theme.adapt(self.answers):
            self._size = (0, 0)  # so that all is drawn again

    def draw(self, rows: Sequence[StyledLine]) -> bool:
        """Draw *rows* and return whether the terminal has taken them; only changed cells are written.

        The frame is dropped while the terminal has not taken the last one.
        """
        self._flush()
        if self._unwritten:
            return False
        size = self.size()
        out = []
        if cleared := size != self._size:
            self._size, self._drawn, self._style = size, [], None
            out.append("\x1b[0m\x1b[2J")
        for y, row in enumerate(rows):
            old = self._drawn[y] if y < len(self._drawn) else ()
            if row != old:
                out.append(self._changes(y, old, row))
        self._drawn = list(rows)
        if pictures := self.pictures.changes(rows, cleared=cleared):
            out.append(pictures)
        if out:
            self._write(f"{_BEGIN_UPDATE}{''.join(out)}{_END_UPDATE}")
        return not self._unwritten

    def send(self, codes: str) -> bool:
        """Write *codes* that change nothing on the screen, if the terminal takes output at once."""
        if self._unwritten:
            return False
        self._write(codes)
        return True

    def cell_pixels(self) -> tuple[int, int]:
        """Return the width and height of a cell in pixels, 10 x 20 if the terminal does not report them."""
        if sys.platform != "win32":
            with suppress(OSError):
                packed = fcntl.ioctl(self.target, termios.TIOCGWINSZ, bytes(8))
                lines, columns, width, height = struct.unpack("HHHH", packed)
                if min(lines, columns, width, height):
                    return max(1, width // columns), max(1, height // lines)
        return 10, 20

    def bell(self, times: int) -> None:
        """Ring the terminal bell so many *times*, if the terminal takes output at once."""
        self.send("\a" * times)

    def _changes(self, y: int, old: StyledLine, new: StyledLine) -> str:
        """Return the codes that turn the line *old* into *new*: all from the first to the last cell that differs."""
        shared, first, last = min(len(old), len(new)), 0, 0
        while first < shared and old[first] == new[first]:
            first += 1
        while last < shared - first and old[-1 - last] == new[-1 - last]:
            last += 1
        if line_width(old[first : len(old) - last]) != line_width(new[first : len(new) - last]):
            shared = first = last = 0
        spans, column = list(new[first : len(new) - last]), line_width(new[:first])
        if first + last < shared:
            text, style = spans[0]
            same = shared_characters(old[first], spans[0], 1)
            spans[0], column = (text[same:], style), column + cell_len(text[:same])
            text, style = spans[-1]
            spans[-1] = (text[: len(text) - shared_characters(old[-1 - last], spans[-1], -1)], style)
        parts = [f"\x1b[{y + 1};{column + 1}H"]
        for text, style in spans:
            # Blanks look the same in all styles without a background.
            if style != self._style and (text.strip() or _has_background(style) or _has_background(self._style)):
                code = self.theme.code(style)
                parts.append(f"\x1b[0;{code}m" if code else "\x1b[0m")
                self._style = style
            if not (text.isprintable() or isinstance(style, Picture)):
                text = "".join(each if is_printable(each) else "?" for each in text)
            if self.answers.repeats_characters:
                text = _RUN.sub(lambda run: f"{run[1]}\x1b[{len(run[0]) - 1}b", text)
            parts.append(text)
        return "".join(parts)

    def _write(self, text: str) -> None:
        self._unwritten += text.encode("utf-8" if self.theme.unicode else "ascii", "replace")
        self._flush()

    def _flush(self) -> None:
        """Write what the terminal takes without waiting, and watch for when it takes more."""
        if self._output is None:
            return
        try:
            while self._unwritten:
                self._unwritten = self._unwritten[_write_to(self._output, self._unwritten) :]
        except BlockingIOError:
            pass
        except OSError:
            self._gone, self._unwritten = True, b""
        if bool(self._unwritten) != (self._output in self._selector.get_map()):
            if self._unwritten:
                self._selector.register(self._output, EVENT_WRITE)
            else:
                self._selector.unregister(self._output)

    def _enter(self) -> None:
        self._drawn, self._size, self._unwritten = [], (0, 0), b""
        if self.source is not None and sys.platform != "win32":
            self._attributes = termios.tcgetattr(self.source)
            tty.setcbreak(self.source, termios.TCSANOW)
        self._output = _open_again(self.target)
        if self.screen:
            self._write(_ENTER_SCREEN)
        if self._queries:
            self.answers = TerminalAnswers(awaits_files=FILE_QUERY in self._queries)
            self._ask(WATCH_SCHEME * self.screen + self.pictures.with_file(self._queries))
        if self.screen:
            # After the queries, so that what a terminal prints of those it does not know is gone.
            self._write(_CLEAR)

    def _restore(self) -> None:
        if self._output is not None:
            # Answers that come later would reach the shell.
            self.wait_for_answers(LATE_ANSWERS_S)
            if self.screen:
                self._leave_screen()
            self._unwritten = b""
            self._flush()
            os.close(self._output)
            self._output = None
        if self._attributes is not None and self.source is not None and sys.platform != "win32":
            # TCSAFLUSH would drop unread keys too, but it waits until the terminal has taken all output.
            with suppress(termios.error, OSError):
                termios.tcsetattr(self.source, termios.TCSANOW, self._attributes)
            self._attributes = None
        if self.source is not None:
            _drop_unread(self.source)
        self.pictures.remove_files()

    def _leave_screen(self) -> None:
        """Leave the full screen; if the terminal is behind, discard the frames that it has not shown yet."""
        leave = self.pictures.remove_all() + IGNORE_SCHEME * bool(self._queries) + _LEAVE_SCREEN
        self._write(leave)
        if self._unwritten and self._output is not None and sys.platform != "win32":
            self._unwritten = f"{_END_UPDATE}{leave}".encode()
            with suppress(termios.error):
                # Output that was stopped by Ctrl-S goes on only after a stop of our own.
                termios.tcflow(self._output, termios.TCOOFF)
                termios.tcflow(self._output, termios.TCOON)
                termios.tcflush(self._output, termios.TCOFLUSH)
            self._flush()
        deadline = time.monotonic() + RESTORE_TIMEOUT_S
        while self._unwritten and time.monotonic() < deadline:
            time.sleep(CONSOLE_POLL_S)
            self._flush()

    if sys.platform == "win32":

        def _wait(self, seconds: float) -> None:
            keys = console_keys(msvcrt.kbhit, msvcrt.getwch) if self.source is not None else []
            self._keys.extend(keys)
            if not keys:
                time.sleep(min(seconds, CONSOLE_POLL_S))
            self._frozen_ns = self._freeze.frozen_ns(continued=False, waited=True)

    else:

        def _wait(self, seconds: float) -> None:
            deadline = time.monotonic() + seconds
            events: list[tuple[SelectorKey, int]] = []
            while seconds > 0 and not events and not self._frozen_ns:
                events = self._freeze.wait(self._selector, seconds)
                self._frozen_ns = self._freeze.frozen_ns(continued=self._signals.was_continued(), waited=True)
                seconds = deadline - time.monotonic()
            ready = {key.fd for key, _ in events}
            if self._signals.wakeup_fd in ready:
                self._signals.clear_wakeups()
            if self._output in ready:
                self._flush()
            if self.source is None or self.source not in ready:
                return
            try:
                data = os.read(self.source, 4096)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if data:
                self._keys.extend(self._decoder.feed(data, time.monotonic()))
                answers, self._decoder.answers = self._decoder.answers, []
                for answer in answers:
                    self._take_answer(answer)
            else:
                self._gone = True


def _drop_unread(source: int) -> None:
    """Drop the keys that were typed and not read: they were meant for the session, not for the shell."""
    if sys.platform == "win32":
        console_keys(msvcrt.kbhit, msvcrt.getwch)
    else:
        with suppress(termios.error, OSError):
            termios.tcflush(source, termios.TCIFLUSH)


def _open_again(target: int) -> int:
    """Return a new descriptor for the terminal *target*, in non-blocking mode if it can be opened by its name."""
    if sys.platform != "win32":
        with suppress(OSError):
            return os.open(os.ttyname(target), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    return os.dup(target)


def _has_background(style: Hashable) -> bool:
    return isinstance(style, CellColor) and style.lower is not None
