"""The material of a screen: rows of runs, each a text in one ink, measured in terminal cells."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import lru_cache
from itertools import zip_longest

from rich.cells import cell_len, set_cell_size

REMEMBERED = 256
"""Rows and texts that are kept as they were worked out: most of a screen is the same as an eighth of a second ago."""

Run = tuple[str, Hashable]
"""A text and its ink: one of style.Ink, what a figure is painted with, or None for no ink of its own."""
Row = tuple[Run, ...]


def width(row: Row) -> int:
    """Return how many cells *row* takes."""
    return sum(cell_len(text) for text, _ in row)


@lru_cache(REMEMBERED)
def fitted(row: Row, cells: int) -> Row:
    """Return *row* made exactly *cells* wide: cut, or filled with spaces."""
    out: list[Run] = []
    left = cells
    for text, ink in row:
        size = cell_len(text)
        if size > left:
            text, size = set_cell_size(text, left), left
        if text:
            out.append((text, ink))
        left -= size
    if left:
        out.append((" " * left, "plain"))
    return tuple(out)


def centred(row: Row, cells: int) -> Row:
    """Return *row* in the middle of *cells*."""
    return ((" " * max((cells - width(row)) // 2, 0), "plain"), *row)


def shortened(text: str, cells: int) -> str:
    """Return *text*, or as much of it as goes into *cells* with three dots behind."""
    if cell_len(text) <= cells:
        return text
    return set_cell_size(text, max(cells - 3, 0)).rstrip(" ,") + "..."[: max(cells, 0)]


@lru_cache(REMEMBERED)
def wrapped(text: str, cells: int) -> tuple[str, ...]:
    """Return *text* broken at spaces into lines of at most *cells*; a longer word is cut."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if cell_len(joined) <= cells:
            line = joined
            continue
        if line:
            lines.append(line)
        while cell_len(word) > cells > 1:
            head = set_cell_size(word, cells).rstrip()
            lines.append(head)
            word = word[len(head) :]
        line = word
    return (*lines, line) if line else tuple(lines)


def high(rows: Sequence[Row], lines: int) -> list[Row]:
    """Return *rows* with empty ones below, *lines* at least."""
    return [*rows, *[()] * (lines - len(rows))]


def beside(blocks: Sequence[Sequence[Row]], cells: int, gap: int = 2) -> list[Row]:
    """Return *blocks* side by side, all but the last made *cells* wide; those that are shorter end in empty rows."""
    rows = []
    for line in zip_longest(*blocks, fillvalue=()):
        *others, last = line
        rows.append((*(run for row in others for run in (*fitted(row, cells), (" " * gap, "plain"))), *last))
    return rows
