"""The YAML of strangers as plain data, in one pass: nothing in it builds, explodes, hides or is said twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from math import isfinite
from pathlib import Path
from typing import Any, NoReturn

import yaml
from yaml.events import AliasEvent, MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent, StreamEndEvent

from stretch.core.text import quote
from stretch.storage.files import plainfile

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # a PyYAML built without libyaml reads the same, slower
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

DEEPEST = 20
"""Lists and mappings inside one another; the shipped files need 7."""
_TOO_DEEP = f"is nested more than {DEEPEST} deep"
MOST_REPEATED = 10_000
"""Values that all aliases of a file may repeat together: a few shared lists, and no billion laughs."""
MOST_SEPARATORS = 100_000
"""Commas and line ends of a file; no list and no mapping is longer, and a megabyte of text has fewer."""
MOST_DIGITS = 18

_WORDS = dict.fromkeys(("", "~", "null", "Null", "NULL"), None) | {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False
}  # fmt: skip
_SIGNS, _NUMERAL = frozenset("0123456789+-."), "0123456789+-.eE"
"""What a number begins with and is made of. YAML 1.2: `yes` and `on` are words, and so are `1:30` and `0x1F`."""
_SPACES = frozenset("\t\n\u00a0\u2007\u202f\u3000\u200c\u200d")
"""Not printable, but harmless: white space of any width, and the joiners of Persian and Indic writing."""
_JOINERS = "\u200c\u200d\ufe0e\ufe0f "
"""What joins or colours the characters beside it, and is nothing without them."""
_TURNING = "[\u202a-\u202e\u2066-\u2069]"
"""Characters that change the direction of writing: what stands behind them is not read as it is shown."""
_BLANK = "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0d\uffa0\U000e0100-\U000e01ef]"
"""Characters that count as printable and show nothing."""
_PILED = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{5}"
"""More marks over and under one letter than any writing has: they cover the lines beside it. These patterns are slow
to compile and seldom needed."""


_CUT_SHORT = r" *(?:- +|[\w-]+: +)+[^\s'\"\[{|>&#][^#]*? (#\d.*)"


class Malformed(Exception):
    """Why a text is not used, and the line, from 1, on which that shows."""

    def __init__(self, problem: str, line: int) -> None:
        self.line = line
        super().__init__(problem)


def read(path: Path, allowance: plainfile.Allowance | None = None) -> Any:
    """Return the plain data of the file *path*.

    Raises Malformed when it cannot be read or is not the YAML that a catalog is written in.
    """
    return parse(text_of(path, allowance))


def text_of(path: Path, allowance: plainfile.Allowance | None = None) -> str:
    """Return the text of the file *path*.

    Raises Malformed when it cannot be read or is not UTF-8.
    """
    try:
        data = plainfile.read(path, allowance)
    except plainfile.Unreadable as error:
        raise Malformed(str(error), 1) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Malformed("is not UTF-8 text; save it as UTF-8", line) from error


def parse(text: str) -> Any:
    """Return the plain data that *text* stands for: mappings with words as keys, lists, text, numbers, booleans, None.

    Text comes out on one line and visible. Refused with Malformed: anything that is not YAML, tags, aliases that
    repeat much, keys twice or that are not words, more than 20 levels, endless numbers, invisible characters.
    """
    if len(text) > MOST_SEPARATORS and text.count(",") + text.count("\n") > MOST_SEPARATORS:
        raise Malformed(f"has more than {MOST_SEPARATORS} lines and commas; split it", 1)
    if not text.isascii() and (found := re.search(_TURNING, text)):
        line = text.count("\n", 0, found.start()) + 1
        raise Malformed(f"has the invisible character U+{ord(found[0]):04X}, which turns the writing round", line)
    try:
        return _Builder(text).document()
    except yaml.YAMLError as error:
        # Imported here: most files are in order, and every run pays for what stands at the top.
        from stretch.storage.files.yamlwords import explained

        problem, line = explained(error, text)
        raise Malformed(_TOO_DEEP if problem is None else problem, line) from error


def cut_short(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of *text*, from 1, that a number sign ends early: `name: Bridge #2` is only Bridge to YAML."""
    for number, line in enumerate(text.splitlines(), start=1):
        if " #" in line and (found := re.match(_CUT_SHORT, line)):
            yield number, f"what stands from {quote(found[1])} on is a comment and not read; put the text in quotes"


def events(text: str) -> Callable[[], Any]:
    """Return what gives the next event of the parser at each call."""
    return Loader(text).get_event


class _Builder:
    """Turns the events of the parser into data."""

    def __init__(self, text: str) -> None:
        self._next = events(text)
        self._anchored: dict[str, Any] = {}
        self._repeated = 0

    def document(self) -> Any:
        """Return the data of the one document there is; None for an empty text."""
        self._next()
        if type(self._next()) is StreamEndEvent:
            return None
        data = self._value(self._next(), 1)
        self._next()
        if type(event := self._next()) is not StreamEndEvent:
            _refuse("another document begins here; one file holds one, so make it a list", event)
        return data

    def _value(self, event: Any, depth: int) -> Any:
        kind = type(event)
        if kind is AliasEvent:
            return self._repeat(event, depth)
        if event.tag is not None:
            _refuse(f"tags are not used here; take {quote(event.tag)} out", event)
        data: Any
        if kind is ScalarEvent:
            data = _scalar(event)
        elif depth > DEEPEST:
            _refuse(_TOO_DEEP, event)
        elif kind is MappingStartEvent:
            data = self._mapping(depth + 1)
        else:
            data, depth = [], depth + 1
            while type(item := self._next()) is not SequenceEndEvent:
                data.append(self._value(item, depth))
        if event.anchor is not None:
            self._anchored[event.anchor] = data
        return data

    def _mapping(self, depth: int) -> dict[str, Any]:
        data: dict[str, Any] = {}
        while type(key := self._next()) is not MappingEndEvent:
            if type(key) is not ScalarEvent or key.tag is not None:
                _refuse("a key must be a plain word", key)
            if key.value in data:
                _refuse(f"{quote(key.value)} is said twice; one of them is too much", key)
            data[key.value] = self._value(self._next(), depth)
        return data

    def _repeat(self, event: Any, depth: int) -> Any:
        if event.anchor not in self._anchored:
            _refuse(f"there is no anchor {quote(event.anchor)} before this", event)
        data = self._anchored[event.anchor]
        size, levels = _measured(data)
        self._repeated += size
        if self._repeated > MOST_REPEATED:
            _refuse(f"aliases repeat more than {MOST_REPEATED} values; write out what is meant", event)
        if depth + levels - 1 > DEEPEST:
            _refuse(_TOO_DEEP, event)
        return data


def _scalar(event: Any) -> Any:
    value: str = event.value
    if event.implicit[0]:  # without quotes
        if value in _WORDS:
            return _WORDS[value]
        if value[0] in _SIGNS and not value.strip(_NUMERAL):
            return _number(value, event)
    return value if value.isascii() and value.isprintable() else _visible(value, event)


def _number(value: str, event: Any) -> int | float | str:
    if len(value) > MOST_DIGITS:
        _refuse(f"a number of {len(value)} digits is out of all bounds; put it in quotes if it is text", event)
    try:
        return int(value)
    except ValueError:
        pass
    try:
        number = float(value)
    except ValueError:
        return value  # a date, a range, a dash
    if not isfinite(number):
        _refuse(f"{value} is out of all bounds", event)
    return number


def _visible(value: str, event: Any) -> str:
    for character in value:
        if not character.isprintable() and character not in _SPACES:
            _refuse(f"has the invisible character U+{ord(character):04X}; take it out", event)
    if found := re.search(_BLANK, value):
        _refuse(f"has the invisible character U+{ord(found[0]):04X}; take it out", event)
    if re.search(_PILED, value):
        _refuse("has a letter under more than 4 accents; take them out", event)
    text = value if value.isprintable() else " ".join(value.split())
    return text if text.strip(_JOINERS) else ""


def _measured(data: Any) -> tuple[int, int]:
    """Return how many values there are in *data* with all it repeats, and how many levels."""
    if not isinstance(data, (dict, list)):
        return 1, 0
    sizes = [_measured(value) for value in (data.values() if isinstance(data, dict) else data)]
    return 1 + sum(size for size, _ in sizes), 1 + max((levels for _, levels in sizes), default=0)


def _refuse(problem: str, event: Any) -> NoReturn:
    raise Malformed(problem, event.start_mark.line + 1)
