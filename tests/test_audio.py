"""Sound files of a session, their captions and their voices, and `stretch audio`, which writes them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import wave
from array import array
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretch.cli.app import App
from stretch.core.errors import StretchError
from stretch.core.narration.speech import (
    estimate_duration_ms,
    sentences_to_speak,
    speech_duration_ms,
    speech_start,
)
from stretch.core.narration.tones import RATE, breath_sound, samples, sound_for
from stretch.core.timing.timeline import Timeline, build_timeline, cues
from stretch.export.audio_file import (
    SOUND_VOLUME,
    all_done,
    captions,
    frames,
    reading_duration_ms,
    session_cues,
    write_sound,
)
from stretch.export.text_to_speech import at_least_estimate, find_synthesizer, sentence_timer
from support import CATALOG, data, routine, run

SHORT = routine(areas=(), stretches=("single-knee-to-chest",), warm_up=0.0, minutes=4.0)
TIMELINE = build_timeline(SHORT)
BRIEF = build_timeline(routine(areas=(), stretches=("chin-tuck",), warm_up=0.0, minutes=1.0))
LEVEL = 15_000
"""Level of the speech in these tests, too loud for a sound to hide it."""


def square_wave(sentence: str) -> array[int]:
    """Return speech that is easy to find in a file: a square wave of 40 ms for each letter."""
    return array("h", [LEVEL, -LEVEL] * (RATE * 20 * len(sentence) // 1000))


def read_wav(path: Path) -> array[int]:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        return array("h", file.readframes(file.getnframes()))


def seconds(played: array[int], start_ms: int, end_ms: int) -> array[int]:
    return played[frames(start_ms) : frames(end_ms)]


def loudest(played: array[int]) -> int:
    return max(max(played, default=0), -min(played, default=0))


@pytest.fixture(scope="module")
def with_speech(tmp_path_factory: pytest.TempPathFactory) -> array[int]:
    path = tmp_path_factory.mktemp("audio") / "session.wav"
    write_sound(TIMELINE, path, speech=square_wave)
    return read_wav(path)


@pytest.fixture(scope="module")
def without_speech(tmp_path_factory: pytest.TempPathFactory) -> array[int]:
    path = tmp_path_factory.mktemp("audio") / "session.wav"
    write_sound(TIMELINE, path, speech=None)
    return read_wav(path)


@pytest.mark.slow
@pytest.mark.parametrize("pattern", ["steady", "calm", "off", "3.5-5"])
def test_the_file_is_exactly_as_long_as_the_plan(tmp_path: Path, pattern: str) -> None:
    built = routine(areas=(), stretches=("hamstring-90-90",), warm_up=0.0, minutes=3.0, breath=pattern)
    timeline = build_timeline(built)
    write_sound(timeline, tmp_path / "session.wav", speech=None)
    assert len(read_wav(tmp_path / "session.wav")) * 1000 == timeline.length_ms * RATE


@pytest.mark.slow
def test_every_sound_is_at_its_time(without_speech: array[int]) -> None:
    soft = loudest(samples(breath_sound("out", 3_000), SOUND_VOLUME))
    for cue in session_cues(TIMELINE, None):
        sound = sound_for(cue, TIMELINE)
        if sound is None or sound.name.startswith("breath"):
            continue
        expected = samples(sound, SOUND_VOLUME)
        found = without_speech[frames(cue.at_ms) : frames(cue.at_ms) + len(expected)]
        # A soft breath tone may sound at the same time.
        assert max(abs(one - other) for one, other in zip(found, expected, strict=True)) <= soft < loudest(expected) / 2


@pytest.mark.slow
def test_the_file_is_silent_between_the_first_sound_and_the_first_breath(without_speech: array[int]) -> None:
    assert loudest(seconds(without_speech, 0, 900)) > 1_000
    assert loudest(seconds(without_speech, 900, TIMELINE.phases[0].length_ms - 3_000)) == 0


@pytest.mark.slow
def test_sentences_start_on_time_and_do_not_overlap(with_speech: array[int]) -> None:
    takes = at_least_estimate(sentence_timer(square_wave))
    for cue in session_cues(TIMELINE, takes):
        if words := sentences_to_speak(cue, TIMELINE, done=all_done(TIMELINE), duration_of=takes):
            start = speech_start(cue, TIMELINE)
            found = seconds(with_speech, start, start + 40 * len(words[0]))
            # The square wave lasts from the first to the last sample of the first sentence.
            assert min(map(abs, found)) > LEVEL // 3
            assert abs(with_speech[frames(start) - 1]) < LEVEL // 3
    assert loudest(with_speech) < LEVEL + 0.3 * 32_767


def test_long_sentences_fade_out_before_the_next(tmp_path: Path) -> None:
    drawl = array("h", [LEVEL, -LEVEL] * (RATE * 16))
    takes = at_least_estimate(sentence_timer(lambda sentence: drawl))
    write_sound(BRIEF, tmp_path / "session.wav", speech=lambda sentence: drawl)
    played = read_wav(tmp_path / "session.wav")
    called = session_cues(BRIEF, takes)
    starts = [speech_start(cue, BRIEF) for cue in called if sentences_to_speak(cue, BRIEF, duration_of=takes)]
    assert len(starts) > len(BRIEF.phases)
    for start in starts[1:]:
        edge = frames(start)
        # The wave changes its sign with each sample; faded out, its last step is small.
        assert abs(played[edge - 1] - played[edge - 2]) < LEVEL // 5
        assert abs(played[edge - 601] - played[edge - 600]) > LEVEL
    assert len(played) == frames(BRIEF.length_ms)


@pytest.mark.slow
def test_the_last_sound_and_sentence_finish_before_the_end(with_speech: array[int], without_speech: array[int]) -> None:
    assert loudest(seconds(without_speech, TIMELINE.length_ms - 300, TIMELINE.length_ms - 50)) > 100
    assert abs(without_speech[-1]) < 50
    takes = at_least_estimate(sentence_timer(square_wave))
    (end,) = (cue for cue in session_cues(TIMELINE, takes) if cue.kind == "end")
    last = sentences_to_speak(end, TIMELINE, done=all_done(TIMELINE), duration_of=takes)
    start = speech_start(end, TIMELINE)
    assert start + speech_duration_ms(last, takes) <= TIMELINE.length_ms
    assert loudest(seconds(with_speech, start, TIMELINE.length_ms)) >= LEVEL
    assert end.at_ms >= TIMELINE.phases[-1].start_ms


@given(st.integers(100, 12_000))
def test_last_sentences_of_any_length_stay_inside_the_last_phase(takes_ms: int) -> None:
    called = session_cues(TIMELINE, lambda sentence: takes_ms)
    assert [cue.at_ms for cue in called] == sorted(cue.at_ms for cue in called)
    (end,) = (cue for cue in called if cue.kind == "end")
    assert TIMELINE.phases[-1].start_ms <= end.at_ms <= TIMELINE.length_ms - 1_500


def test_loud_speech_is_limited_and_nothing_clips(tmp_path: Path) -> None:
    def shout(sentence: str) -> array[int]:
        return array("h", [32_767, -32_768] * (RATE * len(sentence) // 50))

    write_sound(BRIEF, tmp_path / "session.wav", speech=shout)
    assert 18_000 <= loudest(read_wav(tmp_path / "session.wav")) < 32_767


@pytest.mark.slow
def test_progress_is_reported_every_second(tmp_path: Path) -> None:
    fractions: list[float] = []
    write_sound(TIMELINE, tmp_path / "session.wav", speech=None, progress=fractions.append)
    assert fractions == sorted(set(fractions))
    assert fractions[-1] == 1.0
    assert len(fractions) >= TIMELINE.length_ms // 1000


def test_an_interrupted_file_leaves_the_old_one(tmp_path: Path) -> None:
    def stop(fraction: float) -> None:
        if fraction > 0.5:
            raise KeyboardInterrupt

    path = tmp_path / "session.wav"
    path.write_bytes(b"what was there before")
    with pytest.raises(KeyboardInterrupt):
        write_sound(TIMELINE, path, speech=None, progress=stop)
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == b"what was there before"


def test_an_unwritable_file_raises_an_error(tmp_path: Path) -> None:
    for path, error in ((tmp_path / "no" / "session.wav", FileNotFoundError), (tmp_path, IsADirectoryError)):
        with pytest.raises(error) as raised:
            write_sound(TIMELINE, path, speech=None)
        assert raised.value.filename == str(path)


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


def test_captions_are_consecutive_and_complete() -> None:
    found = shown(TIMELINE)
    for (start, end, _), (following, _, _) in zip(found, [*found[1:], (TIMELINE.length_ms, 0, "")], strict=True):
        assert start < end <= following
    said = [
        sentence
        for cue in cues(TIMELINE, -1, TIMELINE.length_ms)
        for sentence in sentences_to_speak(cue, TIMELINE, done=all_done(TIMELINE), duration_of=reading_duration_ms)
    ]
    assert [line for _, _, line in found] == said


def test_captions_start_with_the_speech() -> None:
    found = {line: start for start, _, line in shown(TIMELINE)}
    hold = next(cue for cue in cues(TIMELINE, -1, TIMELINE.length_ms) if cue.kind == "phase" and cue.index == 1)
    assert found[sentences_to_speak(hold, TIMELINE)[0]] == speech_start(hold, TIMELINE)


def test_captions_without_a_voice_explain_every_stretch() -> None:
    for name, stretch in CATALOG.stretches.items():
        timeline = build_timeline(routine(areas=(), stretches=(name,), level="deep", warm_up=0.0, minutes=30.0))
        text = captions(timeline)
        assert [step for step in stretch.for_side(timeline.phases[0].side).steps if step not in text] == [], name


def test_captions_keep_step_with_measured_sentences() -> None:
    starts = re.findall(r"([\d:.]+) -->", captions(TIMELINE, lambda sentence: array("h", bytes(2 * RATE))))
    assert starts[:2] == ["00:00:00.400", "00:00:01.650"]


def test_names_are_escaped_in_captions() -> None:
    import msgspec

    (item,) = SHORT.items
    nasty = msgspec.structs.replace(item.stretch, name="<b>--> & 00:00\n\nNOTE\x1b")
    built = msgspec.structs.replace(SHORT, items=(msgspec.structs.replace(item, stretch=nasty),))
    found = shown(build_timeline(built))
    assert "&lt;b&gt;--&gt; &amp; 00:00 NOTE" in found[0][2]


def test_the_words_of_a_file_are_chosen_by_times_of_at_least_the_estimate() -> None:
    takes = at_least_estimate(lambda sentence: 9_000 if "slow" in sentence else 100)
    assert takes("Hold.") == estimate_duration_ms("Hold.")
    assert takes("A slow voice.") == 9_000


def test_the_synthesizer_depends_on_the_platform() -> None:
    assert find_synthesizer(lambda name: None, "linux") is None
    assert find_synthesizer(lambda name: "/bin/say" if name == "say" else None, "linux") is None
    assert find_synthesizer(lambda name: "/bin/say" if name == "say" else None, "darwin") is not None
    assert find_synthesizer(lambda name: "/bin/espeak" if name == "espeak" else None, "linux") is not None


@pytest.mark.parametrize("body", ["exit 3", "exec cat", ":"])
def test_a_failing_synthesizer_raises_an_error(tmp_path: Path, body: str) -> None:
    program = tmp_path / "espeak-ng"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    speak = find_synthesizer(lambda name: str(program), "linux")
    assert speak is not None
    with pytest.raises(StretchError, match="espeak-ng"):
        speak("Breathe in.")


@pytest.mark.parametrize("rate", [8_000, 44_100])
def test_speech_at_another_rate_is_an_error(tmp_path: Path, rate: int) -> None:
    said = tmp_path / "said.wav"
    with wave.open(str(said), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(array("h", [at % 1_000 for at in range(rate)]).tobytes())
    program = tmp_path / "espeak-ng"
    program.write_text(f'#!/bin/sh\nexec cat "{said}"\n')
    program.chmod(0o755)
    speak = find_synthesizer(lambda name: str(program), "linux")
    assert speak is not None
    with pytest.raises(StretchError, match="22050 Hz"):
        speak("Breathe in.")


def real(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    missing = [name for name in names if not shutil.which(name)]
    return pytest.mark.skipif(bool(missing), reason=f"{' and '.join(missing)} not installed")


@real("espeak-ng")
def test_espeak_ng_speaks_a_hostile_name() -> None:
    speak = find_synthesizer(shutil.which, "linux")
    assert speak is not None
    said = speak("$(rm -rf ~) -w /etc/passwd \x0150S")
    assert len(said) > RATE
    assert loudest(said) > 3_000


@pytest.mark.slow
@real("espeak-ng", "sox")
def test_a_whole_session_measured_by_sox(tmp_path: Path) -> None:
    path = tmp_path / "session.wav"
    start = time.perf_counter()
    write_sound(TIMELINE, path, speech=find_synthesizer(shutil.which, "linux"))
    print(f"{TIMELINE.length_ms / 1000 / (time.perf_counter() - start):.0f} x real time")

    def measured(*part: str) -> dict[str, float]:
        run = subprocess.run(["sox", path, "-n", *part, "stat"], capture_output=True, text=True, check=True)
        pairs = (line.split(":") for line in run.stderr.splitlines() if line.count(":") == 1)
        return {name.split("(")[0].strip(): float(value) for name, value in pairs if value.strip()}

    whole = measured()
    assert whole["Samples read"] == TIMELINE.length_ms * RATE / 1000
    assert -0.99 < whole["Minimum amplitude"] < -0.3
    assert 0.3 < whole["Maximum amplitude"] < 0.99
    first_words, hold = measured("trim", "0.4", "4"), TIMELINE.phases[1]
    assert first_words["RMS     amplitude"] > 0.03
    # Between the words for the last seconds and the first count there is only the breath tone.
    breath_sound = measured("trim", str((hold.end_ms - 3_600) / 1000), "0.5")
    assert 0.003 < breath_sound["RMS     amplitude"] < 0.03


# -- the command


@pytest.mark.slow
def test_the_voice_mode_of_a_file_is_an_option(tmp_path: Path) -> None:
    said = {}
    for mode in ("full", "names"):
        path = tmp_path / f"{mode}.vtt"
        assert run("audio", "-m", "5", "--voice", mode, "-o", str(path)).exit_code == 0
        said[mode] = path.read_text(encoding="utf-8")
    assert len(said["names"]) < len(said["full"]) / 2
    result = run("audio", "-m", "5", "--voice", "full", "--silent", "-o", str(tmp_path / "s.vtt"))
    assert (result.exit_code, "--silent and --voice do not go together" in result.stderr) == (2, True)


def test_audio_writes_a_sound_file_and_captions(tmp_path: Path) -> None:
    path = tmp_path / "session.wav"
    result = run("audio", "-m", "5", "-o", str(path), "-o", str(tmp_path / "session.vtt"), "--silent")
    assert result.exit_code == 0, result.output
    with wave.open(str(path)) as sound:
        assert sound.getnframes() / sound.getframerate() == data("routine", "-m", "5", "--plan", "--json")["seconds"]
    assert (tmp_path / "session.vtt").read_text(encoding="utf-8").startswith("WEBVTT")


def test_without_a_voice_it_says_that_the_file_has_sounds_only(tmp_path: Path) -> None:
    app = App(environ={"PATH": str(tmp_path), "STRETCH_HOME": str(tmp_path)})
    result = run("audio", "-m", "5", "-o", str(tmp_path / "session.vtt"), app=app)
    assert (result.exit_code, "the file has the sounds only" in " ".join(result.stderr.split())) == (0, True)


@pytest.mark.skipif(sys.platform == "win32", reason="the fake voice is a shell script")
def test_captions_use_the_measured_length_of_sentences(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "word.wav"), "wb") as word:
        word.setparams((1, 2, RATE, 0, "NONE", ""))
        word.writeframes(bytes(2 * RATE * 3))
    voice = tmp_path / "espeak-ng"
    voice.write_text(f"#!/bin/sh\ncat >{tmp_path}/said\ncat {tmp_path}/word.wav\n", encoding="utf-8")
    voice.chmod(0o755)
    out = tmp_path / "S.VTT"
    app = App(environ={"PATH": f"{tmp_path}:{os.environ['PATH']}", "STRETCH_HOME": str(tmp_path)})
    assert run("audio", "-m", "5", "-o", str(out), app=app).exit_code == 0
    shown = out.read_text(encoding="utf-8").split("\n\n")
    assert shown[1].startswith("00:00:00.400 --> 00:00:03.650\nFirst")
    assert (tmp_path / "said").exists()


@pytest.mark.parametrize(("args", "words"), [(("-o", "session.ogg"), ".wav"), ((), "--output")])
def test_audio_refuses_other_formats(args: tuple[str, ...], words: str) -> None:
    result = run("audio", *args)
    assert result.exit_code == 2
    assert words in result.stderr


def test_a_missing_folder_is_reported_in_one_sentence(tmp_path: Path) -> None:
    result = run("audio", "-m", "5", "--silent", "-o", str(tmp_path / "no" / "session.wav"))
    assert result.exit_code == 1
    assert "Traceback" not in result.output
