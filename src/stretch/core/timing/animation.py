"""Animation of the figure: how far it is in a stretch at each moment of going in, breathing and coming out."""

from collections.abc import Sequence
from math import cos, pi

from msgspec import Struct

from stretch.core.routine import Item
from stretch.core.timing.breathing import Breath, breath_at
from stretch.core.timing.phases import Phase
from stretch.core.vocabulary import Side

EASE_MS = 3_000
"""Time to go into or out of a stretch, where the phase is long enough (rule D7)."""
SWING_MS = 3_000
"""Time of one warm-up movement, there and back."""
BREATHING_SWAY = 0.08
"""Depth that a held stretch loses on each breath in."""
REST_DEPTH = 0.2
"""Depth during the short rest between two repetitions."""
PRESS_DEPTH = 0.75
"""Depth of a contract-relax stretch while pressing: a mild pull, before the leg goes further (rule D9)."""


class FigureState(Struct, frozen=True):
    """The figure to show: a stretch or move, its side, and its depth from 0 (out of it) to 1 (fully in).

    Some movements go in on the breath out and others on the breath in. Only the figure knows which, so both are here.
    """

    name: str
    """The id of a stretch or of a warm-up move."""
    side: Side | None
    depth: float
    """Depth of a movement that goes in on the breath out."""
    inhale_depth: float
    """Depth of a movement that goes in, or opens, on the breath in (rule B5)."""
    cycle: int = 0
    """Number of repetitions before this one, for movements that change sides each time."""
    turned: bool = False
    """True once the direction of the movement has changed."""


def figure_state_at(phases: Sequence[Phase], index: int, elapsed_ms: int) -> FigureState | None:
    """Return the state of the figure *elapsed_ms* into the phase at *index*; None if there is no figure."""
    phase = phases[index]
    if phase.move is not None:
        cycle, within_ms = divmod(elapsed_ms, SWING_MS)
        depth = (1 - cos(2 * pi * within_ms / SWING_MS)) / 2
        return FigureState(phase.move.id, None, depth, depth, cycle, phase.has_turned(elapsed_ms))
    if phase.kind == "settle":
        depth = _swing(((0, 0), *phase.breaths), elapsed_ms) if phase.breaths else 1.0
        return FigureState(phase.figure, None, depth, 1 - depth)
    if phase.item is None:
        return None
    if phase.kind in ("prepare", "switch"):
        entering_ms = min(EASE_MS, phase.length_ms // 2)
        depth = _start_depth(phase.item) * ease(1 - (phase.length_ms - elapsed_ms) / entering_ms)
        return FigureState(phase.activity_id, phase.side, depth, 0.0)
    cycle = 0
    if phase.kind == "move" and (breath := breath_at(phase.breaths, elapsed_ms)):
        # Each repetition starts with the breath out, out of the stretch.
        cycle = max(breath.number - (2 if breath.half == "in" else 1), 0)
    depths = _depth(phase, elapsed_ms), _depth(phase, elapsed_ms, inhale=True)
    return FigureState(phase.activity_id, phase.side, *depths, cycle, phase.has_turned(elapsed_ms))


def ease(fraction: float) -> float:
    """Return *fraction*, clamped to 0..1, with a slow start and a slow end (smoothstep)."""
    u = min(max(fraction, 0.0), 1.0)
    return u * u * (3 - 2 * u)


def _start_depth(item: Item) -> float:
    """Return the depth at the start of the first working phase of a stretch."""
    return {"static": 1.0, "dynamic": 0.0, "contract-relax": PRESS_DEPTH}[item.stretch.mode]


def _depth(phase: Phase, elapsed_ms: int, *, inhale: bool = False) -> float:
    """Return the depth of a movement that goes in on the breath out, or else on the breath in (*inhale*)."""
    match phase.kind:
        case "press":
            return PRESS_DEPTH
        case "release":
            return PRESS_DEPTH + (1 - PRESS_DEPTH) * ease(elapsed_ms / phase.length_ms)
        case "rest":
            half_ms = phase.length_ms / 2
            end_depth = _start_depth(phase.item) if phase.item and not inhale else 0.0
            top = 1.0 if elapsed_ms < half_ms else end_depth
            return REST_DEPTH + (top - REST_DEPTH) * ease(abs(elapsed_ms - half_ms) / half_ms)
        case "move" if not inhale:
            return _swing(phase.breaths, elapsed_ms)
        case "hold" if inhale:
            return ease(elapsed_ms / (phase.breaths[0][0] if phase.breaths else EASE_MS))
    swing = _swing(((0, 0), *phase.breaths), elapsed_ms) if phase.breaths else 1.0
    return 1 - swing if phase.kind == "move" else 1 - BREATHING_SWAY * (1 - swing)


def _swing(breaths: tuple[Breath, ...], elapsed_ms: int) -> float:
    """Return 1 at the end of each breath out and 0 at the end of each breath in; the first breath in stays at 0."""
    breath = breath_at(breaths, elapsed_ms)
    if breath is None or breath.half == "out":
        return ease(breath.elapsed_ms / breath.length_ms) if breath else 1.0
    return 1 - ease(breath.elapsed_ms / breath.length_ms) if breath.number > 1 else 0.0
