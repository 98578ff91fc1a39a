"""Upper bound on the score of any selection, by Lagrangian relaxation.

Each limit gets a multiplier: points for a minute of time, for a minute of held stretch of an area, and for serving a
goal once. Without the limits, but with their multipliers as costs, every candidate can be judged on its own. The sum of
all positive values is an upper bound for the selections that keep the limits. The multipliers are adjusted until the
bound is as low as possible; for the shipped catalog that is a point or two above the optimum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, groupby

from msgspec import Struct

from stretch.core.planning.problem import Candidate, SelectionProblem

MAX_ITERATIONS = 120
PATIENCE = 8
"""Iterations without a lower bound before the steps become smaller."""
STEP_REDUCTION = 0.6
MINUTE_MS, MINUTE_S = 60_000, 60.0
"""Multipliers for time are per minute, so that all multipliers have similar sizes."""


class Multipliers(Struct, frozen=True):
    """Lagrange multipliers in points: per minute, per held minute of each area, and per service of each goal."""

    minute: float
    areas: dict[str, float]
    goals: tuple[float, ...]

    def held_minute(self, areas: Sequence[str]) -> float:
        """Return the cost of a held minute that counts for all of *areas*."""
        return sum(self.areas.get(area, 0.0) for area in areas)


class CandidateClass(Struct, frozen=True):
    """Candidates with the same values in the relaxation, and their number."""

    base_score: int
    goals: tuple[int, ...]
    areas: tuple[int, ...]
    """Indexes of the multipliers of its goals and areas in the vector of all multipliers."""
    doses: tuple[tuple[float, float, int], ...]
    """Minutes, held minutes and points of each option."""


class PositionGroup(Struct, frozen=True):
    """The candidates of one position with the number of each class, and the shortest time to get there."""

    classes: tuple[tuple[CandidateClass, int], ...]
    minutes: float


def min_change_ms(problem: SelectionProblem, candidates: Sequence[Candidate]) -> int:
    """Return the shortest extra time to change to the position of *candidates*."""
    return 0 if candidates[0].item.position == problem.start_position else min(c.extra_ms for c in candidates)


def reduced_value(candidate: Candidate, multipliers: Multipliers) -> float:
    """Return the points of *candidate* in its best dose, less the costs by the *multipliers*."""
    held_minute = multipliers.held_minute(candidate.areas)
    best_dose = max(
        option.points - option.ms / MINUTE_MS * multipliers.minute - option.held_s / MINUTE_S * held_minute
        for option in candidate.options
    )
    return candidate.base_score + sum(multipliers.goals[goal] for goal in candidate.goals) + best_dose


def optimize_multipliers(problem: SelectionProblem, incumbent_score: int) -> tuple[Multipliers, float]:
    """Return multipliers and the upper bound they prove; *incumbent_score* is the score of a known selection."""
    descent = _SubgradientDescent(problem, incumbent_score)
    for _ in range(MAX_ITERATIONS):
        if not descent.step():
            break
    return descent.best, descent.best_bound


class _SubgradientDescent:
    """Subgradient method with Polyak step lengths, each step deflected where it would undo the one before."""

    def __init__(self, problem: SelectionProblem, incumbent_score: int) -> None:
        self.incumbent_score, self.position_penalty = incumbent_score, problem.position_penalty
        self.goal_totals = cumulative_gains(problem)
        self.areas = sorted({area for candidate in problem.candidates for area in candidate.areas})
        self.groups = tuple(_position_groups(problem, self.areas))
        self.limits = [problem.budget_ms / MINUTE_MS, *(problem.ceiling_s / MINUTE_S for _ in self.areas)]
        start = incumbent_score / max(self.limits[0], 1.0)
        gains = [totals[min(2, len(totals) - 1)] - totals[min(1, len(totals) - 1)] for totals in self.goal_totals]
        self.values = [start, *(0.0 for _ in self.areas), *map(float, gains)]
        self.direction = [0.0] * len(self.values)
        self.step_scale, self.stalled = 1.0, 0
        self.best_bound = float("inf")
        self.best_values = self.values

    @property
    def best(self) -> Multipliers:
        first_goal = len(self.limits)
        areas = dict(zip(self.areas, self.best_values[1:first_goal], strict=True))
        return Multipliers(self.best_values[0], areas, tuple(self.best_values[first_goal:]))

    def step(self) -> bool:
        """Take one step; return whether another one may lower the bound."""
        bound, subgradient = self._dual_and_subgradient()
        if bound < self.best_bound - 1e-3:
            self.best_bound, self.best_values, self.stalled = bound, self.values, 0
        else:
            self.stalled += 1
        if self.stalled >= PATIENCE:
            self.step_scale, self.stalled = self.step_scale * STEP_REDUCTION, 0
            self.values, self.direction = self.best_values, [0.0] * len(self.values)
            return True
        if self.best_bound < self.incumbent_score + 1:
            return False
        # A multiplier that is 0 cannot become smaller.
        subgradient = [0.0 if value <= 0 < s else s for value, s in zip(self.values, subgradient, strict=True)]
        norm = sum(d * d for d in self.direction)
        against = sum(s * d for s, d in zip(subgradient, self.direction, strict=True))
        deflection = max(0.0, -1.5 * against / norm) if norm else 0.0
        self.direction = [s + deflection * d for s, d in zip(subgradient, self.direction, strict=True)]
        norm = sum(d * d for d in self.direction)
        if norm < 1e-12:
            return False
        length = self.step_scale * (bound - self.incumbent_score - 0.5) / norm
        self.values = [max(0.0, value - length * d) for value, d in zip(self.values, self.direction, strict=True)]
        return True

    def _dual_and_subgradient(self) -> tuple[float, list[float]]:
        """Return the bound for the present multipliers, and its change with each of them."""
        values, minute = self.values, self.values[0]
        subgradient = [*self.limits, *(0.0 for _ in self.goal_totals)]
        bound = sum(limit * value for limit, value in zip(self.limits, values, strict=False))
        for at, totals in enumerate(self.goal_totals, start=len(self.limits)):
            # Gains never grow with the count: serve the goal until one more costs more than it adds.
            count, cost = 0, values[at]
            while count + 1 < len(totals) and totals[count + 1] - totals[count] > cost:
                count += 1
            bound += totals[count] - cost * count
            subgradient[at] -= count
        for group in self.groups:
            total, taken = -self.position_penalty - minute * group.minutes, []
            for candidate_class, count in group.classes:
                held_minute = 0.0
                for at in candidate_class.areas:
                    held_minute += values[at]
                value, dose = max((d[2] - minute * d[0] - held_minute * d[1], d) for d in candidate_class.doses)
                value += candidate_class.base_score
                for at in candidate_class.goals:
                    value += values[at]
                if value > 0:
                    total += value * count
                    taken.append((candidate_class, dose, count))
            if total > 0:
                bound += total
                subgradient[0] -= group.minutes
                for candidate_class, dose, count in taken:
                    subgradient[0] -= dose[0] * count
                    for at in candidate_class.areas:
                        subgradient[at] -= dose[1] * count
                    for at in candidate_class.goals:
                        subgradient[at] += count
        return bound, subgradient


def cumulative_gains(problem: SelectionProblem) -> list[list[int]]:
    """Return for each goal the total gain of 0, 1, 2, ... stretches, up to the number of candidates that serve it."""
    counts = Counter(goal for candidate in problem.candidates for goal in candidate.goals)
    return [
        list(accumulate((problem.gain(goal, n) for n in range(counts[goal])), initial=0))
        for goal in range(len(problem.goals))
    ]


def _position_groups(problem: SelectionProblem, areas: Sequence[str]) -> list[PositionGroup]:
    """Return the candidates by position; the multipliers are numbered: a minute, the *areas*, the goals."""
    groups, number = [], {area: index for index, area in enumerate(areas, start=1)}
    for _, group in groupby(problem.candidates, key=lambda c: c.item.position):
        candidates = list(group)
        classes = Counter(
            CandidateClass(
                candidate.base_score,
                tuple(1 + len(areas) + goal for goal in candidate.goals),
                tuple(number[area] for area in candidate.areas),
                tuple((o.ms / MINUTE_MS, o.held_s / MINUTE_S, o.points) for o in candidate.options),
            )
            for candidate in candidates
        )
        groups.append(PositionGroup(tuple(classes.items()), min_change_ms(problem, candidates) / MINUTE_MS))
    return groups
