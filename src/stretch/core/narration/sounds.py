"""Which sound each cue makes, and how many strokes of the bell stand in for it."""

from __future__ import annotations

from stretch.core.narration import tones
from stretch.core.narration.tones import SOUNDS, Name, Sound
from stretch.core.timing.cues import Cue
from stretch.core.timing.phases import Kind, Phase
from stretch.core.timing.timeline import Timeline

OF_PHASE: dict[Kind, Name] = {
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
OF_CUE: dict[str, Name] = {"count": "count", "half-way": "half-way", "end": "done"}
BELLS: dict[Name, int] = {"switch": 2, "count": 0, "half-way": 0, "breath-in": 0, "breath-out": 0}
"""One stroke for a change and two for the other side; a bell for anything less would say nothing any more."""


def sound_of(cue: Cue, timeline: Timeline) -> Sound | None:
    """Return the sound of *cue*; None for one that is only said."""
    phase = timeline.phases[cue.index]
    if cue.kind in ("breath-in", "breath-out"):
        inhale, exhale = phase.breaths[cue.number - 1]
        return tones.breath("in", inhale) if cue.kind == "breath-in" else tones.breath("out", exhale)
    if cue.kind == "phase":
        return SOUNDS["get-ready" if _opens(phase, cue.index, timeline) else OF_PHASE[phase.kind]]
    name = OF_CUE.get(cue.kind)
    return SOUNDS[name] if name else None


def is_breath(sound: Sound) -> bool:
    """Whether *sound* accompanies a breath, and gives way to one that calls out a change."""
    return sound.name in ("breath-in", "breath-out")


def bells(sound: Sound) -> int:
    """Return how often the terminal bell rings for *sound* where nothing can play it."""
    return BELLS.get(sound.name, 1)


def _opens(phase: Phase, index: int, timeline: Timeline) -> bool:
    if phase.kind == "prepare":
        return all(before.kind == "warm-up" for before in timeline.phases[:index])
    return index == 0
