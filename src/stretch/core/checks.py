"""What a catalog's fields must agree on beyond their types: each problem with its field and what would be right."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from stretch.core.model import Area, Dose, Group, Program, ProgramItem, Stretch, per_side_seconds

MOST_WORDS = 70
"""Steps longer than this take longer to read than to get ready."""

Problem = tuple[tuple[str | int, ...], str]
"""The path of a field in its file, and the sentence about it."""


def check_stretch(stretch: Stretch, areas: Collection[str], sources: Collection[str] | None) -> Iterator[Problem]:
    """Yield what is wrong with one stretch; *sources* None leaves citation keys alone."""
    for part in ("primary", "secondary"):
        for index, area in enumerate(getattr(stretch.areas, part)):
            if area not in areas:
                yield ("areas", part, index), f"there is no area {area!r}; the areas are {', '.join(areas)}"
    if stretch.both_sides and stretch.side_means is None:
        yield ("sides",), "a stretch done on each side needs side_means: what left and right refer to"
    if "none" in stretch.equipment and len(stretch.equipment) > 1:
        yield ("equipment",), "none stands alone; leave it out beside other equipment"
    yield from _check_dose(stretch.mode, stretch.dose, ("dose",))
    if (stretch.mode == "dynamic") != (stretch.pace is not None):
        need = "needs" if stretch.mode == "dynamic" else "takes no"
        yield ("pace",), f"a {stretch.mode} stretch {need} pace: what moves on the breath in and out"
    if stretch.per_side_s is not None and stretch.per_side_s != per_side_seconds(stretch):
        yield ("per_side_s",), f"the dose makes {per_side_seconds(stretch)}, not {stretch.per_side_s}"
    if (words := sum(len(step.split()) for step in stretch.steps)) > MOST_WORDS:
        yield ("steps",), f"{words} words are too long to read while getting ready; {MOST_WORDS} at most"
    for tag in set(stretch.cautions.avoid) & set(stretch.cautions.adapt):
        yield ("cautions",), f"{tag} is under avoid and under adapt; one of them is right"
    for index, key in enumerate(stretch.source):
        if sources is not None and key not in sources:
            yield ("source", index), f"there is no source {key!r}; add it to sources.yaml"


def check_area(area: Area, areas: Collection[str]) -> Iterator[Problem]:
    """Yield what is wrong with one area: partners and focus sets that do not exist."""
    for name in (*area.partners, *(name for group in area.focus for name in group)):
        if name not in areas:
            yield ("partners" if name in area.partners else "focus",), f"there is no area {name!r}"


def check_group(group: Group, areas: Collection[str]) -> Iterator[Problem]:
    """Yield what is wrong with one group: a name that an area has, members that do not exist."""
    if group.id in areas:
        yield ("id",), f"{group.id!r} is the name of an area; give the group another"
    for index, name in enumerate(group.areas):
        if name not in areas:
            yield ("areas", index), f"there is no area {name!r}"


def check_program(
    program: Program, stretches: dict[str, Stretch], sources: Collection[str] | None
) -> Iterator[Problem]:
    """Yield what is wrong with one program: stretches that do not exist, doses that do not suit them."""
    for index, item in enumerate(program.items):
        yield from _check_item(item, stretches, ("items", index))
    for index, item in enumerate(program.as_written.items if program.as_written else ()):
        yield from _check_item(item, stretches, ("as_written", "items", index))
    for index, key in enumerate(program.source):
        if sources is not None and key not in sources:
            yield ("source", index), f"there is no source {key!r}; add it to sources.yaml"


def _check_item(item: ProgramItem, stretches: dict[str, Stretch], path: tuple[str | int, ...]) -> Iterator[Problem]:
    stretch = stretches.get(item.stretch)
    if stretch is None:
        yield (*path, "stretch"), f"there is no stretch {item.stretch!r}"
    elif stretch.mode != "contract-relax":
        yield from _check_dose(stretch.mode, Dose(reps=item.reps, hold_s=item.hold_s), path)


def _check_dose(mode: str, dose: Dose, path: tuple[str | int, ...]) -> Iterator[Problem]:
    if (mode == "static") != (dose.hold_s is not None):
        need = "needs" if mode == "static" else "takes no"
        yield path, f"a {mode} stretch {need} hold_s"
    if (mode == "contract-relax") != (dose.contract is not None):
        need = "needs" if mode == "contract-relax" else "takes no"
        yield path, f"a {mode} stretch {need} contract with its timings"
