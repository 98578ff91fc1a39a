"""Catalog data: stretches, areas, the warm-up and sources, with the fields of their YAML files."""

# No `from __future__ import annotations` here: msgspec would have to evaluate every annotation at start (1 ms).
from collections.abc import Collection, Iterator
from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import asdict, replace

from stretch.core.errors import UnknownName
from stretch.core.fields import CatalogStruct, HoldSeconds, Id, Name, ShortText, SourceKey, doc, is_sentence
from stretch.core.program import Program
from stretch.core.vocabulary import MODE_LABELS, Caution, EntryKind, Equipment, Level, Mode, Position, Side, Spine


class Areas(CatalogStruct, frozen=True, kw_only=True):
    """The body areas of a stretch."""

    primary: Annotated[tuple[Id, ...], doc("areas it stretches; see `stretch areas`", min_length=1, max_length=10)]
    secondary: Annotated[tuple[Id, ...], doc("areas it reaches as well", max_length=10)] = ()


class Contract(CatalogStruct, frozen=True, kw_only=True):
    """The timings of one contract-relax round in seconds, and the effort in percent (rule D9)."""

    contract_s: Annotated[int, doc("seconds of pressing, 3 to 6", ge=3, le=6)]
    release_s: Annotated[int, doc("seconds of letting go", ge=1, le=30)]
    hold_s: Annotated[int, doc("seconds of the hold that follows, 10 to 30", ge=10, le=30)]
    effort_pct: Annotated[int, doc("how hard to press, 20 to 75 percent", ge=20, le=75)]


class Dose(CatalogStruct, frozen=True, kw_only=True):
    """The amount of a stretch: a number of holds, of breaths if dynamic, or of contract-relax rounds."""

    reps: Annotated[int, doc("holds, whole breaths of a dynamic stretch, or rounds of contract-relax", ge=1, le=20)]
    hold_s: Annotated[HoldSeconds | None, doc("seconds of one hold, 60 at most (in a program 300); static only")] = None
    contract: Annotated[Contract | None, doc("contract-relax only: the timings of one round")] = None


class Pace(CatalogStruct, frozen=True, kw_only=True):
    """The movements of a dynamic stretch on each half of the breath."""

    inhale: Annotated[ShortText, doc("what moves on the breath in, 10 words at most", label="In")]
    exhale: Annotated[ShortText, doc("what moves on the breath out, 10 words at most", label="Out")]


class Cautions(CatalogStruct, frozen=True, kw_only=True):
    """Cautions for which a stretch is left out, and those for which it is made easier."""

    avoid: Annotated[tuple[Caution, ...], doc("cautions for people who must leave it out")] = ()
    adapt: Annotated[tuple[Caution, ...], doc("cautions for people who do half the hold, once")] = ()


class Stretch(CatalogStruct, frozen=True, kw_only=True):
    """A stretch as in its YAML file."""

    id: Annotated[Id, doc("its id on the command line and the name of its file: a to z, digits and single dashes")]
    name: Annotated[Name, doc("its name on the screen and aloud")]
    aliases: Annotated[tuple[Name, ...], doc("other names people know it by", max_length=20)] = ()
    tier: Annotated[Literal[1, 2], doc("1, or 2 for a stretch to use only when no more of tier 1 are left")] = 1
    opt_in: Annotated[bool, doc("true: only when asked for by name")] = False
    family: Annotated[Id | None, doc("stretches alike; a routine has one of each family")] = None
    areas: Annotated[Areas, doc("the areas it stretches")]
    position: Annotated[Position, doc("the position it is done in")]
    also: Annotated[tuple[Position, ...], doc("other positions in which the same steps work")] = ()
    equipment: Annotated[tuple[Equipment, ...], doc("everything it needs; [none] for nothing", min_length=1)]
    sides: Annotated[Literal["both", "each"], doc("both: both sides at once; each: the dose is done for each side")]
    side_means: Annotated[
        ShortText | None,
        doc("with sides: each, what left and right refer to, such as: the back leg, or: hug your {side} knee"),
    ] = None
    mode: Annotated[Mode, doc("; ".join(f"{mode}: {label}" for mode, label in MODE_LABELS.items()))]
    dose: Annotated[Dose, doc("how long and how often")]
    pace: Annotated[Pace | None, doc("dynamic only: what moves on each half of the breath")] = None
    halfway: Annotated[ShortText | None, doc("what to say halfway, such as: Change direction", label="Halfway")] = None
    per_side_s: Annotated[int | None, doc("computed from the dose; leave it out")] = None
    level: Annotated[Level, doc("how strong it is; deep stretches are left out for the first two weeks")]
    desk: Annotated[bool, doc("true if it can be done at a desk")] = False
    spine: Annotated[Spine, doc("how the spine moves; people with a disc problem or stenosis depend on it")]
    steps: Annotated[
        tuple[ShortText, ...],
        doc(
            "what to do, one line each, 70 words in all, without counts and seconds; "
            "with sides: each, {side} and {other} become left and right",
            min_length=1,
            max_length=20,
        ),
    ]
    feel: Annotated[
        ShortText | None, doc("where it is felt, such as: in the back of your {side} thigh", label="Feel it")
    ] = None
    breath: Annotated[ShortText, doc("how to breathe during it", label="Breathe")]
    mistake: Annotated[ShortText, doc("what to avoid", label="Avoid")]
    ease_off: Annotated[ShortText, doc("an easier way", label="Easier")]
    cautions: Annotated[Cautions, doc("people who must leave it out or take it easier")]
    source: Annotated[
        tuple[SourceKey, ...],
        doc("citation keys, each explained under sources; leave it out if there are none", max_length=20),
    ] = ()

    @property
    def needs(self) -> frozenset[str]:
        """The equipment needed; empty for none."""
        return frozenset(self.equipment) - {"none"}

    @property
    def both_sides(self) -> bool:
        """True if the dose is done once for each side."""
        return self.sides == "each"

    @property
    def names_side(self) -> bool:
        """True if the steps say left and right."""
        return any("{side}" in step for step in self.steps)

    def labelled(self, name: str) -> str:
        """Return the text of the field *name* with its label: `Easier: ...`."""
        return f"{LABELS[name]}: {getattr(self, name)}"

    def labelled_texts(self) -> dict[str, str]:
        """Return the text of each field that has a label and is not empty, by its label, in the order of the fields."""
        texts = {**asdict(self), **(asdict(self.pace) if self.pace else {})}
        return {label: text for name, label in LABELS.items() if (text := texts.get(name))}

    def texts(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Yield the path and the text of each field that may name a side."""
        yield from (((name,), text) for name in TEXT_FIELDS if (text := getattr(self, name)))
        yield from ((("steps", index), step) for index, step in enumerate(self.steps))
        if self.pace:
            yield from ((("pace", half), getattr(self.pace, half)) for half in ("inhale", "exhale"))

    def for_side(self, side: Side | None) -> "Stretch":
        """Return the stretch as done on *side*: {side} in its texts becomes that side, {other} the opposite one."""
        if side is None or not self.both_sides:
            return self
        other = "right" if side == "left" else "left"

        def fill(text: str) -> str:
            return text.replace("{side}", side).replace("{other}", other)

        fields = {name: fill(text) for name in TEXT_FIELDS if (text := getattr(self, name))}
        pace = self.pace and Pace(inhale=fill(self.pace.inhale), exhale=fill(self.pace.exhale))
        return replace(self, steps=tuple(map(fill, self.steps)), pace=pace, **fields)


def _labelled_fields(struct: type[Struct]) -> Iterator[tuple[str, str, object]]:
    """Yield the name, the label and the type of each field of *struct* and of the pace in it that has a label."""
    for name, hint in struct.__annotations__.items():
        if name == "pace":
            yield from _labelled_fields(Pace)
        yield from ((name, meta.extra["label"], hint) for meta in getattr(hint, "__metadata__", ()) if meta.extra)


LABELS = {name: label for name, label, _ in _labelled_fields(Stretch)}
"""Labels of the texts of a stretch by field, in the order in which they are shown below its steps."""
SENTENCES = frozenset(label for _, label, hint in _labelled_fields(Stretch) if is_sentence(hint))
"""Labels of those texts that are sentences, and not names."""
TEXT_FIELDS = tuple(name for name, hint in Stretch.__annotations__.items() if name != "steps" and is_sentence(hint))
"""Fields of a stretch that hold one text each."""


CATALOG_BREATH_S = 10
"""Seconds of one breath in the `per_side_s` of a dynamic stretch."""


def per_side_s(stretch: Stretch) -> int:
    """Return the seconds of stretching on one side with the dose in the catalog."""
    dose = stretch.dose
    if dose.contract is not None:
        c = dose.contract
        return dose.reps * (c.contract_s + c.release_s + c.hold_s)
    return dose.reps * (dose.hold_s if dose.hold_s is not None else CATALOG_BREATH_S)


class Area(CatalogStruct, frozen=True, kw_only=True):
    """A part of the body, with the areas that balance it (rule RB9) or that its routines need (rule RB15)."""

    id: Annotated[Id, doc("its id on the command line: a to z, digits and single dashes")]
    name: Annotated[Name, doc("its name")]
    aliases: Annotated[tuple[Name, ...], doc("other names people know it by", max_length=20)] = ()
    partners: Annotated[tuple[Id, ...], doc("areas that balance it", max_length=20)] = ()
    focus: Annotated[
        tuple[tuple[Id, ...], ...],
        doc("sets of areas of which a routine for this area has at least one stretch each", max_length=20),
    ] = ()
    before_sport: Annotated[
        tuple[Id, ...], doc("areas that a routine for this area has before sport as well", max_length=20)
    ] = ()


class Group(CatalogStruct, frozen=True, kw_only=True):
    """A name for several areas at once."""

    id: Annotated[Id, doc("its id on the command line: a to z, digits and single dashes")]
    name: Annotated[Name, doc("its name")]
    aliases: Annotated[tuple[Name, ...], doc("other names people know it by", max_length=20)] = ()
    areas: Annotated[tuple[Id, ...], doc("the areas it stands for", min_length=1, max_length=40)]


class Move(CatalogStruct, frozen=True, kw_only=True):
    """A warm-up move."""

    id: Id
    name: Name
    text: ShortText
    halfway: ShortText | None = None
    """What to say halfway, such as: Change direction."""


class WarmUp(CatalogStruct, frozen=True, kw_only=True):
    """Warm-up moves, standing and seated (rule RB4)."""

    standing: Annotated[tuple[Move, ...], Meta(min_length=1)]
    seated: Annotated[tuple[Move, ...], Meta(min_length=1)]


class Settle(CatalogStruct, frozen=True, kw_only=True):
    """Texts for the end of a session: lying or sitting quietly, then getting up slowly (rule RB16)."""

    lying: ShortText
    sitting: ShortText
    rise: ShortText
    stand: ShortText


class Source(CatalogStruct, frozen=True, kw_only=True):
    """A cited source: its evidence grade, what it supports, and where to find it."""

    key: Annotated[SourceKey, doc("the key it is cited by")]
    grade: Annotated[
        Literal["A", "B", "C", "seed"],
        doc("A: an authority's own text was read; B: a copy of it; C: technique only"),
    ] = "C"
    supports: Annotated[str, doc("what it says", min_length=1, max_length=1000)]
    where: Annotated[str, doc("where to find it", min_length=1, max_length=1000)]


class EntryOrigin(Struct, frozen=True):
    """The origin of an entry that is not built in."""

    file: str
    """The file name, safe to print."""
    replaces: str | None
    """The replaced entry in words, `the shipped one` or `the one in FILE`; None for a new entry."""


class Catalog(Struct, frozen=True):
    """The whole catalog; all references in it are valid."""

    stretches: dict[str, Stretch]
    areas: dict[str, Area]
    groups: dict[str, Group]
    programs: dict[str, Program]
    warm_up: WarmUp
    settle: Settle
    origins: dict[tuple[EntryKind, str], EntryOrigin] = {}
    """By kind and id, only of entries that are not built in."""
    incomplete_files: tuple[str, ...] = ()
    """Files with unfinished entries, which were left out."""


def expand_areas(catalog: Catalog, names: Collection[str]) -> tuple[str, ...]:
    """Return the areas of the given areas and groups, in catalog order. Raise UnknownName for any other name."""
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
