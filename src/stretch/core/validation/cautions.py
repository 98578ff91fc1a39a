"""Which caution tags a stretch calls for by how it is done: what holds for every shipped stretch."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from stretch.core.model import Stretch
from stretch.core.validation.checks import Problem
from stretch.core.vocabulary import Caution

_RULES: tuple[tuple[str, Callable[[Stretch], bool], tuple[Caution, ...]], ...] = (
    ("a bend forward", lambda s: s.spine == "flexion", ("disc", "osteoporosis")),
    ("a bend back", lambda s: s.spine == "extension", ("stenosis",)),
    ("a twist", lambda s: s.spine == "rotation", ("osteoporosis",)),
    ("on the knees", lambda s: s.position in ("kneeling", "quadruped"), ("knee",)),
    ("for the neck", lambda s: "neck" in s.areas.primary, ("neck",)),
    ("for the shoulders", lambda s: "shoulders" in s.areas.primary, ("shoulder",)),
    ("for the hamstrings", lambda s: "hamstrings" in s.areas.primary, ("sciatica",)),
    ("deep", lambda s: s.level == "deep", ("hypermobility",)),
)
"""The tags in words are those of catalog section 1.1; RB12 for disc and stenosis."""


def missing_cautions(stretch: Stretch) -> Iterator[Problem]:
    """Yield the tags that *stretch* has neither under avoid nor under adapt, though others like it have."""
    there = {*stretch.cautions.avoid, *stretch.cautions.adapt}
    for what, applies, tags in _RULES:
        if applies(stretch) and (missing := [tag for tag in tags if tag not in there]):
            yield ("cautions",), f"{what} without {' and '.join(missing)}; who should leave it out, or take it easier?"
    if stretch.position in ("supine", "prone") and "pregnancy" not in stretch.cautions.avoid:
        yield ("cautions", "avoid"), f"{stretch.position} without pregnancy; nobody pregnant should lie like that here"


def fewer_cautions(stretch: Stretch, replaced: Stretch) -> Iterator[Problem]:
    """Yield the tags of the *replaced* stretch that *stretch* no longer has, or has in a weaker place."""
    lost = [tag for tag in replaced.cautions.avoid if tag not in stretch.cautions.avoid]
    lost += [
        tag
        for tag in replaced.cautions.adapt
        if tag not in stretch.cautions.avoid and tag not in stretch.cautions.adapt
    ]
    if lost:
        yield ("cautions",), f"weaker than in the {stretch.id} it replaces: {', '.join(lost)}"
