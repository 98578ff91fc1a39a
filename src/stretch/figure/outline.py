"""The exact outline of a hull of circles, as arcs and straight lines for an SVG path."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import acos, atan2, cos, dist, pi, sin

from stretch.figure.geometry import Circle, Hull, Point

UNIT = 4
"""SVG units for one percent of stature: a quarter of a percent is finer than print shows, and short to write."""
_PROBES = 72
_TURN = 2 * pi
_FLAT = 4.0
"""An arc shorter than this many SVG units is drawn as a corner."""

_Corner = tuple[Circle, float, float]
_Spot = tuple[int, int]


def path(hull: Hull) -> str:
    """The closed outline, y down."""
    corners = _corners(hull)
    if len(corners) < 2:
        return _disc(max(hull, key=lambda circle: circle[2]))
    return _drawn(corners, closed=True)


def open_path(hull: Hull) -> str:
    """The outline without the arc round the first circle: where a limb grows out of another, nothing is drawn."""
    corners = _corners(hull)
    first = next((i for i, (circle, _, _) in enumerate(corners) if circle == hull[0]), None)
    if first is None or len(corners) < 2:
        return path(hull)
    return _drawn(corners[first:] + corners[:first], closed=False)


def _corners(hull: Hull) -> list[_Corner]:
    """The circles that show on the outline, counter-clockwise, with the angles at which each begins and ends."""
    shown: list[Circle] = []
    for i in range(_PROBES):
        angle = _TURN * i / _PROBES
        reach = max(hull, key=lambda circle: circle[0] * cos(angle) + circle[1] * sin(angle) + circle[2])
        if not shown or shown[-1] != reach:
            shown.append(reach)
    while len(shown) > 1 and shown[0] == shown[-1]:
        shown.pop()
    if len(shown) < 2:
        return []
    leaves = [_tangent(a, b) for a, b in zip(shown, shown[1:] + shown[:1], strict=True)]
    return [(circle, leaves[i - 1], leaves[i]) for i, circle in enumerate(shown)]


def _tangent(a: Circle, b: Circle) -> float:
    """The angle at which a line touches both circles when the outline goes from a to b."""
    lean = max(-1.0, min(1.0, (a[2] - b[2]) / max(dist(a[:2], b[:2]), 1e-9)))
    return atan2(b[1] - a[1], b[0] - a[0]) - acos(lean)


def _drawn(corners: list[_Corner], *, closed: bool) -> str:
    """The path from where the first circle is left, round the others and, if closed, round it too.

    Steps are relative: they are shorter to write than places.
    """
    here = _spot(_rim(corners[0][0], corners[0][2]))
    pieces = [f"M{_pair(here)}"]
    for circle, begins, ends in corners[1:] + (corners[:1] if closed else []):
        first, last = _spot(_rim(circle, begins)), _spot(_rim(circle, ends))
        pieces.append(f"l{_step(here, first)}")
        sweep = (ends - begins) % _TURN
        if circle[2] * sweep * UNIT < _FLAT:
            last = first
        else:
            # A radius too small for its chord is scaled up to a half circle: that is all the end of a limb is.
            radius = 1 if 0.9 * pi < sweep < 1.1 * pi else round(circle[2] * UNIT)
            pieces.append(f"a{radius} {radius} 0 {int(sweep > pi)} 0 {_step(first, last)}")
        here = last
    return "".join(pieces) + ("z" if closed else f"l{_step(here, _spot(_rim(corners[0][0], corners[0][1])))}")


def line(points: Sequence[Point]) -> str:
    """A line through points, to be stroked."""
    spots = [_spot(point) for point in points]
    return f"M{_pair(spots[0])}" + "".join(f"l{_step(a, b)}" for a, b in pairwise(spots))


def _disc(circle: Circle) -> str:
    x, y, radius = circle
    size = round(radius * UNIT)
    return f"M{_pair(_spot((x - radius, y)))}a{size} {size} 0 1 0 {2 * size} 0a{size} {size} 0 1 0-{2 * size} 0z"


def _rim(circle: Circle, angle: float) -> Point:
    return circle[0] + circle[2] * cos(angle), circle[1] + circle[2] * sin(angle)


def _spot(point: Point) -> _Spot:
    return round(point[0] * UNIT), round(-point[1] * UNIT)


def _step(a: _Spot, b: _Spot) -> str:
    return _pair((b[0] - a[0], b[1] - a[1]))


def _pair(spot: _Spot) -> str:
    return f"{spot[0]}{spot[1]}" if spot[1] < 0 else f"{spot[0]} {spot[1]}"
