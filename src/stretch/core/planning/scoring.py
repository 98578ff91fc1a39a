"""Score of a selection of stretches, the goals it consists of, and the hold time of each area."""

from collections.abc import Collection, Iterable, Sequence
from random import Random

from msgspec import Struct

from stretch.core.model import Catalog, Dose, Stretch
from stretch.core.planning.dosing import held_seconds
from stretch.core.planning.eligibility import area_words, suits_disc
from stretch.core.planning.limits import is_reset
from stretch.core.planning.problem import Pick, SelectionProblem
from stretch.core.routine import Item, Request
from stretch.core.vocabulary import UPRIGHT, Position

AREA_GAINS = (230, 60, 40)
"""Points for the first, second, ... stretch of a requested area; the last number applies to all further ones."""
FOCUS_GAIN, SHORT_FOCUS_GAIN, FOCUS_STEP = 300, 180, 60
"""Points for the first stretch of a focus set (rule RB15), for it where all is short, and less for each further one."""
FOCUS_AGAIN = -75
"""Points for each further stretch of a focus set."""
PARTNER_GAINS = (100, -150)
"""Points for the first and each further stretch of a partner area (rule RB9)."""
SHARE_S, SHARE_POINTS = 60, 8
"""Seconds that each of several requested areas is due, half as many in a desk break, and the points for each second.
"""
MOVEMENT = 4
"""Points for each whole breath of a dynamic stretch; a hold has one for each second, on each side."""
EACH, AIMLESS = -35, -40
"""Points of each stretch (fewer with more repetitions are better), and of one that serves no goal."""
TIER, GENTLE, ADAPTED, BRIEF, SECONDARY = 20, 25, -15, -60, 5
"""Points of a stretch to use first, of a gentle one, of one that is made easier for a caution, of a brief one,
and of one that also helps a requested area.
"""
LYING, DESK = 30, -30
"""Points of a stretch for the back that is done lying down, which is easier on it, and of one for the desk elsewhere,
for the back or with a form that is no desk stretch.
"""
LYING_POSITIONS: tuple[Position, ...] = ("prone", "side-lying", "supine")
ASKED_FOR = 200
"""Points for a deep stretch if the level is deep, and for a back bend that suits a disc problem (rule RB12)."""
POSITION_CHANGE_PENALTY = 40
"""Points off for each body position of a routine."""
FRESH_DAYS = 4
"""Days after which a stretch has one point more than others of its family, the first time something is asked for."""
MAX_SEED_POINTS = 40
"""A seed other than 0 adds up to this many points to each stretch."""


class Goal(Struct, frozen=True):
    """Something a routine should contain: a stretch with one of *areas* among its primary areas."""

    areas: frozenset[str]
    gains: tuple[int, ...]
    """Points for the first, second, ... stretch that serves the goal."""
    reason: str = ""
    """Why such a stretch is in the routine, after the names of its areas."""


class HoldTime(Struct, frozen=True):
    """Seconds of held stretch for an area on each side; movement and mobility holds do not count (D5, D11)."""

    area: str
    left_s: int
    right_s: int


def score(problem: SelectionProblem, picks: Sequence[Pick]) -> int:
    """Return the score of *picks* in whole points, which the solver maximizes.

    - Goals: requested areas, focus sets (rule RB15) and partner areas (rule RB9); further stretches for one add little.
    - The share of each of several requested areas, before further focus sets of one of them (rule RB13).
    - Stretches: `base_score`.
    - Doses: `dose_points`.
    - A penalty for each body position. The time to change position is part of the time budget (rule D18).
    """
    points, served = 0, [0] * len(problem.goals)
    for candidate, option in picks:
        points += candidate.base_score + option.points
        for goal in candidate.goals:
            points += problem.gain(goal, served[goal])
            served[goal] += 1
    points += SHARE_POINTS * sum(min(seconds, problem.share_s) for seconds in problem.shares(picks))
    return points - problem.position_penalty * len({posture(candidate.item.position) for candidate, _ in picks})


def posture(position: Position) -> Position:
    """Return *position*, but standing for sitting on a chair: the way between them costs little."""
    return "standing" if position in UPRIGHT else position


def goals_of(catalog: Catalog, areas: Sequence[str], request: Request) -> tuple[Goal, ...]:
    """Return the goals of a routine for *areas*; before sport there are more of them (rule D17).

    A partner that a reset at the start moves together with its area needs no stretch of its own (rule RB9).
    """
    goals = {frozenset([area]): Goal(frozenset([area]), AREA_GAINS) for area in areas}
    gain = SHORT_FOCUS_GAIN if request.short_form else FOCUS_GAIN
    for area in areas:
        more = [(other,) for other in catalog.areas[area].before_sport if request.before_sport]
        for group in map(frozenset, (*catalog.areas[area].focus, *more)):
            if group not in goals:
                helps = f", also helps the {area_words(catalog, [area])}"
                goals[group] = Goal(group, (gain, FOCUS_AGAIN), helps)
                gain -= FOCUS_STEP
    moved = [set(stretch.areas.primary) for stretch in catalog.stretches.values() if is_reset(stretch)]
    for area in areas:
        for partner in catalog.areas[area].partners:
            group = frozenset([partner])
            if group not in goals and not any({area, partner} <= together for together in moved):
                goals[group] = Goal(group, PARTNER_GAINS, f", to balance the {area_words(catalog, [area])}")
    return tuple(goals.values())


def is_for(stretch: Stretch, areas: Iterable[str]) -> bool:
    """Return whether one of *areas* is a primary area of *stretch*."""
    return not set(stretch.areas.primary).isdisjoint(areas)


def is_relevant(stretch: Stretch, wanted: frozenset[str], areas: Iterable[str]) -> bool:
    """Return whether *stretch* is for one of the *wanted* areas, or a gentle movement that helps *areas* (rule RB13).

    *wanted* are those of all goals, and *areas* those requested.
    """
    if not wanted.isdisjoint(stretch.areas.primary):
        return True
    prepares = stretch.mode == "dynamic" and stretch.level == "gentle"
    return prepares and not set(stretch.areas.secondary).isdisjoint(areas)


def goals_served(stretch: Stretch, goals: Sequence[Goal]) -> tuple[int, ...]:
    """Return the indexes of the *goals* that *stretch* serves; none for a mobility hold (rule D11)."""
    if stretch.mode != "dynamic" and not held_seconds(stretch, stretch.dose):
        return ()
    primary = stretch.areas.primary
    return tuple([index for index, goal in enumerate(goals) if not goal.areas.isdisjoint(primary)])


def base_score(
    stretch: Stretch,
    request: Request,
    *,
    areas: Collection[str],
    adapted: bool,
    back: bool,
    goals: int,
    brief: bool = False,
) -> int:
    """Return the points of *stretch* that do not depend on the rest of the routine or on the dose."""
    points = EACH + AIMLESS * (not goals) + ADAPTED * adapted + BRIEF * brief
    points += TIER * (stretch.tier == 1) + GENTLE * (stretch.level == "gentle")
    points += SECONDARY * (not set(stretch.areas.secondary).isdisjoint(areas))
    if back:
        points += LYING if stretch.position in LYING_POSITIONS else -LYING
    if back or stretch.family:
        points += DESK * (stretch.desk and not request.desk_break)
    if suits_disc(stretch, request) or stretch.level == request.level == "deep":
        points += ASKED_FOR
    fresh = request.kept or request.days_since_last_done.get(stretch.id, FRESH_DAYS) >= FRESH_DAYS
    points += bool(stretch.family and fresh)
    if request.seed:
        # Seeded by id, so that a new stretch in the catalog does not change the points of the others.
        points += Random(f"{request.seed}:{stretch.id}").randint(0, MAX_SEED_POINTS)
    return points


def dose_points(stretch: Stretch, dose: Dose) -> int:
    """Return the points of *dose*."""
    if stretch.mode == "dynamic":
        return MOVEMENT * dose.reps
    first = held_seconds(stretch, dose) // dose.reps * (2 if stretch.both_sides else 1)
    return first * (dose.reps + 1) // 2


def inclusion_reason(catalog: Catalog, stretch: Stretch, goals: Sequence[Goal], areas: Collection[str]) -> str:
    """Return in a few words why *stretch* is in a routine for *areas*."""
    primary = stretch.areas.primary
    if requested := [area for area in primary if area in areas]:
        return area_words(catalog, requested)
    for goal in goals:
        if hit := [area for area in primary if area in goal.areas]:
            return area_words(catalog, hit) + goal.reason
    reached = [area for area in stretch.areas.secondary if area in areas]
    return f"also helps the {area_words(catalog, reached)}" if reached else area_words(catalog, primary)


def hold_time_by_area(items: Iterable[Item]) -> tuple[HoldTime, ...]:
    """Return the hold time of each primary area of *items*, in order of appearance."""
    sums: dict[str, list[int]] = {}
    for item in items:
        seconds = held_seconds(item.stretch, item.dose)
        for area in item.stretch.areas.primary:
            row = sums.setdefault(area, [0, 0])
            row[0] += sum(seconds * item.set_count(side) for side in item.sides if side != "right")
            row[1] += sum(seconds * item.set_count(side) for side in item.sides if side != "left")
    return tuple(HoldTime(area, left, right) for area, (left, right) in sums.items())


def primary_areas(items: Iterable[Item]) -> set[str]:
    """Return the primary areas of all *items*."""
    return {area for item in items for area in item.stretch.areas.primary}
