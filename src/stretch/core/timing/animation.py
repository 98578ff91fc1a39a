"""How deep in a stretch the body is, so that a figure can go into it, breathe in it and come out of it."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi

from msgspec import Struct

from stretch.core.routine import Item
from stretch.core.timing.breathing import Breath
from stretch.core.timing.phases import Phase
from stretch.core.vocabulary import Side

EASE_MS = 3_000
"""Going into a stretch and out of it takes this long where there is room for it (rule D7)."""
SWING_MS = 3_000
"""A move of the warm-up takes this long to and fro."""
BREATHING_SWAY = 0.08
"""How much a held stretch gives on each breath in."""
RESTING = 0.2
"""How deep one stays in the short rest between two repetitions."""
PRESS_DEPTH = 0.75
"""How deep a contract-relax stretch is while pressing: a mild pull, before the leg goes further (rule D9)."""


class FigureState(Struct, frozen=True):
    """What a figure shows: its name, the side, and how deep it is (0 out of it, 1 fully in).

    Some movements go in on the breath out and some on the breath in; the figure knows which, so both depths are here.
    """

    name: str
    """The id of a stretch, or of a move of the warm-up."""
    side: Side | None
    depth: float
    """For a stretch that goes in on the breath out."""
    inhale_depth: float
    """For one that goes in, or opens, on the breath in (rule B5)."""
    cycle: int = 0
    """How many times it has gone in before, for movements that change sides each time."""


def figure_state_at(phases: Sequence[Phase], index: int, elapsed: int) -> FigureState | None:
    """Return what a figure shows *elapsed* milliseconds into the phase at *index*; None where there is none."""
    phase = phases[index]
    if phase.move is not None:
        turn, within = divmod(elapsed, SWING_MS)
        depth = (1 - cos(2 * pi * within / SWING_MS)) / 2
        return FigureState(phase.move.id, None, depth, depth, turn)
    before = phases[index - 1] if index and phases[index - 1].item else None
    if phase.kind in ("prepare", "switch", "settle"):
        return _between(before, phase, elapsed)
    if phase.item is None:
        return None
    turn = _turn(phase, elapsed) if phase.kind == "move" else 0
    depths = _depth(phase, elapsed), _opening(phase, elapsed)
    return FigureState(phase.item.stretch.id, phase.side, *depths, turn)


def ease(fraction: float) -> float:
    """Blend from 0 to 1 with a slow start and a slow end; *fraction* is held to 0..1."""
    u = min(max(fraction, 0.0), 1.0)
    return u * u * (3 - 2 * u)


def _between(before: Phase | None, phase: Phase, elapsed: int) -> FigureState | None:
    leaving = min(EASE_MS, phase.length_ms // 2) if before else 0
    if before and before.item and elapsed < leaving:
        out = 1 - ease(elapsed / leaving)
        # A movement that opens on the breath in is back out when its last breath ends.
        opening = 0.0 if before.kind == "move" else out
        return FigureState(before.item.stretch.id, before.side, out, opening, max(len(before.breaths) - 1, 0))
    if phase.item is None:
        return None
    entering = min(EASE_MS, phase.length_ms // 2)
    depth = _entry(phase.item) * ease(1 - (phase.length_ms - elapsed) / entering)
    return FigureState(phase.item.stretch.id, phase.side, depth, 0.0)


def _entry(item: Item) -> float:
    """Return how deep a stretch is when its first working phase begins."""
    return {"static": 1.0, "dynamic": 0.0, "contract-relax": PRESS_DEPTH}[item.stretch.mode]


def _turn(phase: Phase, elapsed: int) -> int:
    """Return which time it goes in: another begins where the body is out of it, as a breath out begins."""
    at = 0
    for number, (inhale, exhale) in enumerate(phase.breaths):
        if elapsed < at + inhale:
            return max(number - 1, 0)
        at += inhale + exhale
        if elapsed < at:
            return number
    return max(len(phase.breaths) - 1, 0)


def _depth(phase: Phase, elapsed: int) -> float:
    match phase.kind:
        case "press":
            return PRESS_DEPTH
        case "release":
            return PRESS_DEPTH + (1 - PRESS_DEPTH) * ease(elapsed / phase.length_ms)
        case "rest":
            return _resting(phase, elapsed, _entry(phase.item) if phase.item else 1.0)
        case "move":
            return _swing(phase.breaths, elapsed)
        case _:
            return 1 - BREATHING_SWAY * (1 - _swing(((0, 0), *phase.breaths), elapsed)) if phase.breaths else 1.0


def _opening(phase: Phase, elapsed: int) -> float:
    match phase.kind:
        case "rest":
            return _resting(phase, elapsed, 0.0)
        case "hold" if phase.breaths:
            return ease(elapsed / phase.breaths[0][0])
        case "hold":
            return ease(elapsed / EASE_MS)
        case "move":
            return 1 - _swing(((0, 0), *phase.breaths), elapsed)
        case _:
            return _depth(phase, elapsed)


def _resting(phase: Phase, elapsed: int, entry: float) -> float:
    half = phase.length_ms / 2
    top = 1.0 if elapsed < half else entry
    return RESTING + (top - RESTING) * ease(abs(elapsed - half) / half)


def _swing(breaths: tuple[Breath, ...], elapsed: int) -> float:
    """Return 1 at the end of each breath out and 0 at the end of each breath in; the first breath in stays at 0."""
    at = 0
    for number, (inhale, exhale) in enumerate(breaths):
        if elapsed < at + inhale:
            return 1 - ease((elapsed - at) / inhale) if number else 0.0
        if elapsed < at + inhale + exhale:
            return ease((elapsed - at - inhale) / exhale)
        at += inhale + exhale
    return 1.0
