"""Eligible stretches for a request with their possible doses, and the reasons why others are excluded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from stretch.core.errors import UsageError
from stretch.core.model import Catalog, Dose, Stretch
from stretch.core.planning import scoring
from stretch.core.planning.dosing import BEFORE_SPORT_CEILING_S, dose_for, held_seconds, lean_reps, with_reps
from stretch.core.planning.eligibility import FLAGS, deepest_level, exclusion_reason, position_for, reason_text
from stretch.core.planning.problem import Candidate, Option, spinal_load
from stretch.core.planning.scoring import Goal
from stretch.core.routine import Item, Request, sides_in_order
from stretch.core.timing.phases import exercise_ms, preparation_ms

SHORTLIST_LENGTH = 100
"""Most candidates for the solver; about twice as many as the shipped catalog has for all areas together."""


def eligible_candidates(
    catalog: Catalog, request: Request, areas: Sequence[str], goals: Sequence[Goal]
) -> tuple[list[Candidate], dict[str, str]]:
    """Return the eligible stretches for *areas*, and the reason for each relevant stretch that is excluded.

    Raise UsageError for a stretch that is given by name and not eligible.
    """
    candidates, reasons = [], {}
    deepest, named = deepest_level(request), frozenset(request.stretches)
    for stretch in catalog.stretches.values():
        if stretch.id in named:
            if reason := exclusion_reason(stretch, request, None):
                raise UsageError(_contradiction(stretch, reason))
        elif not scoring.is_relevant(stretch, goals, areas):
            continue
        elif reason := exclusion_reason(stretch, request, deepest):
            reasons[stretch.id] = reason
            continue
        candidates.append(_candidate(stretch, request, areas, goals))
    return _desk_only(candidates, goals, request, reasons), reasons


def _contradiction(stretch: Stretch, reason: str) -> str:
    keyword = reason.partition(":")[0]
    sentence = f"--stretch {stretch.id} is not possible here: {reason_text(reason)}."
    if keyword == "opt-in":
        return f"{sentence} Use --experienced if they are behind you."
    return f"{sentence} It contradicts {FLAGS[keyword]}." if FLAGS[keyword].startswith("--") else sentence


def _candidate(stretch: Stretch, request: Request, areas: Sequence[str], goals: Sequence[Goal]) -> Candidate:
    dose, adapted = dose_for(
        stretch,
        stretch.dose,
        request.avoid,
        beginner=request.beginner,
        half_dose=request.half_dose,
        before_sport=request.before_sport,
    )
    required = stretch.id in request.stretches
    reason = "you asked for it" if required else scoring.inclusion_reason(stretch, goals, areas)
    position = position_for(stretch, request) or stretch.position
    lean = dose.reps if adapted or request.half_dose else lean_reps(stretch, dose)
    return Candidate(
        item=Item(stretch, dose, position, sides_in_order(stretch, request.first_side), adapted, reason),
        options=tuple(_option(stretch, dose, reps, request) for reps in sorted({lean, dose.reps})),
        extra_ms=preparation_ms(stretch, new_position=True) - preparation_ms(stretch, new_position=False),
        goals=scoring.goals_served(stretch, goals),
        base_score=scoring.base_score(stretch, request),
        load=spinal_load(stretch),
        required=required,
    )


def _option(stretch: Stretch, full_dose: Dose, reps: int, request: Request) -> Option:
    dose = with_reps(full_dose, reps)
    held = held_seconds(stretch, dose)
    slow = request.extra_transition_time
    preparation = preparation_ms(stretch, new_position=False, slow=slow)
    return Option(
        reps,
        preparation + exercise_ms(stretch, dose, request.breath, slow=slow),
        # Before sport one held stretch fills the ceiling of its areas, however short it is (rule D17).
        BEFORE_SPORT_CEILING_S if held and request.before_sport else held,
        scoring.dose_points(stretch, dose, full=reps == full_dose.reps),
    )


def _desk_only(
    candidates: list[Candidate], goals: Sequence[Goal], request: Request, reasons: dict[str, str]
) -> list[Candidate]:
    """Return only desk stretches for a desk break, if they serve a requested area and no position is requested."""
    requested = {index for index, goal in enumerate(goals) if goal.gains == scoring.AREA_GAINS}
    desk = [c for c in candidates if c.item.stretch.desk or c.required]
    if not request.desk_break or request.positions or not any(requested.intersection(c.goals) for c in desk):
        return candidates
    reasons |= {c.item.stretch.id: "not at a desk" for c in candidates if c not in desk}
    return desk


def shortlist(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return at most about SHORTLIST_LENGTH *candidates*: the best for each goal and position, and all required ones.

    Best are those with more goals, then a higher base score, then a shorter duration. Each goal and position keeps at
    least one.
    """
    if len(candidates) <= SHORTLIST_LENGTH:
        return list(candidates)
    groups: dict[tuple[str, int], list[str]] = defaultdict(list)
    for candidate in sorted(candidates, key=lambda c: (-len(c.goals), -c.base_score, c.options[0].ms)):
        for goal in candidate.goals or (-1,):
            groups[candidate.item.position, goal].append(candidate.item.stretch.id)
    kept = {candidate.item.stretch.id for candidate in candidates if candidate.required}
    for depth in range(max(map(len, groups.values()), default=0)):
        layer = {group[depth] for group in groups.values() if depth < len(group)}
        if depth and len(kept | layer) > SHORTLIST_LENGTH:
            break
        kept |= layer
    return [candidate for candidate in candidates if candidate.item.stretch.id in kept]
