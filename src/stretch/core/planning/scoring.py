"""Score of a selection of stretches, the goals it consists of, and the hold time of each area."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from random import Random

from msgspec import Struct

from stretch.core.model import Area, Catalog, Dose, Stretch
from stretch.core.planning.dosing import TARGET_S, held_seconds
from stretch.core.planning.eligibility import area_words
from stretch.core.planning.problem import Pick, SelectionProblem
from stretch.core.routine import Item, Request

AREA_GAINS = (6, 4, 2, 1)
"""Points for the first, second, ... stretch of a requested area; the last number applies to all further ones."""
FOCUS_GAINS = (6, 1)
"""The same for a focus set (rule RB15)."""
PARTNER_GAINS = (3, 1)
"""The same for a partner area (rule RB9)."""
SECONDS_PER_POINT = 30
"""Hold time on each side for one point, up to the target; reaching the target is one more."""
MOVEMENT_POINTS = 1
"""Points for the full dose of a dynamic stretch: movement only prepares for the holds."""
DESK_PENALTY = 1
"""Points off for desk stretches except in a desk break: lying down is easier on the back."""
POSITION_CHANGE_PENALTY = 2
"""Points off for each body position of a routine."""
VARIETY_DAYS = (2, 4)
"""Days since a stretch was last done; one point for each number reached."""
MAX_SEED_POINTS = 2
"""A seed other than 0 adds up to this many points to each stretch."""


class Goal(Struct, frozen=True):
    """Something a routine should contain: a stretch with one of *areas* among its primary areas."""

    areas: frozenset[str]
    gains: tuple[int, ...]
    """Points for the first, second, ... stretch that serves the goal."""
    reason: str
    """Why such a stretch is in the routine; `{}` stands for its areas."""


class HoldTime(Struct, frozen=True):
    """Seconds of held stretch for an area on each side; movement and mobility holds do not count (D5, D11)."""

    area: str
    left_s: int
    right_s: int


def score(problem: SelectionProblem, picks: Sequence[Pick]) -> int:
    """Return the score of *picks* in whole points, which the solver maximizes.

    - Goals: requested areas, focus sets (rule RB15) and partner areas (rule RB9). Further stretches for a goal add
      less, which favours variety (rule RB13).
    - Stretches: `base_score`.
    - Doses: `dose_points` for hold time on each side. Extra repetitions give way before a stretch (rule RB14).
    - A penalty for each body position. The time to change position is part of the time budget (rule D18).
    """
    served = Counter(goal for candidate, _ in picks for goal in candidate.goals)
    points = sum(problem.gain(goal, n) for goal, count in served.items() for n in range(count))
    points += sum(candidate.base_score + option.points for candidate, option in picks)
    return points - problem.position_penalty * len({candidate.item.position for candidate, _ in picks})


def goals_of(catalog: Catalog, areas: Sequence[str]) -> tuple[Goal, ...]:
    """Return the goals of a routine for *areas*."""
    goals = [Goal(frozenset([area]), AREA_GAINS, "{}") for area in areas]
    focus: dict[frozenset[str], str] = {}
    partners: dict[str, str] = {}
    for area in areas:
        for group in catalog.areas[area].focus:
            focus.setdefault(frozenset(group), area)
        for partner in catalog.areas[area].partners:
            if partner not in areas:
                partners.setdefault(partner, area)
    goals += [Goal(group, FOCUS_GAINS, f"{{}}, also helps the {area_words([area])}") for group, area in focus.items()]
    goals += [
        Goal(frozenset([partner]), PARTNER_GAINS, f"{{}}, to balance the {area_words([area])}")
        for partner, area in partners.items()
    ]
    return tuple(goals)


def is_relevant(stretch: Stretch, goals: Sequence[Goal], areas: Collection[str]) -> bool:
    """Return whether *stretch* serves a goal or has one of *areas* among its secondary areas."""
    serves_goal = any(not goal.areas.isdisjoint(stretch.areas.primary) for goal in goals)
    return serves_goal or any(area in areas for area in stretch.areas.secondary)


def goals_served(stretch: Stretch, goals: Sequence[Goal]) -> tuple[int, ...]:
    """Return the indexes of the *goals* that *stretch* serves; none for a mobility hold (rule D11)."""
    if stretch.mode != "dynamic" and not held_seconds(stretch, stretch.dose):
        return ()
    primary = stretch.areas.primary
    return tuple(index for index, goal in enumerate(goals) if not goal.areas.isdisjoint(primary))


def base_score(stretch: Stretch, request: Request) -> int:
    """Return the points of *stretch* that do not depend on the rest of the routine or on the dose."""
    points = 1 if stretch.tier == 1 else 0
    if stretch.desk and not request.desk_break:
        points -= DESK_PENALTY
    if request.days_since_last_done:
        days = request.days_since_last_done.get(stretch.id)
        points += sum(days is None or days >= limit for limit in VARIETY_DAYS)
    if request.seed:
        # Seeded by id, so that a new stretch in the catalog does not change the points of the others.
        points += Random(f"{request.seed}:{stretch.id}").randint(0, MAX_SEED_POINTS)
    return points


def dose_points(stretch: Stretch, dose: Dose, *, full: bool) -> int:
    """Return the points of *dose*; *full* says whether it is the full dose or a leaner one."""
    if stretch.mode == "dynamic":
        return MOVEMENT_POINTS if full else 0
    held = min(held_seconds(stretch, dose), TARGET_S)
    sides = 2 if stretch.both_sides else 1
    return sides * (held // SECONDS_PER_POINT + (1 if held == TARGET_S else 0))


def inclusion_reason(stretch: Stretch, goals: Sequence[Goal], areas: Collection[str]) -> str:
    """Return in a few words why *stretch* is in a routine for *areas*."""
    primary = stretch.areas.primary
    if wanted := [area for area in primary if area in areas]:
        return area_words(wanted)
    for goal in goals:
        if hit := [area for area in primary if area in goal.areas]:
            return goal.reason.format(area_words(hit))
    reached = [area for area in stretch.areas.secondary if area in areas]
    return f"also helps the {area_words(reached)}" if reached else area_words(primary)


def hold_time_by_area(items: Iterable[Item]) -> tuple[HoldTime, ...]:
    """Return the hold time of each primary area of *items*, in order of appearance."""
    sums: dict[str, list[int]] = {}
    for item in items:
        seconds = held_seconds(item.stretch, item.dose)
        for area in item.stretch.areas.primary:
            row = sums.setdefault(area, [0, 0])
            row[0] += sum(seconds for side in item.sides if side != "right")
            row[1] += sum(seconds for side in item.sides if side != "left")
    return tuple(HoldTime(area, left, right) for area, (left, right) in sums.items())


def primary_areas(items: Iterable[Item]) -> set[str]:
    """Return the primary areas of all *items*."""
    return {area for item in items for area in item.stretch.areas.primary}


def missing_partners(areas: Mapping[str, Area], wanted: Sequence[str], items: Sequence[Item]) -> dict[str, str]:
    """Return the partner areas without a stretch in *items*, with the wanted area that each balances (rule RB9)."""
    there = primary_areas(items)
    return {
        partner: area
        for area in wanted
        if area in there
        for partner in areas[area].partners
        if partner not in there and partner not in wanted
    }


def missing_focus(areas: Mapping[str, Area], wanted: Sequence[str], items: Sequence[Item]) -> list[tuple[str, ...]]:
    """Return the focus sets of the wanted areas without a stretch in *items* (rule RB15)."""
    there = primary_areas(items)
    sets = dict.fromkeys(group for area in wanted for group in areas[area].focus)
    return [group for group in sets if there.isdisjoint(group)]
