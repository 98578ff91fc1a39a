"""Joint positions of a figure at a depth, by forward and inverse kinematics.

The trunk and the limbs given by directions are placed outwards from the hip (forward kinematics). The whole is then
moved to its anchor or down to the floor, and the limbs given by targets are solved by two-bone inverse kinematics.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from graphlib import TopologicalSorter
from itertools import pairwise
from math import acos, degrees, dist
from typing import NamedTuple

from stretch.figure import anatomy
from stretch.figure.close_up import close_up_joints
from stretch.figure.file_format import Figure, Place, View
from stretch.figure.geometry import Point, bearing, lerp_point, polar_offset
from stretch.figure.keyframes import (
    ForwardLimb,
    IKLimb,
    Pose,
    ProjectedSegment,
    interpolate,
    keyframe_poses,
    sample,
    unwrap,
    unwrap_pose,
)


class Skeleton(NamedTuple):
    """The position of each joint, the direction of each segment, the solved limbs, and the pose they come from."""

    joints: Mapping[str, Point]
    directions: Mapping[str, float]
    spine: tuple[Point, ...]
    limbs: Mapping[str, ForwardLimb]
    pose: Pose


def skeleton_at(figure: Figure, depth: float) -> Skeleton:
    """Return the skeleton at a depth from 0 (first keyframe) to 1 (last). Raise KeyError for an unknown joint."""
    transitions = _transitions(figure)
    position = min(max(depth, 0.0), 1.0) * len(transitions)
    index = min(int(position), len(transitions) - 1)
    return _Solver(figure, interpolate(*transitions[index], position - index)).solve()


@lru_cache(maxsize=64)
def _transitions(figure: Figure) -> tuple[tuple[Pose, Pose], ...]:
    """Return the movement from each keyframe to the next, with limbs that can be interpolated."""
    poses = keyframe_poses(figure)
    return tuple(_aligned(figure, a, b) for a, b in pairwise(poses if len(poses) > 1 else poses * 2))


def _aligned(figure: Figure, a: Pose, b: Pose) -> tuple[Pose, Pose]:
    """Return both poses with limbs of the same kind and directions within half a turn, so that they interpolate."""
    first, last = dict(a.limbs), dict(b.limbs)
    for name in anatomy.LIMBS:
        x, y = a.limbs[name], b.limbs[name]
        if isinstance(x, IKLimb) and isinstance(y, IKLimb) and x.continues_in(y):
            first[name], last[name] = IKLimb(x.start, y.finish, 0.0), IKLimb(x.start, y.finish, 1.0)
            continue
        if isinstance(x, IKLimb) or isinstance(y, IKLimb) or (x.end is None) != (y.end is None):
            x, y = (_Solver(figure, pose).solve().limbs[name] for pose in (a, b))
        first[name] = x
        end = x.end and y.end and unwrap(x.end, y.end)
        last[name] = ForwardLimb(unwrap(x.upper, y.upper), unwrap(x.lower, y.lower), end)
    return a._replace(limbs=first), unwrap_pose(a, b)._replace(limbs=last)


class _Solver:
    """Places the joints of one pose."""

    def __init__(self, figure: Figure, pose: Pose) -> None:
        self._figure, self._pose = figure, pose
        self._joints: dict[str, Point] = {}
        self._directions: dict[str, float] = {}
        self._limbs: dict[str, ForwardLimb] = {}

    def solve(self) -> Skeleton:
        """Return the solved skeleton."""
        pose = self._pose
        spine = self._place_trunk()
        targeted = {name: limb for name, limb in pose.limbs.items() if isinstance(limb, IKLimb)}
        for name, limb in pose.limbs.items():
            if isinstance(limb, ForwardLimb):
                self._place_limb(name, limb)
        anchor = self._joints[pose.anchor]
        shift = self._figure.shift(pose.anchor.partition("_")[0])
        dx = pose.at[0] + shift[0] - anchor[0]
        dy = -self._lowest_edge(spine) if pose.at[1] is None else pose.at[1] + shift[1] - anchor[1]
        self._joints = {name: (x + dx, y + dy) for name, (x, y) in self._joints.items()}
        for name in solving_order(targeted):
            self._place_limb(name, _solve_two_bone(self._figure, name, targeted[name], self._joints))
        spine = tuple((x + dx, y + dy) for x, y in spine)
        for name, close_up in pose.close_ups.items():
            self._joints |= close_up_joints(name, close_up)
        return Skeleton(self._joints, self._directions, spine, self._limbs, pose)

    def _place_trunk(self) -> tuple[Point, ...]:
        """Place spine, head, shoulders and hips; return the points of the spine, hip first."""
        pose, joints = self._pose, self._joints
        spine: list[Point] = [(0.0, 0.0)]
        length = anatomy.SPINE_LENGTH / anatomy.SPINE_SEGMENTS
        for i in range(anatomy.SPINE_SEGMENTS):
            direction, foreshortening = sample(pose.spine, (i + 0.5) / anatomy.SPINE_SEGMENTS)
            spine.append(polar_offset(spine[-1], direction, length * foreshortening))
        hip, chest = spine[0], spine[-1]
        pelvis_direction, chest_direction = pose.spine[0].direction, pose.spine[-1].direction
        neck = polar_offset(chest, pose.neck.direction, anatomy.NECK_LENGTH * pose.neck.foreshortening)
        skull = anatomy.SKULL_HEIGHT * pose.head.foreshortening
        joints |= {"hip": hip, "waist": spine[4], "chest": chest, "neck": neck}
        joints |= {f"spine{i}": spine[i] for i in range(1, anatomy.SPINE_SEGMENTS)}
        joints["head"] = polar_offset(neck, pose.head.direction, 0.45 * skull)
        joints["crown"] = polar_offset(neck, pose.head.direction, skull)
        self._directions |= {"pelvis": pelvis_direction, "chest": chest_direction}
        self._directions |= {"neck": pose.neck.direction, "head": pose.head.direction}
        for side, outward, shrug in (("near", 1, pose.shrug[0]), ("far", -1, pose.shrug[1])):
            shoulder = polar_offset(chest, chest_direction, shrug - 1.5)
            shoulder = polar_offset(shoulder, chest_direction - 90, pose.forward)
            if self._figure.view is View.SIDE:
                dx, dy = self._figure.shift(side)
                joints[f"{side}_shoulder"] = shoulder[0] + dx, shoulder[1] + dy
                joints[f"{side}_hip"] = hip[0] + dx, hip[1] + dy
            else:
                half = outward * anatomy.SHOULDERS * pose.chest_width
                joints[f"{side}_shoulder"] = polar_offset(shoulder, chest_direction - 90, half)
                half = outward * anatomy.HIPS * pose.hip_width
                joints[f"{side}_hip"] = polar_offset(hip, pelvis_direction - 90, half)
        return tuple(spine)

    def _place_limb(self, name: str, limb: ForwardLimb) -> None:
        """Place the joints of a limb, one segment after the other, from a root that is already placed."""
        side, kind, lengths, segments, joints = anatomy.LIMBS[name]
        end = limb.end or _default_end(self._figure, side, kind, limb.lower.direction)
        self._limbs[name] = limb._replace(end=end)
        for i, (direction, foreshortening) in enumerate((limb.upper, limb.lower, end)):
            root = self._joints[joints[i]]
            self._joints[joints[i + 1]] = polar_offset(root, direction, lengths[i] * foreshortening)
            self._directions[segments[i]] = direction
        if kind == "leg":
            instep = polar_offset(self._joints[f"{side}_ankle"], end.direction, anatomy.BALL * end.foreshortening)
            self._joints[f"{side}_ball"] = polar_offset(instep, end.direction - 90, anatomy.SOLE)

    def _lowest_edge(self, spine: tuple[Point, ...]) -> float:
        """Return the lowest y of all that is placed without a target: the body rests on it."""
        edges = [y - radius for (_, y), radius in zip(spine, anatomy.TRUNK_DEPTH, strict=True)]
        edges.append(self._joints["head"][1] - anatomy.HEAD)
        in_profile = self._figure.view is View.SIDE
        if in_profile:
            _, y, radius = anatomy.buttocks(spine[0], self._directions["pelvis"])
            edges.append(y - radius)
        for name, hull in anatomy.limb_hulls(self._joints, self._directions, in_profile=in_profile).items():
            side, _, segment = name.partition("_")
            if segment != "thigh":
                # The far limbs are drawn higher only to be visible: they rest on the floor as well.
                edges += [y - radius - self._figure.shift(side)[1] for _, y, radius in hull]
        return min(edges)


def _default_end(figure: Figure, side: str, kind: str, lower: float) -> ProjectedSegment:
    """Return a hand in line with the forearm, or a foot square to the shin; one that faces the viewer looks short."""
    if kind == "arm":
        return ProjectedSegment(lower)
    if figure.view is View.SIDE:
        return ProjectedSegment(lower + 90)
    return ProjectedSegment(lower + (15 if side == "near" else -15), 0.5)


def solving_order(limbs: Mapping[str, IKLimb]) -> Iterable[str]:
    """Return the names of *limbs*, each after those that its target is on. Raise CycleError if there is no order."""
    graph = {}
    for name, limb in limbs.items():
        places = [target.place for target in (limb.start, limb.finish) if isinstance(target.place, str)]
        joints = {joint for place in places for joint in place.split("~")[:2]}
        graph[name] = {other for other in limbs if joints.intersection(anatomy.LIMBS[other].joints[1:])}
    return TopologicalSorter(graph).static_order()


def _solve_two_bone(figure: Figure, name: str, limb: IKLimb, joints: Mapping[str, Point]) -> ForwardLimb:
    """Return the directions that bring the end of a limb to its target, or as near as it reaches (law of cosines)."""
    side, kind, lengths, _, names = anatomy.LIMBS[name]
    root, target = joints[names[0]], target_point(figure, side, limb, joints)
    upper, lower = lengths[0] * limb.foreshortening, lengths[1] * limb.foreshortening
    distance = min(max(dist(root, target), abs(upper - lower) + 0.01), upper + lower - 0.01)
    cosine = (upper * upper + distance * distance - lower * lower) / (2 * upper * distance)
    angle = degrees(acos(min(1.0, max(-1.0, cosine))))
    to_target = bearing(root, target)
    # Knees bend forwards and elbows backwards, or both outwards if the person faces the viewer.
    forwards = kind == "leg" if figure.view is View.SIDE else side == "near"
    upper_direction = to_target + (limb.start.bend or (1 if forwards else -1)) * angle
    middle, end = polar_offset(root, upper_direction, upper), polar_offset(root, to_target, distance)
    return ForwardLimb(
        ProjectedSegment(upper_direction, limb.foreshortening),
        ProjectedSegment(bearing(middle, end), limb.foreshortening),
        limb.end,
    )


def target_point(figure: Figure, side: str, limb: IKLimb, joints: Mapping[str, Point]) -> Point:
    """Return the point that a limb has to reach, on the way from its first target to its last."""
    points = []
    for target in (limb.start, limb.finish):
        x, y = resolve_place(target.place, joints)
        if not isinstance(target.place, str):
            dx, dy = figure.shift(side)
            x, y = x + dx, y + dy
        points.append((x + target.offset[0], y + target.offset[1]))
    return lerp_point(points[0], points[1], limb.t)


def resolve_place(place: Place, joints: Mapping[str, Point]) -> Point:
    """Return the point of a place. Raise KeyError for an unknown joint, ValueError for a *t* that is not a number."""
    if not isinstance(place, str):
        return place
    first, *rest = place.split("~")
    if not rest:
        return joints[first]
    return lerp_point(joints[first], joints[rest[0]], float(rest[1]) if len(rest) > 1 else 0.5)
