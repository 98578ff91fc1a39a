"""What is left of the time goes into repetitions, as far as more of a stretch is of use."""

from __future__ import annotations

from collections.abc import Sequence

from stretch.core.planning.dosing import held_seconds, most_reps, with_reps
from stretch.core.planning.space import Candidate, Option, Pick, Space, cost_ms, held_by_area
from stretch.core.routine import Request
from stretch.core.timing.breathing import parse_pattern
from stretch.core.timing.phases import exercise_ms


def filled(space: Space, picks: Sequence[Pick], request: Request) -> list[Pick]:
    """Return *picks* with more repetitions, one at a time, the least held first, while time and ceilings allow it.

    Never more than rules D2, D5 and D10 have use for, nor more than the dose of somebody who must go easy.
    """
    grown = list(picks)
    left = space.budget_ms - cost_ms(space, grown)
    held = held_by_area(grown)
    while True:
        for index in sorted(range(len(grown)), key=lambda index: _order(grown[index])):
            candidate, option = grown[index]
            more = _more(candidate, option, request)
            if more is None or more.ms - option.ms > left:
                continue
            added = more.held_s - option.held_s
            if any(held[area] + added > space.ceiling_s for area in candidate.areas):
                continue
            grown[index] = candidate, more
            left -= more.ms - option.ms
            held |= {area: held[area] + added for area in candidate.areas}
            break
        else:
            return grown


def _order(pick: Pick) -> tuple[bool, int, int]:
    """Give up what the choice took away first, then what is held least; movement last."""
    candidate, option = pick
    return option.reps >= candidate.item.dose.reps, option.held_s or 1000, option.reps


def _more(candidate: Candidate, option: Option, request: Request) -> Option | None:
    """Return *option* with one repetition more; None where that is of no use."""
    item = candidate.item
    spared = item.adapted or request.beginner or request.half_dose or request.before_sport
    most = item.dose.reps if spared else most_reps(item.stretch, item.dose)
    if option.reps >= most:
        return None
    now, dose, pattern = (
        with_reps(item.dose, option.reps),
        with_reps(item.dose, option.reps + 1),
        parse_pattern(request.breath),
    )
    before, after = (
        exercise_ms(item.stretch, each, pattern, slow=request.extra_transition_time) for each in (now, dose)
    )
    ms = option.ms + after - before
    return Option(dose.reps, ms, held_seconds(item.stretch, dose), option.points)
