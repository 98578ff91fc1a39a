"""Hulls of props, straps and arrows: everything in the picture that is not the person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from stretch.figure.file_format import Arrow, Bar, Box, Chair, Mat, Pillow, Prop, View, Wall
from stretch.figure.geometry import Hull, Point, bearing, circle, polar_offset
from stretch.figure.skeleton import resolve_place

STRAP, ARROW, FURNITURE, SEAT = 0.9, 1.0, 1.1, 1.9
"""Half the thickness of straps, of arrows, of furniture, and of the seat of a chair."""
CORNER = 4.0
"""Radius of the corners of a mat seen from above."""


def prop_hulls(prop: Prop, view: View) -> tuple[Hull, ...]:
    """Return the hulls of a prop; the floor has none, it is the edge of the picture."""
    match prop:
        case Mat(x0, x1, float(y0), float(y1)):
            left, bottom, right, top = x0 + CORNER, y0 + CORNER, x1 - CORNER, y1 - CORNER
            return (tuple((x, y, CORNER) for x, y in ((left, bottom), (right, bottom), (right, top), (left, top))),)
        case Mat(x0, x1):
            return (((x0, -0.8, 0.8), (x1, -0.8, 0.8)),)
        case Chair():
            return _chair(prop, view)
        case Wall():
            return _wall(prop)
        case Box(x0, x1, y0, y1):
            left, bottom, right, top = x0 + FURNITURE, y0 + FURNITURE, x1 - FURNITURE, y1 - FURNITURE
            return line_hulls(((left, bottom), (left, top), (right, top), (right, bottom), (left, bottom)), FURNITURE)
        case Pillow(a, b, radius):
            return ((circle(a, radius), circle(b, radius)),)
        case Bar(points, radius):
            return line_hulls(points, radius)
    return ()


def _chair(chair: Chair, view: View) -> tuple[Hull, ...]:
    left, right, seat = chair.x - chair.width / 2, chair.x + chair.width / 2, chair.height - SEAT
    cushion = ((left + SEAT - 1, seat, SEAT), (right - SEAT + 1, seat, SEAT))
    lines: list[Sequence[Point]] = [
        ((left + 1, FURNITURE), (left + 1, seat)),
        ((right - 1, FURNITURE), (right - 1, seat)),
    ]
    top = chair.height + chair.back
    if chair.back and view is View.SIDE:
        rear = left if chair.facing == 1 else right
        lines.append(((rear, seat), (rear - 2.0 * chair.facing, top)))
    elif chair.back:
        lines.append(((left, seat), (left, top), (right, top), (right, seat)))
    return cushion, *(hull for line in lines for hull in line_hulls(line, FURNITURE))


def _wall(wall: Wall) -> tuple[Hull, ...]:
    """Return the surface and, behind it, the short slanted strokes that mean solid in technical drawings."""
    x = wall.x + wall.solid * FURNITURE
    strokes = (((x, float(y)), (x + wall.solid * 3.5, y - 3.5)) for y in range(8, int(wall.height) + 1, 8))
    surface = line_hulls(((x, 0.0), (x, wall.height)), FURNITURE)
    return (*surface, *(hull for stroke in strokes for hull in line_hulls(stroke, 0.5)))


def line_hulls(points: Sequence[Point], radius: float) -> tuple[Hull, ...]:
    """Return the hulls of a line through *points*, such as a taut strap, twice *radius* thick."""
    return tuple((circle(a, radius), circle(b, radius)) for a, b in pairwise(points))


def arrow_hulls(arrow: Arrow, joints: Mapping[str, Point]) -> tuple[Hull, ...]:
    """Return the hulls of an arrow: shaft and head."""
    if arrow.arc is not None:
        x, y, radius, first, last = arrow.arc
        steps = max(2, round(abs(last - first) / 12))
        shaft = [polar_offset((x, y), first + (last - first) * i / steps, radius) for i in range(steps + 1)]
    else:
        shaft = [resolve_place(place, joints) for place in arrow.path]
    direction = bearing(shaft[-2], shaft[-1])
    corners = ((direction, 5.0), (direction + 115, 4.0), (direction - 115, 4.0))
    head = tuple(circle(polar_offset(shaft[-1], angle, distance), 0.3) for angle, distance in corners)
    return *line_hulls(shaft, ARROW), head
