"""Health windows: what every key does in them, and what they show at every size."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretch.core.safety.checklist import Choice, Outcome, Question, Urgency
from stretch.core.safety.screening import CONFIRM, END, STILL, preflight
from stretch.core.safety.screening_record import (
    PreflightResult,
    ScreeningRecord,
    causes,
    forbids_session,
    read_back,
    status_messages,
)
from stretch.player.health_screen import HealthState, HealthWindows
from stretch.player.layout import line_width
from stretch.storage.files.shipped import load_safety
from support import SECOND

SAFETY = load_safety()
TODAY = date(2026, 3, 2)
LARGE = (200, 60)
SIZES = [(120, 40), (80, 24), (60, 20), (40, 12)]
GOLDEN = Path(__file__).parent / "golden" / "health"

HEALTHY = ScreeningRecord(outcome=Outcome.GO, screened=TODAY, since=TODAY, said=())
STARTS: Mapping[str, tuple[ScreeningRecord | None, dict[str, tuple[str, ...]]]] = {
    "first": (None, {}),
    "new": (HEALTHY, {"daily": ("yes", END)}),
    "pain": (HEALTHY, {"daily": ("pain", END)}),
    "ill": (msgspec.structs.replace(HEALTHY, ask_again_on=TODAY), {}),
    "numb": (msgspec.structs.replace(HEALTHY, ask_next_time=("numb-since",)), {}),
    "dizzy": (msgspec.structs.replace(HEALTHY, ask_next_time=("after-dizzy",)), {}),
}
"""Record and answers with which the questions begin."""


def windows(record: ScreeningRecord | None = None) -> HealthWindows:
    return HealthWindows(SAFETY, lambda answers: preflight(SAFETY, record, answers, (), TODAY), TODAY)


def press(*keys: str, start: str = "first", size: tuple[int, int] = LARGE) -> HealthState:
    """Return the state after *keys*, each a key, or words that only one choice of the question has."""
    record, answers = STARTS[start]
    shown = windows(record)
    state = shown.begin(answers)
    for key in keys:
        # The digits of a score are typed one by one, and a 1 alone is followed by Enter.
        for part in key if key.isdecimal() else [key if len(key) == 1 or key == "enter" else key_of(state, key)]:
            state = shown.update(state, part, *size)
        if state.typed.one:
            state = shown.update(state, "enter", *size)
    return state


def key_of(state: HealthState, words: str) -> str:
    """Return the key of the choice with *words*."""
    question = state.result.question
    assert question
    (key,) = (key for key, choice in zip("1234567890", numbered(question), strict=False) if words in choice.text)
    return key


def numbered(question: Question) -> list[Choice]:
    return [each for each in question.choices if each.id != question.default]


def asked(state: HealthState) -> str | None:
    return state.result.question.id if state.result.question else None


def text(state: HealthState, columns: int, lines: int, record: ScreeningRecord | None = None) -> list[str]:
    rows = windows(record).rows(state, columns, lines)
    return ["".join(span for span, _ in row).rstrip() for row in rows]


def keys_of(question: Question) -> list[str]:
    """Return the keys that choose something in a window that shows *question* whole."""
    if question.id == "K3":
        return [str(score) for score in range(11)]
    if question.by_letter:
        return ["y", "n"]
    return list("1234567890"[: len(numbered(question))])


def all_paths(start: str) -> Iterator[tuple[str, ...]]:
    """Yield the keys to every choice of every question that is reached from *start*."""
    seen: set[str] = set()
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        path = waiting.pop()
        question = press(*path, start=start).result.question
        if question is None or question.id in (*seen, CONFIRM):
            continue
        seen.add(question.id)
        for key in keys_of(question):
            yield (*path, key)
            waiting.append((*path, key))


WEAKEST = {
    "Q1": "Stable and treated",
    "Q2": "under care",
    "Q3": "and it has been",
    "Q4": "Yes",
    "F1": "and told that",
    "F13": "Yes",
    "one-leg": "stable since",
}
"""Words of the answer with the weakest consequence to a question, where that is not No."""


def finish(path: Iterable[str], start: str) -> PreflightResult:
    """Return the result after *path*, the weakest answer to what follows, and Enter at the end."""
    keys = [*path]
    while (question := press(*keys, start=start).result.question) is not None:
        if question.by_letter or question.many or question.default or question.id == CONFIRM:
            keys.append("y" if question.id == CONFIRM else "n" if question.by_letter else "enter")
        else:
            keys.append(WEAKEST.get(question.id, "No"))
    return press(*keys, start=start).result


@cache
def paths_from(start: str) -> list[tuple[str, ...]]:
    """Return `all_paths`, worked out once, and only in a process with a test that needs them."""
    return list(all_paths(start))


def choices_at(path: tuple[str, ...], start: str) -> set[str]:
    """Return the choices that are in the answers after *path*, as `question.choice`."""
    answers = press(*path, start=start).result.answers
    return {f"{name}.{choice}" for name, ids in answers.items() for choice in ids}


def test_every_choice_of_every_question_is_reached_by_keys() -> None:
    reached = {choice for start in STARTS for path in paths_from(start) for choice in choices_at(path, start)}
    choices = {
        f"{question.id}.{choice.id}"
        for question in SAFETY.questions
        for choice in question.choices
        if choice.id != question.default
    }
    assert choices - {"daily.no"} <= reached


@pytest.mark.parametrize(
    ("keys", "pain"),
    [
        ("1 0", "10"), ("1 wait", None), ("1 wait 0", "10"), ("1 enter", "1"), ("1", None), ("1 1", None),
        ("1 1 0", "10"), ("1 5", "5"), ("1 b", None), ("0", "0"), ("9", "9"), ("enter", "skipped"),
    ],
)  # fmt: skip
def test_a_score_is_typed_as_it_is_written(keys: str, pain: str | None) -> None:
    shown = windows(HEALTHY)
    state = shown.begin({"daily": ("pain", END)})
    for key in keys.split():
        state = shown.animate(state, 600 * SECOND) if key == "wait" else shown.update(state, key, *LARGE)
        if state.result.question:
            assert ("Enter: 1." in " ".join(text(state, *LARGE))) is state.typed.one
    assert state.result.answers.get("K3") == ((pain,) if pain else None)


def test_every_rule_is_reached_by_keys() -> None:
    choices = {choice for start in STARTS for path in paths_from(start) for choice in choices_at(path, start)}
    reached = {choice.partition(".")[2] for choice in choices}
    lines = {choice.line for question in SAFETY.questions for choice in question.choices}
    rules = {name for name in SAFETY.lines if re.fullmatch(r"[RQF]\d+[bc]?|B9", name)}
    together = {rule.becomes for rule in SAFETY.together}
    wanted = rules | {f"F{number}" for number in range(1, 17)} | {"K3", "T7"}
    assert {"R01", "R26", "R24b", "Q1", "Q9", "F16", "B9"} <= wanted
    assert wanted - together - {"F11"} <= reached | lines
    assert "one-leg.checked" in choices  # F11


@pytest.mark.slow
def test_every_outcome_is_reached_by_keys() -> None:
    ends = {finish(path, start).record for start in ("first", "new", "pain") for path in paths_from(start)}
    assert {(end.outcome, end.urgency) for end in ends} == {
        (Outcome.GO, None), (Outcome.GO_GENTLY, None), (Outcome.EMERGENCY, None),
        *((Outcome.SEE_CLINICIAN, urgency) for urgency in Urgency),
    }  # fmt: skip
    assert any(end.too_young for end in ends)
    assert any(end.breath_off for end in ends)
    assert any(end.ask_again_on for end in ends)
    assert any(end.severe_pain_on for end in ends)


COUGH = ("rest does not ease", "worse when you cough")
LEG = ("down one leg or arm", "down one leg", "and nothing else")
WEIGHT = ("weight loss", "Losing weight", "enter", "enter")
EMERGENCY = ("Numb between the legs", "around the genitals")


@pytest.mark.parametrize(("keys", "line"), [(COUGH, "R17"), (("first back pain ever", "First ever back pain"), "R21")])
def test_two_weak_signs_together_are_reached_by_keys(keys: tuple[str, ...], line: str) -> None:
    assert {rule.line for rule in SAFETY.together} == {"R17", "R21"}
    alone = finish(keys, "first").record
    assert alone is not None
    assert alone.said
    assert (alone.outcome, alone.said[0].partition(".")[2]) == (Outcome.GO_GENTLY, line)
    both = finish((*keys, "enter", *LEG), "first")
    assert (both.record.outcome, len(both.causes)) == (Outcome.SEE_CLINICIAN, 2)


ILLNESS, BODY = "heart, lung or other illness", "joint, disc, bone"
PERSONS = {
    "desk worker": ((), "GO", ""),
    "leg pain down one leg": (LEG, "GO-GENTLY", "sciatica"),
    "leg pain that was checked": ((*LEG[:2], "stable since"), "GO-GENTLY", "sciatica"),
    "worse on coughing": (COUGH, "GO-GENTLY", "disc"),
    "pregnant in the fifth month": ((ILLNESS, "Pregnant", "n", "up to 28 weeks"), "GO-GENTLY", "pregnancy"),
    "blood pressure treated": ((ILLNESS, "high blood pressure", "Stable and treated"), "GO-GENTLY", "head-down"),
    "blood pressure, not sure": ((ILLNESS, "high blood pressure", "not sure"), "GO-GENTLY", "head-down"),
    "diabetes under control": ((ILLNESS, "diabetes", "Yes", "enter"), "GO-GENTLY", ""),
    "arthritis, not under control": ((ILLNESS, "arthritis", "No", "enter"), "GO-GENTLY", ""),
    "tablets": ((ILLNESS, "Prescribed medicine", "enter"), "GO", ""),
    "new knee": ((BODY, "replaced joint", "Knee", "enter"), "GO-GENTLY", "knee"),
    "osteoporosis": ((BODY, "Osteoporosis"), "GO-GENTLY", "osteoporosis"),
    "seventy": ((BODY, "65 or over"), "GO", "older-adult"),
    "cannot get to the floor": ((BODY, "Hard to get down"), "GO", "floor"),
    "weak in one foot": (("newly weak", "weakness in one foot"), "SEE-CLINICIAN", ""),
    "numb leg": ((*LEG[:2], "Numbness or tingling"), "SEE-CLINICIAN", "sciatica"),
    "angina": (("Chest pain", "with effort", "under care"), "SEE-CLINICIAN", ""),
    "fever with back pain": (("Pain with fever", "Fever", "No"), "SEE-CLINICIAN", ""),
    "numb between the legs": (EMERGENCY, "EMERGENCY", ""),
    "chest pain now": (("Chest pain", "Chest pain now"), "EMERGENCY", ""),
    "fell from a ladder": (("fall or accident", "fall from a height"), "EMERGENCY", ""),
}


@pytest.mark.parametrize(("keys", "outcome", "tags"), PERSONS.values(), ids=PERSONS)
def test_persons_get_the_advice_that_a_physiotherapist_would_give(
    keys: tuple[str, ...], outcome: str, tags: str
) -> None:
    record = finish(keys, "first").record
    assert (record.outcome.value, record.tags) == (outcome, tuple(tags.split()))
    assert record is not None
    assert forbids_session(record, TODAY) is (outcome in ("SEE-CLINICIAN", "EMERGENCY"))


@pytest.mark.parametrize("start", STARTS)
def test_the_first_emergency_ends_the_questions_at_once(start: str) -> None:
    for path in paths_from(start):
        state = press(*path, start=start)
        emergency = [each for each in choices_at(path, start) if _outcome(each) is Outcome.EMERGENCY]
        assert (state.result.record.outcome is Outcome.EMERGENCY) is bool(emergency)
        if emergency:
            assert state.result.question is None
            assert state.result.record.unfinished is None
            assert state.result.record is not None
            assert set(emergency) <= set(causes(SAFETY, state.result.record, TODAY))
            shown = " ".join(" ".join(text(state, 80, 24)).split())
            # After the large letters.
            assert shown.lstrip("# ").startswith(SAFETY.messages.emergency)
            back = windows(STARTS[start][0]).update(state, "b", *LARGE)
            assert back.result.question is not None
            assert back.result.record.outcome is not Outcome.EMERGENCY


def _outcome(statement: str) -> Outcome | None:
    choice = SAFETY.statements.get(statement)
    return choice.outcome if choice else None


@pytest.mark.parametrize("start", STARTS)
def test_other_keys_do_nothing(start: str) -> None:
    record, answers = STARTS[start]
    shown = windows(record)
    for path in [(), *paths_from(start)]:
        state = press(*path, start=start)
        question = state.result.question
        allowed = {*"bqyn", "enter"} | ({*keys_of(question)} if question else set())
        for key in {*"0123456789acxz?+-", "up", "left", "space", "tab"} - allowed:
            assert shown.update(state, key, *LARGE) is state
    assert shown.update(shown.begin(answers), "b", *LARGE) == shown.begin(answers)


def test_a_number_again_takes_a_line_back_and_opens_a_theme_again() -> None:
    assert asked(press(*COUGH, "enter")) == "themes"
    assert asked(press(*COUGH, "enter", COUGH[0])) == "pain"
    assert press(*COUGH, "enter", *COUGH, "enter", "enter").result.record.said == ()
    assert press(*COUGH, "enter", "enter").result.record.said == ("pain.R17",)


def test_back_takes_back_one_answer_after_another() -> None:
    state = press("Pain with fever", "Fever", "No", "enter")
    shown = windows()
    found = []
    while state.earlier:
        state = shown.update(state, "b", *LARGE)
        found.append(asked(state))
    assert found == ["unwell", "R11-now", "unwell", "themes"]
    assert state == shown.begin({})


def test_a_stop_is_read_back_and_no_goes_back() -> None:
    state = press(*WEIGHT)
    assert asked(state) == CONFIRM
    assert "Losing weight without trying" in " ".join(text(state, 80, 24))
    assert asked(press(*WEIGHT, "n")) == "themes"
    stop = press(*WEIGHT, "y")
    assert (stop.result.question, stop.result.causes, stop.finished) == (None, ("unwell.R13",), False)
    assert press(*WEIGHT, "y", "q").finished


def test_what_was_said_before_another_start_can_be_taken_back() -> None:
    record = press(*WEIGHT).result.record
    shown = windows(record)
    state = shown.begin(record.unfinished or {})
    assert asked(state) == CONFIRM
    state = shown.update(state, "n", *LARGE)
    assert asked(state) == "unwell"
    for key, name in ((key_of(state, "Losing weight"), "unwell"), ("enter", "themes")):
        state = shown.update(state, key, *LARGE)
        assert asked(state) == name
    state = shown.update(state, "enter", *LARGE)
    assert (state.finished, state.result.record.outcome) == (True, Outcome.GO)


def test_a_stored_stop_names_its_answer_and_is_lifted_when_that_is_taken_back() -> None:
    record = press(*WEIGHT, "y").result.record
    shown = windows(record)
    state = shown.begin({})
    assert "Losing weight without trying" in " ".join(text(state, 80, 24, record))
    still = shown.update(state, "b", *LARGE)
    assert asked(still) == STILL
    assert shown.update(still, "y", *LARGE).result.causes
    lifted = shown.update(still, "n", *LARGE)
    assert lifted.finished
    assert lifted.result.record.outcome is Outcome.GO


def test_an_emergency_begins_with_large_letters_where_they_fit() -> None:
    shown = msgspec.structs.replace(windows(), unicode=True)
    state = press(*EMERGENCY)
    rows = {size: ["".join(span for span, _ in row) for row in shown.rows(state, *size)] for size in SIZES}
    large = {size: any("█" in row for row in found) for size, found in rows.items()}
    assert large == {(120, 40): True, (80, 24): True, (60, 20): True, (40, 12): False}
    for size, found in rows.items():
        assert SAFETY.messages.emergency in " ".join(" ".join(found).split()), size
    assert "".join(text(state, 80, 24)).isascii()
    assert not any("█" in "".join(span for span, _ in row) for row in shown.rows(press(*WEIGHT, "y"), 80, 24))


GRAVE = (
    "Pain with fever", "Fever", "n", "Cancer", "n", "Losing weight", "lump", "enter",
    "rest does not ease", "7 out of 10 or more", "2", "n", "enter", "enter",
)  # fmt: skip
"""Answers with five causes of a stop."""


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (30, 10), (24, 8)], ids=lambda size: "{}x{}".format(*size))
def test_what_was_said_is_confirmed_with_the_keys_and_what_is_cut_is_marked(size: tuple[int, int]) -> None:
    confirm = press(*GRAVE)
    assert asked(confirm) == CONFIRM
    rows = text(confirm, *size)
    words = " ".join(" ".join(rows).split())
    assert words.endswith("Right? y: yes. n: no. b: back. q: leave.")
    assert "..." in rows or words.startswith("You said:")
    everything = all(said in words for said in read_back(SAFETY, press(*GRAVE, "y").result.causes))
    assert ("..." in rows) is not everything


@pytest.mark.parametrize("keys", [(*GRAVE, "y"), (*WEIGHT, "y"), EMERGENCY], ids=["many", "one", "emergency"])
@pytest.mark.parametrize(
    "size", [(80, 24), (40, 12), (24, 8), (20, 6), (10, 3), (9, 1)], ids=lambda size: "{}x{}".format(*size)
)
def test_all_of_a_stop_can_be_read_at_every_size(size: tuple[int, int], keys: tuple[str, ...]) -> None:
    stop, pages = press(*keys), list[list[str]]()
    for seconds in range(300):
        page = text(msgspec.structs.replace(stop, elapsed_ns=seconds * SECOND), *size)
        pages += [page] if [page] != pages[-1:] else []
    assert len(pages) == 1 or size != (80, 24)
    always = [row for row in pages[0] if all(row in page for page in pages[1:])]
    turning = [row for page in pages for row in page if row not in always and not re.fullmatch(r"\d+ of \d+", row)]
    shown = "".join([*turning, *always]).replace(" ", "")
    assert stop.result.record
    status = status_messages(SAFETY.messages, stop.result.record, TODAY)
    for words in (*status, *read_back(SAFETY, stop.result.causes), "b: correct this.", "q: leave."):
        assert words.replace(" ", "") in shown


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "{}x{}".format(*size))
@pytest.mark.parametrize("start", STARTS)
def test_every_line_is_shown_whole_and_can_be_chosen(start: str, size: tuple[int, int]) -> None:
    for path in [(), *paths_from(start)]:
        state = press(*path, start=start)
        shown, question = windows(STARTS[start][0]), state.result.question
        if question is None:
            continue
        seen: list[str] = []
        while True:
            rows = text(state, *size)
            assert all(len(row) <= size[0] for row in rows)
            seen += rows
            assert any("leave" in row for row in rows)
            after = shown.update(state, "enter", *size)
            if asked(after) != question.id or after.page == state.page:
                break
            state = after
        words = " ".join(" ".join(re.sub(r"^[* ] \d  ", "     ", row) for row in seen).split())
        assert question.text in words
        for choice in question.choices:
            if choice.id != question.default and question.id != "K3" and not question.by_letter:
                assert choice.text in words


def test_on_a_small_window_a_number_of_another_page_does_nothing() -> None:
    small = (40, 12)
    first = press(size=small)
    assert windows().update(first, "9", *small) is first
    pages = [press(*["enter"] * count, size=small).page for count in range(4)]
    assert pages == [0, 1, 2, 3]
    assert press("enter", "b", size=small).page == 0
    assert press(*["enter"] * 9, size=small).finished


SMALL = st.one_of(st.sampled_from([(20, 6), (24, 8), (30, 10)]), st.tuples(st.integers(1, 60), st.integers(1, 14)))


@given(st.data(), st.sampled_from(sorted(STARTS)), SMALL)
def test_a_window_takes_an_answer_only_where_question_and_options_are_whole(
    data: st.DataObject, start: str, size: tuple[int, int]
) -> None:
    state = press(*data.draw(st.sampled_from([(), *paths_from(start)])), start=start)
    question, shown = state.result.question, windows(STARTS[start][0])
    if question is None:
        return
    for _ in range(data.draw(st.integers(0, 20))):
        if asked(after := shown.update(state, "enter", *size)) == question.id:
            state = after
    words = "".join(re.sub(r"^[* ] \d  ", "", row) for row in text(state, *size)).replace(" ", "")
    options = [each for each in numbered(question) if question.id != "K3" and not question.by_letter]
    for key in KEYS:
        after = shown.update(state, key, *size)
        if after != state:
            assert question.text.rpartition("\n")[2].replace(" ", "") in words
            if key.isdigit() and options:
                assert options["1234567890".index(key)].text.replace(" ", "") in words
        if "Makethewindowlarger" in words:
            assert after is state
    assert shown.update(state, "q", *size).left


def test_a_window_that_is_too_small_asks_for_a_larger_one() -> None:
    tiny = (20, 6)
    assert text(press(), *tiny) == ["Make the window", "larger to go on.", "q: leave.", "", "", ""]
    pages = [text(msgspec.structs.replace(press(), elapsed_ns=second * SECOND), 10, 3) for second in (0, 4, 8)]
    assert pages[0] == ["Make the", "window", "larger to"]
    assert ["go on.", "q: leave.", ""] in pages
    assert press(*["enter"] * 8, size=tiny) == press()
    assert text(press(), 80, 24)[0].startswith("Before you stretch")


def test_a_mark_shows_without_color() -> None:
    for keys, words in ((COUGH, COUGH[1]), ((*COUGH, "enter"), COUGH[0])):
        (marked,) = (row for row in text(press(*keys), 80, 24) if row.startswith("*"))
        assert words in marked
    # A theme in which nothing fits is not marked.
    assert not [row for row in text(press(COUGH[0], "enter"), 80, 24) if row.startswith("*")]


KEYS = [*"1234567890ynb", "enter"]


@given(
    st.sampled_from(sorted(STARTS)),
    st.lists(st.sampled_from(KEYS), max_size=30),
    st.integers(1, 130),
    st.integers(1, 50),
)
def test_any_keys_at_any_size_lose_no_answer(start: str, keys: list[str], columns: int, lines: int) -> None:
    record = STARTS[start][0]
    shown = windows(record)
    state = shown.begin(STARTS[start][1])
    for key in keys:
        rows = shown.rows(state, columns, lines)
        assert len(rows) == lines
        assert {line_width(row) for row in rows} == {columns}
        before, state = state, shown.update(state, key, columns, lines)
        if state.finished:
            break
        stored = msgspec.json.decode(msgspec.json.encode(state.result.record), type=ScreeningRecord)
        if state.result.question is not None and state.result.answers:
            # A program that is started again goes on where this one was cut off.
            again = windows(stored).begin(stored.unfinished or {})
            assert again.result.question == state.result.question
        elif state.result.record.outcome is Outcome.EMERGENCY and state is not before:
            assert windows(stored).begin({}).result.causes


GOLDEN_STATES = {
    "themes": (),
    "theme": COUGH,
    "long-theme": (ILLNESS,),
    "single": LEG[:2],
    "confirm": WEIGHT,
    "stop": (*WEIGHT, "y"),
    "emergency": EMERGENCY,
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "{}x{}".format(*size))
@pytest.mark.parametrize("name", GOLDEN_STATES)
def test_golden_windows(name: str, size: tuple[int, int], request: pytest.FixtureRequest) -> None:
    columns, lines = size
    shown = "\n".join(text(press(*GOLDEN_STATES[name]), columns, lines)) + "\n"
    file = GOLDEN / f"{name}-{columns}x{lines}.txt"
    if request.config.getoption("--update-golden"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(shown, encoding="utf-8")
    assert shown == file.read_text(encoding="utf-8")


def test_what_to_do_about_a_sign_is_not_read_back_as_if_it_had_been_said() -> None:
    assert read_back(SAFETY, ["ST7"]) == ("Head low, and eye pain, pressure or blurred sight",)
    assert read_back(SAFETY, ["F1"])[0].startswith("In pregnancy or after birth: bleeding")
