"""A session and a size become the rows of a screen; nothing is printed here and nothing remembered.

What matters most is biggest: the figure, the seconds left, the side, the breath. On a small screen the rest goes first.
"""

from __future__ import annotations

from functools import cache

from stretch.core.narration.phrases import next_label, rep_label
from stretch.core.text import duration, minutes_seconds, side_label
from stretch.core.timing.phases import NS_PER_MS
from stretch.core.timing.session import Session
from stretch.player.countdown_panel import (
    LARGE_COLUMNS,
    LARGE_LINES,
    LARGE_PANEL,
    PANEL,
    SMALL_PANEL,
    big,
    breath_line,
    countdown_panel,
    countdown_text,
    phase_name,
)
from stretch.player.figure_renderer import FigureRenderer
from stretch.player.instructions import full_column, under_figure
from stretch.player.keymap import KEYMAP, Binding
from stretch.player.layout import (
    StyledLine,
    StyledSpan,
    big_text_width,
    centred,
    ellipsize,
    fit_width,
    line_width,
    pad_to_height,
    side_by_side,
    wrap_text,
)
from stretch.player.theme import TextRole

FIGURES = ((72, 24, LARGE_PANEL), (60, 20, PANEL), (48, 16, PANEL), (36, 12, SMALL_PANEL))
"""Cells and rows of a figure, largest first, and the least cells of the column that stands beside it."""
HEAD, FOOT = 2, 2


def render_screen(
    session: Session,
    columns: int,
    lines: int,
    *,
    unicode: bool = True,
    pictures: FigureRenderer | None = None,
    aside: str = "",
) -> list[StyledLine]:
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
    return [fit_width(row, columns) for row in rows]


def _with_figure(session: Session, columns: int, lines: int, pictures: FigureRenderer, aside: str) -> list[StyledLine]:
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
    column = countdown_panel(session, columns - width - gap, body, unicode=True)
    top = [()] * ((body - height) // 2)
    rows = pad_to_height(side_by_side(([*top, *drawn], column), width, gap)[:body], body)
    text = under_figure(session, columns - 2, least) if least else []
    under: list[StyledLine] = [((" ", TextRole.PLAIN), *row) for row in text]
    head = [header(session, columns), progress(session, columns, unicode=True)]
    return [*head, *rows, *under, *[()] * (least - len(under)), *foot]


def _in_words(session: Session, columns: int, lines: int, unicode: bool, aside: str) -> list[StyledLine]:
    head = [header(session, columns), progress(session, columns, unicode)]
    foot = footer(session, columns, roomy=lines >= 22, aside=aside)
    room = lines - HEAD - len(foot)
    wide = columns >= PANEL + 36
    cells = LARGE_PANEL if columns >= LARGE_COLUMNS and lines >= LARGE_LINES else PANEL
    column = countdown_panel(session, cells if wide else columns - 2, room - wide, unicode)
    if wide:
        text = full_column(session, columns - cells - 6, room)
        left: list[StyledLine] = [((" ", TextRole.PLAIN), *row) for row in text]
        body = side_by_side((left, [(), *column]), columns - cells - 4)
    else:
        spare = room - len(column) - 1
        text = full_column(session, columns - 4, spare) if spare >= 3 else []
        body = [((" ", TextRole.PLAIN), *row) for row in ([*column, (), *text] if text else column)]
    return [*head, *pad_to_height(body[:room], room), *foot]


def _tiny(session: Session, columns: int, lines: int, unicode: bool) -> list[StyledLine]:
    """Return name, side, time and breath for a screen of a few rows."""
    moment = session.moment
    seconds = countdown_text(session)
    side = ", ".join(filter(None, (side_label(moment.phase.side), rep_label(moment.phase))))
    rows: list[StyledLine] = [((phase_name(moment.phase), TextRole.NAME),)]
    if lines >= 2:
        rows.append(((f"{seconds} s " if ":" not in seconds else f"{seconds} ", TextRole.TIME), (side, TextRole.SIDE)))
    # What to press when it hurts needs the room; time stands still meanwhile.
    if lines >= 5 and big_text_width(seconds, 0.5) <= columns and session.stopped_for is None:
        rows = [rows[0], ((side, TextRole.SIDE),), *big(seconds, TextRole.TIME, columns, 0, unicode)]
    rows += breath_line(session, columns, unicode)
    if lines > len(rows) and (told := pause_message(session)):
        rows += [((line, TextRole.ALERT),) for line in wrap_text(told, columns)]
    elif lines > len(rows):
        rows.append(((f"then {next_label(session.timeline, moment.index)}", TextRole.DIM),))
    return rows


def _help(columns: int) -> list[StyledLine]:
    rows: list[StyledLine] = [((" Keys", TextRole.NAME),), ()]
    for binding in KEYMAP:
        rows.append(((f" {binding.label:>6}  ", TextRole.KEY), (binding.help, TextRole.PLAIN)))
    return [*rows, (), centred((("any key goes on", TextRole.DIM),), min(columns, 60))]


def header(session: Session, columns: int) -> StyledLine:
    """Return the title, which stretch of how many, and the time left in all."""
    count = _stretch_count(session)
    right = f"{minutes_seconds(session.moment.total_left)} left "
    # However much was asked for, the time left is what people look for up here.
    left = f" {ellipsize(session.timeline.title, columns - len(count) - len(right) - 5)}"
    told: StyledLine = ((left, TextRole.DIM), (f"   {count}", TextRole.DIM))
    return (*told, (" " * max(columns - line_width(told) - len(right), 1), TextRole.PLAIN), (right, TextRole.PLAIN))


def _stretch_count(session: Session) -> str:
    phase, timeline = session.moment.phase, session.timeline
    if phase.item is None:
        return "settle" if phase.kind == "settle" else "keep moving" if phase.closing else "warm-up"
    return f"stretch {timeline.number_at(session.moment.index)} of {len(timeline.items)}"


def progress(session: Session, columns: int, unicode: bool) -> StyledLine:
    """Return how much of the session is done, as a line."""
    cells = max(columns - 2, 1)
    done = cells * session.position // session.timeline.length
    full, empty = ("━", "─") if unicode else ("=", "-")
    return ((" ", TextRole.PLAIN), (full * done, TextRole.DONE), (empty * (cells - done), TextRole.LEFT))


def footer(session: Session, columns: int, *, roomy: bool, aside: str = "") -> list[StyledLine]:
    """Return what comes next, or what a session that stands still waits for, and the keys."""
    told: list[StyledLine] = [
        ((f" {line}", TextRole.ALERT),) for line in wrap_text(pause_message(session) or aside, columns - 2)
    ]
    following = next_label(session.timeline, session.moment.index)
    rows: list[StyledLine] = told or [((" then  ", TextRole.DIM), (following, TextRole.PLAIN))]
    return [(), *rows, (), _hints(columns)] if roomy else [*rows, _hints(columns)]


@cache
def _hints(columns: int) -> StyledLine:
    """Return as many of the keys as fit, the most needed ones, in the order of the table."""
    shown: list[Binding] = []
    for binding in sorted(KEYMAP, key=lambda binding: binding.rank):
        if sum(len(one.label) + len(one.hint) + 3 for one in (*shown, binding)) <= columns:
            shown.append(binding)
    row: list[StyledSpan] = []
    for binding in KEYMAP:
        if binding in shown:
            row += [
                (" ", TextRole.PLAIN),
                (binding.label, TextRole.KEY),
                (f" {binding.hint} " if binding.hint else "", TextRole.DIM),
            ]
    return tuple(row)


def pause_message(session: Session) -> str:
    """Return why time stands still and which key goes on; empty while it runs."""
    if session.helping:
        return ""
    if session.away_ns:
        return f"Welcome back: {duration(session.away_ns // NS_PER_MS)} away. Any key goes on."
    if session.stopped_for is not None:
        item = session.moment.phase.item
        how = f"Easier: {item.stretch.ease_off} Any key tries that" if item else "Any key goes on with it"
        return (
            f"Stopped. {how}, n leaves it out. "
            "Press 1 if you are numb or it spreads, 2 if dizzy or breathless, 3 if your eyes hurt or blur."
        )
    if session.waiting:
        return "Take your time. Any key starts."
    return "Paused. Space goes on." if session.paused else ""
