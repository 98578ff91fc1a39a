"""Phases of a session: a routine as consecutive parts with exact lengths in integer milliseconds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal

import msgspec
from msgspec import Struct

from stretch.core.model import Dose, Move, Stretch
from stretch.core.routine import Item, Routine, ends_upright
from stretch.core.timing.breathing import Breath, fit
from stretch.core.vocabulary import Pattern, Side

PhaseKind = Literal["warm-up", "prepare", "hold", "move", "press", "release", "rest", "switch", "settle"]

NS_PER_MS = 1_000_000
REST_MS = 5_000
SWITCH_MS, TURNING_MS = 5_000, 10_000
"""Time to change sides, and where one has to turn over for it."""
PREPARE_MS = 8_000
NEW_POSITION_MS = 15_000
"""Preparation when the position of the body changes (all four: rule D18)."""
EXTRA_CHANGE_MS = 10_000
"""Added to every change for older people, unsteady people and in pregnancy (rule D18)."""
READING_WORDS_PER_MINUTE, SPOKEN_WORDS_PER_MINUTE = 150, 140
ANNOUNCEMENT_WORDS = 8
"""Words spoken with the name of a stretch: its side and its dose."""
AFTER_SPEECH_MS = 5_000
"""Time to get into a stretch after the last word about it."""
RESTING = ("rest-lying", "rest-sitting")
"""Figures at the end, lying or upright."""
WORKING_KINDS: frozenset[PhaseKind] = frozenset({"hold", "move", "press", "release"})
"""Kinds of phases in which a stretch is done; the others prepare it or rest from it."""


class Phase(Struct, frozen=True, kw_only=True):
    """One part of a session, in which one thing is done."""

    kind: PhaseKind
    length_ms: int
    start_ms: int = 0
    item: Item | None = None
    """The current stretch, or the one to prepare for."""
    side: Side | None = None
    rep: int | None = None
    reps: int | None = None
    set_number: int = 1
    """Number of the set on this side, from 1."""
    breaths: tuple[Breath, ...] = ()
    move: Move | None = None
    text: str = ""
    """Instructions for settling and then getting up, in the last phase."""
    figure: str = ""
    """The id of the figure in the last phase."""
    new_position: bool = False
    """True if the position of the body changes during this preparation."""
    cool_down: bool = False
    """True for a warm-up move after the stretches (rule D17)."""

    @property
    def activity_id(self) -> str:
        """Id of the stretch or move; the kind of a phase that has neither."""
        return self.item.stretch.id if self.item else self.move.id if self.move else self.kind

    @property
    def name(self) -> str:
        """Name of the stretch or move."""
        return self.item.stretch.name if self.item else self.move.name if self.move else "Rest"

    @property
    def end_ms(self) -> int:
        """Milliseconds from the start of the session to the end of the phase."""
        return self.start_ms + self.length_ms

    @property
    def turning_ms(self) -> int | None:
        """When the movement changes its direction, from the start of the phase and after a whole breath."""
        if self.move:
            return self.length_ms // 2 if self.move.halfway else None
        if self.kind == "move" and self.item and self.item.stretch.halfway:
            return sum(map(sum, self.breaths[: len(self.breaths) // 2])) or None
        return None

    def has_turned(self, elapsed_ms: int) -> bool:
        """Return whether the movement has changed its direction *elapsed_ms* into the phase."""
        turning_ms = self.turning_ms
        return turning_ms is not None and elapsed_ms >= turning_ms


def build_phases(routine: Routine, pattern: Pattern) -> tuple[Phase, ...]:
    """Return the phases of *routine*: warm-up, the stretches, cool-down and, if there is time for it, settle."""
    phases = [Phase(kind="warm-up", length_ms=seconds * 1000, move=move) for move, seconds in routine.warm_up]
    previous, slow, voice = routine.start_position, routine.extra_transition_time, routine.voice
    for item in explained_once(routine.items):
        phases += item_phases(item, pattern, new_position=item.position != previous, slow=slow, voice=voice)
        previous = item.position
    phases += [
        Phase(kind="warm-up", length_ms=seconds * 1000, move=move, cool_down=True)
        for move, seconds in routine.cool_down
    ]
    if settle_ms := routine.settle_s * 1000:
        figure = RESTING[ends_upright(routine.items, routine.cool_down)]
        breaths = fit(settle_ms, pattern)
        phases.append(
            Phase(kind="settle", length_ms=settle_ms, breaths=breaths, text=routine.settle_text, figure=figure)
        )
    return with_start_times(phases)


def explained_once(items: Iterable[Item], before: Iterable[Item] = ()) -> Iterator[Item]:
    """Yield *items*; a stretch that comes again, also after those *before*, is familiar."""
    explained = {item.stretch.id for item in before}
    for item in items:
        yield msgspec.structs.replace(item, familiar=True) if item.stretch.id in explained else item
        explained.add(item.stretch.id)


def with_start_times(phases: list[Phase]) -> tuple[Phase, ...]:
    """Return the phases, each starting where the one before it ends."""
    start_ms, placed = 0, []
    for phase in phases:
        placed.append(phase if phase.start_ms == start_ms else msgspec.structs.replace(phase, start_ms=start_ms))
        start_ms += phase.length_ms
    return tuple(placed)


def item_phases(item: Item, pattern: Pattern, *, new_position: bool, slow: bool, voice: bool = False) -> list[Phase]:
    """Return the phases of one stretch without start times: preparation, then every repetition of each side."""
    extra_ms = EXTRA_CHANGE_MS if slow else 0
    phases: list[Phase] = []
    for side in item.sides:
        if phases:
            phases.append(Phase(kind="switch", length_ms=switch_ms(item.stretch, slow=slow), item=item, side=side))
        else:
            prepare = Phase(kind="prepare", length_ms=0, item=item, side=side, new_position=new_position)
            phases.append(with_preparation(prepare, slow=slow, voice=voice))
        phases += _side_phases(item, side, pattern, REST_MS + extra_ms)
        for number in range(2, item.set_count(side) + 1):
            one_set = _side_phases(item, side, pattern, REST_MS + extra_ms)
            rest = msgspec.structs.replace(one_set[0], kind="rest", length_ms=item.rest_s * 1000, breaths=())
            phases += (msgspec.structs.replace(phase, set_number=number) for phase in (rest, *one_set))
    return phases


def exercise_ms(stretch: Stretch, dose: Dose, pattern: Pattern, *, slow: bool) -> int:
    """Return the time of a stretch with this dose on its sides, with the rests between, without its preparation."""
    extra_ms = EXTRA_CHANGE_MS if slow else 0
    if stretch.mode == "dynamic":
        side_ms = dose.reps * pattern.cycle_ms
    else:
        c = dose.contract
        repetition_ms = 1000 * (c.contract_s + c.release_s + c.hold_s if c else dose.hold_s or 0)
        side_ms = dose.reps * repetition_ms + (dose.reps - 1) * (REST_MS + extra_ms)
    return 2 * side_ms + switch_ms(stretch, slow=slow) if stretch.both_sides else side_ms


def switch_ms(stretch: Stretch, *, slow: bool = False) -> int:
    """Return the time to change sides."""
    turns = stretch.position == "side-lying"
    return (TURNING_MS if turns else SWITCH_MS) + (EXTRA_CHANGE_MS if slow else 0)


def preparation_ms(
    stretch: Stretch,
    *,
    new_position: bool,
    slow: bool = False,
    familiar: bool = False,
    voice: bool = False,
    note: str = "",
) -> int:
    """Return the preparation time of a stretch: to get into position, and to read its steps or with *voice* hear them.

    The steps of a *familiar* stretch need no time: they are still shown, but hardly read, and not spoken. A *note* is
    read and said each time.
    """
    words = len(note.split()) + (0 if familiar else _word_count(stretch.steps))
    if voice:
        spoken = words + len(stretch.name.split()) + ANNOUNCEMENT_WORDS
        words_ms = -(-spoken * 60 // SPOKEN_WORDS_PER_MINUTE) * 1000 + AFTER_SPEECH_MS
    else:
        words_ms = -(-words * 60 // READING_WORDS_PER_MINUTE) * 1000
    return max(NEW_POSITION_MS if new_position else PREPARE_MS, words_ms) + (EXTRA_CHANGE_MS if slow else 0)


@lru_cache(maxsize=1000)
def _word_count(steps: tuple[str, ...]) -> int:
    return sum(len(step.split()) for step in steps)


def with_preparation(phase: Phase, *, slow: bool, voice: bool) -> Phase:
    """Return the preparation *phase* with the length that it needs; any other phase as it is."""
    if phase.kind != "prepare" or phase.item is None:
        return phase
    item = phase.item
    length_ms = preparation_ms(
        item.stretch,
        new_position=phase.new_position,
        slow=slow,
        familiar=item.familiar,
        voice=voice,
        note=item.note,
    )
    return msgspec.structs.replace(phase, length_ms=length_ms)


def _side_phases(item: Item, side: Side | None, pattern: Pattern, rest_ms: int) -> list[Phase]:
    dose = item.dose
    if item.stretch.mode == "dynamic":
        # The pattern's own pace (rule B10).
        breaths = ((pattern.inhale_ms, pattern.exhale_ms),) * dose.reps
        length_ms = dose.reps * pattern.cycle_ms
        return [Phase(kind="move", length_ms=length_ms, item=item, side=side, rep=1, reps=1, breaths=breaths)]

    def phase(kind: PhaseKind, length_ms: int, rep: int, breaths: tuple[Breath, ...] = ()) -> Phase:
        return Phase(kind=kind, length_ms=length_ms, item=item, side=side, rep=rep, reps=dose.reps, breaths=breaths)

    phases: list[Phase] = []
    for rep in range(1, dose.reps + 1):
        if rep > 1:
            phases.append(phase("rest", rest_ms, rep))
        hold_ms = (dose.hold_s or 0) * 1000
        if dose.contract is not None:
            phases.append(phase("press", dose.contract.contract_s * 1000, rep))
            phases.append(phase("release", dose.contract.release_s * 1000, rep))
            hold_ms = dose.contract.hold_s * 1000
        phases.append(phase("hold", hold_ms, rep, fit(hold_ms, pattern)))
    return phases
