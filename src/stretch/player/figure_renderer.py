"""The figure of a moment as rows of a screen: which one, how deep, which way round."""

from __future__ import annotations

from collections.abc import Mapping

from stretch.core.timing.animation import FigureState
from stretch.figure.model import Figure
from stretch.figure.render import Glyphs, render_frame
from stretch.player.layout import StyledLine


class FigureRenderer:
    """Draws the figures of a session; *figures* by the id of a stretch or of a warm-up move."""

    def __init__(self, figures: Mapping[str, Figure], *, glyphs: Glyphs = "braille", colour: bool = True) -> None:
        self._figures, self._glyphs, self._colour = figures, glyphs, colour

    def rows(self, shown: FigureState | None, columns: int, lines: int, *, pressing: bool = False) -> list[StyledLine]:
        """Return the figure in *lines* rows of *columns* cells; empty where there is no figure for it."""
        figure = self._figures.get(shown.name) if shown else None
        if figure is None or shown is None:
            return []
        depth = shown.opening if figure.deepens_on == "inhale" else shown.depth
        mirror = figure.mirrored_for(shown.side) != (figure.alternates_sides and shown.turn % 2 == 1)
        drawn = render_frame(
            figure, columns, lines, depth, mirror=mirror, glyphs=self._glyphs, color=self._colour, pressing=pressing
        )
        return list(drawn)
