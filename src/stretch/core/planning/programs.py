"""Build the routine for a program: its own stretches, order and doses, adapted to the person."""

from collections.abc import Iterable

from msgspec.structs import replace

from stretch.core.errors import UnknownName, UsageError
from stretch.core.model import Catalog, Dose, Settle, Stretch
from stretch.core.planning.dosing import adaptation_notes, dose_for
from stretch.core.planning.eligibility import check_stretch_ids, exclusion_reason, position_for
from stretch.core.planning.scoring import primary_areas
from stretch.core.planning.warm_up import SETTLE_S, moves_for, settle_text, warm_up_seconds
from stretch.core.program import DoseFields, Program, ProgramItem
from stretch.core.routine import MICRO_BREAK_MIN, Item, LeftOut, Request, Routine, sides_in_order
from stretch.core.timing.phases import build_phases

HARD_SOURCE = "004"
"""Article whose program, as written, is followed by a rest day (rule D14)."""


def build_program(catalog: Catalog, name: str, request: Request, *, as_written: bool = False) -> Routine:
    """Return program *name* as a routine; *as_written* uses the order and doses of its original article.

    Cautions, equipment, positions and exclusions of *request* apply; minutes and areas do not. Raise UnknownName, and
    UsageError if no stretch of the program is left or it has no original article.
    """
    if (program := catalog.programs.get(name)) is None:
        raise UnknownName("program", name, catalog.programs, "`stretch programs` lists them.")
    check_stretch_ids(catalog, request.exclude)
    entries, warm_up_min, notes = _version(program, as_written)
    stretches = [(catalog.stretches[entry.stretch], entry) for entry in entries]
    reasons = {stretch.id: exclusion_reason(stretch, request, request.level) for stretch, _ in stretches}
    items = tuple(_item(stretch, entry, request) for stretch, entry in stretches if not reasons[stretch.id])
    if not items:
        raise UsageError(f"No stretch of the program {name} is left with these options: remove one of them.")
    if request.warm_up is None:
        request = replace(request, warm_up=warm_up_min)
    positions, primary = [item.position for item in items], primary_areas(items)
    warm_up, start_position = moves_for(catalog.warm_up, request, positions, warm_up_seconds(request, 0))
    notes += tuple(adaptation_notes(request, items))
    if request.before_sport:
        notes += ("A program has fixed doses: --before-sport does not change them.",)
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
        left_out=tuple(LeftOut(stretch, reason) for stretch, reason in reasons.items() if reason),
        notes=notes,
        program=program.id,
    )
    return _with_settling(made, request, catalog.settle)


def _with_settling(routine: Routine, request: Request, settle: Settle) -> Routine:
    """Return *routine* with time to settle, unless it is a micro-break without a voice and slow changes."""
    usual = build_phases(replace(routine, voice=False, extra_transition_time=False), request.breath)
    if usual[-1].end_ms <= MICRO_BREAK_MIN * 60_000:
        return routine
    return replace(routine, settle_s=SETTLE_S, settle_text=settle_text(settle, routine.items))


def _version(program: Program, as_written: bool) -> tuple[tuple[ProgramItem, ...], float, tuple[str, ...]]:
    """Return the entries, the minutes of warm-up and the notes."""
    if not as_written:
        return program.items, program.warm_up_min, ()
    if program.as_written is None:
        raise UsageError(f"{program.id} has no original article, so --as-written cannot be used.")
    return program.as_written.items, program.as_written.warm_up_min, program.as_written.notes


def _item(stretch: Stretch, entry: ProgramItem, request: Request) -> Item:
    request = replace(request, beginner=False, before_sport=False)
    dose, adapted = dose_for(stretch, program_dose(stretch, entry.stages[0] if entry.stages else entry), request)
    position = position_for(stretch, request) or stretch.position
    sides, familiar = sides_in_order(stretch, request.first_side), stretch.id in request.familiar
    return Item(stretch, dose, position, sides, adapted, entry.note or "", familiar)


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
