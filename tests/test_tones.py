"""Tones: easy to tell apart, without clicks, not too loud, one for each cue."""

from __future__ import annotations

from functools import cache
from itertools import combinations, pairwise
from math import cos, hypot, log2, log10, pi, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretch.core.narration import tones
from stretch.core.narration.tones import (
    NOTES,
    PHASE_SOUNDS,
    RATE,
    SOUNDS,
    SoundCue,
    bell_strokes,
    breath_sound,
    samples,
    sound_for,
)
from stretch.core.timing.timeline import Cue, build_timeline, cues
from support import routine

EVERY = [
    *SOUNDS.values(),
    breath_sound("in", 3_000),
    breath_sound("out", 3_000),
    breath_sound("in", 4_000),
    breath_sound("out", 6_000),
]
SEMITONE = 1 / 12
CANDIDATES = [220 * 2 ** (step * SEMITONE) for step in range(0, 28)]


def pitch(sound: SoundCue, start: float, end: float) -> float:
    """Return in octaves over 220 Hz what is loudest in a part of a sound, to the nearest semitone."""
    # Every third sample is enough: no partial is above 3,140 Hz.
    heard = samples(sound)[int(start * tones.sample_count(sound)) : int(end * tones.sample_count(sound)) : 3]

    def strength(frequency: float) -> float:
        turn = 2 * pi * frequency * 3 / RATE
        return hypot(
            sum(value * cos(turn * at) for at, value in enumerate(heard)),
            sum(value * sin(turn * at) for at, value in enumerate(heard)),
        )

    return log2(max(CANDIDATES, key=strength) / 220)


@cache
def pitches(sound: SoundCue) -> tuple[float, float]:
    """Return the pitch at the beginning and at the end of a sound."""
    return pitch(sound, 0, 0.12), pitch(sound, 0.85, 0.95)


@pytest.mark.slow
def test_sounds_are_easy_to_tell_apart() -> None:
    for one, other in combinations(EVERY, 2):
        if one.name == other.name:
            continue
        begins, ends = (abs(pitches(one)[part] - pitches(other)[part]) for part in (0, 1))
        lengths = sorted((one.length_ms, other.length_ms))
        # Two semitones are a whole tone, which anybody hears.
        assert max(begins, ends) > 1.5 * SEMITONE or lengths[1] / lengths[0] > 1.5, f"{one.name} and {other.name}"


def test_only_the_switch_sound_has_two_notes() -> None:
    assert [name for name, notes in NOTES.items() if len(notes) == 2] == ["switch"]


def test_breath_in_rises_and_breath_out_falls() -> None:
    for half, way in (("in", 1), ("out", -1)):
        begins, ends = pitches(breath_sound(half, 3_000))  # type: ignore[arg-type]
        assert way * (ends - begins) > 5 * SEMITONE


@given(st.integers(2_000, 10_000))
def test_breath_tones_have_few_lengths_close_to_their_half(milliseconds: int) -> None:
    length = breath_sound("in", milliseconds).length_ms
    assert 0 <= milliseconds + 2 - length < tones.BREATH_STEP_MS
    assert length % tones.BREATH_STEP_MS == 0


@pytest.mark.parametrize("sound", EVERY, ids=str)
def test_sounds_stay_3_db_below_full_scale_and_start_and_end_silent(sound: SoundCue) -> None:
    heard = samples(sound)
    assert len(heard) == tones.sample_count(sound) == RATE * sound.length_ms // 1000
    assert 20 * log10(max(map(abs, heard)) / 32_767) < -3
    assert heard[0] == heard[-1] == 0


@pytest.mark.parametrize("sound", EVERY, ids=str)
def test_sounds_do_not_click(sound: SoundCue) -> None:
    # A click is a step: no step is larger than the steepest slope of the partials at their pitch, ramps included.
    highest = max(note.pitch for note in NOTES[sound.name]) if sound.name in NOTES else tones.BREATH_HIGH
    steepest = 2 * pi * highest / RATE * sum(multiple * share for multiple, share in tones.PARTIALS)
    limit = (steepest + 0.01) * tones.PEAK * 32_767
    heard = samples(sound)
    assert max(abs(one - other) for one, other in pairwise(heard)) <= limit
    edge = int(RATE * 0.002)
    assert max(map(abs, heard[:edge])) < 0.3 * tones.PEAK * 32_767
    assert max(map(abs, heard[-edge:])) < 0.05 * tones.PEAK * 32_767


def test_volume_goes_from_silence_to_full_and_breaths_are_softest() -> None:
    loudness = [max(map(abs, samples(SOUNDS["start"], volume))) for volume in (0, 10, 50, 100)]
    assert loudness[0] == 0
    assert loudness == sorted(set(loudness))
    softest = max(map(abs, samples(breath_sound("in", 3_000))))
    assert all(max(map(abs, samples(sound))) > 1.5 * softest for sound in SOUNDS.values())


def test_a_changed_sound_needs_a_new_cache_version() -> None:
    # Files of an older program stay in the cache: a changed sound needs a higher CACHE_VERSION, and new lines here.
    assert (tones.CACHE_VERSION, RATE, tones.PEAK, tones.PARTIALS, tones.DECAY) == (
        1, 22_050, 0.68, ((1, 0.76), (2, 0.18), (3, 0.06)), 4.5,
    )  # fmt: skip
    assert (tones.BREATH_LOW, tones.BREATH_HIGH, tones.BREATH_LEVEL) == (261.63, 392.00, 0.22)
    assert {name: [(note.pitch, note.length_ms, note.level) for note in notes] for name, notes in
            NOTES.items()} == {
        "get-ready": [(440.00, 900, 1.0)],
        "next": [(523.25, 500, 1.0)],
        "start": [(783.99, 600, 1.0)],
        "count": [(880.00, 120, 0.9)],
        "half-way": [(587.33, 250, 1.0)],
        "switch": [(659.26, 220, 1.0), (440.00, 480, 1.0)],
        "rest": [(329.63, 700, 1.0)],
        "done": [(523.25, 200, 1.0), (659.26, 200, 1.0), (783.99, 200, 1.0), (1046.50, 900, 1.0)],
    }  # fmt: skip


def test_every_phase_has_a_sound_and_the_first_ones_are_get_ready() -> None:
    timeline = build_timeline(routine())
    every = cues(timeline, -1, timeline.length_ms)
    heard = [(timeline.phases[cue.index].kind, sound_for(cue, timeline)) for cue in every
             if cue.kind == "phase"]  # fmt: skip
    assert all(sound is not None for _, sound in heard)
    names = [(kind, sound.name) for kind, sound in heard if sound]
    assert names[0] == ("warm-up", "get-ready")
    prepared = [name for kind, name in names if kind == "prepare"]
    assert prepared == ["get-ready"] + ["next"] * (len(prepared) - 1)
    assert {(kind, name) for kind, name in names if name != "get-ready"} <= set(PHASE_SOUNDS.items())


def test_a_session_without_warm_up_starts_with_get_ready() -> None:
    timeline = build_timeline(routine(warm_up=0.0))
    first = sound_for(cues(timeline, -1, 0)[0], timeline)
    assert first == SOUNDS["get-ready"]


def test_breath_tones_match_their_breaths_and_the_last_seconds_are_counted() -> None:
    timeline = build_timeline(routine(breath="4-6"))
    by_kind: dict[str, list[tuple[Cue, SoundCue | None]]] = {}
    for cue in cues(timeline, -1, timeline.length_ms):
        by_kind.setdefault(cue.kind, []).append((cue, sound_for(cue, timeline)))
    for cue, sound in by_kind["breath-out"]:
        exhale = timeline.phases[cue.index].breaths[cue.number - 1][1]
        assert sound is not None
        assert sound.name == "breath-out"
        assert exhale - 100 < sound.length_ms <= exhale + 2
    assert {sound for _, sound in by_kind["count"]} == {SOUNDS["count"]}
    assert {sound for _, sound in by_kind["last"]} == {None}
    assert {sound for _, sound in by_kind["end"]} == {SOUNDS["done"]}


def test_bell_strokes_by_sound() -> None:
    rings = {sound.name: bell_strokes(sound) for sound in EVERY}
    assert rings.pop("switch") == 2
    assert {name for name, times in rings.items() if times == 0} == {"count", "half-way", "breath-in", "breath-out"}
    assert set(rings.values()) == {0, 1}
