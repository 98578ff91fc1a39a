"""`data/safety.yaml`: complete, consistent and readable."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from stretch.core.safety.checklist import ChecklistLine, Choice, Outcome, Question, SafetyData, Urgency, strongest
from stretch.core.safety.pain import MEANINGFUL, SEVERE, SIX_WEEKS, TWO_WEEKS
from stretch.core.safety.screening import EASE_OFF, MAX_STOP, STOP, pain_limits

DATA = Path(__file__).parents[1] / "data"

E, S, G = "EMERGENCY", "SEE-CLINICIAN", "GO-GENTLY"

CHECKLIST = {
    "R01": (E, None),
    "R02": (E, None),
    "R03": (E, None),
    "R04": (E, None),
    "R05": (E, None),
    "R06": (E, None),
    "R07": (S, "today"),
    "R08": (E, None),
    "R09": (E, None),
    "R10": (E, None),
    "R11": (S, "today"),
    "R11b": (E, None),
    "R12": (S, "today"),
    "R12b": (E, None),
    "R13": (S, "soon"),
    "R14": (S, "soon"),
    "R15": (S, "soon"),
    "R16": (S, "soon"),
    "R17": (G, None),
    "R17b": (S, "soon"),
    "R18": (S, "today"),
    "R19": (G, None),
    "R19b": (S, "soon"),
    "R20": (S, "today"),
    "R20b": (E, None),
    "R21": (G, None),
    "R21b": (S, "soon"),
    "R22": (S, "today"),
    "R23": (G, None),
    "R24": (E, None),
    "R24b": (E, None),
    "R25": (S, "today"),
    "R26": (S, "soon"),
    "Q1": (S, "routine"),
    "Q2": (E, None),
    "Q2b": (S, "routine"),
    "Q2c": (S, "soon"),
    "Q3": (S, "soon"),
    "Q4": (G, None),
    "Q7": (S, "routine"),
    "Q8": (None, None),
    "Q9": (None, None),
    "F1": (S, "today"),
    "F13": (S, "routine"),
    "T1b": (G, None),
    "T2": (G, None),
    "T3": (G, None),
    "T4": (S, "soon"),
    "T5": (S, "soon"),
    "T5b": (S, "today"),
    "T6": (S, "soon"),
    "T7": (S, "soon"),
    "ST1": (None, None),
    "ST2": (None, None),
    "ST3": (None, None),
    "ST4": (None, None),
    "ST5": (None, None),
    "ST6": (None, None),
    "ST6b": (E, None),
    "ST7": (S, "soon"),
    "ST8": (E, None),
    **dict.fromkeys(["RB18a", "RB18b", "RB18c", "RB18d", "RB18e", "RB18f", "RB2", "RB7"], (None, None)),
    **dict.fromkeys(["D6", "D6b", "D6c", "D7", "D8", "B4", "B9", "D2", "D12", "D12b", "D12c"], (None, None)),
}
"""Outcome of every line of the checklist, from the tables of the rules and not from the file."""

ADVISED = {"R17", "R19", "R21", "R23", "Q4", "T1b", "T2", "T3"}

OVERCLAIMS = r"cure|fix(es)?\b|heal(s|ing)?\b|get rid|strengthen|prevents?\b|burn|push through|54 %|sciatic nerve"


@pytest.fixture(scope="module")
def safety() -> SafetyData:
    text = (DATA / "safety.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.load(text, Loader=yaml.CSafeLoader), SafetyData)


def words(safety: SafetyData) -> list[str]:
    lines = [line.text for line in (*safety.lines.values(), *safety.trends)]
    parts = [text for part in safety.checklist for text in (part.heading, part.action)]
    questions = [text for question in safety.questions for text in (question.text, question.none)]
    choices = [text for question in safety.questions for c in safety.choices(question) for text in (c.text, c.note)]
    return [*lines, *parts, *questions, *choices, *msgspec.structs.astuple(safety.messages)]


def test_every_rule_is_in_the_checklist_with_its_outcome(safety: SafetyData) -> None:
    found = {
        name: (line.outcome and line.outcome.value, line.urgency and line.urgency.value)
        for name, line in safety.lines.items()
    }
    assert found == CHECKLIST
    rules = [f"R{number:02}" for number in range(1, 27)] + [f"ST{number}" for number in range(1, 9)]
    assert set(rules) <= set(found)


def test_an_id_of_the_checklist_is_used_once(safety: SafetyData) -> None:
    ids = [line.id for part in safety.checklist for line in part.lines]
    assert len(ids) == len(set(ids))


def test_only_weak_signs_and_slow_trends_advise_a_clinician(safety: SafetyData) -> None:
    assert {name for name, line in safety.lines.items() if line.advise_clinician} == ADVISED


def test_the_checklist_ends_with_emergencies(safety: SafetyData) -> None:
    assert [part.id for part in safety.checklist] == [
        "before", "feel", "expect", "stop", "mention", "see-first", "see-soon", "see-today", "emergency",
    ]  # fmt: skip


def test_emergencies_come_first_among_lines_that_may_fit(safety: SafetyData) -> None:
    for name in (question.id for question in safety.questions if question.many):
        emergencies = [choice.outcome is Outcome.EMERGENCY for choice in safety.question(name).choices]
        assert emergencies == sorted(emergencies, reverse=True), name


def test_emergencies_say_what_to_do(safety: SafetyData) -> None:
    first = safety.checklist[-1]
    assert first.action == (
        "Call your emergency number (999, 911, 112 or your local one) or go to an emergency department now."
    )
    assert first.action == safety.messages.emergency
    assert all(line.outcome is Outcome.EMERGENCY for line in first.lines)


@pytest.mark.parametrize(
    ("part", "outcome", "urgency"),
    [
        ("see-today", Outcome.SEE_CLINICIAN, Urgency.TODAY),
        ("see-soon", Outcome.SEE_CLINICIAN, Urgency.SOON),
        ("see-first", Outcome.SEE_CLINICIAN, Urgency.ROUTINE),
        ("mention", Outcome.GO_GENTLY, None),
        ("before", None, None),
        ("feel", None, None),
    ],
)
def test_lines_have_the_outcome_of_their_section(
    safety: SafetyData, part: str, outcome: Outcome | None, urgency: Urgency | None
) -> None:
    (found,) = [each for each in safety.checklist if each.id == part]
    assert {(line.outcome, line.urgency) for line in found.lines} == {(outcome, urgency)}


def test_an_allowed_sign_is_not_in_the_stop_section(safety: SafetyData) -> None:
    (stop,) = [part for part in safety.checklist if part.id == "stop"]
    assert [line.id for line in stop.lines] == ["ST1", "ST2", "ST4", "ST5", "ST6", "ST6b", "ST7", "ST8"]


def test_only_see_clinician_has_an_urgency(safety: SafetyData) -> None:
    choices = [choice for question in safety.questions for choice in safety.choices(question)]
    advice: list[Any] = [*safety.lines.values(), *safety.trends, *choices]
    for each in advice:
        assert (each.urgency is not None) == (each.outcome is Outcome.SEE_CLINICIAN), each.id


def test_every_source_is_a_key_of_the_sources(safety: SafetyData) -> None:
    listed = yaml.load((DATA / "sources.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    keys = {each["key"] for each in listed}
    assert {key for line in safety.lines.values() for key in line.source} <= keys


def test_every_red_flag_has_a_source(safety: SafetyData) -> None:
    assert [
        name for name, line in safety.lines.items() if name.startswith("R") and line.outcome and not line.source
    ] == []


def test_every_question_is_reachable_and_every_reference_valid(safety: SafetyData) -> None:
    questions = {question.id: question for question in safety.questions}
    assert len(questions) == len(safety.questions)
    reached: set[str] = set()
    waiting = [*safety.screens, *safety.quick, *safety.after_illness, *safety.after_symptoms.values()]
    while waiting:
        question = questions[waiting.pop()]
        if question.id not in reached:
            reached.add(question.id)
            waiting += [name for choice in question.choices for name in choice.then]
    assert reached == set(questions)
    for rule in safety.together:
        assert {rule.line, rule.becomes, *rule.any_of} <= set(safety.lines)
    for question in safety.questions:
        assert set(question.unless) <= set(safety.lines)


def test_choices_have_unique_ids_and_text(safety: SafetyData) -> None:
    for question in safety.questions:
        choices = safety.choices(question)
        ids = [choice.id for choice in choices]
        assert len(ids) == len(set(ids)), question.id
        assert all(choice.text for choice in choices), question.id
        assert question.many or len(choices) > 1, question.id
        assert bool(question.none) == question.many, question.id
        assert question.default in ("", *ids), question.id


def test_a_choice_does_not_repeat_its_line(safety: SafetyData) -> None:
    for question in safety.questions:
        for choice in question.choices:
            if choice.line:
                assert (choice.outcome, choice.urgency, choice.advise_clinician) == (None, None, False), choice.id


def test_a_choice_takes_text_and_outcome_from_its_line(safety: SafetyData) -> None:
    (bladder,) = [question for question in safety.questions if question.id == "bladder"]
    first = safety.choices(bladder)[0]
    assert first.text == safety.lines["R01"].text
    assert first.outcome is Outcome.EMERGENCY
    own = Question(id="own", text="?", choices=(Choice(id="yes", line="R01", text="Yes"), Choice(id="no", text="No")))
    assert [choice.text for choice in safety.choices(own)] == ["Yes", "No"]


def themes_of(safety: SafetyData) -> list[Question]:
    questions = {question.id: question for question in safety.questions}
    assert safety.screens == ("themes",)
    return [questions[name] for choice in questions["themes"].choices for name in choice.then]


def test_the_themes_ask_about_every_sign_once(safety: SafetyData) -> None:
    asked = [choice.id for theme in themes_of(safety) for choice in theme.choices]
    assert len(asked) == len(set(asked))
    # R11b and R12b follow from R11 and R12, R19b from R19; R17b and R21b are combinations.
    signs = {name for name in CHECKLIST if re.fullmatch(r"R\d\db?", name)}
    assert signs - set(asked) == {"R11b", "R12b", "R17b", "R19b", "R21b"}


def test_a_change_of_health_asks_the_same_themes(safety: SafetyData) -> None:
    questions = {question.id: question for question in safety.questions}
    assert questions["new"].choices == questions["themes"].choices


@pytest.mark.parametrize(("combined", "alone"), [("R21b", "R21"), ("R17b", "R17")])
def test_a_weak_sign_is_combined_with_every_other_one(safety: SafetyData, combined: str, alone: str) -> None:
    (rule,) = [rule for rule in safety.together if rule.becomes == combined]
    assert rule.line == alone
    signs = {name for name in CHECKLIST if re.fullmatch(r"R\d\d[b]?", name)}
    assert set(rule.any_of) == signs - {alone, "R17b", "R21b"}


def test_no_text_overclaims(safety: SafetyData) -> None:
    assert [text for text in words(safety) if re.search(OVERCLAIMS, text, re.IGNORECASE)] == []


def test_a_line_is_one_line(safety: SafetyData) -> None:
    for text in words(safety):
        assert text == " ".join(text.split())
    assert all(len(line.text) <= 120 for line in safety.lines.values())


def test_every_theme_fits_a_small_window(safety: SafetyData) -> None:
    questions = {question.id: question for question in safety.questions}
    for question in (questions["themes"], *themes_of(safety)):
        rows = sum(bool(choice.heading) + -(-len(choice.text) // 74) for choice in safety.choices(question))
        assert rows + 5 <= 24, question.id
        assert len(question.choices) <= 10, question.id


def test_trends_have_the_outcome_of_their_checklist_line(safety: SafetyData) -> None:
    assert [line.id for line in safety.trends] == ["T1", "T1b", "T2", "T3", "T4", "T5", "T5b", "T6", "T8", "T9"]
    for line in safety.trends:
        twin = safety.lines.get(line.id, ChecklistLine(id=line.id, text=""))
        assert (line.outcome, line.urgency, line.advise_clinician) == (
            twin.outcome,
            twin.urgency,
            twin.advise_clinician,
        )


SHOWN = ("id", "text", "heading")


def pinned(safety: SafetyData) -> str:
    """Return every reviewed sentence and what follows from each answer, one a line."""
    lines = [f"{line.id}: {line.text}" for line in (*safety.lines.values(), *safety.trends)]
    lines += [f"{part.id}: {part.heading}. {part.action}" for part in safety.checklist]
    for each in safety.questions:
        question = safety.question(each.id)
        end = question.none or question.default
        lines.append(f"{question.id}? {question.text}" + f" | Enter: {end}" * bool(end))
        for choice in question.choices:
            rest = {name: value for name, value in msgspec.to_builtins(choice).items() if value and name not in SHOWN}
            parts = [f"{question.id}.{choice.id}: {choice.text}", *(f"{name} {rest[name]}" for name in rest)]
            lines.append(" | ".join([*parts, *[f"under: {choice.heading}"] * bool(choice.heading)]))
    lines += [f"earlier.{choice.id}: {choice.text}" for choice in safety.earlier]
    lines += [f"{name}: {text}" for name, text in msgspec.structs.asdict(safety.messages).items()]
    return "\n".join([*lines, safety.first_sessions, ""])


def test_the_words_are_those_that_were_reviewed(safety: SafetyData, request: pytest.FixtureRequest) -> None:
    file = Path(__file__).parent / "golden" / "safety-words.txt"
    if request.config.getoption("--update-golden"):
        file.write_text(pinned(safety), encoding="utf-8")
    assert pinned(safety) == file.read_text(encoding="utf-8")


def test_numbers_in_the_words_are_those_of_the_rules(safety: SafetyData) -> None:
    lines, trends = safety.lines, {line.id: line.text for line in safety.trends}
    words = {2: "two", 3: "three", 6: "six"}
    assert lines["D6b"].text == f"Pain at {EASE_OFF}: ease off. Pain at {STOP}: stop that stretch"
    assert pain_limits(0) == (EASE_OFF, STOP)
    assert f"at {STOP} or {MAX_STOP}, never later" in lines["D6c"].text
    assert f"0 to {EASE_OFF - 1} out of 10" in lines["D6"].text
    for text in (
        lines["T5"].text,
        lines["T5b"].text,
        safety.question("pain").choices[0].text,
        safety.messages.severe_pain,
    ):
        assert f"{SEVERE} out of 10 or more" in text
    severe = [choice.id for choice in safety.question("K3").choices if choice.severe_pain]
    assert severe == [str(score) for score in range(SEVERE, 11)]
    gentle = [choice.id for choice in safety.question("K3").choices if choice.gentle_only]
    assert gentle == [str(score) for score in range(EASE_OFF, SEVERE)]
    assert f"{MEANINGFUL} points or more" in trends["T1"]
    assert f"After {words[TWO_WEEKS // 7]} weeks" in trends["T2"]
    assert f"After {words[SIX_WEEKS // 7]} weeks" in trends["T3"]
    assert f"for {words[TWO_WEEKS // 7]} weeks" in trends["T9"]
    assert f"{EASE_OFF - 1} of 10 at most" in safety.first_sessions
    assert max(choice.wait_days for choice in safety.question("Q8").choices) == 1
    assert "asked again tomorrow" in safety.messages.wait


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.convert({"id": "R01", "text": "words", "outcom": "EMERGENCY"}, ChecklistLine)


def test_strongest_outcome_and_urgency() -> None:
    today, soon = (Outcome.SEE_CLINICIAN, Urgency.TODAY), (Outcome.SEE_CLINICIAN, Urgency.SOON)
    routine, emergency = (Outcome.SEE_CLINICIAN, Urgency.ROUTINE), (Outcome.EMERGENCY, None)
    gently, go = (Outcome.GO_GENTLY, None), (Outcome.GO, None)
    ordered = [go, gently, routine, soon, today, emergency]
    for weaker, stronger in itertools.pairwise(ordered):
        assert strongest(weaker, stronger) == strongest(stronger, weaker) == stronger
    assert strongest() == go
