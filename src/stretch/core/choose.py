"""Which stretches fill the time: a choice under the budget, the cost of changing position included.

A first, simple chooser: it takes the candidate that adds most, again and again, while it fits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from random import Random

import msgspec
from msgspec import Struct

from stretch.core.breathing import Pattern
from stretch.core.dosing import CEILING_S, held_seconds, most_reps, with_reps
from stretch.core.model import Position
from stretch.core.phases import item_phases
from stretch.core.routine import Item, order

NEW_POSITION_COST = 0.6
"""How much a stretch must add to be worth one more change of position."""
SATED_S = 60
"""An area that has this many seconds counts half for the next stretch (prefer variety, rule RB13)."""
JITTER = 1.0
"""How far another seed may move a stretch up or down."""


class Candidate(Struct, frozen=True):
    """A stretch that may be chosen, at its full dose, and how well it fits what was asked."""

    item: Item
    weight: float


class Space(Struct, frozen=True):
    """The time that the stretches of a routine may take, and how time is counted in it."""

    budget_ms: int
    pattern: Pattern
    begins: Position | None
    slow: bool

    def cost(self, items: Sequence[Item]) -> int:
        """Return the milliseconds that *items* take in the order of a routine."""
        total, previous = 0, self.begins
        for item in sorted(items, key=order):
            phases = item_phases(item, self.pattern, moved=item.position != previous, slow=self.slow)
            total += sum(phase.length for phase in phases)
            previous = item.position
        return total

    def fits(self, items: Sequence[Item]) -> bool:
        """Whether *items* stay within the time and no area goes over its ceiling (rule D5)."""
        return all(held <= CEILING_S for held in held_by_area(items).values()) and self.cost(items) <= self.budget_ms


def choose(candidates: Sequence[Candidate], space: Space, seed: int, wanted: Collection[str]) -> list[Item]:
    """Return the chosen items in order; those whose ids are in *wanted* come first."""
    random = Random(seed)
    weights = {c.item.stretch.id: c.weight + (JITTER * (random.random() - 0.5) if seed else 0) for c in candidates}
    chosen: list[Item] = [c.item for c in candidates if c.item.stretch.id in wanted]
    left = [c.item for c in candidates if c.item.stretch.id not in wanted]
    while left:
        left.sort(key=lambda item: -_worth(item, weights[item.stretch.id], chosen))
        found = _first_that_fits(left, chosen, space)
        if found is None:
            break
        chosen.append(found)
        left = [item for item in left if item.stretch.id != found.stretch.id]
    return sorted(_filled(chosen, space), key=order)


def held_by_area(items: Sequence[Item]) -> dict[str, int]:
    """Return the seconds of held stretch that each side of each area gets."""
    held: dict[str, int] = {}
    for item in items:
        for area in item.stretch.areas.primary:
            held[area] = held.get(area, 0) + held_seconds(item.stretch, item.dose)
    return held


def _worth(item: Item, weight: float, chosen: Sequence[Item]) -> float:
    seconds: dict[str, int] = {}
    for other in chosen:
        for area in other.stretch.areas.primary:
            seconds[area] = seconds.get(area, 0) + SATED_S
    area = min(item.stretch.areas.primary, key=lambda area: seconds.get(area, 0))
    new = all(other.position != item.position for other in chosen)
    return weight / (1 + seconds.get(area, 0) / SATED_S) - (NEW_POSITION_COST if new else 0)


def _first_that_fits(left: Sequence[Item], chosen: Sequence[Item], space: Space) -> Item | None:
    """Return the best item that fits; second repetitions give way before a stretch does (rule RB14)."""
    for item in left:
        for reps in _fewer(item):
            less = msgspec.structs.replace(item, dose=with_reps(item.dose, reps))
            if space.fits([*chosen, less]):
                return less
    return None


def _fewer(item: Item) -> Sequence[int]:
    reps = item.dose.reps
    return range(reps, 4, -1) if item.stretch.mode == "dynamic" and reps > 4 else range(reps, 0, -1)


def _filled(chosen: list[Item], space: Space) -> list[Item]:
    """Use what time is left for more repetitions, one at a time, the stretch with least time first."""
    most: dict[str, int] = {item.stretch.id: most_reps(item.stretch, item.dose) for item in chosen}
    size: Callable[[Item], int] = lambda item: held_seconds(item.stretch, item.dose)  # noqa: E731
    grown = True
    while grown:
        grown = False
        for item in sorted(chosen, key=size):
            if item.adapted or item.dose.reps >= most[item.stretch.id]:
                continue
            more = msgspec.structs.replace(item, dose=with_reps(item.dose, item.dose.reps + 1))
            trial = [more if other is item else other for other in chosen]
            if space.fits(trial):
                chosen, grown = trial, True
                break
    return chosen
