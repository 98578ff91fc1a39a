"""What a choice of stretches is worth: the score that the chooser maximises, and the goals it is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from random import Random

from msgspec import Struct

from stretch.core.model import Catalog, Dose, Stretch
from stretch.core.planning.dosing import AIM_S, held_seconds
from stretch.core.planning.space import Pick, Space
from stretch.core.routine import Request

WANTED = (6, 4, 2, 1)
FOCUS = (6, 1)
PARTNER = (3, 1)
"""What the first, second, ... stretch adds to an area that is wanted, to a focus set and to a partner area."""
HELD_S = 30
"""A point for so many seconds of held stretch on each side, up to the aim, and one more for the aim."""
MOVED = 1
"""For the whole dose of a stretch that moves: holding is what this is for, and moving prepares for it."""
DESK = 1
"""Less for what is made for the desk, unless this is a break at the desk: lying down is easier on the back."""
CHANGE = 2
"""What each position of the body costs that a routine goes through."""
FRESH_DAYS = (2, 4)
"""One point for a stretch that was last done so many days ago, another after so many."""
JITTER = 2
"""A seed other than 0 gives each stretch up to so many points of its own."""


class Goal(Struct, frozen=True):
    """One thing a routine is for: a stretch serves it that is made for one of its areas."""

    areas: frozenset[str]
    gains: tuple[int, ...]
    why: str
    """Why a stretch that serves it is in the routine; `{}` stands for the area it is made for."""


def worth(space: Space, picks: Sequence[Pick]) -> int:
    """Return the score of *picks*, the sum of whole points that the chooser makes as large as it can.

    For every goal: what `Space.goals` says for the first, second, third ... stretch that serves it. The goals of a
    request are each wanted area (WANTED), each focus set of a wanted area (FOCUS; rule RB15) and each partner of a
    wanted area (PARTNER; rule RB9); later ones add less, so variety goes before more of the same (rule RB13). A
    stretch serves those that one of its primary areas is in; a hold of 5 s is mobility and serves none (rule D11).
    For every stretch its `merit`: tier 1 (rule RB14), not made for the desk, not done lately, the luck of the seed.
    And for its dose `dose_points`, on each side: seconds held, the aim of a minute (rule D2), a whole dose of
    movement. So second repetitions give way before a stretch does, never the second side (rule RB14).
    Less `Space.change` for every position of the body that is gone through; the time it takes is counted as well
    (rule D18).
    """
    served = Counter(goal for candidate, _ in picks for goal in candidate.goals)
    points = sum(space.gain(goal, n) for goal, count in served.items() for n in range(count))
    points += sum(candidate.merit + option.points for candidate, option in picks)
    return points - space.change * len({candidate.item.position for candidate, _ in picks})


def goals_of(catalog: Catalog, areas: Sequence[str]) -> tuple[Goal, ...]:
    """Return the goals of a routine for *areas*."""
    goals = [Goal(frozenset([area]), WANTED, "{}") for area in areas]
    focus: dict[frozenset[str], str] = {}
    partners: dict[str, str] = {}
    for area in areas:
        for group in catalog.areas[area].focus:
            focus.setdefault(frozenset(group), area)
        for partner in catalog.areas[area].partners:
            if partner not in areas:
                partners.setdefault(partner, area)
    goals += [Goal(group, FOCUS, f"{{}}, goes with {area}") for group, area in focus.items()]
    goals += [Goal(frozenset([partner]), PARTNER, f"{{}}, balances {area}") for partner, area in partners.items()]
    return tuple(goals)


def fits(stretch: Stretch, goals: Sequence[Goal], areas: Collection[str]) -> bool:
    """Whether *stretch* has to do with a routine for *areas* at all: it is made for a goal or reaches an area."""
    made_for = any(not goal.areas.isdisjoint(stretch.areas.primary) for goal in goals)
    return made_for or any(area in areas for area in stretch.areas.secondary)


def served_by(stretch: Stretch, goals: Sequence[Goal]) -> tuple[int, ...]:
    """Return the indexes of the *goals* that *stretch* serves."""
    if stretch.mode != "dynamic" and not held_seconds(stretch, stretch.dose):
        return ()
    primary = stretch.areas.primary
    return tuple(index for index, goal in enumerate(goals) if not goal.areas.isdisjoint(primary))


def merit(stretch: Stretch, request: Request) -> int:
    """Return the points of *stretch* whatever else is chosen."""
    points = 1 if stretch.tier == 1 else 0
    if stretch.desk and not request.desk_break:
        points -= DESK
    if request.days_since_last_done:
        days = request.days_since_last_done.get(stretch.id)
        points += sum(days is None or days >= fresh for fresh in FRESH_DAYS)
    if request.seed:
        # Seeded by name, so that a stretch added to the catalog does not shift the luck of the others.
        points += Random(f"{request.seed}:{stretch.id}").randint(0, JITTER)
    return points


def dose_points(stretch: Stretch, dose: Dose, *, whole: bool) -> int:
    """Return the points of *dose*, which is the whole dose or a leaner one."""
    sides = 2 if stretch.both_sides else 1
    held = min(held_seconds(stretch, dose), AIM_S)
    if stretch.mode == "dynamic":
        return MOVED if whole else 0
    return sides * (held // HELD_S + (1 if held == AIM_S else 0))


def reason(stretch: Stretch, goals: Sequence[Goal], areas: Collection[str]) -> str:
    """Return in a few words why *stretch* is in a routine for *areas*."""
    primary = stretch.areas.primary
    if wanted := [area for area in primary if area in areas]:
        return ", ".join(wanted)
    for goal in goals:
        if hit := [area for area in primary if area in goal.areas]:
            return goal.why.format(", ".join(hit))
    reached = [area for area in stretch.areas.secondary if area in areas]
    return f"reaches {', '.join(reached)}" if reached else ", ".join(primary)
