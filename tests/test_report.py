"""`stretch report`: six made-up weeks of a prescription, as numbers, as a page and as a table."""

from __future__ import annotations

import csv
import io
import re
import sys
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from random import Random

import msgspec
import pytest

from stretch.cli.app import App
from stretch.core.journal.progress import encode_plan, side_results
from stretch.core.journal.record import SessionRecord
from stretch.core.journal.report import build_report
from stretch.core.journal.streak import MAX_REST_DAYS
from stretch.core.planning.programs import build_program
from stretch.core.routine import Request
from stretch.core.safety.pain import PainScores
from stretch.core.timing.session import Session
from stretch.core.timing.timeline import build_timeline
from stretch.storage.catalogs.catalog import load_catalog
from stretch.storage.journal.journal import Journal
from support import run

PRESCRIPTION = """\
programs:
  - id: mrs-jones
    name: Back and hips <b>
    about: After the first visit.
    from: {name: Anna Berg, contact: 030 123456}
    for: Maria Jones
    goal: Put on socks without pain
    starts: 2026-10-19
    review: 2026-11-29
    days: 5
    times_a_day: 2
    warm_up_min: 2
    items:
      - {stretch: single-knee-to-chest, hold_s: 20, reps: 3, first_side: right, note: only as far as it is easy}
      - stretch: supine-figure-four
        sides: left
        stages: [{hold_s: 15, reps: 2}, {from_week: 3, hold_s: 30, reps: 2}]
      - {stretch: glute-bridge, reps: 10, sets: 2, rest_s: 30}
      - {stretch: supine-hamstring-strap, hold_s: 30, reps: 2}
      - {stretch: half-kneeling-hip-flexor, hold_s: 30, reps: 2, sides: {left: 2, right: 1}}
      - {stretch: cat-cow, reps: 8}
"""
FIRST, TODAY = date(2026, 10, 19), date(2026, 11, 29)
FREE_DAYS = {2, 6, 9, 13, 20, 22, 23, 24, 25, 30, 33, 37}
"""Days without a session, counted from the first; four of them one after the other."""


class FakeApp(App):
    """An App on a fixed day."""

    def today(self) -> date:
        return TODAY


def six_weeks(folder: Path) -> App:
    """Return an App with the prescription and six weeks of its sessions, and one of another routine."""
    file = folder / "mrs-jones.yaml"
    file.write_text(PRESCRIPTION)
    catalog, random = load_catalog(extra=[file]), Random(1)
    sessions: list[tuple[SessionRecord, bytes | None]] = []
    for day in (day for day in range(42) if day not in FREE_DAYS):
        routine = build_program(catalog, "mrs-jones", Request(program_day=day))
        parts = side_results(Session(timeline=build_timeline(routine)))
        for number, hour in enumerate((7, 18) if day % 3 else (20,)):
            done = [msgspec.structs.replace(part, done=part.planned, seconds=20.0 * part.planned) for part in parts]
            scores, ended = PainScores(), "finished"
            if number == 0:
                before = max(0, 6 - day // 9 + random.choice((-1, 0, 1)))
                scores = PainScores(before=before, after=max(0, before - 1), next_morning=before if day % 2 else None)
            if day == 10:
                done[3] = msgspec.structs.replace(done[3], done=0, hurt=1, seconds=4.0)
                done[4:] = parts[4:]
                ended = "numb"
            if day == 17:
                done[0] = msgspec.structs.replace(done[0], done=1, eased=True, skipped=True, seconds=20.0)
            record = SessionRecord(
                id=f"{day:030x}{hour:02x}",
                started=f"{FIRST + timedelta(days=day)}T{hour:02d}:30:00+01:00",
                title=routine.title,
                program="mrs-jones",
                active_seconds=600.0,
                ended=ended,  # type: ignore[arg-type]
                parts=tuple(done),
                scores=scores,
            )
            sessions.append((record, encode_plan(routine)))
    first, plan = sessions[0]
    sessions.append((msgspec.structs.replace(first, id="f" * 32, program=None, title="Other"), plan))
    with Journal.open_for_writing(folder, TODAY) as journal:
        journal.merge(sessions)
    app = FakeApp(environ={"STRETCH_HOME": str(folder), "LC_ALL": "C.UTF-8"})
    app.add_catalogs([file])
    return app


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("six-weeks")


@pytest.fixture(scope="module")
def app(folder: Path) -> App:
    return six_weeks(folder)


@pytest.fixture(scope="module")
def page(app: App, folder: Path) -> str:
    return report(app, folder, "report.html", "--program", "mrs-jones")


def report(app: App, folder: Path, name: str, *args: str) -> str:
    result = run("report", *args, "-o", str(folder / name), app=app)
    assert result.exit_code == 0, result.output
    return (folder / name).read_text(encoding="utf-8-sig")


def rows(text: str) -> dict[tuple[str, str, str], dict[str, str]]:
    return {(row["stretch"], row["side"], row["week"]): row for row in csv.DictReader(io.StringIO(text))}


def words(page: str) -> str:
    """Return the text of a page, each element on its own."""
    texts: list[str] = []

    class Reader(HTMLParser):
        def handle_data(self, data: str) -> None:
            texts.append(data)

    parser = Reader()
    parser.feed(page.partition("<body")[2])
    return " | ".join(text.strip() for text in texts if text.strip())


def test_the_table_has_what_was_done_of_what_was_prescribed(app: App, folder: Path) -> None:
    table = rows(report(app, folder, "report.csv", "--program", "mrs-jones"))
    week = table["single-knee-to-chest", "right", "2026-11-02"]
    assert (week["prescribed"], week["done"], week["partly"], week["eased"]) == ("10", "8", "2", "2")
    assert week["seconds"] == str(8 * 60 + 2 * 20)
    assert {(stretch, side) for stretch, side, _ in table if "figure-four" in stretch} == {
        ("supine-figure-four", "left")
    }
    assert table["glute-bridge", "", "2026-10-26"]["hurt"] == "2"
    assert sum(int(row["done"]) for row in table.values() if row["stretch"] == "cat-cow") == 49
    assert len({start for _, _, start in table}) == 6


def test_the_page_says_it_in_numbers(page: str) -> None:
    text = words(page)
    for said in (
        "Back and hips <b> | 19 Oct to 29 Nov 2026",
        "For | Maria Jones | From | Anna Berg, 030 123456 | Goal | Put on socks without pain | Review | 29 Nov 2026 | ",
        "51 of 60 | sessions | 28 of 30 | prescribed days | 8 h 30 min",
        f"17 days | longest streak, up to {MAX_REST_DAYS} rest days between",
        "before 9 h: 21 | 17 to 21 h: 30",
        "Knee hug, one leg | right, 20 s x 3 | 8/10 | 9/10 | 8 | +2 | /10 | 4/10",
        "Hamstring stretch with strap | each side, 30 s x 2 | 8/10 | 7/10 | 10/10",
        "29 Oct: numb or spreading | 29 Oct: numb or spreading",
        "Days off | 10 Nov to 13 Nov",
        "2 Nov: Lying figure-four: 30 s x 2 left side, before 15 s x 2 left side",
    ):
        assert said in text


def test_the_page_is_whole_in_itself_and_markup_of_others_is_text(page: str) -> None:
    assert "Back and hips &lt;b&gt;" in page
    assert not re.search(r"<script|<link|<img|url\(|https?:", page)


def test_no_line_of_pain_is_drawn_through_days_without_a_session(page: str) -> None:
    lines = re.findall(r'class="line" d="([^"]+)"', page)
    assert [line.count("M") for line in lines[:2]] == [2, 2]


def test_without_pain_says_nothing_of_it(app: App, folder: Path) -> None:
    args = ("--program", "mrs-jones", "--without-pain")
    text = words(report(app, folder, "private.html", *args))
    assert "29 Oct: stopped" in text
    assert not re.search("(?i)pain|hurt|numb", text.replace("Put on socks without pain", ""))
    headings = report(app, folder, "report.csv", *args[:2]).splitlines()[0].split(",")
    private = report(app, folder, "private.csv", *args)
    assert private.splitlines()[0].split(",") == [name for name in headings if name != "hurt"]
    assert len(headings) == 10


def test_without_a_program_it_is_about_all_that_was_done(app: App, folder: Path) -> None:
    text = words(report(app, folder, "all.html", "--since", "2026-10-01"))
    assert "52 | sessions | 30 of 60 | days" in text
    assert "1 Oct to 18 Oct" in text
    assert "weeks" not in text
    assert "Changed in the plan" not in text
    assert all(not row["prescribed"] for row in rows(report(app, folder, "all.csv")).values())


def test_of_a_long_time_the_page_shows_the_last_weeks(app: App, folder: Path) -> None:
    text = words(report(app, folder, "long.html", "--since", "2026-01-01"))
    assert "last 12 of 48 weeks | 7 Sep | 14 Sep" in text


def test_since_leaves_out_what_was_before(app: App, folder: Path) -> None:
    table = rows(report(app, folder, "late.csv", "--program", "mrs-jones", "--since", "2026-11-17"))
    assert {start for _, _, start in table} == {"2026-11-16", "2026-11-23"}
    assert table["cat-cow", "", "2026-11-16"]["done"] == "8"
    # Of six days that are left of this week, five.
    assert [row["prescribed"] for row in table.values() if row["stretch"] == "cat-cow"] == ["10", "10"]
    table = rows(report(app, folder, "late.csv", "--program", "mrs-jones", "--since", "2026-11-20"))
    assert [row["prescribed"] for row in table.values() if row["stretch"] == "cat-cow"] == ["6", "10"]


def test_nothing_is_prescribed_before_the_program_starts(app: App, folder: Path) -> None:
    args = ("--program", "mrs-jones", "--since", "2026-10-05")
    table = rows(report(app, folder, "early.csv", *args))
    assert [row["prescribed"] for row in table.values() if row["stretch"] == "cat-cow"][:3] == ["0", "0", "10"]
    assert "51 of 60" in words(report(app, folder, "early.html", *args))


@pytest.mark.parametrize(
    ("days", "done", "week"),
    [
        ("5", {0: 2, 1: 2, 2: 2, 3: 2}, (8, 4, 4)),
        ("5", {0: 2, 1: 2, 2: 2, 3: 2, 4: 1}, (9, 5, 5)),
        ("5", {0: 2, 1: 2, 3: 2, 4: 2}, (10, 5, 4)),
        ("3", {0: 2, 1: 2, 2: 2, 3: 2}, (6, 3, 3)),
        ("[mon, fri]", {0: 2, 1: 2}, (2, 1, 1)),
        ("[mon, fri]", {1: 2, 4: 3}, (4, 2, 1)),
    ],
)
def test_the_current_day_counts_only_as_far_as_it_is_done(
    tmp_path: Path, days: str, done: dict[int, int], week: tuple[int, int, int]
) -> None:
    file, friday = tmp_path / "mrs-jones.yaml", FIRST + timedelta(days=4)
    file.write_text(PRESCRIPTION.replace("days: 5", f"days: {days}"))
    catalog = load_catalog(extra=[file])
    part = side_results(Session(timeline=build_timeline(build_program(catalog, "mrs-jones", Request()))))[0]
    records = [
        SessionRecord(
            id=f"{day:030x}{number:02x}",
            started=f"{FIRST + timedelta(days=day)}T1{number}:00:00+01:00",
            title="Back",
            program="mrs-jones",
            active_seconds=60.0,
            ended="finished",
            parts=(msgspec.structs.replace(part, done=1),),
        )
        for day, times in done.items()
        for number in range(times)
    ]
    program = catalog.programs["mrs-jones"]
    shown = build_report(
        records, (), program=program, stretches=catalog.stretches, since=FIRST, until=friday, today=friday
    )
    (one,) = shown.weeks
    assert (one.prescribed, one.prescribed_days, one.kept_days) == week


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_report_is_readable_by_its_owner_alone(app: App, folder: Path) -> None:
    report(app, folder, "mine.html")
    assert (folder / "mine.html").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--program", "mrs-jonas", "-o", "x.html"), "Did you mean mrs-jones?"),
        (("--since", "yesterday", "-o", "x.html"), "--since 'yesterday' is not a date"),
        (("--since", "2026-11-30", "-o", "x.html"), "no sessions to report"),
        (("-o", "x.pdf"), "must end in .html (a page to print) or .csv (a table)"),
    ],
)
def test_what_cannot_be_reported_is_said_in_one_line(app: App, args: tuple[str, ...], said: str) -> None:
    result = run("report", *args, app=app)
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert said in result.stderr
