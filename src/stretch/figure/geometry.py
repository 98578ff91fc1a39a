"""Points, directions and circles in the plane: the arithmetic the rest of this wing stands on.

Units are percent of a person's stature, y up; directions are degrees, 0 to the right and 90 up.
"""

from __future__ import annotations

from math import atan2, cos, degrees, radians, sin

Point = tuple[float, float]
Circle = tuple[float, float, float]
Hull = tuple[Circle, ...]
"""The convex hull of a few circles: every shape drawn here is one of these."""


def ahead(point: Point, direction: float, distance: float) -> Point:
    """The point `distance` away from another in a direction."""
    angle = radians(direction)
    return point[0] + distance * cos(angle), point[1] + distance * sin(angle)


def between(a: Point, b: Point, share: float) -> Point:
    """The point a share of the way from a to b."""
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def blend(a: float, b: float, share: float) -> float:
    """The number a share of the way from a to b."""
    return a + (b - a) * share


def bearing(a: Point, b: Point) -> float:
    """The direction from a to b."""
    return degrees(atan2(b[1] - a[1], b[0] - a[0]))


def turn(a: float, b: float) -> float:
    """How far to turn from direction a to b by the shorter way, -180 up to 180."""
    return (b - a + 180.0) % 360.0 - 180.0


def blend_directions(a: float, b: float, share: float) -> float:
    """The direction a share of the way from a to b, along the shorter arc."""
    return a + turn(a, b) * share


def circle(point: Point, radius: float) -> Circle:
    """A circle round a point."""
    return point[0], point[1], radius
