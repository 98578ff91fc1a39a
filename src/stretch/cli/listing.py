"""`stretch list`, `show`, `areas` and `programs`: what the catalog holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stretch.cli import complete
from stretch.cli.options import EQUIPPED, LEVEL, POSITION, catalog_option
from stretch.core.errors import UnknownName

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stretch.cli.app import App
    from stretch.core.model import Catalog, Side, Stretch

ROOMY = 110
"""Columns from which a table of stretches has the names and the equipment as well."""


@click.command("list")
@click.option(
    "-a", "--area", "areas", multiple=True, shell_complete=complete.areas, help="For this body area or group."
)
@click.option("--position", type=POSITION, help="Done in this position.")
@click.option("--equipment", type=EQUIPPED, help="That use this; `none` for those that need nothing.")
@click.option("--level", type=LEVEL, help="Of this level.")
@click.option("--desk", is_flag=True, help="That can be done at a desk.")
@catalog_option
@click.option("--figures", is_flag=True, help="A contact sheet of small figures instead of a table.")
@click.option("--json", "as_json", is_flag=True, help="All fields of the catalog.")
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
    """List the stretches, all of them or those that fit every option."""
    from stretch.core.areas import expand

    wanted = set(expand(app.catalog, areas))
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
        app.out.json(found)
        return
    if not found:
        app.tell("No stretch fits all of that; take an option away.")
        return
    if figures:
        from stretch.cli.figures import contact_sheet

        contact_sheet(app, found, "braille")
        return
    _print_stretches(app, found)


@click.command("show")
@click.argument("stretch_id", metavar="ID", shell_complete=complete.stretches)
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


@click.command("areas")
@catalog_option
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def areas_command(app: App, as_json: bool) -> None:
    """List the body areas and the groups of areas that --area takes."""
    catalog = app.catalog
    rows: list[dict[str, Any]] = [
        {"id": a.id, "name": a.name, "kind": "area", "areas": [a.id], "partners": a.partners, "focus": a.focus}
        for a in catalog.areas.values()
    ] + [
        {"id": g.id, "name": g.name, "kind": "group", "areas": g.areas, "partners": [], "focus": []}
        for g in catalog.groups.values()
    ]
    for row in rows:
        row["stretches"] = sum(
            bool(set(row["areas"]) & set(stretch.areas.primary)) for stretch in catalog.stretches.values()
        )
    if as_json:
        app.out.json(rows)
        return
    app.out.table(
        ("area", "name", "stretches", "balanced by, or made of"),
        [
            (
                row["id"],
                row["name"],
                str(row["stretches"]),
                ", ".join(row["partners"] if row["kind"] == "area" else row["areas"]),
            )
            for row in rows
        ],
    )


@click.command("programs")
@catalog_option
@click.option("--json", "as_json", is_flag=True, help="All fields of the catalog, with the seconds it takes.")
@click.pass_obj
def programs_command(app: App, as_json: bool) -> None:
    """List the programs, what is in them and how long they take."""
    import msgspec

    from stretch.core import words
    from stretch.core.planning.programs import build_program
    from stretch.core.routine import Request
    from stretch.core.timing.timeline import build

    catalog = app.catalog
    lengths = {name: build(build_program(catalog, name, Request())).length for name in catalog.programs}
    if as_json:
        programs = catalog.programs.values()
        app.out.json([msgspec.to_builtins(p) | {"seconds": lengths[p.id] / 1000} for p in programs])
        return
    app.out.table(
        ("program", "takes", "stretches", "what it is"),
        [
            (program.id, words.clock(lengths[program.id]), str(len(program.items)), program.about)
            for program in catalog.programs.values()
        ],
    )


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


def _print_stretches(app: App, stretches: Sequence[Stretch]) -> None:
    from stretch.core import words

    columns: dict[str, Callable[[Stretch], str]] = {
        "stretch": lambda s: s.id,
        "name": lambda s: s.name,
        "areas": lambda s: ", ".join(s.areas.primary),
        "position": lambda s: s.position,
        "needs": lambda s: ", ".join(s.equipment),
        "dose": lambda s: words.dose(s, s.dose),
        "level": lambda s: s.level,
    }
    if app.out.columns is not None and app.out.columns < ROOMY:
        del columns["name"], columns["needs"]
    app.out.table(tuple(columns), [[cell(stretch) for cell in columns.values()] for stretch in stretches])
    app.tell(f"{len(stretches)} stretches; `stretch show ID` tells more of one.")


def _print_stretch(app: App, stretch: Stretch) -> None:
    say = app.out.say
    say(stretch.name, "bold")
    if stretch.aliases:
        say(f"also called {', '.join(stretch.aliases)}", "dim")
    say()
    for label, text in _facts(stretch):
        say(text, mark=f"{label:<10}")
    say()
    for number, step in enumerate(stretch.steps, start=1):
        say(step, indent=2, mark=f"{number}. ")
    say()
    for label, text in (("Breathe", stretch.breath), ("Not", stretch.mistake), ("Easier", stretch.ease_off)):
        say(text, mark=f"{label:<10}")
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
    from stretch.core import words

    also = f", also {', '.join(stretch.also)}" if stretch.also else ""
    facts = [
        ("For", ", ".join(stretch.areas.primary)),
        ("Reaches", ", ".join(stretch.areas.secondary)),
        ("Position", words.IN_POSITION[stretch.position] + also),
        ("Needs", ", ".join(stretch.equipment)),
        ("Dose", words.dose(stretch, stretch.dose)),
        ("Side", stretch.side_means or ""),
        ("Level", stretch.level + (", only when you ask for it by name" if stretch.opt_in else "")),
    ]
    if stretch.pace:
        facts += [("In", stretch.pace.inhale), ("Out", stretch.pace.exhale)]
    return [(label, text) for label, text in facts if text]


def _print_cautions(say: Callable[..., None], stretch: Stretch) -> None:
    from stretch.core.words import TAG_WORDS

    for heading, tags in (
        ("Leave it out", stretch.cautions.avoid),
        ("Take the easier way, half as long", stretch.cautions.adapt),
    ):
        if tags:
            say()
            say(heading, "bold")
            for tag in tags:
                say(f"{TAG_WORDS[tag]} ({tag})", indent=2, mark="- ")
