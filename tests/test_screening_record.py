"""Screening records: how long they are current, when they stop a session, and what changes them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
import yaml

from stretch.core.errors import SafetyError, UsageError
from stretch.core.safety.checklist import Outcome, SafetyData, Urgency
from stretch.core.safety.screening import ScreeningResult
from stretch.core.safety.screening_record import (
    ScreeningRecord,
    advice_due,
    after_full_check,
    after_quick_check,
    escalate,
    expires,
    forbids_session,
    gentle_until,
    is_current,
    questions_due,
    record_clearance,
    status_messages,
)

SAFETY = msgspec.convert(
    yaml.load((Path(__file__).parents[1] / "data" / "safety.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader),
    SafetyData,
)
TODAY = date(2026, 3, 2)
TOMORROW = date(2026, 3, 3)
YEAR_LATER = date(2027, 3, 2)

GO = ScreeningResult()
GENTLY = ScreeningResult(outcome=Outcome.GO_GENTLY, tags=("knee",), advise_clinician=True)
SOON = ScreeningResult(outcome=Outcome.SEE_CLINICIAN, urgency=Urgency.SOON, tags=("neck",))
SEE_TODAY = ScreeningResult(outcome=Outcome.SEE_CLINICIAN, urgency=Urgency.TODAY)
EMERGENCY = ScreeningResult(outcome=Outcome.EMERGENCY)
ILL = ScreeningResult(ask_again_on=TOMORROW)
YOUNG = ScreeningResult(too_young=True)
BREATHLESS = ScreeningResult(breath_off=True)


def record_after(result: ScreeningResult, day: date = TODAY) -> ScreeningRecord:
    return after_full_check(None, result, day)


@pytest.mark.parametrize(
    ("result", "blocked"),
    [(GO, False), (GENTLY, False), (SOON, True), (SEE_TODAY, True), (EMERGENCY, True), (ILL, True), (YOUNG, True)],
)
def test_outcomes_that_forbid_a_session(result: ScreeningResult, blocked: bool) -> None:
    assert forbids_session(record_after(result), TODAY) is blocked


@pytest.mark.parametrize("result", [SOON, SEE_TODAY, EMERGENCY, YOUNG])
def test_time_does_not_lift_a_stop(result: ScreeningResult) -> None:
    assert forbids_session(record_after(result), TODAY + timedelta(days=4000))


def test_illness_stops_for_a_day_and_is_asked_about_on_the_next() -> None:
    record = record_after(ILL)
    assert forbids_session(record, TODAY)
    assert not forbids_session(record, TOMORROW)
    assert questions_due(SAFETY, record, TOMORROW) == ("ill",)
    well = after_quick_check(record, GO, TOMORROW)
    assert not forbids_session(well, TOMORROW)
    assert questions_due(SAFETY, well, TOMORROW) == ()
    still = after_quick_check(record, ScreeningResult(ask_again_on=date(2026, 3, 4)), TOMORROW)
    assert forbids_session(still, TOMORROW)


@pytest.mark.parametrize(
    ("screened", "today", "holds"),
    [
        (TODAY, TODAY, True),
        (TODAY, date(2027, 3, 1), True),
        (TODAY, YEAR_LATER, False),
        (date(2028, 2, 29), date(2029, 2, 27), True),
        (date(2028, 2, 29), date(2029, 2, 28), False),
        (TOMORROW, TODAY, True),  # travelled west
        (date(2026, 3, 4), TODAY, False),  # the clock was wrong
    ],
)
def test_a_check_is_current_for_12_months(screened: date, today: date, holds: bool) -> None:
    record = record_after(GO, screened)
    assert is_current(record, today) is holds
    assert questions_due(SAFETY, record, today) == (() if holds else SAFETY.screens)


def test_the_first_check_is_the_full_one() -> None:
    assert questions_due(SAFETY, None, TODAY) == ("themes",)


def test_a_clearance_changes_the_outcome_to_go_gently() -> None:
    cleared = record_clearance(record_after(SOON), TODAY, TOMORROW)  # reported a day later
    assert (cleared.outcome, cleared.urgency, cleared.cleared) == (Outcome.GO_GENTLY, None, TODAY)
    assert cleared.tags == ("neck",)
    assert not forbids_session(cleared, TOMORROW)
    assert gentle_until(cleared) == date(2026, 3, 17)


def test_an_emergency_ends_only_with_a_new_full_check() -> None:
    with pytest.raises(SafetyError, match="full check") as caught:
        record_clearance(record_after(EMERGENCY), TODAY, TODAY)
    assert caught.value.exit_code == 4
    assert after_full_check(record_after(EMERGENCY), GENTLY, TOMORROW) == record_after(GENTLY, TOMORROW)


@pytest.mark.parametrize(
    ("on", "words"),
    [(TOMORROW, "in the future"), (date(2025, 3, 2), "more than 12 months ago"), (date(2024, 1, 1), "12 months")],
)
def test_a_clearance_is_from_the_last_12_months(on: date, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        record_clearance(record_after(SOON), on, TODAY)


@pytest.mark.parametrize("result", [GO, GENTLY, YOUNG, ILL])
def test_only_see_clinician_can_be_cleared(result: ScreeningResult) -> None:
    with pytest.raises(UsageError, match="needs no clearance"):
        record_clearance(record_after(result), TODAY, TODAY)


def test_an_older_clearance_expires_sooner() -> None:
    assert expires(record_clearance(record_after(SOON), date(2025, 3, 3), TODAY)) == date(2026, 3, 3)
    assert expires(record_clearance(record_after(SOON), TODAY, TODAY)) == YEAR_LATER
    assert expires(record_clearance(record_after(SOON), date(2026, 9, 1), date(2026, 9, 1))) == YEAR_LATER


@pytest.mark.parametrize(
    ("old", "new", "outcome", "urgency"),
    [
        (SOON, GO, Outcome.SEE_CLINICIAN, Urgency.SOON),
        (SOON, GENTLY, Outcome.SEE_CLINICIAN, Urgency.SOON),
        (SOON, SEE_TODAY, Outcome.SEE_CLINICIAN, Urgency.TODAY),
        (SEE_TODAY, SOON, Outcome.SEE_CLINICIAN, Urgency.TODAY),
        (SOON, EMERGENCY, Outcome.EMERGENCY, None),
        (GENTLY, GO, Outcome.GO, None),
        (EMERGENCY, GO, Outcome.GO, None),
        (EMERGENCY, SOON, Outcome.SEE_CLINICIAN, Urgency.SOON),
    ],
)
def test_a_new_check_replaces_the_old_one_but_keeps_see_clinician(
    old: ScreeningResult, new: ScreeningResult, outcome: Outcome, urgency: Urgency | None
) -> None:
    record = after_full_check(record_after(old), new, TOMORROW)
    assert (record.outcome, record.urgency) == (outcome, urgency)
    # In an emergency the questions end, and what was known of the person holds.
    assert record.tags == (record_after(old).tags if outcome is Outcome.EMERGENCY else new.tags)
    assert record.screened == TOMORROW
    unchanged = (outcome, urgency) == (old.outcome, old.urgency)
    assert record.since == (TODAY if unchanged else TOMORROW)


def test_a_cleared_outcome_is_not_carried_over() -> None:
    assert after_full_check(record_clearance(record_after(SOON), TODAY, TODAY), GO, TOMORROW) == record_after(
        GO, TOMORROW
    )


def test_a_quick_check_adds_and_does_not_postpone_the_full_one() -> None:
    record = after_quick_check(record_after(GENTLY), SOON, TOMORROW)
    assert (record.outcome, record.urgency) == (Outcome.SEE_CLINICIAN, Urgency.SOON)
    assert record.tags == ("knee", "neck")
    assert (record.screened, record.since) == (TODAY, TOMORROW)
    assert not record.advise_clinician
    assert after_quick_check(record_after(GENTLY), GO, TOMORROW) == record_after(GENTLY)
    assert after_quick_check(record_after(GO), ScreeningResult(gentle_only=True), TOMORROW) == record_after(GO)
    assert after_quick_check(record_after(GO), ScreeningResult(breath_off=True), TOMORROW).breath_off
    assert after_quick_check(record_after(YOUNG), GO, TOMORROW).too_young


@pytest.mark.parametrize("result", [GENTLY, SOON, ILL, YOUNG, BREATHLESS])
def test_a_full_check_is_stored_and_an_empty_quick_check_changes_nothing(
    result: ScreeningResult,
) -> None:
    record = record_after(result)
    for name in set(ScreeningRecord.__struct_fields__) & set(ScreeningResult.__struct_fields__):
        assert getattr(record, name) == getattr(result, name)
    assert after_quick_check(record, GO, TODAY) == record


def test_a_new_finding_needs_a_new_clearance() -> None:
    cleared = record_clearance(record_after(SOON), TODAY, TODAY)
    again = escalate(cleared, TOMORROW, Outcome.SEE_CLINICIAN, Urgency.SOON)
    assert (again.cleared, again.since) == (None, TOMORROW)
    assert forbids_session(again, TOMORROW)


def test_a_trend_can_change_go_to_go_gently() -> None:
    record = escalate(record_after(GO), TOMORROW, Outcome.GO_GENTLY, advise_clinician=True)
    assert (record.outcome, record.advise_clinician) == (Outcome.GO_GENTLY, True)
    assert gentle_until(record) == date(2026, 3, 17)
    assert escalate(record, date(2026, 3, 9), Outcome.GO_GENTLY, advise_clinician=True) == record


def test_a_weaker_finding_does_not_change_a_stop() -> None:
    for stop in (SOON, SEE_TODAY, EMERGENCY):
        assert escalate(record_after(stop), TOMORROW, Outcome.GO_GENTLY) == record_after(stop)


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (EMERGENCY, ["Call your emergency number"]),
        (SEE_TODAY, ["seen today", "says that gentle exercise is fine"]),
        (SOON, ["within days", "says that gentle exercise is fine"]),
        (
            ScreeningResult(outcome=Outcome.SEE_CLINICIAN, urgency=Urgency.ROUTINE),
            ["physiotherapist first", "says that gentle exercise is fine"],
        ),
        (
            ScreeningResult(outcome=Outcome.SEE_CLINICIAN, urgency=Urgency.TODAY, too_young=True),
            ["seen today", "under 16"],
        ),
        (
            ScreeningResult(outcome=Outcome.EMERGENCY, too_young=True, ask_again_on=TOMORROW),
            ["Call your emergency number"],
        ),
        (YOUNG, ["under 16"]),
        (ILL, ["No session today"]),
        (GENTLY, ["Go gently", "Tell a doctor"]),
        (GO, ["You can start"]),
    ],
)
def test_status_messages_for_each_outcome(result: ScreeningResult, words: list[str]) -> None:
    texts = status_messages(SAFETY.messages, record_after(result), TODAY)
    assert len(texts) == len(words)
    for sentence, word in zip(texts, words, strict=True):
        assert word in sentence


def test_an_expired_check_is_due_but_a_stop_remains() -> None:
    assert status_messages(SAFETY.messages, record_after(GENTLY), YEAR_LATER) == (SAFETY.messages.due,)
    assert status_messages(SAFETY.messages, record_after(EMERGENCY), YEAR_LATER) == (SAFETY.messages.emergency,)


def test_advice_is_repeated_weekly() -> None:
    record = record_after(GENTLY)
    assert advice_due(record, None, TODAY)
    assert not advice_due(record, TODAY, date(2026, 3, 8))
    assert advice_due(record, TODAY, date(2026, 3, 9))
    assert not advice_due(record_after(GO), None, TODAY)


def test_only_go_gently_has_an_easy_start_of_two_weeks() -> None:
    assert gentle_until(record_after(GENTLY)) == date(2026, 3, 16)
    assert gentle_until(record_after(GO)) is None
    assert gentle_until(record_after(SOON)) is None


def test_a_record_has_no_answers_and_survives_json() -> None:
    record = record_clearance(record_after(SOON), TODAY, TODAY)
    data = msgspec.to_builtins(record)
    assert msgspec.convert(data, ScreeningRecord) == record
    assert ScreeningRecord(outcome=Outcome.GO, screened=TODAY, since=TODAY, asked=TODAY) == record_after(GO)
    assert set(data) == {
        "outcome",
        "screened",
        "since",
        "urgency",
        "tags",
        "cleared",
        "advise_clinician",
        "breath_off",
        "ask_again_on",
        "too_young",
        "severe_pain_on",
        "asked",
        "advised",
    }
