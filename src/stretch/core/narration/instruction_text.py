"""Written instructions of a phase: what to do in it, what to feel, and the easier way."""

import re
from collections.abc import Iterator
from typing import Literal

from stretch.core.model import LABELS
from stretch.core.narration.phrases import needs, side_instruction
from stretch.core.text import as_sentences, join_words
from stretch.core.timing.phases import Phase
from stretch.core.vocabulary import POSITION_LABELS

InstructionKind = Literal["alert", "note", "ease", "side", "step", "feel", "breath", "mistake", "easier"]
"""`ease` is the easier way where it is the way, `easier` where it is an offer."""
Instruction = tuple[InstructionKind, str]


def opening(phase: Phase, *, turned: bool, eased: bool) -> Iterator[Instruction]:
    """Yield what is said before the steps: a change of direction or position, what is needed, and the side."""
    if phase.item is None:
        return
    item, stretch = phase.item, phase.item.stretch.for_side(phase.side)
    if turned and stretch.halfway:
        yield from (("alert", sentence) for sentence in as_sentences(stretch.halfway))
    if item.note:
        yield "note", f"Note: {item.note}"
    if eased or item.cautions:
        against = "" if eased else f"Prescribed in spite of {join_words(item.cautions)}. "
        yield "ease", against + stretch.labelled("ease_off")
    if phase.kind == "prepare":
        first = [f"Change to: {POSITION_LABELS[item.position]}."] if phase.new_position else []
        if words := " ".join([*first, *as_sentences(needs(stretch))]):
            yield "alert", words
    if not item.stretch.names_side:
        yield from (("side", text) for text in as_sentences(side_instruction(item.stretch, phase.side)))


def steps(phase: Phase) -> Iterator[Instruction]:
    """Yield the steps, with numbers if there are several, or the sentences of a phase without a stretch."""
    if phase.move or phase.item is None:
        yield from (("step", text) for text in sentences(phase.move.text if phase.move else phase.text))
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
    yield "breath", stretch.breath
    yield "mistake", stretch.labelled("mistake")
    if not eased and not phase.item.cautions:
        yield "easier", stretch.labelled("ease_off")


def sentences(text: str) -> list[str]:
    """Return the sentences of *text* and the parts between its semicolons."""
    return re.split(r"(?<=[.!?;]) ", text)
