"""What stands around the stretches of a routine: the warm-up before them and the settling after."""

from __future__ import annotations

from collections.abc import Sequence

from stretch.core.model import POSITIONS, UPRIGHT, Move, Position, Settle, WarmUp
from stretch.core.planning.eligible import is_desk_break
from stretch.core.routine import Item, Request

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


def warm_up_seconds(request: Request, minutes: float) -> int:
    """Return how long the warm-up takes: 5 minutes, or a third of a shorter budget but at least 1 (rule RB2)."""
    if request.warm_up is not None:
        return round(request.warm_up * 60)
    if is_desk_break(request):
        return DESK_WARM_UP_S
    return min(WARM_UP_S, max(60, int(minutes * 60 / 3)))


def warm_up_moves(script: WarmUp, seconds: int, request: Request) -> tuple[Moves, Position | None]:
    """Return the moves with their seconds, and the position they are done in; none for 0 seconds (rule RB4).

    Seated for a desk break, when no standing position is wanted, and for those who are unsteady or just had surgery.
    """
    if seconds <= 0:
        return (), None
    seated = _moves_seated(request)
    moves = script.seated if seated else script.standing
    count = min(len(moves), max(1, seconds // MOVE_S))
    each, over = divmod(seconds, count)
    shares = tuple((move, each + (index < over)) for index, move in enumerate(moves[:count]))
    return shares, "seated" if seated else "standing"


def _moves_seated(request: Request) -> bool:
    unsteady = {"balance", "recent-surgery"} & set(request.avoid)
    return is_desk_break(request) or "standing" not in (request.positions or POSITIONS) or bool(unsteady)


def closing_moves(script: WarmUp, request: Request) -> Moves:
    """Return the moves that a routine before sport ends with, and their seconds (rule D17); none at other times."""
    if not request.before_sport:
        return ()
    moves = script.seated if _moves_seated(request) else script.standing
    return (moves[0], GETTING_UP_S + MOVE_S), (moves[-1], MOVE_S)


def settle_text(settle: Settle, items: Sequence[Item], closing: Moves = ()) -> str:
    """Return what to do at the end, where one is by then, and how to get up from there."""
    upright = bool(closing) or (bool(items) and items[-1].position in UPRIGHT)
    return f"{settle.sitting} {settle.stand}" if upright else f"{settle.lying} {settle.rise}"
