"""Changes of the plan while a session runs: another stretch instead, more stretches, and an earlier end."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from stretch.core.routine import Item
from stretch.core.timing.phases import (
    WORKING_KINDS,
    explained_once,
    item_phases,
    with_preparation,
    with_start_times,
)
from stretch.core.timing.session import Session, seek


def can_be_replaced(session: Session) -> bool:
    """Return whether there is a current stretch, and no pain was reported in it: such a report must stay with it."""
    item = session.moment.phase.item
    return item is not None and item.stretch.id not in session.painful_ids


def with_stretch_replaced(session: Session, item: Item) -> Session:
    """Return *session* at the preparation of *item*, which takes the place of the current stretch.

    What was done of the current stretch counts no more; what is recorded of all others stays.
    """
    timeline = session.timeline
    phases, numbers = timeline.phases, timeline.stretch_numbers
    number = numbers[session.moment.index]
    span = [index for index, phase in enumerate(phases) if phase.item and numbers[index] == number]
    first, end = span[0], span[-1] + 1
    old, slow = phases[first], timeline.extra_transition_time
    moved = old.new_position or (old.item is not None and old.item.position != item.position)
    new = item_phases(item, timeline.pattern, new_position=moved, slow=slow, voice=session.voice_heard)
    following, *later = phases[end:]
    if following.item is not None:
        moved = following.item.position != item.position
        following = with_preparation(replace(following, new_position=moved), slow=slow, voice=session.voice_heard)
    changed = replace(timeline, phases=with_start_times([*phases[:first], *new, following, *later]))
    place = {index: index if index < first else index + len(new) - len(span) for index in range(len(phases))}
    kept = {index: at for index, at in place.items() if index not in span}
    there = seek(session, changed.phases[first].start_ms)
    return replace(
        there,
        timeline=changed,
        elapsed_ns={kept[index]: ns for index, ns in session.elapsed_ns.items() if index in kept},
        completed_phases=frozenset(kept[index] for index in session.completed_phases if index in kept),
        easier_phases=frozenset(kept[index] for index in session.easier_phases if index in kept),
        pain_reported_at=tuple(kept[index] for index in session.pain_reported_at if index in kept),
    )


def is_last_stretch(session: Session) -> bool:
    """Return whether nothing is planned after the current stretch."""
    timeline, moment = session.timeline, session.moment
    return moment.phase.item is not None and timeline.stretch_numbers[moment.index] == len(timeline.items)


def with_more_stretches(session: Session, items: Iterable[Item]) -> Session:
    """Return *session* with *items* after its last stretch and before it settles, if it does."""
    timeline = session.timeline
    phases = [phase for phase in timeline.phases if phase.kind != "settle"]
    settle = timeline.phases[len(phases) :]
    position = timeline.items[-1].position
    for item in explained_once(items, timeline.items):
        phases += item_phases(
            item,
            timeline.pattern,
            new_position=item.position != position,
            slow=timeline.extra_transition_time,
            voice=session.voice_heard,
        )
        position = item.position
    return replace(session, timeline=replace(timeline, phases=with_start_times([*phases, *settle])))


def ending_soon(session: Session, *, now: bool = False) -> Session:
    """Return *session* without what follows the side that is under way; without one, or *now*, it has ended.

    While it asks what hurt, it goes on. What has not begun is no longer planned, unless nothing was done at all.
    """
    if session.pain_stop is not None or session.end_state:
        return session
    phases, first = session.timeline.phases, session.moment.index
    here, end = phases[first], first + 1
    under_way = here.kind in WORKING_KINDS or here.kind == "rest"
    if now or not under_way or session.clock_stopped:
        if not session.elapsed_ns.keys() & {index for index, phase in enumerate(phases) if phase.kind in WORKING_KINDS}:
            return replace(session, end_state="stopped")
        return replace(session, timeline=replace(session.timeline, phases=phases[:end]), end_state="finished")
    while end < len(phases) and (phases[end].kind in WORKING_KINDS or phases[end].kind == "rest"):
        end += 1
    return session if end == len(phases) else replace(session, timeline=replace(session.timeline, phases=phases[:end]))
