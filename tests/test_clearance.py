"""What is known of a person makes of a request: what is avoided, how deep it goes, how much of it, and the breath."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from stretch.core.planning.personalize import apply_preflight
from stretch.core.routine import PRESET_PATTERNS, Request
from stretch.core.safety.checklist import Outcome
from stretch.core.safety.screening_record import NO_INFORMATION, PreflightResult, ScreeningRecord
from stretch.core.vocabulary import LEVELS, Level

TODAY = date(2026, 3, 2)


def stand(outcome: Outcome = Outcome.GO, **known: Any) -> ScreeningRecord:
    return ScreeningRecord(outcome=outcome, screened=TODAY, since=TODAY, **known)


def fit(record: ScreeningRecord, today: date = TODAY, **asked: Any) -> Request:
    return apply_preflight(Request(**asked), PreflightResult(record), today)


@pytest.mark.parametrize("preflight", [NO_INFORMATION, PreflightResult(stand()), PreflightResult(stand(), pain=3)])
def test_who_has_nothing_to_allow_for_gets_what_was_asked_for(preflight: PreflightResult) -> None:
    request = Request(areas=("neck",), level="deep", avoid=("knee",), breath=PRESET_PATTERNS["calm"])
    assert apply_preflight(request, preflight, TODAY) == request


def test_what_the_check_says_to_avoid_is_added_to_what_was_asked_for() -> None:
    request = fit(stand(tags=("disc", "neck")), avoid=("knee", "disc"))
    assert request.avoid == ("knee", "disc", "neck")


@pytest.mark.parametrize(
    ("asked", "given"), [("deep", "moderate"), ("moderate", "moderate"), ("gentle", "gentle"), (None, None)]
)
def test_who_goes_gently_gets_nothing_deep_however_long_ago_that_began(asked: Level, given: Level) -> None:
    for days in (0, 14, 300):
        assert fit(stand(Outcome.GO_GENTLY), TODAY + timedelta(days=days), level=asked).level == given


@pytest.mark.parametrize("asked", [None, *LEVELS])
@pytest.mark.parametrize("record", [None, stand(), stand(Outcome.GO_GENTLY)])
def test_a_gentle_day_is_gentle_whatever_was_asked_for(record: ScreeningRecord | None, asked: Level | None) -> None:
    assert apply_preflight(Request(level=asked), PreflightResult(record, gentle_only=True), TODAY).level == "gentle"


@pytest.mark.parametrize("record", [None, stand()])
def test_half_the_dose_is_asked_for_and_nothing_else(record: ScreeningRecord | None) -> None:
    request = Request(level="deep")
    halved = apply_preflight(request, PreflightResult(record, half_dose=True), TODAY)
    assert halved == msgspec.structs.replace(request, half_dose=True)


@pytest.mark.parametrize(
    ("outcome", "days", "beginner"),
    [
        (Outcome.GO_GENTLY, 0, True),
        (Outcome.GO_GENTLY, 13, True),
        (Outcome.GO_GENTLY, 14, False),
        (Outcome.GO, 0, False),
    ],
)
def test_going_gently_is_the_dose_of_a_beginner_for_two_weeks(outcome: Outcome, days: int, beginner: bool) -> None:
    today = TODAY + timedelta(days=days)
    assert fit(stand(outcome), today).beginner is beginner
    assert fit(stand(outcome), today, beginner=True).beginner  # for a reason of its own


@pytest.mark.parametrize("outcome", [Outcome.GO, Outcome.GO_GENTLY])
def test_the_breath_is_not_counted_for_whom_it_does_not_suit(outcome: Outcome) -> None:
    assert fit(stand(outcome, breath_off=True), breath=PRESET_PATTERNS["calm"]).breath.name == "off"
    assert fit(stand(outcome), breath=PRESET_PATTERNS["calm"]).breath.name == "calm"
