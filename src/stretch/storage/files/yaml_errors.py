"""Errors of the YAML parser in words for the author of the file, with what to write instead."""

from __future__ import annotations

import re
from collections.abc import Sequence

from yaml import YAMLError

from stretch.core.text import escape_control_chars

_NOT_YAML = "[^\t\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
"""Characters that are not allowed anywhere in a YAML file."""
_NESTING = "nesting"
"""In the message of libyaml's own limit of 1000 levels; it looks ahead along a line and so stops before us."""
_COLON = "mapping values are not"
_UNQUOTED_COLON = r" *(?:- +)?[\w-]+: +[^\s'\"#\[{|>&][^#]*:(?: |$)"
"""A line with an unquoted text that has a colon."""
_MAX_LINES = 10
_MISPLACED = "does not fit what is above it; check the indentation, and quotes within quotes"
_BACKSLASH = "a backslash has a meaning in double quotes; use single quotes"
_EXPLANATIONS = (
    (_COLON, "a colon where none can be; put the text in quotes, or check the indentation"),
    ("cannot start any token", "a text cannot begin with <character>; put it in quotes"),
    ("alphabetic or numeric", "a text cannot begin with & or *; put it in quotes, and a dash before entries of a list"),
    ("hex", _BACKSLASH),
    ("escape", _BACKSLASH),
    ("node content", "something is missing before this, or a [ or { is never closed"),
    ("did not find expected key", _MISPLACED),
    ("did not find expected '-'", _MISPLACED),
    ("expected <block end>", _MISPLACED),
)
"""Parts of the messages of libyaml and of PyYAML, each with its most likely cause."""
_EXPLANATIONS_AT_START = (
    ("could not find expected ':'", "is not a field; write a colon and a space after its name, or indent it"),
    ("unexpected end of stream", "a quote that begins here is never closed"),
    ("or '}'", "a { that begins here is never closed, or a comma is missing in it"),
    ("or ']'", "a [ that begins here is never closed, or a comma is missing in it"),
)
"""The same for errors that are better shown where the faulty part begins than where the parser stopped."""


def explain(error: YAMLError, text: str) -> tuple[str | None, int]:
    """Return the problem with *text*, None if it is nested too deep, and the line, from 1, where it shows."""
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        # PyYAML's own error for these has no line.
        if bad := re.search(_NOT_YAML, line):
            return f"has the control character U+{ord(bad[0]):04X}; remove it", number
    problem, mark = getattr(error, "problem", None) or "cannot be read", getattr(error, "problem_mark", None)
    number = mark.line + 1 if mark else 1
    if _NESTING in problem:
        return None, number
    line = lines[number - 1] if number <= len(lines) else ""
    if re.match(r" *\t", line):
        return "not valid YAML: a tab; indent with spaces", number
    for part, explanation in _EXPLANATIONS_AT_START:
        if part in problem:
            start = getattr(error, "context_mark", None) or mark
            return f"not valid YAML: {explanation}", start.line + 1 if start else 1
    explanation = next((words for part, words in _EXPLANATIONS if part in problem), escape_control_chars(problem))
    if _COLON in problem:
        explanation += _similar_lines(lines, number)
    character = escape_control_chars(line[mark.column :][:1]) if mark else ""
    return f"not valid YAML: {explanation.replace('<character>', repr(character))}", number


def _similar_lines(lines: Sequence[str], number: int) -> str:
    """Return which *lines* after *number* have an unquoted colon too: the parser stops at the first."""
    others = [at for at, line in enumerate(lines[number:], start=number + 1) if re.match(_UNQUOTED_COLON, line[:500])]
    if not others:
        return ""
    more = f" and {len(others) - _MAX_LINES} more" if len(others) > _MAX_LINES else ""
    return f"; the same on line {', '.join(map(str, others[:_MAX_LINES]))}{more}"
