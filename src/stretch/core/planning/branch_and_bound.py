"""The search for a choice that is worth so many points: depth first, and the prices tell where there is none.

It goes through the candidates in the order of the session, so that changes of position and the balance of the spine are
known exactly on the way, and leaves a way as soon as the prices prove that it leads to nothing good enough.
"""

from __future__ import annotations

from itertools import pairwise

from msgspec import Struct

from stretch.core.planning.dominance import Leader
from stretch.core.planning.lagrangian import Prices, area_price, extra_ms, sums_of_gains, surplus
from stretch.core.planning.problem import Option, Pick, SelectionProblem
from stretch.core.planning.spine_balance import INITIAL, BalanceState, SpinalLoad, advance
from stretch.core.vocabulary import Position

SLACK = 1e-6
"""For the rounding of prices; scores are whole points."""


class _GivenUp(Exception):
    """The search for one score has taken too many steps."""


class _Row(Struct, frozen=True):
    """What the search needs of a candidate, side by side."""

    position: Position
    load: SpinalLoad
    leader: Leader
    goals: tuple[int, ...]
    areas: tuple[str, ...]
    base_score: int
    extra_ms: int
    held_price: float
    """Points for a second of held stretch, in all its areas."""
    options: tuple[Option, ...]
    required: bool


class Search:
    """Depth first through the candidates: which one comes next, and in which dose."""

    def __init__(self, problem: SelectionProblem, leaders: tuple[Leader, ...], prices: Prices) -> None:
        self.problem = problem
        self.minute = prices.minute / 60_000
        self.rows = [
            _Row(
                position=c.item.position,
                load=c.load,
                leader=leader,
                goals=c.goals,
                areas=c.areas,
                base_score=c.base_score,
                extra_ms=0 if c.item.position == problem.start_position else c.extra_ms,
                held_price=area_price(c.areas, prices) / 60,
                options=c.options,
                required=c.required,
            )
            for c, leader in zip(problem.candidates, leaders, strict=True)
        ]
        sums = sums_of_gains(problem)
        hopes = [_hopes(row, price) for row, price in zip(sums, prices.goals, strict=True)]
        self.steps_of = [_steps(row, hope) for row, hope in zip(sums, hopes, strict=True)]
        self.open, self.closed = _rest(problem, prices)
        self.ahead = _ahead(problem)
        self.steps = 0
        self.last_required = max((i for i, c in enumerate(problem.candidates) if c.required), default=-1)
        ceilings = problem.ceiling_s / 60 * sum(prices.areas.values())
        self.start = self.minute * problem.budget_ms + ceilings + sum(hope[0] for hope in hopes)

    def reaches(self, target: int) -> bool:
        """Whether there is a choice worth *target* or more; it is then in `picks`."""
        self.target = target
        self.counts = [0] * len(self.problem.goals)
        self.held = dict.fromkeys(self.ahead[0][1], 0)
        self.taken = [False] * len(self.problem.candidates)
        self.picks: list[Pick] = []
        self.enough = self.steps + (self.problem.node_limit - self.steps) // 2
        self.seen: dict[tuple[object, ...], list[tuple[int, int]]] = {}
        try:
            return self._goes_on(0, 0, None, 0, self.start, INITIAL)
        except _GivenUp:
            return False

    def _goes_on(
        self, first: int, ms: int, position: Position | None, score: int, bound: float, since: BalanceState
    ) -> bool:
        """Whether the picks so far, which are worth *score*, can be brought to the target from candidate *first* on.

        *bound* is what they and what the prices still grant are worth, without the surplus of the candidates to come.
        """
        if score >= self.target and first > self.last_required:
            return True
        if self._was_here(first, ms, position, score, since):
            return False
        ways = self._ways(first, ms, position, bound, since)
        # The most promising first; the order of the session where they promise the same.
        ways.sort(key=lambda way: (-way[0], way[1]))
        for _, index, option, points, less, cost, then in ways:
            candidate = self.problem.candidates[index]
            self._take(index, option, 1)
            if self._goes_on(
                index + 1, ms + cost, candidate.item.position, score + points, bound + points - less, then
            ):
                return True
            self._take(index, option, -1)
        return False

    def _was_here(self, first: int, ms: int, position: Position | None, score: int, since: BalanceState) -> bool:
        """Whether these picks are no better than earlier ones that left the same to choose from, and led nowhere."""
        goals, areas = self.ahead[first]
        left = (*[self.counts[goal] for goal in goals], *[self.held[area] for area in areas])
        seen = self.seen.setdefault((first, position, since, left), [])
        if any(before <= ms and points >= score for before, points in seen):
            return True
        seen.append((ms, score))
        return False

    def _ways(
        self, first: int, ms: int, position: Position | None, bound: float, since: BalanceState
    ) -> list[tuple[float, int, Option, int, float, int, BalanceState]]:
        """Return what may come next: how much it promises, the candidate, its dose, and what these change."""
        self.steps += 1
        if self.steps > self.enough:
            raise _GivenUp
        enough, budget, ceiling = self.target - SLACK, self.problem.budget_ms, self.problem.ceiling_s
        opened, closed, held, ways = self.open, self.closed, self.held, []
        for index in range(first, len(self.rows)):
            row = self.rows[index]
            here = row.position == position
            if bound + (opened if here else closed)[index] < enough:
                break
            then = advance(since, row.load) if self.problem.balance_spine else since
            if then is not None and (row.leader is None or self.taken[row.leader]):
                left = bound + opened[index + 1]
                points, hope = self._served(row)
                extra = 0
                if not here:
                    points -= self.problem.position_penalty
                    extra = row.extra_ms
                room = ceiling - max((held[area] for area in row.areas), default=0)
                for option in row.options:
                    cost = option.ms + extra
                    if ms + cost > budget or option.held_s > room:
                        continue
                    gained = points + option.points
                    less = cost * self.minute + option.held_s * row.held_price - hope
                    if left + gained - less >= enough:
                        ways.append((left + gained - less, index, option, gained, less, cost, then))
            if row.required:
                break
        return ways

    def _served(self, row: _Row) -> tuple[int, float]:
        """Return what the stretch of *row* adds whatever its dose, and how the hopes of its goals change."""
        points, hope = row.base_score, 0.0
        for goal in row.goals:
            gain, change = self.steps_of[goal][self.counts[goal]]
            points += gain
            hope += change
        return points, hope

    def _take(self, index: int, option: Option, sign: int) -> None:
        candidate = self.problem.candidates[index]
        self.taken[index] = sign > 0
        for goal in candidate.goals:
            self.counts[goal] += sign
        for area in candidate.areas:
            self.held[area] += sign * option.held_s
        if sign > 0:
            self.picks.append((candidate, option))
        else:
            self.picks.pop()


def _hopes(sums: list[int], price: float) -> list[float]:
    """Return for each count of stretches that serve a goal what more of them can still bring above the price."""
    hopes, most = [0.0] * len(sums), float("-inf")
    for count in range(len(sums) - 1, -1, -1):
        most = max(most, sums[count] - price * count)
        hopes[count] = most - (sums[count] - price * count)
    return hopes


def _steps(sums: list[int], hopes: list[float]) -> list[tuple[int, float]]:
    """Return for each count what one stretch more adds to a goal, and how its hope changes."""
    return [(b - a, y - x) for (a, b), (x, y) in zip(pairwise(sums), pairwise(hopes), strict=True)]


def _rest(problem: SelectionProblem, prices: Prices) -> tuple[list[float], list[float]]:
    """Return what the candidates from each index on bring above their prices at most, in an open position or a new one.

    After an index that ends its position, the open one is what the next position brings.
    """
    count = len(problem.candidates)
    opened, closed = [0.0] * (count + 1), [0.0] * (count + 1)
    later, end = 0.0, count
    for index in range(count - 1, -1, -1):
        candidate = problem.candidates[index]
        position = candidate.item.position
        if index + 1 < count and problem.candidates[index + 1].item.position != position:
            later, end = closed[index + 1], index + 1
            opened[index + 1] = later
        gain = max(0.0, surplus(candidate, prices))
        opened[index] = gain + (opened[index + 1] if index + 1 < end else later)
        first = index
        while first and problem.candidates[first - 1].item.position == position:
            first -= 1
        there = extra_ms(problem, problem.candidates[first:end]) / 60_000 * prices.minute
        closed[index] = max(0.0, opened[index] - later - problem.position_penalty - there) + later
    return opened, closed


def _ahead(problem: SelectionProblem) -> list[tuple[list[int], list[str]]]:
    """Return the goals and the areas that the candidates from each index on have to do with."""
    ahead: list[tuple[list[int], list[str]]] = [([], [])]
    for candidate in reversed(problem.candidates):
        goals, areas = ahead[-1]
        ahead.append((sorted({*goals, *candidate.goals}), sorted({*areas, *candidate.areas})))
    return ahead[::-1]
