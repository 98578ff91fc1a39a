"""Prescriptions that are followed: what `stretch` offers, what was done today, and the stages over six weeks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from stretch.cli.app import App
from stretch.cli.prescribed import prescribed_line
from stretch.cli.request import RoutinePlanner, build_request, usual_arguments
from stretch.core.journal.record import SessionRecord, SideResult
from stretch.core.routine import Routine
from stretch.core.safety.checklist import Outcome
from stretch.core.safety.pain import PainScores
from stretch.core.safety.screening_record import ScreeningRecord
from stretch.player.closing_screen import ClosingScreen, closing_rows
from stretch.storage import screening_file
from stretch.storage.journal.journal import Journal
from support import run
from test_pain_log import Person
from test_preflight import TODAY
from test_prescription import RX
from test_settings import options_of

STARTS = date(2026, 11, 2)
"""A Monday, as in the prescription."""


class Patient(App):
    """Somebody with a prescription, on one *day*."""

    def __init__(self, folder: Path, day: date = STARTS) -> None:
        super().__init__(environ={"STRETCH_HOME": str(folder)})
        self.day = day

    def today(self) -> date:
        return self.day

    def now(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    add(tmp_path, "mrs-jones", RX)
    return tmp_path


def add(folder: Path, name: str, text: str) -> None:
    file = folder / "catalog" / f"{name}.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")


def session(number: int, day: date, *, program: str = "mrs-jones", hurt: int = 0, **fields: Any) -> SessionRecord:
    part = SideResult(stretch="cat-cow", name="Cat-cow", planned=1, done=1, seconds=60.0, hurt=hurt)
    known = {"program": program, "ended": "finished", "parts": (part,), "active_seconds": 60.0} | fields
    started = f"{day}T08:{number % 60:02}:00+00:00"
    return SessionRecord(id=f"{number:032x}", started=started, title="Mrs Jones", **known)  # type: ignore[arg-type]


def store(folder: Path, *sessions: SessionRecord) -> None:
    with Journal.open_for_writing(folder, STARTS) as journal:
        for each in sessions:
            journal.save(each)


def routine_of(app: App, *args: str) -> Routine:
    options = options_of(app, *args)
    return RoutinePlanner(app, options).plan(build_request(app, options))


def planned(app: App) -> str:
    """The line of a start screen about the prescription, and the breaths of the stretch with stages."""
    routine = routine_of(app, "--program", "mrs-jones")
    return f"{prescribed_line(app, routine)} {routine.items[-1].dose.reps}"


@pytest.mark.parametrize(
    ("day", "offered"),
    [("2026-11-01", False), ("2026-11-02", True), ("2026-11-29", True), ("2026-12-13", True), ("2026-12-14", False)],
)
def test_a_prescription_is_offered_while_it_runs(folder: Path, day: str, offered: bool) -> None:
    today = date.fromisoformat(day)
    store(folder, session(1, today - timedelta(days=1), program="easy-five"))
    usual = ["--program", "mrs-jones" if offered else "easy-five"]
    assert usual_arguments(Patient(folder, today)) == usual


def test_without_dates_a_prescription_always_runs_and_a_program_never_does(folder: Path) -> None:
    add(
        folder,
        "mrs-jones",
        RX.replace("    starts: 2026-11-02\n    review: 2026-12-13\n", "").replace("from_week", "xx"),
    )
    assert usual_arguments(Patient(folder)) == []  # it has a problem, which is named
    text = RX[: RX.index("      - stretch: cat-cow")].replace("    starts: 2026-11-02\n    review: 2026-12-13\n", "")
    add(folder, "mrs-jones", text)
    assert usual_arguments(Patient(folder, date(2030, 1, 1))) == ["--program", "mrs-jones"]
    head, items = text.split("    from:")[0], text[text.index("    warm_up_min") :]
    add(folder, "mrs-jones", head + items)
    assert usual_arguments(Patient(folder)) == []


def test_of_two_prescriptions_the_one_that_is_not_done_is_offered(folder: Path) -> None:
    other = RX.replace("mrs-jones", "neck").replace("2026-11-02", "2026-11-01").replace("times_a_day: 2", "days: 7")
    add(folder, "neck", other.replace("    days: [mon, wed, fri]\n", ""))
    assert usual_arguments(Patient(folder)) == ["--program", "mrs-jones"]
    store(folder, session(1, STARTS))
    assert usual_arguments(Patient(folder)) == ["--program", "mrs-jones"]
    store(folder, session(2, STARTS))
    assert usual_arguments(Patient(folder)) == ["--program", "neck"]
    store(folder, session(3, STARTS, program="neck"))
    assert usual_arguments(Patient(folder)) == ["--program", "mrs-jones"]


def test_what_was_done_today_is_counted(folder: Path) -> None:
    assert planned(Patient(folder)) == "From Anna Berg, review on 13 Dec. 0 of 2 done today. 6"
    stopped = session(1, STARTS, ended="stopped")
    skipped = session(2, STARTS, parts=(SideResult(stretch="cat-cow", name="Cat-cow", planned=1, skipped=True),))
    store(folder, stopped, skipped, session(3, STARTS, program="easy-five"), session(4, STARTS))
    assert "1 of 2 done today." in planned(Patient(folder))
    store(folder, session(5, STARTS))
    assert "2 of 2 done today." in planned(Patient(folder))
    assert "Not prescribed for today." in planned(Patient(folder, STARTS + timedelta(days=1)))
    assert "It begins on 2 Nov." in planned(Patient(folder, STARTS - timedelta(days=1)))
    assert "The review was on 13 Dec." in planned(Patient(folder, date(2026, 12, 20)))


def test_six_weeks_go_through_the_stages_with_sessions_without_pain_only(folder: Path) -> None:
    breaths = []
    for day in range(6 * 7):
        today = STARTS + timedelta(days=day)
        breaths.append(planned(Patient(folder, today)).rpartition(" ")[2])
        # Three days a week, and in the third week it hurts or is worse after.
        if today.weekday() in (0, 2, 4):
            pain = {"hurt": 1} if day == 14 else {"scores": PainScores(before=1, after=4)} if day in (16, 18) else {}
            store(folder, session(day, today, **pain))
    assert breaths == ["6"] * 14 + ["8"] * 24 + ["10"] * 4


def test_what_is_to_be_left_out_is_left_out_of_every_routine_meanwhile(folder: Path) -> None:
    def left_out(day: date, *args: str) -> bool:
        patient = Patient(folder, day)
        routine = routine_of(patient, "--area", "lower-back", "--minutes", "30", *args)
        reasons = {left.stretch: left.reason for left in routine.left_out}
        return reasons.get("sphinx") == "excluded"

    assert left_out(STARTS)
    assert not left_out(STARTS, "--stretch", "sphinx")
    assert not left_out(date(2027, 1, 1))


def test_the_printed_plan_says_what_was_done(folder: Path) -> None:
    store(folder, session(4, STARTS))
    text = run("routine", "--program", "mrs-jones", "--plan", app=Patient(folder)).stdout
    assert "Twice a day on Monday, Wednesday and Friday, from 2 Nov, review on 13 Dec.\n" in text
    assert "\n1 of 2 done today.\n" in text


def test_at_the_end_of_a_session_what_was_done_today_is_said(folder: Path) -> None:
    screening_file.save(folder, ScreeningRecord(outcome=Outcome.GO, screened=TODAY, since=TODAY))
    for times, program in ((1, "mrs-jones"), (2, "mrs-jones"), (0, "desk-two-minutes")):
        person = Person(folder, "", "", keys=())
        done = run("routine", "--program", program, app=person)
        assert done.exit_code == 0, person.output
        end = person.output.rpartition("Done:")[2]
        assert (f"{times} of 2 done today." in end) == bool(times)


def test_the_closing_screen_says_it_in_place_of_the_next_time() -> None:
    screen = ClosingScreen(done="4 stretches", active_ms=600_000, next_side="left", prescribed="1 of 2 done today.")
    shown = " ".join(text for line in closing_rows(screen, 80, 24, figures=None, name="") for text, _ in line)
    assert "1 of 2 done today." in shown
    assert "Next time" not in shown
