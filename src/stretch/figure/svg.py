"""A figure -> a self-contained SVG: start and stretch side by side, the muscle lit and hatched for grey printers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import zip_longest
from zlib import crc32

from stretch.figure.body import Part, parts
from stretch.figure.camera import box
from stretch.figure.geometry import Circle, Hull
from stretch.figure.ink import Role
from stretch.figure.outline import UNIT, line, open_path, path
from stretch.figure.palette import LIGHT
from stretch.figure.pose import Figure
from stretch.figure.skeleton import joints

_MARGIN, _GAP = 3, 8
"""Body units round each panel and between the two."""
_CLASS = {role: f"z{letter}" for role, letter in zip(Role, "ABCDEFGHI", strict=True)}
"""Short names for the roles; the z keeps them apart from the classes of a page the picture is put into."""
_LINES = frozenset({Role.PROP, Role.STRAP})
"""Roles drawn as strokes."""


def svg(
    figure: Figure,
    *,
    mirror: bool = False,
    title: str = "",
    description: str = "",
    palette: Mapping[Role, str] = LIGHT,
    background: str = "#fff",
) -> str:
    """The figure as an SVG document; `title` and `description` are what a screen reader says."""
    left, bottom, right, top = box(figure)
    width, height = round((right - left + 2 * _MARGIN) * UNIT), round((top - bottom + 2 * _MARGIN) * UNIT)
    across = 2 * width + _GAP * UNIT
    name = f"z{crc32(figure.id.encode()):x}{'m' if mirror else ''}"
    scenes = [parts(figure, joints(figure, depth), pressing=depth == 0) for depth in (0.0, 1.0)]
    used = {role for scene in scenes for part in scene for role in (part.role, *(coat.role for coat in part.coats))}
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across} {height}" role="img">',
        f"<title>{escape(title or figure.id)}</title>",
        f"<desc>{escape(description or 'Left, the start; right, the stretch.')}</desc>",
        _style(name, used | ({Role.PROP} if figure.has_floor else set()), palette, background),
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
            drawn.append(f'<path class="zl {_CLASS[Role.PROP]}l" stroke-width="4" d="M{x} 3h{width}"/>')
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


def _style(name: str, used: set[Role], palette: Mapping[Role, str], background: str) -> str:
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
        f'<path fill="{palette[Role.ACCENT]}" d="M0 0h12v12H0z"/>'
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
