"""What a catalog's entries must agree on beyond their types, or they cannot be done; checked at every start."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from stretch.core.model import (
    ID_PATTERN,
    LONGEST_ID,
    Area,
    Dose,
    Group,
    Program,
    ProgramItem,
    Stretch,
    per_side_seconds,
)
from stretch.core.text import quote_ascii

MOST_WORDS = 70
"""Steps longer than this take longer to read than to get ready."""
DEVICES = frozenset({"aux", "con", "nul", "prn", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})
"""Names that Windows keeps for devices; an id may become the name of a file."""

MOST_COMPARED = 200
"""Names that an unknown one is compared with for a near one; comparing is slow."""

Steps = tuple[str | int, ...]
"""The way to a field from the top of its file: keys and indices."""
Problem = tuple[Steps, str]
"""A field, and the sentence about it: what is wrong; what would be right."""


def check_stretch(stretch: Stretch, areas: Collection[str]) -> Iterator[Problem]:
    """Yield what is wrong with one stretch: areas that do not exist, fields that contradict each other."""
    yield from _check_id(stretch.id)
    for part in ("primary", "secondary"):
        for index, area in enumerate(getattr(stretch.areas, part)):
            yield from _check_known(("areas", part, index), "area", area, areas)
    if stretch.both_sides and stretch.side_means is None:
        yield ("sides",), "a stretch done on each side needs side_means: what left and right refer to"
    if "none" in stretch.equipment and len(stretch.equipment) > 1:
        yield ("equipment",), "none stands alone; leave it out beside other equipment"
    yield from _check_dose(stretch.mode, stretch.dose, ("dose",))
    if (stretch.mode == "dynamic") != (stretch.pace is not None):
        need = "needs" if stretch.mode == "dynamic" else "takes no"
        yield ("pace",), f"a {stretch.mode} stretch {need} pace: what moves on the breath in and out"
    if stretch.per_side_s is not None and stretch.per_side_s != per_side_seconds(stretch):
        made = per_side_seconds(stretch)
        yield ("per_side_s",), f"the dose makes {made}, not {stretch.per_side_s}; write {made}, or leave it out"
    if (words := sum(len(step.split()) for step in stretch.steps)) > MOST_WORDS:
        yield ("steps",), f"{words} words are too long to read while getting ready; {MOST_WORDS} at most"
    for tag in stretch.cautions.avoid:
        if tag in stretch.cautions.adapt:
            yield ("cautions",), f"{tag} is under avoid and under adapt; one of them is right"


def check_area(area: Area, areas: Collection[str], groups: Collection[str]) -> Iterator[Problem]:
    """Yield what is wrong with one area: a name that a group has, partners and focus sets that do not exist."""
    yield from _check_id(area.id)
    if area.id in groups:
        yield ("id",), f"{area.id!r} is the name of a group of areas; give the area another"
    for index, name in enumerate(area.partners):
        yield from _check_known(("partners", index), "area", name, areas)
    for index, group in enumerate(area.focus):
        for place, name in enumerate(group):
            yield from _check_known(("focus", index, place), "area", name, areas)


def check_group(group: Group, areas: Collection[str]) -> Iterator[Problem]:
    """Yield what is wrong with one group: a name that an area has, members that do not exist."""
    if group.id in areas:
        yield ("id",), f"{group.id!r} is the name of an area; give the group another"
    for index, name in enumerate(group.areas):
        yield from _check_known(("areas", index), "area", name, areas)


def check_program(program: Program, stretches: Mapping[str, Stretch | None]) -> Iterator[Problem]:
    """Yield what is wrong with one program: stretches that do not exist, doses that do not suit them.

    A stretch that is there and of no use is None: it is no problem of the program.
    """
    yield from _check_id(program.id)
    yield from _check_items(program.items, stretches, ("items",))
    if program.as_written:
        yield from _check_items(program.as_written.items, stretches, ("as_written", "items"))


def check_sources(cited: Iterable[str], sources: Collection[str]) -> Iterator[Problem]:
    """Yield the citation keys of an entry that stand for nothing."""
    for index, key in enumerate(cited):
        if key not in sources:
            same = [other for other in sources if other.lower() == key.lower()]
            right = f"write {same[0]}" if same else "say what it stands for under sources, or leave it out"
            yield ("source", index), f"there is no source {key!r}; {right}"


def id_problem(name: str) -> str | None:
    """Return why *name* can be no id, None where it can: it is typed in a shell and may become the name of a file."""
    if not re.fullmatch(ID_PATTERN, name) or len(name) > LONGEST_ID:
        return f"{quote_ascii(name)} is no id: a to z, digits and single dashes between them, as in knee-rolls"
    if name in DEVICES:
        return f"{name!r} is a device and no file on Windows; give it another name"
    return None


def _check_id(name: str) -> Iterator[Problem]:
    if problem := id_problem(name):
        yield ("id",), problem


def _check_known(field: Steps, what: str, name: str, known: Collection[str]) -> Iterator[Problem]:
    if name not in known:
        # Imported here: most runs have no error, and every run pays for what stands at the top.
        from difflib import get_close_matches

        likely = [*known] if len(known) <= MOST_COMPARED else [other for other in known if other[:2] == name[:2]]
        near = get_close_matches(name, likely[:MOST_COMPARED], n=3, cutoff=0.7)
        right = f"did you mean {' or '.join(near)}?" if near else f"`stretch {_LISTED[what]}` shows what there is"
        yield field, f"there is no {what} {name!r}; {right}"


_LISTED = {"area": "areas", "stretch": "list"}


def _check_items(
    items: Iterable[ProgramItem], stretches: Mapping[str, Stretch | None], field: Steps
) -> Iterator[Problem]:
    for index, item in enumerate(items):
        yield from _check_known((*field, index, "stretch"), "stretch", item.stretch, stretches)
        stretch = stretches.get(item.stretch)
        if stretch is None:
            continue
        if stretch.mode != "contract-relax":
            yield from _check_dose(stretch.mode, Dose(reps=item.reps, hold_s=item.hold_s), (*field, index))
        elif item.hold_s is not None:
            yield (*field, index, "hold_s"), "a contract-relax stretch has timings of its own; leave hold_s out"


def _check_dose(mode: str, dose: Dose, field: Steps) -> Iterator[Problem]:
    if (mode == "static") != (dose.hold_s is not None):
        yield field, f"a {mode} stretch {'needs' if mode == 'static' else 'takes no'} hold_s"
    if (mode == "contract-relax") != (dose.contract is not None):
        need = "needs" if mode == "contract-relax" else "takes no"
        yield field, f"a {mode} stretch {need} contract with its timings"
