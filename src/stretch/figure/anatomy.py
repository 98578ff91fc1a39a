"""Body proportions: segment lengths, radii and joint ranges, in percent of body height and degrees."""

from collections.abc import Mapping
from typing import NamedTuple

from stretch.figure.geometry import Circle, Hull, Point, circle, lerp_point, polar_offset

SPINE_LENGTH, NECK_LENGTH, SKULL_HEIGHT = 29.0, 5.5, 13.0
"""Hip to base of the neck, base of the neck to base of the skull, base of the skull to crown."""
SPINE_SEGMENTS = 8
"""The spine is drawn as this many equal segments, enough for a smooth curve."""
SHOULDERS, HIPS = 9.5, 5.0
"""Half the distance between the shoulder joints, and between the hip joints."""


class Limb(NamedTuple):
    """An arm or a leg: the lengths and names of its three segments and its joints, from the root outwards."""

    side: str
    kind: str
    lengths: tuple[float, float, float]
    segments: tuple[str, ...]
    joints: tuple[str, ...]


_LEG = (24.5, 24.0, 9.5), ("thigh", "shin", "foot"), ("hip", "knee", "ankle", "toe", "ball")
_ARM = (17.5, 14.5, 7.0), ("upper_arm", "forearm", "hand"), ("shoulder", "elbow", "wrist", "hand")
"""The ball is not a joint but the point on the sole where a strap goes around the foot."""
LIMBS = {
    f"{side}_{kind}": Limb(
        side, kind, lengths, tuple(f"{side}_{name}" for name in segments), tuple(f"{side}_{name}" for name in joints)
    )
    for kind, (lengths, segments, joints) in (("leg", _LEG), ("arm", _ARM))
    for side in ("far", "near")
}
CLOSE_UPS = ("far_foot", "near_foot", "far_hand", "near_hand")
"""The hands and feet that a close view can show, in the order in which they are painted."""
JOINTS = (
    *("hip", "waist", "chest", "neck", "head", "crown"),
    *(f"spine{i}" for i in range(1, SPINE_SEGMENTS)),
    *(joint for limb in LIMBS.values() for joint in limb.joints),
)
"""The joint names that a place may use."""

TRUNK_DEPTH = (6.9, 6.7, 6.2, 5.9, 6.0, 6.5, 6.9, 6.4, 4.9)
"""Half the depth of the trunk at each joint of the spine, hip to base of the neck, seen from the side."""
TRUNK_BREADTH = (9.2, 8.6, 7.6, 6.9, 7.2, 8.1, 8.9, 8.6, 5.0)
"""Half the breadth of the trunk at the same joints, seen from the front."""
NECK = 3.0
HEAD = 6.4
"""Radii of the neck and of the head, which is a tenth larger than life to be readable at small sizes."""
THIGH, KNEE, CALF, ANKLE, HEEL, TOE = 6.2, 4.2, 4.3, 2.5, 2.4, 1.6
SHOULDER, ELBOW, FOREARM, WRIST, PALM, FINGERS = 3.7, 2.8, 2.9, 2.1, 2.3, 1.5
"""Radii of the legs and of the arms."""
BALL, SOLE = 6.0, 2.7
"""Distance from the ankle forward to the ball of the foot, and down to the sole."""


def limb_hulls(joints: Mapping[str, Point], directions: Mapping[str, float], *, in_profile: bool) -> dict[str, Hull]:
    """Return the hull of each segment of the limbs in *joints*; it begins with the circle at its root."""
    hulls: dict[str, Hull] = {}
    for limb in LIMBS.values():
        if limb.joints[1] not in joints:
            continue
        root, middle, end, tip, *_ = (joints[joint] for joint in limb.joints)
        shapes: tuple[Hull, Hull, Hull]
        if limb.kind == "leg":
            calf = circle(lerp_point(middle, end, 0.3), CALF)
            shapes = (
                (circle(root, THIGH), circle(middle, KNEE)),
                (circle(middle, KNEE), calf, circle(end, ANKLE)),
                _foot(end, tip, directions[limb.segments[2]], in_profile),
            )
        else:
            forearm, palm = circle(lerp_point(middle, end, 0.25), FOREARM), circle(lerp_point(end, tip, 0.45), PALM)
            shapes = (
                (circle(root, SHOULDER), circle(middle, ELBOW)),
                (circle(middle, ELBOW), forearm, circle(end, WRIST)),
                (circle(end, WRIST), palm, circle(tip, FINGERS)),
            )
        hulls |= zip(limb.segments, shapes, strict=True)
    return hulls


def _foot(ankle: Point, toe: Point, direction: float, in_profile: bool) -> Hull:
    """Return the hull of a foot; in profile it has a flat sole."""
    if not in_profile:
        return circle(ankle, ANKLE), circle(toe, TOE + 0.6)
    down = direction - 90
    heel = polar_offset(polar_offset(ankle, direction, -1.6), down, SOLE - HEEL)
    tip = polar_offset(toe, down, SOLE - TOE)
    return circle(ankle, ANKLE), circle(heel, HEEL), circle(tip, TOE)


def buttocks(hip: Point, pelvis_direction: float) -> Circle:
    """Return the circle behind the hip, seen from the side."""
    return circle(polar_offset(hip, pelvis_direction + 90, 2.0), 5.8)
