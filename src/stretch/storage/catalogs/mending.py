"""A broken entry made whole with stand-ins, so that what else is wrong with it is told in the same run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from stretch.core.model import CatalogStruct, Program, Stretch
from stretch.core.validation.checks import Problem

_STAND_INS: Mapping[Any, Mapping[str, Any]] = {
    Stretch: {
        "id": "stand-in",
        "name": "Stand-in",
        "areas": {"primary": ["hips"]},
        "position": "seated",
        "equipment": ["none"],
        "sides": "both",
        "mode": "static",
        "dose": {"hold_s": 30, "reps": 2},
        "level": "gentle",
        "spine": "neutral",
        "steps": ["Sit."],
        "breath": "Breathe.",
        "mistake": "None.",
        "ease_off": "Less.",
        "cautions": {},
    },
    Program: {
        "id": "stand-in",
        "name": "Stand-in",
        "about": "Nothing.",
        "warm_up_min": 5,
        "items": [{"stretch": "cat-cow", "reps": 8}],
    },
}
_BEHIND: Mapping[str, frozenset[str]] = {
    "dose": frozenset({"mode"}),
    "pace": frozenset({"mode"}),
    "per_side_s": frozenset({"mode", "dose"}),
    "sides": frozenset({"side_means"}),
}
"""What a problem of a field may come from as well as from the field itself."""


def mended(kind: Any, data: Any, faulty: Collection[str]) -> CatalogStruct | None:
    """Return *data* as a record of *kind* with stand-ins for its *faulty* fields; None where there is no hope."""
    stand_ins = _STAND_INS.get(kind)
    if stand_ins is None or not isinstance(data, dict):
        return None
    whole = {name: value for name, value in data.items() if name not in faulty}
    try:
        record: CatalogStruct = msgspec.convert(whole | {n: v for n, v in stand_ins.items() if n in faulty}, kind)
    except msgspec.ValidationError:
        return None
    return record


def sure(problems: Iterable[Problem], faulty: Collection[str]) -> Iterator[Problem]:
    """Yield the *problems* of a mended entry that no stand-in can have made."""
    for field, problem in problems:
        name = str(field[0]) if field else ""
        if name not in faulty and not _BEHIND.get(name, frozenset()) & set(faulty):
            yield field, problem
