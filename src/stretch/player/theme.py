"""Colours by meaning: which ink is what on a dark or light background, in as many colours as the terminal has."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from enum import StrEnum
from typing import Literal

from stretch.figure.colors import HIGHLIGHT_STEPS, PALETTES, CellColor, hex_color

Depth = Literal["none", "16", "256", "true"]
Background = Literal["dark", "light", "unknown"]


class TextRole(StrEnum):
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


_DARK: Mapping[TextRole, tuple[str, str]] = {
    TextRole.PLAIN: ("#d8d4cc", ""),
    TextRole.DIM: ("#8b8f9a", ""),
    TextRole.NAME: ("#ffffff", "1"),
    TextRole.SIDE: ("#78e278", "1"),
    TextRole.TIME: ("#f6d8b6", "1"),
    TextRole.BREATH_IN: ("#6cc7d6", ""),
    TextRole.BREATH_OUT: ("#9ca6d4", ""),
    TextRole.DONE: ("#ff6e2e", ""),
    TextRole.LEFT: ("#4a4d57", ""),
    TextRole.KEY: ("#ffffff", "1"),
    TextRole.ALERT: ("#ffb454", "1"),
}
_LIGHT: Mapping[TextRole, tuple[str, str]] = {
    TextRole.PLAIN: ("#33343a", ""),
    TextRole.DIM: ("#6a6d76", ""),
    TextRole.NAME: ("#000000", "1"),
    TextRole.SIDE: ("#177a34", "1"),
    TextRole.TIME: ("#1e1e1e", "1"),
    TextRole.BREATH_IN: ("#0d7282", ""),
    TextRole.BREATH_OUT: ("#4c5a98", ""),
    TextRole.DONE: ("#d2480a", ""),
    TextRole.LEFT: ("#c3c4ca", ""),
    TextRole.KEY: ("#000000", "1"),
    TextRole.ALERT: ("#a85300", "1"),
}


_UNKNOWN: Mapping[TextRole, tuple[str, str]] = {
    TextRole.PLAIN: ("", ""),
    TextRole.DIM: ("#868a95", ""),
    TextRole.NAME: ("", "1"),
    TextRole.SIDE: ("#2f9e4f", "1"),
    TextRole.TIME: ("", "1"),
    TextRole.BREATH_IN: ("#2496a8", ""),
    TextRole.BREATH_OUT: ("#7480c2", ""),
    TextRole.DONE: ("#e85d22", ""),
    TextRole.LEFT: ("#7d808a", ""),
    TextRole.KEY: ("", "1"),
    TextRole.ALERT: ("#c4780c", "1"),
}
"""Where nobody tells the background: the terminal's own colour for what matters most, and shades between the two."""
TEXT_COLORS: Mapping[Background, Mapping[TextRole, tuple[str, str]]] = {
    "dark": _DARK,
    "light": _LIGHT,
    "unknown": _UNKNOWN,
}


class Theme:
    """The escape codes of the inks for one terminal; no codes where it has no colour."""

    def __init__(self, depth: Depth = "none", *, background: Background = "unknown", unicode: bool = True) -> None:
        self.depth, self.background, self.unicode = depth, background, unicode
        self._codes: dict[Hashable, str] = {
            ink: ";".join(filter(None, (extra, _colour(colour, depth))))
            for ink, (colour, extra) in TEXT_COLORS[background].items()
        }

    @property
    def colour(self) -> bool:
        """Whether the terminal shows any colour."""
        return self.depth != "none"

    def code(self, ink: Hashable) -> str:
        """Return the codes that come after `ESC[` and before `m` for *ink*."""
        code = self._codes.get(ink)
        if code is None:
            code = self._codes[ink] = self._painted(ink) if isinstance(ink, CellColor) else ""
        return code

    def _painted(self, ink: CellColor) -> str:
        """Return the codes for what a figure is painted with; the lower half of a half block is the background."""
        codes = [_colour(self._shade(ink), self.depth)]
        if ink.lower is not None:
            codes.append(_colour(self._shade(ink.lower), self.depth, foreground=False))
        return ";".join(filter(None, codes))

    def _shade(self, ink: CellColor) -> str:
        # Sixteen colours have no shades between the shirt and the lit muscle: it is lit, or it is not.
        if self.depth == "16":
            ink = ink._replace(highlight=HIGHLIGHT_STEPS if 2 * ink.highlight >= HIGHLIGHT_STEPS else 0)
        return hex_color(ink, PALETTES["light" if self.background == "light" else "dark"])


def theme_for(environ: Mapping[str, str], encoding: str | None, background: str = "auto") -> Theme:
    """Return the style for the terminal that *environ* describes, writing in *encoding*; *background* as set."""
    return Theme(
        color_depth(environ),
        background=detect_background(environ, background),
        unicode=_shows_unicode(environ, encoding),
    )


def color_depth(environ: Mapping[str, str]) -> Depth:
    """Return how many colours the terminal has; none where NO_COLOR is set to anything."""
    if environ.get("NO_COLOR"):
        return "none"
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "true"
    term = environ.get("TERM", "")
    return "256" if "256" in term or "kitty" in term else "16"


def detect_background(environ: Mapping[str, str], background: str = "auto") -> Background:
    """Return the background: as it is set, else what some terminals say in COLORFGBG."""
    if background == "auto":
        said = environ.get("COLORFGBG", "").rpartition(";")[2]
        return "unknown" if not said else "light" if said in ("7", "15") else "dark"
    return "light" if background == "light" else "dark"


def _shows_unicode(environ: Mapping[str, str], encoding: str | None) -> bool:
    # Python writes UTF-8 even in the C locale, so the locale is asked before the stream.
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG")
    return "utf" in (locale or encoding or "").lower()


def _colour(colour: str, depth: Depth, *, foreground: bool = True) -> str:
    if depth == "none" or not colour:
        return ""
    from rich.color import Color, ColorSystem

    system = {"16": ColorSystem.STANDARD, "256": ColorSystem.EIGHT_BIT, "true": ColorSystem.TRUECOLOR}[depth]
    return ";".join(Color.parse(colour).downgrade(system).get_ansi_codes(foreground=foreground))
