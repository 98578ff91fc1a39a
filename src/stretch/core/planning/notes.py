"""Notes of a routine for the person: what is shorter, easier or not in it, and why."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from stretch.core.model import Catalog
from stretch.core.planning import dosing, limits, scoring
from stretch.core.planning.candidates import Eligible
from stretch.core.planning.eligibility import area_words, deepest_level, reason_text
from stretch.core.routine import DEFAULT_MINUTES, Item, Request, Routine, doses_of
from stretch.core.text import join_words
from stretch.core.vocabulary import POSITIONS

SMALL_SHORTFALL_S, LARGE_SHORTFALL_S = 10, 90
"""A routine that is a tenth shorter than asked has a note, but not if it is less than the first, and always if it is
more than the second."""
CAUSE_S = 45
"""What is missing without a cause being looked for."""

HURT = {"hurt today", "hurt twice"}
"""Reasons why a stretch is left out after pain."""
MOST_NAMED = 2
"""Most stretches that are named because their dose is larger than last time."""


def routine_notes(
    catalog: Catalog,
    request: Request,
    eligible: Eligible,
    items: Sequence[Item],
    reasons: Mapping[str, str],
    shortfall_s: int,
    after_first_weeks: Callable[[], Routine],
) -> Iterator[str]:
    """Yield the notes on a routine of *items*.

    *reasons* has the reason for each stretch that is left out; *after_first_weeks* returns the routine of somebody who
    is past them.
    """
    tenth_s = 6 * (DEFAULT_MINUTES if request.minutes is None else request.minutes)
    if shortfall_s > min(max(tenth_s, SMALL_SHORTFALL_S), LARGE_SHORTFALL_S):
        yield _shortfall_note(request, items, reasons, shortfall_s, after_first_weeks)
    hurt = [id for id, reason in reasons.items() if reason == "hurt today"]
    yield from (f"{catalog.stretches[id].name}: it hurt today. (--stretch {id}: do it)" for id in hurt)
    if request.beginner:
        yield "Easy start: small doses and nothing deep, as in your first two weeks. (--experienced: full doses)"
    if request.day_after_hard_session:
        yield "Gentle today, because you went deep yesterday. (--level moderate: more)"
    yield from _growth_notes(request, items)
    yield from dosing.adaptation_notes(request, items)
    if request.morning and any(reason.startswith("morning") for reason in reasons.values()):
        yield "No forward bends in the first hour after getting up. (--no-morning: allow them)"
    if request.before_sport:
        yield "Before sport: less than a minute for each muscle, and movement at the end."
    if request.level == "deep" == deepest_level(request) and all(item.stretch.level != "deep" for item in items):
        deep = [id for id in reasons if catalog.stretches[id].level == "deep"]
        names = [f"{catalog.stretches[id].name} ({reason_text(catalog, reasons[id])}: --stretch {id})" for id in deep]
        yield f"No deep stretch in this routine: {join_words(names or ['the catalog has none'])}."
    if enough := _enough_this_week(catalog, request, eligible.areas):
        yield f"More than 10 min in the last 7 days for the {area_words(catalog, enough)}: more brings no more range."
    yield from _missing_areas(catalog, request, eligible, items, reasons)


def _growth_notes(request: Request, items: Sequence[Item]) -> Iterator[str]:
    """Yield whether doses are longer than at first, and on the day on which some grow, which."""
    if request.progress and any(
        dosing.held_seconds(item.stretch, item.dose) > dosing.held_seconds(item.stretch, item.stretch.dose)
        for item in items
    ):
        yield "Longer than at first, because the last weeks went well. (e in the session: easier)"
    if not request.grown:
        return
    last = {item.stretch.id: item for item in items}
    before, now = (
        {id: (hold or 1) * reps for id, (hold, reps) in doses.items()} for doses in (request.doses, doses_of(items))
    )
    grown = [last[id] for id, amount in now.items() if id in before and amount > before[id]]
    named = [f"{item.stretch.name}, {item.dose_label}" for item in grown[:MOST_NAMED]]
    if grown:
        others = [f"more of {len(grown) - MOST_NAMED} others"] if len(grown) > MOST_NAMED else []
        yield f"New today: {'; '.join([*named, *others])}."


def _missing_areas(
    catalog: Catalog, request: Request, eligible: Eligible, items: Sequence[Item], reasons: Mapping[str, str]
) -> Iterator[str]:
    there, goals = scoring.primary_areas(items), eligible.goals
    missing: defaultdict[str, list[str]] = defaultdict(list)
    for goal in goals[: len(eligible.areas)] if request.short_form else goals:
        if there.isdisjoint(goal.areas):
            missing[_reason_for(catalog, goal.areas, reasons)] += sorted(goal.areas)
    for cause, absent in missing.items():
        yield f"Not in this routine: {area_words(catalog, absent, 'or')} ({cause})."


def _enough_this_week(catalog: Catalog, request: Request, areas: Sequence[str]) -> list[str]:
    """Return those *areas* that were held for longer than a week needs (rule D5)."""
    held: Counter[str] = Counter()
    for id, seconds in request.week_seconds.items():
        if id in catalog.stretches and catalog.stretches[id].mode != "dynamic":
            held.update(dict.fromkeys(catalog.stretches[id].areas.primary, seconds))
    return [area for area in areas if held[area] > dosing.WEEK_ENOUGH_S]


def _shortfall_note(
    request: Request,
    items: Sequence[Item],
    reasons: Mapping[str, str],
    shortfall_s: int,
    after_first_weeks: Callable[[], Routine],
) -> str:
    if shortfall_s <= CAUSE_S:
        return f"{shortfall_s} s shorter than asked: nothing useful fits in the time left."
    cause = _shortfall_cause(request, items, reasons, after_first_weeks)
    return f"About {round(shortfall_s / 60)} min shorter than asked: {cause}."


def _shortfall_cause(
    request: Request, items: Sequence[Item], reasons: Mapping[str, str], after_first_weeks: Callable[[], Routine]
) -> str:
    if request.stretches and not request.areas:
        return "only the stretches you named are in it"
    if request.before_sport:
        return "before sport short holds are enough"
    if request.beginner and (request.minutes or 0) > dosing.LONG_MIN:
        return "this is enough for your first two weeks"
    if "first weeks" in reasons.values() and "number" not in reasons.values():
        there = {item.stretch.id for item in items}
        if any(item.stretch.id not in there for item in after_first_weeks().items):
            return "other stretches for this come after your first weeks"
    if "number" in reasons.values():
        return "these stretches, held this long, are enough"
    if request.max_level == "gentle":
        return "this is enough for a sore day"
    if not HURT.isdisjoint(reasons.values()):
        return "what hurt is left out, and more of the rest would not help"
    return "nothing else suits your choice, and more of the same would not help"


def _reason_for(catalog: Catalog, areas: Collection[str], reasons: Mapping[str, str]) -> str:
    """Return why the stretches for *areas* are left out: pain, else a limit for one that suits, else the commonest."""
    found = [
        reason for name, reason in reasons.items() if not set(areas).isdisjoint(catalog.stretches[name].areas.primary)
    ]
    if not found:
        return "the catalog has none"
    hurt = [reason for reason in found if reason in HURT]
    limited = [reason for reason in found if reason.partition(":")[0] in limits.LIMITS]
    reason = Counter(hurt or limited or found).most_common(1)[0][0]
    if reason.startswith("position"):
        # Where any of them is done.
        reason = "position: " + ", ".join(place for place in POSITIONS if f"position: {place}" in found)
    return reason_text(catalog, reason)
