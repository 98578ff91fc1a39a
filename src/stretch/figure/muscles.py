"""Muscles as bands along the segments of the body, so that they follow every movement."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from stretch.figure.file_format import Figure, View
from stretch.figure.geometry import Hull, bearing, circle, lerp_point, polar_offset
from stretch.figure.skeleton import Skeleton


class MuscleBand(NamedTuple):
    """A band along an axis of the body, from `start` to `stop` (shares of its length), clipped to some parts.

    `offset` is the distance from the axis to the front of the body in a side view, away from the midline in a front
    view. `radius` is half the width.
    """

    axis: str
    start: float
    stop: float
    offset: float
    radius: float
    clip_to: tuple[str, ...]


_BODY, _THIGH, _SHIN, _ARM = ("body",), ("thigh",), ("shin",), ("upper_arm", "body")
_HIP = ("body", "thigh")

SIDE_VIEW: Mapping[str, tuple[MuscleBand, ...]] = {
    "hamstring": (MuscleBand("thigh", 0.12, 0.95, -3.3, 2.7, _THIGH),),
    "quad": (MuscleBand("thigh", 0.12, 0.95, 3.3, 2.7, _THIGH),),
    "adductor": (MuscleBand("thigh", 0.1, 0.9, 1.5, 2.8, _THIGH),),
    "groin": (MuscleBand("thigh", 0.1, 0.9, 1.5, 2.8, _THIGH),),
    "outer_hip": (MuscleBand("thigh", -0.1, 0.35, -0.5, 4.4, _HIP),),
    "calf": (MuscleBand("shin", 0.03, 0.62, -2.0, 2.9, _SHIN),),
    "soleus": (MuscleBand("shin", 0.45, 0.95, -1.2, 2.4, _SHIN),),
    "sole": (MuscleBand("foot", -0.1, 1.0, -1.2, 2.2, ("foot",)),),
    "glute": (MuscleBand("spine", -0.04, 0.1, -4.6, 4.2, _HIP), MuscleBand("thigh", -0.05, 0.25, -3.8, 3.4, _HIP)),
    "piriformis": (MuscleBand("thigh", -0.1, 0.4, -3.2, 3.6, _HIP),),
    "hip_flexor": (MuscleBand("thigh", -0.05, 0.4, 3.4, 2.9, _HIP), MuscleBand("spine", 0.0, 0.16, 4.0, 2.9, _HIP)),
    "low_back": (MuscleBand("spine", 0.02, 0.48, -3.8, 3.0, _BODY),),
    "back": (MuscleBand("spine", 0.02, 0.95, -3.8, 3.2, _BODY),),
    "upper_back": (MuscleBand("spine", 0.5, 0.98, -3.8, 3.2, _BODY),),
    "abs": (MuscleBand("spine", 0.1, 0.68, 3.9, 3.0, _BODY),),
    "chest": (MuscleBand("spine", 0.62, 0.92, 4.0, 3.2, _BODY),),
    "lat": (MuscleBand("spine", 0.4, 0.9, -1.5, 3.2, _BODY),),
    "side": (MuscleBand("spine", 0.1, 0.8, 0.0, 3.4, _BODY),),
    "shoulder": (MuscleBand("upper_arm", -0.1, 0.45, 0.0, 4.2, _ARM),),
    "arm": (MuscleBand("upper_arm", 0.1, 0.95, -1.2, 2.6, ("upper_arm",)),),
    "trap": (MuscleBand("spine", 0.82, 1.0, -2.5, 3.0, _BODY),),
    "neck": (MuscleBand("neck", -0.2, 1.0, -1.6, 2.0, ("body", "head")),),
}
FRONT_VIEW: Mapping[str, tuple[MuscleBand, ...]] = {
    "hamstring": (MuscleBand("thigh", 0.12, 0.95, 0.0, 3.4, _THIGH),),
    "quad": (MuscleBand("thigh", 0.12, 0.95, 0.0, 3.4, _THIGH),),
    "adductor": (MuscleBand("thigh", 0.05, 0.9, -3.0, 2.8, _THIGH),),
    "groin": (MuscleBand("thigh", 0.1, 0.9, 2.0, 3.2, _THIGH),),
    "outer_hip": (MuscleBand("hips", 0.9, 1.7, 0.5, 4.4, _HIP), MuscleBand("spine", 0.0, 0.28, 5.6, 4.6, _BODY)),
    "calf": (MuscleBand("shin", 0.03, 0.6, 0.0, 3.2, _SHIN),),
    "soleus": (MuscleBand("shin", 0.45, 0.95, 0.0, 2.6, _SHIN),),
    "glute": (MuscleBand("thigh", -0.1, 0.32, 3.2, 3.8, _HIP),),
    "piriformis": (MuscleBand("thigh", -0.1, 0.6, -3.0, 3.8, _HIP),),
    "hip_flexor": (MuscleBand("thigh", -0.1, 0.4, -0.5, 3.4, _HIP),),
    "low_back": (MuscleBand("spine", 0.02, 0.45, 3.4, 3.2, _BODY),),
    "back": (MuscleBand("spine", 0.02, 0.95, 3.8, 3.4, _BODY),),
    "upper_back": (MuscleBand("spine", 0.52, 0.95, 4.2, 3.6, _BODY),),
    "abs": (MuscleBand("spine", 0.1, 0.6, 2.6, 3.0, _BODY),),
    "chest": (MuscleBand("spine", 0.66, 0.88, 4.6, 3.4, _BODY),),
    "lat": (MuscleBand("spine", 0.4, 0.9, 6.0, 3.0, _BODY),),
    "side": (MuscleBand("spine", 0.08, 0.85, 6.4, 3.2, _BODY),),
    "shoulder": (MuscleBand("upper_arm", -0.1, 0.45, 0.0, 4.2, _ARM),),
    "arm": (MuscleBand("upper_arm", 0.1, 0.95, 0.0, 2.6, ("upper_arm",)),),
    "forearm": (MuscleBand("forearm", 0.0, 0.9, 0.0, 3.2, ("forearm",)),),
    "hand": (MuscleBand("hand", 0.0, 1.0, 0.0, 3.2, ("hand",)),),
    "foot": (MuscleBand("foot", -0.2, 1.0, 0.0, 4.0, ("foot",)),),
    "trap": (MuscleBand("shoulder", 0.1, 0.85, 0.4, 2.6, _ARM),),
    "neck": (
        MuscleBand("neck", 0.1, 1.0, 1.9, 1.9, ("body", "head")),
        MuscleBand("shoulder", 0.0, 0.75, 0.8, 2.2, _ARM),
    ),
}
"""The groin shows the adductors of a thigh turned out, as in sitting with the soles of the feet together."""
_FOREARM, _FOOT = ("forearm", "palm"), ("shin", "sole")
CLOSE_VIEW: Mapping[str, tuple[MuscleBand, ...]] = {
    **dict.fromkeys(("palm", "fingers", "thumb", "toes"), ()),
    "forearm_back": (MuscleBand("forearm", -0.1, 0.5, -5.0, 6.0, _FOREARM),),
    "forearm_front": (MuscleBand("forearm", -0.1, 0.5, 5.0, 6.0, _FOREARM),),
    "calf": (MuscleBand("shin", 0.1, 1.0, -6.0, 6.5, _FOOT),),
    "ankle": (MuscleBand("shin", 0.86, 1.12, 0.0, 8.0, _FOOT),),
    "instep": (MuscleBand("instep", 0.0, 1.0, 3.0, 4.5, _FOOT),),
    "sole": (MuscleBand("sole", 0.0, 1.0, 1.0, 4.5, ("sole",)),),
}
"""Names without a band are parts that light up as a whole. The front of a forearm is on the palm's side."""

_AXES = {
    "thigh": ("{side}_hip", "{side}_knee"),
    "shin": ("{side}_knee", "{side}_ankle"),
    "upper_arm": ("{side}_shoulder", "{side}_elbow"),
    "neck": ("chest", "neck"),
    "shoulder": ("neck", "{side}_shoulder"),
    "hips": ("hip", "{side}_hip"),
    "hand": ("{side}_wrist", "{side}_hand"),
    "foot": ("{side}_ankle", "{side}_toe"),
    "forearm": ("{side}_wrist", "{side}_elbow"),
    "sole": ("{side}_heel", "{side}_ball"),
    "instep": ("{side}_ankle", "{side}_ball"),
}
"""The two joints of each axis but the spine."""


def muscle_bands(view: View) -> Mapping[str, tuple[MuscleBand, ...]]:
    """Return the bands of each muscle as they are seen in a view."""
    return {View.SIDE: SIDE_VIEW, View.CLOSE: CLOSE_VIEW}.get(view, FRONT_VIEW)


def muscle_hulls(figure: Figure, skeleton: Skeleton) -> dict[str, tuple[Hull, ...]]:
    """Return the hulls of the figure's muscles, by the name of the part they are clipped to."""
    hulls: dict[str, tuple[Hull, ...]] = {}
    bands = muscle_bands(figure.view)
    for muscle in figure.muscles:
        name, _, side = muscle.partition(".")
        for band in bands[name]:
            shapes = tuple(_band_hulls(figure, skeleton, band, side or "near"))
            for part in band.clip_to:
                key = part if part in ("body", "head") else f"{side or 'near'}_{part}"
                hulls[key] = hulls.get(key, ()) + shapes
    return hulls


def _band_hulls(figure: Figure, skeleton: Skeleton, band: MuscleBand, side: str) -> Iterator[Hull]:
    if band.axis == "spine":
        axis = skeleton.spine
    else:
        axis = tuple(skeleton.joints[joint.format(side=side)] for joint in _AXES[band.axis])
    # Limbs have their front counter-clockwise of their direction, the spine clockwise; the far half is its mirror.
    quarter = -90 if band.axis in ("spine", "neck") else 90
    if figure.view is not View.SIDE and side == "far":
        quarter = -quarter
    segments = len(axis) - 1
    bends = [i / segments for i in range(1, segments) if band.start <= i / segments <= band.stop]
    circles = []
    for position in (band.start, *bends, band.stop):
        index = min(max(int(position * segments), 0), segments - 1)
        middle = lerp_point(axis[index], axis[index + 1], position * segments - index)
        front = bearing(axis[index], axis[index + 1]) + quarter
        circles.append(circle(polar_offset(middle, front, band.offset), band.radius))
    # Three circles at a time are smooth enough along the spine, and half the hulls.
    return (tuple(circles[i : i + 3]) for i in range(0, len(circles) - 1, 2))
