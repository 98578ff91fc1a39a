"""Which muscles the figure of a stretch may light: those of the areas it is for or reaches."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from stretch.core.model import Stretch
from stretch.core.validation.checks import Problem

MUSCLES: Mapping[str, tuple[str, ...]] = {
    "lower-back": ("low_back", "back", "lat", "side"),
    "upper-back": ("upper_back", "back", "lat", "trap"),
    "hips": ("outer_hip", "glute", "piriformis", "groin", "hip_flexor"),
    "hip-flexors": ("hip_flexor", "quad"),
    "glutes": ("glute", "outer_hip", "piriformis"),
    "piriformis": ("piriformis", "glute", "outer_hip"),
    "hamstrings": ("hamstring",),
    "quads": ("quad",),
    "calves": ("calf", "soleus"),
    "core": ("abs", "side"),
    "neck": ("neck", "trap"),
    "shoulders": ("shoulder", "trap", "arm", "lat"),
    "chest": ("chest",),
    "inner-thighs": ("groin", "adductor"),
}
"""By area, in the words of figure files; an area of one's own may light any."""


def check_muscles(targets: Collection[str], stretch: Stretch) -> Iterator[Problem]:
    """Yield that a figure lights no muscle, or none of an area that its *stretch* is for or reaches."""
    names = {target.partition(".")[0] for target in targets}
    areas = (*stretch.areas.primary, *stretch.areas.secondary)
    right = sorted({muscle for area in areas for muscle in MUSCLES.get(area, ())})
    one_of = f"; one of {', '.join(right)}" if right else "; name the one that is stretched"
    if not names:
        yield ("target",), f"lights no muscle{one_of}"
    elif not names & set(right) and all(area in MUSCLES for area in areas):
        yield ("target",), f"lights no muscle of {', '.join(areas)}{one_of}"
