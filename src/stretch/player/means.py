"""What a session can be heard by here: the programs that play and that speak, or the user's own commands."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct

from stretch.player.players import Player, is_remote, players, start_sound
from stretch.player.process import Start, Which
from stretch.player.sound import DEFAULT_VOLUME, Shelf, Sounds, trial
from stretch.player.voice import Engine, Voice, engines

INSTALL_PLAYER = "Install pipewire-bin, pulseaudio-utils or alsa-utils, or set a sound command of your own."
INSTALL_VOICE = "Install espeak-ng or speech-dispatcher, or set a voice command of your own."


class Finding(Struct, frozen=True):
    """What there is for one purpose, and what to do about it where something is missing."""

    what: str
    found: str
    advice: str = ""


class Means(Struct, frozen=True, kw_only=True):
    """The machine as far as it can be heard; every method raises UsageError for a command that cannot be used."""

    environ: Mapping[str, str]
    which: Which
    """Finds programs by name."""
    cache: Path
    """Where the sounds are kept; made when the first one is."""
    clock: Callable[[], int]
    """Nanoseconds."""
    sound_command: str | None = None
    voice_command: str | None = None
    """The user's own, instead of what is found."""
    start: Start = start_sound
    platform: str = sys.platform

    def sounds(self, volume: int) -> Sounds:
        """Return what plays sounds at *volume*, 0 to 100."""
        why_none = "they would play on the other machine" if self._is_remote else "there is no player here"
        return Sounds(self._players, Shelf(self.cache, volume), self.start, self.clock, why_none)

    def voice(self, volume: int) -> Voice:
        """Return what speaks at *volume*, 0 to 100."""
        return Voice(self._engines(volume), self.start, self.clock)

    def describe(self) -> tuple[Finding, Finding]:
        """Return what plays and what speaks here; tries the players with a moment of silence, so it takes a while."""
        return self._describe_players(), self._describe_voice()

    @property
    def _is_remote(self) -> bool:
        return self.sound_command is None and is_remote(self.environ)

    @property
    def _players(self) -> tuple[Player, ...]:
        return players(self.which, self.environ, self.sound_command, self.platform)

    def _engines(self, volume: int = DEFAULT_VOLUME) -> tuple[Engine, ...]:
        return engines(self.which, self.environ, self.voice_command, volume, self.platform)

    def _describe_players(self) -> Finding:
        if self._is_remote:
            return Finding(
                "sounds", "the terminal bell, because this is SSH", "Set a sound command to play them there."
            )
        if not self._players:
            return Finding("sounds", "the terminal bell, because there is no player", INSTALL_PLAYER)
        found, working = [], 0
        for player in self._players:
            try:
                works = trial(player, self.cache, self.start)
            except OSError as error:
                found.append(f"{player.name} ({error.strerror or error})")
                continue
            working += works
            found.append(player.name if works else f"{player.name} (fails)")
        advice = "" if working else f"Run `{' '.join(self._players[0].of(Path('FILE.wav')))}` to see why."
        return Finding("sounds", ", ".join(found), advice)

    def _describe_voice(self) -> Finding:
        found = self._engines()
        if not found:
            return Finding("voice", "none", INSTALL_VOICE)
        names = ", ".join(engine.name for engine in found)
        # What the user set is the user's to try; Windows has no word for it.
        tried = not self.voice_command and self.platform != "win32"
        advice = f"Nothing heard? `{found[0].name} hello` shows why." if tried else ""
        return Finding("voice", names, advice)
