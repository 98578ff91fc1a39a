"""Where each muscle lies, in segment coordinates, so that it follows every movement and mirrors for free."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from stretch.figure.geometry import Hull, Point, ahead, bearing, between, circle
from stretch.figure.model import Figure, View
from stretch.figure.skeleton import Skeleton


class Strip(NamedTuple):
    """A band along a line of the body: from and to (shares of its length), how far to its front, half its width.

    `parts` are those it is clipped to. Seen from the side a positive offset is to the front of the body; seen from
    the front it is away from the midline.
    """

    along: str
    start: float
    stop: float
    offset: float
    radius: float
    parts: tuple[str, ...]


_BODY, _THIGH, _SHIN, _ARM = ("body",), ("thigh",), ("shin",), ("upper_arm", "body")
_HIP = ("body", "thigh")

FROM_THE_SIDE: Mapping[str, tuple[Strip, ...]] = {
    "hamstring": (Strip("thigh", 0.12, 0.95, -3.3, 2.7, _THIGH),),
    "quad": (Strip("thigh", 0.12, 0.95, 3.3, 2.7, _THIGH),),
    "adductor": (Strip("thigh", 0.1, 0.9, 1.5, 2.8, _THIGH),),
    "groin": (Strip("thigh", 0.1, 0.9, 1.5, 2.8, _THIGH),),
    "outer_hip": (Strip("thigh", -0.1, 0.35, -0.5, 4.4, _HIP),),
    "calf": (Strip("shin", 0.03, 0.62, -2.0, 2.9, _SHIN),),
    "soleus": (Strip("shin", 0.45, 0.95, -1.2, 2.4, _SHIN),),
    "glute": (Strip("spine", -0.04, 0.1, -4.6, 4.2, _HIP), Strip("thigh", -0.05, 0.25, -3.8, 3.4, _HIP)),
    "piriformis": (Strip("thigh", -0.1, 0.4, -3.2, 3.6, _HIP),),
    "hip_flexor": (Strip("thigh", -0.05, 0.4, 3.4, 2.9, _HIP), Strip("spine", 0.0, 0.16, 4.0, 2.9, _HIP)),
    "low_back": (Strip("spine", 0.02, 0.48, -3.8, 3.0, _BODY),),
    "back": (Strip("spine", 0.02, 0.95, -3.8, 3.2, _BODY),),
    "upper_back": (Strip("spine", 0.5, 0.98, -3.8, 3.2, _BODY),),
    "abs": (Strip("spine", 0.1, 0.68, 3.9, 3.0, _BODY),),
    "chest": (Strip("spine", 0.62, 0.92, 4.0, 3.2, _BODY),),
    "lat": (Strip("spine", 0.4, 0.9, -1.5, 3.2, _BODY),),
    "side": (Strip("spine", 0.1, 0.8, 0.0, 3.4, _BODY),),
    "shoulder": (Strip("upper_arm", -0.1, 0.45, 0.0, 4.2, _ARM),),
    "arm": (Strip("upper_arm", 0.1, 0.95, -1.2, 2.6, ("upper_arm",)),),
    "trap": (Strip("spine", 0.82, 1.0, -2.5, 3.0, _BODY),),
    "neck": (Strip("neck", -0.2, 1.0, -1.6, 2.0, ("body", "head")),),
}
FROM_THE_FRONT: Mapping[str, tuple[Strip, ...]] = {
    "hamstring": (Strip("thigh", 0.12, 0.95, 0.0, 3.4, _THIGH),),
    "quad": (Strip("thigh", 0.12, 0.95, 0.0, 3.4, _THIGH),),
    "adductor": (Strip("thigh", 0.05, 0.9, -3.0, 2.8, _THIGH),),
    "groin": (Strip("thigh", 0.1, 0.9, 2.0, 3.2, _THIGH),),
    "outer_hip": (Strip("hips", 0.9, 1.7, 0.5, 4.4, _HIP), Strip("spine", 0.0, 0.28, 5.6, 4.6, _BODY)),
    "calf": (Strip("shin", 0.03, 0.6, 0.0, 3.2, _SHIN),),
    "soleus": (Strip("shin", 0.45, 0.95, 0.0, 2.6, _SHIN),),
    "glute": (Strip("thigh", -0.1, 0.32, 3.2, 3.8, _HIP),),
    "piriformis": (Strip("thigh", -0.1, 0.6, -3.0, 3.8, _HIP),),
    "hip_flexor": (Strip("thigh", -0.1, 0.4, -0.5, 3.4, _HIP),),
    "low_back": (Strip("spine", 0.02, 0.45, 3.4, 3.2, _BODY),),
    "back": (Strip("spine", 0.02, 0.95, 3.8, 3.4, _BODY),),
    "upper_back": (Strip("spine", 0.52, 0.95, 4.2, 3.6, _BODY),),
    "abs": (Strip("spine", 0.1, 0.6, 2.6, 3.0, _BODY),),
    "chest": (Strip("spine", 0.66, 0.88, 4.6, 3.4, _BODY),),
    "lat": (Strip("spine", 0.4, 0.9, 6.0, 3.0, _BODY),),
    "side": (Strip("spine", 0.08, 0.85, 6.4, 3.2, _BODY),),
    "shoulder": (Strip("upper_arm", -0.1, 0.45, 0.0, 4.2, _ARM),),
    "arm": (Strip("upper_arm", 0.1, 0.95, 0.0, 2.6, ("upper_arm",)),),
    "trap": (Strip("yoke", 0.1, 0.85, 0.4, 2.6, _ARM),),
    "neck": (Strip("neck", 0.1, 1.0, 1.9, 1.9, ("body", "head")), Strip("yoke", 0.0, 0.75, 0.8, 2.2, _ARM)),
}
"""The groin is the adductors of a thigh turned out, as when we sit with the soles of the feet together."""
MUSCLE_NAMES = frozenset(FROM_THE_SIDE)


def lit(figure: Figure, skeleton: Skeleton) -> dict[str, tuple[Hull, ...]]:
    """The lit shapes by the part they are clipped to."""
    found: dict[str, tuple[Hull, ...]] = {}
    table = FROM_THE_SIDE if figure.view is View.SIDE else FROM_THE_FRONT
    for target in figure.target:
        name, _, side = target.partition(".")
        for strip in table[name]:
            hulls = tuple(_hulls(figure, skeleton, strip, side or "near"))
            for part in strip.parts:
                key = part if part in ("body", "head") else f"{side or 'near'}_{part}"
                found[key] = found.get(key, ()) + hulls
    return found


def _hulls(figure: Figure, skeleton: Skeleton, strip: Strip, side: str) -> Iterator[Hull]:
    line = _line(skeleton, strip.along, side)
    # Limbs have their front counter-clockwise of their direction, the spine clockwise; the far half is its mirror.
    quarter = -90 if strip.along in ("spine", "neck") else 90
    if figure.view is not View.SIDE and side == "far":
        quarter = -quarter
    cuts = [strip.start, *(i / (len(line) - 1) for i in range(1, len(line) - 1)), strip.stop]
    points = []
    for cut in (share for share in cuts if strip.start <= share <= strip.stop):
        index = min(max(int(cut * (len(line) - 1)), 0), len(line) - 2)
        heading = bearing(line[index], line[index + 1])
        middle = between(line[index], line[index + 1], cut * (len(line) - 1) - index)
        points.append(circle(ahead(middle, heading + quarter, strip.offset), strip.radius))
    # Three circles at a time are smooth enough along the spine, and half the shapes.
    return (tuple(points[i : i + 3]) for i in range(0, len(points) - 1, 2))


def _line(skeleton: Skeleton, along: str, side: str) -> tuple[Point, ...]:
    points = skeleton.points
    match along:
        case "spine":
            return skeleton.spine
        case "neck":
            return points["chest"], points["neck"]
        case "yoke":
            return points["neck"], points[f"{side}_shoulder"]
        case "hips":
            return points["hip"], points[f"{side}_hip"]
    first, last = {
        "thigh": ("hip", "knee"),
        "shin": ("knee", "ankle"),
        "upper_arm": ("shoulder", "elbow"),
        "forearm": ("elbow", "wrist"),
    }[along]
    return points[f"{side}_{first}"], points[f"{side}_{last}"]
