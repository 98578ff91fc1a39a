"""Outcome of every rule of the safety questions, by tables that are written by hand."""

from __future__ import annotations

import itertools
from collections.abc import Container, Mapping
from datetime import date
from pathlib import Path

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from stretch.core.safety.checklist import Outcome, SafetyData, Urgency, severity, strongest
from stretch.core.safety.screening import CONFIRM, END, pain_limits, preflight, unfinished_answers
from stretch.core.safety.screening_record import PreflightResult, ScreeningRecord
from support import for_each

SAFETY = msgspec.convert(
    yaml.load((Path(__file__).parents[1] / "data" / "safety.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader),
    SafetyData,
)
TODAY = date(2026, 3, 2)

Script = Mapping[str, str]

GO, GENTLY, EMERGENCY = (Outcome.GO, None), (Outcome.GO_GENTLY, None), (Outcome.EMERGENCY, None)
SEE_TODAY = (Outcome.SEE_CLINICIAN, Urgency.TODAY)
SOON = (Outcome.SEE_CLINICIAN, Urgency.SOON)
ROUTINE = (Outcome.SEE_CLINICIAN, Urgency.ROUTINE)


HEALTHY = ScreeningRecord(outcome=Outcome.GO, screened=TODAY, since=TODAY)
"""Record of a person who can be asked only what is new."""


def ask(answers: Mapping[str, tuple[str, ...]], record: ScreeningRecord | None = None) -> PreflightResult:
    return preflight(SAFETY, record, answers, (), TODAY)


def answered(script: Script, record: ScreeningRecord | None = None) -> dict[str, tuple[str, ...]]:
    """Return the answers of a person who is asked one question after another and chooses only what *script* says.

    A follow-up that the script does not foresee is an error, and so is an answer nobody asked for.
    """
    left = dict(script)
    answers: dict[str, tuple[str, ...]] = {"daily": (left.pop("daily", "no"), END)} if record else {}
    while question := ask(answers, record).question:
        end = (END,) if question.many else ()
        if question.id == CONFIRM:
            answers[CONFIRM] = ("yes",)
        elif question.id in ("themes", "new"):
            answers[question.id] = (*themes_of(left), *end)
        elif question.id in left:
            answers[question.id] = (*left.pop(question.id).split(), *end)
        else:
            assert question.default, f"not foreseen: {question.id}"
            answers[question.id] = (question.default,)
    assert not left, f"never asked: {left}"
    return answers


def themes_of(answers: Container[str]) -> tuple[str, ...]:
    """Return the themes of the first screen that have an answer in *answers*."""
    (themes,) = [question for question in SAFETY.questions if question.id == "themes"]
    return tuple(choice.id for choice in themes.choices if choice.id in answers)


def check_in_full(**script: str) -> PreflightResult:
    """Return the result of the full check; an underscore in a name stands for the hyphen of a question id."""
    return ask(answered(named(script)))


def check(**script: str) -> ScreeningRecord:
    record = check_in_full(**script).record
    assert record is not None
    return record


def quick(**script: str) -> PreflightResult:
    return ask(answered(named(script), HEALTHY), HEALTHY)


def named(script: Script) -> Script:
    return {name.replace("_", "-"): picks for name, picks in script.items()}


ROWS: list[tuple[str, dict[str, str], tuple[Outcome, Urgency | None], str]] = [
    # R01-R26: the row, what is answered, outcome, tags
    ("R01", {"bladder": "R01"}, EMERGENCY, ""),
    ("R02", {"bladder": "R02"}, EMERGENCY, ""),
    ("R03", {"bladder": "R03"}, EMERGENCY, ""),
    ("R04", {"bladder": "R04"}, EMERGENCY, ""),
    ("R05", {"legs": "R05"}, EMERGENCY, ""),
    ("R06", {"legs": "R06"}, EMERGENCY, ""),
    ("R07", {"legs": "R07"}, SEE_TODAY, ""),
    ("R08", {"chest": "R08"}, EMERGENCY, ""),
    ("R09", {"sudden": "R09"}, EMERGENCY, ""),
    ("R10", {"sudden": "R10"}, EMERGENCY, ""),
    ("R11", {"unwell": "R11", "R11_now": "no"}, SEE_TODAY, ""),
    ("R11 confused, mottled, breathless, collapsing", {"unwell": "R11", "R11_now": "yes"}, EMERGENCY, ""),
    ("R12", {"unwell": "R12", "R12_now": "no"}, SEE_TODAY, ""),
    ("R12 with weakness", {"unwell": "R12", "R12_now": "yes"}, EMERGENCY, ""),
    ("R13", {"unwell": "R13"}, SOON, ""),
    ("R14", {"pain": "R14"}, SOON, ""),
    ("R15", {"unwell": "R15"}, SOON, ""),
    ("R16", {"pain": "R16"}, SOON, ""),
    ("R17 alone", {"pain": "R17"}, GENTLY, "disc"),
    ("R17 with R23", {"pain": "R17 R23"}, SOON, "disc"),
    ("R17 with pain down one leg", {"pain": "R17", "limb": "R19", "one_leg": "pain"}, SOON, "disc sciatica"),
    ("R17 with R21", {"pain": "R17", "body": "R21"}, SOON, "disc"),
    ("R17 with a condition", {"pain": "R17", "body": "F2"}, GENTLY, "disc osteoporosis"),
    ("R18", {"sudden": "R18"}, SEE_TODAY, ""),
    ("R19 pain only", {"limb": "R19", "one_leg": "pain"}, GENTLY, "sciatica"),
    ("R19 numb or getting worse", {"limb": "R19", "one_leg": "numb"}, SOON, "sciatica"),
    ("R19 checked and stable", {"limb": "R19", "one_leg": "checked"}, GENTLY, "sciatica"),
    ("R20", {"limb": "R20", "R20_now": "no"}, SEE_TODAY, ""),
    ("R20 breathless or chest pain", {"limb": "R20", "R20_now": "yes"}, EMERGENCY, ""),
    ("R20 the same, in another theme", {"chest": "R20b"}, EMERGENCY, ""),
    ("R21 alone", {"body": "R21"}, GENTLY, ""),
    ("R21 with R13", {"body": "R21", "unwell": "R13"}, SOON, ""),
    ("R21 with R23", {"body": "R21", "pain": "R23"}, SOON, ""),
    ("R21 with R07", {"body": "R21", "legs": "R07"}, SEE_TODAY, ""),
    ("R21 with R19", {"body": "R21", "limb": "R19", "one_leg": "pain"}, SOON, "sciatica"),
    ("R21 with a checked leg", {"body": "R21", "limb": "R19", "one_leg": "checked"}, GENTLY, "sciatica"),
    ("R21 with a condition", {"body": "R21 F2"}, GENTLY, "osteoporosis"),
    ("R22", {"unwell": "R22"}, SEE_TODAY, ""),
    ("R23", {"pain": "R23"}, GENTLY, ""),
    ("R24", {"chest": "R24"}, EMERGENCY, ""),
    ("R24 one side, or headache", {"chest": "R24b"}, EMERGENCY, ""),
    ("R25", {"limb": "R25"}, SEE_TODAY, "neck"),
    ("R26", {"limb": "R26"}, SOON, "neck"),
    # Q1-Q9
    ("Q1 stable", {"health": "Q1", "Q1": "stable"}, GENTLY, "head-down"),
    ("Q1 unstable", {"health": "Q1", "Q1": "unstable"}, ROUTINE, "head-down"),
    ("Q1 not sure", {"health": "Q1", "Q1": "unsure"}, GENTLY, "head-down"),
    ("Q2 now or new", {"chest": "Q2", "Q2": "new"}, EMERGENCY, ""),
    ("Q2 known and stable", {"chest": "Q2", "Q2": "stable"}, ROUTINE, ""),
    ("Q2 otherwise", {"chest": "Q2", "Q2": "other"}, SOON, ""),
    ("Q3 blackout", {"chest": "Q3", "Q3": "blackout"}, SOON, "balance head-down"),
    ("Q3 not looked into", {"chest": "Q3", "Q3": "unchecked"}, SOON, "balance head-down"),
    ("Q3 looked into", {"chest": "Q3", "Q3": "checked"}, GENTLY, "balance head-down"),
    ("Q4 controlled", {"health": "Q4", "Q4": "yes", "Q4_kind": ""}, GENTLY, ""),
    ("Q4 not controlled", {"health": "Q4", "Q4": "no", "Q4_kind": ""}, GENTLY, ""),
    ("Q4 cancer", {"health": "Q4", "Q4": "yes", "Q4_kind": "cancer", "R12_pain": "no"}, GENTLY, ""),
    (
        "Q4 cancer, R12",
        {"health": "Q4", "Q4": "yes", "Q4_kind": "cancer", "R12_pain": "yes", "R12_now": "no"},
        SEE_TODAY,
        "",
    ),
    (
        "Q4 cancer, R12 with weakness",
        {"health": "Q4", "Q4": "yes", "Q4_kind": "cancer", "R12_pain": "yes", "R12_now": "yes"},
        EMERGENCY,
        "",
    ),
    ("Q5", {"health": "Q5", "Q5": ""}, GO, ""),
    ("Q5 steroids", {"health": "Q5", "Q5": "steroids"}, GENTLY, "osteoporosis"),
    ("Q5 dizzy", {"health": "Q5", "Q5": "dizzy"}, GENTLY, "balance"),
    ("Q6", {"body": "Q6", "joints": ""}, GENTLY, ""),
    ("Q7", {"health": "Q7"}, ROUTINE, ""),
    ("Q8", {"health": "Q8", "Q8": "no"}, GO, ""),
    ("Q8 fever with pain", {"health": "Q8", "Q8": "yes", "R11_now": "no"}, SEE_TODAY, ""),
    ("Q8 fever with pain, R11", {"health": "Q8", "Q8": "yes", "R11_now": "yes"}, EMERGENCY, ""),
    ("Q9 65+", {"body": "Q9"}, GO, "older-adult"),
    ("Q9 under 16", {"body": "Q9b"}, GO, ""),
    # F1-F16
    ("F1 pregnant", {"health": "F1", "F1_signs": "no", "F1": "early"}, GENTLY, "pregnancy"),
    ("F1 pregnant, late", {"health": "F1", "F1_signs": "no", "F1": "late"}, GENTLY, "pregnancy"),
    ("F1 birth", {"health": "F1", "F1_signs": "no", "F1": "birth"}, GENTLY, "pregnancy"),
    ("F1 birth, cleared", {"health": "F1", "F1_signs": "no", "F1": "cleared"}, GENTLY, ""),
    ("F1 signs", {"health": "F1", "F1_signs": "yes", "F1": "early"}, SEE_TODAY, "pregnancy"),
    ("F2", {"body": "F2"}, GENTLY, "osteoporosis"),
    ("F3", {"body": "Q6", "joints": "F3"}, GENTLY, "knee"),
    ("F4", {"body": "Q6", "joints": "F4"}, GENTLY, "hip"),
    ("F4 hip replacement at any time", {"health": "F13b", "F13b": "hip"}, GENTLY, "hip"),
    ("F5", {"body": "Q6", "joints": "F5"}, GENTLY, "ankle"),
    ("F6", {"body": "Q6", "joints": "F6"}, GENTLY, "shoulder"),
    ("F7", {"body": "Q6", "joints": "F7"}, GENTLY, "wrist"),
    ("F8", {"body": "Q6", "joints": "F8"}, GENTLY, "neck"),
    ("F3-F8", {"body": "Q6", "joints": "F3 F4 F5 F6 F7 F8"}, GENTLY, "ankle hip knee neck shoulder wrist"),
    ("F9", {"body": "F9"}, GENTLY, "disc"),
    ("F10", {"body": "F10"}, GENTLY, "stenosis"),
    ("F11 checked", {"limb": "R19", "one_leg": "checked"}, GENTLY, "sciatica"),
    ("F12", {"health": "F12", "F12": "no"}, GENTLY, "head-down"),
    ("F12 uncontrolled pressure, Q1", {"health": "F12", "F12": "yes"}, ROUTINE, "head-down"),
    ("F12 pressure not known", {"health": "F12", "F12": "unsure"}, GENTLY, "head-down"),
    ("F13 cleared", {"health": "F13", "F13": "yes"}, GENTLY, "recent-surgery"),
    ("F13 not cleared", {"health": "F13", "F13": "no"}, ROUTINE, "recent-surgery"),
    ("F13 back surgery at any time", {"health": "F13b", "F13b": "back"}, GO, ""),
    ("F14", {"body": "F14"}, GENTLY, "balance"),
    ("F15", {"body": "F15"}, GENTLY, "hypermobility"),
    ("F16", {"body": "F16"}, GO, "floor"),
    # severe pain, rules K3, T5b and T7
    ("K3", {"pain": "K3", "K3_sudden": "no"}, GO, ""),
    ("K3 worst or strangest ever", {"pain": "K3", "K3_sudden": "yes"}, SEE_TODAY, ""),
    ("T7", {"pain": "T7"}, SOON, ""),
    # breath rule B9
    ("B9", {"health": "B9"}, GO, ""),
]


@for_each("row, script, outcome, tags", ROWS)
def test_each_rule_has_its_outcome(
    row: str, script: dict[str, str], outcome: tuple[Outcome, Urgency | None], tags: str
) -> None:
    result = check(**script)
    assert (result.outcome, result.urgency) == outcome
    assert result.tags == tuple(tags.split())


def test_every_rule_is_covered() -> None:
    walked = {row[0].split()[0] for row in ROWS}
    rows = [f"R{n:02}" for n in range(1, 27)] + [f"Q{n}" for n in range(1, 10)] + [f"F{n}" for n in range(1, 17)]
    assert set(rows) <= walked


@pytest.mark.slow
def test_the_stronger_of_two_outcomes_wins() -> None:
    single = {question.id for question in SAFETY.questions if not question.many}
    alone = [row for row in ROWS if not row[0].startswith(("R21", "R17"))]
    tried = 0
    for one, other in itertools.combinations(alone, 2):
        first, second = named(one[1]), named(other[1])
        shared = first.keys() & second.keys()
        if any(first[name] != second[name] for name in shared & single):
            continue  # two halves of one question
        both = {**first, **second, **{name: f"{first[name]} {second[name]}" for name in shared - single}}
        answers = {name: (*picks.split(), *([] if name in single else [END])) for name, picks in both.items()}
        result = ask({"themes": (*themes_of(answers), END), **answers, CONFIRM: ("yes",)}).record
        assert (result.outcome, result.urgency) == strongest(one[2], other[2]), (one[0], other[0])
        tried += 1
    assert tried > 2000


def test_a_healthy_person_answers_one_question() -> None:
    answers = answered({})
    assert list(answers) == ["themes"]
    result = ask(answers)
    assert result.record == ScreeningRecord(outcome=Outcome.GO, since=TODAY, screened=TODAY, asked=TODAY, said=())
    assert (result.causes, result.notes, result.gentle_only, result.half_dose) == ((), (), False, False)


def test_an_emergency_sign_ends_the_questions() -> None:
    assert ask({}).question.id == "themes"
    for theme, sign in (("bladder", "R01"), ("legs", "R06"), ("chest", "R24b")):
        result = ask({"themes": (theme, "health"), theme: (sign,)})
        assert (result.question, result.causes) == (None, (f"{theme}.{sign}",))
        assert result.record.outcome is Outcome.EMERGENCY
    assert list(answered({"chest": "Q2", "Q2": "new"})) == ["themes", "chest", "Q2"]
    answers = {"themes": ("unwell", "limb"), "unwell": ("R11",)}
    assert ask(answers).question.id == "R11-now"
    assert ask({**answers, "R11-now": ("yes",)}).question is None


def test_an_emergency_has_no_notes_and_no_advice() -> None:
    result = check_in_full(limb="R20", pain="R23", R20_now="yes")
    assert (result.record.outcome, result.notes, result.record.advise_clinician) == (Outcome.EMERGENCY, (), False)


def test_follow_up_questions_come_next() -> None:
    script = {
        "unwell": "R11",
        "R11-now": "no",
        "limb": "R20",
        "R20-now": "no",
        "health": "Q4 F13",
        "Q4": "yes",
        "Q4-kind": "cancer",
        "R12-pain": "yes",
        "R12-now": "no",
        "F13": "yes",
    }
    asked = list(answered(script))
    assert asked[:6] == ["themes", "unwell", "R11-now", "limb", "R20-now", "health"]
    assert asked[6:] == ["Q4", "Q4-kind", "R12-pain", "R12-now", "F13", CONFIRM]


@pytest.mark.parametrize(
    ("script", "once"),
    [
        ({"unwell": "R12", "R12-now": "no", "health": "Q4", "Q4": "yes", "Q4-kind": "cancer"}, "R12-now"),
        ({"unwell": "R11", "R11-now": "no", "health": "Q8"}, "R11-now"),
    ],
)
def test_a_known_sign_is_not_asked_again(script: Script, once: str) -> None:
    assert list(answered(script)).count(once) == 1


@pytest.mark.parametrize(
    ("answers", "next_one"),
    [
        ({}, "themes"),
        ({"themes": ()}, "themes"),
        ({"themes": ("limb",)}, "limb"),
        ({"themes": ("limb", END)}, "limb"),
        ({"themes": ("limb",), "limb": ("R19",)}, "one-leg"),
        ({"themes": ("limb",), "limb": ("R19",), "one-leg": ("pain",)}, "limb"),
        ({"themes": ("limb",), "limb": ("R19", END), "one-leg": ("pain",)}, "themes"),
        ({"themes": ("chest",), "chest": ("Q2",), "Q2": ()}, "Q2"),
        ({"themes": ("chest",), "chest": ("Q2",), "Q2": ("stable", "other")}, "Q2"),
        ({"themes": ("legs", END), "legs": ("R07", END)}, CONFIRM),
        ({"themes": ("legs", END), "legs": ("R07", END), CONFIRM: ("no",)}, CONFIRM),
    ],
)
def test_what_follows_from_a_choice_is_asked_before_more_choices(
    answers: dict[str, tuple[str, ...]], next_one: str
) -> None:
    assert ask(answers).question.id == next_one


def test_an_answer_to_a_question_that_does_not_follow_is_ignored() -> None:
    answers = {**answered({}), "Q2": ("new",)}
    assert ask(answers).record.outcome is Outcome.GO


@pytest.mark.parametrize(
    ("script", "advised"),
    [
        ({"body": "R21"}, True),
        ({"pain": "R23"}, True),
        ({"pain": "R17"}, True),
        ({"limb": "R19", "one_leg": "pain"}, True),
        ({"limb": "R19", "one_leg": "checked"}, False),
        ({"health": "Q1", "Q1": "unsure"}, True),
        ({"health": "Q1", "Q1": "stable"}, False),
        ({"health": "Q4", "Q4": "no", "Q4_kind": ""}, True),
        ({"health": "F12", "F12": "unsure"}, True),
        ({"body": "R21", "pain": "R23"}, False),  # SEE-CLINICIAN: the advice is in it
        ({"pain": "R23 R14"}, False),
        ({"body": "F2"}, False),
        ({}, False),
    ],
)
def test_advice_to_tell_a_clinician_comes_only_with_a_session(script: dict[str, str], advised: bool) -> None:
    assert check(**script).advise_clinician is advised


@pytest.mark.parametrize(
    "script",
    [
        {"health": "B9"},
        {"health": "F1", "F1_signs": "no", "F1": "late"},
        {"health": "Q4", "Q4": "yes", "Q4_kind": "lungs"},
    ],
)
def test_breath_counting_is_turned_off_by_rule_b9(script: dict[str, str]) -> None:
    result = check_in_full(**script)
    assert result.record.breath_off
    assert result.notes[0] == "Breath counting is off. Breathe as you like."


def test_breath_counting_stays_on_otherwise() -> None:
    for _, script, _, _ in ROWS:
        late = script.get("F1") == "late"
        assert check(**script).breath_off == (late or script.get("health") == "B9")


@pytest.mark.parametrize(
    ("script", "note"),
    [
        ({"limb": "R20", "R20_now": "no"}, "Do not stretch or rub that leg."),
        ({"health": "F1", "F1_signs": "yes", "F1": "early"}, "Call your maternity unit now."),
        ({"health": "F13b", "F13b": "back"}, "Ask your surgeon or physiotherapist once before you do low-back"),
        ({"health": "F13b", "F13b": "hip"}, "Ask your surgeon or physiotherapist once before you do low-back"),
        ({"health": "F13b", "F13b": "back hip"}, "Ask your surgeon or physiotherapist once before you do low-back"),
        ({"health": "F13", "F13": "yes"}, "The exercise sheet of your surgical team comes first."),
        ({"health": "Q5", "Q5": ""}, "Get up slowly."),
    ],
)
def test_a_note_is_shown_once(script: dict[str, str], note: str) -> None:
    shown = [text for text in check_in_full(**script).notes if text not in (SAFETY.messages.gently,)]
    assert len(shown) == 1
    assert shown[0].startswith(note)


def test_illness_means_asking_again_tomorrow() -> None:
    assert check(health="Q8", Q8="no").ask_again_on == date(2026, 3, 3)
    assert check(health="Q8", Q8="yes", R11_now="no").ask_again_on is None
    answers = answered({"health": "Q8", "Q8": "no"})
    assert preflight(SAFETY, None, answers, (), date(2026, 12, 31)).record.ask_again_on == date(2027, 1, 1)


def test_only_under_16_is_too_young() -> None:
    assert [row[0] for row in ROWS if check(**row[1]).too_young] == ["Q9 under 16"]


# -- the question under each plan


DAILY_ROWS: list[tuple[str, dict[str, str], tuple[Outcome, Urgency | None], bool]] = [
    # the row, what is answered, outcome, gentle stretches only
    ("nothing new", {}, GO, False),
    ("y, then nothing", {"daily": "yes"}, GO, False),
    ("y, then a change of health", {"daily": "yes", "body": "F9"}, GENTLY, False),
    ("y, then ill", {"daily": "yes", "health": "Q8", "Q8": "no"}, GO, False),
    ("y, then R01", {"daily": "yes", "bladder": "R01"}, EMERGENCY, False),
    ("y, then R09", {"daily": "yes", "sudden": "R09"}, EMERGENCY, False),
    ("y, then R07", {"daily": "yes", "legs": "R07"}, SEE_TODAY, False),
    ("y, then R11", {"daily": "yes", "unwell": "R11", "R11_now": "no"}, SEE_TODAY, False),
    ("y, then R11 in full", {"daily": "yes", "unwell": "R11", "R11_now": "yes"}, EMERGENCY, False),
    ("y, then Q2", {"daily": "yes", "chest": "Q2", "Q2": "other"}, SOON, False),
    ("y, then R21", {"daily": "yes", "body": "R21"}, GENTLY, False),
    ("K3 skipped", {"daily": "pain", "K3": "skipped"}, GO, False),
    ("K3 0", {"daily": "pain", "K3": "0"}, GO, False),
    ("K3 1", {"daily": "pain", "K3": "1"}, GO, False),
    ("K3 3", {"daily": "pain", "K3": "3"}, GO, False),
    ("K3 4", {"daily": "pain", "K3": "4", "K3_spread": "back"}, GO, True),
    ("K3 6", {"daily": "pain", "K3": "6", "K3_spread": "thigh"}, GO, True),
    ("K3 7, worst or strangest", {"daily": "pain", "K3": "7", "K3_sudden": "yes"}, SEE_TODAY, False),
    ("K3 7", {"daily": "pain", "K3": "7", "K3_sudden": "no"}, GO, False),
    ("K3 10", {"daily": "pain", "K3": "10", "K3_sudden": "no"}, GO, False),
]


@pytest.mark.parametrize(("script", "outcome", "gentle"), [pytest.param(*row[1:], id=row[0]) for row in DAILY_ROWS])
def test_each_answer_under_the_plan_has_its_outcome(
    script: dict[str, str], outcome: tuple[Outcome, Urgency | None], gentle: bool
) -> None:
    result = quick(**script)
    assert (result.record.outcome, result.record.urgency, result.gentle_only) == (*outcome, gentle)
    assert (result.record.severe_pain_on == TODAY) is (script.get("K3") in ("7", "10"))


def test_gentle_only_has_a_note_and_changes_no_outcome() -> None:
    result = quick(daily="pain", K3="4", K3_spread="skipped")
    assert result.notes == (
        "Gentle stretches only today.",
        "Your pain today is 4: ease off when it reaches 5, stop a stretch at 6.",
    )
    assert (result.pain, result.spread, result.record.outcome) == (4, None, Outcome.GO)


def test_less_pain_the_same_day_takes_back_gentle_only() -> None:
    first = quick(daily="pain", K3="5", K3_spread="back")
    assert first.gentle_only
    for record, answers in ((HEALTHY, first.answers), (first.record, {"daily": ("pain", END)})):
        less = preflight(SAFETY, record, {**answers, "K3": ("2",)}, (), TODAY)
        assert (less.gentle_only, less.pain) == (False, 2)


def test_pain_alone_does_not_answer_what_is_new() -> None:
    assert quick(daily="pain", K3="2").record.asked is None
    assert quick(daily="yes").record.asked == TODAY


def test_gentle_only_still_holds_after_something_new() -> None:
    pain = {"K3": ("5",), "K3-spread": ("back",)}
    both = ask({"daily": ("pain", "yes", END), **pain, "new": ("body", END), "body": ("F9", END)}, HEALTHY)
    assert (both.question, both.gentle_only, both.record.tags) == (None, True, ("disc",))


def test_gentle_only_holds_for_the_day() -> None:
    record = quick(daily="pain", K3="5", K3_spread="back").record
    for day, gentle in ((TODAY, True), (date(2026, 3, 3), False)):
        later = preflight(SAFETY, record, {}, (), day)
        assert (later.gentle_only, later.pain) == (gentle, None)


def test_nothing_new_is_one_question() -> None:
    assert list(answered({}, HEALTHY)) == ["daily"]
    result = quick()
    assert result.record == msgspec.structs.replace(HEALTHY, asked=TODAY, said=())
    assert (result.notes, result.causes) == ((), ())


def test_without_anything_due_nothing_is_asked() -> None:
    result = ask({}, HEALTHY)
    assert (result.question, result.causes, result.record.outcome) == (None, (), Outcome.GO)


def test_something_new_asks_about_the_themes() -> None:
    assert list(answered({"daily": "yes"}, HEALTHY)) == ["daily", "new"]


def test_yesterdays_illness_is_asked_about() -> None:
    ill = msgspec.structs.replace(HEALTHY, ask_again_on=TODAY)
    assert ask({}, ill).question.id == "ill"
    assert ask({"ill": ("no",)}, ill).record.ask_again_on is None
    again = ask({"ill": ("yes",), "Q8": ("no",), CONFIRM: ("yes",)}, ill)
    assert (again.record.ask_again_on, again.causes) == (date(2026, 3, 3), ("health.Q8",))


# -- pain limits, rule D6


@pytest.mark.parametrize(
    ("start", "limits"),
    [
        (0, (4, 6)),
        (1, (4, 6)),
        (2, (4, 6)),
        (3, (4, 6)),
        (4, (5, 6)),
        (5, (6, 7)),
        (6, (7, 7)),
        (7, (7, 7)),
        (10, (7, 7)),
    ],
)
def test_pain_limits_depend_on_the_starting_pain(start: int, limits: tuple[int, int]) -> None:
    assert pain_limits(start) == limits


# -- any answers


@st.composite
def any_answers(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    """Any answers to the full check."""
    answers: dict[str, tuple[str, ...]] = {}
    while question := ask(answers).question:
        ids = [choice.id for choice in question.choices]
        if question.id == CONFIRM:
            answers[CONFIRM] = ("yes",)
        elif question.many:
            answers[question.id] = (*draw(st.lists(st.sampled_from(ids), unique=True, max_size=4)), END)
        else:
            answers[question.id] = (draw(st.sampled_from(ids)),)
    return answers


@given(any_answers())
def test_any_answers_give_the_strongest_outcome(answers: dict[str, tuple[str, ...]]) -> None:
    result = ask(answers)
    record = result.record
    picked = [
        choice
        for name, ids in answers.items()
        if name != CONFIRM
        for choice in SAFETY.question(name).choices
        if choice.id in ids
    ]
    given = [(choice.outcome, choice.urgency) for choice in picked if choice.outcome]
    assert severity(record.outcome, record.urgency) >= severity(*strongest(*given))
    assert (record.urgency is not None) == (record.outcome is Outcome.SEE_CLINICIAN)
    assert set(record.tags) == {tag for choice in picked for tag in choice.tags}
    assert bool(result.causes) >= record.outcome.stops
    if set(answers.get("bladder", ())) - {END}:
        assert record.outcome is Outcome.EMERGENCY


def test_answers_of_another_version_or_about_the_pain_of_another_day_are_asked_again() -> None:
    answers = {"themes": ("unwell", END), "unwell": ("R99",), "old": (END,), "older": ("yes",), CONFIRM: ("yes",)}
    pain = {"daily": ("pain", END), "K3": ("8",), "K3-sudden": ("no",)}
    record = msgspec.structs.replace(HEALTHY, unfinished={**answers, **pain}, pain=8, pain_on=TODAY)
    kept = {"themes": ("unwell", END), "old": (END,), CONFIRM: ("yes",)}
    assert unfinished_answers(SAFETY, record, TODAY) == {**kept, **pain}
    later = unfinished_answers(SAFETY, record, date(2026, 3, 3))
    assert later == {**kept, "daily": ("pain", END), "K3-sudden": ("no",)}
    assert preflight(SAFETY, record, later, (), date(2026, 3, 3)).question.id == "unwell"
    assert unfinished_answers(SAFETY, None, TODAY) == {}


def test_pain_that_was_said_before_the_window_closed_stops_a_session_without_questions() -> None:
    cut_off = ask({"daily": ("pain", END), "K3": ("8",)}, HEALTHY)
    assert cut_off.question.id == "K3-sudden"
    again = ask(unfinished_answers(SAFETY, cut_off.record, TODAY), cut_off.record)
    assert again.causes == ("pain.K3",)


@given(any_answers(), st.data())
def test_answers_that_are_cut_off_are_kept_and_lead_to_the_same_end(
    answers: dict[str, tuple[str, ...]], data: st.DataObject
) -> None:
    count = data.draw(st.integers(0, len(answers)))
    begun = ask(dict(list(answers.items())[:count]))
    if begun.question is None:
        return
    stored = msgspec.json.decode(msgspec.json.encode(begun.record), type=ScreeningRecord)
    assert stored.unfinished is not None
    assert ask(stored.unfinished, stored).question == begun.question
    rest = {**stored.unfinished, **answers}
    assert ask(rest, stored).record == ask(answers).record
