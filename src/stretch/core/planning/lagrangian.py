"""How good a choice can be at most: prices on time, ceilings and goals that take the limits into account.

With a price on each limit, what a choice may break it pays for, and every stretch can be judged alone: the sum of what
is worth its price is never less than the best choice that keeps to the limits (a Lagrangian bound). The prices are
lowered to where that sum is least, which for the catalogs at hand is less than a point or two above the best choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import msgspec
from msgspec import Struct

from stretch.core.planning.problem import Candidate, SelectionProblem

ROUNDS = 120
PATIENCE = 8
"""After so many rounds without gain the steps become smaller."""
MINUTE = 60.0
"""Time and held stretch are priced by the minute, so that all prices are of one size."""


class Prices(Struct, frozen=True):
    """Points for a minute, for a held minute of each area, and for serving each goal once."""

    minute: float
    areas: dict[str, float]
    goals: tuple[float, ...]


class Kind(Struct, frozen=True):
    """Candidates that are alike in all that counts, and how many of them there are."""

    base_score: int
    goals: tuple[int, ...]
    areas: tuple[int, ...]
    """Where the prices of its goals and areas stand in the row of all prices."""
    doses: tuple[tuple[float, float, int], ...]
    """Minutes, held minutes and points of each option."""
    count: int = 1


class Stop(Struct, frozen=True):
    """The candidates of one position, and the minutes that getting there takes at least."""

    kinds: tuple[Kind, ...]
    minutes: float


def extra_ms(problem: SelectionProblem, candidates: Sequence[Candidate]) -> int:
    """Return what changing to the position of *candidates* takes at least."""
    return 0 if candidates[0].item.position == problem.start_position else min(c.extra_ms for c in candidates)


def surplus(candidate: Candidate, prices: Prices) -> float:
    """Return what *candidate* is worth above its price in its best dose; less than 0 when it costs more."""
    paid = sum(prices.goals[goal] for goal in candidate.goals)
    return candidate.base_score + paid + max(
        o.points - o.ms / 60_000 * prices.minute - area_price(candidate.areas, prices) * o.held_s / 60
        for o in candidate.options
    )  # fmt: skip


def area_price(areas: Sequence[str], prices: Prices) -> float:
    """Return what a held minute costs that counts for *areas*."""
    return sum(prices.areas.get(area, 0.0) for area in areas)


def best_prices(problem: SelectionProblem, reached: int) -> tuple[Prices, float]:
    """Return prices, and the bound they prove: no choice is worth more. *reached* is what a known choice is worth.

    Subgradient steps of Polyak's length, each turned away from the one before where they would undo each other.
    """
    descent = _Descent(problem, reached)
    for _ in range(ROUNDS):
        if not descent.step():
            break
    return descent.best, descent.bound


class _Descent:
    """The prices on their way to the lowest bound."""

    def __init__(self, problem: SelectionProblem, reached: int) -> None:
        self.reached, self.change = reached, problem.position_penalty
        self.sums = sums_of_gains(problem)
        self.names = sorted({area for candidate in problem.candidates for area in candidate.areas})
        self.stops = tuple(_stops(problem, self.names))
        self.limits = [problem.budget_ms / 60_000, *(problem.ceiling_s / MINUTE for _ in self.names)]
        start = reached / max(self.limits[0], 1.0)
        gains = [sums[min(2, len(sums) - 1)] - sums[min(1, len(sums) - 1)] for sums in self.sums]
        self.values = [start, *(0.0 for _ in self.names), *map(float, gains)]
        self.last = [0.0] * len(self.values)
        self.scale, self.waited = 1.0, 0
        self.bound = float("inf")
        self.best = self._prices()

    def _prices(self) -> Prices:
        first = 1 + len(self.names)
        areas = dict(zip(self.names, self.values[1:first], strict=True))
        return Prices(self.values[0], areas, tuple(self.values[first:]))

    def step(self) -> bool:
        """Take one step down; return whether another one may help."""
        bound, slope = self._judged()
        if bound < self.bound - 1e-3:
            self.bound, self.best, self.kept, self.waited = bound, self._prices(), list(self.values), 0
        else:
            self.waited += 1
        if self.waited >= PATIENCE:
            self.scale, self.waited = self.scale * 0.6, 0
            self.values, self.last = list(self.kept), [0.0] * len(self.values)
            return True
        if self.bound < self.reached + 1:
            return False
        # Where a price is 0 already it cannot fall.
        slope = [0.0 if value <= 0 < down else down for value, down in zip(self.values, slope, strict=True)]
        length = sum(x * x for x in self.last)
        against = sum(x * y for x, y in zip(slope, self.last, strict=True))
        turn = max(0.0, -1.5 * against / length) if length else 0.0
        self.last = [x + turn * y for x, y in zip(slope, self.last, strict=True)]
        length = sum(x * x for x in self.last)
        if length < 1e-12:
            return False
        by = self.scale * (bound - self.reached - 0.5) / length
        self.values = [max(0.0, value - by * x) for value, x in zip(self.values, self.last, strict=True)]
        return True

    def _judged(self) -> tuple[float, list[float]]:
        """Return the bound at the prices as they are, and how it changes with each of them."""
        values, minute = self.values, self.values[0]
        slope = [*self.limits, *(0.0 for _ in self.sums)]
        bound = sum(limit * value for limit, value in zip(self.limits, values, strict=False))
        for at, sums in enumerate(self.sums, start=len(self.limits)):
            # Each stretch more adds no more than the one before: on until one is not worth its price.
            count, price = 0, values[at]
            while count + 1 < len(sums) and sums[count + 1] - sums[count] > price:
                count += 1
            bound += sums[count] - price * count
            slope[at] -= count
        for stop in self.stops:
            total, taken = -self.change - minute * stop.minutes, []
            for kind in stop.kinds:
                held = 0.0
                for at in kind.areas:
                    held += values[at]
                best, dose = max((d[2] - minute * d[0] - held * d[1], d) for d in kind.doses)
                best += kind.base_score
                for at in kind.goals:
                    best += values[at]
                if best > 0:
                    total += best * kind.count
                    taken.append((kind, dose))
            if total > 0:
                bound += total
                slope[0] -= stop.minutes
                for kind, dose in taken:
                    slope[0] -= dose[0] * kind.count
                    for at in kind.areas:
                        slope[at] -= dose[1] * kind.count
                    for at in kind.goals:
                        slope[at] += kind.count
        return bound, slope


def sums_of_gains(problem: SelectionProblem) -> list[list[int]]:
    """Return for each goal what 0, 1, 2 ... stretches add to it in all, up to as many as there are."""
    counts = [0] * len(problem.goals)
    for candidate in problem.candidates:
        for goal in candidate.goals:
            counts[goal] += 1
    sums = []
    for goal, count in enumerate(counts):
        row = [0]
        for n in range(count):
            row.append(row[-1] + problem.gain(goal, n))
        sums.append(row)
    return sums


def _stops(problem: SelectionProblem, names: Sequence[str]) -> list[Stop]:
    """Return the candidates position by position; prices stand in a row: a minute, the areas *names*, the goals."""
    stops, at = [], {name: index for index, name in enumerate(names, start=1)}
    for _, group in groupby(problem.candidates, key=lambda c: c.item.position):
        there = list(group)
        alike: dict[Kind, int] = {}
        for candidate in there:
            doses = tuple((o.ms / 60_000, o.held_s / MINUTE, o.points) for o in candidate.options)
            goals = tuple(goal + len(at) + 1 for goal in candidate.goals)
            kind = Kind(candidate.base_score, goals, tuple(at[area] for area in candidate.areas), doses)
            alike[kind] = alike.get(kind, 0) + 1
        kinds = tuple(msgspec.structs.replace(kind, count=count) for kind, count in alike.items())
        stops.append(Stop(kinds, extra_ms(problem, there) / 60_000))
    return stops
