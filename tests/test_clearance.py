"""Changes to a request by the safety check: cautions, level, dose and breath."""

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


def record_with(outcome: Outcome = Outcome.GO, **known: Any) -> ScreeningRecord:
    return ScreeningRecord(outcome=outcome, screened=TODAY, since=TODAY, **known)


def fit(record: ScreeningRecord, today: date = TODAY, **asked: Any) -> Request:
    return apply_preflight(Request(**asked), PreflightResult(record), today)


@pytest.mark.parametrize(
    "preflight", [NO_INFORMATION, PreflightResult(record_with()), PreflightResult(record_with(), pain=3)]
)
def test_no_finding_changes_nothing(preflight: PreflightResult) -> None:
    request = Request(areas=("neck",), level="deep", avoid=("knee",), breath=PRESET_PATTERNS["calm"])
    assert apply_preflight(request, preflight, TODAY) == request


def test_tags_are_added_to_the_cautions() -> None:
    request = fit(record_with(tags=("disc", "neck")), avoid=("knee", "disc"))
    assert request.avoid == ("knee", "disc", "neck")


@pytest.mark.parametrize(
    ("asked", "given"), [("deep", "moderate"), ("moderate", "moderate"), ("gentle", "gentle"), (None, None)]
)
def test_go_gently_excludes_deep_stretches(asked: Level, given: Level) -> None:
    for days in (0, 14, 300):
        assert fit(record_with(Outcome.GO_GENTLY), TODAY + timedelta(days=days), level=asked).level == given


@pytest.mark.parametrize("asked", [None, *LEVELS])
@pytest.mark.parametrize("record", [None, record_with(), record_with(Outcome.GO_GENTLY)])
def test_gentle_only_overrides_the_level(record: ScreeningRecord | None, asked: Level | None) -> None:
    assert apply_preflight(Request(level=asked), PreflightResult(record, gentle_only=True), TODAY).level == "gentle"


@pytest.mark.parametrize("record", [None, record_with()])
def test_half_dose_changes_only_the_dose(record: ScreeningRecord | None) -> None:
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
def test_go_gently_means_beginner_doses_for_two_weeks(outcome: Outcome, days: int, beginner: bool) -> None:
    today = TODAY + timedelta(days=days)
    assert fit(record_with(outcome), today).beginner is beginner
    assert fit(record_with(outcome), today, beginner=True).beginner  # for a reason of its own


@pytest.mark.parametrize("outcome", [Outcome.GO, Outcome.GO_GENTLY])
def test_breath_off_turns_counting_off(outcome: Outcome) -> None:
    assert fit(record_with(outcome, breath_off=True), breath=PRESET_PATTERNS["calm"]).breath.name == "off"
    assert fit(record_with(outcome), breath=PRESET_PATTERNS["calm"]).breath.name == "calm"
