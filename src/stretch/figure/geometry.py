"""Points, directions and circles in the plane.

Lengths are in percent of body height with y up; directions are in degrees, 0 to the right and 90 up.
"""

from __future__ import annotations

from math import atan2, cos, degrees, radians, sin

Point = tuple[float, float]
Circle = tuple[float, float, float]
"""Center x, center y, radius."""
Hull = tuple[Circle, ...]
"""The convex hull of some circles: the only kind of shape in a figure."""


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
