"""Print measurements next to their budgets: `python tests/benchmarks/table.py [--seconds N] [--peers]`.

Every measurement is a ratio to another one of the same run, so that a slow or busy machine does not matter. Nothing
here fails. With the Python of an environment that has the wheel, it measures what users have; in a checkout the catalog
is parsed at each start. `--peers` installs two other terminal timers into a temporary folder and measures them in the
same way. POSIX with /proc only.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import pty
import resource
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
import venv
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

from stretch.core.journal.record import SessionRecord, SideResult
from stretch.core.safety.pain import PainScores
from stretch.storage.journal.journal import Journal

# A program that compiles itself anew at each start measures the compiler.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
STRETCH = [sys.executable, "-m", "stretch"]
COMPLETE = """
import os, sys
os.environ.update(_STRETCH_COMPLETE="bash_complete", COMP_WORDS="stretch show ", COMP_CWORD="2")
sys.argv[0] = "stretch"
from stretch.cli import main
main()
"""
CLICK = [sys.executable, "-c", "import click"]
ALL = [sys.executable, "-c", "import click, yaml, msgspec, rich.table"]
AREAS = ("neck", "shoulders", "upper-back", "lower-back", "hips", "glutes", "hamstrings", "quads", "calves", "chest")
PHASES = {
    "in the warm-up": ["--area", "lower-back"],
    "in a moving stretch": ["--stretch", "cat-cow", "--warm-up", "0"],
    "in a hold": ["--stretch", "single-knee-to-chest", "--warm-up", "0"],
}
"""Routines that begin with each kind of phase, or with getting ready for it."""


def cpu_of(command: list[str]) -> float:
    """Return the CPU seconds of one run; its output is discarded."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ratio(command: list[str], other: list[str], runs: int) -> float:
    """Return the median ratio of CPU seconds of two commands that run in turn."""
    cpu_of(command), cpu_of(other)
    return statistics.median(cpu_of(command) / cpu_of(other) for _ in range(runs))


class TerminalRun:
    """A command in a terminal of 80 x 24."""

    def __init__(self, command: list[str]) -> None:
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", LC_ALL="C.UTF-8")
            os.execvp(command[0], command)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.bytes = 0

    def read(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if select.select([self.master], [], [], left)[0]:
                self.bytes += len(os.read(self.master, 65536))

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def cpu(self) -> float:
        """Return the seconds that all threads of the process ran, by the account of the scheduler."""
        threads = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9

    def memory(self) -> float:
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024

    def end(self) -> None:
        os.kill(self.pid, signal.SIGTERM)
        with suppress(OSError):  # the far end closes when the process ends
            self.read(0.5)
        os.close(self.master)
        os.waitpid(self.pid, 0)


def measure_playing(command: list[str], seconds: float, keys: str = "") -> tuple[float, float, float]:
    """Return the share of a core in percent, the peak memory in MiB and the KB per second, after start-up."""
    run = TerminalRun(command)
    run.read(2.0)
    for key in keys:
        run.press(key)
        run.read(0.2)
    run.bytes, cpu, start = 0, run.cpu(), time.monotonic()
    run.read(seconds)
    took = time.monotonic() - start
    result = (100 * (run.cpu() - cpu) / took, run.memory(), run.bytes / took / 1000)
    run.end()
    return result


def playing(seconds: float, with_peers: bool) -> Iterator[tuple[str, str, str]]:
    """Yield the rows about playing in each kind of phase, their average, and other timers."""
    measured = []
    for name, options in PHASES.items():
        command = [*STRETCH, "routine", "--yes", *options]
        measured.append(measure_playing(command, seconds, "" if "--area" in options else "n"))
        yield f"  {name}", _values(measured[-1]), ""
    average = tuple(map(statistics.mean, zip(*measured, strict=True)))
    yield "  on average", _values(average), "1.0 % of a core, 28 MiB, 3 KB/s"
    with tempfile.TemporaryDirectory() as folder:
        for name, command in peers(Path(folder)).items() if with_peers else ():
            yield f"  {name}", _values(measure_playing(command, seconds)), ""


def _values(measured: Sequence[float]) -> str:
    return "{:.2f} % {:.0f} MiB {:.2f} KB/s".format(*measured)


def lateness(seconds: float) -> float:
    """Return the longest delay of an event in a real session, in milliseconds."""
    command = [*STRETCH, "routine", "--events", "--yes", "--warm-up", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout
    worst, first = 0.0, None
    for line in process.stdout:
        now = time.monotonic()
        first = now if first is None else first
        at = json.loads(line)["at"]
        worst = max(worst, now - first - at)
        if at > seconds:
            break
    process.terminate()
    process.wait()
    return worst * 1000


def journal_ratios(runs: int, others: int, *commands: Sequence[str]) -> list[float]:
    """Return the median ratio of CPU seconds of each command: 20,000 sessions in ten years to *others*."""
    with tempfile.TemporaryDirectory() as folder:
        homes = [Path(folder, name) for name in ("full", "other")]
        for home, count in zip(homes, (20_000, others), strict=True):
            with Journal.open_for_writing(home, date.today()) as journal:
                journal.merge((_sample_session(number), None) for number in range(count))
        found = []
        for command in commands:
            full, other = (["env", f"STRETCH_HOME={home}", *STRETCH, *command] for home in homes)
            found.append(ratio(full, other, runs))
        return found


def _sample_session(number: int) -> SessionRecord:
    day = date.today() - timedelta(days=number * 3650 // 20_000)
    parts = tuple(
        SideResult(
            stretch=f"stretch-{index % 49}",
            name="A stretch",
            side=side,
            areas=AREAS[index % 9 : index % 9 + 2],
            planned=2,
            done=2,
            seconds=60.0,
        )
        for index in range(number, number + 6)
        for side in ("left", "right")
    )
    scores = PainScores(before=number % 6, after=number % 4)
    return SessionRecord(
        id=f"{number:032x}",
        started=f"{day}T07:30:00+00:00",
        title="Lower back",
        areas=("lower-back",),
        active_seconds=900.0,
        ended="finished",
        parts=parts,
        scores=scores,
    )


def peers(folder: Path) -> dict[str, list[str]]:
    """Install other timers where possible; return their commands for five minutes."""
    venv.create(folder, with_pip=True)
    commands = {"termdown": ["termdown", "300"], "countdown-cli": ["countdown", "5m"]}
    found = {}
    for name, command in commands.items():
        done = subprocess.run([folder / "bin" / "pip", "install", "--quiet", name], capture_output=True, check=False)
        if done.returncode == 0:
            found[name] = [str(folder / "bin" / command[0]), *command[1:]]
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long each player is watched")
    parser.add_argument("--runs", type=int, default=9, help="runs of each start-up")
    parser.add_argument("--peers", action="store_true", help="measure termdown and countdown-cli as well")
    options = parser.parse_args()

    def row(what: str, measured: str, budget: str) -> None:
        print(f"{what:<44}{measured:>22}   {budget}", flush=True)

    row("start-up, CPU", "measured", "budget")
    for args, other, name, budget in (
        (["--help"], CLICK, "import click", 1.2),
        (["--version"], CLICK, "the same", 1.2),
        (["status"], CLICK, "the same", 1.4),
        (["list"], ALL, "import click, yaml, msgspec, rich.table", 1.2),
        (["show", "sphinx"], ALL, "the same", 1.2),
        (["routine", "--plan"], ALL, "the same", 1.35),
    ):
        row(f"stretch {' '.join(args)}", f"{ratio([*STRETCH, *args], other, options.runs):.2f}", f"{budget} x {name}")
    # An empty journal shows no charts; sixty sessions show all of them.
    for count, name in ((0, "an empty journal"), (60, "60 sessions")):
        history, plan = journal_ratios(options.runs, count, ["history"], ["routine", "--plan"])
        row("stretch history, 20,000 sessions", f"{history:.2f}", f"1.3 x with {name}")
        row("stretch routine --plan, 20,000 sessions", f"{plan:.2f}", f"1.3 x with {name}")
    completion = ratio([sys.executable, "-c", COMPLETE], CLICK, options.runs)
    row("completion of `stretch show`", f"{completion:.2f}", "1.2 x import click")
    row("playing at 80x24", "", "")
    for line in playing(options.seconds, options.peers):
        row(*line)
    row("lateness of any event", f"{lateness(options.seconds):.1f} ms", "20 ms")


if __name__ == "__main__":
    main()
