"""Usage errors in everyday words."""

from collections.abc import Callable
from itertools import combinations
from typing import Any

import click
from click.core import ParameterSource

from stretch.core.errors import UnknownName, UsageError
from stretch.core.text import quote


class SuggestingGroup(click.Group):
    """A group of commands that suggests similar names for a command it does not have."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that *args* begin with; raise UnknownName if there is none."""
        if ctx.resilient_parsing:  # while a shell asks what to offer
            return super().resolve_command(ctx, args)
        names = self.list_commands(ctx)
        if args[0] not in names and not args[0].startswith("-"):
            raise UnknownName("command", args[0], names, f"`{ctx.command_path} --help` lists them.")
        if typed := typed_options(ctx):
            raise UsageError(f"`{ctx.command_path} {typed[0]}` takes no command: leave out {typed[0]} or {args[0]}.")
        return super().resolve_command(ctx, args)


class SubcommandGroup(SuggestingGroup):
    """A group that runs its own function, or prints its help, only if no subcommand is given."""

    def __init__(self, name: str, callback: Callable[..., Any] | None = None, **attributes: Any) -> None:
        def alone(**values: Any) -> Any:
            ctx = click.get_current_context()
            if ctx.invoked_subcommand is None:
                return callback(**values) if callback else click.echo(ctx.get_help())
            return None

        super().__init__(name, callback=alone, invoke_without_command=True, **attributes)


def typed_options(ctx: click.Context) -> list[str]:
    """Return the options of the command of *ctx* that the command line gave, by their longest names."""
    params = [param for param in ctx.command.params if isinstance(param, click.Option)]
    typed = (param for param in params if ctx.get_parameter_source(param.name or "") is ParameterSource.COMMANDLINE)
    return [parameter_name(param) for param in typed]


def refuse_together(*names: str) -> None:
    """Raise UsageError if the command line has two of the options *names*, of which each makes the others pointless."""
    typed = typed_options(click.get_current_context())
    if pair := next(combinations((name for name in names if name in typed), 2), None):
        raise UsageError(f"{pair[0]} and {pair[1]} do not go together: leave one of them out.")


def error_sentence(error: click.ClickException) -> str:
    """Return what is wrong, as one sentence, and where to read more."""
    ctx = getattr(error, "ctx", None)
    words = error.message
    match error:
        case click.MissingParameter(param=click.Parameter() as param):
            words = f"{parameter_name(param)} is missing."
            if ctx and (ending := next(iter(getattr(param.type, "endings", ())), None)):
                words = f"{parameter_name(param)} is missing: write for example `-o {ctx.info_name}{ending}`."
        case click.BadParameter(param=click.Parameter() as param):
            words = f"{parameter_name(param)} {words}"
        case click.NoSuchOption():
            known = {flag for param in (ctx.command.get_params(ctx) if ctx else ()) for flag in param.opts}
            words = str(UnknownName("option", error.option_name, known))
        case click.BadOptionUsage():
            takes = "takes no value" if "not take" in words else "needs a value"
            words = f"{error.option_name} {takes}."
        case click.UsageError() if ctx and words.endswith(")"):
            # "Got unexpected extra argument (neck)": click has no class for it.
            words = f"`{ctx.command_path}` does not take {quote(words[words.index('(') + 1 : -1])}."
    return f"{words} See `{ctx.command_path} --help`." if ctx else words


def parameter_name(param: click.Parameter) -> str:
    """Return the name by which the user knows *param*: `--output`, or `ID` of an argument."""
    return max(param.opts, key=len) if isinstance(param, click.Option) else param.human_readable_name
