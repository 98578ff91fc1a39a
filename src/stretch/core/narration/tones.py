"""The sounds themselves: the notes each is made of, and their samples."""

from __future__ import annotations

from array import array
from math import exp, pi, sin
from typing import Literal

from msgspec import Struct

from stretch.core.timing.cues import Cue
from stretch.core.timing.phases import Phase, PhaseKind
from stretch.core.timing.timeline import Timeline

RATE = 22_050
"""Samples a second: what speech synthesisers give, so that a session as a file needs no other; notes need less."""
PEAK = 0.68
"""The loudest sample at full volume, 3.3 dB under the most a file can hold."""
CACHE_VERSION = 1
"""Raised whenever a sound changes, so that files made by an older program are not played."""
BREATH_STEP_MS = 100
"""Breath tones come in these lengths only, so that few files are ever made."""
ATTACK_S, RELEASE_S = 0.008, 0.03
"""Every note rises from silence and falls back to it: a wave that is cut is heard as a click."""

SoundName = Literal[
    "get-ready", "next", "start", "count", "half-way", "switch", "rest", "done", "breath-in", "breath-out"
]  # fmt: skip


class Note(Struct, frozen=True):
    """One struck note: hertz, and milliseconds of when it begins and how long it lasts."""

    pitch: float
    start_ms: int
    length_ms: int
    level: float = 1.0


class SoundCue(Struct, frozen=True):
    """A sound by its name and its length in milliseconds; only breaths come in several lengths."""

    name: SoundName
    length_ms: int


# All from one pentatonic scale, so that no two of them can clash; the shorter, the less it means.
C5, D5, E5, G5, A5, C6 = 523.25, 587.33, 659.26, 783.99, 880.00, 1046.50
E4, A4 = 329.63, 440.00
NOTES: dict[SoundName, tuple[Note, ...]] = {
    "get-ready": (Note(A4, 0, 900),),
    "next": (Note(C5, 0, 500),),
    "start": (Note(G5, 0, 600),),
    "count": (Note(A5, 0, 120, 0.9),),
    "half-way": (Note(D5, 0, 250),),
    "switch": (Note(E5, 0, 220), Note(A4, 220, 480)),
    "rest": (Note(E4, 0, 700),),
    "done": (Note(C5, 0, 200), Note(E5, 200, 200), Note(G5, 400, 200), Note(C6, 600, 900)),
}
SOUNDS: dict[SoundName, SoundCue] = {
    name: SoundCue(name, notes[-1].start_ms + notes[-1].length_ms) for name, notes in NOTES.items()
}
PARTIALS = ((1, 0.76), (2, 0.18), (3, 0.06))
"""Multiples of the pitch and their share: a little more than a pure tone, which small speakers swallow."""
FADING = 4.5
"""How often a struck note falls to 1/e while it lasts."""

BREATH_LOW, BREATH_HIGH = 261.63, 392.00
"""A breath in rises from the one to the other, a breath out falls back; a fifth, the calmest of the intervals."""
BREATH_LEVEL = 0.22
"""Soft: it goes on for minutes, and the other sounds must stand out from it."""


def breath_sound(half: Literal["in", "out"], milliseconds: int) -> SoundCue:
    """Return the tone of half a breath, as long as that half or up to a tenth of a second shorter."""
    # Halves are rounded to a millisecond when breaths are fitted to a hold; 2.999 s is 3 s.
    steps = max((milliseconds + 2) // BREATH_STEP_MS, 1)
    return SoundCue("breath-in" if half == "in" else "breath-out", steps * BREATH_STEP_MS)


def gain(volume: int) -> float:
    """Return what samples are multiplied with at *volume*, 0 to 100; by the square, as loudness is heard."""
    return (min(max(volume, 0), 100) / 100) ** 2


def sample_count(sound: SoundCue) -> int:
    """Return how many samples *sound* has."""
    notes = NOTES.get(sound.name)
    return sum(_frames(note.length_ms) for note in notes) if notes else _frames(sound.length_ms)


def samples(sound: SoundCue, volume: int = 100) -> array[int]:
    """Return the signed 16-bit samples of *sound*, one channel at RATE, beginning and ending in silence."""
    scale = PEAK * gain(volume) * 32_767
    if sound.name in ("breath-in", "breath-out"):
        return _glide(sound, scale * BREATH_LEVEL)
    made = array("h")
    for note in NOTES[sound.name]:
        made.extend(_struck(note, scale * note.level))
    return made


def _frames(milliseconds: int) -> int:
    return RATE * milliseconds // 1000


def _struck(note: Note, scale: float) -> array[int]:
    count = _frames(note.length_ms)
    attack, release = int(RATE * ATTACK_S), int(RATE * RELEASE_S)
    turn, fade = 2 * pi * note.pitch / RATE, FADING / count
    made = array("h", bytes(2 * count))
    for at in range(count):
        angle = turn * at
        wave = sum(share * sin(multiple * angle) for multiple, share in PARTIALS)
        ramp = min(1.0, at / attack, (count - 1 - at) / release)
        made[at] = round(scale * ramp * exp(-fade * at) * wave)
    return made


def _glide(sound: SoundCue, scale: float) -> array[int]:
    """Return a tone that swells and ebbs while its pitch moves evenly to the ear, by equal ratios."""
    low, high = (BREATH_LOW, BREATH_HIGH) if sound.name == "breath-in" else (BREATH_HIGH, BREATH_LOW)
    count = _frames(sound.length_ms)
    step, ratio = 2 * pi * low / RATE, (high / low) ** (1 / count)
    made = array("h", bytes(2 * count))
    angle = 0.0
    for at in range(count):
        # Never over 1: 0.85 + 0.15, under half a wave of swell.
        made[at] = round(scale * sin(pi * at / (count - 1)) * (0.85 * sin(angle) + 0.15 * sin(2 * angle)))
        angle += step
        step *= ratio
    return made


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
"""What is heard as each kind of phase begins; the first of all, and the first stretch, are `get-ready` instead."""
CUE_SOUNDS: dict[str, SoundName] = {"count": "count", "half-way": "half-way", "end": "done"}
BELL_STROKES: dict[SoundName, int] = {"switch": 2, "count": 0, "half-way": 0, "breath-in": 0, "breath-out": 0}
"""One stroke for a change and two for the other side; a bell for anything less would say nothing any more."""


def sound_for(cue: Cue, timeline: Timeline) -> SoundCue | None:
    """Return the sound of *cue*; None for one that is only said."""
    phase = timeline.phases[cue.index]
    if cue.kind in ("breath-in", "breath-out"):
        inhale, exhale = phase.breaths[cue.number - 1]
        return breath_sound("in", inhale) if cue.kind == "breath-in" else breath_sound("out", exhale)
    if cue.kind == "phase":
        return SOUNDS["get-ready" if _opens(phase, cue.index, timeline) else PHASE_SOUNDS[phase.kind]]
    name = CUE_SOUNDS.get(cue.kind)
    return SOUNDS[name] if name else None


def is_breath(sound: SoundCue) -> bool:
    """Whether *sound* accompanies a breath, and gives way to one that calls out a change."""
    return sound.name in ("breath-in", "breath-out")


def bell_strokes(sound: SoundCue) -> int:
    """Return how often the terminal bell rings for *sound* where nothing can play it."""
    return BELL_STROKES.get(sound.name, 1)


def _opens(phase: Phase, index: int, timeline: Timeline) -> bool:
    if phase.kind == "prepare":
        return all(before.kind == "warm-up" for before in timeline.phases[:index])
    return index == 0
