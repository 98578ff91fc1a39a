"""A session is written down while it plays, whatever the disk does, and the disk never holds it up."""

from __future__ import annotations

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import msgspec
import pytest

from stretch.cli.app import App
from stretch.cli.play import new_record
from stretch.core.journal.progress import stretches_done
from stretch.core.journal.record import SessionRecord
from stretch.core.timing.phases import WORKING_KINDS
from stretch.core.timing.session import Session
from stretch.core.timing.timeline import build_timeline
from stretch.player.input import InputEvent
from stretch.player.loop import run_session
from stretch.player.recorder import SessionRecorder
from stretch.storage.journal.background_writer import BackgroundWriter
from stretch.storage.journal.database import FILE_NAME, JournalError
from stretch.storage.journal.journal import Journal
from support import MS, SECOND, FakeClock, ScriptedInput, routine, run

ROUTINE = routine(minutes=6.0)
TIMELINE = build_timeline(ROUTINE)
HOLD = next(index for index, phase in enumerate(TIMELINE.phases) if phase.kind == "hold")
ARGS = ("routine", "--yes", "-m", "6")


def app_in(folder: Path, *events: InputEvent | str | float) -> App:
    clock = FakeClock()
    return App(environ={"STRETCH_HOME": str(folder)}, clock=clock, input_source=ScriptedInput(clock, events))


def kept(folder: Path) -> list[SessionRecord]:
    journal = Journal.open_for_reading(folder)
    if journal is None:
        return []
    with journal:
        return list(journal.sessions())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "stretch"


def test_a_session_is_in_the_journal_with_all_its_sides(folder: Path) -> None:
    assert run(*ARGS, app=app_in(folder)).exit_code == 0
    (record,) = kept(folder)
    assert record.ended == "finished"
    assert record.active_seconds == record.planned_seconds == 360.0
    done, of = record.stretch_counts
    assert done == of > 1
    assert all(part.complete and part.seconds > 0 for part in record.parts)


@pytest.mark.parametrize(
    ("events", "ended"),
    [(("q",), "stopped"), ((InputEvent(signal=signal.SIGTERM),), "stopped"), (("n", "n", "x", "2"), "dizzy")],
)
def test_however_it_ends_the_seconds_are_kept(folder: Path, events, ended: str) -> None:
    run(*ARGS, app=app_in(folder, 1.5, 1.0, *events))
    (record,) = kept(folder)
    assert (record.ended, record.active_seconds) == (ended, 2.5)


@pytest.mark.parametrize("manner", [("--plain",), ("--events",), ("--wait",)])
def test_every_manner_of_playing_is_kept(folder: Path, manner: tuple[str, ...]) -> None:
    run(*ARGS, *manner, app=app_in(folder, 1.0, "q"))
    assert len(kept(folder)) == 1


def test_a_rehearsal_keeps_nothing_and_makes_nothing(folder: Path) -> None:
    assert run(*ARGS, "--speed", "100", app=app_in(folder)).exit_code == 0
    assert not folder.exists()


def test_a_plan_makes_nothing(folder: Path) -> None:
    assert run("routine", "--plan", app=app_in(folder)).exit_code == 0
    assert not folder.exists()


class Remembers:
    """A writer that puts every record into a list."""

    problem = notice = None
    saved_before = True

    def __init__(self) -> None:
        self.records: list[SessionRecord] = []

    def submit(self, record: SessionRecord) -> None:
        self.records.append(record)

    def close(self) -> bool:
        return True


def test_the_record_is_up_to_date_at_each_boundary() -> None:
    clock = FakeClock()
    session = Session(timeline=build_timeline(ROUTINE))
    writer = Remembers()
    scribe = SessionRecorder(new_record(App(environ={}), ROUTINE, session), writer)

    class Watches:
        def show(self, session: Session, cues: object) -> None:
            pass

        def next_update_in(self, session: Session) -> float:
            return 0.25

    ending = run_session(session, clock=clock, source=ScriptedInput(clock), display=Watches(), recorder=scribe)
    scribe.close(ending.session)
    put = writer.records
    assert [record.phase for record in put[:-1]] == list(range(len(session.timeline.phases)))
    for record in put:
        working = [index for index in range(record.phase) if session.timeline.phases[index].kind in WORKING_KINDS]
        assert sum(part.done for part in record.parts) == len(working)
    assert put[-1].stretch_counts == stretches_done(ending.session)
    assert put[-1].ended == "finished"


def test_a_disk_that_takes_half_a_second_delays_no_cue(folder: Path) -> None:
    late: list[float] = []

    class Slow(Journal):
        def save(self, *args, **kwargs) -> None:
            time.sleep(0.5)
            super().save(*args, **kwargs)

    class Sleeps:
        def read(self, timeout: float) -> InputEvent:
            time.sleep(timeout)
            return InputEvent(key="q") if time.monotonic() > until else InputEvent()

    class Watches:
        def show(self, session: Session, cues) -> None:
            late.extend((session.position_ms - cue.at_ms) / session.speed for cue in cues)

        def next_update_in(self, session: Session) -> float:
            return 0.005

    session = Session(timeline=build_timeline(ROUTINE), speed=60)
    writer = BackgroundWriter(lambda: Slow.open_for_writing(folder, date(2026, 11, 25)), b"{}")
    scribe = SessionRecorder(new_record(App(environ={}), ROUTINE, session), writer)
    until = time.monotonic() + 2.0
    ending = run_session(session, clock=time.monotonic_ns, source=Sleeps(), display=Watches(), recorder=scribe)
    assert len(late) > 20
    assert max(late) < 100  # a disk in the way would make it 500 ms
    assert scribe.close(ending.session) == []
    assert kept(folder)[0].ended == "stopped"


def test_a_folder_that_is_a_file_stops_nothing_and_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    result = run(*ARGS, app=app_in(tmp_path / "file"))
    assert result.exit_code == 0
    assert result.stderr.count("not being saved") + result.stderr.count("not saved") == 1
    assert "Done" in result.stderr
    assert (tmp_path / "file").read_text() == "mine"


def test_a_damaged_journal_stops_nothing_and_is_set_aside(folder: Path) -> None:
    folder.mkdir()
    (folder / FILE_NAME).write_bytes(b"rubbish" * 1000)
    result = run(*ARGS, app=app_in(folder, 1.0, "q"))
    assert result.exit_code == 3
    assert result.stderr.count("moved to") == 1
    assert len(kept(folder)) == 1
    assert [path.read_bytes() for path in folder.glob("journal-damaged-*.db")] == [b"rubbish" * 1000]


def test_a_newer_journal_stops_nothing_and_stays(folder: Path) -> None:
    run(*ARGS, app=app_in(folder, 1.0, "q"))
    raw = sqlite3.connect(folder / FILE_NAME)
    raw.execute("PRAGMA user_version = 99")
    raw.close()
    before = (folder / FILE_NAME).read_bytes()
    result = run(*ARGS, app=app_in(folder, 1.0, "q"))
    assert result.exit_code == 3
    assert result.stderr.count("newer stretch") == 1
    assert (folder / FILE_NAME).read_bytes() == before


def test_a_safety_check_that_cannot_be_kept_still_counts(tmp_path: Path) -> None:
    from stretch.cli.preflight import _save
    from stretch.core.safety.checklist import Outcome
    from stretch.core.safety.screening_record import ScreeningRecord

    (tmp_path / "file").write_text("mine")
    app = App(environ={"STRETCH_HOME": str(tmp_path / "file")}, stderr=io.StringIO())
    _save(app, ScreeningRecord(outcome=Outcome.GO, screened=app.today(), since=app.today()))
    assert "not kept" in app.stderr.getvalue()


@pytest.mark.parametrize(
    "changes",
    [{"seek_count": 1}, {"pain_reported_at": (HOLD,)}, {"easier_phases": frozenset({HOLD})}, {"end_state": "stopped"}],
    ids=lambda changes: next(iter(changes)),
)
def test_what_is_reported_is_written_at_once_and_the_passing_of_time_is_not(changes: dict[str, object]) -> None:
    session = Session(timeline=TIMELINE, position_ns=TIMELINE.phases[HOLD].start_ms * MS)
    writer = Remembers()
    scribe = SessionRecorder(new_record(App(environ={}), ROUTINE, session), writer)
    later = msgspec.structs.replace(session, position_ns=session.position_ns + SECOND)
    for now in (session, later, msgspec.structs.replace(later, **changes)):
        scribe.record(now)
    assert len(writer.records) == 2


class Fails:
    """A journal that fails as often as it is told, and then keeps."""

    notice = None

    def __init__(self, *fates: bool) -> None:
        self.fates = list(fates)

    def save(self, *unused: object) -> None:
        if self.fates and not self.fates.pop(0):
            raise JournalError("The disk is full.")

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("fates", "during", "after"),
    [
        ((True, True, True), [], []),
        ((False, False, False), ["This session is not being saved. The disk is full."], []),
        ((True, False, False), ["From here on, this session is not being saved. The disk is full."], []),
        (
            (False, True, True),
            ["This session is not being saved. The disk is full."],
            ["The journal could be written after all: this session is saved."],
        ),
        ((True, True, False), [], ["The end of this session was not saved. The disk is full."]),
    ],
)
def test_what_is_not_kept_is_said_once(fates: tuple[bool, ...], during: list[str], after: list[str]) -> None:
    said: list[str] = []
    session = Session(timeline=build_timeline(ROUTINE))
    disk = Fails(*fates)
    scribe = SessionRecorder(new_record(App(environ={}), ROUTINE, session), BackgroundWriter(lambda: disk, b"{}"))
    scribe.on_problem = said.append
    for jumps in (0, 1):
        session = msgspec.structs.replace(session, seek_count=jumps)
        scribe.record(session)
        deadline = time.monotonic() + 5
        while len(fates) - len(disk.fates) <= jumps and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(0.02)  # from the failure to what is said of it
    scribe.record(session)
    told = scribe.close(msgspec.structs.replace(session, end_state="stopped"))
    assert (said, told) == (during, after)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize("number", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_ends_a_session_with_all_of_it_kept(folder: Path, number: str) -> None:
    environ = os.environ | {"STRETCH_HOME": str(folder)}
    command = [sys.executable, "-m", "stretch", *ARGS, "--events"]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ, text=True
    )
    assert process.stdout
    process.stdout.readline()
    time.sleep(0.3)
    process.send_signal(signal.Signals[number])
    process.communicate(timeout=20)
    assert process.returncode == 128 + signal.Signals[number]
    (record,) = kept(folder)
    assert record.ended == "stopped"
    assert record.active_seconds > 0.2


KILLED = """
import sys, time
from pathlib import Path
from stretch.cli.app import App
from stretch.cli.play import PlaybackOptions, play_routine
from stretch.player.input import InputEvent
sys.path.insert(0, sys.argv[2])
from support import routine

class Sleeps:
    def read(self, timeout):
        time.sleep(min(timeout, 0.001))
        return InputEvent(key="k")  # at this speed a busy machine looks like one that slept; any key goes on

start = time.monotonic_ns()
home = {"STRETCH_HOME": sys.argv[1]}
app = App(environ=home, clock=lambda: (time.monotonic_ns() - start) * 100, input_source=Sleeps())
quiet = PlaybackOptions(events=True, sound=False, volume=0, voice="no", figure="none")
play_routine(app, routine(minutes=30.0, warm_up=0.0), quiet)
"""
"""A session at 100 times the speed of time, written down as one at the speed of time."""


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9")
def test_killed_at_any_moment_the_file_is_whole_and_only_the_phase_under_way_is_missing(folder: Path) -> None:
    timeline = build_timeline(routine(minutes=30.0, warm_up=0.0))
    command = [sys.executable, "-c", KILLED, str(folder), str(Path(__file__).parent)]
    before: set[str] = set()
    for phases in (2, 4, 7, 9):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert process.stdout
        told = []
        for line in process.stdout:
            told.append(json.loads(line))
            if sum(event["event"] == "phase" for event in told) > phases:
                break
        process.kill()
        told += [json.loads(line) for line in process.stdout if line.endswith("}\n")]
        process.wait()
        process.stdout.close()
        raw = sqlite3.connect(folder / FILE_NAME)
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        raw.close()
        (record,) = (one for one in kept(folder) if one.id not in before)
        before.add(record.id)
        assert record.ended is None
        # What was told last may have been told a moment before it was written.
        reached = timeline.index_at(int(told[-1]["at"] * 1000))
        assert reached - 1 <= record.phase <= reached + 1
        ended = [index for index in range(record.phase) if timeline.phases[index].kind in WORKING_KINDS]
        assert sum(part.done for part in record.parts) == len(ended)
