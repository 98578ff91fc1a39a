"""Screening records: how long they are current, when they stop a session, and what changes them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from stretch.core.errors import SafetyError, UsageError
from stretch.core.safety.checklist import Outcome, SafetyData, Urgency
from stretch.core.safety.pain import PainEntry
from stretch.core.safety.screening import CONFIRM, END, STILL, preflight
from stretch.core.safety.screening_record import (
    ScreeningRecord,
    add_statements,
    advice_due,
    causes,
    expires,
    forbids_session,
    gentle_until,
    is_current,
    read_back,
    record_clearance,
    said_by,
    status_messages,
    take_back,
)

SAFETY = msgspec.convert(
    yaml.load((Path(__file__).parents[1] / "data" / "safety.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader),
    SafetyData,
)
TODAY = date(2026, 3, 2)
TOMORROW = date(2026, 3, 3)
YEAR_LATER = date(2027, 3, 2)

Answers = dict[str, tuple[str, ...]]


def theme(name: str, *lines: str, **follow: str) -> Answers:
    """Return the answers of a check in which only one theme fits."""
    more = {question.replace("_", "-"): (choice,) for question, choice in follow.items()}
    return {"themes": (name, END), name: (*lines, END), **more, CONFIRM: ("yes",)}


GO: Answers = {"themes": (END,)}
GENTLY = theme("pain", "R23")
SOON = theme("limb", "R26")
SEE_TODAY = theme("legs", "R07")
ROUTINE = theme("health", "Q7")
EMERGENCY = theme("bladder", "R01")
ILL = theme("health", "Q8", Q8="no")
YOUNG = theme("body", "Q9b")
BREATHLESS = theme("health", "B9")


def after(record: ScreeningRecord | None, answers: Answers, day: date = TODAY) -> ScreeningRecord:
    result = preflight(SAFETY, record, answers, (), day)
    assert result.question is None
    assert result.record is not None
    return result.record


def record_after(answers: Answers, day: date = TODAY) -> ScreeningRecord:
    return after(None, answers, day)


def again(record: ScreeningRecord, answers: Answers, day: date = TOMORROW) -> ScreeningRecord:
    """Return the record after a full check that was asked for."""
    return after(msgspec.structs.replace(record, unfinished={}), {STILL: ("no",), **answers}, day)


def new_today(record: ScreeningRecord, answers: Answers, day: date = TOMORROW) -> ScreeningRecord:
    """Return the record after the answers to what is new."""
    answers = {"new" if name == "themes" else name: answer for name, answer in answers.items()}
    return after(record, {"daily": ("yes", END), **answers}, day)


@pytest.mark.parametrize(
    ("result", "blocked"),
    [(GO, False), (GENTLY, False), (SOON, True), (SEE_TODAY, True), (EMERGENCY, True), (ILL, True), (YOUNG, True)],
)
def test_outcomes_that_forbid_a_session(result: Answers, blocked: bool) -> None:
    assert forbids_session(record_after(result), TODAY) is blocked


@pytest.mark.parametrize("result", [SOON, SEE_TODAY, EMERGENCY, YOUNG])
def test_time_does_not_lift_a_stop(result: Answers) -> None:
    assert forbids_session(record_after(result), TODAY + timedelta(days=4000))


def test_illness_stops_for_a_day_and_is_asked_about_on_the_next() -> None:
    record = record_after(ILL)
    assert forbids_session(record, TODAY)
    assert not forbids_session(record, TOMORROW)
    assert preflight(SAFETY, record, {}, (), TOMORROW).question.id == "ill"
    well = after(record, {"ill": ("no",)}, TOMORROW)
    assert not forbids_session(well, TOMORROW)
    assert preflight(SAFETY, well, {}, (), TOMORROW).question is None
    still = after(record, {"ill": ("yes",), "Q8": ("no",), CONFIRM: ("yes",)}, TOMORROW)
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
    question = preflight(SAFETY, record, {}, (), today).question
    assert (question and question.id) == (None if holds else "themes")


def test_the_first_check_is_the_full_one() -> None:
    assert preflight(SAFETY, None, {}, (), TODAY).question.id == "themes"


def test_a_clearance_changes_the_outcome_to_go_gently() -> None:
    cleared = record_clearance(SAFETY, record_after(SOON), TODAY, TOMORROW)  # reported a day later
    assert (cleared.outcome, cleared.urgency, cleared.cleared) == (Outcome.GO_GENTLY, None, TODAY)
    assert cleared.tags == ("neck",)
    assert not forbids_session(cleared, TOMORROW)
    assert gentle_until(cleared) == date(2026, 3, 17)


def test_an_emergency_ends_only_with_a_new_full_check() -> None:
    with pytest.raises(SafetyError, match="full check") as caught:
        record_clearance(SAFETY, record_after(EMERGENCY), TODAY, TODAY)
    assert caught.value.exit_code == 4
    assert again(record_after(EMERGENCY), GENTLY) == record_after(GENTLY, TOMORROW)
    # A check that was begun without asking whether it is over does not end it.
    begun = msgspec.structs.replace(record_after(EMERGENCY), unfinished={})
    assert after(begun, GENTLY, TOMORROW).outcome is Outcome.EMERGENCY


@pytest.mark.parametrize(
    ("on", "words"),
    [(TOMORROW, "in the future"), (date(2025, 3, 2), "more than 12 months ago"), (date(2024, 1, 1), "12 months")],
)
def test_a_clearance_is_from_the_last_12_months(on: date, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        record_clearance(SAFETY, record_after(SOON), on, TODAY)


@pytest.mark.parametrize("result", [GO, GENTLY, YOUNG, ILL])
def test_only_see_clinician_can_be_cleared(result: Answers) -> None:
    with pytest.raises(UsageError, match="needs no clearance"):
        record_clearance(SAFETY, record_after(result), TODAY, TODAY)


def test_an_older_clearance_expires_sooner() -> None:
    assert expires(record_clearance(SAFETY, record_after(SOON), date(2025, 3, 3), TODAY)) == date(2026, 3, 3)
    assert expires(record_clearance(SAFETY, record_after(SOON), TODAY, TODAY)) == YEAR_LATER
    assert expires(record_clearance(SAFETY, record_after(SOON), date(2026, 9, 1), date(2026, 9, 1))) == YEAR_LATER


@pytest.mark.parametrize("new", [GO, GENTLY, SEE_TODAY, EMERGENCY])
@pytest.mark.parametrize("old", [GO, GENTLY, EMERGENCY])
def test_a_new_check_replaces_the_old_one(old: Answers, new: Answers) -> None:
    record, fresh = again(record_after(old), new), record_after(new, TOMORROW)
    assert (record.outcome, record.urgency, record.screened) == (fresh.outcome, fresh.urgency, TOMORROW)
    # In an emergency the questions end, and what was known of the person holds.
    kept = set(record_after(old).said or ()) if new is EMERGENCY else set()
    assert record.said is not None
    assert fresh.said is not None
    assert set(record.said) == kept | set(fresh.said)
    assert record.since == (TODAY if record.outcome is record_after(old).outcome else TOMORROW)


def test_a_cleared_outcome_is_not_carried_over() -> None:
    new = again(record_clearance(SAFETY, record_after(SOON), TODAY, TODAY), GO)
    assert msgspec.structs.replace(new, scores_from=None) == record_after(GO, TOMORROW)
    assert new.scores_from == TODAY  # scores from before the clearance still do not count


def test_what_is_new_is_added_and_does_not_postpone_the_full_check() -> None:
    record = new_today(record_after(GENTLY), SOON)
    assert (record.outcome, record.urgency) == (Outcome.SEE_CLINICIAN, Urgency.SOON)
    assert record.said == ("pain.R23", "limb.R26")
    assert (record.screened, record.since, record.asked) == (TODAY, TOMORROW, TOMORROW)
    assert not record.advise_clinician
    assert new_today(record_after(GO), BREATHLESS).breath_off
    gently = msgspec.structs.replace(record_after(GENTLY), asked=TOMORROW)
    assert new_today(record_after(GENTLY), GO) == gently


def test_a_newer_answer_replaces_the_one_to_the_same_question() -> None:
    early = record_after(theme("health", "F1", F1_signs="no", F1="early"))
    late = new_today(early, theme("health", "F1", F1_signs="no", F1="late"))
    assert (early.said, late.said) == (("health.F1", "F1.early"), ("health.F1", "F1.late"))


@pytest.mark.parametrize("answers", [GENTLY, BREATHLESS])
def test_without_an_answer_nothing_changes(answers: Answers) -> None:
    record = msgspec.structs.replace(record_after(answers), advised=TODAY)
    assert after(record, {}) == record


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (SOON, ("limb.R26",)),
        (EMERGENCY, ("bladder.R01",)),
        (ILL, ("health.Q8",)),
        (YOUNG, ("body.Q9b",)),
        (theme("chest", "Q2", Q2="other"), ("Q2.other",)),
        (theme("pain", "K3", "R23", K3_sudden="no"), ("pain.K3",)),
        (theme("pain", "R17", "R23"), ("pain.R17", "pain.R23")),
        (theme("pain", "R14", "R23"), ("pain.R14",)),
        (GENTLY, ()),
    ],
)
def test_a_stop_has_the_answers_that_caused_it(answers: Answers, said: tuple[str, ...]) -> None:
    result = preflight(SAFETY, None, answers, (), TODAY)
    assert result.causes == said
    assert result.record is not None
    assert causes(SAFETY, result.record, TODAY) == said
    assert all(read_back(SAFETY, [name]) != ("No",) for name in said)


@pytest.mark.parametrize("answers", [SOON, SEE_TODAY, ROUTINE, ILL, YOUNG, theme("pain", "K3", K3_sudden="no")])
def test_an_answer_that_is_taken_back_lifts_the_stop(answers: Answers) -> None:
    record = record_after(answers)
    assert preflight(SAFETY, record, {}, (), TODAY).causes
    asked = preflight(SAFETY, record, {STILL: ()}, (), TODAY)
    assert all(text in asked.question.text for text in read_back(SAFETY, asked.causes))
    still = preflight(SAFETY, record, {STILL: ("yes",)}, (), TODAY)
    assert (still.question, still.causes) == (None, asked.causes)
    lifted = preflight(SAFETY, record, {STILL: ("no",)}, (), TODAY)
    assert (lifted.question, lifted.causes) == (None, ())
    assert lifted.record is not None
    assert not forbids_session(lifted.record, TODAY)


def test_an_answer_that_is_taken_back_leaves_the_others() -> None:
    record = record_after(theme("limb", "R26", "R19", one_leg="checked"))
    lifted = preflight(SAFETY, record, {STILL: ("no",)}, (), TODAY).record
    assert (lifted.outcome, lifted.tags) == (Outcome.GO_GENTLY, ("sciatica",))


def test_an_emergency_that_is_taken_back_stays_until_the_check_is_answered_again() -> None:
    begun = preflight(SAFETY, record_after(EMERGENCY), {STILL: ("no",), "themes": ("body",)}, (), TOMORROW)
    assert begun.question.id == "body"
    assert begun.record.outcome is Outcome.EMERGENCY
    assert after(begun.record, {STILL: ("no",), **GO}, TOMORROW) == record_after(GO, TOMORROW)


def test_a_stop_is_confirmed_before_it_is_kept_and_an_emergency_is_not() -> None:
    for answers, name in ((SOON, CONFIRM), (ILL, CONFIRM), (YOUNG, CONFIRM), (EMERGENCY, None), (GENTLY, None)):
        asked = preflight(SAFETY, None, {key: value for key, value in answers.items() if key != CONFIRM}, (), TODAY)
        assert (asked.question and asked.question.id) == name
        assert (asked.record.unfinished is None) is (name is None)


def test_what_was_said_counts_before_the_check_is_finished() -> None:
    answers = {key: value for key, value in theme("limb", "R26").items() if key != CONFIRM}
    begun = preflight(SAFETY, None, answers, (), TODAY).record
    assert (begun.outcome, begun.tags, begun.said) == (Outcome.SEE_CLINICIAN, ("neck",), ())
    assert begun is not None
    assert forbids_session(begun, TODAY)


def test_severe_pain_was_a_slip_if_the_check_is_answered_again() -> None:
    severe = record_after(theme("pain", "K3", K3_sudden="no"))
    assert severe.severe_pain_on == TODAY
    assert again(severe, GO, TODAY).severe_pain_on is None


def test_scores_of_a_trend_that_was_taken_back_stop_no_session() -> None:
    history = (PainEntry(day=TODAY, before=3, worst=8),)
    found = preflight(SAFETY, record_after(GO), {}, history, TODAY)
    assert (found.causes, found.question) == (("T5",), None)
    lifted = preflight(SAFETY, found.record, {STILL: ("no",)}, history, TODAY)
    assert (lifted.causes, lifted.record.outcome) == ((), Outcome.GO)
    later = (*history, PainEntry(day=TOMORROW, before=3, worst=8))
    assert preflight(SAFETY, lifted.record, {}, later, TOMORROW).causes == ("T5",)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"outcome": Outcome.EMERGENCY}, ("earlier.emergency",)),
        ({"outcome": Outcome.SEE_CLINICIAN, "urgency": Urgency.TODAY}, ("earlier.today",)),
        ({"outcome": Outcome.SEE_CLINICIAN, "urgency": Urgency.SOON}, ("earlier.soon",)),
        ({"outcome": Outcome.SEE_CLINICIAN, "urgency": Urgency.ROUTINE}, ("earlier.routine",)),
        ({"outcome": Outcome.GO_GENTLY, "tags": ("disc", "knee")}, ("tag.disc", "tag.knee", "earlier.gently")),
        ({"outcome": Outcome.GO_GENTLY, "advise_clinician": True}, ("earlier.advise",)),
        ({"outcome": Outcome.GO, "breath_off": True, "tags": ("floor",)}, ("tag.floor", "health.B9")),
        ({"outcome": Outcome.GO, "too_young": True}, ("body.Q9b",)),
        ({"outcome": Outcome.GO}, ()),
    ],
)
def test_a_record_of_the_first_edition_keeps_all_that_follows_from_it(
    fields: dict[str, Any], said: tuple[str, ...]
) -> None:
    old = ScreeningRecord(screened=TODAY, since=TODAY, advised=TODAY, **fields)
    assert said_by(old) == said
    new = preflight(SAFETY, old, {}, (), TOMORROW)
    assert new.record is not None
    assert msgspec.structs.replace(new.record, said=None) == old
    assert bool(new.causes) is forbids_session(old, TOMORROW)


def test_a_statement_of_another_version_is_never_read_as_go() -> None:
    record = ScreeningRecord(outcome=Outcome.GO, screened=TODAY, since=TODAY, said=("pain.R99",))
    result = preflight(SAFETY, record, {}, (), TODAY)
    assert (result.causes, result.record.outcome) == (("pain.R99",), Outcome.SEE_CLINICIAN)


@pytest.mark.parametrize(("days", "outcome"), [(1, "SEE-CLINICIAN"), (7, "SEE-CLINICIAN"), (8, "GO"), (0, "GO")])
def test_severe_pain_on_a_second_day_of_a_week_means_to_see_a_clinician(days: int, outcome: str) -> None:
    day = TODAY - timedelta(days=days)
    record = ScreeningRecord(outcome=Outcome.GO, screened=day, since=day, severe_pain_on=day)
    severe = {STILL: ("no",), "daily": ("pain", END), "K3": ("7",), "K3-sudden": ("no",), CONFIRM: ("yes",)}
    assert after(record, severe).outcome.value == outcome


@pytest.mark.parametrize(("symptom", "question"), SAFETY.after_symptoms.items())
def test_a_symptom_is_asked_about_at_the_next_start(symptom: str, question: str) -> None:
    record = msgspec.structs.replace(record_after(GO), ask_next_time=(question,))
    asked = preflight(SAFETY, record, {}, (), TODAY).question
    assert asked.id == question
    fine: dict[str, tuple[str, ...]] = {}
    while asked is not None:
        fine[asked.id] = (END if asked.many else asked.choices[0].id,)
        asked = preflight(SAFETY, record, fine, (), TODAY).question
    assert after(record, fine) == msgspec.structs.replace(record, ask_next_time=())


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({"numb-since": ("passed",)}, Outcome.GO),
        ({"numb-since": ("elsewhere",)}, Outcome.SEE_CLINICIAN),
        ({"numb-since": ("one-leg",), "one-leg": ("pain",)}, Outcome.GO_GENTLY),
        ({"numb-since": ("one-leg",), "one-leg": ("numb",)}, Outcome.SEE_CLINICIAN),
        ({"numb-since": ("one-leg",), "one-leg": ("checked",)}, Outcome.GO_GENTLY),
    ],
)
def test_what_is_still_numb_stops_and_other_lasting_signs_go_gently(answers: Answers, outcome: Outcome) -> None:
    record = msgspec.structs.replace(record_after(GO), ask_next_time=("numb-since",))
    assert after(record, {**answers, "after-numb": (END,), CONFIRM: ("yes",)}).outcome is outcome


@pytest.mark.parametrize("since", ["passed", "one-leg", "elsewhere"])
def test_an_emergency_after_a_numb_session_counts_whatever_else_is_said(since: str) -> None:
    record = msgspec.structs.replace(record_after(GO), ask_next_time=("numb-since",))
    signs = {"numb-since": (since,), "one-leg": ("checked",), "after-numb": ("R02",)}
    assert preflight(SAFETY, record, signs, (), TODAY).record.outcome is Outcome.EMERGENCY


def test_a_numb_session_is_followed_by_the_signs_that_matter() -> None:
    lines = [choice.line or choice.id for choice in SAFETY.question("after-numb").choices]
    assert lines == ["R01", "R02", "R03", "R04", "R05", "R07", "R19", "R26"]


def test_a_new_finding_needs_a_new_clearance() -> None:
    cleared = record_clearance(SAFETY, record_after(SOON), TODAY, TODAY)
    found = add_statements(SAFETY, cleared, ["T4"], TOMORROW)
    assert (found.cleared, found.since) == (None, TOMORROW)
    assert forbids_session(found, TOMORROW)


def test_a_trend_can_change_go_to_go_gently() -> None:
    record = add_statements(SAFETY, record_after(GO), ["T2"], TOMORROW)
    assert (record.outcome, record.advise_clinician) == (Outcome.GO_GENTLY, True)
    assert gentle_until(record) == date(2026, 3, 17)
    assert add_statements(SAFETY, record, ["T2"], date(2026, 3, 9)) == record


def test_a_weaker_finding_does_not_change_a_stop() -> None:
    for stop in (SOON, SEE_TODAY, EMERGENCY):
        new, old = add_statements(SAFETY, record_after(stop), ["T2"], TOMORROW), record_after(stop)
        assert (new.outcome, new.urgency, new.since) == (old.outcome, old.urgency, old.since)


def test_signs_that_are_serious_only_together_are_cleared_together() -> None:
    record = record_after(theme("pain", "R17", "R23"))
    assert record.outcome is Outcome.SEE_CLINICIAN
    cleared = record_clearance(SAFETY, record, TODAY, TODAY)
    assert (cleared.outcome, cleared.tags) == (Outcome.GO_GENTLY, ("disc",))
    assert take_back(SAFETY, record, causes(SAFETY, record, TODAY), TODAY).outcome is Outcome.GO


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (EMERGENCY, ["Call your emergency number"]),
        (SEE_TODAY, ["seen today", "says that gentle exercise is fine"]),
        (SOON, ["within days", "says that gentle exercise is fine"]),
        (ROUTINE, ["physiotherapist first", "says that gentle exercise is fine"]),
        ({**SEE_TODAY, "themes": ("legs", "body", END), "body": ("Q9b", END)}, ["seen today", "under 16"]),
        ({**EMERGENCY, "themes": ("body", "bladder", END), "body": ("Q9b", END)}, ["Call your emergency number"]),
        (YOUNG, ["under 16"]),
        (ILL, ["No session today"]),
        (GENTLY, ["Go gently", "Tell a doctor"]),
        (GO, ["You can start"]),
    ],
)
def test_status_messages_for_each_outcome(result: Answers, words: list[str]) -> None:
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


def test_a_record_has_only_what_stops_or_shapes_and_survives_json() -> None:
    answers = {**SOON, "themes": ("limb", "health", END), "health": ("Q5", END), "Q5": (END,)}
    record = record_clearance(SAFETY, record_after(answers), TODAY, TODAY)
    data = msgspec.to_builtins(record)
    assert msgspec.convert(data, ScreeningRecord) == record
    assert record.said == ("tag.neck", "earlier.gently")
    assert record_after(answers).said == ("limb.R26",)
    assert set(data) == {
        "outcome", "screened", "since", "urgency", "tags", "cleared", "advise_clinician", "breath_off", "ask_again_on",
        "too_young", "severe_pain_on", "asked", "advised", "said", "unfinished", "ask_next_time", "pain", "pain_on",
        "scores_from",
    }  # fmt: skip
