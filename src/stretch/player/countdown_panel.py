"""The column that is read from the floor: name, side, count, seconds left, breath, in letters as big as fit."""

from __future__ import annotations

from stretch.core.narration.phrases import rep_label
from stretch.core.text import dose_label, minutes_seconds
from stretch.core.timing.phases import NS_PER_MS, Phase
from stretch.core.timing.session import Session
from stretch.core.timing.timeline import BreathPosition, Moment
from stretch.player.layout import (
    BIG_HEIGHT,
    HALF_HEIGHT,
    StyledLine,
    big_text_width,
    block_text,
    half_height_text,
    pad_to_height,
    wrap_text,
)
from stretch.player.theme import TextRole

PANEL = 30
"""Cells of the column with the digits, the side and the breath."""
SMALL_PANEL = 23
"""The same beside a small figure; the longest of its words in half letters is as wide."""
LARGE_PANEL, LARGE_COLUMNS, LARGE_LINES = 46, 110, 34
"""On a screen of this size the column is wider and everything in it twice as big."""
MOST_DIGITS_MS = 99_000
"""More seconds than this are shown in minutes."""
ROOM_FOR_LETTERS = 13
"""Rows from which the side and the breath are written in big letters too."""
PROMPT_WORDS = {"prepare": "READY", "rest": "REST", "switch": "SWITCH", "press": "PRESS", "release": "RELAX"}
"""The one word for what to do, where it is not a breath."""


def countdown_panel(session: Session, cells: int, room: int, unicode: bool) -> list[StyledLine]:
    """Return the column that is read from the floor, in at most *room* rows.

    Where there is room for big letters, every block has its own rows whether it has something to say or not: what
    one looks for is always in the same place.
    """
    moment = session.moment
    name: list[StyledLine] = [((line, TextRole.NAME),) for line in wrap_text(phase_name(moment.phase), cells)[:2]]
    side, count = moment.phase.side or "", _count(moment)
    seconds = countdown_text(session)
    spare = room - 2
    if spare >= ROOM_FOR_LETTERS:
        scale = 1 if cells >= LARGE_PANEL and spare >= 2 * ROOM_FOR_LETTERS + 2 else 0
        letters = BIG_HEIGHT if scale else HALF_HEIGHT
        act = big(_prompt_word(session), _breath_ink(moment), cells, scale, unicode)
        # Two rows even for a short name, so that what is below does not move with the name.
        name = pad_to_height(name, 2)
        blocks = [
            pad_to_height(big(side.upper(), TextRole.SIDE, cells, scale, unicode), letters),
            pad_to_height(_line(count, TextRole.PLAIN), 1),
            pad_to_height(big(seconds, TextRole.TIME, cells, scale + 1, unicode), BIG_HEIGHT * (scale + 1)),
            pad_to_height(
                pad_to_height(act, letters) + _breath(session, cells, unicode, high=scale + 1), letters + scale + 1
            ),
        ]
    else:
        line = _line(", ".join(filter(None, (f"{side} side" if side else "", count))), TextRole.SIDE)
        scale = 1 if spare >= 8 else 0
        blocks = [line, big(seconds, TextRole.TIME, cells, scale, unicode), breath_line(session, cells, unicode)]
    return _stacked([name, *filter(None, blocks)], room)


def _stacked(blocks: list[list[StyledLine]], room: int) -> list[StyledLine]:
    """Return the blocks below one another, with as many empty rows between them as *room* has, from the last up."""
    spare = room - sum(map(len, blocks))
    rows: list[StyledLine] = []
    for index, block in enumerate(blocks):
        rows += ([()] if rows and len(blocks) - index <= spare else []) + block
    return rows


def countdown_text(session: Session) -> str:
    """Return the time that is left of the phase, or until it goes on: in seconds as long as two digits hold them."""
    milliseconds = -(-session.lead_in_ns // NS_PER_MS) or session.moment.left
    return minutes_seconds(milliseconds) if milliseconds > MOST_DIGITS_MS else str(-(-milliseconds // 1000))


def phase_name(phase: Phase) -> str:
    """Return the name of what is being done."""
    if phase.move:
        return phase.move.name
    return phase.item.stretch.name if phase.item else "Settle"


def _count(moment: Moment) -> str:
    phase = moment.phase
    if phase.kind == "warm-up":
        return "keep moving" if phase.closing else "warm-up"
    if phase.kind == "prepare" and phase.item:
        return dose_label(phase.item.stretch, phase.item.dose)
    if phase.kind == "move" and moment.breath:
        return f"breath {moment.breath.number} of {moment.breath.count}"
    return rep_label(phase)


def _prompt_word(session: Session) -> str:
    moment = session.moment
    if session.stopped_for is not None:
        return "STOP"
    if session.still:
        return "READY" if session.waiting else "PAUSED"
    if session.lead_in_ns:
        return "READY"
    if moment.phase.kind in PROMPT_WORDS:
        return PROMPT_WORDS[moment.phase.kind]
    if moment.breath and session.timeline.pattern.counted:
        return moment.breath.half.upper()
    return {"hold": "HOLD", "move": "MOVE", "settle": "REST"}.get(moment.phase.kind, "")


def _breath_ink(moment: Moment) -> TextRole:
    return TextRole.BREATH_OUT if moment.breath and moment.breath.half == "out" else TextRole.BREATH_IN


def big(text: str, ink: TextRole, cells: int, scale: int, unicode: bool) -> list[StyledLine]:
    """Return *text* in big letters of *scale*, or of the largest smaller one that *cells* have room for."""
    if not text:
        return []
    while scale and big_text_width(text, scale) > cells:
        scale -= 1
    if scale:
        return [((row, ink),) for row in block_text(text, scale, "█" if unicode else "#")]
    return [((row, ink),) for row in half_height_text(text)] if unicode else [((text, ink),)]


def _line(text: str, ink: TextRole) -> list[StyledLine]:
    return [((text, ink),)] if text else []


def _breath(session: Session, cells: int, unicode: bool, *, high: int = 1) -> list[StyledLine]:
    """Return the bar of the breath, *high* rows, with its own seconds beside the last of them.

    It fills on the way in and empties on the way out.
    """
    breath = session.moment.breath
    if breath is None or not session.timeline.pattern.counted or session.still or session.lead_in_ns:
        return []
    bar = _bar(breath, cells, unicode)
    return [bar[:-1]] * (high - 1) + [bar]


def _bar(breath: BreathPosition, cells: int, unicode: bool) -> StyledLine:
    length = min(cells - 3, 40 if cells >= LARGE_PANEL else 24)
    part = breath.elapsed / breath.length
    filled = round(length * (part if breath.half == "in" else 1 - part))
    full, empty = ("█", "░") if unicode else ("#", ".")
    seconds = -(-(breath.length - breath.elapsed) // 1000)
    ink = TextRole.BREATH_IN if breath.half == "in" else TextRole.BREATH_OUT
    return ((full * filled, ink), (empty * (length - filled), TextRole.LEFT), (f" {seconds}", ink))


def breath_line(session: Session, cells: int, unicode: bool) -> list[StyledLine]:
    """Return the word for what to do and the bar of the breath in one row."""
    act = _prompt_word(session)
    bar = _breath(session, cells - len(act) - 2, unicode)
    word: StyledLine = ((f"{act:<4}", _breath_ink(session.moment)),)
    return [(*word, (" ", TextRole.PLAIN), *bar[0])] if bar else ([word] if act else [])
