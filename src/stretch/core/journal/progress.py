"""The progress of a running session, as its record in the journal."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from stretch.core.journal.record import SessionRecord, SideResult, count_stretches
from stretch.core.timing.phases import NS_PER_MS, WORKING_KINDS, Phase
from stretch.core.timing.session import Session


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


def working_phases(phases: Sequence[Phase]) -> list[list[int]]:
    """Return the indexes of the working phases, grouped by stretch and side."""
    groups: list[list[int]] = []
    previous = None
    for index, phase in enumerate(phases):
        if phase.kind not in WORKING_KINDS or phase.item is None:
            continue
        current = (phase.item.stretch.id, phase.side)
        if current != previous:
            groups.append([])
        groups[-1].append(index)
        previous = current
    return groups


def _side_result(session: Session, indexes: list[int]) -> SideResult:
    phases = session.timeline.phases
    item = phases[indexes[0]].item
    assert item is not None
    done = sum(index in session.completed_phases for index in indexes)
    # Pain reported while preparing, resting or switching belongs to the repetition that follows.
    span = range(_first_lead_in(phases, indexes[0]), indexes[-1] + 1)
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
        skipped=done < len(indexes) and session.position_ms >= phases[indexes[-1]].end_ms,
    )


def _first_lead_in(phases: Sequence[Phase], first: int) -> int:
    """Return the index of the first phase that leads to the working phase *first*."""
    while first and phases[first - 1].item is not None and phases[first - 1].kind not in WORKING_KINDS:
        first -= 1
    return first


def _seconds(nanoseconds: int) -> float:
    return round(nanoseconds / NS_PER_MS) / 1000
