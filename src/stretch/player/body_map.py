"""Body map: areas are chosen on a standing figure, seen from the front and from behind, with their names beside it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from msgspec import Struct
from msgspec.structs import replace

from stretch.core.model import Catalog, expand_areas
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
BLINK_NS = 600_000_000
"""The marked area is lit for this long and dark for as long."""


class BodyMap(Struct, frozen=True):
    """Areas with their names, from head to foot, and those that are chosen."""

    areas: tuple[tuple[str, str], ...]
    groups: Mapping[str, tuple[str, ...]] = {}
    """The areas of each group."""
    chosen: frozenset[str] = frozenset()
    marked: int = 0

    def opened(self, names: tuple[str, ...]) -> BodyMap:
        """Return the map with the areas of *names*, which may be groups, chosen, and the first of them marked."""
        chosen = frozenset(area for name in names for area in self.groups.get(name, (name,)))
        marked = next((at for at, (area, _) in enumerate(self.areas) if area in chosen), 0)
        return replace(self, chosen=chosen, marked=marked)

    def in_order(self) -> tuple[str, ...]:
        """Return the chosen areas."""
        return tuple(area for area, _ in self.areas if area in self.chosen)


def body_map(catalog: Catalog) -> BodyMap:
    """Return the map of the areas in *catalog*; those without muscles in the picture come last."""
    order = {area: at for at, area in enumerate(MUSCLES)}
    areas = sorted(catalog.areas.values(), key=lambda area: order.get(area.id, len(order)))
    groups = {name: expand_areas(catalog, (name,)) for name in catalog.groups}
    return BodyMap(tuple((area.id, area.name) for area in areas), groups)


def update(body: BodyMap, key: str) -> BodyMap:
    """Return *body* after *key*: arrows move the mark, space chooses; the same one for any other key."""
    match key:
        case "up" | "left":
            return replace(body, marked=max(body.marked - 1, 0))
        case "down" | "right":
            return replace(body, marked=min(body.marked + 1, len(body.areas) - 1))
        case "space":
            return replace(body, chosen=body.chosen ^ {body.areas[body.marked][0]})
    return body


def map_rows(
    body: BodyMap,
    columns: int,
    lines: int,
    *,
    elapsed_ns: int = 0,
    glyphs: Glyphs | None = "braille",
    color: bool = True,
) -> list[StyledLine]:
    """Return *lines* rows: both figures, if there are *glyphs* and room for them, and names around the marked one."""
    names_cells = max(len(name) for _, name in body.areas) + 6
    rows = _names(body, min(columns, names_cells), lines)
    width = min((columns - names_cells) // 2 - GAP, FIGURE_COLUMNS * lines // FIGURE_LINES)
    if glyphs is None or width < FIGURE_COLUMNS * 3 // 4 or lines < FIGURE_LINES * 3 // 4:
        return rows
    lit = body.chosen ^ ({body.areas[body.marked][0]} if elapsed_ns // BLINK_NS % 2 else set())
    figures = [
        render_frame(_figure(lit, behind), width, lines, 1.0, glyphs=glyphs, color=color) for behind in (False, True)
    ]
    space = (" " * GAP, TextRole.PLAIN)
    return [(*front, space, *back, space, *row) for front, back, row in zip(*figures, rows, strict=True)]


@cache
def _figure(lit: frozenset[str], behind: bool) -> Figure:
    names = [name for area in MUSCLES if area in lit for name in MUSCLES[area][behind].split()]
    both_sides = tuple(f"{name}{side}" for name in names for side in ("", ".far"))
    return replace(STANDING, from_behind=behind, muscles=both_sides)


def _names(body: BodyMap, cells: int, lines: int) -> list[StyledLine]:
    """Return the names that fit around the marked one; a box before each says whether it is chosen."""
    rows: list[StyledLine] = []
    for at in rows_around(body.marked, len(body.areas), lines):
        area, name = body.areas[at]
        chosen, marked = area in body.chosen, at == body.marked
        role = TextRole.DONE if chosen else TextRole.NAME if marked else TextRole.PLAIN
        box = f"{'>' if marked else ' '}[{'x' if chosen else ' '}] "
        rows.append(
            fit_width(((box, TextRole.KEY if marked else TextRole.DIM), (ellipsize(name, cells - 5), role)), cells)
        )
    return pad_to_height(rows, lines)
