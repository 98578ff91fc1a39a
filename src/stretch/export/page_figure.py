"""Figures of a page as numbers: the circles of every part at some depths, between which the page interpolates."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import groupby, zip_longest
from typing import Any

from stretch.core.vocabulary import Side
from stretch.figure.colors import PALETTES
from stretch.figure.file_format import Figure, turned_to, with_arrows_reversed
from stretch.figure.parts import FigurePart, figure_parts
from stretch.figure.raster import bounding_box
from stretch.figure.skeleton import skeleton_at

DEPTHS = 9
"""Pictures of each figure, the first and the last keyframe included; between them joints move on straight lines."""
UNITS = 10
"""Units for one percent of body height; whole numbers are short to write."""
_MARGIN = 2
"""Body units around the picture."""


def figure_data(figure: Figure, sides: Collection[Side], *, turns: bool) -> dict[str, Any]:
    """Return *figure* for the page: its box, how it moves, and its parts with each of these *sides* at work.

    *turns* is whether the direction of its movement changes, so that its arrows are needed the other way round too.
    """
    x0, y0, x1, y1 = bounding_box(figure)
    box = (x0 - _MARGIN, -(y1 + _MARGIN), x1 - x0 + 2 * _MARGIN, y1 - y0 + 2 * _MARGIN)
    seen = {side: turned_to(figure, left=side == "left") for side in sorted(sides)}
    # A mirrored figure is the same one: its parts are written once.
    ways = list(dict.fromkeys(way for way, *_ in seen.values()))
    return {
        "box": [round(value * UNITS) for value in box],
        "floor": figure.has_floor,
        "into": figure.deepens_on,
        "alternates": figure.alternates_sides,
        "sides": {side: {"flip": flip, "parts": ways.index(way)} for side, (way, *flip) in seen.items()},
        "parts": [[*_parts(way, turns=turns)] for way in ways],
    }


def figure_style() -> str:
    """Return CSS for the color of each role, on a dark page and on a light one."""
    dark, light = (
        "".join(f".{role}{{fill:{color}}}" for role, color in PALETTES[name].items()) for name in ("dark", "light")
    )
    return f"{dark}@media(prefers-color-scheme:light){{{light}}}"


def _parts(figure: Figure, *, turns: bool) -> Iterator[dict[str, Any]]:
    """Yield the parts of *figure*; those with `when` only at that time: `press`, or `before` or `after` a turn."""
    ways = [figure, with_arrows_reversed(figure)] if turns else [figure]
    for way, when in zip(ways, ("before", "after"), strict=False):
        parts = _parts_at_depths(way)
        first_arrow = len(parts) - len(way.arrows)
        if way is figure:
            yield from map(_part, parts[:first_arrow])
        for arrow, frames in zip(way.arrows, parts[first_arrow:], strict=True):
            yield {**_part(frames), "when": "press" if arrow.press else when if turns else ""}


def _parts_at_depths(figure: Figure) -> list[tuple[FigurePart | None, ...]]:
    """Return each part at all depths; None where it is not seen, such as fingers behind each other."""
    frames = [figure_parts(figure, skeleton_at(figure, step / (DEPTHS - 1)), pressing=True) for step in range(DEPTHS)]
    runs = [[[*group] for _, group in groupby(parts, key=lambda part: part.name)] for parts in frames]
    return [part for groups in zip(*runs, strict=True) for part in zip_longest(*groups)]


def _part(frames: tuple[FigurePart | None, ...]) -> dict[str, Any]:
    part = next(filter(None, frames))
    hidden = part._replace(hulls=(), cutouts=(), muscles=(), overlays=tuple((role, ()) for role, _ in part.overlays))
    layers = [_layers(each or hidden) for each in frames]
    return {
        "role": part.role,
        "overlays": [role for role, _ in part.overlays],
        # Around its root a part joins the one before it.
        "gap": "" if not part.has_gap else "open" if part.root else "all",
        "dotted": part.dotted,
        # What stands still has one picture.
        "frames": layers[:1] if all(each == layers[0] for each in layers) else layers,
    }


def _layers(part: FigurePart) -> list[list[list[int]]]:
    """Return hulls, holes, muscles and overlays as the numbers of their circles."""
    layers = (part.hulls, part.cutouts, part.muscles, *(hulls for _, hulls in part.overlays))
    return [[[round(value * UNITS) for circle in hull for value in circle] for hull in hulls] for hulls in layers]
