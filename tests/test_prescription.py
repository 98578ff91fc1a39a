"""Prescriptions: the fields of their files, contradictions in them, and the template."""

from __future__ import annotations

from pathlib import Path

import pytest

from stretch.core.program import Program
from stretch.storage.catalogs.authoring import program_template
from stretch.storage.catalogs.catalog import load_catalog
from stretch.storage.catalogs.catalog_lint import check_catalogs
from support import CATALOG, run

RX = """\
programs:
  - id: mrs-jones
    name: Mrs Jones, lower back
    about: Loosens the lower back before work.
    from: {name: Anna Berg, contact: 030 123456}
    for: Maria Jones
    goal: Put on socks without pain
    starts: 2026-11-02
    review: 2026-12-13
    days: [mon, wed, fri]
    times_a_day: 2
    leave_out: [sphinx]
    warm_up_min: 0
    items:
      - {stretch: single-knee-to-chest, hold_s: 20, reps: 3, sets: 2, rest_s: 30, note: Only as far as it is easy.}
      - {stretch: supine-figure-four, hold_s: 30, reps: 2, sides: right}
      - {stretch: supine-hamstring-hold, hold_s: 10, reps: 1, sides: {left: 2, right: 1}, first_side: right}
      - stretch: cat-cow
        stages:
          - {reps: 6}
          - {from_week: 3, reps: 8}
          - {after_sessions: 8, reps: 10}
"""
"""One of each kind of entry."""


def rx_file(folder: Path, text: str = RX) -> Path:
    file = folder / "mrs-jones.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def problems(folder: Path, text: str) -> str:
    """What the check says about *text*, with the line and the field of each problem."""
    report = check_catalogs([rx_file(folder, text)])
    return "\n".join(
        f"{one.line} {one.field.removeprefix('programs.0.')}: {one.problem}" for one in report.of("problem")
    )


def prescription(folder: Path, text: str = RX) -> Program:
    return load_catalog(extra=[rx_file(folder, text)]).programs["mrs-jones"]


def test_a_prescription_is_read_with_everything_in_it(tmp_path: Path) -> None:
    assert problems(tmp_path, RX) == ""
    mine = prescription(tmp_path)
    assert mine.clinician
    assert (mine.clinician.name, mine.patient, mine.times_a_day) == ("Anna Berg", "Maria Jones", 2)
    assert str(mine.review) == "2026-12-13"
    assert mine.prescribed
    assert not any(program.prescribed for program in CATALOG.programs.values())


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        ("review: 2026-12-13", "review: 2026-10-01", "9 review: 2026-10-01 is before starts, 2026-11-02"),
        ("review: 2026-12-13", "review: 2026-02-30", "9 review: must be a date such as 2026-11-30"),
        ("review: 2026-12-13", "review: soon", "9 review: must be a date such as 2026-11-30, not 'soon'"),
        ("for: Maria", "fro: Maria", "6 fro: unknown field; did you mean from?"),
        ("{name: Anna Berg, contact: 030 123456}", "Anna Berg", "5 from: must be a mapping, not 'Anna Berg': who"),
        ("[mon, wed, fri]", "[mon, mon]", "10 days: a day is there twice"),
        ("[mon, wed, fri]", "[monday]", "10 days.0: must be one of mon, tue,"),
        ("[mon, wed, fri]", "8", "10 days: must be at most 7"),
        ("[sphinx]", "[sfinx]", "12 leave_out.0: there is no stretch 'sfinx'; did you mean sphinx?"),
        ("[sphinx]", "[cat-cow]", "12 leave_out.0: cat-cow is one of the stretches of the program"),
        ("stretch: single-knee", "stretch: sinlge-knee", "15 items.0.stretch: there is no stretch 'sinlge-knee-to-c"),
        ("reps: 3, sets: 2", "sets: 2", "15 items.0.reps: is missing; add it"),
        ("sets: 2, rest_s", "rest_s", "15 items.0.rest_s: is the rest between two sets; add sets"),
        ("sides: right", "sides: rigth", "16 items.1.sides: is 'rigth'; did you mean right?"),
        ("sides: right", "sides: right, first_side: left", "16 items.1.first_side: left contradicts sides: right"),
        ("{left: 2, right: 1}", "{left: 2, right: 0}", "17 items.2.sides.right: must be at least 1, not 0"),
        ("{left: 2, right: 1}", "{left: 2, right: 1}, sets: 2", "17 items.2.sets: contradicts sides, which has"),
        ("stretch: cat-cow", "stretch: cat-cow\n        hold_s: 20", "19 items.3.hold_s: contradicts stages"),
        ("stretch: cat-cow", "stretch: cat-cow\n        reps: 6", "19 items.3.reps: contradicts stages"),
        (
            "stretch: cat-cow",
            "stretch: cat-cow\n        sides: left",
            "19 items.3.sides: cat-cow works both sides",
        ),
        ("- {reps: 6}", "- {reps: 6, hold_s: 20}", "20 items.3.stages.0: a dynamic stretch takes no hold_s"),
        ("- {reps: 6}", "- {from_week: 2, reps: 6}", "20 items.3.stages.0: the first stage needs no condition"),
        ("{from_week: 3, reps: 8}", "{reps: 8}", "21 items.3.stages.1: the next stage needs one of from_week and"),
        ("{from_week: 3", "{from_week: 3, after_sessions: 2", "21 items.3.stages.1: the next stage needs one of"),
        ("{after_sessions: 8", "{from_week: 3", "22 items.3.stages.2.from_week: must be more than 3, as the"),
        ("starts: 2026-11-02\n    ", "", "20 items.3.stages.1.from_week: counts from starts; add starts"),
    ],
)
def test_what_contradicts_itself_is_one_sentence_with_its_line(
    tmp_path: Path, right: str, wrong: str, problem: str
) -> None:
    text = RX.replace(right, wrong, 1)
    assert text != RX
    assert problem in problems(tmp_path, text)


def test_the_template_is_valid_once_it_is_filled(tmp_path: Path) -> None:
    blank = program_template("mrs-jones")
    assert "is empty; fill it in" in problems(tmp_path, blank)
    lines = blank.splitlines()
    filled = [line.replace("# ", "", 1) if line.lstrip().startswith(("# ", "#   ")) else line for line in lines]
    # All that is optional and all that is to be filled in.
    text = "\n".join(line for line in filled[3:] if "hold_s: seconds" not in line)
    values = {"name:": "name: Jones", "about:": "about: Back.", "- stretch:": "- stretch: cat-cow", "reps:": "reps: 6"}
    for field, value in values.items():
        text = "\n".join(line + value[len(field) :] if line.strip() == field else line for line in text.splitlines())
    assert problems(tmp_path, text) == ""
    mine = prescription(tmp_path, text)
    assert mine.clinician
    assert mine.review
    assert mine.leave_out
    assert len(mine.items) == 5


def test_new_writes_the_template_into_the_catalog_folder(tmp_path: Path) -> None:
    done = run("program", "new", "mrs-jones", env={"STRETCH_HOME": str(tmp_path)})
    assert done.exit_code == 0
    assert (tmp_path / "catalog" / "mrs-jones.yaml").read_text(encoding="utf-8") == program_template("mrs-jones")
    assert run("program", "new", "mrs-jones", env={"STRETCH_HOME": str(tmp_path)}).exit_code == 1
    assert run("program", "new", "Mrs Jones").exit_code == 2
