"""Parts -> layers of dots: who owns each dot, and which are lit. Knows nothing of characters or colours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import ceil, dist, floor, sqrt
from typing import NamedTuple

from stretch.figure.body import Part, parts
from stretch.figure.colors import FAR, ColorRole
from stretch.figure.geometry import Circle, Hull
from stretch.figure.model import Figure
from stretch.figure.skeleton import skeleton_at

_FINE = 0.7
"""Radius in dots from which eyes and mouth are cut out; below it they would be specks that come and go."""
_ROOT = 1.6
"""Dots added round a root, so that the gap on both its sides, a dot wide at any size, does not nick the limb."""


class Canvas(NamedTuple):
    """The dots of each role, no dot in two; `glow` are those of them that lie in a lit muscle."""

    width: int
    height: int
    layers: dict[ColorRole, Mask]
    glow: Mask


def draw(figure: Figure, width: int, height: int, depth: float, *, mirror: bool, pressing: bool) -> Canvas:
    """A figure at one depth on a grid of dots."""
    view = camera(figure, width, height)
    canvas = Canvas(width, height, {}, {})
    if figure.has_floor:
        canvas.layers[ColorRole.PROP] = {height - 1: _every(3, 0, width)}
    for part in parts(figure, skeleton_at(figure, depth), pressing=pressing):
        _paint(canvas, view, part)
    return _mirrored(canvas) if mirror else canvas


def _paint(canvas: Canvas, view: Camera, part: Part) -> None:
    whole = _dots(canvas, view, part.hulls)
    own = _hinted(whole) if part.sparse else whole
    taken = _with_gap(canvas, view, part, whole) if part.solid else own
    for layer in (*canvas.layers.values(), canvas.glow):
        _remove(layer, taken)
    if holes := tuple(hull for hull in part.holes if hull[0][2] * view.scale >= _FINE):
        own = dict(own)
        _remove(own, _dots(canvas, view, holes))
    for coat in part.coats:
        over = _common(own, _dots(canvas, view, coat.hulls))
        _add(canvas.layers.setdefault(coat.role, {}), over)
        own = {y: bits & ~over.get(y, 0) for y, bits in own.items()}
    _add(canvas.layers.setdefault(part.role, {}), own)
    if part.glow:
        _add(canvas.glow, _common(whole, _dots(canvas, view, part.glow)))


def _dots(canvas: Canvas, view: Camera, hulls: tuple[Hull, ...]) -> Mask:
    return filled([view.hull(hull) for hull in hulls], canvas.width, canvas.height)


def _with_gap(canvas: Canvas, view: Camera, part: Part, whole: Mask) -> Mask:
    """The part and a dark gap of one dot round it, but none where it grows out of the part behind."""
    wide = widened(whole, canvas.height)
    if part.root is not None:
        x, middle, radius = part.root
        root = ((x, middle, radius + _ROOT / view.scale),)
        for y, bits in _dots(canvas, view, (root,)).items():
            if y in wide:
                wide[y] = wide[y] & ~bits | whole.get(y, 0)
    return wide


def _hinted(whole: Mask) -> Mask:
    """A surface by its outline and a few dots: enough to be seen as a mat, not enough to compete with the person."""
    hint: Mask = {}
    for y, bits in whole.items():
        inner = bits & bits << 1 & bits >> 1 & whole.get(y - 1, 0) & whole.get(y + 1, 0)
        hint[y] = bits & ~inner | (inner & _every(4, 2 * (y // 4 % 2), bits.bit_length()) if y % 4 == 0 else 0)
    return hint


def _every(step: int, first: int, width: int) -> int:
    """A row with every so many dots set."""
    return sum(1 << x for x in range(first, width, step))


def _add(layer: Mask, more: Mask) -> None:
    for y, bits in more.items():
        layer[y] = layer.get(y, 0) | bits


def _remove(layer: Mask, less: Mask) -> None:
    for y, bits in less.items():
        if y in layer:
            layer[y] &= ~bits


def _common(a: Mask, b: Mask) -> Mask:
    return {y: bits & b[y] for y, bits in a.items() if y in b}


def _mirrored(canvas: Canvas) -> Canvas:
    def turned(layer: Mask) -> Mask:
        return {y: reversed_row(bits, canvas.width) for y, bits in layer.items()}

    return canvas._replace(
        layers={role: turned(layer) for role, layer in canvas.layers.items()}, glow=turned(canvas.glow)
    )


def textured(canvas: Canvas, grain: int, *, lit: bool) -> Canvas:
    """The canvas for a terminal without colour: far limbs at half density, the muscle in stripes once it is lit.

    `grain` is the size of the pattern's squares in dots.
    """
    layers = dict(canvas.layers)
    full = (1 << canvas.width) - 1
    even = sum(((1 << grain) - 1) << x for x in range(0, canvas.width, 2 * grain))
    for role in FAR & layers.keys():
        layers[role] = {y: bits & (even if y // grain % 2 else full & ~even) for y, bits in layers[role].items()}
    if not lit:
        return canvas._replace(layers=layers)
    stripes = [sum(1 << x for x in range(canvas.width) if (x + y) // grain % 4 == 0) for y in range(4 * grain)]
    for role, layer in layers.items():
        layers[role] = {y: bits & ~(canvas.glow.get(y, 0) & stripes[y % (4 * grain)]) for y, bits in layer.items()}
    return canvas._replace(layers=layers)


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


_LOOKS = 9
"""Depths at which the figure is measured: limbs swing on arcs, so the two ends are not enough."""
_THINNEST = 0.55
"""Radius in dots below which a line would have gaps."""

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in body units."""


class Camera(NamedTuple):
    """From body units (y up) to dots (y down)."""

    scale: float
    left: float
    bottom: float

    def hull(self, hull: Hull) -> Hull:
        """A shape in dots."""
        scale, left, bottom = self
        return tuple((left + x * scale, bottom - y * scale, max(radius * scale, _THINNEST)) for x, y, radius in hull)


@lru_cache(maxsize=64)
def box(figure: Figure) -> Box:
    """What has to be in the picture: the figure at every depth and its props, or the crop the file asks for."""
    if figure.frame is not None:
        return figure.frame
    looks = [bounds(parts(figure, skeleton_at(figure, i / (_LOOKS - 1)), pressing=True)) for i in range(_LOOKS)]
    left, bottom, right, top = zip(*looks, strict=True)
    return min(left), 0.0 if figure.has_floor else min(bottom), max(right), max(top)


def bounds(drawn: Iterable[Part]) -> Box:
    """The box round some parts."""
    circles = [circle for part in drawn for hull in part.hulls for circle in hull]
    return (
        min(x - radius for x, _, radius in circles),
        min(y - radius for _, y, radius in circles),
        max(x + radius for x, _, radius in circles),
        max(y + radius for _, y, radius in circles),
    )


@lru_cache(maxsize=256)
def camera(figure: Figure, width: int, height: int) -> Camera:
    """The camera for a grid of dots: the box in the middle, the floor in the last row."""
    left, bottom, right, top = box(figure)
    grounded = figure.has_floor and figure.frame is None
    room = height - 2 if grounded else height - 1
    scale = min((width - 2) / (right - left), room / (top - bottom))
    middle = width / 2 - (left + right) / 2 * scale
    if grounded:
        return Camera(scale, middle, height - 1 + bottom * scale)
    return Camera(scale, middle, height / 2 + (bottom + top) / 2 * scale)
