"""Timeline of a session: the state at every position, in integer milliseconds from the start, cues, and jumps.

A cue is a phase change, one of the last seconds, a halfway point or half of a breath.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator
from functools import cached_property
from typing import Literal

import msgspec
from msgspec import Struct

from stretch.core.fields import LONGEST_HOLD_S
from stretch.core.routine import Item, Routine
from stretch.core.timing.animation import FigureState, figure_state_at
from stretch.core.timing.breathing import Breath, BreathPosition, breath_at, fit, parse_pattern
from stretch.core.timing.phases import (
    RESTING,
    WORKING_KINDS,
    Phase,
    PhaseKind,
    build_phases,
    with_preparation,
    with_start_times,
)
from stretch.core.vocabulary import Pattern

MIN_LEFT_MS = 1_000
"""Time left in a phase that is shortened, at least."""
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
SEEK_TARGETS: frozenset[PhaseKind] = frozenset({"warm-up", "prepare", "switch", "settle"})
"""Kinds of phases at whose start one goes on, or goes back to."""
AGAIN_MS = 2_000
"""Going back this soon after a start goes to the start before."""


class Moment(Struct, frozen=True):
    """The state of a session at one position."""

    index: int
    phase: Phase
    left_ms: int
    """Milliseconds left in the phase."""
    total_left_ms: int
    breath: BreathPosition | None
    figure: FigureState | None


class Timeline(Struct, frozen=True, dict=True):
    """The phases of a session, in order and without gaps, from position 0."""

    phases: tuple[Phase, ...]
    pattern: Pattern
    title: str = ""
    extra_transition_time: bool = False

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """The stretches in order."""
        backwards = zip(reversed(self.stretch_numbers), reversed(self.phases), strict=True)
        first_of = {number: phase.item for number, phase in backwards if phase.item}
        return tuple(first_of[number] for number in sorted(first_of))

    @cached_property
    def stretch_numbers(self) -> list[int]:
        """For each phase the number, from 1, of the stretch in it or last before it; 0 before the first."""
        # Compares ids: in a resumed session, the second side of a stretch has its own item.
        number, name, numbers = 0, "", []
        for phase in self.phases:
            if phase.item is not None and phase.item.stretch.id != name:
                number, name = number + 1, phase.item.stretch.id
            numbers.append(number)
        return numbers

    @cached_property
    def every_cue(self) -> tuple[Cue, ...]:
        """All cues in order; at the same position, a phase comes before its first breath."""
        found = [cue for index, phase in enumerate(self.phases) for cue in _phase_cues(phase, index)]
        end = Cue(self.length_ms, "end", len(self.phases) - 1)
        return tuple(sorted((*found, end), key=lambda cue: cue.at_ms))

    @property
    def length_ms(self) -> int:
        """Milliseconds of the whole session."""
        return self.phases[-1].end_ms

    @property
    def resting_figure(self) -> str:
        """The id of the figure at the end: the one of settling, or upright."""
        return self.phases[-1].figure or RESTING[True]

    def is_opening(self, index: int) -> bool:
        """Return whether nothing but warm-up comes before the phase at *index*."""
        return all(before.kind == "warm-up" for before in self.phases[:index])

    def index_at(self, position_ms: int) -> int:
        """Return the index of the phase at *position_ms*; beyond the ends, the first or last one."""
        after = bisect_right(self.phases, position_ms, key=lambda phase: phase.start_ms)
        return min(max(after - 1, 0), len(self.phases) - 1)

    def at(self, position_ms: int) -> Moment:
        """Return the state at *position_ms*, which is clamped to the timeline."""
        position_ms = min(max(position_ms, 0), self.length_ms)
        index = self.index_at(position_ms)
        phase = self.phases[index]
        return Moment(
            index=index,
            phase=phase,
            left_ms=phase.end_ms - position_ms,
            total_left_ms=self.length_ms - position_ms,
            breath=breath_at(phase.breaths, position_ms - phase.start_ms),
            figure=figure_state_at(self.phases, index, position_ms - phase.start_ms),
        )

    def adjust(self, position_ms: int, change_ms: int) -> Timeline:
        """Return the timeline with the phase at *position_ms* longer or shorter by *change_ms*.

        The current breath is kept and later ones are refitted, so that the phase still ends on a breath out; a dynamic
        stretch gains or loses at least one breath. At least a second of the phase is left, and a hold never becomes
        longer than 60 s (rule D4).
        """
        index = self.index_at(position_ms)
        phase = self.phases[index]
        if phase.kind == "hold":
            change_ms = min(change_ms, max(LONGEST_HOLD_S * 1000 - phase.length_ms, 0))
        if change_ms == 0:
            return self
        if phase.breaths:
            breaths = self._refit(phase, position_ms - phase.start_ms, change_ms)
            new = msgspec.structs.replace(phase, breaths=breaths, length_ms=sum(map(sum, breaths)))
        else:
            shortest = position_ms - phase.start_ms + MIN_LEFT_MS
            new = msgspec.structs.replace(phase, length_ms=max(phase.length_ms + change_ms, shortest))
        phases = with_start_times([*self.phases[:index], new, *self.phases[index + 1 :]])
        return msgspec.structs.replace(self, phases=phases)

    def with_voice(self, voice: bool, position_ms: int) -> Timeline:
        """Return the timeline with time to hear the steps, or only to read them, from *position_ms* on."""
        begun = bisect_left(self.phases, position_ms, key=lambda phase: phase.start_ms)
        slow = self.extra_transition_time
        later = (with_preparation(phase, slow=slow, voice=voice) for phase in self.phases[begun:])
        return msgspec.structs.replace(self, phases=with_start_times([*self.phases[:begun], *later]))

    def without(self, numbers: Collection[int], *, voice: bool) -> Timeline:
        """Return the timeline without the stretches of these *numbers*."""
        kept: list[Phase] = []
        for number, phase in zip(self.stretch_numbers, self.phases, strict=True):
            if phase.item is None or number not in numbers:
                before = next((each.item.position for each in reversed(kept) if each.item), None)
                if phase.kind == "prepare" and phase.item and number - 1 in numbers and before is not None:
                    phase = msgspec.structs.replace(phase, new_position=phase.item.position != before)
                    phase = with_preparation(phase, slow=self.extra_transition_time, voice=voice)
                kept.append(phase)
        return msgspec.structs.replace(self, phases=with_start_times(kept))

    def _refit(self, phase: Phase, elapsed_ms: int, change_ms: int) -> tuple[Breath, ...]:
        kept_count, kept_ms = 0, 0
        while kept_count < len(phase.breaths) and kept_ms <= elapsed_ms:
            kept_ms += sum(phase.breaths[kept_count])
            kept_count += 1
        kept = phase.breaths[:kept_count]
        if phase.kind == "move":
            by = max(abs(change_ms) // self.pattern.cycle_ms, 1) * (1 if change_ms > 0 else -1)
            return kept + ((self.pattern.inhale_ms, self.pattern.exhale_ms),) * (len(phase.breaths) - kept_count + by)
        return kept + fit(max(phase.length_ms + change_ms - kept_ms, 0), self.pattern)


def build_timeline(routine: Routine) -> Timeline:
    """Return the timeline of *routine*, with its breathing pattern."""
    pattern = parse_pattern(routine.breath)
    phases = build_phases(routine, pattern)
    return Timeline(phases, pattern, title=routine.title, extra_transition_time=routine.extra_transition_time)


class Cue(Struct, frozen=True):
    """A cue: its position in milliseconds, its kind, and the index of its phase."""

    at_ms: int
    kind: CueKind
    index: int
    number: int = 0
    """Seconds left, for a count or a last cue; the number of the breath, for a breath."""


def cues(timeline: Timeline, after_ms: int, until_ms: int) -> tuple[Cue, ...]:
    """Return the cues in (after, until], in order. The first cue is at 0: start with -1."""
    every = timeline.every_cue
    low = bisect_right(every, after_ms, key=lambda cue: cue.at_ms)
    high = bisect_right(every, until_ms, key=lambda cue: cue.at_ms)
    return every[low:high]


def _phase_cues(phase: Phase, index: int) -> Iterator[Cue]:
    yield Cue(phase.start_ms, "phase", index)
    at_ms = phase.start_ms
    for number, (inhale_ms, exhale_ms) in enumerate(phase.breaths, start=1):
        yield Cue(at_ms, "breath-in", index, number)
        yield Cue(at_ms + inhale_ms, "breath-out", index, number)
        at_ms += inhale_ms + exhale_ms
    # The middle of a long hold or warm-up move, or where a movement changes its direction.
    half_way_ms = phase.turning_ms
    if half_way_ms is None and phase.kind in ("hold", "warm-up") and phase.length_ms >= HALF_WAY_MS:
        half_way_ms = phase.length_ms // 2
    if half_way_ms is not None:
        yield Cue(phase.start_ms + half_way_ms, "half-way", index)
    left_ms = 0
    if phase.kind == "hold" and phase.length_ms >= LAST_CUE_MS:
        left_ms = LAST_SECONDS * 1000
    elif phase.kind == "move" and len(phase.breaths) >= LAST_CUE_BREATHS:
        left_ms = sum(phase.breaths[-1])
    if left_ms:
        yield Cue(phase.end_ms - left_ms, "last", index, left_ms // 1000)
    if phase.kind != "settle":
        for second in COUNTDOWN_S:
            if phase.length_ms > (second + 1) * 1000:
                yield Cue(phase.end_ms - second * 1000, "count", index, second)


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
