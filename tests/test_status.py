"""Status files and `stretch status`: always up to date, and nothing once the process is gone."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretch.cli.app import App
from stretch.cli.status import status_line
from stretch.core.journal.record import SessionRecord, SideResult
from stretch.core.journal.streak import LastSession
from stretch.core.text import minutes_seconds
from stretch.core.timing.session import Session, Tick, update
from stretch.core.timing.timeline import build_timeline
from stretch.player.input import InputEvent
from stretch.storage import status_file
from stretch.storage.journal.journal import Journal
from stretch.storage.journal.last_session import read_last_session
from stretch.storage.status_file import StatusFile, is_running, running_sessions, status_of
from support import MS, SECOND, FakeClock, ScriptedInput, routine, run

ROUTINE = routine(minutes=6.0, areas=("neck",))
TIMELINE = build_timeline(ROUTINE)
START = 1_000 * SECOND
NOW = datetime(2026, 3, 4, 18, 30, tzinfo=timezone(timedelta(hours=1)))


def session(**changes: Any) -> Session:
    return update(Session(timeline=TIMELINE, **changes), Tick(START))


ID, OTHER_ID = "a" * 32, "b" * 32


def at(position_ms: int) -> Session:
    """Return the session that has played so far, tick by tick."""
    now = session()
    for clock in range(0, position_ms * MS, SECOND):
        now = update(now, Tick(START + clock))
    return update(now, Tick(START + position_ms * MS))


# -- the status of a session


@given(st.integers(0, TIMELINE.length_ms - 1), st.integers(1, 1_900))
def test_status_stays_equal_while_only_time_passes(position: int, later: int) -> None:
    here = at(position)
    there = update(here, Tick(START + (position + later) * MS))
    if there.end_state:
        assert status_of(there) is None
    elif here.moment.phase == there.moment.phase:
        assert status_of(here) == status_of(there)


@given(st.integers(0, TIMELINE.length_ms - 1))
def test_seconds_left_match_the_session(tmp_path_factory: pytest.TempPathFactory, position: int) -> None:
    folder = tmp_path_factory.mktemp("home")
    here = at(position)
    status = StatusFile(folder, ID)
    status.update(here)
    (left,) = running_sessions(folder, START + position * MS)
    assert left.seconds == -(-(TIMELINE.length_ms - position) // 1000)
    assert left.phase_seconds == -(-(here.moment.phase.end_ms - position) // 1000)
    assert left.state == "playing"
    status.close()


def test_time_left_does_not_change_while_paused(tmp_path: Path) -> None:
    status = StatusFile(tmp_path, ID)
    here = update(at(90_000), "pause")
    status.update(here)
    first, later = (running_sessions(tmp_path, START + clock * SECOND) for clock in (90, 5_000))
    assert first == later
    assert first[0].state == "paused"
    here = update(update(here, Tick(START + 5_000 * SECOND)), "pause")
    status.update(here)
    (left,) = running_sessions(tmp_path, START + 5_001 * SECOND)
    assert (left.state, left.seconds) == ("playing", first[0].seconds - 1)
    status.close()


@pytest.mark.parametrize(
    ("changes", "state"),
    [({"sleep_gap_ns": 5, "paused": True}, "away"), ({"waiting": True}, "waiting"), ({"help_open": True}, "paused")],
)
def test_state_says_why_the_session_is_not_playing(changes: dict[str, object], state: str) -> None:
    status = status_of(msgspec.structs.replace(at(90_000), **changes))
    assert status
    assert status.state == state


def test_lead_in_after_a_gap_adds_to_the_time_left() -> None:
    here = at(90_000)
    back = msgspec.structs.replace(here, lead_in_ns=3 * SECOND)
    before, after = status_of(here), status_of(back)
    assert before
    assert after
    assert after.ends - before.ends == 3 * SECOND


def test_an_overdue_session_is_away(tmp_path: Path) -> None:
    status = StatusFile(tmp_path, ID)
    here = at(0)
    status.update(here)
    end = START + here.moment.phase.length_ms * MS
    assert running_sessions(tmp_path, end + 1 * SECOND)[0].state == "playing"
    (left,) = running_sessions(tmp_path, end + 3 * SECOND)
    assert (left.state, left.phase_seconds) == ("away", 0)
    assert left.seconds == (TIMELINE.length_ms - here.moment.phase.length_ms) // 1000
    status.close()


def test_no_status_before_and_after_a_session() -> None:
    assert status_of(Session(timeline=TIMELINE)) is None
    assert status_of(update(session(), "quit")) is None


# -- the file


class CountingStatusFile(StatusFile):
    """A status file that counts its writes."""

    writes = 0

    def _write(self, status: status_file.SessionStatus | None) -> None:
        self.writes += 1
        super()._write(status)


def test_the_file_is_written_once_per_phase(tmp_path: Path) -> None:
    status = CountingStatusFile(tmp_path, ID)
    now = session()
    for clock in range(0, TIMELINE.length_ms * MS + SECOND, SECOND // 2):
        now = update(now, Tick(START + clock))
        status.update(now)
    assert now.end_state == "finished"
    phases = [phase for phase in TIMELINE.phases if phase.kind != "warm-up" or phase.move]
    assert len(phases) <= status.writes <= len(phases) + 1
    assert list(tmp_path.iterdir()) == []


def test_of_two_sessions_the_longer_comes_first(tmp_path: Path) -> None:
    files = [StatusFile(tmp_path, ID), StatusFile(tmp_path, OTHER_ID)]
    longer = routine(minutes=9.0)
    files[0].update(session())
    files[1].update(update(Session(timeline=build_timeline(longer)), Tick(START)))
    left = running_sessions(tmp_path, START)
    assert [one.status.title for one in left] == ["Lower back", "Neck"]
    for file in files:
        file.close()
    assert running_sessions(tmp_path, START) == ()


OTHER_PROCESS = """
import sys
sys.path[:] = {path}
from pathlib import Path
from test_status import ID, at
from stretch.storage.journal.journal import Journal
from stretch.storage.journal.last_session import read_last_session
from stretch.storage.status_file import StatusFile
status = StatusFile(Path({folder}), ID)
status.update(at(1_000))
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other_process(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    code = OTHER_PROCESS.format(path=sys.path, folder=repr(str(tmp_path)))
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout
        assert child.stdout.readline() == "ready\n"
        yield child
        child.kill()


def test_a_killed_process_leaves_a_file_but_no_running_session(
    tmp_path: Path, other_process: subprocess.Popen[str]
) -> None:
    assert len(running_sessions(tmp_path, START)) == 1
    other_process.kill()
    other_process.wait()
    assert len(list(tmp_path.iterdir())) == 1
    assert running_sessions(tmp_path, START) == ()
    assert list(tmp_path.iterdir()) == []


def test_a_file_left_by_a_crash_with_a_reused_process_id_does_not_count(tmp_path: Path) -> None:
    status = StatusFile(tmp_path, ID)
    status.update(at(1_000))
    (file,) = tmp_path.iterdir()
    text = file.read_bytes()
    status.close()
    file.write_bytes(text)  # as if a process with the id of this one had crashed
    assert not is_running(tmp_path, ID)
    file.write_bytes(text)
    assert running_sessions(tmp_path, START) == ()


@pytest.mark.skipif(sys.platform == "win32", reason="on Windows others cannot write to an open file")
def test_an_unreadable_file_is_ignored_but_its_session_is_running(tmp_path: Path) -> None:
    status = StatusFile(tmp_path, ID)
    status.update(at(1_000))
    (file,) = tmp_path.iterdir()
    for text in (b"", b"{", b'{"state":"playing"}', b"\xff" * 3000):
        file.write_bytes(text)
        assert running_sessions(tmp_path, START) == ()
    assert is_running(tmp_path, ID)
    status.close()


def test_a_folder_that_cannot_be_written_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    status = StatusFile(tmp_path / "home", ID)
    for position in (0, 200_000):
        status.update(at(position))
    status.close()
    assert running_sessions(tmp_path / "home", START) == ()
    assert running_sessions(tmp_path / "not there", START) == ()


# -- the command


class FakeApp(App):
    """An App with a fixed time and last session."""

    def __init__(self, home: Path, last: LastSession | None = None, clock: int = START) -> None:
        super().__init__(environ={"STRETCH_HOME": str(home)}, clock=lambda: clock)
        self._last = last

    def last_session(self) -> LastSession | None:
        return self._last

    def now(self) -> datetime:
        return NOW


def last_session(days: int, streak: int = 1, done: bool = True) -> LastSession:
    return LastSession(
        started=(NOW - timedelta(days=days)).isoformat(), title="Lower back", seconds=873, streak=streak, done=done
    )


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (None, "no session running"),
        (last_session(0), "stretched today"),
        (last_session(0, done=False), "last session today"),
        (last_session(1, 4), "stretched yesterday, 4-day streak"),
        (last_session(12), "stretched 12 days ago"),
        (last_session(-1), "stretched today"),
    ],
)
def test_without_a_running_session_the_last_one_is_shown(tmp_path: Path, last: LastSession | None, words: str) -> None:
    assert run("status", app=FakeApp(tmp_path, last)).stdout == words + "\n"
    assert list(tmp_path.iterdir()) == []


def test_days_ago_are_counted_in_local_time() -> None:
    late = LastSession(started="2026-03-03T23:30:00+00:00", title="", seconds=1, streak=1, done=True)
    assert status_line((), late, NOW) == "stretched today"


def test_a_running_session_is_one_line(tmp_path: Path) -> None:
    status = StatusFile(tmp_path, ID)
    index = next(i for i, phase in enumerate(TIMELINE.phases) if phase.kind == "hold" and phase.side)
    phase = TIMELINE.phases[index]
    status.update(at(phase.start_ms + 4_000))
    clock = START + (phase.start_ms + 4_000) * MS
    text = run("status", app=FakeApp(tmp_path, last_session(1), clock)).stdout
    assert phase.item
    left = (phase.length_ms - 4_000) // 1000
    assert text.startswith(f"{phase.item.stretch.name}, {phase.side} 0:{left:02} (")
    assert text.count("\n") == 1
    data = json.loads(run("status", "--json", app=FakeApp(tmp_path, last_session(1, 3), clock)).stdout)
    assert data["text"] + "\n" == text
    assert data["class"] == "playing"
    assert data["streak"] == 3
    assert data["last"] == {"began": "2026-03-03T18:30:00+01:00", "title": "Lower back", "seconds": 873}
    (one,) = data["playing"]
    assert one["stretch"] == phase.item.stretch.id
    assert (one["kind"], one["side"], one["phase_seconds"]) == ("hold", phase.side, left)
    status.update(update(at(phase.start_ms + 4_000), "pause"))
    assert run("status", app=FakeApp(tmp_path, None, clock)).stdout.startswith("paused: ")
    status.close()


@pytest.mark.parametrize("kind", ["warm-up", "prepare", "switch", "settle"])
def test_phases_other_than_stretching_are_named(tmp_path: Path, kind: str) -> None:
    phase = next(phase for phase in TIMELINE.phases if phase.kind == kind)
    status = StatusFile(tmp_path, ID)
    status.update(at(phase.start_ms))
    name = phase.move.name if phase.move else phase.item.stretch.name if phase.item else None
    doing = ", ".join(filter(None, (name, kind, phase.side)))
    text = status_line(running_sessions(tmp_path, START + phase.start_ms * MS), None, NOW)
    status.close()
    assert text.startswith(f"{doing} {minutes_seconds(phase.length_ms)} (")


class StatusReadingInput(ScriptedInput):
    """Input that reads the running sessions whenever it is read."""

    def __init__(self, clock: FakeClock, home: Path) -> None:
        super().__init__(clock)
        self.home, self.seen = home, list[status_file.RunningSession]()

    def read(self, timeout: float) -> InputEvent:
        self.seen += running_sessions(self.home, self.clock())
        return super().read(timeout)


@pytest.mark.parametrize("speed", [1, 10])
def test_a_session_is_running_while_it_plays_but_a_dry_run_is_not(tmp_path: Path, speed: int) -> None:
    clock, home = FakeClock(), tmp_path / "home"
    source = StatusReadingInput(clock, home)
    app = App(environ={"STRETCH_HOME": str(home)}, clock=clock, input_source=source)
    assert run("routine", "-a", "neck", "-m", "4", "--yes", "--speed", str(speed), app=app).exit_code == 0
    assert bool(source.seen) == (speed == 1)
    seconds = [left.seconds for left in source.seen]
    assert seconds == sorted(seconds, reverse=True)
    assert {"warm-up", "prepare", "hold", "settle"} <= {left.status.kind for left in source.seen} or speed > 1
    assert not list(home.glob(f"{status_file.FILE_PREFIX}*"))


def test_last_session_and_streak_come_from_the_journal(tmp_path: Path) -> None:
    def app() -> App:
        clock = FakeClock()
        return App(environ={"STRETCH_HOME": str(tmp_path)}, clock=clock, input_source=ScriptedInput(clock))

    assert run("status", app=app()).stdout == "no session running\n"
    assert run("routine", "--stretch", "cat-cow", "--warm-up", "0", "--yes", app=app()).exit_code == 0
    assert run("status", app=app()).stdout == "stretched today\n"
    data = json.loads(run("status", "--json", app=app()).stdout)
    assert data["streak"] == 1
    assert data["last"]["seconds"] > 60
    assert datetime.fromisoformat(data["last"]["began"]).tzinfo is not None
    (tmp_path / "journal.db").write_text("no database")
    result = run("status", app=app())
    assert (result.exit_code, result.stdout) == (0, "no session running\n")
    assert "damaged" in result.stderr


def test_the_last_session_is_the_last_sound_one_up_to_today(tmp_path: Path) -> None:
    part = SideResult(stretch="cat-cow", name="Cat", planned=1, done=1, seconds=9.0)
    with Journal.open_for_writing(tmp_path, NOW.date()) as journal:
        for number, day in enumerate(("03-01", "03-02", "03-03", "03-04", "03-05")):
            journal.save(
                SessionRecord(id=f"{number:032}", started=f"2026-{day}T18:00:00+01:00", title="Neck", parts=(part,))
            )
    with closing(sqlite3.connect(tmp_path / "journal.db")) as raw, raw:
        raw.execute("UPDATE session SET title = x'00' WHERE day = '2026-03-04'")
        raw.execute("UPDATE session SET started = '2026-02-30' WHERE day = '2026-03-03'")
    found = read_last_session(tmp_path, NOW.date())
    assert found == LastSession("2026-03-02T18:00:00+01:00", "Neck", 0, True, 4)
    assert read_last_session(tmp_path / "nowhere", NOW.date()) is None


@pytest.mark.slow
def test_the_last_session_is_read_without_msgspec(tmp_path: Path) -> None:
    Journal.open_for_writing(tmp_path, NOW.date()).close()
    code = f"""
import sys
from datetime import date
from pathlib import Path
from stretch.cli import app, status
app.App(environ={{"STRETCH_HOME": {str(tmp_path)!r}}}).last_session()
assert "sqlite3" in sys.modules
assert "msgspec" not in sys.modules"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_json_without_any_session(tmp_path: Path) -> None:
    data = json.loads(run("status", "--json", app=FakeApp(tmp_path)).stdout)
    assert data == {
        "version": 1,
        "text": "no session running",
        "class": "idle",
        "playing": [],
        "last": None,
        "streak": 0,
        "prescribed": None,
    }
