"""Figures as pixels: PNG pictures with smooth edges on a transparent background, in the colors of a palette.

A figure is drawn as dots, two by two for each pixel. Their number makes a pixel more or less opaque, and most of them
its color. All pixels are worked on at once, as bitmaps: integers with a bit for each.
"""

import struct
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple
from zlib import compress, crc32

from stretch.figure.colors import HIGHLIGHT_STEPS, CellColor, ColorRole, hex_color
from stretch.figure.file_format import Figure
from stretch.figure.raster import Canvas, rasterize

_ROLES = tuple(ColorRole)
_LEVELS = 4
"""Levels of opacity, and of being lit: not, half and fully, with one not used."""
_ALPHA = bytes(round(255 * (level + 1) / _LEVELS) for level in range(_LEVELS))
_EVEN = bytes(sum((byte >> 2 * i & 1) << i for i in range(4)) for byte in range(256))
_ODD = bytes(sum((byte >> 2 * i + 1 & 1) << i for i in range(4)) for byte in range(256))


class _Count(NamedTuple):
    """The number of dots in each pixel, from 0 to 4, as three bitmaps."""

    ones: int
    twos: int
    fours: int


def render_png(
    figure: Figure,
    width: int,
    height: int,
    depth: float,
    palette: Mapping[ColorRole, str],
    *,
    left: bool = False,
    pressing: bool = False,
) -> bytes:
    """Return the figure at a depth from 0 to 1 with its right or its *left* side at work.

    *width* is a multiple of 8.
    """
    canvas = rasterize(figure, 2 * width, 2 * height, depth, left=left, pressing=pressing, grain=_grain(height))
    planes = _index_planes(canvas)
    size = width // 8
    pixels = 0
    for bit, plane in enumerate(planes):
        spread = b"".join(map(_spread(bit).__getitem__, plane.to_bytes(size * height, "little")))
        pixels |= int.from_bytes(spread, "little")
    data = pixels.to_bytes(width * height, "little")
    rows = b"".join(b"\0" + data[start : start + width] for start in range(0, len(data), width))
    colors, alphas = _colors(palette, round(depth * HIGHLIGHT_STEPS))
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", colors), (b"tRNS", alphas), (b"IDAT", compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)


def _grain(height: int) -> int:
    """Return the width of a gap and the size of a pattern in dots."""
    return max(1, round(height / 80))


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", crc32(name + content))


def _colors(palette: Mapping[ColorRole, str], highlight: int) -> tuple[bytes, bytes]:
    """Return the color and the opacity of each index: 16 for each role, 4 for each level of being lit."""
    colors, alphas = bytes(3 * _LEVELS**2), bytes(_LEVELS**2)
    for role in _ROLES:
        for lit in (0, highlight // 2, highlight, highlight):
            colors += bytes.fromhex(hex_color(CellColor(role, lit), palette)[1:]) * _LEVELS
            alphas += _ALPHA
    return colors, alphas


def _index_planes(canvas: Canvas) -> list[int]:
    """Return the bits of the index of each pixel, as bitmaps; index 0 is transparent."""
    counts = {role: _count(canvas, bitmap) for role, bitmap in canvas.layers.items()}
    union, lit = _count(canvas, sum(canvas.layers.values())), _count(canvas, canvas.lit)
    planes = [0] * 8
    covered = union.ones | union.twos | union.fours
    planes[0] = covered & ~union.ones
    planes[1] = union.twos & union.ones | union.fours
    planes[2] = covered & (lit.ones ^ lit.twos) & ~(lit.ones & lit.twos) & ~lit.fours
    planes[3] = covered & (lit.twos & lit.ones | lit.fours)
    done = 0
    for at_least_half in (True, False):
        for role, count in counts.items():
            own = (count.twos | count.fours | (0 if at_least_half else count.ones)) & ~done
            done |= own
            for bit in range(4):
                if _ROLES.index(role) + 1 >> bit & 1:
                    planes[4 + bit] |= own
    return planes


def _count(canvas: Canvas, bitmap: int) -> _Count:
    """Return the number of dots of a bitmap in each pixel."""
    rows = [row[:-1] for row in canvas.rows(bitmap)]  # without the byte between two rows
    quarters = []
    for first in (0, 1):
        data = b"".join(rows[first::2])
        for table in (_EVEN, _ODD):
            nibbles = data.translate(table)
            quarters.append(int.from_bytes(nibbles[::2], "little") | int.from_bytes(nibbles[1::2], "little") << 4)
    a, b, c, d = quarters
    odd, other = a ^ b, c ^ d
    return _Count(odd ^ other, (a & b) ^ (c & d) ^ (odd & other), a & b & c & d)


@cache
def _spread(bit: int) -> tuple[bytes, ...]:
    """Return eight bytes for each byte: those of its bits that are set have only *bit* set."""
    return tuple(bytes((byte >> i & 1) << bit for i in range(8)) for byte in range(256))
