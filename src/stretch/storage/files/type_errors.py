"""Type errors of plain data, each with its field and how to fix it, from the errors of msgspec."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from stretch.core.checks import ID_RULE, FieldPath, FieldProblem, suggest
from stretch.core.text import escape_control_chars, quote, quote_ascii
from stretch.core.vocabulary import EQUIPMENT, ID_PATTERN, LEVELS, POSITIONS, TAGS, WEEKDAYS

_TYPE_NAMES = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "array": "a list such as [a, b]",
    "object": "a mapping",
}
_BOUNDS = {">= ": "at least ", "<= ": "at most ", None: ""}
_VOCABULARY: tuple[Any, ...] = (*POSITIONS, *EQUIPMENT, *LEVELS, *TAGS, *WEEKDAYS)


def type_errors(data: Any, kind: Any) -> tuple[list[FieldProblem], list[FieldProblem]]:
    """Return why *data* is not of the msgspec struct *kind*: the blank fields, and the first error in another field."""
    blanks = dict.fromkeys(_blank_fields(data, ()), "is empty; fill it in")
    errors: dict[FieldPath, str] = {}
    try:
        msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        field, problem = _explain(str(error), data, _type_info(kind))
        # A blank is described if it is the first error.
        (blanks if field in blanks else errors)[field] = problem
    return list(blanks.items()), list(errors.items())


_type_info = cache(inspect.type_info)


def _blank_fields(data: Any, field: FieldPath) -> Iterator[FieldPath]:
    if data is None:
        yield field
    elif isinstance(data, (dict, list)):
        for step, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _blank_fields(value, (*field, step))


def _alternatives(info: Any) -> list[Any]:
    """Return the types of a union, or the only one."""
    info = info.type if isinstance(info, inspect.Metadata) else info
    return [*info.types] if isinstance(info, inspect.UnionType) else [info]


def _hint(info: Any) -> str:
    """Return the description of a field as the end of a sentence."""
    schema = info.extra_json_schema if isinstance(info, inspect.Metadata) else None
    return f": {schema['description']}" if schema else ""


def _struct(info: Any, data: Any) -> inspect.StructType | None:
    """Return the struct among the types of *info* that *data* is meant to be."""
    for each in _alternatives(info) if isinstance(data, dict) else ():
        if isinstance(each, inspect.StructType) and each.tag in (None, data.get(each.tag_field)):
            return each
    return None


def _member(info: Any, data: Any, step: str | int) -> Any:
    """Return the type of one field or item of *data*, which is of the type *info*; None if it has none."""
    if struct := _struct(info, data):
        return next((field.type for field in struct.fields if field.encode_name == step), None)
    for each in _alternatives(info) if isinstance(data, list) else ():
        if isinstance(each, inspect.VarTupleType):
            return each.item_type
        if isinstance(each, inspect.TupleType) and int(step) < len(each.item_types):
            return each.item_types[int(step)]
    return None


def _explain(message: str, data: Any, info: Any) -> FieldProblem:
    """Return the field and the problem of an error *message* of msgspec about *data*."""
    unknown = message.startswith("Object contains unknown field")
    # One at the top comes before the place is read: its name can imitate the end of a message.
    if unknown and (problem := _unknown_field(data, info, ())):
        return problem
    where = re.search(r" - at `\$((?:\.\w+|\[\d+\])*)`$", message)
    steps = re.findall(r"\.(\w+)|\[(\d+)\]", where[1]) if where else ()
    field: FieldPath = tuple(name or int(index) for name, index in steps)
    parent = None
    for step in field:
        parent, info, data = info, _member(info, data, step), data[step]
    if unknown:
        return _unknown_field(data, info, field) or (field, "has an unknown field")
    if missing := re.match(r"Object missing required field `(\w+)`", message):
        return (*field, missing[1]), f"is missing; add it{_hint(_member(info, data, missing[1]))}"
    if (choices := _choices(info, parent)) and not isinstance(data, (list, dict, type(None))):
        near = suggest(data, choices, "") if isinstance(data, str) else ""
        must = f"must be one of {', '.join(map(str, choices))}, not {_shown(data)}"
        return field, f"is {_shown(data)}; {near}" if near else must
    return field, _explain_value(message, data, info)


def _unknown_field(data: Any, info: Any, field: FieldPath) -> FieldProblem | None:
    if struct := _struct(info, data):
        known = [each.encode_name for each in struct.fields]
        for name in data:
            if name not in known and name != struct.tag_field:
                return (*field, name), f"unknown field; {suggest(name, known, 'the fields are ' + ', '.join(known))}"
    return None


def _choices(info: Any, parent: Any) -> list[Any]:
    """Return the values a field can have if they are listed; one without a type is the tag of a struct."""
    if info is None:
        return [each.tag for each in _alternatives(parent)]
    values: list[Any] = []
    for each in _alternatives(info):
        if isinstance(each, inspect.LiteralType):
            values += [word for word in _VOCABULARY if word in each.values] or each.values  # msgspec sorts by name
        elif isinstance(each, inspect.EnumType):
            values += [member.value for member in each.cls]
    return values


def _explain_value(message: str, value: Any, info: Any) -> str:
    if value is None or value in ([], ""):
        return f"is empty; fill it in{_hint(info)}"
    if limit := re.search(r" of length (>= |<= )?(\d+)", message):
        noun = "characters" if isinstance(value, str) else "entries"
        return f"must have {_BOUNDS[limit[1]]}{limit[2]} {noun}, not {len(value)}"
    if limit := re.search(r"` (>= |<= )(\S+)", message):
        return f"must be {_BOUNDS[limit[1]]}{limit[2].removesuffix('.0')}, not {value}"
    if "matching regex" in message:
        rule = ID_RULE if ID_PATTERN in message else "use letters A to Z, digits and single dashes"
        return f"is {quote_ascii(value)}; {rule}"
    if "RFC3339" in message or message.startswith("Expected `date"):
        return f"must be a date such as 2026-11-30, not {_shown(value)}"
    expected = re.match(r"Expected `([\w |]+)`, got", message)
    names = [_TYPE_NAMES[name] for name in expected[1].split(" | ") if name in _TYPE_NAMES] if expected else []
    if not names:
        return escape_control_chars(message.replace("`", ""))
    problem = f"must be {' or '.join(names)}, not {_shown(value)}"
    if names == [_TYPE_NAMES["object"]]:
        return problem + _hint(info)
    if "text" in names:
        return f"{problem}; put it in quotes if it is text"
    number = re.match(r"\d{1,3}\b", value) if isinstance(value, str) and "number" in problem else None
    return f"{problem}; write {number[0]}" if number else problem


def _shown(value: Any) -> str:
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "a mapping"
    return quote(value) if isinstance(value, str) else str(value).lower()
