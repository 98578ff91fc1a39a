"""Checks of figure files: unknown names, impossible joint angles, parts out of reach, below the floor or cut off."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from graphlib import CycleError
from itertools import pairwise
from math import dist
from typing import NamedTuple

from stretch.figure import anatomy
from stretch.figure.body import PAINT_WORDS, FigurePart, figure_parts
from stretch.figure.file_format import Figure, FootTarget, HandTarget, Place, View
from stretch.figure.geometry import angle_difference
from stretch.figure.keyframes import ForwardLimb, IKLimb, Pose, keyframe_poses
from stretch.figure.muscles import MUSCLE_NAMES
from stretch.figure.raster import bounding_box, bounds
from stretch.figure.skeleton import Skeleton, skeleton_at, solving_order, target_point

_DEPTHS = 11
"""The number of depths at which a figure is checked."""
_MAX_SINK, _MAX_REACH_GAP, _MAX_OVERHANG = 0.6, 0.5, 1.0
"""Body units that a part may sink into the floor, miss its target, or be outside the picture."""
_MAX_TURN = 175.0

FigureProblem = tuple[str, str]
"""A field, as in `keys[0].near_arm`, and a sentence: what is wrong with it and what would be right."""


class _Snapshot(NamedTuple):
    """The figure at one depth; `key` is the field of the nearest keyframe."""

    figure: Figure
    skeleton: Skeleton
    parts: tuple[FigurePart, ...]
    key: str
    when: str


def lint_figure(figure: Figure) -> list[FigureProblem]:
    """Return all problems of a figure; if it cannot be drawn at all, only the reasons for that."""
    if unusable := [*unknown_names(figure), *_unusable_keyframes(figure)]:
        return unusable
    # One report of each kind for each field, for the depth at which it shows first.
    found: dict[tuple[object, str], FigureProblem] = {problem: problem for problem in _half_turns(figure)}
    for step in range(_DEPTHS):
        snapshot = _snapshot(figure, step / (_DEPTHS - 1))
        for check in (_targets_out_of_reach, _impossible_angles, _parts_below_floor, _parts_outside_picture):
            for problem in check(snapshot):
                found.setdefault((check, problem[0]), problem)
    return list(found.values())


def _snapshot(figure: Figure, depth: float) -> _Snapshot:
    skeleton = skeleton_at(figure, depth)
    parts = tuple(figure_parts(figure, skeleton))
    nearest = round(depth * max(1, len(figure.keyframes) - 1))
    return _Snapshot(figure, skeleton, parts, f"keys[{nearest}]", f"at depth {depth:.2f}")


def unknown_names(figure: Figure) -> Iterator[FigureProblem]:
    """Yield every unknown word of a figure, with similar known ones."""
    for muscle in figure.muscles:
        name, _, side = muscle.partition(".")
        if name not in MUSCLE_NAMES:
            yield "target", f"there is no muscle called {name!r}; {_suggestion(name, MUSCLE_NAMES)}"
        if side not in ("", "near", "far"):
            yield "target", f"{muscle!r} has the side {side!r}; write {name}.near or {name}.far"
    for word in figure.paint_order.split():
        if word not in PAINT_WORDS:
            yield "order", f"there is no part called {word!r}; {_suggestion(word, PAINT_WORDS)}"
    for i, strap in enumerate(figure.straps):
        yield from _unknown_places(f"straps[{i}]", strap)
        if len(strap) < 2:
            yield f"straps[{i}]", "a strap needs at least two places"
    for i, arrow in enumerate(figure.arrows):
        yield from _unknown_places(f"arrows[{i}]", arrow.path)
        if (arrow.arc is None) == (len(arrow.path) < 2):
            yield f"arrows[{i}]", "an arrow needs either an arc or a path of at least two places"
    for i, keyframe in enumerate(figure.keyframes):
        yield from _unknown_joints(f"keys[{i}].anchor", [keyframe.anchor or "hip"])
        for limb in anatomy.LIMBS:
            target = getattr(keyframe, limb)
            if isinstance(target, (HandTarget, FootTarget)):
                yield from _unknown_places(f"keys[{i}].{limb}", [target.place])
    for i, pose in enumerate(keyframe_poses(figure)):
        yield from _circular_targets(f"keys[{i}]", pose)


def _unknown_joints(field: str, names: Iterable[str]) -> Iterator[FigureProblem]:
    for name in names:
        if name not in anatomy.JOINTS:
            yield field, f"there is no joint called {name!r}; {_suggestion(name, anatomy.JOINTS)}"


def _unknown_places(field: str, places: Iterable[Place]) -> Iterator[FigureProblem]:
    for place in places:
        if not isinstance(place, str):
            continue
        names, t = place.split("~")[:2], place.split("~")[2:]
        yield from _unknown_joints(field, names)
        if len(t) > 1 or (t and not re.fullmatch(r"-?(\d+(\.\d*)?|\.\d+)", t[0])):
            yield field, f"{place!r} is not a place; write joint~joint~0.5 for a point between two joints"


def _circular_targets(key: str, pose: Pose) -> Iterator[FigureProblem]:
    try:
        list(solving_order({name: limb for name, limb in pose.limbs.items() if isinstance(limb, IKLimb)}))
    except CycleError as error:
        for name in sorted(set(error.args[1])):
            message = "reaches for a limb that reaches for this one; give one of them by directions"
            yield f"{key}.{name}", message


def _suggestion(word: str, known: Iterable[str]) -> str:
    matches = get_close_matches(word, sorted(known), n=3, cutoff=0.5)
    return f"did you mean {' or '.join(matches)}?" if matches else f"known are {', '.join(sorted(known))}"


def _unusable_keyframes(figure: Figure) -> Iterator[FigureProblem]:
    poses = keyframe_poses(figure)
    for i, pose in enumerate(poses):
        anchor, at = f"keys[{i}].anchor", f"keys[{i}].at"
        if pose.anchor != poses[0].anchor:
            yield anchor, "the anchor changes between keyframes; name it in the first one only"
        on_floor = pose.at[1] is None
        if on_floor != (poses[0].at[1] is None):
            yield at, "y is null in one keyframe and a number in another; use one or the other in all"
        if on_floor and not figure.has_floor:
            yield at, "y is null but there is no floor to rest on; add {type: floor} to props or give a number"
        for name, limb in anatomy.LIMBS.items():
            if pose.anchor in limb.joints[1:] and isinstance(pose.limbs[name], IKLimb):
                yield anchor, f"{pose.anchor} is on a limb that reaches; anchor a joint that does not"


def _half_turns(figure: Figure) -> Iterator[FigureProblem]:
    """Yield directions that turn so far that either way may be the shorter one."""
    for i, (a, b) in enumerate(pairwise(keyframe_poses(figure)), start=1):
        for field, start, finish in _direction_pairs(a, b):
            if abs(angle_difference(start, finish)) > _MAX_TURN:
                either_way = f"turns from {start:g} to {finish:g}, half a circle, so it may go either way"
                advice = f"add a keyframe in between or turn less than {_MAX_TURN:g} degrees"
                yield f"keys[{i}].{field}", f"{either_way}; {advice}"


def _direction_pairs(a: Pose, b: Pose) -> Iterator[tuple[str, float, float]]:
    yield "head", a.head.direction, b.head.direction
    for first, last in zip(a.spine, b.spine, strict=True):
        yield "spine", first.direction, last.direction
    for name in anatomy.LIMBS:
        start, finish = a.limbs[name], b.limbs[name]
        if isinstance(start, ForwardLimb) and isinstance(finish, ForwardLimb):
            for begin, end in zip(start, finish, strict=True):
                if begin and end:
                    yield name, begin.direction, end.direction


def _targets_out_of_reach(snapshot: _Snapshot) -> Iterator[FigureProblem]:
    joints = snapshot.skeleton.joints
    for name, limb in snapshot.skeleton.pose.limbs.items():
        if not isinstance(limb, IKLimb):
            continue
        side, kind, lengths, _, names = anatomy.LIMBS[name]
        distance = dist(joints[names[0]], target_point(snapshot.figure, side, limb, joints))
        length = (lengths[0] + lengths[1]) * limb.foreshortening
        if distance > length + _MAX_REACH_GAP:
            far = f"reaches for a place {distance:.1f} away {snapshot.when}, but the {kind} is {length:.1f} long"
            advice = f"move the target or the body {distance - length:.1f} closer"
            yield f"{snapshot.key}.{name}", f"{far}; {advice}"


def _impossible_angles(snapshot: _Snapshot) -> Iterator[FigureProblem]:
    if snapshot.figure.view is not View.SIDE:
        return
    directions = snapshot.skeleton.directions
    for joint, limb, upper, lower, straight, (low, high) in anatomy.JOINT_RANGES:
        for side in ("near_", "far_") if limb else ("",):
            # A limb that points towards the viewer does not have its real angles in the picture.
            if limb and snapshot.skeleton.limbs[side + limb].is_foreshortened:
                continue
            start = directions[upper if upper in directions else side + upper]
            # Counted from the middle of the range, so that 190 degrees is not mistaken for -170.
            middle = (low + high) / 2
            angle = middle + angle_difference(middle, directions[side + lower] - start - straight)
            if not low - 0.5 <= angle <= high + 0.5:
                bend = f"bends the {joint} to {angle:.0f} degrees {snapshot.when}"
                yield f"{snapshot.key}.{side + (limb or lower)}", f"{bend}; it goes from {low:g} to {high:g}"


def _parts_below_floor(snapshot: _Snapshot) -> Iterator[FigureProblem]:
    for part in snapshot.parts if snapshot.figure.has_floor else ():
        if part.name not in ("prop", "arrow") and (depth := -bounds([part])[1]) > _MAX_SINK:
            sunk = f"{part.name} is {depth:.1f} below the floor {snapshot.when}"
            yield _field_of(part, snapshot.key), f"{sunk}; lift it, or write at: [x, null] to rest it there"


def _parts_outside_picture(snapshot: _Snapshot) -> Iterator[FigureProblem]:
    crop = snapshot.figure.crop
    left, bottom, right, top = bounding_box(snapshot.figure)
    for part in snapshot.parts:
        # A close-up may cut off arms and legs, but neither the stretched muscle nor half the head.
        if part.name == "prop" or (crop and part.name != "head" and not part.muscles):
            continue
        needed = part.muscles if crop and part.muscles and part.name != "head" else part.hulls
        x0, y0, x1, y1 = bounds([part._replace(hulls=needed)])
        if part.name == "head" and (x1 < left or x0 > right or y1 < bottom or y0 > top):
            continue
        overhang = max(left - x0, bottom - y0, x1 - right, y1 - top)
        if overhang > _MAX_OVERHANG:
            cut_off = f"{part.name} is {overhang:.1f} outside the picture {snapshot.when}"
            field = "frame" if crop else _field_of(part, snapshot.key)
            yield field, f"{cut_off}; make the frame wider or move it in"


def _field_of(part: FigurePart, key: str) -> str:
    for name, limb in anatomy.LIMBS.items():
        if part.name in limb.segments:
            return f"{key}.{name}"
    return f"{key}.{ {'body': 'spine', 'strap': 'straps'}.get(part.name, part.name) }"
