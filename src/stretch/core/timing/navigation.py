"""Navigation on a timeline: the targets of next and back, and the phases completed between two positions."""

from stretch.core.routine import Item
from stretch.core.timing.phases import NS_PER_MS, WORKING_KINDS, PhaseKind
from stretch.core.timing.timeline import Timeline

SEEK_TARGETS: frozenset[PhaseKind] = frozenset({"warm-up", "prepare", "switch", "settle"})
"""Kinds of phases at whose start one goes on, or goes back to."""
AGAIN_MS = 2_000
"""Going back this soon after a start goes to the start before."""


def next_start(timeline: Timeline, position_ms: int) -> int:
    """Return the start of the stretch that is being prepared, or else of the next side's or stretch's preparation."""
    preparing = timeline.phases[timeline.index_at(position_ms)].kind in ("prepare", "switch", "rest")
    return _start_after(timeline, position_ms, WORKING_KINDS if preparing else SEEK_TARGETS)


def next_item_start(timeline: Timeline, position_ms: int) -> int:
    """Return the start of the next stretch's preparation, or of what follows the last stretch or the warm-up."""
    kind = timeline.phases[timeline.index_at(position_ms)].kind
    return _start_after(timeline, position_ms, SEEK_TARGETS - {"switch", kind if kind == "warm-up" else "switch"})


def _start_after(timeline: Timeline, position_ms: int, kinds: frozenset[PhaseKind]) -> int:
    following = timeline.phases[timeline.index_at(position_ms) + 1 :]
    return next((phase.start_ms for phase in following if phase.kind in kinds), timeline.length_ms)


def back_start(timeline: Timeline, position_ms: int, *, again_ms: int = AGAIN_MS) -> int:
    """Return the start of this side's preparation, or of the one before within *again_ms* after that."""
    index = timeline.index_at(position_ms)
    starts = [phase.start_ms for phase in timeline.phases[: index + 1] if phase.kind in SEEK_TARGETS]
    if len(starts) > 1 and position_ms - starts[-1] < again_ms:
        return starts[-2]
    return starts[-1] if starts else 0


def item_before(timeline: Timeline, position_ms: int) -> Item | None:
    """Return the stretch before the one at *position_ms*."""
    number = timeline.stretch_numbers[timeline.index_at(position_ms)]
    return timeline.items[number - 2] if number > 1 else None


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
    starts = (phase.start_ms for phase in timeline.phases if phase.kind == "prepare")
    return next((start for start in starts if position_ms < start <= until_ms), None)


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
