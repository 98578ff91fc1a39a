"""Written instructions of a moment, in the space there is: how to stretch, and in a pause how to continue."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby

from stretch.core.model import LABELS
from stretch.core.narration.phrases import as_sentences, side_instruction
from stretch.core.text import duration
from stretch.core.timing.phases import NS_PER_MS, WORKING_KINDS, Phase
from stretch.core.timing.session import Session
from stretch.core.vocabulary import POSITION_LABELS
from stretch.player.keymap import PAIN_ANSWERS
from stretch.player.layout import StyledLine, wrap_styled
from stretch.player.theme import TextRole

Paragraph = tuple[str, TextRole]


def full_column(session: Session, cells: int, height: int) -> list[StyledLine]:
    """Return the instructions for a separate column, one block per paragraph, as many as fit into *height*."""
    lines: list[StyledLine] = [()]
    for text, role in _paragraphs(session.moment.phase, session.moment.phase.activity_id in session.easier_ids):
        block = wrap_styled(text, role, cells)
        if len(lines) + len(block) > height:
            break
        lines += [*block, ()] if len(lines) + len(block) < height else block
    return lines


def under_figure(session: Session, cells: int, height: int) -> list[StyledLine]:
    """Return the instructions in *height* lines below a figure; during `prepare` they are shown page by page."""
    phase = session.moment.phase
    lines = _lines(phase, phase.activity_id in session.easier_ids, cells)
    if phase.kind != "prepare" or len(lines) <= height:
        return lines[:height]
    pages = [lines[start : start + height] for start in range(0, len(lines), height)]
    elapsed = session.position_ms - phase.start_ms
    return pages[min(elapsed * len(pages) // phase.length_ms, len(pages) - 1)]


@lru_cache(16)
def _lines(phase: Phase, eased: bool, cells: int) -> list[StyledLine]:
    """Return the instructions with few line breaks: paragraphs of the same role, except alerts, are joined."""
    paragraphs = _paragraphs(phase, eased)
    if phase.item and phase.kind in WORKING_KINDS:
        # The figure shows the steps, so they come last.
        steps = phase.item.stretch.for_side(phase.side).steps
        paragraphs = sorted(paragraphs, key=lambda paragraph: paragraph[0] in steps)
    lines: list[StyledLine] = []
    for role, group in groupby(paragraphs, key=lambda paragraph: paragraph[1]):
        texts = [text for text, _ in group]
        for text in texts if role == TextRole.ALERT else [" ".join(texts)]:
            lines += wrap_styled(text, role, cells)
    return lines


def pause_message(session: Session) -> str:
    """Return why the session is paused and which key continues it; empty while it runs."""
    if session.help_open:
        return ""
    if session.sleep_gap_ns:
        return f"Welcome back after {duration(session.sleep_gap_ns // NS_PER_MS)}. Press any key to continue."
    if session.pain_stop is not None:
        item = session.moment.phase.item
        easier = "Press any key to continue"
        if item:
            easier = item.stretch.for_side(session.moment.phase.side).labelled("ease_off")
            easier += " Press any key to try that"
        answers = ", ".join(f"{answer.label} {answer.help}" for answer in PAIN_ANSWERS)
        return f"Stopped. {easier}, n to leave it out. If you feel this: {answers}."
    if session.waiting:
        return "Press any key when you are ready."
    return "Paused: space to continue." if session.paused else ""


@lru_cache(16)
def _paragraphs(phase: Phase, eased: bool) -> list[Paragraph]:
    if phase.move or phase.item is None:
        return [(phase.move.text if phase.move else phase.text, TextRole.PLAIN)]
    stretch = phase.item.stretch.for_side(phase.side)
    paragraphs: list[Paragraph] = []
    easier = stretch.labelled("ease_off")
    eased |= bool(phase.item.adapted)
    if eased:
        paragraphs.append((easier, TextRole.ALERT))
    if phase.kind == "prepare" and phase.new_position:
        paragraphs.append((f"Change to: {POSITION_LABELS[phase.item.position]}.", TextRole.ALERT))
    if phase.kind in WORKING_KINDS or "{side}" not in phase.item.stretch.steps[0]:
        paragraphs += [(text, TextRole.SIDE) for text in as_sentences(side_instruction(phase.item.stretch, phase.side))]
    paragraphs += [(step, TextRole.PLAIN) for step in stretch.steps]
    if phase.kind in WORKING_KINDS:
        # Without color the highlighted muscle is only a pattern, so it is named too.
        areas = " and ".join(area.replace("-", " ") for area in stretch.areas.primary)
        paragraphs.append((f"{LABELS['feel']} {stretch.feel or f'in the {areas}'}.", TextRole.DONE))
        paragraphs.append((stretch.breath, TextRole.BREATH_IN))
    paragraphs.append((stretch.labelled("mistake"), TextRole.DIM))
    return paragraphs if eased else [*paragraphs, (easier, TextRole.DIM)]
