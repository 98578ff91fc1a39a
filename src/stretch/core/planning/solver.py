"""Solver: a good selection by greedy construction and local search.

1. Construction: the stretch or further repetition with the most points, or the most for its time, is added until
   nothing fits; the better of the two results counts.
2. Local search: one stretch, or two, are taken out, and the rest, in these doses and in the smallest ones, is
   completed without them in the same way. A better selection takes the place of the best one, until no removal leads
   to a better one.

The result depends on nothing but its arguments: ties go to what was asked for, then to what comes first.
"""

from collections.abc import Collection, Iterator, Sequence
from heapq import heapify, heappop
from itertools import combinations, product

from stretch.core.planning.limits import LIMITS, Excess, exceeds, excess
from stretch.core.planning.problem import Pick, SelectionProblem
from stretch.core.planning.scoring import SHARE_POINTS, posture, score
from stretch.core.vocabulary import POSITIONS

Selection = dict[int, int]
"""The index of the dose of each selected candidate, by the index of the candidate."""
LASTING = tuple(place for place, name in enumerate(LIMITS) if name not in ("back bend", "repetitions"))
"""Limits that stay exceeded when more is added: a step over one of them is not tried again."""
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
    trials = (_fill(problem, allowed, start, (), by_time=by_time) for start in starts for by_time in (False, True))
    best_score, best = max(trials, key=lambda trial: trial[0])
    improved = True
    while improved:
        improved = False
        optional = [index for index in best if index not in fixed]
        pairs = combinations(optional, 2) if few and len(best) < len(problem.candidates) else ()
        removals = (*combinations(optional, 1), *pairs)
        smallest = {index: fixed.get(index, 0) for index in best}
        for doses, removed in product((best, smallest) if best != smallest else (best,), removals):
            rest = {index: doses[index] for index in best if index not in removed}
            points, trial = _fill(problem, allowed, rest, removed)
            if points > best_score:
                best_score, best, improved = points, trial, True
                break
    return _picks(problem, best)


def _fill(
    problem: SelectionProblem,
    allowed: Excess,
    start: Selection,
    without: Collection[int],
    *,
    by_time: bool = False,
) -> tuple[int, Selection]:
    """Return *start* with stretches and repetitions added as long as they bring points and fit, and its score."""
    selection, picks = start, _picks(problem, start)
    now = excess(problem, picks)
    blocked: set[tuple[int, int]] = set()
    while True:
        spare_ms = problem.budget_ms + problem.opening_ms - sum(option.ms for _, option in picks)
        ranked = [
            (-points / (ms if by_time else 1), problem.candidates[index].partner, index, dose)
            for points, ms, index, dose in _steps(problem, selection, picks, without, spare_ms)
            if (index, dose) not in blocked
        ]
        heapify(ranked)
        limit = tuple(map(max, now, allowed))
        while ranked:
            *_, index, dose = heappop(ranked)
            trial = {**selection, index: dose}
            more = _picks(problem, trial)
            then = excess(problem, more)
            if not exceeds(then, limit):
                selection, picks, now = trial, more, then
                break
            if any(then[place] > limit[place] for place in LASTING):
                blocked.add((index, dose))
        else:
            return INFEASIBLE if exceeds(now, allowed) else score(problem, picks), selection


def _steps(
    problem: SelectionProblem, selection: Selection, picks: Sequence[Pick], without: Collection[int], spare_ms: int
) -> Iterator[tuple[int, int, int, int]]:
    """Yield the steps of at most *spare_ms* that add points: points, milliseconds, indexes of candidate and dose."""
    served = [0] * len(problem.goals)
    for candidate, _ in picks:
        for goal in candidate.goals:
            served[goal] += 1
    gains = [row[min(count, len(row) - 1)] for row, count in zip(problem.goals, served, strict=True)]
    due = [max(0, problem.share_s - seconds) for seconds in problem.shares(picks)]
    visited = {posture(candidate.item.position) for candidate, _ in picks}
    penalties = {place: 0 if posture(place) in visited else problem.position_penalty for place in POSITIONS}
    candidates, every_dose = problem.candidates, len(problem.candidates) <= FEW_CANDIDATES
    for index in selection if len(picks) >= problem.most_stretches else range(len(candidates)):
        if index in without:
            continue
        candidate = candidates[index]
        options, had = candidate.options, selection.get(index, -1)
        if had >= 0:
            points, ms, share_s = -options[had].points, -options[had].ms, options[had].share_s
        else:
            points, ms, share_s = candidate.base_score - penalties[candidate.item.position], 0, 0
            for goal in candidate.goals:
                points += gains[goal]
        # The leanest dose that brings points; of few candidates larger ones too.
        for dose in range(had + 1, len(options)):
            option = options[dose]
            more, more_ms = points + option.points, ms + option.ms
            if more_ms > spare_ms:
                break
            if due:
                for goal in candidate.goals:
                    if goal < len(due):
                        more += SHARE_POINTS * min(option.share_s - share_s, due[goal])
            if more > 0:
                yield more, more_ms, index, dose
                if had >= 0 or not every_dose:
                    break


def _picks(problem: SelectionProblem, selection: Selection) -> list[Pick]:
    candidates = problem.candidates
    return [(candidates[index], candidates[index].options[selection[index]]) for index in sorted(selection)]
