"""Notes on a routine for the person: why it is short, what is missing, what was made easier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from stretch.core.model import Catalog
from stretch.core.planning.dosing import AREA_CEILING_S
from stretch.core.planning.eligibility import area_words, reason_text
from stretch.core.planning.scoring import missing_focus, missing_partners
from stretch.core.routine import Item, Request
from stretch.core.text import duration

SHORTFALL_S = 45
"""A routine that is shorter than asked by more than this has a note with the reason."""


def routine_notes(
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


def adaptation_notes(request: Request, items: Sequence[Item]) -> Iterator[str]:
    """Yield what was made easier for the person, in a routine or a program."""
    if request.half_dose:
        yield "Half the dose, because you had more pain on the mornings after."
    if tags := sorted({tag for item in items for tag in item.adapted}):
        yield f"Shorter and easier because of {', '.join(tags)}: half the hold, once, the easier way first."


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
