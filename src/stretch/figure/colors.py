"""What a dot stands for: the role a colour is chosen by, and how brightly the muscle in it is lit."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

HIGHLIGHT_STEPS = 8
"""The muscle lights up in this many steps: more would only send more colour changes to the terminal."""


class ColorRole(StrEnum):
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


FAR = frozenset({ColorRole.FAR_SKIN, ColorRole.FAR_LEGGINGS})
"""The limbs on the side turned away; dotted when there is no colour to dim them with."""


class CellColor(NamedTuple):
    """How one run of text is coloured: its role, mixed with the accent by `highlight` / HIGHLIGHT_STEPS.

    `lower` is the lower half of a half block, to be painted as the background; braille never has one.
    """

    role: ColorRole
    highlight: int = 0
    lower: CellColor | None = None


DARK: Mapping[ColorRole, str] = {
    ColorRole.SKIN: "#f6d8b6",
    ColorRole.FAR_SKIN: "#8c7666",
    ColorRole.SHIRT: "#54a0ac",
    ColorRole.LEGGINGS: "#9ca6d4",
    ColorRole.FAR_LEGGINGS: "#535c80",
    ColorRole.HAIR: "#8a6252",
    ColorRole.ACCENT: "#ff6e2e",
    ColorRole.PROP: "#75695a",
    ColorRole.STRAP: "#78e278",
}
LIGHT: Mapping[ColorRole, str] = {
    ColorRole.SKIN: "#c98a54",
    ColorRole.FAR_SKIN: "#dcbc9e",
    ColorRole.SHIRT: "#2b8793",
    ColorRole.LEGGINGS: "#4c5a98",
    ColorRole.FAR_LEGGINGS: "#a9b1d0",
    ColorRole.HAIR: "#53352b",
    ColorRole.ACCENT: "#e8500a",
    ColorRole.PROP: "#a3968a",
    ColorRole.STRAP: "#1d8a3c",
}
PALETTES: Mapping[str, Mapping[ColorRole, str]] = {"dark": DARK, "light": LIGHT}


def hex_color(ink: CellColor, palette: Mapping[ColorRole, str]) -> str:
    """The hex colour of an ink: its role's colour, as far towards the accent as the muscle is lit."""
    plain, lit = palette[ink.role], palette[ColorRole.ACCENT]
    share = ink.highlight / HIGHLIGHT_STEPS
    return "#" + "".join(
        f"{round(int(plain[i : i + 2], 16) * (1 - share) + int(lit[i : i + 2], 16) * share):02x}" for i in (1, 3, 5)
    )
