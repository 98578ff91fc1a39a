"""What stands around the picture: title and time left above, what comes next and the keys below."""

from __future__ import annotations

from stretch.core import words
from stretch.core.hearing.speech import up_next
from stretch.core.routine import Routine
from stretch.core.timing.phases import Phase
from stretch.core.timing.session import Session
from stretch.core.timing.timeline import Moment
from stretch.stage.keymap import KEYMAP, Binding
from stretch.stage.notice import notice
from stretch.stage.rows import Row, Run, wrapped
from stretch.stage.style import Ink


def header(routine: Routine, moment: Moment, columns: int) -> Row:
    """Return the title, which stretch of how many, and the time left in all."""
    left = f" {routine.title}"
    count = _stretch_count(routine, moment.phase)
    right = f"{words.clock(moment.total_left)} left "
    middle = " " * max(columns - len(left) - len(count) - len(right) - 3, 1)
    return ((left, Ink.DIM), (f"   {count}" if count else "   ", Ink.DIM), (middle, Ink.PLAIN), (right, Ink.PLAIN))


def _stretch_count(routine: Routine, phase: Phase) -> str:
    if phase.item is None:
        return "settle" if phase.kind == "settle" else "keep moving" if phase.closing else "warm-up"
    # By identity: comparing whole stretches at every frame is dear.
    number = next(number for number, item in enumerate(routine.items, start=1) if item is phase.item)
    return f"stretch {number} of {len(routine.items)}"


def progress(session: Session, columns: int, unicode: bool) -> Row:
    """Return how much of the session is done, as a line."""
    cells = max(columns - 2, 1)
    done = cells * session.position // session.timeline.length
    full, empty = ("━", "─") if unicode else ("=", "-")
    return ((" ", Ink.PLAIN), (full * done, Ink.DONE), (empty * (cells - done), Ink.LEFT))


def footer(session: Session, moment: Moment, columns: int, *, roomy: bool, aside: str = "") -> list[Row]:
    """Return what comes next, or what a session that stands still waits for, and the keys."""
    told: list[Row] = [((f" {line}", Ink.ALERT),) for line in wrapped(notice(session) or aside, columns - 2)]
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
