"""What plays now, as other programs see it: right at any moment, and nothing once the process is gone."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretch.cli.app import App
from stretch.cli.status import line
from stretch.core.text import minutes_seconds
from stretch.core.timing.session import Session, Tick, update
from stretch.core.timing.timeline import build_timeline
from stretch.player.input import InputEvent
from stretch.storage import nowplaying
from stretch.storage.board import Board, playing
from stretch.storage.journal.past import Past
from stretch.storage.nowplaying import all_playing
from support import MS, SECOND, FakeClock, ScriptedInput, routine, run

ROUTINE = routine(minutes=6.0, areas=("neck",))
TIMELINE = build_timeline(ROUTINE)
START = 1_000 * SECOND
NOW = datetime(2026, 3, 4, 18, 30, tzinfo=timezone(timedelta(hours=1)))


def session(**changes: object) -> Session:
    return update(Session(timeline=TIMELINE, **changes), Tick(START))


def at(position_ms: int) -> Session:
    """Return the session that has played so far, tick by tick."""
    now = session()
    for clock in range(0, position_ms * MS, SECOND):
        now = update(now, Tick(START + clock))
    return update(now, Tick(START + position_ms * MS))


# -- what is told of a session


@given(st.integers(0, TIMELINE.length - 1), st.integers(1, 1_900))
def test_nothing_is_told_anew_while_only_time_passes(position: int, later: int) -> None:
    here = at(position)
    there = update(here, Tick(START + (position + later) * MS))
    if there.over:
        assert playing(there) is None
    elif here.moment.phase == there.moment.phase:
        assert playing(here) == playing(there)


@given(st.integers(0, TIMELINE.length - 1))
def test_the_seconds_left_are_those_of_the_session(tmp_path_factory: pytest.TempPathFactory, position: int) -> None:
    folder = tmp_path_factory.mktemp("home")
    here = at(position)
    board = Board(folder, START)
    board.show(here)
    (left,) = all_playing(folder, START + position * MS)
    assert left.seconds == -(-(TIMELINE.length - position) // 1000)
    assert left.phase_seconds == -(-(here.moment.phase.end - position) // 1000)
    assert left.state == "playing"
    board.close()


def test_paused_time_stands_still(tmp_path: Path) -> None:
    board = Board(tmp_path, START)
    here = update(at(90_000), "pause")
    board.show(here)
    first, later = (all_playing(tmp_path, START + clock * SECOND) for clock in (90, 5_000))
    assert first == later
    assert first[0].state == "paused"
    here = update(update(here, Tick(START + 5_000 * SECOND)), "pause")
    board.show(here)
    (left,) = all_playing(tmp_path, START + 5_001 * SECOND)
    assert (left.state, left.seconds) == ("playing", first[0].seconds - 1)
    board.close()


@pytest.mark.parametrize(
    ("changes", "state"),
    [({"away_ns": 5, "paused": True}, "away"), ({"waiting": True}, "waiting"), ({"helping": True}, "paused")],
)
def test_why_it_stands_still(changes: dict[str, object], state: str) -> None:
    told = playing(msgspec.structs.replace(at(90_000), **changes))
    assert told
    assert told.state == state


def test_getting_back_into_the_stretch_takes_its_seconds() -> None:
    here = at(90_000)
    back = msgspec.structs.replace(here, lead_in_ns=3 * SECOND)
    before, after = playing(here), playing(back)
    assert before
    assert after
    assert after.ends - before.ends == 3 * SECOND


def test_a_session_that_does_not_go_on_is_away(tmp_path: Path) -> None:
    board = Board(tmp_path, START)
    here = at(0)
    board.show(here)
    end = START + here.moment.phase.length * MS
    assert all_playing(tmp_path, end + 1 * SECOND)[0].state == "playing"
    (left,) = all_playing(tmp_path, end + 3 * SECOND)
    assert (left.state, left.phase_seconds) == ("away", 0)
    assert left.seconds == (TIMELINE.length - here.moment.phase.length) // 1000
    board.close()


def test_what_is_over_is_not_told() -> None:
    assert playing(Session(timeline=TIMELINE)) is None
    assert playing(update(session(), "quit")) is None


# -- the file


class Counting(Board):
    """A board that counts how often it writes."""

    writes = 0

    def _write(self, now: nowplaying.Playing | None) -> None:
        self.writes += 1
        super()._write(now)


def test_it_is_written_once_a_phase(tmp_path: Path) -> None:
    board = Counting(tmp_path, START)
    now = session()
    for clock in range(0, TIMELINE.length * MS + SECOND, SECOND // 2):
        now = update(now, Tick(START + clock))
        board.show(now)
    assert now.over == "finished"
    phases = [phase for phase in TIMELINE.phases if phase.kind != "warm-up" or phase.move]
    assert len(phases) <= board.writes <= len(phases) + 1
    assert list(tmp_path.iterdir()) == []


def test_two_sessions_are_told_the_longer_first(tmp_path: Path) -> None:
    boards = [Board(tmp_path, START), Board(tmp_path, START + 1)]
    longer = routine(minutes=9.0)
    boards[0].show(session())
    boards[1].show(update(Session(timeline=build_timeline(longer)), Tick(START)))
    left = all_playing(tmp_path, START)
    assert [one.playing.title for one in left] == ["Lower back", "Neck"]
    for board in boards:
        board.close()
    assert all_playing(tmp_path, START) == ()


PLAYS = """
import sys
sys.path[:] = {path}
from pathlib import Path
from test_status import at, START, ROUTINE
from stretch.storage.board import Board
board = Board(Path({folder}), START)
board.show(at(1_000))
print("shown", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    code = PLAYS.format(path=sys.path, folder=repr(str(tmp_path)))
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout
        assert child.stdout.readline() == "shown\n"
        yield child
        child.kill()


def test_a_killed_process_leaves_a_file_and_no_status(tmp_path: Path, other: subprocess.Popen[str]) -> None:
    folder = tmp_path / nowplaying.FOLDER
    assert len(all_playing(tmp_path, START)) == 1
    other.kill()
    other.wait()
    assert len(list(folder.iterdir())) == 1
    assert all_playing(tmp_path, START) == ()
    assert list(folder.iterdir()) == []


def test_a_process_with_the_same_number_is_not_taken_for_it(tmp_path: Path) -> None:
    board = Board(tmp_path, START)
    board.show(at(1_000))
    (file,) = (tmp_path / nowplaying.FOLDER).iterdir()
    text = file.read_bytes()
    board.close()
    file.parent.mkdir()
    file.write_bytes(text)  # as a crash of this very process would have left it
    assert all_playing(tmp_path, START) == ()


@pytest.mark.skipif(sys.platform == "win32", reason="on Windows what is open cannot be garbled by others")
def test_what_cannot_be_read_is_no_status(tmp_path: Path) -> None:
    board = Board(tmp_path, START)
    board.show(at(1_000))
    (file,) = (tmp_path / nowplaying.FOLDER).iterdir()
    for text in (b"", b"{", b'{"state":"playing"}', b"\xff" * 3000):
        file.write_bytes(text)
        assert all_playing(tmp_path, START) == ()
    assert file.exists()  # somebody holds it
    board.close()


def test_a_folder_that_cannot_be_written_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / nowplaying.FOLDER).write_text("a file")
    board = Board(tmp_path, START)
    for position in (0, 200_000):
        board.show(at(position))
    board.close()
    assert all_playing(tmp_path, START) == ()
    assert all_playing(tmp_path / "not there", START) == ()


def test_only_the_folder_of_the_sessions_goes_with_the_last_of_them(tmp_path: Path) -> None:
    home = tmp_path / "home"
    boards = [Board(home, START), Board(home, START + 1)]
    for board in boards:
        board.show(at(0))
    boards[0].close()
    assert len(list((home / nowplaying.FOLDER).iterdir())) == 1
    boards[1].close()
    # Others may be about to write there: the folder itself stays.
    assert list(home.iterdir()) == []


# -- the command


class Told(App):
    """An App at a made-up moment, with a past of its own."""

    def __init__(self, home: Path, past: Past | None = None, clock: int = START) -> None:
        super().__init__(environ={"STRETCH_HOME": str(home)}, clock=lambda: clock)
        self._past = past

    def past(self) -> Past | None:
        return self._past

    def now(self) -> datetime:
        return NOW


def past(days: int, streak: int = 1, done: bool = True) -> Past:
    return Past(began=NOW - timedelta(days=days), title="Lower back", seconds=873, streak=streak, done=done)


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (None, "nothing plays"),
        (past(0), "stretched today"),
        (past(0, done=False), "last session today"),
        (past(1, 4), "stretched yesterday, streak 4"),
        (past(12), "stretched 12 days ago"),
        (past(-1), "stretched today"),
    ],
)
def test_without_a_session_it_says_when_the_last_one_was(tmp_path: Path, known: Past | None, words: str) -> None:
    assert run("status", app=Told(tmp_path, known)).stdout == words + "\n"
    assert list(tmp_path.iterdir()) == []


def test_days_are_those_of_whoever_reads_it() -> None:
    late = Past(began=datetime(2026, 3, 3, 23, 30, tzinfo=UTC), title="", seconds=1, streak=1, done=True)
    assert line((), late, NOW) == "stretched today"


def test_a_session_is_one_line(tmp_path: Path) -> None:
    board = Board(tmp_path, START)
    index = next(i for i, phase in enumerate(TIMELINE.phases) if phase.kind == "hold" and phase.side)
    phase = TIMELINE.phases[index]
    board.show(at(phase.start + 4_000))
    clock = START + (phase.start + 4_000) * MS
    text = run("status", app=Told(tmp_path, past(1), clock)).stdout
    assert phase.item
    left = (phase.length - 4_000) // 1000
    assert text.startswith(f"{phase.item.stretch.name}, {phase.side} 0:{left:02} (")
    assert text.count("\n") == 1
    told = json.loads(run("status", "--json", app=Told(tmp_path, past(1, 3), clock)).stdout)
    assert told["text"] + "\n" == text
    assert told["class"] == "playing"
    assert told["streak"] == 3
    assert told["last"] == {"began": "2026-03-03T18:30:00+01:00", "title": "Lower back", "seconds": 873}
    (one,) = told["playing"]
    assert one["stretch"] == phase.item.stretch.id
    assert (one["kind"], one["side"], one["phase_seconds"]) == ("hold", phase.side, left)
    board.show(update(at(phase.start + 4_000), "pause"))
    assert run("status", app=Told(tmp_path, None, clock)).stdout.startswith("paused: ")
    board.close()


@pytest.mark.parametrize("kind", ["warm-up", "prepare", "switch", "settle"])
def test_what_is_no_stretching_is_told_as_such(tmp_path: Path, kind: str) -> None:
    phase = next(phase for phase in TIMELINE.phases if phase.kind == kind)
    board = Board(tmp_path, START)
    board.show(at(phase.start))
    name = phase.move.name if phase.move else phase.item.stretch.name if phase.item else None
    doing = ", ".join(filter(None, (name, kind, phase.side)))
    told = line(all_playing(tmp_path, START + phase.start * MS), None, NOW)
    board.close()
    assert told.startswith(f"{doing} {minutes_seconds(phase.length)} (")


class Looking(ScriptedInput):
    """Ears that look, whenever they are asked, at what is told of the session."""

    def __init__(self, clock: FakeClock, home: Path) -> None:
        super().__init__(clock)
        self.home, self.seen = home, list[nowplaying.Left]()

    def read(self, timeout: float) -> InputEvent:
        self.seen += all_playing(self.home, self.clock())
        return super().read(timeout)


@pytest.mark.parametrize("speed", [1, 10])
def test_a_session_is_told_while_it_plays_and_a_rehearsal_is_not(tmp_path: Path, speed: int) -> None:
    clock, home = FakeClock(), tmp_path / "home"
    ears = Looking(clock, home)
    app = App(environ={"STRETCH_HOME": str(home)}, clock=clock, input_source=ears)
    assert run("routine", "-a", "neck", "-m", "4", "--yes", "--speed", str(speed), app=app).exit_code == 0
    assert bool(ears.seen) == (speed == 1)
    seconds = [left.seconds for left in ears.seen]
    assert seconds == sorted(seconds, reverse=True)
    assert {"warm-up", "prepare", "hold", "settle"} <= {left.playing.kind for left in ears.seen} or speed > 1
    assert not (home / nowplaying.FOLDER).exists()


def test_the_last_session_and_the_streak_come_from_the_journal(tmp_path: Path) -> None:
    def app() -> App:
        clock = FakeClock()
        return App(environ={"STRETCH_HOME": str(tmp_path)}, clock=clock, input_source=ScriptedInput(clock))

    assert run("status", app=app()).stdout == "nothing plays\n"
    assert run("routine", "--stretch", "cat-cow", "--warm-up", "0", "--yes", app=app()).exit_code == 0
    assert run("status", app=app()).stdout == "stretched today\n"
    told = json.loads(run("status", "--json", app=app()).stdout)
    assert told["streak"] == 1
    assert told["last"]["seconds"] > 60
    assert datetime.fromisoformat(told["last"]["began"]).tzinfo is not None
    (tmp_path / "journal.db").write_text("no database")
    result = run("status", app=app())
    assert (result.exit_code, result.stdout) == (0, "nothing plays\n")
    assert "damaged" in result.stderr


def test_status_as_data_without_anything(tmp_path: Path) -> None:
    told = json.loads(run("status", "--json", app=Told(tmp_path)).stdout)
    assert told == {"version": 1, "text": "nothing plays", "class": "idle", "playing": [], "last": None, "streak": 0}
