"""The figure file format: one stretch as keyframes of a person, with props.

The file shows the right side at work, on the near limbs; the picture of the left side follows from it.
No key is a word that YAML 1.1 reads as a boolean (on, off, yes, no).
Docstrings name the keys as they are in the file, because `stretch catalog schema` prints them.
"""

import re
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from stretch.core.vocabulary import ID_PATTERN, LONGEST_ID

Number = Annotated[float, Meta(ge=-1000, le=1000)]
"""In body units or fractions; a body is 100 tall. Not for a number or a tuple: msgspec 0.22 reads such limits wrong."""
Point = tuple[Number, Number]
Word = Annotated[str, Meta(max_length=400)]
MOST = Meta(max_length=50)
"""Most entries of a list: a figure is drawn many times a second."""
Segment = float | Point
"""A direction in degrees, or a direction and a foreshortening: the visible share of the true length.

At 0 the segment points straight at the viewer; a negative foreshortening reverses its direction.
"""
LimbSegments = Annotated[tuple[Segment, ...], Meta(min_length=2, max_length=3)]
"""Upper segment, lower segment and, optionally, hand or foot."""
DigitSegments = Annotated[tuple[Segment, ...], Meta(min_length=1, max_length=3)]
"""The segments of a finger, a thumb or a toe, from the palm outwards."""
Place = Point | str
"""A point, the name of a joint, or `joint~joint~t` for a point between two joints."""


class View(StrEnum):
    """The side from which the person is seen; from the SIDE the person faces right, or lies with the head left.

    CLOSE shows hands and feet only.
    """

    SIDE = "side"
    FRONT = "front"
    TOP = "top"
    CLOSE = "close"


class _FileStruct(Struct, frozen=True, forbid_unknown_fields=True, cache_hash=True):
    """Base of all structs in a figure file; an unknown key is an error."""


class Target(_FileStruct, frozen=True):
    """A limb with its wrist or ankle at a place, by inverse kinematics.

    `plus` moves the place, `bend` chooses between the two solutions for elbow or knee, `len` foreshortens the limb, and
    `hand` or `foot` turns its end.
    """

    place: Place = field(name="to")
    offset: Point = field(name="plus", default=(0.0, 0.0))
    bend: Literal[1, -1] | None = None
    foreshortening: Number = field(name="len", default=1.0)
    hand: Segment | None = None
    foot: Segment | None = None

    @property
    def end(self) -> Segment | None:
        """The hand or the foot, or None if it follows the lower segment."""
        return self.foot if self.hand is None else self.hand


class CloseUp(_FileStruct, frozen=True):
    """A hand or a foot seen close, about as large as a person.

    The wrist or ankle is at the point `at`; the forearm or shin goes from there in the direction `limb`, the palm or
    sole in the direction `palm`. `width` is 1 seen flat with the thumb or big toe at the left, -1 with it at the right,
    and 0 seen from the edge. Up to three segments of the fingers or toes (`curl`) and of the thumb have directions
    that count from the palm; the last one stands for all that follow. `spread` is the angle between two fingers;
    `digits` gives each of four fingers or five toes its own segments, the one at the thumb first.
    """

    at: Point | None = None
    limb: Number | None = None
    palm: Segment | None = None
    width: Number | None = None
    curl: DigitSegments | None = None
    thumb: DigitSegments | None = None
    spread: Number | None = None
    digits: Annotated[tuple[DigitSegments, ...], Meta(max_length=5)] | None = None


class Keyframe(_FileStruct, frozen=True):
    """One pose; a field left out keeps its value from the keyframe before, in a close view also those of a hand.

    The joint `anchor` is at the point `at`; with null for y the body rests on the floor. `spine` goes up from the hip.
    `face` turns the head from the viewer (0) into profile (1), `nod` tips it forward (1 is a full nod). `shrug` raises
    the shoulders, near and far; `forward` moves them forward. `chest_width` and `hip_width` are 1 seen square on.
    """

    anchor: Word | None = None
    at: tuple[Number, Number | None] | None = None
    spine: Annotated[tuple[Segment, ...], Meta(min_length=1, max_length=3)] | None = None
    neck: Segment | None = None
    head: Segment | None = None
    face: Number | None = None
    nod: Number | None = None
    shrug: float | Point | None = None
    forward: Number | None = None
    chest_width: Number | None = None
    hip_width: Number | None = None
    near_leg: LimbSegments | Target | None = None
    far_leg: LimbSegments | Target | None = None
    near_arm: LimbSegments | Target | None = None
    far_arm: LimbSegments | Target | None = None
    near_hand: CloseUp | None = None
    far_hand: CloseUp | None = None
    near_foot: CloseUp | None = None
    far_foot: CloseUp | None = None


class Floor(_FileStruct, frozen=True, tag_field="type", tag="floor"):
    """The ground line at y = 0; nothing may sink below it."""


class Mat(_FileStruct, frozen=True, tag_field="type", tag="mat"):
    """A mat: a thick line on the floor or, with y0 and y1, a rectangle seen from above."""

    x0: Number
    x1: Number
    y0: Number | None = None
    y1: Number | None = None


class Chair(_FileStruct, frozen=True, tag_field="type", tag="chair"):
    """A chair: `x` is the middle of the seat, `back` the height of the backrest above it (0 for a stool)."""

    x: Number
    height: Number = 20.0
    width: Number = 18.0
    back: Number = 24.0
    facing: Literal[1, -1] = 1


class Wall(_FileStruct, frozen=True, tag_field="type", tag="wall"):
    """A wall with its surface at `x`; its solid side is the right one (1) or the left one (-1)."""

    x: Number
    height: Number = 100.0
    solid: Literal[1, -1] = 1


class Box(_FileStruct, frozen=True, tag_field="type", tag="box"):
    """A step, block or low seat: the outline of a rectangle."""

    x0: Number
    x1: Number
    y0: Number = 0.0
    y1: Number = 10.0


class Pillow(_FileStruct, frozen=True, tag_field="type", tag="pillow"):
    """A cushion around the line from `a` to `b`."""

    a: Point
    b: Point
    radius: Number = 2.5


class Bar(_FileStruct, frozen=True, tag_field="type", tag="bar"):
    """Any other rigid thing, such as a door frame: a thick line, in front of the person if `front` is true."""

    points: Annotated[tuple[Point, ...], Meta(min_length=2, max_length=50)]
    radius: Number = 1.0
    front: bool = False


Prop = Floor | Mat | Chair | Wall | Box | Pillow | Bar


class Arrow(_FileStruct, frozen=True):
    """An arrow along an `arc` (center x and y, radius, first and last angle) or along a `path` of places.

    With `press` it shows only while the person presses in a contract-relax stretch.
    """

    arc: tuple[Number, Number, Number, Number, Number] | None = None
    path: Annotated[tuple[Place, ...], MOST] = ()
    press: bool = False


class Figure(_FileStruct, frozen=True):
    """The picture of one stretch, moving from the first keyframe (depth 0) to the last (depth 1).

    The muscles in `target` light up, each as `name` or `name.far`. `far_shift` moves the far limbs so that they show
    in a side view. `frame` is the left, bottom, right and top of a close-up. `into` is the breath that leads into the
    stretch; with `alternate` every other cycle shows the left side. `back` means that the person is seen from behind.
    `left` is how the picture changes for the left side: `mirror` puts its right at its left, `flip` its top at the
    bottom, `swap` the near limbs at the far side; by default a view from the side is swapped, any other mirrored. Hands
    and feet seen close from the side need `swap`.
    """

    id: Annotated[str, Meta(pattern=ID_PATTERN, max_length=LONGEST_ID)]
    keyframes: Annotated[tuple[Keyframe, ...], Meta(min_length=1, max_length=50)] = field(name="keys")
    view: View = View.SIDE
    from_behind: bool = field(name="back", default=False)
    muscles: Annotated[tuple[Word, ...], MOST] = field(name="target", default=())
    props: Annotated[tuple[Prop, ...], MOST] = ()
    straps: Annotated[tuple[Annotated[tuple[Place, ...], MOST], ...], MOST] = ()
    arrows: Annotated[tuple[Arrow, ...], MOST] = ()
    paint_order: Word = field(name="order", default="")
    far_shift: Point = (0.0, 0.0)
    crop: tuple[Number, Number, Number, Number] | None = field(name="frame", default=None)
    eyes: bool = True
    deepens_on: Literal["exhale", "inhale"] = field(name="into", default="exhale")
    alternates_sides: bool = field(name="alternate", default=False)
    left_change: Literal["mirror", "flip", "swap"] | None = field(name="left", default=None)

    @property
    def has_floor(self) -> bool:
        """True if the ground is part of the picture."""
        return any(isinstance(prop, Floor) for prop in self.props)

    @property
    def resting_side(self) -> str | None:
        """The resting side in a view from the side, drawn in dim colors; None in other views."""
        if self.view is not View.SIDE:
            return None
        return "near" if any(muscle.endswith(".far") for muscle in self.muscles) else "far"

    def shift(self, side: str) -> Point:
        """Return the offset of the limbs on the `near` or `far` *side*."""
        return self.far_shift if side == "far" and self.view is View.SIDE else (0.0, 0.0)


def turned_to(figure: Figure, *, left: bool) -> tuple[Figure, int, int]:
    """Return the figure to draw for the right or the *left* side, and the factors, 1 or -1, of its x and y.

    Seen from the front it is a mirror, with the person's left at the left. In profile the head stays where it is.
    """
    change = figure.left_change or ("swap" if figure.view is View.SIDE else "mirror")
    if not left or change == "swap":
        return _swapped(figure) if left else figure, 1, 1
    return figure, *((-1, 1) if change == "mirror" else (1, -1))


@lru_cache(maxsize=8)
def with_arrows_reversed(figure: Figure) -> Figure:
    """Return *figure* with its arrows the other way round."""
    arrows = []
    for arrow in figure.arrows:
        x, y, radius, first, last = arrow.arc or (0.0, 0.0, 0.0, 0.0, 0.0)
        arc = (x, y, radius, last, first) if arrow.arc else None
        arrows.append(replace(arrow, arc=arc, path=arrow.path[::-1]))
    return replace(figure, arrows=tuple(arrows))


@lru_cache(maxsize=64)
def _swapped(figure: Figure) -> Figure:
    """Return the same outline with the other side of the body toward the viewer."""
    if figure.view is not View.SIDE:
        turned = (replace(key, face=None if key.face is None else -key.face) for key in figure.keyframes)
        order = " ".join(reversed(figure.paint_order.split()))
        return replace(figure, keyframes=tuple(turned), from_behind=not figure.from_behind, paint_order=order)
    muscles = tuple(muscle if "." in muscle else f"{muscle}.near" for muscle in figure.muscles)
    text = msgspec.json.encode(replace(figure, muscles=muscles)).decode()
    other = {"near": "far", "far": "near"}
    renamed = re.sub(r"\b(near|far)(?=_(?!shift)|\")", lambda name: other[name[0]], text)
    return replace(msgspec.json.decode(renamed, type=Figure), paint_order=figure.paint_order)
