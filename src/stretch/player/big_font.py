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
BIG_HEIGHT, HALF_HEIGHT = 5, 3
"""Lines of a letter with a block for each dot, and with two dots to a cell."""
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


@lru_cache(32)
def big_text(text: str, role: TextRole, cells: int, scale: int, unicode: bool) -> tuple[StyledLine, ...]:
    """Return *text* in big letters of *scale*, or of the largest smaller scale that fits into *cells*."""
    if not text:
        return ()
    while scale and big_text_width(text, scale) > cells:
        scale -= 1
    if scale:
        lines = _block_text(text, scale, "█" if unicode else "#")
    else:
        lines = _half_height_text(text) if unicode else [text]
    return tuple(((line, role),) for line in lines)


def big_text_width(text: str, scale: int) -> int:
    """Return the width in cells of *text* in big letters of *scale*; 0 is half height."""
    return len(_dots(text)[0]) * max(2 * scale, 1)


def _half_height_text(text: str) -> list[str]:
    """Return *text* HALF_HEIGHT lines high."""
    dots = [*_dots(text), ""]
    width = len(dots[0])
    dots[-1] = "." * width
    return [
        "".join(_HALVES[top[x] == "#", bottom[x] == "#"] for x in range(width))
        for top, bottom in zip(dots[::2], dots[1::2], strict=True)
    ]


def _block_text(text: str, scale: int, block: str) -> list[str]:
    """Return *text* BIG_HEIGHT x *scale* lines high; a dot is square, 2 x *scale* cells wide and *scale* high."""
    lines = ["".join((block if dot == "#" else " ") * 2 * scale for dot in row) for row in _dots(text)]
    return [line for line in lines for _ in range(scale)]


def _dots(text: str) -> list[str]:
    """Return the rows of dots of *text*; characters missing from the font are left out."""
    glyphs = [FONT[letter].split() for letter in text.upper() if letter in FONT]
    return [".".join(glyph[row] for glyph in glyphs) for row in range(BIG_HEIGHT)]
