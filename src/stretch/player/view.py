"""A session and a size become the rows of a screen; nothing is printed here and nothing remembered.

What matters most is biggest: the figure, the seconds left, the side, the breath. On a small screen the rest goes first.
"""

from __future__ import annotations

from stretch.core import words
from stretch.core.narration.speech import of_reps, up_next
from stretch.core.timing.session import Session
from stretch.player import bigtext
from stretch.player.edges import footer, header, progress
from stretch.player.guidance import below_a_figure, beside_nothing
from stretch.player.keymap import KEYMAP
from stretch.player.notice import notice
from stretch.player.panel import (
    LARGE_COLUMNS,
    LARGE_LINES,
    LARGE_PANEL,
    PANEL,
    SMALL_PANEL,
    big,
    breath_line,
    digits,
    name_of,
    panel,
)
from stretch.player.picture import Pictures
from stretch.player.rows import Row, beside, centred, fitted, high, wrapped
from stretch.player.style import Ink

FIGURES = ((72, 24, LARGE_PANEL), (60, 20, PANEL), (48, 16, PANEL), (36, 12, SMALL_PANEL))
"""Cells and rows of a figure, largest first, and the least cells of the column that stands beside it."""
HEAD, FOOT = 2, 2


def view(
    session: Session,
    columns: int,
    lines: int,
    *,
    unicode: bool = True,
    pictures: Pictures | None = None,
    aside: str = "",
) -> list[Row]:
    """Return exactly *lines* rows of exactly *columns* cells; without *pictures* the words have their place.

    *aside* is said in place of what comes next.
    """
    if columns < 1 or lines < 1:
        return []
    if session.helping:
        rows = _help(columns)
    elif lines < 10 or columns < 34:
        rows = _tiny(session, columns, lines, unicode)
    elif pictures and unicode and (drawn := _with_figure(session, columns, lines, pictures, aside)):
        rows = drawn
    else:
        rows = _in_words(session, columns, lines, unicode, aside)
    rows = rows[:lines] + [()] * (lines - len(rows))
    return [fitted(row, columns) for row in rows]


def _with_figure(session: Session, columns: int, lines: int, pictures: Pictures, aside: str) -> list[Row]:
    """Return the screen with the figure at the left; empty where it has no room, or there is none for this moment."""
    moment = session.moment
    least = 3 if lines < 24 else 4
    for width, height, least_cells in FIGURES:
        if columns >= width + least_cells + 1 and lines >= height + HEAD + FOOT + least:
            break
    else:
        return []
    drawn = pictures.rows(moment.shown, width, height, pressing=moment.phase.kind == "press")
    if not drawn and moment.phase.kind != "settle":
        return []
    foot = footer(session, columns, roomy=False, aside=aside)
    # What is said aside takes its rows from the words, never from the figure or from the keys.
    least = max(least - (len(foot) - FOOT), 0)
    body = lines - HEAD - len(foot) - least
    gap = 2 if columns > width + least_cells + 1 else 1
    column = panel(session, columns - width - gap, body, unicode=True)
    top = [()] * ((body - height) // 2)
    rows = high(beside(([*top, *drawn], column), width, gap)[:body], body)
    text = below_a_figure(session, columns - 2, least) if least else []
    under: list[Row] = [((" ", Ink.PLAIN), *row) for row in text]
    head = [header(session, columns), progress(session, columns, unicode=True)]
    return [*head, *rows, *under, *[()] * (least - len(under)), *foot]


def _in_words(session: Session, columns: int, lines: int, unicode: bool, aside: str) -> list[Row]:
    head = [header(session, columns), progress(session, columns, unicode)]
    foot = footer(session, columns, roomy=lines >= 22, aside=aside)
    room = lines - HEAD - len(foot)
    wide = columns >= PANEL + 36
    cells = LARGE_PANEL if columns >= LARGE_COLUMNS and lines >= LARGE_LINES else PANEL
    column = panel(session, cells if wide else columns - 2, room - wide, unicode)
    if wide:
        text = beside_nothing(session, columns - cells - 6, room)
        left: list[Row] = [((" ", Ink.PLAIN), *row) for row in text]
        body = beside((left, [(), *column]), columns - cells - 4)
    else:
        spare = room - len(column) - 1
        text = beside_nothing(session, columns - 4, spare) if spare >= 3 else []
        body = [((" ", Ink.PLAIN), *row) for row in ([*column, (), *text] if text else column)]
    return [*head, *high(body[:room], room), *foot]


def _tiny(session: Session, columns: int, lines: int, unicode: bool) -> list[Row]:
    """Return name, side, time and breath for a screen of a few rows."""
    moment = session.moment
    seconds = digits(session)
    side = ", ".join(filter(None, (words.side(moment.phase.side), of_reps(moment.phase))))
    rows: list[Row] = [((name_of(moment.phase), Ink.NAME),)]
    if lines >= 2:
        rows.append(((f"{seconds} s " if ":" not in seconds else f"{seconds} ", Ink.TIME), (side, Ink.SIDE)))
    # What to press when it hurts needs the room; time stands still meanwhile.
    if lines >= 5 and bigtext.width(seconds, 0.5) <= columns and session.stopped_for is None:
        rows = [rows[0], ((side, Ink.SIDE),), *big(seconds, Ink.TIME, columns, 0, unicode)]
    rows += breath_line(session, columns, unicode)
    if lines > len(rows) and (told := notice(session)):
        rows += [((line, Ink.ALERT),) for line in wrapped(told, columns)]
    elif lines > len(rows):
        rows.append(((f"then {up_next(session.timeline, moment.index)}", Ink.DIM),))
    return rows


def _help(columns: int) -> list[Row]:
    rows: list[Row] = [((" Keys", Ink.NAME),), ()]
    for binding in KEYMAP:
        rows.append(((f" {binding.label:>6}  ", Ink.KEY), (binding.help, Ink.PLAIN)))
    return [*rows, (), centred((("any key goes on", Ink.DIM),), min(columns, 60))]
