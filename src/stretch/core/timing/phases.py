"""A routine laid out as phases, one straight after the other, with exact lengths in integer milliseconds."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import Struct

from stretch.core.model import Dose, Move, Stretch
from stretch.core.routine import Item, Pattern, Routine
from stretch.core.timing.breathing import Breath, fit, repeat_breaths
from stretch.core.vocabulary import Side

PhaseKind = Literal["warm-up", "prepare", "hold", "move", "press", "release", "rest", "switch", "settle"]

NS_PER_MS = 1_000_000
REST_MS = 5_000
SWITCH_MS = 5_000
PREPARE_MS = 8_000
NEW_POSITION_MS = 15_000
"""Preparation when the position of the body changes (all four: rule D18)."""
EXTRA_CHANGE_MS = 10_000
"""Added to every change for older people, unsteady people and in pregnancy (rule D18)."""
READING_WORDS_PER_MINUTE = 200
WORKING_KINDS: frozenset[PhaseKind] = frozenset({"hold", "move", "press", "release"})
"""The phases in which a stretch is done; the others lead there."""


class Phase(Struct, frozen=True, kw_only=True):
    """A stretch of time in which one thing happens."""

    kind: PhaseKind
    length_ms: int
    start_ms: int = 0
    item: Item | None = None
    """The stretch under way, or the one being prepared."""
    side: Side | None = None
    rep: int | None = None
    reps: int | None = None
    breaths: tuple[Breath, ...] = ()
    move: Move | None = None
    text: str = ""
    """How to settle, and how to get up after it."""
    position_changes: bool = False
    """Whether the position of the body changes on the way here."""
    cool_down: bool = False
    """Whether a move of the warm-up comes after the stretches, to finish with (rule D17)."""

    @property
    def end_ms(self) -> int:
        """The position at which the next phase begins."""
        return self.start_ms + self.length_ms


def build_phases(routine: Routine, pattern: Pattern) -> tuple[Phase, ...]:
    """Return the phases of *routine*: warm-up, each stretch with its preparation and both sides, settle."""
    phases = [Phase(kind="warm-up", length_ms=seconds * 1000, move=move) for move, seconds in routine.warm_up]
    previous = routine.start_position
    for item in routine.items:
        phases += item_phases(item, pattern, moved=item.position != previous, slow=routine.extra_transition_time)
        previous = item.position
    phases += [
        Phase(kind="warm-up", length_ms=seconds * 1000, move=move, cool_down=True)
        for move, seconds in routine.cool_down
    ]
    settle = routine.settle_s * 1000
    phases.append(Phase(kind="settle", length_ms=settle, breaths=fit(settle, pattern), text=routine.settle_text))
    return with_start_times(phases)


def with_start_times(phases: list[Phase]) -> tuple[Phase, ...]:
    """Give each phase the start at which the one before it ends."""
    start, placed = 0, []
    for phase in phases:
        placed.append(phase if phase.start_ms == start else msgspec.structs.replace(phase, start_ms=start))
        start += phase.length_ms
    return tuple(placed)


def item_phases(item: Item, pattern: Pattern, *, moved: bool, slow: bool) -> list[Phase]:
    """Return the phases of one stretch, starts not yet set: preparation, then every repetition of each side."""
    extra = EXTRA_CHANGE_MS if slow else 0
    phases: list[Phase] = []
    for side in item.sides:
        if phases:
            phases.append(Phase(kind="switch", length_ms=SWITCH_MS + extra, item=item, side=side))
        else:
            length = preparation_ms(item.stretch, moved=moved) + extra
            phases.append(Phase(kind="prepare", length_ms=length, item=item, side=side, position_changes=moved))
        phases += _side_phases(item, side, pattern, REST_MS + extra)
    return phases


def exercise_ms(stretch: Stretch, dose: Dose, pattern: Pattern, *, slow: bool) -> int:
    """Return how long a stretch takes in this dose without its preparation: the sum of its other phases."""
    extra = EXTRA_CHANGE_MS if slow else 0
    if stretch.mode == "dynamic":
        side = dose.reps * pattern.cycle_ms
    else:
        side = dose.reps * _once_ms(dose) + (dose.reps - 1) * (REST_MS + extra)
    return side + SWITCH_MS + extra + side if stretch.both_sides else side


def _once_ms(dose: Dose) -> int:
    c = dose.contract
    return 1000 * ((c.contract_s + c.release_s + c.hold_s) if c else (dose.hold_s or 0))


def preparation_ms(stretch: Stretch, *, moved: bool) -> int:
    """Return the preparation time of a stretch: enough to get there and to read the steps, in whole seconds."""
    words = sum(len(step.split()) for step in stretch.steps)
    reading = -(-words * 60 // READING_WORDS_PER_MINUTE) * 1000
    return max(NEW_POSITION_MS if moved else PREPARE_MS, reading)


def _side_phases(item: Item, side: Side | None, pattern: Pattern, rest_ms: int) -> list[Phase]:
    dose = item.dose
    if item.stretch.mode == "dynamic":
        breaths = repeat_breaths(dose.reps, pattern)
        length = dose.reps * pattern.cycle_ms
        return [Phase(kind="move", length_ms=length, item=item, side=side, rep=1, reps=1, breaths=breaths)]

    def phase(kind: PhaseKind, length: int, rep: int, breaths: tuple[Breath, ...] = ()) -> Phase:
        return Phase(kind=kind, length_ms=length, item=item, side=side, rep=rep, reps=dose.reps, breaths=breaths)

    phases: list[Phase] = []
    for rep in range(1, dose.reps + 1):
        if rep > 1:
            phases.append(phase("rest", rest_ms, rep))
        hold = (dose.hold_s or 0) * 1000
        if dose.contract is not None:
            phases.append(phase("press", dose.contract.contract_s * 1000, rep))
            phases.append(phase("release", dose.contract.release_s * 1000, rep))
            hold = dose.contract.hold_s * 1000
        phases.append(phase("hold", hold, rep, fit(hold, pattern)))
    return phases
