"""A session as a function of one number: what is the case at a position, in integer milliseconds from its start."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import Literal

import msgspec
from msgspec import Struct

from stretch.core.model import LONGEST_HOLD
from stretch.core.routine import Item, Pattern, Routine
from stretch.core.timing.animation import FigureState, figure_state_at
from stretch.core.timing.breathing import Breath, fit, parse_pattern, repeat_breaths
from stretch.core.timing.phases import Phase, build_phases, with_start_times

SHORTEST_LEFT_MS = 1_000
"""A phase is never shortened to less than this from now."""


class BreathPosition(Struct, frozen=True):
    """Where in a breath one is: which of how many, which half, and the milliseconds of that half."""

    number: int
    count: int
    half: Literal["in", "out"]
    elapsed_ms: int
    length_ms: int


class Moment(Struct, frozen=True):
    """All that is the case at one position of a session."""

    position_ms: int
    index: int
    phase: Phase
    next: Phase | None
    left_ms: int
    """Milliseconds left in the phase."""
    total_left_ms: int
    breath: BreathPosition | None
    figure: FigureState | None


class Timeline(Struct, frozen=True, dict=True):
    """The phases of a session, one straight after the other from position 0."""

    phases: tuple[Phase, ...]
    pattern: Pattern
    title: str = ""

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """The stretches in their order."""
        found: dict[int, Item] = {}
        for number, phase in zip(self._numbers, self.phases, strict=True):
            if phase.item is not None:
                found.setdefault(number, phase.item)
        return tuple(found.values())

    def stretch_number(self, index: int) -> int:
        """Return which of the stretches, from 1, the phase at *index* belongs to, or the last one before it."""
        return self._numbers[index]

    @cached_property
    def _numbers(self) -> list[int]:
        # By name: a session that goes on with the second side has another item for it.
        number, name, numbers = 0, "", []
        for phase in self.phases:
            if phase.item is not None and phase.item.stretch.id != name:
                number, name = number + 1, phase.item.stretch.id
            numbers.append(number)
        return numbers

    @cached_property
    def _starts(self) -> list[int]:
        return [phase.start_ms for phase in self.phases]

    @property
    def length_ms(self) -> int:
        """Milliseconds of the whole session."""
        return self.phases[-1].end_ms

    def index_at(self, position: int) -> int:
        """Return the index of the phase *position* lies in; beyond the ends, the first or last phase."""
        return min(max(bisect_right(self._starts, position) - 1, 0), len(self.phases) - 1)

    def at(self, position: int) -> Moment:
        """Return what is the case at *position*, which is held to 0 and the length."""
        position = min(max(position, 0), self.length_ms)
        index = self.index_at(position)
        phase = self.phases[index]
        return Moment(
            position_ms=position,
            index=index,
            phase=phase,
            next=self.phases[index + 1] if index + 1 < len(self.phases) else None,
            left_ms=phase.end_ms - position,
            total_left_ms=self.length_ms - position,
            breath=_breath_at(phase, position - phase.start_ms),
            figure=figure_state_at(self.phases, index, position - phase.start_ms),
        )

    def adjust(self, position: int, change: int) -> Timeline:
        """Make the phase at *position* longer or shorter by *change* milliseconds, in whole breaths where it has any.

        The breath under way is kept and what comes after it is fitted anew, so that the phase still ends on a breath
        out; a dynamic stretch gains or loses at least one breath. A phase never ends less than a second from now, and
        a hold never grows past 60 s (rule D4).
        """
        index = self.index_at(position)
        phase = self.phases[index]
        if phase.kind == "hold":
            change = min(change, max(LONGEST_HOLD * 1000 - phase.length_ms, 0))
        if change == 0:
            return self
        if phase.breaths:
            breaths = self._refitted(phase, position - phase.start_ms, change)
            new = msgspec.structs.replace(phase, breaths=breaths, length_ms=sum(map(sum, breaths)))
        else:
            shortest = position - phase.start_ms + SHORTEST_LEFT_MS
            new = msgspec.structs.replace(phase, length_ms=max(phase.length_ms + change, shortest))
        phases = with_start_times([*self.phases[:index], new, *self.phases[index + 1 :]])
        return msgspec.structs.replace(self, phases=phases)

    def _refitted(self, phase: Phase, elapsed: int, change: int) -> tuple[Breath, ...]:
        begun, done = 0, 0
        while begun < len(phase.breaths) and done <= elapsed:
            done += sum(phase.breaths[begun])
            begun += 1
        kept = phase.breaths[:begun]
        if phase.kind == "move":
            by = max(abs(change) // self.pattern.cycle_ms, 1) * (1 if change > 0 else -1)
            return kept + repeat_breaths(max(len(phase.breaths) - begun + by, 0), self.pattern)
        return kept + fit(max(phase.length_ms + change - done, 0), self.pattern)


def build_timeline(routine: Routine) -> Timeline:
    """Lay *routine* out in time, breathing as it says."""
    pattern = parse_pattern(routine.breath)
    return Timeline(phases=build_phases(routine, pattern), pattern=pattern, title=routine.title)


def _breath_at(phase: Phase, elapsed: int) -> BreathPosition | None:
    at, count = 0, len(phase.breaths)
    for number, (inhale, exhale) in enumerate(phase.breaths, start=1):
        if elapsed < at + inhale:
            return BreathPosition(number, count, "in", elapsed - at, inhale)
        if elapsed < at + inhale + exhale or number == count:
            return BreathPosition(number, count, "out", min(elapsed - at - inhale, exhale), exhale)
        at += inhale + exhale
    return None
