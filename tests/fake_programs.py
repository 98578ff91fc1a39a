"""Fake programs that play, speak, fail, stay silent, hang or are missing, in the time of a fake clock."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stretch.core.narration.speech import speech_duration_ms
from stretch.core.vocabulary import VoiceMode
from stretch.player.cue_player import AudioBackends, CuePlayer
from support import MS, FakeClock

DURATIONS = {"plays": 0, "fails": 5 * MS, "empty": 5 * MS, "hangs": float("inf")}


class FakeProcess:
    def __init__(self, programs: FakePrograms, ends: float, code: int) -> None:
        self.programs, self.ends, self.code = programs, ends, code
        self.killed = False
        self.reaped = False

    def poll(self) -> int | None:
        if self.killed:
            self.reaped = True
            return -9
        if self.programs.clock.now < self.ends:
            return None
        self.reaped = True
        return self.code

    def kill(self) -> None:
        self.killed = True

    def wait(self, timeout: float) -> int:
        if not self.killed and self.ends - self.programs.clock.now > timeout * 1000 * MS:
            self.programs.clock.now += int(timeout * 1000 * MS)
            raise subprocess.TimeoutExpired("fake", timeout)
        if not self.killed:
            self.programs.clock.now = max(self.programs.clock.now, int(self.ends))
        code = self.poll()
        assert code is not None
        return code


class FakePrograms:
    """Programs by name, each with its behavior: `plays`, `fails`, `empty` (silent), `hangs` or `missing`."""

    def __init__(self, **behaviors: str) -> None:
        self.clock = FakeClock()
        self.behaviors = behaviors
        self.speech_ms = speech_duration_ms
        """How long it takes to say some sentences."""
        self.started: list[tuple[str, ...]] = []
        self.texts: list[str] = []
        self.processes: list[FakeProcess] = []
        self.bells: list[int] = []

    def find_program(self, name: str) -> str | None:
        return f"/bin/{name}" if name.replace("-", "_") in self.behaviors else None

    def start(self, arguments: Sequence[str], text: bytes) -> FakeProcess:
        behavior = self.behaviors.get(Path(arguments[0]).name.replace("-", "_"), "plays")
        if behavior == "missing":
            raise FileNotFoundError(2, "No such file or directory")
        self.started.append(tuple(arguments))
        self.texts.append(text.decode())
        duration = DURATIONS[behavior]
        if behavior == "plays":
            spoken = self.speech_ms([self.texts[-1] or arguments[-1]])
            played = arguments[-1].endswith(".wav") and int(Path(arguments[-1]).name.split("-")[-3])
            duration = (played or spoken) * MS
        process = FakeProcess(self, self.clock.now + duration, 1 if behavior == "fails" else 0)
        self.processes.append(process)
        return process

    def sounds(self) -> list[str]:
        """Return the names of the sounds that were started."""
        return [Path(arguments[-1]).name.rsplit("-", 3)[0] for arguments in self.started]

    @property
    def playing(self) -> list[FakeProcess]:
        return [process for process in self.processes if not process.killed and process.ends > self.clock.now]

    def cue_player(self, cache: Path, *, mode: VoiceMode = "yes", volume: int = 50, **options: Any) -> CuePlayer:
        return CuePlayer(self.backends(cache, **options), self.bells.append, mode=mode, volume=volume)

    def backends(self, cache: Path, **options: Any) -> AudioBackends:
        options = {"environ": {}, "platform": "linux", **options}
        return AudioBackends(find_program=self.find_program, cache=cache, clock=self.clock, start=self.start, **options)
