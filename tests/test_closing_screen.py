"""The closing screen: what it says, how it closes, the offer to follow the pain, and the screen at many sizes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len

from stretch.cli.play import summary
from stretch.core.safety.checklist import Outcome
from stretch.core.safety.screening_record import ScreeningRecord
from stretch.core.timing.session import Session
from stretch.core.timing.timeline import build_timeline
from stretch.player.closing_screen import (
    OFFER,
    OPEN_NS,
    ClosingScreen,
    advice_rows,
    animate,
    closing_rows,
    finished,
    update,
)
from stretch.player.figure_renderer import FigureRenderer
from stretch.player.input import InputEvent
from stretch.player.layout import StyledLine, text_above_keys
from stretch.player.loop import GUARD_NS
from stretch.player.theme import TextRole
from stretch.storage import screening_file
from stretch.storage.catalogs.catalog import load_figures
from stretch.storage.files.shipped import load_safety
from stretch.storage.journal.journal import Journal
from stretch.storage.settings import load_settings
from support import SECOND, ScriptedInput, routine, run
from test_preflight import TODAY
from test_start_screen import SIZES, ScreenPerson, sit_down

GOLDEN = Path(__file__).parent / "golden" / "closing"
FIGURES = FigureRenderer(load_figures(["childs-pose"]), color=False)
EXPECT = [line.text for line in load_safety().section("expect").lines]
END = ClosingScreen(done="7 stretches", active_ms=868_000, streak=3, next_side="right", expect=f"{EXPECT[1]}.")
OFFERED = replace(END, offers_tracking=True)
GUARD_S = GUARD_NS / SECOND


def shown(state: ClosingScreen, columns: int = 80, lines: int = 24, **how: Any) -> list[str]:
    how = {"figures": FIGURES, "name": "childs-pose"} | how
    return ["".join(text for text, _ in row) for row in closing_rows(state, columns, lines, **how)]  # type: ignore[arg-type]


@pytest.mark.parametrize("key", ["enter", "q", "space", "z"])
def test_any_key_closes_it(key: str) -> None:
    assert finished(update(END, key))


def test_y_takes_the_offer_and_a_digit_is_the_pain() -> None:
    taken = update(OFFERED, "Y")
    assert (taken.offers_tracking, taken.tracks_pain, finished(taken)) == (False, True, False)
    assert "Pain now" in "\n".join(shown(taken))
    ended = update(taken, "3")
    assert (ended.pain, finished(ended)) == (3, True)


@pytest.mark.parametrize(
    ("keys", "pain"), [("1 0", 10), ("1 wait 0", 10), ("1 enter", 1), ("1", None), ("1 wait", None), ("9", 9), ("0", 0)]
)
def test_the_pain_is_typed_as_it_is_written(keys: str, pain: int | None) -> None:
    state = update(OFFERED, "y")
    for key in keys.split():
        state = animate(state, OPEN_NS - 1) if key == "wait" else update(state, key)
    assert (state.pain, finished(state)) == (pain, pain is not None)
    assert ("it is 10" in "\n".join(shown(state))) is state.typed.one


def test_a_1_that_waits_is_no_score_and_keeps_the_screen_open() -> None:
    state = update(animate(update(OFFERED, "y"), OPEN_NS - 1), "1")
    state = animate(state, 2 * OPEN_NS - 2)
    assert not finished(state)
    assert update(state, "0").pain == 10
    state = animate(state, 2 * OPEN_NS)
    assert (state.pain, finished(state)) == (None, True)


@pytest.mark.parametrize("key", ["n", "N", "enter", "q"])
def test_a_question_can_be_skipped(key: str) -> None:
    for state in (OFFERED, update(OFFERED, "y")):
        skipped = update(state, key)
        assert (finished(skipped), skipped.pain, skipped.tracks_pain) == (True, None, state.tracks_pain)


@pytest.mark.parametrize("key", ["space", "3", "z", "²"])
def test_other_keys_do_not_answer_the_offer(key: str) -> None:
    assert update(OFFERED, key) is OFFERED


def test_it_closes_by_itself() -> None:
    assert not finished(animate(OFFERED, OPEN_NS - 1))
    assert finished(animate(OFFERED, OPEN_NS))
    assert not animate(OFFERED, OPEN_NS).tracks_pain


def test_it_says_what_was_done_and_when_to_come_back() -> None:
    text = "\n".join(shown(END))
    assert "7 stretches in 14 min 28 s." in text
    assert "Day 3 of your streak." in text
    assert "Next time: tomorrow, right side first." in text
    first = "\n".join(shown(replace(END, streak=1, rest_next=True, next_side=None)))
    assert "streak" not in first
    assert "Next time: gently tomorrow, or the day after." in first


def test_the_figure_breathes() -> None:
    assert shown(END) != shown(animate(END, 4 * SECOND))
    assert shown(END) == shown(animate(END, 8 * SECOND))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", ["end", "offer"])
def test_golden_screens(name: str, size: tuple[int, int], request: pytest.FixtureRequest) -> None:
    drawn = re.sub(r" +\n", "\n", "\n".join(shown(END if name == "end" else OFFERED, *size)) + "\n")
    path = GOLDEN / f"{name}-{size[0]}x{size[1]}.txt"
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(drawn, encoding="utf-8")
    assert drawn == path.read_text(encoding="utf-8"), f"\n{drawn}"


@given(st.integers(1, 200), st.integers(1, 70), st.booleans(), st.booleans())
def test_the_screen_has_exactly_the_asked_size(columns: int, lines: int, offer: bool, unicode: bool) -> None:
    rows = shown(OFFERED if offer else END, columns, lines, unicode=unicode, figures=FIGURES if unicode else None)
    assert len(rows) == lines
    assert {cell_len(row) for row in rows} == {columns}
    assert unicode or "".join(rows).isascii()


@pytest.mark.parametrize("size", [*SIZES, (40, 6)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_offer_is_whole_at_every_size(size: tuple[int, int]) -> None:
    assert OFFER in " ".join(" ".join(shown(OFFERED, *size)).split())


class Finisher(ScreenPerson):
    """A person who does a whole routine and presses *keys* at the closing screen."""

    def __init__(self, folder: Path, *keys: InputEvent | str | float, during: tuple[str | float, ...] = ()) -> None:
        super().__init__(folder, *keys)
        self.input_source = ScriptedInput(self.clock, during)  # type: ignore[arg-type]


def finish(folder: Path, *keys: str | float, during: tuple[str | float, ...] = ()) -> tuple[str, Finisher]:
    """Return the text of the closing screen of a session that began with `--yes`."""
    person = Finisher(folder, *keys, during=during)
    result = run("routine", "-m", "3", "--warm-up", "0", "--yes", "--figure", "none", app=person)
    assert result.exit_code == 0
    assert person.screen.events == type(person.screen.events)()
    return " ".join(" ".join(person.screen.frames[-1]).split()), person


def test_a_finished_session_ends_on_it_and_one_line_stays(tmp_path: Path) -> None:
    for number in range(4):
        text, person = finish(tmp_path, "enter")
        assert "stretches in 2 min" in text or "stretches in 3 min" in text
        assert [line for line in EXPECT if f"{line}." in text] == EXPECT[number : number + 1]
        *_, last = person.stderr.getvalue().splitlines()
        assert re.fullmatch(r"Done: \d stretches, .*\.", last)


@pytest.mark.parametrize(
    ("stretch", "next_time"),
    [("single-knee-to-chest", "tomorrow, right side first."), ("chin-tuck", "tomorrow."),
     ("contract-relax-hamstring", "gently tomorrow, or the day after, right side first.")],
)  # fmt: skip
def test_the_other_side_comes_first_the_next_time(tmp_path: Path, stretch: str, next_time: str) -> None:
    person = Finisher(tmp_path, "enter")
    args = ("--stretch", stretch, "--warm-up", "0", "--yes", "--figure", "none")
    assert run("routine", *args, app=person).exit_code == 0
    assert f"Next time: {next_time}" in " ".join(" ".join(person.screen.frames[-1]).split())


def test_the_streak_counts_this_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for days in range(3):
        monkeypatch.setattr(ScreenPerson, "today", lambda self, days=days: TODAY + timedelta(days=days))
        text, _ = finish(tmp_path, "enter")
    assert "Day 3 of your streak." in text


@pytest.mark.parametrize(("keys", "tracked"), [(("y", GUARD_S, "1", 1.0, "enter"), True), (("enter",), False)])
def test_tracking_is_offered_after_pain_and_kept_in_the_settings(
    tmp_path: Path, keys: tuple[str | float, ...], tracked: bool
) -> None:
    sit_down(tmp_path, "q")
    person = Finisher(tmp_path, "p", GUARD_S, "4", GUARD_S, "enter", GUARD_S, "enter", GUARD_S, *keys)
    assert run("routine", "-m", "3", "--warm-up", "0", "--figure", "none", app=person).exit_code == 0
    assert any(OFFER in " ".join(" ".join(frame).split()) for frame in person.screen.frames)
    assert load_settings(tmp_path, {}).settings.track_pain is tracked
    with Journal.open_for_writing(tmp_path, TODAY) as journal:
        (record,) = journal.recent(1)
    assert (record.scores.before, record.scores.after) == (4, 1 if tracked else None)


@pytest.mark.parametrize(
    ("keys", "spread", "new_sign"),
    [
        (("3", GUARD_S, "y"), "thigh", True),
        (("enter", GUARD_S, "enter"), None, False),
        (("3", GUARD_S, "q"), "thigh", None),
    ],
)
def test_high_pain_leads_to_more_windows_and_the_summary_comes_after_them(
    tmp_path: Path, keys: tuple[str | float, ...], spread: str | None, new_sign: bool | None
) -> None:
    sit_down(tmp_path, "q")
    person = Finisher(
        tmp_path, "p", GUARD_S, "4", GUARD_S, "enter", GUARD_S, "enter", GUARD_S, "y", GUARD_S, "6", GUARD_S, *keys
    )
    assert run("routine", "-m", "3", "--warm-up", "0", "--figure", "none", app=person).exit_code == 0
    assert not person.screen.events
    assert person.entered == 1
    assert "Any new numbness or weakness?" in " ".join(person.screen.frames[-1])
    with Journal.open_for_writing(tmp_path, TODAY) as journal:
        (record,) = journal.recent(1)
    assert (record.scores.after, record.scores.spread, record.scores.new_sign) == (6, spread, new_sign)
    words = person.stderr.getvalue()
    assert words.startswith("Done: ")
    assert ("There is new numbness" in words) is bool(new_sign)


def test_a_key_pressed_at_the_very_end_does_not_close_it(tmp_path: Path) -> None:
    person = Finisher(tmp_path)
    person.screen.events.clear()
    person.screen.events.extend(("space", 61.0))
    assert run("routine", "-m", "3", "--warm-up", "0", "--yes", app=person).exit_code == 0
    assert len(person.screen.frames) > 1


def test_a_session_without_a_stretch_done_has_no_closing_screen(tmp_path: Path) -> None:
    person = Finisher(tmp_path, during=("n",) * 40)
    assert run("routine", "-m", "3", "--yes", app=person).exit_code == 0
    assert person.screen.frames == []
    assert person.stderr.getvalue().endswith("Skipped: 0 of 2 stretches, 0 s.\n")


def test_a_session_that_only_hurt_says_so_and_what_to_do() -> None:
    session = Session(timeline=build_timeline(routine(areas=(), stretches=("chin-tuck",))), end_state="finished")
    assert summary(session) == "Skipped: 0 of 1 stretch, 0 s."
    hurt = replace(session, pain_reported_at=(len(session.timeline.phases) - 2,) * 2)
    advice = "What hurt: Chin tuck. Rest, and leave it out today. `stretch safety` lists when to get help."
    assert summary(hurt) == f"Stopped: 0 of 1 stretch, 0 s. {advice}"
    both = replace(hurt, pain_reported_at=(0, *hurt.pain_reported_at))
    assert "What hurt: Walk on the spot; Chin tuck. Rest, and leave them out today." in summary(both)
    numb = replace(hurt, end_state="stopped", end_reason="numb")
    assert summary(numb) == "Stopped: 0 of 1 stretch, 0 s."


def test_a_finished_session_says_what_hurt_and_was_not_done_easier() -> None:
    timeline = build_timeline(routine(areas=(), stretches=("chin-tuck", "cat-cow", "butterfly")))
    holds = {phase.item.stretch.id: at for at, phase in enumerate(timeline.phases) if phase.item}
    session = Session(timeline=timeline, end_state="finished", completed_phases=frozenset({holds["chin-tuck"]}))
    hurt = replace(session, pain_reported_at=(holds["butterfly"],))
    assert "Done: 1 of 3" in summary(hurt)
    assert "What hurt: Butterfly. Leave it out today. `stretch safety` lists when to get help." in summary(hurt)
    assert "hurt" not in summary(replace(hurt, easier_phases=frozenset({holds["butterfly"]})))
    assert "hurt" not in summary(replace(hurt, end_state="stopped"))


def test_what_was_left_out_is_not_counted(tmp_path: Path) -> None:
    person = Finisher(tmp_path, "enter", during=("n",) * 3)
    assert run("routine", "-m", "3", "--warm-up", "0", "--yes", app=person).exit_code == 0
    assert "2 of 3 stretches in" in " ".join(person.screen.frames[-1])


def test_a_stopped_session_has_no_closing_screen(tmp_path: Path) -> None:
    person = Finisher(tmp_path, during=(1.0, "q"))
    assert run("routine", "-m", "3", "--yes", app=person).exit_code == 3
    assert person.screen.frames == []


@pytest.mark.parametrize("corrected", [False, True])
def test_an_emergency_in_a_session_is_shown_and_can_be_corrected(tmp_path: Path, corrected: bool) -> None:
    screening_file.save(tmp_path, ScreeningRecord(outcome=Outcome.GO, screened=TODAY, since=TODAY, asked=TODAY))
    keys = ("b", GUARD_S, "n", GUARD_S, "enter") if corrected else ("enter",)
    person = Finisher(tmp_path, *keys, during=(1.0, "x", "4"))
    assert run("routine", "-m", "3", "--warm-up", "0", "--yes", app=person).exit_code == 3
    emergency = load_safety().messages.emergency
    assert emergency in " ".join(" ".join(person.screen.frames[0]).split())
    assert (emergency in person.stderr.getvalue()) is not corrected
    kept = screening_file.load(tmp_path)
    assert kept is not None
    assert kept.outcome is (Outcome.GO if corrected else Outcome.EMERGENCY)
    # What is over has been, so the session does not go on.
    with Journal.open_for_writing(tmp_path, TODAY) as journal:
        assert [record.ended for record in journal.recent(1)] == ["chest"]
    assert "stretch resume" not in person.stderr.getvalue()


@pytest.mark.parametrize("answer", ["1", "2", "3"])
def test_what_to_do_after_a_symptom_stays_on_the_screen_until_a_key(tmp_path: Path, answer: str) -> None:
    person = Finisher(tmp_path, GUARD_S, "z", "enter", during=(1.0, "x", answer))
    assert run("routine", "-m", "3", "--warm-up", "0", "--yes", app=person).exit_code == 3
    frame = " ".join(" ".join(person.screen.frames[-1]).split())
    assert frame.endswith("b wrong key Enter close")
    said = " ".join(person.stderr.getvalue().split()).rpartition(" s. ")[2]
    assert said
    assert said in frame


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("answer", ["1", "2", "3"])
def test_a_wrong_key_for_a_symptom_is_taken_back(tmp_path: Path, answer: str, known: bool) -> None:
    before = ScreeningRecord(outcome=Outcome.GO, screened=TODAY, since=TODAY, asked=TODAY) if known else None
    if before:
        screening_file.save(tmp_path, before)
    person = Finisher(tmp_path, GUARD_S, "b", during=(1.0, "x", answer))
    assert run("routine", "-m", "6", "--warm-up", "0", "--yes", app=person).exit_code == 3
    assert screening_file.load(tmp_path) == before
    assert person.stderr.getvalue().endswith("Run `stretch resume` to continue it.\n")
    with Journal.open_for_writing(tmp_path, TODAY) as journal:
        assert [record.ended for record in journal.recent(1)] == ["stopped"]
    assert run("resume", "--yes", app=Finisher(tmp_path, GUARD_S, "enter")).exit_code == 0


def test_a_wrong_key_takes_nothing_back_that_another_process_has_stored(tmp_path: Path) -> None:
    newer = ScreeningRecord(outcome=Outcome.SEE_CLINICIAN, since=TODAY, screened=TODAY)

    person = Finisher(tmp_path, GUARD_S, "b", during=(1.0, "x", "1"))
    draw = person.screen.draw

    def store_and_draw(rows: Sequence[StyledLine]) -> bool:
        screening_file.save(tmp_path, newer)
        return draw(rows)

    person.screen.draw = store_and_draw  # type: ignore[method-assign]
    run("routine", "-m", "6", "--warm-up", "0", "--yes", app=person)
    assert screening_file.load(tmp_path) == newer


def test_the_advice_is_shown_though_the_record_cannot_be_read(tmp_path: Path) -> None:
    person = Finisher(tmp_path, GUARD_S, "enter", during=(1.0, "x", "4"))
    assert isinstance(person.input_source, ScriptedInput)
    read = person.input_source.read

    def damage_and_read(timeout: float) -> InputEvent:
        (tmp_path / screening_file.NAME).write_text("{", encoding="utf-8")
        return read(timeout)

    person.input_source.read = damage_and_read  # type: ignore[method-assign]
    assert run("routine", "-m", "6", "--warm-up", "0", "--yes", app=person).exit_code == 3
    assert load_safety().messages.emergency in " ".join(" ".join(person.screen.frames[-1]).split())
    assert "Stopped" in person.stderr.getvalue()


def test_a_signal_on_the_page_of_a_symptom_loses_no_words(tmp_path: Path) -> None:
    person = Finisher(tmp_path, InputEvent(signal=2), during=(1.0, "x", "1"))
    assert run("routine", "-m", "6", "--warm-up", "0", "--yes", app=person).exit_code == 130
    assert "Stopped: 0 of" in person.stderr.getvalue()
    assert "New numbness or tingling" in person.stderr.getvalue()


@pytest.mark.parametrize(("columns", "lines"), SIZES)
def test_advice_fits_and_is_whole(columns: int, lines: int) -> None:
    advice = ["Feeling faint or breathless: stop and lie down, legs up.", "Still there after 5 minutes: get help."]
    rows = ["".join(text for text, _ in row) for row in advice_rows(advice, columns, lines)]
    assert len(rows) == lines
    assert max(map(cell_len, rows)) <= columns
    assert " ".join(advice) in " ".join(" ".join(rows).split()) or lines < 10


def test_pages_have_numbers_where_there_is_a_line_for_them() -> None:
    rows = [((f"row {number}", TextRole.PLAIN),) for number in range(24)]
    for lines in range(1, 20):
        pages = [text_above_keys(rows, (), lines, seconds * SECOND) for seconds in range(300)]
        lasts = {page[-1][0][0] for page in pages}
        count = -(-len(rows) // (lines - 1)) if lines > 3 else 0
        assert {last for last in lasts if " of " in last} == {f"{page} of {count}" for page in range(1, count + 1)}
        assert {row for page in pages for row in page if row} >= {*rows}
        assert {len(page) for page in pages} == {lines}


def test_advice_turns_page_after_page_where_it_does_not_fit() -> None:
    advice = ["Feeling faint or breathless: stop and lie down, legs up.", "Still there after 5 minutes: get help."]
    rows: list[str] = []
    for seconds in range(60):
        page = [
            "".join(text for text, _ in row).strip() for row in advice_rows(advice, 12, 3, elapsed_ns=seconds * SECOND)
        ]
        rows += page if page != rows[-3:] else []
    assert f"Stop. {' '.join(advice)} b wrong key Enter close" in " ".join(rows)
