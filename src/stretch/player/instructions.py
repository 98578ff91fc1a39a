"""Written instructions of a moment, page by page in the space there is, and in a pause how to continue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle

from stretch.core.narration.phrases import InstructionKind, next_label, opening, split_sentences
from stretch.core.narration.phrases import notes as notes_of
from stretch.core.narration.phrases import steps as steps_of
from stretch.core.text import duration, side_label
from stretch.core.timing.phases import NS_PER_MS, READING_WORDS_PER_MINUTE, Phase, PhaseKind
from stretch.core.timing.session import Session
from stretch.core.timing.timeline import LAST_SECONDS, Timeline
from stretch.core.vocabulary import Side
from stretch.player.big_font import big_text, big_text_width
from stretch.player.keymap import PAIN_ANSWERS
from stretch.player.layout import StyledLine, wrap_styled
from stretch.player.theme import TextRole

Paragraph = tuple[str, TextRole]
ROLES: Mapping[InstructionKind, TextRole] = {
    "alert": TextRole.ALERT, "note": TextRole.NAME, "ease": TextRole.ALERT, "side": TextRole.SIDE,
    "step": TextRole.PLAIN, "in": TextRole.BREATH_IN, "out": TextRole.BREATH_OUT, "feel": TextRole.DONE,
    "breath": TextRole.BREATH_IN, "mistake": TextRole.DIM, "easier": TextRole.DIM,
}  # fmt: skip
GETTING_READY = ("prepare", "switch")
CURRENT_STEPS: Mapping[PhaseKind, int] = {"hold": -1, "press": -3, "release": -2}
"""The step that is done in each kind of phase, counted from the last: the earlier ones are done already."""
TURNING_SHOWN_MS = 4_000
"""Time for which a change of direction is shown."""
IF_FELT = "If you feel this:"
SHORT_QUESTION = "STOP. If you feel:"
"""The question after a stop for pain, and that for a small window."""
PAGE_MS = 3_000
"""Shortest time for a page of instructions, which is left before what comes next."""
WORDS: Mapping[PhaseKind, str] = {"rest": "rest", "hold": "hold", "release": "let go", "settle": "rest"}
"""What comes next, by the kind of its phase."""


def instructions(session: Session, cells: int, height: int) -> list[StyledLine]:
    """Return the page for this moment, of whole sentences in *height* lines of at most *cells*.

    The steps come first, page by page. While the stretch is done they alternate with what to feel and to avoid and
    with the easier way; where there is room for all, all of it stays.
    """
    moment = session.moment
    phase, elapsed_ms = moment.phase, session.position_ms - moment.phase.start_ms
    length_ms, turning_ms = phase.length_ms - ahead_ms(phase), phase.turning_ms
    turned = phase.has_turned(elapsed_ms)
    if turning_ms is not None:
        # Each direction has all pages of its own.
        elapsed_ms -= turning_ms if turned else 0
        length_ms = length_ms - turning_ms if turned else turning_ms
    eased = phase.activity_id in session.easier_ids or bool(phase.item and phase.item.adapted)
    # Wrapping is most of the work of a frame, and the pages are the same for the whole phase.
    cache = session.timeline.__dict__.setdefault("instructions", {})
    key = moment.index, turned, eased, cells, height
    if key not in cache:
        cache[key] = _pages(phase, turned, eased, cells, height)
    steps, notes = cache[key]
    return page_at(steps, notes, elapsed_ms, length_ms, cycling=phase.kind not in GETTING_READY)


def _pages(
    phase: Phase, turned: bool, eased: bool, cells: int, height: int
) -> tuple[list[list[StyledLine]], list[list[StyledLine]]]:
    """Return the pages of the steps and those of the rest; all of it as one page of steps if it fits."""
    begin = [*opening(phase, turned=turned, eased=eased)]
    found = begin, steps_of(phase), notes_of(phase, eased=eased)
    first, steps, notes = ([(text, ROLES[kind]) for kind, text in part] for part in found)
    for gap in (1, 0):
        if len(together := paginate([*first, *steps, *notes], cells, height, gap)) == 1:
            return together, []
    for gap in (1, 0):
        if len(apart := paginate([*first, *steps], cells, height, gap)) == 1:
            break
    else:
        is_easier = phase.kind not in GETTING_READY and any(kind == "ease" for kind, _ in begin)
        if is_easier or phase.kind == "rest":
            apart = _first_alone(phase.kind, first, steps, cells, height)
        elif phase.kind in CURRENT_STEPS:
            apart = _current_first(phase.kind, first, steps, cells, height)
        elif phase.kind == "move" and (pinned := _below_both_halves(first, steps, notes, cells, height)):
            return pinned
    return apart, [] if phase.kind in GETTING_READY else paginate(notes, cells, height, 0)


def _first_alone(
    kind: PhaseKind, first: list[Paragraph], steps: list[Paragraph], cells: int, height: int
) -> list[list[StyledLine]]:
    """Return pages of *first*, coming out or the easier way, before those of the *steps*, which say the opposite."""
    alone = paginate(first, cells, height, 0)
    if len(alone) > 1 and kind == "move":
        # The last two are the halves of a breath, which stay together.
        alone = [page for part in (first[:-2], first[-2:]) for page in paginate(part, cells, height, 0)]
    return [*alone, *paginate(steps, cells, height, 0)]


def _below_both_halves(
    first: list[Paragraph], steps: list[Paragraph], notes: list[Paragraph], cells: int, height: int
) -> tuple[list[list[StyledLine]], list[list[StyledLine]]] | None:
    """Return pages that each begin with *first*, what to do on each half of a breath; None if that leaves no room."""
    pinned = [line for text, role in first for line in wrap_styled(text, role, cells)]
    room = height - len(pinned)
    if any(len(wrap_styled(text, role, cells)) > room for text, role in (*steps, *notes)):
        return None
    on_steps, on_notes = ([[*pinned, *page] for page in paginate(part, cells, room, 0)] for part in (steps, notes))
    return on_steps, on_notes


def _current_first(
    kind: PhaseKind, first: list[Paragraph], steps: list[Paragraph], cells: int, height: int
) -> list[list[StyledLine]]:
    """Return pages of which the first has the step that is done now, and before it those of a hold that fit."""
    now = max(len(steps) + CURRENT_STEPS[kind], 0)
    start, end = now, now + 1
    # What is held takes two sentences: "Flatten your low back", and then "Keep it flat".
    while kind == "hold" and start and len(paginate([*first, *steps[start - 1 : end]], cells, height, 0)) == 1:
        start -= 1
    begun = paginate([*first, *steps[start:end]], cells, height, 0)
    # A long note must not hide what is to be done.
    begun = begun if len(begun) == 1 else paginate([*steps[start:end], *first], cells, height, 0)
    return [*begun, *paginate([*steps[:start], *steps[end:]], cells, height, 0)]


def paginate(paragraphs: Iterable[Paragraph], cells: int, height: int, gap: int) -> list[list[StyledLine]]:
    """Return pages of at most *height* lines with whole paragraphs, *gap* empty lines between them.

    Only a paragraph that is longer than a page is divided, between its sentences if these are short enough.
    """
    pages: list[list[StyledLine]] = [[]]
    for text, role in paragraphs:
        block = wrap_styled(text, role, cells)
        parts = [block] if len(block) <= height else [wrap_styled(part, role, cells) for part in split_sentences(text)]
        for part in parts:
            page = pages[-1]
            if not page:
                page += part[:height]
            elif len(page) + gap + len(part) <= height:
                page += [*[()] * gap, *part]
            else:
                pages.append(part[:height])
            pages += [part[start : start + height] for start in range(height, len(part), height)]
    return pages if pages[0] else []


def page_at(
    steps: Sequence[list[StyledLine]],
    notes: Sequence[list[StyledLine]],
    elapsed_ms: int,
    length_ms: int,
    *,
    cycling: bool,
) -> list[StyledLine]:
    """Return the page to show *elapsed_ms* into a phase of *length_ms*.

    No page is shown for less than PAGE_MS. The steps come first and share the time by their words. While *cycling* the
    notes follow, and all begin again if there is time to read them.
    """
    pages = [*steps, *notes] if cycling else [*steps]
    if length_ms < PAGE_MS * len(pages):
        pages = [*steps][: max(1, length_ms // PAGE_MS)]
    words = [sum(len(text.split()) for line in page for text, _ in line) for page in pages]
    lengths = [max(PAGE_MS, number * 60_000 // READING_WORDS_PER_MINUTE) for number in words]
    if not cycling or sum(lengths) > length_ms:
        spare_ms = max(0, length_ms - PAGE_MS * len(pages))
        lengths = [PAGE_MS + spare_ms * number // max(1, sum(words)) for number in words]
    end_ms = 0
    for page, page_ms in cycle(zip(pages, lengths, strict=True)):
        end_ms += page_ms
        if elapsed_ms < end_ms or length_ms - end_ms < PAGE_MS:
            return page
    return []


def pause_message(session: Session) -> str:
    """Return why the session is paused and which key continues it; empty while it runs."""
    if session.help_open:
        return ""
    if session.sleep_gap_ns:
        return f"Welcome back after {duration(session.sleep_gap_ns // NS_PER_MS)}. Press any key to continue."
    if session.pain_stop is not None:
        offer, ways, symptoms = pain_question(session)
        ways_on, answers = (", ".join(f"{key} {words}" for key, words in keys) for keys in (ways, symptoms))
        return f"{offer} {ways_on}. {IF_FELT} {answers}."
    if session.waiting:
        return "Press any key when you are ready."
    return "Paused: space to continue." if session.paused else ""


def pain_question(session: Session, *, short: bool = False) -> tuple[str, list[tuple[str, str]], list[tuple[str, str]]]:
    """Return what is offered after a stop for pain, and the keys with their words: to go on, and for what is felt.

    The words of the keys are *short* for a small window.
    """
    phase = session.moment.phase
    offer, ways = "", [("Enter", "to try that", "easier way")]
    if session.two_in_a_row_hurt:
        offer = "Two stretches in a row hurt: better to rest now."
        ways = [("Enter", "to rest and end", "rest"), ("e", "for the easier way", "easier")]
    elif phase.item:
        offer = phase.item.stretch.for_side(phase.side).labelled("ease_off")
    else:
        ways = [("Enter", "to continue", "continue")]
    ways.append(("n", "to leave it out", "leave out"))
    symptoms = [(answer.label, answer.hint if short else answer.help) for answer in PAIN_ANSWERS]
    return f"Stopped. {offer}".rstrip(), [(key, brief if short else words) for key, words, brief in ways], symptoms


def ahead_ms(phase: Phase) -> int:
    """Return for how long before the end of *phase* it is shown what comes next."""
    if phase.kind not in ("warm-up", "hold", "move", "press"):
        return 0
    return max(min(LAST_SECONDS * 1000, phase.length_ms // 2, phase.length_ms - PAGE_MS), 0)


def next_pose(timeline: Timeline, index: int) -> tuple[str, Side | None, str] | None:
    """Return figure, side and label of the first pose that is another one than that of the phase at *index*."""
    here = timeline.phases[index]
    for before, phase in enumerate(timeline.phases[index + 1 :], index):
        if (phase.activity_id, phase.side) != (here.activity_id, here.side) and phase.kind != "rest":
            return phase.figure or phase.activity_id, phase.side, next_label(timeline, before)
    return None


def big_message(session: Session, cells: int, height: int, unicode: bool) -> list[StyledLine]:
    """Return what comes next or the change of direction in at most *height* lines; empty at other times."""
    moment = session.moment
    if session.clock_stopped or session.lead_in_ns:
        return []
    elapsed_ms, turning = session.position_ms - moment.phase.start_ms, moment.phase.turning_ms
    if turning is not None and turning <= elapsed_ms < turning + TURNING_SHOWN_MS:
        return _big(["change direction"], cells, height, unicode)
    if moment.left_ms > ahead_ms(moment.phase) or not moment.left_ms:
        return []
    words = _next_words(session.timeline, moment.index)
    return _big([*(f"next: {one}" for one in words), words[-1]], cells, height, unicode)


def _next_words(timeline: Timeline, index: int) -> list[str]:
    """Return what comes after the phase at *index*, and last in few words; the footer has it in full."""
    following = timeline.phases[index + 1 :]
    if not following:
        return ["done"]
    phase = following[0]
    if phase.kind == "switch":
        return [side_label(phase.side)]
    if phase.kind in WORDS:
        return [WORDS[phase.kind]]
    return [next_label(timeline, index), "stretch" if phase.item else "move"]


def _big(choices: Sequence[str], cells: int, height: int, unicode: bool) -> list[StyledLine]:
    """Return the first of *choices* that fits in big letters, or else the first in small ones."""
    for words in choices:
        lines = big_text(words, TextRole.ALERT, cells, min(max((height - 1) // 3, 1), 4), unicode)
        if big_text_width(words, 1) <= cells and len(lines) <= height:
            return [*lines]
    return wrap_styled(choices[0], TextRole.ALERT, cells)[:height]
