"""The programs that play a WAV file: what this machine has, and Windows, which needs none."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from stretch.core.narration.tones import RATE
from stretch.player.process import Process, Which, arguments_of, start

FILE = "{file}"
"""What stands for the WAV file in a command; without it the file comes last."""
AT_ONCE = 2
"""A breath and a sound over it; more would be noise."""
HEADER = 44
"""Bytes of a WAV file before its samples."""


class Player(Struct, frozen=True):
    """A program that plays a WAV file: its name, its arguments, and how many sounds it can play at once."""

    name: str
    arguments: tuple[str, ...]
    at_once: int = AT_ONCE

    def of(self, file: Path) -> tuple[str, ...]:
        """Return the arguments that play *file*."""
        return tuple(str(file) if argument == FILE else argument for argument in self.arguments)


KNOWN: dict[str, tuple[str, ...]] = {
    "afplay": (),
    "pw-play": (),
    "paplay": (),
    "aplay": ("-q",),
}
"""The players looked for, in this order, and their options."""


def players(
    which: Which, environ: Mapping[str, str], command: str | None = None, platform: str = sys.platform
) -> tuple[Player, ...]:
    """Return the players of this machine, the first to be used first; only *command* where the user gave one.

    None over SSH: they would play to whoever sits at the other machine, and the bell rings where the person is.
    """
    if command is not None:
        parts = arguments_of(command, "sound")
        return (Player(parts[0], parts if FILE in parts else (*parts, FILE)),)
    if platform == "win32":
        return (Player("winsound", ("winsound", FILE), at_once=1),)
    if is_remote(environ):
        return ()
    found = ((name, which(name), options) for name, options in KNOWN.items())
    return tuple(Player(name, (path, *options, FILE)) for name, path, options in found if path)


def is_remote(environ: Mapping[str, str]) -> bool:
    """Whether the person sits at another machine that the sound is not sent to."""
    return bool(environ.get("SSH_CONNECTION")) and not environ.get("PULSE_SERVER")


if sys.platform == "win32":
    import winsound

    class _Chime:
        """A sound that Windows plays by itself until *ends*, in seconds of the monotonic clock."""

        def __init__(self, file: str) -> None:
            length = (Path(file).stat().st_size - HEADER) / 2 / RATE
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
