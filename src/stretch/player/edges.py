"""What stands around the picture: title and time left above, what comes next and the keys below."""

from __future__ import annotations

from functools import cache

from stretch.core import words
from stretch.core.narration.speech import up_next
from stretch.core.timing.session import Session
from stretch.player.keymap import KEYMAP, Binding
from stretch.player.notice import notice
from stretch.player.rows import Row, Run, shortened, width, wrapped
from stretch.player.style import Ink


def header(session: Session, columns: int) -> Row:
    """Return the title, which stretch of how many, and the time left in all."""
    count = _stretch_count(session)
    right = f"{words.clock(session.moment.total_left)} left "
    # However much was asked for, the time left is what people look for up here.
    left = f" {shortened(session.timeline.title, columns - len(count) - len(right) - 5)}"
    told: Row = ((left, Ink.DIM), (f"   {count}", Ink.DIM))
    return (*told, (" " * max(columns - width(told) - len(right), 1), Ink.PLAIN), (right, Ink.PLAIN))


def _stretch_count(session: Session) -> str:
    phase, timeline = session.moment.phase, session.timeline
    if phase.item is None:
        return "settle" if phase.kind == "settle" else "keep moving" if phase.closing else "warm-up"
    return f"stretch {timeline.number_at(session.moment.index)} of {len(timeline.items)}"


def progress(session: Session, columns: int, unicode: bool) -> Row:
    """Return how much of the session is done, as a line."""
    cells = max(columns - 2, 1)
    done = cells * session.position // session.timeline.length
    full, empty = ("━", "─") if unicode else ("=", "-")
    return ((" ", Ink.PLAIN), (full * done, Ink.DONE), (empty * (cells - done), Ink.LEFT))


def footer(session: Session, columns: int, *, roomy: bool, aside: str = "") -> list[Row]:
    """Return what comes next, or what a session that stands still waits for, and the keys."""
    told: list[Row] = [((f" {line}", Ink.ALERT),) for line in wrapped(notice(session) or aside, columns - 2)]
    following = up_next(session.timeline, session.moment.index)
    rows: list[Row] = told or [((" then  ", Ink.DIM), (following, Ink.PLAIN))]
    return [(), *rows, (), _hints(columns)] if roomy else [*rows, _hints(columns)]


@cache
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
