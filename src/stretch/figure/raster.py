"""Rasterizer: figure parts to layers of dots, one bitmap for each color role. Independent of characters and colors.

A bitmap is one integer for each row, with bit x for the dot in column x, so that whole rows are set, cut and dilated
with a shift and an OR.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations
from math import ceil, dist, floor, inf, sqrt
from typing import NamedTuple

from stretch.figure.body import FigurePart, figure_parts
from stretch.figure.colors import ColorRole
from stretch.figure.file_format import Figure, turned_to
from stretch.figure.geometry import Circle, Hull
from stretch.figure.skeleton import skeleton_at

Bitmap = dict[int, int]
"""Row number to bits; rows without dots may be missing."""
BoundingBox = tuple[float, float, float, float]
"""Left, bottom, right, top in body units."""
_MEASURED_DEPTHS = 9
"""Limbs swing on arcs, so measuring the figure at both ends is not enough."""
_MIN_RADIUS = 0.55
"""Radius in dots; a thinner line would have gaps."""
_MIN_CUTOUT = 0.7
"""Radius in dots; smaller eyes and mouths would be specks that come and go."""
_ROOT_MARGIN = 1.6
"""Dots added around a root, so that the gap on both sides of it does not nick the limb."""


@lru_cache(maxsize=64)
def bounding_box(figure: Figure) -> BoundingBox:
    """Return the crop of the figure, or else the box around the figure at every depth and its props."""
    if figure.crop is not None:
        return figure.crop
    depths = (i / (_MEASURED_DEPTHS - 1) for i in range(_MEASURED_DEPTHS))
    boxes = [bounds(figure_parts(figure, skeleton_at(figure, depth), pressing=True)) for depth in depths]
    left, bottom, right, top = zip(*boxes, strict=True)
    return min(left), 0.0 if figure.has_floor else min(bottom), max(right), max(top)


def bounds(parts: Iterable[FigurePart]) -> BoundingBox:
    """Return the box around some parts."""
    circles = (circle for part in parts for hull in part.hulls for circle in hull)
    boxes = ((x - radius, y - radius, x + radius, y + radius) for x, y, radius in circles)
    left, bottom, right, top = zip(*boxes, strict=True)
    return min(left), min(bottom), max(right), max(top)


class _Viewport(NamedTuple):
    """Maps body units (y up) to dots (y down)."""

    scale: float
    left: float
    bottom: float

    def to_dots(self, hull: Hull) -> Hull:
        """Return the hull in dots."""
        scale, left, bottom = self
        return tuple((left + x * scale, bottom - y * scale, max(radius * scale, _MIN_RADIUS)) for x, y, radius in hull)


@lru_cache(maxsize=256)
def _viewport(figure: Figure, width: int, height: int) -> _Viewport:
    """Return the viewport with the bounding box in the middle and the floor in the last row; it never moves."""
    left, bottom, right, top = bounding_box(figure)
    on_floor = figure.has_floor and figure.crop is None
    scale = min((width - 2) / (right - left), (height - (2 if on_floor else 1)) / (top - bottom))
    y = height - 1 + bottom * scale if on_floor else height / 2 + (bottom + top) / 2 * scale
    return _Viewport(scale, width / 2 - (left + right) / 2 * scale, y)


class Canvas(NamedTuple):
    """The dots of each role, no dot in two roles; `lit` are the dots that lie in a muscle."""

    width: int
    height: int
    layers: dict[ColorRole, Bitmap]
    lit: Bitmap


def rasterize(figure: Figure, width: int, height: int, depth: float, *, left: bool, pressing: bool) -> Canvas:
    """Return the figure at one depth on a grid of dots, with its right or its *left* side at work."""
    figure, *factors = turned_to(figure, left=left)
    canvas = Canvas(width, height, {}, {})
    if figure.has_floor:
        canvas.layers[ColorRole.PROP] = {height - 1: _every_nth_bit(3, 0, width)}
    painter = _Painter(canvas, _viewport(figure, width, height))
    for part in figure_parts(figure, skeleton_at(figure, depth), pressing=pressing):
        painter.paint(part)
    return _mirrored(canvas, *factors)


class _Painter:
    """Paints parts onto a canvas, each in front of those before."""

    def __init__(self, canvas: Canvas, viewport: _Viewport) -> None:
        self._canvas, self._viewport = canvas, viewport

    def paint(self, part: FigurePart) -> None:
        """Paint one part and clear what it hides, with a gap around it."""
        layers = self._canvas.layers
        shape = self._fill(part.hulls)
        dots = _dotted(shape) if part.dotted else shape
        hidden = self._with_gap(part, shape) if part.has_gap else dots
        for layer in (*layers.values(), self._canvas.lit):
            _subtract(layer, hidden)
        if cutouts := tuple(hull for hull in part.cutouts if hull[0][2] * self._viewport.scale >= _MIN_CUTOUT):
            dots = dict(dots)
            _subtract(dots, self._fill(cutouts))
        for overlay in part.overlays:
            covered = _intersection(dots, self._fill(overlay.hulls))
            _add(layers.setdefault(overlay.role, {}), covered)
            dots = {y: bits & ~covered.get(y, 0) for y, bits in dots.items()}
        _add(layers.setdefault(part.role, {}), dots)
        if part.muscles:
            _add(self._canvas.lit, _intersection(shape, self._fill(part.muscles)))

    def _fill(self, hulls: Iterable[Hull]) -> Bitmap:
        return fill_hulls([self._viewport.to_dots(hull) for hull in hulls], self._canvas.width, self._canvas.height)

    def _with_gap(self, part: FigurePart, shape: Bitmap) -> Bitmap:
        """Return the shape with a margin of one dot, but none around its root."""
        dilated = dilate(shape, self._canvas.height)
        if part.root is not None:
            x, y, radius = part.root
            for row, bits in self._fill([((x, y, radius + _ROOT_MARGIN / self._viewport.scale),)]).items():
                if row in dilated:
                    dilated[row] = dilated[row] & ~bits | shape.get(row, 0)
        return dilated


def to_monochrome(canvas: Canvas, grain: int, *, lit: bool) -> Canvas:
    """Return the canvas for a terminal without color: far limbs at half density and, if *lit*, the muscle striped.

    *grain* is the size of the pattern's squares in dots.
    """
    layers = dict(canvas.layers)
    full = (1 << canvas.width) - 1
    even = sum(((1 << grain) - 1) << x for x in range(0, canvas.width, 2 * grain))
    for role in {ColorRole.FAR_SKIN, ColorRole.FAR_LEGGINGS} & layers.keys():
        layers[role] = {y: bits & (even if y // grain % 2 else full & ~even) for y, bits in layers[role].items()}
    if not lit:
        return canvas._replace(layers=layers)
    stripes = [sum(1 << x for x in range(canvas.width) if (x + y) // grain % 4 == 0) for y in range(4 * grain)]
    for role, layer in layers.items():
        layers[role] = {y: bits & ~(canvas.lit.get(y, 0) & stripes[y % (4 * grain)]) for y, bits in layer.items()}
    return canvas._replace(layers=layers)


def fill_hulls(hulls: Sequence[Hull], width: int, height: int) -> Bitmap:
    """Return the dots with their middle inside any of the hulls; x to the right and y down, in dots."""
    bitmap: Bitmap = {}
    for hull in hulls:
        for y, bits in _hull_rows(hull, width, height):
            bitmap[y] = bitmap.get(y, 0) | bits
    return bitmap


@lru_cache(maxsize=512)
def _hull_rows(hull: Hull, width: int, height: int) -> tuple[tuple[int, int], ...]:
    """Return the bits of each row of a hull; cached because most of a picture stands still."""
    lefts, rights = [inf] * height, [-inf] * height
    for x, y, radius in hull:
        for row in _rows_between(y - radius, y + radius, height):
            half = sqrt(max(0.0, radius * radius - (row + 0.5 - y) ** 2))
            if x - half < lefts[row]:
                lefts[row] = x - half
            if x + half > rights[row]:
                rights[row] = x + half
    for a, b in combinations(hull, 2):
        for x, y, slope, rows in _tangents(a, b, height):
            for row in rows:
                edge = x + (row + 0.5 - y) * slope
                if edge < lefts[row]:
                    lefts[row] = edge
                if edge > rights[row]:
                    rights[row] = edge
    spans = (
        (y, max(0, ceil(left - 0.5)), min(width - 1, floor(right - 0.5)))
        for y, (left, right) in enumerate(zip(lefts, rights, strict=True))
        if left <= right
    )
    return tuple((y, (2 << last) - (1 << first)) for y, first, last in spans if first <= last)


def _tangents(a: Circle, b: Circle, height: int) -> Iterator[tuple[float, float, float, range]]:
    """Yield the common tangents of two circles: a point, the inverse of the slope, and the rows between."""
    distance = dist(a[:2], b[:2])
    if distance <= abs(a[2] - b[2]):
        return
    ux, uy = (b[0] - a[0]) / distance, (b[1] - a[1]) / distance
    cosine = (a[2] - b[2]) / distance
    sine = sqrt(1 - cosine * cosine)
    for sign in (1, -1):
        nx, ny = cosine * ux - sign * sine * uy, cosine * uy + sign * sine * ux
        x0, y0, x1, y1 = a[0] + a[2] * nx, a[1] + a[2] * ny, b[0] + b[2] * nx, b[1] + b[2] * ny
        if abs(y1 - y0) > 1e-9:
            yield x0, y0, (x1 - x0) / (y1 - y0), _rows_between(min(y0, y1), max(y0, y1), height)


def _rows_between(top: float, bottom: float, height: int) -> range:
    return range(max(0, ceil(top - 0.5)), min(height - 1, floor(bottom - 0.5)) + 1)


def dilate(bitmap: Bitmap, height: int) -> Bitmap:
    """Return the bitmap with every neighbor of a dot added, diagonal ones too."""
    dilated: Bitmap = {}
    for y, bits in bitmap.items():
        bits |= bits << 1 | bits >> 1
        for row in (y - 1, y, y + 1):
            if 0 <= row < height:
                dilated[row] = dilated.get(row, 0) | bits
    return dilated


def _dotted(shape: Bitmap) -> Bitmap:
    """Return the outline and a few dots: enough for a mat to be seen, too little to compete with the person."""
    dotted: Bitmap = {}
    for y, bits in shape.items():
        inner = bits & bits << 1 & bits >> 1 & shape.get(y - 1, 0) & shape.get(y + 1, 0)
        pattern = _every_nth_bit(4, 2 * (y // 4 % 2), bits.bit_length()) if y % 4 == 0 else 0
        dotted[y] = bits & ~inner | inner & pattern
    return dotted


def _every_nth_bit(step: int, first: int, width: int) -> int:
    return sum(1 << x for x in range(first, width, step))


def _add(layer: Bitmap, other: Bitmap) -> None:
    for y, bits in other.items():
        layer[y] = layer.get(y, 0) | bits


def _subtract(layer: Bitmap, other: Bitmap) -> None:
    for y, bits in other.items():
        if y in layer:
            layer[y] &= ~bits


def _intersection(a: Bitmap, b: Bitmap) -> Bitmap:
    return {y: bits & b[y] for y, bits in a.items() if y in b}


def _mirrored(canvas: Canvas, x_factor: int, y_factor: int) -> Canvas:
    def mirrored(layer: Bitmap) -> Bitmap:
        if y_factor < 0:
            return {canvas.height - 1 - y: bits for y, bits in layer.items()}
        return {y: _reversed_bits(bits, canvas.width) for y, bits in layer.items()}

    if x_factor == y_factor:
        return canvas
    layers = {role: mirrored(layer) for role, layer in canvas.layers.items()}
    return canvas._replace(layers=layers, lit=mirrored(canvas.lit))


_REVERSED_BYTES = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))


def _reversed_bits(bits: int, width: int) -> int:
    size = (width + 7) // 8
    flipped = int.from_bytes(bits.to_bytes(size, "little").translate(_REVERSED_BYTES)[::-1], "little")
    return flipped >> (size * 8 - width)
