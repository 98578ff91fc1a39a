"""What the process runs on: whether a stream is a terminal, and a clock that sleeping does not stop."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from rich.console import Console

    from stretch.player.layout import StyledLine
    from stretch.player.theme import Theme


NARROWEST = 20
"""Columns; where there are fewer, nothing is read more easily by being broken."""


def is_terminal(stream: TextIO | None) -> bool:
    """Whether *stream* is a terminal; a closed or missing one is not."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def wrap_for(text: str, stream: TextIO | None) -> str:
    """Return *text* broken between words where a terminal on *stream* would break it within them."""
    if not is_terminal(stream):
        return text
    from textwrap import fill

    try:
        columns = os.get_terminal_size(stream.fileno()).columns if stream else 0
    except (OSError, ValueError):
        return text
    if columns < NARROWEST:
        return text
    fitted = partial(fill, width=columns, break_long_words=False, break_on_hyphens=False, drop_whitespace=False)
    return "\n".join(map(fitted, text.split("\n")))


def boottime_ns() -> int:
    """Return nanoseconds since the machine started, with the time it slept where the system counts it."""
    if sys.platform == "linux":
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    return time.monotonic_ns()


GAP = "  "


class Printer:
    """Prints to *stream*: wrapped and coloured by rich at a *terminal*, else one line each, nothing wrapped or cut.

    A pipe never pays for importing rich, and what comes out of it can be searched line by line.
    """

    def __init__(self, stream: TextIO, *, terminal: bool) -> None:
        self._stream, self._terminal = stream, terminal

    @cached_property
    def _console(self) -> Console:
        from rich.console import Console

        return Console(file=self._stream, highlight=False, emoji=False, markup=False)

    def paragraph(self, text: str = "", style: str = "", *, indent: int = 0, prefix: str = "") -> None:
        """Print a paragraph; *prefix* stands before the first line and the other lines are indented by its width."""
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
        """Print *rows* under *headings*, in columns as wide as what is in them."""
        if not self._terminal:
            lines = [headings, *rows]
            widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
            for line in lines:
                cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
                self._stream.write(GAP.join(cells).rstrip() + "\n")
            return
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, len(GAP), 0, 0))
        for index, heading in enumerate(headings):
            table.add_column(heading, no_wrap=index == 0, overflow="fold")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        self._console.print(table)

    def rows(self, rows: Iterable[StyledLine], style: Theme) -> None:
        """Print rows of runs, in colour at a terminal that has any."""
        for row in rows:
            parts = []
            for text, ink in row:
                code = style.code(ink) if self._terminal and text.strip() else ""
                parts.append(f"\x1b[{code}m{text}\x1b[0m" if code else text)
            self._stream.write("".join(parts).rstrip() + "\n")

    @property
    def columns(self) -> int | None:
        """How wide the terminal is; None where nothing needs to fit."""
        return self._console.width if self._terminal else None

    @property
    def lines(self) -> int | None:
        """How high the terminal is; None where it does not say."""
        try:
            return os.get_terminal_size(self._stream.fileno()).lines if self._terminal else None
        except (OSError, ValueError):
            return None

    def json(self, data: Any) -> None:
        """Print *data* as indented JSON."""
        import msgspec

        self._stream.write(msgspec.json.format(msgspec.json.encode(data), indent=2).decode() + "\n")

    def prompt(self, text: str) -> None:
        """Print *text* without ending the line."""
        self._stream.write(wrap_for(text, self._stream))
        self._stream.flush()
