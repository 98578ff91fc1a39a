"""CSV: the rules of RFC 4180, no formulas, and the sessions of the journal as rows."""

from __future__ import annotations

import csv
import io
import sys
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretch.cli.app import App
from stretch.core.journal.record import SessionRecord, SideResult
from stretch.core.safety.pain import PainScores
from stretch.export.csv_file import session_csv, to_csv
from stretch.storage.journal.journal import Journal
from support import run

SESSION = SessionRecord(
    id="a" * 32,
    started="2026-11-23T07:30:00+01:00",
    title="Lower back",
    program="mine",
    active_seconds=300.4,
    ended="finished",
    parts=(
        SideResult(stretch="calf", name="Calf", side="left", areas=("calves", "legs"), planned=2, done=2, seconds=60.0),
        SideResult(stretch="calf", name="Calf", side="right", planned=2, done=1, seconds=29.6, hurt=1, skipped=True),
    ),
    scores=PainScores(before=3, after=0, new_sign=False),
)


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@given(st.lists(st.lists(st.text(), min_size=1), min_size=1))
def test_every_text_comes_back_as_one_cell_that_is_no_formula(rows: list[list[str]]) -> None:
    text = to_csv(rows).decode()
    assert text.count("\n") == text.count("\r\n") == len(rows)
    read = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert [len(row) for row in read] == [len(row) for row in rows]
    for cell in (cell for row in read for cell in row):
        assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))  # noqa: RUF001
        assert cell.isprintable()


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        (" =1+1", "' =1+1"),
        ("-2", "'-2"),
        ('say "ah", then rest', '"say ""ah"", then rest"'),
        ("Überkreuz", "Überkreuz"),
        (29.6, "30"),
        (True, "yes"),
        (None, ""),
    ],
)
def test_each_kind_of_cell(cell: object, written: str) -> None:
    assert to_csv([["id", cell]]).decode() == f"id,{written}\r\n"


def test_a_session_has_a_row_for_each_side_and_its_pain_once() -> None:
    left, right = table(b"".join(session_csv([SESSION])))
    assert (left["date"], left["time"], left["title"]) == ("2026-11-23", "07:30", "Lower back")
    assert (right["date"], right["id"], right["program"]) == (left["date"], left["id"], "mine")
    assert left["pain_sudden"] == ""
    assert (left["pain_before"], left["pain_after"], left["pain_next_morning"], left["active_s"]) == (
        "3",
        "0",
        "",
        "300",
    )
    assert (right["pain_before"], right["pain_after"], right["active_s"]) == ("", "", "")
    assert (left["side"], left["areas"], left["done"], left["hurt"]) == ("left", "calves legs", "2", "0")
    assert (right["side"], right["done"], right["skipped"], right["hurt"]) == ("right", "1", "yes", "1")


def test_a_session_without_stretches_has_one_row() -> None:
    (row,) = table(b"".join(session_csv([msgspec.structs.replace(SESSION, parts=())])))
    assert (row["title"], row["stretch"], row["done"]) == ("Lower back", "", "")


@pytest.fixture
def app(tmp_path: Path) -> App:
    sessions: list[Any] = [
        (msgspec.structs.replace(SESSION, id=f"{day:032x}", started=f"2026-11-{day}T07:30:00+01:00"), None)
        for day in (24, 22, 23)
    ]
    with Journal.open_for_writing(tmp_path, date(2026, 11, 25)) as journal:
        journal.merge(sessions)
    return App(environ={"STRETCH_HOME": str(tmp_path), "LC_ALL": "C.UTF-8"})


def test_the_history_as_csv_is_private_and_the_same_on_standard_output(app: App, tmp_path: Path) -> None:
    file = tmp_path / "history.csv"
    assert "Exported 3 sessions" in run("history", "export", "--csv", "-o", str(file), app=app).stderr
    written = file.read_bytes()
    assert [row["date"][-2:] for row in table(written)] == ["22", "22", "23", "23", "24", "24"]
    assert run("history", "export", "--csv", app=app).stdout_bytes == written
    if sys.platform != "win32":
        assert file.stat().st_mode & 0o777 == 0o600
