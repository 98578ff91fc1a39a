"""The nouns of the catalog: what a stretch, an area and a program are made of, as their YAML files say it."""

# No `from __future__ import annotations` here: msgspec would compile every annotation anew at each start (1 ms).
from collections.abc import Collection
from typing import Annotated, Literal

from msgspec import Meta, Struct

from stretch.core.errors import UnknownName
from stretch.core.vocabulary import Caution, Equipment, Level, Mode, Position, Spine

LONGEST_HOLD = 60
"""Seconds; a longer single hold is capped (rule D4)."""

HoldSeconds = Annotated[int, Meta(ge=1, le=LONGEST_HOLD)]
ShortText = Annotated[str, Meta(min_length=1, max_length=400)]
Name = Annotated[str, Meta(min_length=1, max_length=80)]
ID_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
LONGEST_ID = 60
Id = Annotated[str, Meta(pattern=ID_PATTERN, max_length=LONGEST_ID)]
"""Kebab-case and ASCII: an id is typed in a shell and may become a file name."""
SourceKey = Annotated[str, Meta(pattern=r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$", max_length=40)]
"""What a source is cited by."""


class CatalogStruct(Struct, frozen=True, forbid_unknown_fields=True):
    """An immutable record that refuses fields it does not know."""


class Areas(CatalogStruct, frozen=True, kw_only=True):
    """The body areas a stretch is for, and those it reaches as well."""

    primary: Annotated[tuple[Id, ...], Meta(min_length=1, max_length=10)]
    secondary: Annotated[tuple[Id, ...], Meta(max_length=10)] = ()


class Contract(CatalogStruct, frozen=True, kw_only=True):
    """The timings of one contract-relax round in seconds, and the effort in percent (rule D9)."""

    contract_s: Annotated[int, Meta(ge=3, le=6)]
    release_s: Annotated[int, Meta(ge=1, le=30)]
    hold_s: Annotated[int, Meta(ge=10, le=30)]
    effort_pct: Annotated[int, Meta(ge=20, le=75)]


class Dose(CatalogStruct, frozen=True, kw_only=True):
    """How much: `reps` holds of `hold_s`, whole breaths of a dynamic stretch, or rounds of contract-relax."""

    reps: Annotated[int, Meta(ge=1, le=20)]
    hold_s: HoldSeconds | None = None
    contract: Contract | None = None


class Pace(CatalogStruct, frozen=True, kw_only=True):
    """What moves on each half of the breath in a dynamic stretch."""

    inhale: ShortText
    exhale: ShortText


class Cautions(CatalogStruct, frozen=True, kw_only=True):
    """For whom a stretch is dropped, and for whom it is kept but made easier."""

    avoid: tuple[Caution, ...] = ()
    adapt: tuple[Caution, ...] = ()


class Stretch(CatalogStruct, frozen=True, kw_only=True):
    """One entry of the catalog; the fields and their allowed values are those of its YAML file."""

    id: Id
    name: Name
    aliases: Annotated[tuple[Name, ...], Meta(max_length=20)] = ()
    tier: Literal[1, 2] = 1
    opt_in: bool = False
    areas: Areas
    position: Position
    also: tuple[Position, ...] = ()
    equipment: Annotated[tuple[Equipment, ...], Meta(min_length=1)]
    sides: Literal["both", "each"]
    side_means: ShortText | None = None
    mode: Mode
    dose: Dose
    pace: Pace | None = None
    halfway: ShortText | None = None
    per_side_s: int | None = None
    level: Level
    desk: bool = False
    spine: Spine
    steps: Annotated[tuple[ShortText, ...], Meta(min_length=1, max_length=20)]
    breath: ShortText
    mistake: ShortText
    ease_off: ShortText
    cautions: Cautions
    source: Annotated[tuple[SourceKey, ...], Meta(max_length=20)] = ()

    @property
    def needs(self) -> frozenset[str]:
        """The equipment that must be at hand; empty for a stretch that needs none."""
        return frozenset(self.equipment) - {"none"}

    @property
    def both_sides(self) -> bool:
        """Whether the dose is done once for each side."""
        return self.sides == "each"


CATALOG_BREATH_S = 10
"""Seconds the catalog counts for one breath of a dynamic stretch when it states `per_side_s`."""


def per_side_seconds(stretch: Stretch) -> int:
    """Seconds of stretch on one side at the catalog's own dose: hold x reps, or ten for each breath."""
    dose = stretch.dose
    if dose.contract is not None:
        c = dose.contract
        return dose.reps * (c.contract_s + c.release_s + c.hold_s)
    return dose.reps * (dose.hold_s if dose.hold_s is not None else CATALOG_BREATH_S)


class Area(CatalogStruct, frozen=True, kw_only=True):
    """A part of the body, and the areas that balance it (rule RB9)."""

    id: Id
    name: Name
    partners: Annotated[tuple[Id, ...], Meta(max_length=20)] = ()
    focus: Annotated[tuple[tuple[Id, ...], ...], Meta(max_length=20)] = ()
    """Sets of areas of which a routine for this area has at least one stretch each (rule RB15)."""


class Group(CatalogStruct, frozen=True, kw_only=True):
    """A name for several areas at once."""

    id: Id
    name: Name
    areas: Annotated[tuple[Id, ...], Meta(min_length=1, max_length=40)]


class ProgramItem(CatalogStruct, frozen=True, kw_only=True):
    """One stretch of a program with the program's own dose."""

    stretch: Id
    reps: Annotated[int, Meta(ge=1, le=20)]
    hold_s: HoldSeconds | None = None
    note: ShortText | None = None


Items = Annotated[tuple[ProgramItem, ...], Meta(min_length=1, max_length=60)]


class AsWritten(CatalogStruct, frozen=True, kw_only=True):
    """The order and dose of the document a program came from, with its unsafe parts replaced."""

    warm_up_min: Annotated[int, Meta(ge=0, le=10)]
    notes: Annotated[tuple[ShortText, ...], Meta(max_length=20)] = ()
    items: Items


class Program(CatalogStruct, frozen=True, kw_only=True):
    """A fixed list of stretches with doses of its own; it takes the time it takes."""

    id: Id
    name: Name
    about: ShortText
    source: Annotated[tuple[SourceKey, ...], Meta(max_length=20)] = ()
    warm_up_min: Annotated[int, Meta(ge=0, le=10)]
    items: Items
    as_written: AsWritten | None = None


class Move(CatalogStruct, frozen=True, kw_only=True):
    """One move of the warm-up."""

    id: Id
    name: Name
    text: ShortText


class WarmUp(CatalogStruct, frozen=True, kw_only=True):
    """The warm-up script, standing and seated (rule RB4)."""

    standing: Annotated[tuple[Move, ...], Meta(min_length=1)]
    seated: Annotated[tuple[Move, ...], Meta(min_length=1)]


class Settle(CatalogStruct, frozen=True, kw_only=True):
    """How a session ends: lying or sitting quietly, and getting up without a rush (rule RB16)."""

    lying: ShortText
    sitting: ShortText
    rise: ShortText
    stand: ShortText


class Source(CatalogStruct, frozen=True, kw_only=True):
    """What a citation key stands for: the evidence grade A, B or C, what it supports, and where it is."""

    key: SourceKey
    grade: Literal["A", "B", "C", "seed"] = "C"
    supports: Annotated[str, Meta(min_length=1, max_length=1000)]
    where: Annotated[str, Meta(min_length=1, max_length=1000)]


EntryKind = Literal["stretch", "program", "area", "group"]


class EntryOrigin(Struct, frozen=True):
    """Where an entry that is not shipped comes from."""

    file: str
    """The file, safe to show."""
    replaces: str | None
    """What it stands in for, in words: `the shipped one`, `the one in FILE`; None for one that is new."""


class Catalog(Struct, frozen=True):
    """All that the program knows about stretching; every reference in it resolves."""

    stretches: dict[str, Stretch]
    areas: dict[str, Area]
    groups: dict[str, Group]
    programs: dict[str, Program]
    warm_up: WarmUp
    settle: Settle
    origins: dict[tuple[EntryKind, str], EntryOrigin] = {}
    """By kind and id; what is shipped is not in it."""
    incomplete_files: tuple[str, ...] = ()
    """Files with entries that have blanks; these were left out."""


def expand_areas(catalog: Catalog, names: Collection[str]) -> tuple[str, ...]:
    """Return the areas that area and group *names* stand for, in the catalog's order.

    Raises UnknownName.
    """
    wanted: set[str] = set()
    for name in names:
        if name in catalog.areas:
            wanted.add(name)
        elif group := catalog.groups.get(name):
            wanted.update(group.areas)
        else:
            known = [*catalog.areas, *catalog.groups]
            raise UnknownName("area", name, known, "`stretch areas` lists them.")
    return tuple(area for area in catalog.areas if area in wanted)
