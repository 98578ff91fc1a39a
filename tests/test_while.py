"""Desk moves beside a command: `stretch while`, its output, its signals and its exit code."""

from __future__ import annotations

import io
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretch.cli.app import App
from stretch.cli.desk_moves import DeskMoves
from stretch.cli.request import DESK_MOVES, PlaybackOptions, usual_arguments
from stretch.core.journal.progress import side_results
from stretch.core.safety.checklist import Outcome
from stretch.core.safety.screening_record import PreflightResult, ScreeningRecord
from stretch.core.timing.plan_changes import ending_soon, is_last_stretch, with_more_stretches
from stretch.core.timing.session import Session, Tick, update
from stretch.core.timing.timeline import build_timeline
from stretch.player.loop import PlaybackResult
from stretch.player.wrapped_command import KEPT_FILES, MAX_LINE, OutputLog, last_lines, printable
from stretch.storage import screening_file
from support import SAMPLE, SECOND, FakeClock, ScriptedInput, routine, run

PLAYBACK = PlaybackOptions(sound=False, volume=0, voice="no", figure="none")
DESK = routine(areas=("desk",), minutes=2.0)
posix = pytest.mark.skipif(sys.platform == "win32", reason="the command has a process group of its own")


def session_at(seconds: float, played: Any = DESK) -> Session:
    start = update(Session(timeline=build_timeline(played)), Tick(0))
    return update(start, Tick(int(seconds * SECOND)))


@given(st.floats(0, 110))
def test_a_session_ends_with_the_side_that_is_under_way(seconds: float) -> None:
    session = session_at(seconds)
    here, after = session.moment.phase, ending_soon(session)
    if here.item is None or here.kind in ("prepare", "switch"):
        assert after.end_state == ("finished" if session.completed_phases else "stopped")
        return
    last = after.timeline.phases[-1]
    assert (last.item, last.side) == (here.item, here.side)
    end = update(after, Tick((after.timeline.length_ms + 1000) * 1_000_000))
    assert end.end_state == "finished"
    assert all(part.done == part.planned for part in side_results(end))


def test_all_repetitions_of_a_side_belong_to_it() -> None:
    phases = build_timeline(SAMPLE).phases
    rest = next(phase for phase in phases if phase.kind == "rest")
    after = ending_soon(session_at(rest.start_ms / 1000 + 1, SAMPLE))
    assert after.timeline.phases[-1].rep == rest.reps


def test_a_session_ends_at_once_with_now_and_in_a_pause_but_not_while_it_asks_what_hurt() -> None:
    phase = next(phase for phase in build_timeline(DESK).phases if phase.kind in ("hold", "move"))
    session = session_at(phase.start_ms / 1000 + 2)
    assert ending_soon(session, now=True).end_state == "finished"
    assert ending_soon(update(session, "pause")).end_state == "finished"
    assert ending_soon(update(session, "hurt"), now=True).end_state is None


def test_more_stretches_follow_the_last_one_and_keep_what_was_done() -> None:
    more = routine(areas=("neck",), minutes=2.0).items
    session = session_at(100)
    assert is_last_stretch(session)
    assert not is_last_stretch(session_at(10))
    longer = with_more_stretches(session, more)
    assert longer.timeline.items == (*DESK.items, *more)
    assert longer.timeline.phases[: session.moment.index + 1] == session.timeline.phases[: session.moment.index + 1]
    assert longer.completed_phases == session.completed_phases
    kinds = [phase.kind for phase in with_more_stretches(session_at(100, SAMPLE), more).timeline.phases]
    assert kinds.count("settle") == 1 == kinds[::-1].index("settle") + 1


def test_stretches_that_come_again_are_familiar() -> None:
    assert not any(item.familiar for item in DESK.items)
    again = with_more_stretches(session_at(100), DESK.items).timeline.items
    assert [item.familiar for item in again] == [False] * len(DESK.items) + [True] * len(DESK.items)


class Person(App):
    """Somebody whose keys are scripted."""

    def __init__(self, *keys: Any) -> None:
        self.time = FakeClock()
        super().__init__(stdout=io.StringIO(), stderr=io.StringIO(), clock=self.time)
        self.input_source = ScriptedInput(self.time, keys)

    def stretch(self, seconds: float, avoid: Any = (), *, now: bool = False) -> PlaybackResult:
        """Play the moves while a command of *seconds* runs."""
        moves = DeskMoves(self, PLAYBACK, PreflightResult(), avoid)
        return moves.play(lambda: "is done" if self.time.now >= seconds * SECOND else "", "make", now=now)


def test_moves_go_on_until_the_command_ends_and_are_one_session_of_the_journal() -> None:
    person = Person()
    result = person.stretch(400)
    assert result.session.end_state == "finished"
    assert 390 < result.session.active_ns / SECOND < 460
    with person.open_journal() as journal:
        (record,) = journal.recent(5)
    assert (record.title, record.ended) == (DESK_MOVES, "finished")
    names = [part.stretch for part in record.parts]
    assert len(set(names)) > 5
    assert all(part.done == part.planned for part in record.parts)
    assert all(person.catalog.stretches[name].desk for name in names)
    # None is done again before all of them were done.
    assert len({*names}) == sum(name != before for name, before in zip(names, ["", *names], strict=False))


def test_the_end_of_the_command_is_said_at_once_and_stays_in_the_title() -> None:
    person = Person()
    under_way = next(seconds for seconds in range(20, 60) if not ending_soon(session_at(seconds)).end_state)
    result = person.stretch(under_way)
    assert result.session.timeline.title == "make is done"
    assert result.session.active_ns / SECOND > under_way + 1
    assert cast("io.StringIO", person.stderr).getvalue().count("make is done. Finish this side.") == 1
    between = Person()
    assert between.stretch(1).session.timeline.title == DESK_MOVES
    assert "Finish" not in cast("io.StringIO", between.stderr).getvalue()


def test_desk_moves_are_not_the_usual_routine() -> None:
    before = run("routine", "neck", "-m", "6", "--yes", app=Person("q"))
    assert before.exit_code == 3
    usual = usual_arguments(Person())
    Person().stretch(100)
    assert usual_arguments(Person()) == usual != []


def test_what_is_to_be_avoided_is_avoided() -> None:
    person = Person()
    items = person.stretch(300, ("wrist",)).session.timeline.items
    assert items
    assert not [item for item in items if "wrist" in item.stretch.cautions.avoid]


def test_a_command_that_never_ends_does_not_keep_a_person_stretching(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stretch.cli.desk_moves.ENOUGH_NS", 300 * SECOND)
    person = Person()
    result = person.stretch(1e9)
    assert result.session.end_state == "finished"
    assert 300 < result.session.active_ns / SECOND < 500


def test_the_person_can_stop() -> None:
    assert Person(30.0, "q").stretch(400).session.end_state == "stopped"


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("plain", "plain"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://a\x1b\\link\x1b]8;;\x1b\\", "link"),
        (" 10 %\r 50 %\r100 %\r", "100 %"),
        ("a\tb", "a       b"),
        ("\x07\x9b2J", "\\x07\\x9b2J"),
        ("windows\r", "windows"),
        ("x" * 2000, "x" * MAX_LINE + "..."),
    ],
)
def test_lines_are_printed_without_what_a_terminal_would_obey(line: str, printed: str) -> None:
    assert printable(line) == printed


@given(st.binary(max_size=400))
def test_any_output_is_safe_to_print(output: bytes) -> None:
    assert all(line.isprintable() for line in map(printable, output.decode(errors="backslashreplace").split("\n")))


def test_the_last_lines_of_an_output(tmp_path: Path) -> None:
    path = tmp_path / "output"
    path.write_text("".join(f"{number}\n" for number in range(60)))
    assert last_lines(path, 50) == ([str(number) for number in range(10, 60)], False)
    assert last_lines(path, 60) == ([str(number) for number in range(60)], True)
    path.write_bytes(b"")
    assert last_lines(path, 50) == ([], True)
    path.write_bytes(b"\xff no end")
    assert last_lines(path, 50) == (["\\xff no end"], True)


@posix
def test_only_the_end_of_a_large_output_is_read(tmp_path: Path) -> None:
    path = tmp_path / "output"
    with path.open("wb") as file:
        file.truncate(1 << 40)
        file.seek(0, os.SEEK_END)
        file.write(b"\nthe end\n")
    assert last_lines(path, 1) == (["the end"], False)


@posix
def test_output_files_are_private_and_few_and_those_in_use_stay(tmp_path: Path) -> None:
    folder = tmp_path / "output"
    first = OutputLog(folder, "000")
    for number in range(1, KEPT_FILES + 5):
        OutputLog(folder, f"{number:03}").close()
    assert first.path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    first.close()
    OutputLog(folder, "999").close()
    names = sorted(path.name[:3] for path in folder.iterdir())
    assert len(names) == KEPT_FILES
    assert names[-1] == "999"


def copied(folder: Path, output: bytes) -> OutputLog:
    """Return the file of an output."""
    source, target = os.pipe()
    file = OutputLog(folder, "made")
    file.copy(source)
    with open(target, "wb") as stream:  # noqa: PTH123
        stream.write(output)
    file.close()
    os.close(source)
    return file


@posix
@pytest.mark.parametrize("size", [0, 999, 1000, 1001, 5000, 123_456])
def test_of_an_endless_output_the_beginning_and_the_end_are_kept(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stretch.player.wrapped_command.KEPT_BYTES", 300)
    monkeypatch.setattr("stretch.player.wrapped_command.MOST_BYTES", 1000)
    monkeypatch.setattr("stretch.player.wrapped_command._CHUNK", 77)
    monkeypatch.setattr("stretch.player.wrapped_command._LAST_CHUNKS", 10_000)
    output = random.Random(size).randbytes(size)
    file = copied(tmp_path / "output", output)
    kept = file.path.read_bytes()
    if size <= 1000:
        assert (kept, file.dropped) == (output, 0)
        return
    first, second, rest = kept.partition(b"\n[stretch: ")
    dropped, note, last = rest.partition(b" bytes are left out here]\n")
    assert second
    assert note
    assert first == output[:300]
    assert last == output[300 + file.dropped :]
    assert int(dropped) == file.dropped
    assert len(last) >= 300
    assert len(kept) <= 1000


@posix
def test_a_full_disk_does_not_stop_the_command(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    file = OutputLog(tmp_path / "output", "made")
    with open("/dev/full", "wb", buffering=0) as full:  # noqa: PTH123
        os.dup2(full.fileno(), file._file.fileno())
    source, target = os.pipe()
    file.copy(source)
    os.write(target, b"x" * 60_000)
    os.write(target, b"x" * 60_000)  # waits until the first ones are read
    os.close(target)
    file.close()
    os.close(source)
    assert file.problem is not None


@posix
@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "`stretch while -- make test`"),
        (("--",), "There is no command after the two dashes"),
        (("make", "-j4"), "`stretch while -- make -j4`"),
        (("--now", "make", "--", "x"), "`stretch while -- make x`"),
        (("--later", "--", "make"), "--later"),
    ],
)
def test_a_command_without_dashes_is_refused_in_one_sentence(words: tuple[str, ...], says: str) -> None:
    result = run("while", *words)
    assert result.exit_code == 2
    assert says in result.stderr
    assert result.stderr.count("\n") == 1


def command(*words: str, **how: Any) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "-m", "stretch", "while", *words]
    return subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False, **how)


@posix
@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("true",), 0),
        (("false",), 1),
        (("sh", "-c", "exit 7"), 7),
        (("sh", "-c", "kill -TERM $$"), 143),
        (("sh", "-c", "exec cat"), 0),
        (("sh", "-c", "exec cat </dev/tty"), 1),
        (("/no/such/command",), 127),
        (("/etc",), 126),
    ],
)
def test_the_exit_code_is_that_of_the_command(words: tuple[str, ...], code: int) -> None:
    result = command("--", *words, input="typed\n")
    assert result.returncode in ((1, 2) if words[-1].endswith("tty") else (code,)), result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


@posix
@pytest.mark.slow
def test_without_a_terminal_the_command_only_runs() -> None:
    result = command("--", "sh", "-c", "echo out; echo err >&2; exit 5")
    assert (result.stdout, result.stderr, result.returncode) == ("out\n", "err\n", 5)


OpenTerminal = Callable[..., Any]


@pytest.fixture
def terminal() -> Iterator[OpenTerminal]:
    pytest.importorskip("pty")
    from test_pty import TerminalRun

    runs: list[Any] = []

    def start(*words: str, script: str, **how: Any) -> Any:
        runs.append(TerminalRun("while", "--yes", "--figure", "none", *words, "--", "sh", "-c", script, **how))
        return runs[-1]

    yield start
    for each in runs:
        each.close()


def output() -> Path:
    (path,) = Path(os.environ["STRETCH_HOME"], "output").iterdir()
    return path


def is_left(group: int) -> bool:
    """Return whether a process group has members; killed ones stay until the system has taken note of their end."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until_gone(group: int) -> None:
    deadline = time.monotonic() + 20
    while is_left(group):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def wait_for_file(path: Path) -> int:
    deadline = time.monotonic() + 20
    while not path.exists() or not path.read_text().strip():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return int(path.read_text())


@posix
@pytest.mark.slow
def test_a_command_that_ends_at_once_needs_no_stretching(terminal: OpenTerminal) -> None:
    run = terminal(script=r"echo first; printf '\033[2J\033[31mlast\033[0m\n'; exit 3")
    assert run.wait_for_exit() == 3
    assert run.is_restored()
    text = run.raw.decode()
    assert "first\r\nlast\r\n" in text
    assert "\x1b[2J" not in text
    assert "sh failed with exit code 3 after" in text
    assert output().read_bytes() == b"first\n\x1b[2J\x1b[31mlast\x1b[0m\n"


@posix
@pytest.mark.slow
def test_the_screen_is_left_when_the_command_ends(terminal: OpenTerminal) -> None:
    run = terminal("--now", script="seq 200; sleep 3")
    assert "Desk moves" in run.wait_for("stretch 1 of")
    assert run.wait_for_exit() == 0
    assert run.is_restored()
    after = run.text_after_screen()
    assert "\a" in after
    assert "\r\n151\r\n" in after
    assert "\r\n150\r\n" not in after
    assert "sh is done after" in after
    assert str(output())[:20] in after


@posix
@pytest.mark.slow
def test_a_side_under_way_is_finished_first(terminal: OpenTerminal) -> None:
    run = terminal(script="sleep 2")
    run.wait_for("stretch 1 of")
    run.press("n----")
    run.wait_for("sh is done   stretch")
    assert run.wait_for_exit() == 0
    assert run.is_restored()
    assert "Done: 1 stretch" in run.text_after_screen()
    assert "sh is done after 2 s" in run.text_after_screen()


@posix
@pytest.mark.slow
def test_q_ends_the_stretching_and_waits(terminal: OpenTerminal) -> None:
    run = terminal(script="sleep 4; exit 9")
    run.wait_for("stretch 1 of")
    run.press("q")
    run.wait_for("Waiting for sh; Ctrl-C stops it.")
    assert run.wait_for_exit() == 9
    assert run.is_restored()


@posix
@pytest.mark.slow
@pytest.mark.parametrize(("key", "code"), [("c", 130), ("\x03", 130), ("x", 9)])
def test_ctrl_c_asks_what_to_stop(terminal: OpenTerminal, key: str, code: int) -> None:
    run = terminal(script="sleep 5 & wait; exit 9")
    run.wait_for("stretch 1 of")
    run.press("\x03")
    run.wait_for("stop sh too")
    run.press(key)
    assert run.wait_for_exit() == code
    assert run.is_restored()


@posix
@pytest.mark.slow
@pytest.mark.parametrize("trap", ["", "trap '' TERM HUP; "])
def test_nothing_is_left_when_the_program_is_killed(terminal: OpenTerminal, trap: str, tmp_path: Path) -> None:
    runs, processes = {}, []
    for number in (signal.SIGTERM, signal.SIGHUP):
        files = [tmp_path / f"{number}-{name}" for name in ("group", "child", "orphan")]
        script = f"{trap}echo $$ >{files[0]}; sleep 1000 & sleep 1000; wait"
        if sys.platform == "linux":
            # In sessions of their own, the last one without its parent. Other systems give that to another process.
            child, orphan = (f"setsid sh -c 'echo $$ >{file}; exec sleep 1000' &" for file in files[1:])
            script = f"{trap}{child} ({orphan}) ; {script}"
        runs[number] = terminal(script=script)
        processes += files if sys.platform == "linux" else files[:1]
    for each in runs.values():
        each.wait_for("stretch 1 of")
    left = [wait_for_file(file) for file in processes]
    assert all(map(is_left, left))
    for number, each in runs.items():
        each.signal(number)
    for number, each in runs.items():
        assert each.wait_for_exit() == 128 + (signal.SIGKILL if trap else number)
        assert each.is_restored()
    for process in left:
        wait_until_gone(process)


@posix
@pytest.mark.slow
def test_a_flood_of_output_takes_no_memory(terminal: OpenTerminal) -> None:
    run = terminal("--now", script="yes | head -c 120000000; sleep 2")
    run.wait_for("stretch 1 of")
    status = Path(f"/proc/{run.pid}/status")
    peak = status.read_text().partition("VmHWM:")[2].split()[0] if status.exists() else "0"
    assert int(peak) < 100_000
    assert run.wait_for_exit() == 0
    assert output().stat().st_size < 70_000_000
    assert "MB from the middle" in run.text_after_screen()
    output().unlink()


@posix
@pytest.mark.slow
def test_after_a_stop_for_health_the_command_runs_without_stretching(terminal: OpenTerminal) -> None:
    today = date.today()
    stop = ScreeningRecord(outcome=Outcome.EMERGENCY, screened=today, since=today)
    screening_file.save(Path(os.environ["STRETCH_HOME"]), stop)
    run = terminal(script="echo working; exit 4")
    assert run.wait_for_exit() == 4
    assert b"working" in run.raw
    assert b"The command runs without stretching." in run.raw
    assert b"\x1b[?1049h" not in run.raw
