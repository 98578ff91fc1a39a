"""Cues of a session: phase changes, the last seconds, halfway points, and each half of a breath."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from stretch.core.timing.phases import Phase
from stretch.core.timing.timeline import Timeline

CueKind = Literal["phase", "count", "half-way", "last", "breath-in", "breath-out", "end"]

COUNTDOWN_S = (3, 2, 1)
HALF_WAY_MS = 30_000
"""A shorter hold or warm-up move has no halfway cue: it would be too close to the others."""
LAST_SECONDS = 5
"""Seconds before its end at which a hold has its last cue; a moving stretch has it at its last breath."""
LAST_CUE_MS = 10_000
"""A shorter hold has no last cue."""
LAST_CUE_BREATHS = 3
"""A moving stretch of fewer breaths has no last cue."""


class Cue(Struct, frozen=True):
    """A cue: its position in milliseconds, its kind, and the index of its phase."""

    at_ms: int
    kind: CueKind
    index: int
    number: int = 0
    """Seconds left, for a count or a last cue; the number of the breath, for a breath."""


def cues(timeline: Timeline, after_ms: int, until_ms: int) -> tuple[Cue, ...]:
    """Return the cues in (after, until], in order. The first cue is at 0: start with -1."""
    every = _every_cue(timeline)
    low = bisect_right(every, after_ms, key=lambda cue: cue.at_ms)
    high = bisect_right(every, until_ms, key=lambda cue: cue.at_ms)
    return every[low:high]


def _every_cue(timeline: Timeline) -> tuple[Cue, ...]:
    cached: tuple[Cue, ...] | None = timeline.__dict__.get("every_cue")
    if cached is None:
        found = [cue for index, phase in enumerate(timeline.phases) for cue in _phase_cues(phase, index)]
        found.append(Cue(timeline.length_ms, "end", len(timeline.phases) - 1))
        # The sort is stable: at the same position, a phase comes before its first breath.
        cached = timeline.__dict__["every_cue"] = tuple(sorted(found, key=lambda cue: cue.at_ms))
    return cached


def _phase_cues(phase: Phase, index: int) -> Iterator[Cue]:
    yield Cue(phase.start_ms, "phase", index)
    at_ms = phase.start_ms
    for number, (inhale_ms, exhale_ms) in enumerate(phase.breaths, start=1):
        yield Cue(at_ms, "breath-in", index, number)
        yield Cue(at_ms + inhale_ms, "breath-out", index, number)
        at_ms += inhale_ms + exhale_ms
    if (middle_ms := _half_way_ms(phase)) is not None:
        yield Cue(phase.start_ms + middle_ms, "half-way", index)
    if (left_ms := _last_ms(phase)) is not None:
        yield Cue(phase.end_ms - left_ms, "last", index, left_ms // 1000)
    if phase.kind != "settle":
        for second in COUNTDOWN_S:
            if phase.length_ms > (second + 1) * 1000:
                yield Cue(phase.end_ms - second * 1000, "count", index, second)


def _half_way_ms(phase: Phase) -> int | None:
    """Return the middle of a long hold or warm-up move, or where a movement changes its direction."""
    if (turning := phase.turning_ms) is not None:
        return turning
    long = phase.kind in ("hold", "warm-up") and phase.length_ms >= HALF_WAY_MS
    return phase.length_ms // 2 if long else None


def _last_ms(phase: Phase) -> int | None:
    """Return the milliseconds left at the last cue of a phase; None if it has none."""
    if phase.kind == "hold" and phase.length_ms >= LAST_CUE_MS:
        return LAST_SECONDS * 1000
    if phase.kind == "move" and len(phase.breaths) >= LAST_CUE_BREATHS:
        return sum(phase.breaths[-1])
    return None
