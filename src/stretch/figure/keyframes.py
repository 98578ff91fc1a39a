"""Poses of the keyframes and interpolation between them: directions turn the shorter way, limbs keep their length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple, TypeVar

from msgspec.structs import replace

from stretch.figure.anatomy import CLOSE_UPS, LIMBS
from stretch.figure.file_format import CloseUp, DigitSegments, Figure, Keyframe, LimbSegments, Segment, Target, View
from stretch.figure.geometry import Point, angle_difference, lerp

SPINE_SAMPLES = 5
"""A spine of one to three directions is resampled to this many before it is interpolated."""

_Value = TypeVar("_Value")
_Struct = TypeVar("_Struct", Keyframe, CloseUp)


class ProjectedSegment(NamedTuple):
    """A body segment in the picture: its direction in degrees and the visible share of its length."""

    direction: float
    foreshortening: float = 1.0


class ForwardLimb(NamedTuple):
    """A limb given by directions (forward kinematics); without `end`, the hand or foot follows the lower segment."""

    upper: ProjectedSegment
    lower: ProjectedSegment
    end: ProjectedSegment | None


class IKLimb(NamedTuple):
    """A limb given by its target (inverse kinematics), at `t` on the way from one target to another."""

    start: Target
    finish: Target
    t: float

    def continues_in(self, after: IKLimb) -> bool:
        """Return whether *after* bends the same way and both give or omit the hand or foot."""
        return self.finish.bend == after.start.bend and (self.finish.end is None) == (after.start.end is None)

    @property
    def foreshortening(self) -> float:
        """The visible share of the limb's length."""
        return lerp(self.start.foreshortening, self.finish.foreshortening, self.t)

    @property
    def end(self) -> ProjectedSegment | None:
        """The hand or foot, or None if it follows the lower segment."""
        if self.start.end is None or self.finish.end is None:
            return None
        start = _projected(self.start.end)
        return interpolate(start, unwrap(start, _projected(self.finish.end)), self.t)


class ClosePose(NamedTuple):
    """A hand or a foot seen close, with all numbers given; the fields are those of a `CloseUp`."""

    at: Point
    limb: float
    palm: ProjectedSegment
    width: float
    thumb: tuple[ProjectedSegment, ...]
    spread: float
    digits: tuple[tuple[ProjectedSegment, ...], ...]


class Pose(NamedTuple):
    """A pose with all numbers given, before the kinematics; the fields are those of a keyframe."""

    anchor: str
    at: tuple[float, float | None]
    spine: tuple[ProjectedSegment, ...]
    neck: ProjectedSegment
    head: ProjectedSegment
    face: float
    nod: float
    shrug: tuple[float, float]
    forward: float
    chest_width: float
    hip_width: float
    limbs: Mapping[str, ForwardLimb | IKLimb]
    close_ups: Mapping[str, ClosePose]


def keyframe_poses(figure: Figure) -> list[Pose]:
    """Return the pose of each keyframe."""
    complete = [figure.keyframes[0]]
    for keyframe in figure.keyframes[1:]:
        complete.append(_completed(keyframe, complete[-1]))
    return [_pose(figure, keyframe) for keyframe in complete]


def _completed(given: _Struct, before: _Struct) -> _Struct:
    """Return *given* with each field that is left out as it was *before*."""
    fields = {}
    for name in given.__struct_fields__:
        value, earlier = getattr(given, name), getattr(before, name)
        if value is None:
            fields[name] = earlier
        elif isinstance(value, CloseUp) and earlier is not None:
            fields[name] = _completed(value, earlier)
    return replace(given, **fields)


def _pose(figure: Figure, key: Keyframe) -> Pose:
    """Return the pose of a keyframe; by default the person stands upright with hanging arms."""
    unwrapped = tuple(accumulate(map(_projected, key.spine or (90.0,)), unwrap))
    spine = tuple(sample(unwrapped, i / (SPINE_SAMPLES - 1)) for i in range(SPINE_SAMPLES))
    head = _projected(90.0 if key.head is None else key.head)
    halfway = ProjectedSegment(spine[-1].direction + angle_difference(spine[-1].direction, head.direction) / 2)
    return Pose(
        anchor=key.anchor or "hip",
        at=key.at or (0.0, None if figure.has_floor else 0.0),
        spine=spine,
        neck=halfway if key.neck is None else _projected(key.neck),
        head=head,
        face=float(figure.view is View.SIDE) if key.face is None else key.face,
        nod=key.nod or 0.0,
        shrug=key.shrug if isinstance(key.shrug, tuple) else (key.shrug or 0.0, key.shrug or 0.0),
        forward=key.forward or 0.0,
        chest_width=1.0 if key.chest_width is None else key.chest_width,
        hip_width=1.0 if key.hip_width is None else key.hip_width,
        limbs={limb: _limb(getattr(key, limb)) for limb in LIMBS},
        close_ups={name: _close_pose(given) for name in CLOSE_UPS if (given := getattr(key, name))},
    )


def _close_pose(given: CloseUp) -> ClosePose:
    width = 1.0 if given.width is None else given.width
    curl = given.curl or (0.0,)
    return ClosePose(
        at=given.at or (0.0, 0.0),
        limb=270.0 if given.limb is None else given.limb,
        palm=_projected(90.0 if given.palm is None else given.palm),
        width=width,
        thumb=_digit(given.thumb or (40.0 if width >= 0 else -40.0,)),
        spread=given.spread or 0.0,
        digits=tuple(map(_digit, given.digits or (curl,) * 5)),
    )


def _digit(segments: DigitSegments) -> tuple[ProjectedSegment, ...]:
    """Return the three segments of a finger; the last one given stands for those that follow."""
    return tuple(_projected(segments[min(i, len(segments) - 1)]) for i in range(3))


def _limb(given: LimbSegments | Target | None) -> ForwardLimb | IKLimb:
    if isinstance(given, Target):
        return IKLimb(given, given, 0.0)
    upper, lower, *end = (_projected(segment) for segment in given or (270.0, 270.0))
    return ForwardLimb(upper, lower, end[0] if end else None)


def _projected(segment: Segment) -> ProjectedSegment:
    return ProjectedSegment(*segment) if isinstance(segment, tuple) else ProjectedSegment(segment)


def sample(segments: Sequence[ProjectedSegment], t: float) -> ProjectedSegment:
    """Return the direction and foreshortening at *t* (0 to 1) along a curve of unwrapped directions."""
    if len(segments) == 1:
        return segments[0]
    position = t * (len(segments) - 1)
    index = min(int(position), len(segments) - 2)
    return interpolate(segments[index], segments[index + 1], position - index)


def unwrap(before: ProjectedSegment, segment: ProjectedSegment) -> ProjectedSegment:
    """Return *segment* with the direction that is within half a turn of the one *before*."""
    return segment._replace(direction=before.direction + angle_difference(before.direction, segment.direction))


def unwrap_pose(before: Pose, pose: Pose) -> Pose:
    """Return *pose* with directions that turn the shorter way from those *before*, but for those of the limbs."""
    # The rest of the spine turns with the pelvis: a spine bends, it never flips.
    turns = unwrap(before.spine[0], pose.spine[0]).direction - pose.spine[0].direction
    spine = tuple(segment._replace(direction=segment.direction + turns) for segment in pose.spine)
    return pose._replace(spine=spine, neck=unwrap(before.neck, pose.neck), head=unwrap(before.head, pose.head))


def interpolate(a: _Value, b: _Value, t: float) -> _Value:
    """Return what is at *t* (0 to 1) from *a* to *b*, number by number; anything but a number is that of *a*."""
    between: _Value = _interpolate(a, b, t)
    return between


def _interpolate(a: Any, b: Any, t: float) -> Any:
    match a:
        case float() | int():
            return None if b is None else lerp(a, b, t)
        case tuple():
            values = [_interpolate(x, y, t) for x, y in zip(a, b, strict=True)]
            return type(a)(*values) if hasattr(a, "_fields") else tuple(values)
        case dict():
            return {key: _interpolate(value, b[key], t) for key, value in a.items()}
    return a
