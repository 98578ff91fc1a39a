"""Screens outside a session: a state is drawn and changed by keys until it is finished.

They use the terminal as the session does: only changed cells are written, and a resized window is redrawn.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Protocol, TypeVar

from stretch.core.errors import Signalled
from stretch.player.displays import FRAME_S
from stretch.player.layout import StyledLine
from stretch.player.loop import Clock, InputSource

S = TypeVar("S")
GUARD_NS = 300_000_000
"""Keys are ignored until what they answer has been visible for this long."""


class ScreenTerminal(InputSource, Protocol):
    """A terminal as the screens use it."""

    def size(self) -> tuple[int, int]:
        """Return the columns and lines."""

    def draw(self, rows: Sequence[StyledLine]) -> bool:
        """Draw *rows* and return whether all of them are shown."""


def run_screen(
    terminal: ScreenTerminal,
    state: S,
    *,
    rows: Callable[[S, int, int], Sequence[StyledLine]],
    update: Callable[[S, str], S],
    finished: Callable[[S], bool],
    clock: Clock,
    guarded: Callable[[S], Hashable] = lambda state: None,
    animate: Callable[[S, int], S] = lambda state, elapsed_ns: state,
) -> S:
    """Draw *state* as *rows* of columns and lines, *update* it by keys until it is *finished*, and return it.

    While `guarded(state)` is new, and not None, keys are ignored until it has been visible for GUARD_NS. *animate*
    gets the time since the screen began, before every frame.
    Raise Signalled if a signal or a closed window ends the screen.
    """
    started_ns = clock()
    view: Hashable = None
    visible_since: int | None = None
    while True:
        state = animate(state, clock() - started_ns)
        if finished(state):
            return state
        if guarded(state) != view:
            view, visible_since = guarded(state), None
        if terminal.draw(rows(state, *terminal.size())) and visible_since is None:
            visible_since = clock()
        event = terminal.read(FRAME_S)
        if event.signal is not None:
            raise Signalled(event.signal)
        if event.suspended or event.frozen_ns:
            visible_since = None
        if event.key is None or (view is not None and (visible_since is None or clock() - visible_since < GUARD_NS)):
            continue
        state = update(state, event.key)
