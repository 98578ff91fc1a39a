"""`stretch list`, `show`, `areas` and `programs`: the contents of the catalog."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stretch.cli import options
from stretch.cli.console import PIPE_COLUMNS
from stretch.cli.usage import refuse_together
from stretch.core.errors import UnknownName, UsageError
from stretch.core.text import dose_label, join_words, minutes_seconds, side_note
from stretch.core.vocabulary import CAUTION_LABELS, EQUIPMENT_LABELS, POSITION_LABELS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stretch.cli.app import App
    from stretch.core.model import Area, Catalog, Group, Stretch
    from stretch.core.vocabulary import Side
    from stretch.figure.render import Glyphs

    Still = tuple[str, Side | None, float]

WIDE_COLUMNS = 110
"""Columns from which the table of stretches also shows areas, positions, equipment and levels."""
SMALL_FIGURE = (24, 8)
FIGURE_SIZES = ((48, 16), (36, 12))
"""Cells and lines of each of two figures side by side; the first size that fits is used."""
GAP = 2


@click.command("list", help="List the stretches that match all options, for the body areas or groups AREA.")
@options.area_words
@click.option(
    "-a", "--area", "areas", multiple=True, type=options.AREA, help="Only for this body area or group (repeatable)."
)
@click.option("--position", type=options.POSITION, help="Only in this position.")
@click.option("--equipment", type=options.EQUIPPED, help="Only with this equipment; `none`: without any.")
@click.option("--level", type=options.LEVEL, help="Only of this level.")
@click.option("--desk", is_flag=True, help="Only those you can do at a desk.")
@options.catalog_option
@click.option("--figures", is_flag=True, help="Show small figures instead of a table.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with all fields.")
@click.pass_obj
def list_command(
    app: App,
    area_words: tuple[str, ...],
    areas: tuple[str, ...],
    position: str | None,
    equipment: str | None,
    level: str | None,
    desk: bool,
    figures: bool,
    as_json: bool,
) -> None:
    refuse_together("--json", "--figures")
    from stretch.core.area_names import area_ids
    from stretch.core.model import expand_areas

    wanted = set(expand_areas(app.catalog, area_ids(app.catalog, options.join_areas(areas, area_words))))
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
        _print_figures(app, [(stretch.id, None, 1.0) for stretch in found], SMALL_FIGURE, app.theme.glyphs)
    else:
        _print_stretches(app, found)


@click.command("areas", help="List the body areas and groups, and their other names.")
@options.catalog_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def areas_command(app: App, as_json: bool) -> None:
    import msgspec

    stretches = app.catalog.stretches.values()
    both: list[Area | Group] = [*app.catalog.areas.values(), *app.catalog.groups.values()]
    entries: list[dict[str, Any]] = []
    for each in both:
        # In this order, whether it is an area or a group.
        entry: dict[str, Any] = {
            "id": each.id,
            "name": each.name,
            "aliases": each.aliases,
            "kind": type(each).__name__.lower(),
        }
        entry |= {"areas": (each.id,), "partners": (), "focus": ()} | msgspec.structs.asdict(each)
        entry["stretches"] = sum(not set(entry["areas"]).isdisjoint(stretch.areas.primary) for stretch in stretches)
        entries.append(entry)
    if as_json:
        app.out.json(entries)
        return
    rows = []
    for entry in entries:
        parts = (", ".join(entry["aliases"]), ", ".join(entry["areas"]) if entry["kind"] == "group" else "")
        rows.append((entry["id"], entry["name"], str(entry["stretches"]), "; ".join(filter(None, parts))))
    app.out.table(("area", "name", "stretches", "also called; a group: its areas"), rows)


@click.command("programs", help="List the programs: fixed routines with their own doses.")
@options.catalog_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON with all fields and the length in seconds.")
@click.pass_obj
def programs_command(app: App, as_json: bool) -> None:
    import msgspec

    from stretch.core.planning.programs import build_program
    from stretch.core.routine import Request
    from stretch.core.timing.timeline import build_timeline

    catalog = app.catalog
    app.name_unfinished()
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


def _print_stretches(app: App, stretches: Sequence[Stretch]) -> None:
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


@click.command("show", help="Show one stretch: dose, cautions, figure and steps.")
@click.argument("stretch_id", metavar="ID", type=options.STRETCH)
@click.option("--side", type=options.SIDE, help="Show this side.  [default: left]")
@click.option("--figure", type=options.FIGURE, help="How to draw the figure.  [default: auto; none in a pipe]")
@options.catalog_option
@click.option(
    "--svg", metavar="FILE", type=options.OUTPUT, help="Only write the figure as SVG; `-` for standard output."
)
@click.option("--sources", is_flag=True, help="Name the sources too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with all fields.")
@click.pass_obj
def show_command(
    app: App,
    stretch_id: str,
    side: Side | None,
    figure: str | None,
    svg: Path | None,
    sources: bool,
    as_json: bool,
) -> None:
    refuse_together("--json", "--svg", "--figure")
    stretch = find_stretch(app.catalog, stretch_id)
    side = (side or "left") if stretch.both_sides else None
    if as_json:
        app.out.json(stretch.for_side(side))
        return
    if svg:
        _write_svg(app, stretch, side, svg)
        return
    _print_facts(app, stretch.for_side(side))
    if sources:
        _print_sources(app, stretch)
    app.out.paragraph()
    # Figure and steps last: where one screen does not hold everything, these stay visible.
    if figure is None and app.out.columns is not None:
        figure = "auto"
    if figure and (glyphs := app.theme.glyphs_for(figure)):
        available = app.out.columns or PIPE_COLUMNS
        pair = next((size for size in FIGURE_SIZES if available >= 2 * size[0] + GAP), None)
        # In a narrow terminal only the stretch itself, not the start.
        if pair or available >= FIGURE_SIZES[-1][0]:
            stills = [(stretch.id, side, depth) for depth in ((0.0, 1.0) if pair else (1.0,))]
            _print_figures(app, stills, pair or FIGURE_SIZES[-1], glyphs)
    _print_steps(app, stretch, side)


def find_stretch(catalog: Catalog, name: str) -> Stretch:
    """Return the stretch with this id, name or alias; case, hyphens, slashes and a last "stretch" do not matter.

    A stretch with this name goes before others that are also called so. Raise UnknownName with the ids of similar
    ones, and UsageError if several stretches have this name.
    """
    if stretch := catalog.stretches.get(name):
        return stretch
    names: dict[str, dict[str, None]] = {}
    ids: dict[str, dict[str, None]] = {}
    for stretch in catalog.stretches.values():
        names.setdefault(_search_key(stretch.name), {})[stretch.id] = None
        for alias in (stretch.id, stretch.name, *stretch.aliases):
            ids.setdefault(_search_key(alias), {})[stretch.id] = None
    match list((ids | names).get(_search_key(name), {})):
        case [found]:
            return catalog.stretches[found]
        case []:
            known = {key: next(iter(found)) for key, found in ids.items()}
            raise UnknownName("stretch", name, known, "`stretch list` lists them.", canonical=known)
        case several:
            raise UsageError(f"Several stretches are called {name!r}: {join_words(several)}. Choose one by its id.")


def _search_key(name: str) -> str:
    return re.sub(r"[\s/-]+", " ", name.casefold()).strip().removesuffix(" stretch")


def _print_figures(app: App, stills: Sequence[Still], size: tuple[int, int], glyphs: Glyphs) -> None:
    """Print *stills*, each a stretch, a side and a depth, as many in a row as fit; small ones with their ids below."""
    from stretch.player.figure_renderer import FigureRenderer
    from stretch.player.layout import side_by_side

    renderer = FigureRenderer(app.figures(name for name, *_ in stills), glyphs=glyphs, color=app.theme.has_color)
    per_row = max(((app.out.columns or PIPE_COLUMNS) + GAP) // (size[0] + GAP), 1)
    for start in range(0, len(stills), per_row):
        row = stills[start : start + per_row]
        blocks = [renderer.render_still(*still, *size) for still in row]
        if size == SMALL_FIGURE:
            blocks = [[*block, ((still[0][: size[0]], "name"),), ()] for block, still in zip(blocks, row, strict=True)]
        app.out.styled_lines(side_by_side(blocks, size[0], GAP), app.theme)


def _write_svg(app: App, stretch: Stretch, side: Side | None, path: Path) -> None:
    from stretch.figure.svg import render_svg
    from stretch.storage.files.safe_io import write_text

    figure = app.figures([stretch.id]).get(stretch.id)
    if figure is None:
        raise UsageError(f"There is no figure of {stretch.id}.")
    title = f"{stretch.name}, {side} side" if side else stretch.name
    description = f"Left, the start; right, {stretch.for_side(side).steps[-1]}"
    svg = render_svg(figure, left=side == "left", title=title, description=description)
    if path == options.STDOUT:
        # In ASCII it is the same picture whatever the encoding of the terminal.
        app.out.document(svg.encode("ascii", "xmlcharrefreplace").decode() + "\n")
    else:
        write_text(path, svg + "\n")


def _print_facts(app: App, stretch: Stretch) -> None:
    paragraph = app.out.paragraph
    paragraph(stretch.name, "bold")
    if stretch.aliases:
        paragraph(f"also called {'; '.join(stretch.aliases)}", "dim")
    paragraph()
    for label, text in _facts(app.catalog, stretch):
        paragraph(text, prefix=f"{label:<13}")
    paragraph()
    for label, text in stretch.labelled_texts().items():
        paragraph(text, prefix=f"{label:<13}")
    _print_cautions(app, stretch)
    if origin := app.catalog.origins.get(("stretch", stretch.id)):
        paragraph()
        replaces = f", replaces {origin.replaces}" if origin.replaces else ""
        paragraph(f"From {origin.file}{replaces}.", "dim")


def _print_steps(app: App, stretch: Stretch, side: Side | None) -> None:
    app.out.paragraph(stretch.name, "bold")
    for number, step in enumerate(stretch.for_side(side).steps, start=1):
        app.out.paragraph(step, indent=2, prefix=f"{number}. ")
    if note := side_note(stretch, side):
        app.out.paragraph(note, indent=2)


def _print_sources(app: App, stretch: Stretch) -> None:
    paragraph = app.out.paragraph
    if stretch.source:
        paragraph()
        paragraph("Sources", "dim")
    for key in stretch.source:
        source = app.sources.get(key)
        grade = f" (grade {source.grade})" if source and source.grade != "seed" else ""
        paragraph(f"{key}{grade}: {source.supports}. {source.where}." if source else key, "dim", indent=2)


def _facts(catalog: Catalog, stretch: Stretch) -> list[tuple[str, str]]:
    also = f", also {', '.join(POSITION_LABELS[position] for position in stretch.also)}" if stretch.also else ""
    dose, contract = dose_label(stretch, stretch.dose), stretch.dose.contract
    if contract:
        dose += f": press {contract.contract_s} s, let go {contract.release_s} s, hold {contract.hold_s} s"
    facts = [
        ("Stretches", ", ".join(catalog.areas[area].name for area in stretch.areas.primary)),
        ("Also", ", ".join(catalog.areas[area].name for area in stretch.areas.secondary)),
        ("Position", POSITION_LABELS[stretch.position] + also),
        ("Needs", ", ".join(EQUIPMENT_LABELS[each] for each in stretch.equipment)),
        ("Dose", dose),
        ("Level", stretch.level + (", only if you ask for it by name" if stretch.opt_in else "")),
    ]
    return [(label, text) for label, text in facts if text]


def _print_cautions(app: App, stretch: Stretch) -> None:
    for heading, tags in (
        ("Do not do it", stretch.cautions.avoid),
        ("Do it the easier way, half as long", stretch.cautions.adapt),
    ):
        if tags:
            app.out.paragraph()
            app.out.paragraph(heading, "bold")
            for tag in tags:
                app.out.paragraph(f"{CAUTION_LABELS[tag]} ({tag})", indent=2, prefix="- ")
