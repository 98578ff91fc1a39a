"""The material of a screen: rows of runs, each a text in one ink, measured in terminal cells."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from rich.cells import cell_len, set_cell_size

Run = tuple[str, Hashable]
"""A text and its ink: one of style.Ink, or what a figure is painted with."""
Row = tuple[Run, ...]


def width(row: Row) -> int:
    """Return how many cells *row* takes."""
    return sum(cell_len(text) for text, _ in row)


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


def wrapped(text: str, cells: int) -> list[str]:
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
    return [*lines, line] if line else lines


def beside(left: Sequence[Row], right: Sequence[Row], cells: int, gap: int = 2) -> list[Row]:
    """Return two blocks side by side, the left one *cells* wide; the shorter is filled with empty rows."""
    rows = []
    for index in range(max(len(left), len(right))):
        first = fitted(left[index] if index < len(left) else (), cells)
        rows.append((*first, (" " * gap, "plain"), *(right[index] if index < len(right) else ())))
    return rows
