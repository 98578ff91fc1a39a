"""Screens outside a session: a state is drawn and changed by keys until it is finished.

They use the terminal as the session does: only changed cells are written, and a resized window is redrawn.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Protocol, TypeVar

from stretch.core.errors import Signalled
from stretch.player.displays import FRAME_S
from stretch.player.layout import StyledLine, fit_width, key_lines, pad_to_height, wrap_styled
from stretch.player.loop import Clock, InputSource
from stretch.player.theme import TextRole

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
    observe: Callable[[S], None] = lambda state: None,
) -> S:
    """Draw *state* as *rows* of columns and lines, *update* it by keys until it is *finished*, and return it.

    While `guarded(state)` is new, and not None, keys are ignored until it has been visible for GUARD_NS. *animate*
    gets the time since the screen began, before every frame. *observe* gets every state that a key made, to keep it.
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
        changed = update(state, event.key)
        if changed is not state:
            state = changed
            observe(state)


def ask_key(
    terminal: ScreenTerminal, texts: tuple[tuple[str, TextRole], ...], keys: Sequence[tuple[str, str]], clock: Clock
) -> str:
    """Show *texts*, and *keys* with their words, until one of these is pressed; return its name in lower case."""

    def rows(state: str, columns: int, lines: int) -> list[StyledLine]:
        shown = [row for text, role in texts if text for row in (*wrap_styled(text, role, columns), ())]
        # The question and its keys come last, so a window that is too small loses what is before them.
        shown = [*shown, *key_lines(keys, columns)][-lines:]
        return [fit_width(row, columns) for row in pad_to_height(shown, lines)]

    names = {key.lower() for key, _ in keys}
    return run_screen(
        terminal,
        "",
        rows=rows,
        update=lambda state, key: key.lower() if key.lower() in names else state,
        finished=bool,
        clock=clock,
        guarded=lambda state: texts,
    )
