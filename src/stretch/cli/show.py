"""`stretch show`: one stretch in full."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from stretch.cli.console import PIPE_COLUMNS
from stretch.cli.options import FIGURE, OUTPUT, SIDE, STDOUT, STRETCH, catalog_option
from stretch.core.errors import UnknownName, UsageError

if TYPE_CHECKING:
    from stretch.cli.app import App
    from stretch.core.model import Catalog, Stretch
    from stretch.core.vocabulary import Side
    from stretch.figure.render import Glyphs

FIGURE_SIZES = ((48, 16), (36, 12))
"""Cells and lines of each of the two figures; the first size that fits is used."""


@click.command("show", help="Show one stretch: figure, steps, dose, cautions and sources.")
@click.argument("stretch_id", metavar="ID", type=STRETCH)
@click.option("--side", type=SIDE, help="Show this side.  [default: left]")
@click.option("--figure", type=FIGURE, help="How to draw the figure.  [default: braille; none in a pipe]")
@catalog_option
@click.option("--svg", metavar="FILE", type=OUTPUT, help="Only write the figure as SVG; `-` for standard output.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with all fields.")
@click.pass_obj
def show_command(
    app: App,
    stretch_id: str,
    side: Side | None,
    figure: Glyphs | Literal["none"] | None,
    svg: Path | None,
    as_json: bool,
) -> None:
    stretch = find_stretch(app.catalog, stretch_id)
    side = (side or "left") if stretch.both_sides else None
    if as_json:
        app.out.json(stretch.for_side(side))
        return
    if svg:
        _write_svg(app, stretch, side, svg)
        return
    if figure is None and app.out.columns is not None:
        figure = app.theme.glyphs
    if figure and figure != "none":
        _print_figure(app, stretch, side, figure)
    _print_stretch(app, stretch, side)


def find_stretch(catalog: Catalog, name: str) -> Stretch:
    """Return the stretch with this id, name or alias; case, hyphens, slashes and a last "stretch" do not matter.

    Raise UnknownName with the ids of similar ones, and UsageError if several stretches have this name.
    """
    if stretch := catalog.stretches.get(name):
        return stretch
    ids: dict[str, dict[str, None]] = {}
    for stretch in catalog.stretches.values():
        for alias in (stretch.id, stretch.name, *stretch.aliases):
            ids.setdefault(_search_key(alias), {})[stretch.id] = None
    match list(ids.get(_search_key(name), ())):
        case [found]:
            return catalog.stretches[found]
        case []:
            known = {key: next(iter(found)) for key, found in ids.items()}
            raise UnknownName("stretch", name, known, "`stretch list` lists them.", canonical=known)
        case several:
            raise UsageError(f"Several stretches are called {name!r}: {' and '.join(several)}. Choose one by its id.")


def _search_key(name: str) -> str:
    return re.sub(r"[\s/-]+", " ", name.casefold()).strip().removesuffix(" stretch")


def _print_figure(app: App, stretch: Stretch, side: Side | None, glyphs: Glyphs) -> None:
    """Print the figure at the start and in the stretch, side by side if there is room, otherwise only in it."""
    from stretch.player.figure_renderer import FigureRenderer
    from stretch.player.layout import side_by_side

    renderer = FigureRenderer(app.figures([stretch.id]), glyphs=glyphs, color=app.theme.has_color)
    gap = 2
    available = app.out.columns or PIPE_COLUMNS
    for columns, lines in FIGURE_SIZES:
        if available >= 2 * columns + gap:
            both = [renderer.render_still(stretch.id, side, depth, columns, lines) for depth in (0.0, 1.0)]
            app.out.styled_lines(side_by_side(both, columns, gap), app.theme)
            return
    if available >= columns:
        app.out.styled_lines(renderer.render_still(stretch.id, side, 1.0, columns, lines), app.theme)


def _write_svg(app: App, stretch: Stretch, side: Side | None, path: Path) -> None:
    from stretch.figure.svg import render_svg
    from stretch.storage.files.safe_io import write_text

    figure = app.figures([stretch.id]).get(stretch.id)
    if figure is None:
        raise UsageError(f"There is no figure of {stretch.id}.")
    title = f"{stretch.name}, {side} side" if side else stretch.name
    description = f"Left, the start; right, {stretch.for_side(side).steps[-1]}"
    svg = render_svg(figure, left=side == "left", title=title, description=description)
    if path == STDOUT:
        # In ASCII it is the same picture whatever the encoding of the terminal.
        app.out.document(svg.encode("ascii", "xmlcharrefreplace").decode() + "\n")
    else:
        write_text(path, svg + "\n")


def _print_stretch(app: App, stretch: Stretch, side: Side | None) -> None:
    from stretch.core.text import side_note

    paragraph, note = app.out.paragraph, side_note(stretch, side)
    stretch = stretch.for_side(side)
    paragraph(stretch.name, "bold")
    if stretch.aliases:
        paragraph(f"also called {', '.join(stretch.aliases)}", "dim")
    paragraph()
    for label, text in _facts(app.catalog, stretch):
        paragraph(text, prefix=f"{label:<13}")
    paragraph()
    for number, step in enumerate(stretch.steps, start=1):
        paragraph(step, indent=2, prefix=f"{number}. ")
    if note:
        paragraph(note, indent=2)
    paragraph()
    for label, text in stretch.labelled_texts().items():
        paragraph(text, prefix=f"{label:<13}")
    _print_cautions(app, stretch)
    if origin := app.catalog.origins.get(("stretch", stretch.id)):
        paragraph()
        replaces = f", replaces {origin.replaces}" if origin.replaces else ""
        paragraph(f"From {origin.file}{replaces}.", "dim")
    if stretch.source:
        paragraph()
        paragraph("Sources", "dim")
    for key in stretch.source:
        source = app.sources.get(key)
        grade = f" (grade {source.grade})" if source and source.grade != "seed" else ""
        paragraph(f"{key}{grade}: {source.supports}. {source.where}." if source else key, "dim", indent=2)


def _facts(catalog: Catalog, stretch: Stretch) -> list[tuple[str, str]]:
    from stretch.core.text import dose_label
    from stretch.core.vocabulary import EQUIPMENT_LABELS, POSITION_LABELS

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
    from stretch.core.vocabulary import CAUTION_LABELS

    for heading, tags in (
        ("Do not do it", stretch.cautions.avoid),
        ("Do it the easier way, half as long", stretch.cautions.adapt),
    ):
        if tags:
            app.out.paragraph()
            app.out.paragraph(heading, "bold")
            for tag in tags:
                app.out.paragraph(f"{CAUTION_LABELS[tag]} ({tag})", indent=2, prefix="- ")
