"""What the data of a catalog file is taken for: one entry, a list of them, or lists under the names of their kinds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from msgspec import Struct

from stretch.core.text import quote
from stretch.core.validation.checks import Problem, Steps

Kind = Literal["stretch", "figure", "program", "area", "group", "source"]

LISTS: dict[str, Kind] = {
    "stretches": "stretch",
    "figures": "figure",
    "programs": "program",
    "areas": "area",
    "groups": "group",
    "sources": "source",
}
"""The field under which a file lists entries of each kind."""
_TELLTALE: tuple[tuple[Kind, frozenset[str]], ...] = (
    ("source", frozenset({"key"})),
    ("figure", frozenset({"keys"})),
    ("program", frozenset({"items"})),
    ("stretch", frozenset({"id", "name", "steps", "dose"})),
)
"""Fields that give an entry away, the surest first; an area stands only in a list of areas."""


class Part(Struct, frozen=True):
    """Data that is taken for one entry, and where in its file it is."""

    kind: Kind
    at: Steps
    data: Any


def parts(data: Any) -> Iterator[Part | Problem]:
    """Yield the entries that *data* holds, and a problem for what is taken for none."""
    if isinstance(data, list):
        for index, item in enumerate(data):
            yield _one(item, (index,))
    elif isinstance(data, dict) and "id" not in data and data.keys() & LISTS.keys():
        for name, items in data.items():
            yield from _listed(name, items)
    elif data is not None:
        yield _one(data, ())


def _listed(name: str, items: Any) -> Iterator[Part | Problem]:
    if name not in LISTS:
        yield (name,), f"there is no such field; the fields are {', '.join(LISTS)}"
    elif not isinstance(items, list):
        yield (name,), f"must be a list of {name}"
    else:
        for index, item in enumerate(items):
            yield Part(LISTS[name], (name, index), item)


def _one(data: Any, at: Steps) -> Part | Problem:
    if isinstance(data, dict):
        for kind, fields in _TELLTALE:
            if data.keys() & fields:
                return Part(kind, at, data)
    what = quote(data) if isinstance(data, str) else "this"
    return at, f"{what} is no entry; a stretch, a figure, a program, or lists of them under {', '.join(LISTS)}"
