"""A figure -> a self-contained SVG: start and stretch side by side, the muscle lit and hatched for grey printers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise, zip_longest
from math import acos, atan2, cos, dist, pi, sin
from zlib import crc32

from stretch.figure.body import Part, parts
from stretch.figure.colors import LIGHT, ColorRole
from stretch.figure.geometry import Circle, Hull, Point
from stretch.figure.model import Figure
from stretch.figure.raster import box
from stretch.figure.skeleton import skeleton_at

_MARGIN, _GAP = 3, 8
"""Body units round each panel and between the two."""
_CLASS = {role: f"z{letter}" for role, letter in zip(ColorRole, "ABCDEFGHI", strict=True)}
"""Short names for the roles; the z keeps them apart from the classes of a page the picture is put into."""
_LINES = frozenset({ColorRole.PROP, ColorRole.STRAP})
"""Roles drawn as strokes."""


def render_svg(
    figure: Figure,
    *,
    mirror: bool = False,
    title: str = "",
    description: str = "",
    palette: Mapping[ColorRole, str] = LIGHT,
    background: str = "#fff",
) -> str:
    """The figure as an SVG document; `title` and `description` are what a screen reader says."""
    left, bottom, right, top = box(figure)
    width, height = round((right - left + 2 * _MARGIN) * UNIT), round((top - bottom + 2 * _MARGIN) * UNIT)
    across = 2 * width + _GAP * UNIT
    name = f"z{crc32(figure.id.encode()):x}{'m' if mirror else ''}"
    scenes = [parts(figure, skeleton_at(figure, depth), pressing=depth == 0) for depth in (0.0, 1.0)]
    used = {role for scene in scenes for part in scene for role in (part.role, *(coat.role for coat in part.coats))}
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across} {height}" role="img">',
        f"<title>{escape(title or figure.id)}</title>",
        f"<desc>{escape(description or 'Left, the start; right, the stretch.')}</desc>",
        _style(name, used | ({ColorRole.PROP} if figure.has_floor else set()), palette, background),
    ]
    x, y = round((left - _MARGIN) * UNIT), round(-(top + _MARGIN) * UNIT)
    cut = ""
    if figure.frame:
        drawn.append(f'<clipPath id="{name}f"><path d="M{x} {y}h{width}v{height}h-{width}z"/></clipPath>')
        cut = f' clip-path="url(#{name}f)"'
    for index, pieces in enumerate(_panels(scenes, name)):
        # A mirrored panel turns about itself: the start stays on the left.
        place = index * (width + _GAP * UNIT) + (x + width if mirror else -x)
        drawn.append(f'<g transform="translate({place} {-y}){"scale(-1 1)" if mirror else ""}"{cut}>')
        if figure.has_floor:
            drawn.append(f'<path class="zl {_CLASS[ColorRole.PROP]}l" stroke-width="4" d="M{x} 3h{width}"/>')
        drawn += pieces
        drawn.append("</g>")
    return "".join(drawn) + "</svg>"


def _panels(scenes: Sequence[Sequence[Part]], name: str) -> tuple[list[str], list[str]]:
    """The markup of start and stretch; what does not move is drawn once and used twice."""
    start, stretch = [], []
    for index, (before, after) in enumerate(zip_longest(*scenes)):
        first = "".join(_part(before, f"{name}{index}", "")) if before else ""
        second = "".join(_part(after, f"{name}{index}", name)) if after else ""
        if first == second:
            first, second = f'<g id="{name}{index}g">{first}</g>', f'<use href="#{name}{index}g"/>'
        elif after:
            second = "".join(_part(after, f"{name}{index}b", name))
        start.append(first)
        stretch.append(second)
    return start, stretch


def _style(name: str, used: set[ColorRole], palette: Mapping[ColorRole, str], background: str) -> str:
    fills = "".join(
        f".{_CLASS[role]}{{fill:{colour}}}.{_CLASS[role]}l{{stroke:{colour}}}"
        if role in _LINES
        else f".{_CLASS[role]}{{fill:{colour}}}"
        for role, colour in palette.items()
        if role in used
    )
    return (
        f"<style>{fills}.zh{{fill:none;stroke:{background};stroke-width:8;stroke-linejoin:round}}.ze{{fill:#222}}"
        ".zl{fill:none;stroke-linecap:round;stroke-linejoin:round}.zn{fill-opacity:.22}</style>"
        f'<pattern id="{name}" width="12" height="12" patternUnits="userSpaceOnUse">'
        f'<path fill="{palette[ColorRole.ACCENT]}" d="M0 0h12v12H0z"/>'
        '<path d="M-3 3 3-3M0 12 12 0M9 15 15 9" stroke="#000" stroke-opacity=".45" stroke-width="2"/></pattern>'
    )


def _part(part: Part, name: str, hatch: str) -> Iterator[str]:
    if part.role in _LINES and not part.sparse:
        yield from _furniture(part)
        return
    colour = _CLASS[part.role]
    # Coats that are among the shapes themselves need no clipping.
    cut = bool((part.glow and hatch) or any(hull not in part.hulls for coat in part.coats for hull in coat.hulls))
    if part.solid and part.root and len(part.hulls) == 1:
        yield f'<path class="zh" d="{open_path(part.hulls[0])}"/>'
        label = f' id="{name}"' if cut else ""
        yield f'<path{label} class="{colour}" d="{_paths(part.hulls)}"/>'
    elif part.solid:
        yield f'<g class="zh"><path id="{name}" d="{_paths(part.hulls)}"/></g><use href="#{name}" class="{colour}"/>'
    else:
        yield f'<path class="{colour} zn" d="{_paths(part.hulls)}"/>'
    if cut:
        yield f'<clipPath id="{name}c"><use href="#{name}"/></clipPath><g clip-path="url(#{name}c)">'
    for coat in part.coats:
        yield f'<path class="{_CLASS[coat.role]}" d="{_paths(coat.hulls)}"/>'
    if part.glow and hatch:
        yield f'<path fill="url(#{hatch})" d="{_paths(part.glow)}"/>'
    if cut:
        yield "</g>"
    if part.holes:
        yield f'<path class="ze" d="{_paths(part.holes)}"/>'


def _furniture(part: Part) -> Iterator[str]:
    """Lines of one thickness, stroked; what is not a line is filled."""
    colour = _CLASS[part.role]
    chains: list[list[Circle]] = []
    for hull in part.hulls:
        if len(hull) != 2 or hull[0][2] != hull[1][2]:
            yield f'<path class="{colour}" d="{path(hull)}"/>'
        elif chains and chains[-1][-1] == hull[0]:
            chains[-1].append(hull[1])
        else:
            chains.append(list(hull))
    for radius in dict.fromkeys(chain[0][2] for chain in chains):
        lines = "".join(line([(x, y) for x, y, _ in chain]) for chain in chains if chain[0][2] == radius)
        yield f'<path class="zl {colour}l" stroke-width="{round(2 * radius * UNIT)}" d="{lines}"/>'


def _paths(hulls: tuple[Hull, ...]) -> str:
    return "".join(path(hull) for hull in hulls)


UNIT = 4
"""SVG units for one percent of stature: a quarter of a percent is finer than print shows, and short to write."""
_PROBES = 72
_TURN = 2 * pi
_FLAT = 4.0
"""An arc shorter than this many SVG units is drawn as a corner."""

_Corner = tuple[Circle, float, float]
_Spot = tuple[int, int]


def path(hull: Hull) -> str:
    """The closed outline, y down."""
    corners = _corners(hull)
    if len(corners) < 2:
        return _disc(max(hull, key=lambda circle: circle[2]))
    return _drawn(corners, closed=True)


def open_path(hull: Hull) -> str:
    """The outline without the arc round the first circle: where a limb grows out of another, nothing is drawn."""
    corners = _corners(hull)
    first = next((i for i, (circle, _, _) in enumerate(corners) if circle == hull[0]), None)
    if first is None or len(corners) < 2:
        return path(hull)
    return _drawn(corners[first:] + corners[:first], closed=False)


def _corners(hull: Hull) -> list[_Corner]:
    """The circles that show on the outline, counter-clockwise, with the angles at which each begins and ends."""
    shown: list[Circle] = []
    for i in range(_PROBES):
        angle = _TURN * i / _PROBES
        reach = max(hull, key=lambda circle: circle[0] * cos(angle) + circle[1] * sin(angle) + circle[2])
        if not shown or shown[-1] != reach:
            shown.append(reach)
    while len(shown) > 1 and shown[0] == shown[-1]:
        shown.pop()
    if len(shown) < 2:
        return []
    leaves = [_tangent(a, b) for a, b in zip(shown, shown[1:] + shown[:1], strict=True)]
    return [(circle, leaves[i - 1], leaves[i]) for i, circle in enumerate(shown)]


def _tangent(a: Circle, b: Circle) -> float:
    """The angle at which a line touches both circles when the outline goes from a to b."""
    lean = max(-1.0, min(1.0, (a[2] - b[2]) / max(dist(a[:2], b[:2]), 1e-9)))
    return atan2(b[1] - a[1], b[0] - a[0]) - acos(lean)


def _drawn(corners: list[_Corner], *, closed: bool) -> str:
    """The path from where the first circle is left, round the others and, if closed, round it too.

    Steps are relative: they are shorter to write than places.
    """
    here = _spot(_rim(corners[0][0], corners[0][2]))
    pieces = [f"M{_pair(here)}"]
    for circle, begins, ends in corners[1:] + (corners[:1] if closed else []):
        first, last = _spot(_rim(circle, begins)), _spot(_rim(circle, ends))
        pieces.append(f"l{_step(here, first)}")
        sweep = (ends - begins) % _TURN
        if circle[2] * sweep * UNIT < _FLAT:
            last = first
        else:
            # A radius too small for its chord is scaled up to a half circle: that is all the end of a limb is.
            radius = 1 if 0.9 * pi < sweep < 1.1 * pi else round(circle[2] * UNIT)
            pieces.append(f"a{radius} {radius} 0 {int(sweep > pi)} 0 {_step(first, last)}")
        here = last
    return "".join(pieces) + ("z" if closed else f"l{_step(here, _spot(_rim(corners[0][0], corners[0][1])))}")


def line(points: Sequence[Point]) -> str:
    """A line through points, to be stroked."""
    spots = [_spot(point) for point in points]
    return f"M{_pair(spots[0])}" + "".join(f"l{_step(a, b)}" for a, b in pairwise(spots))


def _disc(circle: Circle) -> str:
    x, y, radius = circle
    size = round(radius * UNIT)
    return f"M{_pair(_spot((x - radius, y)))}a{size} {size} 0 1 0 {2 * size} 0a{size} {size} 0 1 0-{2 * size} 0z"


def _rim(circle: Circle, angle: float) -> Point:
    return circle[0] + circle[2] * cos(angle), circle[1] + circle[2] * sin(angle)


def _spot(point: Point) -> _Spot:
    return round(point[0] * UNIT), round(-point[1] * UNIT)


def _step(a: _Spot, b: _Spot) -> str:
    return _pair((b[0] - a[0], b[1] - a[1]))


def _pair(spot: _Spot) -> str:
    return f"{spot[0]}{spot[1]}" if spot[1] < 0 else f"{spot[0]} {spot[1]}"
