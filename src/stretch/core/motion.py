"""How deep in a stretch the body is, so that a figure can go into it, breathe in it and come out of it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from stretch.core.breathing import Breath
from stretch.core.model import Side
from stretch.core.phases import Phase
from stretch.core.routine import Item

EASE_MS = 3_000
"""Going into a stretch and out of it takes this long where there is room for it (rule D7)."""
SWAY = 0.08
"""How much a held stretch gives on each breath in."""
RESTING = 0.2
"""How deep one stays in the short rest between two repetitions."""
MILD = 0.75
"""How deep a contract-relax stretch is while pressing: a mild pull, before the leg goes further (rule D9)."""


class Shown(Struct, frozen=True):
    """What a figure shows: which stretch, on which side, and how deep in it (0 out of it, 1 fully in)."""

    item: Item
    side: Side | None
    depth: float


def shown_at(phases: Sequence[Phase], index: int, elapsed: int) -> Shown | None:
    """Return what a figure shows *elapsed* milliseconds into the phase at *index*; None where there is no stretch."""
    phase = phases[index]
    before = phases[index - 1] if index and phases[index - 1].item else None
    if phase.kind in ("prepare", "switch", "settle"):
        return _between(before, phase, elapsed)
    if phase.item is None:
        return None
    return Shown(phase.item, phase.side, _depth(phase, elapsed))


def ease(fraction: float) -> float:
    """Blend from 0 to 1 with a slow start and a slow end; *fraction* is held to 0..1."""
    u = min(max(fraction, 0.0), 1.0)
    return u * u * (3 - 2 * u)


def _between(before: Phase | None, phase: Phase, elapsed: int) -> Shown | None:
    leaving = min(EASE_MS, phase.length // 2) if before else 0
    if before and before.item and elapsed < leaving:
        return Shown(before.item, before.side, 1 - ease(elapsed / leaving))
    if phase.item is None:
        return None
    entering = min(EASE_MS, phase.length // 2)
    return Shown(phase.item, phase.side, _entry(phase.item) * ease(1 - (phase.length - elapsed) / entering))


def _entry(item: Item) -> float:
    """Return how deep a stretch is when its first working phase begins."""
    return {"static": 1.0, "dynamic": 0.0, "contract-relax": MILD}[item.stretch.mode]


def _depth(phase: Phase, elapsed: int) -> float:
    match phase.kind:
        case "press":
            return MILD
        case "release":
            return MILD + (1 - MILD) * ease(elapsed / phase.length)
        case "rest":
            half = phase.length / 2
            top = 1.0 if elapsed < half or phase.item is None else _entry(phase.item)
            return RESTING + (top - RESTING) * ease(abs(elapsed - half) / half)
        case "move":
            return _swing(phase.breaths, elapsed)
        case _:
            return 1 - SWAY * (1 - _swing(((0, 0), *phase.breaths), elapsed)) if phase.breaths else 1.0


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
