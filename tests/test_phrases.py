"""What is said: the same words for the voice and for the plain lines, as many of them as there is time for."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretch.core.model import Dose
from stretch.core.narration.phrases import line_for, sentences, spoken_duration
from stretch.core.narration.speech_timing import (
    estimate_duration_ms,
    sentences_to_speak,
    speakable,
    speech_duration_ms,
    speech_start,
)
from stretch.core.text import dose_label
from stretch.core.timing.cues import Cue, cues
from stretch.core.timing.phases import WORKING_KINDS
from stretch.core.timing.timeline import Timeline, build_timeline
from support import CATALOG, routine, timelines

breaths = st.booleans()


def every(timeline: Timeline) -> tuple[Cue, ...]:
    return cues(timeline, -1, timeline.length_ms)


def heard(timeline: Timeline, breath: bool = False) -> list[tuple[Cue, tuple[str, ...]]]:
    said = [(cue, sentences_to_speak(cue, timeline, breath=breath)) for cue in every(timeline)]
    return [(cue, words) for cue, words in said if words]


def lines(**request: object) -> list[str]:
    built = routine(**request)
    timeline = build_timeline(built)
    return [line_for(cue, timeline) for cue in every(timeline) if cue.kind in ("phase", "half-way", "last", "end")]


@given(timelines, breaths)
def test_nothing_is_said_over_what_is_still_being_said(timeline: Timeline, breath: bool) -> None:
    said = heard(timeline, breath)
    for (cue, words), (other, _) in pairwise(said):
        if len(words) > 1 or cue.kind.startswith("breath"):
            assert speech_start(cue, timeline) + speech_duration_ms(words) <= speech_start(other, timeline), (
                words,
                other,
            )


@given(timelines, breaths)
def test_every_word_said_stands_in_the_line_of_its_cue_or_of_getting_ready_for_it(
    timeline: Timeline, breath: bool
) -> None:
    for cue, words in heard(timeline, breath):
        own = sentences(cue, timeline)
        assert words[0] == own[0]
        assert set(words) <= {*own, *getting_ready_for(cue, timeline)}


def getting_ready_for(cue: Cue, timeline: Timeline) -> tuple[str, ...]:
    """Return the sentences of getting ready for the stretch whose first side is under way at *cue*."""
    for index in range(cue.index, -1, -1):
        if timeline.phases[index].kind == "prepare":
            return sentences(Cue(0, "phase", index), timeline)
        if timeline.phases[index].kind in ("switch", "settle"):
            break
    return ()


@given(timelines)
def test_every_change_is_said_and_nothing_twice(timeline: Timeline) -> None:
    said = heard(timeline)
    assert [cue.index for cue, _ in said if cue.kind == "phase"] == list(range(len(timeline.phases)))
    assert said[-1][0].kind == "end"
    for item in timeline.items:
        steps = [word for cue, words in said for word in words if timeline.phases[cue.index].item == item]
        told = [step for step in item.stretch.steps if step in steps]
        # In order, from the first on, each once.
        assert tuple(told) == item.stretch.steps[: len(told)]
        assert all(steps.count(step) == 1 for step in told)


@given(timelines)
def test_half_way_and_the_last_seconds_are_said(timeline: Timeline) -> None:
    said = {(cue.index, cue.kind): words for cue, words in heard(timeline)}
    for index, phase in enumerate(timeline.phases):
        if phase.kind == "hold" and phase.length_ms >= 10_000:
            assert said[index, "last"] == ("Last 5 seconds.",)
        if phase.kind == "move" and phase.item and phase.item.stretch.halfway and len(phase.breaths) > 2:
            assert said[index, "half-way"] == (f"{phase.item.stretch.halfway}.",)


@given(timelines, breaths)
def test_no_sentence_has_a_sign_that_is_only_for_the_eye(timeline: Timeline, breath: bool) -> None:
    for _, words in heard(timeline, breath):
        for sentence in words:
            assert not re.search(r"\d s\b| x |\d min\b", sentence)
            assert sentence[0].isupper() or sentence[0].isdigit()
            assert sentence[-1] in ".!?"


def test_with_breath_each_half_is_said_once_nobody_speaks_and_not_without_asking() -> None:
    timeline = build_timeline(routine(warm_up=0.0))
    assert not any(cue.kind.startswith("breath") for cue, _ in heard(timeline))
    words = [word for cue, words in heard(timeline, breath=True) if cue.kind.startswith("breath") for word in words]
    assert words.count("Breathe in.") > 10
    assert words.count("Breathe out.") > 10


def test_what_is_first_up_is_said_with_name_side_and_dose_then_the_steps() -> None:
    built = routine(areas=(), stretches=("single-knee-to-chest",), warm_up=0.0)
    timeline = build_timeline(built)
    first = sentences_to_speak(Cue(0, "phase", 0), timeline)
    assert first[0] == "First up: Single knee to chest, left side, 2 holds of 30 seconds."
    assert first[1:] == built.items[0].stretch.steps[: len(first) - 1]
    assert len(first) > 1


def test_steps_that_did_not_fit_are_said_as_the_stretch_begins() -> None:
    built = routine(areas=(), stretches=("single-knee-to-chest",), warm_up=0.0)
    timeline = build_timeline(built)
    ready, hold = every(timeline)[0], next(cue for cue in every(timeline) if cue.kind == "phase" and cue.index == 1)
    slow = sentences_to_speak(hold, timeline, duration_of=lambda sentence: 2 * estimate_duration_ms(sentence))
    said = sentences_to_speak(ready, timeline, duration_of=lambda sentence: 2 * estimate_duration_ms(sentence))
    assert slow[0].startswith("Hold 1 of 2")
    assert slow[1] == sentences(ready, timeline)[len(said)]


@pytest.mark.parametrize("breath", [False, True])
def test_of_every_shipped_stretch_every_step_is_said_and_which_side_is_meant(breath: bool) -> None:
    lost = {}
    for name, stretch in CATALOG.stretches.items():
        built = routine(areas=(), stretches=(name,), level="deep", warm_up=0.0, minutes=20.0)
        said = [word for _, words in heard(build_timeline(built), breath) for word in words]
        unsaid = [step for step in stretch.steps if step not in said]
        if stretch.side_means:
            unsaid += [side for side in ("Left side first", "Right") if f"{side}: {stretch.side_means}." not in said]
        if unsaid:
            lost[name] = unsaid
    assert lost == {
        # Fifteen seconds of getting ready and holds and rests of five leave no room for its last step.
        "chair-back-extension": [*CATALOG.stretches["chair-back-extension"].steps[-1:]],
        # Its parts say the same, each in its time.
        "contract-relax-hamstring": [*CATALOG.stretches["contract-relax-hamstring"].steps[-2:]],
    }


def test_a_step_of_contract_relax_is_never_said_in_another_part_than_its_own() -> None:
    built = routine(areas=(), stretches=("contract-relax-hamstring",), level="deep", warm_up=0.0)
    timeline = build_timeline(built)
    said = {(timeline.phases[cue.index].kind, word) for cue, words in heard(timeline) for word in words}
    steps = built.items[0].stretch.steps
    assert [kind for kind, word in said if word in steps] == ["prepare", "prepare"]
    assert ("press", "Left side first: the raised leg.") in said
    assert ("rest", "Then round 2 of 3.") in said


def test_while_settling_with_the_breath_it_is_still_said_how_to_rest() -> None:
    built = routine(warm_up=0.0)
    settle = heard(build_timeline(built), breath=True)
    assert any("grow heavy" in word for _, words in settle for word in words)


def test_sides_switches_rests_and_doses_in_words() -> None:
    told = lines(areas=(), stretches=("single-knee-to-chest",), warm_up=0.0)
    assert "Switch to the right side. Right: the leg you hug. 5 seconds." in told
    assert "Ease out and rest, 5 seconds. Then hold 2 of 2." in told
    assert "Hold 2 of 2, left side, 30 seconds." in told
    assert any("Left side first: the leg you hug." in line for line in told)
    assert told[1].startswith("Hold 1 of 2, left side, 30 seconds. Breathe in 3 seconds, out 3, 5 times.")


def test_rounds_of_contract_relax_in_words() -> None:
    told = lines(areas=(), stretches=("contract-relax-hamstring",), level="deep", warm_up=0.0)
    assert told[0].startswith("First up: Contract-relax hamstring stretch, left side, 3 rounds. Set up")
    assert "Press gently and breathe out, 6 seconds. Round 2 of 3, left side." in told
    assert "Ease out and rest, 5 seconds. Then round 2 of 3." in told


def test_a_moving_stretch_says_what_goes_with_the_breath_once() -> None:
    told = lines(areas=(), stretches=("hamstring-90-90",), warm_up=0.0)
    assert sum("Out: straighten the knee toward the ceiling." in line for line in told) == 1
    assert told.count("Last one.") == 2
    assert any(line.startswith("Move, right side") for line in told)


def test_how_to_get_up_is_said_when_it_is_time_to() -> None:
    told = lines()
    assert "getting up" not in told[-2]
    assert told[-2].startswith("Settle")
    assert told[-1].startswith("Done. Then roll to your side")


def test_at_the_end_it_is_said_what_was_done() -> None:
    built = routine()
    timeline = build_timeline(built)
    end = every(timeline)[-1]
    assert line_for(end, timeline, done=(6, 6)).startswith("Done: 6 stretches. ")
    assert line_for(end, timeline, done=(5, 6)).startswith("Done: 5 of 6 stretches. ")
    assert line_for(end, timeline, done=(1, 1)).startswith("Done: 1 stretch. ")


def test_the_easier_way_is_said_before_the_steps() -> None:
    built = routine(areas=(), stretches=("single-knee-to-chest",), avoid=("knee",), warm_up=0.0)
    timeline = build_timeline(built)
    assert built.items[0].adapted
    ready = sentences(Cue(0, "phase", 0), timeline)
    assert ready[1] == "The easier way first: Use a strap behind the thigh and stop earlier."


def test_another_position_than_usual_is_said() -> None:
    other = next(s for s in CATALOG.stretches.values() if "standing" in s.also)
    built = routine(areas=(), stretches=(other.id,), positions=("standing",), warm_up=0.0, minutes=30.0)
    assert "Standing." in sentences(Cue(0, "phase", 0), build_timeline(built))


def test_a_position_is_not_said_again_where_one_is_already() -> None:
    neck = ("neck-rotation", "neck-side-bend")
    told = lines(areas=(), stretches=neck, positions=("standing",), warm_up=0.0)
    ready = [line for line in told if line.startswith(("First up:", "Next up:"))]
    assert ["Standing." in line for line in ready] == [True, False]


def test_each_half_of_a_breath_says_what_moves_with_it() -> None:
    timeline = build_timeline(routine(areas=(), stretches=("hamstring-90-90",), warm_up=0.0))
    told = {cue.kind: line_for(cue, timeline) for cue in every(timeline) if timeline.phases[cue.index].kind == "move"}
    assert told["breath-in"] == "Breathe in. Bend the knee back to a right angle."
    assert told["breath-out"] == "Breathe out. Straighten the knee toward the ceiling."


def test_lengths_in_words() -> None:
    assert [spoken_duration(ms) for ms in (1_000, 5_400, 60_000, 80_000, 121_000)] == [
        "1 second", "5 seconds", "1 minute", "1 minute 20 seconds", "2 minutes 1 second",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "amount", "told"),
    [
        ("sphinx", Dose(hold_s=20, reps=3), "20 s x 3"),
        ("standing-quad", Dose(hold_s=30, reps=1), "30 s x 1 each side"),
        ("pelvic-tilt", Dose(reps=8), "8 breaths"),
        ("pelvic-tilt", Dose(reps=1), "1 breath"),
        ("open-book", Dose(reps=1), "1 breath each side"),
    ],
)
def test_doses_in_words(name: str, amount: Dose, told: str) -> None:
    assert dose_label(CATALOG.stretches[name], amount) == told


def test_longer_words_take_longer_and_a_pause_between_them() -> None:
    assert (
        estimate_duration_ms("Breathe in.")
        < estimate_duration_ms("Breathe in, 3 seconds.")
        < estimate_duration_ms("Breathe in, 33 seconds.")
    )
    assert speech_duration_ms(["One.", "Two."]) > 2 * estimate_duration_ms("One.")
    assert speech_duration_ms([]) == 0


@given(st.text())
def test_nothing_speakable_is_a_command_to_a_synthesiser(text: str) -> None:
    clean = speakable(text)
    assert clean.isprintable()
    assert "[[" not in clean
    assert "]]" not in clean
    clean.encode()


def test_what_looks_like_a_command_to_a_shell_is_said_as_it_stands() -> None:
    for text in ("$(rm -rf ~)", "-w /etc/passwd", "`id`; echo $HOME | sh", "100 % <b>&amp;"):
        assert speakable(text) == text
    assert speakable("90/90 hamstring, and/or 1/2") == "90 90 hamstring, and/or 1/2"


@given(timelines)
def test_holds_and_moves_are_announced_to_be_nearly_over_once(timeline: Timeline) -> None:
    last = [cue for cue in every(timeline) if cue.kind == "last"]
    assert len({cue.index for cue in last}) == len(last)
    for cue in last:
        phase = timeline.phases[cue.index]
        assert phase.kind in WORKING_KINDS
        assert phase.end_ms - cue.at_ms == (5_000 if phase.kind == "hold" else sum(phase.breaths[-1]))


def test_warm_up_moves_have_a_half_way_because_some_change_direction() -> None:
    timeline = build_timeline(routine())
    half_way = [cue for cue in every(timeline) if timeline.phases[cue.index].kind == "warm-up" and
                cue.kind == "half-way"]  # fmt: skip
    assert [cue.at_ms for cue in half_way] == [30_000, 90_000, 150_000, 210_000, 270_000]
