"""How much each area of the body gets in a routine, on each side, against the aim and the ceiling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from stretch.core.model import Area
from stretch.core.planning.dosing import held_seconds
from stretch.core.routine import Item


class Held(Struct, frozen=True):
    """The seconds of held stretch that an area gets on each side; movement and 5 s holds count as none (D5, D11)."""

    area: str
    left_s: int
    right_s: int


def held_by_area(items: Iterable[Item]) -> tuple[Held, ...]:
    """Return what the areas that *items* are made for get, in the order in which they come."""
    sums: dict[str, list[int]] = {}
    for item in items:
        seconds = held_seconds(item.stretch, item.dose)
        for area in item.stretch.areas.primary:
            row = sums.setdefault(area, [0, 0])
            for side in item.sides:
                row[0] += seconds if side in ("left", None) else 0
                row[1] += seconds if side in ("right", None) else 0
    return tuple(Held(area, left, right) for area, (left, right) in sums.items())


def without_partner(areas: Mapping[str, Area], wanted: Iterable[str], items: Iterable[Item]) -> dict[str, str]:
    """Return the partner areas that *items* lack, with the wanted area each of them balances (rule RB9)."""
    there = {area for item in items for area in item.stretch.areas.primary}
    asked = list(wanted)
    return {
        partner: area
        for area in asked
        if area in there
        for partner in areas[area].partners
        if partner not in there and partner not in asked
    }


def without_focus(areas: Mapping[str, Area], wanted: Iterable[str], items: Iterable[Item]) -> list[tuple[str, ...]]:
    """Return the focus sets of the wanted areas of which *items* have none (rule RB15)."""
    there = {area for item in items for area in item.stretch.areas.primary}
    sets = dict.fromkeys(group for area in wanted for group in areas[area].focus)
    return [group for group in sets if there.isdisjoint(group)]
