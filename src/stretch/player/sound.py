"""The sounds as files, made once, and played two at a time at most by the first player that works."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from stretch.core.narration import tones
from stretch.core.narration.tones import RATE, SOUNDS, SoundCue, is_breath
from stretch.player.child_process import FindProgram, Process, ProcessGroup, StartProcess, split_command, start
from stretch.storage.files.atomic import atomic_write

DEFAULT_VOLUME = 50
"""Quiet: 12 dB under the loudest."""
FRESH_MS = 1_000
"""A sound that failed is tried with the next player only while it still means something."""
MAX_FAILURES = 3
"""One that has played before is given up when it fails so often in a row; one that never has, at once."""
PROBE_S = 3.0
"""A working player needs less for a tenth of a second of silence."""
BELL_INSTEAD = "the terminal bell rings instead; `stretch doctor` says more"


class SoundCache:
    """The sounds as WAV files in a folder, each made when it is first asked for."""

    def __init__(self, folder: Path, volume: int) -> None:
        self.folder, self._volume = folder, min(max(volume, 0), 100)

    def file(self, sound: SoundCue) -> Path:
        """Return the file of *sound*, made now if it is not there in full; raises OSError."""
        path = self.folder / f"{sound.name}-{sound.length}-{self._volume}-{tones.CACHE_VERSION}.wav"
        with suppress(FileNotFoundError):
            # A file cut short by a power failure is made again.
            if path.stat().st_size == WAV_HEADER_BYTES + 2 * tones.sample_count(sound):
                return path
        self.folder.mkdir(parents=True, exist_ok=True)
        self._make(sound, path)
        return path

    def _make(self, sound: SoundCue, path: Path) -> None:
        # Imported here: on all days but the first the files are there.
        import wave

        with atomic_write(path) as stream, wave.open(stream, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(tones.samples(sound, self._volume).tobytes())


class SoundPlayer:
    """Plays sounds with the first of *players* that works, at most two at once, and never waits."""

    def __init__(
        self,
        players: Sequence[PlayerCommand],
        cache: SoundCache,
        start: StartProcess,
        clock: Callable[[], int],
        why_none: str,
    ) -> None:
        self._players, self._cache, self._why_none = list(players), cache, why_none
        self._runner: ProcessGroup[SoundCue] = ProcessGroup(start, clock)
        self._failed: list[str] = []
        self._failures_left = 1
        self._cannot_keep = ""

    @property
    def problem(self) -> str | None:
        """What a person is told when nothing can be played; None while something can."""
        if self._cannot_keep:
            return f"No sounds, {self._cannot_keep}: {BELL_INSTEAD}."
        if self._players:
            return None
        if self._failed:
            return f"No sounds, {' and '.join(self._failed)} failed: {BELL_INSTEAD}."
        return f"No sounds, {self._why_none}: {BELL_INSTEAD}."

    @property
    def unproven(self) -> bool:
        """Whether something plays, or seems to, with a player that has not yet been found to work."""
        return bool(self._runner.running) and self._failures_left < MAX_FAILURES

    def play(self, sound: SoundCue) -> bool:
        """StartProcess to play *sound* and return whether it could be; a breath gives way to what plays already."""
        while self._players and not self._cannot_keep:
            player = self._players[0]
            try:
                file = self._cache.file(sound)
            except OSError as error:
                self._cannot_keep = f"{self._cache.folder} cannot be written ({error.strerror})"
                break
            if not self._make_room(sound, player.at_once):
                return True
            try:
                self._runner.start(player.arguments_for(file), sound, sound.length)
            except OSError:
                self._give_up(player)
            else:
                return True
        return False

    def make(self, sound: SoundCue) -> None:
        """Have the file of *sound* ready for when it is played; one that cannot be made is told of then."""
        if self._players:
            with suppress(OSError):
                self._cache.file(sound)

    def poll(self) -> tuple[SoundCue, ...]:
        """Reap what has ended; return the sounds that no player could play after all."""
        unheard = []
        for run in self._runner.reap():
            player = self._players[0] if self._players else None
            if not run.failed:
                self._failures_left = MAX_FAILURES
                continue
            if player and run.program == player.arguments[0]:
                self._failures_left -= 1
                if self._failures_left == 0:
                    self._give_up(player)
            if run.took <= FRESH_MS and not self.play(run.what):
                unheard.append(run.what)
        return tuple(unheard)

    def stop(self) -> None:
        """Cut all that plays."""
        self._runner.kill_all()

    def finish(self, longest_s: float) -> None:
        """Wait until what plays is over, at most this long."""
        self._runner.finish(longest_s)

    def close(self) -> None:
        """Cut all that plays and leave no process behind."""
        self._runner.close()

    def _make_room(self, sound: SoundCue, at_once: int) -> bool:
        """Cut what means least until one more may play; return False if that is *sound* itself."""
        while len(self._runner.running) >= at_once:
            breaths = [run for run in self._runner.running if is_breath(run.what)]
            if is_breath(sound) and not breaths:
                return False
            self._runner.kill((breaths or self._runner.running)[0])
        return True

    def _give_up(self, player: PlayerCommand) -> None:
        self._players.remove(player)
        self._failed.append(player.name)
        self._failures_left = 1


def probe(player: PlayerCommand, folder: Path, start: StartProcess) -> bool:
    """Return whether *player* can play a tenth of a second of silence; waits for it, raises OSError."""
    process = start(player.arguments_for(SoundCache(folder, 0).file(SOUNDS["count"])), b"")
    try:
        return process.wait(PROBE_S) == 0
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(PROBE_S)
        return False


FILE = "{file}"
"""What stands for the WAV file in a command; without it the file comes last."""
AT_ONCE = 2
"""A breath and a sound over it; more would be noise."""
WAV_HEADER_BYTES = 44
"""Bytes of a WAV file before its samples."""


class PlayerCommand(Struct, frozen=True):
    """A program that plays a WAV file: its name, its arguments, and how many sounds it can play at once."""

    name: str
    arguments: tuple[str, ...]
    at_once: int = AT_ONCE

    def arguments_for(self, file: Path) -> tuple[str, ...]:
        """Return the arguments that play *file*."""
        return tuple(str(file) if argument == FILE else argument for argument in self.arguments)


KNOWN_PLAYERS: dict[str, tuple[str, ...]] = {
    "afplay": (),
    "pw-play": (),
    "paplay": (),
    "aplay": ("-q",),
}
"""The players looked for, in this order, and their options."""


def find_players(
    which: FindProgram, environ: Mapping[str, str], command: str | None = None, platform: str = sys.platform
) -> tuple[PlayerCommand, ...]:
    """Return the players of this machine, the first to be used first; only *command* where the user gave one.

    None over SSH: they would play to whoever sits at the other machine, and the bell rings where the person is.
    """
    if command is not None:
        parts = split_command(command, "sound")
        return (PlayerCommand(parts[0], parts if FILE in parts else (*parts, FILE)),)
    if platform == "win32":
        return (PlayerCommand("winsound", ("winsound", FILE), at_once=1),)
    if is_remote(environ):
        return ()
    found = ((name, which(name), options) for name, options in KNOWN_PLAYERS.items())
    return tuple(PlayerCommand(name, (path, *options, FILE)) for name, path, options in found if path)


def is_remote(environ: Mapping[str, str]) -> bool:
    """Whether the person sits at another machine that the sound is not sent to."""
    return bool(environ.get("SSH_CONNECTION")) and not environ.get("PULSE_SERVER")


if sys.platform == "win32":
    import winsound

    class _Chime:
        """A sound that Windows plays by itself until *ends*, in seconds of the monotonic clock."""

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
        """Play the file that is named last: by Windows itself, else by the program that is named first."""
        return _Chime(arguments[-1]) if arguments[0] == "winsound" else start(arguments, text)

else:
    start_sound = start
