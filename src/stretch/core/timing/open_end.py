"""Sessions with an open end: stretches are added while they run, and they end after the current side."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from stretch.core.routine import Item
from stretch.core.timing.phases import WORKING_KINDS, explained_once, item_phases, with_start_times
from stretch.core.timing.session import Session


def is_last_stretch(session: Session) -> bool:
    """Return whether nothing is planned after the current stretch."""
    timeline = session.timeline
    return session.moment.phase.item is not None and timeline.stretch_numbers[session.moment.index] == len(
        timeline.items
    )


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
            voice=session.voice,
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
