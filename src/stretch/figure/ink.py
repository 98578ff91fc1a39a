"""What a dot stands for: the role a colour is chosen by, and how brightly the muscle in it is lit."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

GLOW_STEPS = 8
"""The muscle lights up in this many steps: more would only send more colour changes to the terminal."""


class Role(StrEnum):
    """What is drawn; the caller decides the colour."""

    SKIN = "skin"
    FAR_SKIN = "far_skin"
    SHIRT = "shirt"
    LEGGINGS = "leggings"
    FAR_LEGGINGS = "far_leggings"
    HAIR = "hair"
    ACCENT = "accent"
    PROP = "prop"
    STRAP = "strap"


FAR = frozenset({Role.FAR_SKIN, Role.FAR_LEGGINGS})
"""The limbs on the side turned away; dotted when there is no colour to dim them with."""


class Ink(NamedTuple):
    """How one run of text is coloured: its role, mixed with the accent by `glow` / GLOW_STEPS.

    `under` is the lower half of a half block, to be painted as the background; braille never has one.
    """

    role: Role
    glow: int = 0
    under: Ink | None = None
