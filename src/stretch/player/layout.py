"""The material of a screen: rows of runs, each a text in one ink, measured in terminal cells."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import lru_cache
from itertools import zip_longest

from rich.cells import cell_len, set_cell_size

REMEMBERED = 256
"""Rows and texts that are kept as they were worked out: most of a screen is the same as an eighth of a second ago."""

StyledSpan = tuple[str, Hashable]
"""A text and its ink: one of style.Ink, what a figure is painted with, or None for no ink of its own."""
StyledLine = tuple[StyledSpan, ...]


def line_width(row: StyledLine) -> int:
    """Return how many cells *row* takes."""
    return sum(cell_len(text) for text, _ in row)


@lru_cache(REMEMBERED)
def fit_width(row: StyledLine, cells: int) -> StyledLine:
    """Return *row* made exactly *cells* wide: cut, or filled with spaces."""
    out: list[StyledSpan] = []
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


def centred(row: StyledLine, cells: int) -> StyledLine:
    """Return *row* in the middle of *cells*."""
    return ((" " * max((cells - line_width(row)) // 2, 0), "plain"), *row)


def ellipsize(text: str, cells: int) -> str:
    """Return *text*, or as much of it as goes into *cells* with three dots behind."""
    if cell_len(text) <= cells:
        return text
    return set_cell_size(text, max(cells - 3, 0)).rstrip(" ,") + "..."[: max(cells, 0)]


@lru_cache(REMEMBERED)
def wrap_text(text: str, cells: int) -> tuple[str, ...]:
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


def pad_to_height(rows: Sequence[StyledLine], lines: int) -> list[StyledLine]:
    """Return *rows* with empty ones below, *lines* at least."""
    return [*rows, *[()] * (lines - len(rows))]


def side_by_side(blocks: Sequence[Sequence[StyledLine]], cells: int, gap: int = 2) -> list[StyledLine]:
    """Return *blocks* side by side, all but the last made *cells* wide; those that are shorter end in empty rows."""
    rows = []
    for line in zip_longest(*blocks, fillvalue=()):
        *others, last = line
        rows.append((*(run for row in others for run in (*fit_width(row, cells), (" " * gap, "plain"))), *last))
    return rows


_FONT = {
    "0": "### #.# #.# #.# ###", "1": ".#. ##. .#. .#. ###", "2": "### ..# ### #.. ###", "3": "### ..# .## ..# ###",
    "4": "#.# #.# ### ..# ..#", "5": "### #.. ### ..# ###", "6": "### #.. ### #.# ###", "7": "### ..# ..# .#. .#.",
    "8": "### #.# ### #.# ###", "9": "### #.# ### ..# ###", ":": ". # . # .", " ": ". . . . .",
    "A": ".#. #.# ### #.# #.#", "B": "##. #.# ##. #.# ##.", "C": "### #.. #.. #.. ###", "D": "##. #.# #.# #.# ##.",
    "E": "### #.. ##. #.. ###", "F": "### #.. ##. #.. #..", "G": "#### #... #.## #..# ####", "H": "#.# #.# ### #.# #.#",
    "I": "# # # # #", "J": "..# ..# ..# #.# ###", "K": "#.# #.# ##. #.# #.#", "L": "#.. #.. #.. #.. ###",
    "M": "#...# ##.## #.#.# #...# #...#", "N": "#..# ##.# #.## #..# #..#", "O": "### #.# #.# #.# ###",
    "P": "### #.# ### #.. #..", "Q": "### #.# #.# ### ..#", "R": "##. #.# ##. #.# #.#", "S": "### #.. ### ..# ###",
    "T": "### .#. .#. .#. .#.", "U": "#.# #.# #.# #.# ###", "V": "#.# #.# #.# #.# .#.",
    "W": "#...# #...# #.#.# ##.## #...#", "X": "#.# #.# .#. #.# #.#", "Y": "#.# #.# .#. .#. .#.",
    "Z": "### ..# .#. #.. ###",
}  # fmt: skip
BIG_HEIGHT, HALF_HEIGHT = 5, 3
"""Rows of a letter whose dots are blocks, and of one whose dots are half as high."""
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def half_height_text(text: str) -> list[str]:
    """Return *text* three rows high, two dots to a cell; letters that are not in the font are left out."""
    dots = [*_dots(text), ""]
    width = len(dots[0])
    dots[-1] = "." * width
    return [
        "".join(_HALVES[top[x] == "#", bottom[x] == "#"] for x in range(width))
        for top, bottom in zip(dots[::2], dots[1::2], strict=True)
    ]


def block_text(text: str, scale: int, block: str = "█") -> list[str]:
    """Return *text* 5 x *scale* rows high, every dot 2 x *scale* cells wide and *scale* high: square."""
    rows = []
    for line in _dots(text):
        drawn = "".join((block if dot == "#" else " ") * 2 * scale for dot in line)
        rows += [drawn] * scale
    return rows


def big_text_width(text: str, scale: float) -> int:
    """Return how many cells wide *text* is: one cell a dot for a half scale, else 2 x *scale*."""
    return len(_dots(text)[0]) * (1 if scale < 1 else int(2 * scale))


def _dots(text: str) -> Sequence[str]:
    glyphs = [_FONT[letter].split() for letter in text.upper() if letter in _FONT]
    return [".".join(glyph[row] for glyph in glyphs) for row in range(BIG_HEIGHT)]
