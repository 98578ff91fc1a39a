"""Consistency checks of catalog entries beyond their types, made at every start: an entry that fails cannot be used."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from unicodedata import normalize

from stretch.core.fields import LONGEST_HOLD_S
from stretch.core.model import Area, Dose, Group, Stretch, per_side_s
from stretch.core.program import DoseFields, Program, ProgramItem, SideSets, Stage
from stretch.core.text import quote, quote_ascii
from stretch.core.vocabulary import ID_PATTERN, LONGEST_ID

MAX_STEP_WORDS = 70
"""More words in all steps take longer to read than to get ready."""
WINDOWS_NAMES = {"aux", "con", "nul", "prn", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
"""Names of devices on Windows; an id may become the name of a file."""
EXAMPLE_ID = "knee-rolls"
ID_RULE = f"use a to z, digits and single dashes, as in {EXAMPLE_ID}"
MAX_COMPARED = 200
"""Known names that an unknown one is compared with, the shipped ones first; comparing is slow."""

FieldPath = tuple[str | int, ...]
"""Keys and indices that lead to a field from the top of its file."""
FieldProblem = tuple[FieldPath, str]
"""A field and a sentence about it: the problem; how to fix it."""


def check_stretch(stretch: Stretch, areas: Collection[str]) -> Iterator[FieldProblem]:
    """Yield the problems of a stretch: unknown areas and fields that contradict each other."""
    yield from _check_id(stretch.id)
    for name in ("primary", "secondary"):
        for index, area in enumerate(getattr(stretch.areas, name)):
            yield from _check_known(("areas", name, index), "area", area, areas)
    if stretch.both_sides and stretch.side_means is None:
        yield ("sides",), "with sides: each, side_means must say what left and right refer to"
    for field, text in stretch.texts():
        yield from ((field, problem) for problem in _wrong_placeholders(text, stretch.both_sides))
    if "none" in stretch.equipment and len(stretch.equipment) > 1:
        yield ("equipment",), "none cannot be combined with other equipment; remove it"
    yield from _check_dose(stretch.mode, stretch.dose, ("dose",))
    if (stretch.dose.hold_s or 0) > LONGEST_HOLD_S:
        yield ("dose", "hold_s"), f"must be at most {LONGEST_HOLD_S}, not {stretch.dose.hold_s}"
    if (stretch.mode == "dynamic") != (stretch.pace is not None):
        need = "needs" if stretch.mode == "dynamic" else "takes no"
        yield ("pace",), f"a {stretch.mode} stretch {need} pace, which says what moves on the breath in and out"
    if stretch.per_side_s is not None and stretch.per_side_s != per_side_s(stretch):
        total = per_side_s(stretch)
        yield ("per_side_s",), f"the dose adds up to {total}, not {stretch.per_side_s}; write {total}, or leave it out"
    if (words := sum(len(step.split()) for step in stretch.steps)) > MAX_STEP_WORDS:
        yield ("steps",), f"{words} words are too long to read while getting ready; {MAX_STEP_WORDS} at most"
    for tag in stretch.cautions.avoid:
        if tag in stretch.cautions.adapt:
            yield ("cautions",), f"{tag} is under both avoid and adapt; remove one of them"


def _wrong_placeholders(text: str, both_sides: bool) -> Iterator[str]:
    for name in re.findall(r"\{([A-Za-z]\w*)\}", text) if "{" in text else ():
        if name not in ("side", "other"):
            yield f"there is no placeholder {quote('{' + name + '}')}; write {{side}} or {{other}}"
        elif not both_sides:
            yield f"{{{name}}} is only for a stretch with sides: each; name no side here"


def check_area(area: Area, areas: Collection[str], groups: Collection[str]) -> Iterator[FieldProblem]:
    """Yield the problems of an area: the id of a group, unknown partners and focus areas."""
    yield from _check_id(area.id)
    if area.id in groups:
        yield ("id",), f"{area.id!r} is the id of a group of areas; choose another"
    for index, name in enumerate(area.partners):
        yield from _check_known(("partners", index), "area", name, areas)
    for index, group in enumerate(area.focus):
        for place, name in enumerate(group):
            yield from _check_known(("focus", index, place), "area", name, areas)
    for index, name in enumerate(area.before_sport):
        yield from _check_known(("before_sport", index), "area", name, areas)


def check_group(group: Group, areas: Collection[str]) -> Iterator[FieldProblem]:
    """Yield the problems of a group: the id of an area, unknown members."""
    if group.id in areas:
        yield ("id",), f"{group.id!r} is the id of an area; choose another"
    for index, name in enumerate(group.areas):
        yield from _check_known(("areas", index), "area", name, areas)


def check_program(program: Program, stretches: Mapping[str, Stretch | None]) -> Iterator[FieldProblem]:
    """Yield the problems of a program: unknown stretches, doses that do not suit them, and contradictions.

    A stretch that exists but is invalid is None in *stretches*; references to it are not reported.
    """
    yield from _check_id(program.id)
    if program.starts and program.review and program.review < program.starts:
        yield ("review",), f"{program.review} is before starts, {program.starts}; correct one of them"
    if isinstance(program.days, tuple) and len({*program.days}) < len(program.days):
        yield ("days",), "a day is there twice; remove one"
    for index, name in enumerate(program.leave_out):
        yield from _check_known(("leave_out", index), "stretch", name, stretches)
        if any(item.stretch == name for item in program.items):
            yield ("leave_out", index), f"{name} is one of the stretches of the program; remove one of the two"
    dated = program.starts is not None
    yield from _check_items(program.items, stretches, ("items",), dated=dated)
    if program.as_written:
        yield from _check_items(program.as_written.items, stretches, ("as_written", "items"), dated=dated)


def check_sources(cited: Iterable[str], sources: Collection[str]) -> Iterator[FieldProblem]:
    """Yield the citation keys of an entry that have no source."""
    for index, key in enumerate(cited):
        if key not in sources:
            same = [other for other in sources if other.lower() == key.lower()]
            right = f"write {same[0]}" if same else "add it under sources, or leave it out"
            yield ("source", index), f"there is no source {key!r}; {right}"


def id_problem(name: str) -> str | None:
    """Return why *name* cannot be an id, with a similar one that can, or None if it can.

    An id is typed in a shell and may become a file name.
    """
    if not re.fullmatch(ID_PATTERN, name) or len(name) > LONGEST_ID:
        letters = normalize("NFKD", name[: LONGEST_ID + 1]).lower()
        similar = "-".join(re.findall("[a-z0-9]+", letters.encode("ascii", "ignore").decode()))
        example = EXAMPLE_ID if len(name) > LONGEST_ID or not similar or similar in WINDOWS_NAMES else similar
        return f"{quote_ascii(name)} is not a valid id; {ID_RULE.replace(EXAMPLE_ID, example)}"
    if name in WINDOWS_NAMES:
        return f"{name!r} is a reserved name on Windows; choose another"
    return None


def suggest(name: str, known: Iterable[str], otherwise: str) -> str:
    """Return `did you mean x?` for names in *known* that are close to *name*, or *otherwise* if there are none."""
    # Imported here: most runs have no error.
    from difflib import get_close_matches

    near = get_close_matches(name[:80].lower(), islice(known, MAX_COMPARED), n=3, cutoff=0.7)
    return f"did you mean {' or '.join(near)}?" if near else otherwise


def _check_id(name: str) -> Iterator[FieldProblem]:
    if problem := id_problem(name):
        yield ("id",), problem


def _check_known(field: FieldPath, what: str, name: str, known: Collection[str]) -> Iterator[FieldProblem]:
    if name not in known:
        hint = suggest(name, known, f"see `stretch {_LIST_COMMANDS[what]}`")
        yield field, f"there is no {what} {name!r}; {hint}"


_LIST_COMMANDS = {"area": "areas", "stretch": "list"}


def _check_items(
    items: Iterable[ProgramItem], stretches: Mapping[str, Stretch | None], field: FieldPath, *, dated: bool
) -> Iterator[FieldProblem]:
    for index, item in enumerate(items):
        at = (*field, index)
        yield from _check_known((*at, "stretch"), "stretch", item.stretch, stretches)
        stretch = stretches.get(item.stretch)
        doses: list[tuple[FieldPath, DoseFields]] = [(at, item)]
        if item.stages:
            yield from ((at + path, problem) for path, problem in _check_stages(item.stages, dated=dated))
            for name in DoseFields.__struct_fields__:
                if getattr(item, name) is not None:
                    yield (*at, name), "contradicts stages, which have the doses; move it there or remove the stages"
            doses = [((*at, "stages", number), stage) for number, stage in enumerate(item.stages)]
        for path, dose in doses:
            yield from ((path + name, problem) for name, problem in _check_amount(dose, stretch))
            if isinstance(item.sides, SideSets) and dose.sets is not None:
                yield (*path, "sets"), "contradicts sides, which has the sets of each side; remove one of them"
            if dose.rest_s is not None and (dose.sets or 1) == 1 and not isinstance(item.sides, SideSets):
                yield (*path, "rest_s"), "is the rest between two sets; add sets, or remove it"
        if stretch is not None:
            yield from ((at + path, problem) for path, problem in _check_sides(item, stretch))


def _check_amount(dose: DoseFields, stretch: Stretch | None) -> Iterator[FieldProblem]:
    if dose.reps is None:
        yield ("reps",), "is missing; add it: holds, whole breaths of a dynamic stretch, or rounds of contract-relax"
    elif stretch is None:
        return
    elif stretch.mode != "contract-relax":
        yield from _check_dose(stretch.mode, Dose(reps=dose.reps, hold_s=dose.hold_s), ())
    elif dose.hold_s is not None:
        yield ("hold_s",), "a contract-relax stretch has its own timings; leave hold_s out"


def _check_stages(stages: Iterable[Stage], *, dated: bool) -> Iterator[FieldProblem]:
    """Yield the problems of the conditions of *stages*: each but the first one has one, and the weeks follow."""
    week = 1
    for number, stage in enumerate(stages):
        conditions = [stage.from_week, stage.after_sessions]
        if len(conditions) - conditions.count(None) != min(number, 1):
            right = "one of from_week and after_sessions" if number else "no condition: it counts from the beginning"
            yield ("stages", number), f"the {'next' if number else 'first'} stage needs {right}"
        if stage.from_week is not None:
            if stage.from_week <= week:
                yield ("stages", number, "from_week"), f"must be more than {week}, as the stages follow one another"
            week = stage.from_week
            if not dated:
                yield ("stages", number, "from_week"), "counts from starts; add starts, the first day of the program"


def _check_sides(item: ProgramItem, stretch: Stretch) -> Iterator[FieldProblem]:
    one = item.sides if item.sides in ("left", "right") else None
    if not stretch.both_sides:
        for name in ("sides", "first_side"):
            if getattr(item, name) not in (None, "both"):
                yield (name,), f"{stretch.id} works both sides at once; remove it"
    elif one and item.first_side not in (None, one):
        yield ("first_side",), f"{item.first_side} contradicts sides: {one}; remove it"


def _check_dose(mode: str, dose: Dose, field: FieldPath) -> Iterator[FieldProblem]:
    if (mode == "static") != (dose.hold_s is not None):
        yield field, f"a {mode} stretch {'needs' if mode == 'static' else 'takes no'} hold_s"
    if (mode == "contract-relax") != (dose.contract is not None):
        need = "needs" if mode == "contract-relax" else "takes no"
        yield field, f"a {mode} stretch {need} contract with its timings"
