"""A request answered with a routine: who may do what, which of it fits the time, and why the rest is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from stretch.core import frame
from stretch.core.areas import expand
from stretch.core.breathing import parse
from stretch.core.choose import Candidate, Space, choose, held_by_area
from stretch.core.dosing import CEILING_S, dose_for, held_seconds
from stretch.core.eligible import deepest_level, is_desk_break, where, why_not
from stretch.core.errors import UnknownName, UsageError
from stretch.core.model import Catalog, Stretch
from stretch.core.routine import DEFAULT_MINUTES, Item, LeftOut, Request, Routine, order, sides_of

SHORT_BY_S = 45
"""A routine that stays further under its budget than this says why."""
LONGEST_MINUTES = 180
SLOW_TAGS = {"older-adult", "balance", "pregnancy"}
"""Those who get ten seconds more for every change (rule D18)."""

PRIMARY, FOCUS, PARTNER, SECONDARY = 4.0, 3.0, 1.5, 1.0
"""How well a stretch fits: made for a wanted area, of its focus set (RB15), of a partner area (RB9), reaches it."""


def build(catalog: Catalog, request: Request) -> Routine:
    """Return the routine for *request*; the same request gives the same routine.

    Raises UnknownName for an area or a stretch that is not in the catalog, and UsageError when the minutes make no
    sense, when a wanted stretch is ruled out, or when nothing is left to do.
    """
    areas = expand(catalog, request.areas)
    _check_names(catalog, request)
    minutes = _minutes(catalog, request)
    weights = {s.id: _weight(catalog, s, areas) for s in catalog.stretches.values()}
    reasons: dict[str, str] = {}
    candidates = []
    for stretch in catalog.stretches.values():
        named = stretch.id in request.stretches
        if not named and weights[stretch.id] == 0:
            continue
        if reason := why_not(stretch, request, None if named else deepest_level(request)):
            _refuse_named(stretch, reason, named)
            reasons[stretch.id] = reason
            continue
        candidates.append(
            Candidate(_item(stretch, request, areas), weights[stretch.id] + (0.5 if stretch.tier == 1 else 0))
        )
    if not candidates:
        raise UsageError(_nothing_left(areas, reasons))
    candidates = _at_the_desk(candidates, request, reasons)
    return _assembled(catalog, request, areas, minutes, candidates, reasons)


def slow_changes(request: Request) -> bool:
    """Whether every change takes ten seconds more (rule D18)."""
    return bool(SLOW_TAGS & set(request.avoid))


def _check_names(catalog: Catalog, request: Request) -> None:
    for name in (*request.exclude, *request.stretches):
        if name not in catalog.stretches:
            raise UnknownName("stretch", name, catalog.stretches, "`stretch list` shows them all.")
    for name in request.stretches:
        if name in request.exclude:
            raise UsageError(f"--stretch {name} and --exclude {name} contradict each other: leave one of them out.")


def _minutes(catalog: Catalog, request: Request) -> float:
    minutes = DEFAULT_MINUTES if request.minutes is None else request.minutes
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise UsageError(f"--minutes {minutes:g}: a routine takes 1 to {LONGEST_MINUTES} minutes.")
    if request.warm_up is not None and not 0 <= request.warm_up <= 30:
        raise UsageError(f"--warm-up {request.warm_up:g}: a warm-up takes 0 to 30 minutes.")
    if request.warm_up is not None and request.warm_up >= minutes:
        raise UsageError(
            f"--warm-up {request.warm_up:g} leaves nothing of --minutes {minutes:g}: "
            "shorten the one or lengthen the other."
        )
    return minutes


def _weight(catalog: Catalog, stretch: Stretch, areas: Collection[str]) -> float:
    """Return how well *stretch* fits the wanted *areas*; 0 for not at all."""
    primary = set(stretch.areas.primary)
    if primary & set(areas):
        return PRIMARY
    if any(primary & set(group) for area in areas for group in catalog.areas[area].focus):
        return FOCUS
    if any(primary & set(catalog.areas[area].partners) for area in areas):
        return PARTNER
    return SECONDARY if set(stretch.areas.secondary) & set(areas) else 0.0


def _item(stretch: Stretch, request: Request, areas: Collection[str]) -> Item:
    dose, adapted = dose_for(stretch, stretch.dose, request.avoid)
    hit = [area for area in stretch.areas.primary if area in areas]
    why = "you asked for it" if stretch.id in request.stretches else ", ".join(hit or stretch.areas.primary)
    position = where(stretch, request) or stretch.position
    return Item(stretch, dose, position, sides_of(stretch, request.first_side), adapted, why)


def _at_the_desk(candidates: list[Candidate], request: Request, reasons: dict[str, str]) -> list[Candidate]:
    """Keep a desk break at the desk where the catalog has something for it there and no position is asked for."""
    desk = [c for c in candidates if c.item.stretch.desk or c.item.stretch.id in request.stretches]
    if not is_desk_break(request) or request.positions or not any(c.weight >= PRIMARY for c in desk):
        return candidates
    reasons |= {c.item.stretch.id: "not at a desk" for c in candidates if c not in desk}
    return desk


def _refuse_named(stretch: Stretch, reason: str, named: bool) -> None:
    if named:
        raise UsageError(f"--stretch {stretch.id} cannot be done here ({reason}): leave it out, or change that.")


def _assembled(
    catalog: Catalog,
    request: Request,
    areas: tuple[str, ...],
    minutes: float,
    candidates: Sequence[Candidate],
    reasons: dict[str, str],
) -> Routine:
    unlimited = request.minutes is None and bool(request.stretches) and not request.areas
    seconds = frame.warm_up_seconds(request, minutes)
    warm_up, begins = frame.warm_up_moves(catalog.warm_up, seconds, request)
    budget_s = 24 * 3600 if unlimited else int(minutes * 60) - seconds - frame.SETTLE_S
    space = Space(budget_s * 1000, parse(request.breath), begins, slow_changes(request))
    if unlimited:
        items = sorted((candidate.item for candidate in candidates), key=order)
    else:
        items = choose(candidates, space, request.seed, request.stretches)
    _check_fit(items, space, request, minutes)
    spare = budget_s - space.cost(items) // 1000
    settle = frame.SETTLE_S if unlimited else min(frame.LONGEST_SETTLE_S, frame.SETTLE_S + spare)
    short = 0 if unlimited else spare + frame.SETTLE_S - settle
    chosen = {item.stretch.id for item in items}
    for candidate in candidates:
        if candidate.item.stretch.id not in chosen:
            reasons[candidate.item.stretch.id] = _unchosen(candidate.item, items)
    return Routine(
        title=", ".join(catalog.areas[area].name for area in areas) or "Your choice",
        areas=areas or tuple(sorted({area for item in items for area in item.stretch.areas.primary})),
        items=tuple(items),
        warm_up=warm_up,
        begins=begins,
        settle_s=settle,
        settle_text=frame.settle_text(catalog.settle, items),
        breath=request.breath,
        seed=request.seed,
        slow=space.slow,
        left_out=tuple(LeftOut(id, reasons[id]) for id in catalog.stretches if id in reasons),
        notes=_notes(items, short),
    )


def _check_fit(items: Sequence[Item], space: Space, request: Request, minutes: float) -> None:
    if not items:
        raise UsageError(
            f"--minutes {minutes:g} is too short for the warm-up, one stretch and settling: give a minute or two more."
        )
    if space.cost(items) > space.budget_ms:
        over = -(-(space.cost(items) - space.budget_ms) // 60_000)
        raise UsageError(f"The stretches you named do not fit --minutes {minutes:g}: give {over} more, or name fewer.")


def _unchosen(item: Item, items: Sequence[Item]) -> str:
    held = held_by_area(items)
    for area in item.stretch.areas.primary:
        least = held_seconds(item.stretch, item.dose) // item.dose.reps
        if least and held.get(area, 0) + least > CEILING_S:
            return f"enough: {area}"
    return "time"


def _notes(items: Sequence[Item], short_s: int) -> tuple[str, ...]:
    notes = []
    if short_s > SHORT_BY_S:
        notes.append(
            f"{short_s // 60} min {short_s % 60:02d} s shorter than asked: all that fits these areas is in, "
            f"at most {CEILING_S // 60} minutes of stretch for one area and side."
        )
    if any(item.adapted for item in items):
        tags = sorted({tag for item in items for tag in item.adapted})
        notes.append(f"Made easier for {', '.join(tags)}: half the hold, once, and the easier way first.")
    return tuple(notes)


def _nothing_left(areas: Sequence[str], reasons: dict[str, str]) -> str:
    kinds = Counter(reason.partition(":")[0] for reason in reasons.values()).most_common()
    why = ", ".join(f"{count} by {_FLAGS.get(kind, kind)}" for kind, count in kinds)
    what = " or ".join(areas) if areas else "what you asked"
    return f"Nothing is left for {what} ({why}): give more areas, or take one of these options away."


_FLAGS = {
    "cautions": "--avoid",
    "needs": "--equipment",
    "position": "--position",
    "level": "--level",
    "excluded": "--exclude",
    "opt-in": "opt-in (name them with --stretch)",
}
