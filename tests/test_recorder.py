"""Saving a session while it plays: complete, up to date, and never held up or stopped by the disk."""

from __future__ import annotations

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from stretch.cli.app import App
from stretch.cli.play import new_record
from stretch.core.journal.progress import stretches_done
from stretch.core.journal.record import SessionRecord
from stretch.core.timing.phases import WORKING_KINDS
from stretch.core.timing.session import Session
from stretch.core.timing.timeline import Cue, build_timeline
from stretch.player.freeze import run_queue_ns
from stretch.player.input import InputEvent
from stretch.player.loop import run_session
from stretch.storage.journal.database import FILE_NAME, JournalError
from stretch.storage.journal.journal import Journal
from stretch.storage.journal.recorder import BackgroundWriter, SessionRecorder
from support import MS, SECOND, FakeClock, ScriptedInput, routine, run

ROUTINE = routine(minutes=6.0)
TIMELINE = build_timeline(ROUTINE)
HOLD = next(index for index, phase in enumerate(TIMELINE.phases) if phase.kind == "hold")
ARGS = ("routine", "--yes", "-m", "6")


def app_in(folder: Path, *events: InputEvent | str | float) -> App:
    clock = FakeClock()
    return App(environ={"STRETCH_HOME": str(folder)}, clock=clock, input_source=ScriptedInput(clock, events))


def saved_records(folder: Path) -> list[SessionRecord]:
    with Journal.open_for_reading(folder) as journal:
        return list(journal.sessions())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "stretch"


def test_a_finished_session_is_saved_with_all_its_sides(folder: Path) -> None:
    assert run(*ARGS, app=app_in(folder)).exit_code == 0
    (record,) = saved_records(folder)
    assert record.ended == "finished"
    assert record.active_seconds == record.planned_seconds == 360.0
    done, of = record.stretch_counts
    assert done == of > 1
    assert all(part.complete and part.seconds > 0 for part in record.parts)


@pytest.mark.parametrize(
    ("events", "ended"),
    [(("q",), "stopped"), ((InputEvent(signal=signal.SIGTERM),), "stopped"), (("n", "n", "x", "2"), "dizzy")],
)
def test_a_stopped_session_is_saved_with_its_active_seconds(
    folder: Path, events: tuple[InputEvent | str, ...], ended: str
) -> None:
    run(*ARGS, app=app_in(folder, 1.5, 1.0, *events))
    (record,) = saved_records(folder)
    assert (record.ended, record.active_seconds) == (ended, 2.5)


@pytest.mark.parametrize("options", [("--plain",), ("--events",), ("--wait",)])
def test_every_kind_of_display_saves_the_session(folder: Path, options: tuple[str, ...]) -> None:
    run(*ARGS, *options, app=app_in(folder, 1.0, "q"))
    assert len(saved_records(folder)) == 1


def test_a_faster_session_saves_nothing_and_creates_no_folder(folder: Path) -> None:
    assert run(*ARGS, "--speed", "100", app=app_in(folder)).exit_code == 0
    assert not folder.exists()


def test_a_plan_creates_no_folder(folder: Path) -> None:
    assert run("routine", "--plan", app=app_in(folder)).exit_code == 0
    assert not folder.exists()


class ListWriter:
    """A writer that collects the records in a list."""

    problem = notice = None
    saved_before = True

    def __init__(self) -> None:
        self.records: list[SessionRecord] = []

    def submit(self, record: SessionRecord) -> None:
        self.records.append(record)

    def close(self) -> bool:
        return True


def test_a_record_is_submitted_at_each_new_phase() -> None:
    clock = FakeClock()
    session = Session(timeline=build_timeline(ROUTINE))
    writer: Any = ListWriter()
    recorder = SessionRecorder(new_record(App(environ={}), ROUTINE, session), writer)

    class SilentDisplay:
        def show(self, session: Session, cues: object) -> None:
            pass

        def next_update_in(self, session: Session) -> float:
            return 0.25

        def hides_answers(self, session: Session) -> bool:
            return False

    result = run_session(
        session, clock=clock, source=ScriptedInput(clock), display=SilentDisplay(), observers=[recorder.record]
    )
    recorder.close(result.session)
    put = writer.records
    assert [record.phase for record in put[:-1]] == list(range(len(session.timeline.phases)))
    for record in put:
        working = [index for index in range(record.phase) if session.timeline.phases[index].kind in WORKING_KINDS]
        assert sum(part.done for part in record.parts) == len(working)
    assert put[-1].stretch_counts == stretches_done(result.session)
    assert put[-1].ended == "finished"


@pytest.mark.slow
def test_a_slow_disk_delays_no_cue(folder: Path) -> None:
    late: list[float] = []

    class SlowJournal(Journal):
        def save(self, *args: Any, **kwargs: Any) -> None:
            time.sleep(0.5)
            super().save(*args, **kwargs)

    class RealTimeInput:
        def read(self, timeout: float) -> InputEvent:
            time.sleep(timeout)
            return InputEvent(key="q") if time.monotonic() > until else InputEvent()

    class SilentDisplay:
        def show(self, session: Session, cues: Iterable[Cue]) -> None:
            late.extend((session.position_ms - cue.at_ms) / session.speed for cue in cues)

        def next_update_in(self, session: Session) -> float:
            return 0.005

        def hides_answers(self, session: Session) -> bool:
            return False

    session = Session(timeline=build_timeline(ROUTINE), speed=120)
    writer = BackgroundWriter(lambda: SlowJournal.open_for_writing(folder, date(2026, 11, 25)), b"{}")
    recorder = SessionRecorder(new_record(App(environ={}), ROUTINE, session), writer)
    until, delayed = time.monotonic() + 1.2, run_queue_ns()
    source, display = RealTimeInput(), SilentDisplay()
    result = run_session(session, clock=time.monotonic_ns, source=source, display=display, observers=[recorder.record])
    assert len(late) > 20
    # Waiting for the disk would take 500 ms; what others took of the processor does not count.
    assert max(late) < 100 + (run_queue_ns() - delayed) / MS
    assert recorder.close(result.session) == []
    assert saved_records(folder)[0].ended == "stopped"


def test_a_file_in_place_of_the_folder_is_reported_once_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    result = run(*ARGS, app=app_in(tmp_path / "file"))
    assert result.exit_code == 0
    assert result.stderr.count("not being saved") + result.stderr.count("not saved") == 1
    assert "Done" in result.stderr
    assert (tmp_path / "file").read_text() == "mine"


def test_a_damaged_journal_is_moved_aside_and_stops_nothing(folder: Path) -> None:
    folder.mkdir()
    (folder / FILE_NAME).write_bytes(b"rubbish" * 1000)
    result = run(*ARGS, app=app_in(folder, 1.0, "q"))
    assert result.exit_code == 3
    assert result.stderr.count("moved to") == 1
    assert len(saved_records(folder)) == 1
    assert [path.read_bytes() for path in folder.glob("journal-damaged-*.db")] == [b"rubbish" * 1000]


def test_a_journal_of_a_newer_version_is_left_alone_and_stops_nothing(folder: Path) -> None:
    run(*ARGS, app=app_in(folder, 1.0, "q"))
    raw = sqlite3.connect(folder / FILE_NAME)
    raw.execute("PRAGMA user_version = 99")
    raw.close()
    before = (folder / FILE_NAME).read_bytes()
    result = run(*ARGS, app=app_in(folder, 1.0, "q"))
    assert result.exit_code == 3
    assert result.stderr.count("newer stretch") == 1
    assert (folder / FILE_NAME).read_bytes() == before


def test_a_safety_check_that_cannot_be_saved_is_reported(tmp_path: Path) -> None:
    from stretch.cli.preflight import save_record
    from stretch.core.safety.checklist import Outcome
    from stretch.core.safety.screening_record import ScreeningRecord

    (tmp_path / "file").write_text("mine")
    errors = io.StringIO()
    app = App(environ={"STRETCH_HOME": str(tmp_path / "file")}, stderr=errors)
    assert not save_record(app, ScreeningRecord(outcome=Outcome.GO, screened=app.today(), since=app.today()))
    assert "could not be saved" in errors.getvalue()


@pytest.mark.parametrize(
    "changes",
    [{"seek_count": 1}, {"pain_reported_at": (HOLD,)}, {"easier_phases": frozenset({HOLD})}, {"end_state": "stopped"}],
    ids=lambda changes: next(iter(changes)),
)
def test_a_report_is_submitted_at_once_and_mere_time_is_not(changes: dict[str, object]) -> None:
    session = Session(timeline=TIMELINE, position_ns=TIMELINE.phases[HOLD].start_ms * MS)
    writer: Any = ListWriter()
    recorder = SessionRecorder(new_record(App(environ={}), ROUTINE, session), writer)
    later = msgspec.structs.replace(session, position_ns=session.position_ns + SECOND)
    for now in (session, later, msgspec.structs.replace(later, **changes)):
        recorder.record(now)
    assert len(writer.records) == 2


class FailingJournal:
    """A journal whose first writes succeed or fail as given; all later ones succeed."""

    notice = None

    def __init__(self, *successes: bool) -> None:
        self.successes = list(successes)

    def save(self, *unused: object) -> None:
        if self.successes and not self.successes.pop(0):
            raise JournalError("The disk is full.")

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("successes", "during", "after"),
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
def test_an_unsaved_session_is_reported_once(successes: tuple[bool, ...], during: list[str], after: list[str]) -> None:
    reported: list[str] = []
    session = Session(timeline=build_timeline(ROUTINE))
    journal: Any = FailingJournal(*successes)
    recorder = SessionRecorder(new_record(App(environ={}), ROUTINE, session), BackgroundWriter(lambda: journal, b"{}"))
    recorder.on_problem = reported.append
    for jumps in (0, 1):
        session = msgspec.structs.replace(session, seek_count=jumps)
        recorder.record(session)
        deadline = time.monotonic() + 5
        while len(successes) - len(journal.successes) <= jumps and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(0.02)  # from the failure to its report
    recorder.record(session)
    after_messages = recorder.close(msgspec.structs.replace(session, end_state="stopped"))
    assert (reported, after_messages) == (during, after)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize("number", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_session_ended_by_a_signal_is_saved(folder: Path, number: str) -> None:
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
    (record,) = saved_records(folder)
    assert record.ended == "stopped"
    assert record.active_seconds > 0.2


CHILD_SCRIPT = """
import sys, time
from pathlib import Path
from stretch.cli.app import App
from stretch.cli.play import PlaybackOptions, play_routine
from stretch.player.input import InputEvent
sys.path.insert(0, sys.argv[2])
from support import routine

class RealTimeInput:
    def read(self, timeout):
        time.sleep(min(timeout, 0.001))
        return InputEvent(key="k")  # on a busy machine the fast clock jumps as after a suspension; any key continues

start = time.monotonic_ns()
home = {"STRETCH_HOME": sys.argv[1]}
app = App(environ=home, clock=lambda: (time.monotonic_ns() - start) * 100, input_source=RealTimeInput())
quiet = PlaybackOptions(events=True, sound=False, volume=0, voice="no", figure="none")
play_routine(app, routine(minutes=30.0, warm_up=0.0), quiet, None)
"""
"""A session of 30 minutes played in 18 seconds by a fast clock."""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9")
def test_kill_9_leaves_a_sound_journal_that_lacks_only_the_current_phase(folder: Path) -> None:
    timeline = build_timeline(routine(minutes=30.0, warm_up=0.0))
    command = [sys.executable, "-c", CHILD_SCRIPT, str(folder), str(Path(__file__).parent)]
    before: set[str] = set()
    for phases in (2, 4, 7, 9):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert process.stdout
        events = []
        for line in process.stdout:
            events.append(json.loads(line))
            if sum(event["event"] == "phase" for event in events) > phases:
                break
        threads = Path(f"/proc/{process.pid}/task").glob("*/schedstat")
        delayed_ms = sum(int(thread.read_text().split()[1]) for thread in threads) // MS
        process.kill()
        events += [json.loads(line) for line in process.stdout if line.endswith("}\n")]
        process.wait()
        process.stdout.close()
        raw = sqlite3.connect(folder / FILE_NAME)
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        raw.close()
        (record,) = (one for one in saved_records(folder) if one.id not in before)
        before.add(record.id)
        assert record.ended is None
        # The last event may have been printed a moment before its record was written, and others may have had the
        # processor then; the clock runs a hundred times as fast.
        reached_ms = int(events[-1]["at"] * 1000)
        earliest = timeline.index_at(max(0, reached_ms - 100 * delayed_ms))
        assert earliest - 1 <= record.phase <= timeline.index_at(reached_ms) + 1
        ended = [index for index in range(record.phase) if timeline.phases[index].kind in WORKING_KINDS]
        assert sum(part.done for part in record.parts) == len(ended)
