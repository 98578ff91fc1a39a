"""The parts of the picture as hulls of circles, in the order in which they are painted: person, props and arrows."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, pairwise
from math import cos, radians, sin
from typing import NamedTuple

from stretch.figure import anatomy
from stretch.figure.anatomy import CLOSE_UPS, LIMBS
from stretch.figure.close_up import CLOSE_PARTS, close_up_hulls, cuff
from stretch.figure.colors import ColorRole
from stretch.figure.file_format import Arrow, Bar, Box, Chair, Figure, Mat, Pillow, Prop, View, Wall
from stretch.figure.geometry import Circle, Hull, Point, bearing, circle, lerp, polar_offset
from stretch.figure.muscles import muscle_hulls
from stretch.figure.skeleton import Skeleton, resolve_place

_STRAP, _ARROW, _FURNITURE, _SEAT = 0.9, 1.0, 1.1, 1.9
"""Half the thickness of straps, of arrows, of furniture, and of the seat of a chair."""
_CORNER = 4.0
"""Radius of the corners of a mat seen from above."""

_FRONT_ORDER = "body far_leg near_leg head far_arm near_arm"
_PAINT_ORDERS = {
    View.SIDE: "far_arm far_leg body head near_leg near_arm",
    View.FRONT: _FRONT_ORDER,
    View.TOP: _FRONT_ORDER,
    View.CLOSE: " ".join(CLOSE_UPS),
}
"""Default painter's order of each view, the farthest part first."""
_GROUPS = {name: limb.segments for name, limb in LIMBS.items()} | CLOSE_PARTS
PAINT_WORDS = frozenset({"body", "head", "strap", *LIMBS, *CLOSE_UPS, *chain.from_iterable(_GROUPS.values())})
"""The words of a paint order; a limb stands for its segments, each in front of the one before."""


class FigurePart(NamedTuple):
    """The hulls that are painted together, in one color except for the overlays.

    `overlays` are clipped to the hulls: hair, or the waist of the leggings. `cutouts` are holes, `muscles` the hulls to
    be lit. `root` is where the part joins the one before; elsewhere a `has_gap` part is set off by a dark gap. A
    `dotted` part is painted as an outline and a few dots.
    """

    name: str
    role: ColorRole
    hulls: tuple[Hull, ...]
    overlays: tuple[tuple[ColorRole, tuple[Hull, ...]], ...] = ()
    cutouts: tuple[Hull, ...] = ()
    muscles: tuple[Hull, ...] = ()
    root: Circle | None = None
    has_gap: bool = True
    dotted: bool = False


def _paint_order(figure: Figure) -> Iterator[str]:
    """Yield the person's segments and the straps, farthest first; straps go before the near arm by default."""
    words = (figure.paint_order or _PAINT_ORDERS[figure.view]).split()
    if "strap" not in words:
        words.insert(words.index("near_arm") if "near_arm" in words else len(words), "strap")
    # Only in a close view a hand or a foot has parts.
    groups = _GROUPS if figure.view is View.CLOSE else {name: limb.segments for name, limb in LIMBS.items()}
    return chain.from_iterable(groups.get(word, (word,)) for word in words)


def figure_parts(figure: Figure, skeleton: Skeleton, *, pressing: bool = False) -> Iterator[FigurePart]:
    """Yield all parts of the picture, the farthest first; *pressing* adds the arrows of a contraction."""
    muscles = muscle_hulls(figure, skeleton)
    limbs = anatomy.limb_hulls(skeleton.joints, skeleton.directions, in_profile=figure.view is View.SIDE)
    close_ups: dict[str, list[tuple[Hull, ...]]] = {}
    for close_up, pose in skeleton.pose.close_ups.items():
        for name, hulls in close_up_hulls(close_up, pose):
            close_ups.setdefault(name, []).append(hulls)
    front = [prop for prop in figure.props if isinstance(prop, Bar) and prop.front]
    for prop in figure.props:
        if prop in front:
            continue
        dotted = isinstance(prop, Mat) and prop.y0 is not None
        yield FigurePart("prop", ColorRole.PROP, _prop_hulls(prop, figure.view), has_gap=False, dotted=dotted)
    for name in _paint_order(figure):
        match name:
            case "body":
                yield _trunk(figure, skeleton, muscles.get(name, ()))
            case "head":
                yield _head(figure, skeleton, muscles.get(name, ()))
            case "strap":
                for strap in figure.straps:
                    points = tuple(resolve_place(place, skeleton.joints) for place in strap)
                    # No gap where it goes around a foot or a hand: that would cut off the toes.
                    root = circle(points[1], anatomy.BALL) if len(points) > 2 else None
                    yield FigurePart("strap", ColorRole.STRAP, _line_hulls(points, _STRAP), root=root)
            case _ if figure.view is View.CLOSE:
                for hulls in close_ups.get(name, ()):
                    yield _close_part(figure, name, hulls, muscles.get(name, ()))
            case _:
                yield _limb_segment(figure, name, limbs[name], muscles)
    for prop in front:
        yield FigurePart("prop", ColorRole.PROP, _prop_hulls(prop, figure.view))
    for arrow in figure.arrows:
        if pressing or not arrow.press:
            yield FigurePart("arrow", ColorRole.STRAP, _arrow_hulls(arrow, skeleton.joints))


def _limb_segment(figure: Figure, name: str, hull: Hull, muscles: Mapping[str, tuple[Hull, ...]]) -> FigurePart:
    side, _, segment = name.partition("_")
    is_leg = segment in ("thigh", "shin", "foot")
    own = muscles.get(name, ())
    if name == "near_thigh" and figure.resting_side == "near":
        # The muscle of the thigh behind shines through.
        own += muscles.get("far_thigh", ())
    dim = side == (figure.resting_side if is_leg else figure.resting_side and "far")
    if segment in ("thigh", "shin"):
        role = ColorRole.FAR_LEGGINGS if dim else ColorRole.LEGGINGS
    else:
        role = ColorRole.FAR_SKIN if dim else ColorRole.SKIN
    x, y, radius = hull[0]
    return FigurePart(name, role, (hull,), muscles=own, root=(x, y, radius * 1.1))


def _close_part(figure: Figure, name: str, hulls: tuple[Hull, ...], muscles: tuple[Hull, ...]) -> FigurePart:
    """Return a part of a hand or foot seen close; the far one is dim if only the near one is stretched."""
    side, _, kind = name.partition("_")
    if f"{kind}.{side}" in figure.muscles or (side == "near" and kind in figure.muscles):
        muscles += hulls
    dim = side == "far" and bool(figure.muscles) and not any(muscle.endswith(".far") for muscle in figure.muscles)
    overlays: tuple[tuple[ColorRole, tuple[Hull, ...]], ...] = ()
    if kind in ("forearm", "shin"):
        sleeve = ColorRole.SHIRT if kind == "forearm" else ColorRole.FAR_LEGGINGS if dim else ColorRole.LEGGINGS
        overlays = ((sleeve, (cuff(hulls[0]),)),)
    x, y, radius = hulls[0][0]
    # A palm joins the forearm all around the wrist, a finger joins the palm at its root only.
    root = (x, y, radius * (0.6 if kind == "fingers" else 1.5))
    return FigurePart(name, ColorRole.FAR_SKIN if dim else ColorRole.SKIN, hulls, overlays, (), muscles, root)


def _trunk(figure: Figure, skeleton: Skeleton, muscles: tuple[Hull, ...]) -> FigurePart:
    joints, pose = skeleton.joints, skeleton.pose
    collar = polar_offset(joints["chest"], pose.neck.direction, 1.0)
    neck = circle(collar, anatomy.NECK), circle(joints["neck"], anatomy.NECK)
    if figure.view is View.SIDE:
        # A chain of circles along the spine, and the buttocks behind the hip.
        circles = [circle(point, radius) for point, radius in zip(skeleton.spine, anatomy.TRUNK_DEPTH, strict=True)]
        curve = (tuple(circles[i : i + 3]) for i in range(0, anatomy.SPINE_SEGMENTS, 2))
        buttocks = anatomy.buttocks(skeleton.spine[0], skeleton.directions["pelvis"])
        hulls: tuple[Hull, ...] = (*curve, (circles[0], buttocks, circles[1]))
        waist = hulls[-1:]
    else:
        hulls = _trunk_from_front(skeleton)
        waist = hulls[:1]
    overlays = ((ColorRole.LEGGINGS, waist), (ColorRole.SKIN, (neck,)))
    return FigurePart("body", ColorRole.SHIRT, (*hulls, neck), overlays, muscles=muscles)


def _trunk_from_front(skeleton: Skeleton) -> tuple[Hull, ...]:
    """Return bars across the spine, as broad as the trunk is turned to the viewer, and two shoulders."""
    pose, spine = skeleton.pose, skeleton.spine
    bars: list[Hull] = []
    for i in range(0, anatomy.SPINE_SEGMENTS + 1, 2):
        width = lerp(pose.hip_width, pose.chest_width, i / anatomy.SPINE_SEGMENTS)
        breadth = width * width * anatomy.TRUNK_BREADTH[i] ** 2
        depth = (1 - min(1.0, width * width)) * anatomy.TRUNK_DEPTH[i] ** 2
        half = (breadth + depth) ** 0.5
        radius = min(half, 4.0)
        below, above = spine[max(0, i - 1)], spine[min(i + 1, anatomy.SPINE_SEGMENTS)]
        across = bearing(below, above) - 90
        bars.append(tuple(circle(polar_offset(spine[i], across, out * (half - radius)), radius) for out in (1, -1)))
    collar = polar_offset(spine[-1], pose.neck.direction, 2.0)
    shoulders = (
        (circle(collar, 2.4), circle(skeleton.joints[f"{side}_shoulder"], 2.9), bars[3][index])
        for index, side in enumerate(("near", "far"))
    )
    return *((*a, *b) for a, b in pairwise(bars)), *shoulders


_SKULL, _JAW = 6.3, 3.9
_NOD = 35
"""Angle by which a nod of 1 tips the head, in degrees."""
_HAIR = ((100, 4.6, 4.0), (-100, 4.6, 4.0), (140, 2.4, 3.6), (-140, 2.4, 3.6), (180, 2.8, 5.2), (180, -1.2, 3.4))
"""Tufts of hair: azimuth from the face in degrees, height above the middle of the head, radius."""


class _HeadProjection(NamedTuple):
    """The head as a ball with features on its surface, turned by `yaw` degrees and tilted by `nod`."""

    center: Point
    up: float
    foreshortening: float
    yaw: float
    nod: float

    def point(self, azimuth: float, height: float, radius: float = 6.2) -> Point:
        """Return a place on the head: azimuth from the nose, height along the axis, distance from the axis."""
        front, side = radius * cos(radians(azimuth)), radius * sin(radians(azimuth))
        pitch, yaw = radians(_NOD * self.nod), radians(self.yaw)
        front, height = front * cos(pitch) + height * sin(pitch), height * cos(pitch) - front * sin(pitch)
        across = front * sin(yaw) + side * cos(yaw)
        return polar_offset(polar_offset(self.center, self.up, height * self.foreshortening), self.up - 90, across)

    def visibility(self, azimuth: float) -> float:
        """Return 1 where the surface faces the viewer, 0 at the outline and -1 at the back."""
        return cos(radians(self.yaw + azimuth)) * cos(radians(_NOD * self.nod))


def _head(figure: Figure, skeleton: Skeleton, muscles: tuple[Hull, ...]) -> FigurePart:
    """Return the head; nose and hair stay at small sizes because they show which way a lying person faces."""
    pose = skeleton.pose
    yaw = 90 * pose.face + (180 if figure.from_behind else 0)
    head = _HeadProjection(skeleton.joints["head"], pose.head.direction, pose.head.foreshortening, yaw, pose.nod)
    hair = (ColorRole.HAIR, tuple((tuft,) for tuft in _hair(head)))
    eyes_and_mouth = tuple(_eyes_and_mouth(head)) if figure.eyes else ()
    root = circle(skeleton.joints["neck"], anatomy.NECK * 1.3)
    return FigurePart("head", ColorRole.SKIN, tuple(_skull(head)), (hair,), eyes_and_mouth, muscles, root)


def _skull(head: _HeadProjection) -> Iterator[Hull]:
    yield circle(head.point(180, 1.3, 0.6), _SKULL), circle(head.point(0, -3.6, 1.9), _JAW)
    if abs(sin(radians(head.yaw))) > 0.4:
        yield circle(head.point(0, -1.6, 7.0), 1.0), circle(head.point(0, 1.0, 4.8), 1.4)  # the nose


def _hair(head: _HeadProjection) -> Iterator[Circle]:
    yield circle(head.point(180, 8.8, 1.0), 6.0)
    for azimuth, height, radius in _HAIR:
        # A tuft on the far side shrinks until it no longer shows beyond the outline.
        size = min(1.0, max(0.0, 1 + 1.4 * head.visibility(azimuth)))
        if size > 0.3:
            yield circle(head.point(azimuth, height), radius * size)


def _eyes_and_mouth(head: _HeadProjection) -> Iterator[Hull]:
    for azimuth in (-29, 29):
        if head.visibility(azimuth) > 0.3:
            yield circle(head.point(azimuth, 0.6), 0.85), circle(head.point(azimuth, -0.3), 0.85)
    if head.visibility(0) > 0.5 and head.nod < 0.6:
        yield circle(head.point(-16, -4.0), 0.5), circle(head.point(0, -4.7), 0.6), circle(head.point(16, -4.0), 0.5)


def _prop_hulls(prop: Prop, view: View) -> tuple[Hull, ...]:
    """Return the hulls of a prop; the floor has none, it is the edge of the picture."""
    match prop:
        case Mat(x0, x1, float(y0), float(y1)):
            left, bottom, right, top = x0 + _CORNER, y0 + _CORNER, x1 - _CORNER, y1 - _CORNER
            return (tuple((x, y, _CORNER) for x, y in ((left, bottom), (right, bottom), (right, top), (left, top))),)
        case Mat(x0, x1):
            return (((x0, -0.8, 0.8), (x1, -0.8, 0.8)),)
        case Chair():
            return _chair(prop, view)
        case Wall(surface_x, height, solid):
            x = surface_x + solid * _FURNITURE
            # The surface and, behind it, the short slanted strokes that mean solid in technical drawings.
            strokes = (((x, float(y)), (x + solid * 3.5, y - 3.5)) for y in range(8, int(height) + 1, 8))
            surface = _line_hulls(((x, 0.0), (x, height)), _FURNITURE)
            return *surface, *(hull for stroke in strokes for hull in _line_hulls(stroke, 0.5))
        case Box(x0, x1, y0, y1):
            left, bottom, right, top = x0 + _FURNITURE, y0 + _FURNITURE, x1 - _FURNITURE, y1 - _FURNITURE
            return _line_hulls(((left, bottom), (left, top), (right, top), (right, bottom), (left, bottom)), _FURNITURE)
        case Pillow(a, b, radius):
            return ((circle(a, radius), circle(b, radius)),)
        case Bar(points, radius):
            return _line_hulls(points, radius)
    return ()


def _chair(chair: Chair, view: View) -> tuple[Hull, ...]:
    left, right, seat = chair.x - chair.width / 2, chair.x + chair.width / 2, chair.height - _SEAT
    cushion = ((left + _SEAT - 1, seat, _SEAT), (right - _SEAT + 1, seat, _SEAT))
    lines: list[Sequence[Point]] = [
        ((left + 1, _FURNITURE), (left + 1, seat)),
        ((right - 1, _FURNITURE), (right - 1, seat)),
    ]
    top = chair.height + chair.back
    if chair.back and view is View.SIDE:
        rear = left if chair.facing == 1 else right
        lines.append(((rear, seat), (rear - 2.0 * chair.facing, top)))
    elif chair.back:
        lines.append(((left, seat), (left, top), (right, top), (right, seat)))
    return cushion, *(hull for line in lines for hull in _line_hulls(line, _FURNITURE))


def _line_hulls(points: Sequence[Point], radius: float) -> tuple[Hull, ...]:
    """Return the hulls of a line through *points*, such as a taut strap, twice *radius* thick."""
    return tuple((circle(a, radius), circle(b, radius)) for a, b in pairwise(points))


def _arrow_hulls(arrow: Arrow, joints: Mapping[str, Point]) -> tuple[Hull, ...]:
    """Return the hulls of an arrow: shaft and head."""
    if arrow.arc is not None:
        x, y, radius, first, last = arrow.arc
        steps = max(2, round(abs(last - first) / 12))
        shaft = [polar_offset((x, y), first + (last - first) * i / steps, radius) for i in range(steps + 1)]
    else:
        shaft = [resolve_place(place, joints) for place in arrow.path]
    direction = bearing(shaft[-2], shaft[-1])
    corners = ((direction, 5.0), (direction + 115, 4.0), (direction - 115, 4.0))
    head = tuple(circle(polar_offset(shaft[-1], angle, distance), 0.3) for angle, distance in corners)
    return *_line_hulls(shaft, _ARROW), head
