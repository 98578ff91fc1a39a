"""Keyframes made whole, and blended: every direction turns by the shorter way, no limb ever changes its length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import fields

from stretch.figure.geometry import blend, blend_directions, turn
from stretch.figure.model import Figure, FootReach, HandReach, Keyframe, Segment, View

LIMBS = ("far_leg", "near_leg", "far_arm", "near_arm")
BENDS = 5
"""A spine of one to three directions is resampled to this many before it is blended."""

Seen = tuple[float, float]
"""A segment as it is seen: direction and foreshortening."""


class Jointed(NamedTuple):
    """A limb by its directions; without `end`, the hand follows the forearm and the foot stands across."""

    upper: Seen
    lower: Seen
    end: Seen | None


class Reaching(NamedTuple):
    """A limb on its way from one reach to another; both ends of the way move with the body."""

    start: HandReach | FootReach
    finish: HandReach | FootReach
    share: float


class Stance(NamedTuple):
    """One moment of a figure, before it is solved: every number there is, nothing left to inherit."""

    anchor: str
    at: tuple[float, float | None]
    spine: tuple[Seen, ...]
    neck: Seen
    head: Seen
    face: float
    nod: float
    shrug: tuple[float, float]
    forward: float
    chest_width: float
    hip_width: float
    limbs: Mapping[str, Jointed | Reaching]


def inherited(keys: tuple[Keyframe, ...]) -> tuple[Keyframe, ...]:
    """The keyframes with each missing field taken from the one before."""
    whole: list[Keyframe] = []
    for key in keys:
        before = whole[-1] if whole else Keyframe()
        given = {
            field.name: getattr(before if getattr(key, field.name) is None else key, field.name)
            for field in fields(Keyframe)
        }
        whole.append(Keyframe(**given))
    return tuple(whole)


def stance(figure: Figure, key: Keyframe) -> Stance:
    """A keyframe with the defaults put in; without directions a person stands upright, arms hanging."""
    spine = _resample(tuple(_seen(segment) for segment in key.spine or (90.0,)))
    head = _seen(90.0 if key.head is None else key.head)
    neck = (blend_directions(spine[-1][0], head[0], 0.5), 1.0) if key.neck is None else _seen(key.neck)
    shrug = key.shrug if isinstance(key.shrug, tuple) else (key.shrug or 0.0, key.shrug or 0.0)
    facing_us = figure.view is not View.SIDE
    return Stance(
        anchor=key.anchor or "hip",
        at=key.at or (0.0, None if figure.has_floor else 0.0),
        spine=spine,
        neck=neck,
        head=head,
        face=(0.0 if facing_us else 1.0) if key.face is None else key.face,
        nod=key.nod or 0.0,
        shrug=shrug,
        forward=key.forward or 0.0,
        chest_width=1.0 if key.chest_width is None else key.chest_width,
        hip_width=1.0 if key.hip_width is None else key.hip_width,
        limbs={limb: _limb(getattr(key, limb)) for limb in LIMBS},
    )


def _limb(given: tuple[Segment, ...] | HandReach | FootReach | None) -> Jointed | Reaching:
    if isinstance(given, (HandReach, FootReach)):
        return Reaching(given, given, 0.0)
    pieces = [_seen(segment) for segment in given or (270.0, 270.0)]
    return Jointed(pieces[0], pieces[1], pieces[2] if len(pieces) > 2 else None)


def _seen(segment: Segment) -> Seen:
    return segment if isinstance(segment, tuple) else (segment, 1.0)


def _resample(pieces: tuple[Seen, ...]) -> tuple[Seen, ...]:
    """The directions of a spine, counted on from one to the next so that none of them leaps by a whole turn."""
    unwound = [pieces[0]]
    for direction, share in pieces[1:]:
        unwound.append((unwound[-1][0] + turn(unwound[-1][0], direction), share))
    return tuple(along(unwound, i / (BENDS - 1)) for i in range(BENDS))


def along(pieces: Sequence[Seen], share: float) -> Seen:
    """The direction and foreshortening at a share of the way along a bent line whose directions are unwound."""
    if len(pieces) == 1:
        return pieces[0]
    position = share * (len(pieces) - 1)
    index = min(int(position), len(pieces) - 2)
    (a, seen_a), (b, seen_b), rest = pieces[index], pieces[index + 1], position - index
    return blend(a, b, rest), blend(seen_a, seen_b, rest)


def blended(a: Stance, b: Stance, share: float) -> Stance:
    """The stance a share of the way from a to b; their limbs must be of the same kind."""
    return Stance(
        anchor=a.anchor,
        at=(
            blend(a.at[0], b.at[0], share),
            None if a.at[1] is None or b.at[1] is None else blend(a.at[1], b.at[1], share),
        ),
        spine=_blend_spines(a.spine, b.spine, share),
        neck=_blend_seen(a.neck, b.neck, share),
        head=_blend_seen(a.head, b.head, share),
        face=blend(a.face, b.face, share),
        nod=blend(a.nod, b.nod, share),
        shrug=(blend(a.shrug[0], b.shrug[0], share), blend(a.shrug[1], b.shrug[1], share)),
        forward=blend(a.forward, b.forward, share),
        chest_width=blend(a.chest_width, b.chest_width, share),
        hip_width=blend(a.hip_width, b.hip_width, share),
        limbs={limb: _blend_limb(a.limbs[limb], b.limbs[limb], share) for limb in LIMBS},
    )


def _blend_spines(a: tuple[Seen, ...], b: tuple[Seen, ...], share: float) -> tuple[Seen, ...]:
    """The pelvis turns by the shorter way and the rest of the spine with it: a spine bends, it never flips."""
    ahead = a[0][0] + turn(a[0][0], b[0][0]) - b[0][0]
    return tuple(
        (blend(first[0], last[0] + ahead, share), blend(first[1], last[1], share))
        for first, last in zip(a, b, strict=True)
    )


def alike(a: Jointed | Reaching, b: Jointed | Reaching) -> bool:
    """Whether two limbs can be blended as they are: both by directions, or both reaching with the same bend and end."""
    match a, b:
        case Jointed(), Jointed():
            return (a.end is None) == (b.end is None)
        case Reaching(), Reaching():
            return a.finish.bend == b.start.bend and (a.finish.end is None) == (b.start.end is None)
        case _:
            return False


def _blend_limb(a: Jointed | Reaching, b: Jointed | Reaching, share: float) -> Jointed | Reaching:
    if isinstance(a, Reaching) and isinstance(b, Reaching):
        return Reaching(a.start, b.finish, share)
    assert isinstance(a, Jointed)
    assert isinstance(b, Jointed)
    end = None if a.end is None or b.end is None else _blend_seen(a.end, b.end, share)
    return Jointed(_blend_seen(a.upper, b.upper, share), _blend_seen(a.lower, b.lower, share), end)


def blend_ends(reaching: Reaching) -> Seen | None:
    """The direction of the hand or foot on its way, or None where the limb decides."""
    start, finish = reaching.start.end, reaching.finish.end
    if start is None or finish is None:
        return None
    return _blend_seen(_seen(start), _seen(finish), reaching.share)


def _blend_seen(a: Seen, b: Seen, share: float) -> Seen:
    return blend_directions(a[0], b[0], share), blend(a[1], b[1], share)
