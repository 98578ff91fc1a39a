"""A figure at a size and a depth -> a frame of characters, ready to be coloured and written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import groupby, repeat
from typing import Literal

from stretch.figure.colors import HIGHLIGHT_STEPS, CellColor, ColorRole
from stretch.figure.model import Figure
from stretch.figure.raster import Canvas, Mask, draw, textured

Glyphs = Literal["braille", "blocks"]
Run = tuple[str, CellColor | None]
CharacterFrame = tuple[tuple[Run, ...], ...]
"""Rows of runs; the texts of a row have `columns` characters together. No ink: nothing there, or no color wanted."""

DEPTH_STEPS = 32
"""Depths are rounded to this many steps, finer than the eye sees in dots, so that a breath fits the cache."""


def render_frame(
    figure: Figure,
    columns: int,
    rows: int,
    depth: float,
    *,
    mirror: bool = False,
    glyphs: Glyphs = "braille",
    color: bool = True,
    pressing: bool = False,
) -> CharacterFrame:
    """The figure in a grid of cells; `pressing` also shows the arrows of a contraction."""
    step = round(min(max(depth, 0.0), 1.0) * DEPTH_STEPS)
    return _frame(figure, columns, rows, step, mirror, glyphs, color, pressing)


@lru_cache(maxsize=160)
def _frame(
    figure: Figure, columns: int, rows: int, step: int, mirror: bool, glyphs: Glyphs, color: bool, pressing: bool
) -> CharacterFrame:
    depth = step / DEPTH_STEPS
    canvas = draw(figure, 2 * columns, 4 * rows, depth, mirror=mirror, pressing=pressing)
    if not color:
        canvas = textured(canvas, 1 if glyphs == "braille" else 2, lit=2 * step >= DEPTH_STEPS)
    cells = (braille if glyphs == "braille" else blocks)(canvas, round(depth * HIGHLIGHT_STEPS))
    return tuple(tuple(_runs(row if color else _plain(row))) for row in cells)


def _runs(row: Iterable[Cell]) -> Iterator[Run]:
    for ink, cells in groupby(row, key=lambda cell: cell[1]):
        yield "".join(character for character, _ in cells), ink


def _plain(row: Iterable[Cell]) -> Iterator[Cell]:
    return ((character, None) for character, _ in row)


def text(drawn: CharacterFrame) -> str:
    """A frame as lines of text, without its colours."""
    return "\n".join("".join(run for run, _ in row).rstrip() for row in drawn)


Cell = tuple[str, CellColor | None]
Codes = list[tuple[ColorRole, int]]
_BRAILLE = 0x2800
_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of each dot in a braille cell, by row and column."""
_UPPER, _LOWER = 0x1B, 0xE4
"""The dots of the upper and of the lower half of a cell."""
_WEIGHT = {ColorRole.STRAP: 1.5, ColorRole.FAR_SKIN: 0.9, ColorRole.FAR_LEGGINGS: 0.9}
"""A cell has one color: thin things count for more, the far side for less."""
_COUNT = bytes(value.bit_count() for value in range(256))


def braille(canvas: Canvas, glow: int) -> Iterator[list[Cell]]:
    """Rows of braille cells, each in the color of the role with the most dots in it."""
    for row in _rows(canvas):
        yield [_braille_cell(codes, lit, glow) for codes, lit in row]


def _braille_cell(codes: Codes, lit: int, glow: int) -> Cell:
    if not codes:
        return " ", None
    role, code = codes[0] if len(codes) == 1 else _majority(codes)
    return chr(_BRAILLE + code), CellColor(role, _glow(code, lit, glow) if lit else 0)


def blocks(canvas: Canvas, glow: int) -> Iterator[list[Cell]]:
    """Rows of half blocks; a half is set when at least half of its dots are."""
    for row in _rows(canvas):
        yield [_block_cell(_half(codes, lit, _UPPER, glow), _half(codes, lit, _LOWER, glow)) for codes, lit in row]


def _half(codes: Codes, lit: int, half: int, glow: int) -> CellColor | None:
    role, code = _majority([(role, code & half) for role, code in codes if code & half] or [(ColorRole.PROP, 0)])
    return CellColor(role, _glow(code, lit & half, glow)) if _COUNT[code] >= 2 else None


def _block_cell(upper: CellColor | None, lower: CellColor | None) -> Cell:
    if upper is None:
        return (" ", None) if lower is None else ("▄", lower)
    if upper == lower:
        return "█", upper
    return "▀", upper if lower is None else upper._replace(lower=lower)


def _majority(codes: Codes) -> tuple[ColorRole, int]:
    """The role with most dots, and the dots to show: those of a prop only where there is nothing else."""
    shown = [(role, code) for role, code in codes if role is not ColorRole.PROP] or codes
    union = 0
    for _, code in shown:
        union |= code
    return max(shown, key=lambda pair: _COUNT[pair[1]] * _WEIGHT.get(pair[0], 1.0))[0], union


def _glow(code: int, lit: int, glow: int) -> int:
    """A cell at the edge of the muscle glows less: a soft edge instead of steps."""
    share = _COUNT[code & lit] / max(1, _COUNT[code])
    return glow if share > 0.6 else glow // 2 if share > 0.2 else 0


def _rows(canvas: Canvas) -> Iterator[Iterator[tuple[Codes, int]]]:
    """For each row of cells, for each cell: what dots of what roles are in it, and which of them are lit."""
    columns = canvas.width // 2
    for top in range(0, canvas.height, 4):
        bands = [(role, band) for role, layer in canvas.layers.items() if (band := _band(layer, top, columns))]
        roles = [role for role, _ in bands]
        lit = _band(canvas.glow, top, columns) or bytes(columns)
        across = zip(*(band for _, band in bands), strict=False) if bands else repeat((), columns)
        yield (
            ([(role, code) for role, code in zip(roles, codes, strict=True) if code], light)
            for codes, light in zip(across, lit, strict=False)
        )


def _band(layer: Mask, top: int, columns: int) -> bytes | None:
    size = (columns + 3) // 4
    rows = [layer.get(top + i, 0) for i in range(4)]
    if not any(rows):
        return None
    a, b, c, d = (row.to_bytes(size, "little") for row in rows)
    first, second, third, fourth = _spread()
    fours = zip(a, b, c, d, strict=True)
    return b"".join((first[w] | second[x] | third[y] | fourth[z]).to_bytes(4, "little") for w, x, y, z in fours)


@cache
def _spread() -> tuple[tuple[int, ...], ...]:
    """For each of the four rows of a cell: eight dots in a row -> the bits of four braille cells."""
    return tuple(
        tuple(sum(_BITS[row][x % 2] << 8 * (x // 2) for x in range(8) if value >> x & 1) for value in range(256))
        for row in range(4)
    )
