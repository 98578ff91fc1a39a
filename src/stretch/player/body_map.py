"""Body map: areas and groups are chosen on a standing figure, seen from the front and from behind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from stretch.core.model import Catalog, expand_areas
from stretch.figure.colors import HIGHLIGHT_STEPS, CellColor
from stretch.figure.file_format import Figure, Keyframe, View
from stretch.figure.render import Glyphs, render_frame
from stretch.player.layout import StyledLine, ellipsize, fit_width, pad_to_height, rows_around
from stretch.player.theme import TextRole

MUSCLES: Mapping[str, tuple[str, str]] = {
    "neck": ("neck", "neck"),
    "shoulders": ("shoulder", "shoulder"),
    "chest": ("chest", ""),
    "upper-back": ("", "upper_back"),
    "wrists": ("forearm", "forearm"),
    "hands": ("hand", "hand"),
    "core": ("abs side", "side"),
    "lower-back": ("", "low_back"),
    "hips": ("outer_hip", "outer_hip"),
    "hip-flexors": ("hip_flexor", ""),
    "glutes": ("", "glute"),
    "piriformis": ("", "piriformis"),
    "inner-thighs": ("adductor", ""),
    "quads": ("quad", ""),
    "hamstrings": ("", "hamstring"),
    "calves": ("", "calf"),
    "ankles": ("foot", "foot"),
    "feet": ("foot", "foot"),
}
"""The muscles of each area seen from the front and from behind, from head to foot, the order of the list."""

STANDING = Figure(
    id="standing",
    view=View.FRONT,
    keyframes=(
        Keyframe(
            anchor="hip", at=(0, 51), spine=(90,), head=90,
            near_leg=(275, 270, (285, 0.5)), far_leg=(265, 270, (255, 0.5)),
            near_arm=(292, 280), far_arm=(248, 260),
        ),
    ),
    crop=(-26, 0, 26, 102),
)  # fmt: skip
FIGURE_COLUMNS, FIGURE_LINES = 20, 19
"""Size of each of the two figures; larger ones keep the same shape."""
GAP = 2
CHOSEN: Mapping[Glyphs, str] = {"braille": "█", "blocks": "░"}
"""The character of chosen areas where there is no color."""
LIT = HIGHLIGHT_STEPS // 2
"""The least highlight of a cell that belongs to an area."""


class Entry(NamedTuple):
    """An area or a group, and the areas that it stands for."""

    id: str
    name: str
    areas: frozenset[str]


class BodyMap(Struct, frozen=True):
    """Areas from head to foot, then groups, and the areas that are chosen."""

    entries: tuple[Entry, ...]
    chosen: frozenset[str] = frozenset()
    marked: int = 0

    def opened(self, names: tuple[str, ...]) -> BodyMap:
        """Return the map with the areas and groups of these *names* chosen, and the first of them marked."""
        found = [entry for entry in self.entries if entry.id in names]
        chosen = frozenset[str]().union(*(entry.areas for entry in found))
        return replace(self, chosen=chosen, marked=self.entries.index(found[0]) if found else 0)

    def in_order(self) -> tuple[str, ...]:
        """Return the chosen groups and areas, each area in one of them only."""
        names, left = [], self.chosen
        for entry in sorted(self.entries, key=lambda entry: -len(entry.areas)):
            if entry.areas <= left:
                names.append(entry.id)
                left -= entry.areas
        return tuple(names)


def body_map(catalog: Catalog) -> BodyMap:
    """Return the map of the areas and groups in *catalog*; areas without muscles in the picture come last."""
    order = {area: at for at, area in enumerate(MUSCLES)}
    areas = sorted(catalog.areas.values(), key=lambda area: order.get(area.id, len(order)))
    names = {area.id: area.name for area in areas} | {group.id: group.name for group in catalog.groups.values()}
    entries = (Entry(each, name, frozenset(expand_areas(catalog, (each,)))) for each, name in names.items())
    return BodyMap(tuple(entries))


def update(body: BodyMap, key: str) -> BodyMap:
    """Return *body* after *key*: arrows move the mark, space chooses; the same one for any other key."""
    match key:
        case "up" | "left":
            return replace(body, marked=max(body.marked - 1, 0))
        case "down" | "right":
            return replace(body, marked=min(body.marked + 1, len(body.entries) - 1))
        case "space":
            areas = body.entries[body.marked].areas
            return replace(body, chosen=body.chosen - areas if areas <= body.chosen else body.chosen | areas)
    return body


def map_rows(
    body: BodyMap, columns: int, lines: int, *, glyphs: Glyphs | None = "braille", color: bool = True
) -> list[StyledLine]:
    """Return *lines* rows: both figures, if there are *glyphs* and room for them, and names around the marked one."""
    names_cells = max(len(entry.name) for entry in body.entries) + 6
    rows = _names(body, min(columns, names_cells), lines)
    width = min((columns - names_cells) // 2 - GAP, FIGURE_COLUMNS * lines // FIGURE_LINES)
    if glyphs is None or width < FIGURE_COLUMNS * 3 // 4 or lines < FIGURE_LINES * 3 // 4:
        return rows
    marked = body.entries[body.marked].areas
    front, back = (_figure(body.chosen, marked, behind, width, lines, glyphs, color) for behind in (False, True))
    space = (" " * GAP, TextRole.PLAIN)
    return [(*left, space, *right, space, *row) for left, right, row in zip(front, back, rows, strict=True)]


@lru_cache(maxsize=4)
def _figure(
    chosen: frozenset[str], marked: frozenset[str], behind: bool, columns: int, lines: int, glyphs: Glyphs, color: bool
) -> list[StyledLine]:
    """Return a figure with the *chosen* areas lit and the *marked* ones between brackets."""
    frames = (render_frame(_standing(areas, behind), columns, lines, 1.0, glyphs=glyphs) for areas in (chosen, marked))
    rows = []
    for row, marks in zip(*frames, strict=True):
        cells = [(text, style) for part, style in row for text in part]
        if not color:
            cells = [(CHOSEN[glyphs] if _is_lit(style) else text, None) for text, style in cells]
        # Narrow gaps between two parts of an area have no room for brackets.
        lit = "".join(("x" if _is_lit(style) else " ") * len(text) for text, style in marks)
        for part in re.finditer("x(x| {1,2}x)*", lit):
            cells[max(part.start() - 1, 0)] = ("[", TextRole.KEY)
            cells[min(part.end(), columns - 1)] = ("]", TextRole.KEY)
        # Cells of one style together.
        grouped = groupby(cells, key=itemgetter(1))
        rows.append(tuple(("".join(text for text, _ in group), style) for style, group in grouped))
    return rows


def _is_lit(style: CellColor | None) -> bool:
    return style is not None and style.highlight >= LIT


def _standing(areas: frozenset[str], behind: bool) -> Figure:
    names = [name for area in MUSCLES if area in areas for name in MUSCLES[area][behind].split()]
    both_sides = tuple(f"{name}{side}" for name in names for side in ("", ".far"))
    return replace(STANDING, from_behind=behind, muscles=both_sides)


def _names(body: BodyMap, cells: int, lines: int) -> list[StyledLine]:
    """Return the names that fit around the marked one; a box before each says whether it is chosen."""
    rows: list[StyledLine] = []
    for at in rows_around(body.marked, len(body.entries), lines):
        entry, marked = body.entries[at], at == body.marked
        chosen = entry.areas <= body.chosen
        role = TextRole.DONE if chosen else TextRole.NAME if marked else TextRole.PLAIN
        box = f"{'>' if marked else ' '}[{'x' if chosen else ' '}] "
        name = ellipsize(entry.name, cells - 5)
        rows.append(fit_width(((box, TextRole.KEY if marked else TextRole.DIM), (name, role)), cells))
    return pad_to_height(rows, lines)
