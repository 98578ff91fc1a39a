"""Letters and digits that can be read from the floor: three dots by five, drawn in blocks of any size."""

from __future__ import annotations

from collections.abc import Sequence

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
HEIGHT, HALF_HEIGHT = 5, 3
"""Rows of a letter whose dots are blocks, and of one whose dots are half as high."""
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def half(text: str) -> list[str]:
    """Return *text* three rows high, two dots to a cell; letters that are not in the font are left out."""
    dots = [*_dots(text), ""]
    width = len(dots[0])
    dots[-1] = "." * width
    return [
        "".join(_HALVES[top[x] == "#", bottom[x] == "#"] for x in range(width))
        for top, bottom in zip(dots[::2], dots[1::2], strict=True)
    ]


def blocks(text: str, scale: int, block: str = "█") -> list[str]:
    """Return *text* 5 x *scale* rows high, every dot 2 x *scale* cells wide and *scale* high: square."""
    rows = []
    for line in _dots(text):
        drawn = "".join((block if dot == "#" else " ") * 2 * scale for dot in line)
        rows += [drawn] * scale
    return rows


def width(text: str, scale: float) -> int:
    """Return how many cells wide *text* is: one cell a dot for a half scale, else 2 x *scale*."""
    return len(_dots(text)[0]) * (1 if scale < 1 else int(2 * scale))


def _dots(text: str) -> Sequence[str]:
    glyphs = [_FONT[letter].split() for letter in text.upper() if letter in _FONT]
    return [".".join(glyph[row] for glyph in glyphs) for row in range(HEIGHT)]
