"""`stretch show`: all about one stretch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stretch.cli.options import catalog_option, complete_stretch
from stretch.core.errors import UnknownName

if TYPE_CHECKING:
    from collections.abc import Callable

    from stretch.cli.app import App
    from stretch.core.model import Catalog, Stretch
    from stretch.core.vocabulary import Side


@click.command("show")
@click.argument("stretch_id", metavar="ID", shell_complete=complete_stretch)
@click.option("--side", type=click.Choice(["left", "right"]), help="The figure on this side.")
@click.option(
    "--figure",
    type=click.Choice(["braille", "blocks", "none"]),
    help="How the figure is drawn.  [default: braille at a terminal, none in a pipe]",
)
@catalog_option
@click.option("--svg", metavar="FILE", help="Write the figure as SVG and nothing else.")
@click.option("--json", "as_json", is_flag=True, help="All fields of the catalog.")
@click.pass_obj
def show_command(
    app: App, stretch_id: str, side: Side | None, figure: str | None, svg: str | None, as_json: bool
) -> None:
    """Show one stretch: how it looks, what to do, how much, for whom not, and where it comes from."""
    stretch = find_stretch(app.catalog, stretch_id)
    side = side if stretch.both_sides else None
    if as_json:
        app.out.json(stretch)
        return
    glyphs = figure or ("none" if app.out.columns is None else "braille")
    if svg or glyphs != "none":
        from stretch.cli import figures

        if svg:
            figures.write_svg(app, stretch, side, svg)
            return
        figures.draw(app, stretch, side or ("left" if stretch.both_sides else None), glyphs)
    _print_stretch(app, stretch)


def find_stretch(catalog: Catalog, name: str) -> Stretch:
    """Return the stretch with the id *name*.

    Raises UnknownName, with the ids whose own id, name or other names are near.
    """
    if stretch := catalog.stretches.get(name):
        return stretch
    known: dict[str, str] = {}
    for stretch in catalog.stretches.values():
        for alias in (stretch.id, stretch.name.lower(), *(alias.lower() for alias in stretch.aliases)):
            known.setdefault(alias, stretch.id)
    if found := known.get(name.lower()):
        return catalog.stretches[found]
    raise UnknownName("stretch", name, known, "`stretch list` shows them all.", canonical=known)


def _print_stretch(app: App, stretch: Stretch) -> None:
    say = app.out.paragraph
    say(stretch.name, "bold")
    if stretch.aliases:
        say(f"also called {', '.join(stretch.aliases)}", "dim")
    say()
    for label, text in _facts(stretch):
        say(text, prefix=f"{label:<10}")
    say()
    for number, step in enumerate(stretch.steps, start=1):
        say(step, indent=2, prefix=f"{number}. ")
    say()
    for label, text in (("Breathe", stretch.breath), ("Not", stretch.mistake), ("Easier", stretch.ease_off)):
        say(text, prefix=f"{label:<10}")
    _print_cautions(say, stretch)
    if origin := app.catalog.origins.get(("stretch", stretch.id)):
        say()
        instead = f", in place of {origin.replaces}" if origin.replaces else ""
        say(f"From {origin.file}{instead}.", "dim")
    if stretch.source:
        say()
        say("Sources", "dim")
    for key in stretch.source:
        source = app.sources.get(key)
        grade = f" (grade {source.grade})" if source and source.grade != "seed" else ""
        say(f"{key}{grade}: {source.supports}. {source.where}." if source else key, "dim", indent=2)


def _facts(stretch: Stretch) -> list[tuple[str, str]]:
    from stretch.core.text import dose_label
    from stretch.core.vocabulary import POSITION_LABELS

    also = f", also {', '.join(stretch.also)}" if stretch.also else ""
    facts = [
        ("For", ", ".join(stretch.areas.primary)),
        ("Reaches", ", ".join(stretch.areas.secondary)),
        ("Position", POSITION_LABELS[stretch.position] + also),
        ("Needs", ", ".join(stretch.equipment)),
        ("Dose", dose_label(stretch, stretch.dose)),
        ("Side", stretch.side_means or ""),
        ("Level", stretch.level + (", only when you ask for it by name" if stretch.opt_in else "")),
    ]
    if stretch.pace:
        facts += [("In", stretch.pace.inhale), ("Out", stretch.pace.exhale)]
    return [(label, text) for label, text in facts if text]


def _print_cautions(say: Callable[..., None], stretch: Stretch) -> None:
    from stretch.core.vocabulary import CAUTION_LABELS

    for heading, tags in (
        ("Leave it out", stretch.cautions.avoid),
        ("Take the easier way, half as long", stretch.cautions.adapt),
    ):
        if tags:
            say()
            say(heading, "bold")
            for tag in tags:
                say(f"{CAUTION_LABELS[tag]} ({tag})", indent=2, prefix="- ")
