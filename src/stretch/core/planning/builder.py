"""Build the routine for a request: warm-up, the best selection that fits the time, and settling.

Where the rules are: D1 and D2 `dosing` and `add_repetitions`; D3, D9 to D11, D15, D17 and T1 `dosing.dose_for`; D4 the
types of the catalog and `Timeline.adjust`; D5 `SelectionProblem.ceiling_s`; D14, RB7, RB17 and the days of D15
`personalize`; levels and opt-ins of D15, RB3, RB11 and RB12 `eligibility`; D16 the pain trend; D18 `phases`; D19
`programs`; RB1, RB2, RB4 and RB16 `warm_up` and `phases`; RB5 and RB6 `routine.sort_key`; RB9, RB13, RB14 and RB15
`scoring`, with `_routine_notes` for gaps; RB10 `problem.advance`. RB8 needs no code: no dose grows on one side
only. D6 to D8, D12, D13 and RB18 concern sessions and weeks: `screening.pain_limits`, the texts of the catalog, the
training frequency in exports, and the checklist.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec.structs import replace

from stretch.core.errors import UsageError
from stretch.core.model import Catalog, expand_areas
from stretch.core.planning.candidates import eligible_candidates, shortlist
from stretch.core.planning.dosing import (
    AREA_CEILING_S,
    BEFORE_SPORT_CEILING_S,
    adaptation_notes,
    held_seconds,
    max_reps,
    with_reps,
)
from stretch.core.planning.eligibility import FLAGS, area_words, check_stretch_ids, reason_text
from stretch.core.planning.problem import (
    NODE_LIMIT,
    Candidate,
    Option,
    Pick,
    SelectionProblem,
    duration_ms,
    held_per_side,
    is_balanced,
    item_of,
    session_order,
)
from stretch.core.planning.scoring import (
    POSITION_CHANGE_PENALTY,
    Goal,
    goals_of,
    missing_focus,
    missing_partners,
    primary_areas,
)
from stretch.core.planning.solver import best_selection
from stretch.core.planning.warm_up import MAX_SETTLE_S, SETTLE_S, Bookends, bookends, settle_text, warm_up_seconds
from stretch.core.routine import DEFAULT_MINUTES, Item, LeftOut, Request, Routine
from stretch.core.text import duration
from stretch.core.timing.phases import exercise_ms

MAX_MINUTES, MAX_WARM_UP_MIN = 180, 30
SHORTLIST_NODE_LIMIT = 1_000
"""Search nodes if the candidates had to be shortlisted: a few hundredths of a second."""
SHORTFALL_S = 45
"""A routine that is shorter than asked by more than this has a note with the reason."""


def build_routine(catalog: Catalog, request: Request) -> Routine:
    """Return the routine for *request*; the same request gives the same routine.

    Raises what `check_request` raises, and UsageError if the minutes are too short for the stretches given by name.
    """
    areas, minutes = expand_areas(catalog, request.areas), _minutes(request)
    goals = goals_of(catalog, areas)
    candidates, reasons = check_request(catalog, request)
    ends = bookends(catalog.warm_up, request, warm_up_seconds(request, minutes))
    problem = _problem(candidates, goals, ends, minutes, request)
    picks, settle_s, shortfall_s = _select(problem, request, minutes)
    reasons |= _unselected(problem, picks)
    items = tuple(item_of(pick) for pick in picks)
    return Routine(
        title=", ".join(catalog.areas[area].name for area in areas) or "Your choice",
        areas=areas or tuple(sorted(primary_areas(items))),
        items=items,
        warm_up=ends.warm_up,
        start_position=ends.start_position,
        cool_down=ends.cool_down,
        settle_s=settle_s,
        settle_text=settle_text(catalog.settle, items, ends.cool_down),
        breath=request.breath.name,
        seed=request.seed,
        extra_transition_time=request.extra_transition_time,
        left_out=tuple(LeftOut(id, reasons[id]) for id in catalog.stretches if id in reasons),
        notes=tuple(_routine_notes(catalog, request, areas, items, reasons, shortfall_s)),
    )


def check_request(catalog: Catalog, request: Request) -> tuple[list[Candidate], dict[str, str]]:
    """Return the candidates for *request* and why other stretches are excluded, without choosing any.

    Raise UnknownName for an unknown area or stretch, and UsageError if the minutes are out of range, a stretch given
    by name is not eligible, or nothing is left to do.
    """
    areas = expand_areas(catalog, request.areas)
    _minutes(request)
    check_stretch_ids(catalog, (*request.exclude, *request.stretches))
    if clash := next((name for name in request.stretches if name in request.exclude), None):
        raise UsageError(f"--stretch {clash} and --exclude {clash} contradict each other: leave one of them out.")
    candidates, reasons = eligible_candidates(catalog, request, areas, goals_of(catalog, areas))
    if not candidates:
        raise UsageError(_nothing_left(areas, reasons))
    return candidates, reasons


def _minutes(request: Request) -> float:
    minutes = DEFAULT_MINUTES if request.minutes is None else request.minutes
    if not 1 <= minutes <= MAX_MINUTES:
        raise UsageError(f"--minutes {minutes:g}: a routine takes 1 to {MAX_MINUTES} minutes.")
    if request.warm_up is None:
        return minutes
    if not 0 <= request.warm_up <= MAX_WARM_UP_MIN:
        raise UsageError(f"--warm-up {request.warm_up:g}: a warm-up takes 0 to {MAX_WARM_UP_MIN} minutes.")
    if request.warm_up >= minutes:
        raise UsageError(
            f"--warm-up {request.warm_up:g} leaves no time for stretching in --minutes {minutes:g}: "
            "make the warm-up shorter or the routine longer."
        )
    return minutes


def _problem(
    candidates: Sequence[Candidate], goals: Sequence[Goal], ends: Bookends, minutes: float, request: Request
) -> SelectionProblem:
    listed = shortlist(candidates)
    ordered = session_order(listed)
    return SelectionProblem(
        candidates=ordered,
        goals=tuple(goal.gains for goal in goals),
        budget_ms=(int(minutes * 60) - ends.seconds) * 1000,
        start_position=ends.start_position,
        ceiling_s=BEFORE_SPORT_CEILING_S if request.before_sport else AREA_CEILING_S,
        position_penalty=POSITION_CHANGE_PENALTY,
        node_limit=NODE_LIMIT if len(listed) == len(candidates) else SHORTLIST_NODE_LIMIT,
        balance_spine=is_balanced(_required(ordered)),
    )


def _required(candidates: Sequence[Candidate]) -> list[Pick]:
    return [(c, c.options[0]) for c in candidates if c.required]


def _select(problem: SelectionProblem, request: Request, minutes: float) -> tuple[list[Pick], int, int]:
    """Return the best picks, the seconds of settling after them, and the seconds by which they miss the budget.

    Raise UsageError if nothing fits, or not all stretches given by name.
    """
    if request.minutes is None and request.stretches and not request.areas:
        # Stretches given by name, without areas or minutes, are the whole routine.
        return [(c, c.options[-1]) for c in problem.candidates], SETTLE_S, 0
    _check_required(problem, minutes)
    picks = add_repetitions(problem, best_selection(problem) or (), request)
    if _spare_s(problem, picks) > SHORTFALL_S + MAX_SETTLE_S - SETTLE_S:
        # Much time is left: then any stretch is better than none, and changes of position do not matter.
        useful = session_order(replace(c, base_score=max(c.base_score, 1)) for c in problem.candidates)
        relaxed = replace(problem, candidates=useful, position_penalty=0)
        picks = add_repetitions(problem, best_selection(relaxed) or (), request)
    if not picks:
        raise UsageError(f"--minutes {minutes:g} is too short for the warm-up, one stretch and settling: add a minute.")
    spare_s = _spare_s(problem, picks)
    settle_s = min(MAX_SETTLE_S, SETTLE_S + spare_s)
    return picks, settle_s, spare_s + SETTLE_S - settle_s


def _check_required(problem: SelectionProblem, minutes: float) -> None:
    required = _required(problem.candidates)
    excess_ms = duration_ms(problem, required) - problem.budget_ms
    if required and excess_ms > 0:
        more = -(-excess_ms // 60_000)
        raise UsageError(f"The stretches you named do not fit in --minutes {minutes:g}: add {more} min, or name fewer.")
    for area, seconds in held_per_side(required).items():
        if seconds > problem.ceiling_s:
            raise UsageError(
                f"The stretches you named hold {area} for {seconds} s on a side, "
                f"and {problem.ceiling_s} s is the maximum: name fewer stretches."
            )


def add_repetitions(problem: SelectionProblem, picks: Sequence[Pick], request: Request) -> list[Pick]:
    """Return *picks* with repetitions added one at a time, shortest hold time first, within budget and ceilings.

    No dose exceeds `max_reps` (rules D2, D5 and D10), or the full dose if that was made smaller for the person.
    """
    picks = list(picks)
    spare_ms = problem.budget_ms - duration_ms(problem, picks)
    held = held_per_side(picks)
    while True:
        for index in sorted(range(len(picks)), key=lambda index: _repetition_priority(picks[index])):
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


def _repetition_priority(pick: Pick) -> tuple[bool, int, int]:
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


def _spare_s(problem: SelectionProblem, picks: Sequence[Pick]) -> int:
    return (problem.budget_ms - duration_ms(problem, picks)) // 1000


def _unselected(problem: SelectionProblem, picks: Sequence[Pick]) -> dict[str, str]:
    """Return the reason for each candidate that was not picked."""
    held, picked = held_per_side(picks), {candidate.item.stretch.id for candidate, _ in picks}
    reasons = {}
    for candidate in problem.candidates:
        if candidate.item.stretch.id not in picked:
            least = candidate.options[0].held_s
            full = [area for area in candidate.areas if least and held.get(area, 0) + least > problem.ceiling_s]
            reasons[candidate.item.stretch.id] = f"enough: {', '.join(full)}" if full else "time"
    return reasons


def _nothing_left(areas: Sequence[str], reasons: dict[str, str]) -> str:
    counts = Counter(FLAGS.get(keyword, keyword) for keyword in (r.partition(":")[0] for r in reasons.values()))
    causes = ", ".join(f"{count} by {flag}" for flag, count in counts.most_common())
    what = " or ".join(areas) if areas else "your request"
    return f"No stretch is left for {what} ({causes}): add areas, or remove one of these options."


def _routine_notes(
    catalog: Catalog,
    request: Request,
    areas: Sequence[str],
    items: Sequence[Item],
    reasons: Mapping[str, str],
    shortfall_s: int,
) -> Iterator[str]:
    """Yield the notes on a routine of *items*; *reasons* has the reason for each stretch that is left out."""
    if shortfall_s > SHORTFALL_S:
        yield f"{duration(shortfall_s * 1000)} shorter than asked: {_shortfall_cause(request)}."
    if request.beginner:
        yield "Easy start: fewer repetitions and nothing deep in your first two weeks. (--experienced: full doses)"
    if request.day_after_hard_session:
        yield "Gentle today, because you went deep yesterday. (--level moderate: more)"
    yield from adaptation_notes(request, items)
    if request.morning and any(reason.startswith("morning") for reason in reasons.values()):
        yield "No forward bends in the first hour after getting up. (--no-morning: allow them)"
    if request.before_sport:
        yield "Before sport: less than a minute for each muscle, and movement at the end."
    for group in missing_focus(catalog.areas, areas, items):
        yield f"No stretch for {area_words(group, 'or')} ({_commonest_reason(catalog, group, reasons)})."
    for partner, area in missing_partners(catalog.areas, areas, items).items():
        cause = _commonest_reason(catalog, [partner], reasons)
        yield f"No stretch for {area_words([partner])} to balance {area_words([area])} ({cause})."


def _shortfall_cause(request: Request) -> str:
    if request.stretches and not request.areas:
        return "only the stretches you named are in it"
    limit = f"at most {AREA_CEILING_S // 60} minutes of holding for one area and side"
    if request.before_sport:
        limit = "less than a minute of holding for one area and side before sport"
    if request.beginner:
        limit += ", and fewer repetitions in your first two weeks"
    return f"everything that fits is in it, with {limit}"


def _commonest_reason(catalog: Catalog, areas: Collection[str], reasons: Mapping[str, str]) -> str:
    """Return the commonest reason why the stretches for *areas* are left out."""
    found = Counter(
        reason for name, reason in reasons.items() if not set(areas).isdisjoint(catalog.stretches[name].areas.primary)
    )
    return reason_text(found.most_common(1)[0][0]) if found else "the catalog has none"
