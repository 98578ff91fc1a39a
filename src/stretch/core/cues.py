"""What a session calls out and when: every change, the last seconds, half-way, and each half of a breath."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from stretch.core.phases import Phase
from stretch.core.timeline import Timeline

CueKind = Literal["phase", "count", "half-way", "breath-in", "breath-out", "end"]

COUNTED_DOWN_S = (3, 2, 1)
HALF_WAY_MS = 20_000
"""A hold shorter than this has no half-way cue: it would crowd the others."""


class Cue(Struct, frozen=True):
    """One thing called out: when, what, and the index of the phase it belongs to."""

    at: int
    kind: CueKind
    index: int
    number: int = 0
    """The seconds left of a count, or the number of the breath."""


def cues(timeline: Timeline, after: int, until: int) -> tuple[Cue, ...]:
    """Return what is called out in (after, until], in order; so (a, b] and (b, c] together are (a, c].

    The very first cue lies at 0: begin with after=-1.
    """
    every = _every(timeline)
    low = bisect_right(every, after, key=lambda cue: cue.at)
    high = bisect_right(every, until, key=lambda cue: cue.at)
    return every[low:high]


def _every(timeline: Timeline) -> tuple[Cue, ...]:
    cached: tuple[Cue, ...] | None = timeline.__dict__.get("every_cue")
    if cached is None:
        found = [cue for index, phase in enumerate(timeline.phases) for cue in _of_phase(phase, index)]
        found.append(Cue(timeline.length, "end", len(timeline.phases) - 1))
        # Stable: at one position the phase comes before its first breath.
        cached = timeline.__dict__["every_cue"] = tuple(sorted(found, key=lambda cue: cue.at))
    return cached


def _of_phase(phase: Phase, index: int) -> Iterator[Cue]:
    yield Cue(phase.start, "phase", index)
    at = phase.start
    for number, (inhale, exhale) in enumerate(phase.breaths, start=1):
        yield Cue(at, "breath-in", index, number)
        yield Cue(at + inhale, "breath-out", index, number)
        at += inhale + exhale
    if (middle := _half_way(phase)) is not None:
        yield Cue(phase.start + middle, "half-way", index)
    if phase.kind != "settle":
        for second in COUNTED_DOWN_S:
            if phase.length > (second + 1) * 1000:
                yield Cue(phase.end - second * 1000, "count", index, second)


def _half_way(phase: Phase) -> int | None:
    """Return where half of a long hold is done, or where a dynamic stretch changes, on a whole breath."""
    if phase.kind == "move" and phase.item and phase.item.stretch.halfway:
        return sum(map(sum, phase.breaths[: len(phase.breaths) // 2])) or None
    return phase.length // 2 if phase.kind == "hold" and phase.length >= HALF_WAY_MS else None
