"""The column that is read from the floor: name, side, count, seconds left, breath, in letters as big as fit."""

from __future__ import annotations

from stretch.core import words
from stretch.core.hearing.speech import of_reps
from stretch.core.timing.session import NS_PER_MS, Session
from stretch.core.timing.timeline import BreathNow, Moment
from stretch.stage import bigtext
from stretch.stage.rows import Row, wrapped
from stretch.stage.style import Ink

PANEL = 30
"""Cells of the column with the digits, the side and the breath."""
SMALL_PANEL = 23
"""The same beside a small figure; the longest of its words in half letters is as wide."""
LARGE_PANEL, LARGE_COLUMNS, LARGE_LINES = 46, 110, 34
"""On a screen of this size the column is wider and everything in it twice as big."""
NS_PER_S = 1000 * NS_PER_MS
ROOM_FOR_LETTERS = 13
"""Rows from which the side and the breath are written in big letters too."""
ACTS = {"prepare": "READY", "rest": "REST", "switch": "SWITCH", "press": "PRESS", "release": "RELAX"}
"""The one word for what to do, where it is not a breath."""


def panel(session: Session, moment: Moment, cells: int, room: int, unicode: bool) -> list[Row]:
    """Return the column that is read from the floor, in at most *room* rows.

    Where there is room for big letters, every block has its own rows whether it has something to say or not: what
    one looks for is always in the same place.
    """
    name: list[Row] = [((line, Ink.NAME),) for line in wrapped(name_of(moment), cells)[:2]]
    side, count = moment.phase.side or "", _count(moment)
    digits = words.clock(moment.left) if moment.left > 99_000 else str(-(-moment.left // 1000))
    if session.lead_in_ns:
        digits = str(-(-session.lead_in_ns // NS_PER_S))
    spare = room - 2
    if spare >= ROOM_FOR_LETTERS:
        scale = 1 if cells >= LARGE_PANEL and spare >= 2 * ROOM_FOR_LETTERS + 2 else 0
        letters = bigtext.HEIGHT if scale else bigtext.HALF_HEIGHT
        act = big(_act(session, moment), _breath_ink(moment), cells, scale, unicode)
        # Two rows even for a short name, so that what is below does not move with the name.
        name = _high(name, 2)
        blocks = [
            _high(big(side.upper(), Ink.SIDE, cells, scale, unicode), letters),
            _high(_line(count, Ink.PLAIN), 1),
            _high(big(digits, Ink.TIME, cells, scale + 1, unicode), bigtext.HEIGHT * (scale + 1)),
            _high(_high(act, letters) + _breath(session, moment, cells, unicode) * (scale + 1), letters + scale + 1),
        ]
    else:
        line = _line(", ".join(filter(None, (f"{side} side" if side else "", count))), Ink.SIDE)
        scale = 1 if spare >= 8 else 0
        blocks = [line, big(digits, Ink.TIME, cells, scale, unicode), breath_line(session, moment, cells, unicode)]
    return _stacked([name, *filter(None, blocks)], room)


def _stacked(blocks: list[list[Row]], room: int) -> list[Row]:
    """Return the blocks below one another, with as many empty rows between them as *room* has, from the last up."""
    spare = room - sum(map(len, blocks))
    rows: list[Row] = []
    for index, block in enumerate(blocks):
        rows += ([()] if rows and len(blocks) - index <= spare else []) + block
    return rows


def _high(block: list[Row], lines: int) -> list[Row]:
    return block + [()] * (lines - len(block))


def name_of(moment: Moment) -> str:
    """Return the name of what is being done."""
    phase = moment.phase
    if phase.move:
        return phase.move.name
    return phase.item.stretch.name if phase.item else "Settle"


def _count(moment: Moment) -> str:
    phase = moment.phase
    if phase.kind == "warm-up":
        return "keep moving" if phase.closing else "warm-up"
    if phase.kind == "prepare" and phase.item:
        return words.dose(phase.item.stretch, phase.item.dose)
    if phase.kind == "move" and moment.breath:
        return f"breath {moment.breath.number} of {moment.breath.count}"
    return of_reps(phase)


def _act(session: Session, moment: Moment) -> str:
    if session.stopped_for is not None:
        return "STOP"
    if session.still:
        return "READY" if session.waiting else "PAUSED"
    if session.lead_in_ns:
        return "READY"
    if moment.phase.kind in ACTS:
        return ACTS[moment.phase.kind]
    if moment.breath and session.timeline.pattern.counted:
        return moment.breath.half.upper()
    return {"hold": "HOLD", "move": "MOVE", "settle": "REST"}.get(moment.phase.kind, "")


def _breath_ink(moment: Moment) -> Ink:
    return Ink.BREATH_OUT if moment.breath and moment.breath.half == "out" else Ink.BREATH_IN


def big(text: str, ink: Ink, cells: int, scale: int, unicode: bool) -> list[Row]:
    """Return *text* in big letters of *scale*, or of the largest smaller one that *cells* have room for."""
    if not text:
        return []
    while scale and bigtext.width(text, scale) > cells:
        scale -= 1
    if scale:
        return [((row, ink),) for row in bigtext.blocks(text, scale, "█" if unicode else "#")]
    return [((row, ink),) for row in bigtext.half(text)] if unicode else [((text, ink),)]


def _line(text: str, ink: Ink) -> list[Row]:
    return [((text, ink),)] if text else []


def _breath(session: Session, moment: Moment, cells: int, unicode: bool) -> list[Row]:
    """Return the bar of the breath with its own seconds: it fills on the way in and empties on the way out."""
    breath = moment.breath
    if breath is None or not session.timeline.pattern.counted or session.still or session.lead_in_ns:
        return []
    return [_bar(breath, cells, unicode)]


def _bar(breath: BreathNow, cells: int, unicode: bool) -> Row:
    length = min(cells - 3, 40 if cells >= LARGE_PANEL else 24)
    part = breath.elapsed / breath.length
    filled = round(length * (part if breath.half == "in" else 1 - part))
    full, empty = ("█", "░") if unicode else ("#", ".")
    seconds = -(-(breath.length - breath.elapsed) // 1000)
    ink = Ink.BREATH_IN if breath.half == "in" else Ink.BREATH_OUT
    return ((full * filled, ink), (empty * (length - filled), Ink.LEFT), (f" {seconds}", ink))


def breath_line(session: Session, moment: Moment, cells: int, unicode: bool) -> list[Row]:
    """Return the word for what to do and the bar of the breath in one row."""
    act = _act(session, moment)
    bar = _breath(session, moment, cells - len(act) - 2, unicode)
    word: Row = ((f"{act:<4}", _breath_ink(moment)),)
    return [(*word, (" ", Ink.PLAIN), *bar[0])] if bar else ([word] if act else [])
