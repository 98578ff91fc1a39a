"""Props, straps and arrows -> shapes: everything in the picture that is not the person."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from stretch.figure.geometry import Hull, Point, ahead, bearing, circle
from stretch.figure.model import Arrow, Bar, Box, Chair, Figure, Mat, Pillow, Prop, View, Wall
from stretch.figure.skeleton import place

THIN, BOLD, THICK, SEAT = 0.9, 1.0, 1.1, 1.9
"""Half the thickness of straps, of arrows, of furniture, and of the seat of a chair."""


def shapes(prop: Prop, figure: Figure) -> tuple[Hull, ...]:
    """The shapes of a prop; the floor has none, it is the edge of the picture."""
    match prop:
        case Mat(x0, x1, float(y0), float(y1)):
            return (_rectangle(x0, y0, x1, y1, 4.0),)
        case Mat(x0, x1):
            return (((x0, -0.8, 0.8), (x1, -0.8, 0.8)),)
        case Chair():
            return _chair(prop, figure.view)
        case Wall():
            return _wall(prop)
        case Box(x0, x1, y0, y1):
            return _line(((x0, y0), (x0, y1), (x1, y1), (x1, y0), (x0, y0)), THICK, inset=True)
        case Pillow(a, b, radius):
            return ((circle(a, radius), circle(b, radius)),)
        case Bar(points, radius):
            return _line(points, radius)
    return ()


def _rectangle(x0: float, y0: float, x1: float, y1: float, corner: float) -> Hull:
    x0, x1, y0, y1 = x0 + corner, x1 - corner, y0 + corner, y1 - corner
    return (x0, y0, corner), (x1, y0, corner), (x1, y1, corner), (x0, y1, corner)


def _chair(chair: Chair, view: View) -> tuple[Hull, ...]:
    left, right, seat = chair.x - chair.width / 2, chair.x + chair.width / 2, chair.height - SEAT
    legs = (((left + 1, THICK), (left + 1, seat)), ((right - 1, THICK), (right - 1, seat)))
    cushion = ((left + SEAT - 1, seat, SEAT), (right - SEAT + 1, seat, SEAT))
    lines: list[tuple[Point, ...]] = [*legs]
    top = chair.height + chair.back
    if chair.back and view is View.SIDE:
        rear = left if chair.facing == 1 else right
        lines.append(((rear, seat), (rear - 2.0 * chair.facing, top)))
    elif chair.back:
        lines.append(((left, seat), (left, top), (right, top), (right, seat)))
    return cushion, *(hull for line in lines for hull in _line(line, THICK))


def _wall(wall: Wall) -> tuple[Hull, ...]:
    """The face, and short slanted strokes behind it: the draughtsman's sign for solid."""
    x = wall.x + wall.solid * THICK
    strokes = (((x, float(y)), (x + wall.solid * 3.5, y - 3.5)) for y in range(8, int(wall.height) + 1, 8))
    return (*_line(((x, 0.0), (x, wall.height)), THICK), *(hull for stroke in strokes for hull in _line(stroke, 0.5)))


def _line(points: tuple[Point, ...], radius: float, inset: bool = False) -> tuple[Hull, ...]:
    if inset:
        middle = (sum(x for x, _ in points[:-1]) / 4, sum(y for _, y in points[:-1]) / 4)
        points = tuple(
            (x + (radius if x < middle[0] else -radius), y + (radius if y < middle[1] else -radius)) for x, y in points
        )
    return tuple((circle(a, radius), circle(b, radius)) for a, b in pairwise(points))


def strap(where: tuple[Point, ...]) -> tuple[Hull, ...]:
    """A taut strap through points."""
    return _line(where, THIN)


def arrow(drawn: Arrow, points: Mapping[str, Point]) -> tuple[Hull, ...]:
    """A shaft and a solid head."""
    if drawn.arc is not None:
        x, y, radius, first, last = drawn.arc
        steps = max(2, round(abs(last - first) / 12))
        shaft = tuple(ahead((x, y), first + (last - first) * i / steps, radius) for i in range(steps + 1))
    else:
        shaft = tuple(place(where, points) for where in drawn.path)
    heading = bearing(shaft[-2], shaft[-1])
    head = (ahead(shaft[-1], heading, 5.0), ahead(shaft[-1], heading + 115, 4.0), ahead(shaft[-1], heading - 115, 4.0))
    return *_line(shaft, BOLD), tuple(circle(corner, 0.3) for corner in head)
