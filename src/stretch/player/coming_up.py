"""Announcements in big letters: the next thing to do in the last seconds of a phase, and a change of direction."""

from __future__ import annotations

from collections.abc import Mapping

from stretch.core.narration.phrases import next_label
from stretch.core.text import side_label
from stretch.core.timing.cues import LAST_SECONDS
from stretch.core.timing.phases import Phase, PhaseKind
from stretch.core.timing.session import Session
from stretch.core.timing.timeline import Timeline
from stretch.core.vocabulary import Side
from stretch.player.big_font import big_text, big_text_width
from stretch.player.layout import StyledLine, wrap_styled
from stretch.player.theme import TextRole

TURNING_SHOWN_MS = 4_000
"""Time for which a change of direction is shown."""
SHORTEST_MS = 6_000
"""A shorter phase leaves no time for what comes next beside its own instructions."""
WORDS: Mapping[PhaseKind, str] = {"rest": "rest", "hold": "hold", "release": "let go", "settle": "rest"}
"""What comes next, by the kind of its phase."""


def ahead_ms(phase: Phase) -> int:
    """Return for how long before the end of *phase* it is shown what comes next."""
    done_now = phase.kind in ("warm-up", "hold", "move", "press") and phase.length_ms >= SHORTEST_MS
    return min(LAST_SECONDS * 1000, phase.length_ms // 2) if done_now else 0


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
        return _big("change direction", "", cells, height, unicode)
    if moment.left_ms > ahead_ms(moment.phase) or not moment.left_ms:
        return []
    short, full = _next_words(session.timeline, moment.index)
    return _big(f"next: {short}", full, cells, height, unicode)


def _next_words(timeline: Timeline, index: int) -> tuple[str, str]:
    """Return what comes after the phase at *index* in few words, and in full if they leave something out."""
    following = timeline.phases[index + 1 :]
    if not following:
        return "done", ""
    phase = following[0]
    if phase.kind == "switch":
        return side_label(phase.side), ""
    if phase.kind in WORDS:
        return WORDS[phase.kind], ""
    return "stretch" if phase.item else "move", next_label(timeline, index)


def _big(short: str, full: str, cells: int, height: int, unicode: bool) -> list[StyledLine]:
    """Return *full* in big letters if it fits, else *short* and below it *full* in small ones."""
    for words, below in ((f"next: {full}", "") if full else (short, ""), (short, full)):
        lines = big_text(words, TextRole.ALERT, cells, min(max((height - 1) // 3, 1), 4), unicode)
        small = wrap_styled(below, TextRole.ALERT, cells)
        if big_text_width(words, 1) <= cells and len(lines) + len(small) <= height:
            return [*lines, *small]
    return wrap_styled(f"{short} ({full})" if full else short, TextRole.ALERT, cells)[:height]
