"""A session as it is heard: sounds, bells where nothing plays, and the voice after them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from stretch.core.narration.speech_timing import sentences_to_speak, speech_start
from stretch.core.narration.tones import SoundCue, bell_strokes, is_breath, sound_for
from stretch.core.timing.cues import Cue
from stretch.core.timing.cues import cues as cues_of
from stretch.core.timing.timeline import Timeline
from stretch.player.child_process import NS_PER_MS, FindProgram, StartProcess
from stretch.player.sound import (
    DEFAULT_VOLUME,
    PlayerCommand,
    SoundCache,
    SoundPlayer,
    find_players,
    is_remote,
    probe,
    start_sound,
)
from stretch.player.voice import SpeechEngine, Voice, find_engines

SOON_S = 0.1
"""How soon it is found out that a player or a voice does not work, so that what stands in for it is not late."""
FAREWELL_S = 10.0
"""The last sound and the last words take no longer, or something hangs."""


class CuePlayer:
    """SoundPlayer and says what is called out; the flags may change at any moment.

    *ring* rings the terminal bell so many times, where nothing plays; *breath*: the voice breathes along. Raises
    UsageError for a command that cannot be used.
    """

    def __init__(
        self,
        means: AudioBackends,
        ring: Callable[[int], None],
        *,
        sound: bool = True,
        voice: bool = False,
        breath: bool = False,
        volume: int = DEFAULT_VOLUME,
    ) -> None:
        self.sound, self.voice, self.breath = sound and volume > 0, voice, breath
        self._ring, self._clock = ring, means.clock
        self._sounds, self._voice = means.sounds(volume), means.voice(volume)
        self._unmade: Iterator[SoundCue] | None = None
        self._waiting: tuple[int, tuple[str, ...]] | None = None
        """When the next words are due, and the words: they wait for the sound before them."""

    @property
    def problem(self) -> str | None:
        """What a person must be told once, about what is wanted and cannot be played or said."""
        found = (self._sounds.problem if self.sound else None, self._voice.problem if self.voice else None)
        return " ".join(filter(None, found)) or None

    def handle_cues(self, cues: tuple[Cue, ...], timeline: Timeline, done: tuple[int, int] | None = None) -> None:
        """Begin what *cues* call out, go on with what is under way, and return at once.

        To be called at every frame, with the cues since the last call, if any; *done* is told at the end.
        """
        self._tend()
        if cues and self.sound:
            self._play(cues, timeline)
        elif self.sound:
            self._make_ahead(timeline)
        if cues and self.voice:
            self._prepare(cues, timeline, done)
        if self._waiting and self._clock() >= self._waiting[0]:
            self._voice.say(self._waiting[1])
            self._waiting = None

    def next_update_in(self) -> float:
        """Return the seconds after which `handle_cues` should be called again even if nothing is called out."""
        longest = SOON_S if self._voice.busy or (self.sound and self._sounds.unproven) else 1.0
        if self._waiting is None:
            return longest
        return min(max((self._waiting[0] - self._clock()) / NS_PER_MS / 1000, 0.001), longest)

    def stop(self) -> None:
        """Cut what is heard: for a skip, a pause, help, and the way out."""
        self._waiting = None
        self._sounds.stop()
        self._voice.stop()

    def finish(self) -> None:
        """Let the last sound and the last words end, for a session that came to its end; waits a few seconds."""
        if self._waiting and self.voice:
            self._sounds.finish(FAREWELL_S)
            self._voice.say(self._waiting[1])
            self._waiting = None
        self._sounds.finish(FAREWELL_S)
        self._voice.finish(FAREWELL_S)

    def close(self) -> None:
        """Cut what is heard and leave no process behind."""
        self.stop()
        self._sounds.close()
        self._voice.close()

    def _tend(self) -> None:
        unheard = self._sounds.poll()
        self._voice.poll()
        if not self.sound:
            self._sounds.stop()
        elif unheard:
            self._bell(unheard)
        if not self.voice:
            self._waiting = None
            self._voice.stop()

    def _play(self, cues: tuple[Cue, ...], timeline: Timeline) -> None:
        """Play the last change among *cues* and the last breath: after a late frame the others are over."""
        sounds = [sound for cue in cues if (sound := sound_for(cue, timeline))]
        last = {is_breath(sound): sound for sound in sounds}
        # The breath comes second and gives way to the change.
        due = tuple(last[breath] for breath in (False, True) if breath in last)
        self._bell(tuple(sound for sound in due if not self._sounds.play(sound)))

    def _make_ahead(self, timeline: Timeline) -> None:
        """Make one of the sounds to come while nothing is called out: on a slow machine it would make the cue late."""
        if self._unmade is None:
            every = (sound_for(cue, timeline) for cue in cues_of(timeline, -1, timeline.length))
            self._unmade = iter(dict.fromkeys(sound for sound in every if sound))
        if sound := next(self._unmade, None):
            self._sounds.make(sound)

    def _bell(self, sounds: tuple[SoundCue, ...]) -> None:
        if times := max(map(bell_strokes, sounds), default=0):
            self._ring(times)

    def _prepare(self, cues: tuple[Cue, ...], timeline: Timeline, done: tuple[int, int] | None) -> None:
        for cue in reversed(cues):
            if words := sentences_to_speak(cue, timeline, breath=self.breath, done=done):
                if cue.kind in ("breath-in", "breath-out") and (self._voice.busy or self._waiting):
                    # The voice is slower than was thought; what it says matters more.
                    return
                after_ms = speech_start(cue, timeline) - cue.at if self.sound else 0
                self._waiting = (self._clock() + after_ms * NS_PER_MS, words)
                return


INSTALL_PLAYER = "Install pipewire-bin, pulseaudio-utils or alsa-utils, or set a sound command of your own."
INSTALL_VOICE = "Install espeak-ng or speech-dispatcher, or set a voice command of your own."


class BackendReport(Struct, frozen=True):
    """What there is for one purpose, and what to do about it where something is missing."""

    what: str
    found: str
    advice: str = ""


class AudioBackends(Struct, frozen=True, kw_only=True):
    """The machine as far as it can be heard; every method raises UsageError for a command that cannot be used."""

    environ: Mapping[str, str]
    which: FindProgram
    """Finds programs by name."""
    cache: Path
    """Where the sounds are kept; made when the first one is."""
    clock: Callable[[], int]
    """Nanoseconds."""
    sound_command: str | None = None
    voice_command: str | None = None
    """The user's own, instead of what is found."""
    start: StartProcess = start_sound
    platform: str = sys.platform

    def sounds(self, volume: int) -> SoundPlayer:
        """Return what plays sounds at *volume*, 0 to 100."""
        why_none = "they would play on the other machine" if self._is_remote else "there is no player here"
        return SoundPlayer(self._players, SoundCache(self.cache, volume), self.start, self.clock, why_none)

    def voice(self, volume: int) -> Voice:
        """Return what speaks at *volume*, 0 to 100."""
        return Voice(self._engines(volume), self.start, self.clock)

    def describe(self) -> tuple[BackendReport, BackendReport]:
        """Return what plays and what speaks here; tries the players with a moment of silence, so it takes a while."""
        return self._describe_players(), self._describe_voice()

    @property
    def _is_remote(self) -> bool:
        return self.sound_command is None and is_remote(self.environ)

    @property
    def _players(self) -> tuple[PlayerCommand, ...]:
        return find_players(self.which, self.environ, self.sound_command, self.platform)

    def _engines(self, volume: int = DEFAULT_VOLUME) -> tuple[SpeechEngine, ...]:
        return find_engines(self.which, self.environ, self.voice_command, volume, self.platform)

    def _describe_players(self) -> BackendReport:
        if self._is_remote:
            return BackendReport(
                "sounds", "the terminal bell, because this is SSH", "Set a sound command to play them there."
            )
        if not self._players:
            return BackendReport("sounds", "the terminal bell, because there is no player", INSTALL_PLAYER)
        found, working = [], 0
        for player in self._players:
            try:
                works = probe(player, self.cache, self.start)
            except OSError as error:
                found.append(f"{player.name} ({error.strerror or error})")
                continue
            working += works
            found.append(player.name if works else f"{player.name} (fails)")
        advice = (
            ""
            if working
            else f"ChildProcess `{' '.join(self._players[0].arguments_for(Path('FILE.wav')))}` to see why."
        )
        return BackendReport("sounds", ", ".join(found), advice)

    def _describe_voice(self) -> BackendReport:
        found = self._engines()
        if not found:
            return BackendReport("voice", "none", INSTALL_VOICE)
        names = ", ".join(engine.name for engine in found)
        # What the user set is the user's to try; Windows has no word for it.
        tried = not self.voice_command and self.platform != "win32"
        advice = f"Nothing heard? `{found[0].name} hello` shows why." if tried else ""
        return BackendReport("voice", names, advice)
