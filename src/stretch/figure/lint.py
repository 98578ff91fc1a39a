"""Checks of figure files: unknown names, impossible joint angles, parts out of reach, below the floor or cut off."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from graphlib import CycleError
from math import dist

from stretch.figure import anatomy
from stretch.figure.file_format import Figure, Place, Target, View
from stretch.figure.geometry import angle_difference
from stretch.figure.keyframes import IKLimb, keyframe_poses
from stretch.figure.muscles import MUSCLE_NAMES
from stretch.figure.parts import PAINT_WORDS, FigurePart, figure_parts
from stretch.figure.raster import bounding_box, bounds
from stretch.figure.skeleton import Skeleton, skeleton_at, solving_order, target_point

_DEPTHS = 11
"""The number of depths at which a figure is checked."""
_MAX_SINK, _MAX_REACH_GAP, _MAX_OVERHANG = 0.6, 0.5, 1.0
"""Body units that a part may sink into the floor, miss its target, or be outside the picture."""

FigureProblem = tuple[str, str]
"""A field, as in `keys[0].near_arm`, and a sentence: what is wrong with it and what would be right."""


def lint_figure(figure: Figure) -> list[FigureProblem]:
    """Return all problems of a figure; if it cannot be drawn at all, only the reasons for that."""
    if unusable := [*unknown_names(figure), *_unusable_keyframes(figure)]:
        return unusable
    # One report of each kind for each field, for the depth at which it shows first.
    found: dict[tuple[object, str], FigureProblem] = {}
    for step in range(_DEPTHS):
        depth = step / (_DEPTHS - 1)
        skeleton = skeleton_at(figure, depth)
        parts = tuple(figure_parts(figure, skeleton))
        key = f"keys[{round(depth * max(1, len(figure.keyframes) - 1))}]"
        for check in (_targets_out_of_reach, _impossible_angles, _parts_below_floor, _parts_outside_picture):
            for name, problem, advice in check(figure, skeleton, parts):
                field = name if name == "frame" else f"{key}.{name}"
                found.setdefault((check, field), (field, f"{problem} at depth {depth:.2f}; {advice}"))
    return list(found.values())


def unknown_names(figure: Figure) -> Iterator[FigureProblem]:
    """Yield every unknown word of a figure, with similar known ones."""
    for muscle in figure.muscles:
        name, _, side = muscle.partition(".")
        yield from _unknown("target", "muscle", [name], MUSCLE_NAMES)
        if side not in ("", "near", "far"):
            yield "target", f"{muscle!r} has the side {side!r}; write {name}.near or {name}.far"
    yield from _unknown("order", "part", figure.paint_order.split(), PAINT_WORDS)
    for i, strap in enumerate(figure.straps):
        yield from _unknown_places(f"straps[{i}]", strap)
        if len(strap) < 2:
            yield f"straps[{i}]", "a strap needs at least two places"
    for i, arrow in enumerate(figure.arrows):
        yield from _unknown_places(f"arrows[{i}]", arrow.path)
        if (arrow.arc is None) == (len(arrow.path) < 2):
            yield f"arrows[{i}]", "an arrow needs either an arc or a path of at least two places"
    for i, keyframe in enumerate(figure.keyframes):
        yield from _unknown(f"keys[{i}].anchor", "joint", [keyframe.anchor or "hip"], anatomy.JOINTS)
        for limb in anatomy.LIMBS:
            if isinstance(target := getattr(keyframe, limb), Target):
                yield from _unknown_places(f"keys[{i}].{limb}", [target.place])
    for i, pose in enumerate(keyframe_poses(figure)):
        try:
            list(solving_order({name: limb for name, limb in pose.limbs.items() if isinstance(limb, IKLimb)}))
        except CycleError as error:
            for name in sorted(set(error.args[1])):
                problem = "reaches for a limb that reaches for this one; give one of them by directions"
                yield f"keys[{i}].{name}", problem


def _unknown(field: str, kind: str, names: Iterable[str], known: Iterable[str]) -> Iterator[FigureProblem]:
    for name in names:
        if name not in known:
            matches = get_close_matches(name, sorted(known), n=3, cutoff=0.5)
            advice = f"did you mean {' or '.join(matches)}?" if matches else f"known are {', '.join(sorted(known))}"
            yield field, f"there is no {kind} called {name!r}; {advice}"


def _unknown_places(field: str, places: Iterable[Place]) -> Iterator[FigureProblem]:
    for place in places:
        if isinstance(place, str):
            names, t = place.split("~")[:2], place.split("~")[2:]
            yield from _unknown(field, "joint", names, anatomy.JOINTS)
            if len(t) > 1 or (t and not re.fullmatch(r"-?(\d+(\.\d*)?|\.\d+)", t[0])):
                yield field, f"{place!r} is not a place; write joint~joint~0.5 for a point between two joints"


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


_Finding = tuple[str, str, str]
"""A field of a keyframe or the frame, a problem and an advice."""


def _targets_out_of_reach(figure: Figure, skeleton: Skeleton, parts: Sequence[FigurePart]) -> Iterator[_Finding]:
    for name, limb in skeleton.pose.limbs.items():
        if isinstance(limb, IKLimb):
            side, kind, lengths, _, names = anatomy.LIMBS[name]
            distance = dist(skeleton.joints[names[0]], target_point(figure, side, limb, skeleton.joints))
            length = (lengths[0] + lengths[1]) * limb.foreshortening
            if distance > length + _MAX_REACH_GAP:
                problem = f"reaches for a place {distance:.1f} away, but the {kind} is {length:.1f} long"
                yield name, problem, f"move the target or the body {distance - length:.1f} closer"


def _impossible_angles(figure: Figure, skeleton: Skeleton, parts: Sequence[FigurePart]) -> Iterator[_Finding]:
    directions = skeleton.directions
    for joint, limb, upper, lower, straight, (low, high) in anatomy.JOINT_RANGES if figure.view is View.SIDE else ():
        for side in ("near_", "far_") if limb else ("",):
            # A limb that points towards the viewer does not have its real angles in the picture.
            if limb and any(segment.foreshortening != 1 for segment in skeleton.limbs[side + limb][:2]):
                continue
            start = directions[upper if upper in directions else side + upper]
            # Counted from the middle of the range, so that 190 degrees is not mistaken for -170.
            middle = (low + high) / 2
            angle = middle + angle_difference(middle, directions[side + lower] - start - straight)
            if not low - 0.5 <= angle <= high + 0.5:
                problem = f"bends the {joint} to {angle:.0f} degrees"
                yield side + (limb or lower), problem, f"it goes from {low:g} to {high:g}"


def _parts_below_floor(figure: Figure, skeleton: Skeleton, parts: Sequence[FigurePart]) -> Iterator[_Finding]:
    for part in parts if figure.has_floor else ():
        if part.name not in ("prop", "arrow") and (depth := -bounds([part])[1]) > _MAX_SINK:
            problem = f"{part.name} is {depth:.1f} below the floor"
            yield _field_of(part), problem, "lift it, or write at: [x, null] to rest it there"


def _parts_outside_picture(figure: Figure, skeleton: Skeleton, parts: Sequence[FigurePart]) -> Iterator[_Finding]:
    crop, (left, bottom, right, top) = figure.crop, bounding_box(figure)
    for part in parts:
        # A close-up may cut off arms and legs, but neither the stretched muscle nor half the head.
        if part.name == "prop" or (crop and part.name != "head" and not part.muscles):
            continue
        needed = part.muscles if crop and part.muscles and part.name != "head" else part.hulls
        x0, y0, x1, y1 = bounds([part._replace(hulls=needed)])
        if part.name == "head" and (x1 < left or x0 > right or y1 < bottom or y0 > top):
            continue
        overhang = max(left - x0, bottom - y0, x1 - right, y1 - top)
        if overhang > _MAX_OVERHANG:
            problem = f"{part.name} is {overhang:.1f} outside the picture"
            yield "frame" if crop else _field_of(part), problem, "make the frame wider or move it in"


def _field_of(part: FigurePart) -> str:
    limbs = (name for name, limb in anatomy.LIMBS.items() if part.name in limb.segments)
    return next(limbs, {"body": "spine", "strap": "straps"}.get(part.name, part.name))
