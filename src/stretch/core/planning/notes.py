"""What a person should know of a routine before it starts: why it is shorter, what it lacks, what was made easier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from stretch.core.model import Catalog
from stretch.core.planning.dosing import AREA_CEILING_S
from stretch.core.planning.scoring import missing_focus_sets, missing_partners
from stretch.core.routine import Item, Request

SHORTFALL_S = 45
"""A routine that stays further under its budget than this says why."""


def routine_notes(
    catalog: Catalog,
    request: Request,
    areas: Sequence[str],
    items: Sequence[Item],
    reasons: Mapping[str, str],
    short_s: int,
) -> tuple[str, ...]:
    """Return the notes on a routine of *items*, one sentence or two each; *reasons* says why others are not in it."""
    notes = []
    if short_s > SHORTFALL_S:
        notes.append(_shorter(request, short_s))
    if request.beginner:
        notes.append("The first two weeks: one repetition fewer, nothing deep. --experienced gives whole doses.")
    if request.day_after_hard_session:
        notes.append("Gentle today, for yesterday went deep. --level moderate asks for more.")
    notes += adaptation_notes(request, items)
    if request.morning and any(reason.startswith("morning") for reason in reasons.values()):
        notes.append("Soon after getting up: no bending forward yet. --no-morning allows it.")
    if request.before_sport:
        notes.append("Before sport: less than a minute for each muscle, and movement to finish with.")
    for group in missing_focus_sets(catalog.areas, areas, items):
        notes.append(f"Nothing for {_either(group)} in it: {_why_none(catalog, group, reasons)}.")
    for partner, area in missing_partners(catalog.areas, areas, items).items():
        notes.append(f"Nothing for {partner}, which balances {area}: {_why_none(catalog, [partner], reasons)}.")
    return tuple(notes)


def adaptation_notes(request: Request, items: Sequence[Item]) -> Iterator[str]:
    """Yield what was made easier for this person, and why; in a program as in any other routine."""
    if request.half_dose:
        yield "Half the dose, for your pain was up on the mornings after."
    if tags := sorted({tag for item in items for tag in item.adapted}):
        yield f"Made easier for {', '.join(tags)}: half the hold, once, and the easier way first."


def _shorter(request: Request, short_s: int) -> str:
    if request.stretches and not request.areas:
        return f"{short_s // 60} min {short_s % 60:02d} s shorter than asked: only what you named is in it."
    limits = f"at most {AREA_CEILING_S // 60} minutes of held stretch for one area and side"
    if request.before_sport:
        limits = "less than a minute of held stretch for one area and side before sport"
    if request.beginner:
        limits += ", and one repetition fewer in the first two weeks"
    return f"{short_s // 60} min {short_s % 60:02d} s shorter than asked: all that fits is in, with {limits}."


def _either(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _why_none(catalog: Catalog, areas: Collection[str], reasons: Mapping[str, str]) -> str:
    """Return the commonest reason for which the stretches made for *areas* are not in the routine."""
    found = Counter(
        reason for name, reason in reasons.items() if not set(areas).isdisjoint(catalog.stretches[name].areas.primary)
    )
    return found.most_common(1)[0][0] if found else "the catalog has none"
