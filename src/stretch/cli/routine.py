"""`stretch routine`: build a routine, then print, save or play it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stretch.cli.options import Number, playback_options, routine_options
from stretch.cli.usage import refuse_together
from stretch.core.errors import UsageError
from stretch.core.vocabulary import SIDE_LABELS

if TYPE_CHECKING:
    from stretch.cli.app import App
    from stretch.cli.request import PlaybackOptions, RoutineOptions
    from stretch.core.routine import Item, Request, Routine

MAX_SPEED = 1000


@click.command(
    "routine",
    help="""Build a stretch routine and play it.

    Without options it takes 15 minutes for the lower back, or what the settings say (`stretch config`). Warm-up and
    changes of position are included in the minutes.
    """,
)
@routine_options
@click.option("--save", metavar="NAME", help="Save the routine as your own program, to run again and to edit.")
@click.option("--plan", "plan_only", is_flag=True, help="Print the routine without playing it.")
@click.option("--why", is_flag=True, help="Like --plan, with the reason for each stretch that is in it or left out.")
@click.option("--json", "as_json", is_flag=True, help="With --plan: print JSON.")
@playback_options
@click.option(
    "--speed", type=Number(1, MAX_SPEED), metavar="N", default=1, help="Play N times faster, without sound or record."
)
@click.pass_obj
def routine_command(
    app: App,
    /,
    options: RoutineOptions,
    playback: PlaybackOptions,
    save: str | None,
    plan_only: bool,
    why: bool,
    as_json: bool,
) -> int:
    from stretch.cli.request import build_request, check_request

    _check_options(playback, print_only=plan_only or why, as_json=as_json)
    request = build_request(app, options, voice=playback.voice)
    if save is not None:
        _check_name(app, save)
    if plan_only or why:
        _print(app, options, request, save, why=why, as_json=as_json)
        return 0
    from stretch.cli.start import agree

    # Wrong options are refused before any question is asked.
    check_request(app, options, request)
    agreed = agree(app, options, request, playback)
    if save is not None:
        _save(app, agreed.routine, save)
    # Imported here, so that the start screen appears sooner.
    from stretch.cli.play import STOPPED, play_routine

    play = agreed.routine, agreed.playback, agreed.preflight, agreed.replace
    return play_routine(app, *play) if agreed.started else STOPPED


def _print(app: App, options: RoutineOptions, request: Request, save: str | None, *, why: bool, as_json: bool) -> None:
    """Print the routine for *request*, and what the safety check says about today."""
    from stretch.cli import plan
    from stretch.cli.request import RoutinePlanner, preflight_today

    preflight = preflight_today(app)
    routine = RoutinePlanner(app, options, preflight).plan(request)
    if save is not None:
        _save(app, routine, save)
    if as_json:
        app.out.json(plan.plan_data(routine))
        return
    for note in preflight.notes:
        app.out.paragraph(note)
    plan.print_plan(app, routine, why=why)


def _check_options(playback: PlaybackOptions, *, print_only: bool, as_json: bool) -> None:
    """Raise UsageError for options that need others, or would do nothing beside them."""
    if as_json and not print_only:
        raise UsageError("--json needs --plan.")
    for other in ("--plan", "--why", "--plain"):
        refuse_together("--events", other)
    for other, on in (("--sound", playback.sound), ("--voice", playback.voice != "no")):
        if playback.dry_run and on:
            refuse_together("--speed", other)


def _check_name(app: App, name: str) -> None:
    from stretch.core.checks import id_problem

    if problem := id_problem(name):
        raise UsageError(f"--save: {problem}.")
    if name in app.catalog.programs:
        raise UsageError(f"--save {name}: a program of that name exists already; choose another name.")


def _save(app: App, routine: Routine, name: str) -> None:
    """Write *routine* as the program *name* into the user's catalog."""
    from stretch.storage.files.safe_io import create_file, make_private

    file = app.catalog_folder / f"{name}.yaml"
    make_private(file.parent)
    create_file(file, _program_yaml(routine, name))
    app.info(f"Saved {file}. Run it with `stretch routine --program {name}`; edit the file to change it.")


def _program_yaml(routine: Routine, name: str) -> str:
    import yaml

    minutes = min(round(sum(seconds for _, seconds in routine.warm_up) / 60), 10)
    items = (yaml.safe_dump(_fields(item), default_flow_style=True, sort_keys=False) for item in routine.items)
    lines = [
        "# A saved routine. Change it as you like, then run `stretch catalog check`.",
        "# hold_s: seconds of one hold. reps: number of holds, or of breaths for a movement.",
        "programs:",
        f"  - id: {name}",
        f"    name: {name.replace('-', ' ').capitalize()}",
        f"    about: Made for {', '.join(routine.areas)}.",
        f"    warm_up_min: {minutes}",
        "    items:",
        *(f"      - {' '.join(item.split())}" for item in items),
    ]
    return "\n".join(lines) + "\n"


def _fields(item: Item) -> dict[str, Any]:
    """Return *item* as it is written in a program; the sides and the sets only if they are not the usual ones."""
    # A dose that was made easier for cautions is saved in full: it is made easier again each time it is run.
    dose = item.stretch.dose if item.adapted else item.dose
    fields: dict[str, Any] = {"stretch": item.stretch.id, "hold_s": dose.hold_s, "reps": dose.reps}
    if item.stretch.both_sides and len(item.sides) == 1:
        fields |= {"sides": item.sides[0]}
    if len({*item.sets}) == 2:
        fields |= {"sides": {side: item.set_count(side) for side in SIDE_LABELS}, "first_side": item.sides[0]}
    elif item.sets:
        fields |= {"sets": item.sets[0]}
    if item.sets:
        fields |= {"rest_s": item.rest_s}
    return {name: value for name, value in fields.items() if value is not None}
