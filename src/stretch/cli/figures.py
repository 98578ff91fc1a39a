"""Figures printed outside a session: one stretch at its start and in it, a contact sheet of many, an SVG file."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from stretch.cli.app import App
from stretch.core.errors import UsageError
from stretch.core.model import Stretch
from stretch.core.vocabulary import Side

if TYPE_CHECKING:
    from stretch.player.figure_renderer import FigureRenderer
    from stretch.player.layout import StyledLine

LARGE, SMALL, THUMB = (48, 16), (36, 12), (24, 8)
"""Cells and rows of a figure: two side by side at a wide terminal, at a narrow one, and on a contact sheet."""
GAP = 2
PIPE_COLUMNS = 100


def draw(app: App, stretch: Stretch, side: Side | None, glyphs: str) -> None:
    """Print *stretch* at its start and in it, side by side where there is room, else only in it."""
    from stretch.player.layout import side_by_side

    pictures = _pictures(app, [stretch], glyphs)
    columns = app.out.columns or PIPE_COLUMNS
    for size in (LARGE, SMALL):
        if columns >= 2 * size[0] + GAP:
            both = [_still(pictures, stretch, side, depth, size) for depth in (0.0, 1.0)]
            app.out.styled_lines(side_by_side(both, size[0], GAP), app.theme)
            return
    if columns >= SMALL[0]:
        app.out.styled_lines(_still(pictures, stretch, side, 1.0, SMALL), app.theme)


def contact_sheet(app: App, stretches: Sequence[Stretch], glyphs: str) -> None:
    """Print small figures of *stretches* with their ids below, as many in a row as fit."""
    from stretch.player.layout import side_by_side

    pictures = _pictures(app, stretches, glyphs)
    across = max((app.out.columns or PIPE_COLUMNS) // (THUMB[0] + GAP), 1)
    rest = iter(stretches)
    while line := list(islice(rest, across)):
        blocks = []
        for stretch in line:
            name: StyledLine = ((stretch.id[: THUMB[0]], "name"),)
            blocks.append([*_still(pictures, stretch, None, 1.0, THUMB), name])
        app.out.styled_lines([*side_by_side(blocks, THUMB[0], GAP), ()], app.theme)


def write_svg(app: App, stretch: Stretch, side: Side | None, path: str) -> None:
    """Write the figure as SVG to *path*, `-` being standard output.

    Raises UsageError when there is no figure.
    """
    from stretch.figure.svg import render_svg

    figure = app.figures([stretch.id]).get(stretch.id)
    if figure is None:
        raise UsageError(f"There is no figure of {stretch.id}.")
    title = f"{stretch.name}, {side} side" if side else stretch.name
    told = f"Left, the start; right, {stretch.steps[-1]}"
    drawn = render_svg(figure, mirror=figure.mirrored_for(side), title=title, description=told)
    if path == "-":
        app.stdout.write(drawn + "\n")
    else:
        Path(path).write_text(drawn + "\n", encoding="utf-8")


def _pictures(app: App, stretches: Sequence[Stretch], glyphs: str) -> FigureRenderer:
    from stretch.player.figure_renderer import FigureRenderer

    figures = app.figures(stretch.id for stretch in stretches)
    return FigureRenderer(figures, glyphs="blocks" if glyphs == "blocks" else "braille", color=app.theme.has_color)


def _still(
    pictures: FigureRenderer, stretch: Stretch, side: Side | None, depth: float, size: tuple[int, int]
) -> list[StyledLine]:
    from stretch.core.timing.animation import FigureState

    return pictures.render(FigureState(stretch.id, side, depth, depth), *size, pressing=depth == 0)
