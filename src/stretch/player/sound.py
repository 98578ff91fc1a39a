"""Sound playback: WAV files made once and kept in a cache, played by the first player command that works."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from stretch.core.narration import tones
from stretch.core.narration.tones import RATE, SOUNDS, SoundCue, is_breath
from stretch.player.child_process import (
    Process,
    ProcessGroup,
    StartProcess,
    Subprocess,
    try_program,
)
from stretch.storage.files.safe_io import atomic_write

DEFAULT_VOLUME = 50
"""Percent; 12 dB below the loudest."""
RETRY_MS = 1_000
"""A sound is retried with the next player only if it failed within this time; later it would be misleading."""
MAX_FAILURES = 3
"""Failures in a row after which a player that has worked is given up; an untested one is given up at its first."""
WAV_HEADER_BYTES = 44
FILE = "{file}"
"""Placeholder for the WAV file in a command; a command without it gets the file as its last argument."""
KNOWN_PLAYERS = {"afplay": (), "pw-play": (), "paplay": (), "aplay": ("-q",)}
"""Programs to look for, in this order, with their options."""


class PlayerCommand(Struct, frozen=True):
    """A program that plays a WAV file; *at_once* is how many sounds may play together, a breath and a change."""

    name: str
    arguments: tuple[str, ...]
    at_once: int = 2

    def arguments_for(self, file: Path) -> tuple[str, ...]:
        """Return the command line that plays *file*."""
        return tuple(str(file) if argument == FILE else argument for argument in self.arguments)


class SoundCache:
    """Folder of the sounds as WAV files, each made when it is first needed."""

    def __init__(self, folder: Path, volume: int) -> None:
        self.folder, self._volume = folder, min(max(volume, 0), 100)

    def file(self, sound: SoundCue) -> Path:
        """Return the file of *sound*; make it if it is missing or incomplete. Raise OSError if that fails."""
        path = self.folder / f"{sound.name}-{sound.length_ms}-{self._volume}-{tones.CACHE_VERSION}.wav"
        with suppress(FileNotFoundError):
            if path.stat().st_size == WAV_HEADER_BYTES + 2 * tones.sample_count(sound):
                return path
        # Imported here because from the second session on all files exist.
        import wave

        self.folder.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as stream, wave.open(stream, "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(tones.samples(sound, self._volume).tobytes())
        return path


class SoundPlayer:
    """Plays sounds without waiting, with the first of *players* that works.

    *none_found* says why there are no players, for the message shown then.
    """

    def __init__(
        self,
        players: Sequence[PlayerCommand],
        cache: SoundCache,
        start: StartProcess,
        clock: Callable[[], int],
        none_found: str,
    ) -> None:
        self._players, self._cache, self._none_found = list(players), cache, none_found
        self.processes: ProcessGroup[SoundCue] = ProcessGroup(start, clock)
        self.found = bool(players)
        """Whether there was a player to try."""
        self._failed: list[str] = []
        self._failures_left = 1
        self._cache_error = ""

    @property
    def problem(self) -> str | None:
        """Message for the user if no sound can be played, else None."""
        if self._players and not self._cache_error:
            return None
        cause = f"{' and '.join(self._failed)} failed" if self._failed else self._none_found
        return f"{self._cache_error or cause}: only the terminal's bell. `stretch doctor` helps."

    @property
    def unproven(self) -> bool:
        """True while a sound plays with a player that has not yet worked once."""
        return bool(self.processes.running) and self._failures_left < MAX_FAILURES

    def play(self, sound: SoundCue) -> bool:
        """Start *sound* and return False if no player can; a breath is left out if enough is playing already."""
        while self._players and not self._cache_error:
            player = self._players[0]
            try:
                file = self._cache.file(sound)
            except OSError as error:
                self._cache_error = f"Sounds cannot be written to {self._cache.folder} ({error.strerror})"
                break
            if not self._make_room(sound, player.at_once):
                return True
            try:
                self.processes.start(player.arguments_for(file), sound, sound.length_ms)
                return True
            except OSError:
                self._give_up()
        return False

    def prepare(self, sound: SoundCue) -> None:
        """Make the file of *sound* ahead of time; an error is reported when it is played."""
        if self._players:
            with suppress(OSError):
                self._cache.file(sound)

    def poll(self) -> tuple[SoundCue, ...]:
        """Reap the players that have ended and return the sounds that none of them could play."""
        unplayed = []
        for child in self.processes.reap():
            if not child.failed:
                self._failures_left = MAX_FAILURES
                continue
            if self._players and child.program == self._players[0].arguments[0]:
                self._failures_left -= 1
                if self._failures_left == 0:
                    self._give_up()
            if child.elapsed_ms <= RETRY_MS and not self.play(child.content):
                unplayed.append(child.content)
        return tuple(unplayed)

    def _make_room(self, sound: SoundCue, at_once: int) -> bool:
        """Stop sounds until one more may play, breaths first; return False if *sound* is a breath and must wait."""
        while len(self.processes.running) >= at_once:
            breaths = [child for child in self.processes.running if is_breath(child.content)]
            if is_breath(sound) and not breaths:
                return False
            self.processes.kill((breaths or self.processes.running)[0])
        return True

    def _give_up(self) -> None:
        self._failed.append(self._players.pop(0).name)
        self._failures_left = 1


def probe(player: PlayerCommand, folder: Path, start: StartProcess) -> str:
    """Return why *player* cannot play a tenth of a second of silence; empty if it can."""
    try:
        file = SoundCache(folder, 0).file(SOUNDS["count"])
    except OSError as error:
        return error.strerror or str(error)
    return try_program(start, player.arguments_for(file))


if sys.platform == "win32":
    import winsound

    class _WindowsSound:
        """A sound that Windows plays itself."""

        def __init__(self, file: str) -> None:
            length = (Path(file).stat().st_size - WAV_HEADER_BYTES) / 2 / RATE
            self._ends = time.monotonic() + length
            try:
                winsound.PlaySound(file, winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_NODEFAULT)
            except RuntimeError as error:
                raise OSError(str(error)) from None

        def poll(self) -> int | None:
            return None if time.monotonic() < self._ends else 0

        def kill(self) -> None:
            self._ends = 0.0
            winsound.PlaySound(None, winsound.SND_FILENAME)

        def wait(self, timeout: float) -> int:
            time.sleep(min(max(self._ends - time.monotonic(), 0.0), timeout))
            return 0

    def start_sound(arguments: Sequence[str], text: bytes) -> Process:
        """Start a player; Windows itself plays the file for the name `winsound`."""
        return _WindowsSound(arguments[-1]) if arguments[0] == "winsound" else Subprocess(arguments, text)

else:
    start_sound = Subprocess
