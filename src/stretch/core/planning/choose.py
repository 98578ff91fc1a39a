"""Which stretches fill the time best: the choice that is worth most, found by branch and bound, never a guess."""

from __future__ import annotations

from stretch.core.planning.narrow import Leader, narrowed
from stretch.core.planning.prices import best_prices
from stretch.core.planning.search import SLACK, Search
from stretch.core.planning.space import Pick, Space, allowed
from stretch.core.planning.worth import worth


def choose(space: Space) -> list[Pick] | None:
    """Return the picks that are worth most among those allowed, in order; None when nothing is allowed.

    Which of several equally good ones it is depends on nothing but the space.
    """
    space, leaders = narrowed(space)
    found = _at_hand(space, leaders)
    if found is None:
        return None
    reached = worth(space, found)
    prices, bound = best_prices(space, reached)
    search = Search(space, leaders, prices)
    for target in range(int(bound + SLACK), reached, -1):
        if search.reaches(target):
            return search.picks
    return found


def _at_hand(space: Space, leaders: tuple[Leader, ...]) -> list[Pick] | None:
    """Return a good choice quickly: what adds most for its time, again and again.

    None when not even the required stretches are allowed in their leanest doses.
    """
    doses = {index: 0 for index, candidate in enumerate(space.candidates) if candidate.required}
    if not allowed(space, _picks(space, doses)):
        return None
    refused: set[tuple[int, int]] = set()
    while True:
        moves = sorted(_moves(space, leaders, doses), key=lambda move: (-move[0], move[1]))
        for _, index, dose in moves:
            if (index, dose) in refused:
                continue
            trial = {**doses, index: dose}
            if allowed(space, _picks(space, trial)):
                doses = trial
                break
            refused.add((index, dose))
        else:
            return _picks(space, doses)


def _moves(space: Space, leaders: tuple[Leader, ...], doses: dict[int, int]) -> list[tuple[float, int, int]]:
    """Return the steps that add anything: points for a millisecond, which candidate, and which of its doses."""
    counts = [0] * len(space.goals)
    for index in doses:
        for goal in space.candidates[index].goals:
            counts[goal] += 1
    visited = {space.candidates[index].item.position for index in doses}
    moves = []
    for index, candidate in enumerate(space.candidates):
        dose = doses.get(index, -1) + 1
        if dose == len(candidate.options) or (dose == 0 and leaders[index] is not None and leaders[index] not in doses):
            continue
        option = candidate.options[dose]
        gain, ms = option.points, option.ms
        if dose:
            gain -= candidate.options[dose - 1].points
            ms -= candidate.options[dose - 1].ms
        else:
            gain += candidate.merit + sum(space.gain(goal, counts[goal]) for goal in candidate.goals)
            gain -= 0 if candidate.item.position in visited else space.change
        if gain > 0:
            moves.append((gain / ms, index, dose))
    return moves


def _picks(space: Space, doses: dict[int, int]) -> list[Pick]:
    return [(space.candidates[i], space.candidates[i].options[doses[i]]) for i in sorted(doses)]
