"""Points, directions and circles in the plane.

Lengths are in percent of body height with y up; directions are in degrees, 0 to the right and 90 up.
"""

from itertools import permutations
from math import acos, atan2, cos, degrees, dist, radians, sin, tau

Point = tuple[float, float]
Circle = tuple[float, float, float]
"""Center x, center y, radius."""
Hull = tuple[Circle, ...]
"""The convex hull of some circles: the only kind of shape in a figure."""
Corner = tuple[Circle, float, float]
"""A circle on the outline of a hull, and the angles in radians at which its arc begins and ends."""


def polar_offset(point: Point, direction: float, distance: float) -> Point:
    """Return the point at *distance* from *point* in *direction*."""
    angle = radians(direction)
    return point[0] + distance * cos(angle), point[1] + distance * sin(angle)


def lerp(a: float, b: float, t: float) -> float:
    """Return the linear interpolation from *a* (t = 0) to *b* (t = 1)."""
    return a + (b - a) * t


def lerp_point(a: Point, b: Point, t: float) -> Point:
    """Return the point on the line from *a* (t = 0) to *b* (t = 1)."""
    return a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t


def angle_difference(a: float, b: float) -> float:
    """Return the shorter turn from direction *a* to direction *b*, from -180 up to 180."""
    return (b - a + 180.0) % 360.0 - 180.0


def bearing(a: Point, b: Point) -> float:
    """Return the direction from *a* to *b*."""
    return degrees(atan2(b[1] - a[1], b[0] - a[0]))


def circle(center: Point, radius: float) -> Circle:
    """Return the circle around *center*."""
    return center[0], center[1], radius


def rim_point(circle: Circle, angle: float) -> Point:
    """Return the point on a circle at an angle in radians."""
    return circle[0] + circle[2] * cos(angle), circle[1] + circle[2] * sin(angle)


def outline(hull: Hull) -> list[Corner]:
    """Return the arcs on the outline of a hull, counter-clockwise; empty if one circle covers all others."""
    tangents: dict[float, tuple[float, Circle]] = {}
    for a, b in permutations(hull, 2):
        length = dist(a[:2], b[:2])
        if length <= abs(a[2] - b[2]):
            continue
        angle = atan2(b[1] - a[1], b[0] - a[0]) - acos((a[2] - b[2]) / length)
        x, y = cos(angle), sin(angle)
        edge = a[0] * x + a[1] * y + a[2] + 1e-6
        # Of several tangents in one line the longest is the edge.
        if all(c[0] * x + c[1] * y + c[2] <= edge for c in hull):
            key = round(angle % tau, 5)
            tangents[key] = max(tangents.get(key, (0.0, b)), (length, b))
    angles = sorted(tangents)
    return [(tangents[begins][1], begins, ends) for begins, ends in zip(angles, angles[1:] + angles[:1], strict=True)]
