"""`stretch routine`: what is asked for on the command line, built, printed or played."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stretch.cli import complete
from stretch.cli.known import EQUIPPED, LEVEL, POSITION, TAG, catalog_option
from stretch.cli.meant import as_played, meant
from stretch.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from stretch.cli.app import App
    from stretch.cli.gate import Cleared
    from stretch.core.model import Catalog
    from stretch.core.routine import Request, Routine

    Fit = Callable[[Request], Request]
    """What fits a request to the person who makes it."""

FASTEST = 1000
MANNER = ("plain", "events", "wait", "sound", "volume", "voice", "no_voice", "figure", "speed")
"""The options that say how a routine is played and not which."""


def routine_options(command: Any) -> Any:
    """Add the options that say which routine is meant."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option(
        "-a",
        "--area",
        "areas",
        multiple=True,
        shell_complete=complete.areas,
        help="Body area or group; `stretch areas`.",
    ),
    click.option("-m", "--minutes", type=float, help="Time for all of it.  [default: 15]"),
    click.option(
        "--program", metavar="NAME", shell_complete=complete.programs, help="A program instead; `stretch programs`."
    ),
    click.option("--as-written", is_flag=True, help="The program in the order and dose of the article it came from."),
    click.option(
        "--stretch",
        "stretches",
        multiple=True,
        metavar="ID",
        shell_complete=complete.stretches,
        help="Must be in it; alone: only these.",
    ),
    click.option("--position", "positions", multiple=True, type=POSITION, help="Only in these positions."),
    click.option(
        "--equipment", multiple=True, type=EQUIPPED, help="What you have; all else is missing.  [default: everything]"
    ),
    click.option("--level", type=LEVEL, help="The deepest level.  [default: moderate]"),
    click.option(
        "--avoid", multiple=True, type=TAG, shell_complete=complete.tags, help="What you must be careful with."
    ),
    click.option(
        "--exclude", multiple=True, metavar="ID", shell_complete=complete.stretches, help="Leave this stretch out."
    ),
    click.option(
        "--breath",
        metavar="PATTERN",
        shell_complete=complete.breaths,
        help="steady, calm, even, off, or seconds IN-OUT.  [default: steady]",
    ),
    click.option("--warm-up", type=float, metavar="MIN", help="Minutes of warm-up; 0 if you are warm already."),
    click.option("--before-sport", is_flag=True, help="Short holds, and movement to finish with."),
    click.option("--morning/--no-morning", default=None, help="No bending forward yet.  [default: --no-morning]"),
    click.option(
        "--experienced/--new",
        default=None,
        help="Whole doses from the first day, or those of the first two weeks.  [default: what the journal says]",
    ),
    catalog_option,
    click.option("--seed", type=click.IntRange(0), default=0, help="Another number, another choice."),
)


@click.command("routine")
@routine_options
@click.option("--save", metavar="NAME", help="Keep it as a program of your own, to run and to edit.")
@click.option("--plan", "plan_only", is_flag=True, help="Print the routine and do not play it.")
@click.option("--json", "as_json", is_flag=True, help="With --plan: as JSON.")
@click.option("--yes", is_flag=True, help="Nothing to report: start without asking.")
@click.option("--plain", is_flag=True, help="Tell it line by line, for screen readers and logs.")
@click.option("--events", is_flag=True, help="Play, and tell a program: one JSON object a line.")
@click.option("--wait", is_flag=True, help="Stand still before each new stretch until a key is pressed.")
@click.option("--sound/--no-sound", default=None, help="Sounds at every change.  [default: on]")
@click.option("--volume", type=click.IntRange(0, 100), help="How loud.  [default: 50]")
@click.option(
    "--voice",
    is_flag=False,
    flag_value="yes",
    type=click.Choice(["yes", "no", "breath"]),
    help="A voice that says what to do; `breath` breathes with you.",
)
# Not one option with --voice: click would give a bare --voice the value of the other.
@click.option("--no-voice", is_flag=True, help="No voice.  [default]")
@click.option(
    "--figure",
    type=click.Choice(["braille", "blocks", "none"]),
    help="How the figure is drawn.  [default: braille]",
)
@click.option("--speed", type=click.IntRange(1, FASTEST), default=1, help="Rehearse this many times faster.")
@click.pass_obj
def routine_command(app: App, /, *, save: str | None, plan_only: bool, as_json: bool, yes: bool, **options: Any) -> int:
    """Build a routine and be guided through it.

    Without options it is a quarter of an hour for the lower back, or what `stretch config` shows. Warm-up, changes and
    settling are in the time.
    """
    manner = as_played(app, {name: options.pop(name) for name in MANNER})
    options = meant(app, options)
    if as_json and not plan_only:
        raise UsageError("--json prints a plan: add --plan.")
    routine = build(app.catalog, **options)
    # Asked only once it is clear that the options make sense.
    asking = app.interactive and not yes and not manner["events"]
    cleared = None if plan_only else _cleared(app, ask=asking)
    if fit := as_planned(app) if cleared is None else _fit(app, cleared):
        routine = build(app.catalog, fit=fit, **options)
    if save is not None:
        from stretch.cli.save import save_program

        save_program(app, routine, save)
    if plan_only:
        from stretch.cli import plan

        if as_json:
            app.out.json(plan.as_data(routine))
        else:
            plan.print_plan(app, routine)
        return 0
    from stretch.cli.play import Manner, play

    return play(app, routine, Manner(**manner, ask=not yes), cleared)


def as_planned(app: App) -> Fit | None:
    """Return what fits a request to what the last safety check said, without asking; None when there was none."""
    from stretch.store import profile

    standing = profile.load(app.folder)
    if standing is None:
        return None
    from stretch.cli.gate import Cleared

    return _fit(app, Cleared(standing))


def _cleared(app: App, *, ask: bool) -> Cleared:
    from stretch.cli.gate import pass_gate

    return pass_gate(app, ask=ask)


def _fit(app: App, cleared: Cleared) -> Fit:
    from functools import partial

    from stretch.cli.gate import fitted

    return partial(fitted, cleared=cleared, today=app.today())


def build(
    catalog: Catalog,
    *,
    program: str | None,
    as_written: bool,
    areas: tuple[str, ...],
    fit: Fit = lambda request: request,
    lately: Fit = lambda request: request,
    **asked: Any,
) -> Routine:
    """Return the routine that the options ask for; *fit* fits the request to the person, *lately* to what was done.

    Raises UsageError for options that contradict each other, and what the builder raises.
    """
    from stretch.core.planning import builder
    from stretch.core.routine import Request
    from stretch.core.timing.breathing import parse

    if program and areas:
        raise UsageError(f"--program {program} has stretches of its own: leave --area or --program out.")
    if program and asked["stretches"]:
        raise UsageError(f"--program {program} has stretches of its own: leave --stretch or --program out.")
    if as_written and not program:
        raise UsageError("--as-written goes with --program: name the program.")
    parse(asked["breath"])
    request = Request(areas=areas, **(asked | {"equipment": asked["equipment"] or None}))
    if program:
        import msgspec

        from stretch.core.planning import programs

        # A program has doses of its own; only which side begins is a matter of what was done lately.
        request = msgspec.structs.replace(request, first_side=lately(request).first_side)
        return programs.build_program(catalog, program, fit(request), as_written=as_written)
    return builder.build(catalog, fit(lately(request)))
