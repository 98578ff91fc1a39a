"""Hands and feet seen close: joints and hulls, in units in which a hand is about as large as a person."""

from collections.abc import Iterator
from itertools import chain, pairwise
from math import dist, isclose
from typing import NamedTuple

from stretch.figure.geometry import Circle, Hull, Point, circle, lerp, polar_offset
from stretch.figure.keyframes import ClosePose, ProjectedSegment


class Proportions(NamedTuple):
    """The lengths and radii of a hand or a foot.

    `limb` and `palm` are lengths, each with the radii of its two ends; `breadth` is half the breadth at the knuckles.
    `roots` are the place of each finger's root across (1 is at the thumb) and along the palm; `digits` the lengths of
    its segments, from root to tip; `radii` those of its joints.
    """

    limb: tuple[float, float, float]
    palm: tuple[float, float, float]
    breadth: float
    roots: tuple[Point, ...]
    digits: tuple[tuple[float, float, float], ...]
    radii: tuple[tuple[float, float, float, float], ...]


_FINGER, _TOE = (4.4, 4.2, 3.8, 3.2), (3.0, 2.8, 2.7, 2.6)
PROPORTIONS = {
    "hand": Proportions(
        limb=(44.0, 7.6, 10.5),
        palm=(29.0, 7.4, 5.4),
        breadth=11.0,
        roots=((1.0, 0.97), (0.34, 1.0), (-0.33, 0.96), (-0.98, 0.87)),
        digits=((12.0, 8.0, 6.0), (13.5, 8.5, 6.5), (12.5, 8.0, 6.0), (9.5, 6.0, 5.5)),
        radii=(_FINGER, _FINGER, _FINGER, (4.0, 3.7, 3.3, 2.9)),
    ),
    "foot": Proportions(
        limb=(44.0, 7.0, 10.5),
        palm=(38.0, 8.0, 4.6),
        breadth=12.0,
        roots=((0.95, 1.0), (0.36, 1.03), (-0.14, 1.0), (-0.58, 0.94), (-0.98, 0.86)),
        digits=((8.0, 4.0, 3.0), (6.0, 3.0, 2.0), (5.0, 3.0, 2.0), (4.5, 2.5, 2.0), (4.0, 2.5, 2.0)),
        radii=((4.6, 4.4, 4.2, 4.0), _TOE, _TOE, _TOE, _TOE),
    ),
}
_THUMB_ROOT, _THUMB = (0.75, 0.22), (15.0, 11.0, 8.0)
"""The place of the thumb's root, as of the other roots, and the lengths of its segments."""
_THUMB_RADII = (6.4, 4.9, 4.3, 3.4)
_SOLE, _HEEL = 5.0, 6.4
"""Seen from the edge, the distance of the ankle from the heel, and the radius of the heel."""
_EDGE = 0.35
"""The width below which the fingers are behind each other."""
_CUFF = 0.45
"""The share of the forearm or shin that is bare."""
CLOSE_PARTS = {
    f"{side}_{kind}": tuple(f"{side}_{part}" for part in parts)
    for kind, parts in (("hand", ("forearm", "palm", "fingers", "thumb")), ("foot", ("shin", "sole", "toes")))
    for side in ("far", "near")
}
"""The parts of a hand and of a foot in the order in which they are painted."""
_JOINTS = {
    "hand": ("elbow", "wrist", "knuckles", "thumb", "index", "middle", "ring", "little"),
    "foot": ("knee", "ankle", "ball", "heel", "toe"),
}
"""The joints in the order in which they are placed; those of fingers and toes are their tips."""


def close_up_joints(name: str, pose: ClosePose) -> dict[str, Point]:
    """Return the joints of the hand or foot called *name* (`near_hand`), named like those of a person."""
    side, _, kind = name.partition("_")
    sizes = PROPORTIONS[kind]
    end, tips = _at(pose, sizes, 0.0, 1.0), [chain[-1] for chain in _chains(pose, sizes)]
    limb = polar_offset(pose.at, pose.limb, sizes.limb[0])
    points = [limb, pose.at, end]
    points += [_heel(pose, sizes)[:2], tips[0]] if kind == "foot" else [_thumb(pose, sizes)[-1], *tips]
    return {f"{side}_{joint}": point for joint, point in zip(_JOINTS[kind], points, strict=True)}


def close_up_hulls(name: str, pose: ClosePose) -> Iterator[tuple[str, tuple[Hull, ...]]]:
    """Yield the name and the hulls of each part; each finger or toe that shows is one of its own, farthest first."""
    kind = name.partition("_")[2]
    sizes = PROPORTIONS[kind]
    length, near, far = sizes.limb
    limb_part, palm_part, digits_part, *thumb_part = CLOSE_PARTS[name]
    yield limb_part, ((circle(pose.at, near), circle(polar_offset(pose.at, pose.limb, length), far)),)
    yield palm_part, _palm(pose, sizes, kind)
    digits = [_chain_hulls(*chain) for chain in zip(_chains(pose, sizes), sizes.radii, strict=True)]
    for hulls in digits[::-1] if abs(pose.width) > _EDGE else [tuple(chain.from_iterable(digits))]:
        yield digits_part, hulls
    for part in thumb_part:
        yield part, _chain_hulls(_thumb(pose, sizes), _THUMB_RADII)


def cuff(hull: Hull) -> Hull:
    """Return the sleeve or trouser leg that covers the far end of a forearm or shin."""
    (x0, y0, r0), (x1, y1, r1) = hull
    start = lerp(x0, x1, _CUFF), lerp(y0, y1, _CUFF), lerp(r0, r1, _CUFF) + 1.0
    return start, (x1, y1, r1 + 1.0)


def _at(pose: ClosePose, sizes: Proportions, across: float, along: float) -> Point:
    """Return a place on the palm or sole: *across* it, 1 at the thumb, and *along* it, 1 at the knuckles."""
    direction, foreshortening = pose.palm
    point = polar_offset(pose.at, direction, sizes.palm[0] * along * foreshortening)
    return polar_offset(point, direction + 90, sizes.breadth * across * pose.width)


def _palm(pose: ClosePose, sizes: Proportions, kind: str) -> tuple[Hull, ...]:
    _, near, far = sizes.palm
    wrist = (circle(_at(pose, sizes, across, 0.04), near) for across in (0.4, -0.4))
    knuckles = (circle(_at(pose, sizes, across * 0.9, along - 0.04), far) for across, along in sizes.roots)
    heel = (_heel(pose, sizes),) if kind == "foot" else ()
    return ((*wrist, *knuckles, *heel),)


def _heel(pose: ClosePose, sizes: Proportions) -> Circle:
    """Return the heel: below and behind the ankle in profile, behind it seen from above."""
    back = polar_offset(pose.at, pose.palm.direction + 180, 6.0)
    return circle(polar_offset(back, pose.palm.direction - 90, _SOLE * (1 - abs(pose.width))), _HEEL)


def _chains(pose: ClosePose, sizes: Proportions) -> Iterator[list[Point]]:
    """Yield the joints of each finger or toe, from root to tip."""
    middle = (len(sizes.roots) - 1) / 2
    for i, (root, lengths, segments) in enumerate(zip(sizes.roots, sizes.digits, pose.digits, strict=False)):
        turn = pose.palm.direction + (middle - i) * pose.spread * (1 if pose.width >= 0 else -1)
        yield _chain(_at(pose, sizes, *root), turn, lengths, segments)


def _thumb(pose: ClosePose, sizes: Proportions) -> list[Point]:
    return _chain(_at(pose, sizes, *_THUMB_ROOT), pose.palm.direction, _THUMB, pose.thumb)


def _chain(root: Point, turn: float, lengths: tuple[float, ...], segments: tuple[ProjectedSegment, ...]) -> list[Point]:
    points = [root]
    for length, (direction, foreshortening) in zip(lengths, segments, strict=True):
        points.append(polar_offset(points[-1], turn + direction, length * foreshortening))
    return points


def _chain_hulls(points: list[Point], radii: tuple[float, ...]) -> tuple[Hull, ...]:
    circles = [circle(point, radius) for point, radius in zip(points, radii, strict=True)]
    if isclose(dist(points[0], points[-1]), sum(dist(a, b) for a, b in pairwise(points))):
        return ((circles[0], circles[-1]),)
    return tuple(pairwise(circles))
