"""The options that several commands take, and values that are one of a few names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stretch.cli import complete
from stretch.cli.complete import CATALOGS
from stretch.core.errors import UsageError
from stretch.core.vocabulary import EQUIPMENT, LEVELS, POSITIONS, TAGS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from click.shell_completion import CompletionItem


class Known(click.ParamType):  # type: ignore[type-arg]  # generic only since click 8.2
    """One of *names*, each of which is a *what*."""

    def __init__(self, what: str, names: tuple[str, ...]) -> None:
        self.name, self.names = what, names

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the names that begin with *incomplete*."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(name) for name in self.names if name.startswith(incomplete)]

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return *value* when it is known."""
        if value in self.names:
            return str(value)
        raise UsageError(f"There is no {self.name} called {value!r}: it is one of {', '.join(self.names)}.")


POSITION = Known("position", POSITIONS)
EQUIPPED = Known("equipment", EQUIPMENT)
LEVEL = Known("level", LEVELS)
TAG = Known("caution tag", TAGS)


def _with_catalogs(ctx: click.Context, param: click.Parameter, paths: tuple[str, ...]) -> None:
    # While a shell asks what to offer, there is no App.
    ctx.meta[CATALOGS] = paths
    if ctx.obj is not None:
        from pathlib import Path

        ctx.obj.add_catalogs([Path(path) for path in paths])


catalog_option = click.option(
    "--catalog",
    multiple=True,
    type=click.Path(),
    expose_value=False,
    callback=_with_catalogs,
    help="A catalog of your own as well, a folder or a file.",
)
"""Takes catalogs for this run, on top of the one in the user's folder and instead of those in the settings."""


def routine_options(command: Any) -> Any:
    """Add the options that say which routine is meant."""
    return _with(command, _ROUTINE)


def manner_options(command: Any) -> Any:
    """Add the options that say how a routine is played, and not which."""
    return _with(command, _MANNER)


def _with(command: Any, options: Sequence[Any]) -> Any:
    for option in reversed(options):
        command = option(command)
    return command


_ROUTINE = (
    click.option(
        "-a",
        "--area",
        "areas",
        multiple=True,
        metavar="AREA",
        shell_complete=complete.areas,
        help="Body area or group; `stretch areas`.",
    ),
    click.option("-m", "--minutes", type=float, metavar="MIN", help="Time for all of it.  [default: 15]"),
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
        "--avoid",
        multiple=True,
        type=TAG,
        metavar="TAG",
        shell_complete=complete.tags,
        help="What you must be careful with.",
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
    click.option("--seed", type=click.IntRange(0), metavar="N", default=0, help="Another number, another choice."),
)

_MANNER = (
    click.option("--yes", is_flag=True, help="Nothing to report: start without asking."),
    click.option("--plain", is_flag=True, help="Tell it line by line, for screen readers and logs."),
    click.option("--events", is_flag=True, help="Play, and tell a program: one JSON object a line."),
    click.option("--wait", is_flag=True, help="Stand still before each new stretch until a key is pressed."),
    click.option("--sound/--no-sound", default=None, help="Sounds at every change.  [default: on]"),
    click.option("--volume", type=click.IntRange(0, 100), metavar="N", help="How loud, 0 to 100.  [default: 50]"),
    click.option(
        "--voice",
        is_flag=False,
        flag_value="yes",
        type=click.Choice(["yes", "no", "breath"]),
        help="A voice that says what to do; `breath` breathes with you.",
    ),
    # Not one option with --voice: click would give a bare --voice the value of the other.
    click.option("--no-voice", is_flag=True, help="No voice.  [default]"),
    click.option(
        "--figure",
        type=click.Choice(["braille", "blocks", "none"]),
        help="How the figure is drawn.  [default: braille]",
    ),
)
