"""What the YAML parser stumbled over, in the words of whoever wrote the file, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Sequence

from yaml import YAMLError

from stretch.core.text import escape_control_chars

_UNFIT = "[^\t\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
"""Characters that may not even stand in a YAML file."""
_NESTING = "nesting"
"""In what libyaml from 0.2.6 on says of its own limit of 1000, which it meets before we see the events of level 21: it
looks ahead along a line."""
_COLON = "mapping values are not"
_TWO_COLONS = r" *(?:- +)?[\w-]+: +[^\s'\"#\[{|>&][^#]*:(?: |$)"
"""A line with text that has a colon and no quotes."""
_MOST_LINES = 10
_STRAY = "does not fit what is above it; look at the indentation, and at quotes within quotes"
_MEANT = (
    (_COLON, "a colon where none can be; put the text in quotes, or look at the indentation"),
    ("cannot start any token", "a text cannot begin with <character>; put it in quotes"),
    ("alphabetic or numeric", "a text cannot begin with & or *; put it in quotes, and a dash before entries of a list"),
    ("hex", "in double quotes a backslash means something else; use single quotes"),
    ("escape", "in double quotes a backslash means something else; use single quotes"),
    ("node content", "something is missing before this, or a [ or a { is never closed"),
    ("did not find expected key", _STRAY),
    ("did not find expected '-'", _STRAY),
    ("expected <block end>", _STRAY),
)
"""What the two parsers say, libyaml and PyYAML's own, and what most often was meant."""
_BEGUN = (
    ("could not find expected ':'", "is no field; a field has a colon and a space behind it, text goes on further in"),
    ("unexpected end of stream", "a quote that begins here is never closed"),
    ("or '}'", "a { that begins here is never closed, or a comma is missing in it"),
    ("or ']'", "a [ that begins here is never closed, or a comma is missing in it"),
)
"""The same where the beginning of what went wrong tells more than its end."""


def explained(error: YAMLError, text: str) -> tuple[str | None, int]:
    """Return what is wrong with *text*, None for what is nested too deep, and the line, from 1, on which that shows."""
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        # The parser's own word for these has no line.
        if bad := re.search(_UNFIT, line):
            return f"has the control character U+{ord(bad[0]):04X}; take it out", number
    problem, mark = getattr(error, "problem", None) or "cannot be read", getattr(error, "problem_mark", None)
    number = mark.line + 1 if mark else 1
    if _NESTING in problem:
        return None, number
    if number <= len(lines) and re.match(r" *\t", lines[number - 1]):
        return "not valid YAML: a tab; indent with spaces", number
    for said, meant in _BEGUN:
        if said in problem:
            begun = getattr(error, "context_mark", None) or mark
            return f"not valid YAML: {meant}", begun.line + 1 if begun else 1
    there = escape_control_chars(lines[number - 1][mark.column :][:1]) if mark and number <= len(lines) else ""
    meant = next((meant for said, meant in _MEANT if said in problem), escape_control_chars(problem))
    if _COLON in problem:
        meant += _like_it(lines, number)
    return f"not valid YAML: {meant.replace('<character>', repr(there))}", number


def _like_it(lines: Sequence[str], number: int) -> str:
    """Return which *lines* behind *number* fail alike: the parser stops at the first, and nobody wants 50 runs."""
    others = [at for at, line in enumerate(lines[number:], start=number + 1) if re.match(_TWO_COLONS, line[:500])]
    if not others:
        return ""
    more = f" and {len(others) - _MOST_LINES} more" if len(others) > _MOST_LINES else ""
    return f"; the same on line {', '.join(map(str, others[:_MOST_LINES]))}{more}"
