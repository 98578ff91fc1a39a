"""What is kept of a check: how long it holds, whether it stops a session, and what lifts it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
import yaml

from stretch.core.errors import UsageError
from stretch.core.safety.checklist import Outcome, Safety, Urgency
from stretch.core.safety.screening import Result
from stretch.core.safety.standing import (
    Standing,
    StillStopped,
    add,
    advice_due,
    blocks,
    clear,
    due,
    expires,
    gentle_until,
    message,
    renew,
    valid,
    worsen,
)

SAFETY = msgspec.convert(
    yaml.load((Path(__file__).parents[1] / "data" / "safety.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader),
    Safety,
)
TODAY = date(2026, 3, 2)
TOMORROW = date(2026, 3, 3)
YEAR_LATER = date(2027, 3, 2)

GO = Result()
GENTLY = Result(outcome=Outcome.GO_GENTLY, tags=("knee",), advise_clinician=True)
SOON = Result(outcome=Outcome.SEE_CLINICIAN, urgency=Urgency.SOON, tags=("neck",))
SEEN_TODAY = Result(outcome=Outcome.SEE_CLINICIAN, urgency=Urgency.TODAY)
EMERGENCY = Result(outcome=Outcome.EMERGENCY)
ILL = Result(ask_again_on=TOMORROW)
YOUNG = Result(too_young=True)
BREATHLESS = Result(breath_off=True)


def stand(result: Result, day: date = TODAY) -> Standing:
    return renew(None, result, day)


@pytest.mark.parametrize(
    ("result", "blocked"),
    [(GO, False), (GENTLY, False), (SOON, True), (SEEN_TODAY, True), (EMERGENCY, True), (ILL, True), (YOUNG, True)],
)
def test_what_stops_a_session(result: Result, blocked: bool) -> None:
    assert blocks(stand(result), TODAY) is blocked


@pytest.mark.parametrize("result", [SOON, SEEN_TODAY, EMERGENCY, YOUNG])
def test_time_alone_lifts_nothing(result: Result) -> None:
    assert blocks(stand(result), TODAY + timedelta(days=4000))


def test_an_illness_stops_for_a_day_and_is_asked_about_the_next() -> None:
    standing = stand(ILL)
    assert blocks(standing, TODAY)
    assert not blocks(standing, TOMORROW)
    assert due(SAFETY, standing, TOMORROW) == ("K1", "K2", "K3", "ill")
    well = add(standing, GO, TOMORROW)
    assert not blocks(well, TOMORROW)
    assert due(SAFETY, well, TOMORROW) == ("K1", "K2", "K3")
    still = add(standing, Result(ask_again_on=date(2026, 3, 4)), TOMORROW)
    assert blocks(still, TOMORROW)


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
def test_a_check_holds_for_12_months(screened: date, today: date, holds: bool) -> None:
    standing = stand(GO, screened)
    assert valid(standing, today) is holds
    assert due(SAFETY, standing, today) == (SAFETY.quick if holds else SAFETY.screens)


def test_the_first_run_begins_with_the_full_check() -> None:
    assert due(SAFETY, None, TODAY) == ("emergency", "see-someone", "conditions")


def test_a_clinicians_word_lifts_to_gently() -> None:
    cleared = clear(stand(SOON), TODAY, TOMORROW)  # told of a day later
    assert (cleared.outcome, cleared.urgency, cleared.cleared) == (Outcome.GO_GENTLY, None, TODAY)
    assert cleared.tags == ("neck",)
    assert not blocks(cleared, TOMORROW)
    assert gentle_until(cleared) == date(2026, 3, 17)


def test_an_emergency_is_not_cleared_but_ends_with_a_new_full_check() -> None:
    with pytest.raises(StillStopped, match="full check") as caught:
        clear(stand(EMERGENCY), TODAY, TODAY)
    assert caught.value.exit_code == 4
    assert renew(stand(EMERGENCY), GENTLY, TOMORROW) == stand(GENTLY, TOMORROW)


@pytest.mark.parametrize(
    ("on", "words"),
    [(TOMORROW, "still to come"), (date(2025, 3, 2), "more than 12 months ago"), (date(2024, 1, 1), "12 months")],
)
def test_a_clinicians_word_has_a_day_in_the_last_12_months(on: date, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        clear(stand(SOON), on, TODAY)


@pytest.mark.parametrize("result", [GO, GENTLY, YOUNG, ILL])
def test_there_is_nothing_to_clear_but_a_visit(result: Result) -> None:
    with pytest.raises(UsageError, match="Nothing is waiting"):
        clear(stand(result), TODAY, TODAY)


def test_an_older_word_of_a_clinician_ends_sooner() -> None:
    assert expires(clear(stand(SOON), date(2025, 3, 3), TODAY)) == date(2026, 3, 3)
    assert expires(clear(stand(SOON), TODAY, TODAY)) == YEAR_LATER
    assert expires(clear(stand(SOON), date(2026, 9, 1), date(2026, 9, 1))) == YEAR_LATER


@pytest.mark.parametrize(
    ("old", "new", "outcome", "urgency"),
    [
        (SOON, GO, Outcome.SEE_CLINICIAN, Urgency.SOON),
        (SOON, GENTLY, Outcome.SEE_CLINICIAN, Urgency.SOON),
        (SOON, SEEN_TODAY, Outcome.SEE_CLINICIAN, Urgency.TODAY),
        (SEEN_TODAY, SOON, Outcome.SEE_CLINICIAN, Urgency.TODAY),
        (SOON, EMERGENCY, Outcome.EMERGENCY, None),
        (GENTLY, GO, Outcome.GO, None),
        (EMERGENCY, GO, Outcome.GO, None),
        (EMERGENCY, SOON, Outcome.SEE_CLINICIAN, Urgency.SOON),
    ],
)
def test_a_new_check_replaces_the_old_but_lifts_no_visit(
    old: Result, new: Result, outcome: Outcome, urgency: Urgency | None
) -> None:
    standing = renew(stand(old), new, TOMORROW)
    assert (standing.outcome, standing.urgency) == (outcome, urgency)
    # In an emergency the questions end, and what was known of the person holds.
    assert standing.tags == (stand(old).tags if outcome is Outcome.EMERGENCY else new.tags)
    assert standing.screened == TOMORROW
    kept = (outcome, urgency) == (old.outcome, old.urgency)
    assert standing.since == (TODAY if kept else TOMORROW)


def test_a_visit_that_was_cleared_is_not_carried_on() -> None:
    assert renew(clear(stand(SOON), TODAY, TODAY), GO, TOMORROW) == stand(GO, TOMORROW)


def test_the_quick_check_adds_and_does_not_put_off_the_full_one() -> None:
    standing = add(stand(GENTLY), SOON, TOMORROW)
    assert (standing.outcome, standing.urgency) == (Outcome.SEE_CLINICIAN, Urgency.SOON)
    assert standing.tags == ("knee", "neck")
    assert (standing.screened, standing.since) == (TODAY, TOMORROW)
    assert not standing.advise_clinician
    assert add(stand(GENTLY), GO, TOMORROW) == stand(GENTLY)
    assert add(stand(GO), Result(gentle_only=True), TOMORROW) == stand(GO)
    assert add(stand(GO), Result(breath_off=True), TOMORROW).breath_off
    assert add(stand(YOUNG), GO, TOMORROW).too_young


@pytest.mark.parametrize("result", [GENTLY, SOON, ILL, YOUNG, BREATHLESS])
def test_all_that_a_full_check_says_is_kept_and_a_quick_one_without_news_takes_nothing_away(result: Result) -> None:
    standing = stand(result)
    for name in set(Standing.__struct_fields__) & set(Result.__struct_fields__):
        assert getattr(standing, name) == getattr(result, name)
    assert add(standing, GO, TODAY) == standing


def test_something_new_needs_a_clinicians_word_of_its_own() -> None:
    cleared = clear(stand(SOON), TODAY, TODAY)
    again = worsen(cleared, TOMORROW, Outcome.SEE_CLINICIAN, Urgency.SOON)
    assert (again.cleared, again.since) == (None, TOMORROW)
    assert blocks(again, TOMORROW)


def test_a_trend_can_turn_go_into_gently() -> None:
    standing = worsen(stand(GO), TOMORROW, Outcome.GO_GENTLY, advise_clinician=True)
    assert (standing.outcome, standing.advise_clinician) == (Outcome.GO_GENTLY, True)
    assert gentle_until(standing) == date(2026, 3, 17)
    assert worsen(standing, date(2026, 3, 9), Outcome.GO_GENTLY, advise_clinician=True) == standing


def test_nothing_weaker_changes_a_stop() -> None:
    for stop in (SOON, SEEN_TODAY, EMERGENCY):
        assert worsen(stand(stop), TOMORROW, Outcome.GO_GENTLY) == stand(stop)


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (EMERGENCY, ["Call your emergency number"]),
        (SEEN_TODAY, ["seen today", "When a clinician has checked this"]),
        (SOON, ["within days", "When a clinician has checked this"]),
        (
            Result(outcome=Outcome.SEE_CLINICIAN, urgency=Urgency.ROUTINE),
            ["physiotherapist first", "When a clinician has checked this"],
        ),
        (Result(outcome=Outcome.SEE_CLINICIAN, urgency=Urgency.TODAY, too_young=True), ["seen today", "under 16"]),
        (Result(outcome=Outcome.EMERGENCY, too_young=True, ask_again_on=TOMORROW), ["Call your emergency number"]),
        (YOUNG, ["under 16"]),
        (ILL, ["No session today"]),
        (GENTLY, ["Go gently", "Tell a doctor"]),
        (GO, ["Go ahead"]),
    ],
)
def test_a_standing_says_what_to_do(result: Result, words: list[str]) -> None:
    told = message(SAFETY.messages, stand(result), TODAY)
    assert len(told) == len(words)
    for sentence, word in zip(told, words, strict=True):
        assert word in sentence


def test_an_old_check_says_that_it_is_due_but_a_stop_still_stops() -> None:
    assert message(SAFETY.messages, stand(GENTLY), YEAR_LATER) == (SAFETY.messages.due,)
    assert message(SAFETY.messages, stand(EMERGENCY), YEAR_LATER) == (SAFETY.messages.emergency,)


def test_advice_is_repeated_weekly() -> None:
    standing = stand(GENTLY)
    assert advice_due(standing, None, TODAY)
    assert not advice_due(standing, TODAY, date(2026, 3, 8))
    assert advice_due(standing, TODAY, date(2026, 3, 9))
    assert not advice_due(stand(GO), None, TODAY)


def test_only_gently_has_two_weeks_of_less() -> None:
    assert gentle_until(stand(GENTLY)) == date(2026, 3, 16)
    assert gentle_until(stand(GO)) is None
    assert gentle_until(stand(SOON)) is None


def test_what_is_kept_holds_no_answer_and_survives_a_file() -> None:
    standing = clear(stand(SOON), TODAY, TODAY)
    kept = msgspec.to_builtins(standing)
    assert msgspec.convert(kept, Standing) == standing
    assert Standing(outcome=Outcome.GO, screened=TODAY, since=TODAY) == stand(GO)
    assert set(kept) == {
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
        "advised",
    }
