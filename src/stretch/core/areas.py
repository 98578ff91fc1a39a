"""Which areas the names of areas and groups stand for."""

from __future__ import annotations

from collections.abc import Collection

from stretch.core.errors import UnknownName
from stretch.core.model import Catalog


def expand(catalog: Catalog, names: Collection[str]) -> tuple[str, ...]:
    """Return the areas that area and group *names* stand for, in the catalog's order.

    Raises UnknownName.
    """
    wanted: set[str] = set()
    for name in names:
        if name in catalog.areas:
            wanted.add(name)
        elif group := catalog.groups.get(name):
            wanted.update(group.areas)
        else:
            known = [*catalog.areas, *catalog.groups]
            raise UnknownName("area", name, known, "`stretch areas` lists them.")
    return tuple(area for area in catalog.areas if area in wanted)
