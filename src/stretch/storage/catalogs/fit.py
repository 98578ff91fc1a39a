"""Whether the entries of several catalogs fit together; what does not is added to what was found."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from stretch.core.model import Area, Group, Program, Stretch
from stretch.core.validation import checks
from stretch.core.validation.checks import Problem
from stretch.storage.catalogs.gathering import Gathering


def check_fit(gathering: Gathering) -> None:
    """Add to the findings what does not fit: references to nothing, fields that contradict each other.

    What is trusted is checked only where something of one's own replaced a stretch it depends on.
    """
    areas = gathering.entries["area"].keys() | gathering.useless["area"]
    # A group of one's own that has the name of an area is a problem of the group.
    groups = {name for name, entry in gathering.entries["group"].items() if entry.root == gathering.trusted}
    # Whoever refers to what is there and broken has no problem of their own.
    stretches = dict.fromkeys(gathering.useless["stretch"]) | gathering.records("stretch")
    for kind in gathering.entries:
        for entry in gathering.own(kind):
            gathering.findings.add(entry.file, _unfit(entry.record, areas, groups, stretches), entry.at)
    if gathering.broken:
        # Imported here: most runs find nothing wrong, and every run pays for what stands at the top.
        from stretch.storage.catalogs.mending import sure

        for entry, faulty in gathering.broken:
            gathering.findings.add(entry.file, sure(_unfit(entry.record, areas, groups, stretches), faulty), entry.at)
    if gathering.replaced:
        _check_trusted(gathering, stretches)


def _unfit(
    record: object, areas: Collection[str], groups: Collection[str], stretches: Mapping[str, Stretch | None]
) -> Iterator[Problem]:
    match record:
        case Stretch():
            return checks.check_stretch(record, areas)
        case Program():
            return checks.check_program(record, stretches)
        case Area():
            return checks.check_area(record, areas, groups)
        case Group():
            return checks.check_group(record, areas)
    return iter(())


def _check_trusted(gathering: Gathering, stretches: Mapping[str, Stretch | None]) -> None:
    """Add the shipped programs that no longer fit because a stretch of theirs was replaced."""
    replaced = {name for kind, name in gathering.replaced if kind == "stretch"}
    for entry in gathering.entries["program"].values():
        gone = ", ".join(sorted(replaced & {item.stretch for item in entry.record.items}))
        if gone and entry.root == gathering.trusted:
            problems = checks.check_program(entry.record, stretches)
            told = ((field, f"{problem} (yours replaced {gone})") for field, problem in problems)
            gathering.findings.add(entry.file, told, entry.at)
