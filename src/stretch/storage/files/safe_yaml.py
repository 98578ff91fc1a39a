"""Load untrusted YAML as plain data: no tags, no alias bombs, no invisible characters, no duplicate keys.

The data is built from the events of the parser, not by a PyYAML loader: each limit is checked before anything is built,
and reading the shipped catalog takes half the time.
"""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from math import isfinite
from pathlib import Path
from typing import Any, NoReturn

import yaml
from yaml.events import AliasEvent, MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent, StreamEndEvent

from stretch.core.checks import FieldPath
from stretch.core.text import escape_control_chars, quote
from stretch.storage.files.safe_io import MAX_VALUES, ReadQuota, UnreadableFile, read_regular

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # a PyYAML built without libyaml reads the same, slower
    from yaml import SafeLoader as Loader  # type: ignore[assignment]  # the same methods

MAX_DEPTH = 20
"""Nested lists and mappings; the shipped files need 7."""
MAX_DIGITS = 18

_TOO_DEEP = f"is nested more than {MAX_DEPTH} deep"
_KEYWORDS = dict.fromkeys(("", "~", "null", "Null", "NULL"), None) | {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False
}  # fmt: skip
_NUMBER_START, _NUMBER_CHARACTERS = frozenset("0123456789+-."), "0123456789+-.eE"
"""Numbers as in YAML 1.2: `yes`, `on`, `1:30` and `0x1F` are text."""
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that change the direction of writing, so that a file reads differently from what it says."""

FieldLines = dict[tuple[int, str | int], int]
"""The line, from 1, of each field, by the `id` of the mapping or list that holds it, and its key or index."""


def read_yaml(path: Path, quota: ReadQuota | None = None) -> Any:
    """Return the data of the YAML file *path*.

    Raise UnreadableFile for anything that `read_text` or `parse_yaml` refuses.
    """
    return parse_yaml(read_text(path, quota), quota=quota)


def line_numbers(path: Path, fields: Iterable[FieldPath]) -> dict[FieldPath, int]:
    """Return the line, from 1, of each of *fields* in the YAML file *path*; of a missing one where it is missing."""
    lines: FieldLines = {}
    data: Any = None
    with suppress(UnreadableFile):  # the file may have changed since it was read
        data = parse_yaml(read_text(path), lines)
    found = {}
    for field in fields:
        line, container = 1, data
        for step in field:
            if (id(container), step) not in lines:
                break
            line, container = lines[id(container), step], container[step]
        found[field] = line
    return found


def read_text(path: Path, quota: ReadQuota | None = None) -> str:
    """Return the text of the regular file *path*.

    Raise UnreadableFile for a pipe, a device or a folder, for a file of more than 1 MiB, or if it is not UTF-8.
    """
    try:
        data = read_regular(path)
    except OSError as error:
        raise UnreadableFile(f"cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # a zero byte in the name
        raise UnreadableFile("cannot be read: invalid file name") from error
    if quota is not None:
        quota.take(len(data))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableFile("is not UTF-8 text; save it as UTF-8", line) from error


def parse_yaml(text: str, lines: FieldLines | None = None, quota: ReadQuota | None = None) -> Any:
    """Return the data of the YAML document *text*: dicts with text keys, lists, text, numbers, booleans and None.

    Text comes out on one line. The line of each field is added to *lines*. Raise UnreadableFile for invalid YAML,
    tags, aliases that repeat much, duplicate keys, keys that are not text, more than 20 levels, numbers out of range,
    and invisible characters.
    """
    if not text.isascii() and (bidi := _BIDI_CONTROLS.intersection(text)):
        position = min(map(text.index, bidi))
        problem = f"has the invisible character U+{ord(text[position]):04X}, which reverses the text; remove it"
        raise UnreadableFile(problem, text.count("\n", 0, position) + 1)
    try:
        return _Builder(text, lines, quota or ReadQuota()).document()
    except yaml.YAMLError as error:
        raise UnreadableFile(*_explain(error, text)) from error


class _Builder:
    """Builds data from the events of the parser."""

    def __init__(self, text: str, lines: FieldLines | None, quota: ReadQuota) -> None:
        self._next: Callable[[], Any] = Loader(text).get_event
        self._lines, self._quota = lines, quota
        self._anchors: dict[str, Any] = {}

    def document(self) -> Any:
        """Return the data of the only document; None for an empty text."""
        self._next()
        if type(self._next()) is StreamEndEvent:
            return None
        data = self._value(self._next(), 0)
        self._next()
        if type(event := self._next()) is not StreamEndEvent:
            _refuse("another document begins here; use one document with a list", event)
        return data

    def _value(self, event: Any, depth: int) -> Any:
        self._count(1, event)
        kind = type(event)
        if kind is AliasEvent:
            return self._alias(event, depth)
        if event.tag is not None:
            _refuse(f"tags are not allowed; remove {quote(event.tag)}", event)
        data: Any
        if kind is ScalarEvent:
            data = _scalar(event)
        elif depth >= MAX_DEPTH:
            _refuse(_TOO_DEEP, event)
        else:
            data = self._mapping(depth + 1) if kind is MappingStartEvent else self._list(depth + 1)
        if event.anchor is not None:
            self._anchors[event.anchor] = data
        return data

    def _mapping(self, depth: int) -> dict[str, Any]:
        data: dict[str, Any] = {}
        while type(key := self._next()) is not MappingEndEvent:
            if type(key) is not ScalarEvent or key.tag is not None:
                _refuse("a key must be plain text", key)
            if key.value in data:
                _refuse(f"{quote(key.value)} is given twice; remove one of them", key)
            if self._lines is not None:
                self._lines[id(data), key.value] = _line(key)
            data[key.value] = self._value(self._next(), depth)
        return data

    def _list(self, depth: int) -> list[Any]:
        data: list[Any] = []
        while type(item := self._next()) is not SequenceEndEvent:
            if self._lines is not None:
                self._lines[id(data), len(data)] = _line(item)
            data.append(self._value(item, depth))
        return data

    def _alias(self, event: Any, depth: int) -> Any:
        if event.anchor not in self._anchors:
            _refuse(f"there is no anchor {quote(event.anchor)} before this", event)
        data = self._anchors[event.anchor]
        size, levels = _measure(data)
        self._count(size, event)
        if depth + levels > MAX_DEPTH:
            _refuse(_TOO_DEEP, event)
        return data

    def _count(self, size: int, event: Any) -> None:
        self._quota.values -= size
        if self._quota.values < 0:
            _refuse(f"has too many values: at most {MAX_VALUES} are read of all files together", event)


def _scalar(event: Any) -> Any:
    value: str = event.value
    if event.implicit[0]:  # without quotes
        if value in _KEYWORDS:
            return _KEYWORDS[value]
        if value[0] in _NUMBER_START and not value.strip(_NUMBER_CHARACTERS):
            return _number(value, event)
    if not value.isprintable():
        value = " ".join(value.split())  # white space of any kind
        for character in value:
            if not character.isprintable():
                _refuse(f"has the invisible character U+{ord(character):04X}; remove it", event)
    return value


def _number(value: str, event: Any) -> int | float | str:
    if len(value) > MAX_DIGITS:
        _refuse(f"a number of {len(value)} digits is too large; put it in quotes if it is text", event)
    try:
        number = float(value)
    except ValueError:
        return value  # a date, a range, a dash
    if not isfinite(number):
        _refuse(f"{value} is too large", event)
    return number if set(value) & set(".eE") else int(value)


def _measure(data: Any) -> tuple[int, int]:
    """Return the number of values in *data*, with all that aliases repeat, and the number of levels."""
    if not isinstance(data, (dict, list)):
        return 1, 0
    sizes = [_measure(value) for value in (data.values() if isinstance(data, dict) else data)]
    return 1 + sum(size for size, _ in sizes), 1 + max((levels for _, levels in sizes), default=0)


def _refuse(problem: str, event: Any) -> NoReturn:
    raise UnreadableFile(problem, _line(event))


def _line(event: Any) -> int:
    line: int = event.start_mark.line
    return line + 1


_NOT_YAML = "[^\t\r\n -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
"""Characters that are not allowed anywhere in a YAML file."""
_MISPLACED = "does not fit what is above it; check the indentation, and quotes within quotes"
_BACKSLASH = "a backslash has a meaning in double quotes; use single quotes"
_EXPLANATIONS_AT_START = {
    "could not find expected ':'": "is not a field; write a colon and a space after its name, or indent it",
    "unexpected end of stream": "a quote that begins here is never closed",
    "or '}'": "a { that begins here is never closed, or a comma is missing in it",
    "or ']'": "a [ that begins here is never closed, or a comma is missing in it",
}
"""Parts of the errors of libyaml and PyYAML, each with its likely cause; these are shown where the fault begins."""
_EXPLANATIONS = _EXPLANATIONS_AT_START | {
    "mapping values are not": "a colon where none can be; put the text in quotes, or check the indentation",
    "cannot start any token": "a text cannot begin with <character>; put it in quotes",
    "alphabetic or numeric": "a text cannot begin with & or *; put it in quotes, and a dash before entries of a list",
    "hex": _BACKSLASH,
    "escape": _BACKSLASH,
    "node content": "something is missing before this, or a [ or { is never closed",
    "did not find expected key": _MISPLACED,
    "did not find expected '-'": _MISPLACED,
    "expected <block end>": _MISPLACED,
}


def _explain(error: yaml.YAMLError, text: str) -> tuple[str, int]:
    """Return the problem with *text*, and the line, from 1, where it shows."""
    if bad := re.search(_NOT_YAML, text):  # PyYAML's own error for these has no line
        return f"has the control character U+{ord(bad[0]):04X}; remove it", text.count("\n", 0, bad.start()) + 1
    problem, mark = getattr(error, "problem", None) or "cannot be read", getattr(error, "problem_mark", None)
    if mark is None:
        return f"not valid YAML: {escape_control_chars(problem)}", 1
    if "nesting" in problem:  # of more than 1000 levels, where libyaml stops before its events reach us
        return _TOO_DEEP, mark.line + 1
    line = "".join(text.split("\n")[mark.line : mark.line + 1])
    if re.match(r" *\t", line):
        return "not valid YAML: a tab; indent with spaces", mark.line + 1
    part = next((part for part in _EXPLANATIONS if part in problem), "")
    if part in _EXPLANATIONS_AT_START:
        mark = getattr(error, "context_mark", None) or mark
    character = repr(escape_control_chars(line[mark.column :][:1]))
    explanation = _EXPLANATIONS.get(part, escape_control_chars(problem)).replace("<character>", character)
    return f"not valid YAML: {explanation}", mark.line + 1
