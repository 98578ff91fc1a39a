"""A session and a size become the rows of a screen; nothing is printed here and nothing remembered.

What matters most is biggest: the seconds left, the side, the breath. On a small screen the rest goes first.
"""

from __future__ import annotations

from stretch.core import words
from stretch.core.phases import WORKING, Phase
from stretch.core.routine import Routine
from stretch.core.session import Session
from stretch.core.speech import of_reps, up_next
from stretch.core.timeline import Moment
from stretch.stage import bigtext
from stretch.stage.keymap import KEYMAP, Binding
from stretch.stage.notice import notice
from stretch.stage.panel import LARGE_COLUMNS, LARGE_LINES, LARGE_PANEL, PANEL, big, breath_line, name_of, panel
from stretch.stage.rows import Row, Run, centred, fitted, wrapped
from stretch.stage.style import Ink


def view(session: Session, routine: Routine, columns: int, lines: int, *, unicode: bool = True) -> list[Row]:
    """Return exactly *lines* rows of exactly *columns* cells."""
    if columns < 1 or lines < 1:
        return []
    moment = session.moment
    if session.helping:
        rows = _help(columns)
    elif lines < 10 or columns < 34:
        rows = _tiny(session, moment, columns, lines, unicode)
    else:
        rows = _full(session, routine, moment, columns, lines, unicode)
    rows = rows[:lines] + [()] * (lines - len(rows))
    return [fitted(row, columns) for row in rows]


def _full(session: Session, routine: Routine, moment: Moment, columns: int, lines: int, unicode: bool) -> list[Row]:
    head: list[Row] = [_header(routine, moment, columns), _progress(session, columns, unicode)]
    foot = _footer(session, moment, columns, roomy=lines >= 22)
    room = lines - len(head) - len(foot)
    wide = columns >= PANEL + 36
    cells = LARGE_PANEL if columns >= LARGE_COLUMNS and lines >= LARGE_LINES else PANEL
    column = panel(session, moment, cells if wide else columns - 2, room - wide, unicode)
    if wide:
        text = _text(session, routine, moment, columns - cells - 6, room)
        body = _beside(text, [(), *column], columns - cells - 4, room)
    else:
        spare = room - len(column) - 1
        text = _text(session, routine, moment, columns - 4, spare) if spare >= 3 else []
        body = [*column, (), *text] if text else column
        body = [((" ", Ink.PLAIN), *row) for row in body]
    body = body[:room] + [()] * (room - len(body))
    return [*head, *body, *foot]


def _beside(left: list[Row], right: list[Row], cells: int, room: int) -> list[Row]:
    rows = []
    for index in range(room):
        first = fitted(((" ", Ink.PLAIN), *left[index]) if index < len(left) else (), cells)
        rows.append((*first, ("  ", Ink.PLAIN), *(right[index] if index < len(right) else ())))
    return rows


def _header(routine: Routine, moment: Moment, columns: int) -> Row:
    left = f" {routine.title}"
    count = _stretch_count(routine, moment.phase)
    right = f"{words.clock(moment.total_left)} left "
    middle = " " * max(columns - len(left) - len(count) - len(right) - 3, 1)
    return ((left, Ink.DIM), (f"   {count}" if count else "   ", Ink.DIM), (middle, Ink.PLAIN), (right, Ink.PLAIN))


def _stretch_count(routine: Routine, phase: Phase) -> str:
    if phase.item is None:
        return "warm-up" if phase.kind == "warm-up" else "settle"
    # By identity: comparing whole stretches at every frame is dear.
    number = next(number for number, item in enumerate(routine.items, start=1) if item is phase.item)
    return f"stretch {number} of {len(routine.items)}"


def _progress(session: Session, columns: int, unicode: bool) -> Row:
    cells = max(columns - 2, 1)
    done = cells * session.position // session.timeline.length
    full, empty = ("━", "─") if unicode else ("=", "-")
    return ((" ", Ink.PLAIN), (full * done, Ink.DONE), (empty * (cells - done), Ink.LEFT))


def _footer(session: Session, moment: Moment, columns: int, *, roomy: bool) -> list[Row]:
    told: list[Row] = [((f" {line}", Ink.ALERT),) for line in wrapped(notice(session), columns - 2)]
    following = up_next(session.timeline, moment.index)
    rows: list[Row] = told or [((" then  ", Ink.DIM), (following, Ink.PLAIN))]
    return [(), *rows, (), _hints(columns)] if roomy else [*rows, _hints(columns)]


def _hints(columns: int) -> Row:
    """Return as many of the keys as fit, the most needed ones, in the order of the table."""
    shown: list[Binding] = []
    for binding in sorted(KEYMAP, key=lambda binding: binding.rank):
        if sum(len(one.label) + len(one.hint) + 3 for one in (*shown, binding)) <= columns:
            shown.append(binding)
    row: list[Run] = []
    for binding in KEYMAP:
        if binding in shown:
            row += [(" ", Ink.PLAIN), (binding.label, Ink.KEY), (f" {binding.hint} " if binding.hint else "", Ink.DIM)]
    return tuple(row)


def _text(session: Session, routine: Routine, moment: Moment, cells: int, room: int) -> list[Row]:
    """Return what to do in words: the steps, the breath, what goes wrong, and the easier way, as far as they fit."""
    phase = moment.phase
    rows: list[Row] = [()]
    if phase.move:
        return rows + [((line, Ink.PLAIN),) for line in wrapped(phase.move.text, cells)]
    if phase.item is None:
        return rows + [((line, Ink.PLAIN),) for line in wrapped(routine.settle_text, cells)]
    stretch = phase.item.stretch
    if phase.kind == "prepare" and phase.moved:
        rows += [((f"Now {words.IN_POSITION[phase.item.position]}.", Ink.ALERT),), ()]
    parts = [(step, Ink.PLAIN) for step in stretch.steps]
    if stretch.side_means and phase.side:
        parts.insert(0, (f"{phase.side.capitalize()}: {stretch.side_means}.", Ink.SIDE))
    if phase.kind in WORKING:
        parts.append((stretch.breath, Ink.BREATH_IN))
    parts += [(f"Not: {stretch.mistake}", Ink.DIM), (f"Easier: {stretch.ease_off}", Ink.DIM)]
    if phase.item.adapted or stretch.id in session.eased:
        parts.pop()
        parts.insert(0, (f"Easier: {stretch.ease_off}", Ink.ALERT))
    for text, ink in parts:
        block: list[Row] = [((line, ink),) for line in wrapped(text, cells)]
        if len(rows) + len(block) > room:
            break
        rows += [*block, ()] if len(rows) + len(block) < room else block
    return rows


def _tiny(session: Session, moment: Moment, columns: int, lines: int, unicode: bool) -> list[Row]:
    """Return name, side, time and breath for a screen of a few rows."""
    seconds = words.clock(moment.left) if moment.left > 99_000 else str(-(-moment.left // 1000))
    side = ", ".join(filter(None, (words.side(moment.phase.side), of_reps(moment.phase))))
    rows: list[Row] = [((name_of(moment), Ink.NAME),)]
    if lines >= 2:
        rows.append(((f"{seconds} s " if ":" not in seconds else f"{seconds} ", Ink.TIME), (side, Ink.SIDE)))
    if lines >= 5 and bigtext.width(seconds, 0.5) <= columns:
        rows = [rows[0], ((side, Ink.SIDE),), *big(seconds, Ink.TIME, columns, 0, unicode)]
    rows += breath_line(session, moment, columns, unicode)
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
