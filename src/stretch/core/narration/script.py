"""Spoken words of each cue: everything for a stretch that is new, a few words for a familiar one, or names only."""

from stretch.core.narration.phrases import (
    end_summary,
    explanation,
    halfway_instruction,
    is_first,
    movement_parts,
    rep_label,
    settle_parts,
    side_instruction,
    spoken_duration,
)
from stretch.core.routine import Item
from stretch.core.text import as_sentences, join_words, side_label
from stretch.core.timing.cues import Cue
from stretch.core.timing.phases import Phase
from stretch.core.timing.session import Session
from stretch.core.timing.timeline import Timeline
from stretch.core.vocabulary import EQUIPMENT_LABELS, POSITION_LABELS, VoiceMode

Form = tuple[str, ...]
"""Sentences of one line."""
LATEST_BREATH = 3
"""The breath by which the movement of the breath in is explained, if there is no time for it in the first one."""
DISPENSABLE = (frozenset({"last", "half-way", "hold", "rest"}), frozenset({"warm-up"}), frozenset({"move"}))
"""Cues and phases that have a few words only in a session in which too much is said, the first ones first."""


def spoken_forms(
    cue: Cue, timeline: Timeline, mode: VoiceMode, done: tuple[int, int] | None = None, *, shortened: int = 0
) -> tuple[Form, ...]:
    """Return what can be said at *cue*, the longest form first; empty for a cue without words in this *mode*.

    A voice that is off, `no`, says the same as `yes` when it is turned on. *done* is as for `phrases.sentences`. Of
    DISPENSABLE, the first *shortened* have a few words only.
    """
    phase = timeline.phases[cue.index]
    match cue.kind:
        case "phase":
            names, brief, *full = _phase_parts(phase, cue.index, timeline)
        case "half-way":
            change = halfway_instruction(phase)
            names = brief = (change,)
            full = [(change or ("halfway" if phase.kind == "hold" and is_first(phase, cue.index, timeline) else ""),)]
        case "last":
            names = brief = ()
            last = "last one" if phase.kind == "move" else f"last {cue.number} seconds"
            full = [(last if is_first(phase, cue.index, timeline) else "",)]
        case "end":
            names = brief = (end_summary(done),)
            full = [(settle_parts(phase)[1], *brief)]
        case "breath-out" if cue.number == 1:
            names = brief = ()
            full = [movement_parts(phase, cue.index, timeline)[1:]]
        case "breath-in" if 1 < cue.number <= LATEST_BREATH:
            names = brief = ()
            full = [movement_parts(phase, cue.index, timeline)[:1]]
        case _:
            return ()
    forms = [names] if mode == "names" else [names, brief]
    if any({cue.kind, phase.kind} & kinds for kinds in DISPENSABLE[:shortened]):
        full = []
    if mode == "full" or (mode in ("yes", "no", "breath") and not _is_familiar(phase, timeline)):
        forms += full
    return tuple(form for parts in reversed(forms) if (form := as_sentences(*parts)))


def words_for_change(before: Session, after: Session) -> Form:
    """Return what is said because of a key.

    That is where one is when the voice is turned on, that a stretch that hurts is stopped, and the easier way.
    """
    turned_on = after.voice and not before.voice
    stopped = after.pain_stop is not None and before.pain_stop is None
    if not turned_on and not stopped and after.easier_phases <= before.easier_phases:
        return ()
    phase = after.moment.phase
    if turned_on:
        return as_sentences(", ".join(filter(None, (phase.name, side_label(phase.side)))))
    offer = phase.item.stretch.for_side(phase.side).labelled("ease_off") if phase.item else ""
    if stopped and after.two_in_a_row_hurt:
        offer = "two stretches in a row hurt: better to rest now"
    return as_sentences(*(("stopped", "come out of it slowly") if stopped else ()), offer)


def _is_familiar(phase: Phase, timeline: Timeline) -> bool:
    """Return whether the stretch of *phase* is familiar; the warm-up and the end are if any was before this session."""
    if phase.item is not None:
        return phase.item.familiar
    return any({item.stretch.id: item.familiar for item in reversed(timeline.items)}.values())


def _phase_parts(phase: Phase, index: int, timeline: Timeline) -> tuple[Form, ...]:
    """Return the parts of the opening line of *phase*: names only, a few words, and longer forms."""
    length, side = spoken_duration(phase.length_ms), side_label(phase.side)
    match phase.kind:
        case "warm-up" if phase.move:
            opening = "keep moving: " if phase.cool_down else "warm up: "
            same = index > 0 and timeline.phases[index - 1].cool_down == phase.cool_down
            name = f"{'' if same and timeline.phases[index - 1].move else opening}{phase.move.name}"
            return (name,), (name,), (name, phase.move.text)
        case "prepare" if phase.item:
            return _stretch_parts(phase.item, phase, index, timeline)
        case "hold":
            label = rep_label(phase) if phase.item and not phase.item.dose.contract else ""
            seconds = f", {length}" if is_first(phase, index, timeline) else ""
            return (), ("hold",), (f"{label or 'hold'}{seconds}",)
        case "move":
            return (), ("begin",), movement_parts(phase, index, timeline)[:1]
        case "press":
            return (), ("press",), (f"press gently and breathe out, {length}",)
        case "release":
            return (), ("let go",), ("let go, breathe in, and go a little further",)
        case "rest":
            return (), ("rest",), ("ease out and rest",)
        case "switch" if phase.item:
            switch, meaning = f"switch to the {side}", side_instruction(phase.item.stretch, phase.side)
            # What is meant by the side names it as well.
            return (side,), (switch,), (meaning,), (switch, meaning)
    return ("rest",), ("rest",), ("rest", settle_parts(phase)[0])


def _stretch_parts(item: Item, phase: Phase, index: int, timeline: Timeline) -> tuple[Form, ...]:
    """Return the parts of the announcement of a stretch: side and name, what it needs, then its explanation."""
    opening = "first" if timeline.is_opening(index) else "next"
    name = f"{side_label(phase.side) or opening}: {item.stretch.name}"
    # A mat stays where it is, and somebody who sits on a chair has one.
    tools = {"strap", "wall"} if item.position == "seated" else {"strap", "wall", "chair"}
    needed = [EQUIPMENT_LABELS[one] for one in item.stretch.equipment if one in tools]
    start = (name, f"you need {join_words(needed)}" if needed else "")
    position = POSITION_LABELS[item.position] if phase.new_position else ""
    # The breath and the side meant are left out first if there is little time.
    whole = (*start, *explanation(item, phase))
    return (name,), (*start, item.note, position), whole[:-2], whole[:-1], whole
