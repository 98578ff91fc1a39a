"""Terminal colors: the escape codes of each text role and figure color, for any background and color depth."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, get_args

from stretch.core.vocabulary import Palette
from stretch.figure.colors import HIGHLIGHT_STEPS, PALETTES, CellColor, hex_color
from stretch.player.terminal_answers import TerminalAnswers, is_multiplexer

if TYPE_CHECKING:
    from stretch.figure.render import Glyphs

Depth = Literal["none", "16", "256", "true"]
Background = Literal["dark", "light", "unknown"]


class TextRole(StrEnum):
    """Meaning of a piece of text. Color only repeats what the text says anyway."""

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


TEXT_COLORS: Mapping[TextRole, tuple[str, ...]] = {
    TextRole.PLAIN: ("#d8d4cc", "#33343a", "", "#ffffff", "#000000", "#d8d4cc", "#33343a"),
    TextRole.DIM: ("#8b8f9a", "#6a6d76", "#868a95", "#c9ccd4", "#3c3f46", "#8b8f9a", "#6a6d76"),
    TextRole.NAME: ("#ffffff", "#000000", "", "#ffffff", "#000000", "#ffffff", "#000000"),
    TextRole.SIDE: ("#78e278", "#177a34", "#2f9e4f", "#86ff86", "#00501a", "#ffe14d", "#8a2a00"),
    TextRole.TIME: ("#f6d8b6", "#1e1e1e", "", "#fff3d6", "#000000", "#f6f0e4", "#1e1e1e"),
    TextRole.BREATH_IN: ("#6cc7d6", "#0d7282", "#2496a8", "#7fe9fa", "#004a57", "#7cc4f4", "#0b66a8"),
    TextRole.BREATH_OUT: ("#9ca6d4", "#4c5a98", "#7480c2", "#c6ceff", "#26306e", "#b3b8e6", "#474f8c"),
    TextRole.DONE: ("#ff6e2e", "#d2480a", "#e85d22", "#ff9a66", "#8a2c00", "#ffb000", "#8a2a00"),
    TextRole.LEFT: ("#646772", "#909298", "#7d808a", "#9da0aa", "#595c64", "#646772", "#909298"),
    TextRole.KEY: ("#ffffff", "#000000", "", "#ffffff", "#000000", "#ffffff", "#000000"),
    TextRole.ALERT: ("#ffb454", "#a85300", "#c4780c", "#ffd27a", "#6b3300", "#ffd27a", "#7a4400"),
}
"""Colors on a dark, a light and an unknown background, and on a dark and a light one in high contrast and for the
color-blind. On an unknown one they are the terminal's own or readable on both."""
BOLD = frozenset({TextRole.NAME, TextRole.SIDE, TextRole.TIME, TextRole.KEY, TextRole.ALERT})


class Theme:
    """Escape codes of the styles for one terminal; none where it has no color."""

    def __init__(
        self,
        depth: Depth = "none",
        *,
        background: Background = "unknown",
        unicode: bool = True,
        glyphs: Glyphs = "braille",
        palette: Palette = "standard",
        fixed: bool = True,
    ) -> None:
        self.depth, self.unicode, self.glyphs, self._dots = depth, unicode, glyphs, glyphs
        self._palette, self._fixed = palette, fixed
        self._set_background(background)

    def glyphs_for(self, figure: str) -> Glyphs | None:
        """Return how to draw figures in the way *figure*, which is the option or the setting; None if not at all."""
        ways: dict[str, Glyphs | None] = {"none": None, "octants": "octants", "blocks": "blocks", "braille": self._dots}
        return ways.get(figure, self.glyphs)

    def adapt(self, answers: TerminalAnswers) -> bool:
        """Take the background from the *answers* of the terminal, unless it is set; return whether it has changed."""
        if answers.draws_octants and self.glyphs == "braille":
            self.glyphs = "octants"
        if self._fixed or answers.background in ("", self.background):
            return False
        self._set_background(answers.background or "unknown")
        return True

    def _set_background(self, background: Background) -> None:
        self.background = background
        self._codes: dict[Hashable, str] = {}
        for role in TextRole:
            color = _color_code(text_color(role, self._palette, background), self.depth)
            self._codes[role] = ";".join(filter(None, ("1" if role in BOLD else "", color)))

    @property
    def has_color(self) -> bool:
        """True if the terminal shows any color."""
        return self.depth != "none"

    @property
    def palette(self) -> str:
        """The name of the palette of figures."""
        name = "light" if self.background == "light" else "dark"
        return name if self._palette == "standard" else f"{self._palette} {name}"

    def code(self, style: Hashable) -> str:
        """Return the codes between `ESC[` and `m` for *style*; empty for an unknown one."""
        code = self._codes.get(style)
        if code is None:
            code = self._codes[style] = (
                self._figure_code(style) if isinstance(style, CellColor) else getattr(style, "code", "")
            )
        return code

    def _figure_code(self, color: CellColor) -> str:
        background = color.lower and _color_code(self._shade(color.lower), self.depth, foreground=False)
        return ";".join(filter(None, (_color_code(self._shade(color), self.depth), background)))

    def _shade(self, color: CellColor) -> str:
        # Sixteen colors have no shades between the shirt and the highlighted muscle: highlight it fully or not at all.
        if self.depth == "16":
            color = color._replace(highlight=HIGHLIGHT_STEPS if 2 * color.highlight >= HIGHLIGHT_STEPS else 0)
        return hex_color(color, PALETTES[self.palette])


def text_color(role: TextRole, palette: Palette, background: Background) -> str:
    """Return the color of a text in a *palette*; empty for the terminal's own."""
    if background == "unknown":
        return "" if palette == "high-contrast" else TEXT_COLORS[role][2]
    return TEXT_COLORS[role][(0, 3, 5)[get_args(Palette).index(palette)] + (background == "light")]


def theme_for(
    environ: Mapping[str, str], encoding: str | None, background: str = "auto", palette: Palette = "standard"
) -> Theme:
    """Return the theme for the terminal in *environ* and an output *encoding*; the others are settings."""
    return Theme(
        color_depth(environ),
        background=detect_background(environ, background),
        unicode=_shows_unicode(environ, encoding),
        # The fonts of the Linux console have no braille.
        glyphs="blocks" if environ.get("TERM") == "linux" else "braille",
        palette=palette,
        fixed=background != "auto",
    )


def color_depth(environ: Mapping[str, str]) -> Depth:
    """Return how many colors the terminal has; none if NO_COLOR is set."""
    if environ.get("NO_COLOR"):
        return "none"
    term = environ.get("TERM", "")
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        # Screen and tmux hand on the COLORTERM of the terminal that they were started in.
        return "256" if is_multiplexer(environ) else "true"
    return "256" if "256" in term or "kitty" in term else "16"


_ANNOUNCED: dict[str, Background] = {**dict.fromkeys("01234568", "dark"), "7": "light", "15": "light"}
"""Backgrounds by their color numbers; the bright colors between are neither dark nor light."""


def detect_background(environ: Mapping[str, str], background: str = "auto") -> Background:
    """Return the *background* that is set, or for `auto` the one that some terminals announce in COLORFGBG."""
    if background == "auto":
        return _ANNOUNCED.get(environ.get("COLORFGBG", "").rpartition(";")[2], "unknown")
    return "light" if background == "light" else "dark"


def _shows_unicode(environ: Mapping[str, str], encoding: str | None) -> bool:
    # Python writes UTF-8 even in the C locale, and the stream may have been given another encoding.
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG")
    return all("utf" in name.lower() for name in (locale, encoding) if name)


def _color_code(color: str, depth: Depth, *, foreground: bool = True) -> str:
    if depth == "none" or not color:
        return ""
    from rich.color import Color, ColorSystem

    system = {"16": ColorSystem.STANDARD, "256": ColorSystem.EIGHT_BIT, "true": ColorSystem.TRUECOLOR}[depth]
    return ";".join(Color.parse(color).downgrade(system).get_ansi_codes(foreground=foreground))
