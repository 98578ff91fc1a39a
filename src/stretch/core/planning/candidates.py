"""Eligible stretches for a request with their possible doses, and the reasons why others are excluded."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from stretch.core.errors import UsageError
from stretch.core.model import Catalog, Dose, Stretch, expand_areas
from stretch.core.planning import dosing, scoring
from stretch.core.planning.eligibility import (
    FLAGS,
    deepest_level,
    exclusion_reason,
    position_for,
    reason_text,
    suits_disc,
)
from stretch.core.planning.limits import is_reset, spinal_load
from stretch.core.planning.problem import Candidate, Option
from stretch.core.planning.scoring import Goal
from stretch.core.routine import Item, Request, sides_in_order
from stretch.core.timing.phases import exercise_ms, preparation_ms
from stretch.core.vocabulary import UPRIGHT

ENOUGH_LYING = 3
"""Stretches that must be possible lying down, so that a gentle routine for the back has no others."""
MANY, TOO_MANY, MOST_OF_A_KIND = 60, 90, 2
"""Of more eligible stretches than MANY only a few of each kind are considered, of wider kinds if there are TOO_MANY."""
MOVED_S = 15
"""Seconds that a movement counts for in the share of an area: less than the share, so a hold is still due (RB13)."""
BEYOND_FULL = 10
"""Points beyond the full dose are divided by this: what was earned comes after the full doses of all (rule D16)."""


class Eligible(Struct, frozen=True):
    """What a routine may be made of."""

    areas: tuple[str, ...]
    """The requested areas, in catalog order."""
    candidates: list[Candidate]
    """The stretches to choose from."""
    resets: list[Candidate]
    """Gentle movements of the spine for the end of the warm-up and of the routine."""
    goals: tuple[Goal, ...]
    reasons: dict[str, str]
    """Why other stretches that are relevant are excluded, by id."""

    @property
    def has_opening(self) -> bool:
        """True if there is a gentle movement for the requested areas to begin with (rule RB1)."""
        return any(reset.asked_for for reset in self.resets)


def find_eligible(catalog: Catalog, request: Request) -> Eligible:
    """Return the eligible stretches for *request*, and the reason for each relevant stretch that is excluded.

    Before sport they are done standing, if one for the areas can be (rule D17), and for a back in pain lying down, if
    enough of them can be. Raise UsageError for a stretch that is given by name and not eligible.
    """
    areas = expand_areas(catalog, request.areas)
    if found := _standing(catalog, request) or _lying_down(catalog, request, areas):
        return found
    goals = scoring.goals_of(catalog, areas, request)
    chosen: list[Stretch] = []
    resets: list[Stretch] = []
    reasons: dict[str, str] = {}
    deepest, named, back = deepest_level(request), frozenset(request.stretches), False
    wanted = frozenset[str]().union(*(goal.areas for goal in goals))
    for stretch in catalog.stretches.values():
        relevant, resetting = scoring.is_relevant(stretch, wanted, areas), is_reset(stretch)
        back = back or (resetting and scoring.is_for(stretch, areas))
        if stretch.id in named:
            if reason := exclusion_reason(stretch, request, None):
                raise UsageError(_contradiction(catalog, stretch, reason))
            chosen.append(stretch)
        elif relevant or resetting:
            if reason := exclusion_reason(stretch, request, deepest):
                reasons |= {stretch.id: reason} if relevant else {}
            else:
                (resets if resetting else chosen).append(stretch)
    if request.short_form or not chosen:
        chosen += [stretch for stretch in resets if scoring.is_relevant(stretch, wanted, areas)]
    suits = _desk_rule(chosen, request, {*areas, *wanted} if request.short_form else areas)
    reasons |= {stretch.id: "short" for stretch in chosen if stretch.id not in named and not suits(stretch)}
    chosen = [stretch for stretch in chosen if stretch.id in named or suits(stretch)]
    # What may end on the floor needs a reset there, although none there is for the desk.
    on_floor = any(stretch.position not in UPRIGHT for stretch in chosen)
    resets = [stretch for stretch in resets if suits(stretch) or (on_floor and stretch.position not in UPRIGHT)]
    if len(chosen) + len(resets) > MANY:
        chosen, resets = (_best_of_each_kind(group, request, goals) for group in (chosen, resets))
    candidate = partial(_candidate, catalog, request, areas, goals, back=back)
    return Eligible(areas, [*map(candidate, chosen)], [*map(candidate, resets)], goals, reasons)


def _standing(catalog: Catalog, request: Request) -> Eligible | None:
    """Return what can be done standing if only that is used, but for stretches by name: before sport (rule D17)."""
    if not request.before_sport or request.positions:
        return None
    named = (catalog.stretches[name].position for name in request.stretches)
    found = find_eligible(catalog, replace(request, positions=("standing", *named)))
    standing = [one for one in found.candidates if one.required or one.item.position == "standing"]
    return replace(found, candidates=standing) if any(one.goals for one in standing) else None


def _lying_down(catalog: Catalog, request: Request, areas: Sequence[str]) -> Eligible | None:
    """Return what can be done lying down if only that is used: for a back in pain, or by the level gentle.

    For a disc problem too little would be left of it.
    """
    gentle = "gentle" in (request.level, request.max_level) and not request.day_after_hard_session
    elsewhere = request.positions or request.stretches or request.desk_break or request.before_sport
    if not gentle or elsewhere or "disc" in request.avoid:
        return None
    found = find_eligible(catalog, replace(request, positions=scoring.LYING_POSITIONS))
    possible = [*found.candidates, *found.resets]
    everywhere = all(any(scoring.is_for(one.item.stretch, [area]) for one in possible) for area in areas)
    if not found.has_opening or not everywhere or len(found.candidates) < ENOUGH_LYING:
        return None
    reasons = {id: "lying" if reason.startswith("position") else reason for id, reason in found.reasons.items()}
    return replace(found, reasons=reasons)


def _best_of_each_kind(stretches: Sequence[Stretch], request: Request, goals: Sequence[Goal]) -> list[Stretch]:
    """Return a few of all *stretches* that could replace each other, those to use first, and the ones given by name.

    While too many are left, kinds get wider.
    """
    served = {one.id: scoring.goals_served(one, goals) for one in stretches}
    kinds: tuple[Callable[[Stretch], object], ...] = (
        lambda one: (one.areas.primary, one.family, one.position, one.level, one.mode, one.spine),
        lambda one: (served[one.id], one.position, one.level == "gentle", one.spine),
        lambda one: (served[one.id][:1], one.position),
        lambda one: (served[one.id][:1], one.position in UPRIGHT),
    )
    best = sorted(stretches, key=lambda one: (one.id not in request.kept, one.tier))
    for kind in kinds:
        of_kind: Counter[object] = Counter()
        few = []
        for stretch in best:
            place = kind(stretch)
            of_kind[place] += 1
            if of_kind[place] <= MOST_OF_A_KIND or stretch.id in request.stretches:
                few.append(stretch)
        best = few
        if len(best) <= TOO_MANY:
            break
    ids = {stretch.id for stretch in best}
    return [stretch for stretch in stretches if stretch.id in ids]


def _desk_rule(stretches: Sequence[Stretch], request: Request, areas: Collection[str]) -> Callable[[Stretch], bool]:
    """Return what suits a desk break: gentle at the desk, else anything at the desk, else anything gentle (rule RB3).

    For each of *areas* the first of these that one of *stretches* is. With positions that were asked for, only the
    level matters.
    """
    if not request.desk_break:
        return lambda stretch: True
    rules: list[Callable[[Stretch], bool]] = [
        lambda stretch: stretch.level == "gentle" and (stretch.desk or bool(request.positions)),
        lambda stretch: stretch.desk or bool(request.positions),
        lambda stretch: stretch.level == "gentle",
        lambda stretch: True,
    ]

    def rule_for(area: str) -> Callable[[Stretch], bool]:
        mine = [stretch for stretch in stretches if scoring.is_for(stretch, [area])]
        return next((rule for rule in rules if any(map(rule, mine))), rules[-1])

    by_area = {area: rule_for(area) for area in areas}
    return lambda stretch: any(by_area.get(area, rules[0])(stretch) for area in stretch.areas.primary)


def _contradiction(catalog: Catalog, stretch: Stretch, reason: str) -> str:
    keyword = reason.partition(":")[0]
    sentence = f"--stretch {stretch.id} is not possible here: {reason_text(catalog, reason)}."
    if keyword == "opt-in":
        return f"{sentence} Use --experienced if they are behind you."
    return f"{sentence} It contradicts {FLAGS[keyword]}." if FLAGS[keyword].startswith("--") else sentence


def _candidate(
    catalog: Catalog, request: Request, areas: Sequence[str], goals: Sequence[Goal], stretch: Stretch, *, back: bool
) -> Candidate:
    dose, adapted = dosing.dose_for(stretch, stretch.dose, request)
    required, asked_for = stretch.id in request.stretches, scoring.is_for(stretch, areas)
    served, brief = scoring.goals_served(stretch, goals), dosing.is_brief(stretch, dose, adapted=bool(adapted))
    preparation_ms = _preparation_ms(stretch, request)
    return Candidate(
        item=Item(
            stretch,
            dose,
            position_for(stretch, request) or stretch.position,
            sides_in_order(stretch, request.first_side),
            adapted,
            "you asked for it" if required else scoring.inclusion_reason(catalog, stretch, goals, areas),
            stretch.id in request.familiar,
        ),
        options=_options(stretch, dose, request, preparation_ms, asked_for=asked_for),
        extra_ms=_preparation_ms(stretch, request, new_position=True) - preparation_ms,
        goals=served,
        base_score=scoring.base_score(
            stretch, request, areas=areas, adapted=bool(adapted), back=back, goals=len(served), brief=brief
        ),
        load=spinal_load(stretch),
        required=required,
        may_begin=suits_disc(stretch, request),
        asked_for=asked_for,
        partner=bool(served) and all(goals[index].gains == scoring.PARTNER_GAINS for index in served),
    )


def _options(
    stretch: Stretch, dose: Dose, request: Request, preparation_ms: int, *, asked_for: bool
) -> tuple[Option, ...]:
    """Return the doses that *stretch* may have, smallest first: up to *dose*, and beyond what was earned or fits."""
    full = dose == stretch.dose and not request.beginner and request.max_level != "gentle"
    doses = dosing.possible_doses(stretch, dose, request.progress if full else 0)
    if stretch.mode == "dynamic" and (held := request.doses.get(stretch.id)):
        # The breaths of an easy start, which are no usual dose, stay until there is time for more.
        doses = sorted({*doses, dosing.with_reps(dose, min(held[1], dose.reps))}, key=lambda one: one.reps)
    if request.max_level == "gentle" and spinal_load(stretch) == "flexion":
        doses = doses[:1]  # In pain bends are held no longer than they must be.
    if request.short_form:
        doses = dosing.short_doses(stretch, dose) + doses
        doses = doses if asked_for else doses[:1]
    further = dosing.further_doses(stretch, dose) if full and request.progress < 2 else []
    option = partial(_option, stretch, request, preparation_ms, scoring.dose_points(stretch, dose))
    return (*map(option, doses), *(option(one, number) for number, one in enumerate(further, start=1)))


def _option(
    stretch: Stretch, request: Request, preparation_ms: int, full_points: int, dose: Dose, further: int = 0
) -> Option:
    # Before sport one held stretch fills the ceiling of its areas, however short it is (rule D17).
    if (held := dosing.held_seconds(stretch, dose)) and request.before_sport:
        held = dosing.BEFORE_SPORT_CEILING_S
    points = scoring.dose_points(stretch, dose)
    return Option(
        dose.reps,
        preparation_ms + exercise_ms(stretch, dose, request.breath, slow=request.extra_transition_time),
        held,
        min(points, full_points) + max(0, points - full_points) // BEYOND_FULL,
        dose.hold_s,
        MOVED_S if stretch.mode == "dynamic" else held,
        further,
    )


def _preparation_ms(stretch: Stretch, request: Request, *, new_position: bool = False) -> int:
    # What a familiar stretch saves is for longer doses, not for other stretches.
    familiar = stretch.id in request.doses and stretch.id in request.familiar
    slow = request.extra_transition_time
    return preparation_ms(stretch, new_position=new_position, slow=slow, familiar=familiar, voice=request.voice)
