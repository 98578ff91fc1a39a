"""The safety check at a terminal: typed answers, texts, exit codes, and the record that is stored."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from click.testing import Result

from stretch.cli.app import App
from stretch.cli.prompts import ask
from stretch.core.safety.checklist import Outcome, Urgency
from stretch.core.safety.screening import END
from stretch.core.safety.screening_record import ScreeningRecord, read_back
from stretch.core.vocabulary import TAGS, Tag
from stretch.storage import screening_file
from stretch.storage.files.shipped import load_safety
from support import CATALOG, FakeClock, ScriptedInput, data, run

SAFETY = load_safety()
TODAY = date(2026, 11, 20)


class Typed(io.StringIO):
    """Standard input or output of a terminal, with the lines that are typed."""

    def isatty(self) -> bool:
        return True


class Person(App):
    """An App with a person at a terminal that can only show lines."""

    stdout: Typed
    stderr: io.StringIO

    def __init__(self, folder: Path, *lines: str, keys: tuple[str | float, ...] = ("q",)) -> None:
        clock = FakeClock()
        super().__init__(
            environ={"STRETCH_HOME": str(folder), "TERM": "dumb"},
            stdin=Typed("".join(line + "\n" for line in lines)),
            stdout=Typed(),
            stderr=io.StringIO(),
            clock=clock,
            input_source=ScriptedInput(clock, keys),
        )

    def today(self) -> date:
        return TODAY

    @property
    def output(self) -> str:
        return self.stdout.getvalue() + self.stderr.getvalue()


def start(folder: Path, *lines: str, args: tuple[str, ...] = ()) -> tuple[Result, Person]:
    person = Person(folder, *lines)
    result = run("routine", "-m", "8", *args, app=person, env={"COLUMNS": "80"})
    person.stderr.write(result.stderr)  # errors that the command group prints
    return result, person


def stored_record(folder: Path) -> ScreeningRecord | None:
    return screening_file.load(folder)


def folded(person: Person) -> str:
    """Return all output as one line."""
    return " ".join(person.output.split())


def number_of(question: str, choice: str) -> str:
    asked = SAFETY.question(question)
    shown = [one.id for one in asked.choices if one.id != asked.default]
    return str(shown.index(choice) + 1)


def theme(name: str, choice: str) -> tuple[str, str]:
    """Return the two lines that choose a theme of the first screen and then one of its lines."""
    return number_of("themes", name), number_of(name, choice)


def said(*ids: str) -> str:
    """Return the line that reads these answers back."""
    return f"{SAFETY.messages.said} {'; '.join(read_back(SAFETY, ids))}."


HEALTHY = ("", "")
"""Answers to the themes and to the question under the plan: only Enter."""
FINE = ("",)
"""The answer to the question under the plan: only Enter."""
DAILY = SAFETY.question("daily").text


def test_a_healthy_person_presses_two_keys_and_later_one(tmp_path: Path) -> None:
    result, person = start(tmp_path, *HEALTHY)
    assert result.exit_code == 3  # q was pressed in the session
    assert person.output.count("Enter: none of these.") == 1
    assert DAILY not in folded(person)  # the themes have just been asked
    assert stored_record(tmp_path).outcome is Outcome.GO
    result, person = start(tmp_path, *FINE)
    assert result.exit_code == 3
    assert "none of these" not in person.output
    assert DAILY not in folded(person)


def test_what_is_new_is_asked_once_a_day(tmp_path: Path) -> None:
    before = TODAY - timedelta(days=1)
    screening_file.save(tmp_path, ScreeningRecord(outcome=Outcome.GO, screened=before, since=before, asked=before))
    for times in (1, 0):
        result, person = start(tmp_path, *FINE)
        assert result.exit_code == 3
        assert folded(person).count(DAILY) == times
        assert stored_record(tmp_path).asked == TODAY


def test_something_new_shows_the_themes_and_changes_the_plan(tmp_path: Path) -> None:
    start(tmp_path, *HEALTHY)
    result, person = start(tmp_path, "y", *theme("body", "F9"), "")
    assert result.exit_code == 3
    assert stored_record(tmp_path).tags == ("disc",)
    assert person.output.count("y: something new") == 2
    assert SAFETY.messages.gently in folded(person)
    assert person.output.count("A mild pull") == 1  # the advice is not repeated with the new plan
    result, person = start(tmp_path, "y", *theme("bladder", "R01"))
    assert result.exit_code == 4
    assert result.stderr.splitlines()[0] == SAFETY.messages.emergency


def test_other_answers_under_the_plan_are_asked_again(tmp_path: Path) -> None:
    start(tmp_path, *HEALTHY)
    _, person = start(tmp_path, "x", "maybe", "")
    assert person.output.count("Enter: start.   y: something new.   p: pain today.   q: leave.") == 3


def test_only_answers_that_stop_or_shape_are_stored(tmp_path: Path) -> None:
    start(tmp_path, *theme("body", "F9"), "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["journal.db", "safety.json"]
    # Exported, because the plan is compressed in the file and any two letters may be in it by chance.
    exported = run("history", "export", env={"STRETCH_HOME": str(tmp_path)}).stdout
    assert exported.count("\n") == 1
    assert "F9" not in exported
    assert set(json.loads((tmp_path / "safety.json").read_text())) <= set(ScreeningRecord.__struct_fields__)
    assert (stored_record(tmp_path).tags, stored_record(tmp_path).said) == (("disc",), ("body.F9",))
    assert stored_record(tmp_path).unfinished is None


EMERGENCY_LINES = [
    ("bladder", "R01"), ("bladder", "R02"), ("bladder", "R03"), ("bladder", "R04"), ("legs", "R05"), ("legs", "R06"),
    ("chest", "R08"), ("chest", "R20b"), ("chest", "R24"), ("chest", "R24b"), ("sudden", "R09"), ("sudden", "R10"),
]  # fmt: skip


@pytest.mark.parametrize("line", EMERGENCY_LINES, ids="-".join)
def test_each_emergency_sign_stops_at_once_with_its_message_and_what_was_said(
    tmp_path: Path, line: tuple[str, str]
) -> None:
    result, person = start(tmp_path, *theme(*line))
    assert result.exit_code == 4
    assert " ".join(result.stderr.split()) == f"{SAFETY.messages.emergency} {said('.'.join(line))}"
    assert folded(person).endswith(" ".join(result.stderr.split()))
    for args in ((), ("--yes",), ("--yes", "--plain")):
        again, person = start(tmp_path, *FINE, args=args)
        assert again.exit_code == 4
        assert "Warm up" not in person.output


def test_the_outcome_is_shown_after_the_full_check_only(tmp_path: Path) -> None:
    for answers, times in (((*theme("pain", "R23"), ""), 1), (FINE, 0)):
        result, person = start(tmp_path, *answers)
        assert result.exit_code == 3
        for text in (SAFETY.messages.gently, SAFETY.messages.advise):
            assert folded(person).count(text) == times


def test_a_healthy_person_is_told_nothing_but_the_plan(tmp_path: Path) -> None:
    _, person = start(tmp_path, *HEALTHY)
    assert SAFETY.messages.go not in folded(person)


@pytest.mark.parametrize(("answer", "code"), [("y", 4), ("n", 3)])
def test_a_stop_is_read_back_before_it_counts(tmp_path: Path, answer: str, code: int) -> None:
    result, person = start(tmp_path, *theme("unwell", "R13"), answer, *HEALTHY)
    assert result.exit_code == code
    assert folded(person).count(f"{said('unwell.R13')} {SAFETY.messages.confirm} y: yes. n: no.") == 1
    assert stored_record(tmp_path).outcome is (Outcome.SEE_CLINICIAN if code == 4 else Outcome.GO)
    assert (said("unwell.R13") in " ".join(result.stderr.split())) is (code == 4)


@pytest.mark.parametrize("slip", [("y",), ("p",), ("p", "8", "b")], ids=" ".join)
def test_back_from_the_first_question_under_the_plan_takes_the_answer_back(
    tmp_path: Path, slip: tuple[str, ...]
) -> None:
    start(tmp_path, *HEALTHY)
    before = stored_record(tmp_path)
    result, person = start(tmp_path, *slip, "b", "q")
    assert (result.exit_code, result.stderr) == (3, "")
    assert person.output.count("y: something new") == 2
    assert stored_record(tmp_path) == before


def test_back_asks_the_question_before_again_and_q_leaves(tmp_path: Path) -> None:
    result, person = start(tmp_path, number_of("themes", "unwell"), "b", "", "")
    assert result.exit_code == 3
    assert stored_record(tmp_path).outcome is Outcome.GO
    result, person = start(tmp_path / "other", number_of("themes", "unwell"), "q")
    assert (result.exit_code, result.stderr) == (4, "")
    assert "Warm up" not in person.output
    assert "not answered" in start(tmp_path / "third", number_of("themes", "unwell"))[0].stderr


def test_what_was_answered_before_the_window_closed_is_kept(tmp_path: Path) -> None:
    start(tmp_path, *theme("unwell", "R13"))
    assert stored_record(tmp_path).unfinished == {"themes": ("unwell", END), "unwell": ("R13", END)}
    result, person = start(tmp_path, args=("--yes",))
    assert result.exit_code == 4
    assert SAFETY.messages.not_finished in folded(person)
    result, person = start(tmp_path, "y")
    assert result.exit_code == 4
    assert person.output.count("does any of these fit you") == 0
    assert (stored_record(tmp_path).unfinished, stored_record(tmp_path).said) == (None, ("unwell.R13",))


def test_a_check_that_is_not_finished_does_not_say_that_one_can_start(tmp_path: Path) -> None:
    start(tmp_path, *theme("pain", "K3"))
    result, person = start(tmp_path, args=("--yes",))
    assert result.exit_code == 4
    assert folded(person) == " ".join(f"{said('pain.K3')} {SAFETY.messages.not_finished}".split())


STOPS: dict[str, tuple[str, ...]] = {
    "emergency": theme("bladder", "R01"),
    "clinician": (*theme("unwell", "R13"), "y"),
    "not confirmed": theme("unwell", "R13"),
    "ill": (*theme("health", "Q8"), "n", "y"),
    "severe pain": ("", "p", "8", "n", "y"),
    "severe pain, not confirmed": ("", "p", "8", "n"),
    "severe pain, left early": ("", "p", "8"),
    "pain and a clinician": ("", "p", "3", "y", number_of("new", "unwell"), number_of("unwell", "R13"), "y"),
}
"""What is answered before a start that is refused."""


@pytest.mark.parametrize("answers", STOPS.values(), ids=STOPS)
@pytest.mark.parametrize("args", [("--plan",), ("--why",), ("--plan", "--json")], ids=" ".join)
def test_a_plan_tells_of_a_stop_in_the_words_of_the_refusal(
    tmp_path: Path, answers: tuple[str, ...], args: tuple[str, ...]
) -> None:
    assert start(tmp_path, *answers)[0].exit_code == 4
    refused, refusal = start(tmp_path, args=("--yes",))
    result, person = start(tmp_path, args=args)
    assert (refused.exit_code, result.exit_code) == (4, 0)
    assert folded(refusal) == " ".join(person.stderr.getvalue().split()) != ""
    assert "ease off when" not in folded(person) + folded(refusal)


@pytest.mark.parametrize("answers", STOPS.values(), ids=STOPS)
@pytest.mark.parametrize("command", ["page", "audio"])
def test_a_session_to_play_is_not_written_while_none_may_start(
    tmp_path: Path, answers: tuple[str, ...], command: str
) -> None:
    home, path = tmp_path / "home", tmp_path / ("session.html" if command == "page" else "session.vtt")
    start(home, *answers)
    _, refusal = start(home, args=("--yes",))
    result = run(command, "-m", "3", "-o", str(path), "--silent", app=Person(home), env={"COLUMNS": "80"})
    assert (result.exit_code, path.exists()) == (4, False)
    assert " ".join(result.stderr.split()) == folded(refusal)


@pytest.mark.parametrize("answers", STOPS.values(), ids=STOPS)
@pytest.mark.parametrize(("command", "name"), [("handout", "routine.md"), ("remind", "routine.ics")])
def test_paper_and_reminders_are_written_with_the_warning(
    tmp_path: Path, answers: tuple[str, ...], command: str, name: str
) -> None:
    home = tmp_path / "home"
    start(home, *answers)
    _, refusal = start(home, args=("--yes",))
    person = Person(home)
    result = run(command, "-m", "3", "-o", str(tmp_path / name), app=person, env={"COLUMNS": "80"})
    assert (result.exit_code, (tmp_path / name).exists()) == (0, True)
    assert folded(refusal) in " ".join(person.stderr.getvalue().split())


@pytest.mark.parametrize(
    ("screens", "said", "code"),
    [
        (("",), [SAFETY.messages.go], 0),
        (theme("body", "F9"), [SAFETY.messages.gently, "- with a disc problem, or pain that is worse bending"], 0),
        ((*theme("unwell", "R13"), "y"), [SAFETY.messages.soon, SAFETY.messages.lift], 4),
        (
            (*theme("limb", "R20"), "n", "y"),
            ["Do not stretch or rub that leg.", SAFETY.messages.today],
            4,
        ),
        ((*theme("health", "Q8"), "n", "y"), [SAFETY.messages.wait, said("health.Q8")], 4),
        ((*theme("body", "Q9b"), "y"), [SAFETY.messages.too_young], 4),
    ],
    ids=["healthy", "F9", "R13", "R20", "ill", "under 16"],
)
def test_safety_check_shows_the_outcome_and_its_exit_code(
    tmp_path: Path, screens: tuple[str, ...], said: list[str], code: int
) -> None:
    person = Person(tmp_path, *screens)
    assert run("safety", "check", app=person, env={"COLUMNS": "200"}).exit_code == code
    for words in said:
        assert words in folded(person)


@pytest.mark.parametrize(("lines", "code"), [(("",), 4), (("n", ""), 0), (("n",), 4)])
def test_see_clinician_is_lifted_by_taking_the_answer_back(tmp_path: Path, lines: tuple[str, ...], code: int) -> None:
    start(tmp_path, *theme("unwell", "R13"), "y")
    person = Person(tmp_path, *lines)
    assert run("safety", "check", app=person).exit_code == code
    assert said("unwell.R13") in folded(person)
    assert stored_record(tmp_path).outcome is (Outcome.GO if code == 0 else Outcome.SEE_CLINICIAN)


def test_after_an_emergency_the_check_asks_all_questions(tmp_path: Path) -> None:
    start(tmp_path, *theme("bladder", "R01"))
    person = Person(tmp_path, "n", "")
    assert run("safety", "check", app=person).exit_code == 0
    assert SAFETY.messages.ask_cleared not in folded(person)
    assert stored_record(tmp_path).outcome is Outcome.GO


def test_an_emergency_is_named_before_the_check_and_stays_until_it_is_over(tmp_path: Path) -> None:
    start(tmp_path, *theme("chest", "R08"))
    # Enter answers nothing, and a check that was left does not count: it names the emergency again.
    for lines, code in ((("",), 4), (("y",), 4), (("n", "q"), 4), (("", ""), 4), (("n", ""), 0)):
        person = Person(tmp_path, *lines)
        assert run("safety", "check", app=person).exit_code == code
        assert folded(person).startswith(f"{said('chest.R08')} {SAFETY.messages.still}")
        assert stored_record(tmp_path).outcome is (Outcome.EMERGENCY if code else Outcome.GO)
        if code:
            result, person = start(tmp_path, *HEALTHY)
            assert (result.exit_code, said("chest.R08") in folded(person)) == (4, True)


def test_the_record_is_printed_as_json(tmp_path: Path) -> None:
    screening_file.save(
        tmp_path, ScreeningRecord(outcome=Outcome.GO_GENTLY, screened=TODAY, since=TODAY, tags=("disc",))
    )
    person = Person(tmp_path)
    assert run("safety", "check", "--json", app=person).exit_code == 0
    assert msgspec.json.decode(person.stdout.getvalue(), type=ScreeningRecord) == stored_record(tmp_path)


def test_see_clinician_lasts_until_a_clearance_is_recorded(tmp_path: Path) -> None:
    result, person = start(tmp_path, *theme("unwell", "R13"), "y")
    assert result.exit_code == 4
    assert SAFETY.messages.soon in person.output
    assert start(tmp_path, *HEALTHY, args=("--yes",))[0].exit_code == 4
    person = Person(tmp_path, "soon", "2026-11-30", "2020-01-01", "2026-11-18")
    assert run("safety", "check", app=person).exit_code == 0
    for words in ("a date such as", "in the future", "more than 12 months ago"):
        assert words in person.output
    assert (stored_record(tmp_path).outcome, stored_record(tmp_path).cleared) == (Outcome.GO_GENTLY, date(2026, 11, 18))
    assert start(tmp_path, *FINE)[0].exit_code == 3


def test_the_pain_now_limits_or_stops_the_session(tmp_path: Path) -> None:
    start(tmp_path, *HEALTHY)
    _, person = start(tmp_path, "p", "5", "", "")
    assert "Gentle stretches only today." in person.output
    assert "ease off when it reaches 6, stop a stretch at 7" in person.output
    result, person = start(tmp_path, "p", "8", "y", "y")
    assert result.exit_code == 4
    assert SAFETY.messages.today in person.output
    assert stored_record(tmp_path).urgency is Urgency.TODAY


def test_pain_counts_all_day_and_in_the_printed_plan(tmp_path: Path) -> None:
    start(tmp_path, *HEALTHY)
    start(tmp_path, "p", "5", "", "q")
    notes = ("Gentle stretches only today.", "Your pain today is 5: ease off when it reaches 6, stop a stretch at 7.")
    for args in ((), ("--plan",)):
        result, person = start(tmp_path, *FINE, args=args)
        assert result.exit_code == (0 if args else 3)
        assert [folded(person).count(note) for note in notes] == [1, 1]
    deep = ("--stretch", "contract-relax-hamstring", "--experienced")
    assert start(tmp_path, args=("--plan", *deep))[0].exit_code == 2
    record = stored_record(tmp_path)
    assert record is not None
    screening_file.save(tmp_path, msgspec.structs.replace(record, pain_on=TODAY - timedelta(days=1)))
    for args in ((), ("--plan",)):
        assert not [note for note in notes if note in folded(start(tmp_path, *FINE, args=args)[1])]


def test_a_stop_for_pain_says_no_limits_and_reads_back_the_words_of_the_question(tmp_path: Path) -> None:
    start(tmp_path, *HEALTHY)
    _, person = start(tmp_path, "p", "8", "y", "y")
    assert "ease off" not in folded(person).rpartition(SAFETY.messages.confirm)[2]
    assert all("worst or strangest" in text for text in (SAFETY.question("K3-sudden").text, said("K3-sudden.yes")))


def test_ctrl_c_at_a_question_exits_with_130_and_stores_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pressed(self: Typed, *size: int) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(Typed, "readline", pressed)
    result, person = start(tmp_path)
    assert result.exit_code == 130
    assert "Traceback" not in person.output
    assert list(tmp_path.iterdir()) == []


def test_before_the_start_the_plan_says_what_is_easier_today_but_not_what_is_left_out(tmp_path: Path) -> None:
    _, person = start(tmp_path, "", "q", args=("--avoid", "disc", "--exclude", "cat-cow"))
    plan = folded(person).partition("Lower back, ")[2]
    routine = data("routine", "--plan", "--json", "-m", "8", "--avoid", "disc", "--exclude", "cat-cow")
    assert routine["notes"]
    assert all(note in plan for note in routine["notes"])
    assert not any(CATALOG.stretches[left["stretch"]].name in plan for left in routine["left_out"])


@pytest.mark.parametrize(("pain", "limits"), [("0", None), ("3", (4, 6)), ("6", (7, 7))])
def test_pain_at_the_start_sets_the_limits_that_are_shown(
    tmp_path: Path, pain: str, limits: tuple[int, int] | None
) -> None:
    screening_file.save(tmp_path, ScreeningRecord(outcome=Outcome.GO, screened=TODAY, since=TODAY))
    _, person = start(tmp_path, "p", pain, *([""] if pain == "6" else []), "")
    assert ("ease off when it reaches" in folded(person)) is (limits is not None)
    if limits:
        assert "reaches {}, stop a stretch at {}.".format(*limits) in folded(person)


def test_pain_of_ten_is_accepted(tmp_path: Path) -> None:
    screening_file.save(tmp_path, ScreeningRecord(outcome=Outcome.GO, screened=TODAY, since=TODAY))
    result, person = start(tmp_path, "p", "10", "n", "y")
    assert result.exit_code == 4
    assert SAFETY.messages.severe_pain in folded(person)
    assert (stored_record(tmp_path).outcome, stored_record(tmp_path).severe_pain_on) == (Outcome.GO, TODAY)
    assert start(tmp_path, args=("--yes",))[0].exit_code == 4
    assert run("safety", "check", app=Person(tmp_path, "")).exit_code == 0  # it was a slip
    assert start(tmp_path, *FINE)[0].exit_code == 3


def test_pain_said_before_something_new_still_holds(tmp_path: Path) -> None:
    start(tmp_path, *HEALTHY)
    start(tmp_path, "p", "5", "", "y", *theme("body", "F9"), "")
    assert (stored_record(tmp_path).pain, stored_record(tmp_path).tags) == (5, ("disc",))
    start(tmp_path, "y", *theme("health", "B9"), "p", "2", "")
    assert (stored_record(tmp_path).pain, stored_record(tmp_path).breath_off) == (2, True)


@pytest.mark.parametrize(("days", "outcome"), [(1, Outcome.SEE_CLINICIAN), (7, Outcome.SEE_CLINICIAN), (8, Outcome.GO)])
def test_severe_pain_on_a_second_day_means_to_see_a_clinician(tmp_path: Path, days: int, outcome: Outcome) -> None:
    before = TODAY - timedelta(days=days)
    screening_file.save(
        tmp_path, ScreeningRecord(outcome=Outcome.GO, screened=before, since=before, severe_pain_on=before)
    )
    result, _ = start(tmp_path, "p", "7", "n", "y")
    assert result.exit_code == 4
    assert stored_record(tmp_path).outcome is outcome


def test_less_pain_the_next_day_allows_a_session(tmp_path: Path) -> None:
    before = TODAY - timedelta(days=1)
    screening_file.save(
        tmp_path, ScreeningRecord(outcome=Outcome.GO, screened=before, since=before, severe_pain_on=before)
    )
    assert start(tmp_path, "p", "3", "")[0].exit_code == 3
    assert stored_record(tmp_path).severe_pain_on == before


def test_invalid_answers_are_asked_again(tmp_path: Path) -> None:
    # int() refuses more than 4300 digits.
    long = "9" * 5000
    _, person = start(tmp_path, "99", "abc", "1 x", ",", long, "", "p", "eleven", "11", long, "", "")
    assert person.output.count("Enter: none of these.") == 6
    assert person.output.count("Enter: skip.") == 4
    assert stored_record(tmp_path).outcome is Outcome.GO


@pytest.mark.parametrize(
    ("question", "lines", "picked"),
    [
        ("unwell", ["4,2 4"], ("R13", "R12", END)),  # the second and the fourth
        ("unwell", ["99", "0 1", "1"], ("R11", END)),
        ("themes", ["0"], (END,)),
        ("Q2", ["1 2", "3"], ("other",)),  # one answer to one question
        ("Q2", ["", "3"], ("other",)),  # Enter answers nothing that has to be answered
        ("K3-sudden", ["", "y"], ("yes",)),
        ("K3-sudden", ["", "n"], ("no",)),
        ("ill", ["", "Y"], ("yes",)),
        ("ill", ["x", "NO"], ("no",)),
    ],
)
def test_answers_are_parsed_or_asked_again(
    tmp_path: Path, question: str, lines: list[str], picked: tuple[str, ...]
) -> None:
    person = Person(tmp_path, *lines)
    assert ask(person, SAFETY.question(question)) == picked
    assert not person.stdin.readline()


def test_no_session_starts_when_the_input_ends(tmp_path: Path) -> None:
    result, _ = start(tmp_path)
    assert result.exit_code == 4
    assert stored_record(tmp_path) is None
    result, _ = start(tmp_path, "")
    assert result.exit_code == 4
    assert [path.name for path in tmp_path.iterdir()] == ["safety.json"]


@pytest.mark.parametrize("answer", ["q", "Q", " Quit "])
def test_declining_to_start_ends_without_a_session(tmp_path: Path, answer: str) -> None:
    result, person = start(tmp_path, "", answer)
    assert result.exit_code == 3
    assert "Stopped" not in person.output
    assert [path.name for path in tmp_path.iterdir()] == ["safety.json"]


def test_yes_skips_the_questions_and_stores_no_record(tmp_path: Path) -> None:
    result, person = start(tmp_path / "none", args=("--yes",))
    assert result.exit_code == 3
    assert folded(person).count(f"{DAILY} {SAFETY.messages.unasked}") == 1
    assert "Enter" not in person.output
    assert [path.name for path in (tmp_path / "none").iterdir()] == ["journal.db"]  # the session, and no answers


@pytest.mark.parametrize("content", [b"{", b"\x97", b'{"outcome":"\xff"}', b"", b"[" * 100_000])
def test_an_unreadable_record_stops_until_the_check_is_answered_again(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "safety.json").write_bytes(content)
    result, person = start(tmp_path, args=("--yes",))
    assert result.exit_code == 4
    assert "stretch safety check" in person.output
    assert run("safety", "check", app=Person(tmp_path, "")).exit_code == 0
    assert stored_record(tmp_path).outcome is Outcome.GO


def test_forget_deletes_the_safety_record(tmp_path: Path) -> None:
    start(tmp_path, *HEALTHY)
    for words in ("Deleted.", "Nothing was stored."):
        person = Person(tmp_path)
        assert run("safety", "check", "--forget", app=person).exit_code == 0
        assert stored_record(tmp_path) is None
        assert person.output.strip() == words


def test_the_full_check_comes_back_after_twelve_months(tmp_path: Path) -> None:
    screening_file.save(
        tmp_path, ScreeningRecord(outcome=Outcome.GO, screened=date(2025, 11, 19), since=date(2025, 11, 19))
    )
    _, person = start(tmp_path, *HEALTHY)
    assert person.output.count("Enter: none of these.") == 1
    assert SAFETY.messages.check_again in folded(person)
    assert "first stretch" not in folded(person)
    assert stored_record(tmp_path).screened == TODAY


def test_a_check_that_cannot_be_saved_counts_for_this_session(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result, person = start(tmp_path / "file", *theme("body", "F9"), "")
    assert result.exit_code == 3
    assert "The safety check could not be saved" in person.output
    assert SAFETY.messages.gently in folded(person)


@pytest.mark.parametrize("tag", TAGS)
def test_a_plan_can_be_made_or_refused_with_every_tag(tmp_path: Path, tag: Tag) -> None:
    record = ScreeningRecord(outcome=Outcome.GO_GENTLY, screened=TODAY, since=TODAY, tags=(tag,))
    screening_file.save(tmp_path, record)
    result = run("routine", "--plan", "--json", app=Person(tmp_path), env={"COLUMNS": "80"})
    assert result.exit_code in (0, 2)


@pytest.mark.parametrize(("lines", "code"), [(HEALTHY, 3), (theme("body", "F9"), 2)])
def test_the_answers_count_for_this_session(tmp_path: Path, lines: tuple[str, ...], code: int) -> None:
    assert "disc" in CATALOG.stretches["happy-baby"].cautions.avoid
    result, _ = start(tmp_path, *lines, args=("--stretch", "happy-baby"))
    assert result.exit_code == code
    assert ("because of disc" in result.stderr) is (code == 2)


def test_a_program_leaves_out_what_the_check_says(tmp_path: Path) -> None:
    screening_file.save(
        tmp_path, ScreeningRecord(outcome=Outcome.GO_GENTLY, screened=TODAY, since=TODAY, tags=("disc",))
    )
    person = Person(tmp_path)
    assert run("routine", "--program", "easy-five", "--plan", "--json", app=person).exit_code == 0
    left_out = json.loads(person.stdout.getvalue())["left_out"]
    assert {"stretch": "happy-baby", "reason": "cautions: disc"} in left_out


def test_a_plan_leaves_out_what_the_check_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRETCH_HOME", str(tmp_path))
    today = date.today()
    screening_file.save(
        tmp_path, ScreeningRecord(outcome=Outcome.GO_GENTLY, screened=today, since=today, tags=("disc",))
    )
    plan = data("routine", "--plan", "--json", "-m", "30")
    planned = {step["stretch"] for step in plan["steps"] if step["stretch"]}
    assert not [name for name in planned if "disc" in CATALOG.stretches[name].cautions.avoid]
    assert {"stretch": "childs-pose", "reason": "cautions: disc"} in plan["left_out"]
    deep = data("routine", "--plan", "--json", "-a", "hamstrings", "-m", "40", "--level", "deep")
    assert not [s for s in deep["steps"] if s["stretch"] and CATALOG.stretches[s["stretch"]].level == "deep"]


@pytest.mark.parametrize("key", ["4", "5"])
@pytest.mark.parametrize("known", [True, False])
def test_an_emergency_in_a_session_is_shown_alone_and_kept(tmp_path: Path, key: str, known: bool) -> None:
    if known:
        screening_file.save(tmp_path, ScreeningRecord(outcome=Outcome.GO, screened=TODAY, since=TODAY))
    person = Person(tmp_path, keys=("n",) * 6 + (1.0, "x", key))
    assert run("routine", "-m", "15", "--yes", app=person).exit_code == 3
    assert person.stderr.getvalue().endswith(SAFETY.messages.emergency + "\n")
    assert stored_record(tmp_path).outcome is Outcome.EMERGENCY
    result, person = start(tmp_path, args=("--yes",))
    assert result.exit_code == 4
    assert said({"4": "R08", "5": "ST8"}[key]) in folded(person)
    assert run("safety", "check", app=Person(tmp_path, "")).exit_code == 4
    assert run("safety", "check", app=Person(tmp_path, "n", "")).exit_code == 0
    assert start(tmp_path, "")[0].exit_code == 3


@pytest.mark.parametrize(
    ("key", "question", "answers"),
    [("1", "numb-since", ("1", "")), ("2", "after-dizzy", ("1",))],
    ids=["numb", "dizzy"],
)
def test_a_symptom_is_asked_about_at_the_next_start(
    tmp_path: Path, key: str, question: str, answers: tuple[str, ...]
) -> None:
    screening_file.save(tmp_path, ScreeningRecord(outcome=Outcome.GO, screened=TODAY, since=TODAY, asked=TODAY))
    run("routine", "-m", "15", app=Person(tmp_path, *FINE, keys=("n",) * 6 + (1.0, "x", key)))
    result, person = start(tmp_path, args=("--yes",))
    assert result.exit_code == 3
    assert SAFETY.messages.ask_next_time in folded(person)
    # Enter alone says nothing about it.
    assert start(tmp_path, "", "", "")[0].exit_code == 4
    for lines, times in (((*answers, ""), 1), (FINE, 0)):
        result, person = start(tmp_path, *lines)
        assert result.exit_code == 3
        assert folded(person).count(SAFETY.question(question).text) == times


def test_a_session_without_a_record_keeps_no_symptom(tmp_path: Path) -> None:
    person = Person(tmp_path, keys=("n",) * 6 + (1.0, "x", "4"))
    assert run("routine", "-m", "15", "--yes", "--speed", "2", app=person).exit_code == 3
    assert SAFETY.messages.emergency in person.stderr.getvalue()
    assert stored_record(tmp_path) is None


@pytest.mark.parametrize(("key", "rules"), [("1", ["ST2"]), ("2", ["ST6", "ST6b"]), ("3", ["ST7"])])
def test_each_reason_for_an_early_end_shows_its_rule(tmp_path: Path, key: str, rules: list[str]) -> None:
    screening_file.save(tmp_path, ScreeningRecord(outcome=Outcome.GO, screened=TODAY, since=TODAY))
    person = Person(tmp_path, *FINE, keys=("n",) * 6 + (1.0, "x", key))
    result = run("routine", "-m", "15", app=person)
    assert result.exit_code == 3
    for rule in rules:
        assert SAFETY.lines[rule].text in person.stderr.getvalue()
    if key == "3":
        record = stored_record(tmp_path)
        assert (record.outcome, record.urgency, record.tags) == (
            SAFETY.lines["ST7"].outcome,
            SAFETY.lines["ST7"].urgency,
            ("head-down",),
        )


def test_the_record_is_written_atomically(tmp_path: Path) -> None:
    screening_file.save(tmp_path, ScreeningRecord(outcome=Outcome.GO, screened=TODAY, since=TODAY))
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(OSError, match=r"."):
        screening_file.save(blocked, ScreeningRecord(outcome=Outcome.GO, screened=TODAY, since=TODAY))
    assert msgspec.json.decode((tmp_path / "safety.json").read_bytes())["outcome"] == "GO"


def test_a_stored_emergency_says_how_it_ends_and_keeps_the_tags(tmp_path: Path) -> None:
    screening_file.save(
        tmp_path, ScreeningRecord(outcome=Outcome.GO_GENTLY, tags=("disc",), screened=TODAY, since=TODAY)
    )
    person = Person(tmp_path, *theme("bladder", "R01"))
    assert run("safety", "check", app=person).exit_code == 4
    assert SAFETY.messages.emergency_over not in person.output
    assert "leave out or ease" not in person.output
    assert (stored_record(tmp_path).outcome, stored_record(tmp_path).tags) == (Outcome.EMERGENCY, ("disc",))
    result, _ = start(tmp_path, args=("--yes",))
    assert result.exit_code == 4
    assert SAFETY.messages.emergency in result.stderr
    assert SAFETY.messages.emergency_over in result.stderr
    assert said("bladder.R01") in " ".join(result.stderr.split())


@pytest.mark.parametrize("nothing", ["", "n", "no", "none", "0"])
def test_none_can_be_typed_in_several_ways(tmp_path: Path, nothing: str) -> None:
    result, person = start(tmp_path, nothing, "")
    assert result.exit_code == 3
    assert person.output.count("Enter: none of these.") == 1


def test_a_named_stretch_deeper_than_the_check_allows_is_refused(tmp_path: Path) -> None:
    deep = ("--stretch", "contract-relax-hamstring", "--experienced")
    screening_file.save(tmp_path, ScreeningRecord(outcome=Outcome.GO_GENTLY, screened=TODAY, since=date(2026, 1, 5)))
    result, _ = start(tmp_path, args=("--plan", *deep))
    assert result.exit_code == 2
    assert "too deep, by your safety check" in result.stderr
    screening_file.save(tmp_path, ScreeningRecord(outcome=Outcome.GO, screened=TODAY, since=TODAY))
    assert start(tmp_path, args=("--plan", *deep))[0].exit_code == 0
    result, _ = start(tmp_path, "p", "5", "", "", args=deep)
    assert result.exit_code == 2
    assert "too deep, by your safety check" in result.stderr


@pytest.mark.parametrize(
    "args",
    [
        ("-a", "nek"),
        ("--exclude", "sphynx"),
        ("--stretch", "sphinx", "--exclude", "sphinx"),
        ("--stretch", "sphinx", "--position", "standing"),
        ("-a", "inner-thighs", "--position", "prone"),
        ("-m", "200"),
        ("-m", "10", "--warm-up", "10"),
        ("--program", "easy-fiv"),
        ("--program", "easy-five", "--position", "side-lying"),
        ("--save", "Not a name"),
    ],
)
def test_wrong_options_are_refused_before_any_question(tmp_path: Path, args: tuple[str, ...]) -> None:
    result, person = start(tmp_path, args=args)
    assert result.exit_code == 2
    assert person.stdout.getvalue() == ""
