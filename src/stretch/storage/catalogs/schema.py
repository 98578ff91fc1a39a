"""The JSON Schema of catalog files, from the structs that read them, for editors that complete and check YAML."""

from __future__ import annotations

from typing import Any, get_args

import msgspec

from stretch.core.validation.guide import GUIDE
from stretch.storage.catalogs.gathering import record_of
from stretch.storage.catalogs.shape import LISTS, Kind

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(kind: Kind | None = None) -> dict[str, Any]:
    """Return the schema of a file that is one entry of *kind*; by default of any file that a catalog takes."""
    kinds: tuple[Kind, ...] = get_args(Kind)
    (*references,), definitions = msgspec.json.schema_components(
        [record_of(each) for each in kinds], ref_template="#/$defs/{name}"
    )
    for name, hints in GUIDE.items():
        for field, hint in hints.items():
            _describe(definitions[name]["properties"], field, hint)
    by_kind = dict(zip(kinds, references, strict=True))
    if kind is not None:
        return {"$schema": DIALECT, **by_kind[kind], "$defs": definitions}
    lists = {
        "type": "object",
        "title": "Lists",
        "description": "A file of several entries: lists under the names of their kinds.",
        "properties": {plural: {"type": "array", "items": by_kind[each]} for plural, each in LISTS.items()},
        "additionalProperties": False,
        "minProperties": 1,
    }
    single = [by_kind[each] for each in ("stretch", "figure", "program", "source")]
    several = {"type": "array", "items": {"anyOf": single}}
    return {"$schema": DIALECT, "anyOf": [*single, lists, several], "$defs": definitions}


def _describe(properties: dict[str, Any], field: str, hint: str) -> None:
    """Put *hint* beside a property; a reference takes it as well in this dialect."""
    properties[field]["description"] = hint[0].upper() + hint[1:] + "."
