"""Help for authors of catalog files: the JSON Schema and the template of a stretch."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import fill
from typing import Any, get_args

import msgspec

from stretch.core.model import Stretch
from stretch.core.vocabulary import (
    CAUTION_LABELS,
    ENTRY_KINDS,
    ENTRY_LISTS,
    EQUIPMENT,
    LEVELS,
    POSITIONS,
    EntryKind,
    Spine,
)
from stretch.storage.catalogs.loader import record_type

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def catalog_schema(kind: EntryKind | None = None) -> dict[str, Any]:
    """Return the JSON Schema of a file that holds one entry of *kind*, by default of any catalog file."""
    references, definitions = msgspec.json.schema_components(
        [record_type(each) for each in ENTRY_KINDS], ref_template="#/$defs/{name}"
    )
    for definition in definitions.values():
        for field in definition.get("properties", {}).values():
            if hint := field.get("description"):
                field["description"] = f"{_capitalized(hint)}."
    by_kind = dict(zip(ENTRY_KINDS, references, strict=True))
    if kind is not None:
        return {"$schema": DIALECT, **by_kind[kind], "$defs": definitions}
    lists = {
        "type": "object",
        "title": "Lists",
        "description": "A file of several entries, in lists by kind.",
        "properties": {name: {"type": "array", "items": by_kind[each]} for each, name in ENTRY_LISTS.items()},
        "additionalProperties": False,
        "minProperties": 1,
    }
    single = [by_kind[each] for each in ("stretch", "figure", "program", "source")]
    several = {"type": "array", "items": {"anyOf": single}}
    return {"$schema": DIALECT, "anyOf": [*single, lists, several], "$defs": definitions}


_TEMPLATE = """\
# A stretch of your own.
# Fill in the blanks, the lines that end in a colon or a dash, then run `stretch catalog check`.
# Until then the stretch is left out. Comments begin with a #; remove them as you like.
id: {name}

# {about[name]}.
name:
# {about[aliases]}:
# aliases: [knee hug, one knee to chest]

# The areas it stretches, such as [neck, shoulders], and those it reaches as well:
{areas}
areas:
  primary:
  secondary: []

# {about[position]}:
{positions}
position:
# {about[also]}:
# also: [standing]

# {about[equipment]}. One or more of {equipment}.
equipment: [none]

# {about[sides]}.
sides: both
# {about[side_means]}:
# side_means: the back leg

# {about[mode]}.
mode: static
# Seconds of one hold, 60 at most, and the number of holds.
dose: {{hold_s: 30, reps: 2}}
# With mode: dynamic, reps are whole breaths, and pace says what moves, 10 words at most for each half:
# dose: {{reps: 8}}
# pace: {{inhale: lift the chest, exhale: round the back}}
# With mode: contract-relax:
# dose: {{reps: 3, contract: {{contract_s: 6, release_s: 4, hold_s: 20, effort_pct: 30}}}}

# {about[level]}: {levels}.
level: gentle
# {about[desk]}.
desk: false
# {about[spine]}:
#   {spine}
spine:

# {about[steps]}.
steps:
  -
  -
# {about[breath]}.
breath:
# {about[mistake]}.
mistake:
# {about[ease_off]}.
ease_off:

# avoid: for people who must leave it out; adapt: for people who do half the hold, once.
{cautions}
cautions:
  avoid: []
  adapt: []

# {about[source]}:
# source: [NHS-BACK]
"""


def stretch_template(name: str, areas: Iterable[str]) -> str:
    """Return a commented file for a stretch with the id *name*; *areas* are those to choose from.

    It passes the check once its blanks are filled.
    """
    fields = msgspec.json.schema_components([Stretch])[1]["Stretch"]["properties"]
    return _TEMPLATE.format(
        name=name,
        about={name: _capitalized(field["description"]) for name, field in fields.items()},
        areas=_comment(areas),
        positions=_comment(POSITIONS),
        equipment=", ".join(EQUIPMENT),
        levels=", ".join(LEVELS),
        spine=", ".join(get_args(Spine)),
        cautions="\n".join(f"#   {tag:<16}{label}" for tag, label in CAUTION_LABELS.items()),
    )


def _comment(names: Iterable[str]) -> str:
    margin = "#   "
    return fill(", ".join(names), 110, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False)


def _capitalized(text: str) -> str:
    return text[0].upper() + text[1:]
