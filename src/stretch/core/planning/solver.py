"""Solver: a good selection by greedy construction and local search.

1. Construction: the stretch or further repetition with the most points, or the most for its time, is added until
   nothing fits; the better of the two results counts.
2. Local search: one stretch, or two, are taken out, and the rest, in these doses and in the smallest ones, is
   completed without them in the same way. A better selection takes the place of the best one, until no removal leads
   to a better one.

The result depends on nothing but its arguments: ties go to what was asked for, then to what comes first.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations, product

from stretch.core.planning.limits import LIMITS, Excess, exceeds, excess
from stretch.core.planning.problem import Pick, SelectionProblem
from stretch.core.planning.scoring import posture, score, share_points

Selection = dict[int, int]
"""The index of the dose of each selected candidate, by the index of the candidate."""
LASTING = tuple(place for place, name in enumerate(LIMITS) if name not in ("back bend", "repetitions"))
"""Limits that stay exceeded when more is added: a step over one of them is not tried again."""
INFEASIBLE = -1_000_000
"""Score of a selection over the limits."""
FEW_CANDIDATES = 7
"""Up to so many candidates each is tried as the first one, in any dose, and pairs are taken out as well."""


def best_selection(problem: SelectionProblem, start: Sequence[Pick] = ()) -> list[Pick] | None:
    """Return feasible picks with a high score, in session order; None if the required ones do not fit the time.

    The stretches of *start* stay in it, in these doses or larger ones.
    """
    required = {index: 0 for index, candidate in enumerate(problem.candidates) if candidate.required}
    # What stretches given by name exceed, others may not exceed further.
    allowed = excess(problem, _picks(problem, required))
    if allowed[-1]:
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
        removals = (*combinations(optional, 1), *(combinations(optional, 2) if few else ()))
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
    selection, now = start, excess(problem, _picks(problem, start))
    blocked: set[tuple[int, int]] = set()
    while True:
        spare_ms = problem.budget_ms + problem.opening_ms - sum(option.ms for _, option in _picks(problem, selection))
        ranked = sorted(
            (-points / (ms if by_time else 1), problem.candidates[index].partner, index, dose)
            for points, ms, index, dose in _steps(problem, selection, without)
            if ms <= spare_ms and (index, dose) not in blocked
        )
        limit = tuple(map(max, now, allowed))
        for *_, index, dose in ranked:
            trial = {**selection, index: dose}
            then = excess(problem, _picks(problem, trial))
            if not exceeds(then, limit):
                selection, now = trial, then
                break
            if any(then[place] > limit[place] for place in LASTING):
                blocked.add((index, dose))
        else:
            return INFEASIBLE if exceeds(now, allowed) else score(problem, _picks(problem, selection)), selection


def _steps(
    problem: SelectionProblem, selection: Selection, without: Collection[int]
) -> Iterator[tuple[int, int, int, int]]:
    """Yield the steps that add points: points, milliseconds, index of the candidate, index of its dose."""
    counts = [0] * len(problem.goals)
    for index in selection:
        for goal in problem.candidates[index].goals:
            counts[goal] += 1
    gains = [problem.gain(goal, count) for goal, count in enumerate(counts)]
    shares = problem.shares(_picks(problem, selection))
    visited = {posture(problem.candidates[index]) for index in selection}
    full = len(selection) >= problem.most_stretches
    for index, candidate in enumerate(problem.candidates):
        now = selection.get(index, -1)
        if index in without or now + 1 == len(candidate.options) or (now < 0 and full):
            continue
        points = ms = had_s = 0
        if now >= 0:
            points, ms = -candidate.options[now].points, -candidate.options[now].ms
            had_s = candidate.share_s(candidate.options[now])
        else:
            points += candidate.base_score + sum(gains[goal] for goal in candidate.goals)
            points -= 0 if posture(candidate) in visited else problem.position_penalty
        # The leanest dose that brings points; of few candidates larger ones too.
        for dose, option in enumerate(candidate.options[now + 1 :], start=now + 1):
            more = points + option.points
            if shares:
                seconds = candidate.share_s(option) - had_s
                more += sum(
                    share_points(problem, shares[goal], seconds) for goal in candidate.goals if goal < len(shares)
                )
            if more > 0:
                yield more, ms + option.ms, index, dose
                if now >= 0 or len(problem.candidates) > FEW_CANDIDATES:
                    break


def _picks(problem: SelectionProblem, selection: Selection) -> list[Pick]:
    candidates = problem.candidates
    return [(candidates[index], candidates[index].options[selection[index]]) for index in sorted(selection)]
