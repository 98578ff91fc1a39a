"""Which stretches fill the time best: the choice that is worth most, found by branch and bound, never a guess."""

from __future__ import annotations

from stretch.core.planning.branch_and_bound import SLACK, Search
from stretch.core.planning.dominance import Leader, narrowed
from stretch.core.planning.lagrangian import best_prices
from stretch.core.planning.problem import Pick, SelectionProblem, is_feasible
from stretch.core.planning.scoring import score


def best_selection(problem: SelectionProblem) -> list[Pick] | None:
    """Return the picks that are worth most among those is_feasible, in order; None when nothing is is_feasible.

    Which of several equally good ones it is depends on nothing but the problem.
    """
    problem, leaders = narrowed(problem)
    found = _at_hand(problem, leaders)
    if found is None:
        return None
    reached = score(problem, found)
    prices, bound = best_prices(problem, reached)
    search = Search(problem, leaders, prices)
    for target in range(int(bound + SLACK), reached, -1):
        if search.reaches(target):
            return search.picks
    return found


def _at_hand(problem: SelectionProblem, leaders: tuple[Leader, ...]) -> list[Pick] | None:
    """Return a good choice quickly: what adds most for its time, again and again.

    None when not even the required stretches are is_feasible in their leanest doses.
    """
    doses = {index: 0 for index, candidate in enumerate(problem.candidates) if candidate.required}
    if not is_feasible(problem, _picks(problem, doses)):
        return None
    refused: set[tuple[int, int]] = set()
    while True:
        moves = sorted(_moves(problem, leaders, doses), key=lambda move: (-move[0], move[1]))
        for _, index, dose in moves:
            if (index, dose) in refused:
                continue
            trial = {**doses, index: dose}
            if is_feasible(problem, _picks(problem, trial)):
                doses = trial
                break
            refused.add((index, dose))
        else:
            return _picks(problem, doses)


def _moves(
    problem: SelectionProblem, leaders: tuple[Leader, ...], doses: dict[int, int]
) -> list[tuple[float, int, int]]:
    """Return the steps that add anything: points for a millisecond, which candidate, and which of its doses."""
    counts = [0] * len(problem.goals)
    for index in doses:
        for goal in problem.candidates[index].goals:
            counts[goal] += 1
    visited = {problem.candidates[index].item.position for index in doses}
    moves = []
    for index, candidate in enumerate(problem.candidates):
        dose = doses.get(index, -1) + 1
        if dose == len(candidate.options) or (dose == 0 and leaders[index] is not None and leaders[index] not in doses):
            continue
        option = candidate.options[dose]
        gain, ms = option.points, option.ms
        if dose:
            gain -= candidate.options[dose - 1].points
            ms -= candidate.options[dose - 1].ms
        else:
            gain += candidate.base_score + sum(problem.gain(goal, counts[goal]) for goal in candidate.goals)
            gain -= 0 if candidate.item.position in visited else problem.position_penalty
        if gain > 0:
            moves.append((gain / ms, index, dose))
    return moves


def _picks(problem: SelectionProblem, doses: dict[int, int]) -> list[Pick]:
    return [(problem.candidates[i], problem.candidates[i].options[doses[i]]) for i in sorted(doses)]
