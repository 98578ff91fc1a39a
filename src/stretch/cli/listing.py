"""`stretch list`, `stretch areas` and `stretch programs`: the contents of the catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stretch.cli.console import PIPE_COLUMNS
from stretch.cli.options import AREA, EQUIPPED, LEVEL, POSITION, catalog_option

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stretch.cli.app import App
    from stretch.core.model import Stretch

WIDE_COLUMNS = 110
"""Columns from which the table of stretches also shows areas, positions, equipment and levels."""


@click.command("list", help="List the stretches that match all options.")
@click.option("-a", "--area", "areas", multiple=True, type=AREA, help="Only for this body area or group (repeatable).")
@click.option("--position", type=POSITION, help="Only in this position.")
@click.option("--equipment", type=EQUIPPED, help="Only with this equipment; `none`: without any.")
@click.option("--level", type=LEVEL, help="Only of this level.")
@click.option("--desk", is_flag=True, help="Only those you can do at a desk.")
@catalog_option
@click.option("--figures", is_flag=True, help="Show small figures instead of a table.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with all fields.")
@click.pass_obj
def list_command(
    app: App,
    areas: tuple[str, ...],
    position: str | None,
    equipment: str | None,
    level: str | None,
    desk: bool,
    figures: bool,
    as_json: bool,
) -> None:
    from stretch.core.model import expand_areas

    wanted = set(expand_areas(app.catalog, areas))
    found = [
        stretch
        for stretch in app.catalog.stretches.values()
        if (not wanted or wanted & set(stretch.areas.primary))
        and (position is None or position in (stretch.position, *stretch.also))
        and (equipment is None or equipment in stretch.equipment)
        and (level is None or level == stretch.level)
        and (not desk or stretch.desk)
    ]
    if as_json:
        app.out.json([stretch.for_side("left") for stretch in found])
        return
    if not found:
        app.info("No stretch matches all options. Leave one out.")
        return
    if figures:
        _print_figures(app, found)
        return
    _print_stretches(app, found)


@click.command("areas", help="List the body areas and groups that --area takes.")
@catalog_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def areas_command(app: App, as_json: bool) -> None:
    areas, groups, stretches = app.catalog.areas.values(), app.catalog.groups.values(), app.catalog.stretches.values()
    entries: list[dict[str, Any]] = [
        {"id": a.id, "name": a.name, "kind": "area", "areas": [a.id], "partners": a.partners, "focus": a.focus}
        for a in areas
    ]
    entries += [
        {"id": g.id, "name": g.name, "kind": "group", "areas": g.areas, "partners": [], "focus": []} for g in groups
    ]
    for entry in entries:
        entry["stretches"] = sum(not set(entry["areas"]).isdisjoint(stretch.areas.primary) for stretch in stretches)
    if as_json:
        app.out.json(entries)
        return
    rows = []
    for entry in entries:
        related = entry["partners"] if entry["kind"] == "area" else entry["areas"]
        rows.append((entry["id"], entry["name"], str(entry["stretches"]), ", ".join(related)))
    app.out.table(("area", "name", "stretches", "balanced by, or consists of"), rows)


@click.command("programs", help="List the programs: fixed routines with their own doses.")
@catalog_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON with all fields and the length in seconds.")
@click.pass_obj
def programs_command(app: App, as_json: bool) -> None:
    import msgspec

    from stretch.core.planning.programs import build_program
    from stretch.core.routine import Request
    from stretch.core.text import minutes_seconds
    from stretch.core.timing.timeline import build_timeline

    catalog = app.catalog
    lengths = {name: build_timeline(build_program(catalog, name, Request())).length_ms for name in catalog.programs}
    if as_json:
        programs = catalog.programs.values()
        app.out.json([msgspec.to_builtins(p) | {"seconds": lengths[p.id] / 1000} for p in programs])
        return
    rows = [
        (program.id, minutes_seconds(lengths[program.id]), str(len(program.items)), program.about)
        for program in catalog.programs.values()
    ]
    app.out.table(("program", "time", "stretches", "description"), rows)


def _print_figures(app: App, stretches: Sequence[Stretch]) -> None:
    """Print small figures with their ids below, as many in a row as fit."""
    from stretch.player.figure_renderer import FigureRenderer
    from stretch.player.layout import StyledLine, side_by_side

    renderer = FigureRenderer(
        app.figures(stretch.id for stretch in stretches), glyphs=app.theme.glyphs, color=app.theme.has_color
    )
    columns, lines, gap = 24, 8, 2
    per_row = max((app.out.columns or PIPE_COLUMNS) // (columns + gap), 1)
    for start in range(0, len(stretches), per_row):
        blocks: list[list[StyledLine]] = [
            [*renderer.render_still(stretch.id, None, 1.0, columns, lines), ((stretch.id[:columns], "name"),)]
            for stretch in stretches[start : start + per_row]
        ]
        app.out.styled_lines([*side_by_side(blocks, columns, gap), ()], app.theme)


def _print_stretches(app: App, stretches: Sequence[Stretch]) -> None:
    from stretch.core.text import dose_label

    columns: dict[str, Callable[[Stretch], str]] = {
        "stretch": lambda s: s.id,
        "name": lambda s: s.name,
        "areas": lambda s: ", ".join(s.areas.primary),
        "position": lambda s: s.position,
        "needs": lambda s: ", ".join(s.equipment),
        "dose": lambda s: dose_label(s, s.dose),
        "level": lambda s: s.level,
    }
    if app.out.columns is not None and app.out.columns < WIDE_COLUMNS:
        columns = {name: columns[name] for name in ("stretch", "name", "dose")}
    app.out.table(tuple(columns), [[cell(stretch) for cell in columns.values()] for stretch in stretches])
    app.info(f"{len(stretches)} stretches. `stretch show ID` shows one in full.")
