"""A request answered with a routine: the choice that fits the time best, and why the rest is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from stretch.core.errors import UnknownName, UsageError
from stretch.core.model import Catalog, expand_areas
from stretch.core.planning.candidates import FLAGS, candidates_for
from stretch.core.planning.choose import choose
from stretch.core.planning.dosing import BEFORE_SPORT_S, CEILING_S
from stretch.core.planning.filling import filled
from stretch.core.planning.frame import LONGEST_SETTLE_S, SETTLE_S, frame, settle_text, warm_up_seconds
from stretch.core.planning.notes import SHORT_BY_S, notes_on
from stretch.core.planning.shortlist import shortlist
from stretch.core.planning.space import (
    MOST_STEPS,
    Candidate,
    Pick,
    Space,
    cost_ms,
    held_by_area,
    in_order,
    is_balanced,
    item_of,
)
from stretch.core.planning.worth import CHANGE, Goal, goals_of
from stretch.core.routine import DEFAULT_MINUTES, LeftOut, Request, Routine
from stretch.core.vocabulary import Position

LONGEST_MINUTES = 180
LISTED_STEPS = 1_000
"""Steps of the search where there were more candidates than are looked at: a few hundredths of a second."""


def build(catalog: Catalog, request: Request) -> Routine:
    """Return the routine for *request*; the same request gives the same routine.

    Raises UnknownName for an area or a stretch that is not in the catalog, and UsageError when the minutes make no
    sense, when a wanted stretch is ruled out, or when nothing is left to do.

    Where each rule is: D1 and D2 `dosing`, `filling`; D3, D9 to D11, D15, D17 and T1 `dosing.dose_for`; D4 the types
    of the catalog and `Timeline.adjusted`; D5 `Space.ceiling_s`; D14, RB7, RB17 and the days of D15 `lately`; D15's
    levels and opt-ins, RB3, RB11 and RB12 `eligible`; D16 `trend`; D18 `phases`; D19 `programs`; RB1, RB2, RB4 and
    RB16 `frame` and `phases`; RB5 and RB6 `routine.order`; RB8 nowhere, for no dose grows on one side alone; RB9,
    RB13, RB14 and RB15 `worth`, and `notes` says what is lacking; RB10 `spine`. D6 to D8, D12, D13 and RB18 are about
    sessions and weeks: `screening.pain_limits`, the words of the catalog, `share.weekly` and the checklist.
    """
    areas = expand_areas(catalog, request.areas)
    _check_names(catalog, request)
    minutes = _minutes(request)
    goals = goals_of(catalog, areas)
    candidates, reasons = candidates_for(catalog, request, areas, goals)
    if not candidates:
        raise UsageError(_nothing_left(areas, reasons))
    around = frame(catalog.warm_up, request, warm_up_seconds(request, minutes))
    space = _space(candidates, goals, int(minutes * 60) - around.seconds, around.begins, request)
    picks, settle_s, short_s = _picked(space, request, minutes)
    reasons |= _unchosen(space, picks)
    items = tuple(item_of(pick) for pick in picks)
    return Routine(
        title=", ".join(catalog.areas[area].name for area in areas) or "Your choice",
        areas=areas or tuple(sorted({area for item in items for area in item.stretch.areas.primary})),
        items=items,
        warm_up=around.warm_up,
        start_position=around.begins,
        cool_down=around.closing,
        settle_s=settle_s,
        settle_text=settle_text(catalog.settle, items, around.closing),
        breath=request.breath,
        seed=request.seed,
        extra_transition_time=request.extra_transition_time,
        left_out=tuple(LeftOut(id, reasons[id]) for id in catalog.stretches if id in reasons),
        notes=notes_on(catalog, request, areas, items, reasons, short_s),
    )


def _check_names(catalog: Catalog, request: Request) -> None:
    for name in (*request.exclude, *request.stretches):
        if name not in catalog.stretches:
            raise UnknownName("stretch", name, catalog.stretches, "`stretch list` shows them all.")
    for name in request.stretches:
        if name in request.exclude:
            raise UsageError(f"--stretch {name} and --exclude {name} contradict each other: leave one of them out.")


def _minutes(request: Request) -> float:
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


def _space(
    candidates: Sequence[Candidate], goals: Sequence[Goal], seconds: int, begins: Position | None, request: Request
) -> Space:
    listed = shortlist(candidates)
    required = [(c, c.options[0]) for c in in_order(listed) if c.required]
    return Space(
        candidates=in_order(listed),
        goals=tuple(goal.gains for goal in goals),
        budget_ms=seconds * 1000,
        begins=begins,
        ceiling_s=BEFORE_SPORT_S if request.before_sport else CEILING_S,
        change=CHANGE,
        most_steps=MOST_STEPS if len(listed) == len(candidates) else LISTED_STEPS,
        guards_spine=is_balanced(required),
    )


def _picked(space: Space, request: Request, minutes: float) -> tuple[list[Pick], int, int]:
    """Return the best picks, the seconds of settling after them, and by how many seconds they are too short."""
    if request.minutes is None and request.stretches and not request.areas:
        # Named stretches alone are the whole routine, and it takes the time it takes.
        return [(c, c.options[-1]) for c in space.candidates], SETTLE_S, 0
    picks = _chosen(space, request, minutes)
    spare_s = _spare_s(space, picks)
    settle_s = min(LONGEST_SETTLE_S, SETTLE_S + spare_s)
    return picks, settle_s, spare_s + SETTLE_S - settle_s


def _chosen(space: Space, request: Request, minutes: float) -> list[Pick]:
    """Return the best picks; raise UsageError when nothing fits, or not all that was asked for by name."""
    _check_named(space, minutes)
    picks = filled(space, choose(space) or (), request)
    if _spare_s(space, picks) > SHORT_BY_S + LONGEST_SETTLE_S - SETTLE_S:
        picks = filled(space, choose(_restless(space)) or (), request)
    if not picks:
        raise UsageError(
            f"--minutes {minutes:g} is too short for the warm-up, one stretch and settling: give a minute or two more."
        )
    return picks


def _restless(space: Space) -> Space:
    """Return *space* where whatever fits, and any change of position, is better than time that is not used."""
    welcome = (msgspec.structs.replace(c, merit=max(c.merit, 1)) for c in space.candidates)
    return msgspec.structs.replace(space, candidates=in_order(welcome), change=0)


def _check_named(space: Space, minutes: float) -> None:
    required = [(c, c.options[0]) for c in space.candidates if c.required]
    needed = cost_ms(space, required)
    if required and needed > space.budget_ms:
        over = -(-(needed - space.budget_ms) // 60_000)
        raise UsageError(f"The stretches you named do not fit --minutes {minutes:g}: give {over} more, or name fewer.")
    for area, seconds in held_by_area(required).items():
        if seconds > space.ceiling_s:
            raise UsageError(
                f"The stretches you named hold {area} for {seconds} s on a side, and {space.ceiling_s} s is the most: "
                "name fewer."
            )


def _spare_s(space: Space, picks: Sequence[Pick]) -> int:
    return (space.budget_ms - cost_ms(space, picks)) // 1000


def _unchosen(space: Space, picks: Sequence[Pick]) -> dict[str, str]:
    """Return for each candidate that was not picked why not."""
    held, picked = held_by_area(picks), {candidate.item.stretch.id for candidate, _ in picks}
    reasons = {}
    for candidate in space.candidates:
        if candidate.item.stretch.id not in picked:
            least = candidate.options[0].held_s
            full = [area for area in candidate.areas if least and held.get(area, 0) + least > space.ceiling_s]
            reasons[candidate.item.stretch.id] = f"enough: {', '.join(full)}" if full else "time"
    return reasons


def _nothing_left(areas: Sequence[str], reasons: dict[str, str]) -> str:
    kinds = Counter(reason.partition(":")[0] for reason in reasons.values()).most_common()
    why = ", ".join(f"{count} by {FLAGS.get(kind, kind)}" for kind, count in kinds)
    what = " or ".join(areas) if areas else "what you asked"
    return f"Nothing is left for {what} ({why}): give more areas, or take one of these options away."
