"""Builder of the routine for a request: warm-up, the best selection that fits the time, and settling.

Where the rules are: D1 and D2 `dosing`; D3, D9 to D11, D15, D17 and T1 `dosing.dose_for`; D4 the `checks`
and `Timeline.adjust`; D5 `SelectionProblem.ceiling_s` and `notes`; D14, RB7, RB17 and the days of D15
`personalize`; levels and opt-ins of D15, RB3, RB11 and RB12 `eligibility` and `candidates`; D16 `personalize` and the
pain trend; D18 `phases`; D19 `programs`; RB1, RB2, RB4 and RB16 `warm_up` and `phases`; RB5 and RB6
`routine.sort_key`; RB9, RB14, RB15 and the shares of RB13 `scoring`, with `notes` for gaps; RB10 and the
limits of RB13 `limits`. RB8 needs no code: no dose grows on one side only. D6 to D8, D12, D13 and RB18 concern sessions
and weeks: `screening.pain_limits`, the texts of the catalog, the training frequency in exports, and the checklist.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from msgspec.structs import replace

from stretch.core.errors import UsageError
from stretch.core.model import Catalog, expand_areas
from stretch.core.planning import dosing, limits, scoring, warm_up
from stretch.core.planning.candidates import Eligible, find_eligible
from stretch.core.planning.eligibility import FLAGS, check_stretch_ids
from stretch.core.planning.notes import routine_notes
from stretch.core.planning.problem import Candidate, Option, Pick, SelectionProblem, item_of, session_order
from stretch.core.planning.solver import best_selection
from stretch.core.routine import DEFAULT_MINUTES, Item, LeftOut, Request, Routine

MAX_MINUTES, MAX_WARM_UP_MIN = 180, 30
SHARED_MINUTES = (15, 20, 30)
"""Minutes of routines whose stretches those of other lengths share."""
FEW, USEFUL, IN_NEED = 3, 60, 120
"""With fewer stretches than FEW each one has USEFUL points more, and with none IN_NEED."""
STEADY = 30
"""Points that a further stretch must bring to a request that was made before."""


def build_routine(catalog: Catalog, request: Request) -> Routine:
    """Return the routine for *request*; the same request gives the same routine.

    Raises what `check_request` raises, and UsageError if the minutes are too short for the stretches given by name.
    """
    eligible, minutes = check_request(catalog, request), _minutes(request)
    areas, eligible = eligible.areas, _no_more_than_usual(catalog, request, eligible, minutes)
    problem = selection_problem(catalog, request, eligible, minutes)
    # Stretches given by name, without areas or minutes, are the whole routine.
    by_name = request.minutes is None and not areas
    picks = [(one, one.full) for one in problem.candidates] if by_name else _select(catalog, request, eligible, minutes)
    reasons = eligible.reasons | _unselected(problem, picks)
    ending = warm_up.cool_down(catalog.warm_up, request, minutes)
    full_s = _warm_up_seconds(request, eligible, minutes)
    moves, start_position, whole = warm_up.surround(catalog.warm_up, request, picks, eligible.resets, problem, full_s)
    items = tuple(item_of(pick) for pick in whole)
    reasons = _unused_resets(eligible, items, "no more" if len(whole) > len(picks) else "time") | reasons
    rest_ms = int(minutes * 60_000) - limits.duration_ms(whole, start_position)
    rest_s = rest_ms // 1000 - sum(seconds for _, seconds in (*moves, *ending))
    least_s = warm_up.settle_seconds(request, minutes)
    settle_s = least_s if by_name or not least_s else max(least_s, min(warm_up.most_settle_seconds(minutes), rest_s))
    shortfall_s = 0 if by_name else rest_s - settle_s
    after_first_weeks = partial(build_routine, catalog, replace(request, beginner=False, first_week=False))
    notes = tuple(routine_notes(catalog, request, eligible, items, reasons, shortfall_s, after_first_weeks))
    return Routine(
        title=", ".join(catalog.areas[area].name for area in areas) or "Your choice",
        areas=areas or tuple(sorted(scoring.primary_areas(items))),
        items=items,
        warm_up=moves,
        start_position=start_position,
        cool_down=ending,
        settle_s=settle_s,
        settle_text=warm_up.settle_text(catalog.settle, items, ending) if settle_s else "",
        breath=request.breath.name,
        seed=request.seed,
        extra_transition_time=request.extra_transition_time,
        voice=request.voice,
        left_out=tuple(LeftOut(id, reasons[id]) for id in catalog.stretches if id in reasons),
        notes=notes,
    )


def check_request(catalog: Catalog, request: Request) -> Eligible:
    """Return what a routine for *request* may be made of, without choosing any.

    Raise UnknownName for an unknown area or stretch, and UsageError if the minutes are out of range, a stretch given
    by name is not eligible, or nothing is left to do.
    """
    areas = expand_areas(catalog, request.areas)
    _minutes(request)
    check_stretch_ids(catalog, (*request.exclude, *request.stretches))
    if clash := next((name for name in request.stretches if name in request.exclude), None):
        raise UsageError(f"--stretch {clash} and --exclude {clash} contradict each other: leave one of them out.")
    eligible = find_eligible(catalog, request)
    if not eligible.candidates:
        raise UsageError(_nothing_left(areas, eligible.reasons))
    return eligible


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


def _warm_up_seconds(request: Request, eligible: Eligible, minutes: float) -> int:
    """Return the seconds of warm-up; without opening moves a desk break needs less (rule RB3)."""
    seconds = warm_up.warm_up_seconds(request, minutes)
    return seconds if eligible.has_opening or not request.desk_break else min(seconds, warm_up.DESK_MOVES_S)


def selection_problem(catalog: Catalog, request: Request, eligible: Eligible, minutes: float) -> SelectionProblem:
    """Return the problem of filling what warm-up, cool-down and settling leave of *minutes*."""
    ending_s = warm_up.settle_seconds(request, minutes) + sum(
        seconds for _, seconds in warm_up.cool_down(catalog.warm_up, request, minutes)
    )
    warm_up_s = _warm_up_seconds(request, eligible, minutes)
    # The opening moves take their own part of the warm-up, and a minute of it stays.
    part_s = int(warm_up_s * (0.5 if request.voice else 0.4))
    opening_s = part_s if eligible.has_opening else max(0, warm_up_s - warm_up.LEAST_WARM_UP_S)
    further, most = dosing.further_repetitions(minutes), limits.most_stretches(minutes)
    before = _before(catalog, request)
    candidates = [_with_options(one, lambda option: option.further <= further) for one in eligible.candidates]
    return SelectionProblem(
        candidates=session_order(
            candidates, seated_first="balance" in request.avoid or (not warm_up_s and request.warm_up is None)
        ),
        goals=tuple(goal.gains for goal in eligible.goals),
        budget_ms=(int(minutes * 60) - warm_up_s - ending_s) * 1000,
        opening_ms=0 if request.desk_break else opening_s * 1000,
        ceiling_s=dosing.BEFORE_SPORT_CEILING_S if request.before_sport else dosing.AREA_CEILING_S,
        # What is not possible today is not made up for by several others.
        most_stretches=min(most, len(before)) if before and not request.grown else most,
        most_bends=limits.most_bends(minutes),
        repeat_first=not request.short_form,
        two_alike=minutes > limits.TWO_ALIKE_MIN,
        shared_areas=len(eligible.areas) if len(eligible.areas) > 1 else 0,
        share_s=scoring.SHARE_S // 2 if request.desk_break else scoring.SHARE_S,
        reset_ms={
            position: limits.duration_ms(warm_up.closing_reset(eligible.resets, position, request.breath), position)
            for position in {candidate.item.position for candidate in candidates}
        },
        position_penalty=scoring.POSITION_CHANGE_PENALTY,
    )


def _with_options(candidate: Candidate, allows: Callable[[Option], bool]) -> Candidate:
    options = tuple(filter(allows, candidate.options))
    return candidate if options == candidate.options else replace(candidate, options=options)


def _select(catalog: Catalog, request: Request, eligible: Eligible, minutes: float) -> list[Pick]:
    """Return the picks for *minutes*; raise UsageError if nothing fits, or not all stretches given by name.

    A request that was made before has its stretches of then, as far as today's limits allow. Others only get the time
    that is left when these have their smallest doses.
    """
    problem = selection_problem(catalog, request, eligible, minutes)
    _check_required(problem, minutes)
    if before := _as_before(catalog, request, problem):
        return _with_one_more(problem, before) if request.grown else before
    known = [c for c in eligible.candidates if c.required or c.item.stretch.id in request.kept]
    again = _select_nested(catalog, request, replace(eligible, candidates=known), minutes) if request.kept else []
    picks = _select_nested(catalog, request, eligible, minutes, _in_smallest_doses(again))
    if again and scoring.score(problem, picks) < scoring.score(problem, again) + STEADY:
        picks = again
    if not picks:
        parts = "the warm-up, one stretch and settling" if warm_up.settle_seconds(request, minutes) else "one stretch"
        raise UsageError(f"--minutes {minutes:g} is too short for {parts}: add a minute.")
    # The doses depend on nothing but the stretches, so that tomorrow they are the same.
    chosen = replace(problem, candidates=tuple(candidate for candidate, _ in picks))
    doses = best_selection(chosen, _in_smallest_doses(picks)) or picks
    return picks if limits.exceeds(limits.excess(problem, doses), limits.excess(problem, picks)) else doses


def _as_before(catalog: Catalog, request: Request, problem: SelectionProblem) -> list[Pick]:
    """Return the stretches and doses that *request* had before; empty if others have to take their place."""
    before = _before(catalog, request)
    picks = []
    for candidate in problem.candidates:
        if amount := before.pop(candidate.item.stretch.id, 0):
            first, *others = candidate.options
            picks.append((candidate, [first, *(one for one in others if one.amount <= amount)][-1]))
    # What only today forbids, such as a bend in the morning, is left out; what is gone for good is replaced.
    only_today = request.morning or request.max_level == "gentle" or request.day_after_hard_session
    only_today = only_today or before.keys() <= {*request.hurt_today}
    for_good = {*request.hurtful, *request.replaced, *request.exclude}
    missed = before and (not only_today or len(picks) < FEW or not for_good.isdisjoint(before))
    return [] if missed or any(limits.excess(problem, picks)) else picks


def _with_one_more(problem: SelectionProblem, before: list[Pick]) -> list[Pick]:
    """Return *before* with the larger dose of one stretch that brings most, or else one more stretch (rule D16)."""
    doses = {candidate.item.stretch.id: option for candidate, option in before}
    enough = scoring.score(problem, before)
    for new in (False, True):
        best, most = before, enough + STEADY * new
        for candidate in problem.candidates:
            now = doses.get(id := candidate.item.stretch.id)
            for option in candidate.options[candidate.options.index(now) + 1 if now else 0 :][: bool(now) != new]:
                trial = doses | {id: option}
                picks = _picks_of(problem, trial)
                if (points := scoring.score(problem, picks)) > most and not any(limits.excess(problem, picks)):
                    best, most = picks, points
        if best is not before:
            return best
    return before


def _picks_of(problem: SelectionProblem, doses: Mapping[str, Option]) -> list[Pick]:
    return [(one, doses[one.item.stretch.id]) for one in problem.candidates if one.item.stretch.id in doses]


def _before(catalog: Catalog, request: Request) -> dict[str, int]:
    """Return the seconds or breaths of the stretches that *request* had before, without gentle moves around them."""
    return {
        id: (hold_s or 1) * reps
        for id, (hold_s, reps) in request.doses.items()
        if id in catalog.stretches
        and (request.short_form or id in request.stretches or not limits.is_reset(catalog.stretches[id]))
    }


def _in_smallest_doses(picks: Iterable[Pick]) -> list[Pick]:
    return [(candidate, candidate.options[0]) for candidate, _ in picks]


def _no_more_than_usual(catalog: Catalog, request: Request, eligible: Eligible, minutes: float) -> Eligible:
    """Return *eligible* with doses no larger than before, or on another day than today.

    What is left out in the morning, in pain or after a hard day gives no time to the others (rules K3, RB11, D14).
    """
    sore = request.max_level == "gentle" or request.day_after_hard_session
    if request.doses and not request.grown:
        most = _before(catalog, request)
    elif sore or request.morning or request.half_dose:
        usual = replace(request, morning=False, half_dose=False, day_after_hard_session=False)
        if sore:
            usual = replace(usual, level=None, max_level=None)
        picks = _select(catalog, usual, find_eligible(catalog, usual), minutes)
        most = {candidate.item.stretch.id: option.amount for candidate, option in picks}
    else:
        return eligible

    def limited(candidate: Candidate) -> Candidate:
        limit, first = most.get(candidate.item.stretch.id, candidate.full.amount), candidate.options[0]
        return _with_options(candidate, lambda option: option is first or option.amount <= limit)

    return replace(eligible, candidates=[*map(limited, eligible.candidates)])


def _select_nested(
    catalog: Catalog, request: Request, eligible: Eligible, minutes: float, start: Sequence[Pick] = ()
) -> list[Pick]:
    """Return picks for *minutes* with the stretches of *start*; empty if nothing fits.

    Requests that differ only in minutes share their stretches: a shorter one has some of those for a quarter of an
    hour, and a longer one has those of each of SHARED_MINUTES and more.
    """

    def problem(shared: float) -> SelectionProblem:
        return selection_problem(catalog, request, eligible, shared)

    whole, shortest = problem(minutes), SHARED_MINUTES[0]
    picks = [*start]
    if minutes < shortest and not request.desk_break:
        longer = {candidate.item.stretch.id for candidate, _ in _solve(problem(shortest), start)}
        shared = tuple(c for c in whole.candidates if c.required or c.item.stretch.id in longer)
        picks = _solve(replace(whole, candidates=shared), start)
        if missing := _unserved_areas(eligible, picks):
            # Rather another stretch than none for a requested area, if none of these fits.
            urgent = tuple(
                replace(c, base_score=c.base_score + IN_NEED * (not missing.isdisjoint(c.goals))) for c in shared
            )
            more = tuple(c for c in whole.candidates if c in shared or not missing.isdisjoint(c.goals))
            picks = _solve(replace(whole, candidates=urgent), start)
            picks = _solve(replace(whole, candidates=more), start) if _unserved_areas(eligible, picks) else picks
        return picks or _solve(whole, start)
    for shared_minutes in SHARED_MINUTES:
        if shared_minutes < minutes and not start:
            picks = _solve(problem(shared_minutes), picks)
    return _solve(whole, picks)


def _unserved_areas(eligible: Eligible, picks: Sequence[Pick]) -> set[int]:
    """Return the goals of the requested areas that none of *picks* serves."""
    return set(range(len(eligible.areas))).difference(*(candidate.goals for candidate, _ in picks))


def _solve(problem: SelectionProblem, start: Sequence[Pick] = ()) -> list[Pick]:
    """Return a good selection with the stretches of *start*; empty if nothing fits."""
    picks = best_selection(problem, start) or []
    for few, points in ((FEW if problem.repeat_first else FEW - 1, USEFUL), (1, IN_NEED)):
        if len(picks) >= few:
            break
        # Rather more positions of the body than hardly any stretches.
        useful = tuple(replace(c, base_score=c.base_score + points) for c in problem.candidates)
        most = min(problem.most_stretches, len(start) + FEW + 2)
        wider = replace(problem, candidates=useful, position_penalty=problem.position_penalty // 2, most_stretches=most)
        picks = best_selection(wider, start) or picks
    return picks


def _check_required(problem: SelectionProblem, minutes: float) -> None:
    """Raise UsageError if not all stretches given by name fit."""
    required = [(candidate, candidate.options[0]) for candidate in problem.candidates if candidate.required]
    excess_ms = limits.excess(problem, required)[limits.LIMITS.index("time")]
    if required and excess_ms:
        more = -(-excess_ms // 60_000)
        raise UsageError(f"The stretches you named do not fit in --minutes {minutes:g}: add {more} min, or name fewer.")
    for area, seconds in limits.held_per_side(required).items():
        if seconds > problem.ceiling_s:
            raise UsageError(
                f"The stretches you named hold {area} for {seconds} s on a side, "
                f"and {problem.ceiling_s} s is the maximum: name fewer stretches."
            )


def _unselected(problem: SelectionProblem, picks: Sequence[Pick]) -> dict[str, str]:
    """Return the reason for each candidate that was not picked: the first limit that it would exceed."""
    held, within = limits.held_per_side(picks), limits.excess(problem, picks)
    picked = {candidate.item.stretch.id: option for candidate, option in picks}
    reasons = {}
    for candidate in problem.candidates:
        if candidate.item.stretch.id not in picked:
            doses = picked | {candidate.item.stretch.id: candidate.options[0]}
            then = limits.excess(problem, _picks_of(problem, doses))
            over = (limit for limit, a, b in zip(limits.LIMITS, within, then, strict=True) if b > a)
            reason: str = next(over, "no more")
            if reason == "enough":
                areas = candidate.item.stretch.areas.primary
                least = candidate.options[0].held_s
                reason += ": " + ", ".join(a for a in areas if held.get(a, 0) + least > problem.ceiling_s)
            reasons[candidate.item.stretch.id] = reason
    return reasons


def _nothing_left(areas: Sequence[str], reasons: dict[str, str]) -> str:
    counts = Counter(FLAGS.get(keyword, keyword) for keyword in (r.partition(":")[0] for r in reasons.values()))
    causes = ", ".join(f"{count} by {flag}" for flag, count in counts.most_common())
    what = " or ".join(areas) if areas else "your request"
    return f"No stretch is left for {what} ({causes}): add areas, or remove one of these options."


def _unused_resets(eligible: Eligible, items: Sequence[Item], reason: str) -> dict[str, str]:
    """Return *reason* for each gentle movement for the requested areas that is not among *items*."""
    present = {item.stretch.id for item in items}
    resets = [one.item.stretch.id for one in eligible.resets if one.asked_for]
    return {id: reason for id in resets if id not in present}
