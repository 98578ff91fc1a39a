"""Pain scores around a session: asked, stored, and their consequences."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from stretch.cli.pain_log import is_tracked
from stretch.cli.preflight import run_preflight
from stretch.core.journal.record import SessionRecord
from stretch.core.routine import Request
from stretch.core.safety.checklist import Outcome, Urgency
from stretch.core.safety.pain import PainScores
from stretch.core.safety.screening_record import ScreeningRecord
from stretch.core.timing.session import Session
from stretch.core.timing.timeline import build_timeline
from stretch.storage import screening_file
from stretch.storage.files.shipped import load_safety
from stretch.storage.journal.journal import Journal
from support import routine, run
from test_preflight import TODAY
from test_preflight import Person as AtTerminal

SAFETY = load_safety()
TRENDS = {line.id: line.text for line in SAFETY.trends}


class Person(AtTerminal):
    def now(self) -> datetime:
        return datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)

    @property
    def output(self) -> str:
        return " ".join(super().output.split())


def play(folder: Path, *lines: str, keys: tuple[str, ...] = (), track: bool = True) -> tuple[int, Person]:
    """Play a routine with the typed *lines*: with *track* the pain now, then Enter under the plan, the pain after."""
    person = Person(folder, *lines, keys=keys)
    person.environ = {**person.environ, "STRETCH_TRACK_PAIN": "on" if track else "off"}
    result = run("routine", "-m", "8", app=person, env={"COLUMNS": "80"})
    person.stderr.write(result.stderr)
    return result.exit_code, person


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    screening_file.save(tmp_path, ScreeningRecord(outcome=Outcome.GO, screened=TODAY, since=TODAY))
    return tmp_path


def store_sessions(folder: Path, *sessions: tuple[int, dict[str, Any]]) -> None:
    """Store sessions, each with its age in days and its scores."""
    with Journal.open_for_writing(folder, TODAY) as journal:
        for number, (ago, scores) in enumerate(sessions):
            day = TODAY - timedelta(days=ago)
            journal.save(
                SessionRecord(
                    id=f"{number:032x}", started=f"{day}T08:00:{number:02}+00:00", title="Back", ended="finished",
                    active_seconds=60.0, scores=PainScores(**scores),
                )
            )  # fmt: skip


def scores(folder: Path) -> PainScores:
    with Journal.open_for_reading(folder) as journal:
        return journal.recent(1)[0].scores


def test_pain_before_and_after_is_asked_and_stored(folder: Path) -> None:
    code, person = play(folder, "5", "1", "", "4", "2", "")
    assert code == 0
    assert person.output.count("Pain now") == 1
    assert scores(folder) == PainScores(before=5, after=4, spread="buttock", new_sign=False)


def test_without_tracking_nothing_is_asked_after_a_session(folder: Path) -> None:
    code, person = play(folder, "", track=False)
    assert code == 0
    assert "Pain" not in person.output
    assert scores(folder) == PainScores()


@pytest.mark.parametrize(("before", "asked"), [("3", False), ("4", True)])
def test_high_pain_before_a_session_is_asked_about_after_it(folder: Path, before: str, asked: bool) -> None:
    code, person = play(folder, "p", before, *([""] if asked else []), "", "2", track=False)
    assert code == 0
    assert ("Pain now" in person.output) is asked
    assert scores(folder).after == (2 if asked else None)


@pytest.mark.parametrize(("reports", "tracked"), [(1, False), (2, True)])
def test_two_reports_of_pain_in_a_session_are_asked_about(folder: Path, reports: int, tracked: bool) -> None:
    session = Session(timeline=build_timeline(routine()), pain_reported_at=(8,) * reports)
    assert is_tracked(Person(folder), session, before=None) is tracked


def test_enter_skips_and_little_pain_ends_the_questions(folder: Path) -> None:
    code, person = play(folder, "", "", "3")
    assert code == 0
    assert "How far" not in person.output
    assert scores(folder) == PainScores(after=3)


@pytest.mark.parametrize(("before", "after"), [("", "4"), ("3", "4"), ("1", "3")])
def test_high_or_grown_pain_leads_to_spread_and_new_signs(folder: Path, before: str, after: str) -> None:
    _, person = play(folder, before, "", after, "2", "y")
    assert (scores(folder).spread, scores(folder).new_sign) == ("buttock", True)
    assert TRENDS["T8"] in person.output


def test_a_stopped_session_asks_nothing(folder: Path) -> None:
    code, person = play(folder, "4", "2", "", keys=("q",))
    assert code == 3
    assert person.output.count("Pain now") == 0
    assert scores(folder) == PainScores(before=4, spread="buttock")


def test_invalid_scores_are_asked_again_and_the_end_of_input_skips(folder: Path) -> None:
    code, person = play(folder, "1", "", "eleven", "11", "5", "9", "4", "perhaps")
    assert code == 0
    assert person.output.count("Enter: skip.") == 6
    assert scores(folder) == PainScores(before=1, after=5, spread="below-knee")


@pytest.mark.parametrize(
    ("ago", "morning"),
    [(1, "this morning, after yesterday's session"), (3, "on the morning after the session of 17 Nov")],
)
def test_next_morning_pain_is_asked_once_at_the_next_start(folder: Path, ago: int, morning: str) -> None:
    store_sessions(folder, (ago, {"before": 3}))
    _, person = play(folder, "2", "", "", keys=("q",), track=False)
    assert f"How was your pain {morning}, 0 to 10?" in person.output
    with Journal.open_for_reading(folder) as journal:
        assert journal.get(f"{0:032x}").scores.next_morning == 2
    _, person = play(folder, "", keys=("q",), track=False)
    assert "How was your pain" not in person.output


def test_next_morning_pain_is_not_asked_if_no_session_may_start(folder: Path) -> None:
    store_sessions(folder, (1, {"before": 3}))
    stop = ScreeningRecord(outcome=Outcome.EMERGENCY, screened=TODAY, since=TODAY)
    screening_file.save(folder, stop)
    code, person = play(folder, "2", track=False)
    assert code == 4
    assert "How was your pain" not in person.output


@pytest.mark.parametrize(("ago", "said"), [(0, {"before": 3}), (4, {"before": 3}), (1, {})])
def test_next_morning_pain_is_not_asked_too_early_too_late_or_without_a_score(
    folder: Path, ago: int, said: dict[str, Any]
) -> None:
    store_sessions(folder, (ago, said))
    _, person = play(folder, "", keys=("q",), track=False)
    assert "How was your pain" not in person.output


def test_t1_halves_the_dose(folder: Path) -> None:
    store_sessions(folder, (4, {"before": 2, "next_morning": 4}), (2, {"before": 2, "next_morning": 5}))
    _, person = play(folder, "", keys=("q",), track=False)
    assert TRENDS["T1"] in person.output
    assert "Half the dose" in person.output
    made = routine(half_dose=True, minutes=20.0, areas=("hamstrings",))
    for item in made.items:
        if item.stretch.dose.hold_s:
            assert item.dose.hold_s == -(-item.stretch.dose.hold_s // 2)
        assert item.dose.reps == -(-item.stretch.dose.reps // 2)
    assert Request().half_dose is False


@pytest.mark.parametrize("sign", [None, True])
def test_every_finding_has_its_consequence(folder: Path, sign: bool | None) -> None:
    store_sessions(
        folder, (4, {"before": 2, "next_morning": 4}), (2, {"before": 2, "next_morning": 5, "new_sign": sign})
    )
    person = Person(folder, "")
    preflight = run_preflight(person, ask=True)
    assert (preflight.half_dose, preflight.gentle_only) == (True, True)
    assert person.output.count("Enter: none of these.") == (1 if sign else 0)


def test_one_morning_short_of_t1_changes_nothing(folder: Path) -> None:
    store_sessions(folder, (4, {"before": 2, "next_morning": 3}), (2, {"before": 2, "next_morning": 5}))
    _, person = play(folder, "", keys=("q",), track=False)
    assert TRENDS["T1"] not in person.output
    assert "Half the dose" not in person.output


def test_t2_is_shown_before_a_session_and_means_go_gently(folder: Path) -> None:
    store_sessions(folder, *((ago, {"before": 3, "next_morning": 3}) for ago in (14, 9, 5, 1)))
    code, person = play(folder, "3", "", "3")
    assert code == 0
    assert person.output.count(TRENDS["T2"]) == 1
    assert person.output.count(SAFETY.messages.advise) == 1
    standing = screening_file.load(folder)
    assert (standing.outcome, standing.since, standing.advise_clinician) == (Outcome.GO_GENTLY, TODAY, True)


@pytest.mark.parametrize(("cleared", "code"), [(0, 3), (1, 3), (2, 4)])
def test_a_clearance_ends_older_findings(folder: Path, cleared: int, code: int) -> None:
    store_sessions(folder, (1, {"before": 3, "worst": 8, "next_morning": 3}))
    day = TODAY - timedelta(days=cleared)
    screening_file.save(folder, ScreeningRecord(outcome=Outcome.GO_GENTLY, screened=day, since=day, cleared=day))
    ended, person = play(folder, "", keys=("q",), track=False)
    assert ended == code
    assert (TRENDS["T5"] in person.output) is (code == 4)


def test_t5_severe_pain_stops_the_next_session(folder: Path) -> None:
    code, person = play(folder, "2", "", "7", "1", "")
    assert code == 0
    assert TRENDS["T5"] in person.output
    assert (screening_file.load(folder).outcome, screening_file.load(folder).urgency) == (
        Outcome.SEE_CLINICIAN,
        Urgency.SOON,
    )
    code, person = play(folder)
    assert code == 4
    assert SAFETY.messages.soon in person.output


def test_t4_stops_the_session(folder: Path) -> None:
    first = [(day, {"before": 1}) for day in (20, 19, 18)]
    last = [(day, {"before": 4, "next_morning": 4}) for day in (4, 2, 1)]
    store_sessions(folder, *first, *last)
    code, person = play(folder, "", keys=("q",), track=False)
    assert code == 4
    assert TRENDS["T4"] in person.output


def test_t8_asks_the_full_check_again(folder: Path) -> None:
    code, person = play(folder, "2", "", "4", "1", "y")
    assert code == 0
    assert TRENDS["T8"] in person.output
    _, person = play(folder, "", "", "", "")
    assert person.output.count("Enter: none of these.") == 1


def test_advice_is_repeated_weekly_and_not_daily(folder: Path) -> None:
    advised = ScreeningRecord(outcome=Outcome.GO_GENTLY, screened=TODAY, since=TODAY, advise_clinician=True)
    advice = SAFETY.messages.advise
    for shown, expected in ((None, True), (TODAY - timedelta(days=7), True), (TODAY - timedelta(days=6), False)):
        screening_file.save(folder, msgspec.structs.replace(advised, advised=shown))
        _, person = play(folder, "", keys=("q",), track=False)
        assert (advice in person.output) is expected
        assert screening_file.load(folder).advised == (TODAY if expected else shown)


def test_events_ask_nothing_even_at_a_terminal(folder: Path) -> None:
    store_sessions(folder, (1, {"before": 3}))
    gently = ScreeningRecord(outcome=Outcome.GO_GENTLY, screened=TODAY, since=TODAY, advise_clinician=True)
    screening_file.save(folder, gently)
    for command, keys, code in (("routine", ("q",), 3), ("resume", (), 0)):
        person = Person(folder, keys=keys)
        assert run(command, "--events", app=person).exit_code == code
        assert all(line.startswith("{") for line in person.stdout.getvalue().splitlines())


def test_a_pipe_is_asked_nothing(folder: Path) -> None:
    store_sessions(folder, (1, {"before": 3}))
    piped = Person(folder, keys=())
    piped._streams = io.StringIO(), io.StringIO(), io.StringIO()
    result = run("routine", "-m", "6", "--yes", app=piped)
    assert result.exit_code == 0
    assert "How was your pain" not in piped.output
    assert "Worst pain" not in piped.output


@pytest.mark.parametrize(
    ("sessions", "said"),
    [
        ([(3, {"before": 3})], "not enough scores to tell"),
        ([(20 - n * 4, {"before": 2}) for n in range(6)], "Pain before sessions: about 2, in 6 sessions."),
        (
            [(10 - n, {"before": score}) for n, score in enumerate((5, 5, 4, 4, 3, 4, 3, 3, 2, 2))],
            "Pain before sessions: from about 5 to about 2, in 10 sessions.",
        ),
        ([(40 - n * 2, {"before": 6 if n < 3 else 2}) for n in range(20)], TRENDS["T9"]),
        ([(40 - n * 2, {}) for n in range(20)], "Pain is not tracked; `stretch config set track_pain on`"),
    ],
)
def test_history_shows_the_pain_trend(folder: Path, sessions: list[tuple[int, dict[str, Any]]], said: str) -> None:
    store_sessions(folder, *sessions)
    person = Person(folder)
    result = run("history", app=person)
    assert result.exit_code == 0
    assert said in person.output
