"""Damaged and hostile journals: at most the session that is damaged is left out, and it is named once."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest

from stretch.cli.app import App
from stretch.cli.resume import _claim, _interrupted_session
from stretch.core.errors import UsageError
from stretch.core.journal.progress import encode_plan, side_results
from stretch.core.journal.record import SessionRecord
from stretch.core.safety.pain import PainScores
from stretch.core.timing.session import Session
from stretch.core.timing.timeline import build_timeline
from stretch.player.input import InputEvent
from stretch.storage.journal import database
from stretch.storage.journal.database import FILE_NAME, SUFFIXES
from stretch.storage.journal.journal import Journal
from stretch.storage.journal.jsonl import parse_sessions, read_lines
from stretch.storage.journal.recorder import BackgroundWriter, SessionRecorder
from stretch.storage.status_file import StatusFile, running_sessions
from support import FakeClock, ScriptedInput, routine, run

TODAY = date(2026, 11, 25)
ROUTINE = routine(minutes=6.0, warm_up=0.0)
PLAN = encode_plan(ROUTINE)
PARTS = side_results(Session(timeline=build_timeline(ROUTINE)))
BAD, GOOD = "bad0" + "0" * 28, "900d" + "0" * 28
READERS = (("history",), ("history", "--json"), ("history", "export"), ("status",), ("doctor",))
PLAYERS = (("resume", "--yes"), ("routine", "-m", "6", "--yes", "--warm-up", "0"))


class FakeApp(App):
    """An App on a fixed day, on which nobody plays for longer than a second."""

    def __init__(self, folder: Path) -> None:
        clock = FakeClock()
        keys = ScriptedInput(clock, [1.0, "q"])
        super().__init__(environ={"STRETCH_HOME": str(folder), "LC_ALL": "C.UTF-8"}, clock=clock, input_source=keys)

    def today(self) -> date:
        return TODAY

    def now(self) -> datetime:
        return datetime(2026, 11, 25, 8, 0, tzinfo=timezone(timedelta(hours=1)))


def record(name: str, day: str = "2026-11-25", hour: int = 7) -> SessionRecord:
    return SessionRecord(
        id=name,
        started=f"{day}T{hour:02}:00:00+01:00",
        title="Lower back",
        areas=("lower-back",),
        active_seconds=60.0,
        ended="stopped",
        parts=PARTS,
        scores=PainScores(before=4, after=3),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "stretch"
    with Journal.open_for_writing(folder, TODAY) as journal:
        journal.merge([(record(GOOD, hour=6), PLAN), (record(BAD), PLAN)])
    return folder


def execute(folder: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(folder / FILE_NAME)) as raw, raw:
        raw.execute("PRAGMA ignore_check_constraints = ON")
        raw.execute(statement, values)


VALUES: tuple[object, ...] = (
    "garbage",
    "\x1b[2J\x9b\u202e",
    "[x",
    "a" * 1_000_000,
    b"\xff\x00blob",
    -1,
    10**18,
    float("inf"),
    "9999-12-31T23:59:59-12:00",
    "2026-02-30",
)


def columns() -> list[tuple[str, str]]:
    with closing(sqlite3.connect(":memory:")) as new:
        database.upgrade(new)
        tables = ("session", "part", "plan", "area_time", "stretched")
        return [(table, row[1]) for table in tables for row in new.execute(f"PRAGMA table_info({table})")]


def damage(folder: Path, table: str, column: str, value: object, name: str = BAD) -> bool:
    """Store *value* in a row of the session *name*; return False if not even SQLite takes it."""
    session = f"session = (SELECT key FROM session WHERE id = '{name}')"
    where = {"session": f"id = '{name}'", "plan": "1", "part": f"{session} AND number = 0"}.get(table)
    if where is None:
        key = "area" if table == "area_time" else "stretch"
        where = f"{session} AND {key} = (SELECT max({key}) FROM {table} WHERE {session})"
    try:
        execute(folder, f"UPDATE {table} SET {column} = ? WHERE {where}", value)
    except sqlite3.IntegrityError:
        return False
    return True


def check(folder: Path, *command: str) -> str:
    """Run *command*, check that it fails in words at most, and return its output."""
    result = run(*command, app=FakeApp(folder))
    assert result.exit_code in ((2, 3) if command in PLAYERS else (0,)), (command, result.output)
    assert result.stderr.count("damaged session") <= 1
    assert result.output.replace("\n", "").isprintable(), command
    return result.output


@pytest.mark.slow
@pytest.mark.parametrize(("table", "column"), columns())
def test_a_wrong_value_costs_at_most_its_session(folder: Path, table: str, column: str) -> None:
    names = [f"bad{number}" + "0" * 28 for number in range(5)]
    with Journal.open_for_writing(folder, TODAY) as journal:
        journal.merge([(record(name), PLAN) for name in names])
    sound = (folder / FILE_NAME).read_bytes()
    # In each column another value is in the last session.
    first = columns().index((table, column)) % len(VALUES)
    values = VALUES[first:] + VALUES[:first]
    # All sessions have one plan, so it is damaged in one way at a time.
    size = 1 if table == "plan" else len(names)
    for start in range(0, len(values), size):
        (folder / FILE_NAME).write_bytes(sound)
        chosen = zip(values[start : start + size], names, strict=False)
        damaged = [damage(folder, table, column, value, name) for value, name in chosen]
        if any(damaged):
            check(folder, "history")
            check(folder, "status")
            check(folder, "history", "export")
            history = json.loads(run("history", "--json", app=FakeApp(folder)).stdout)
            shown = [session["id"] for session in history["sessions"]]
            assert GOOD in shown
            assert history["total"]["sessions"] == len(shown)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("session", "day", "garbage"),
        ("session", "id", b"\xff"),
        ("session", "started", "9999-12-31T23:59:59-12:00"),
        ("session", "active_seconds", float("inf")),
        ("session", "phase", -1),
        ("session", "before", 11),
        ("part", "areas", "[x"),
        ("part", "hurt", 100_000_000),
        ("part", "hurt", 5_000),
        ("part", "number", -5),
        ("part", "stretch", "\x1b[2J"),
        ("part", "eased", 7),
    ],
)
def test_a_damaged_session_is_named_and_a_sound_one_is_continued(
    folder: Path, table: str, column: str, value: object
) -> None:
    assert damage(folder, table, column, value)
    for command in READERS[:3]:
        result = run(*command, app=FakeApp(folder))
        assert result.stderr.count("1 damaged session: " + ("number 2" if column == "id" else BAD[:8])) == 1
    assert "06:00" in check(folder, *PLAYERS[0])
    check(folder, *PLAYERS[1])
    with Journal.open_for_reading(folder) as journal:
        assert len(list(journal.sessions())) == 2


def test_a_damaged_session_can_be_deleted_and_imported_again(folder: Path, tmp_path: Path) -> None:
    run("history", "export", "-o", str(tmp_path / "all.jsonl"), app=FakeApp(folder))
    damage(folder, "part", "areas", "[x")
    assert "Imported 1 session (1 already stored)" in check(folder, "history", "import", str(tmp_path / "all.jsonl"))
    damage(folder, "part", "areas", "[x")
    assert "Deleted 1 session" in check(folder, "history", "forget", BAD[:6], "--yes")
    assert "damaged" not in check(folder, "history")


def test_escapes_in_texts_and_plans_are_made_inert(folder: Path) -> None:
    damage(folder, "session", "title", "a\x1b[2Jb")
    plan = json.loads(PLAN) | {"title": "c\x1b[2Jd"}
    damage(folder, "plan", "data", zlib.compress(json.dumps(plan).encode()))
    assert "a\\x1b[2Jb" in check(folder, "history")
    assert "damaged" not in check(folder, "history", "export")
    assert "a\\x1b[2Jb" in check(folder, *PLAYERS[0])


def test_a_plan_that_is_not_utf_8_is_damaged(folder: Path) -> None:
    damage(folder, "plan", "data", zlib.compress(PLAN.replace(b'"title":"', b'"title":"\xff\xfe', 1)))
    assert "damaged" in check(folder, "history", "export")
    assert "cannot be resumed: its plan is missing" in check(folder, "resume", "--yes")
    assert check(folder, "routine", "-m", "6", "--plan")


@pytest.mark.parametrize(
    "change",
    [
        lambda plan: plan.update(settle_s=-5),
        lambda plan: plan.update(settle_s=10**18),
        lambda plan: plan.update(warm_up=[[{"id": "march", "name": "March", "text": "March"}, 10**12]]),
        lambda plan: plan.update(items=plan["items"] * 200),
        lambda plan: plan["items"][0].update(sides=["left"] * 100_000),
    ],
    ids=["negative", "huge", "long move", "many items", "many sides"],
)
def test_a_plan_that_nobody_could_play_is_not_resumed(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    plan = json.loads(PLAN)
    change(plan)
    damage(folder, "plan", "data", zlib.compress(json.dumps(plan).encode()))
    assert "cannot be resumed: its plan is missing" in check(folder, "resume", "--yes")


BOUNDED = """
import resource, sys
from stretch.cli import main
resource.setrlimit(resource.RLIMIT_AS, (400 << 20,) * 2)
try:
    main(sys.argv[1:])
finally:
    peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(int(peak.split()[1]) // 1024, file=sys.stderr)
"""


def bounded(folder: Path, *args: str, mib: int, text: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command in its own process, and check the memory it took."""
    environ = os.environ | {"STRETCH_HOME": str(folder)}
    command = [sys.executable, "-c", BOUNDED, *args]
    done = subprocess.run(command, input=text, capture_output=True, text=True, env=environ)
    assert int(done.stderr.split()[-1]) < mib
    assert "Traceback" not in done.stderr
    return done


def bomb(folder: Path) -> None:
    packer = zlib.compressobj(9)
    packed = b"".join([packer.compress(bytes(1 << 20)) for _ in range(256)]) + packer.flush()
    damage(folder, "plan", "data", packed)


def many_parts(folder: Path) -> None:
    with closing(sqlite3.connect(folder / FILE_NAME)) as raw, raw:
        names = [row[1] for row in raw.execute("PRAGMA table_info(part)")]
        columns = ", ".join("n" if name == "number" else name for name in names)
        raw.execute(
            f"""WITH RECURSIVE c (n) AS (SELECT 100 UNION ALL SELECT n + 1 FROM c WHERE n < 300000)
            INSERT INTO part ({", ".join(names)}) SELECT {columns} FROM c, part WHERE number = 0
            AND session = (SELECT key FROM session WHERE id = '{BAD}')"""
        )


BOMBS = {
    "a plan that unpacks to 256 MiB": bomb,
    "a title of 100 MB": lambda folder: damage(folder, "session", "title", "x" * 100_000_000),
    "a title of 10 MB": lambda folder: damage(folder, "session", "title", "x" * 10_000_000),
    "300,000 parts": many_parts,
}


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits a child")
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_in_the_journal_is_not_unpacked(folder: Path, name: str) -> None:
    BOMBS[name](folder)
    for command in (("history", "--json"), ("history", "export"), ("status",)):
        done = bounded(folder, *command, mib=200)
        assert done.returncode == 0
        assert command == ("status",) or GOOD in done.stdout


# -- sessions dated after today


def test_a_session_from_the_future_counts_for_nothing_until_its_day(folder: Path) -> None:
    with Journal.open_for_writing(folder, TODAY) as journal:
        journal.delete()
        done = tuple(msgspec.structs.replace(part, done=part.planned, seconds=9.0) for part in PARTS)
        for name, day in ((GOOD, "2026-11-20"), (BAD, "2031-01-01")):
            journal.save(msgspec.structs.replace(record(name, day), parts=done))
    assert run("status", app=FakeApp(folder)).stdout == "stretched 5 days ago\n"
    history = json.loads(run("history", "--json", app=FakeApp(folder)).stdout)
    assert ([one["id"] for one in history["sessions"]], [one["id"] for one in history["future"]]) == ([GOOD], [BAD])
    assert (history["total"]["sessions"], history["streak"]["days"], len(history["pain"])) == (1, 0, 1)
    assert "Dated after today" in check(folder, "history")
    with Journal.open_for_reading(folder, TODAY) as journal:
        assert set(journal.last_done_days().values()) == {date(2026, 11, 20)}
        assert [one.id for one in journal.recent()] == [GOOD]
        assert len(journal.pain_entries()) == 1
    with Journal.open_for_reading(folder, date(2031, 1, 1)) as journal:
        assert [one.id for one in journal.recent()] == [BAD, GOOD]


@pytest.mark.parametrize(
    "started", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "2026-02-30T00:00:00+00:00", "tomorrow"]
)
def test_a_time_outside_of_the_calendar_is_refused_by_line(folder: Path, tmp_path: Path, started: str) -> None:
    line = json.loads(run("history", "export", app=FakeApp(folder)).stdout.splitlines()[0])
    line["session"]["started"] = started
    (tmp_path / "one.jsonl").write_text(json.dumps(line))
    result = run("history", "import", str(tmp_path / "one.jsonl"), app=FakeApp(tmp_path / "new"))
    assert result.exit_code == 1
    assert "one.jsonl:1: session.started: " in result.stderr
    assert "regex" not in result.stderr


# -- files that cannot be used


FOREIGN = {
    "version -1": "PRAGMA user_version = -1",
    "application id of another": "PRAGMA application_id = 7",
    "no version": "PRAGMA user_version = 0",
    "version 1 with the tables of 2": "PRAGMA user_version = 1",
    "a missing table": "DROP TABLE part",
    "a missing column": "ALTER TABLE session RENAME COLUMN title TO name",
    "another column": "ALTER TABLE session ADD COLUMN mine INTEGER NOT NULL DEFAULT 0",
    "a trigger": "CREATE TRIGGER t AFTER INSERT ON session BEGIN DELETE FROM session; END",
    "a view": "CREATE VIEW area_time2 AS SELECT 1;ALTER TABLE part RENAME TO parts;"
    "CREATE VIEW part AS WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n FROM c) SELECT * FROM parts, c",
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_journal_with_other_tables_is_set_aside_and_a_new_one_begun(folder: Path, name: str) -> None:
    with closing(sqlite3.connect(folder / FILE_NAME)) as raw:
        raw.executescript(FOREIGN[name])
    before = (folder / FILE_NAME).read_bytes()
    result = run("history", app=FakeApp(folder))
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    check(folder, "status")
    assert check(folder, *PLAYERS[1]).count("was moved to") == 1
    (aside,) = folder.glob("journal-damaged-2026-11-25*.db")
    assert aside.read_bytes() == before
    with Journal.open_for_reading(folder) as journal:
        assert len(journal.recent()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")
@pytest.mark.parametrize("suffix", ["", *SUFFIXES])
@pytest.mark.parametrize("kind", ["pipe", "folder", "device"])
def test_a_special_file_is_named_and_left_alone(folder: Path, suffix: str, kind: str) -> None:
    path = folder / (FILE_NAME + suffix)
    path.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero")
    result = run("history", app=FakeApp(folder))
    assert result.exit_code == 1
    assert f"{FILE_NAME}{suffix} is not a regular file" in result.stderr.replace("/dev/zero", path.name)
    assert run("routine", "-m", "6", "--plan", app=FakeApp(folder)).exit_code == 0
    assert "not a regular file" in run(*PLAYERS[1], app=FakeApp(folder)).stderr
    assert path.is_fifo() or path.is_dir() or path.is_symlink()


# -- the journal changes while a session plays


def replace_in_place(folder: Path, other: Path) -> None:
    (folder / FILE_NAME).write_bytes((other / FILE_NAME).read_bytes())


def foreign(folder: Path, other: Path) -> None:
    with closing(sqlite3.connect(other / "foreign.db")) as raw, raw:
        raw.execute("CREATE TABLE session (key INTEGER PRIMARY KEY, id TEXT, revision TEXT)")
    (folder / FILE_NAME).write_bytes((other / "foreign.db").read_bytes())


def cut(folder: Path, size: int) -> None:
    os.truncate(folder / FILE_NAME, size)


CHANGES = {
    "truncated": lambda folder, other: cut(folder, 0),
    "cut in the header": lambda folder, other: cut(folder, 50),
    "cut in half": lambda folder, other: cut(folder, (folder / FILE_NAME).stat().st_size // 2),
    "deleted": lambda folder, other: (folder / FILE_NAME).unlink(),
    "deleted with its folder": lambda folder, other: shutil.rmtree(folder),
    "overwritten with text": lambda folder, other: (folder / FILE_NAME).write_bytes(b"text " * 9999),
    "overwritten with zeros": lambda folder, other: (folder / FILE_NAME).write_bytes(bytes(40960)),
    "an older copy over it": replace_in_place,
    "an older copy in its place": lambda folder, other: (other / FILE_NAME).rename(folder / FILE_NAME),
    "another database over it": foreign,
}


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.002)
    assert condition()


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be replaced")
@pytest.mark.parametrize("name", CHANGES)
def test_a_session_is_whole_in_the_end_whatever_happens_to_the_file(folder: Path, tmp_path: Path, name: str) -> None:
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    writer = BackgroundWriter(lambda: Journal.open_for_writing(folder, TODAY, thorough=True), PLAN)
    playing = msgspec.structs.replace(record("c" * 32, hour=8), ended=None)
    writer.submit(playing)
    wait_until(lambda: writer.saved_before)
    CHANGES[name](folder, other)
    writer.submit(msgspec.structs.replace(playing, active_seconds=99.0, ended="finished"))
    assert writer.close(), writer.problem
    with Journal.open_for_reading(folder) as journal:
        assert journal.get(playing.id).active_seconds == 99.0
        assert journal.plan(playing.id) == PLAN
    assert bool(writer.notice) == any(folder.glob("journal-damaged-*"))


@pytest.mark.parametrize("arguments", [("c" * 32,), ("--all",), ("--before", "2026-11-26")])
def test_a_session_forgotten_while_it_plays_is_not_written_again(folder: Path, arguments: tuple[str, ...]) -> None:
    playing = msgspec.structs.replace(record("c" * 32, hour=8), ended=None)
    status = StatusFile(folder, playing.id)
    status.claim()
    recorder = SessionRecorder(playing, BackgroundWriter(lambda: Journal.open_for_writing(folder, TODAY), PLAN))
    session = Session(timeline=build_timeline(ROUTINE))
    recorder.record(session)
    wait_until(lambda: recorder._writer.saved_before)
    assert "Deleted" in check(folder, "history", "forget", *arguments, "--yes")
    recorder.record(msgspec.structs.replace(session, seek_count=1))
    wait_until(lambda: recorder.problem)
    assert recorder.problem.endswith("It was deleted by `stretch history forget`.")
    (message,) = recorder.close(msgspec.structs.replace(session, end_state="stopped"))
    assert "deleted by" in message
    status.close()
    with Journal.open_for_reading(folder) as journal:
        assert journal.get(playing.id) is None
    assert not list(folder.glob("forgotten-*"))


def test_of_two_resumes_at_once_the_second_is_told_that_it_plays_already(folder: Path) -> None:
    results: list[StatusFile | str] = []
    barrier = threading.Barrier(2)

    def resume() -> None:
        app = FakeApp(folder)
        last, _ = _interrupted_session(app)
        barrier.wait()
        try:
            results.append(_claim(app, last))
        except UsageError as error:
            results.append(str(error))

    threads = [threading.Thread(target=resume) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {type(result) for result in results} == {StatusFile, str}
    assert "The last session is still running." in results
    assert run("resume", "--yes", app=FakeApp(folder)).exit_code == 2
    next(result for result in results if isinstance(result, StatusFile)).close()
    app = FakeApp(folder)
    seen, source = [], app.input_source

    class Watching:
        def read(self, timeout: float) -> InputEvent:
            seen.append(running_sessions(folder, app.clock()))
            return source.read(timeout)

    app.input_source = Watching()
    run("resume", "--yes", app=app)
    assert any(seen)
    assert not list(folder.glob("playing-*"))


# -- many sessions


def export_of(path: Path, count: int) -> None:
    """Write an export of *count* sessions without plans."""
    line = json.dumps({"version": 1, "session": msgspec.to_builtins(record("#" * 32, "2020-01-01")), "plan": None})
    with path.open("w", encoding="utf-8") as file:
        file.writelines(line.replace("#" * 32, f"{number:032x}") + "\n" for number in range(count))


@pytest.mark.slow
@pytest.mark.parametrize("through_a_pipe", [False, True])
def test_many_broken_lines_take_no_memory_and_ten_are_named(tmp_path: Path, through_a_pipe: bool) -> None:
    export_of(tmp_path / "broken", 1)
    with (tmp_path / "broken").open("a") as file:
        file.writelines("rubbish\n" for _ in range(200_000))
    source = "-" if through_a_pipe else str(tmp_path / "broken")
    text = (tmp_path / "broken").read_text() if through_a_pipe else None
    done = bounded(tmp_path / "new", "history", "import", source, "--skip-bad", mib=60, text=text)
    assert done.returncode == 0
    assert done.stderr.count("JSON is malformed") == 10
    assert "and 199990 more broken lines" in done.stderr
    assert "Imported 1 session (200000 broken lines skipped)" in done.stderr


@pytest.mark.slow
def test_years_of_sessions_are_written_without_reading_them_all(tmp_path: Path) -> None:
    export_of(tmp_path / "many", 4000)
    with Journal.open_for_writing(tmp_path, TODAY) as journal, (tmp_path / "many").open("rb") as file:
        journal._connection.execute("PRAGMA synchronous = OFF")
        journal.merge(parse_sessions(read_lines(file), lambda *_: None))
    history = bounded(tmp_path, "history", "--json", mib=60)
    assert len(json.loads(history.stdout)["sessions"]) == 4000
    assert bounded(tmp_path, "history", "export", mib=60).stdout.count("\n") == 4000


@pytest.mark.slow
def test_the_end_of_a_session_is_kept_while_many_are_imported(folder: Path, tmp_path: Path) -> None:
    export_of(tmp_path / "many", 1500)
    writer = BackgroundWriter(lambda: Journal.open_for_writing(folder, TODAY), PLAN)
    playing = msgspec.structs.replace(record("c" * 32, hour=8), ended=None)
    writer.submit(playing)
    wait_until(lambda: writer.saved_before)
    importing = threading.Thread(
        target=run, args=("history", "import", str(tmp_path / "many")), kwargs={"app": FakeApp(folder)}
    )
    importing.start()
    with Journal.open_for_reading(folder) as journal:
        wait_until(lambda: journal.count() > 3)
        writer.submit(msgspec.structs.replace(playing, ended="finished"))
        assert writer.close(), writer.problem
        assert importing.is_alive()
        assert journal.get(playing.id).ended == "finished"
    importing.join()
