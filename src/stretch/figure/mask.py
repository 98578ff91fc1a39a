"""Sets of dots: one integer for each row of the picture, bit x for the dot in column x.

Whole rows are set, cut and widened with a shift and an OR; no dot is ever visited on its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, dist, floor, sqrt

from stretch.figure.geometry import Circle, Hull

Mask = dict[int, int]
"""Row number to bits; a row without dots may be missing."""


def filled(hulls: Sequence[Hull], width: int, height: int) -> Mask:
    """The dots whose middle is inside any of the hulls; x to the right and y down, in dots."""
    mask: Mask = {}
    for hull in hulls:
        for y, (left, right) in _spans(hull, height).items():
            first, last = max(0, ceil(left - 0.5)), min(width - 1, floor(right - 0.5))
            if first <= last:
                mask[y] = mask.get(y, 0) | ((1 << (last + 1)) - (1 << first))
    return mask


def _spans(hull: Hull, height: int) -> dict[int, tuple[float, float]]:
    """Where each row of dots enters and leaves the hull: the outermost of its circles and their common tangents."""
    spans: dict[int, tuple[float, float]] = {}
    for x, y, radius in hull:
        for row in range(max(0, ceil(y - radius - 0.5)), min(height - 1, floor(y + radius - 0.5)) + 1):
            half = sqrt(max(0.0, radius * radius - (row + 0.5 - y) ** 2))
            left, right = spans.get(row, (x, x))
            spans[row] = (min(left, x - half), max(right, x + half))
    for i, a in enumerate(hull):
        for b in hull[i + 1 :]:
            _add_tangents(spans, a, b, height)
    return spans


def _add_tangents(spans: dict[int, tuple[float, float]], a: Circle, b: Circle, height: int) -> None:
    apart = dist(a[:2], b[:2])
    if apart <= abs(a[2] - b[2]):
        return
    ux, uy = (b[0] - a[0]) / apart, (b[1] - a[1]) / apart
    lean = (a[2] - b[2]) / apart
    upright = sqrt(1 - lean * lean)
    for sign in (1, -1):
        nx, ny = lean * ux - sign * upright * uy, lean * uy + sign * upright * ux
        x0, y0, x1, y1 = a[0] + a[2] * nx, a[1] + a[2] * ny, b[0] + b[2] * nx, b[1] + b[2] * ny
        if y0 > y1:
            x0, y0, x1, y1 = x1, y1, x0, y0
        if y1 - y0 < 1e-9:
            continue
        slope = (x1 - x0) / (y1 - y0)
        for row in range(max(0, ceil(y0 - 0.5)), min(height - 1, floor(y1 - 0.5)) + 1):
            x = x0 + (row + 0.5 - y0) * slope
            left, right = spans.get(row, (x, x))
            spans[row] = (min(left, x), max(right, x))


def widened(mask: Mask, height: int) -> Mask:
    """The mask and every dot next to it, corners too."""
    wide: Mask = {}
    for y, bits in mask.items():
        bits |= bits << 1 | bits >> 1
        for row in (y - 1, y, y + 1):
            if 0 <= row < height:
                wide[row] = wide.get(row, 0) | bits
    return wide


def reversed_row(bits: int, width: int) -> int:
    """A row of dots seen in the mirror."""
    size = (width + 7) // 8
    turned = int.from_bytes(bits.to_bytes(size, "little").translate(_TURNED_BYTES)[::-1], "little")
    return turned >> (size * 8 - width)


_TURNED_BYTES = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))
