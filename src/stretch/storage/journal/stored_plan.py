"""The plan of a session as JSON in the journal and in exports, readable after the catalog format has changed."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import inspect

from stretch.core.routine import Routine
from stretch.core.text import escape_control_chars

MAX_STEPS, MAX_STEP_S = 500, 3600
"""The most stretches and moves of a plan, and the longest of the moves, that are believed."""


def encode_plan(routine: Routine) -> bytes:
    """Return *routine* as JSON, without the stretches that were left out."""
    return msgspec.json.encode(msgspec.structs.replace(routine, left_out=()))


def decode_plan(plan: bytes) -> Routine | None:
    """Return the routine stored as *plan*; None if it cannot be read.

    Unknown fields are ignored, missing ones take their defaults, and texts are made safe to print.
    """
    try:
        routine = msgspec.convert(_cleaned(msgspec.json.decode(plan), inspect.type_info(Routine)), Routine)
    except (msgspec.MsgspecError, RecursionError):
        return None
    seconds = (routine.settle_s, *(length for _, length in (*routine.warm_up, *routine.cool_down)))
    few = len(seconds) + len(routine.items) <= MAX_STEPS and all(len(item.sides) <= 2 for item in routine.items)
    return routine if few and all(0 < length <= MAX_STEP_S for length in seconds) else None


def _cleaned(value: Any, type_info: inspect.Type) -> Any:
    """Return JSON data without control characters and the fields that the structs of *type_info* do not have."""
    match value, type_info:
        case str(), _:
            return escape_control_chars(value)
        case _, inspect.Metadata(type=inner):
            return _cleaned(value, inner)
        case dict(), inspect.StructType(fields=fields):
            known = {field.encode_name: field.type for field in fields}
            return {key: _cleaned(item, known[key]) for key, item in value.items() if key in known}
        case list(), inspect.VarTupleType(item_type=item_type):
            return [_cleaned(item, item_type) for item in value]
        case list(), inspect.TupleType(item_types=item_types) if len(value) == len(item_types):
            return [_cleaned(item, kind) for item, kind in zip(value, item_types, strict=True)]
        case dict() | list(), inspect.UnionType(types=types):
            kind = next((one for one in types if not isinstance(one, inspect.NoneType)), inspect.AnyType())
            return _cleaned(value, kind)
    return value
