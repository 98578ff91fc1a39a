"""The colours of the roles, for a dark and a light background."""

from __future__ import annotations

from collections.abc import Mapping

from stretch.figure.ink import GLOW_STEPS, Ink, Role

DARK: Mapping[Role, str] = {
    Role.SKIN: "#f6d8b6",
    Role.FAR_SKIN: "#8c7666",
    Role.SHIRT: "#54a0ac",
    Role.LEGGINGS: "#9ca6d4",
    Role.FAR_LEGGINGS: "#535c80",
    Role.HAIR: "#8a6252",
    Role.ACCENT: "#ff6e2e",
    Role.PROP: "#75695a",
    Role.STRAP: "#78e278",
}
LIGHT: Mapping[Role, str] = {
    Role.SKIN: "#c98a54",
    Role.FAR_SKIN: "#dcbc9e",
    Role.SHIRT: "#2b8793",
    Role.LEGGINGS: "#4c5a98",
    Role.FAR_LEGGINGS: "#a9b1d0",
    Role.HAIR: "#53352b",
    Role.ACCENT: "#e8500a",
    Role.PROP: "#a3968a",
    Role.STRAP: "#1d8a3c",
}
PALETTES: Mapping[str, Mapping[Role, str]] = {"dark": DARK, "light": LIGHT}


def shade(ink: Ink, palette: Mapping[Role, str]) -> str:
    """The hex colour of an ink: its role's colour, as far towards the accent as the muscle is lit."""
    plain, lit = palette[ink.role], palette[Role.ACCENT]
    share = ink.glow / GLOW_STEPS
    return "#" + "".join(
        f"{round(int(plain[i : i + 2], 16) * (1 - share) + int(lit[i : i + 2], 16) * share):02x}" for i in (1, 3, 5)
    )
