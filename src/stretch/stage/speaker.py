"""A session as it is heard: sounds, bells where nothing plays, and the voice after them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from stretch.core.hearing.aloud import aloud, begins
from stretch.core.hearing.sounds import bells, is_breath, sound_of
from stretch.core.hearing.tones import Sound
from stretch.core.routine import Routine
from stretch.core.timing.cues import Cue
from stretch.core.timing.cues import cues as cues_of
from stretch.core.timing.timeline import Timeline
from stretch.stage.players import is_remote, players, start_sound
from stretch.stage.process import NS_PER_MS, Start, Which
from stretch.stage.sound import DEFAULT_VOLUME, Shelf, Sounds, trial
from stretch.stage.voice import Voice, engines

SOON_S = 0.1
"""How soon it is found out that a player or a voice does not work, so that what stands in for it is not late."""
FAREWELL_S = 10.0
"""The last sound and the last words take no longer, or something hangs."""
INSTALL_PLAYER = "Install pipewire-bin, pulseaudio-utils or alsa-utils, or set a sound command of your own."
INSTALL_VOICE = "Install espeak-ng or speech-dispatcher, or set a voice command of your own."


class Finding(Struct, frozen=True):
    """What there is for one purpose, and what to do about it where something is missing."""

    what: str
    found: str
    advice: str = ""


class Speaker:
    """Sounds and says what is called out; the flags may change at any moment.

    *which* finds programs by name; *cache* is made when the first sound is; *ring* rings the terminal bell so many
    times; *clock* gives nanoseconds. *sound_command* and *voice_command* are the user's own instead of what is found.
    Raises UsageError for a command that cannot be used.
    """

    def __init__(
        self,
        *,
        environ: Mapping[str, str],
        which: Which,
        cache: Path,
        ring: Callable[[int], None],
        clock: Callable[[], int],
        sound: bool = True,
        voice: bool = False,
        breath: bool = False,
        volume: int = DEFAULT_VOLUME,
        sound_command: str | None = None,
        voice_command: str | None = None,
        start: Start = start_sound,
        platform: str = sys.platform,
    ) -> None:
        self.sound, self.voice, self.breath = sound and volume > 0, voice, breath
        self._remote = sound_command is None and is_remote(environ)
        self._players = players(which, environ, sound_command, platform)
        self._engines = engines(which, environ, voice_command, volume, platform)
        self._cache, self._ring, self._start, self._clock = cache, ring, start, clock
        why_none = "they would play on the other machine" if self._remote else "there is no player here"
        self._sounds = Sounds(self._players, Shelf(cache, volume), start, clock, why_none)
        self._voice = Voice(self._engines, start, clock)
        self._unmade: Iterator[Sound] | None = None
        self._waiting: tuple[int, tuple[str, ...]] | None = None
        """When the next words are due, and the words: they wait for the sound before them."""

    @property
    def trouble(self) -> str | None:
        """What a person must be told once, about what is wanted and cannot be played or said."""
        found = (self._sounds.trouble if self.sound else None, self._voice.trouble if self.voice else None)
        return " ".join(filter(None, found)) or None

    def perform(
        self, cues: tuple[Cue, ...], timeline: Timeline, routine: Routine, done: tuple[int, int] | None = None
    ) -> None:
        """Begin what *cues* call out, go on with what is under way, and return at once.

        To be called at every frame, with the cues since the last call, if any; *done* is told at the end.
        """
        self._tend()
        if cues and self.sound:
            self._play(cues, timeline)
        elif self.sound:
            self._make_ahead(timeline)
        if cues and self.voice:
            self._prepare(cues, timeline, routine, done)
        if self._waiting and self._clock() >= self._waiting[0]:
            self._voice.say(self._waiting[1])
            self._waiting = None

    def patience(self) -> float:
        """Return the seconds after which `perform` should be called again even if nothing is called out."""
        longest = SOON_S if self._voice.busy or (self.sound and self._sounds.on_trial) else 1.0
        if self._waiting is None:
            return longest
        return min(max((self._waiting[0] - self._clock()) / NS_PER_MS / 1000, 0.001), longest)

    def hush(self) -> None:
        """Cut what is heard: for a skip, a pause, help, and the way out."""
        self._waiting = None
        self._sounds.hush()
        self._voice.hush()

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
        self.hush()
        self._sounds.close()
        self._voice.close()

    def describe(self) -> tuple[Finding, ...]:
        """Return what plays and what speaks here; tries the players with a moment of silence, so it takes a while."""
        return (self._describe_players(), self._describe_voice())

    def _tend(self) -> None:
        unheard = self._sounds.tend()
        self._voice.tend()
        if not self.sound:
            self._sounds.hush()
        elif unheard:
            self._bell(unheard)
        if not self.voice:
            self._waiting = None
            self._voice.hush()

    def _play(self, cues: tuple[Cue, ...], timeline: Timeline) -> None:
        """Play the last change among *cues* and the last breath: after a late frame the others are over."""
        sounds = [sound for cue in cues if (sound := sound_of(cue, timeline))]
        last = {is_breath(sound): sound for sound in sounds}
        # The breath comes second and gives way to the change.
        due = tuple(last[breath] for breath in (False, True) if breath in last)
        self._bell(tuple(sound for sound in due if not self._sounds.play(sound)))

    def _make_ahead(self, timeline: Timeline) -> None:
        """Make one of the sounds to come while nothing is called out: on a slow machine it would make the cue late."""
        if self._unmade is None:
            every = (sound_of(cue, timeline) for cue in cues_of(timeline, -1, timeline.length))
            self._unmade = iter(dict.fromkeys(sound for sound in every if sound))
        if sound := next(self._unmade, None):
            self._sounds.make(sound)

    def _bell(self, sounds: tuple[Sound, ...]) -> None:
        if times := max(map(bells, sounds), default=0):
            self._ring(times)

    def _prepare(
        self, cues: tuple[Cue, ...], timeline: Timeline, routine: Routine, done: tuple[int, int] | None
    ) -> None:
        for cue in reversed(cues):
            if words := aloud(cue, timeline, routine, breath=self.breath, done=done):
                if cue.kind in ("breath-in", "breath-out") and (self._voice.busy or self._waiting):
                    # The voice is slower than was thought; what it says matters more.
                    return
                after_ms = begins(cue, timeline) - cue.at if self.sound else 0
                self._waiting = (self._clock() + after_ms * NS_PER_MS, words)
                return

    def _describe_players(self) -> Finding:
        if self._remote:
            return Finding(
                "sounds", "the terminal bell, because this is SSH", "Set a sound command to play them there."
            )
        if not self._players:
            return Finding("sounds", "the terminal bell, because there is no player", INSTALL_PLAYER)
        found, working = [], 0
        for player in self._players:
            try:
                works = trial(player, self._cache, self._start)
            except OSError as error:
                found.append(f"{player.name} ({error.strerror or error})")
                continue
            working += works
            found.append(player.name if works else f"{player.name} (fails)")
        advice = "" if working else f"Run `{' '.join(self._players[0].of(Path('FILE.wav')))}` to see why."
        return Finding("sounds", ", ".join(found), advice)

    def _describe_voice(self) -> Finding:
        if not self._engines:
            return Finding("voice", "none", INSTALL_VOICE)
        return Finding("voice", ", ".join(engine.name for engine in self._engines))
