"""`stretch while`: run a command and guide short desk moves until it ends."""

from __future__ import annotations

import math
import shlex
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stretch.cli.options import TAG, playback_options
from stretch.core.errors import StretchError, UsageError
from stretch.core.text import duration, quote
from stretch.core.timing.phases import NS_PER_MS
from stretch.player.wrapped_command import KILL, OutputLog, WrappedCommand, last_lines, start_error

if TYPE_CHECKING:
    from stretch.cli.app import App
    from stretch.cli.desk_moves import DeskMoves
    from stretch.cli.request import PlaybackOptions
    from stretch.core.vocabulary import Tag
    from stretch.player.terminal import Terminal

AT_ONCE_S = 1.0
"""A command that ends within this time is over before anybody stretches."""
WAIT_S = 0.1
TAIL_LINES = 50
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, KILL)
"""Signals for the command, one for each time that it is asked to stop."""


class CommandAfterDashes(click.Command):
    """A command with another command after `--`, whose options are its own."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse *args*; raise UsageError if there is nothing after `--`, or something else before it."""
        given = [*args]
        rest = super().parse_args(ctx, args)
        words = ctx.params.get("command", ())
        if not ctx.resilient_parsing and ("--" not in given or list(words) != given[given.index("--") + 1 :]):
            wanted = shlex.join(word for word in words if word != "--") or "make test"
            raise UsageError(f"The command to run comes after two dashes: `stretch while -- {wanted}`.")
        if not ctx.resilient_parsing and not words:
            raise UsageError("There is no command after the two dashes, as in `stretch while -- make test`.")
        return rest


@click.command(
    "while",
    cls=CommandAfterDashes,
    context_settings={"allow_interspersed_args": False},
    help="""Run a command, and guide short desk moves until it ends.

    Its output goes to a file; at the end the last lines are printed. When it ends during a side, that side is
    finished first. q ends the stretching and waits for the command; Ctrl-C asks whether to stop both. The command
    cannot read from the terminal, and its exit code is kept.
    """,
)
@click.option("--now", is_flag=True, help="End with the command, in the middle of a side too.")
@click.option("--avoid", multiple=True, type=TAG, metavar="TAG", help="Be careful with this (repeatable).")
@playback_options
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="-- COMMAND [ARG]...")
@click.pass_obj
def while_command(
    app: App, /, playback: PlaybackOptions, now: bool, avoid: tuple[Tag, ...], command: tuple[str, ...]
) -> int:
    if sys.platform == "win32":
        raise UsageError("`stretch while` does not work on Windows.")
    from stretch.player.terminal import Terminal

    moves = _moves(app, playback, avoid)
    output = _create_output(app, command[0]) if moves else None
    with ExitStack() as stack:
        # From here on signals are read, so none ends this process and leaves the command behind.
        source = app.stdin.fileno() if output and app.stdin else None
        terminal = stack.enter_context(Terminal(source, app.stdout.fileno(), app.theme, screen=False))
        try:
            process = WrappedCommand(command, output)
        except OSError as error:
            if output is not None:
                output.path.unlink(missing_ok=True)
            app.info(f"stretch: {quote(command[0])} cannot be run: {error.strerror or error}.")
            return start_error(error)
        stack.callback(process.close)
        run = _Run(app, terminal, process, Path(command[0]).name, output)
        if moves is None or output is None:
            run.wait()
            return process.exit_code
        run.wait(AT_ONCE_S)
        run.stretch(moves, now=now)
        run.wait()
        if not run.terminated:
            terminal.bell(1)
            output.close()
            _print_output(app, output.path, failed=process.exit_code != 0)
            app.info(run.result())
        return process.exit_code


class _Run:
    """A command that runs, and what the person at the *terminal* wants of it."""

    def __init__(
        self, app: App, terminal: Terminal, process: WrappedCommand, name: str, output: OutputLog | None
    ) -> None:
        self._app, self._terminal, self._process, self._name, self._output = app, terminal, process, name, output
        self._started_ns, self._ended_ns = app.clock(), 0
        self._interrupts, self._asks = 0, False
        self.terminated = False
        """True after a signal that ends this process too."""

    def ended(self) -> str:
        """Return how the command has ended; empty while it runs."""
        code = self._process.poll()
        if code is None:
            return ""
        self._ended_ns = self._ended_ns or self._app.clock()
        return f"was ended by signal {-code}" if code < 0 else f"failed with exit code {code}" if code else "is done"

    def wait(self, seconds: float = math.inf) -> None:
        """Wait for the end of the command, so many *seconds* at most; Ctrl-C stops it."""
        until_ns = self._app.clock() + seconds * 1e9
        while not self.ended() and self._app.clock() < until_ns:
            event = self._terminal.read(WAIT_S)
            if event.signal is not None and event.signal != signal.SIGINT:
                self._terminate(event.signal)
            elif event.signal is not None or (self._asks and event.key == "c"):
                self._stop()
            elif self._asks and event.key is not None:
                self._say_waiting()

    def stretch(self, moves: DeskMoves, *, now: bool) -> None:
        """Guide *moves* while the command runs."""
        if self.ended() or self._interrupts:
            return
        result = moves.play(self.ended, self._name, now=now)
        if result.failure is not None:
            self._app.info(f"The stretching ended: {result.failure}")
        if self.ended():
            return
        if result.signal is None:
            self._say_waiting()
        elif result.signal == signal.SIGINT:
            self._asks = True
            self._app.info(f"The stretching has stopped. c or Ctrl-C: stop {self._name} too. Any other key: wait.")
        else:
            self._terminate(result.signal)

    def result(self) -> str:
        """Return how the command ended, after how long, and where its output is."""
        how, time = self.ended(), duration((self._ended_ns - self._started_ns) // NS_PER_MS)
        return f"{self._name} {how} after {time}. {self._where()}"

    def _where(self) -> str:
        """Return where the output is, and what is not there."""
        output = self._output
        if output is None:
            return ""
        if output.problem is not None:
            return f"Its output could not all be kept ({output.problem.strerror}): {output.path}"
        if output.dropped:
            return f"Its output without {output.dropped / 1e6:,.0f} MB from the middle: {output.path}"
        return f"All of its output: {output.path}"

    def _say_waiting(self) -> None:
        self._asks = False
        where = f" Its output: {self._output.path}" if self._output else ""
        self._app.info(f"Waiting for {self._name}; Ctrl-C stops it.{where}")

    def _stop(self) -> None:
        self._asks = False
        self._process.send(STOP_SIGNALS[min(self._interrupts, len(STOP_SIGNALS) - 1)])
        self._interrupts += 1

    def _terminate(self, number: int) -> None:
        self.terminated = True
        self._process.end(number)


def _moves(app: App, playback: PlaybackOptions, avoid: tuple[Tag, ...]) -> DeskMoves | None:
    """Return the moves to guide; None, with the reason on standard error, if there is to be no stretching."""
    if not app.interactive:
        return None
    from stretch.cli.desk_moves import DeskMoves
    from stretch.cli.preflight import run_preflight
    from stretch.storage import screening_file

    try:
        # Questions keep the command waiting only the first time.
        ask = playback.asks(app) and screening_file.load(app.folder) is None
        return DeskMoves(app, playback, run_preflight(app, ask=ask), avoid)
    except StretchError as error:
        app.info(f"{error}\nThe command runs without stretching.")
    return None


def _create_output(app: App, command: str) -> OutputLog | None:
    name = "".join(letter if letter.isalnum() else "-" for letter in Path(command).name)[:40]
    try:
        return OutputLog(app.folder / "output", f"{app.now():%Y-%m-%d-%H%M%S}-{name}")
    except OSError as error:
        app.info(f"The output cannot be kept, so there is no stretching: {error.strerror or error}.")
    return None


def _print_output(app: App, path: Path, *, failed: bool) -> None:
    """Print the end of the output; all of it if the command *failed* and it fits the screen."""
    screen = (app.out.lines or 0) - 2 if failed else 0
    lines, whole = last_lines(path, max(TAIL_LINES, screen))
    if lines and not whole:
        app.info("The end of the output:")
    app.stdout.write("".join(f"{line}\n" for line in lines))
    app.stdout.flush()
