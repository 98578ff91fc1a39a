"""Announcements in big letters: the next thing to do in the last seconds of a phase, and a change of direction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stretch.core.narration.phrases import next_label
from stretch.core.text import side_label
from stretch.core.timing.phases import Phase, PhaseKind
from stretch.core.timing.session import Session
from stretch.core.timing.timeline import LAST_SECONDS, Timeline
from stretch.core.vocabulary import Side
from stretch.player.big_font import big_text, big_text_width
from stretch.player.layout import StyledLine, wrap_styled
from stretch.player.theme import TextRole

TURNING_SHOWN_MS = 4_000
"""Time for which a change of direction is shown."""
PAGE_MS = 3_000
"""Shortest time for a page of instructions, which is left before what comes next."""
WORDS: Mapping[PhaseKind, str] = {"rest": "rest", "hold": "hold", "release": "let go", "settle": "rest"}
"""What comes next, by the kind of its phase."""


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
