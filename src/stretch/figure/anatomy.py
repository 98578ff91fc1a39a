"""Body proportions: segment lengths, radii and joint ranges, in percent of body height and degrees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from stretch.figure.geometry import Circle, Hull, Point, circle, lerp_point, polar_offset

SPINE_LENGTH, NECK_LENGTH, SKULL_HEIGHT = 29.0, 5.5, 13.0
"""Hip to base of the neck, base of the neck to base of the skull, base of the skull to crown."""
SPINE_SEGMENTS = 8
"""The spine is drawn as this many equal segments, enough for a smooth curve."""
SHOULDERS, HIPS = 9.5, 5.0
"""Half the distance between the shoulder joints, and between the hip joints."""


class LimbKind(NamedTuple):
    """An arm or a leg: lengths of its three segments, its joints from the root, names of its segments."""

    lengths: tuple[float, float, float]
    joints: tuple[str, ...]
    segments: tuple[str, str, str]


LIMB_KINDS: Mapping[str, LimbKind] = {
    "leg": LimbKind((24.5, 24.0, 9.5), ("hip", "knee", "ankle", "toe", "ball"), ("thigh", "shin", "foot")),
    "arm": LimbKind((17.5, 14.5, 7.0), ("shoulder", "elbow", "wrist", "hand"), ("upper_arm", "forearm", "hand")),
}
"""The ball is not a joint but the point on the sole where a strap goes around the foot."""
JOINTS = (
    *("hip", "waist", "chest", "neck", "head", "crown"),
    *(f"spine{i}" for i in range(1, SPINE_SEGMENTS)),
    *(f"{side}_{joint}" for side in ("near", "far") for kind in LIMB_KINDS.values() for joint in kind.joints),
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


class JointRange(NamedTuple):
    """The angle that a joint allows from its upper to its lower segment, in the side view of a person facing right."""

    joint: str
    limb: str
    upper: str
    lower: str
    straight: float
    low: float
    high: float


JOINT_RANGES = (
    JointRange("neck", "", "chest", "head", 0, -75, 75),
    JointRange("hip", "leg", "pelvis", "thigh", 180, -40, 160),
    JointRange("knee", "leg", "thigh", "shin", 0, -165, 8),
    JointRange("ankle", "leg", "shin", "foot", 0, 5, 130),
    JointRange("shoulder", "arm", "chest", "upper_arm", 180, -75, 195),
    JointRange("elbow", "arm", "upper_arm", "forearm", 0, -8, 155),
)


def limb_hulls(joints: Mapping[str, Point], directions: Mapping[str, float], *, in_profile: bool) -> dict[str, Hull]:
    """Return the hull of each segment of the limbs in *joints*; it begins with the circle at its root."""
    hulls: dict[str, Hull] = {}
    for side in ("near", "far"):
        if f"{side}_toe" in joints:
            hip, knee, ankle, toe = (joints[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle", "toe"))
            calf = circle(lerp_point(knee, ankle, 0.3), CALF)
            hulls[f"{side}_thigh"] = circle(hip, THIGH), circle(knee, KNEE)
            hulls[f"{side}_shin"] = circle(knee, KNEE), calf, circle(ankle, ANKLE)
            hulls[f"{side}_foot"] = _foot(ankle, toe, directions[f"{side}_foot"], in_profile)
        if f"{side}_hand" in joints:
            shoulder, elbow, wrist, hand = (
                joints[f"{side}_{joint}"] for joint in ("shoulder", "elbow", "wrist", "hand")
            )
            forearm, palm = circle(lerp_point(elbow, wrist, 0.25), FOREARM), circle(lerp_point(wrist, hand, 0.45), PALM)
            hulls[f"{side}_upper_arm"] = circle(shoulder, SHOULDER), circle(elbow, ELBOW)
            hulls[f"{side}_forearm"] = circle(elbow, ELBOW), forearm, circle(wrist, WRIST)
            hulls[f"{side}_hand"] = circle(wrist, WRIST), palm, circle(hand, FINGERS)
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
