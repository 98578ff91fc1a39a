"""SVG writer: start and stretch side by side, self-contained, with the muscle hatched for printers without color."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise, zip_longest
from math import pi, tau
from zlib import crc32

from stretch.figure.colors import PALETTES, ColorRole
from stretch.figure.file_format import Figure, turned_to
from stretch.figure.geometry import Circle, Corner, Hull, Point, outline, rim_point
from stretch.figure.parts import FigurePart, figure_parts
from stretch.figure.raster import bounding_box
from stretch.figure.skeleton import skeleton_at

UNITS = 4
"""SVG units for one percent of body height: finer than print shows, and short to write as whole numbers."""
_MARGIN, _GAP = 3, 8
"""Body units around each panel and between the two."""
_CLASS = {role: f"z{letter}" for role, letter in zip(ColorRole, "ABCDEFGHI", strict=True)}
"""Short class names; the z keeps them apart from the classes of a page that the picture is embedded in."""
_STROKED_ROLES = frozenset({ColorRole.PROP, ColorRole.STRAP})
_MIN_ARC = 4.0
"""SVG units; a shorter arc is drawn as a corner."""

_GridPoint = tuple[int, int]


def render_svg(
    figure: Figure,
    *,
    left: bool = False,
    title: str = "",
    description: str = "",
    palette: Mapping[ColorRole, str] = PALETTES["light"],
) -> str:
    """Return the figure as an SVG document, with its right or its *left* side at work.

    *title* and *description* are read out by screen readers.
    """
    figure, x_factor, y_factor = turned_to(figure, left=left)
    x0, y0, x1, y1 = bounding_box(figure)
    width, height = round((x1 - x0 + 2 * _MARGIN) * UNITS), round((y1 - y0 + 2 * _MARGIN) * UNITS)
    total_width = 2 * width + _GAP * UNITS
    prefix = f"z{crc32(figure.id.encode()):x}{'m' if left else ''}"
    scenes = [list(figure_parts(figure, skeleton_at(figure, depth), pressing=depth == 0)) for depth in (0.0, 1.0)]
    roles = {role for parts in scenes for part in parts for role in (part.role, *(role for role, _ in part.overlays))}
    markup = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total_width} {height}" role="img">',
        f"<title>{escape(title or figure.id)}</title>",
        f"<desc>{escape(description or 'Left, the start; right, the stretch.')}</desc>",
        _style(prefix, roles | ({ColorRole.PROP} if figure.has_floor else set()), palette),
    ]
    x, y = round((x0 - _MARGIN) * UNITS), round(-(y1 + _MARGIN) * UNITS)
    clip = ""
    if figure.crop:
        markup.append(f'<clipPath id="{prefix}f"><path d="M{x} {y}h{width}v{height}h-{width}z"/></clipPath>')
        clip = f' clip-path="url(#{prefix}f)"'
    for index, panel in enumerate(_panels(scenes, prefix)):
        # Each panel is mirrored on its own: the start stays on the left.
        dx = index * (width + _GAP * UNITS) + (x + width if x_factor < 0 else -x)
        dy = y + height if y_factor < 0 else -y
        scale = f"scale({x_factor} {y_factor})" if x_factor != y_factor else ""
        markup.append(f'<g transform="translate({dx} {dy}){scale}"{clip}>')
        if figure.has_floor:
            markup.append(f'<path class="zl {_CLASS[ColorRole.PROP]}l" stroke-width="4" d="M{x} 3h{width}"/>')
        markup += [*panel, "</g>"]
    return "".join(markup) + "</svg>"


def _panels(scenes: Sequence[Sequence[FigurePart]], prefix: str) -> tuple[list[str], list[str]]:
    """Return the markup of start and stretch; a part that does not move is drawn once and used twice."""
    start, stretch = [], []
    for index, (before, after) in enumerate(zip_longest(*scenes)):
        first = "".join(_part(before, f"{prefix}{index}", "")) if before else ""
        second = "".join(_part(after, f"{prefix}{index}", prefix)) if after else ""
        if first == second:
            first, second = f'<g id="{prefix}{index}g">{first}</g>', f'<use href="#{prefix}{index}g"/>'
        elif after:
            second = "".join(_part(after, f"{prefix}{index}b", prefix))
        start.append(first)
        stretch.append(second)
    return start, stretch


def _style(pattern_id: str, roles: set[ColorRole], palette: Mapping[ColorRole, str]) -> str:
    rules = "".join(
        f".{_CLASS[role]}{{fill:{color}}}" + (f".{_CLASS[role]}l{{stroke:{color}}}" if role in _STROKED_ROLES else "")
        for role, color in palette.items()
        if role in roles
    )
    return (
        f"<style>{rules}.zh{{fill:none;stroke:#fff;stroke-width:8;stroke-linejoin:round}}.ze{{fill:#222}}"
        ".zl{fill:none;stroke-linecap:round;stroke-linejoin:round}.zn{fill-opacity:.22}</style>"
        f'<pattern id="{pattern_id}" width="12" height="12" patternUnits="userSpaceOnUse">'
        f'<path fill="{palette[ColorRole.ACCENT]}" d="M0 0h12v12H0z"/>'
        '<path d="M-3 3 3-3M0 12 12 0M9 15 15 9" stroke="#000" stroke-opacity=".45" stroke-width="2"/></pattern>'
    )


def _part(part: FigurePart, element_id: str, pattern_id: str) -> Iterator[str]:
    """Yield the markup of a part; without a *pattern_id* its muscles are not lit."""
    if part.role in _STROKED_ROLES and not part.dotted:
        yield from _stroked_part(part)
        return
    css_class = _CLASS[part.role]
    muscles = part.muscles if pattern_id else ()
    # Overlays that are among the hulls themselves need no clipping.
    clipped = bool(muscles or any(hull not in part.hulls for _, hulls in part.overlays for hull in hulls))
    path = _hull_paths(part.hulls)
    if part.has_gap and part.root and len(part.hulls) == 1:
        yield f'<path class="zh" d="{_hull_path(part.hulls[0], closed=False)}"/>'
        label = f' id="{element_id}"' if clipped else ""
        yield f'<path{label} class="{css_class}" d="{path}"/>'
    elif part.has_gap:
        yield f'<g class="zh"><path id="{element_id}" d="{path}"/></g>'
        yield f'<use href="#{element_id}" class="{css_class}"/>'
    else:
        yield f'<path class="{css_class} zn" d="{path}"/>'
    if clipped:
        clip_id = f"{element_id}c"
        yield f'<clipPath id="{clip_id}"><use href="#{element_id}"/></clipPath><g clip-path="url(#{clip_id})">'
    for role, hulls in part.overlays:
        yield f'<path class="{_CLASS[role]}" d="{_hull_paths(hulls)}"/>'
    if muscles:
        yield f'<path fill="url(#{pattern_id})" d="{_hull_paths(muscles)}"/>'
    if clipped:
        yield "</g>"
    if part.cutouts:
        yield f'<path class="ze" d="{_hull_paths(part.cutouts)}"/>'


def _stroked_part(part: FigurePart) -> Iterator[str]:
    """Yield one stroked path for all lines of one thickness; a hull that is not a line is filled."""
    css_class = _CLASS[part.role]
    polylines: list[list[Circle]] = []
    for hull in part.hulls:
        if len(hull) != 2 or hull[0][2] != hull[1][2]:
            yield f'<path class="{css_class}" d="{_hull_path(hull)}"/>'
        elif polylines and polylines[-1][-1] == hull[0]:
            polylines[-1].append(hull[1])
        else:
            polylines.append(list(hull))
    for radius in dict.fromkeys(line[0][2] for line in polylines):
        paths = "".join(_polyline_path([(x, y) for x, y, _ in line]) for line in polylines if line[0][2] == radius)
        yield f'<path class="zl {css_class}l" stroke-width="{round(2 * radius * UNITS)}" d="{paths}"/>'


def _hull_paths(hulls: Iterable[Hull]) -> str:
    return "".join(_hull_path(hull) for hull in hulls)


def _hull_path(hull: Hull, *, closed: bool = True) -> str:
    """Return the exact outline of a hull; if not *closed*, without the arc around its first circle, a joint."""
    corners = outline(hull)
    if not corners:
        return _circle_path(max(hull, key=lambda circle: circle[2]))
    first = next((i for i, (circle, _, _) in enumerate(corners) if circle == hull[0]), None)
    if closed or first is None:
        return _outline_path(corners, closed=True)
    return _outline_path(corners[first:] + corners[:first], closed=False)


def _outline_path(corners: list[Corner], *, closed: bool) -> str:
    """Return the path from the end of the first circle around the others and, if closed, around the first."""
    position = _on_rim(corners[0][0], corners[0][2])
    commands = [f"M{_pair(position)}"]
    for circle, begins, ends in corners[1:] + (corners[:1] if closed else []):
        first, last = _on_rim(circle, begins), _on_rim(circle, ends)
        commands.append(f"l{_difference(position, first)}")
        sweep = (ends - begins) % tau
        if circle[2] * sweep * UNITS < _MIN_ARC:
            last = first
        else:
            # SVG scales up a radius too small for its chord to a half circle: that is what the end of a limb is.
            radius = 1 if 0.9 * pi < sweep < 1.1 * pi else round(circle[2] * UNITS)
            commands.append(f"a{radius} {radius} 0 {int(sweep > pi)} 0 {_difference(first, last)}")
        position = last
    root_start = _on_rim(corners[0][0], corners[0][1])
    return "".join(commands) + ("z" if closed else f"l{_difference(position, root_start)}")


def _polyline_path(points: Sequence[Point]) -> str:
    grid_points = [_on_grid(point) for point in points]
    return f"M{_pair(grid_points[0])}" + "".join(f"l{_difference(a, b)}" for a, b in pairwise(grid_points))


def _circle_path(circle: Circle) -> str:
    x, y, radius = circle
    r = round(radius * UNITS)
    return f"M{_pair(_on_grid((x - radius, y)))}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0-{2 * r} 0z"


def _on_rim(circle: Circle, angle: float) -> _GridPoint:
    return _on_grid(rim_point(circle, angle))


def _on_grid(point: Point) -> _GridPoint:
    return round(point[0] * UNITS), round(-point[1] * UNITS)


def _difference(a: _GridPoint, b: _GridPoint) -> str:
    return _pair((b[0] - a[0], b[1] - a[1]))


def _pair(point: _GridPoint) -> str:
    return f"{point[0]}{point[1]}" if point[1] < 0 else f"{point[0]} {point[1]}"
