"""A machine whose programs play, speak, fail, say nothing or hang, by a clock that is told the time."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stretch.core.narration.speech_timing import speech_duration_ms
from stretch.player.cue_player import AudioBackends, CuePlayer
from support import MS, FakeClock

LASTS = {"plays": 0, "fails": 5 * MS, "empty": 5 * MS, "hangs": float("inf")}


class FakeProcess:
    def __init__(self, machine: FakePrograms, ends: float, code: int) -> None:
        self.machine, self.ends, self.code = machine, ends, code
        self.killed = False
        self.reaped = False

    def poll(self) -> int | None:
        if self.killed:
            self.reaped = True
            return -9
        if self.machine.clock.now < self.ends:
            return None
        self.reaped = True
        return self.code

    def kill(self) -> None:
        self.killed = True

    def wait(self, timeout: float) -> int:
        if not self.killed and self.ends - self.machine.clock.now > timeout * 1000 * MS:
            self.machine.clock.now += int(timeout * 1000 * MS)
            raise subprocess.TimeoutExpired("fake", timeout)
        if not self.killed:
            self.machine.clock.now = max(self.machine.clock.now, int(self.ends))
        code = self.poll()
        assert code is not None
        return code


class FakePrograms:
    """Programs that play for as long as the file lasts, or fail, or hang, or are not there."""

    def __init__(self, **fates: str) -> None:
        self.clock = FakeClock()
        self.fates = fates
        self.started: list[tuple[str, ...]] = []
        self.texts: list[str] = []
        self.processes: list[FakeProcess] = []
        self.rung: list[int] = []

    def which(self, name: str) -> str | None:
        return f"/bin/{name}" if name.replace("-", "_") in self.fates else None

    def start(self, arguments: Sequence[str], text: bytes) -> FakeProcess:
        fate = self.fates.get(Path(arguments[0]).name.replace("-", "_"), "plays")
        if fate == "missing":
            raise FileNotFoundError(2, "No such file or directory")
        self.started.append(tuple(arguments))
        self.texts.append(text.decode())
        lasts = LASTS[fate]
        if fate == "plays":
            spoken = speech_duration_ms([self.texts[-1] or arguments[-1]])
            played = arguments[-1].endswith(".wav") and int(Path(arguments[-1]).name.split("-")[-3])
            lasts = (played or spoken) * MS
        fake = FakeProcess(self, self.clock.now + lasts, 1 if fate == "fails" else 0)
        self.processes.append(fake)
        return fake

    def names(self) -> list[str]:
        return [Path(arguments[-1]).name.rsplit("-", 3)[0] for arguments in self.started]

    @property
    def playing(self) -> list[FakeProcess]:
        return [fake for fake in self.processes if not fake.killed and fake.ends > self.clock.now]

    def speaker(self, cache: Path, **options: Any) -> CuePlayer:
        wishes = {name: options.pop(name) for name in ("sound", "voice", "breath", "volume") if name in options}
        return CuePlayer(self.means(cache, **options), self.rung.append, **wishes)

    def means(self, cache: Path, **options: Any) -> AudioBackends:
        options = {"environ": {}, "platform": "linux", **options}
        return AudioBackends(which=self.which, cache=cache, clock=self.clock, start=self.start, **options)
