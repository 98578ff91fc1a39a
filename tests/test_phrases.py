"""Phrases and when they are spoken."""

from __future__ import annotations

import re
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretch.core.model import Pace
from stretch.core.narration.phrases import as_sentences, line_for, sentences, side_instruction, spoken_duration
from stretch.core.narration.speech_timing import (
    estimate_duration_ms,
    sentences_to_speak,
    speakable,
    speech_duration_ms,
    speech_start,
)
from stretch.core.timing.cues import Cue, cues
from stretch.core.timing.timeline import Timeline, build_timeline
from stretch.core.vocabulary import Side
from support import CATALOG, routine, timelines

breaths = st.booleans()


def all_cues(timeline: Timeline) -> tuple[Cue, ...]:
    return cues(timeline, -1, timeline.length_ms)


def spoken(timeline: Timeline, breath: bool = False) -> list[tuple[Cue, tuple[str, ...]]]:
    said = [(cue, sentences_to_speak(cue, timeline, breath=breath)) for cue in all_cues(timeline)]
    return [(cue, words) for cue, words in said if words]


def lines(**request: object) -> list[str]:
    built = routine(**request)
    timeline = build_timeline(built)
    return [line_for(cue, timeline) for cue in all_cues(timeline) if cue.kind in ("phase", "half-way", "last", "end")]


@given(timelines, breaths)
def test_speech_never_overlaps(timeline: Timeline, breath: bool) -> None:
    said = spoken(timeline, breath)
    for (cue, words), (other, _) in pairwise(said):
        if len(words) > 1 or cue.kind.startswith("breath"):
            assert speech_start(cue, timeline) + speech_duration_ms(words) <= speech_start(other, timeline), (
                words,
                other,
            )


@given(timelines, breaths)
def test_spoken_sentences_are_in_the_line_of_the_cue_or_of_its_preparation(timeline: Timeline, breath: bool) -> None:
    for cue, words in spoken(timeline, breath):
        own = sentences(cue, timeline)
        assert words[0] == own[0]
        assert set(words) <= {*own, *preparation_sentences(cue, timeline)}


def preparation_sentences(cue: Cue, timeline: Timeline) -> tuple[str, ...]:
    """Return the sentences of getting ready for the stretch whose first side is under way at *cue*."""
    for index in range(cue.index, -1, -1):
        if timeline.phases[index].kind == "prepare":
            return sentences(Cue(0, "phase", index), timeline)
        if timeline.phases[index].kind in ("switch", "settle"):
            break
    return ()


@given(timelines)
def test_every_phase_is_announced_and_no_step_is_repeated(timeline: Timeline) -> None:
    said = spoken(timeline)
    assert [cue.index for cue, _ in said if cue.kind == "phase"] == list(range(len(timeline.phases)))
    assert said[-1][0].kind == "end"
    for item in timeline.items:
        steps = [word for cue, words in said for word in words if timeline.phases[cue.index].item == item]
        expected = item.stretch.for_side(item.sides[0]).steps
        result = [step for step in expected if step in steps]
        # In order, from the first on, each once; a gentle movement may begin and end the same routine.
        assert tuple(result) == expected[: len(result)]
        assert all(steps.count(step) == timeline.items.count(item) for step in result)


@given(timelines)
def test_halfway_and_the_last_seconds_are_spoken(timeline: Timeline) -> None:
    said = {(cue.index, cue.kind): words for cue, words in spoken(timeline)}
    for index, phase in enumerate(timeline.phases):
        if phase.kind == "hold" and phase.length_ms >= 10_000:
            assert said[index, "last"] == ("Last 5 seconds.",)
        if phase.kind == "move" and phase.item and phase.item.stretch.halfway and len(phase.breaths) > 2:
            assert said[index, "half-way"] == (f"{phase.item.stretch.halfway}.",)


@given(timelines, breaths)
def test_spoken_sentences_have_no_abbreviations(timeline: Timeline, breath: bool) -> None:
    for _, words in spoken(timeline, breath):
        for sentence in words:
            assert not re.search(r"\d s\b| x |\d min\b", sentence)
            assert sentence[0].isupper() or sentence[0].isdigit()
            assert sentence[-1] in ".!?"


def test_breaths_are_spoken_only_on_request() -> None:
    timeline = build_timeline(routine(warm_up=0.0))
    assert not any(cue.kind.startswith("breath") for cue, _ in spoken(timeline))
    words = [word for cue, words in spoken(timeline, breath=True) if cue.kind.startswith("breath") for word in words]
    assert words.count("Breathe in.") > 10
    assert words.count("Breathe out.") > 10


def test_the_first_stretch_is_announced_with_name_side_dose_and_steps() -> None:
    built = routine(areas=(), stretches=("single-knee-to-chest",), warm_up=0.0)
    timeline = build_timeline(built)
    first = sentences_to_speak(Cue(0, "phase", 0), timeline)
    assert first[0] == "First up: Knee hug, one leg, left side, 2 holds of 30 seconds."
    assert first[1:] == built.items[0].stretch.for_side("left").steps[: len(first) - 1]
    assert len(first) > 1


def test_steps_that_did_not_fit_are_spoken_when_the_stretch_starts() -> None:
    built = routine(areas=(), stretches=("single-knee-to-chest",), warm_up=0.0)
    timeline = build_timeline(built)
    ready, hold = (
        all_cues(timeline)[0],
        next(cue for cue in all_cues(timeline) if cue.kind == "phase" and cue.index == 1),
    )
    slow = sentences_to_speak(hold, timeline, duration_of=lambda sentence: 2 * estimate_duration_ms(sentence))
    said = sentences_to_speak(ready, timeline, duration_of=lambda sentence: 2 * estimate_duration_ms(sentence))
    assert slow[0].startswith("Hold 1 of 2")
    assert slow[1] == sentences(ready, timeline)[len(said)]


@pytest.mark.parametrize("breath", [False, True])
def test_every_step_and_side_of_every_stretch_is_spoken(breath: bool) -> None:
    lost = {}
    for name, stretch in CATALOG.stretches.items():
        built = routine(areas=(), stretches=(name,), level="deep", warm_up=0.0, minutes=20.0)
        said = [word for _, words in spoken(build_timeline(built), breath) for word in words]
        unsaid = [step for step in stretch.for_side("left").steps if step not in said]
        if stretch.both_sides:
            unsaid += [text for text in as_sentences(side_instruction(stretch, "right")) if text not in said]
        if unsaid:
            lost[name] = unsaid
    assert lost == {
        # Each part announces its own step when it starts.
        "contract-relax-hamstring": [*CATALOG.stretches["contract-relax-hamstring"].steps[-1:]],
    }


def test_no_line_has_a_placeholder_and_each_side_names_itself() -> None:
    for name, stretch in CATALOG.stretches.items():
        made = build_timeline(routine(areas=(), stretches=(name,), level="deep", warm_up=0.0))
        said = {phase.side: "" for phase in made.phases}
        for cue in all_cues(made):
            line = line_for(cue, made)
            assert "{" not in line
            said[made.phases[cue.index].side] += line
        if stretch.both_sides:
            assert stretch.for_side("left").steps[1] in said["left"]
            assert as_sentences(side_instruction(stretch, "right"))[0] in said["right"]


def test_contract_relax_steps_are_not_spoken_in_the_wrong_phase() -> None:
    built = routine(areas=(), stretches=("contract-relax-hamstring",), level="deep", warm_up=0.0)
    timeline = build_timeline(built)
    said = {(timeline.phases[cue.index].kind, word) for cue, words in spoken(timeline) for word in words}
    steps = built.items[0].stretch.for_side("left").steps
    assert {kind for kind, word in said if word in steps} == {"prepare"}
    assert ("rest", "Then round 2 of 3.") in said


def test_settle_instructions_are_spoken_with_breaths_too() -> None:
    built = routine(warm_up=0.0)
    settle = spoken(build_timeline(built), breath=True)
    assert any("grow heavy" in word for _, words in settle for word in words)


def test_phrases_for_sides_switches_rests_and_doses() -> None:
    result = lines(areas=(), stretches=("single-knee-to-chest",), warm_up=0.0)
    assert "Switch to the right side. Hug your right knee. 5 seconds." in result
    assert "Ease out and rest, 5 seconds. Then hold 2 of 2." in result
    assert "Hold 2 of 2, left side, 30 seconds." in result
    assert any("Bring your left knee up and hold" in line for line in result)
    assert result[1].startswith("Hold 1 of 2, left side, 30 seconds. Breathe in 3 seconds, out 3, 5 times.")


def test_phrases_for_contract_relax_rounds() -> None:
    result = lines(areas=(), stretches=("contract-relax-hamstring",), level="deep", warm_up=0.0)
    assert result[0].startswith("First up: Press-and-release hamstring, left side, 3 rounds. Lie")
    assert "Press gently and breathe out, 6 seconds. Round 2 of 3, left side." in result
    assert "Ease out and rest, 5 seconds. Then round 2 of 3." in result


def test_a_moving_stretch_explains_its_breathing_once() -> None:
    result = lines(areas=(), stretches=("hamstring-90-90",), warm_up=0.0)
    assert sum("Out: straighten the knee toward the ceiling." in line for line in result) == 1
    assert result.count("Last one.") == 2
    assert any(line.startswith("Move, right side") for line in result)


def test_getting_up_is_explained_at_the_end() -> None:
    result = lines()
    assert "getting up" not in result[-2]
    assert result[-2].startswith("Settle")
    assert result[-1].startswith("Done. Then roll to your side")


def test_the_last_line_counts_the_stretches_done() -> None:
    built = routine()
    timeline = build_timeline(built)
    end = all_cues(timeline)[-1]
    assert line_for(end, timeline, done=(6, 6)).startswith("Done: 6 stretches. ")
    assert line_for(end, timeline, done=(5, 6)).startswith("Done: 5 of 6 stretches. ")
    assert line_for(end, timeline, done=(1, 1)).startswith("Done: 1 stretch. ")


def test_the_easier_way_comes_before_the_steps() -> None:
    built = routine(areas=(), stretches=("single-knee-to-chest",), avoid=("knee",), warm_up=0.0)
    timeline = build_timeline(built)
    assert built.items[0].adapted
    ready = sentences(Cue(0, "phase", 0), timeline)
    assert ready[1] == "The easier way first: Use a strap behind the thigh and stop earlier."


def test_an_unusual_position_is_announced() -> None:
    other = next(s for s in CATALOG.stretches.values() if "standing" in s.also)
    built = routine(areas=(), stretches=(other.id,), positions=("standing",), warm_up=0.0, minutes=30.0)
    assert "Standing." in sentences(Cue(0, "phase", 0), build_timeline(built))


def test_a_position_is_announced_only_when_it_changes() -> None:
    neck = ("neck-rotation", "chin-tuck")
    result = lines(areas=(), stretches=neck, positions=("standing",), warm_up=0.0)
    ready = [line for line in result if line.startswith(("First up:", "Next up:"))]
    assert ["Standing." in line for line in ready] == [True, False]


def test_each_half_of_a_breath_names_its_movement() -> None:
    timeline = build_timeline(routine(areas=(), stretches=("hamstring-90-90",), warm_up=0.0))
    result = {
        cue.kind: line_for(cue, timeline) for cue in all_cues(timeline) if timeline.phases[cue.index].kind == "move"
    }
    assert result["breath-in"] == "Breathe in. Bend the knee back to a right angle."
    assert result["breath-out"] == "Breathe out. Straighten the knee toward the ceiling."


def test_spoken_durations() -> None:
    assert [spoken_duration(ms) for ms in (1_000, 5_400, 60_000, 80_000, 121_000)] == [
        "1 second", "5 seconds", "1 minute", "1 minute 20 seconds", "2 minutes 1 second",
    ]  # fmt: skip


def test_estimated_durations_grow_with_length_and_digits() -> None:
    assert (
        estimate_duration_ms("Breathe in.")
        < estimate_duration_ms("Breathe in, 3 seconds.")
        < estimate_duration_ms("Breathe in, 33 seconds.")
    )
    assert speech_duration_ms(["One.", "Two."]) > 2 * estimate_duration_ms("One.")
    assert speech_duration_ms([]) == 0


@given(st.text())
def test_speakable_text_has_no_synthesizer_commands(text: str) -> None:
    clean = speakable(text)
    assert clean.isprintable()
    assert "[[" not in clean
    assert "]]" not in clean
    clean.encode()


def test_shell_syntax_is_spoken_unchanged() -> None:
    for text in ("$(rm -rf ~)", "-w /etc/passwd", "`id`; echo $HOME | sh", "100 % <b>&amp;"):
        assert speakable(text) == text


@pytest.mark.parametrize(("side", "other"), [("left", "right"), ("right", "left")])
def test_the_texts_of_a_stretch_name_the_side_it_is_done_on(side: Side, other: Side) -> None:
    text = "Hold with your {side} hand, tip your head to the {other}."
    pace = Pace(inhale="lift your {side} arm", exhale="lower your {other} arm")
    stretch = msgspec.structs.replace(
        CATALOG.stretches["neck-side-bend"], steps=(text, "Stay."), pace=pace,
        **dict.fromkeys(("side_means", "halfway", "feel", "breath", "mistake", "ease_off"), text),
    )  # fmt: skip
    filled = stretch.for_side(side)
    expected = f"Hold with your {side} hand, tip your head to the {other}."
    assert filled.steps == (expected, "Stay.")
    assert filled.pace == Pace(inhale=f"lift your {side} arm", exhale=f"lower your {other} arm")
    for field in ("side_means", "halfway", "feel", "breath", "mistake", "ease_off"):
        assert getattr(filled, field) == expected


def test_texts_without_sides_stay_as_they_are() -> None:
    both, each = CATALOG.stretches["cat-cow"], CATALOG.stretches["neck-side-bend"]
    assert both.for_side(None) is both
    plain = msgspec.structs.replace(each, steps=("Tip your head.",), side_means="the held side", feel=None)
    assert plain.for_side("left").steps == plain.steps
    assert side_instruction(plain, "left") == "left: the held side"
    assert side_instruction(both, None) == ""
