"""The program in a pseudo-terminal, with real keys and signals and an emulated screen."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")]

if sys.platform != "win32":
    import fcntl
    import pty
    import struct
    import termios

    import pyte

TIMEOUT_S = 30.0
END_MARK = b"\x00\x00"
"""What a terminal ignores."""


class TerminalRun:
    """A command in its own pseudo-terminal; `screen` is what the user sees."""

    def __init__(
        self,
        *args: str,
        columns: int = 80,
        lines: int = 24,
        env: dict[str, str] | None = None,
        program: tuple[str, ...] = ("-m", "stretch"),
        answers: bool = True,
    ) -> None:
        self.master, self.slave = pty.openpty()
        self.resize(columns, lines)
        self.before = termios.tcgetattr(self.slave)
        self.screen = pyte.Screen(columns, lines)
        # Real terminals answer at once which kind they are; the program waits a second for one that does not.
        if answers:
            self.screen.write_process_input = self.press  # type: ignore[method-assign, assignment]
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        environ = os.environ | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "COLUMNS": "", "LINES": ""} | (env or {})
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
            for fd in (0, 1, 2):
                os.dup2(self.slave, fd)
            os.execve(sys.executable, [sys.executable, *program, *args], environ)
        self.status: int | None = None

    def resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        if hasattr(self, "screen"):
            self.screen.resize(lines, columns)

    def read_screen(self, seconds: float = 0.05) -> str:
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
            # pyte draws the sequences of synchronized output as text; a terminal ignores them.
            self.stream.feed(re.sub(rb"\x1b\[\?2026[hl]", b"", data))
        return "\n".join(self.screen.display)

    def wait_for(self, words: str) -> str:
        deadline = time.monotonic() + TIMEOUT_S
        while words not in (text := self.read_screen()):
            assert time.monotonic() < deadline, f"{words!r} did not come:\n{text}"
        return text

    def wait_until_gone(self, words: str) -> str:
        deadline = time.monotonic() + TIMEOUT_S
        while words in (text := self.read_screen()):
            assert time.monotonic() < deadline, f"{words!r} stayed:\n{text}"
        return text

    def wait_for_silence(self, seconds: float) -> None:
        """Wait until nothing has come for so many *seconds*."""
        deadline, read = time.monotonic() + TIMEOUT_S, None
        while read != len(self.raw):
            assert time.monotonic() < deadline, "output went on:\n" + self.read_screen()
            read = len(self.raw)
            self.read_screen(seconds)

    def answer(self, key: str) -> None:
        """Press *key* after what it answers has been visible for long enough."""
        self.read_screen(0.4)
        self.press(key)

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def wait_for_exit(self) -> int:
        """Wait for the end and return the exit code."""
        deadline = time.monotonic() + TIMEOUT_S
        while self.status is None:
            assert time.monotonic() < deadline, "did not end:\n" + self.read_screen()
            self.read_screen()
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        self._read_to_end()
        return self.status

    def _read_to_end(self) -> None:
        """Read all that was written, up to a mark behind it: on a busy machine it comes late."""
        with open(
            os.ttyname(self.slave), "wb", 0, opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)
        ) as end:
            end.write(END_MARK)
        deadline = time.monotonic() + TIMEOUT_S
        while END_MARK not in self.raw and time.monotonic() < deadline:
            self.read_screen()
        self.raw = self.raw.replace(END_MARK, b"")

    def is_restored(self) -> bool:
        """Return whether attributes, cursor, alternate screen, paste mode and colors are as before."""
        self._read_to_end()
        after = self.raw.rpartition(b"\x1b[?1049l")[2]
        return (
            termios.tcgetattr(self.slave) == self.before
            and self.raw.count(b"\x1b[?1049h") == self.raw.count(b"\x1b[?1049l")
            and self.raw.count(b"\x1b[?25l") == self.raw.count(b"\x1b[?25h")
            and self.raw.count(b"\x1b[?2004h") == self.raw.count(b"\x1b[?2004l")
            and b"\x1b[" not in after
        )

    def text_after_screen(self) -> str:
        """Return what was printed after the alternate screen was left; pyte does not know alternate screens."""
        return self.raw.rpartition(b"\x1b[?1049l")[2].decode()

    def close(self) -> None:
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        for fd in (self.master, self.slave):
            os.close(fd)


def run_queue_s(pid: int) -> float:
    """Return for how many seconds a process was ready and others ran; 0 where the system does not tell."""
    statistics = Path(f"/proc/{pid}/schedstat")
    return int(statistics.read_text().split()[1]) / 1e9 if statistics.exists() else 0.0


OpenTerminal = Callable[..., TerminalRun]


@pytest.fixture
def terminal() -> Iterator[OpenTerminal]:
    runs: list[TerminalRun] = []

    def start(*args: str, **how: Any) -> TerminalRun:
        runs.append(TerminalRun(*args, **how))
        return runs[-1]

    yield start
    for run in runs:
        run.close()


def test_a_whole_session_on_the_full_screen(terminal: OpenTerminal) -> None:
    run = terminal("routine", "--area", "lower-back", "--yes", "--speed", "500")
    run.wait_for("left")
    assert run.wait_for_exit() == 0
    assert run.is_restored()
    assert re.fullmatch(r"Done: \d+ stretches, 14 min \d+ s, 500 times as fast\.\r\n", run.text_after_screen())


def test_the_screen_says_what_cannot_be_heard(terminal: OpenTerminal, tmp_path: Path) -> None:
    run = terminal("routine", "--area", "lower-back", "--yes", "--voice", env={"PATH": str(tmp_path)})
    run.wait_for("s sound bell  v voice silent")
    run.press("q")
    assert run.wait_for_exit() == 3


def test_two_keys_start_the_first_session(terminal: OpenTerminal) -> None:
    run = terminal("routine", "-m", "6")
    text = run.wait_for("none of these.")
    assert "Before you stretch" in text
    assert "  9  A joint" in text
    run.answer("\n")
    assert "You need" in run.wait_for("Enter start")
    run.press("\n")
    run.wait_for("pause")
    run.press("q")
    assert run.wait_for_exit() == 3
    assert run.is_restored()
    assert run.raw.count(b"\x1b[?1049h") == 1
    assert "Stopped: 0 of" in run.text_after_screen()


def test_the_start_screen_follows_the_window_and_ctrl_z_and_ends_with_ctrl_c(terminal: OpenTerminal) -> None:
    run = terminal("routine", "-m", "6")
    run.wait_for("none of these.")
    run.answer("\n")
    run.wait_for("Enter start")
    run.resize(40, 12)
    run.wait_until_gone("\n\n You need")
    run.press("a")
    run.wait_for("[x] Lower back")
    run.press("\x1a")
    run.wait_for_silence(0.3)
    run.signal(signal.SIGCONT)
    run.wait_for("[x] Lower back")
    run.press("\x03")
    assert run.wait_for_exit() == 130
    assert run.is_restored()


def test_a_window_closed_at_the_start_screen_ends_the_program(terminal: OpenTerminal) -> None:
    run = terminal("routine", "-m", "6")
    run.wait_for("none of these.")
    run.answer("\n")
    run.wait_for("Enter start")
    run.signal(signal.SIGHUP)
    assert run.wait_for_exit() == 129
    assert run.is_restored()


def test_a_long_question_is_asked_page_by_page(terminal: OpenTerminal) -> None:
    run = terminal("routine", "-m", "6", lines=12)
    assert "  1  Numb between the legs" in run.wait_for("go on (1 of 2).")
    run.answer("\n")
    assert "  9  A joint" in run.wait_for("Enter: none of these.")
    run.answer("\n")
    run.wait_for("Enter start")
    run.press("q")
    assert run.wait_for_exit() == 3


def test_an_emergency_ends_the_questions_and_is_kept_when_the_window_closes(terminal: OpenTerminal) -> None:
    run = terminal("routine", "-m", "6")
    run.wait_for("Enter: none of these.")
    run.press("1")  # too early to have been read
    run.answer("3")
    run.wait_for("Chest pain now")
    run.answer("1")
    assert "Chest pain now" in run.wait_for("Call your emergency number")
    run.signal(signal.SIGHUP)
    assert run.wait_for_exit() == 129
    run = terminal("routine", "--yes")
    assert run.wait_for_exit() == 4
    assert b"Chest pain now" in run.raw


def test_plain_questions_are_lines(terminal: OpenTerminal) -> None:
    run = terminal("routine", "-m", "6", "--plain")
    run.wait_for("Enter: none of these.")
    run.press("9\n")
    run.wait_for("Which of these?")
    run.press("q\n")
    assert run.wait_for_exit() == 4
    assert b"\x1b[?1049h" not in run.raw


def test_plain_lines_say_once_what_was_done(terminal: OpenTerminal) -> None:
    run = terminal("routine", "--yes", "--plain", "--speed", "500", "-m", "6")
    assert run.wait_for_exit() == 0
    assert len(re.findall(rb"Done: \d stretches", run.raw)) == 1
    assert b"Done: 0" not in run.raw


def test_keys_pause_and_skip(terminal: OpenTerminal) -> None:
    run = terminal("routine", "--yes", "--warm-up", "0", "--stretch", "cat-cow")
    run.wait_for("stretch 1 of")
    run.press("n")
    run.wait_for("breath 1 of")
    run.press(" ")
    paused = run.wait_for("Paused: space to continue.")
    assert run.read_screen(1.5) == paused
    run.press("?")
    run.wait_for("Any key continues")
    run.press("x")
    run.press("q")
    assert run.wait_for_exit() == 3
    assert "Stopped: 0 of 1" in run.text_after_screen()


@pytest.mark.parametrize(("number", "answers"), [(signal.SIGINT, True), (signal.SIGTERM, False), (signal.SIGHUP, True)])
def test_signals_restore_the_terminal_and_print_the_summary(terminal: OpenTerminal, number: int, answers: bool) -> None:
    run = terminal("routine", "--yes", answers=answers)
    run.wait_for("left")
    run.signal(number)
    assert run.wait_for_exit() == 128 + number
    assert run.is_restored()
    assert re.match(r"Stopped: 0 of \d+ stretches", run.text_after_screen())


def test_plain_lines_in_a_terminal_react_to_keys(terminal: OpenTerminal) -> None:
    run = terminal("routine", "--yes", "--plain", columns=50)
    run.wait_for("Warm up")
    run.press("q")
    assert run.wait_for_exit() == 3
    assert max(map(len, run.raw.decode().splitlines())) <= 50
    assert b"\x1b" not in run.raw
    assert run.is_restored() is True


@pytest.mark.parametrize("env", [{"TERM": "dumb"}, {"ACCESSIBLE": "1"}])
def test_no_control_codes_on_a_dumb_or_accessible_terminal(terminal: OpenTerminal, env: dict[str, str]) -> None:
    run = terminal("routine", "-m", "6", "--yes", "--speed", "1000", env=env)
    assert run.wait_for_exit() == 0
    assert b"\x1b" not in run.raw


@pytest.mark.parametrize("env", [{"STY": "1.screen"}, {"TERM": "linux"}])
def test_pixels_that_are_asked_for_in_vain_are_explained(env: dict[str, str], terminal: OpenTerminal) -> None:
    run = terminal("routine", "--stretch", "cat-cow", "--yes", "--warm-up", "0", "--figure", "pixels", env=env)
    run.wait_for("This terminal announced no pictures, so the figure is not drawn in pixels.")
    run.press("q")


def test_suspended_time_does_not_count_and_any_key_continues(terminal: OpenTerminal) -> None:
    run = terminal("routine", "--yes")
    run.wait_for(" left")
    run.signal(signal.SIGSTOP)
    time.sleep(3.0)
    run.signal(signal.SIGCONT)
    text = run.wait_for("Welcome back after ")
    assert re.search(r"Welcome back after [3-9] s. Press any key to continue.", text)
    left = re.search(r"1[0-9]:[0-9][0-9] left", text)
    run.read_screen(1.2)
    assert left
    assert left.group() in run.read_screen()
    run.press("k")
    run.wait_until_gone("Welcome back")
    run.press("q")
    assert run.wait_for_exit() == 3


def test_ctrl_z_restores_the_terminal_and_fg_shows_the_pause(terminal: OpenTerminal) -> None:
    run = terminal("routine", "--yes")
    run.wait_for(" left")
    run.press("\x1a")
    deadline = time.monotonic() + TIMEOUT_S
    while True:
        pid, status = os.waitpid(run.pid, os.WNOHANG | os.WUNTRACED)
        run.read_screen()
        if pid:
            break
        assert time.monotonic() < deadline
    assert os.WIFSTOPPED(status)
    assert run.is_restored()
    run.raw = b""
    run.signal(signal.SIGCONT)
    run.wait_for("Paused: space to continue.")
    assert b"\x1b[?1049h" in run.raw
    run.press(" ")
    run.wait_for("pause")
    run.press("q")
    assert run.wait_for_exit() == 3
    assert run.is_restored()


def test_ctrl_c_in_a_pager_leaves_none_behind(terminal: OpenTerminal) -> None:
    run = terminal("guide", "commands", env={"PAGER": "less", "LESS": "-R"})
    run.wait_for(":")
    run.press("\x03")
    run.read_screen(0.5)
    assert os.waitpid(run.pid, os.WNOHANG) == (0, 0)
    run.press("q")
    assert run.wait_for_exit() == 0
    assert not subprocess.run(["pgrep", "-s", str(run.pid)], capture_output=True, check=False).stdout


def test_a_closed_window_ends_the_session(terminal: OpenTerminal) -> None:
    run = terminal("routine", "--yes")
    run.wait_for("left")
    os.close(run.master)
    os.close(run.slave)
    deadline = time.monotonic() + TIMEOUT_S
    while True:
        pid, status = os.waitpid(run.pid, os.WNOHANG)
        if pid:
            break
        assert time.monotonic() < deadline, "a session without a terminal went on"
        time.sleep(0.02)
    run.status = os.waitstatus_to_exitcode(status)
    assert run.status == 128 + signal.SIGHUP
    run.master, run.slave = pty.openpty()


def test_many_keys_and_resizes_do_no_harm(terminal: OpenTerminal) -> None:
    run = terminal("routine", "--yes")
    run.wait_for("left")
    for step in range(40):
        run.resize(20 + step * 7 % 140, 3 + step * 5 % 40)
        run.press("nb+-e?z x\x1b[C\x1b[D\x1b[200~qqq\x1b[201~\x1b[99~")
        run.read_screen(0.01)
    run.press("qqqq")
    assert run.wait_for_exit() == 3
    assert run.is_restored()


def test_keys_before_the_first_frame_count_and_are_not_echoed(terminal: OpenTerminal) -> None:
    run = terminal("routine", "--yes")
    run.press("q")
    assert run.wait_for_exit() == 3
    assert run.is_restored()


def run_in_shell(command: str) -> subprocess.CompletedProcess[str]:
    command = command.replace("stretch", f"{sys.executable} -m stretch")
    return subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60)


def test_a_file_as_input_has_no_keys() -> None:
    result = run_in_shell("stretch routine -m 6 --yes --speed 1000 < /etc/hostname")
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr


def test_a_closed_pipe_is_no_error() -> None:
    result = run_in_shell("{ stretch list; echo $? >&2; } | head -n 1")
    assert result.stdout.startswith("stretch")
    assert result.stderr.strip().splitlines()[-1] in ("0", "141")
    assert "Traceback" not in result.stderr
