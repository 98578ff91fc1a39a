"""What of a session goes into its record, counted at any moment of it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from stretch.core.journal.record import Ended, Part, SessionRecord, count_stretches
from stretch.core.timing.phases import NS_PER_MS, WORKING_KINDS, Phase
from stretch.core.timing.session import Session


def tallied(record: SessionRecord, session: Session) -> SessionRecord:
    """Return *record* brought up to *session*."""
    return msgspec.structs.replace(
        record,
        active_seconds=_seconds(session.active_ns),
        ended=_ended(session),
        phase=session.moment.index,
        parts=parts_of(session),
    )


def parts_of(session: Session) -> tuple[Part, ...]:
    """Return the stretches of *session* side by side, in the order they are planned."""
    return tuple(_part(session, indexes) for indexes in sides(session.timeline.phases))


def stretches_done(session: Session) -> tuple[int, int]:
    """Return how many stretches are done, every repetition of both sides, and how many there are."""
    return count_stretches(parts_of(session))


def sides(phases: Sequence[Phase]) -> list[list[int]]:
    """Return the indexes of the working phases, one list for each stretch and side in turn."""
    found: list[list[int]] = []
    before = None
    for index, phase in enumerate(phases):
        if phase.kind not in WORKING_KINDS or phase.item is None:
            continue
        here = (phase.item.stretch.id, phase.side)
        if here != before:
            found.append([])
        found[-1].append(index)
        before = here
    return found


def _part(session: Session, indexes: list[int]) -> Part:
    phases = session.timeline.phases
    item = phases[indexes[0]].item
    assert item is not None
    done = sum(index in session.done for index in indexes)
    # What is said while getting ready, resting or changing sides is said of the repetition that comes next.
    belongs = range(_lead(phases, indexes[0]), indexes[-1] + 1)
    return Part(
        stretch=item.stretch.id,
        name=item.stretch.name,
        side=phases[indexes[0]].side,
        areas=item.stretch.areas.primary,
        planned=len(indexes),
        done=done,
        seconds=_seconds(sum(session.spent_ns.get(index, 0) for index in indexes)),
        eased=any(index in belongs for index in session.eased_at),
        hurt=sum(index in belongs for index in session.hurt_at),
        skipped=done < len(indexes) and session.position >= phases[indexes[-1]].end,
    )


def _lead(phases: Sequence[Phase], first: int) -> int:
    """Return the index of the first phase that leads to the working phase *first*."""
    while first and phases[first - 1].item is not None and phases[first - 1].kind not in WORKING_KINDS:
        first -= 1
    return first


def _ended(session: Session) -> Ended | None:
    return session.ended_for or session.over


def _seconds(nanoseconds: int) -> float:
    return round(nanoseconds / NS_PER_MS) / 1000
