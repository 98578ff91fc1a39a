"""A session that was cut off, built again from its plan and its record, ready to go on where something is owed."""

from __future__ import annotations

import msgspec

from stretch.core.errors import UsageError
from stretch.core.journal.record import SessionRecord
from stretch.core.journal.tally import sides
from stretch.core.routine import Routine
from stretch.core.timing.phases import EXTRA_CHANGE_MS, NS_PER_MS, Phase, preparation_ms, with_start_times
from stretch.core.timing.session import Session
from stretch.core.timing.timeline import Timeline, build_timeline

LONGEST_H = 12
"""After so many hours one begins anew: the body is as cold as before the warm-up."""


def resumed(record: SessionRecord, routine: Routine) -> Session:
    """Return the session of *record*, which played *routine*, at the start of what is owed.

    That is the first side that is neither done nor passed over, at its first repetition that is not done, with time
    to get ready again; in the warm-up, the move that was under way. Raises UsageError when the two do not belong
    together.
    """
    timeline = build_timeline(routine)
    parts = sides(timeline.phases)
    names = [(phase.item.stretch.id, phase.side) for phase in (timeline.phases[one[0]] for one in parts) if phase.item]
    if names != [(part.stretch, part.side) for part in record.parts] or record.phase >= len(timeline.phases):
        raise UsageError("The plan of that session does not fit what was done of it: begin a new one.")
    at, phases = _owed(record, routine, timeline, parts)
    phases = with_start_times(list(phases))
    kept = list(zip(record.parts, parts, strict=True))
    return Session(
        timeline=msgspec.structs.replace(timeline, phases=phases),
        position_ns=phases[at].start * NS_PER_MS,
        active_ns=_ns(record.active_seconds),
        done=frozenset(index for part, indexes in kept for index in indexes[: part.done]),
        spent_ns={indexes[0]: _ns(part.seconds) for part, indexes in kept if part.seconds},
        eased_at=frozenset(indexes[0] for part, indexes in kept if part.eased),
        hurt_at=tuple(indexes[0] for part, indexes in kept for _ in range(part.hurt)),
    )


def _owed(
    record: SessionRecord, routine: Routine, timeline: Timeline, parts: list[list[int]]
) -> tuple[int, tuple[Phase, ...]]:
    """Return the index of the phase to begin with, and the phases with time to get ready in its place."""
    phases = timeline.phases
    if phases[record.phase].kind == "warm-up":
        return record.phase, phases
    for part, indexes in zip(record.parts, parts, strict=True):
        if part.owed:
            return _ready(routine, phases, indexes, indexes[part.done])
    return len(phases) - 1, phases


def _ready(routine: Routine, phases: tuple[Phase, ...], side: list[int], owed: int) -> tuple[int, tuple[Phase, ...]]:
    first = next(index for index in side if phases[index].rep == phases[owed].rep)
    item = phases[first].item
    assert item is not None
    if phases[first].side == item.sides[-1]:
        # The other side is done: nothing should call this one the first.
        item = msgspec.structs.replace(item, sides=item.sides[-1:])
    lead = first - 1
    length = preparation_ms(item.stretch, moved=True) + (EXTRA_CHANGE_MS if routine.extra_transition_time else 0)
    changed = {index: msgspec.structs.replace(phases[index], item=item) for index in range(lead, side[-1] + 1)}
    changed[lead] = Phase(kind="prepare", length=length, item=item, side=phases[first].side, moved=True)
    return lead, tuple(changed.get(index, phase) for index, phase in enumerate(phases))


def _ns(seconds: float) -> int:
    return round(seconds * 1000) * NS_PER_MS
