"""Colours by meaning: which ink is what on a dark or light background, in as many colours as the terminal has."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from msgspec import Struct

Depth = Literal["none", "16", "256", "true"]


class Ink(StrEnum):
    """What a piece of text is; never the only carrier of what it says."""

    PLAIN = "plain"
    DIM = "dim"
    NAME = "name"
    SIDE = "side"
    TIME = "time"
    BREATH_IN = "breath-in"
    BREATH_OUT = "breath-out"
    DONE = "done"
    LEFT = "left"
    KEY = "key"
    ALERT = "alert"


_DARK: Mapping[Ink, tuple[str, str]] = {
    Ink.PLAIN: ("#d8d4cc", ""),
    Ink.DIM: ("#8b8f9a", ""),
    Ink.NAME: ("#ffffff", "1"),
    Ink.SIDE: ("#78e278", "1"),
    Ink.TIME: ("#f6d8b6", "1"),
    Ink.BREATH_IN: ("#6cc7d6", ""),
    Ink.BREATH_OUT: ("#9ca6d4", ""),
    Ink.DONE: ("#ff6e2e", ""),
    Ink.LEFT: ("#4a4d57", ""),
    Ink.KEY: ("#ffffff", "1"),
    Ink.ALERT: ("#ffb454", "1"),
}
_LIGHT: Mapping[Ink, tuple[str, str]] = {
    Ink.PLAIN: ("#33343a", ""),
    Ink.DIM: ("#6a6d76", ""),
    Ink.NAME: ("#000000", "1"),
    Ink.SIDE: ("#177a34", "1"),
    Ink.TIME: ("#1e1e1e", "1"),
    Ink.BREATH_IN: ("#0d7282", ""),
    Ink.BREATH_OUT: ("#4c5a98", ""),
    Ink.DONE: ("#d2480a", ""),
    Ink.LEFT: ("#c3c4ca", ""),
    Ink.KEY: ("#000000", "1"),
    Ink.ALERT: ("#a85300", "1"),
}


class Style(Struct, frozen=True):
    """The escape codes of the inks for one terminal; empty codes where it has no colour."""

    codes: dict[str, str]
    unicode: bool = True
    """Whether the terminal shows more than ASCII."""

    def code(self, ink: str) -> str:
        """Return the codes that come after `ESC[` and before `m` for *ink*."""
        return self.codes.get(ink, "")


def style_for(environ: Mapping[str, str], encoding: str | None) -> Style:
    """Return the style for the terminal that *environ* describes, writing in *encoding*."""
    depth = depth_of(environ)
    inks = _LIGHT if is_light(environ) else _DARK
    codes = {}
    for ink, (colour, extra) in inks.items():
        codes[str(ink)] = ";".join(filter(None, (extra, _colour(colour, depth))))
    return Style(codes, unicode=_shows_unicode(environ, encoding))


def depth_of(environ: Mapping[str, str]) -> Depth:
    """Return how many colours the terminal has; none where NO_COLOR is set to anything."""
    if environ.get("NO_COLOR"):
        return "none"
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "true"
    term = environ.get("TERM", "")
    return "256" if "256" in term or "kitty" in term else "16"


def is_light(environ: Mapping[str, str]) -> bool:
    """Whether the background is light: by STRETCH_BACKGROUND, else by what some terminals say in COLORFGBG."""
    if wanted := environ.get("STRETCH_BACKGROUND"):
        return wanted == "light"
    return environ.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15")


def _shows_unicode(environ: Mapping[str, str], encoding: str | None) -> bool:
    # Python writes UTF-8 even in the C locale, so the locale is asked before the stream.
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG")
    return "utf" in (locale or encoding or "").lower()


def _colour(colour: str, depth: Depth) -> str:
    if depth == "none":
        return ""
    from rich.color import Color, ColorSystem

    system = {"16": ColorSystem.STANDARD, "256": ColorSystem.EIGHT_BIT, "true": ColorSystem.TRUECOLOR}[depth]
    return ";".join(Color.parse(colour).downgrade(system).get_ansi_codes())
