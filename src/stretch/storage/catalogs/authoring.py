"""Help for authors of catalog files: the JSON Schema, and the templates of a stretch and of a program."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import fill
from typing import Any

import msgspec

from stretch.core import vocabulary
from stretch.core.dose_text import AMOUNTS
from stretch.core.model import Stretch
from stretch.core.prescription_text import ListEntry, said_for_all
from stretch.core.text import capitalized, one_line
from stretch.core.vocabulary import ENTRY_LISTS, ID_PATTERN, EntryKind
from stretch.storage.catalogs.loader import record_type

MAX_COMMENT = 320
"""Characters of a line of a list that are kept as a comment."""
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def catalog_schema(kind: EntryKind | None = None) -> dict[str, Any]:
    """Return the JSON Schema of a file that holds one entry of *kind*, by default of any catalog file."""
    references, definitions = msgspec.json.schema_components(
        [record_type(each) for each in ENTRY_LISTS], ref_template="#/$defs/{name}"
    )
    for definition in definitions.values():
        for field in definition.get("properties", {}).values():
            if hint := field.get("description"):
                field["description"] = f"{capitalized(hint)}."
    by_kind = dict(zip(ENTRY_LISTS, references, strict=True))
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


_HEADER = """\
# A stretch of your own.
# Fill in the blanks, the lines that end in a colon or a dash, then run `stretch catalog check`.
# Until then the stretch is left out. Comments begin with a #; remove them as you like.
id: {}
"""
_LINES = {
    "aliases": "# aliases: [knee hug, one knee to chest]",
    "family": "# family: figure-four",
    "areas": "areas:\n  primary:\n  secondary: []",
    "also": "# also: [standing]",
    "equipment": "equipment: [none]",
    "sides": "sides: both",
    "mode": "mode: static",
    "dose": "dose: {hold_s: 30, reps: 2}\n# With mode: contract-relax:\n"
    "# dose: {reps: 3, contract: {contract_s: 6, release_s: 4, hold_s: 20, effort_pct: 30}}",
    "pace": "# With mode: dynamic, where reps are whole breaths:\n"
    "# dose: {reps: 8}\n# pace: {inhale: lift the chest, exhale: round the back}",
    "level": "level: gentle",
    "desk": "desk: false",
    "steps": "steps:\n  -\n  -",
    "cautions": "# avoid: for people who must leave it out; adapt: for people who do half the hold, once.\n"
    + "".join(f"#   {tag:<16}{label}\n" for tag, label in vocabulary.CAUTION_LABELS.items())
    + "cautions:\n  avoid: []\n  adapt: []",
    "source": "# source: [NHS-BACK]",
}
"""Lines of the template other than blanks of required fields and names of optional ones."""
_OMITTED = frozenset({"id", "tier", "opt_in", "halfway", "per_side_s"})


def stretch_template(name: str, areas: Iterable[str]) -> str:
    """Return a commented file for a stretch *name*, valid once its blanks are filled, with *areas* to choose from."""
    choices: dict[str, Mapping[Any, str]] = {
        "areas": {area: area for area in areas},
        "position": vocabulary.POSITION_LABELS,
        "equipment": vocabulary.EQUIPMENT_LABELS,
        "level": vocabulary.LEVEL_LABELS,
        "spine": vocabulary.SPINE_LABELS,
    }
    parts = [_HEADER.format(name)]
    schema = msgspec.json.schema_components([Stretch])[1]["Stretch"]
    for field, details in schema["properties"].items():
        if field not in _OMITTED:
            about = f"{capitalized(details['description'])}."
            if field in choices:
                labels = choices[field].items()
                names = (name if label == name else f"{name} ({label})" for name, label in labels)
                about += f" Choose from {', '.join(names)}."
            comment = fill(about, 110, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
            blank = f"{field}:" if field in schema["required"] else f"# {field}:"
            parts.append(f"{comment}\n{_LINES.get(field, blank)}\n")
    return "\n".join(parts)


_PROGRAM = """\
# A program of your own, or a prescription.
# Fill in the lines that end in a colon, then run `stretch catalog check`; until then the program is left out.
# Lines that begin with a # are optional. `stretch list` shows the ids of the stretches.
programs:
  - id: {name}
    name:
    about:
    # from: {{name: Anna Berg, contact: 030 123456}}
    # for: Maria Jones
    # goal: Put on socks without pain
    # starts: 2026-11-30
    # review: 2027-01-11         # the day it is looked at again, and its last day
    # days: 5                    # a week; or named: [mon, wed, fri]
    # times_a_day: 2
    # leave_out: [sphinx]        # in no other routine either, while the program runs
    warm_up_min: 2
    items:
      # hold_s: seconds of one hold. reps: number of holds, or of breaths for a movement.
      # - {{stretch: single-knee-to-chest, hold_s: 20, reps: 3, sets: 2, rest_s: 30, note: only as far as it is easy}}
      # - {{stretch: supine-figure-four, hold_s: 30, reps: 2, sides: right}}
      # - {{stretch: supine-hamstring-hold, hold_s: 30, reps: 1, sides: {{left: 2, right: 1}}, first_side: left}}
      # - stretch: cat-cow         # a dose that grows: from week 3, and after 8 sessions without pain
      #   stages:
      #     - {{reps: 6}}
      #     - {{from_week: 3, reps: 8}}
      #     - {{after_sessions: 8, reps: 10}}
      - stretch:
        reps:
"""


def program_template(name: str) -> str:
    """Return a commented file for a program *name*, valid once its blanks are filled."""
    return _PROGRAM.format(name=name)


_FROM_LIST = """\
# A program from a list. Each line of it is a comment above what was made of it. Compare them, fill in the lines that
# end in a colon, or delete an exercise that is no stretch of the catalog, then run `stretch catalog check`; until then
# the program is left out.
programs:
  - id: {name}
    name: {title}
    about: From a list.
{often}    warm_up_min: 0
    items:
"""


def program_from_list(name: str, entries: Sequence[ListEntry], stretches: Mapping[str, Stretch]) -> str:
    """Return a file for a program *name* with *entries*, blank where they are not certain."""
    lines = [
        _FROM_LIST.format(
            name=name, title=_yaml(capitalized(name.replace("-", " "))), often="".join(_how_often(entries))
        )
    ]
    for entry in entries:
        end = "" if entry.fields else "  (no exercise)"
        lines.append(f"      # {entry.number}: {entry.line[:MAX_COMMENT]}{end}\n")
        lines += [f"      #    {remark}\n" for remark in entry.remarks]
        mark = "- "
        for field in ("stretch", *AMOUNTS, "note") if entry.fields else ():
            if field in entry.fields:
                value = entry.fields[field]
                meant = (
                    f"  # {one_line(stretches[value].name)}" if field == "stretch" and isinstance(value, str) else ""
                )
                lines.append(f"      {mark}{field}:{'' if value is None else f' {_yaml(value)}{meant}'}\n")
                mark = "  "
    return "".join(lines)


def _how_often(entries: Sequence[ListEntry]) -> Iterator[str]:
    """Yield the fields that the lines fill for the whole program, blank unless they agree."""
    for field in ("times_a_day", "days"):
        if number := said_for_all(entries, field):
            yield f"    {field}: {number}\n"
        elif any(getattr(entry.dose, field) or field in entry.dose.doubts for entry in entries):
            yield f"    {field}:\n"


def _yaml(value: object) -> str:
    """Return *value* in YAML, of which JSON is a part."""
    if isinstance(value, str) and re.fullmatch(ID_PATTERN, value):
        return value
    return msgspec.json.encode(value).decode()
