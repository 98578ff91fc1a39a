"""Joints -> the parts of the picture, in the order they are painted."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import cos, radians, sin
from typing import NamedTuple

from stretch.figure import anatomy, props
from stretch.figure.colors import ColorRole
from stretch.figure.geometry import Circle, Hull, Point, ahead, bearing, blend, circle
from stretch.figure.model import Bar, Figure, Mat, Prop, View
from stretch.figure.muscles import lit
from stretch.figure.skeleton import Skeleton, place

ORDERS = {
    View.SIDE: "far_arm far_leg body head near_leg near_arm",
    View.FRONT: "body far_leg near_leg head far_arm near_arm",
    View.TOP: "body far_leg near_leg head far_arm near_arm",
}
SPLIT = {"arm": ("upper_arm", "forearm", "hand"), "leg": ("thigh", "shin", "foot")}
TOKENS = frozenset(
    {"body", "head", "strap"}
    | {f"{side}_{part}" for side in ("near", "far") for limb, pieces in SPLIT.items() for part in (limb, *pieces)}
)
"""The words `order` may use; a limb is its three pieces, each in front of the one before."""


_ROOTS = {
    "upper_arm": ("shoulder", anatomy.SHOULDER),
    "forearm": ("elbow", anatomy.ELBOW),
    "hand": ("wrist", anatomy.WRIST),
    "thigh": ("hip", anatomy.THIGH),
    "shin": ("knee", anatomy.KNEE),
    "foot": ("ankle", anatomy.ANKLE),
}
"""Where each piece of a limb grows out of the one before, and how thick it is there."""


class Coat(NamedTuple):
    """Another colour over some of a part: hair, a bare foot, the waist of the leggings."""

    role: ColorRole
    hulls: tuple[Hull, ...]


class Part(NamedTuple):
    """One thing painted at once: its shapes, what is coloured otherwise, cut out, or lit.

    `root` is where it grows out of the part before: there no dark gap is cut around it. `sparse` is a surface to be
    hinted at with a few dots; `solid` is false for what has no gap round it (props).
    """

    name: str
    role: ColorRole
    hulls: tuple[Hull, ...]
    coats: tuple[Coat, ...] = ()
    holes: tuple[Hull, ...] = ()
    glow: tuple[Hull, ...] = ()
    root: Circle | None = None
    solid: bool = True
    sparse: bool = False


def parts(figure: Figure, skeleton: Skeleton, *, pressing: bool = False) -> tuple[Part, ...]:
    """All parts of the picture, the farthest first."""
    return tuple(_parts(figure, skeleton, pressing))


def order(figure: Figure) -> tuple[str, ...]:
    """The pieces of the person in painter's order, limbs in three, the strap before the near arm unless placed."""
    words = (figure.order or ORDERS[figure.view]).split()
    if "strap" not in words:
        words.insert(words.index("near_arm") if "near_arm" in words else len(words), "strap")
    pieces: list[str] = []
    for word in words:
        side, _, kind = word.partition("_")
        pieces += [f"{side}_{piece}" for piece in SPLIT[kind]] if kind in SPLIT else [word]
    return tuple(pieces)


def _parts(figure: Figure, skeleton: Skeleton, pressing: bool) -> Iterator[Part]:
    shades = lit(figure, skeleton)
    for prop in figure.props:
        if not (isinstance(prop, Bar) and prop.front):
            yield _prop(figure, prop)
    for piece in order(figure):
        glow = shades.get(piece, ())
        match piece:
            case "body":
                yield _trunk(figure, skeleton, glow)
            case "head":
                shapes, hair, holes = head(figure, skeleton)
                neck = circle(skeleton.points["neck"], anatomy.THROAT * 1.3)
                yield Part("head", ColorRole.SKIN, shapes, (Coat(ColorRole.HAIR, hair),), holes, glow, neck)
            case "strap":
                for strap in figure.straps:
                    where = tuple(place(name, skeleton.points) for name in strap)
                    # Where it goes round a foot or a hand there is no gap: it would cut off the toes.
                    bend = circle(where[1], anatomy.BALL) if len(where) > 2 else None
                    yield Part("strap", ColorRole.STRAP, props.strap(where), root=bend)
            case _:
                yield _limb(figure, skeleton, piece, glow)
    for prop in figure.props:
        if isinstance(prop, Bar) and prop.front:
            yield _prop(figure, prop)._replace(solid=True)
    for arrow in figure.arrows:
        if pressing or not arrow.press:
            yield Part("arrow", ColorRole.STRAP, props.arrow(arrow, skeleton.points))


def _prop(figure: Figure, prop: Prop) -> Part:
    sparse = isinstance(prop, Mat) and prop.y0 is not None
    return Part("prop", ColorRole.PROP, props.shapes(prop, figure), solid=False, sparse=sparse)


def _limb(figure: Figure, skeleton: Skeleton, piece: str, glow: tuple[Hull, ...]) -> Part:
    side, _, part = piece.partition("_")
    dim = side == "far" and figure.view is View.SIDE
    skin = ColorRole.FAR_SKIN if dim else ColorRole.SKIN
    cloth = ColorRole.FAR_LEGGINGS if dim else ColorRole.LEGGINGS
    points = skeleton.points
    joint, thickness = _ROOTS[part]
    root = circle(points[f"{side}_{joint}"], thickness * 1.1)
    if part in SPLIT["arm"]:
        hull = anatomy.arm(points, side)[SPLIT["arm"].index(part)]
    else:
        profile = figure.view is View.SIDE
        hull = anatomy.leg(points, side, skeleton.headings[f"{side}_foot"], profile)[SPLIT["leg"].index(part)]
    return Part(piece, cloth if part in ("thigh", "shin") else skin, (hull,), glow=glow, root=root)


def _trunk(figure: Figure, skeleton: Skeleton, glow: tuple[Hull, ...]) -> Part:
    points, stance = skeleton.points, skeleton.stance
    collar = ahead(points["chest"], stance.neck[0], 1.0)
    throat = circle(collar, anatomy.THROAT), circle(points["neck"], anatomy.THROAT)
    hulls = _profile(skeleton) if figure.view is View.SIDE else _breadth(skeleton)
    waist = hulls[-1:] if figure.view is View.SIDE else hulls[:1]
    coats = (Coat(ColorRole.LEGGINGS, waist), Coat(ColorRole.SKIN, (throat,)))
    return Part("body", ColorRole.SHIRT, (*hulls, throat), coats, (), glow)


def _profile(skeleton: Skeleton) -> tuple[Hull, ...]:
    """The trunk from the side: a curve of circles along the spine, and the seat behind the hip."""
    beads = [circle(point, radius) for point, radius in zip(skeleton.spine, anatomy.TRUNK, strict=True)]
    seat = anatomy.seat(skeleton.spine[0], skeleton.headings["pelvis"])
    return (*(tuple(beads[i : i + 3]) for i in range(0, anatomy.PIECES, 2)), (beads[0], seat, beads[1]))


def _breadth(skeleton: Skeleton) -> tuple[Hull, ...]:
    """The trunk from the front: a row of bars across the spine, as broad as it is turned to us, and two shoulders."""
    stance, spine = skeleton.stance, skeleton.spine
    bars: list[Hull] = []
    for i in range(0, anatomy.PIECES + 1, 2):
        width = blend(stance.hip_width, stance.chest_width, i / anatomy.PIECES)
        half = (width * width * anatomy.BREADTH[i] ** 2 + (1 - min(1.0, width * width)) * anatomy.TRUNK[i] ** 2) ** 0.5
        radius = min(half, 4.0)
        before, after = spine[max(0, i - 1)], spine[min(i + 1, anatomy.PIECES)]
        across = _across(before, after, stance.spine[i // 2][0])
        bars.append(tuple(circle(ahead(spine[i], across, out * (half - radius)), radius) for out in (1, -1)))
    collar = ahead(spine[-1], stance.neck[0], 2.0)
    slopes = (
        (circle(collar, 2.4), circle(skeleton.points[f"{side}_shoulder"], 2.9), bars[3][index])
        for index, side in enumerate(("near", "far"))
    )
    return (*((*a, *b) for a, b in pairwise(bars)), *slopes)


def _across(before: Point, after: Point, heading: float) -> float:
    """The direction across the spine, to the near side; a spine seen end on has only its heading."""
    far_enough = abs(after[0] - before[0]) + abs(after[1] - before[1]) > 0.5
    return (bearing(before, after) if far_enough else heading) - 90


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
