"""Speech output: the speech engines of this machine, and a voice that speaks without waiting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from msgspec import Struct

from stretch.core.narration.speech import speakable, speech_duration_ms
from stretch.core.timing.phases import NS_PER_MS
from stretch.player.child_process import (
    ChildProcess,
    ProcessGroup,
    StartProcess,
    try_program,
)

TEXT = "{text}"
"""Placeholder for the text in a command; a command without it gets the text on standard input."""
TOO_FAST = 6
"""An engine that ends this many times faster than estimated has made no sound, although it may report success, as
espeak-ng does without a sound card."""
PROBE_TEXT = "Breathe in."
RETRY_MS = 1_500
"""A text is retried with the next engine only if it failed within this time; later it would be misleading."""


class SpeechEngine(Struct, frozen=True):
    """A program that speaks; *stop* is a command that silences it, if ending the program is not enough."""

    name: str
    arguments: tuple[str, ...]
    stop: tuple[str, ...] = ()
    waits: bool = True
    """True if it runs until everything is spoken; a command of the user may pass the text on and end."""

    def arguments_for(self, text: str) -> tuple[tuple[str, ...], str]:
        """Return the command line that speaks *text*, and its standard input."""
        if TEXT not in self.arguments:
            return self.arguments, text
        # A leading space keeps a text that starts with a hyphen from being read as an option.
        word = f" {text}" if text.startswith("-") else text
        if self.name == "spd-say":
            # spd-say uses its text as a printf format.
            word = word.replace("%", " percent ")
        return tuple(word if argument == TEXT else argument for argument in self.arguments), ""


def probe(engine: SpeechEngine, start: StartProcess, clock: Callable[[], int]) -> str:
    """Return why *engine* cannot speak a word, at volume 0; empty if it can, or if it would be heard."""
    if not engine.name.startswith("espeak"):
        return ""
    arguments, piped = engine.arguments_for(PROBE_TEXT)
    started_ns = clock()
    fault = try_program(start, arguments, piped)
    elapsed_ms = (clock() - started_ns) // NS_PER_MS
    return fault or ("makes no sound" if elapsed_ms * TOO_FAST < speech_duration_ms((PROBE_TEXT,)) else "")


class Voice:
    """Speaks one text at a time with the first of *engines* that works; a new text replaces the one before."""

    def __init__(self, engines: Sequence[SpeechEngine], start: StartProcess, clock: Callable[[], int]) -> None:
        self._engines = list(engines)
        self._processes: ProcessGroup[str] = ProcessGroup(start, clock)
        self._stop_commands: ProcessGroup[str] = ProcessGroup(start, clock)
        self._failed: list[str] = []
        self._silent = False

    @property
    def problem(self) -> str | None:
        """Message for the user if nothing can be spoken, else None."""
        if self._engines and not self._silent:
            return None
        if self._failed:
            return f"Voice failed: {' and '.join(self._failed)} made no sound. See `stretch doctor`."
        return "No voice found. See `stretch doctor`."

    @property
    def busy(self) -> bool:
        """True while the voice is speaking."""
        return bool(self._processes.running)

    def say(self, sentences: Sequence[str]) -> None:
        """Start to speak *sentences* instead of what is being spoken."""
        self._processes.kill_all()
        text = speakable(" ".join(sentences))
        while text and self._engines:
            arguments, piped = self._engines[0].arguments_for(text)
            try:
                self._processes.start(arguments, text, speech_duration_ms(sentences), piped)
                return
            except OSError:
                self._failed.append(self._engines.pop(0).name)

    def poll(self) -> None:
        """Reap the engines that have ended; the next one takes over from one that failed.

        The last engine is kept even if it fails, because a sound card may come back.
        """
        self._stop_commands.reap()
        for child in self._processes.reap():
            for engine in [engine for engine in self._engines if engine.arguments[0] == child.program]:
                self._silent = child.failed or (engine.waits and child.elapsed_ms * TOO_FAST < child.expected_ms)
                if self._silent:
                    self._fall_back(engine, child)

    def stop(self) -> None:
        """Stop speaking."""
        if self.busy and self._engines and (command := self._engines[0].stop):
            with suppress(OSError):
                self._stop_commands.start(command, "", 0)
        self._processes.kill_all()

    def wait(self, timeout: float) -> None:
        """Wait until everything is spoken, *timeout* seconds at most."""
        self._processes.wait(timeout)

    def close(self) -> None:
        """Stop speaking and leave no process behind."""
        self.stop()
        self._stop_commands.wait(1.0)
        self._stop_commands.close()
        self._processes.close()

    def _fall_back(self, engine: SpeechEngine, child: ChildProcess[str]) -> None:
        if engine.name not in self._failed:
            self._failed.append(engine.name)
        if len(self._engines) > 1:
            self._engines.remove(engine)
            self._silent = False
            if child.elapsed_ms <= RETRY_MS and not self.busy:
                self.say((child.content,))
