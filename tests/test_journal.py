"""The journal: nothing is lost, damaged files are not overwritten, and errors are one clear sentence."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretch.core.journal.record import SessionRecord, SideResult
from stretch.core.safety.pain import PainEntry, PainScores
from stretch.core.vocabulary import Side
from stretch.storage.journal import database
from stretch.storage.journal.database import (
    FILE_NAME,
    JournalBusyError,
    JournalDamagedError,
    JournalError,
)
from stretch.storage.journal.journal import Journal
from stretch.storage.journal.recorder import BackgroundWriter

TODAY = date(2026, 11, 25)
PLAN = b'{"plan": "a"}'
JOURNALS = Path(__file__).parent / "journals"


def record(number: int = 1, day: str = "2026-11-24", **fields: Any) -> SessionRecord:
    fields = {"started": f"{day}T07:30:00+01:00", "title": "Lower back", "areas": ("lower-back",)} | fields
    return SessionRecord(id=f"{number:032x}", **fields)


def parts(left: int = 2, right: int = 2, stretch: str = "open-book") -> tuple[SideResult, ...]:
    sides: tuple[tuple[Side, int], ...] = (("left", left), ("right", right))
    return tuple(
        SideResult(
            stretch=stretch, name="Open book", side=side, areas=("upper-back",), planned=2, done=done, seconds=30.0
        )
        for side, done in sides
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "stretch"


@pytest.fixture
def journal(folder: Path) -> Iterator[Journal]:
    with Journal.open_for_writing(folder, TODAY) as journal:
        yield journal


def test_reading_a_missing_journal_does_not_create_it(folder: Path) -> None:
    with Journal.open_for_reading(folder) as journal:
        assert journal.recent() == []
    assert not folder.exists()


def test_a_session_round_trips(folder: Path, journal: Journal) -> None:
    scores = PainScores(before=4, worst=6, spread="thigh", new_sign=False, sudden=True)
    saved = record(parts=parts(2, 1), scores=scores, ended="stopped", active_seconds=12.345, phase=7)
    journal.save(saved, PLAN)
    with Journal.open_for_reading(folder) as reader:
        assert reader.get(saved.id) == msgspec.structs.replace(saved, revision=1)
        assert reader.plan(saved.id) == PLAN


def test_updating_a_session_keeps_its_scores(journal: Journal) -> None:
    journal.save(record(scores=PainScores(before=4)), PLAN)
    assert journal.set_scores(record().id, worst=5)
    journal.save(record(parts=parts(), active_seconds=60.0, ended="finished"))
    saved = journal.get(record().id)
    assert (saved.scores.before, saved.scores.worst) == (4, 5)
    assert (saved.ended, saved.active_seconds, saved.revision) == ("finished", 60.0, 3)
    assert saved.stretch_counts == (1, 1)
    assert journal.count() == 1


def test_scores_are_validated_and_need_a_session(journal: Journal) -> None:
    assert not journal.set_scores(record().id, after=3)
    journal.save(record())
    with pytest.raises(msgspec.ValidationError):
        journal.set_scores(record().id, after=11)
    assert journal.get(record().id).scores == PainScores()


def test_recent_sessions_are_ordered_by_time_across_time_zones(journal: Journal) -> None:
    for number, started in enumerate(["2026-11-24T09:00:00+09:00", "2026-11-24T01:00:00+00:00"], start=1):
        journal.save(record(number, started=started))
    assert [one.id[-1] for one in journal.recent(5)] == ["2", "1"]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.integers(1, 4))
def test_paging_returns_every_session_once(days: list[int], size: int) -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    database.upgrade(connection)
    with Journal(connection, Path("memory")) as journal:
        for number, day in enumerate(days):
            journal.save(record(number, f"2026-11-2{day}"))
        found = list(journal.sessions(page_size=size))
        assert sorted(one.id for one in found) == sorted(record(number).id for number in range(len(days)))
        assert [one.started for one in found] == sorted((one.started for one in found), reverse=True)
        assert list(journal.sessions(earliest_first=True, page_size=size)) == found[::-1]


def test_last_done_days_require_both_sides(journal: Journal) -> None:
    journal.save(record(1, "2026-11-01", parts=parts()))
    journal.save(record(2, "2026-11-09", parts=parts(2, 1)))
    journal.save(record(3, "2026-11-05", parts=parts(stretch="sphinx")))
    assert journal.last_done_days() == {"open-book": date(2026, 11, 1), "sphinx": date(2026, 11, 5)}
    assert journal.last_done_days(2) == {}
    assert journal.count() == 3


def test_last_done_days_count_how_often_a_stretch_was_done(journal: Journal) -> None:
    for number, day in enumerate(("2026-11-01", "2026-11-03", "2026-11-03", "2026-12-31")):
        journal.save(record(number, day, parts=parts() + (parts(stretch="sphinx") if number else ())))
    assert journal.last_done_days(2) == {"open-book": date(2026, 11, 3), "sphinx": date(2026, 11, 3)}
    assert journal.last_done_days(3) == {"open-book": date(2026, 11, 1)}


def test_pain_entries_hold_all_scores_in_order(journal: Journal) -> None:
    said = PainScores(before=4, worst=6, after=3, next_morning=2, spread="thigh", new_sign=False, sudden=True)
    journal.save(record(1, "2026-11-09", scores=PainScores(next_morning=1)))
    journal.save(record(2, "2026-11-01", scores=said))
    journal.save(record(3, "2026-11-05"))
    assert journal.pain_entries() == [
        PainEntry(day=date(2026, 11, 1), **msgspec.structs.asdict(said)),
        PainEntry(day=date(2026, 11, 9), next_morning=1),
    ]
    assert [entry.next_morning for entry in journal.pain_entries(since=date(2026, 11, 5))] == [1]


def test_a_plan_is_stored_once_and_deleted_with_its_last_session(folder: Path, journal: Journal) -> None:
    journal.save(record(1), PLAN)
    journal.save(record(2), PLAN)
    raw = sqlite3.connect(folder / FILE_NAME)
    assert raw.execute("SELECT count(*) FROM plan").fetchone() == (1,)
    journal.delete(record(1).id)
    assert journal.plan(record(2).id) == PLAN
    journal.delete(record(2).id)
    assert raw.execute("SELECT count(*) FROM plan").fetchone() == (0,)
    raw.close()


def test_importing_a_newer_copy_without_a_plan_keeps_the_stored_plan(journal: Journal) -> None:
    journal.save(record(), PLAN)
    assert journal.merge([(record(revision=2, phase=3), None)]) == 1
    assert journal.get(record().id).phase == 3
    assert journal.plan(record().id) == PLAN


def test_deleted_data_is_overwritten_in_the_file(folder: Path, journal: Journal) -> None:
    journal.merge((record(number, title=f"Secret-{number:04}", parts=parts()), PLAN) for number in range(1, 40))
    assert b"Secret-0007" in (folder / FILE_NAME).read_bytes()
    assert journal.delete(record(7).id) == 1
    assert b"Secret-0007" not in (folder / FILE_NAME).read_bytes()
    assert journal.delete() == 38
    assert b"Secret" not in (folder / FILE_NAME).read_bytes()
    assert journal.count() == 0


def test_deleting_all_sessions_before_a_day(journal: Journal) -> None:
    for number in range(1, 6):
        journal.save(record(number, f"2026-11-0{number}"))
    assert journal.count(before=date(2026, 11, 3)) == 2
    assert journal.delete(before=date(2026, 11, 3)) == 2
    assert journal.count() == 3


def test_a_damaged_file_is_moved_aside_and_never_overwritten(folder: Path) -> None:
    folder.mkdir()
    for number, text in enumerate([b"no database at all " * 99, b"another one " * 99]):
        (folder / FILE_NAME).write_bytes(text)
        with pytest.raises(JournalDamagedError):
            Journal.open_for_reading(folder)
        with Journal.open_for_writing(folder, TODAY) as journal:
            assert "moved to" in str(journal.notice)
            journal.save(record())
        aside = folder / f"journal-damaged-2026-11-25{'-2' if number else ''}.db"
        assert aside.read_bytes() == text
    with Journal.open_for_writing(folder, TODAY) as journal:
        assert journal.notice is None
        assert journal.count() == 1


def test_thorough_opening_finds_damage_in_the_middle_of_the_file(folder: Path) -> None:
    with Journal.open_for_writing(folder, TODAY) as journal:
        journal.merge((record(number, parts=parts()), None) for number in range(400))
    whole = (folder / FILE_NAME).read_bytes()
    (folder / FILE_NAME).write_bytes(whole[:20000] + b"\xff" * 9000 + whole[29000:])
    with Journal.open_for_writing(folder, TODAY, thorough=True) as journal:
        assert "moved to" in str(journal.notice)
        assert journal.count() == 0


def test_the_rollback_journal_of_a_damaged_file_is_moved_aside_too(folder: Path) -> None:
    folder.mkdir()
    (folder / FILE_NAME).write_bytes(b"no database at all " * 99)
    (folder / f"{FILE_NAME}-journal").write_bytes(bytes(512))  # as a power cut leaves it
    with Journal.open_for_writing(folder, TODAY) as journal:
        journal.save(record())
    assert (folder / "journal-damaged-2026-11-25.db-journal").read_bytes() == bytes(512)


def test_the_database_of_another_program_is_moved_aside_unchanged(folder: Path) -> None:
    folder.mkdir()
    with sqlite3.connect(folder / FILE_NAME) as other:
        other.execute("CREATE TABLE photos (name TEXT)")
    other.close()
    with Journal.open_for_writing(folder, TODAY) as journal:
        assert "journal-damaged-2026-11-25.db" in str(journal.notice)
    with sqlite3.connect(folder / "journal-damaged-2026-11-25.db") as other:
        assert other.execute("SELECT count(*) FROM photos").fetchone() == (0,)
    other.close()


def test_a_newer_file_is_refused_and_left_unchanged(folder: Path) -> None:
    with Journal.open_for_writing(folder, TODAY) as journal:
        journal.save(record())
    raw = sqlite3.connect(folder / FILE_NAME)
    raw.execute(f"PRAGMA user_version = {database.VERSION + 1}")
    raw.close()
    before = (folder / FILE_NAME).read_bytes()
    openings: tuple[Callable[[], object], ...] = (
        lambda: Journal.open_for_reading(folder), lambda: Journal.open_for_writing(folder, TODAY)
    )  # fmt: skip
    for opened in openings:
        with pytest.raises(JournalError, match="newer stretch"):
            opened()
    assert (folder / FILE_NAME).read_bytes() == before
    assert [path.name for path in folder.iterdir()] == [FILE_NAME]


def test_a_file_in_place_of_the_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "stretch").write_text("a file")
    with Journal.open_for_reading(tmp_path / "stretch") as journal:
        assert journal.count() == 0
    for folder in (tmp_path / "stretch", tmp_path / "stretch" / "below"):
        with pytest.raises(JournalError, match="is not a folder"):
            Journal.open_for_writing(folder, TODAY)
    assert (tmp_path / "stretch").read_text() == "a file"


@pytest.mark.slow
def test_a_locked_file_is_reported(folder: Path, journal: Journal) -> None:
    other = sqlite3.connect(folder / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(JournalBusyError, match="in use"):
        journal.save(record())
    other.execute("ROLLBACK")
    other.close()
    journal.save(record())


def test_a_full_disk_is_reported_and_loses_nothing(folder: Path, journal: Journal) -> None:
    journal.save(record(1))
    (pages,) = journal._connection.execute("PRAGMA page_count").fetchone()
    journal._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(JournalError, match="disk is full"):
        journal.save(record(2, parts=parts() * 500))
    journal._connection.execute("PRAGMA max_page_count = 1000000")
    before = journal.count()
    journal.save(record(300))
    assert journal.count() == before + 1
    assert journal.get(record(1).id)


def test_only_the_owner_can_read_the_file(folder: Path, journal: Journal) -> None:
    journal.save(record())
    assert (folder / FILE_NAME).stat().st_mode & 0o077 == 0


def test_concurrent_writers_lose_nothing(folder: Path) -> None:
    failed: list[BaseException] = []

    def write(first: int) -> None:
        try:
            with Journal.open_for_writing(folder, TODAY) as journal:
                for number in range(first, first + 8):
                    journal.save(record(number, parts=parts()), PLAN)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(first,)) for first in (0, 100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    with Journal.open_for_reading(folder) as journal:
        assert journal.count() == 24


def test_another_process_may_end_its_transaction_while_the_journal_opens(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Journal.open_for_writing(folder, TODAY) as journal:
        journal.save(record(1))
    side = folder / f"{FILE_NAME}-journal"
    side.touch()
    stat = Path.stat

    def stat_once(path: Path, **how: Any) -> os.stat_result:
        found = stat(path, **how)
        if path.name == side.name:
            side.unlink()
        return found

    monkeypatch.setattr(Path, "stat", stat_once)
    with Journal.open_for_writing(folder, TODAY) as journal:
        assert journal.count() == 1
    assert not side.exists()


@pytest.mark.slow
def test_concurrent_first_sessions_create_one_file(folder: Path) -> None:
    for number in range(12):
        home = folder / str(number)
        failed: list[Exception] = []

        def begin(first: int, home: Path = home, failed: list[Exception] = failed) -> None:
            try:
                with Journal.open_for_writing(home, TODAY, thorough=True) as journal:
                    journal.save(record(first))
            except Exception as error:
                failed.append(error)

        threads = [threading.Thread(target=begin, args=(first,)) for first in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failed
        assert [path.name for path in home.iterdir()] == [FILE_NAME]
        with Journal.open_for_reading(home) as journal:
            assert journal.count() == 4


def test_the_writer_opens_a_new_file_after_the_old_one_was_moved(folder: Path) -> None:
    writer = BackgroundWriter(lambda: Journal.open_for_writing(folder, TODAY), PLAN)
    writer.submit(record(active_seconds=1.0))
    while not writer.saved_before:
        time.sleep(0.001)
    (folder / FILE_NAME).rename(folder / "aside.db")
    writer.submit(record(active_seconds=2.0))
    assert writer.close()
    with Journal.open_for_reading(folder) as journal:
        assert journal.get(record().id).active_seconds == 2.0


class FakeJournal:
    """A journal whose `save` raises the given errors in turn, or waits for `unblocked`."""

    notice = None

    def __init__(self, *errors: Exception | None) -> None:
        self.errors, self.opened, self.unblocked = list(errors), 0, threading.Event()
        self.saved: list[SessionRecord] = []
        self.unblocked.set()

    def open(self) -> Any:
        self.opened += 1
        return self

    def save(self, record: SessionRecord, plan: bytes | None = None) -> None:
        self.unblocked.wait()
        if self.errors and (error := self.errors.pop(0)) is not None:
            raise error
        self.saved.append(record)

    def close(self) -> None:
        pass


def test_the_writer_saves_the_latest_record_on_a_slow_disk() -> None:
    journal = FakeJournal()
    journal.unblocked.clear()
    writer = BackgroundWriter(journal.open, PLAN)
    for number in range(1000):
        writer.submit(record(active_seconds=float(number)))
    journal.unblocked.set()
    assert writer.close()
    assert journal.saved[-1].active_seconds == 999.0
    assert len(journal.saved) <= 3


def test_closing_the_writer_times_out_on_a_stuck_disk() -> None:
    journal = FakeJournal()
    journal.unblocked.clear()
    writer = BackgroundWriter(journal.open, PLAN)
    writer.submit(record())
    assert not writer.close(timeout=0.05)
    assert "too slow" in str(writer.problem)
    journal.unblocked.set()


def test_the_next_record_makes_up_for_a_failed_one() -> None:
    journal = FakeJournal(JournalError("The disk is full."))
    writer = BackgroundWriter(journal.open, PLAN)
    writer.submit(record(active_seconds=1.0))
    while writer.problem is None:
        time.sleep(0.001)
    assert writer.problem == "The disk is full."
    writer.submit(record(active_seconds=2.0))
    assert writer.close()
    assert writer.problem is None
    assert [one.active_seconds for one in journal.saved] == [2.0]


def test_closing_the_writer_retries_while_the_file_is_locked() -> None:
    journal = FakeJournal(JournalBusyError("in use"), JournalBusyError("in use"))
    writer = BackgroundWriter(journal.open, PLAN)
    writer.submit(record())
    assert writer.close()
    assert len(journal.saved) == 1


def test_closing_the_writer_does_not_retry_a_permanent_error() -> None:
    journal = FakeJournal(*[JournalError("read-only")] * 99)
    writer = BackgroundWriter(journal.open, PLAN)
    writer.submit(record())
    assert not writer.close(timeout=60.0)
    assert writer.problem == "read-only"


def test_the_writer_reopens_a_file_damaged_while_playing() -> None:
    journal = FakeJournal(JournalDamagedError("damaged"))
    writer = BackgroundWriter(journal.open, PLAN)
    writer.submit(record())
    assert writer.close()
    assert journal.opened == 2
    assert len(journal.saved) == 1


def create_version_1(folder: Path) -> bytes:
    """Create a journal of version 1 in *folder* and return its bytes."""
    folder.mkdir()
    raw = sqlite3.connect(folder / FILE_NAME)
    raw.executescript((JOURNALS / "version-1.sql").read_text(encoding="utf-8"))
    raw.close()
    return (folder / FILE_NAME).read_bytes()


def schema_of(connection: sqlite3.Connection) -> set[tuple[str, str, str]]:
    """Return every column of every table and index, with its type."""
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'index')")]
    return {
        (name, column[1] if len(column) == 6 else column[2], column[2] if len(column) == 6 else "")
        for name in names
        for pragma in ("table_info", "index_info")
        for column in connection.execute(f"PRAGMA {pragma}('{name}')")
    }


def test_a_version_1_journal_is_migrated_with_all_its_data(folder: Path) -> None:
    before = create_version_1(folder)
    with Journal.open_for_writing(folder, TODAY) as journal:
        assert journal.notice is None
        latest, earliest = journal.recent(5)
        assert (earliest.title, earliest.ended, earliest.scores) == (
            "Lower back",
            "finished",
            PainScores(before=4, after=2),
        )
        assert earliest.stretch_counts == (2, 2)
        assert (latest.title, latest.ended, latest.stretch_counts) == ("Hips", None, (1, 2))
        assert [part.hurt for part in latest.parts] == [0, 1, 0]
        assert journal.plan(latest.id) == b'{"title":"Hips"}'
        assert journal.last_done_days() == {"cat-cow": date(2026, 11, 24), "open-book": date(2026, 11, 23)}
        history = journal.history(TODAY, 5)
        assert (history.left_seconds, history.right_seconds) == (91.25, 60.5)
        assert {area.area: area.seconds for area in history.areas} == {
            "lower-back": 96.0,
            "upper-back": 216.5,
            "hips": 31.25,
            "glutes": 31.25,
        }
        fresh = sqlite3.connect(":memory:", isolation_level=None)
        database.upgrade(fresh)
        assert schema_of(journal._connection) == schema_of(fresh)
        fresh.close()
    saved = folder / "journal-version-1-2026-11-25.db"
    old = sqlite3.connect(saved)
    (folder / "again.db").write_bytes(before)
    new = sqlite3.connect(folder / "again.db")
    assert list(old.iterdump()) == list(new.iterdump())  # the backup is what was there
    assert old.execute("PRAGMA user_version").fetchone() == (1,)
    old.close()
    new.close()


def test_a_version_2_journal_is_migrated(folder: Path) -> None:
    folder.mkdir()
    old = sqlite3.connect(folder / FILE_NAME)
    for statement in (*database.MIGRATIONS[0], *database.MIGRATIONS[1]):
        old.execute(statement)
    old.execute(f"PRAGMA application_id = {database.APPLICATION_ID}")
    old.execute("PRAGMA user_version = 2")
    old.close()
    with Journal.open_for_writing(folder, TODAY) as journal:
        journal.save(record())
        assert journal.count() == 1
    assert (folder / "journal-version-2-2026-11-25.db").exists()


def test_a_change_of_the_tables_needs_a_migration_and_a_new_version() -> None:
    fresh = sqlite3.connect(":memory:", isolation_level=None)
    database.upgrade(fresh)
    pinned = (JOURNALS / f"tables-{database.VERSION}.txt").read_text(encoding="utf-8")
    # To change the tables add a migration, which raises VERSION, and a file for it.
    assert "".join(f"{' '.join(column)}".rstrip() + "\n" for column in sorted(schema_of(fresh))) == pinned
    fresh.close()


def test_reading_an_older_journal_changes_nothing(folder: Path) -> None:
    before = create_version_1(folder)
    with Journal.open_for_reading(folder) as journal:
        assert journal.history(TODAY, 5).sessions == 2
    assert (folder / FILE_NAME).read_bytes() == before
    assert [path.name for path in folder.iterdir()] == [FILE_NAME]


def test_an_older_journal_is_not_migrated_without_a_backup(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = create_version_1(folder)

    def full(*unused: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("stretch.storage.journal.database._reserve", full)
    with pytest.raises(JournalError, match="No space left"):
        Journal.open_for_writing(folder, TODAY)
    assert (folder / FILE_NAME).read_bytes() == before


def test_aggregates_follow_every_change(journal: Journal) -> None:
    journal.save(record(1, parts=parts(2, 1)))
    journal.save(record(1, parts=parts(2, 2)))
    journal.save(record(2, parts=parts(2, 2, "sphinx")))
    journal.delete(record(2).id)
    history = journal.history(TODAY, 5)
    assert [(area.area, area.seconds) for area in history.areas] == [("upper-back", 60.0)]
    assert (history.left_seconds, history.right_seconds) == (30.0, 30.0)
    assert list(journal.last_done_days()) == ["open-book"]


def test_pain_entries_of_years_are_cut_to_the_first_and_the_recent(tmp_path: Path) -> None:
    with Journal.open_for_writing(tmp_path, date(2026, 11, 20)) as journal:
        days = [date(2024, 1, 1) + timedelta(days=3 * number) for number in range(300)]
        journal.merge(
            (record(number, day.isoformat(), scores=PainScores(before=number % 10)), None)
            for number, day in enumerate(days)
        )
        recent = journal.pain_entries(recent=days[250])
        assert [entry.day for entry in recent] == days[:50] + days[250:]
        assert [entry.day for entry in journal.pain_entries(since=days[200], recent=days[260])] == days[200:250] + days[
            260:
        ]
        assert [entry.day for entry in journal.pain_entries()] == days
