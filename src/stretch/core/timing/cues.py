"""What a session calls out and when: every change, the last seconds, half-way, and each half of a breath."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from stretch.core.timing.phases import Phase
from stretch.core.timing.timeline import Timeline

CueKind = Literal["phase", "count", "half-way", "last", "breath-in", "breath-out", "end"]

COUNTED_DOWN_S = (3, 2, 1)
HALF_WAY_MS = 20_000
"""A hold or warm-up move shorter than this has no half-way cue: it would crowd the others."""
LAST_S = 5
"""A hold is announced to be nearly over this long before its end, a stretch that moves with its last breath."""
LAST_MS = 10_000
"""A hold shorter than this is nearly over anyhow."""
LAST_BREATHS = 3
"""A stretch that moves for fewer breaths has no last one to speak of."""


class Cue(Struct, frozen=True):
    """One thing called out: when, what, and the index of the phase it belongs to."""

    at_ms: int
    kind: CueKind
    index: int
    number: int = 0
    """The seconds left of a count or of a hold nearly over, or the number of the breath."""


def cues(timeline: Timeline, after: int, until: int) -> tuple[Cue, ...]:
    """Return what is called out in (after, until], in order; so (a, b] and (b, c] together are (a, c].

    The very first cue lies at 0: begin with after=-1.
    """
    every = _every(timeline)
    low = bisect_right(every, after, key=lambda cue: cue.at_ms)
    high = bisect_right(every, until, key=lambda cue: cue.at_ms)
    return every[low:high]


def _every(timeline: Timeline) -> tuple[Cue, ...]:
    cached: tuple[Cue, ...] | None = timeline.__dict__.get("every_cue")
    if cached is None:
        found = [cue for index, phase in enumerate(timeline.phases) for cue in _of_phase(phase, index)]
        found.append(Cue(timeline.length_ms, "end", len(timeline.phases) - 1))
        # Stable: at one position the phase comes before its first breath.
        cached = timeline.__dict__["every_cue"] = tuple(sorted(found, key=lambda cue: cue.at_ms))
    return cached


def _of_phase(phase: Phase, index: int) -> Iterator[Cue]:
    yield Cue(phase.start_ms, "phase", index)
    at = phase.start_ms
    for number, (inhale, exhale) in enumerate(phase.breaths, start=1):
        yield Cue(at, "breath-in", index, number)
        yield Cue(at + inhale, "breath-out", index, number)
        at += inhale + exhale
    if (middle := _half_way(phase)) is not None:
        yield Cue(phase.start_ms + middle, "half-way", index)
    if (left := _last(phase)) is not None:
        yield Cue(phase.end_ms - left, "last", index, left // 1000)
    if phase.kind != "settle":
        for second in COUNTED_DOWN_S:
            if phase.length_ms > (second + 1) * 1000:
                yield Cue(phase.end_ms - second * 1000, "count", index, second)


def _half_way(phase: Phase) -> int | None:
    """Return where half of a long hold is done, or where a dynamic stretch changes, on a whole breath."""
    if phase.kind == "move" and phase.item and phase.item.stretch.halfway:
        return sum(map(sum, phase.breaths[: len(phase.breaths) // 2])) or None
    long = phase.kind in ("hold", "warm-up") and phase.length_ms >= HALF_WAY_MS
    return phase.length_ms // 2 if long else None


def _last(phase: Phase) -> int | None:
    """Return the milliseconds before its end at which a phase is announced to be nearly over."""
    if phase.kind == "hold" and phase.length_ms >= LAST_MS:
        return LAST_S * 1000
    if phase.kind == "move" and len(phase.breaths) >= LAST_BREATHS:
        return sum(phase.breaths[-1])
    return None
