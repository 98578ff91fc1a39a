"""Tones for each cue: their notes, their samples, and the strokes of the terminal bell that replace them."""

from __future__ import annotations

from array import array
from math import exp, pi, sin
from typing import Literal

from msgspec import Struct

from stretch.core.timing.phases import PhaseKind
from stretch.core.timing.timeline import Cue, Timeline

RATE = 22_050
"""Samples per second: the rate of speech synthesizers, so that an audio file needs no resampling."""
PEAK = 0.68
"""Loudest sample at full volume, 3.3 dB below full scale."""
CACHE_VERSION = 1
"""Raise this whenever a sound changes: cached files of older versions must not be played."""
BREATH_STEP_MS = 100
"""Breath tones have lengths in these steps, so that few files are needed."""
ATTACK_S, RELEASE_S = 0.008, 0.03
"""Fade in and out of every note: a wave that is cut off clicks."""

SoundName = Literal[
    "get-ready", "next", "start", "count", "half-way", "switch", "rest", "done", "breath-in", "breath-out"
]  # fmt: skip


class Note(Struct, frozen=True):
    """One struck note: its pitch in hertz and its length in milliseconds."""

    pitch: float
    length_ms: int
    level: float = 1.0


class SoundCue(Struct, frozen=True):
    """A sound: its name and length in milliseconds. Only breaths have several lengths."""

    name: SoundName
    length_ms: int


# All from one pentatonic scale, so that no two of them clash; less important sounds are shorter.
C5, D5, E5, G5, A5, C6 = 523.25, 587.33, 659.26, 783.99, 880.00, 1046.50
E4, A4 = 329.63, 440.00
NOTES: dict[SoundName, tuple[Note, ...]] = {
    "get-ready": (Note(A4, 900),),
    "next": (Note(C5, 500),),
    "start": (Note(G5, 600),),
    "count": (Note(A5, 120, 0.9),),
    "half-way": (Note(D5, 250),),
    "switch": (Note(E5, 220), Note(A4, 480)),
    "rest": (Note(E4, 700),),
    "done": (Note(C5, 200), Note(E5, 200), Note(G5, 200), Note(C6, 900)),
}
SOUNDS: dict[SoundName, SoundCue] = {
    name: SoundCue(name, sum(note.length_ms for note in notes)) for name, notes in NOTES.items()
}
PARTIALS = ((1, 0.76), (2, 0.18), (3, 0.06))
"""Multiples of the pitch and their shares; small speakers would swallow a pure tone."""
DECAY = 4.5
"""Number of times a struck note decays to 1/e within its length."""

BREATH_LOW, BREATH_HIGH = 261.63, 392.00
"""Pitches in hertz between which a breath in rises and a breath out falls: a fifth, a calm interval."""
BREATH_LEVEL = 0.22
"""Soft, because it lasts for minutes and the other sounds must stand out."""


def breath_sound(half: Literal["in", "out"], milliseconds: int) -> SoundCue:
    """Return the tone of half a breath, at most a tenth of a second shorter than that half."""
    # Fitted breaths are rounded to a millisecond, and 2.999 s must count as 3 s.
    steps = max((milliseconds + 2) // BREATH_STEP_MS, 1)
    return SoundCue("breath-in" if half == "in" else "breath-out", steps * BREATH_STEP_MS)


def sample_count(sound: SoundCue) -> int:
    """Return the number of samples of *sound*."""
    notes = NOTES.get(sound.name)
    return sum(_frames(note.length_ms) for note in notes) if notes else _frames(sound.length_ms)


def samples(sound: SoundCue, volume: int = 100) -> array[int]:
    """Return the signed 16-bit samples of *sound*, one channel at RATE, starting and ending in silence."""
    # The square of the volume, 0 to 100, is closer to perceived loudness.
    scale = PEAK * (min(max(volume, 0), 100) / 100) ** 2 * 32_767
    if sound.name in ("breath-in", "breath-out"):
        return _glide(sound, scale * BREATH_LEVEL)
    wave = array("h")
    for note in NOTES[sound.name]:
        wave.extend(_struck_note(note, scale * note.level))
    return wave


def _frames(milliseconds: int) -> int:
    return RATE * milliseconds // 1000


def _struck_note(note: Note, scale: float) -> array[int]:
    count = _frames(note.length_ms)
    attack, release = int(RATE * ATTACK_S), int(RATE * RELEASE_S)
    step, fade = 2 * pi * note.pitch / RATE, DECAY / count
    wave = array("h", bytes(2 * count))
    for at in range(count):
        angle = step * at
        level = sum(share * sin(multiple * angle) for multiple, share in PARTIALS)
        ramp = min(1.0, at / attack, (count - 1 - at) / release)
        wave[at] = round(scale * ramp * exp(-fade * at) * level)
    return wave


def _glide(sound: SoundCue, scale: float) -> array[int]:
    """Return a tone that fades in and out while its pitch glides by equal ratios, as the ear expects."""
    low, high = (BREATH_LOW, BREATH_HIGH) if sound.name == "breath-in" else (BREATH_HIGH, BREATH_LOW)
    count = _frames(sound.length_ms)
    step, ratio = 2 * pi * low / RATE, (high / low) ** (1 / count)
    wave = array("h", bytes(2 * count))
    angle = 0.0
    for at in range(count):
        # Never above 1: 0.85 + 0.15, times half a sine wave.
        wave[at] = round(scale * sin(pi * at / (count - 1)) * (0.85 * sin(angle) + 0.15 * sin(2 * angle)))
        angle += step
        step *= ratio
    return wave


PHASE_SOUNDS: dict[PhaseKind, SoundName] = {
    "warm-up": "next",
    "prepare": "next",
    "hold": "start",
    "move": "start",
    "press": "start",
    "release": "rest",
    "rest": "rest",
    "switch": "switch",
    "settle": "rest",
}
"""Sound at the start of each kind of phase; the first phase and the first stretch have `get-ready` instead."""
CUE_SOUNDS: dict[str, SoundName] = {"count": "count", "half-way": "half-way", "end": "done"}
BELL_STROKES: dict[SoundName, int] = {"switch": 2, "count": 0, "half-way": 0, "breath-in": 0, "breath-out": 0}
"""Strokes of the terminal bell other than one. Minor cues have none, so that the bell still means something."""


def sound_for(cue: Cue, timeline: Timeline) -> SoundCue | None:
    """Return the sound of *cue*; None if it has only words."""
    phase = timeline.phases[cue.index]
    if cue.kind in ("breath-in", "breath-out"):
        inhale, exhale = phase.breaths[cue.number - 1]
        return breath_sound("in", inhale) if cue.kind == "breath-in" else breath_sound("out", exhale)
    if cue.kind == "phase":
        first = timeline.is_opening(cue.index) if phase.kind == "prepare" else cue.index == 0
        return SOUNDS["get-ready" if first else PHASE_SOUNDS[phase.kind]]
    name = CUE_SOUNDS.get(cue.kind)
    return SOUNDS[name] if name else None


def is_breath(sound: SoundCue) -> bool:
    """Return whether *sound* is the tone of a breath, which other sounds interrupt."""
    return sound.name in ("breath-in", "breath-out")


def bell_strokes(sound: SoundCue) -> int:
    """Return how often the terminal bell rings for *sound* when nothing can play it."""
    return BELL_STROKES.get(sound.name, 1)
