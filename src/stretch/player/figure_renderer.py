"""Figures of a session drawn at a moment: which figure, how deep and which way round."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from stretch.core.timing.animation import FigureState
from stretch.core.vocabulary import Side
from stretch.figure.file_format import Figure, with_arrows_reversed
from stretch.figure.render import Glyphs, render_frame
from stretch.player.layout import StyledLine

if TYPE_CHECKING:
    from stretch.player.pixel_figures import PixelFigures


class FigureRenderer:
    """Renders *figures*, which are keyed by the id of a stretch or of a warm-up move, and others that it can *load*."""

    def __init__(
        self,
        figures: Mapping[str, Figure],
        *,
        load: Callable[[tuple[str]], Mapping[str, Figure]] = lambda names: {},
        glyphs: Glyphs = "braille",
        color: bool = True,
    ) -> None:
        self._figures: dict[str, Figure | None] = {**figures}
        self._load, self._glyphs, self._color = load, glyphs, color
        self.pixels: PixelFigures | None = None
        """Draws the large figures, as soon as it can."""

    def render(
        self, state: FigureState | None, columns: int, lines: int, *, pressing: bool = False, still: bool = False
    ) -> list[StyledLine]:
        """Return the figure in *lines* lines of *columns* cells; empty if there is no figure for *state*."""
        figure = self._figure(state.name) if state else None
        if figure is None or state is None:
            return []
        depth = state.inhale_depth if figure.deepens_on == "inhale" else state.depth
        if state.turned:
            figure = with_arrows_reversed(figure)
        left = (state.side == "left") != (figure.alternates_sides and state.cycle % 2 == 1)
        if self.pixels:
            name = f"{state.name}{' turned' * state.turned}"
            size, how = (columns, lines), {"left": left, "pressing": pressing, "still": still}
            if rows := self.pixels.rows(figure, name, depth, size, **how):
                return rows
        frame = render_frame(
            figure, columns, lines, depth, left=left, glyphs=self._glyphs, color=self._color, pressing=pressing
        )
        return list(frame)

    def prefetch(self, name: str, side: Side | None, columns: int, lines: int) -> None:
        """Make the figure *name* ready that comes next."""
        if self.pixels and (figure := self._figure(name)):
            self.pixels.prefetch(figure, name, columns, lines, left=side == "left")

    def render_still(self, name: str, side: Side | None, depth: float, columns: int, lines: int) -> list[StyledLine]:
        """Return the figure *name* at a depth from 0 (start, with the arrows of a contraction) to 1 (stretch)."""
        return self.render(FigureState(name, side, depth, depth), columns, lines, pressing=depth == 0, still=True)

    def _figure(self, name: str) -> Figure | None:
        if name not in self._figures:
            self._figures[name] = self._load((name,)).get(name)
        return self._figures[name]
