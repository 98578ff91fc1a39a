"""Spoken words: what is said at each cue in each mode, that it fits its pause, and how much of a session it takes."""

from __future__ import annotations

import json
import re
import shutil
from itertools import pairwise
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from stretch.core.narration.phrases import side_instruction
from stretch.core.narration.speech import (
    estimate_duration_ms,
    sentences_to_speak,
    speakable,
    speech_duration_ms,
    speech_start,
    words_for_change,
)
from stretch.core.narration.tones import RATE
from stretch.core.routine import FAMILIAR_AFTER, Routine
from stretch.core.text import as_sentences
from stretch.core.timing.session import Session, update
from stretch.core.timing.timeline import Cue, Timeline, build_timeline, cues
from stretch.core.vocabulary import VoiceMode
from stretch.export.text_to_speech import find_synthesizer
from support import CATALOG, EACH_AREA, routine, timelines

MODES: tuple[VoiceMode, ...] = get_args(VoiceMode)
modes = st.sampled_from(MODES)
MAX_SHARE = 0.25
"""Most of a session that may be spoken."""
MAX_WORDS_PER_MINUTE = 190


def familiar(made: Routine) -> Routine:
    """Return *made* for somebody who knows every stretch."""
    return replace(made, items=tuple(replace(item, familiar=True) for item in made.items))


def named(*names: str, known: bool = False, **request: Any) -> Timeline:
    request = {"areas": (), "stretches": names, "level": "deep", "warm_up": 0.0, "voice": True, **request}
    made = routine(**request)
    return build_timeline(familiar(made) if known else made)


def all_cues(timeline: Timeline) -> tuple[Cue, ...]:
    return cues(timeline, -1, timeline.length_ms)


def spoken(timeline: Timeline, mode: VoiceMode = "yes", **options: Any) -> list[tuple[Cue, tuple[str, ...]]]:
    said = [(cue, sentences_to_speak(cue, timeline, mode, **options)) for cue in all_cues(timeline)]
    return [(cue, words) for cue, words in said if words]


def texts(timeline: Timeline, mode: VoiceMode = "yes", **options: Any) -> list[str]:
    return [" ".join(words) for _, words in spoken(timeline, mode, **options)]


@given(timelines, modes, st.booleans())
def test_no_line_is_longer_than_its_pause(timeline: Timeline, mode: VoiceMode, known: bool) -> None:
    said = spoken(timeline, mode)
    for (cue, words), (other, _) in pairwise(said):
        ends = speech_start(cue, timeline) + speech_duration_ms(words)
        limit = min(speech_start(other, timeline), timeline.phases[cue.index].end_ms + 400)
        assert ends <= limit, (words, other)


@given(timelines, modes)
def test_every_phase_is_announced_and_every_stretch_with_all_its_steps_or_none(
    timeline: Timeline, mode: VoiceMode
) -> None:
    said = {cue.index: words for cue, words in spoken(timeline, mode) if cue.kind == "phase"}
    loud = [index for index, phase in enumerate(timeline.phases) if phase.kind in ("prepare", "switch", "settle")]
    assert list(said) == (list(range(len(timeline.phases))) if mode != "names" else sorted({*said, *loud}))
    for index, words in said.items():
        item, side = timeline.phases[index].item, timeline.phases[index].side
        steps = item.stretch.for_side(side).steps if item else ()
        heard = [step for step in steps if step in words]
        assert not heard or (heard == list(steps) and timeline.phases[index].kind == "prepare")


@given(timelines, modes)
def test_spoken_sentences_have_no_abbreviations(timeline: Timeline, mode: VoiceMode) -> None:
    for _, words in spoken(timeline, mode):
        for sentence in words:
            assert not re.search(r"\d s\b| x |\d min\b|[{}]", sentence)
            assert sentence[0].isupper() or sentence[0].isdigit()
            assert sentence[-1] in ".!?"
            assert not sentence.startswith(("Easier:", "Avoid:", "Not:"))


STRAP = "supine-hamstring-strap"
LEFT = CATALOG.stretches[STRAP].for_side("left")
FULL = [
    " ".join(
        ("Left side: Hamstring stretch with strap. You need a belt or towel.", *LEFT.steps, LEFT.breath)
    ),
    "Hold 1 of 2, 30 seconds.", "Halfway.", "Last 5 seconds.", "Come out slowly and rest.", "Hold 2 of 2.",
    "Switch to the right side. Raise your right leg.",
]  # fmt: skip
BRIEF = [
    "Left side: Hamstring stretch with strap. You need a belt or towel. On your back.",
    "Hold.", "Rest.", "Hold.", "Switch to the right side.",
]  # fmt: skip
NAMES = ["Left side: Hamstring stretch with strap.", "Right side."]


@pytest.mark.parametrize(
    ("mode", "known", "expected"),
    [
        ("yes", False, FULL), ("full", False, FULL), ("yes", True, BRIEF), ("full", True, FULL),
        ("brief", False, BRIEF), ("no", True, BRIEF), ("names", False, NAMES), ("names", True, NAMES),
    ],
)  # fmt: skip
def test_what_is_said_about_a_stretch_in_each_mode(mode: VoiceMode, known: bool, expected: list[str]) -> None:
    timeline = named(STRAP, known=known)
    # Time enough for all of it.
    said = texts(timeline, mode, duration_of=lambda sentence: 100)
    assert said[: len(expected)] == expected


def test_a_stretch_for_which_there_is_no_time_is_only_announced() -> None:
    def takes(sentence: str) -> int:
        return 60 * len(sentence) if len(sentence) < 80 else 60_000

    first, *_ = texts(named(STRAP), duration_of=takes)
    assert first == BRIEF[0]
    shortest, hold, *_ = texts(named(STRAP), duration_of=lambda sentence: 60_000)
    assert (shortest, hold) == (NAMES[0], "Hold.")


def test_the_breath_is_left_out_first() -> None:
    first, *_ = texts(named(STRAP), duration_of=lambda sentence: 60_000 if sentence == LEFT.breath else 100)
    assert first == FULL[0].removesuffix(f" {LEFT.breath}")


def test_a_line_ends_before_the_next_words_in_its_phase() -> None:
    # They begin in the middle of a hold of 30 seconds.
    lines = dict(spoken(named(STRAP), duration_of=lambda sentence: 20_000))
    assert next(words for cue, words in lines.items() if cue.index == 1) == ("Hold.",)


@pytest.mark.parametrize(
    ("name", "needed"),
    [("standing-hamstring", ["You need a chair and a low step or stair."]), ("seated-hamstring", []), ("cat-cow", []),
     ("calf-straight-knee", ["You need a wall."])],
)  # fmt: skip
def test_what_is_needed_is_named_unless_one_sits_on_it(name: str, needed: list[str]) -> None:
    timeline = named(name)
    words = sentences_to_speak(all_cues(timeline)[0], timeline)
    assert [sentence for sentence in words[:2] if sentence.startswith("You need")] == needed


def test_a_stretch_without_sides_is_announced_as_the_first_or_the_next() -> None:
    said = texts(named("cat-cow", "pelvic-tilt"), "names")
    assert said[:2] == ["First: Cat-cow.", "Next: Lying pelvic tilt."]
    assert texts(named("cat-cow", "pelvic-tilt", known=True))[0] == "First: Cat-cow. On hands and knees."


def test_a_stretch_that_comes_twice_is_explained_once() -> None:
    made = routine(areas=(), stretches=("pelvic-tilt", "single-knee-to-chest"), warm_up=0.0)
    twice = replace(made, items=(*made.items, replace(made.items[0])))
    said = [line for line in texts(build_timeline(twice), duration_of=lambda sentence: 100) if "pelvic tilt" in line]
    assert said == [" ".join(("First: Lying pelvic tilt.", *made.items[0].stretch.steps)), "Next: Lying pelvic tilt."]


def test_a_change_of_direction_is_spoken_in_every_mode() -> None:
    timeline = named("shoulder-rolls")
    halfway = CATALOG.stretches["shoulder-rolls"].halfway
    for mode in MODES:
        assert f"{halfway}." in texts(timeline, mode)
    assert "Halfway." not in texts(named("cat-cow"))


def test_there_is_time_to_explain_every_stretch() -> None:
    for name, stretch in CATALOG.stretches.items():
        timeline = named(name, minutes=30.0)
        side = timeline.phases[0].side
        said = sentences_to_speak(all_cues(timeline)[0], timeline)
        assert [step for step in stretch.for_side(side).steps if step not in said] == [], name
        if stretch.both_sides:
            said = tuple(words for cue, line in spoken(timeline) for words in line)
            other = "right" if side == "left" else "left"
            assert set(as_sentences(side_instruction(stretch, other))) <= set(said), name  # type: ignore[arg-type]


def test_halfway_is_not_said_in_a_hold_under_half_a_minute() -> None:
    timeline = named("single-knee-to-chest")
    assert any(phase.kind == "hold" and phase.length_ms == 30_000 for phase in timeline.phases)
    assert "Halfway." in texts(timeline)
    assert "Halfway." not in texts(timeline, "brief")
    short = build_timeline(routine(areas=(), stretches=("single-knee-to-chest",), beginner=True, half_dose=True))
    assert all(phase.length_ms < 30_000 for phase in short.phases if phase.kind == "hold")
    assert not any(cue.kind == "half-way" and short.phases[cue.index].kind == "hold" for cue in all_cues(short))


def test_contract_relax_rounds_are_spoken() -> None:
    said = texts(named("contract-relax-hamstring"))
    assert "Press gently and breathe out, 6 seconds." in said
    assert "Let go, breathe in, and go a little further." in said
    assert "Hold, 20 seconds." in said


def test_movements_are_explained_once() -> None:
    said = texts(named("hamstring-90-90"))
    assert said.count("Out: straighten the knee toward the ceiling.") == 1
    assert said.count("In: bend the knee to a right angle.") == 1
    assert said.count("Begin.") == 2
    brief = texts(named("hamstring-90-90"), "brief")
    assert not any(line.startswith(("In:", "Out:")) for line in brief)


@pytest.mark.parametrize("breath", ["steady", "calm", "2-2"])
def test_each_half_of_a_movement_is_explained_while_it_is_done(breath: str) -> None:
    for name, stretch in CATALOG.stretches.items():
        if stretch.pace is None:
            continue
        timeline = named(name, breath=breath, minutes=30.0)
        phase = next(phase for phase in timeline.phases if phase.kind == "move")
        inhale_ms, exhale_ms = phase.breaths[0]
        lines = {
            words[0].partition(":")[0]: speech_start(cue, timeline) - phase.start_ms
            for cue, words in spoken(timeline, "full")
            if words[0].startswith(("In:", "Out:"))
        }
        # "In" may come a little later than the sound for the start of the movement.
        assert lines["Out"] == inhale_ms, name
        assert lines["In"] in (400, *(number * (inhale_ms + exhale_ms) for number in range(1, 4))), name


def test_the_easier_way_for_a_caution_comes_before_the_steps() -> None:
    timeline = named("single-knee-to-chest", avoid=("knee",))
    words = sentences_to_speak(all_cues(timeline)[0], timeline, duration_of=lambda sentence: 100)
    assert words[1] == "The easier way first: Use a strap behind the thigh and stop earlier."


def test_an_unusual_position_is_announced() -> None:
    other = next(stretch for stretch in CATALOG.stretches.values() if "standing" in stretch.also)
    timeline = named(other.id, positions=("standing",), minutes=30.0)
    assert "Standing." in sentences_to_speak(all_cues(timeline)[0], timeline, duration_of=lambda sentence: 100)


def test_getting_up_is_explained_to_those_who_are_new() -> None:
    assert "roll to your side" in texts(build_timeline(routine()))[-1]
    assert texts(build_timeline(routine()), done=(5, 6))[-1].endswith("getting up. Done: 5 of 6 stretches.")
    end = texts(build_timeline(familiar(routine())), done=(5, 6))[-1]
    assert end == "Done: 5 of 6 stretches."


def test_breaths_are_spoken_only_on_request_and_over_no_other_words() -> None:
    timeline = build_timeline(routine(warm_up=0.0))
    assert not any("reathe " in word for _, words in spoken(timeline, "full") for word in words[:1])
    said = [word for cue, words in spoken(timeline, "breath") if cue.kind.startswith("breath") for word in words]
    assert said.count("Breathe in.") > 10
    assert said.count("Breathe out.") > 10


def test_words_for_keys_name_the_easier_way_only_when_it_is_asked_for() -> None:
    timeline = named("single-knee-to-chest")
    before = update(Session(timeline=timeline), "next")
    easier = CATALOG.stretches["single-knee-to-chest"].for_side("left").labelled("ease_off")
    assert words_for_change(before, update(before, "pause")) == ()
    eased = update(before, "ease")
    assert words_for_change(before, eased) == (easier,)
    assert words_for_change(eased, update(eased, "pause")) == ()
    hurt = update(before, "hurt")
    assert words_for_change(before, hurt) == ("Stopped.", "Come out of it slowly.", easier)
    assert words_for_change(hurt, hurt) == ()


def test_a_voice_that_is_turned_on_names_the_stretch() -> None:
    session = update(Session(timeline=named("single-knee-to-chest")), "next")
    speaking = update(session, "voice")
    assert words_for_change(session, speaking) == ("Knee hug, one leg, left side.",)
    assert words_for_change(speaking, update(speaking, "voice")) == ()


def test_two_stretches_that_hurt_are_a_reason_to_rest() -> None:
    session = update(Session(timeline=named("single-knee-to-chest", "supine-figure-four")), "next")
    second = update(update(update(session, "hurt"), "next"), "next")
    words = words_for_change(second, update(second, "hurt"))
    assert words[-1] == "Two stretches in a row hurt: better to rest now."


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


def test_less_important_words_are_left_out_when_much_is_said() -> None:
    said = texts(session_of(0, "core"))
    assert not {"Halfway.", "Last 5 seconds.", "Last one."} & set(said)
    assert "Hold." in said
    assert not any(line.startswith(("In:", "Out:")) for line in said)
    assert {"Last 5 seconds.", "Last one."} <= set(texts(session_of(0)))
    wrists = texts(session_of(0, "wrists"))
    assert "Last one." not in wrists
    assert any(line.startswith("Out:") for line in wrists)


def test_a_stretch_that_comes_again_needs_no_time_for_its_steps() -> None:
    first, *_, again = (
        phase for phase in session_of(0).phases if phase.activity_id == "pelvic-tilt" and phase.kind == "prepare"
    )
    assert (first.item and first.item.stretch.id) == (again.item and again.item.stretch.id)
    assert again.length_ms < 12_000 < first.length_ms
    assert texts(session_of(0))[0] == texts(build_timeline(routine(minutes=15.0, voice=True)), "full")[0]


# -- measured


def session_of(times: int, area: str = "lower-back") -> Timeline:
    """Return a session of 15 minutes: the first, or one after *times* others."""
    known = frozenset(CATALOG.stretches if times >= FAMILIAR_AFTER else ())
    return build_timeline(routine(areas=(area,), minutes=15.0, voice=True, familiar=known))


@pytest.mark.parametrize("area", EACH_AREA)
@pytest.mark.parametrize("times", [0, 9])
def test_at_most_a_quarter_of_a_session_is_spoken(times: int, area: str) -> None:
    timeline = session_of(times, area)
    # The estimate is an eighth too long; the real length is measured below.
    share = sum(speech_duration_ms(words) for _, words in spoken(timeline)) / 1.125 / timeline.length_ms
    assert 0.02 < share <= MAX_SHARE


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is not installed")
def test_real_speech_fits_its_pauses_at_a_calm_speed() -> None:
    speak = find_synthesizer(shutil.which, "linux")
    assert speak is not None
    measured: dict[str, int] = {}

    def takes(sentence: str) -> int:
        if sentence not in measured:
            measured[sentence] = len(speak(sentence)) * 1000 // RATE
        return measured[sentence]

    sessions = session_of(0), session_of(9), *(session_of(0, area) for area in ("core", "wrists", "hands", "arms"))
    for timeline in (*sessions, named(*list(CATALOG.stretches)[::7], minutes=180.0)):
        said = [(cue, words, speech_duration_ms(words, takes)) for cue, words in spoken(timeline)]
        for (cue, words, length), (other, _, _) in pairwise(said):
            # The words are chosen by the estimate, which must not be too short.
            assert length <= speech_duration_ms(words) + 100, words
            assert speech_start(cue, timeline) + length <= speech_start(other, timeline)
            count = len(" ".join(words).split())
            assert count < 15 or count * 60_000 / length <= MAX_WORDS_PER_MINUTE, words
        count = sum(len(" ".join(words).split()) for _, words, _ in said)
        total = sum(length for _, _, length in said)
        assert count * 60_000 / total <= MAX_WORDS_PER_MINUTE
        assert timeline not in sessions or total / timeline.length_ms <= MAX_SHARE
        print(json.dumps({"share": round(total / timeline.length_ms, 3), "words": count}))
