"""The program in a real terminal: a pseudo-terminal, real keys and signals, and a terminal in memory that looks."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")

if sys.platform != "win32":
    import fcntl
    import pty
    import struct
    import termios

    import pyte

PATIENCE_S = 20.0


class Run:
    """A command in a terminal of its own; `screen` is what a person would see."""

    def __init__(self, *args: str, columns: int = 80, lines: int = 24, env: dict[str, str] | None = None) -> None:
        self.master, self.slave = pty.openpty()
        self.resize(columns, lines)
        self.before = termios.tcgetattr(self.slave)
        self.screen = pyte.Screen(columns, lines)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        environ = os.environ | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "COLUMNS": "", "LINES": ""} | (env or {})
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
            for fd in (0, 1, 2):
                os.dup2(self.slave, fd)
            os.execve(sys.executable, [sys.executable, "-m", "stretch", *args], environ)
        self.status: int | None = None

    def resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        if hasattr(self, "screen"):
            self.screen.resize(lines, columns)

    def look(self, seconds: float = 0.05) -> str:
        """Read what came in that time and return the text of the screen."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if self.master not in select.select([self.master], [], [], left)[0]:
                continue
            try:
                data = os.read(self.master, 65536)
            except OSError:
                break
            if not data:
                break
            self.raw += data
            # pyte draws the private "erase" sequences of this mode as text; a terminal ignores what it does not know.
            self.stream.feed(re.sub(rb"\x1b\[\?2026[hl]", b"", data))
        return "\n".join(self.screen.display)

    def until(self, words: str) -> str:
        deadline = time.monotonic() + PATIENCE_S
        while words not in (text := self.look()):
            assert time.monotonic() < deadline, f"{words!r} did not come:\n{text}"
        return text

    def until_gone(self, words: str) -> str:
        deadline = time.monotonic() + PATIENCE_S
        while words in (text := self.look()):
            assert time.monotonic() < deadline, f"{words!r} stayed:\n{text}"
        return text

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def end(self) -> int:
        """Wait for the end and return the exit code."""
        deadline = time.monotonic() + PATIENCE_S
        while self.status is None:
            assert time.monotonic() < deadline, "did not end:\n" + self.look()
            self.look()
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        self.look(0.1)
        return self.status

    def given_back(self) -> bool:
        """Whether attributes, cursor, alternate screen, paste mode and colours are as they were."""
        after = self.raw.rpartition(b"\x1b[?1049l")[2]
        return (
            termios.tcgetattr(self.slave) == self.before
            and self.raw.count(b"\x1b[?1049h") == self.raw.count(b"\x1b[?1049l")
            and self.raw.count(b"\x1b[?25l") == self.raw.count(b"\x1b[?25h")
            and self.raw.count(b"\x1b[?2004h") == self.raw.count(b"\x1b[?2004l")
            and b"\x1b[" not in after
        )

    def said_after(self) -> str:
        """Return what was printed once the screen was given back; pyte knows no alternate screen."""
        return self.raw.rpartition(b"\x1b[?1049l")[2].decode()

    def close(self) -> None:
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        for fd in (self.master, self.slave):
            os.close(fd)


@pytest.fixture
def terminal() -> Iterator[Any]:
    runs: list[Run] = []

    def start(*args: str, **how: Any) -> Run:
        runs.append(Run(*args, **how))
        return runs[-1]

    yield start
    for run in runs:
        run.close()


def test_a_whole_session_on_the_full_screen(terminal) -> None:
    run = terminal("routine", "--area", "lower-back", "--yes", "--speed", "500")
    run.until("left")
    assert run.end() == 0
    assert run.given_back()
    assert re.fullmatch(r"Done: \d+ stretches, 15 min, 500 times as fast\.\r\n", run.said_after())


def test_it_asks_before_it_starts(terminal) -> None:
    run = terminal("routine", "-m", "6", lines=40)
    for _ in range(3):
        run.until("None of these")
        run.press("\n")
        run.screen.reset()
    run.until("Pain right now")
    run.press("\n")
    run.until("Enter to start")
    assert "Loose clothing" in run.look()
    run.press("\n")
    run.until("pause")
    run.press("q")
    assert run.end() == 3
    assert run.given_back()


def test_what_is_too_long_for_the_window_is_asked_a_window_at_a_time_and_q_leaves(terminal) -> None:
    run = terminal("routine", "-m", "6")
    for heading, first in (
        ("Do you have any of these signs?", "  1  New numbness"),
        ("Do any of these fit you?", "  1  New weakness"),
        ("Which of these fit you?", "  1  A heart condition"),
    ):
        text = run.until("Enter shows the rest.")
        assert heading in text
        assert first in text
        run.press("\n")
        run.until("None of these.")
        run.screen.reset()
        run.press("\n")
    run.until("Pain right now")
    run.press("\n")
    run.until("Enter to start")
    run.press("q\n")
    assert run.end() == 3
    assert b"\x1b[?1049h" not in run.raw


def test_what_is_typed_between_two_windows_of_a_question_counts(terminal) -> None:
    run = terminal("routine", "-m", "6")
    run.until("Enter shows the rest.")
    run.press("99\n")
    run.until("please, or Enter alone.")
    run.press("1\n")
    run.until("Noted: 1.")
    run.press("\n")
    assert run.end() == 4
    assert b"\x1b[?1049h" not in run.raw


def test_keys_pause_and_skip(terminal) -> None:
    run = terminal("routine", "--yes", "--warm-up", "0", "--stretch", "cat-cow")
    run.until("stretch 1 of")
    run.press("n")
    run.until("breath 1 of")
    run.press(" ")
    paused = run.look(0.5)
    assert run.look(1.5) == paused
    run.press("?")
    run.until("press any key to continue")
    run.press("x")
    run.press("q")
    assert run.end() == 3
    assert "Stopped: 0 of 1" in run.said_after()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_give_the_terminal_back_and_say_what_was_done(terminal, number: int) -> None:
    run = terminal("routine", "--yes")
    run.until("left")
    run.signal(number)
    assert run.end() == 128 + number
    assert run.given_back()
    assert re.match(r"Stopped: 0 of \d+ stretches", run.said_after())


def test_plain_in_a_terminal_is_lines_and_hears_keys(terminal) -> None:
    run = terminal("routine", "--yes", "--plain")
    run.until("Warm up")
    run.press("q")
    assert run.end() == 3
    assert b"\x1b" not in run.raw
    assert run.given_back() is True


@pytest.mark.parametrize("env", [{"TERM": "dumb"}, {"ACCESSIBLE": "1"}])
def test_no_control_codes_where_they_are_not_wanted(terminal, env: dict[str, str]) -> None:
    run = terminal("routine", "-m", "6", "--yes", "--speed", "1000", env=env)
    assert run.end() == 0
    assert b"\x1b" not in run.raw


def test_frozen_time_is_not_counted_and_any_key_goes_on(terminal) -> None:
    run = terminal("routine", "--yes")
    run.until("14:5")
    run.signal(signal.SIGSTOP)
    time.sleep(3.0)
    run.signal(signal.SIGCONT)
    text = run.until("Welcome back after 3 s. Press any key to continue.")
    left = re.search(r"14:5[0-9] left", text)
    run.look(1.2)
    assert left
    assert left.group() in run.look()
    run.press("k")
    run.until_gone("Welcome back")
    run.press("q")
    assert run.end() == 3


def test_ctrl_z_gives_the_terminal_back_and_fg_redraws_paused(terminal) -> None:
    run = terminal("routine", "--yes")
    run.until("14:5")
    run.press("\x1a")
    deadline = time.monotonic() + PATIENCE_S
    while True:
        pid, status = os.waitpid(run.pid, os.WNOHANG | os.WUNTRACED)
        run.look()
        if pid:
            break
        assert time.monotonic() < deadline
    assert os.WIFSTOPPED(status)
    assert run.given_back()
    run.raw = b""
    run.signal(signal.SIGCONT)
    run.until("Paused: space to continue.")
    assert b"\x1b[?1049h" in run.raw
    run.press(" ")
    run.until("pause")
    run.press("q")
    assert run.end() == 3
    assert run.given_back()


def test_a_closed_window_ends_the_session(terminal) -> None:
    run = terminal("routine", "--yes")
    run.until("left")
    os.close(run.master)
    os.close(run.slave)
    deadline = time.monotonic() + PATIENCE_S
    while True:
        pid, status = os.waitpid(run.pid, os.WNOHANG)
        if pid:
            break
        assert time.monotonic() < deadline, "a session without a terminal went on"
        time.sleep(0.02)
    run.status = os.waitstatus_to_exitcode(status)
    assert run.status == 128 + signal.SIGHUP
    run.master, run.slave = pty.openpty()


def test_a_storm_of_keys_and_sizes_ends_well(terminal) -> None:
    run = terminal("routine", "--yes")
    run.until("left")
    for step in range(40):
        run.resize(20 + step * 7 % 140, 3 + step * 5 % 40)
        run.press("nb+-e?z x\x1b[C\x1b[D\x1b[200~qqq\x1b[201~\x1b[99~")
        run.look(0.01)
    run.press("qqqq")
    assert run.end() == 3
    assert run.given_back()


def test_keys_typed_before_the_first_frame_are_keys_and_not_echoed(terminal) -> None:
    run = terminal("routine", "--yes")
    run.press("q")
    assert run.end() == 3
    assert run.given_back()


def shell(command: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = command.replace("stretch", f"{sys.executable} -m stretch")
    environ = os.environ | env
    return subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=environ, timeout=60)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("stretch routine -m 6 --yes --speed 1000 < /dev/null", 0),
        ("stretch routine -m 6 --yes --speed 1000 < /etc/hostname", 0),
        ("stretch routine -m 6 --yes --speed 1000 <&-", 0),
        ("stretch routine -m 6 --yes --speed 1000 >&-", 0),
        ("stretch routine -m 6 --yes --speed 1000 2>&-", 0),
        ("stretch list >&-", 0),
        ("stretch list > /dev/full", 1),
    ],
)
def test_odd_ends_of_a_pipe(command: str, code: int) -> None:
    result = shell(command)
    assert result.returncode == code, result.stderr
    assert "Traceback" not in result.stderr


def test_a_reader_that_has_enough_is_no_error() -> None:
    result = shell("{ stretch list; echo $? >&2; } | head -n 1")
    assert result.stdout.startswith("stretch")
    assert result.stderr.strip().splitlines()[-1] in ("0", "141")
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("columns", ["0", "-5", "x", "100000"])
def test_absurd_columns(columns: str) -> None:
    for command in ("stretch list", "stretch safety", "stretch routine --plan"):
        result = shell(command, COLUMNS=columns)
        assert result.returncode == 0, result.stderr
