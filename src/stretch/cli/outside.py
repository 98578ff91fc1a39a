"""A routine that is wanted outside of a session, on paper or in the calendar, and the command that plays it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from stretch.cli.complete import CATALOGS

if TYPE_CHECKING:
    from stretch.cli.app import App
    from stretch.core.routine import Routine


def for_person(app: App, options: dict[str, Any]) -> tuple[Routine, bool]:
    """Return the routine as `stretch routine` would plan it for this person, and whether it needs rest days (D14).

    It may be for somebody else, so what the safety check said is told and stops nothing: this is no session.
    """
    from stretch.cli.request import asked_for, planned
    from stretch.core.safety.standing import blocks, message
    from stretch.export.training_frequency import needs_rest_day
    from stretch.storage import profile

    kept = profile.load(app.folder)
    if kept is not None and blocks(kept, app.today()):
        for words in message(app.safety.messages, kept, app.today()):
            app.tell(words)
    asked = asked_for(app, options)
    routine = planned(app, asked)
    program = app.catalog.programs.get(asked.program or "")
    return routine, needs_rest_day(routine, program, as_written=asked.as_written)


def as_typed(ctx: click.Context) -> str:
    """Return the `stretch routine` with the options that were given on the command line of *ctx*."""
    import shlex

    words = ["stretch", "routine"]
    for option in _asked_of(ctx):
        name = max(option.opts, key=len)
        value = ctx.meta[CATALOGS] if option.name == "catalog" else ctx.params[option.name or ""]
        if getattr(option, "is_flag", False):
            words.append(name if value else max(option.secondary_opts, key=len))
            continue
        for each in value if option.multiple else (value,):
            words += [name, f"{each:g}" if isinstance(each, float) else str(each)]
    return shlex.join(words)


def _asked_of(ctx: click.Context) -> list[click.Option]:
    """Return the options of a routine that stand on the command line; those of the command itself are not for it."""
    from stretch.cli.routine import routine_command

    known = {option.name for option in routine_command.params}
    return [
        option
        for option in ctx.command.params
        if isinstance(option, click.Option)
        and option.name in known
        and ctx.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE
    ]
