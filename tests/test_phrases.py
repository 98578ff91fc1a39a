"""Phrases of each cue, as the plain mode prints them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from stretch.core.model import Pace
from stretch.core.narration.phrases import line_for, sentences, side_instruction, spoken_duration
from stretch.core.text import as_sentences
from stretch.core.timing.timeline import Cue, Timeline, build_timeline, cues
from stretch.core.vocabulary import Side
from support import CATALOG, routine


def all_cues(timeline: Timeline) -> tuple[Cue, ...]:
    return cues(timeline, -1, timeline.length_ms)


def lines(**request: Any) -> list[str]:
    built = routine(**request)
    timeline = build_timeline(built)
    return [line_for(cue, timeline) for cue in all_cues(timeline) if cue.kind in ("phase", "half-way", "last", "end")]


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


def test_phrases_for_sides_switches_rests_and_doses() -> None:
    result = lines(areas=(), stretches=("single-knee-to-chest",), warm_up=0.0)
    assert "Switch to the right side. Hug your right knee. 5 seconds." in result
    assert "Come out slowly and rest, 5 seconds. Then hold 2 of 2." in result
    assert "Hold 2 of 2, left side, 30 seconds." in result
    assert any("Bring your left knee up and hold" in line for line in result)
    assert result[1].startswith("Hold 1 of 2, left side, 30 seconds. Breathe in 3 seconds, out 3, 5 times.")


def test_phrases_for_contract_relax_rounds() -> None:
    result = lines(areas=(), stretches=("contract-relax-hamstring",), level="deep", warm_up=0.0)
    assert result[0].startswith("First: Press-and-release hamstring, left side, 3 rounds. Lie")
    assert "Press gently and breathe out, 6 seconds. Round 2 of 3, left side." in result
    assert "Come out slowly and rest, 5 seconds. Then round 2 of 3." in result


def test_a_moving_stretch_explains_its_breathing_once() -> None:
    result = lines(areas=(), stretches=("hamstring-90-90",), warm_up=0.0)
    assert sum("Out: straighten the knee toward the ceiling." in line for line in result) == 1
    assert result.count("Last one.") == 2
    assert any(line.startswith("Move, right side") for line in result)


def test_getting_up_is_explained_at_the_end() -> None:
    result = lines()
    assert "getting up" not in result[-2]
    assert result[-2].startswith("Rest")
    assert result[-1] == "Then roll to your side, push up with your hands and take your time getting up. Done."


def test_the_last_line_counts_the_stretches_done() -> None:
    built = routine()
    timeline = build_timeline(built)
    end = all_cues(timeline)[-1]
    assert line_for(end, timeline, done=(6, 6)).endswith(" Done: 6 stretches.")
    assert line_for(end, timeline, done=(5, 6)).endswith(" Done: 5 of 6 stretches.")
    assert line_for(end, timeline, done=(1, 1)).endswith(" Done: 1 stretch.")


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
    ready = [line for line in result if line.startswith(("First:", "Next:"))]
    assert ["Standing." in line for line in ready] == [True, False]


def test_each_half_of_a_breath_names_its_movement() -> None:
    timeline = build_timeline(routine(areas=(), stretches=("hamstring-90-90",), warm_up=0.0))
    result = {
        cue.kind: line_for(cue, timeline) for cue in all_cues(timeline) if timeline.phases[cue.index].kind == "move"
    }
    assert result["breath-in"] == "Breathe in. Bend the knee to a right angle."
    assert result["breath-out"] == "Breathe out. Straighten the knee toward the ceiling."


def test_spoken_durations() -> None:
    assert [spoken_duration(ms) for ms in (1_000, 5_400, 60_000, 80_000, 121_000)] == [
        "1 second", "5 seconds", "1 minute", "1 minute 20 seconds", "2 minutes 1 second",
    ]  # fmt: skip


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
