"""One fixed box for each figure, and how it fits into a grid of dots: the camera never moves while the figure does."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from stretch.figure.body import Part, parts
from stretch.figure.geometry import Hull
from stretch.figure.pose import Figure
from stretch.figure.skeleton import joints

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
    looks = [bounds(parts(figure, joints(figure, i / (_LOOKS - 1)), pressing=True)) for i in range(_LOOKS)]
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
