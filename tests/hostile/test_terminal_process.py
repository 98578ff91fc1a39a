"""Signals, freezes and terminals that take no output, against the whole program."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from support import run as run_here

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")]

if sys.platform != "win32":
    import fcntl
    import pty
    import termios

    from test_pty import TerminalRun, run_queue_s

PLAY = ("routine", "--yes", "--no-sound", "--warm-up", "0")
CORE_DUMP = ("SIGQUIT", "SIGABRT", "SIGTRAP", "SIGSYS", "SIGXCPU")
ENDING = (
    "SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGPROF", "SIGIO", "SIGRTMIN",
    *CORE_DUMP,
)  # fmt: skip


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    runs: list[Any] = []

    def start(*options: str, home: Path = tmp_path) -> Any:
        runs.append(TerminalRun(*PLAY, *options, env={"STRETCH_HOME": str(home)}))
        return runs[-1]

    yield start
    for run in runs:
        run.close()


def sessions(home: Path) -> list[dict[str, Any]]:
    result = run_here("history", "--json", env={"STRETCH_HOME": str(home)})
    found: list[dict[str, Any]] = json.loads(result.stdout)["sessions"]
    return found


def seconds_to_exit(run: Any, signal_number: int = 0) -> float:
    """Send a signal, if any, and return how long the process then ran until its end; its terminal is not read."""
    start, delayed = time.monotonic(), run_queue_s(run.pid)
    run.signal(signal_number)
    while os.waitid(os.P_PID, run.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        assert time.monotonic() - start < 30.0, "did not end"
        time.sleep(0.01)
    seconds = time.monotonic() - start - (run_queue_s(run.pid) - delayed)
    run.status = os.waitstatus_to_exitcode(os.waitpid(run.pid, 0)[1])
    return seconds


def fill(run: Any) -> None:
    """Write to the terminal until it takes nothing more, as a program before this one may have done."""
    descriptor = os.open(os.ttyname(run.slave), os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
    refused = 0
    while refused < 20:
        try:
            os.write(descriptor, b"x" * 100)
            refused = 0
        except BlockingIOError:
            refused += 1
            time.sleep(0.005)
    os.close(descriptor)


@pytest.mark.parametrize("name", [name for name in ENDING if hasattr(signal, name)])
def test_every_signal_restores_the_terminal_and_keeps_the_session(play: Any, tmp_path: Path, name: str) -> None:
    run = play()
    run.wait_for("left")
    number = getattr(signal, name)
    run.signal(number)
    code = run.wait_for_exit()
    assert code == (-number if name in CORE_DUMP else 128 + number)
    assert run.is_restored()
    assert len(sessions(tmp_path)) == 1


@pytest.mark.parametrize("options", [(), ("--plain",), ("--events",)], ids=str)
def test_a_signal_ends_it_though_the_terminal_takes_no_output(
    play: Any, tmp_path: Path, options: tuple[str, ...]
) -> None:
    runs = {
        name: play(*options, home=tmp_path / name) for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1")
    }
    for run in runs.values():
        # The line about health comes before the full screen.
        while not run.raw or (not options and b"\x1b[?1049h" not in run.raw):
            run.read_screen()
        fill(run)
    time.sleep(0.5)
    with ThreadPoolExecutor(len(runs)) as pool:
        seconds = dict(
            zip(runs, pool.map(seconds_to_exit, runs.values(), [getattr(signal, n) for n in runs]), strict=True)
        )
    assert max(seconds.values()) < 2.0, seconds
    for name, run in runs.items():
        assert termios.tcgetattr(run.slave) == run.before, name
        assert len(sessions(tmp_path / name)) == 1, name
        run.read_screen(0.1)
        assert run.is_restored(), name


@pytest.mark.parametrize("keys", ["", " "], ids=["while it draws", "while it pauses"])
def test_a_terminal_stopped_by_ctrl_s_is_restored(play: Any, tmp_path: Path, keys: str) -> None:
    run = play()
    run.wait_for("left")
    run.press(keys)
    run.wait_for("Paused" if keys else "left")
    run.read_screen(0.5)
    run.press("\x13")
    run.wait_for_silence(1.0)
    run.signal(signal.SIGTERM)
    assert run.wait_for_exit() == 128 + signal.SIGTERM
    assert run.is_restored()


class Lateness(threading.Thread):
    """Measures how late a process wakes up on this machine now: what is timed from outside is wrong by as much."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.worst = 0.0
        self._done = threading.Event()

    def __enter__(self) -> Lateness:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._done.set()
        self.join()

    def run(self) -> None:
        before = time.monotonic()
        while not self._done.wait(0.005):
            now = time.monotonic()
            self.worst, before = max(self.worst, now - before - 0.005), now


FREEZES = (
    (signal.SIGSTOP, 0.03, 0.410),
    (signal.SIGSTOP, 0.2, 0.533),
    (signal.SIGSTOP, 1.2, 0.347),
    (signal.SIGSTOP, 2.5, 0.619),
    (signal.SIGTSTP, 0.7, 0.458),
)
"""How a process is stopped, for how many seconds, and how many seconds after it began to play."""


def freeze(run: Any, stop: int, seconds: float, after: float) -> tuple[float, float]:
    """Start a session that waits for a key, freeze it, end it; return for how long it played and waited for the CPU."""
    start, delayed = time.monotonic(), run_queue_s(run.pid)
    run.press("k")
    run.read_screen(after)
    run.signal(stop)
    stopped = time.monotonic()
    run.read_screen(seconds)
    run.signal(signal.SIGCONT)
    continued = time.monotonic()
    run.read_screen(0.3)
    run.press("q")
    end = time.monotonic()
    while os.waitid(os.P_PID, run.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        assert time.monotonic() - end < 30.0, "did not end"
        run.read_screen(0.01)
    delayed = run_queue_s(run.pid) - delayed
    assert run.wait_for_exit() == 3
    # After a long freeze, and after Ctrl-Z, it waits for a key.
    goes_on = stop == signal.SIGSTOP and seconds < 2.0
    return stopped - start + (end - continued if goes_on else 0.0), delayed


@pytest.mark.parametrize("option", ["--no-voice", "--plain", "--events"])
def test_the_time_played_is_known_within_20_ms_after_a_freeze(play: Any, tmp_path: Path, option: str) -> None:
    runs = [play("--wait", option, home=tmp_path / str(at)) for at in range(len(FREEZES))]
    for run in runs:
        run.wait_for('"say"' if option == "--events" else "when you are ready")
    with Lateness() as lateness, ThreadPoolExecutor(len(FREEZES)) as pool:
        played = list(pool.map(lambda run, how: freeze(run, *how), runs, FREEZES))
    noted = [sessions(tmp_path / str(at))[0]["active_seconds"] for at in range(len(FREEZES))]
    for (seconds, delayed), found in zip(played, noted, strict=True):
        assert found == pytest.approx(seconds, abs=0.02 + lateness.worst + delayed)


def test_q_works_within_a_second_on_a_slow_line_and_the_clock_is_right(play: Any, tmp_path: Path) -> None:
    run = play()
    run.wait_for("left")
    start = time.monotonic()
    while time.monotonic() - start < 4:
        os.read(run.master, 100)
        time.sleep(0.1)
    played = time.monotonic() - start
    run.press("q")
    assert seconds_to_exit(run) < 1.5
    assert run.status == 3
    (session,) = sessions(tmp_path)
    assert session["active_seconds"] == pytest.approx(played, abs=2.0)


def test_a_terminal_left_non_blocking_stays_so_and_works(play: Any, tmp_path: Path) -> None:
    run = play()
    os.set_blocking(run.slave, False)
    run.wait_for("left")
    fill(run)
    time.sleep(0.5)
    assert os.waitpid(run.pid, os.WNOHANG) == (0, 0)
    run.read_screen(0.5)
    run.press("q")
    assert run.wait_for_exit() == 3
    assert fcntl.fcntl(run.slave, fcntl.F_GETFL) & os.O_NONBLOCK
    assert run.is_restored()


def test_a_closed_terminal_ends_with_129(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    environ = os.environ | {"STRETCH_HOME": str(tmp_path), "TERM": "xterm"}
    command = [sys.executable, "-m", "stretch", *PLAY]
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environ, start_new_session=True) as run:
        os.close(slave)
        os.read(master, 1)
        time.sleep(0.5)
        os.close(master)
        assert run.wait(30) == 128 + signal.SIGHUP
    assert len(sessions(tmp_path)) == 1


def test_many_open_files_do_no_harm(tmp_path: Path) -> None:
    files = [os.open(os.devnull, os.O_RDONLY) for _ in range(900)]
    more = [fcntl.fcntl(files[0], fcntl.F_DUPFD, 1_030 + at) for at in range(100)]
    command = [sys.executable, "-m", "stretch", *PLAY, "-m", "3", "--speed", "500"]
    environ = os.environ | {"STRETCH_HOME": str(tmp_path)}
    done = subprocess.run(command, env=environ, capture_output=True, pass_fds=[*files, *more])
    for descriptor in files + more:
        os.close(descriptor)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
