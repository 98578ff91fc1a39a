"""What stands around the stretches of a routine: the warm-up before them and the settling after."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from stretch.core.model import Move, Settle, WarmUp
from stretch.core.routine import Item, Request
from stretch.core.vocabulary import POSITIONS, UPRIGHT, Position

Moves = tuple[tuple[Move, int], ...]
"""Moves of the warm-up and their seconds."""

WARM_UP_S = 300
DESK_WARM_UP_S = 60
"""A desk break moves for a minute instead (rule RB3)."""
MOVE_S = 30
"""A warm-up move takes at least this long: a short warm-up has fewer moves, not hurried ones."""
GETTING_UP_S = 15
"""As any change of position (rule D18)."""
SETTLE_S = 30
LONGEST_SETTLE_S = 60
"""Rule RB16."""


class Frame(Struct, frozen=True):
    """The moves before the stretches and after them, and where the body is by then."""

    warm_up: Moves
    begins: Position | None
    """The position that the warm-up is done in; None without one."""
    closing: Moves

    @property
    def seconds(self) -> int:
        """What is taken by all that are no stretches, the shortest settling included."""
        return sum(seconds for _, seconds in (*self.warm_up, *self.closing)) + SETTLE_S


def frame(script: WarmUp, request: Request, warm_up_s: int) -> Frame:
    """Return what stands around the stretches of a routine for *request* that begins with *warm_up_s* of moving.

    The moves are seated ones for a desk break, when no standing position is wanted, and for those who are unsteady or
    just had surgery (rule RB4). A routine before sport ends with movement (rule D17).
    """
    unsteady = not {"balance", "recent-surgery"}.isdisjoint(request.avoid)
    seated = request.desk_break or unsteady or "standing" not in (request.positions or POSITIONS)
    moves = script.seated if seated else script.standing
    closing = ((moves[0], GETTING_UP_S + MOVE_S), (moves[-1], MOVE_S)) if request.before_sport else ()
    begins: Position | None = None
    if warm_up_s > 0:
        begins = "seated" if seated else "standing"
    return Frame(_shared_out(moves, warm_up_s), begins, closing)


def warm_up_seconds(request: Request, minutes: float) -> int:
    """Return how long the warm-up takes: 5 minutes, or a third of a shorter budget but at least 1 (rule RB2)."""
    if request.warm_up is not None:
        return round(request.warm_up * 60)
    if request.desk_break:
        return DESK_WARM_UP_S
    return min(WARM_UP_S, max(60, int(minutes * 60 / 3)))


def _shared_out(moves: Sequence[Move], seconds: int) -> Moves:
    """Return as many of *moves* as *seconds* have room for, with what each of them takes; none for 0 seconds."""
    if seconds <= 0:
        return ()
    count = min(len(moves), max(1, seconds // MOVE_S))
    each, over = divmod(seconds, count)
    return tuple((move, each + (index < over)) for index, move in enumerate(moves[:count]))


def settle_text(settle: Settle, items: Sequence[Item], closing: Moves = ()) -> str:
    """Return what to do at the end, where one is by then, and how to get up from there."""
    upright = bool(closing) or (bool(items) and items[-1].position in UPRIGHT)
    return f"{settle.sitting} {settle.stand}" if upright else f"{settle.lying} {settle.rise}"
