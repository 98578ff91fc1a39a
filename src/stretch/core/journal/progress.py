"""Progress of a session as a record, its plan as JSON, and an interrupted session restored from both."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import msgspec
from msgspec import inspect

from stretch.core.errors import UsageError
from stretch.core.journal.record import SessionRecord, SideResult, count_stretches
from stretch.core.routine import Item, Routine
from stretch.core.text import escape_control_chars, pluralize
from stretch.core.timing.phases import NS_PER_MS, WORKING_KINDS, Phase, with_preparation, with_start_times
from stretch.core.timing.session import Session, update
from stretch.core.timing.timeline import Timeline, build_timeline
from stretch.core.vocabulary import Side


def update_record(record: SessionRecord, session: Session) -> SessionRecord:
    """Return *record* with the progress of *session*."""
    return msgspec.structs.replace(
        record,
        active_seconds=_seconds(session.active_ns),
        ended=session.end_reason or session.end_state,
        phase=session.moment.index,
        parts=side_results(session),
    )


def side_results(session: Session) -> tuple[SideResult, ...]:
    """Return a result for each side of each stretch, in the planned order."""
    return tuple(_side_result(session, indexes) for indexes in working_phases(session.timeline.phases))


def stretches_done(session: Session) -> tuple[int, int]:
    """Return the number of stretches done, with every repetition on both sides, and the number planned."""
    return count_stretches(side_results(session))


def stretch_count(session: Session) -> str:
    """Return how many stretches were done: `7 stretches`, or `5 of 7 stretches`."""
    done, planned = stretches_done(session)
    complete = session.end_state == "finished" and done == planned
    return pluralize(done, "stretch") if complete else f"{done} of {pluralize(planned, 'stretch')}"


def working_phases(phases: Sequence[Phase]) -> list[list[int]]:
    """Return the indexes of the working phases, grouped by stretch and side."""
    working = [index for index, phase in enumerate(phases) if phase.kind in WORKING_KINDS]
    return [list(group) for _, group in groupby(working, key=lambda index: _stretch_and_side(phases[index]))]


def _stretch_and_side(phase: Phase) -> tuple[str, Side | None]:
    return phase.item.stretch.id if phase.item else "", phase.side


def _side_result(session: Session, indexes: list[int]) -> SideResult:
    phases = session.timeline.phases
    item = phases[indexes[0]].item
    assert item is not None
    done = sum(index in session.completed_phases for index in indexes)
    # Pain reported while preparing, resting or switching belongs to the repetition that follows.
    span = range(_first_lead_in(phases, indexes[0]), indexes[-1] + 1)
    # What hurt and was not tried again is left out by whoever stops there.
    passed = session.position_ms >= phases[indexes[-1]].end_ms or session.pain_stop == item.stretch.id
    return SideResult(
        stretch=item.stretch.id,
        name=item.stretch.name,
        side=phases[indexes[0]].side,
        areas=item.stretch.areas.primary,
        planned=len(indexes),
        done=done,
        seconds=_seconds(sum(session.elapsed_ns.get(index, 0) for index in indexes)),
        eased=any(index in span for index in session.easier_phases),
        hurt=sum(index in span for index in session.pain_reported_at),
        skipped=done < len(indexes) and passed,
    )


def _first_lead_in(phases: Sequence[Phase], first: int) -> int:
    """Return the index of the first phase that leads to the working phase *first*."""
    while first and phases[first - 1].item is not None and phases[first - 1].kind not in WORKING_KINDS:
        first -= 1
    return first


def _seconds(nanoseconds: int) -> float:
    return round(nanoseconds / NS_PER_MS) / 1000


MAX_AGE_H = 12
"""Older sessions cannot be resumed: the body is as cold as before the warm-up."""


def restore_session(record: SessionRecord, routine: Routine) -> Session:
    """Return the session of *record*, which played *routine*, at the first thing that remains to be done.

    That is the first repetition not done on the first side that is neither complete nor skipped, with time to prepare;
    in the warm-up, the move that was interrupted. What was made easier stays so, and what was left out because it hurt
    does not come again. Raise UsageError if record and routine do not match, or if nothing remains.
    """
    timeline, record = _without_painful(build_timeline(routine), record, voice=routine.voice)
    groups = working_phases(timeline.phases)
    planned = [_stretch_and_side(timeline.phases[indexes[0]]) for indexes in groups]
    if planned != [(part.stretch, part.side) for part in record.parts]:
        raise UsageError("The plan of the last session does not match its record. Start a new one: `stretch routine`.")
    position, phases = _first_remaining(record, routine, timeline, groups)
    phases = with_start_times(list(phases))
    results = list(zip(record.parts, groups, strict=True))
    session = Session(
        timeline=msgspec.structs.replace(timeline, phases=phases),
        position_ns=phases[position].start_ms * NS_PER_MS,
        active_ns=_ns(record.active_seconds),
        completed_phases=frozenset(index for part, indexes in results for index in indexes[: part.done]),
        elapsed_ns={indexes[0]: _ns(part.seconds) for part, indexes in results if part.seconds},
        easier_phases=frozenset(indexes[0] for part, indexes in results if part.eased),
        pain_reported_at=tuple(indexes[0] for part, indexes in results for _ in range(part.hurt)),
    )
    eased = next((part.eased for part in record.parts if part.remaining), False)
    return update(session, "ease") if eased else session


def _without_painful(timeline: Timeline, record: SessionRecord, *, voice: bool) -> tuple[Timeline, SessionRecord]:
    """Return *timeline* and *record* without the stretches that come again after they were left out because they hurt.

    The record may lack them already, as far as the session went on without them.
    """
    runs = [list(run) for _, run in groupby(record.parts, key=lambda part: part.stretch)]
    most: dict[str, int] = {}
    for name in {part.stretch for part in record.parts if part.hurt}:
        own = [run for run in runs if run[0].stretch == name]
        left_out = (any(part.hurt for part in run) and any(part.skipped for part in run) for run in own)
        most[name] = next((number for number, left in enumerate(left_out, start=1) if left), len(own))
    again = _beyond([item.stretch.id for item in timeline.items], most)
    dropped = _beyond([run[0].stretch for run in runs], most)
    if again:
        timeline = timeline.without(again, voice=voice)
    parts = tuple(part for number, run in enumerate(runs, start=1) if number not in dropped for part in run)
    return timeline, msgspec.structs.replace(record, parts=parts, phase=min(record.phase, len(timeline.phases) - 1))


def _beyond(names: Sequence[str], most: dict[str, int]) -> set[int]:
    """Return the numbers, from 1, of the *names* that come more often than they may."""
    counts = Counter[str]()
    beyond = set()
    for number, name in enumerate(names, start=1):
        counts[name] += 1
        if counts[name] > most.get(name, len(names)):
            beyond.add(number)
    return beyond


def _first_remaining(
    record: SessionRecord, routine: Routine, timeline: Timeline, groups: list[list[int]]
) -> tuple[int, tuple[Phase, ...]]:
    """Return the index of the phase to start with, and the phases including the time to prepare for it."""
    phases = timeline.phases
    if phases[record.phase].kind == "warm-up":
        return record.phase, phases
    for part, indexes in zip(record.parts, groups, strict=True):
        if part.remaining:
            return _insert_preparation(routine, phases, indexes, indexes[part.done])
    if phases[-1].item is not None:
        raise UsageError("Nothing to resume: the rest of the last session was left out.")
    return groups[-1][-1] + 1, phases


def _insert_preparation(
    routine: Routine, phases: tuple[Phase, ...], side: list[int], remaining: int
) -> tuple[int, tuple[Phase, ...]]:
    first = next(index for index in side if _repetition(phases[index]) == _repetition(phases[remaining]))
    item = phases[first].item
    assert item is not None
    if phases[first].side == item.sides[-1]:
        # The other side is done, so this one must not be announced as the first.
        item = msgspec.structs.replace(item, sides=item.sides[-1:], sets=item.sets[-1:])
    start = first - 1
    changed = {index: msgspec.structs.replace(phases[index], item=item) for index in range(start, side[-1] + 1)}
    prepare = Phase(kind="prepare", length_ms=0, item=item, side=phases[first].side, new_position=True)
    changed[start] = with_preparation(prepare, slow=routine.extra_transition_time, voice=routine.voice)
    return start, tuple(changed.get(index, phase) for index, phase in enumerate(phases))


def _repetition(phase: Phase) -> tuple[int, int | None]:
    return phase.set_number, phase.rep


def _ns(seconds: float) -> int:
    return round(seconds * 1000) * NS_PER_MS


MAX_STEPS, MAX_STEP_S = 500, 3600
"""The most stretches and moves of a plan, and the longest of the moves, that are believed."""


def encode_plan(routine: Routine) -> bytes:
    """Return *routine* as JSON, without the stretches that were left out."""
    return msgspec.json.encode(msgspec.structs.replace(routine, left_out=()))


def decode_plan(plan: bytes) -> Routine | None:
    """Return the routine stored as *plan*; None if it cannot be read.

    Unknown fields are ignored, missing ones take their defaults, and texts are made safe to print.
    """
    try:
        routine = msgspec.convert(_cleaned(msgspec.json.decode(plan), inspect.type_info(Routine)), Routine)
    except (ValueError, RecursionError):
        return None
    seconds = [length for _, length in (*routine.warm_up, *routine.cool_down)]
    seconds += [routine.settle_s] if routine.settle_s or not routine.items else []
    sets = sum(sum(item.sets) for item in routine.items)
    few = len(seconds) + len(routine.items) + sets <= MAX_STEPS and all(_has_sides(item) for item in routine.items)
    return routine if few and all(0 < length <= MAX_STEP_S for length in seconds) else None


def _has_sides(item: Item) -> bool:
    """Return whether *item* has one or two sides, and as many numbers of sets, if any, with a rest that can be."""
    sets = not item.sets or (len(item.sets) == len(item.sides) and min(item.sets) > 0)
    return 0 < len(item.sides) <= 2 and sets and 0 <= item.rest_s <= MAX_STEP_S


def _cleaned(value: Any, type_info: inspect.Type) -> Any:
    """Return JSON data without control characters and the fields that the structs of *type_info* do not have."""
    match value, type_info:
        case str(), _:
            return escape_control_chars(value)
        case _, inspect.Metadata(type=inner):
            return _cleaned(value, inner)
        case dict(), inspect.StructType(fields=fields):
            known = {field.encode_name: field.type for field in fields}
            return {key: _cleaned(item, known[key]) for key, item in value.items() if key in known}
        case list(), inspect.VarTupleType(item_type=item_type):
            return [_cleaned(item, item_type) for item in value]
        case list(), inspect.TupleType(item_types=item_types) if len(value) == len(item_types):
            return [_cleaned(item, kind) for item, kind in zip(value, item_types, strict=True)]
        case dict() | list(), inspect.UnionType(types=types):
            kind = next((one for one in types if not isinstance(one, inspect.NoneType)), inspect.AnyType())
            return _cleaned(value, kind)
    return value
