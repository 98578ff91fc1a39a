"""Navigation on a timeline: the targets of next and back, and the phases completed between two positions."""

from __future__ import annotations

from stretch.core.routine import Item
from stretch.core.timing.phases import NS_PER_MS, WORKING_KINDS, Phase
from stretch.core.timing.timeline import Timeline

AGAIN_MS = 2_000
"""Going back this soon after a start goes to the start before."""


def next_start(timeline: Timeline, position_ms: int) -> int:
    """Return the start of the stretch that is being prepared, or else of the next side's or stretch's preparation."""
    index = timeline.index_at(position_ms)
    preparing = timeline.phases[index].kind in ("prepare", "switch", "rest")
    for phase in timeline.phases[index + 1 :]:
        if phase.kind in WORKING_KINDS if preparing else _is_seek_target(phase):
            return phase.start_ms
    return timeline.length_ms


def back_start(timeline: Timeline, position_ms: int, *, again_ms: int = AGAIN_MS) -> int:
    """Return the start of this side's preparation, or of the one before within *again_ms* after that."""
    index = timeline.index_at(position_ms)
    starts = [phase.start_ms for phase in timeline.phases[: index + 1] if _is_seek_target(phase)]
    if len(starts) > 1 and position_ms - starts[-1] < again_ms:
        return starts[-2]
    return starts[-1] if starts else 0


def next_item_start(timeline: Timeline, position_ms: int) -> int:
    """Return the start of the next stretch's preparation, or of the settle phase."""
    index = timeline.index_at(position_ms)
    item = timeline.phases[index].item
    for phase in timeline.phases[index + 1 :]:
        if phase.item is not item and _is_seek_target(phase):
            return phase.start_ms
    return timeline.length_ms


def item_before(timeline: Timeline, position_ms: int) -> Item | None:
    """Return the stretch before the one at *position_ms*."""
    item = timeline.phases[timeline.index_at(position_ms)].item
    before = None
    for phase in timeline.phases:
        if phase.item is item:
            return before
        before = phase.item
    return None


def hold_ahead(timeline: Timeline, position_ms: int) -> tuple[int, int] | None:
    """Return the index of this stretch's current or next hold or move, and the position in it to shorten it from."""
    index = timeline.index_at(position_ms)
    item = timeline.phases[index].item
    if item is None:
        return None
    for at, phase in enumerate(timeline.phases[index:], start=index):
        if phase.item is not item:
            return None
        if phase.kind in ("hold", "move"):
            return at, max(position_ms, phase.start_ms)
    return None


def next_preparation(timeline: Timeline, position_ms: int, until_ms: int) -> int | None:
    """Return the start of the first stretch preparation in (position, until]."""
    for phase in timeline.phases[timeline.index_at(position_ms) :]:
        if phase.start_ms > until_ms:
            return None
        if phase.kind == "prepare" and phase.start_ms > position_ms:
            return phase.start_ms
    return None


def completed_phases(timeline: Timeline, position_ms: int, until_ms: int) -> frozenset[int]:
    """Return the indexes of the working phases that end in (position, until]."""
    first, last = timeline.index_at(position_ms), timeline.index_at(until_ms)
    phases = timeline.phases
    working = (index for index in range(first, last + 1) if phases[index].kind in WORKING_KINDS)
    return frozenset(index for index in working if phases[index].end_ms <= until_ms)


def add_elapsed(timeline: Timeline, position_ns: int, until_ns: int, elapsed_ns: dict[int, int]) -> dict[int, int]:
    """Return *elapsed_ns*, which is by index of the phase, with the time from *position_ns* to *until_ns* added."""
    after = dict(elapsed_ns)
    index = timeline.index_at(position_ns // NS_PER_MS)
    while position_ns < until_ns:
        last = index + 1 == len(timeline.phases)
        step_ns = until_ns if last else min(until_ns, timeline.phases[index].end_ms * NS_PER_MS)
        after[index] = after.get(index, 0) + step_ns - position_ns
        position_ns, index = step_ns, index + 1
    return after


def _is_seek_target(phase: Phase) -> bool:
    return phase.kind in ("warm-up", "prepare", "switch", "settle")
