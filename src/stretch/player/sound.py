"""The sounds as files, made once, and played two at a time at most by the first player that works."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from stretch.core.narration import tones
from stretch.core.narration.sounds import is_breath
from stretch.core.narration.tones import RATE, SOUNDS, Sound
from stretch.player.players import HEADER, Player
from stretch.player.process import Runner, Start
from stretch.storage.files.writing import whole

DEFAULT_VOLUME = 50
"""Quiet: 12 dB under the loudest."""
FRESH_MS = 1_000
"""A sound that failed is tried with the next player only while it still means something."""
STRIKES = 3
"""One that has played before is given up when it fails so often in a row; one that never has, at once."""
TRIAL_S = 3.0
"""A working player needs less for a tenth of a second of silence."""
BELL_INSTEAD = "the terminal bell rings instead; `stretch doctor` says more"


class Shelf:
    """The sounds as WAV files in a folder, each made when it is first asked for."""

    def __init__(self, folder: Path, volume: int) -> None:
        self.folder, self._volume = folder, min(max(volume, 0), 100)

    def file(self, sound: Sound) -> Path:
        """Return the file of *sound*, made now if it is not there in full; raises OSError."""
        path = self.folder / f"{sound.name}-{sound.length}-{self._volume}-{tones.EDITION}.wav"
        with suppress(FileNotFoundError):
            # A file cut short by a power failure is made again.
            if path.stat().st_size == HEADER + 2 * tones.frames(sound):
                return path
        self.folder.mkdir(parents=True, exist_ok=True)
        self._make(sound, path)
        return path

    def _make(self, sound: Sound, path: Path) -> None:
        # Imported here: on all days but the first the files are there.
        import wave

        with whole(path) as stream, wave.open(stream, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(tones.samples(sound, self._volume).tobytes())


class Sounds:
    """Plays sounds with the first of *players* that works, at most two at once, and never waits."""

    def __init__(
        self,
        players: Sequence[Player],
        shelf: Shelf,
        start: Start,
        clock: Callable[[], int],
        why_none: str,
    ) -> None:
        self._players, self._shelf, self._why_none = list(players), shelf, why_none
        self._runner: Runner[Sound] = Runner(start, clock)
        self._failed: list[str] = []
        self._chances = 1
        self._cannot_keep = ""

    @property
    def trouble(self) -> str | None:
        """What a person is told when nothing can be played; None while something can."""
        if self._cannot_keep:
            return f"No sounds, {self._cannot_keep}: {BELL_INSTEAD}."
        if self._players:
            return None
        if self._failed:
            return f"No sounds, {' and '.join(self._failed)} failed: {BELL_INSTEAD}."
        return f"No sounds, {self._why_none}: {BELL_INSTEAD}."

    @property
    def on_trial(self) -> bool:
        """Whether something plays, or seems to, with a player that has not yet been found to work."""
        return bool(self._runner.running) and self._chances < STRIKES

    def play(self, sound: Sound) -> bool:
        """Start to play *sound* and return whether it could be; a breath gives way to what plays already."""
        while self._players and not self._cannot_keep:
            player = self._players[0]
            try:
                file = self._shelf.file(sound)
            except OSError as error:
                self._cannot_keep = f"{self._shelf.folder} cannot be written ({error.strerror})"
                break
            if not self._make_room(sound, player.at_once):
                return True
            try:
                self._runner.begin(player.of(file), sound, sound.length)
            except OSError:
                self._give_up(player)
            else:
                return True
        return False

    def make(self, sound: Sound) -> None:
        """Have the file of *sound* ready for when it is played; one that cannot be made is told of then."""
        if self._players:
            with suppress(OSError):
                self._shelf.file(sound)

    def tend(self) -> tuple[Sound, ...]:
        """Reap what has ended; return the sounds that no player could play after all."""
        unheard = []
        for run in self._runner.ended():
            player = self._players[0] if self._players else None
            if not run.failed:
                self._chances = STRIKES
                continue
            if player and run.program == player.arguments[0]:
                self._chances -= 1
                if self._chances == 0:
                    self._give_up(player)
            if run.took <= FRESH_MS and not self.play(run.what):
                unheard.append(run.what)
        return tuple(unheard)

    def hush(self) -> None:
        """Cut all that plays."""
        self._runner.cut_all()

    def finish(self, longest_s: float) -> None:
        """Wait until what plays is over, at most this long."""
        self._runner.finish(longest_s)

    def close(self) -> None:
        """Cut all that plays and leave no process behind."""
        self._runner.close()

    def _make_room(self, sound: Sound, at_once: int) -> bool:
        """Cut what means least until one more may play; return False if that is *sound* itself."""
        while len(self._runner.running) >= at_once:
            breaths = [run for run in self._runner.running if is_breath(run.what)]
            if is_breath(sound) and not breaths:
                return False
            self._runner.cut((breaths or self._runner.running)[0])
        return True

    def _give_up(self, player: Player) -> None:
        self._players.remove(player)
        self._failed.append(player.name)
        self._chances = 1


def trial(player: Player, folder: Path, start: Start) -> bool:
    """Return whether *player* can play a tenth of a second of silence; waits for it, raises OSError."""
    process = start(player.of(Shelf(folder, 0).file(SOUNDS["count"])), b"")
    try:
        return process.wait(TRIAL_S) == 0
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(TRIAL_S)
        return False
