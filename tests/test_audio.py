"""A session as a file: exactly as long as the plan, everything at its time, never too loud, and its captions."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
import wave
from array import array
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretch.core.errors import StretchError
from stretch.core.narration.phrases import sentences
from stretch.core.narration.speech_timing import SPOKEN_CUES, sentences_to_speak, speech_start
from stretch.core.narration.tones import RATE, breath_sound, samples, sound_for
from stretch.core.timing.cues import cues
from stretch.core.timing.timeline import Timeline, build_timeline
from stretch.export import text_to_speech
from stretch.export.audio_file import SOUND_VOLUME, all_done, frames_of, planned_cues, render
from stretch.export.captions import captions
from support import routine

SHORT = routine(areas=(), stretches=("single-knee-to-chest",), warm_up=0.0, minutes=4.0)
LAID_OUT = build_timeline(SHORT)
LEVEL = 15_000
"""How loud the speech of these tests is: a wave that no sound hides."""


def humming(sentence: str) -> array[int]:
    """Return a square wave of 40 ms a letter: speech that can be found again."""
    return array("h", [LEVEL, -LEVEL] * (RATE * 20 * len(sentence) // 1000))


def heard(path: Path) -> array[int]:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        return array("h", file.readframes(file.getnframes()))


def seconds(played: array[int], start_ms: int, end_ms: int) -> array[int]:
    return played[frames_of(start_ms) : frames_of(end_ms)]


def loudest(played: array[int]) -> int:
    return max(max(played, default=0), -min(played, default=0))


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> array[int]:
    path = tmp_path_factory.mktemp("audio") / "session.wav"
    render(LAID_OUT, path, speech=humming)
    return heard(path)


@pytest.fixture(scope="module")
def sounded(tmp_path_factory: pytest.TempPathFactory) -> array[int]:
    path = tmp_path_factory.mktemp("audio") / "session.wav"
    render(LAID_OUT, path, speech=None)
    return heard(path)


@pytest.mark.parametrize("pattern", ["steady", "calm", "off", "3.5-5"])
def test_it_is_as_long_as_the_plan_to_the_sample(tmp_path: Path, pattern: str) -> None:
    built = routine(areas=(), stretches=("hamstring-90-90",), warm_up=0.0, minutes=3.0, breath=pattern)
    timeline = build_timeline(built)
    render(timeline, tmp_path / "session.wav", speech=None)
    assert len(heard(tmp_path / "session.wav")) * 1000 == timeline.length_ms * RATE


def test_every_sound_is_at_its_time(sounded: array[int]) -> None:
    soft = loudest(samples(breath_sound("out", 3_000), SOUND_VOLUME))
    for cue in planned_cues(LAID_OUT, None):
        sound = sound_for(cue, LAID_OUT)
        if sound is None or sound.name.startswith("breath"):
            continue
        expected = samples(sound, SOUND_VOLUME)
        found = sounded[frames_of(cue.at_ms) : frames_of(cue.at_ms) + len(expected)]
        # Under it there may be a breath, which is soft.
        assert max(abs(one - other) for one, other in zip(found, expected, strict=True)) <= soft < loudest(expected) / 2


def test_before_the_first_breath_it_is_still_once_the_first_sound_is_over(sounded: array[int]) -> None:
    assert loudest(seconds(sounded, 0, 900)) > 1_000
    assert loudest(seconds(sounded, 900, LAID_OUT.phases[0].length_ms - 3_000)) == 0


def test_all_words_are_said_at_their_time_and_none_over_another(spoken: array[int]) -> None:
    def takes(sentence: str) -> int:
        return 40 * len(sentence)

    for cue in planned_cues(LAID_OUT, takes):
        if words := sentences_to_speak(cue, LAID_OUT, done=all_done(LAID_OUT), takes=takes):
            start = speech_start(cue, LAID_OUT)
            found = seconds(spoken, start, start + takes(words[0]))
            # The hum is there from the first sample to the last of the first sentence.
            assert min(map(abs, found)) > LEVEL // 3
            assert abs(spoken[frames_of(start) - 1]) < LEVEL // 3
    assert loudest(spoken) < LEVEL + 0.3 * 32_767


def test_words_that_take_too_long_fade_out_before_the_next(tmp_path: Path) -> None:
    drawl = array("h", [LEVEL, -LEVEL] * (RATE * 15))

    def takes(sentence: str) -> int:
        return 30_000

    render(LAID_OUT, tmp_path / "session.wav", speech=lambda sentence: drawl)
    played = heard(tmp_path / "session.wav")
    called = planned_cues(LAID_OUT, takes)
    starts = [speech_start(cue, LAID_OUT) for cue in called if sentences_to_speak(cue, LAID_OUT, takes=takes)]
    assert len(starts) > len(LAID_OUT.phases)
    for start in starts[1:]:
        edge = frames_of(start)
        # The wave goes from one side to the other with each sample; its last step is a small one.
        assert abs(played[edge - 1] - played[edge - 2]) < LEVEL // 5
        assert abs(played[edge - 601] - played[edge - 600]) > LEVEL
    assert len(played) == frames_of(LAID_OUT.length_ms)


def test_the_end_is_heard_in_full_before_the_end(spoken: array[int], sounded: array[int]) -> None:
    assert loudest(seconds(sounded, LAID_OUT.length_ms - 300, LAID_OUT.length_ms - 50)) > 100
    assert abs(sounded[-1]) < 50
    assert loudest(seconds(spoken, LAID_OUT.length_ms - 200, LAID_OUT.length_ms - 100)) >= LEVEL
    *_, end = planned_cues(LAID_OUT, lambda sentence: 40 * len(sentence))
    assert end.at_ms >= LAID_OUT.phases[-1].start_ms


@given(st.integers(100, 12_000))
def test_however_long_the_last_words_take_they_stay_inside_the_last_phase(takes_ms: int) -> None:
    called = planned_cues(LAID_OUT, lambda sentence: takes_ms)
    assert [cue.at_ms for cue in called] == sorted(cue.at_ms for cue in called)
    (end,) = (cue for cue in called if cue.kind == "end")
    assert LAID_OUT.phases[-1].start_ms <= end.at_ms <= LAID_OUT.length_ms - 1_500


def test_speech_that_is_too_loud_is_made_softer_and_nothing_is_clipped(tmp_path: Path) -> None:
    def shout(sentence: str) -> array[int]:
        return array("h", [32_767, -32_768] * (RATE * len(sentence) // 50))

    render(LAID_OUT, tmp_path / "session.wav", speech=shout)
    assert 18_000 <= loudest(heard(tmp_path / "session.wav")) < 32_767


def test_it_tells_how_far_it_is_and_holds_no_more_than_a_second(tmp_path: Path) -> None:
    told: list[float] = []
    render(LAID_OUT, tmp_path / "session.wav", speech=None, progress=told.append)
    assert told == sorted(set(told))
    assert told[-1] == 1.0
    assert len(told) >= LAID_OUT.length_ms // 1000


def test_it_is_there_in_full_or_not_at_all(tmp_path: Path) -> None:
    def stop(fraction: float) -> None:
        if fraction > 0.5:
            raise KeyboardInterrupt

    path = tmp_path / "session.wav"
    path.write_bytes(b"what was there before")
    with pytest.raises(KeyboardInterrupt):
        render(LAID_OUT, path, speech=None, progress=stop)
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == b"what was there before"


def test_where_it_cannot_be_written_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(StretchError, match="cannot be written: No such file"):
        render(LAID_OUT, tmp_path / "no" / "session.wav", speech=None)
    with pytest.raises(StretchError, match="cannot be written"):
        render(LAID_OUT, tmp_path, speech=None)


CAPTION = re.compile(r"(\d\d):(\d\d):(\d\d)\.(\d{3}) --> (\d\d):(\d\d):(\d\d)\.(\d{3})\n(.+)\n")


def shown(timeline: Timeline) -> list[tuple[int, int, str]]:
    text = captions(timeline)
    assert text.startswith("WEBVTT\n\n")
    found = []
    for *clock, line in CAPTION.findall(text):
        hours, minutes, whole, parts, *end = map(int, clock)
        found.append((
            ((hours * 60 + minutes) * 60 + whole) * 1000 + parts,
            ((end[0] * 60 + end[1]) * 60 + end[2]) * 1000 + end[3],
            line,
        ))  # fmt: skip
    assert len(found) == text.count("-->")
    return found


def test_captions_follow_one_another_and_say_every_sentence() -> None:
    found = shown(LAID_OUT)
    for (start, end, _), (following, _, _) in zip(found, [*found[1:], (LAID_OUT.length_ms, 0, "")], strict=True):
        assert start < end <= following
    said = [
        sentence
        for cue in cues(LAID_OUT, -1, LAID_OUT.length_ms)
        if cue.kind in SPOKEN_CUES
        for sentence in sentences(cue, LAID_OUT, all_done(LAID_OUT))
    ]
    assert [line for _, _, line in found] == said


def test_captions_begin_with_the_words_they_are_of() -> None:
    found = {line: start for start, _, line in shown(LAID_OUT)}
    hold = next(cue for cue in cues(LAID_OUT, -1, LAID_OUT.length_ms) if cue.kind == "phase" and cue.index == 1)
    assert found[sentences(hold, LAID_OUT)[0]] == speech_start(hold, LAID_OUT)


def test_no_name_of_a_stretch_is_markup_or_ends_a_caption() -> None:
    import msgspec

    (item,) = SHORT.items
    nasty = msgspec.structs.replace(item.stretch, name="<b>--> & 00:00\n\nNOTE\x1b")
    built = msgspec.structs.replace(SHORT, items=(msgspec.structs.replace(item, stretch=nasty),))
    found = shown(build_timeline(built))
    assert "&lt;b&gt;--&gt; &amp; 00:00 NOTE" in found[0][2]


def test_what_speaks_into_a_file_is_found_and_asked_for_samples_of_our_rate() -> None:
    assert text_to_speech.find(lambda name: None, "linux") is None
    assert text_to_speech.find(lambda name: "/bin/say" if name == "say" else None, "linux") is None
    assert text_to_speech.find(lambda name: "/bin/say" if name == "say" else None, "darwin") is not None
    assert text_to_speech.find(lambda name: "/bin/espeak" if name == "espeak" else None, "linux") is not None


@pytest.mark.parametrize("body", ["exit 3", "exec cat", ":"])
def test_a_synthesiser_that_does_not_speak_is_said_to_be_so(tmp_path: Path, body: str) -> None:
    program = tmp_path / "espeak-ng"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    speak = text_to_speech.find(lambda name: str(program), "linux")
    assert speak is not None
    with pytest.raises(StretchError, match="espeak-ng"):
        speak("Breathe in.")


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
def test_a_voice_of_another_rate_keeps_its_length(tmp_path: Path, rate: int) -> None:
    said = tmp_path / "said.wav"
    with wave.open(str(said), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(array("h", [at % 1_000 for at in range(rate)]).tobytes())
    program = tmp_path / "espeak-ng"
    program.write_text(f'#!/bin/sh\nexec cat "{said}"\n')
    program.chmod(0o755)
    speak = text_to_speech.find(lambda name: str(program), "linux")
    assert speak is not None
    made = speak("Breathe in.")
    assert abs(len(made) - RATE) <= 1
    assert 900 < max(made) < 1_000


def real(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    missing = [name for name in names if not shutil.which(name)]
    return pytest.mark.skipif(bool(missing), reason=f"{' and '.join(missing)} not installed")


@real("espeak-ng")
def test_espeak_ng_speaks_a_nasty_name_into_a_file() -> None:
    speak = text_to_speech.find(shutil.which, "linux")
    assert speak is not None
    said = speak("$(rm -rf ~) -w /etc/passwd \x0150S")
    assert len(said) > RATE
    assert loudest(said) > 3_000


@real("espeak-ng", "sox")
def test_a_whole_session_measured_by_sox(tmp_path: Path) -> None:
    path = tmp_path / "session.wav"
    start = time.perf_counter()
    render(LAID_OUT, path, speech=text_to_speech.find(shutil.which, "linux"))
    print(f"{LAID_OUT.length_ms / 1000 / (time.perf_counter() - start):.0f} x real time")

    def measured(*part: str) -> dict[str, float]:
        run = subprocess.run(["sox", path, "-n", *part, "stat"], capture_output=True, text=True, check=True)
        pairs = (line.split(":") for line in run.stderr.splitlines() if line.count(":") == 1)
        return {name.split("(")[0].strip(): float(value) for name, value in pairs if value.strip()}

    whole = measured()
    assert whole["Samples read"] == LAID_OUT.length_ms * RATE / 1000
    assert -0.99 < whole["Minimum amplitude"] < -0.3
    assert 0.3 < whole["Maximum amplitude"] < 0.99
    first_words, hold = measured("trim", "0.4", "4"), LAID_OUT.phases[1]
    assert first_words["RMS     amplitude"] > 0.03
    # Between the words about the last seconds and the first blip there is only the breath.
    breath_sound = measured("trim", str((hold.end_ms - 3_600) / 1000), "0.5")
    assert 0.003 < breath_sound["RMS     amplitude"] < 0.03
