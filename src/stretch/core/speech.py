"""What is said at each cue: the sentences that the screen, the plain mode and the voice share."""

from __future__ import annotations

from stretch.core import words
from stretch.core.cues import Cue
from stretch.core.phases import Phase
from stretch.core.routine import Item, Routine
from stretch.core.timeline import Timeline


def of_reps(phase: Phase) -> str:
    """Return which repetition it is: `hold 1 of 2`, `round 2 of 3`; empty for a stretch that moves."""
    if phase.rep is None or phase.kind == "move" or phase.item is None:
        return ""
    return f"{'round' if phase.item.dose.contract else 'hold'} {phase.rep} of {phase.reps}"


def up_next(timeline: Timeline, index: int) -> str:
    """Return what comes after the phase at *index* that a person must get ready for."""
    here = timeline.phases[index]
    for phase in timeline.phases[index + 1 :]:
        if phase.kind == "rest":
            return f"rest, then {of_reps(phase)}"
        if phase.kind == "switch":
            return f"{words.side(phase.side)}, same again"
        if phase.kind == "prepare" and phase.item:
            return ", ".join(filter(None, (phase.item.stretch.name, words.side(phase.side))))
        if phase.kind == "settle":
            return "settle and breathe"
        if phase.kind == "warm-up" and phase.move:
            return phase.move.name
        if phase.kind != here.kind and here.kind in ("press", "release"):
            return phase.kind
    return "done"


def say(cue: Cue, timeline: Timeline, routine: Routine) -> str:
    """Return the sentence for *cue*; empty for a cue that is only shown or sounded."""
    phase = timeline.phases[cue.index]
    match cue.kind:
        case "phase":
            return _announce(phase, timeline, routine)
        case "count":
            return str(cue.number)
        case "half-way":
            stretch = phase.item.stretch if phase.item else None
            return f"{stretch.halfway}." if stretch and stretch.halfway else "Half-way."
        case "breath-in" | "breath-out":
            return _breath(phase, "in" if cue.kind == "breath-in" else "out", timeline.pattern.counted)
        case "end":
            return "Done. Take your time getting up."


def pace(phase: Phase) -> str:
    """Return how a phase is breathed: `breathe in 3 s, out 3 s, 5 times`; empty where breaths are not counted."""
    if not phase.breaths:
        return ""
    inhale, exhale = phase.breaths[0]
    times = f", {len(phase.breaths)} times" if len(phase.breaths) > 1 else ""
    return f"breathe in {inhale / 1000:.1f} s, out {exhale / 1000:.1f} s{times}".replace(".0 s", " s")


def _announce(phase: Phase, timeline: Timeline, routine: Routine) -> str:
    length = words.duration(phase.length)
    match phase.kind:
        case "warm-up" if phase.move:
            return f"Warm up, {length}: {phase.move.name}. {phase.move.text}"
        case "prepare" if phase.item:
            return _first_up(phase.item, phase)
        case "hold":
            breath = pace(phase)
            return _sentence("Hold", phase, length) + (f" {breath[:1].upper()}{breath[1:]}." if breath else "")
        case "move" if phase.item:
            how = f" {pace(phase).capitalize()}." if timeline.pattern.counted else ""
            paced = phase.item.stretch.pace
            halves = f" In: {paced.inhale}. Out: {paced.exhale}." if paced else ""
            return _sentence("Move", phase, length) + how + halves
        case "press":
            return _sentence("Press gently and breathe out", phase, length)
        case "release":
            return _sentence("Let go, breathe in, and go a little further", phase, length)
        case "rest":
            return f"Ease out and rest, {length}."
        case "switch":
            return f"Switch to the {words.side(phase.side)}, {length}."
        case "settle":
            return f"Settle, {length}. {routine.settle_text}"
    return ""


def _first_up(item: Item, phase: Phase) -> str:
    stretch = item.stretch
    parts = [f"Get ready, {words.duration(phase.length)}: {stretch.name}, {words.dose(stretch, item.dose)}."]
    if phase.moved:
        parts.append(f"{words.IN_POSITION[item.position].capitalize()}.")
    if phase.side:
        parts.append(f"{words.side(phase.side).capitalize()} first: {stretch.side_means}.")
    if item.adapted:
        parts.append(f"The easier way first: {stretch.ease_off}")
    return " ".join((*parts, *stretch.steps, stretch.breath))


def _sentence(verb: str, phase: Phase, length: str) -> str:
    return ", ".join(filter(None, (verb, of_reps(phase).removeprefix("hold "), words.side(phase.side), length))) + "."


def _breath(phase: Phase, half: str, counted: bool) -> str:
    if phase.kind == "move" and phase.item and phase.item.stretch.pace:
        paced = phase.item.stretch.pace
        what = paced.inhale if half == "in" else paced.exhale
        return f"Breathe {half}: {what}." if counted else f"{what[:1].upper()}{what[1:]}."
    return f"Breathe {half}."
