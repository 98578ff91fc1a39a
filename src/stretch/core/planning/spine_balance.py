"""Balance of the spine between neighbouring stretches (rule RB10): few flexions in a row, and a neutral stretch after
several of them before an extension."""

from __future__ import annotations

from typing import Literal, get_args

from stretch.core.model import Stretch

SpinalLoad = Literal["extension", "neutral", "flexion", "rotation"]
"""Load of a stretch on the spine, counted at the end of the range.

Movement through flexion or rotation is neutral: pelvic tilt, knee rolls and cat-cow are the resets of rule RB10.
"""

SPINAL_LOADS: tuple[SpinalLoad, ...] = get_args(SpinalLoad)
BalanceState = tuple[int, int]
"""The number of flexions, and of flexions and rotations together, directly before the next stretch."""

INITIAL: BalanceState = (0, 0)
MAX_FLEXIONS = 3
"""Most flexions in a row."""
MAX_BEFORE_EXTENSION = 1
"""Most flexions and rotations directly before an extension."""


def spinal_load(stretch: Stretch) -> SpinalLoad:
    """Return the load of *stretch* on the spine."""
    if stretch.spine == "extension":
        return "extension"
    if stretch.mode != "dynamic" and (stretch.spine == "flexion" or stretch.spine == "rotation"):
        return stretch.spine
    return "neutral"


def advance(state: BalanceState, load: SpinalLoad) -> BalanceState | None:
    """Return the state after a stretch with *load*, or None if it must not follow (rule RB10)."""
    flexions, bent = state
    if load == "flexion":
        return (flexions + 1, bent + 1) if flexions < MAX_FLEXIONS else None
    if load == "rotation":
        return 0, bent + 1
    return INITIAL if load == "neutral" or bent <= MAX_BEFORE_EXTENSION else None
