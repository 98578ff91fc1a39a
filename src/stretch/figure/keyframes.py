"""Poses of the keyframes and interpolation between them: directions turn the shorter way, limbs keep their length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from stretch.figure.anatomy import LIMBS
from stretch.figure.file_format import Figure, Keyframe, LimbSegments, Segment, Target, View
from stretch.figure.geometry import angle_difference, lerp, lerp_angle

SPINE_SAMPLES = 5
"""A spine of one to three directions is resampled to this many before it is interpolated."""


class ProjectedSegment(NamedTuple):
    """A body segment in the picture: its direction in degrees and the visible share of its length."""

    direction: float
    foreshortening: float = 1.0


class ForwardLimb(NamedTuple):
    """A limb given by directions (forward kinematics); without `end`, the hand or foot follows the lower segment."""

    upper: ProjectedSegment
    lower: ProjectedSegment
    end: ProjectedSegment | None

    @property
    def is_foreshortened(self) -> bool:
        """True if the upper or the lower segment points towards the viewer."""
        return self.upper.foreshortening != 1 or self.lower.foreshortening != 1


class IKLimb(NamedTuple):
    """A limb given by its target (inverse kinematics), at `t` on the way from one target to another."""

    start: Target
    finish: Target
    t: float

    @property
    def foreshortening(self) -> float:
        """The visible share of the limb's length."""
        return lerp(self.start.foreshortening, self.finish.foreshortening, self.t)

    @property
    def end(self) -> ProjectedSegment | None:
        """The hand or foot, or None if it follows the lower segment."""
        if self.start.end is None or self.finish.end is None:
            return None
        return _lerp_segment(_projected(self.start.end), _projected(self.finish.end), self.t)


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


def keyframe_poses(figure: Figure) -> list[Pose]:
    """Return the pose of each keyframe."""
    complete = [figure.keyframes[0]]
    for keyframe in figure.keyframes[1:]:
        missing = [name for name in Keyframe.__struct_fields__ if getattr(keyframe, name) is None]
        complete.append(replace(keyframe, **{name: getattr(complete[-1], name) for name in missing}))
    return [_pose(figure, keyframe) for keyframe in complete]


def _pose(figure: Figure, key: Keyframe) -> Pose:
    """Return the pose of a keyframe; by default the person stands upright with hanging arms."""
    spine = _resample(tuple(_projected(segment) for segment in key.spine or (90.0,)))
    head = _projected(90.0 if key.head is None else key.head)
    halfway = ProjectedSegment(lerp_angle(spine[-1].direction, head.direction, 0.5))
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
    )


def _limb(given: LimbSegments | Target | None) -> ForwardLimb | IKLimb:
    if isinstance(given, Target):
        return IKLimb(given, given, 0.0)
    upper, lower, *end = (_projected(segment) for segment in given or (270.0, 270.0))
    return ForwardLimb(upper, lower, end[0] if end else None)


def _projected(segment: Segment) -> ProjectedSegment:
    return ProjectedSegment(*segment) if isinstance(segment, tuple) else ProjectedSegment(segment)


def _resample(segments: Sequence[ProjectedSegment]) -> tuple[ProjectedSegment, ...]:
    """Return SPINE_SAMPLES directions along a spine, each within half a turn of the one before."""
    unwrapped = [segments[0]]
    for direction, foreshortening in segments[1:]:
        last = unwrapped[-1].direction
        unwrapped.append(ProjectedSegment(last + angle_difference(last, direction), foreshortening))
    return tuple(sample(unwrapped, i / (SPINE_SAMPLES - 1)) for i in range(SPINE_SAMPLES))


def sample(segments: Sequence[ProjectedSegment], t: float) -> ProjectedSegment:
    """Return the direction and foreshortening at *t* (0 to 1) along a curve of unwrapped directions."""
    if len(segments) == 1:
        return segments[0]
    position = t * (len(segments) - 1)
    index = min(int(position), len(segments) - 2)
    return _lerp_unwrapped(segments[index], segments[index + 1], position - index)


def interpolate(a: Pose, b: Pose, t: float) -> Pose:
    """Return the pose at *t* (0 to 1) from *a* to *b*; `can_interpolate` must hold for each limb."""
    return Pose(
        anchor=a.anchor,
        at=(lerp(a.at[0], b.at[0], t), None if a.at[1] is None or b.at[1] is None else lerp(a.at[1], b.at[1], t)),
        spine=_lerp_spine(a.spine, b.spine, t),
        neck=_lerp_segment(a.neck, b.neck, t),
        head=_lerp_segment(a.head, b.head, t),
        face=lerp(a.face, b.face, t),
        nod=lerp(a.nod, b.nod, t),
        shrug=(lerp(a.shrug[0], b.shrug[0], t), lerp(a.shrug[1], b.shrug[1], t)),
        forward=lerp(a.forward, b.forward, t),
        chest_width=lerp(a.chest_width, b.chest_width, t),
        hip_width=lerp(a.hip_width, b.hip_width, t),
        limbs={limb: _interpolate_limb(a.limbs[limb], b.limbs[limb], t) for limb in LIMBS},
    )


def _lerp_spine(a: Sequence[ProjectedSegment], b: Sequence[ProjectedSegment], t: float) -> tuple[ProjectedSegment, ...]:
    """Turn the pelvis the shorter way and the rest of the spine with it: a spine bends, it never flips."""
    pelvis = a[0].direction, b[0].direction
    unwrap = pelvis[0] + angle_difference(*pelvis) - pelvis[1]
    return tuple(
        _lerp_unwrapped(first, last._replace(direction=last.direction + unwrap), t)
        for first, last in zip(a, b, strict=True)
    )


def can_interpolate(a: ForwardLimb | IKLimb, b: ForwardLimb | IKLimb) -> bool:
    """Return whether two limbs are of the same kind, bend the same way and both give or omit the hand or foot."""
    match a, b:
        case ForwardLimb(), ForwardLimb():
            return (a.end is None) == (b.end is None)
        case IKLimb(), IKLimb():
            return a.finish.bend == b.start.bend and (a.finish.end is None) == (b.start.end is None)
        case _:
            return False


def _interpolate_limb(a: ForwardLimb | IKLimb, b: ForwardLimb | IKLimb, t: float) -> ForwardLimb | IKLimb:
    if isinstance(a, IKLimb) and isinstance(b, IKLimb):
        return IKLimb(a.start, b.finish, t)
    assert isinstance(a, ForwardLimb)
    assert isinstance(b, ForwardLimb)
    end = None if a.end is None or b.end is None else _lerp_segment(a.end, b.end, t)
    return ForwardLimb(_lerp_segment(a.upper, b.upper, t), _lerp_segment(a.lower, b.lower, t), end)


def _lerp_segment(a: ProjectedSegment, b: ProjectedSegment, t: float) -> ProjectedSegment:
    return ProjectedSegment(lerp_angle(a.direction, b.direction, t), lerp(a.foreshortening, b.foreshortening, t))


def _lerp_unwrapped(a: ProjectedSegment, b: ProjectedSegment, t: float) -> ProjectedSegment:
    return ProjectedSegment(lerp(a.direction, b.direction, t), lerp(a.foreshortening, b.foreshortening, t))
