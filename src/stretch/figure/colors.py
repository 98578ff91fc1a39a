"""Color roles of a figure and their colors on each background."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

HIGHLIGHT_STEPS = 8
"""A muscle lights up in this many steps; more would only send more color changes to the terminal."""


class ColorRole(StrEnum):
    """The kind of surface, by which its color is chosen."""

    SKIN = "skin"
    FAR_SKIN = "far_skin"
    SHIRT = "shirt"
    LEGGINGS = "leggings"
    FAR_LEGGINGS = "far_leggings"
    HAIR = "hair"
    ACCENT = "accent"
    PROP = "prop"
    STRAP = "strap"


class CellColor(NamedTuple):
    """The color of a character cell: a role, mixed with the accent color by `highlight` of HIGHLIGHT_STEPS.

    `lower` is the color of the lower half of a half block, to be used as the background.
    """

    role: ColorRole
    highlight: int = 0
    lower: CellColor | None = None


_NAMES = (
    *("dark", "light", "paper"),
    *("high-contrast dark", "high-contrast light", "color-blind dark", "color-blind light"),
)
_COLORS = {
    ColorRole.SKIN: "#f6d8b6 #c98a54 #e8c09a #ffe6c8 #74441c #b58a66 #d9a878",
    ColorRole.FAR_SKIN: "#8c7666 #dcbc9e #f3e3d3 #a58d7a #c09a76 #7a6452 #ead0b6",
    ColorRole.SHIRT: "#54a0ac #2b8793 #7fb3bb #6fd0de #005f6e #3f86bd #7fb8de",
    ColorRole.LEGGINGS: "#9ca6d4 #4c5a98 #a3abd6 #b9c4ff #2c3a7c #6f7cc0 #98a4dc",
    ColorRole.FAR_LEGGINGS: "#535c80 #a9b1d0 #d9dcee #6b76a8 #8b95c4 #4a5280 #cdd3ee",
    ColorRole.HAIR: "#8a6252 #53352b #5a4036 #b08068 #2c1810 #8a7468 #5a4a42",
    ColorRole.ACCENT: "#ff6e2e #e8500a #d23c00 #ff5a00 #f03c00 #ffe14d #8a2a00",
    ColorRole.PROP: "#75695a #a3968a #8a7f74 #b0a08c #6b6055 #75695a #a3968a",
    ColorRole.STRAP: "#78e278 #1d8a3c #14702c #7dff7d #005c1e #ffffff #1e1e1e",
}
"""Each role in each of the palettes. On paper all is pale, so that the muscle is darkest in gray; for the color-blind
the muscle is the lightest on a dark background and the darkest on a light one."""
PALETTES: Mapping[str, Mapping[ColorRole, str]] = {
    name: {role: colors.split()[column] for role, colors in _COLORS.items()} for column, name in enumerate(_NAMES)
}


def hex_color(color: CellColor, palette: Mapping[ColorRole, str]) -> str:
    """Return the color as `#rrggbb`, without its lower half."""
    base, accent = palette[color.role], palette[ColorRole.ACCENT]
    t = color.highlight / HIGHLIGHT_STEPS
    channels = (round(int(base[i : i + 2], 16) * (1 - t) + int(accent[i : i + 2], 16) * t) for i in (1, 3, 5))
    return "#" + "".join(f"{channel:02x}" for channel in channels)
