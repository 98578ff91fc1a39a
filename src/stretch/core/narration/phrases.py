"""What is said at each cue: the sentences that the voice, the plain mode and the events share."""

from __future__ import annotations

from stretch.core.routine import Item
from stretch.core.text import pluralize, side_label
from stretch.core.timing.cues import Cue
from stretch.core.timing.phases import Phase
from stretch.core.timing.timeline import Timeline
from stretch.core.vocabulary import POSITION_LABELS


def rep_label(phase: Phase) -> str:
    """Return which repetition it is: `hold 1 of 2`, `round 2 of 3`; empty for a stretch that moves."""
    if phase.rep is None or phase.kind == "move" or phase.item is None:
        return ""
    return f"{'round' if phase.item.dose.contract else 'hold'} {phase.rep} of {phase.reps}"


def next_label(timeline: Timeline, index: int) -> str:
    """Return what comes after the phase at *index* that a person must get ready for."""
    here = timeline.phases[index]
    for phase in timeline.phases[index + 1 :]:
        if phase.kind == "rest":
            return f"rest, then {rep_label(phase)}"
        if phase.kind == "switch":
            return f"{side_label(phase.side)}, same again"
        if phase.kind == "prepare" and phase.item:
            return ", ".join(filter(None, (phase.item.stretch.name, side_label(phase.side))))
        if phase.kind == "settle":
            return "settle and breathe"
        if phase.kind == "warm-up" and phase.move:
            return phase.move.name
        if phase.kind != here.kind and here.kind in ("press", "release"):
            return phase.kind
    return "done"


def line_for(cue: Cue, timeline: Timeline, done: tuple[int, int] | None = None) -> str:
    """Return all that is said at *cue* as one line; empty for a cue that is only shown or sounded."""
    return " ".join(sentences(cue, timeline, done))


def sentences(cue: Cue, timeline: Timeline, done: tuple[int, int] | None = None) -> tuple[str, ...]:
    """Return what is said at *cue*, sentence by sentence, what matters most first.

    *done* is how many stretches were done of how many; it is told at the end, where it is known.
    """
    phase = timeline.phases[cue.index]
    match cue.kind:
        case "phase":
            return as_sentences(*_phase_parts(phase, cue.index, timeline))
        case "count":
            return (str(cue.number),)
        case "half-way":
            stretch = phase.item.stretch if phase.item else None
            return as_sentences(stretch.halfway if stretch and stretch.halfway else "half-way")
        case "last":
            return as_sentences("last one" if phase.kind == "move" else f"last {cue.number} seconds")
        case "breath-in" | "breath-out":
            return as_sentences(*_breath(phase, "in" if cue.kind == "breath-in" else "out", timeline.pattern.has_cues))
        case "end":
            return as_sentences(_end_summary(done), _settling(phase)[1])


def as_sentences(*parts: str) -> tuple[str, ...]:
    """Return each of *parts* as a sentence is written; what is empty is left out."""
    return tuple(part[0].upper() + part[1:] + ("" if part.endswith((".", "!", "?")) else ".") for part in parts if part)


def breathing_instruction(phase: Phase) -> str:
    """Return how a phase is breathed: `breathe in 3 seconds, out 3, 5 times`; empty where breaths are not counted."""
    if not phase.breaths:
        return ""
    inhale, exhale = (f"{half / 1000:.1f}".removesuffix(".0") for half in phase.breaths[0])
    times = f", {len(phase.breaths)} times" if len(phase.breaths) > 1 else ""
    return f"breathe in {inhale} seconds, out {exhale}{times}"


def spoken_duration(milliseconds: int) -> str:
    """Return a length of time as it is spoken: `1 second`, `45 seconds`, `1 minute 20 seconds`."""
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    parts = [pluralize(minutes, "minute")] if minutes else []
    return " ".join([*parts, pluralize(seconds, "second")] if seconds or not minutes else parts)


def _phase_parts(phase: Phase, index: int, timeline: Timeline) -> tuple[str, ...]:
    length = spoken_duration(phase.length_ms)
    match phase.kind:
        case "warm-up" if phase.move:
            what = "keep moving" if phase.cool_down else "warm up"
            return (f"{what}, {length}: {phase.move.name}", phase.move.text)
        case "prepare" if phase.item:
            return _announce_next(phase.item, phase, index, timeline)
        case "hold":
            return (
                _work("hold", phase, length),
                breathing_instruction(phase) if _is_new(phase, index, timeline) else "",
            )
        case "move" if phase.item:
            return (_work("move", phase, length), *_how(phase, phase.item, index, timeline))
        case "press":
            return (f"press gently and breathe out, {length}", _reps_and_side(phase))
        case "release":
            return ("let go, breathe in, and go a little further", length)
        case "rest":
            return (f"ease out and rest, {length}", f"then {rep_label(phase)}")
        case "switch":
            return (f"switch to the {side_label(phase.side)}", _which_side(phase), length)
        case "settle":
            return (f"settle, {length}", _settling(phase)[0])
    return ()


def _announce_next(item: Item, phase: Phase, index: int, timeline: Timeline) -> tuple[str, ...]:
    """Return what comes up: name, side and dose, then how it is done, which side is meant, and the breath."""
    stretch = item.stretch
    what = ", ".join(filter(None, (stretch.name, side_label(phase.side), _dose(item))))
    side = f"{side_label(phase.side)}{' first' if len(item.sides) > 1 else ''}"
    first = all(before.kind == "warm-up" for before in timeline.phases[:index])
    return (
        f"first up: {what}" if first else f"next up: {what}",
        # The steps begin in the usual position of the stretch.
        POSITION_LABELS[item.position] if phase.new_position and item.position != stretch.position else "",
        f"the easier way first: {stretch.ease_off}" if item.adapted else "",
        *stretch.steps,
        f"{side}: {stretch.side_means}" if side and stretch.side_means else "",
        # One that moves says what goes with each half of the breath as it begins.
        "" if stretch.pace else stretch.breath,
    )


def _which_side(phase: Phase) -> str:
    """Return what left or right refers to; empty where that is plain."""
    meant = phase.item.stretch.side_means if phase.item else None
    return f"{phase.side}: {meant}" if phase.side and meant else ""


def _dose(item: Item) -> str:
    dose = item.dose
    if dose.contract is not None:
        # Each part says its own seconds as it begins, and the time is needed for the steps.
        return pluralize(dose.reps, "round")
    if dose.hold_s is None:
        return pluralize(dose.reps, "breath")
    return f"{pluralize(dose.reps, 'hold')} of {spoken_duration(dose.hold_s * 1000)}"


def _how(phase: Phase, item: Item, index: int, timeline: Timeline) -> tuple[str, ...]:
    """Return how a moving stretch is breathed and what moves on each half, the first time it is done."""
    if not _is_new(phase, index, timeline):
        return ()
    how = breathing_instruction(phase) if timeline.pattern.has_cues else ""
    paced = item.stretch.pace
    return (how, f"in: {paced.inhale}", f"out: {paced.exhale}") if paced else (how,)


def _is_new(phase: Phase, index: int, timeline: Timeline) -> bool:
    """Whether the breath differs from that of the last time this stretch was done, or there was none."""
    for before in reversed(timeline.phases[:index]):
        if before.item is not phase.item:
            break
        if before.kind == phase.kind:
            return breathing_instruction(before) != breathing_instruction(phase)
    return True


def _work(verb: str, phase: Phase, length: str) -> str:
    """Return `hold 1 of 2, left side, 30 seconds`; a single repetition is not counted."""
    which = _reps_and_side(phase)
    if which.startswith(f"{verb} "):
        return f"{which}, {length}"
    return ", ".join(filter(None, (verb, which, length)))


def _reps_and_side(phase: Phase) -> str:
    reps = rep_label(phase) if (phase.reps or 0) > 1 else ""
    return ", ".join(filter(None, (reps, side_label(phase.side))))


def _breath(phase: Phase, half: str, counted: bool) -> tuple[str, ...]:
    paced = phase.item.stretch.pace if phase.kind == "move" and phase.item else None
    moves = (paced.inhale if half == "in" else paced.exhale) if paced else ""
    return (f"breathe {half}" if counted or not moves else "", moves)


def _settling(phase: Phase) -> tuple[str, str]:
    """Return how to lie or sit at the end, and how to get up after that, which is the last sentence."""
    resting, _, rising = phase.text.rpartition(". ")
    return resting, rising


def _end_summary(done: tuple[int, int] | None) -> str:
    if done is None:
        return "done"
    did, of = done
    return f"done: {pluralize(did, 'stretch')}" if did == of else f"done: {did} of {pluralize(of, 'stretch')}"
