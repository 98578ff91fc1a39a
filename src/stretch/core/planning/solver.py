"""Exact solver: the selection with the highest score, by branch and bound.

1. Dominated candidates are removed (`prune_dominated`).
2. A greedy selection is the incumbent, the best known so far.
3. A Lagrangian relaxation gives multipliers and an upper bound (`lagrangian`).
4. For each score from the bound down to the incumbent a depth-first search tries to find a selection that reaches it.
   It adds candidates in session order, so that changes of position and the balance of the spine are exact, and cuts
   off branches whose bound is too low.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from msgspec.structs import replace

from stretch.core.planning.lagrangian import (
    MINUTE_MS,
    MINUTE_S,
    Multipliers,
    cumulative_gains,
    min_change_ms,
    optimize_multipliers,
    reduced_value,
)
from stretch.core.planning.problem import (
    INITIAL,
    BalanceState,
    Candidate,
    Option,
    Pick,
    SelectionProblem,
    advance,
    is_feasible,
)
from stretch.core.planning.scoring import score
from stretch.core.vocabulary import Position

TOLERANCE = 1e-6
"""For rounding errors of bounds; scores are whole points."""

Dominator = int | None
"""The index of a candidate that is at least as good in every respect and is selected first; None without one."""


def best_selection(problem: SelectionProblem) -> list[Pick] | None:
    """Return the feasible picks with the highest score, in session order; None if nothing is feasible.

    The result depends on nothing but *problem*. It may be less than optimal if the search reaches the node limit.
    """
    problem, dominators = prune_dominated(problem)
    incumbent = _greedy_selection(problem, dominators)
    if incumbent is None:
        return None
    incumbent_score = score(problem, incumbent)
    multipliers, bound = optimize_multipliers(problem, incumbent_score)
    search = _BranchAndBound(problem, dominators, multipliers)
    for target in range(int(bound + TOLERANCE), incumbent_score, -1):
        if picks := search.find_at_least(target):
            return picks
    return incumbent


def prune_dominated(problem: SelectionProblem) -> tuple[SelectionProblem, tuple[Dominator, ...]]:
    """Return *problem* without candidates that no optimal selection needs, and the dominator of each that is left.

    Candidates of one class have the same place in a session, goals, areas and doses, and can replace each other in any
    selection. If a routine cannot hold a candidate together with all that dominate it, the candidate is not needed.
    Otherwise it is only needed after its dominator.
    """
    classes: dict[tuple[object, ...], list[int]] = {}
    dominators: dict[int, Dominator] = {}
    for index, candidate in enumerate(problem.candidates):
        if candidate.required:
            dominators[index] = None
            continue
        same_class = classes.setdefault(_class_of(candidate), [])
        better = [other for other in same_class if _dominates(problem.candidates[other], candidate)]
        if _fit_together(problem, [*(problem.candidates[other] for other in better), candidate]):
            dominators[index] = better[-1] if better else None
            same_class.append(index)
    new_index: dict[Dominator, int] = {index: new for new, index in enumerate(dominators)}
    kept = tuple(problem.candidates[index] for index in dominators)
    return replace(problem, candidates=kept), tuple(new_index.get(d) for d in dominators.values())


def _class_of(candidate: Candidate) -> tuple[object, ...]:
    stretch = candidate.item.stretch
    doses = tuple((option.held_s, option.points) for option in candidate.options)
    place = candidate.item.position, stretch.level, stretch.mode == "dynamic", candidate.load, candidate.extra_ms
    return *place, candidate.goals, candidate.areas, doses


def _dominates(one: Candidate, other: Candidate) -> bool:
    shorter = all(a.ms <= b.ms for a, b in zip(one.options, other.options, strict=True))
    return one.base_score >= other.base_score and shorter


def _fit_together(problem: SelectionProblem, candidates: Sequence[Candidate]) -> bool:
    held_s = sum(min(option.held_s for option in candidate.options) for candidate in candidates)
    ms = sum(min(option.ms for option in candidate.options) for candidate in candidates)
    return ms <= problem.budget_ms and held_s <= problem.ceiling_s


def _greedy_selection(problem: SelectionProblem, dominators: tuple[Dominator, ...]) -> list[Pick] | None:
    """Return a good selection by always adding the stretch or larger dose with the most points per time.

    None if not even the required candidates are feasible in their leanest doses.
    """
    doses = {index: 0 for index, candidate in enumerate(problem.candidates) if candidate.required}
    if not is_feasible(problem, _picks(problem, doses)):
        return None
    refused: set[tuple[int, int]] = set()
    while True:
        steps = sorted(_greedy_steps(problem, dominators, doses), key=lambda step: (-step[0], step[1]))
        for _, index, dose in steps:
            if (index, dose) in refused:
                continue
            trial = {**doses, index: dose}
            if is_feasible(problem, _picks(problem, trial)):
                doses = trial
                break
            refused.add((index, dose))
        else:
            return _picks(problem, doses)


def _greedy_steps(
    problem: SelectionProblem, dominators: tuple[Dominator, ...], doses: dict[int, int]
) -> Iterator[tuple[float, int, int]]:
    """Yield the steps that add points: points per millisecond, index of the candidate, index of its dose."""
    counts = [0] * len(problem.goals)
    for index in doses:
        for goal in problem.candidates[index].goals:
            counts[goal] += 1
    visited = {problem.candidates[index].item.position for index in doses}
    for index, candidate in enumerate(problem.candidates):
        dose, dominator = doses.get(index, -1) + 1, dominators[index]
        if dose == len(candidate.options) or (dose == 0 and dominator is not None and dominator not in doses):
            continue
        option = candidate.options[dose]
        points, ms = option.points, option.ms
        if dose:
            points -= candidate.options[dose - 1].points
            ms -= candidate.options[dose - 1].ms
        else:
            points += candidate.base_score + sum(problem.gain(goal, counts[goal]) for goal in candidate.goals)
            points -= 0 if candidate.item.position in visited else problem.position_penalty
        if points > 0:
            yield points / ms, index, dose


def _picks(problem: SelectionProblem, doses: dict[int, int]) -> list[Pick]:
    return [(problem.candidates[i], problem.candidates[i].options[doses[i]]) for i in sorted(doses)]


class _NodeLimitReached(Exception):
    """The search for one target has used its share of nodes."""


class _Node(NamedTuple):
    """A partial selection; the next pick has the index *first* or a higher one."""

    first: int
    position: Position | None
    balance: BalanceState
    ms: int
    score: int
    bound: float
    """Upper bound on the score, without the reduced values of the candidates from *first* on."""


class _Branch(NamedTuple):
    """The next pick, the node it leads to, and the upper bound on the score there."""

    bound: float
    option: Option
    node: _Node


class _BranchAndBound:
    """Depth-first search for a selection with a given score."""

    def __init__(self, problem: SelectionProblem, dominators: tuple[Dominator, ...], multipliers: Multipliers) -> None:
        candidates = problem.candidates
        self.problem, self.dominators = problem, dominators
        self.areas = [c.areas for c in candidates]
        self.ms_cost = multipliers.minute / MINUTE_MS
        self.held_costs = [multipliers.held_minute(areas) / MINUTE_S for areas in self.areas]
        totals = cumulative_gains(problem)
        optimistic = [_optimistic_gains(row, cost) for row, cost in zip(totals, multipliers.goals, strict=True)]
        self.goal_steps = [_goal_steps(row, gains) for row, gains in zip(totals, optimistic, strict=True)]
        self.same_position_bounds, self.new_position_bounds = _suffix_bounds(problem, multipliers)
        self.suffixes = _suffix_goals_and_areas(problem)
        self.nodes = 0
        self.last_required = max((i for i, c in enumerate(candidates) if c.required), default=-1)
        limits = self.ms_cost * problem.budget_ms + problem.ceiling_s / MINUTE_S * sum(multipliers.areas.values())
        self.root = _Node(0, None, INITIAL, 0, 0, limits + sum(gains[0] for gains in optimistic))

    def find_at_least(self, target: int) -> list[Pick] | None:
        """Return a selection with a score of at least *target*; None if there is none or the node limit is reached."""
        self.target = target
        self.counts = [0] * len(self.problem.goals)
        self.held = dict.fromkeys(self.suffixes[0][1], 0)
        self.taken = [False] * len(self.dominators)
        self.picks: list[Pick] = []
        self.node_limit = self.nodes + (self.problem.node_limit - self.nodes) // 2
        self.seen: dict[tuple[object, ...], list[tuple[int, int]]] = {}
        try:
            return self.picks if self._search(self.root) else None
        except _NodeLimitReached:
            return None

    def _search(self, node: _Node) -> bool:
        """Return whether the picks so far can be extended to the target; they are then in `picks`."""
        if node.score >= self.target and node.first > self.last_required:
            return True
        if self._is_dominated(node):
            return False
        # Best bound first, then session order.
        for branch in sorted(self._branches(node), key=lambda branch: (-branch.bound, branch.node.first)):
            index = branch.node.first - 1
            self._count(index, branch.option, 1)
            self.picks.append((self.problem.candidates[index], branch.option))
            if self._search(branch.node):
                return True
            self.picks.pop()
            self._count(index, branch.option, -1)
        return False

    def _is_dominated(self, node: _Node) -> bool:
        """Return whether an earlier node with the same choices left had at least the score in at most the time."""
        goals, areas = self.suffixes[node.first]
        used = (*[self.counts[goal] for goal in goals], *[self.held[area] for area in areas])
        seen = self.seen.setdefault((node.first, node.position, node.balance, used), [])
        if any(ms <= node.ms and score >= node.score for ms, score in seen):
            return True
        seen.append((node.ms, node.score))
        return False

    def _branches(self, node: _Node) -> list[_Branch]:
        """Return the possible next picks whose bounds reach the target."""
        self.nodes += 1
        if self.nodes > self.node_limit:
            raise _NodeLimitReached
        needed, budget, ceiling = self.target - TOLERANCE, self.problem.budget_ms, self.problem.ceiling_s
        held, branches = self.held, []
        for index in range(node.first, len(self.areas)):
            candidate = self.problem.candidates[index]
            position, dominator = candidate.item.position, self.dominators[index]
            same = position == node.position
            if node.bound + (self.same_position_bounds if same else self.new_position_bounds)[index] < needed:
                break
            balance = advance(node.balance, candidate.load) if self.problem.balance_spine else node.balance
            if balance is not None and (dominator is None or self.taken[dominator]):
                rest = self.same_position_bounds[index + 1]
                points, optimistic = self._goal_gains(candidate)
                extra_ms = 0
                if not same:
                    points -= self.problem.position_penalty
                    if node.position is not None or position != self.problem.start_position:
                        extra_ms = candidate.extra_ms
                room = ceiling - max((held[area] for area in self.areas[index]), default=0)
                for option in candidate.options:
                    ms = option.ms + extra_ms
                    if node.ms + ms > budget or option.held_s > room:
                        continue
                    gain = points + option.points
                    cost = ms * self.ms_cost + option.held_s * self.held_costs[index]
                    bound = node.bound + gain + optimistic - cost
                    if bound + rest >= needed:
                        child = _Node(index + 1, position, balance, node.ms + ms, node.score + gain, bound)
                        branches.append(_Branch(bound + rest, option, child))
            if candidate.required:
                break
        return branches

    def _goal_gains(self, candidate: Candidate) -> tuple[int, float]:
        """Return the points of *candidate* in any dose, and the change of the optimistic gains of its goals."""
        points, optimistic = candidate.base_score, 0.0
        for goal in candidate.goals:
            gain, change = self.goal_steps[goal][self.counts[goal]]
            points += gain
            optimistic += change
        return points, optimistic

    def _count(self, index: int, option: Option, sign: int) -> None:
        """Add the candidate at *index* to the counts, or remove it with a *sign* of -1."""
        self.taken[index] = sign > 0
        for goal in self.problem.candidates[index].goals:
            self.counts[goal] += sign
        for area in self.areas[index]:
            self.held[area] += sign * option.held_s


def _optimistic_gains(totals: list[int], cost: float) -> list[float]:
    """Return for each count of stretches for a goal the most that further ones can add, less their *cost*."""
    gains, best = [0.0] * len(totals), float("-inf")
    for count in range(len(totals) - 1, -1, -1):
        best = max(best, totals[count] - cost * count)
        gains[count] = best - (totals[count] - cost * count)
    return gains


def _goal_steps(totals: list[int], optimistic: list[float]) -> list[tuple[int, float]]:
    """Return for each count the gain of one more stretch for a goal, and the change of the optimistic gain."""
    return [(b - a, y - x) for (a, b), (x, y) in zip(pairwise(totals), pairwise(optimistic), strict=True)]


def _suffix_bounds(problem: SelectionProblem, multipliers: Multipliers) -> tuple[list[float], list[float]]:
    """Return the most that the candidates from each index on can add, in the same position or after a change.

    At the end of a position, the first list continues with the bound for the next position.
    """
    count = len(problem.candidates)
    same, new = [0.0] * (count + 1), [0.0] * (count + 1)
    later, end = 0.0, count
    for index in range(count - 1, -1, -1):
        candidate = problem.candidates[index]
        position = candidate.item.position
        if index + 1 < count and problem.candidates[index + 1].item.position != position:
            later, end = new[index + 1], index + 1
            same[index + 1] = later
        gain = max(0.0, reduced_value(candidate, multipliers))
        same[index] = gain + (same[index + 1] if index + 1 < end else later)
        first = index
        while first and problem.candidates[first - 1].item.position == position:
            first -= 1
        change = min_change_ms(problem, problem.candidates[first:end]) / MINUTE_MS * multipliers.minute
        new[index] = max(0.0, same[index] - later - problem.position_penalty - change) + later
    return same, new


def _suffix_goals_and_areas(problem: SelectionProblem) -> list[tuple[list[int], list[str]]]:
    """Return the goals and areas of the candidates from each index on."""
    suffixes: list[tuple[list[int], list[str]]] = [([], [])]
    for candidate in reversed(problem.candidates):
        goals, areas = suffixes[-1]
        suffixes.append((sorted({*goals, *candidate.goals}), sorted({*areas, *candidate.areas})))
    return suffixes[::-1]
