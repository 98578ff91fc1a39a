"""Build the routine for a program: its own stretches, order and doses, adapted to the person."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from stretch.core.errors import UnknownName, UsageError
from stretch.core.model import Catalog, Dose, Settle, Stretch
from stretch.core.planning.dosing import adaptation_notes, adapting_tags, dose_for
from stretch.core.planning.eligibility import (
    caution_conflicts,
    check_stretch_ids,
    exclusion_reason,
    position_for,
    reason_text,
)
from stretch.core.planning.scoring import primary_areas
from stretch.core.planning.warm_up import SETTLE_S, moves_for, settle_text, warm_up_seconds
from stretch.core.program import DoseFields, Program, ProgramItem, SideSets, Stage
from stretch.core.routine import MICRO_BREAK_MIN, Item, LeftOut, Request, Routine, sides_in_order
from stretch.core.text import amount_label, as_sentences, join_words, pluralize
from stretch.core.timing.phases import build_phases
from stretch.core.vocabulary import Side

HARD_SOURCE = "004"
"""Article whose program, as written, is followed by a rest day (rule D14)."""

SET_REST_S = 30
"""Seconds between two sets of a program that does not say how many."""


def build_program(catalog: Catalog, name: str, request: Request, *, as_written: bool = False) -> Routine:
    """Return program *name* as a routine; *as_written* uses the order and doses of its original article.

    Cautions, equipment, positions and exclusions of *request* apply; minutes and areas do not. Where the program is a
    prescription, cautions are only named: the dose stays, and the easier way is offered. Raise UnknownName, and
    UsageError if no stretch of the program is left or it has no original article.
    """
    if (program := catalog.programs.get(name)) is None:
        raise UnknownName("program", name, catalog.programs, "`stretch programs` lists them.")
    check_stretch_ids(catalog, request.exclude)
    entries, warm_up_min, notes = _version(program, as_written)
    items, left_out = _items(catalog, program, entries, request)
    if not items:
        raise UsageError(f"No stretch of the program {name} is left with these options: remove one of them.")
    if request.warm_up is None:
        request = replace(request, warm_up=warm_up_min)
    positions, primary = [item.position for item in items], primary_areas(items)
    warm_up, start_position = moves_for(catalog.warm_up, request, positions, warm_up_seconds(request, 0))
    made = Routine(
        title=program.name,
        areas=tuple(area for area in catalog.areas if area in primary),
        items=items,
        warm_up=warm_up,
        start_position=start_position,
        settle_s=0,
        settle_text="",
        breath=request.breath.name,
        seed=request.seed,
        extra_transition_time=request.extra_transition_time,
        voice=request.voice,
        left_out=left_out,
        notes=(*notes, *_notes(request, items), *_missing(catalog, program, left_out)),
        program=program.id,
        prescription=program.prescription,
    )
    return _with_settling(made, request, catalog.settle)


def _with_settling(routine: Routine, request: Request, settle: Settle) -> Routine:
    """Return *routine* with time to settle, unless it is a micro-break without a voice and slow changes."""
    usual = build_phases(replace(routine, voice=False, extra_transition_time=False), request.breath)
    if usual[-1].end_ms <= MICRO_BREAK_MIN * 60_000:
        return routine
    return replace(routine, settle_s=SETTLE_S, settle_text=settle_text(settle, routine.items))


def _items(
    catalog: Catalog, program: Program, entries: Iterable[ProgramItem], request: Request
) -> tuple[tuple[Item, ...], tuple[LeftOut, ...]]:
    """Return the items of *program* that suit *request*, and those left out with the reasons."""
    asked, level = request, request.level
    if program.prescribed:
        # What was prescribed is as good as asked for by name, and the person who did so knows about the cautions.
        named = tuple(entry.stretch for entry in entries)
        asked, level = replace(request, avoid=(), stretches=named, beginner=False), None
    items: list[Item] = []
    left_out: dict[str, str] = {}
    for entry in entries:
        stretch = catalog.stretches[entry.stretch]
        if reason := exclusion_reason(stretch, asked, level):
            left_out[stretch.id] = reason
        elif program.prescribed:
            items.append(_prescribed_item(stretch, entry, asked, request))
        else:
            items.append(_item(stretch, entry, request))
    return tuple(items), tuple(LeftOut(stretch, reason) for stretch, reason in left_out.items())


def _notes(request: Request, items: Sequence[Item]) -> Iterator[str]:
    yield from adaptation_notes(request, items)
    if tags := dict.fromkeys(tag for item in items for tag in item.cautions):
        names = "; ".join(dict.fromkeys(item.stretch.name for item in items if item.cautions))
        yield f"Kept as prescribed in spite of {join_words(tags)}: {names}. Take the easier way if it bothers you."
    if request.before_sport:
        yield "A program has fixed doses: --before-sport does not change them."


def _missing(catalog: Catalog, program: Program, left_out: Iterable[LeftOut]) -> Iterator[str]:
    """Yield which stretches of *program* are left out, and why."""
    names: dict[str, list[str]] = {}
    for left in left_out:
        names.setdefault(reason_text(catalog, left.reason), []).append(catalog.stretches[left.stretch].name)
    opening = "Prescribed, but not today" if program.prescribed else "Not in this routine"
    for reason, missing in names.items():
        yield f"{opening}: {'; '.join(missing)} ({reason})."


def _version(program: Program, as_written: bool) -> tuple[tuple[ProgramItem, ...], float, tuple[str, ...]]:
    """Return the entries, the minutes of warm-up and the notes."""
    if not as_written:
        return program.items, program.warm_up_min, ()
    if program.as_written is None:
        raise UsageError(f"{program.id} has no original article, so --as-written cannot be used.")
    return program.as_written.items, program.as_written.warm_up_min, program.as_written.notes


def _item(stretch: Stretch, entry: ProgramItem, request: Request) -> Item:
    request, amount = replace(request, beginner=False, before_sport=False), _amount(entry, request)
    dose, adapted = dose_for(stretch, program_dose(stretch, amount), request)
    item = _undosed_item(stretch, entry, amount, request)
    # Half the hold, once.
    return replace(item, dose=dose, adapted=adapted, sets=() if adapted else item.sets)


def _prescribed_item(stretch: Stretch, entry: ProgramItem, asked: Request, request: Request) -> Item:
    """Return the item as it was prescribed; after worse mornings with half the dose (rule T1)."""
    amount = _amount(entry, request)
    dose = program_dose(stretch, amount)
    if request.half_dose:
        dose, _ = dose_for(stretch, dose, Request(half_dose=True))
    cautions = dict.fromkeys((*caution_conflicts(stretch, request), *adapting_tags(stretch, request)))
    item = _undosed_item(stretch, entry, amount, asked, ", as prescribed")
    return replace(item, dose=dose, cautions=tuple(cautions))


def _undosed_item(
    stretch: Stretch, entry: ProgramItem, amount: DoseFields, request: Request, as_prescribed: str = ""
) -> Item:
    """Return the item with everything but the dose of one set."""
    first = entry.first_side or request.first_side
    sides: tuple[Side | None, ...] = sides_in_order(stretch, first)
    sets: tuple[int, ...] = (amount.sets or 1,) * len(sides)
    about_sides = f"{first} side first" if entry.first_side else ""
    match entry.sides:
        case "left" | "right" as side:
            sides, sets, about_sides = (side,), sets[:1], f"{side} side only"
        case SideSets() as each:
            sets = tuple(getattr(each, side) for side in sides if side)
            about_sides = f"{pluralize(sets[0], 'set')} {sides[0]}, then {sets[1]} {sides[1]}"
    about_sides += as_prescribed if about_sides else ""
    return Item(
        stretch,
        stretch.dose,
        position_for(stretch, request) or stretch.position,
        sides,
        reason=entry.note or "",
        familiar=stretch.id in request.familiar,
        sets=sets if max(sets) > 1 else (),
        rest_s=amount.rest_s or SET_REST_S,
        note=" ".join(as_sentences(about_sides, entry.note or "")),
        later=tuple(_later(stretch, entry, amount)),
    )


def _later(stretch: Stretch, entry: ProgramItem, amount: DoseFields) -> Iterator[str]:
    """Yield the stages that follow the dose *amount*, such as `from week 3: 30 s x 2`."""
    following = entry.stages[entry.stages.index(amount) + 1 :] if isinstance(amount, Stage) else ()
    for stage in following:
        when = f"from week {stage.from_week}"
        if not stage.from_week:
            when = f"after {pluralize(stage.after_sessions or 0, 'session')} at that dose without pain"
        sets = f"{stage.sets} sets of " if (stage.sets or 1) > 1 else ""
        yield f"{when}: {sets}{amount_label(program_dose(stretch, stage))}"


def _amount(entry: ProgramItem, request: Request) -> DoseFields:
    return entry.amount(request.program_day, request.good_days)


def program_dose(stretch: Stretch, entry: DoseFields) -> Dose:
    """Return the dose of *stretch* in a program; the timings of a contract-relax round stay those of the stretch."""
    reps = entry.reps or stretch.dose.reps  # a checked entry has its own
    if stretch.dose.contract is not None:
        return replace(stretch.dose, reps=reps)
    return Dose(reps=reps, hold_s=entry.hold_s)


def needs_rest_day(routine: Routine, program: Program | None = None, *, as_written: bool = False) -> bool:
    """Return whether the next day must be a rest day or a gentle one (rule D14).

    This is so after a deep or contract-relax stretch, and after the *program* of article 004 *as_written*.
    """
    if program is not None and as_written and HARD_SOURCE in program.source:
        return True
    return is_hard(routine.items)


def is_hard(items: Iterable[Item]) -> bool:
    """Return whether there is a deep or contract-relax stretch among *items*."""
    return any(item.stretch.level == "deep" or item.stretch.mode == "contract-relax" for item in items)
