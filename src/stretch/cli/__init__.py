"""The command line: commands, options, output and exit codes. No other package imports click."""

from __future__ import annotations

from stretch.cli import interrupt

# isort: split
import errno
import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from stretch import __version__
from stretch.cli.console import (
    BROKEN_PIPE,
    CLOSED_TERMINAL,
    OutputFailed,
    discard_output,
    is_terminal,
    prepare_streams,
    write_wrapped,
)
from stretch.cli.usage import SuggestingGroup, error_sentence
from stretch.core.errors import SafetyError, Signalled, StretchError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from stretch.cli.app import App

COMMANDS = {
    "routine": ("stretch.cli.routine", "Build a stretch routine and play it."),
    "resume": ("stretch.cli.resume", "Continue a session that was stopped."),
    "while": ("stretch.cli.while_running", "Guide short desk moves while a command runs."),
    "history": ("stretch.cli.history", "Show your sessions; export and import them."),
    "report": ("stretch.cli.report", "Write what you did as a page to print."),
    "list": ("stretch.cli.listing", "List the stretches."),
    "show": ("stretch.cli.listing", "Show one stretch: figure, steps, dose, cautions, sources."),
    "areas": ("stretch.cli.listing", "List the body areas and groups."),
    "programs": ("stretch.cli.listing", "List the programs: fixed routines with their own doses."),
    "program": ("stretch.cli.program", "Write programs of your own, and follow a prescription."),
    "audio": ("stretch.cli.output_files", "Write a session as a sound file or captions."),
    "page": ("stretch.cli.page", "Write a session as a page that plays on a phone."),
    "handout": ("stretch.cli.output_files", "Write a routine as a page to print."),
    "status": ("stretch.cli.status", "Print the running or last session for a status bar."),
    "remind": ("stretch.cli.output_files", "Write a calendar file that reminds you to stretch."),
    "catalog": ("stretch.cli.catalog", "Create and check your own stretches."),
    "doctor": ("stretch.cli.doctor", "Check sound, voice, display and storage."),
    "config": ("stretch.cli.config", "Show the settings and where they come from."),
    "safety": ("stretch.cli.safety", "Print the safety checklist."),
    "guide": ("stretch.cli.guide", "Show the guide: keys, rules, privacy, your own stretches."),
}
"""The module and the help line of each command; a module is imported when its command runs."""

USUAL_FLAGS = {"--plan", "--why", "--json", "--yes", "--plain", "--events", "--wait", "--sound", "--no-sound"}
"""Options of `routine` that keep the usual routine, if no others are given."""
ROUTINE_COMMANDS = ("routine", "resume", "while", "audio", "page", "handout", "remind")
"""Commands whose options take their defaults from the settings."""


class CommandGroup(SuggestingGroup):
    """A group that imports each command when it runs, and prints every error as a sentence with an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in help order."""
        return list(COMMANDS)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse *args*; without any, at a terminal, or with flags only, the usual routine.

        `help` stands for --help, and options of `routine` can be given alone.
        """
        own = {"-", "--", *(name for param in self.get_params(ctx) for name in param.opts)}
        if args[:1] == ["help"]:
            args = [*args[1:], "--help"]
        elif args and args[0].startswith("-") and args[0] not in own:
            args = ["routine", *self._usual(ctx, args), *args]
        elif not args and not ctx.resilient_parsing and _app(ctx).interactive:
            args = ["routine", *self._usual(ctx, args)]
        return super().parse_args(ctx, args)

    def _usual(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Return the arguments of the usual routine; none if *args* ask for another, or while a shell asks."""
        if ctx.resilient_parsing or not {*args} <= USUAL_FLAGS:
            return []
        from stretch.cli.request import usual_arguments

        return usual_arguments(_app(ctx))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that *args* begin with, or `routine` if they begin with body areas; else UnknownName."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            from stretch.cli.options import check_area_words

            if not ctx.resilient_parsing:
                check_area_words(ctx, args, (*COMMANDS, "help"))
            args = ["routine", *args]
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command and return it."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(COMMANDS[cmd_name][0])
        command: click.Command = getattr(module, cmd_name.replace("-", "_") + "_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands and options that begin with *incomplete*, or else the body areas.

        No command is imported, and the catalog is loaded for areas only.
        """
        from click.shell_completion import CompletionItem

        commands = [CompletionItem(name, help=line) for name, (_, line) in COMMANDS.items()]
        # click.Group.shell_complete would import every command.
        options = click.Command.shell_complete(self, ctx, incomplete)
        if found := [item for item in commands if item.value.startswith(incomplete)] + options:
            return found
        from stretch.cli.options import AREA

        return AREA.shell_complete(ctx, self.params[0], incomplete)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a closed pipe raises OutputFailed, because click would exit with code 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise OutputFailed(error) from error

    def main(self, args: Sequence[str] | None = None, *unused: Any, **extra: Any) -> Any:
        """Run the command line and exit the process with its exit code."""
        # Tests put other streams in their place, and mind their own signals.
        if own_process := sys.stdout is sys.__stdout__:
            interrupt.exit_silently()
        extra |= {"standalone_mode": False, "prog_name": "stretch"}
        if "_STRETCH_COMPLETE" in os.environ:
            from stretch.cli.options import complete_joined_options

            complete_joined_options()
        prepare_streams(own_process=own_process)
        if own_process:
            interrupt.raise_interrupted()
        code = _exit_code(lambda: super(CommandGroup, self).main(args, **extra))
        if own_process:
            interrupt.ignore()
            # The process ends at once: its last garbage collection would take tens of milliseconds.
            gc.freeze()
        sys.exit(code)


def _exit_code(run: Callable[[], Any]) -> int:
    try:
        code = _run(run)
        sys.stdout.flush()
        return code
    except (click.Abort, interrupt.Interrupted):
        discard_output()
        # A terminal has written ^C without ending the line.
        write_wrapped("", sys.stderr, end="\n" if is_terminal(sys.stderr) else "")
        return interrupt.EXIT_CODE
    except OutputFailed as failed:
        return _report_failure(failed.error, "standard output")
    except OSError as error:
        return _report_failure(error, error.filename)


def _run(run: Callable[[], Any]) -> int:
    """Run the command line and return its exit code; what it got wrong is printed as a sentence."""
    try:
        code = run()
        return code if isinstance(code, int) else 0
    except StretchError as error:
        # Safety advice is not an error of the program, so it has no prefix.
        if text := str(error):
            write_wrapped(text if isinstance(error, SafetyError) else f"stretch: {text}", sys.stderr)
        return error.exit_code
    except click.ClickException as error:
        write_wrapped(f"stretch: {error_sentence(error)}", sys.stderr)
        return error.exit_code
    except Signalled as ended:
        from stretch.player.input import raise_again

        raise_again(ended.number)
        return 128 + ended.number


def _report_failure(error: OSError, what: object) -> int:
    if error.errno == errno.EPIPE:
        return BROKEN_PIPE
    if error.errno == errno.EIO and not error.filename:
        return CLOSED_TERMINAL
    where = f"{os.fsdecode(what)}: " if isinstance(what, (str, bytes)) else ""
    write_wrapped(f"stretch: {where}{error.strerror or error}.", sys.stderr)
    return StretchError.exit_code


@click.group(
    cls=CommandGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="""Build a stretch routine for the body areas and minutes you choose, and play it.

    \b
    First steps:
      stretch                          your last routine; the first time 15 minutes for the lower back
      stretch neck shoulders -m 6      a desk break
      stretch lower back --plan        print the routine without playing it
      stretch safety                   when not to stretch
      stretch help routine             all options of a command
    """,
)
@click.version_option(__version__, "-V", "--version", message="stretch %(version)s")
@click.pass_context
def main(ctx: click.Context) -> None:
    ctx.call_on_close(_app(ctx).release_terminal)
    if ctx.invoked_subcommand in ROUTINE_COMMANDS:
        from stretch.cli.options import default_map

        ctx.default_map = {ctx.invoked_subcommand: default_map(ctx.obj)}
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def _app(ctx: click.Context) -> App:
    """Return the App that tests passed, or else a new one for the process."""
    if ctx.obj is None:
        from stretch.cli.app import App

        ctx.obj = App()
    app: App = ctx.obj
    return app


interrupt.restore()
