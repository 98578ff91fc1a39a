"""The voice: speech engines, hostile texts, fallbacks, and its place after the sounds."""

from __future__ import annotations

import re
import shutil
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from fake_programs import FakePrograms
from stretch.core.errors import UsageError
from stretch.core.narration.speech import sentences_to_speak, speakable, speech_start
from stretch.core.narration.tones import RATE
from stretch.core.timing.session import Session, cues_between, update
from stretch.core.timing.timeline import Cue, Timeline, build_timeline, cues
from stretch.export.audio_file import speeches
from stretch.export.text_to_speech import at_least_estimate, find_synthesizer, sentence_timer
from stretch.player import child_process
from stretch.player.voice import SpeechEngine, Voice
from support import MS, SAMPLE, routine

ROUTINE = routine(areas=(), stretches=("cat-cow", "pelvic-tilt", "single-knee-to-chest"))
TIMELINE = build_timeline(ROUTINE)
ALL_CUES = cues(TIMELINE, -1, TIMELINE.length_ms)
SESSION = Session(timeline=TIMELINE)
WITH_VOICE = Session(timeline=TIMELINE, voice=True)
VOICE_ONLY = Session(timeline=TIMELINE, voice=True, sound=False)
SILENT = Session(timeline=TIMELINE, sound=False)
HOSTILE_TEXTS = [
    "$(rm -rf ~)", "-w /etc/passwd", "--help", "`id` | sh; echo $HOME", "100 % %s %n", "!-!QUIT", "[[volm 0]] hush",
    "line\nbreak\x00and \x01" + "50S bell\x07", "\ud800 half a character", "'\"\\",
]  # fmt: skip


def cues_at_start_of(index: int) -> tuple[Cue, ...]:
    return tuple(cue for cue in ALL_CUES if cue.at_ms == TIMELINE.phases[index].start_ms)


def voice_of(programs: FakePrograms, **options: Any) -> Voice:
    return programs.backends(Path(), **options).voice(50)


def engines(find_program: Callable[[str], str | None], **options: Any) -> tuple[SpeechEngine, ...]:
    backends = FakePrograms().backends(Path(), **options)
    return replace(backends, find_program=find_program).engines(50)


def test_engines_are_found_in_order() -> None:
    programs = FakePrograms(say="plays", spd_say="plays", espeak_ng="plays", espeak="plays")
    names = [engine.name for engine in engines(programs.find_program)]
    assert names == ["say", "spd-say", "espeak-ng", "espeak"]


def test_the_windows_engine_has_a_full_path_and_reads_the_text_as_data() -> None:
    (engine,) = engines(FakePrograms().find_program, environ={"SystemRoot": r"D:\Win"}, platform="win32")
    assert engine.arguments[0] == r"D:\Win\System32\WindowsPowerShell\v1.0\powershell.exe"
    # PowerShell has `IO` and `Text` from the start, and every other type after its assembly is loaded.
    script = engine.arguments[-1]
    loaded = re.findall(r"Add-Type -AssemblyName ([\w.]+);", script)
    types = [name for name in re.findall(r"New-Object ([\w.]+)", script) if not name.startswith("IO.")]
    assert types
    assert all(name.startswith(tuple(f"{assembly}." for assembly in loaded)) for name in types)
    arguments, piped = engine.arguments_for("$(rm -rf ~)")
    assert not any("rm -rf" in argument for argument in arguments)
    assert piped == "$(rm -rf ~)"


@pytest.mark.parametrize("name", ["say", "spd_say", "espeak_ng"])
@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_hostile_text_is_spoken_and_never_an_option_or_a_command(name: str, text: str) -> None:
    programs = FakePrograms(**{name: "plays"})
    voice_of(programs).say([text])
    (arguments,), (piped,) = programs.started, programs.texts
    if piped:
        assert arguments == engines(programs.find_program)[0].arguments
    else:
        assert arguments[-2] == "--"
    spoken = piped or arguments[-1]
    assert spoken.isprintable()
    assert "[[" not in spoken
    letters = "".join(character for character in text if character.isascii() and character.isalpha())
    assert letters in "".join(character for character in spoken.replace("percent", "") if character.isalpha())


def test_spd_say_never_gets_a_printf_format() -> None:
    programs = FakePrograms(spd_say="plays")
    voice_of(programs).say(["100 % %s"])
    assert "%" not in programs.started[0][-1]


def test_a_voice_command_gets_the_text_as_one_word_or_on_standard_input() -> None:
    programs = FakePrograms()
    voice_of(programs, voice_command="festival --tts").say(["Hello there."])
    assert (programs.started[-1], programs.texts[-1]) == (("festival", "--tts"), "Hello there.")
    voice_of(programs, voice_command="flite -t {text}").say(["-x $(id)"])
    assert (programs.started[-1], programs.texts[-1]) == (("flite", "-t", " -x $(id)"), "")


@pytest.mark.parametrize("command", ["sh -c 'say {text}'", "flite --text={text}", "", "flite 'x"])
def test_a_voice_command_with_the_text_inside_a_word_is_an_error(command: str) -> None:
    with pytest.raises(UsageError, match="voice command"):
        voice_of(FakePrograms(), voice_command=command)


def test_new_words_and_stop_end_the_words_before() -> None:
    programs = FakePrograms(espeak_ng="plays")
    voice = voice_of(programs)
    voice.say(["First up, a long sentence."])
    voice.say(["Switch to the right side."])
    assert [process.killed for process in programs.processes] == [True, False]
    assert voice.busy
    voice.stop()
    assert [process.killed for process in programs.processes] == [True, True]
    assert not voice.busy


def test_stopping_speech_dispatcher_runs_its_stop_command() -> None:
    programs = FakePrograms(spd_say="plays")
    voice = voice_of(programs)
    voice.say(["First up, a long sentence."])
    voice.stop()
    assert programs.started[-1] == ("/bin/spd-say", "-S")
    voice.stop()
    assert len(programs.started) == 2
    voice.close()
    assert all(process.reaped for process in programs.processes)


def test_the_next_engine_speaks_a_text_that_failed() -> None:
    programs = FakePrograms(spd_say="fails", espeak_ng="plays")
    voice = voice_of(programs)
    voice.say(["Switch to the right side."])
    programs.clock.now += 10 * MS
    voice.poll()
    assert programs.started[-1][0] == "/bin/espeak-ng"
    assert programs.texts[-1] == "Switch to the right side."
    assert voice.problem is None


def test_an_engine_that_ends_at_once_counts_as_silent() -> None:
    programs = FakePrograms(espeak_ng="empty")
    voice = voice_of(programs)
    voice.say(["Switch to the right side."])
    programs.clock.now += 70 * MS
    voice.poll()
    assert voice.problem is not None
    assert "espeak-ng made no sound" in voice.problem
    programs.behaviors["espeak_ng"] = "plays"
    voice.say(["Switch to the left side."])
    programs.clock.now += 20_000 * MS
    voice.poll()
    assert programs.texts[-1] == "Switch to the left side."
    assert voice.problem is None


def test_a_voice_command_may_end_at_once() -> None:
    programs = FakePrograms(mine="empty")
    voice = voice_of(programs, voice_command="mine")
    voice.say(["Switch to the right side."])
    programs.clock.now += 70 * MS
    voice.poll()
    assert voice.problem is None


def test_a_missing_voice_is_a_problem_only_if_the_voice_is_on(tmp_path: Path) -> None:
    programs = FakePrograms(aplay="plays")
    player = programs.cue_player(tmp_path)
    assert player.problem(SESSION) is None
    assert "No voice" in (player.problem(WITH_VOICE) or "")
    player.handle_cues(WITH_VOICE, cues_at_start_of(0))


def test_words_wait_for_their_sound_only_if_sound_is_on(tmp_path: Path) -> None:
    programs = FakePrograms(aplay="plays", espeak_ng="plays")
    player = programs.cue_player(tmp_path)
    player.handle_cues(WITH_VOICE, cues_at_start_of(0))
    assert [Path(arguments[0]).name for arguments in programs.started] == ["aplay"]
    while len(programs.started) == 1:
        programs.clock.now += int(player.next_update_in() * 1000) * MS
        player.handle_cues(WITH_VOICE, ())
    assert programs.clock.now == (speech_start(ALL_CUES[0], TIMELINE) - ALL_CUES[0].at_ms) * MS
    assert player.next_update_in() <= 0.1
    assert programs.texts[-1] == " ".join(sentences_to_speak(ALL_CUES[0], TIMELINE))
    player.handle_cues(VOICE_ONLY, cues_at_start_of(1))
    assert programs.texts[-1].startswith("Shoulder rolls")


def test_stop_drops_scheduled_words(tmp_path: Path) -> None:
    programs = FakePrograms(aplay="plays", espeak_ng="plays")
    player = programs.cue_player(tmp_path)
    player.handle_cues(WITH_VOICE, cues_at_start_of(0))
    player.stop()
    programs.clock.now += 1_000 * MS
    player.handle_cues(WITH_VOICE, ())
    assert len(programs.started) == 1
    assert programs.playing == []


def test_the_voice_can_be_turned_off_in_mid_sentence_and_on_again(tmp_path: Path) -> None:
    programs = FakePrograms(espeak_ng="plays")
    player = programs.cue_player(tmp_path)
    player.handle_cues(VOICE_ONLY, cues_at_start_of(0))
    assert len(programs.playing) == 1
    player.handle_cues(SILENT, ())
    assert programs.playing == []
    player.handle_cues(SILENT, cues_at_start_of(1))
    assert programs.playing == []
    player.handle_cues(VOICE_ONLY, ())
    assert programs.texts[-1] == "Walk on the spot."
    player.handle_cues(VOICE_ONLY, cues_at_start_of(2))
    assert "Hip circles" in programs.texts[-1]


def test_breath_is_spoken_only_on_request_and_interrupts_no_words(tmp_path: Path) -> None:
    programs = FakePrograms(espeak_ng="plays")
    player = programs.cue_player(tmp_path)
    held = next(cue for cue in ALL_CUES if cue.kind == "breath-in" and cue.number == 4)
    assert TIMELINE.phases[held.index].kind == "move"
    player.handle_cues(VOICE_ONLY, (held,))
    assert programs.started == []
    player = programs.cue_player(tmp_path, mode="breath")
    late = next(cue for cue in ALL_CUES if cue.kind == "breath-out" and cue.number == 7)
    player.handle_cues(VOICE_ONLY, (late,))
    assert programs.texts == ["Breathe out."]
    player.handle_cues(VOICE_ONLY, (late,))
    assert programs.texts == ["Breathe out."]


def heard_in_session(timeline: Timeline, programs: FakePrograms, folder: Path) -> list[tuple[int, float, str]]:
    """Play a whole session to a fake voice; return when each text was said, in ms, when it ended, and the text."""
    player = programs.cue_player(folder)
    finished = Session(timeline=timeline, voice=True, completed_phases=frozenset(range(len(timeline.phases))))
    heard: list[tuple[int, float, str]] = []
    for before, now in zip(range(-100, timeline.length_ms, 100), range(0, timeline.length_ms + 100, 100), strict=True):
        programs.clock.now = now * MS
        player.handle_cues(finished, cues(timeline, before, now))
        assert len(programs.playing) <= 1
        heard += [
            (now, programs.processes[at].ends / MS, programs.texts[at]) for at in range(len(heard), len(programs.texts))
        ]
    player.finish()
    new = range(len(heard), len(programs.texts))
    return heard + [(timeline.length_ms + 400, programs.processes[at].ends / MS, programs.texts[at]) for at in new]


GOLDEN = Path(__file__).parent / "golden" / "voice"


@pytest.mark.parametrize("name", ["first", "later"])
def test_what_is_said_when_in_a_whole_session(tmp_path: Path, name: str, request: pytest.FixtureRequest) -> None:
    """The log of the first session with a routine, and of a later one; each line is complete before the next."""
    items = tuple(replace(item, familiar=name == "later") for item in SAMPLE.items)
    timeline, programs = build_timeline(replace(SAMPLE, items=items, voice=True)), FakePrograms(espeak_ng="plays")
    heard = heard_in_session(timeline, programs, tmp_path)
    assert not any(process.killed for process in programs.processes)
    spoken = sum(ends - starts for starts, ends, _ in heard[:-1])
    lines = [f"{starts // 60_000:02}:{starts % 60_000 / 1000:04.1f}  {text}" for starts, _, text in heard]
    lines.append(f"{spoken / timeline.length_ms:.0%} of {timeline.length_ms / 1000:.0f} s")
    golden = GOLDEN / f"{name}.txt"
    if request.config.getoption("--update-golden"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert lines == golden.read_text(encoding="utf-8").splitlines()


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is not installed")
def test_the_sound_file_says_the_same_at_the_same_times_as_the_voice(tmp_path: Path) -> None:
    speak = find_synthesizer(shutil.which, "linux")
    assert speak is not None
    programs = FakePrograms(espeak_ng="plays")
    programs.speech_ms = lambda sentences, *_: len(speak(" ".join(sentences))) * 1000 // RATE
    heard = [(starts, text) for starts, _, text in heard_in_session(TIMELINE, programs, tmp_path) if text]
    assert not any(process.killed for process, text in zip(programs.processes, programs.texts, strict=True) if text)
    timer = at_least_estimate(sentence_timer(speak))
    *filed, (_, last) = speeches(TIMELINE, timer, "yes")
    assert [text for _, text in heard] == [
        speakable(" ".join(sentences)) for sentences in (*(s for _, s in filed), last)
    ]
    assert all(abs(starts - at) <= 100 for (starts, _), (at, _) in zip(heard, filed, strict=False))


def test_words_that_matter_cut_others_and_lesser_ones_wait(tmp_path: Path) -> None:
    timeline = build_timeline(routine(areas=(), stretches=("single-knee-to-chest",), warm_up=0.0))
    programs = FakePrograms(espeak_ng="plays")
    programs.speech_ms = lambda sentences, *_: 60_000
    player, session = programs.cue_player(tmp_path), Session(timeline=timeline, voice=True, sound=False)
    for cue in cues(timeline, -1, timeline.length_ms):
        player.handle_cues(session, (cue,))
    *phases, end = programs.texts
    assert end.endswith(" Done: 0 of 1 stretch.")
    assert len(phases) == len(timeline.phases)
    assert not {"Halfway.", "Last 5 seconds."} & set(programs.texts)
    assert [process.killed for process in programs.processes] == [True] * len(phases) + [False]


def test_a_key_that_stops_or_eases_a_stretch_is_answered_at_once(tmp_path: Path) -> None:
    timeline = build_timeline(routine(areas=(), stretches=("single-knee-to-chest",), warm_up=0.0))
    programs = FakePrograms(espeak_ng="plays")
    player = programs.cue_player(tmp_path)
    before = Session(timeline=timeline, voice=True, sound=False)
    session = update(before, "next")
    player.handle_cues(session, cues_between(before, session))
    for action, words in (("ease", "Easier: "), ("hurt", "Stopped. Come out of it slowly. Easier: ")):
        after = update(session, action)  # type: ignore[arg-type]
        player.handle_cues(after, cues_between(session, after))
        assert programs.texts[-1].startswith(words)
        assert [process.killed for process in programs.processes[-2:]] == [True, False]
        session = after


needs_sh = pytest.mark.skipif(sys.platform == "win32", reason="the fake voice is a shell script")


@needs_sh
@pytest.mark.parametrize("text", HOSTILE_TEXTS[:4])
def test_a_real_program_reads_hostile_text_on_standard_input(tmp_path: Path, text: str) -> None:
    heard = tmp_path / "heard"
    program = tmp_path / "speak"
    program.write_text(f'#!/bin/sh\necho "$#" > "{heard}"\nexec cat >> "{heard}"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    voice = Voice(engines(shutil.which, voice_command=str(program)), child_process.Subprocess, time.monotonic_ns)
    voice.say([text])
    voice.wait(5.0)
    voice.close()
    assert heard.read_text() == f"0\n{text}"


@pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is not installed")
def test_espeak_ng_speaks_the_text_unchanged(tmp_path: Path) -> None:
    (engine,) = engines(lambda name: shutil.which(name) if name == "espeak-ng" else None)
    arguments, piped = engine.arguments_for("-w $(id)")
    # With -q it writes the phonemes and stays silent.
    run = child_process.Subprocess((*arguments, "-q", "-x", "--phonout", str(tmp_path / "phonemes")), piped.encode())
    assert run.wait(5.0) == 0
    dollar = (tmp_path / "phonemes").read_text()
    assert "d'0l3" in dollar
    assert list(tmp_path.iterdir()) == [tmp_path / "phonemes"]
