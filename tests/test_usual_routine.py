"""`stretch` without arguments: the last request at a terminal, the help in a pipe."""

from __future__ import annotations

import re
import sqlite3
import zlib
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretch.cli.request import usual_arguments
from stretch.core.routine import Request
from stretch.core.safety.checklist import Outcome
from stretch.core.safety.screening_record import ScreeningRecord
from stretch.storage import screening_file
from stretch.storage.journal.database import FILE_NAME
from support import requests, run
from test_pain_log import Person
from test_preflight import TODAY


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    record = ScreeningRecord(outcome=Outcome.GO, screened=TODAY, since=TODAY, asked=TODAY)
    screening_file.save(tmp_path, record)
    return tmp_path


class Later(Person):
    """A person some *hours* after noon."""

    def __init__(self, folder: Path, hours: int) -> None:
        super().__init__(folder, "", keys=("q",))
        self.hours = hours

    def now(self) -> datetime:
        return super().now() + timedelta(hours=self.hours)


def play(folder: Path, *args: str, hours: int = 0) -> str:
    """Start a session with *args*, leave it after a moment, and return what was printed before it."""
    person = Later(folder, hours)
    result = run(*args, app=person)
    assert result.exit_code == 3, result.output
    return person.stdout.getvalue()


def printed(folder: Path, *args: str) -> str:
    person = Person(folder)
    assert run(*args, app=person).exit_code == 0
    return person.stdout.getvalue()


def title(output: str) -> str:
    """Return the first line of the plan, with the title and the length."""
    return next(line for line in output.splitlines() if re.search(r", \d+ (min|s)", line))


REQUESTS = {
    ("neck", "-m", "6"): ["--area", "neck", "--minutes", "6.0"],
    ("hip-area", "neck"): ["--area", "hip-area", "--area", "neck", "--minutes", "15.0"],
    ("-m", "9", "--position", "standing", "--level", "deep", "--seed", "3", "--before-sport"): [
        "--area", "lower-back", "--position", "standing", "--minutes", "9.0", "--level", "deep", "--seed", "3",
        "--before-sport",
    ],
    ("--stretch", "sphinx"): ["--stretch", "sphinx"],
    ("--program", "easy-five"): ["--program", "easy-five"],
}  # fmt: skip


def test_flags_alone_show_the_usual_routine_and_options_do_not(folder: Path) -> None:
    play(folder, "neck", "-m", "6")
    for flags in (("--plan",), ("--why",), ("--plan", "--json")):
        assert "neck" in printed(folder, *flags).lower()
    assert "Lower back" in printed(folder, "--plan", "-m", "6")


def test_the_last_request_is_repeated(folder: Path) -> None:
    assert usual_arguments(Person(folder)) == []
    for hours, (args, expected) in enumerate(REQUESTS.items()):
        first = play(folder, *args, hours=hours)
        assert usual_arguments(Person(folder)) == expected
    assert title(play(folder, hours=9)) == title(first)
    assert usual_arguments(Person(folder)) == expected


def test_without_a_journal_the_settings_say_what_is_usual(folder: Path) -> None:
    (folder / "config.yaml").write_text("area: calves\nminutes: 8\n")
    assert "Calves, " in play(folder)


def test_a_session_of_an_earlier_version_or_without_a_plan_gives_areas_and_whole_minutes(folder: Path) -> None:
    play(folder, "neck", "-m", "6")
    connection = sqlite3.connect(folder / FILE_NAME)
    with connection:
        connection.execute("UPDATE session SET planned_seconds = 337")
        from_plan = "UPDATE plan SET data = ?"
        (data,) = connection.execute("SELECT data FROM plan").fetchone()
        connection.execute(from_plan, (without_minutes(data),))
    assert usual_arguments(Person(folder)) == ["--area", "neck", "--minutes", "6"]
    with connection:
        connection.execute("UPDATE session SET plan = NULL")
    connection.close()
    assert usual_arguments(Person(folder)) == ["--area", "neck", "--minutes", "6"]


def without_minutes(data: bytes) -> bytes:
    plan = msgspec.json.decode(zlib.decompress(data))
    del plan["continuity"]["minutes"]
    return zlib.compress(msgspec.json.encode(plan))


def test_a_request_for_an_area_that_is_gone_is_not_repeated(folder: Path) -> None:
    own = folder / "catalog" / "own.yaml"
    own.parent.mkdir()
    own.write_text("groups:\n- {id: mine, name: Mine, areas: [neck, chest]}\n")
    play(folder, "mine", "-m", "8")
    assert usual_arguments(Person(folder))[:2] == ["--area", "mine"]
    own.unlink()
    assert usual_arguments(Person(folder)) == []
    assert "Lower back, " in title(play(folder, hours=1))


def test_a_program_is_repeated_after_it_was_renamed_and_from_the_name_alone(folder: Path) -> None:
    own = folder / "catalog" / "own.yaml"
    own.parent.mkdir()
    text = "programs:\n- {id: mine, name: Mine, about: x, warm_up_min: 0, items: [{stretch: cat-cow, reps: 6}]}\n"
    own.write_text(text)
    play(folder, "--program", "mine")
    own.write_text(text.replace("Mine", "Renamed"))
    assert usual_arguments(Person(folder)) == ["--program", "mine"]
    own.write_text(text)
    connection = sqlite3.connect(folder / FILE_NAME)
    with connection:
        assert connection.execute("SELECT program FROM session").fetchall() == [("mine",)]
        connection.execute("UPDATE session SET program = NULL")
    connection.close()
    assert usual_arguments(Person(folder)) == ["--program", "mine"]


def test_in_a_pipe_the_help_is_printed(folder: Path) -> None:
    result = run()
    assert result.exit_code == 0
    assert result.stdout == run("--help").stdout
    assert "stretch neck shoulders" in result.stdout
    assert run("--").stdout == result.stdout


@given(requests, st.booleans())
def test_a_request_is_read_back_from_its_key(request: Request, before_sport: bool) -> None:
    request = msgspec.structs.replace(request, before_sport=before_sport)
    assert Request.from_key(request.key, request.minutes).key == request.key


@pytest.mark.parametrize("key", ["", "[]", "{}", '[["neck"],["flying"],[],false,false,false,0]', '["neck"]'])
def test_any_other_text_is_no_key(key: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        Request.from_key(key, 15.0)
