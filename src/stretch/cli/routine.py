"""`stretch routine`: what is asked for on the command line, built, printed or played."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stretch.cli.options import manner_options, routine_options
from stretch.core.errors import UsageError

if TYPE_CHECKING:
    from stretch.cli.app import App
    from stretch.core.routine import Routine

FASTEST = 1000


@click.command("routine")
@routine_options
@click.option("--save", metavar="NAME", help="Keep it as a program of your own, to run and to edit.")
@click.option("--plan", "plan_only", is_flag=True, help="Print the routine and do not play it.")
@click.option("--json", "as_json", is_flag=True, help="With --plan: as JSON.")
@manner_options
@click.option(
    "--speed", type=click.IntRange(1, FASTEST), metavar="N", default=1, help=f"Rehearse N times faster, 1 to {FASTEST}."
)
@click.pass_obj
def routine_command(app: App, /, *, save: str | None, plan_only: bool, as_json: bool, **options: Any) -> int:
    """Build a routine and be guided through it.

    Without options it is a quarter of an hour for the lower back, or what `stretch config` shows. Warm-up, changes and
    settling are in the time.
    """
    from stretch.cli.request import as_played, asked_for, planned

    manner, asked = as_played(app, options), asked_for(app, options)
    if as_json and not plan_only:
        raise UsageError("--json prints a plan: add --plan.")
    if plan_only:
        routine = planned(app, asked)
        _save(app, routine, save)
        _print(app, routine, as_json=as_json)
        return 0
    from stretch.cli.gate import pass_gate
    from stretch.cli.play import Manner, play
    from stretch.core.safety.clearance import NOTHING_KNOWN

    # Before anything is asked: options that make no sense are refused here.
    routine = planned(app, asked, NOTHING_KNOWN)
    cleared = pass_gate(app, ask=app.interactive and manner["ask"] and not manner["events"])
    if cleared != NOTHING_KNOWN:
        routine = planned(app, asked, cleared)
    _save(app, routine, save)
    return play(app, routine, Manner(**manner), cleared)


def _save(app: App, routine: Routine, name: str | None) -> None:
    if name is not None:
        from stretch.cli.save import save_program

        save_program(app, routine, name)


def _print(app: App, routine: Routine, *, as_json: bool) -> None:
    from stretch.cli import plan

    if as_json:
        app.out.json(plan.as_data(routine))
    else:
        plan.print_plan(app, routine)
