"""The head: skull, jaw and nose, hair at the back, and two eyes that turn with it.

Nose and hair tell which way a lying person faces, so they stay even when the picture is small.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, radians, sin
from typing import NamedTuple

from stretch.figure.geometry import Circle, Hull, Point, ahead, circle
from stretch.figure.pose import Figure
from stretch.figure.skeleton import Skeleton

_SKULL, _JAW = 6.3, 3.9
_NOD = 35
"""How far the head tips at a nod of 1, degrees."""
_HAIR = ((100, 4.6, 4.0), (-100, 4.6, 4.0), (140, 2.4, 3.6), (-140, 2.4, 3.6), (180, 2.8, 5.2), (180, -1.2, 3.4))
"""Tufts of hair round the head: azimuth from the face, height, radius."""


class Face(NamedTuple):
    """The head as a ball with features on it, turned and tilted."""

    middle: Point
    up: float
    share: float
    yaw: float
    nod: float

    def spot(self, azimuth: float, height: float, reach: float = 6.2) -> Point:
        """A place on the head: azimuth from the nose, height along its axis, distance from the axis."""
        front, side = reach * cos(radians(azimuth)), reach * sin(radians(azimuth))
        tip, yaw = radians(_NOD * self.nod), radians(self.yaw)
        front, height = front * cos(tip) + height * sin(tip), height * cos(tip) - front * sin(tip)
        across = front * sin(yaw) + side * cos(yaw)
        return ahead(ahead(self.middle, self.up, height * self.share), self.up - 90, across)

    def seen(self, azimuth: float) -> float:
        """1 where the surface faces us, 0 at the outline, -1 at the back."""
        return cos(radians(self.yaw + azimuth)) * cos(radians(_NOD * self.nod))


def head(figure: Figure, skeleton: Skeleton) -> tuple[tuple[Hull, ...], tuple[Hull, ...], tuple[Hull, ...]]:
    """The shapes of the head, of the hair (clipped to the head), and of the eyes and mouth cut out of it."""
    stance = skeleton.stance
    yaw = 90 * stance.face + (180 if figure.back else 0)
    face = Face(skeleton.points["head"], stance.head[0], stance.head[1], yaw, stance.nod)
    return tuple(_bones(face)), tuple((tuft,) for tuft in _tufts(face)), tuple(_features(face)) if figure.eyes else ()


def _bones(face: Face) -> Iterator[Hull]:
    yield circle(face.spot(180, 1.3, 0.6), _SKULL), circle(face.spot(0, -3.6, 1.9), _JAW)
    if abs(sin(radians(face.yaw))) > 0.4:
        yield circle(face.spot(0, -1.6, 7.0), 1.0), circle(face.spot(0, 1.0, 4.8), 1.4)


def _tufts(face: Face) -> Iterator[Circle]:
    yield circle(face.spot(180, 8.8, 1.0), 6.0)
    for azimuth, height, radius in _HAIR:
        # What is on the far side of the ball shrinks until it no longer shows beyond the outline.
        shown = min(1.0, max(0.0, 1 + 1.4 * face.seen(azimuth)))
        if shown > 0.3:
            yield circle(face.spot(azimuth, height), radius * shown)


def _features(face: Face) -> Iterator[Hull]:
    for azimuth in (-29, 29):
        if face.seen(azimuth) > 0.3:
            yield circle(face.spot(azimuth, 0.6), 0.85), circle(face.spot(azimuth, -0.3), 0.85)
    if face.seen(0) > 0.5 and face.nod < 0.6:
        yield circle(face.spot(-16, -4.0), 0.5), circle(face.spot(0, -4.7), 0.6), circle(face.spot(16, -4.0), 0.5)
