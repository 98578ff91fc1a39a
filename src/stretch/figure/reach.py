"""Limbs given by where their end is -> limbs given by directions: two-bone inverse kinematics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import acos, degrees, dist

from stretch.figure import anatomy
from stretch.figure.geometry import Point, ahead, bearing, between, blend
from stretch.figure.pose import Figure, HandReach, Place, View
from stretch.figure.tween import LIMBS, Jointed, Reaching, blend_ends


def in_order(waiting: Mapping[str, Reaching]) -> Iterator[str]:
    """Legs before arms, but a limb that reaches for another only after that one."""
    left = [limb for limb in LIMBS if limb in waiting]
    while left:
        ready = next((limb for limb in left if not needs(waiting[limb]) & (set(left) - {limb})), left[0])
        left.remove(ready)
        yield ready


def needs(limb: Reaching) -> set[str]:
    """The limbs that have to be solved before this one."""
    found = set()
    for end in (limb.start, limb.finish):
        for joint in end.to.split("~")[:2] if isinstance(end.to, str) else ():
            side, _, part = joint.partition("_")
            found |= {f"{side}_{kind}" for kind, chain in anatomy.CHAINS.items() if part in chain[1][1:]}
    return found


def solved(figure: Figure, name: str, limb: Reaching, points: Mapping[str, Point]) -> Jointed:
    """The limb by its directions: the joint by the law of cosines; out of reach, straight towards the goal."""
    side, kind = name.split("_")
    (upper, lower, _), names, _ = anatomy.CHAINS[kind]
    root = points[f"{side}_{names[0]}"]
    target = goal(figure, side, limb, points)
    share = blend(limb.start.len, limb.finish.len, limb.share)
    a, b = upper * share, lower * share
    away = min(max(dist(root, target), abs(a - b) + 0.01), a + b - 0.01)
    angle = degrees(acos(min(1.0, max(-1.0, (a * a + away * away - b * b) / (2 * a * away)))))
    first = bearing(root, target) + _bend(figure, side, limb) * angle
    second = bearing(ahead(root, first, a), ahead(root, bearing(root, target), away))
    return Jointed((first, share), (second, share), blend_ends(limb))


def goal(figure: Figure, side: str, limb: Reaching, points: Mapping[str, Point]) -> Point:
    """Where a limb is reaching for at this moment: on its way from one goal to the other."""
    places = []
    for end in (limb.start, limb.finish):
        x, y = place(end.to, points)
        if figure.view is View.SIDE and side == "far" and not isinstance(end.to, str):
            x, y = x + figure.far_shift[0], y + figure.far_shift[1]
        places.append((x + end.plus[0], y + end.plus[1]))
    return between(places[0], places[1], limb.share)


def place(where: Place, points: Mapping[str, Point]) -> Point:
    """A place as a point; raises KeyError for an unknown joint and ValueError for a share that is no number."""
    if not isinstance(where, str):
        return where
    first, *more = where.split("~")
    if not more:
        return points[first]
    return between(points[first], points[more[0]], float(more[1]) if len(more) > 1 else 0.5)


def _bend(figure: Figure, side: str, limb: Reaching) -> int:
    """Knees bend forwards and elbows backwards, or outwards where the person faces us."""
    if limb.start.bend is not None:
        return limb.start.bend
    if figure.view is not View.SIDE:
        return 1 if side == "near" else -1
    return -1 if isinstance(limb.start, HandReach) else 1
