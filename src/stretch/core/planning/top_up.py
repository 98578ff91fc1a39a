"""Fill spare time of a routine with more repetitions."""

from __future__ import annotations

from collections.abc import Sequence

from stretch.core.planning.dosing import held_seconds, max_reps, with_reps
from stretch.core.planning.problem import Candidate, Option, Pick, SelectionProblem, duration_ms, held_per_side
from stretch.core.routine import Request
from stretch.core.timing.phases import exercise_ms


def add_repetitions(problem: SelectionProblem, picks: Sequence[Pick], request: Request) -> list[Pick]:
    """Return *picks* with repetitions added one at a time, shortest hold time first, within budget and ceilings.

    No dose exceeds `max_reps` (rules D2, D5 and D10), or the full dose if that was made smaller for the person.
    """
    picks = list(picks)
    spare_ms = problem.budget_ms - duration_ms(problem, picks)
    held = held_per_side(picks)
    while True:
        for index in sorted(range(len(picks)), key=lambda index: _priority(picks[index])):
            candidate, option = picks[index]
            larger = _one_more_rep(candidate, option, request)
            if larger is None or larger.ms - option.ms > spare_ms:
                continue
            added = larger.held_s - option.held_s
            if any(held[area] + added > problem.ceiling_s for area in candidate.areas):
                continue
            picks[index] = candidate, larger
            spare_ms -= larger.ms - option.ms
            held |= {area: held[area] + added for area in candidate.areas}
            break
        else:
            return picks


def _priority(pick: Pick) -> tuple[bool, int, int]:
    """Return the sort key for more repetitions: lean doses first, then the shortest hold time, movement last."""
    candidate, option = pick
    return option.reps >= candidate.item.dose.reps, option.held_s or 1000, option.reps


def _one_more_rep(candidate: Candidate, option: Option, request: Request) -> Option | None:
    """Return *option* with one more repetition, or None if it has the maximum."""
    stretch, full_dose = candidate.item.stretch, candidate.item.dose
    reduced = candidate.item.adapted or request.beginner or request.half_dose or request.before_sport
    if option.reps >= (full_dose.reps if reduced else max_reps(stretch, full_dose)):
        return None
    pattern, slow = request.breath, request.extra_transition_time
    dose = with_reps(full_dose, option.reps + 1)
    ms = option.ms - exercise_ms(stretch, with_reps(full_dose, option.reps), pattern, slow=slow)
    ms += exercise_ms(stretch, dose, pattern, slow=slow)
    return Option(dose.reps, ms, held_seconds(stretch, dose), option.points)
