"""`stretch program`: programs taken in, listed, shown and removed."""

from __future__ import annotations

import json
import stat
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from stretch.cli.request import usual_arguments
from stretch.storage.journal.journal import Journal
from stretch.storage.prescription_file import FILE_NAME, load
from support import run
from test_pain_log import Person
from test_prescribed import STARTS, Patient, session
from test_prescription import RX


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "rx.yaml"
    file.write_text(RX, encoding="utf-8")
    return file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home"


def target(folder: Path) -> Path:
    return folder / "catalog" / "mrs-jones.yaml"


def test_a_program_is_taken_in_as_it_is_written(folder: Path, file: Path) -> None:
    done = run("program", "add", str(file), app=Patient(folder))
    assert done.exit_code == 0, done.output
    assert target(folder).read_text(encoding="utf-8") == RX
    if sys.platform != "win32":
        assert stat.S_IMODE(target(folder).stat().st_mode) == 0o600
    assert "Added Mrs Jones, lower back, 4 stretches.\nFrom Anna Berg (030 123456), for Maria Jones." in done.stderr
    assert "Start it with `stretch`." in done.stderr
    assert file.exists()


def test_a_program_with_problems_is_not_taken_in(folder: Path, file: Path) -> None:
    file.write_text(RX.replace("hold_s: 20, reps: 3", "reps: 3").replace("cat-cow", "cat-cov"), encoding="utf-8")
    done = run("program", "add", str(file), app=Patient(folder))
    assert done.exit_code == 1
    assert f"{file}:15: programs.0.items.0: a static stretch needs hold_s" in done.stderr
    assert f"{file}:18: programs.0.items.3.stretch: there is no stretch 'cat-cov'; did you mean cat-cow?" in done.stderr
    assert not folder.exists()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is empty"),
        ("groups:\n- {id: mine, name: Mine, areas: [neck]}\n", "holds no program."),
        (RX + RX[len("programs:\n") :].replace("mrs-jones", "other"), "holds the programs mrs-jones and other: put"),
        ("\0", "has the control character U+0000"),
    ],
)
def test_a_file_without_exactly_one_program_is_refused(folder: Path, file: Path, text: str, problem: str) -> None:
    file.write_text(text, encoding="utf-8")
    done = run("program", "add", str(file), app=Patient(folder))
    assert done.exit_code in (1, 2)
    assert problem in done.stderr
    assert not folder.exists()


def test_a_missing_file_is_one_sentence(folder: Path, tmp_path: Path) -> None:
    done = run("program", "add", str(tmp_path / "none.yaml"), app=Patient(folder))
    assert done.exit_code == 1
    assert done.stderr.replace("\n", " ") == f"stretch: There is no file {tmp_path / 'none.yaml'}. "


def test_an_unfinished_program_is_named_only_where_programs_matter(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("program", "new", "mine", app=Patient(folder)).exit_code == 0
    for words in (("program", "list"), ("program", "show", "lunch")):
        assert "mine.yaml is not used" in run(*words, app=Patient(folder)).stderr.replace("\n", ""), words
    usual_arguments(Patient(folder))  # which bare `stretch` asks for
    assert "mine.yaml is not used" in capsys.readouterr().err.replace("\n", "")
    for line in ("list", "routine neck --plan", "status"):
        assert "not used" not in run(*line.split(), app=Patient(folder)).stderr.replace("\n", " "), line


def test_a_taken_id_is_replaced_only_when_asked_for(folder: Path, file: Path) -> None:
    assert run("program", "add", str(file), app=Patient(folder)).exit_code == 0
    newer = RX.replace("times_a_day: 2", "times_a_day: 3")
    file.write_text(newer, encoding="utf-8")
    refused = run("program", "add", str(file), app=Patient(folder))
    assert (refused.exit_code, target(folder).read_text(encoding="utf-8")) == (2, RX)
    assert "There is Mrs Jones, lower back (mrs-jones) already: add --replace to replace it." in refused.stderr
    assert run("program", "add", str(file), "--replace", app=Patient(folder)).exit_code == 0
    assert target(folder).read_text(encoding="utf-8") == newer
    for answer, code, text in (("n", 3, newer), ("y", 0, RX)):
        file.write_text(RX, encoding="utf-8")
        person = Person(folder, answer)
        assert run("program", "add", str(file), app=person).exit_code == code
        assert "Replace Mrs Jones, lower back (mrs-jones)?" in person.output
        assert target(folder).read_text(encoding="utf-8") == text


def test_a_shipped_program_is_replaced_only_when_asked_for_and_comes_back(folder: Path, file: Path) -> None:
    file.write_text(RX.replace("mrs-jones", "easy-five"), encoding="utf-8")
    assert run("program", "add", str(file), app=Patient(folder)).exit_code == 2
    assert run("program", "add", str(file), "--replace", app=Patient(folder)).exit_code == 0
    assert "Anna Berg" in run("program", "show", "easy-five", app=Patient(folder)).stdout
    assert run("program", "remove", "easy-five", "--yes", app=Patient(folder)).exit_code == 0
    assert "Anna Berg" not in run("program", "show", "easy-five", app=Patient(folder)).stdout
    assert run("program", "remove", "easy-five", "--yes", app=Patient(folder)).exit_code == 2


def test_a_program_among_others_in_a_file_is_not_replaced_or_removed(folder: Path, file: Path) -> None:
    own = folder / "catalog" / "own.yaml"
    own.parent.mkdir(parents=True)
    own.write_text(RX, encoding="utf-8")
    added = run("program", "add", str(file), "--replace", app=Patient(folder))
    removed = run("program", "remove", "mrs-jones", "--yes", app=Patient(folder))
    for done in (added, removed):
        assert done.exit_code == 2
        assert str(own) in done.stderr
    assert run("program", "add", str(own), app=Patient(folder)).exit_code == 2
    assert own.read_text(encoding="utf-8") == RX


def test_an_unfinished_program_is_removed_after_the_same_question(folder: Path) -> None:
    file = folder / "catalog" / "mine.yaml"
    for answer, code in (("n", 3), ("y", 0)):
        run("program", "new", "mine", app=Patient(folder))
        person = Person(folder, answer)
        assert run("program", "remove", "mine", app=person).exit_code == code
        assert "Remove mine (" in person.output
        assert file.exists() == (answer == "n")
    # Nothing else that is unfinished is taken for it.
    file.write_text("stretches:\n- {id: mine, name:}\n", encoding="utf-8")
    assert run("program", "remove", "mine", "--yes", app=Patient(folder)).exit_code == 2
    assert file.exists()


def test_show_has_what_is_prescribed_the_notes_and_the_stages(folder: Path, file: Path) -> None:
    run("program", "add", str(file), app=Patient(folder))
    shown = run("program", "show", "mrs-jones", app=Patient(folder, STARTS + timedelta(days=14))).stdout
    for words in (
        "From Anna Berg (030 123456), for Maria Jones.\nGoal: Put on socks without pain.\nTwice a day on Monday, Wed",
        "Left out of all routines meanwhile: Sphinx.",
        "  1. Knee hug, one leg, 2 sets of 20 s x 3 each side\n     Only as far as it is easy.\n",
        "  2. Lying figure-four, 30 s x 2 right side\n     Right side only, as prescribed.\n",
        "  4. Cat-cow, 8 breaths\n     After 8 sessions at that dose without pain: 10 breaths.\n",
    ):
        assert words in shown
    whole = json.loads(run("program", "show", "mrs-jones", "--json", app=Patient(folder)).stdout)
    assert (whole["from"]["name"], whole["items"][1]["sides"]) == ("Anna Berg", "right")
    assert run("program", "show", "mrs-jonse", app=Patient(folder)).exit_code == 2


def test_list_is_what_programs_lists() -> None:
    assert run("program", "list").stdout == run("programs").stdout
    assert run("program", "list", "--json").stdout == run("programs", "--json").stdout


def status(folder: Path, day: int = 0) -> str:
    return run("status", app=Patient(folder, STARTS + timedelta(days=day))).stdout.strip()


def test_the_status_line_says_how_often_it_was_done_today(folder: Path, file: Path) -> None:
    assert status(folder) == "no session running"
    run("program", "add", str(file), app=Patient(folder))
    assert status(folder) == "no session running, 0 of 2 done today"
    with Journal.open_for_writing(folder, STARTS) as journal:
        journal.save(session(1, STARTS))
        journal.save(session(2, STARTS, program="easy-five"))
    assert status(folder) == "stretched today, 1 of 2 done today"
    assert status(folder, 1) == "stretched yesterday"  # not prescribed for a Tuesday
    assert status(folder, 2) == "stretched 2 days ago, 0 of 2 done today"
    assert status(folder, 42) == "stretched 42 days ago"
    data = json.loads(run("status", "--json", app=Patient(folder)).stdout)
    assert data["prescribed"] == {"done": 1, "of": 2}
    run("program", "remove", "mrs-jones", "--yes", app=Patient(folder))
    assert status(folder) == "stretched today"
    assert json.loads(run("status", "--json", app=Patient(folder)).stdout)["prescribed"] is None


def test_the_status_line_knows_at_once_of_a_file_in_the_catalog_folder(folder: Path) -> None:
    file = target(folder)
    file.parent.mkdir(parents=True)
    assert status(folder) == "no session running"
    file.write_text(RX, encoding="utf-8")
    assert status(folder) == "no session running, 0 of 2 done today"
    file.write_text(RX.replace("times_a_day: 2", "times_a_day: 3"), encoding="utf-8")
    assert status(folder) == "no session running, 0 of 3 done today"
    file.unlink()
    assert status(folder) == "no session running"


@pytest.mark.parametrize("text", ["", "[", "{}", "[1]", '[["a"]]', '[["a", "x", "", ""]]'])
def test_a_damaged_list_of_prescriptions_counts_as_none(folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / FILE_NAME).write_text(text, encoding="utf-8")
    assert load(folder) == {}
    assert status(folder) == "no session running"


def test_a_program_with_blanks_says_so_when_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("Hold a plank 1 minute\nCat-cow 10\n")
    home = {"STRETCH_HOME": str(tmp_path)}
    assert run("program", "new", "back-plan", "--from", str(tmp_path / "list.txt"), env=home).exit_code == 0
    for command in (("routine", "--program", "back-plan", "--plan"), ("program", "show", "back-plan")):
        result = run(*command, env=home)
        assert result.exit_code == 2
        assert "The program back-plan has blanks to fill in: " in result.stderr
