"""Parts -> layers of dots: who owns each dot, and which are lit. Knows nothing of characters or colours."""

from __future__ import annotations

from typing import NamedTuple

from stretch.figure.body import Part, parts
from stretch.figure.camera import Camera, camera
from stretch.figure.geometry import Hull
from stretch.figure.ink import FAR, Role
from stretch.figure.mask import Mask, filled, reversed_row, widened
from stretch.figure.pose import Figure
from stretch.figure.skeleton import joints

_FINE = 0.7
"""Radius in dots from which eyes and mouth are cut out; below it they would be specks that come and go."""
_ROOT = 1.6
"""Dots added round a root, so that the gap on both its sides, a dot wide at any size, does not nick the limb."""


class Canvas(NamedTuple):
    """The dots of each role, no dot in two; `glow` are those of them that lie in a lit muscle."""

    width: int
    height: int
    layers: dict[Role, Mask]
    glow: Mask


def draw(figure: Figure, width: int, height: int, depth: float, *, mirror: bool, pressing: bool) -> Canvas:
    """A figure at one depth on a grid of dots."""
    view = camera(figure, width, height)
    canvas = Canvas(width, height, {}, {})
    if figure.has_floor:
        canvas.layers[Role.PROP] = {height - 1: _every(3, 0, width)}
    for part in parts(figure, joints(figure, depth), pressing=pressing):
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
