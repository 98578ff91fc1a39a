"""The balance of the spine from one stretch to the next: no long run of bends, no backbend right after one (RB10)."""

from __future__ import annotations

from typing import Literal, get_args

from stretch.core.model import Stretch

Load = Literal["arch", "easy", "bend", "twist"]
"""What a stretch asks of the spine: leaning back, nothing much, held at the end of a bend forward or of a turn.

Movement through a bend or a turn is easy: pelvic tilt, knee rolls and cat-cow are what RB10 calls a neutral reset.
"""

LOADS: tuple[Load, ...] = get_args(Load)
Since = tuple[int, int]
"""How many bends, and how many bends or twists, came straight before."""

FRESH: Since = (0, 0)
MOST_BENDS = 3
"""So many bends in a row at most."""
BLOCK = 2
"""From so many bends and twists in a row on, no backbend comes next."""


def load(stretch: Stretch) -> Load:
    """Return what *stretch* asks of the spine."""
    if stretch.spine == "extension":
        return "arch"
    if stretch.mode == "dynamic":
        return "easy"
    return "bend" if stretch.spine == "flexion" else "twist" if stretch.spine == "rotation" else "easy"


def follow(since: Since, what: Load) -> Since | None:
    """Return what came straight before after *what* is done as well; None where that may not follow (rule RB10)."""
    bends, turned = since
    if what == "bend":
        return (bends + 1, turned + 1) if bends < MOST_BENDS else None
    if what == "twist":
        return 0, turned + 1
    return FRESH if what == "easy" or turned < BLOCK else None
