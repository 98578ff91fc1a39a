"""`stretch history`: statistics, chart and tables, export, import and forget."""

from __future__ import annotations

import io
import itertools
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import IO, Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretch.cli import history_view
from stretch.cli.app import App
from stretch.cli.history_view import start_label
from stretch.core.errors import StretchError, UsageError
from stretch.core.journal.progress import decode_plan, encode_plan, side_results
from stretch.core.journal.record import AreaTotal, DayTotal, History, PainChange, SessionRecord, SideResult
from stretch.core.journal.streak import Streak, current_streak
from stretch.core.planning.builder import build_routine
from stretch.core.routine import Request
from stretch.core.safety.pain import PainScores
from stretch.core.timing.session import Session, Tick, update
from stretch.core.timing.timeline import build_timeline
from stretch.core.vocabulary import Side
from stretch.storage.journal import database, jsonl
from stretch.storage.journal.database import FILE_NAME
from stretch.storage.journal.journal import Journal
from stretch.storage.journal.jsonl import parse_sessions, read_lines, rereadable
from stretch.storage.status_file import StatusFile
from support import CATALOG, requests, routine, run

TODAY = date(2026, 11, 25)  # a Wednesday
ROUTINE = routine(minutes=6.0)
PLAN = encode_plan(ROUTINE)


class FakeTerminal(io.StringIO):
    """A terminal with typed input."""

    def isatty(self) -> bool:
        return True


class FakeApp(App):
    """An App on a fixed day; with *lines*, a terminal on which they are typed."""

    stdout: FakeTerminal

    def __init__(self, folder: Path, *lines: str) -> None:
        streams: dict[str, Any] = (
            {"stdin": FakeTerminal("".join(f"{line}\n" for line in lines)), "stdout": FakeTerminal()} if lines else {}
        )
        super().__init__(environ={"STRETCH_HOME": str(folder), "TERM": "xterm", "LC_ALL": "C.UTF-8"}, **streams)

    def today(self) -> date:
        return TODAY


def record(number: int, day: date = TODAY, **fields: Any) -> SessionRecord:
    parts = tuple(msgspec.structs.replace(part, done=part.planned, seconds=30.0) for part in PARTS)
    fields = {"title": "Lower back", "areas": ("lower-back",), "parts": parts, "ended": "finished"} | fields
    return SessionRecord(id=f"{number:08x}{'0' * 24}", started=f"{day}T07:30:00+01:00", active_seconds=600.0, **fields)


PARTS = side_results(Session(timeline=build_timeline(ROUTINE)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "stretch"


def save(folder: Path, *records: SessionRecord, plan: bytes | None = PLAN) -> None:
    with Journal.open_for_writing(folder, TODAY) as journal:
        journal.merge((one, plan) for one in records)


def stored(folder: Path) -> list[tuple[SessionRecord, bytes | None]]:
    with Journal.open_for_reading(folder) as journal:
        return [(one, journal.plan(one.id)) for one in journal.sessions()]


def ago(*days: int) -> list[date]:
    return [TODAY - timedelta(days=number) for number in days]


@pytest.mark.parametrize(
    ("days", "count"),
    [
        ((), 0),
        ((0,), 1),
        ((0, 1, 2), 3),
        ((3,), 1),  # today would be in time
        ((4,), 0),
        ((0, 3, 6, 9), 4),  # every third day
        ((0, 2, 5, 9, 10), 3),  # three rest days in a row are one too many
        ((-1,), 0),  # the clock was wrong, or it is yesterday here
    ],
)
def test_two_rest_days_in_a_row_do_not_end_a_streak(days: tuple[int, ...], count: int) -> None:
    found = current_streak(ago(*days), TODAY)
    assert found.days == count
    if count:
        assert (found.until, found.since) == (ago(days[0])[0], ago(days[count - 1])[0])
    else:
        assert found == Streak()


def test_a_streak_stops_reading_at_the_first_gap() -> None:
    read = 0

    def days() -> Iterator[date]:
        nonlocal read
        for day in ago(0, 1, *range(20, 4000)):
            read += 1
            yield day

    assert current_streak(days(), TODAY).days == 2
    assert read == 3


def test_a_day_without_a_completed_stretch_does_not_count_for_the_streak(folder: Path) -> None:
    save(folder, record(1, ago(1)[0]), record(2, parts=PARTS))
    data = json.loads(run("history", "--json", app=FakeApp(folder)).stdout)
    assert data["streak"] == {"days": 1, "since": str(ago(1)[0]), "until": str(ago(1)[0])}


def test_weeks_begin_on_monday_and_end_with_the_current_one() -> None:
    days = (DayTotal(date(2026, 11, 22), 1, 60.0), DayTotal(date(2026, 11, 23), 2, 120.0))
    weeks = History(today=TODAY, days=days).weeks
    assert len(weeks) == 12
    assert [(week.monday.day, week.sessions, week.seconds) for week in weeks[-2:]] == [(16, 1, 60.0), (23, 2, 120.0)]


def test_an_empty_history_says_how_to_start_and_creates_nothing(folder: Path) -> None:
    result = run("history", app=FakeApp(folder))
    assert result.exit_code == 0
    assert "Start one with `stretch routine`" in result.stderr
    assert result.stdout == ""
    data = json.loads(run("history", "--json", app=FakeApp(folder)).stdout)
    assert (data["version"], data["sessions"], data["total"]["sessions"]) == (1, [], 0)
    assert not folder.exists()


def test_a_pipe_gets_the_chart_without_colors(folder: Path) -> None:
    save(folder, *(record(n, day) for n, day in enumerate(ago(0, 1, 8))))
    save(folder, record(9, ago(2)[0], scores=PainScores(before=5, after=3), ended=None))
    result = run("history", app=FakeApp(folder))
    lines = result.stdout.splitlines()
    assert lines[0] == "4 sessions, 40 min, 3-day streak since 23 Nov (rest days are fine)"
    # Minutes above the bars of the last two weeks.
    assert any(re.match(r" +30( |$)", line) for line in lines)
    assert any(re.match(r" +10  [█▇]+", line) for line in lines)
    tuesday = next(line for line in lines if line.startswith("Tue"))
    assert tuesday.split()[1:13] == ["·"] * 10 + ["▄▄", "▄▄"]
    assert any(re.search(r"lower-back +▆+ +\d+$", line) for line in lines)
    assert any(re.search(r"before .  5 to 5$", line) for line in lines)
    assert any(re.search(r"after  .  3 to 3$", line) for line in lines)
    assert any("cut off" in line and "5 to 3" in line for line in lines)
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize(
    ("day", "words"),
    [(TODAY, "25 Nov 07:30"), (date(2026, 1, 1), "1 Jan 07:30"), (date(2025, 12, 31), "31 Dec 2025 07:30")],
)
def test_start_label_shows_the_year_only_if_it_differs(day: date, words: str) -> None:
    assert start_label(record(1, day), TODAY) == words


@pytest.mark.parametrize(
    ("before", "after", "words"), [(0, 0, "0 to 0"), (4, None, "4 to -"), (None, 0, "- to 0"), (None, None, "")]
)
def test_zero_pain_is_shown_and_a_missing_answer_is_a_dash(
    folder: Path, before: int | None, after: int | None, words: str
) -> None:
    save(folder, record(1, scores=PainScores(before=before, after=after)))
    *_, heads, row = run("history", app=FakeApp(folder)).stdout.splitlines()
    assert row[heads.index("pain") : heads.index("id")].strip() == words


def test_a_running_session_is_not_shown_as_cut_off(folder: Path) -> None:
    running, cut_off = record(1, ended=None), record(2, ended=None)
    with Journal.open_for_writing(folder, TODAY) as journal:
        journal.save(running, PLAN)
        journal.save(cut_off, PLAN)
    status = StatusFile(folder, running.id)
    status.update(update(Session(timeline=build_timeline(ROUTINE)), Tick(0)))
    lines = run("history", app=FakeApp(folder)).stdout.splitlines()
    assert [next(how for how in ("running", "cut off") if how in line) for line in lines[-2:]] == [
        "cut off",
        "running",
    ]
    data = json.loads(run("history", "--json", app=FakeApp(folder)).stdout)
    assert [session["playing"] for session in data["sessions"]] == [False, True]
    status.close()


def test_json_sums_sides_and_areas(folder: Path) -> None:
    sides: tuple[tuple[Side, float], ...] = (("left", 600.0), ("right", 300.0))
    parts = tuple(
        SideResult(
            stretch="open-book", name="Open book", side=side, areas=("upper-back", "chest"), planned=1, seconds=time
        )
        for side, time in sides
    )
    save(folder, record(1, parts=parts))
    data = json.loads(run("history", "--json", app=FakeApp(folder)).stdout)
    assert data["sides"] == {"left": 600.0, "right": 300.0}
    assert data["areas"] == [{"area": "chest", "seconds": 900.0}, {"area": "upper-back", "seconds": 900.0}]


def test_json_is_complete(folder: Path) -> None:
    records = [record(n, TODAY - timedelta(days=n), scores=PainScores(before=4, worst=5)) for n in range(30)]
    save(folder, *records)
    data = json.loads(run("history", "--json", app=FakeApp(folder)).stdout)
    assert data["total"] == {"sessions": 30, "seconds": 18000.0, "first_day": str(ago(29)[0])}
    assert data["streak"] == {"days": 30, "since": str(ago(29)[0]), "until": str(TODAY)}
    assert len(data["weeks"]) == 12
    assert sum(week["seconds"] for week in data["weeks"]) == 18000.0
    assert [session["id"] for session in data["sessions"]] == [one.id for one in records]
    first = data["sessions"][0]
    assert first["stretches_done"] == first["stretches_planned"] == len({part.stretch for part in PARTS})
    assert len(first["parts"]) == len(PARTS)
    assert first["scores"]["worst"] == 5
    assert len(json.loads(run("history", "--json", "--last", "2", app=FakeApp(folder)).stdout)["sessions"]) == 2


@pytest.mark.parametrize("columns", [20, 40, 76, 80, 120, 200])
@pytest.mark.parametrize("locale", ["C.UTF-8", "C"])
def test_the_chart_fits_a_terminal_of_any_width(folder: Path, columns: int, locale: str) -> None:
    save(folder, *(record(n, TODAY - timedelta(days=n // 2), scores=PainScores(before=n % 11)) for n in range(40)))
    app = FakeApp(folder, "")
    app.environ = dict(app.environ) | {"LC_ALL": locale}
    env = {"COLUMNS": str(columns), "TERM": "xterm", "NO_COLOR": "1"}
    assert run("history", app=app, env=env).exit_code == 0
    text = re.sub(r"\x1b\[[0-9;]*m", "", app.stdout.getvalue())
    for words in ("Minutes per week", "Minutes stretched", "Left and right", "Pain, 0 to 10", "Mon", "Nov"):
        assert words in text.replace("\n", " ") or columns == 20
    assert max(map(len, text.splitlines())) <= max(columns, 29)
    assert locale != "C" or text.isascii()


def test_without_a_whole_minute_there_is_no_chart_but_of_pain() -> None:
    short = History(today=TODAY, sessions=1, days=(DayTotal(TODAY, 1, 20.0),), areas=(AreaTotal("neck", 9.0),))
    assert history_view.chart(short, 80) == []
    drawn = history_view.chart(msgspec.structs.replace(short, pain=(PainChange(TODAY, 3, 2),)), 80)
    assert [row[0][0].strip() for row in drawn] == ["Pain, 0 to 10", "before", "after"]


def test_a_narrow_chart_shows_the_last_weeks_with_their_minutes() -> None:
    days = tuple(DayTotal(TODAY - timedelta(weeks=week), 1, 60.0 * (week + 10)) for week in range(12))
    drawn = history_view.chart(History(today=TODAY, days=days), 40)
    shown = " ".join(text for line in drawn[:6] for text, _ in line).split()
    assert [text for text in shown if text.isdecimal()] == [str(week + 10) for week in range(7, -1, -1)]


def test_sparkline_marks_grow_with_the_score() -> None:
    assert history_view.sparkline([0, None, 5, 10]) == "▁ ▄█"


def test_without_unicode_the_marks_still_grow(folder: Path) -> None:
    save(folder, *(record(n, day, scores=PainScores(before=n)) for n, day in enumerate(ago(5, 3, 1, 0))))
    app = FakeApp(folder)
    app.environ = dict(app.environ) | {"LC_ALL": "C"}
    text = run("history", app=app).stdout
    assert text.isascii()
    assert re.search(r"before +\.\.:- +0 to 3$", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("minutes", "mark"),
    [(4.9, "▁"), (5, "▂"), (9.9, "▂"), (10, "▄"), (19.9, "▄"), (20, "▆"), (29.9, "▆"), (30, "█"), (300, "█")],
)
def test_calendar_marks_grow_at_5_10_20_and_30_minutes(minutes: float, mark: str) -> None:
    drawn = history_view.chart(History(today=TODAY, days=(DayTotal(TODAY, 1, minutes * 60),)), 60)
    wednesday = next(row for row in drawn if row and row[0][0].startswith("Wed"))
    assert wednesday[-1][0].strip() == mark * 2


def normalized(schema: Any, definitions: dict[str, Any]) -> Any:
    """Return a JSON schema without the names of classes and the texts of their docstrings."""
    if isinstance(schema, list | tuple):
        return [normalized(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return normalized(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    comments = ("title", "description") if "type" in schema else ()
    return {key: normalized(value, definitions) for key, value in schema.items() if key not in comments}


def test_a_change_of_the_exported_fields_needs_a_new_version() -> None:
    pinned = Path(__file__).parent / "journals" / f"export-{jsonl.VERSION}.json"
    schema = msgspec.json.schema(SessionRecord)
    # To change the fields raise VERSION, add a file for it, and keep reading older exports.
    assert normalized({"$ref": schema["$ref"]}, schema["$defs"]) == json.loads(pinned.read_text(encoding="utf-8"))


class EndlessPipe(io.RawIOBase):
    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        buffer[:] = b"x" * len(buffer)
        return len(buffer)


def test_a_pipe_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "MAX_PIPED_BYTES", 1 << 20)
    with (
        pytest.raises(StretchError, match=r"^More than 1 MiB came through the pipe\."),
        rereadable(cast("IO[bytes]", EndlessPipe())),
    ):
        pytest.fail("it was read to its end")


def test_exports_of_version_1_can_be_imported(folder: Path) -> None:
    export = Path(__file__).parent / "journals" / "export-1.jsonl"
    result = run("history", "import", str(export), app=FakeApp(folder))
    assert "Imported 2 sessions." in result.stderr
    (latest, plan), (earliest, none) = stored(folder)
    assert (latest.title, latest.ended, latest.stretch_counts) == ("Hips", "stopped", (1, 2))
    assert (earliest.scores.before, none) == (4, None)
    assert plan is not None
    assert decode_plan(plan).items[0].stretch.id == latest.parts[0].stretch


@pytest.mark.parametrize("plan", ['{"items":"none"}', '{"no":["plan"]}', "7", "[" * 900 + "]" * 900])
def test_a_plan_that_cannot_be_read_is_imported_and_exported_unchanged(folder: Path, tmp_path: Path, plan: str) -> None:
    save(folder, record(1))
    line = run("history", "export", app=FakeApp(folder)).stdout.replace(PLAN.decode(), plan)
    (tmp_path / "all.jsonl").write_text(line)
    other = tmp_path / "other"
    assert run("history", "import", str(tmp_path / "all.jsonl"), app=FakeApp(other)).exit_code == 0
    assert stored(other) == [(stored(folder)[0][0], plan.encode())]
    assert run("history", "export", app=FakeApp(other)).stdout == line
    assert decode_plan(plan.encode()) is None


def test_a_plan_is_read_after_fields_have_come_and_gone() -> None:
    plan = json.loads(PLAN)
    plan["new"] = plan["items"][0]["new"] = plan["items"][0]["stretch"]["dose"]["new"] = ["of", {"another": "version"}]
    plan["warm_up"][0][0]["new"] = 1
    del plan["seed"], plan["items"][0]["stretch"]["opt_in"]
    assert decode_plan(json.dumps(plan).encode()) == decode_plan(PLAN)
    del plan["items"][0]["stretch"]["steps"]  # it has no default
    assert decode_plan(json.dumps(plan).encode()) is None


@given(requests)
def test_every_plan_round_trips(request: Request) -> None:
    try:
        made = msgspec.structs.replace(build_routine(CATALOG, request), left_out=())
    except UsageError:  # nothing is left for it
        return
    assert decode_plan(encode_plan(made)) == made


def test_export_and_import_round_trip(folder: Path, tmp_path: Path) -> None:
    save(folder, *(record(n, day, scores=PainScores(before=n)) for n, day in enumerate(ago(3, 2, 1, 0))))
    save(folder, record(7, ago(9)[0], ended=None), plan=None)
    file = tmp_path / "all.jsonl"
    result = run("history", "export", "-o", str(file), app=FakeApp(folder))
    assert "Exported 5 sessions" in result.stderr
    lines = file.read_text().splitlines()
    assert [json.loads(line)["session"]["started"][:10] for line in lines] == sorted(map(str, ago(9, 3, 2, 1, 0)))
    assert all(json.loads(line)["version"] == jsonl.VERSION for line in lines)
    assert run("history", "export", app=FakeApp(folder)).stdout == file.read_text()
    other = tmp_path / "other"
    assert "Imported 5 sessions." in run("history", "import", str(file), app=FakeApp(other)).stderr
    assert stored(other) == stored(folder)
    assert "Imported 0 sessions (5 already stored)." in run("history", "import", str(file), app=FakeApp(other)).stderr
    assert stored(other) == stored(folder)
    assert run("history", "export", app=FakeApp(other)).stdout == file.read_text()


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 3), st.booleans()), min_size=1, max_size=5),
    st.randoms(use_true_random=False),
)
def test_import_order_and_repetition_do_not_matter(copies: list[tuple[int, int, int, bool]], random: Random) -> None:
    import sqlite3

    def taken(order: list[tuple[SessionRecord, bytes | None]], size: int) -> list[SessionRecord]:
        connection = sqlite3.connect(":memory:", isolation_level=None)
        database.upgrade(connection)
        with Journal(connection, Path("memory")) as journal:
            for batch in itertools.batched(order, size) if hasattr(itertools, "batched") else [order]:
                journal.merge(batch)
            return list(journal.sessions())

    records = [
        (record(number, revision=revision, scores=PainScores(before=before)), PLAN if planned else None)
        for number, revision, before, planned in copies
    ]
    shuffled = records * 2
    random.shuffle(shuffled)
    once, often = taken(records, 99), taken(shuffled, 2)
    assert once == often


def test_a_byte_order_mark_is_ignored(folder: Path, tmp_path: Path) -> None:
    save(folder, record(1), record(2, ago(1)[0]))
    exported = run("history", "export", app=FakeApp(folder)).stdout
    (tmp_path / "all.jsonl").write_text(exported, encoding="utf-8-sig")
    result = run("history", "import", str(tmp_path / "all.jsonl"), app=FakeApp(tmp_path / "other"))
    assert result.exit_code == 0
    assert stored(tmp_path / "other") == stored(folder)


def test_importing_an_older_copy_changes_nothing(folder: Path, tmp_path: Path) -> None:
    save(folder, record(1))
    old = run("history", "export", app=FakeApp(folder)).stdout
    with Journal.open_for_writing(folder, TODAY) as journal:
        journal.set_scores(record(1).id, before=6)
    (tmp_path / "old.jsonl").write_text(old)
    run("history", "import", str(tmp_path / "old.jsonl"), app=FakeApp(folder))
    assert stored(folder)[0][0].scores.before == 6


def with_changes(line: str, **changes: Any) -> str:
    whole = json.loads(line)
    for path, value in changes.items():
        here = whole
        *steps, last = path.split("__")
        for step in steps:
            here = here[int(step) if step.isdigit() else step]
        here[last] = value
    return json.dumps(whole)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"version": jsonl.VERSION + 1}, f"format {jsonl.VERSION + 1} of a newer stretch"),
        ({"version": "one"}, "version: Expected int, got str"),
        ({"session__id": "x"}, "session.id"),
        ({"session__id": "A" * 32}, "session.id"),
        ({"session__started": "2026-13-45T00:00:00+00:00"}, "session.started"),
        ({"session__started": "2026-11-25 07:30"}, "session.started"),
        ({"session__parts__0__done": PARTS[0].planned + 1}, f"session.parts[0].done: {PARTS[0].planned + 1} of"),
        ({"session__parts__0__seconds": -1}, "session.parts[0].seconds"),
        ({"session__scores__before": 11}, "session.scores.before"),
        ({"session__title": "\x1b[2Jgone"}, "control characters"),
        ({"session__colour": "red"}, "colour"),
        ({"plan__items__0__stretch__steps": ["\x9b2J"]}, "control characters"),
    ],
)
def test_broken_lines_are_reported_and_skipped_on_request(
    folder: Path, tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    save(folder, record(1), record(2, ago(1)[0]))
    good = run("history", "export", app=FakeApp(folder)).stdout.splitlines()
    file = tmp_path / "some.jsonl"
    file.write_text("\n".join([good[0], "", with_changes(good[1], **changes), good[1]]) + "\n")
    other = tmp_path / "other"
    result = run("history", "import", str(file), app=FakeApp(other))
    assert result.exit_code == 1
    assert f"{file}:3: " in result.stderr
    assert words in result.stderr
    assert "\x1b" not in result.stderr
    assert not (other / "journal.db").exists() or not stored(other)
    result = run("history", "import", str(file), "--skip-bad", app=FakeApp(other))
    assert result.exit_code == 0
    assert f"{file}:3: " in result.stderr
    assert stored(other) == stored(folder)


@pytest.mark.parametrize(
    "text", [b"{", b"null", b"[1]", b'{"version":1}', b"\xff\xfe", b"[" * 100_000, b"x" * 3_000_000]
)
def test_a_file_that_is_not_an_export_is_refused(folder: Path, tmp_path: Path, text: bytes) -> None:
    (tmp_path / "some").write_bytes(text)
    result = run("history", "import", str(tmp_path / "some"), app=FakeApp(folder))
    assert result.exit_code == 1
    assert f"{tmp_path / 'some'}:1: " in result.stderr
    assert len(result.stderr) < 1000
    assert not folder.exists()


def test_an_overlong_line_counts_as_one_line(tmp_path: Path) -> None:
    bad_lines: list[int] = []
    source = io.BytesIO(b"y" * 2_500_000 + b"\nrubbish\n")
    assert list(parse_sessions(read_lines(source), lambda number, why: bad_lines.append(number))) == []
    assert bad_lines == [1, 2]


@pytest.mark.parametrize("args", [("import", "/nowhere/at-all"), ("export", "-o", "/nowhere/at-all")])
def test_a_file_that_cannot_be_opened_is_reported_in_one_line(folder: Path, args: tuple[str, ...]) -> None:
    save(folder, record(1))
    result = run("history", *args, app=FakeApp(folder))
    assert result.exit_code == 1
    assert "/nowhere/" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_forgetting_one_session_asks_for_confirmation(folder: Path) -> None:
    save(folder, record(0xAB12, title="Secret session"), record(2))
    app = FakeApp(folder, "n")
    assert run("history", "forget", "0000ab", app=app).exit_code == 3
    assert "Delete the session of 25 Nov 07:30 (Secret session) permanently?" in app.stdout.getvalue()
    assert len(stored(folder)) == 2
    assert run("history", "forget", "0000ab", app=FakeApp(folder, "y")).exit_code == 0
    assert [one.id[:8] for one, _ in stored(folder)] == ["00000002"]
    assert b"Secret session" not in (folder / FILE_NAME).read_bytes()


def test_forgetting_several_sessions_lists_remaining_copies(folder: Path) -> None:
    save(folder, *(record(n, day) for n, day in enumerate(ago(0, 1, 2, 3))))
    (folder / "journal-damaged-2026-01-01.db").write_text("old")
    result = run("history", "forget", "--before", str(ago(1)[0]), "--yes", app=FakeApp(folder))
    assert "Deleted 2 sessions" in result.stderr
    assert "journal-damaged-2026-01-01.db" in result.stderr
    run("history", "forget", "--all", "--yes", app=FakeApp(folder))
    assert stored(folder) == []
    assert (folder / "journal-damaged-2026-01-01.db").exists()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ((), "Give one of"),
        (("0000", "--all"), "Give one of"),
        (("000",), "at least 4 characters"),
        (("0000",), "Give more of the id"),
        (("ffff",), "There is no session"),
        (("%%%%",), "There is no session"),
        (("--before", "yesterday"), "is not a date"),
        (("--before", "1999-01-01"), "There are no sessions before 1 Jan 1999"),
        (("--all",), "add --yes"),
    ],
)
def test_an_unclear_request_deletes_nothing(folder: Path, args: tuple[str, ...], words: str) -> None:
    save(folder, record(1), record(2))
    result = run("history", "forget", *args, app=FakeApp(folder))
    assert result.exit_code == 2
    assert words in result.stderr
    assert len(stored(folder)) == 2
