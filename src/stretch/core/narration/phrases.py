"""Phrases for each cue, as in the plain lines and the events, and the written instructions of each phase."""

import re
from collections.abc import Iterator
from typing import Literal

from stretch.core.model import LABELS, Stretch
from stretch.core.routine import Item
from stretch.core.text import as_sentences, capitalized, join_words, pluralize, side_label
from stretch.core.timing.phases import Phase
from stretch.core.timing.timeline import Cue, Timeline
from stretch.core.vocabulary import EQUIPMENT_LABELS, POSITION_LABELS, Equipment, Side

COME_OUT = "come out slowly and rest"


def rep_label(phase: Phase) -> str:
    """Return the repetition as `hold 1 of 2` or `set 1 of 2, round 2 of 3`; empty if there is only one."""
    if phase.rep is None or phase.item is None:
        return ""
    sets = phase.item.set_count(phase.side)
    counted = phase.reps != 1 and phase.item.stretch.mode != "dynamic"
    label = f"{'round' if phase.item.dose.contract else 'hold'} {phase.rep} of {phase.reps}" if counted else ""
    return _join(f"set {phase.set_number} of {sets}" if sets > 1 else "", label)


def count_label(phase: Phase) -> str:
    """Return the warm-up or cool-down, the dose to get ready for, or else the repetition."""
    if phase.kind == "warm-up":
        return "keep moving" if phase.cool_down else "warm-up"
    return phase.item.dose_on(phase.side) if phase.kind == "prepare" and phase.item else rep_label(phase)


def next_label(timeline: Timeline, index: int) -> str:
    """Return the next thing to get ready for after the phase at *index*."""
    here = timeline.phases[index]
    for phase in timeline.phases[index + 1 :]:
        if phase.kind == "rest":
            return f"rest, then {rep_label(phase)}"
        if phase.kind == "switch":
            return side_label(phase.side)
        if phase.kind == "prepare" and phase.item:
            return _join(phase.item.stretch.name, side_label(phase.side))
        if phase.kind == "settle":
            return "rest"
        if phase.kind == "warm-up" and phase.move:
            return phase.move.name
        if phase.kind != here.kind and here.kind in ("press", "release"):
            return phase.kind
    return "done"


def line_for(cue: Cue, timeline: Timeline, done: tuple[int, int] | None = None) -> str:
    """Return the sentences of *cue* as one line; empty for a cue without words."""
    return " ".join(sentences(cue, timeline, done))


def sentences(cue: Cue, timeline: Timeline, done: tuple[int, int] | None = None) -> tuple[str, ...]:
    """Return the sentences of *cue*, the most important first; the last cue has *done*, stretches done and planned."""
    phase = timeline.phases[cue.index]
    match cue.kind:
        case "phase":
            return as_sentences(*_phase_parts(phase, cue.index, timeline))
        case "count":
            return (str(cue.number),)
        case "half-way":
            return as_sentences(halfway_instruction(phase) or "halfway")
        case "last":
            return as_sentences("last one" if phase.kind == "move" else f"last {cue.number} seconds")
        case "breath-in" | "breath-out":
            return as_sentences(*_breath_parts(phase, "in" if cue.kind == "breath-in" else "out", timeline))
        case "end":
            return as_sentences(settle_parts(phase)[1], end_summary(done))


def side_instruction(stretch: Stretch, side: Side | None) -> str:
    """Return what *side* refers to, `right: the back leg` or `hug your right knee`; empty without sides."""
    if side is None or not stretch.side_means:
        return ""
    meaning = stretch.for_side(side).side_means or ""
    return meaning if "{side}" in stretch.side_means else f"{side}: {meaning}"


def needs(stretch: Stretch, *, but: Equipment = "none") -> str:
    """Return what has to be at hand for *stretch*, `you need a belt or towel`; empty if only a mat or what *but* is."""
    names = [EQUIPMENT_LABELS[name] for name in stretch.equipment if name not in ("none", "mat", but)]
    return f"you need {join_words(names)}" if names else ""


def halfway_instruction(phase: Phase) -> str:
    """Return what changes in the middle of *phase*, such as the direction; empty if nothing does."""
    source = phase.move or (phase.item and phase.item.stretch.for_side(phase.side))
    return (source and source.halfway) or ""


def breathing_instruction(phase: Phase) -> str:
    """Return `breathe in 3 seconds, out 3, 5 times`; empty for a phase without counted breaths."""
    if not phase.breaths:
        return ""
    inhale, exhale = (f"{milliseconds / 1000:.1f}".removesuffix(".0") for milliseconds in phase.breaths[0])
    times = f", {len(phase.breaths)} times" if len(phase.breaths) > 1 else ""
    return f"breathe in {inhale} seconds, out {exhale}{times}"


def spoken_duration(milliseconds: int) -> str:
    """Return a duration in full words: `1 second`, `45 seconds`, `1 minute 20 seconds`."""
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    parts = [pluralize(minutes, "minute")] if minutes else []
    return " ".join([*parts, pluralize(seconds, "second")] if seconds or not minutes else parts)


def _join(*parts: str) -> str:
    return ", ".join(filter(None, parts))


def _phase_parts(phase: Phase, index: int, timeline: Timeline) -> tuple[str, ...]:
    length = spoken_duration(phase.length_ms)
    counted = timeline.pattern.has_cues and is_first(phase, index, timeline)
    breathing = breathing_instruction(phase) if counted else ""
    match phase.kind:
        case "warm-up" if phase.move:
            title = "keep moving" if phase.cool_down else "warm up"
            return (f"{title}, {length}: {phase.move.name}", phase.move.text)
        case "prepare" if phase.item:
            name = _join(phase.name, side_label(phase.side), _spoken_dose(phase.item))
            number = "first" if timeline.is_opening(index) else "next"
            return (f"{number}: {name}", *explanation(phase.item, phase))
        case "hold":
            return (_repetition("hold", phase, length), breathing)
        case "move":
            return (_repetition("move", phase, length), breathing, *movement_parts(phase, index, timeline))
        case "press":
            return (f"press gently and breathe out, {length}", _reps_and_side(phase))
        case "release":
            return ("let go, breathe in, and go a little further", length)
        case "rest":
            return (f"{COME_OUT}, {length}", f"then {rep_label(phase)}")
        case "switch":
            meaning = side_instruction(phase.item.stretch, phase.side) if phase.item else ""
            return (f"switch to the {side_label(phase.side)}", meaning, length)
        case "settle":
            return (f"rest, {length}", settle_parts(phase)[0])
    return ()


def explanation(item: Item, phase: Phase) -> tuple[str, ...]:
    """Return the note, an unusual position, the easier way if that comes first or may be needed, and the steps.

    The last two are the side meant and the breath.
    """
    stretch = item.stretch.for_side(phase.side)
    return (
        item.note,
        # The steps assume the usual position of the stretch.
        POSITION_LABELS[item.position] if phase.new_position and item.position != stretch.position else "",
        f"the easier way first: {stretch.ease_off}" if item.adapted else "",
        f"the easier way, if it bothers you: {stretch.ease_off}" if item.cautions else "",
        *stretch.steps,
        "" if item.stretch.names_side else side_instruction(item.stretch, phase.side),
        # A moving stretch explains its breathing when it starts.
        "" if stretch.pace else stretch.breath,
    )


def _spoken_dose(item: Item) -> str:
    dose, counts = item.dose, {*item.sets}
    sets = f"{counts.pop()} sets of " if len(counts) == 1 else ""
    if dose.contract is not None:
        # Each part says its own seconds when it starts, and the time is needed for the steps.
        return sets + pluralize(dose.reps, "round")
    if dose.hold_s is None:
        return sets + pluralize(dose.reps, "breath")
    return f"{sets}{pluralize(dose.reps, 'hold')} of {spoken_duration(dose.hold_s * 1000)}"


def movement_parts(phase: Phase, index: int, timeline: Timeline) -> tuple[str, ...]:
    """Return the movement of each half of a breath in a moving stretch, the first time it is done."""
    pace = phase.item.stretch.for_side(phase.side).pace if phase.item else None
    if pace is None or not is_first(phase, index, timeline):
        return ()
    return f"in: {pace.inhale}", f"out: {pace.exhale}"


def is_first(phase: Phase, index: int, timeline: Timeline) -> bool:
    """Return whether no phase of this kind and stretch comes before the one at *index*."""
    return not any(before.kind == phase.kind and before.item is phase.item for before in timeline.phases[:index])


def _repetition(verb: str, phase: Phase, length: str) -> str:
    """Return `hold 1 of 2, left side, 30 seconds`; a single repetition has no number."""
    label = _reps_and_side(phase)
    return _join(label, length) if f"{verb} " in label else _join(verb, label, length)


def _reps_and_side(phase: Phase) -> str:
    return _join(rep_label(phase), side_label(phase.side))


def _breath_parts(phase: Phase, half: str, timeline: Timeline) -> tuple[str, ...]:
    pace = phase.item.stretch.for_side(phase.side).pace if phase.kind == "move" and phase.item else None
    movement = (pace.inhale if half == "in" else pace.exhale) if pace else ""
    return (f"breathe {half}" if timeline.pattern.has_cues or not movement else "", movement)


def settle_parts(phase: Phase) -> tuple[str, str]:
    """Return how to lie or sit at the end, and the last sentence: how to get up after that."""
    resting, _, rising = phase.text.rpartition(". ")
    return resting, rising


def end_summary(done: tuple[int, int] | None) -> str:
    """Return how many of the planned stretches were done."""
    if done is None:
        return "done"
    number, total = done
    return f"done: {'' if number == total else f'{number} of '}{pluralize(total, 'stretch')}"


InstructionKind = Literal["alert", "note", "ease", "side", "in", "out", "step", "feel", "breath", "mistake", "easier"]
"""`ease` is the easier way where it is the way, `easier` an offer; `in` and `out` are halves of a breath."""
Instruction = tuple[InstructionKind, str]


def opening(phase: Phase, *, turned: bool, eased: bool) -> Iterator[Instruction]:
    """Yield what comes before the steps: a change of direction or position, what is needed, the side, and each breath.

    In a rest it is how to come out of the stretch.
    """
    if phase.item is None:
        return
    item, stretch = phase.item, phase.item.stretch.for_side(phase.side)
    if phase.kind == "rest":
        yield "note", f"{capitalized(COME_OUT)}."
    if turned and stretch.halfway:
        yield from (("alert", sentence) for sentence in as_sentences(stretch.halfway))
    if item.note:
        yield "note", f"Note: {item.note}"
    if phase.kind == "rest":
        # How to do the stretch would say the opposite.
        return
    if eased or item.cautions:
        against = "" if eased else f"Prescribed in spite of {join_words(item.cautions)}. "
        yield "ease", against + stretch.labelled("ease_off")
    if phase.kind == "prepare":
        first = [f"Change to: {POSITION_LABELS[item.position]}."] if phase.new_position else []
        if words := " ".join([*first, *as_sentences(needs(stretch))]):
            yield "alert", words
    if not item.stretch.names_side:
        yield from (("side", text) for text in as_sentences(side_instruction(item.stretch, phase.side)))
    if phase.kind == "move" and stretch.pace:
        yield "in", f"{LABELS['inhale']}: {stretch.pace.inhale}."
        yield "out", f"{LABELS['exhale']}: {stretch.pace.exhale}."


def steps(phase: Phase) -> Iterator[Instruction]:
    """Yield the steps, with numbers if there are several, or the sentences of a phase without a stretch."""
    if phase.move or phase.item is None:
        yield from (("step", text) for text in split_sentences(phase.move.text if phase.move else phase.text))
        return
    texts = phase.item.stretch.for_side(phase.side).steps
    for number, text in enumerate(texts, start=1):
        yield "step", f"{number}. {text}" if len(texts) > 1 else text


def notes(phase: Phase, *, eased: bool) -> Iterator[Instruction]:
    """Yield what to feel and how to breathe, what to avoid, and the easier way unless it is the way."""
    if phase.item is None:
        return
    stretch = phase.item.stretch.for_side(phase.side)
    # Without color the highlighted muscle is only a pattern, so it is named too.
    areas = " and ".join(area.replace("-", " ") for area in stretch.areas.primary)
    yield "feel", f"{LABELS['feel']} {stretch.feel or f'in the {areas}'}."
    if not (phase.kind == "move" and stretch.pace):
        yield "breath", stretch.breath
    yield "mistake", stretch.labelled("mistake")
    if not eased and not phase.item.cautions:
        yield "easier", stretch.labelled("ease_off")


def split_sentences(text: str) -> list[str]:
    """Return the sentences of *text* and the parts between its semicolons; the number of a step stays with it."""
    return re.split(r"(?<=[.!?;])(?<!^\d\.) ", text)
