"""Why plain data is no record of a catalog: every reason at once, each with its field and what would be right."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from stretch.core.model import ID_PATTERN
from stretch.core.text import escape_control_chars, quote, quote_ascii
from stretch.core.validation.checks import Problem, Steps
from stretch.core.validation.guide import GUIDE
from stretch.core.vocabulary import EQUIPMENT, LEVELS, POSITIONS, TAGS


def faults(data: Any, kind: Any) -> Iterator[Problem]:
    """Yield why *data* does not convert to the msgspec type *kind*; never nothing, for the caller knows it does not."""
    found = False
    for problem in _faults(data, _type_of(kind), ()):
        found = True
        yield problem
    if not found:
        try:
            msgspec.convert(data, kind)
        except msgspec.ValidationError as error:
            yield (), escape_control_chars(str(error).replace("`", ""))


_type_of = cache(inspect.type_info)


def _faults(data: Any, kind: Any, here: Steps) -> Iterator[Problem]:
    if isinstance(kind, inspect.Metadata):
        kind = kind.type
    if isinstance(kind, inspect.UnionType):
        kind = _meant(data, kind)
    match kind:
        case inspect.StructType():
            yield from _of_struct(data, kind, here)
        case inspect.VarTupleType():
            yield from _of_list(data, kind, here)
        case inspect.TupleType():
            yield from _of_tuple(data, kind, here)
        case inspect.StrType():
            yield from _of_text(data, kind, here)
        case inspect.IntType() | inspect.FloatType():
            yield from _of_number(data, kind, here)
        case inspect.BoolType():
            if not isinstance(data, bool):
                yield here, f"is {_what(data)}; true or false"
        case inspect.LiteralType() | inspect.EnumType():
            yield from _of_choice(data, kind, here)
        case inspect.NoneType():
            if data is not None:
                yield here, f"is {_what(data)}; leave it out"


def _meant(data: Any, union: inspect.UnionType) -> Any:
    """Return the type of *union* that whoever wrote *data* had in mind."""
    kinds = [kind for kind in union.types if not isinstance(kind, inspect.NoneType)]
    if data is None and len(kinds) < len(union.types):
        return inspect.NoneType()
    structs = [kind for kind in kinds if isinstance(kind, inspect.StructType)]
    if isinstance(data, dict) and structs:
        return next((kind for kind in structs if kind.tag == data.get(kind.tag_field or "")), _tag_of(structs))
    wanted: tuple[type, ...] = ()
    if isinstance(data, list):
        wanted = (inspect.VarTupleType, inspect.TupleType)
    elif isinstance(data, str):
        wanted = (inspect.StrType, inspect.LiteralType)
    elif isinstance(data, (int, float)):
        wanted = (inspect.FloatType, inspect.IntType, inspect.LiteralType)
    return next((kind for kind in kinds if isinstance(kind, wanted)), kinds[0])


def _tag_of(structs: list[inspect.StructType]) -> Any:
    """Return, for structs told apart by a tag, a struct of the tag alone with all that it may be."""
    if structs[0].tag_field is None:
        return structs[0]
    tags = inspect.LiteralType(tuple(str(kind.tag) for kind in structs))
    field = inspect.Field(structs[0].tag_field, structs[0].tag_field, tags)
    return inspect.StructType(structs[0].cls, (field,))


def _of_struct(data: Any, kind: inspect.StructType, here: Steps) -> Iterator[Problem]:
    if not isinstance(data, dict):
        names = ", ".join(field.encode_name for field in kind.fields[:4])
        yield here, f"is {_what(data)}; a mapping with {names}{' ...' if len(kind.fields) > 4 else ''}"
        return
    known = {field.encode_name: field for field in kind.fields}
    hints = GUIDE.get(kind.cls.__name__, {})
    for name in data:
        if name not in known and name != kind.tag_field and kind.forbid_unknown_fields:
            yield (*here, name), f"there is no such field; {_near(name, known, 'the fields are', 0.65)}"
    for name, field in known.items():
        hint = f": {hints[name]}" if name in hints else ""
        if name not in data and field.required:
            yield (*here, name), f"is missing; add it{hint}"
        elif name in data and field.required and _is_empty(data[name], field.type):
            yield (*here, name), f"is empty; fill it in{hint}"
        elif name in data:
            yield from _faults(data[name], field.type, (*here, name))


def _is_empty(data: Any, kind: Any) -> bool:
    return data is None or (data == [] and isinstance(kind, inspect.VarTupleType) and bool(kind.min_length))


def _near(name: str, known: Collection[str], others: str, cutoff: float) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name[:80].lower(), known, n=3, cutoff=cutoff)
    return f"did you mean {' or '.join(near)}?" if near else f"{others} {', '.join(known)}"


def _of_list(data: Any, kind: inspect.VarTupleType, here: Steps) -> Iterator[Problem]:
    least, most = kind.min_length or 0, kind.max_length
    if not isinstance(data, list):
        yield here, f"is {_what(data)}; a list, as in [a, b]"
    elif len(data) < least:
        yield here, f"has {len(data)} entries; at least {least}"
    elif most is not None and len(data) > most:
        yield here, f"has {len(data)} entries; at most {most}"
    else:
        for index, item in enumerate(data):
            yield from _faults(item, kind.item_type, (*here, index))


def _of_tuple(data: Any, kind: inspect.TupleType, here: Steps) -> Iterator[Problem]:
    if not isinstance(data, list) or len(data) != len(kind.item_types):
        yield here, f"is {_what(data)}; a list of {len(kind.item_types)}"
        return
    for index, (item, item_type) in enumerate(zip(data, kind.item_types, strict=True)):
        yield from _faults(item, item_type, (*here, index))


def _of_text(data: Any, kind: inspect.StrType, here: Steps) -> Iterator[Problem]:
    if not isinstance(data, str):
        yield here, f"is {_what(data)}; {_QUOTED.get(type(data), 'put it in quotes if it is meant as text')}"
    elif len(data) < (kind.min_length or 0):
        yield here, "is empty; write something, or leave the field out where it may be"
    elif kind.max_length is not None and len(data) > kind.max_length:
        yield here, f"has {len(data)} characters; at most {kind.max_length}"
    elif kind.pattern is not None and not re.search(kind.pattern, data):
        letters = "a to z" if kind.pattern == ID_PATTERN else "letters A to Z"
        yield here, f"is {quote_ascii(data)}; {letters}, digits and single dashes between them, as in knee-rolls"


_QUOTED = {
    dict: "write text, and put it in quotes where it has a colon",
    list: "write one line of text",
    type(None): "write something",
}


def _of_number(data: Any, kind: inspect.IntType | inspect.FloatType, here: Steps) -> Iterator[Problem]:
    whole = isinstance(kind, inspect.IntType)
    if isinstance(data, bool) or not isinstance(data, int if whole else (int, float)):
        found = re.search(r"[1-9][0-9]*", data) if isinstance(data, str) else None
        right = f", bare: {found[0]}" if found and len(found[0]) < 4 else ""
        yield here, f"is {_what(data)}; a {'whole ' if whole else ''}number{right}"
    elif kind.ge is not None and data < kind.ge:
        yield here, f"is {data}; at least {kind.ge}"
    elif kind.le is not None and data > kind.le:
        yield here, f"is {data}; at most {kind.le}"


def _of_choice(data: Any, kind: inspect.LiteralType | inspect.EnumType, here: Steps) -> Iterator[Problem]:
    choices = kind.values if isinstance(kind, inspect.LiteralType) else tuple(member.value for member in kind.cls)
    # True is 1 to Python, and not to us.
    if isinstance(data, bool) or data not in choices:
        known = [str(choice) for choice in _ordered(choices)]
        yield here, f"is {_what(data)}; {_near(data if isinstance(data, str) else '', known, 'one of', 0.75)}"


def _ordered(choices: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return *choices* in the order of the catalog's own vocabulary, where they are one of its lists."""
    for known in (POSITIONS, EQUIPMENT, LEVELS, TAGS):
        if set(choices) <= set(known):
            return tuple(choice for choice in known if choice in choices)
    return choices


def _what(data: Any) -> str:
    match data:
        case None:
            return "empty"
        case bool():
            return "true" if data else "false"
        case int() | float():
            return f"the number {data}"
        case str():
            return quote(data)
        case list():
            return f"a list of {len(data)}"
        case _:
            return "a mapping"
