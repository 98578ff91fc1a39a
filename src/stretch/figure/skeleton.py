"""A figure and how deep it is in the stretch -> where its joints are.

Spine, head and the limbs given by directions are walked outwards from the hip; the whole is put on its anchor and,
where asked, down on the ground; then the limbs that reach for something are solved by two-bone inverse kinematics.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from math import acos, degrees, dist
from typing import NamedTuple

from stretch.figure import anatomy
from stretch.figure.geometry import Point, ahead, bearing, between, blend
from stretch.figure.keyframes import (
    LIMBS,
    Jointed,
    Reaching,
    Stance,
    alike,
    along,
    blend_ends,
    blended,
    inherited,
    stance,
)
from stretch.figure.model import Figure, HandReach, Place, View


class Skeleton(NamedTuple):
    """Where every joint is, which way every segment points, and the stance they were solved from."""

    points: Mapping[str, Point]
    headings: Mapping[str, float]
    spine: tuple[Point, ...]
    stance: Stance


def skeleton_at(figure: Figure, depth: float) -> Skeleton:
    """The joints of a figure at a depth from 0 (its first keyframe) to 1 (its last).

    Raises KeyError for a joint that does not exist; `lint` says which.
    """
    stages = _stages(figure)
    position = min(max(depth, 0.0), 1.0) * len(stages)
    index = min(int(position), len(stages) - 1)
    return _solve(figure, blended(*stages[index], position - index))


@lru_cache(maxsize=64)
def _stages(figure: Figure) -> tuple[tuple[Stance, Stance], ...]:
    """The movement from each keyframe to the next, both ends with limbs of the same kind, so that none pops."""
    stances = [stance(figure, key) for key in inherited(figure.keys)]
    if len(stances) == 1:
        stances *= 2
    return tuple(_reconciled(figure, a, b) for a, b in pairwise(stances))


def _reconciled(figure: Figure, a: Stance, b: Stance) -> tuple[Stance, Stance]:
    unlike = [limb for limb in LIMBS if not alike(a.limbs[limb], b.limbs[limb])]
    return (_spelled_out(figure, a, unlike), _spelled_out(figure, b, unlike)) if unlike else (a, b)


def _spelled_out(figure: Figure, whole: Stance, unlike: list[str]) -> Stance:
    """The stance with some limbs turned from a reach into the directions it comes to."""
    solved = _solve(figure, whole)
    limbs = dict(whole.limbs)
    for name in unlike:
        limb = whole.limbs[name]
        seen = [solved.headings[f"{name.split('_')[0]}_{piece}"] for piece in anatomy.CHAINS[name.split("_")[1]][2]]
        if isinstance(limb, Jointed):
            shares = (limb.upper[1], limb.lower[1], limb.end[1] if limb.end else _end_share(figure, name))
        else:
            end = blend_ends(limb)
            shares = (limb.start.len, limb.start.len, end[1] if end else _end_share(figure, name))
        pieces = [(heading, share) for heading, share in zip(seen, shares, strict=True)]
        limbs[name] = Jointed(pieces[0], pieces[1], pieces[2])
    return whole._replace(limbs=limbs)


def _solve(figure: Figure, moment: Stance) -> Skeleton:
    points: dict[str, Point] = {}
    headings: dict[str, float] = {}
    spine = _trunk(figure, moment, points, headings)
    waiting: dict[str, Reaching] = {}
    for name, limb in moment.limbs.items():
        if isinstance(limb, Jointed):
            _walk(figure, name, limb, points, headings)
        else:
            waiting[name] = limb
    origin = points[moment.anchor]
    dx = moment.at[0] - origin[0]
    dy = -_lowest(figure, points, headings, spine) if moment.at[1] is None else moment.at[1] - origin[1]
    points = {name: (x + dx, y + dy) for name, (x, y) in points.items()}
    spine = tuple((x + dx, y + dy) for x, y in spine)
    for name in in_order(waiting):
        _walk(figure, name, solved(figure, name, waiting[name], points), points, headings)
    return Skeleton(points, headings, spine, moment)


def _trunk(figure: Figure, moment: Stance, points: dict[str, Point], headings: dict[str, float]) -> tuple[Point, ...]:
    step = anatomy.SPINE / anatomy.PIECES
    spine: list[Point] = [(0.0, 0.0)]
    for i in range(anatomy.PIECES):
        direction, share = along(moment.spine, (i + 0.5) / anatomy.PIECES)
        spine.append(ahead(spine[-1], direction, step * share))
    top = moment.spine[-1][0]
    neck = ahead(spine[-1], moment.neck[0], anatomy.NECK * moment.neck[1])
    skull = anatomy.SKULL * moment.head[1]
    points |= {"hip": spine[0], "waist": spine[4], "chest": spine[-1], "neck": neck}
    points |= {f"spine{i}": spine[i] for i in range(1, anatomy.PIECES)}
    points |= {"head": ahead(neck, moment.head[0], 0.45 * skull), "crown": ahead(neck, moment.head[0], skull)}
    headings |= {"pelvis": moment.spine[0][0], "chest": top, "neck": moment.neck[0], "head": moment.head[0]}
    for side, out, lift in (("near", 1, moment.shrug[0]), ("far", -1, moment.shrug[1])):
        shoulder = ahead(spine[-1], top, lift - 1.5)
        shoulder = ahead(shoulder, top - 90, moment.forward)
        hip = spine[0]
        if figure.view is View.SIDE:
            shift = figure.far_shift if side == "far" else (0.0, 0.0)
            shoulder, hip = (shoulder[0] + shift[0], shoulder[1] + shift[1]), (hip[0] + shift[0], hip[1] + shift[1])
        else:
            shoulder = ahead(shoulder, top - 90, out * anatomy.SHOULDERS * moment.chest_width)
            hip = ahead(hip, moment.spine[0][0] - 90, out * anatomy.HIPS * moment.hip_width)
        points[f"{side}_shoulder"], points[f"{side}_hip"] = shoulder, hip
    return tuple(spine)


def _walk(figure: Figure, name: str, limb: Jointed, points: dict[str, Point], headings: dict[str, float]) -> None:
    side, kind = name.split("_")
    lengths, names, pieces = anatomy.CHAINS[kind]
    end = limb.end or (_end_direction(figure, side, kind, limb.lower[0]), _end_share(figure, name))
    for i, (direction, share) in enumerate((limb.upper, limb.lower, end)):
        points[f"{side}_{names[i + 1]}"] = ahead(points[f"{side}_{names[i]}"], direction, lengths[i] * share)
        headings[f"{side}_{pieces[i]}"] = direction
    if kind == "leg":
        instep = ahead(points[f"{side}_ankle"], end[0], anatomy.BALL * end[1])
        points[f"{side}_ball"] = ahead(instep, end[0] - 90, anatomy.SOLE)


def _end_direction(figure: Figure, side: str, kind: str, lower: float) -> float:
    """A hand goes on along the forearm; a foot stands across the shin, or turns a little out when it faces us."""
    if kind == "arm":
        return lower
    return lower + 90 if figure.view is View.SIDE else lower + (15 if side == "near" else -15)


def _end_share(figure: Figure, name: str) -> float:
    """A foot that faces us is seen shortened."""
    return 0.5 if name.endswith("leg") and figure.view is not View.SIDE else 1.0


def _lowest(
    figure: Figure, points: Mapping[str, Point], headings: Mapping[str, float], spine: tuple[Point, ...]
) -> float:
    """The lowest edge of everything that does not reach: what the figure rests on."""
    edges = [y - radius for (_, y), radius in zip(spine, anatomy.TRUNK, strict=True)]
    edges.append(points["head"][1] - anatomy.HEAD)
    if figure.view is View.SIDE:
        _, y, radius = anatomy.seat(spine[0], headings["pelvis"])
        edges.append(y - radius)
    for side in ("near", "far"):
        shift = figure.far_shift[1] if side == "far" and figure.view is View.SIDE else 0.0
        if f"{side}_toe" in points:
            hulls = anatomy.leg(points, side, headings[f"{side}_foot"], figure.view is View.SIDE)
            edges += [y - radius - shift for hull in hulls[1:] for _, y, radius in hull]
        if f"{side}_hand" in points:
            edges += [y - radius - shift for hull in anatomy.arm(points, side) for _, y, radius in hull]
    return min(edges)


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
