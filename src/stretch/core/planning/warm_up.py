"""Warm-up before the stretches; cool-down and settling after them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from stretch.core.model import Move, Settle, WarmUp
from stretch.core.routine import Item, Request
from stretch.core.vocabulary import POSITIONS, UPRIGHT, Position

TimedMoves = tuple[tuple[Move, int], ...]
"""Moves with their seconds."""

WARM_UP_S = 300
DESK_WARM_UP_S = 60
"""Warm-up of a desk break (rule RB3)."""
MIN_MOVE_S = 30
"""Shortest time for one move; a short warm-up has fewer moves."""
GETTING_UP_S = 15
"""Time for getting up, as for any change of position (rule D18)."""
SETTLE_S, MAX_SETTLE_S = 30, 60
"""Seconds of settling at the end, and the most when time is left (rule RB16)."""


class Bookends(Struct, frozen=True):
    """Moves before and after the stretches of a routine."""

    warm_up: TimedMoves
    start_position: Position | None
    """Body position of the warm-up; None without one."""
    cool_down: TimedMoves

    @property
    def seconds(self) -> int:
        """The duration of all moves and the shortest settling."""
        return sum(seconds for _, seconds in (*self.warm_up, *self.cool_down)) + SETTLE_S


def bookends(script: WarmUp, request: Request, warm_up_s: int) -> Bookends:
    """Return the moves around the stretches of a routine for *request*, with *warm_up_s* seconds of warm-up.

    The warm-up is seated for a desk break, if no standing position is requested, for people who are unsteady and after
    surgery (rule RB4). A routine before sport ends with movement (rule D17).
    """
    unsteady = not {"balance", "recent-surgery"}.isdisjoint(request.avoid)
    seated = request.desk_break or unsteady or "standing" not in (request.positions or POSITIONS)
    moves = script.seated if seated else script.standing
    cool_down = ((moves[0], GETTING_UP_S + MIN_MOVE_S), (moves[-1], MIN_MOVE_S)) if request.before_sport else ()
    start_position: Position | None = None
    if warm_up_s > 0:
        start_position = "seated" if seated else "standing"
    return Bookends(_distribute(moves, warm_up_s), start_position, cool_down)


def warm_up_seconds(request: Request, minutes: float) -> int:
    """Return the seconds of warm-up: 5 min, or a third of a shorter routine but at least 1 min (rule RB2)."""
    if request.warm_up is not None:
        return round(request.warm_up * 60)
    if request.desk_break:
        return DESK_WARM_UP_S
    return min(WARM_UP_S, max(60, int(minutes * 60 / 3)))


def _distribute(moves: Sequence[Move], seconds: int) -> TimedMoves:
    """Return as many of *moves* as fit into *seconds*, with equal shares of the time."""
    if seconds <= 0:
        return ()
    count = min(len(moves), max(1, seconds // MIN_MOVE_S))
    each, remainder = divmod(seconds, count)
    return tuple((move, each + (index < remainder)) for index, move in enumerate(moves[:count]))


def settle_text(settle: Settle, items: Sequence[Item], cool_down: TimedMoves = ()) -> str:
    """Return the instructions for settling in the last position and for getting up from it."""
    upright = bool(cool_down) or (bool(items) and items[-1].position in UPRIGHT)
    return f"{settle.sitting} {settle.stand}" if upright else f"{settle.lying} {settle.rise}"
