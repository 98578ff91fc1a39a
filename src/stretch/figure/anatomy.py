"""The body in numbers: segment lengths, thicknesses, and how far joints bend. Percent of stature, degrees."""

from __future__ import annotations

from collections.abc import Mapping

from stretch.figure.geometry import Circle, Hull, Point, ahead, between, circle

SPINE, NECK, SKULL = 29.0, 5.5, 13.0
"""Hip to base of the neck, base of the neck to base of the skull, base of the skull to crown."""
PIECES = 8
"""The spine is walked in this many equal steps: enough for a smooth curve."""
LEG = (24.5, 24.0, 9.5)
ARM = (17.5, 14.5, 7.0)
"""Thigh, shin, foot; upper arm, forearm, hand."""
SHOULDERS, HIPS = 9.5, 5.0
"""Half the distance between the shoulder joints, and between the hip joints."""

CHAINS: Mapping[str, tuple[tuple[float, float, float], tuple[str, ...], tuple[str, ...]]] = {
    "leg": (LEG, ("hip", "knee", "ankle", "toe", "ball"), ("thigh", "shin", "foot")),
    "arm": (ARM, ("shoulder", "elbow", "wrist", "hand"), ("upper_arm", "forearm", "hand")),
}
"""Each kind of limb: the lengths of its three pieces, its joints from the root, the names of its pieces.

The ball is no joint but a place on the sole, where a strap goes round the foot.
"""
JOINTS = (
    *("hip", "waist", "chest", "neck", "head", "crown"),
    *(f"spine{i}" for i in range(1, PIECES)),
    *(f"{side}_{joint}" for side in ("near", "far") for chain in CHAINS.values() for joint in chain[1]),
)
"""Every name a place may use."""

TRUNK = (6.9, 6.7, 6.2, 5.9, 6.0, 6.5, 6.9, 6.4, 4.9)
"""Half the depth of the trunk at each joint of the spine, hip to base of the neck, seen from the side."""
BREADTH = (9.2, 8.6, 7.6, 6.9, 7.2, 8.1, 8.9, 8.6, 5.0)
"""Half the breadth of the trunk at the same joints, seen from the front."""
THROAT = 3.0
HEAD = 6.4
"""Radii of the neck and of the head, which is drawn a tenth larger than life: it helps at small sizes."""
THIGH, KNEE, CALF, ANKLE, HEEL, TOE = 6.2, 4.2, 4.3, 2.5, 2.4, 1.6
SHOULDER, ELBOW, FOREARM, WRIST, PALM, FINGERS = 3.7, 2.8, 2.9, 2.1, 2.3, 1.5
BALL, SOLE = 6.0, 2.7
"""How far the ball of a flat foot is before the ankle, and how high the ankle is above the ground."""

KNEE_RANGE = (-165.0, 8.0)
ELBOW_RANGE = (-8.0, 155.0)
HIP_RANGE = (-40.0, 160.0)
SHOULDER_RANGE = (-75.0, 195.0)
NECK_RANGE = (-75.0, 75.0)
ANKLE_RANGE = (5.0, 130.0)
"""How far joints turn, seen from the side of a person facing right: lower piece against upper, flexion as it falls."""


def leg(points: Mapping[str, Point], side: str, foot: float, profile: bool) -> tuple[Hull, ...]:
    """Thigh, shin and foot, each beginning with the circle it grows out of; a foot seen in profile has a flat sole."""
    hip, knee, ankle, toe = (points[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle", "toe"))
    calf = between(knee, ankle, 0.3)
    return (
        (circle(hip, THIGH), circle(knee, KNEE)),
        (circle(knee, KNEE), circle(calf, CALF), circle(ankle, ANKLE)),
        _foot(ankle, toe, foot, profile),
    )


def seat(hip: Point, pelvis: float) -> Circle:
    """The buttocks, behind the hip as seen from the side."""
    return circle(ahead(hip, pelvis + 90, 2.0), 5.8)


def arm(points: Mapping[str, Point], side: str) -> tuple[Hull, ...]:
    """Upper arm, forearm and hand, each beginning with the circle it grows out of."""
    shoulder, elbow, wrist, hand = (points[f"{side}_{joint}"] for joint in ("shoulder", "elbow", "wrist", "hand"))
    thick = between(elbow, wrist, 0.25)
    palm = between(wrist, hand, 0.45)
    return (
        (circle(shoulder, SHOULDER), circle(elbow, ELBOW)),
        (circle(elbow, ELBOW), circle(thick, FOREARM), circle(wrist, WRIST)),
        (circle(wrist, WRIST), circle(palm, PALM), circle(hand, FINGERS)),
    )


def _foot(ankle: Point, toe: Point, foot: float, profile: bool) -> Hull:
    """Heel and toes, their undersides on one line when seen from the side: the sole, clockwise of the foot."""
    if not profile:
        return circle(ankle, ANKLE), circle(toe, TOE + 0.6)
    down = foot - 90
    heel = ahead(ahead(ankle, foot, -1.6), down, SOLE - HEEL)
    tip = ahead(toe, down, SOLE - TOE)
    return circle(ankle, ANKLE), circle(heel, HEEL), circle(tip, TOE)
