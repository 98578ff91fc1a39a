"""What is said: durations, doses and cues in the words that the screen, the plain mode and the voice share."""

from __future__ import annotations

from stretch.core.cues import Cue
from stretch.core.model import Dose, Position, Side, Stretch
from stretch.core.phases import Phase
from stretch.core.routine import Item, Routine
from stretch.core.timeline import Timeline

IN_POSITION: dict[Position, str] = {
    "standing": "standing",
    "seated": "sitting on a chair",
    "kneeling": "kneeling on the floor",
    "quadruped": "on hands and knees",
    "prone": "lying on your front",
    "side-lying": "lying on your side",
    "seated-floor": "sitting on the floor",
    "supine": "lying on your back",
}


def duration(milliseconds: int) -> str:
    """Return a length of time in words: `45 s`, `3 min`, `11 min 20 s`."""
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    if not minutes:
        return f"{seconds} s"
    return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"


def clock(milliseconds: int) -> str:
    """Return a length of time as minutes and seconds, rounded up so that 0:00 is the end: `11:20`."""
    minutes, seconds = divmod(-(-milliseconds // 1000), 60)
    return f"{minutes}:{seconds:02d}"


def dose(stretch: Stretch, amount: Dose) -> str:
    """Return a dose in the words of the field: `30 s x 2 each side`, `8 breaths`."""
    each = " each side" if stretch.both_sides else ""
    if amount.contract is not None:
        c = amount.contract
        return f"({c.contract_s} s press, {c.release_s} s release, {c.hold_s} s hold) x {amount.reps}{each}"
    if amount.hold_s is None:
        return f"{amount.reps} breath{'s' if amount.reps > 1 else ''}{each}"
    return f"{amount.hold_s} s x {amount.reps}{each}"


def side(name: Side | None) -> str:
    """Return the side in words, empty for a stretch that works both at once."""
    return f"{name} side" if name else ""


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
            return f"{side(phase.side)}, same again"
        if phase.kind == "prepare" and phase.item:
            return ", ".join(filter(None, (phase.item.stretch.name, side(phase.side))))
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
    length = duration(phase.length)
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
            return f"Switch to the {side(phase.side)}, {length}."
        case "settle":
            return f"Settle, {length}. {routine.settle_text}"
    return ""


def _first_up(item: Item, phase: Phase) -> str:
    stretch = item.stretch
    parts = [f"Get ready, {duration(phase.length)}: {stretch.name}, {dose(stretch, item.dose)}."]
    if phase.moved:
        parts.append(f"{IN_POSITION[item.position].capitalize()}.")
    if phase.side:
        parts.append(f"{side(phase.side).capitalize()} first: {stretch.side_means}.")
    if item.adapted:
        parts.append(f"The easier way first: {stretch.ease_off}")
    return " ".join((*parts, *stretch.steps, stretch.breath))


def _sentence(verb: str, phase: Phase, length: str) -> str:
    return ", ".join(filter(None, (verb, of_reps(phase).removeprefix("hold "), side(phase.side), length))) + "."


def _breath(phase: Phase, half: str, counted: bool) -> str:
    if phase.kind == "move" and phase.item and phase.item.stretch.pace:
        paced = phase.item.stretch.pace
        what = paced.inhale if half == "in" else paced.exhale
        return f"Breathe {half}: {what}." if counted else f"{what[:1].upper()}{what[1:]}."
    return f"Breathe {half}."
