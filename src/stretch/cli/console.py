"""Output: the standard streams of the process, and printing to terminals and pipes."""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Iterable, Sequence
from functools import cached_property
from select import select
from typing import TYPE_CHECKING, Any, TextIO

import click

from stretch.cli.interrupt import keyboard_interrupt_in
from stretch.core.text import escape_control_chars, escape_json, escape_lines

if TYPE_CHECKING:
    from rich.console import Console

    from stretch.player.layout import StyledLine
    from stretch.player.theme import Theme

ERRORS = "stretch-replace"
"""Name of the codec error handler that replaces what an encoding lacks."""
CLOSED_TERMINAL, BROKEN_PIPE = 129, 141
"""Exit codes of a process that SIGHUP or SIGPIPE ends."""
_REPLACEMENTS = {
    **dict(zip("▁▂▃▄▅▆▇█▀", ".:-=+*%##", strict=True)),
    **dict(zip("▗▟▙▖·…–—─━‘’“”→←×░☐", "####..----''\"\"><x.o", strict=True)),  # noqa: RUF001 - look-alikes
}
_UPPER_DOTS = 0x1B
"""The bits of the upper half of a braille character."""
MIN_WRAP_COLUMNS = 20
"""Narrower terminals wrap by themselves."""
PIPE_COLUMNS = 100
"""Width of figures that are not printed to a terminal."""
GUIDE_COLUMNS = 100
"""Widest text of the guide; longer lines are hard to follow."""
COLUMN_GAP = "  "


class OutputFailed(Exception):
    """Standard output takes no more. Not an OSError, because click and rich handle those by themselves."""

    def __init__(self, error: OSError) -> None:
        super().__init__(error)
        self.error = error


class OutputFile(io.FileIO):
    """A file descriptor for output: writes wait while it is full, and after its first error they do nothing.

    The first error raises OutputFailed, unless the stream is *optional*, as messages to a person are.
    """

    def __init__(self, descriptor: int, *, optional: bool) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self._optional, self.failed = optional, False

    def write(self, data: Any) -> int:
        """Write *data*, or a part of it, and return the number of bytes."""
        try:
            while not self.failed:
                # None from a descriptor that somebody made non-blocking: its reader is slow.
                if (written := super().write(data)) is not None:
                    return written
                select([], [self.fileno()], [])
        except OSError as error:
            self.failed = True
            if not self._optional:
                raise OutputFailed(error) from None
        return len(data)


def prepare_streams(*, own_process: bool) -> None:
    """Make the standard streams never raise UnicodeError, and those of this process never cut output."""
    codecs.register_error(ERRORS, _replace)
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        stream = getattr(sys, name)
        if stream is None:
            # The null device, so that no other file gets the number of the closed stream.
            null = open(os.devnull, "w" if descriptor else "r", encoding="utf-8")  # noqa: SIM115, PTH123 - stays open
            setattr(sys, name, null)
        elif isinstance(stream, io.TextIOWrapper):
            console = sys.platform == "win32" and stream.isatty()
            if descriptor and own_process and not console:
                buffer = io.BufferedWriter(OutputFile(descriptor, optional=descriptor == 2))
                lines = stream.line_buffering or stream.write_through
                setattr(sys, name, io.TextIOWrapper(buffer, stream.encoding, ERRORS, line_buffering=lines))
            else:
                stream.reconfigure(errors=ERRORS if descriptor else "replace")


def discard_output() -> None:
    """Drop what standard output has not taken yet, so that the process does not wait for its reader."""
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    if isinstance(raw, OutputFile):
        raw.failed = True


def _replace(error: UnicodeError) -> tuple[str, int]:
    """Return as many characters as *error* has that the encoding lacks: look-alikes, letters without accents or `?`."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_look_alike, error.object[error.start : error.end])), error.end


def _look_alike(character: str) -> str:
    dots = ord(character) - 0x2800
    if 0 <= dots < 0x100:
        upper, lower = (dots & _UPPER_DOTS).bit_count(), (dots & ~_UPPER_DOTS).bit_count()
        return " " if not dots else "#" if upper + lower > 5 else "'" if not lower else "." if not upper else ":"
    if character in _REPLACEMENTS:
        return _REPLACEMENTS[character]
    from unicodedata import combining, normalize

    letters = [each for each in normalize("NFKD", character) if not combining(each)]
    return letters[0] if len(letters) == 1 and letters[0].isascii() else "?"


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether *stream* is a terminal; a closed or missing one is not."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def write_wrapped(text: str, stream: TextIO, end: str = "\n") -> None:
    """Write *text* to *stream*, made inert and wrapped to its terminal, if it is one, and flush it."""
    stream.write(_wrapped(text, stream) + end)
    stream.flush()


def _wrapped(text: str, stream: TextIO) -> str:
    """Return *text*, made inert, with lines broken between words to fit the terminal on *stream*, if it is one."""
    text = escape_lines(text)
    if not is_terminal(stream):
        return text
    from textwrap import fill

    try:
        columns = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        return text
    if columns < MIN_WRAP_COLUMNS:
        return text
    lines = (fill(line, columns, break_long_words=False, break_on_hyphens=False) for line in text.split("\n"))
    # The space after a prompt is dropped by fill.
    return "\n".join(lines) + text[len(text.rstrip(" ")) :]


class Printer:
    """Print to *stream*: wrapped and colored by rich at a *terminal*, else one line each, nothing wrapped or cut.

    Everything printed is made inert here: control characters of files, paths, variables and arguments are escaped.
    For a pipe rich is not imported, and each line of output stands for itself, so grep can find it.
    """

    def __init__(self, stream: TextIO, *, terminal: bool) -> None:
        self._stream, self._terminal = stream, terminal

    @cached_property
    def _console(self) -> Console:
        from rich.console import Console

        return Console(file=self._stream, highlight=False, emoji=False, markup=False)

    def paragraph(self, text: str = "", style: str = "", *, indent: int = 0, prefix: str = "") -> None:
        """Print a paragraph; *prefix* stands before the first line and the other lines are indented by its width."""
        text = escape_lines(text)
        if not self._terminal:
            self._stream.write(f"{' ' * indent}{prefix}{text}".rstrip() + "\n")
            return
        from rich.table import Table
        from rich.text import Text

        if not indent and not prefix:
            self._console.print(Text(text, style=style))
            return
        line = Table.grid()
        line.add_column(no_wrap=True)
        line.add_column(overflow="fold")
        line.add_row(" " * indent + prefix, Text(text, style=style))
        self._console.print(line)

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print *rows* under *headings* in columns as wide as their contents."""
        rows = [[*map(escape_control_chars, row)] for row in rows]
        if not self._terminal:
            lines = [headings, *rows]
            widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
            for line in lines:
                cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
                self._stream.write(COLUMN_GAP.join(cells).rstrip() + "\n")
            return
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, len(COLUMN_GAP), 0, 0))
        for index, heading in enumerate(headings):
            table.add_column(heading, no_wrap=index == 0, overflow="fold")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        self._console.print(table)

    def styled_lines(self, lines: Iterable[StyledLine], theme: Theme) -> None:
        """Print *lines* in the colors of *theme*; without colors if this is not a terminal."""
        for line in lines:
            parts = []
            for text, role in line:
                text = escape_control_chars(text)
                if not theme.unicode:
                    text = text.encode("ascii", ERRORS).decode()
                code = theme.code(role) if self._terminal and text.strip() else ""
                parts.append(f"\x1b[{code}m{text}\x1b[0m" if code else text)
            self._stream.write("".join(parts).rstrip() + "\n")

    @property
    def columns(self) -> int | None:
        """Width of the terminal; None if this is not one."""
        return self._console.width if self._terminal else None

    @property
    def lines(self) -> int | None:
        """Height of the terminal; None if this is not one or its size is unknown."""
        try:
            return os.get_terminal_size(self._stream.fileno()).lines if self._terminal else None
        except (OSError, ValueError):
            return None

    def line(self, line: str) -> None:
        """Print one line, wrapped if it is longer than the terminal is wide, and flush it."""
        write_wrapped(escape_control_chars(line), self._stream)

    def json(self, data: Any) -> None:
        """Print *data* as indented JSON."""
        import msgspec

        try:
            text = msgspec.json.format(msgspec.json.encode(data), indent=2).decode()
        except UnicodeEncodeError:
            # A path that is no UTF-8, for which there is no JSON.
            import json

            text = json.dumps(msgspec.to_builtins(data), indent=2, ensure_ascii=False)
        self.json_line(text)

    def json_line(self, text: str) -> None:
        """Print *text*, which is JSON, as a line, and flush it."""
        ascii_only = "utf" not in (getattr(self._stream, "encoding", None) or "utf").lower()
        self._stream.write(escape_json(text, ascii_only=ascii_only) + "\n")
        self._stream.flush()

    def document(self, text: str, newline: str | None = None) -> None:
        """Print *text*, a file that the program has made, as it is; a *newline* of "" keeps its line ends."""
        if newline is not None and isinstance(self._stream, io.TextIOWrapper):
            self._stream.reconfigure(newline=newline)
        self._stream.write(text)

    def markdown(self, text: str) -> None:
        """Print *text*, Markdown that the program is shipped with: through a pager if it is longer than the terminal.

        A pipe gets it as it is.
        """
        if not self._terminal:
            self.document(text)
            return
        from rich.markdown import Markdown
        from rich.theme import Theme

        # The colors of the terminal, because its background is unknown.
        words = Markdown(text, code_theme="ansi_dark", hyperlinks=False)
        with self._console.use_theme(Theme({"markdown.code": "bold"})), self._console.capture() as capture:
            self._console.print(words, width=min(self._console.width, GUIDE_COLUMNS))
        if capture.get().count("\n") < (self.lines or 0):
            self._stream.write(capture.get())
        else:
            keyboard_interrupt_in(lambda: click.echo_via_pager(capture.get()))

    def prompt(self, text: str) -> None:
        """Print *text* without ending the line."""
        write_wrapped(text, self._stream, end="")
