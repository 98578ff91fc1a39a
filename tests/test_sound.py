"""Sounds played by other programs, the bell in their place, and the cue player that starts both."""

from __future__ import annotations

import os
import signal
import stat
import sys
import time
import wave
from collections.abc import Callable
from pathlib import Path

import pytest

from fake_programs import FakePrograms
from stretch.core.errors import UsageError
from stretch.core.narration import tones
from stretch.core.narration.tones import RATE, SOUNDS, breath_sound, sound_for
from stretch.core.timing.session import Session, with_voice
from stretch.core.timing.timeline import Cue, build_timeline, cues
from stretch.player import child_process
from stretch.player.child_process import split_command
from stretch.player.cue_player import AudioBackends, CuePlayer
from stretch.player.sound import PlayerCommand, SoundCache, SoundPlayer, probe
from support import MS, routine

ROUTINE = routine()
TIMELINE = build_timeline(ROUTINE)
ALL_CUES = cues(TIMELINE, -1, TIMELINE.length_ms)
SESSION = Session(timeline=TIMELINE)
SILENT = Session(timeline=TIMELINE, sound=False)
HOLD = next(index for index, phase in enumerate(TIMELINE.phases) if phase.kind == "hold")
SWITCH = next(index for index, phase in enumerate(TIMELINE.phases) if phase.kind == "switch")


def cue_of(kind: str, index: int) -> Cue:
    return next(cue for cue in ALL_CUES if cue.kind == kind and cue.index == index)


def cues_at_start_of(index: int) -> tuple[Cue, ...]:
    """Return the cues at the start of a phase."""
    return tuple(cue for cue in ALL_CUES if cue.at_ms == TIMELINE.phases[index].start_ms)


def test_players_are_found_in_order_with_their_full_path() -> None:
    programs = FakePrograms(aplay="plays", pw_play="plays")
    found = programs.backends(Path()).players
    assert [player.name for player in found] == ["pw-play", "aplay"]
    assert found[1].arguments_for(Path("/x.wav")) == ("/bin/aplay", "-q", "/x.wav")
    assert programs.backends(Path(), platform="win32").players[0].name == "winsound"


def test_over_ssh_there_is_no_player_unless_sound_is_forwarded_or_a_command_is_set() -> None:
    programs = FakePrograms(aplay="plays")
    remote = {"SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22"}
    assert programs.backends(Path(), environ=remote).players == ()
    assert programs.backends(Path(), environ=remote, platform="win32").players == ()
    assert programs.backends(Path(), environ={**remote, "PULSE_SERVER": "localhost"}).players
    assert programs.backends(Path(), environ=remote, sound_command="aplay").players


def test_a_sound_command_replaces_all_players_and_gets_the_file() -> None:
    programs = FakePrograms(aplay="plays")
    (player,) = programs.backends(Path(), sound_command="mpv --really-quiet '--af=x y' {file} -v").players
    assert player.arguments_for(Path("/x.wav")) == ("mpv", "--really-quiet", "--af=x y", "/x.wav", "-v")
    (player,) = programs.backends(Path(), sound_command="play").players
    assert player.arguments_for(Path("/x.wav")) == ("play", "/x.wav")


@pytest.mark.parametrize("command", ["", "  ", "play 'x"])
def test_an_invalid_sound_command_is_an_error(command: str) -> None:
    with pytest.raises(UsageError, match="sound command"):
        split_command(command, "sound")


def test_a_sound_file_is_made_once_with_the_length_of_its_sound(tmp_path: Path) -> None:
    cache = SoundCache(tmp_path / "cache" / "sounds", 50)
    assert not (tmp_path / "cache").exists()
    for sound in (SOUNDS["start"], SOUNDS["done"], breath_sound("in", 2_999)):
        file = cache.file(sound)
        with wave.open(str(file)) as made:
            assert (made.getnchannels(), made.getsampwidth(), made.getframerate()) == (1, 2, RATE)
            assert made.getnframes() == tones.sample_count(sound)
        before = file.stat().st_mtime_ns
        assert cache.file(sound) == file
        assert file.stat().st_mtime_ns == before
    assert len(list(cache.folder.iterdir())) == 3


def test_an_incomplete_file_is_made_again_and_each_volume_has_its_own(tmp_path: Path) -> None:
    cache = SoundCache(tmp_path, 50)
    file = cache.file(SOUNDS["count"])
    whole = file.read_bytes()
    file.write_bytes(whole[:100])
    assert cache.file(SOUNDS["count"]).read_bytes() == whole
    assert SoundCache(tmp_path, 90).file(SOUNDS["count"]) != file


def test_a_failed_write_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(OSError, match="No space"):
        SoundCache(tmp_path, 50).file(SOUNDS["count"])
    assert list(tmp_path.iterdir()) == []


def test_at_most_two_sounds_play_at_once_and_the_breath_gives_way(tmp_path: Path) -> None:
    programs = FakePrograms()
    sounds = SoundPlayer(
        [PlayerCommand("p", ("p", "{file}"))], SoundCache(tmp_path, 50), programs.start, programs.clock, ""
    )
    for sound in (breath_sound("in", 3_000), SOUNDS["get-ready"], SOUNDS["next"]):
        assert sounds.play(sound)
    assert [process.killed for process in programs.processes] == [True, False, False]
    assert sounds.play(breath_sound("out", 3_000))
    assert len(programs.started) == 3
    assert sounds.play(SOUNDS["start"])
    assert [process.killed for process in programs.processes] == [True, True, False, False]


def test_a_breath_is_stopped_before_a_change_even_if_it_came_last(tmp_path: Path) -> None:
    programs = FakePrograms()
    sounds = SoundPlayer(
        [PlayerCommand("p", ("p", "{file}"))], SoundCache(tmp_path, 50), programs.start, programs.clock, ""
    )
    for sound in (SOUNDS["get-ready"], breath_sound("in", 3_000), SOUNDS["next"]):
        assert sounds.play(sound)
    assert [process.killed for process in programs.processes] == [False, True, False]


def test_a_player_of_one_sound_at_a_time_leaves_out_the_breath(tmp_path: Path) -> None:
    programs = FakePrograms()
    sounds = SoundPlayer(
        [PlayerCommand("p", ("p", "{file}"), at_once=1)], SoundCache(tmp_path, 50), programs.start, programs.clock, ""
    )
    assert sounds.play(SOUNDS["start"])
    assert sounds.play(breath_sound("in", 3_000))
    assert programs.sounds() == ["start"]


def test_ended_players_are_reaped(tmp_path: Path) -> None:
    programs = FakePrograms(aplay="plays")
    player = programs.cue_player(tmp_path)
    player.handle_cues(SESSION, cues_at_start_of(HOLD))
    assert programs.sounds() == ["start", "breath-in"]
    programs.clock.now += 10_000 * MS
    player.handle_cues(SESSION, ())
    assert all(process.reaped for process in programs.processes)


def test_the_next_player_plays_a_sound_that_failed(tmp_path: Path) -> None:
    programs = FakePrograms(pw_play="fails", paplay="missing", aplay="plays")
    player = programs.cue_player(tmp_path)
    player.handle_cues(SESSION, (cue_of("phase", 0),))
    programs.clock.now += 10 * MS
    player.handle_cues(SESSION, ())
    assert [Path(arguments[0]).name for arguments in programs.started] == ["pw-play", "aplay"]
    assert programs.sounds() == ["get-ready", "get-ready"]
    assert player.problem(SESSION) is None
    assert programs.bells == []
    assert FakePrograms().cue_player(tmp_path, volume=0).with_audio_found(SESSION).muted


def test_the_bell_rings_and_a_problem_is_reported_if_all_players_fail(tmp_path: Path) -> None:
    programs = FakePrograms(aplay="fails")
    player = programs.cue_player(tmp_path)
    player.handle_cues(SESSION, cues_at_start_of(SWITCH))
    assert player.problem(SESSION) is None
    assert player.next_update_in() <= 0.1
    programs.clock.now += 10 * MS
    player.handle_cues(SESSION, ())
    assert programs.bells == [2]
    assert player.problem(SESSION) is not None
    assert "aplay failed" in str(player.problem(SESSION))
    player.handle_cues(SESSION, cues_at_start_of(HOLD))
    assert programs.bells == [2, 1]


def test_a_proven_player_is_given_up_only_after_three_failures(tmp_path: Path) -> None:
    programs = FakePrograms(aplay="plays")
    player = programs.cue_player(tmp_path)

    def once(fate: str) -> None:
        programs.behaviors["aplay"] = fate
        player.handle_cues(SESSION, (cue_of("phase", 0),))
        for _ in range(3):
            programs.clock.now += 1_000 * MS
            programs.behaviors["aplay"] = "plays"
            player.handle_cues(SESSION, ())

    for fate in ("plays", "fails", "fails", "plays", "fails"):
        once(fate)
    assert programs.sounds() == ["get-ready"] * 8
    assert player.problem(SESSION) is None
    programs.behaviors["aplay"] = "fails"
    player.handle_cues(SESSION, (cue_of("phase", 0),))
    for _ in range(3):
        programs.clock.now += 10 * MS
        player.handle_cues(SESSION, ())
    assert player.problem(SESSION) is not None
    assert programs.bells == [1]


def test_a_hanging_player_is_killed_and_given_up(tmp_path: Path) -> None:
    programs = FakePrograms(aplay="hangs")
    player = programs.cue_player(tmp_path)
    player.handle_cues(SESSION, (cue_of("phase", 0),))
    programs.clock.now += 60_000 * MS
    player.handle_cues(SESSION, ())
    assert programs.processes[0].killed
    assert player.problem(SESSION) is not None
    # After a minute it would be too late for the bell.
    assert programs.bells == []
    assert FakePrograms().cue_player(tmp_path, volume=0).with_audio_found(SESSION).muted


def test_the_bell_rings_once_for_a_change_twice_for_a_switch_and_not_for_a_breath(
    tmp_path: Path,
) -> None:
    programs = FakePrograms()
    player = programs.cue_player(tmp_path / "cache")
    assert player.with_audio_found(SESSION).bell_only
    for one in ALL_CUES:
        player.handle_cues(SESSION, (one,))
    kinds = [phase.kind for phase in TIMELINE.phases]
    assert programs.bells == [2 if kind == "switch" else 1 for kind in kinds] + [1]
    assert not (tmp_path / "cache").exists()


def test_volume_0_means_neither_sound_nor_bell(tmp_path: Path) -> None:
    programs = FakePrograms()
    player = programs.cue_player(tmp_path, volume=0)
    player.handle_cues(SESSION, cues_at_start_of(SWITCH))
    assert programs.bells == []
    assert player.problem(SESSION) is None


def test_an_unwritable_cache_is_reported_and_the_bell_rings(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    programs = FakePrograms(aplay="plays")
    player = programs.cue_player(tmp_path / "file")
    player.handle_cues(SESSION, (cue_of("phase", 0),))
    assert programs.bells == [1]
    assert player.problem(SESSION) is not None
    assert "cannot be written" in str(player.problem(SESSION))


def test_sound_can_be_turned_off_and_on_at_any_time(tmp_path: Path) -> None:
    programs = FakePrograms(aplay="plays")
    player = programs.cue_player(tmp_path)
    player.handle_cues(SILENT, cues_at_start_of(HOLD))
    assert programs.started == []
    player.handle_cues(SESSION, cues_at_start_of(HOLD))
    assert len(programs.playing) == 2
    player.handle_cues(SILENT, ())
    assert programs.playing == []
    assert player.problem(SILENT) is None


def test_after_a_late_frame_only_the_last_sounds_are_played(tmp_path: Path) -> None:
    programs = FakePrograms(aplay="plays")
    player = programs.cue_player(tmp_path)
    before = TIMELINE.phases[HOLD].start_ms
    player.handle_cues(SESSION, cues(TIMELINE, before - 1_500, before))
    assert programs.sounds() == ["start", "breath-in"]


def test_sound_files_are_made_one_at_a_time_between_cues(tmp_path: Path) -> None:
    player = FakePrograms(aplay="plays").cue_player(tmp_path)
    needed = {sound for cue in ALL_CUES if (sound := sound_for(cue, TIMELINE))}
    for frame in range(len(needed) + 1):
        player.handle_cues(SESSION, ())
        assert len([*tmp_path.iterdir()]) == min(frame + 1, len(needed))
    FakePrograms().cue_player(tmp_path / "none").handle_cues(SESSION, ())
    assert not (tmp_path / "none").exists()


def test_stop_and_close_leave_no_process(tmp_path: Path) -> None:
    programs = FakePrograms(aplay="hangs")
    player = programs.cue_player(tmp_path)
    player.handle_cues(SESSION, cues_at_start_of(HOLD))
    player.stop()
    assert all(process.killed for process in programs.processes)
    player.handle_cues(SESSION, cues_at_start_of(SWITCH))
    player.close()
    assert all(process.killed and process.reaped for process in programs.processes)


def test_finish_waits_for_the_last_sound(tmp_path: Path) -> None:
    programs = FakePrograms(aplay="plays")
    player = programs.cue_player(tmp_path)
    player.handle_cues(SESSION, (ALL_CUES[-1],))
    player.finish()
    assert programs.sounds() == ["done"]
    assert not programs.processes[0].killed
    assert programs.clock.now == 1_500 * MS


def test_the_sounds_of_a_whole_session_come_in_order_and_at_most_two_at_once(tmp_path: Path) -> None:
    programs = FakePrograms(aplay="plays")
    player = programs.cue_player(tmp_path)
    for before, now in zip(range(-100, TIMELINE.length_ms, 100), range(0, TIMELINE.length_ms + 100, 100), strict=True):
        programs.clock.now = now * MS
        player.handle_cues(SESSION, cues(TIMELINE, before, now))
        assert len(programs.playing) <= 2
    names = programs.sounds()
    holds = sum(phase.kind in ("hold", "move") for phase in TIMELINE.phases)
    assert names[0] == "get-ready"
    assert names[-1] == "done"
    assert names.count("start") == holds
    assert names.count("switch") == sum(phase.kind == "switch" for phase in TIMELINE.phases)
    assert names.count("breath-in") == sum(len(phase.breaths) for phase in TIMELINE.phases)


def test_backends_are_described_with_advice(tmp_path: Path) -> None:
    working = FakePrograms(pw_play="fails", aplay="plays", espeak_ng="plays").backends(tmp_path).describe()
    assert (working[0].found, working[0].advice) == ("pw-play (fails), aplay", "")
    assert (working[1].found, working[1].advice) == ("espeak-ng", "")
    silent = FakePrograms(espeak_ng="empty").backends(tmp_path).describe()[1]
    assert (silent.found, silent.advice) == ("espeak-ng (makes no sound)", "Run `espeak-ng hello` to see why.")
    broken = FakePrograms(spd_say="plays", espeak_ng="missing").backends(tmp_path).describe()[1]
    # What would be heard is not tried.
    assert (broken.found, broken.advice) == ("spd-say, espeak-ng (No such file or directory)", "")
    failing = FakePrograms(aplay="hangs").backends(tmp_path).describe()[0]
    assert failing.found == "aplay (fails)"
    assert "/bin/aplay -q" in failing.advice
    nothing = FakePrograms().backends(tmp_path).describe()
    assert "alsa-utils" in nothing[0].advice
    assert "espeak-ng" in nothing[1].advice
    remote = {"SSH_CONNECTION": "x"}
    assert "SSH" in FakePrograms(aplay="plays").backends(tmp_path, environ=remote).describe()[0].found
    for backends, cause in (
        (FakePrograms(aplay="plays").backends(tmp_path, environ=remote), "Over SSH"),
        (FakePrograms().backends(tmp_path), "No sound program found"),
    ):
        assert backends.sounds(50).problem == f"{cause}: only the terminal's bell. `stretch doctor` helps."


def test_the_session_knows_what_is_not_heard(tmp_path: Path) -> None:
    programs = FakePrograms(aplay="fails", espeak_ng="empty")
    player, session = programs.cue_player(tmp_path), with_voice(SESSION, True)
    assert player.with_audio_found(session) == session
    player.handle_cues(session, cues_at_start_of(HOLD))
    for wait_ms in (2_000, 10):
        programs.clock.now += wait_ms * MS
        player.handle_cues(session, ())
    found = player.with_audio_found(session)
    assert (found.bell_only, found.voice_silent) == (True, True)
    # Without any program it is known from the start, and no message covers what comes next.
    without = FakePrograms().cue_player(tmp_path)
    assert without.with_audio_found(SESSION).bell_only
    assert without.problem(SESSION) is None


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str, str], str]:
    """Return a function that writes a shell script and returns its path."""

    def make(name: str, body: str) -> str:
        file = tmp_path / "bin" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"#!/bin/sh\n{body}\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
        return str(file)

    return make


needs_sh = pytest.mark.skipif(sys.platform == "win32", reason="the fake players are shell scripts")


@needs_sh
def test_a_real_program_gets_the_file_within_100_ms(tmp_path: Path, program: Callable[[str, str], str]) -> None:
    log = tmp_path / "log"
    command = program("player", f'echo "$(date +%s%N) $1" >> "{log}"')
    backends = AudioBackends(
        environ={},
        find_program=lambda name: None,
        cache=tmp_path / "cache",
        clock=time.monotonic_ns,
        sound_command=command,
    )
    player = CuePlayer(backends, ring_bell=lambda times: None)
    asked = []
    for index in range(5):
        asked.append(time.time_ns())
        player.handle_cues(SESSION, (cue_of("phase", index),))
        player.finish()
    player.close()
    played = [line.split(" ", 1) for line in log.read_text().splitlines()]
    assert [Path(file).name.rsplit("-", 3)[0] for _, file in played] == ["get-ready", "next", "next", "next", "next"]
    late = sorted(int(when) - then for (when, _), then in zip(played, asked, strict=True))
    assert late[2] < 100 * MS


@needs_sh
def test_kill_also_ends_what_a_program_started(tmp_path: Path, program: Callable[[str, str], str]) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    # The inner program keeps the fifo open as long as it runs.
    running = child_process.Subprocess((program("outer", f'sh -c "echo up; exec sleep 60" > "{fifo}"\nsleep 60'),), b"")
    with fifo.open() as end:
        assert end.readline() == "up\n"
        running.kill()
        assert end.read() == ""
    assert running.wait(5.0) == -signal.SIGKILL


@needs_sh
def test_what_a_player_or_a_voice_prints_is_not_on_the_screen(
    program: Callable[[str, str], str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert child_process.Subprocess((program("loud", "echo said; echo wrong >&2"),), b"text").wait(5.0) == 0
    assert capfd.readouterr() == ("", "")


@needs_sh
def test_probing_detects_a_player_that_fails_or_hangs(tmp_path: Path, program: Callable[[str, str], str]) -> None:
    assert not probe(PlayerCommand("ok", (program("ok", "exit 0"), "{file}")), tmp_path, child_process.Subprocess)
    assert (
        probe(PlayerCommand("no", (program("no", "exit 3"), "{file}")), tmp_path, child_process.Subprocess) == "fails"
    )
    silence = next(tmp_path.glob("*.wav"))
    with wave.open(str(silence)) as file:
        assert not any(file.readframes(10_000))


@needs_sh
def test_a_program_that_ignores_its_input_raises_nothing(program: Callable[[str, str], str]) -> None:
    assert child_process.Subprocess((program("deaf", "exec <&-; exit 0"),), b"x" * 4_000).wait(5.0) == 0
