"""Text-to-speech programs that write samples: `say` on a Mac, otherwise espeak-ng."""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import wave
from array import array
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from stretch.core.errors import StretchError
from stretch.core.narration.speech import LANGUAGE, WORDS_PER_MINUTE, SentenceTimer, estimate_duration_ms, speakable
from stretch.core.narration.tones import RATE

Synthesizer = Callable[[str], "array[int]"]
"""Turns a sentence into mono 16-bit samples at RATE; raises StretchError."""

TIMEOUT_S = 60.0


def find_synthesizer(find_program: Callable[[str], str | None], platform: str = sys.platform) -> Synthesizer | None:
    """Return the text-to-speech program of this machine, None if there is none."""
    if platform == "darwin" and (path := find_program("say")):
        return partial(_say, path)
    path = find_program("espeak-ng") or find_program("espeak")
    return partial(_espeak, path) if path else None


def sentence_timer(speech: Synthesizer) -> SentenceTimer:
    """Return a function that measures a spoken sentence in milliseconds, and remembers it."""
    return cache(lambda sentence: -(-len(speech(sentence)) * 1000 // RATE))


def at_least_estimate(timer: SentenceTimer) -> SentenceTimer:
    """Return *timer*, but never below the estimate by which the live voice chooses its words: both choose the same."""
    return lambda sentence: max(timer(sentence), estimate_duration_ms(sentence))


def _espeak(path: str, sentence: str) -> array[int]:
    return _samples(
        _run([path, "-v", LANGUAGE, "-s", str(WORDS_PER_MINUTE), "-z", "--stdin", "--stdout"], sentence), path
    )


def _say(path: str, sentence: str) -> array[int]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sentence.wav"
        form = ("--file-format=WAVE", f"--data-format=LEI16@{RATE}")
        _run([path, "-r", str(WORDS_PER_MINUTE), "-f", "-", "-o", str(file), *form], sentence)
        return _samples(file.read_bytes() if file.exists() else b"", path)


def _run(command: list[str], sentence: str) -> bytes:
    text = speakable(sentence).encode()
    try:
        return subprocess.run(command, input=text, capture_output=True, timeout=TIMEOUT_S, check=True).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise StretchError(f"Voice failed: {command[0]}: {error}.") from None


def _samples(data: bytes, path: str) -> array[int]:
    try:
        with wave.open(io.BytesIO(data), "rb") as file:
            if (file.getsampwidth(), file.getnchannels(), file.getframerate()) != (2, 1, RATE):
                raise StretchError(f"Voice failed: {path} did not write mono 16-bit sound at {RATE} Hz.")
            # The header of a stream gives the largest possible length instead of the real one.
            return array("h", file.readframes(len(data) // 2))
    except (wave.Error, EOFError) as error:
        raise StretchError(f"Voice failed: {path} made no sound that can be read: {error}.") from None
