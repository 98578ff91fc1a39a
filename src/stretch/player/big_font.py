"""Font of the big digits and letters, which can be read from the floor."""

from functools import lru_cache

from stretch.player.layout import StyledLine
from stretch.player.theme import TextRole

FONT = {
    "0": "### #.# #.# #.# ###", "1": ".#. ##. .#. .#. ###", "2": "### ..# ### #.. ###", "3": "### ..# .## ..# ###",
    "4": "#.# #.# ### ..# ..#", "5": "### #.. ### ..# ###", "6": "### #.. ### #.# ###", "7": "### ..# ..# .#. .#.",
    "8": "### #.# ### #.# ###", "9": "### #.# ### ..# ###", ":": ". # . # .", " ": ". . . . .",
    "-": "... ... ### ... ...",
    "A": ".#. #.# ### #.# #.#", "B": "##. #.# ##. #.# ##.", "C": "### #.. #.. #.. ###", "D": "##. #.# #.# #.# ##.",
    "E": "### #.. ##. #.. ###", "F": "### #.. ##. #.. #..", "G": "#### #... #.## #..# ####", "H": "#.# #.# ### #.# #.#",
    "I": "# # # # #", "J": "..# ..# ..# #.# ###", "K": "#.# #.# ##. #.# #.#", "L": "#.. #.. #.. #.. ###",
    "M": "#...# ##.## #.#.# #...# #...#", "N": "#..# ##.# #.## #..# #..#", "O": "### #.# #.# #.# ###",
    "P": "### #.# ### #.. #..", "Q": "### #.# #.# ### ..#", "R": "##. #.# ##. #.# #.#", "S": "### #.. ### ..# ###",
    "T": "### .#. .#. .#. .#.", "U": "#.# #.# #.# #.# ###", "V": "#.# #.# #.# #.# .#.",
    "W": "#...# #...# #.#.# ##.## #...#", "X": "#.# #.# .#. #.# #.#", "Y": "#.# #.# .#. .#. .#.",
    "Z": "### ..# .#. #.. ###",
}  # fmt: skip
"""Rows of dots of each character."""
_ROWS = 5
"""Rows of dots in a letter."""
_HALVES = {"..": " ", "#.": "▀", ".#": "▄", "##": "█"}


@lru_cache(32)
def big_text(text: str, role: TextRole, cells: int, scale: int, unicode: bool) -> tuple[StyledLine, ...]:
    """Return *text* in letters of *scale*, or of the largest smaller scale that fits into *cells*.

    A dot is *scale* cells wide and half as many lines high, which is a square.
    """
    if not text:
        return ()
    while scale > 1 and big_text_width(text, scale) > cells:
        scale -= 1
    if not unicode:
        lines = ["".join((" " if dot == "." else "#") * (scale & ~1) for dot in row) for row in _dots(text)]
        lines = [line for line in lines for _ in range(scale // 2)] or [text]
    else:
        rows = ["".join(dot * scale for dot in row) for row in _dots(text) for _ in range(scale)]
        rows += ["." * len(rows[0])] * (len(rows) % 2)
        halves = zip(rows[::2], rows[1::2], strict=True)
        lines = ["".join(_HALVES[top + bottom] for top, bottom in zip(*pair, strict=True)) for pair in halves]
    return tuple(((line, role),) for line in lines)


def big_text_width(text: str, scale: int) -> int:
    """Return the width in cells of *text* in letters of *scale*."""
    return len(_dots(text)[0]) * scale


def big_text_height(scale: int) -> int:
    """Return the lines of letters of *scale*."""
    return -(-_ROWS * scale // 2)


def _dots(text: str) -> list[str]:
    """Return the rows of dots of *text*; characters missing from the font are left out."""
    glyphs = [FONT[letter].split() for letter in text.upper() if letter in FONT]
    return [".".join(glyph[row] for glyph in glyphs) for row in range(_ROWS)]
