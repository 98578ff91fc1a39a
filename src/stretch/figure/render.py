"""Figures as colored characters: braille or octants (2 by 4 dots in a cell), or half blocks (two pixels in a cell).

All are encoded from the same codes: one for each cell and color role, with the bits of the Unicode braille block.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import count, groupby
from operator import itemgetter
from typing import Literal

from stretch.figure.colors import HIGHLIGHT_STEPS, CellColor, ColorRole
from stretch.figure.file_format import Figure
from stretch.figure.raster import Canvas, rasterize

Glyphs = Literal["braille", "octants", "blocks"]
ColoredText = tuple[str, CellColor | None]
"""Characters of one color; None where there is nothing or no color is wanted."""
CharacterFrame = tuple[tuple[ColoredText, ...], ...]
"""The rows of a picture, all of the same number of characters."""
_RoleCodes = list[tuple[ColorRole, int]]
"""The roles with dots in one cell, each with the braille bits of those dots."""

DEPTH_STEPS = 16
"""Depths are rounded to this many steps, one for each frame of a movement of 3 s, so that a breath fits the cache."""
_FIRST_OCTANT = 0x1CD00
_BRAILLE = "".join(map(chr, range(0x2800, 0x2900)))
_BRAILLE_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of each dot in a braille cell, by row and column."""
_QUADRANTS = "▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
"""The characters whose dots fill whole quarters of a cell: upper left and right, lower left and right."""
_OTHER_OCTANTS = {
    0x01: 0x1CEA8, 0x02: 0x1CEAB, 0x03: 0x1FB82, 0x14: 0x1FBE6, 0x28: 0x1FBE7, 0x3F: 0x1FB85, 0x40: 0x1CEA3,
    0x80: 0x1CEA0, 0xC0: 0x2582, 0xFC: 0x2586,
}  # fmt: skip
"""The other patterns that have a character outside of the block of octants, by their dots row by row."""
_UPPER_HALF, _LOWER_HALF = 0x1B, 0xE4
"""The bits of the upper and of the lower half of a cell."""
_ROLE_WEIGHTS = {ColorRole.STRAP: 1.5, ColorRole.FAR_SKIN: 0.9, ColorRole.FAR_LEGGINGS: 0.9}
"""A cell has one color: thin things count for more, the far side for less."""


def render_frame(
    figure: Figure,
    columns: int,
    rows: int,
    depth: float,
    *,
    left: bool = False,
    glyphs: Glyphs = "braille",
    color: bool = True,
    pressing: bool = False,
) -> CharacterFrame:
    """Return the figure at a depth from 0 to 1 with its right or its *left* side at work.

    *pressing* also shows the arrows of a contraction.
    """
    step = round(min(max(depth, 0.0), 1.0) * DEPTH_STEPS)
    return _render_step(figure, columns, rows, step, left, glyphs, color, pressing)


@lru_cache(maxsize=160)
def _render_step(
    figure: Figure, columns: int, rows: int, step: int, left: bool, glyphs: Glyphs, color: bool, pressing: bool
) -> CharacterFrame:
    depth = step / DEPTH_STEPS
    canvas = rasterize(figure, 2 * columns, 4 * rows, depth, left=left, pressing=pressing)
    if not color:
        canvas.to_monochrome(2 if glyphs == "blocks" else 1, lit=2 * step >= DEPTH_STEPS)
    highlight = round(depth * HIGHLIGHT_STEPS)
    layers = {role: _cell_codes(canvas, layer) for role, layer in canvas.layers.items()}
    lit = _cell_codes(canvas, canvas.lit)
    return tuple(
        tuple(_row({role: codes[row] for role, codes in layers.items()}, lit[row][:columns], highlight, glyphs, color))
        for row in range(rows)
    )


def _row(
    layers: dict[ColorRole, bytes], lit: bytes, highlight: int, glyphs: Glyphs, color: bool
) -> Iterator[ColoredText]:
    """Yield a row of cells, those of one color together."""
    present = {role: codes for role, codes in layers.items() if any(codes)}
    roles = tuple(present)
    cells = (_cell(roles, codes, highlight, glyphs) for codes in zip(*present.values(), lit, strict=False))
    for cell_color, group in groupby(cells, key=itemgetter(1) if color else lambda cell: None):
        yield "".join([character for character, _ in group]), cell_color


@lru_cache(maxsize=4096)
def _cell(roles: tuple[ColorRole, ...], codes: tuple[int, ...], highlight: int, glyphs: Glyphs) -> ColoredText:
    """Return a cell from the code of each role and that of the lit dots; most cells look like many others."""
    present = [(role, code) for role, code in zip(roles, codes, strict=False) if code]
    if glyphs == "blocks":
        return _block_cell(present, codes[-1], highlight)
    return _dots_cell(present, codes[-1], highlight, octants() if glyphs == "octants" else _BRAILLE)


def _dots_cell(codes: _RoleCodes, lit: int, highlight: int, characters: str) -> ColoredText:
    """Return the character with the dots of all roles in the color of the role with the most of them."""
    if not codes:
        return " ", None
    role, code = codes[0] if len(codes) == 1 else _majority(codes)
    return characters[code], CellColor(role, _soft_highlight(code, lit, highlight) if lit else 0)


@cache
def octants() -> str:
    """Return the octant of each braille code; those of Unicode 16 are in the order of their dots, row by row."""
    quarters = (0x05, 0x0A, 0x50, 0xA0)
    known = {sum(quarters[bit] for bit in range(4) if i >> bit & 1): ord(_QUADRANTS[i - 1]) for i in range(1, 16)}
    known |= _OTHER_OCTANTS | {0: ord(" ")}
    rest = count(_FIRST_OCTANT)
    by_dots = [chr(known[dots] if dots in known else next(rest)) for dots in range(256)]
    bits = [bit for row in _BRAILLE_BITS for bit in row]
    return "".join(by_dots[sum(1 << i for i, bit in enumerate(bits) if code & bit)] for code in range(256))


def _block_cell(codes: _RoleCodes, lit: int, highlight: int) -> ColoredText:
    """Return a full block, a half block or a space; a half is set if at least half of its dots are."""
    upper, lower = (_half_color(codes, lit, half, highlight) for half in (_UPPER_HALF, _LOWER_HALF))
    if upper is None:
        return (" ", None) if lower is None else ("▄", lower)
    if upper == lower:
        return "█", upper
    return "▀", upper if lower is None else upper._replace(lower=lower)


def _half_color(codes: _RoleCodes, lit: int, half: int, highlight: int) -> CellColor | None:
    in_half = [(role, code & half) for role, code in codes if code & half]
    if not in_half:
        return None
    role, code = _majority(in_half)
    return CellColor(role, _soft_highlight(code, lit & half, highlight)) if code.bit_count() >= 2 else None


def _majority(codes: _RoleCodes) -> tuple[ColorRole, int]:
    """Return the role with most dots, and all dots; those of props count only where there is nothing else."""
    visible = [(role, code) for role, code in codes if role is not ColorRole.PROP] or codes
    union = 0
    for _, code in visible:
        union |= code
    return max(visible, key=lambda pair: pair[1].bit_count() * _ROLE_WEIGHTS.get(pair[0], 1.0))[0], union


def _soft_highlight(code: int, lit: int, highlight: int) -> int:
    """Return a lower highlight for cells at the edge of the muscle, for a soft edge instead of steps."""
    share = (code & lit).bit_count() / max(1, code.bit_count())
    return highlight if share > 0.6 else highlight // 2 if share > 0.2 else 0


def _cell_codes(canvas: Canvas, bitmap: int) -> list[bytes]:
    """Return the braille codes of each row of cells."""
    rows, codes = canvas.rows(bitmap), 0
    for first, table in enumerate(_braille_tables()):
        # Each byte of a bitmap holds the dots of four cells.
        codes |= int.from_bytes(b"".join([table[dots] for dots in b"".join(rows[first::4])]), "little")
    size = canvas.stride // 2
    data = codes.to_bytes(size * (canvas.height // 4), "little")
    return [data[i : i + size] for i in range(0, len(data), size)]


@cache
def _braille_tables() -> tuple[tuple[bytes, ...], ...]:
    """Return, for each dot row of a cell, a table from eight dots to the braille bits of four cells."""
    return tuple(
        tuple(
            bytes(sum(bits[x] for x in (0, 1) if byte >> 2 * cell + x & 1) for cell in range(4)) for byte in range(256)
        )
        for bits in _BRAILLE_BITS
    )
