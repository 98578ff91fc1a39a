"""A figure at a size and a depth -> a frame of characters, ready to be coloured and written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from typing import Literal

from stretch.figure.canvas import draw, textured
from stretch.figure.glyphs import Cell, blocks, braille
from stretch.figure.ink import GLOW_STEPS, Ink
from stretch.figure.pose import Figure

Glyphs = Literal["braille", "blocks"]
Run = tuple[str, Ink | None]
Frame = tuple[tuple[Run, ...], ...]
"""Rows of runs; the texts of a row have `columns` characters together. No ink: nothing there, or no colour wanted."""

DEPTH_STEPS = 32
"""Depths are rounded to this many steps, finer than the eye sees in dots, so that a breath fits the cache."""


def frame(
    figure: Figure,
    columns: int,
    rows: int,
    depth: float,
    *,
    mirror: bool = False,
    glyphs: Glyphs = "braille",
    colour: bool = True,
    pressing: bool = False,
) -> Frame:
    """The figure in a grid of cells; `pressing` also shows the arrows of a contraction."""
    step = round(min(max(depth, 0.0), 1.0) * DEPTH_STEPS)
    return _frame(figure, columns, rows, step, mirror, glyphs, colour, pressing)


@lru_cache(maxsize=160)
def _frame(
    figure: Figure, columns: int, rows: int, step: int, mirror: bool, glyphs: Glyphs, colour: bool, pressing: bool
) -> Frame:
    depth = step / DEPTH_STEPS
    canvas = draw(figure, 2 * columns, 4 * rows, depth, mirror=mirror, pressing=pressing)
    if not colour:
        canvas = textured(canvas, 1 if glyphs == "braille" else 2, lit=2 * step >= DEPTH_STEPS)
    cells = (braille if glyphs == "braille" else blocks)(canvas, round(depth * GLOW_STEPS))
    return tuple(tuple(_runs(row if colour else _plain(row))) for row in cells)


def _runs(row: Iterable[Cell]) -> Iterator[Run]:
    for ink, cells in groupby(row, key=lambda cell: cell[1]):
        yield "".join(character for character, _ in cells), ink


def _plain(row: Iterable[Cell]) -> Iterator[Cell]:
    return ((character, None) for character, _ in row)


def text(drawn: Frame) -> str:
    """A frame as lines of text, without its colours."""
    return "\n".join("".join(run for run, _ in row).rstrip() for row in drawn)
