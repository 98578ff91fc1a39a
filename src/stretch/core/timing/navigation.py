"""Where on a timeline one goes from a position: on, back, to the next stretch, and what is passed on the way."""

from __future__ import annotations

from stretch.core.routine import Item
from stretch.core.timing.phases import NS_PER_MS, WORKING_KINDS, Phase
from stretch.core.timing.timeline import Timeline

AGAIN_MS = 2_000
"""Going back within this time of a start goes to the start before."""


def next_start(timeline: Timeline, position: int) -> int:
    """Return where the stretch begins if it is being prepared, else where the next side or stretch is prepared."""
    index = timeline.index_at(position)
    ready = timeline.phases[index].kind in ("prepare", "switch", "rest")
    for phase in timeline.phases[index + 1 :]:
        if phase.kind in WORKING_KINDS if ready else _is_seek_target(phase):
            return phase.start_ms
    return timeline.length_ms


def back_start(timeline: Timeline, position: int, *, again_ms: int = AGAIN_MS) -> int:
    """Return where this side of this stretch is prepared, or the one before if one has only just begun there."""
    index = timeline.index_at(position)
    starts = [phase.start_ms for phase in timeline.phases[: index + 1] if _is_seek_target(phase)]
    if len(starts) > 1 and position - starts[-1] < again_ms:
        return starts[-2]
    return starts[-1] if starts else 0


def next_item_start(timeline: Timeline, position: int) -> int:
    """Return where another stretch is prepared, or the settling begins."""
    index = timeline.index_at(position)
    item = timeline.phases[index].item
    for phase in timeline.phases[index + 1 :]:
        if phase.item is not item and _is_seek_target(phase):
            return phase.start_ms
    return timeline.length_ms


def item_before(timeline: Timeline, position: int) -> Item | None:
    """Return the stretch before the one at *position*."""
    item = timeline.phases[timeline.index_at(position)].item
    before = None
    for phase in timeline.phases:
        if phase.item is item:
            return before
        before = phase.item
    return None


def hold_ahead(timeline: Timeline, position: int) -> tuple[int, int] | None:
    """Return the working phase at *position* with that position, or the next one of this stretch with its start."""
    index = timeline.index_at(position)
    item = timeline.phases[index].item
    if item is None:
        return None
    for at, phase in enumerate(timeline.phases[index:], start=index):
        if phase.item is not item:
            return None
        if phase.kind in ("hold", "move"):
            return at, max(position, phase.start_ms)
    return None


def next_preparation(timeline: Timeline, position: int, until: int) -> int | None:
    """Return where in (position, until] another stretch begins to be prepared."""
    for phase in timeline.phases[timeline.index_at(position) :]:
        if phase.start_ms > until:
            return None
        if phase.kind == "prepare" and phase.start_ms > position:
            return phase.start_ms
    return None


def completed_phases(timeline: Timeline, position: int, until: int) -> frozenset[int]:
    """Return the indexes of the working phases that end in (position, until]."""
    first, last = timeline.index_at(position), timeline.index_at(until)
    phases = timeline.phases
    return frozenset(i for i in range(first, last + 1) if phases[i].kind in WORKING_KINDS and phases[i].end_ms <= until)


def add_elapsed(timeline: Timeline, position_ns: int, until_ns: int, before: dict[int, int]) -> dict[int, int]:
    """Return *before*, nanoseconds by index of the phase, with those from *position_ns* to *until_ns* added."""
    after = dict(before)
    index = timeline.index_at(position_ns // NS_PER_MS)
    while position_ns < until_ns:
        last = index + 1 == len(timeline.phases)
        step = until_ns if last else min(until_ns, timeline.phases[index].end_ms * NS_PER_MS)
        after[index] = after.get(index, 0) + step - position_ns
        position_ns, index = step, index + 1
    return after


def _is_seek_target(phase: Phase) -> bool:
    return phase.kind in ("warm-up", "prepare", "switch", "settle")
