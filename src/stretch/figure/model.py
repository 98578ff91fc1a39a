"""A figure file: how one stretch looks at each end of its movement, as plain data.

Near is always the working side; the other side is the same picture mirrored, never a second one.
Keys avoid the words YAML 1.1 reads as booleans (on, off, yes, no).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta, Struct

from stretch.core.vocabulary import Side
from stretch.figure.geometry import Point

Segment = float | tuple[float, float]
"""A direction in degrees, or a direction and a foreshortening: the share of the true length that is seen.

A negative share is the segment turned round: between 1 and -1 it points straight at us.
"""
Chain = Annotated[tuple[Segment, ...], Meta(min_length=2, max_length=3)]
"""Upper piece, lower piece and, optionally, hand or foot."""
Place = Point | str
"""A point of the room, the name of a joint, or `joint~joint~share` for a point between two."""


class View(StrEnum):
    """Where we look from. Side: the person faces right, or lies with the head to the left."""

    SIDE = "side"
    FRONT = "front"
    TOP = "top"


class _Data(Struct, frozen=True, forbid_unknown_fields=True, cache_hash=True):
    """What all structs of a figure file share: unchangeable, and no key is ever silently ignored."""


class _Reach(_Data, frozen=True):
    """A limb given by where its end is: elbow or knee follow. `plus` moves the goal, `len` shortens the limb."""

    to: Place
    plus: Point = (0.0, 0.0)
    bend: Literal[1, -1] | None = None
    len: float = 1.0


class HandReach(_Reach, frozen=True):
    """An arm whose wrist is at a place; `hand` is the direction of the hand."""

    hand: Segment | None = None

    @property
    def end(self) -> Segment | None:
        """The direction of the hand."""
        return self.hand


class FootReach(_Reach, frozen=True):
    """A leg whose ankle is at a place; `foot` is the direction of the foot."""

    foot: Segment | None = None

    @property
    def end(self) -> Segment | None:
        """The direction of the foot."""
        return self.foot


class Keyframe(_Data, frozen=True):
    """One pose; a field not given is the same as in the keyframe before."""

    anchor: str | None = None
    at: tuple[float, float | None] | None = None
    spine: Annotated[tuple[Segment, ...], Meta(min_length=1, max_length=3)] | None = None
    neck: Segment | None = None
    head: Segment | None = None
    face: float | None = None
    nod: float | None = None
    shrug: float | tuple[float, float] | None = None
    forward: float | None = None
    chest_width: float | None = None
    hip_width: float | None = None
    near_leg: Chain | FootReach | None = None
    far_leg: Chain | FootReach | None = None
    near_arm: Chain | HandReach | None = None
    far_arm: Chain | HandReach | None = None


class Floor(_Data, frozen=True, tag_field="type", tag="floor"):
    """The ground line at y = 0; nothing may sink below it."""


class Mat(_Data, frozen=True, tag_field="type", tag="mat"):
    """A mat: a thick line on the floor, or, with y0 and y1, the whole mat seen from above."""

    x0: float
    x1: float
    y0: float | None = None
    y1: float | None = None


class Chair(_Data, frozen=True, tag_field="type", tag="chair"):
    """A chair: x is the middle of its seat, `back` how high the backrest stands above it (0: a stool)."""

    x: float
    height: float = 20.0
    width: float = 18.0
    back: float = 24.0
    facing: Literal[1, -1] = 1


class Wall(_Data, frozen=True, tag_field="type", tag="wall"):
    """A wall whose face is at x; `solid` says on which side it is solid: 1 to the right, -1 to the left."""

    x: float
    height: float = 100.0
    solid: Literal[1, -1] = 1


class Box(_Data, frozen=True, tag_field="type", tag="box"):
    """A step, a block, a low seat: a closed outline from corner to corner."""

    x0: float
    x1: float
    y0: float = 0.0
    y1: float = 10.0


class Pillow(_Data, frozen=True, tag_field="type", tag="pillow"):
    """A cushion round a line from `a` to `b`."""

    a: Point
    b: Point
    radius: float = 2.5


class Bar(_Data, frozen=True, tag_field="type", tag="bar"):
    """Anything else that is rigid: a thick line through points (a door frame, a desk). `front`: before the person."""

    points: Annotated[tuple[Point, ...], Meta(min_length=2)]
    radius: float = 1.0
    front: bool = False


Prop = Floor | Mat | Chair | Wall | Box | Pillow | Bar


class Arrow(_Data, frozen=True):
    """A curved or straight arrow; `press` shows it only while the person presses (contract-relax).

    `arc` is centre x and y, radius, first and last angle; `path` is points or joints.
    """

    arc: tuple[float, float, float, float, float] | None = None
    path: tuple[Place, ...] = ()
    press: bool = False


class Figure(_Data, frozen=True):
    """How one stretch looks: seen from `view`, moving from the first of `keys` to the last."""

    id: str
    keys: Annotated[tuple[Keyframe, ...], Meta(min_length=1)]
    view: View = View.SIDE
    back: bool = False
    target: tuple[str, ...] = ()
    props: tuple[Prop, ...] = ()
    straps: tuple[tuple[Place, ...], ...] = ()
    arrows: tuple[Arrow, ...] = ()
    order: str = ""
    far_shift: Point = (0.0, 0.0)
    frame: tuple[float, float, float, float] | None = None
    eyes: bool = True
    into: Literal["exhale", "inhale"] = "exhale"
    alternate: bool = False

    @property
    def has_floor(self) -> bool:
        """Whether the ground is part of the picture, so that nothing may sink below y = 0."""
        return any(isinstance(prop, Floor) for prop in self.props)

    @property
    def near_side(self) -> Side:
        """The person's own side that is near, the working one, in the unmirrored picture.

        A person facing right shows us their right side; one who faces us has their left at the right of the picture.
        """
        return "right" if self.view is View.SIDE or self.back else "left"

    def mirrored_for(self, side: Side | None) -> bool:
        """Return whether the figure has to be mirrored to show *side* working; None is a stretch of both at once."""
        return side is not None and side != self.near_side
