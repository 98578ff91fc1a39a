"""Another stretch for the same purpose in a routine, and a routine without one of its stretches."""

from contextlib import suppress

from msgspec.structs import replace

from stretch.core.errors import UsageError
from stretch.core.model import Catalog
from stretch.core.planning.builder import build_routine
from stretch.core.planning.candidates import find_eligible
from stretch.core.planning.limits import is_reset
from stretch.core.planning.problem import Candidate, item_of
from stretch.core.routine import Item, LeftOut, Request, Routine, doses_of
from stretch.core.vocabulary import UPRIGHT

MOST_TRIED = 4
"""Most alternatives for which a routine is planned; each takes a few milliseconds."""


def replace_stretch(
    catalog: Catalog, request: Request, routine: Routine, name: str, *, in_place: bool = False
) -> Routine | None:
    """Return *routine* with the next best stretch for the purpose of *name* instead of it; None if there is no other.

    *request* is what *routine* was built from, fitted to the person. The purpose is the areas and focus sets that
    *name* serves there. The routine is planned anew with the other stretches; *in_place* only the items of *name*
    change, for a session that has begun. Replacing the replacement goes on to the next one, after the last to *name*.

    The change lasts: the `continuity` of the result, stored with the plan of the session, gives the replacement to
    the next routine for the same request, and a plan for other minutes has it too. In a program, and for a stretch
    given by name, it is for today and in place.
    """
    found = _alternatives(catalog, request, routine, name)
    if routine.continuity is None or not request.areas or name in request.stretches:
        return next((_with_item(routine, name, item_of((one, one.full))) for one in found), None)
    others = {item.stretch.id for item in routine.items} - {name}
    best, most = None, -1
    for candidate in found[:MOST_TRIED]:
        other = candidate.item.stretch.id
        kept = tuple(other if id == name else id for id in (*request.kept, *routine.continuity.kept) if id != other)
        replaced = (*(id for id in routine.continuity.replaced if id != other), name)
        continuity = replace(routine.continuity, kept=tuple(dict.fromkeys((*kept, other))), replaced=replaced)
        with suppress(UsageError):
            changed = replace(request, kept=continuity.kept, replaced=replaced)
            made = build_routine(catalog, changed)
            items = {item.stretch.id: item for item in made.items}
            if other in items and len(others & set(items)) > most:
                most = len(others & set(items))
                continuity = replace(continuity, doses=doses_of(made.items))
                best = replace(_with_item(routine, name, items[other]) if in_place else made, continuity=continuity)
        if most == len(others):
            break
    return best


def drop_stretch(routine: Routine, name: str) -> Routine | None:
    """Return *routine* without *name* and shorter by it, today only; None if no other stretch would be left."""
    items = tuple(item for item in routine.items if item.stretch.id != name)
    if all(is_reset(item.stretch) for item in items):
        return None
    return replace(routine, items=items, left_out=(*routine.left_out, LeftOut(name, "excluded")))


def _with_item(routine: Routine, name: str, new: Item) -> Routine:
    items = tuple(new if item.stretch.id == name else item for item in routine.items)
    return replace(routine, items=items, left_out=(*routine.left_out, LeftOut(name, "replaced")))


def _alternatives(catalog: Catalog, request: Request, routine: Routine, name: str) -> list[Candidate]:
    """Return the candidates for the purpose of *name*, best first; those that were replaced before come last."""
    old, there = catalog.stretches[name], {item.stretch.id for item in routine.items}
    areas = request.areas or old.areas.primary
    eligible = find_eligible(catalog, replace(request, areas=areas, stretches=(), replaced=()))
    possible = eligible.resets if is_reset(old) else eligible.candidates
    before = routine.continuity.replaced if routine.continuity else ()
    purpose = set(next((one.goals for one in (*eligible.candidates, *eligible.resets) if one.item.stretch is old), ()))
    elsewhere = {goal for one in possible if one.item.stretch.id in there - {name} for goal in one.goals}
    position = next(item.position for item in routine.items if item.stretch.id == name)

    def key(one: Candidate) -> tuple[int, ...]:
        again = before.index(one.item.stretch.id) if one.item.stretch.id in before else -1
        served = purpose.intersection(one.goals)
        # Rather nearly the same purpose than a way down to the floor and up again.
        up_or_down = (one.item.position in UPRIGHT) != (position in UPRIGHT)
        elsewhere_too = -len(served - elsewhere), -len(served)
        return again, up_or_down, *elsewhere_too, one.item.position != position, -one.base_score

    def suits(one: Candidate) -> bool:
        shared = set(one.item.stretch.areas.primary).intersection(old.areas.primary)
        return one.item.stretch.id not in there and bool(purpose.intersection(one.goals) or shared)

    return sorted(filter(suits, possible), key=key)
