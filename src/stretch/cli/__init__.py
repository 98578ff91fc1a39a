"""The commands: parse, call, print, choose the exit code; click lives in this folder and nowhere else."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from stretch import __version__
from stretch.core.errors import StretchError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = {
    "routine": ("stretch.cli.routine", "Build a routine and be guided through it."),
    "resume": ("stretch.cli.resume", "Go on with a session that was cut off."),
    "history": ("stretch.cli.history", "What you did: weeks, areas, sides, pain; export and import."),
    "list": ("stretch.cli.listing", "List the stretches."),
    "show": ("stretch.cli.show", "Show one stretch: steps, breath, dose, cautions, sources."),
    "areas": ("stretch.cli.listing", "List the body areas and their groups."),
    "programs": ("stretch.cli.listing", "List the programs: fixed routines with doses of their own."),
    "audio": ("stretch.cli.audio", "Write a whole session as a sound file, or its captions."),
    "handout": ("stretch.cli.handout", "Write the routine as a page to print."),
    "status": ("stretch.cli.status", "Print one line for a status bar."),
    "remind": ("stretch.cli.remind", "Write a calendar file that reminds you to stretch."),
    "catalog": ("stretch.cli.catalog", "Stretches of your own: begin, check, find."),
    "doctor": ("stretch.cli.doctor", "Tell what can be heard, shown and kept here."),
    "config": ("stretch.cli.config", "Show what is set, and where it comes from."),
    "safety": ("stretch.cli.safety", "Print the safety checklist."),
}
"""Each command, the module it is in, and its line of help; the module is imported when the command runs."""

ROUTINE_COMMANDS = ("routine", "resume", "audio", "handout", "remind")
"""Commands whose options take their defaults from the settings."""

INTERRUPTED = 130
BROKEN_PIPE = 141
NOT_FOR_SAFETY = 4


class Commands(click.Group):
    """A group that imports a command when it is called, and turns every error into a sentence and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, importing it now."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(COMMANDS[cmd_name][0])
        return getattr(module, cmd_name.replace("-", "_") + "_command")  # type: ignore[no-any-return]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that *args* begin with, or say which ones are near."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from stretch.core.errors import UnknownName

            raise UnknownName("command", args[0], COMMANDS, "`stretch --help` lists them.")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands that begin with *incomplete*, without importing any, and the options of the group."""
        from click.shell_completion import CompletionItem

        commands = [CompletionItem(name, help=line) for name, (_, line) in COMMANDS.items()]
        # Past those of click.Group, which would import every command.
        options = click.Command.shell_complete(self, ctx, incomplete)
        return [item for item in commands if item.value.startswith(incomplete)] + options

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _ReaderGone from error

    def main(self, args: Sequence[str] | None = None, *unused: Any, **extra: Any) -> Any:
        """Run, and leave the process with the exit code that says how it went."""
        extra["standalone_mode"] = False
        extra.setdefault("prog_name", "stretch")
        sys.exit(_run(super().main, args, extra))


def _run(run: Any, args: Sequence[str] | None, extra: dict[str, Any]) -> int:
    try:
        code = run(args, **extra)
        if sys.stdout is not None:
            sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except StretchError as error:
        # What is said for safety is no complaint of a program.
        _complain(str(error) if error.exit_code == NOT_FOR_SAFETY else f"stretch: {error}")
        return error.exit_code
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else _command_of(args)
        _complain(f"stretch: {error.format_message()} `{where} --help` tells more.")
        return error.exit_code
    except click.ClickException as error:
        _complain(f"stretch: {error.format_message()}")
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except (_ReaderGone, BrokenPipeError):
        _forget_output()
        return BROKEN_PIPE
    except OSError as error:
        _forget_output()
        what = f"{error.filename}: " if error.filename else ""
        _complain(f"stretch: {what}{error.strerror or error}.")
        return StretchError.exit_code


def _command_of(args: Sequence[str] | None) -> str:
    """Return the command that *args* begin with, for an error that comes before click knows it."""
    first = [*(sys.argv[1:] if args is None else args), ""][0]
    return f"stretch {first}" if first in COMMANDS else "stretch"


def _complain(text: str) -> None:
    from stretch.cli.console import wrap_for

    click.echo(wrap_for(text, sys.stderr), err=True)


class _ReaderGone(Exception):
    """Whoever read the output has enough; click would end the process by itself if it saw the OSError."""


def _forget_output() -> None:
    """Make sure that what is left in the buffer of stdout does not raise once more when the process ends."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", message="stretch %(version)s")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Build a stretch routine for the body areas and the minutes you have, and be guided through it.

    \b
    Examples:
      stretch routine --area lower-back             a quarter of an hour, guided
      stretch routine -a neck -a shoulders -m 6     a break at the desk
      stretch safety                                when not to stretch
    """
    if ctx.obj is None:
        from stretch.cli.app import App

        ctx.obj = App()
    if ctx.invoked_subcommand in ROUTINE_COMMANDS:
        from stretch.cli.options import default_map

        ctx.default_map = {ctx.invoked_subcommand: default_map(ctx.obj)}
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
