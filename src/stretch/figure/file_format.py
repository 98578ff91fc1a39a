"""The figure file format: one stretch as keyframes of a person, with props.

The near side is always the working side; the other side is the same picture mirrored.
No key is a word that YAML 1.1 reads as a boolean (on, off, yes, no).
Docstrings name the keys as they are in the file, because `stretch catalog schema` prints them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from stretch.core.vocabulary import Side
from stretch.figure.geometry import Point

Segment = float | tuple[float, float]
"""A direction in degrees, or a direction and a foreshortening: the visible share of the true length.

At 0 the segment points straight at the viewer; a negative foreshortening reverses its direction.
"""
LimbSegments = Annotated[tuple[Segment, ...], Meta(min_length=2, max_length=3)]
"""Upper segment, lower segment and, optionally, hand or foot."""
Place = Point | str
"""A point, the name of a joint, or `joint~joint~t` for a point between two joints."""


class View(StrEnum):
    """The side from which the person is seen; from the SIDE the person faces right, or lies with the head left."""

    SIDE = "side"
    FRONT = "front"
    TOP = "top"


class _FileStruct(Struct, frozen=True, forbid_unknown_fields=True, cache_hash=True):
    """Base of all structs in a figure file; an unknown key is an error."""


class _IKTarget(_FileStruct, frozen=True):
    """A limb that reaches `to` a place; `bend` chooses between the two solutions for elbow or knee."""

    place: Place = field(name="to")
    offset: Point = field(name="plus", default=(0.0, 0.0))
    bend: Literal[1, -1] | None = None
    foreshortening: float = field(name="len", default=1.0)


class HandTarget(_IKTarget, frozen=True):
    """An arm with its wrist at a place; `plus` moves the place, `len` foreshortens the arm, `hand` turns the hand."""

    end: Segment | None = field(name="hand", default=None)


class FootTarget(_IKTarget, frozen=True):
    """A leg with its ankle at a place; `plus` moves the place, `len` foreshortens the leg, `foot` turns the foot."""

    end: Segment | None = field(name="foot", default=None)


class Keyframe(_FileStruct, frozen=True):
    """One pose; a field left out keeps its value from the keyframe before.

    The joint `anchor` is at the point `at`; with null for y the body rests on the floor. `spine` goes up from the hip.
    `face` turns the head from the viewer (0) into profile (1), `nod` tips it forward (1 is a full nod). `shrug` raises
    the shoulders, near and far; `forward` moves them forward. `chest_width` and `hip_width` are 1 seen square on.
    """

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
    near_leg: LimbSegments | FootTarget | None = None
    far_leg: LimbSegments | FootTarget | None = None
    near_arm: LimbSegments | HandTarget | None = None
    far_arm: LimbSegments | HandTarget | None = None


class Floor(_FileStruct, frozen=True, tag_field="type", tag="floor"):
    """The ground line at y = 0; nothing may sink below it."""


class Mat(_FileStruct, frozen=True, tag_field="type", tag="mat"):
    """A mat: a thick line on the floor or, with y0 and y1, a rectangle seen from above."""

    x0: float
    x1: float
    y0: float | None = None
    y1: float | None = None


class Chair(_FileStruct, frozen=True, tag_field="type", tag="chair"):
    """A chair: `x` is the middle of the seat, `back` the height of the backrest above it (0 for a stool)."""

    x: float
    height: float = 20.0
    width: float = 18.0
    back: float = 24.0
    facing: Literal[1, -1] = 1


class Wall(_FileStruct, frozen=True, tag_field="type", tag="wall"):
    """A wall with its surface at `x`; its solid side is the right one (1) or the left one (-1)."""

    x: float
    height: float = 100.0
    solid: Literal[1, -1] = 1


class Box(_FileStruct, frozen=True, tag_field="type", tag="box"):
    """A step, block or low seat: the outline of a rectangle."""

    x0: float
    x1: float
    y0: float = 0.0
    y1: float = 10.0


class Pillow(_FileStruct, frozen=True, tag_field="type", tag="pillow"):
    """A cushion around the line from `a` to `b`."""

    a: Point
    b: Point
    radius: float = 2.5


class Bar(_FileStruct, frozen=True, tag_field="type", tag="bar"):
    """Any other rigid thing, such as a door frame: a thick line, in front of the person if `front` is true."""

    points: Annotated[tuple[Point, ...], Meta(min_length=2)]
    radius: float = 1.0
    front: bool = False


Prop = Floor | Mat | Chair | Wall | Box | Pillow | Bar


class Arrow(_FileStruct, frozen=True):
    """An arrow along an `arc` (center x and y, radius, first and last angle) or along a `path` of places.

    With `press` it shows only while the person presses in a contract-relax stretch.
    """

    arc: tuple[float, float, float, float, float] | None = None
    path: tuple[Place, ...] = ()
    press: bool = False


class Figure(_FileStruct, frozen=True):
    """The picture of one stretch, moving from the first keyframe (depth 0) to the last (depth 1).

    The muscles in `target` light up, each as `name` or `name.far`. `far_shift` moves the far limbs so that they show
    in a side view. `frame` is the left, bottom, right and top of a close-up. `into` is the breath that leads into the
    stretch; with `alternate` every other cycle is mirrored. `back` means that the person is seen from behind.
    """

    id: str
    keyframes: Annotated[tuple[Keyframe, ...], Meta(min_length=1)] = field(name="keys")
    view: View = View.SIDE
    from_behind: bool = field(name="back", default=False)
    muscles: tuple[str, ...] = field(name="target", default=())
    props: tuple[Prop, ...] = ()
    straps: tuple[tuple[Place, ...], ...] = ()
    arrows: tuple[Arrow, ...] = ()
    paint_order: str = field(name="order", default="")
    far_shift: Point = (0.0, 0.0)
    crop: tuple[float, float, float, float] | None = field(name="frame", default=None)
    eyes: bool = True
    deepens_on: Literal["exhale", "inhale"] = field(name="into", default="exhale")
    alternates_sides: bool = field(name="alternate", default=False)

    @property
    def has_floor(self) -> bool:
        """True if the ground is part of the picture."""
        return any(isinstance(prop, Floor) for prop in self.props)

    def mirrored_for(self, side: Side | None) -> bool:
        """Return whether the picture must be mirrored to show *side* working; None stands for both sides at once.

        A person facing right shows their right side; one facing the viewer has their left at the right of the picture.
        """
        near_side = "right" if self.view is View.SIDE or self.from_behind else "left"
        return side is not None and side != near_side

    def shift(self, side: str) -> Point:
        """Return the offset of the limbs on the `near` or `far` *side*."""
        return self.far_shift if side == "far" and self.view is View.SIDE else (0.0, 0.0)
