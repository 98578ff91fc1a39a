"""Sentences become samples, by whatever on this machine can speak into a file."""

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
from stretch.core.narration.speech_timing import SentenceTimer, speakable
from stretch.core.narration.tones import RATE

Synthesizer = Callable[[str], "array[int]"]
"""Turns a sentence into signed 16-bit samples, one channel at RATE; raises StretchError."""

LONGEST_S = 60.0
"""No sentence takes so long to make."""


def find(which: Callable[[str], str | None], platform: str = sys.platform) -> Synthesizer | None:
    """Return what can speak into a file here: `say` on a Mac, else espeak-ng; None where there is neither."""
    if platform == "darwin" and (path := which("say")):
        return partial(_by_say, path)
    path = which("espeak-ng") or which("espeak")
    return partial(_by_espeak, path) if path else None


def takes_of(speech: Synthesizer) -> SentenceTimer:
    """Return how many milliseconds each sentence takes *speech* to say; asked once for each."""
    return cache(lambda sentence: -(-len(speech(sentence)) * 1000 // RATE))


def _by_espeak(path: str, sentence: str) -> array[int]:
    return _read(_run([path, "-v", "en", "-z", "--stdin", "--stdout"], sentence), path)


def _by_say(path: str, sentence: str) -> array[int]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "said.wav"
        _run([path, "-f", "-", "-o", str(file), "--file-format=WAVE", f"--data-format=LEI16@{RATE}"], sentence)
        return _read(file.read_bytes() if file.exists() else b"", path)


def _run(arguments: list[str], sentence: str) -> bytes:
    try:
        done = subprocess.run(
            arguments, input=speakable(sentence).encode(), capture_output=True, timeout=LONGEST_S, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise StretchError(f"{arguments[0]} could not speak: {error}.") from None
    return done.stdout


def _read(data: bytes, path: str) -> array[int]:
    try:
        with wave.open(io.BytesIO(data), "rb") as file:
            if file.getsampwidth() != 2 or file.getnchannels() != 1:
                raise StretchError(f"{path} speaks in a format that is not understood here.")
            # The header of a stream claims the most a file can hold; what is read is what there is.
            samples = array("h", file.readframes(len(data) // 2))
            rate = file.getframerate()
    except (wave.Error, EOFError) as error:
        raise StretchError(f"{path} gave no sound that can be read: {error}.") from None
    return samples if rate == RATE else _at_rate(samples, rate)


def _at_rate(samples: array[int], rate: int) -> array[int]:
    """Return *samples* of *rate* at RATE, in straight lines between them: some voices speak at 16 kHz."""
    count = len(samples) * RATE // rate
    last = len(samples) - 1
    made = array("h", bytes(2 * count))
    for number in range(count):
        at, part = divmod(number * rate, RATE)
        here = samples[at]
        made[number] = here + (samples[min(at + 1, last)] - here) * part // RATE
    return made
