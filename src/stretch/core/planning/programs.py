"""A program as a routine: its own stretches, order and doses, fitted to the person; it takes the time it takes."""

from __future__ import annotations

import msgspec

from stretch.core.errors import UnknownName, UsageError
from stretch.core.model import Catalog, Dose, Program, ProgramItem, Stretch
from stretch.core.planning.dosing import dose_for
from stretch.core.planning.eligibility import exclusion_reason, position_for
from stretch.core.planning.notes import adaptation_notes
from stretch.core.planning.warm_up import SETTLE_S, bookends, settle_text, warm_up_seconds
from stretch.core.routine import Item, LeftOut, Request, Routine, sides_in_order


def build_program(catalog: Catalog, name: str, request: Request, *, as_written: bool = False) -> Routine:
    """Return program *name* as a routine; *as_written* gives the order and dose of the document it came from.

    Minutes and areas of the request do not matter here; cautions, equipment, positions and exclusions do. Raises
    UnknownName, and UsageError when nothing of the program is left or there is no document behind it.
    """
    program = catalog.programs.get(name)
    if program is None:
        raise UnknownName("program", name, catalog.programs, "`stretch programs` lists them.")
    for unwanted in request.exclude:
        if unwanted not in catalog.stretches:
            raise UnknownName("stretch", unwanted, catalog.stretches, "`stretch list` shows them all.")
    listed, warm_up_min, notes = _version(program, as_written)
    entries = [(catalog.stretches[entry.stretch], entry) for entry in listed]
    reasons = {stretch.id: exclusion_reason(stretch, request, request.level) for stretch, _ in entries}
    items = tuple(_item(stretch, entry, request) for stretch, entry in entries if not reasons[stretch.id])
    if not items:
        raise UsageError(f"Nothing of the program {name} is left with these options: take one of them away.")
    asked = msgspec.structs.replace(request, warm_up=warm_up_min if request.warm_up is None else request.warm_up)
    ends = bookends(catalog.warm_up, asked, warm_up_seconds(asked, 0))
    primary = {area for item in items for area in item.stretch.areas.primary}
    notes += tuple(adaptation_notes(request, items))
    if request.minutes is not None:
        notes += ("A program takes the time it takes: --minutes does not change it.",)
    if request.before_sport:
        notes += ("A program has doses of its own: --before-sport does not change them.",)
    return Routine(
        title=program.name,
        areas=tuple(area for area in catalog.areas if area in primary),
        items=items,
        warm_up=ends.warm_up,
        start_position=ends.start_position,
        settle_s=SETTLE_S,
        settle_text=settle_text(catalog.settle, items),
        breath=request.breath.name,
        seed=request.seed,
        extra_transition_time=request.extra_transition_time,
        left_out=tuple(LeftOut(name, reason) for name, reason in reasons.items() if reason),
        notes=notes,
    )


def _version(program: Program, as_written: bool) -> tuple[tuple[ProgramItem, ...], float, tuple[str, ...]]:
    if not as_written:
        return program.items, program.warm_up_min, ()
    if program.as_written is None:
        raise UsageError(f"--as-written: there is no document behind the program {program.id}; leave the option out.")
    written = program.as_written
    return written.items, written.warm_up_min, written.notes


def _item(stretch: Stretch, entry: ProgramItem, request: Request) -> Item:
    dose, adapted = dose_for(stretch, program_dose(stretch, entry), request.avoid, half_dose=request.half_dose)
    position = position_for(stretch, request) or stretch.position
    return Item(stretch, dose, position, sides_in_order(stretch, request.first_side), adapted, entry.note or "")


def program_dose(stretch: Stretch, entry: ProgramItem) -> Dose:
    """Return the dose a program gives *stretch*, with the timings of a contract-relax round kept."""
    if stretch.dose.contract is not None:
        return msgspec.structs.replace(stretch.dose, reps=entry.reps)
    return Dose(reps=entry.reps, hold_s=entry.hold_s)
