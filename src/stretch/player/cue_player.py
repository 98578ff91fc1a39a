"""Audio output of a session: sounds, the bell in their place, the voice after them, and the programs for both."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PureWindowsPath
from typing import NamedTuple

from msgspec import Struct

from stretch.core.errors import UsageError
from stretch.core.journal.progress import stretches_done
from stretch.core.narration.speech import (
    LANGUAGE,
    LESSER_CUES,
    WORDS_PER_MINUTE,
    sentences_to_speak,
    speech_start,
    words_for_change,
)
from stretch.core.narration.tones import SoundCue, bell_strokes, is_breath, sound_for
from stretch.core.timing.phases import NS_PER_MS
from stretch.core.timing.session import Session, with_audio_found
from stretch.core.timing.timeline import Cue, Timeline
from stretch.core.timing.timeline import cues as cues_in
from stretch.core.vocabulary import VoiceMode
from stretch.player import voice
from stretch.player.child_process import FindProgram, StartProcess, split_command
from stretch.player.sound import (
    DEFAULT_VOLUME,
    FILE,
    KNOWN_PLAYERS,
    PlayerCommand,
    SoundCache,
    SoundPlayer,
    probe,
    start_sound,
)
from stretch.player.voice import TEXT, SpeechEngine, Voice

POLL_S = 0.1
"""Interval of polling while a player or voice may turn out not to work, so that its substitute is not late."""
FINISH_TIMEOUT_S = 10.0
"""Longest wait for the last sound and for the last words."""
POWERSHELL = r"System32\WindowsPowerShell\v1.0\powershell.exe"
SPEAK_STDIN = (
    "Add-Type -AssemblyName System.Speech; "
    "$text = New-Object IO.StreamReader([Console]::OpenStandardInput(), [Text.Encoding]::UTF8); "
    "$voice = New-Object System.Speech.Synthesis.SpeechSynthesizer; "
    "$voice.Volume = {volume}; $voice.Speak($text.ReadToEnd())"
)
"""PowerShell script for the voice of Windows; it reads the text as data, never as code."""
INSTALL_PLAYER = "Install pipewire-bin, pulseaudio-utils or alsa-utils, or set sound_command in the settings."
INSTALL_VOICE = "Install espeak-ng or speech-dispatcher, or set voice_command in the settings."


class CuePlayer:
    """Plays and speaks the cues of a session; `Session.sound` and `Session.voice` turn either on or off at any time.

    *ring_bell* rings the terminal bell a number of times if no sound can be played. *mode* is how much the voice says.
    *volume* is in percent; 0 means neither sounds nor bell.
    """

    def __init__(
        self,
        backends: AudioBackends,
        ring_bell: Callable[[int], None],
        *,
        mode: VoiceMode = "yes",
        volume: int = DEFAULT_VOLUME,
    ) -> None:
        self._ring_bell, self._clock = ring_bell, backends.clock
        self._mode, self._muted = mode, volume == 0
        self._sounds, self._voice = backends.sounds(volume), backends.voice(volume)
        self._before: Session | None = None
        self._to_prepare: Iterator[SoundCue] | None = None
        self._scheduled: tuple[int, tuple[str, ...]] | None = None
        """Clock time of the next words, and the words: they wait for the sound before them."""

    def problem(self, session: Session) -> str | None:
        """Return a message about sound or voice that is turned on and has failed, None if there is none.

        That there is no player at all is said before the session.
        """
        sound = self._sounds.problem if self._plays_sound(session) and self._sounds.found else None
        voice = self._voice.problem if session.voice else None
        return " ".join(filter(None, (sound, voice))) or None

    def with_audio_found(self, session: Session) -> Session:
        """Return *session* with what is known of its sounds and voice."""
        bell_only, voice_silent = self._sounds.problem is not None, self._voice.problem is not None
        return with_audio_found(session, bell_only=bell_only, voice_silent=voice_silent, muted=self._muted)

    def handle_cues(self, session: Session, cues: tuple[Cue, ...]) -> None:
        """Start the sounds and words of *cues*, continue what was started before, and return at once.

        Called in every frame with the cues since the last one.
        """
        unplayed = self._sounds.poll()
        self._voice.poll()
        if not self._plays_sound(session):
            self._sounds.processes.kill_all()
        else:
            self._ring_bell_for(unplayed)
            if cues:
                self._play(cues, session.timeline)
            else:
                self._prepare_next_sound(session.timeline)
        if session.voice:
            self._schedule_speech(cues, session)
        else:
            self._scheduled = None
            self._voice.stop()
        self._before = session
        if self._scheduled and self._clock() >= self._scheduled[0]:
            self._speak_scheduled()

    def next_update_in(self) -> float:
        """Return the seconds after which `handle_cues` must be called again even without cues."""
        longest = POLL_S if self._voice.busy or self._sounds.unproven else 1.0
        if self._scheduled is None:
            return longest
        return min(max((self._scheduled[0] - self._clock()) / NS_PER_MS / 1000, 0.001), longest)

    def stop(self) -> None:
        """Stop all sounds and words, also those still to come."""
        self._scheduled = None
        self._sounds.processes.kill_all()
        self._voice.stop()

    def finish(self) -> None:
        """Wait for the last sound and the last words of a finished session."""
        self._sounds.processes.wait(FINISH_TIMEOUT_S)
        self._speak_scheduled()
        self._voice.wait(FINISH_TIMEOUT_S)

    def close(self) -> None:
        """Stop everything and leave no process behind."""
        self.stop()
        self._sounds.processes.close()
        self._voice.close()

    def _plays_sound(self, session: Session) -> bool:
        return session.sound and not self._muted

    def _play(self, cues: tuple[Cue, ...], timeline: Timeline) -> None:
        """Play the last change and the last breath among *cues*; after a late frame the earlier ones are over."""
        sounds = [sound for cue in cues if (sound := sound_for(cue, timeline))]
        last = {is_breath(sound): sound for sound in sounds}
        # The breath comes second because it gives way to the change.
        due = tuple(last[breath] for breath in (False, True) if breath in last)
        self._ring_bell_for(tuple(sound for sound in due if not self._sounds.play(sound)))

    def _prepare_next_sound(self, timeline: Timeline) -> None:
        """Make the file of one of the sounds to come, because on a slow machine making it at its cue would be late."""
        if self._to_prepare is None:
            sounds = (sound_for(cue, timeline) for cue in cues_in(timeline, -1, timeline.length_ms))
            self._to_prepare = iter(dict.fromkeys(filter(None, sounds)))
        if sound := next(self._to_prepare, None):
            self._sounds.prepare(sound)

    def _ring_bell_for(self, sounds: tuple[SoundCue, ...]) -> None:
        if times := max(map(bell_strokes, sounds), default=0):
            self._ring_bell(times)

    def _schedule_speech(self, cues: tuple[Cue, ...], session: Session) -> None:
        if self._before and (words := words_for_change(self._before, session)):
            self._scheduled = (self._clock(), words)
            return
        timeline = session.timeline
        for cue in reversed(cues):
            if sentences := sentences_to_speak(cue, timeline, self._mode, done=stretches_done(session)):
                if cue.kind in LESSER_CUES and (self._voice.busy or self._scheduled):
                    # The voice is slower than estimated, or answers a key; what it is saying matters more.
                    return
                delay_ms = speech_start(cue, timeline) - cue.at_ms if self._plays_sound(session) else 0
                self._scheduled = (self._clock() + delay_ms * NS_PER_MS, sentences)
                return

    def _speak_scheduled(self) -> None:
        if self._scheduled:
            self._voice.say(self._scheduled[1])
            self._scheduled = None


class BackendReport(NamedTuple):
    """Backends found for one purpose, with advice if something is missing."""

    purpose: str
    found: str
    advice: str = ""


class AudioBackends(Struct, frozen=True, kw_only=True):
    """Audio and speech backends of this machine. Methods raise UsageError if a user's command is invalid."""

    environ: Mapping[str, str]
    find_program: FindProgram
    cache: Path
    """Folder for generated sound files; made with the first of them."""
    clock: Callable[[], int]
    """Nanoseconds."""
    sound_command: str | None = None
    voice_command: str | None = None
    """Commands of the user, which replace the programs found."""
    start: StartProcess = start_sound
    platform: str = sys.platform

    def sounds(self, volume: int) -> SoundPlayer:
        """Return a sound player with *volume* in percent."""
        none_found = "Over SSH" if self._remote else "No sound program found"
        return SoundPlayer(self.players, SoundCache(self.cache, volume), self.start, self.clock, none_found)

    def voice(self, volume: int) -> Voice:
        """Return a voice with *volume* in percent."""
        return Voice(self.engines(volume), self.start, self.clock)

    def describe(self) -> tuple[BackendReport, BackendReport]:
        """Report the sound players and the voices; what can be tried without a sound is tried."""
        players, engines = self.players, self.engines(volume=0)
        bell = f"the terminal bell, because {'this is SSH' if self._remote else 'there is no player'}"
        advice = "Set sound_command in the settings to play sounds there." if self._remote else INSTALL_PLAYER
        command = " ".join(players[0].arguments_for(Path("FILE.wav"))) if players else ""
        silent = {player.name: probe(player, self.cache, self.start) for player in players}
        mute = {engine.name: voice.probe(engine, self.start, self.clock) for engine in engines}
        return (
            _report(silent, command, BackendReport("sounds", bell, advice)),
            _report(mute, f"{next(iter(mute), '')} hello", BackendReport("voice", "none", INSTALL_VOICE)),
        )

    @property
    def players(self) -> tuple[PlayerCommand, ...]:
        """The sound players in order of preference; only the user's if there is one.

        Over SSH there are none, because they would play on the wrong machine; the terminal bell rings on the right one.
        """
        if self.sound_command is not None:
            words = split_command(self.sound_command, "sound")
            return (PlayerCommand(words[0], words if FILE in words else (*words, FILE)),)
        if self._remote:
            return ()
        if self.platform == "win32":
            return (PlayerCommand("winsound", ("winsound", FILE), at_once=1),)
        return tuple(PlayerCommand(name, (*command, FILE)) for name, command in self._installed(KNOWN_PLAYERS))

    def engines(self, volume: int) -> tuple[SpeechEngine, ...]:
        """Return the speech engines in order of preference; only the user's if there is one.

        *volume* is in percent; `say` and `spd-say` ignore it, and `spd-say` and Windows have their own speed. A command
        with {text} inside a longer word, such as `sh -c 'say {text}'`, is refused, because a text in a catalog could
        then run any program.
        """
        if self.voice_command is not None:
            words = split_command(self.voice_command, "voice")
            if any(TEXT in word and word != TEXT for word in words):
                raise UsageError(
                    f"In the voice command, {TEXT} must be a separate word; without it, stdin gets the text."
                )
            return (SpeechEngine(words[0], words, waits=False),)
        if self.platform == "win32":
            # The full path, because Windows searches the current folder first.
            shell = str(PureWindowsPath(self.environ.get("SystemRoot", r"C:\Windows")) / POWERSHELL)
            script = SPEAK_STDIN.replace("{volume}", str(min(2 * volume, 100)))
            return (SpeechEngine("Windows", (shell, "-NoProfile", "-NonInteractive", "-Command", script)),)
        speed = str(WORDS_PER_MINUTE)
        espeak = ("-v", LANGUAGE, "-s", speed, "-a", str(2 * volume), "--stdin")
        say, spd_say = ("-r", speed, "-f", "-"), ("-w", "-l", LANGUAGE, "--", TEXT)
        known = {"say": say, "spd-say": spd_say, "espeak-ng": espeak, "espeak": espeak}
        return tuple(
            SpeechEngine(name, command, stop=(command[0], "-S") if name == "spd-say" else ())
            for name, command in self._installed(known)
        )

    @property
    def _remote(self) -> bool:
        """Whether this is an SSH session without sound forwarding, and the user has no command for it."""
        forwarded = self.sound_command is not None or self.environ.get("PULSE_SERVER")
        return bool(self.environ.get("SSH_CONNECTION")) and not forwarded

    def _installed(self, known: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the name and the command of each of the *known* programs, which have these options."""
        for name, options in known.items():
            if path := self.find_program(name):
                yield name, (path, *options)


def _report(faults: Mapping[str, str], command: str, none: BackendReport) -> BackendReport:
    """Return the report of programs with what is wrong with each, and what to run if none works; *none* without any."""
    if not faults:
        return none
    found = ", ".join(f"{name} ({fault})" if fault else name for name, fault in faults.items())
    return none._replace(found=found, advice=f"Run `{command}` to see why." if all(faults.values()) else "")
