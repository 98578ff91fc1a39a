"""Solver: a good selection by greedy construction and local search.

1. Construction: the stretch or further repetition with the most points, or the most for its time, is added until
   nothing fits; the better of the two results counts.
2. Local search: one stretch, or two, are taken out, and the rest, in these doses and in the smallest ones, is
   completed without them in the same way. A better selection takes the place of the best one, until no removal leads
   to a better one. A trial ends when the sum of the most points of each candidate shows that it will not be better.

The result depends on nothing but its arguments: ties go to what was asked for, then to what comes first.
"""

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from heapq import heapify, heappop
from itertools import combinations, product

from stretch.core.planning.limits import LIMITS, Excess, exceeds, excess
from stretch.core.planning.problem import Candidate, Pick, SelectionProblem
from stretch.core.planning.scoring import SHARE_POINTS, score
from stretch.core.vocabulary import UPRIGHT, Position

Selection = dict[int, int]
"""The index of the dose of each selected candidate, by the index of the candidate."""
Step = tuple[float, bool, int, int, int]
"""The rank of a step, whether it only balances an area, the indexes of candidate and dose, and the points it adds."""
Dose = tuple[int, int, int, int]
"""The index of a dose, and the points, milliseconds and seconds of a share that it adds."""
LASTING = tuple(place for place, name in enumerate(LIMITS) if name not in ("back bend", "repetitions"))
"""Limits that stay exceeded when more is added: a dose over one of them is not tried again, and no larger one."""
INFEASIBLE = -1_000_000
"""Score of a selection over the limits."""
FEW_CANDIDATES = 5
"""Up to so many candidates each is tried as the first one, in any dose, and pairs are taken out as well."""


def best_selection(problem: SelectionProblem, start: Sequence[Pick] = ()) -> list[Pick] | None:
    """Return feasible picks with a high score, in session order; None if the required ones do not fit the time.

    The stretches of *start* stay in it, in these doses or larger ones.
    """
    required = {index: 0 for index, candidate in enumerate(problem.candidates) if candidate.required}
    # What stretches given by name exceed, others may not exceed further.
    allowed = excess(problem, _picks(problem, required))
    if allowed[LIMITS.index("time")]:
        return None
    options = {candidate.item.stretch.id: option.reps for candidate, option in start}
    fixed = required | {
        index: [option.reps for option in candidate.options].index(options[candidate.item.stretch.id])
        for index, candidate in enumerate(problem.candidates)
        if candidate.item.stretch.id in options
    }
    starts = [fixed]
    if few := len(problem.candidates) <= FEW_CANDIDATES:
        starts += [{**fixed, index: 0} for index in range(len(problem.candidates)) if index not in fixed]
    search = _Search(problem, allowed)
    for first, by_time in product(starts, (False, True)):
        search.complete(first, by_time=by_time)
    improved = True
    while improved:
        best = search.best
        optional = [index for index in best if index not in fixed]
        pairs = combinations(optional, 2) if few and len(best) < len(problem.candidates) else ()
        removals = (*combinations(optional, 1), *pairs)
        smallest = {index: fixed.get(index, 0) for index in best}
        trials = product((best, smallest) if best != smallest else (best,), removals)
        improved = any(
            search.complete({index: doses[index] for index in best if index not in removed}, removed)
            for doses, removed in trials
        )
    return _picks(problem, search.best)


class _Search:
    """Search for the best selection of a problem, which keeps the best one so far."""

    def __init__(self, problem: SelectionProblem, allowed: Excess) -> None:
        self._problem, self._allowed = problem, allowed
        self._larger = cache(lambda index, had: _larger(problem.candidates[index], had))
        self._all_doses = {index: _larger(one, -1) for index, one in enumerate(problem.candidates)}
        self._best_score, self.best = INFEASIBLE - 1, Selection()

    def complete(self, selection: Selection, without: Collection[int] = (), *, by_time: bool = False) -> bool:
        """Add stretches and repetitions to *selection* as long as they bring points and fit; return if it is best then.

        It ends as soon as all that could be added would not bring enough points for that.
        """
        problem, picks = self._problem, _picks(self._problem, selection)
        points, now = score(problem, picks), Excess()
        larger = self._all_doses | {index: self._larger(index, dose) for index, dose in selection.items()}
        for index in without:
            del larger[index]
        while True:
            steps, most = self._steps(selection, picks, larger, by_time=by_time)
            if points + most <= self._best_score:
                return False
            now = now or excess(problem, picks)
            limit = tuple(map(max, now, self._allowed))
            heapify(steps)
            while steps:
                _, _, index, dose, more = heappop(steps)
                trial = {**selection, index: dose}
                more_picks = _picks(problem, trial)
                then = excess(problem, more_picks)
                if not exceeds(then, limit):
                    selection, picks, now, points = trial, more_picks, then, points + more
                    most_reps = larger[index][-1][0]
                    larger[index] = [one for one in self._larger(index, dose) if one[0] <= most_reps]
                    break
                if any(then[place] > limit[place] for place in LASTING):
                    larger[index] = [one for one in larger[index] if one[0] < dose]
            else:
                points = INFEASIBLE if exceeds(now, self._allowed) else points
                if better := points > self._best_score:
                    self._best_score, self.best = points, selection
                return better

    def _steps(
        self, selection: Selection, picks: Sequence[Pick], larger: dict[int, list[Dose]], *, by_time: bool
    ) -> tuple[list[Step], int]:
        """Return the steps to *larger* doses that fit and add points, and a bound on the points of all to come."""
        problem, few = self._problem, len(self._problem.candidates) <= FEW_CANDIDATES
        gains, ahead, due, visited = _gains(problem, picks)
        spare_ms = problem.budget_ms + problem.opening_ms - sum(option.ms for _, option in picks)
        room, any_due = problem.most_stretches - len(picks), any(due)
        steps, new, grown = list[Step](), list[int](), list[int]()
        for index in [*larger] if room > 0 else [index for index in selection if index in larger]:
            candidate, doses, had = problem.candidates[index], larger[index], index in selection
            while doses and doses[-1][2] > spare_ms:
                doses = larger[index] = doses[:-1]
            worth = most = 0
            if not had:
                worth = 0 if candidate.item.position in visited else -problem.position_penalty
                for goal in candidate.goals:
                    worth += gains[goal]
                    most += ahead[goal]
            owed = [due[goal] for goal in candidate.goals if due[goal]] if any_due else ()
            if doses:
                most += doses[-1][1]
                for seconds in owed:
                    most += SHARE_POINTS * min(doses[-1][3], seconds)
            if not doses or most <= 0:
                del larger[index]
                continue
            (grown if had else new).append(most)
            # The leanest dose that brings points; of few candidates larger ones too.
            for dose, points, ms, share_s in doses:
                more = points + worth
                for seconds in owed:
                    more += SHARE_POINTS * min(share_s, seconds)
                if more > 0:
                    steps.append((-more / (ms if by_time else 1), candidate.partner, index, dose, more))
                    if had or not few:
                        break
        return steps, sum(grown) + sum(sorted(new)[-room:])


def _larger(candidate: Candidate, had: int) -> list[Dose]:
    """Return the larger doses of *candidate* than the one it *had*, smallest first; -1 for none."""
    points, ms, share_s = -candidate.base_score, 0, 0
    if had >= 0:
        points, ms, share_s = candidate.options[had].points, candidate.options[had].ms, candidate.options[had].share_s
    return [
        (dose, option.points - points, option.ms - ms, option.share_s - share_s)
        for dose, option in enumerate(candidate.options[had + 1 :], start=had + 1)
    ]


def _gains(problem: SelectionProblem, picks: Iterable[Pick]) -> tuple[list[int], list[int], list[int], set[Position]]:
    """Return for each goal the gain of one more stretch, the highest later on, and seconds due; and used positions."""
    served = [0] * len(problem.goals)
    for candidate, _ in picks:
        for goal in candidate.goals:
            served[goal] += 1
    due = [max(0, problem.share_s - seconds) for seconds in problem.shares(picks)]
    due += [0] * (len(served) - len(due))
    visited = {candidate.item.position for candidate, _ in picks}
    gains = [row[count] if count < len(row) else row[-1] for row, count in zip(problem.goals, served, strict=True)]
    # Gains fall with each stretch, but the last one may be the largest.
    ahead = [max(gain, row[-1]) for row, gain in zip(problem.goals, gains, strict=True)]
    return gains, ahead, due, visited if visited.isdisjoint(UPRIGHT) else visited.union(UPRIGHT)


def _picks(problem: SelectionProblem, selection: Selection) -> list[Pick]:
    candidates = problem.candidates
    return [(candidates[index], candidates[index].options[selection[index]]) for index in sorted(selection)]
