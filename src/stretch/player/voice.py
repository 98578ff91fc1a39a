"""What is said, spoken by whatever the machine has: one voice, never waiting, never over itself, cut on demand."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import PureWindowsPath

from msgspec import Struct

from stretch.core.errors import UsageError
from stretch.core.narration.speech_timing import speakable, speech_duration_ms
from stretch.player.child_process import ChildProcess, FindProgram, ProcessGroup, StartProcess, split_command
from stretch.player.sound import DEFAULT_VOLUME

TEXT = "{text}"
"""What stands for the text in a command; without it the text comes on standard input."""
TOO_FAST = 6
"""Who is done so many times faster than anybody can speak has not spoken: espeak-ng without a sound card says nothing
and exits with 0."""
FRESH_MS = 1_500
"""A sentence that failed is tried with the next voice only while it is still true."""

POWERSHELL = r"System32\WindowsPowerShell\v1.0\powershell.exe"
SPEAK_STDIN = (
    "Add-Type -AssemblyName System.Speech; "
    "$text = New-Object IO.StreamReader([Console]::OpenStandardInput(), [Text.Encoding]::UTF8); "
    "$voice = New-Object System.Speech.Synthesis.SpeechSynthesizer; "
    "$voice.Volume = {volume}; $voice.Speak($text.ReadToEnd())"
)
"""Windows' own voice; the text is read as data and never as a command."""


class SpeechEngine(Struct, frozen=True):
    """A program that speaks: its name, its arguments, and what stops it if ending it is not enough."""

    name: str
    arguments: tuple[str, ...]
    stop: tuple[str, ...] = ()
    waits: bool = True
    """Whether it runs as long as it speaks; a user's own command may hand the text on and be gone."""

    def arguments_for(self, text: str) -> tuple[tuple[str, ...], str]:
        """Return the arguments that say *text*, and what goes to standard input."""
        if TEXT not in self.arguments:
            return self.arguments, text
        # A word that begins with a hyphen could be taken for an option, one that begins with a space cannot.
        word = f" {text}" if text.startswith("-") else text
        if self.name == "spd-say":
            # It takes what it is given for a format of printf.
            word = word.replace("%", " percent ")
        return tuple(word if argument == TEXT else argument for argument in self.arguments), ""


def find_engines(
    which: FindProgram,
    environ: Mapping[str, str],
    command: str | None = None,
    volume: int = DEFAULT_VOLUME,
    platform: str = sys.platform,
) -> tuple[SpeechEngine, ...]:
    """Return the voices of this machine, the first to be used first; only *command* where the user gave one.

    *volume* is 0 to 100; `say` and `spd-say` speak as loud as they are set up to.
    Raises UsageError for a command that would put the text inside a word of its own making, such as
    `sh -c 'say {text}'`: whoever writes a catalog could then run anything.
    """
    if command is not None:
        return (_own(split_command(command, "voice")),)
    if platform == "win32":
        # By its full path: Windows would look in the folder one happens to be in first.
        shell = str(PureWindowsPath(environ.get("SystemRoot", r"C:\Windows")) / POWERSHELL)
        script = SPEAK_STDIN.replace("{volume}", str(min(2 * volume, 100)))
        return (SpeechEngine("Windows", (shell, "-NoProfile", "-NonInteractive", "-Command", script)),)
    espeak = ("-v", "en", "-a", str(2 * volume), "--stdin")
    known = (
        ("say", ("-f", "-"), ()),
        ("spd-say", ("-w", "-l", "en", "--", TEXT), ("-S",)),
        ("espeak-ng", espeak, ()),
        ("espeak", espeak, ()),
    )
    found = ((name, which(name), options, stop) for name, options, stop in known)
    return tuple(
        SpeechEngine(name, (path, *options), (path, *stop) if stop else ())
        for name, path, options, stop in found
        if path
    )


def _own(parts: tuple[str, ...]) -> SpeechEngine:
    if any(TEXT in part and part != TEXT for part in parts):
        raise UsageError(f"In the voice command, {TEXT} must be a word of its own, or be left out for standard input.")
    return SpeechEngine(parts[0], parts, waits=False)


class Voice:
    """Says one thing at a time with the first of *engines* that works; what is new cuts what is being said."""

    def __init__(self, engines: Sequence[SpeechEngine], start: StartProcess, clock: Callable[[], int]) -> None:
        self._engines = list(engines)
        self._runner: ProcessGroup[str] = ProcessGroup(start, clock)
        self._stops: ProcessGroup[str] = ProcessGroup(start, clock)
        self._failed: list[str] = []
        self._silent = False

    @property
    def problem(self) -> str | None:
        """What a person is told when nothing can be said; None while something can."""
        if self._engines and not self._silent:
            return None
        if self._failed:
            return f"No voice, {' and '.join(self._failed)} said nothing; `stretch doctor` says more."
        return "No voice, there is none here; `stretch doctor` says what to install."

    @property
    def busy(self) -> bool:
        """Whether something is being said."""
        return bool(self._runner.running)

    def say(self, sentences: Sequence[str]) -> None:
        """Begin to say *sentences*, and cut what was being said."""
        self._runner.kill_all()
        text = speakable(" ".join(sentences))
        while text and self._engines:
            arguments, piped = self._engines[0].arguments_for(text)
            try:
                self._runner.start(arguments, text, speech_duration_ms(sentences), piped)
            except OSError:
                self._failed.append(self._engines.pop(0).name)
            else:
                return

    def poll(self) -> None:
        """Reap what has ended; what a voice could not say, the next one says.

        The last voice stays, whatever it did: a sound card may come back.
        """
        self._stops.reap()
        for run in self._runner.reap():
            engine = next((engine for engine in self._engines if engine.arguments[0] == run.program), None)
            if engine is None:
                continue
            self._silent = run.failed or (engine.waits and run.took * TOO_FAST < run.lasts)
            if self._silent:
                self._fall_back(engine, run)

    def stop(self) -> None:
        """Cut what is being said."""
        if self.busy and self._engines and (stop := self._engines[0].stop):
            self._stop(stop)
        self._runner.kill_all()

    def finish(self, longest_s: float) -> None:
        """Wait until what is being said is over, at most this long."""
        self._runner.finish(longest_s)

    def close(self) -> None:
        """Cut what is being said and leave no process behind."""
        self.stop()
        self._stops.finish(1.0)
        self._stops.close()
        self._runner.close()

    def _stop(self, arguments: tuple[str, ...]) -> None:
        with suppress(OSError):
            self._stops.start(arguments, "", 0)

    def _fall_back(self, engine: SpeechEngine, run: ChildProcess[str]) -> None:
        if engine.name not in self._failed:
            self._failed.append(engine.name)
        if len(self._engines) > 1:
            self._engines.remove(engine)
            self._silent = False
            if run.took <= FRESH_MS and not self.busy:
                self.say((run.what,))
