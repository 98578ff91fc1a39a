"""Sounds of a page as WAV files in data URIs."""

from __future__ import annotations

import wave
from array import array
from base64 import b64encode
from functools import cache
from io import BytesIO

from stretch.core.narration.tones import RATE, SOUNDS, SoundCue, breath_sound, samples
from stretch.core.vocabulary import Pattern

VOLUME = 90
DIVISOR, BREATH_DIVISOR = 3, 4
"""Parts of the sample rate that are left; the highest partials have 3,139 Hz, those of a breath 784 Hz."""


def page_sounds(pattern: Pattern) -> dict[str, str]:
    """Return each sound by its name, and the tones of a breath of this *pattern*, if its breaths are counted."""
    sounds: dict[str, str] = {name: _data_uri(sound, DIVISOR) for name, sound in SOUNDS.items()}
    if pattern.has_cues:
        for sound in (breath_sound("in", pattern.inhale_ms), breath_sound("out", pattern.exhale_ms)):
            sounds[sound.name] = _data_uri(sound, BREATH_DIVISOR)
    return sounds


@cache
def _data_uri(sound: SoundCue, divisor: int) -> str:
    wave_samples = samples(sound, VOLUME)
    # The average of neighbors is all the filter that these low tones need.
    groups = zip(*(wave_samples[start::divisor] for start in range(divisor)), strict=False)
    buffer = BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, RATE // divisor, 0, "NONE", "not compressed"))
        file.writeframes(array("h", (sum(group) // divisor for group in groups)).tobytes())
    return "data:audio/wav;base64," + b64encode(buffer.getvalue()).decode()
