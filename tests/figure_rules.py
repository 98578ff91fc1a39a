"""Rules for the shipped figures: joint angles, reach, and nothing below the floor or cut off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import dist

from stretch.core.checks import FieldPath, FieldProblem
from stretch.figure import anatomy
from stretch.figure.file_format import Figure, View
from stretch.figure.geometry import angle_difference
from stretch.figure.keyframes import IKLimb
from stretch.figure.lint import lint_figure
from stretch.figure.parts import FigurePart, figure_parts
from stretch.figure.raster import bounding_box, bounds
from stretch.figure.skeleton import Skeleton, skeleton_at, target_point

_DEPTHS = 11
"""The number of depths at which a figure is checked."""
_MAX_SINK, _MAX_REACH_GAP, _MAX_OVERHANG = 0.6, 0.5, 1.0
"""Body units that a part may sink into the floor, miss its target, or be outside the picture."""

JOINT_RANGES = (
    ("neck", "", "chest", "head", 0, (-75, 75)),
    ("hip", "leg", "pelvis", "thigh", 180, (-40, 160)),
    ("knee", "leg", "thigh", "shin", 0, (-165, 8)),
    ("ankle", "leg", "shin", "foot", 0, (5, 130)),
    ("shoulder", "arm", "chest", "upper_arm", 180, (-75, 195)),
    ("elbow", "arm", "upper_arm", "forearm", 0, (-8, 155)),
)
"""Joint, kind of limb, upper and lower segment, angle between their directions in a straight joint, and the smallest
and largest bend from there, in the side view of a person facing right."""


def figure_problems(figure: Figure) -> list[FieldProblem]:
    """All problems of a figure; if it cannot be drawn at all, only the reasons for that."""
    if unusable := lint_figure(figure):
        return unusable
    # One report of each kind for each field, for the depth at which it shows first.
    found: dict[tuple[object, FieldPath], FieldProblem] = {}
    for step in range(_DEPTHS):
        depth = step / (_DEPTHS - 1)
        skeleton = skeleton_at(figure, depth)
        parts = tuple(figure_parts(figure, skeleton))
        keyframe = round(depth * max(1, len(figure.keyframes) - 1))
        for check in (_targets_out_of_reach, _impossible_angles, _parts_below_floor, _parts_outside_picture):
            for name, problem, advice in check(figure, skeleton, parts):
                field: FieldPath = (name,) if name == "frame" else ("keys", keyframe, name)
                found.setdefault((check, field), (field, f"{problem} at depth {depth:.2f}; {advice}"))
    return list(found.values())


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
    for joint, limb, upper, lower, straight, (low, high) in JOINT_RANGES if figure.view is View.SIDE else ():
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
        # A close-up may cut off arms and legs, but neither the stretched muscle nor a part of the head or of a foot.
        whole = part.name == "head" or part.name.endswith("_foot")
        if part.name == "prop" or (crop and not whole and not part.muscles):
            continue
        needed = part.muscles if crop and part.muscles and not whole else part.hulls
        x0, y0, x1, y1 = bounds([part._replace(hulls=needed)])
        if whole and (x1 < left or x0 > right or y1 < bottom or y0 > top):
            continue
        overhang = max(left - x0, bottom - y0, x1 - right, y1 - top)
        if overhang > _MAX_OVERHANG:
            problem = f"{part.name} is {overhang:.1f} outside the picture"
            yield "frame" if crop else _field_of(part), problem, "make the frame wider or move it in"


def _field_of(part: FigurePart) -> str:
    limbs = (name for name, limb in anatomy.LIMBS.items() if part.name in limb.segments)
    return next(limbs, {"body": "spine", "strap": "straps"}.get(part.name, part.name))
