"""Who may be chosen for a request, in which doses and how well it fits; and why the others may not."""

from __future__ import annotations

from collections.abc import Sequence

from stretch.core.errors import UsageError
from stretch.core.model import Catalog, Dose, Stretch
from stretch.core.planning import spine, worth
from stretch.core.planning.dosing import BEFORE_SPORT_S, dose_for, held_seconds, leanest_reps, with_reps
from stretch.core.planning.eligible import deepest_level, where, why_not
from stretch.core.planning.space import Candidate, Option
from stretch.core.planning.worth import Goal
from stretch.core.routine import Item, Request, sides_in_order
from stretch.core.timing.breathing import parse_pattern
from stretch.core.timing.phases import EXTRA_CHANGE_MS, exercise_ms, preparation_ms

FLAGS = {
    "cautions": "--avoid",
    "needs": "--equipment",
    "position": "--position",
    "level": "--level",
    "safety check": "what you said in the safety check",
    "excluded": "--exclude",
    "opt-in": "opt-in (name them with --stretch)",
    "morning": "the morning (--no-morning)",
}
"""What on the command line, or in the settings, is behind the first word of a reason."""


def candidates_for(
    catalog: Catalog, request: Request, areas: Sequence[str], goals: Sequence[Goal]
) -> tuple[list[Candidate], dict[str, str]]:
    """Return the stretches that may be in a routine for *areas*, and why the others that fit these may not.

    Raises UsageError for a stretch that was asked for by name and may not be in it.
    """
    found, reasons = [], {}
    deepest, named = deepest_level(request), frozenset(request.stretches)
    for stretch in catalog.stretches.values():
        if stretch.id in named:
            if reason := why_not(stretch, request, None):
                raise UsageError(_contradiction(stretch, reason))
        elif not worth.fits(stretch, goals, areas):
            continue
        elif reason := why_not(stretch, request, deepest):
            reasons[stretch.id] = reason
            continue
        found.append(_candidate(stretch, request, areas, goals))
    return _at_the_desk(found, goals, request, reasons), reasons


def _contradiction(stretch: Stretch, reason: str) -> str:
    kind = reason.partition(":")[0]
    if kind == "opt-in":
        return f"--stretch {stretch.id} cannot be done here ({reason}): give --experienced if you are past them."
    flag = FLAGS.get(kind, "something else that you asked for")
    return f"--stretch {stretch.id} cannot be done here ({reason}): it contradicts {flag}; leave one of them out."


def _candidate(stretch: Stretch, request: Request, areas: Sequence[str], goals: Sequence[Goal]) -> Candidate:
    dose, adapted = dose_for(
        stretch,
        stretch.dose,
        request.avoid,
        beginner=request.beginner,
        halved=request.half_dose,
        before_sport=request.before_sport,
    )
    asked = stretch.id in request.stretches
    why = "you asked for it" if asked else worth.reason(stretch, goals, areas)
    position = where(stretch, request) or stretch.position
    leanest = dose.reps if adapted or request.half_dose else leanest_reps(stretch, dose)
    return Candidate(
        item=Item(stretch, dose, position, sides_in_order(stretch, request.first_side), adapted, why),
        options=tuple(_option(stretch, dose, reps, request) for reps in sorted({leanest, dose.reps})),
        extra_ms=preparation_ms(stretch, moved=True) - preparation_ms(stretch, moved=False),
        goals=worth.served_by(stretch, goals),
        merit=worth.merit(stretch, request),
        load=spine.load(stretch),
        required=asked,
    )


def _option(stretch: Stretch, dose: Dose, reps: int, request: Request) -> Option:
    given = with_reps(dose, reps)
    held = held_seconds(stretch, given)
    getting_ready = preparation_ms(stretch, moved=False) + (EXTRA_CHANGE_MS if request.extra_transition_time else 0)
    return Option(
        reps,
        getting_ready + exercise_ms(stretch, given, parse_pattern(request.breath), slow=request.extra_transition_time),
        # Before sport one held stretch for each area is all there is room for, whatever it takes (rule D17).
        BEFORE_SPORT_S if held and request.before_sport else held,
        worth.dose_points(stretch, given, whole=reps == dose.reps),
    )


def _at_the_desk(
    found: list[Candidate], goals: Sequence[Goal], request: Request, reasons: dict[str, str]
) -> list[Candidate]:
    """Keep a desk break at the desk where the catalog has something for it there and no position is asked for."""
    wanted = {index for index, goal in enumerate(goals) if goal.gains == worth.WANTED}
    desk = [c for c in found if c.item.stretch.desk or c.required]
    if not request.desk_break or request.positions or not any(wanted.intersection(c.goals) for c in desk):
        return found
    reasons |= {c.item.stretch.id: "not at a desk" for c in found if c not in desk}
    return desk
