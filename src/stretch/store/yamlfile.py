"""One YAML file: read as plain data, and asked for the line of a field when something is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import yaml

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # a PyYAML built without libyaml reads the same, slower
    from yaml import SafeLoader as Loader  # type: ignore[assignment]


class Malformed(Exception):
    """Text that is not YAML, with the line on which that shows."""

    def __init__(self, problem: str, line: int) -> None:
        self.line = line
        super().__init__(problem)


def read(path: Path) -> Any:
    """Return the plain data of the file *path*.

    Raises Malformed when it cannot be read or is not YAML.
    """
    try:
        return yaml.load(path.read_bytes(), Loader=Loader)
    except OSError as error:
        raise Malformed(f"cannot be read: {error.strerror}", 1) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "not YAML"
        raise Malformed(f"not valid YAML: {problem}", mark.line + 1 if mark else 1) from error


def line_of(path: Path, field: Sequence[str | int]) -> int:
    """Return the line, from 1, of the *field*, or of the nearest one above it that is there."""
    node = yaml.compose(path.read_bytes(), Loader=Loader)
    line = 1
    for step in field:
        found = _child(node, step)
        if found is None:
            break
        key, node = found
        line = key.start_mark.line + 1
    return line


def explain(error: msgspec.ValidationError) -> tuple[tuple[str | int, ...], str]:
    """Return the path and the problem that a validation error is about."""
    problem, _, where = str(error).partition(" - at `$")
    steps = re.findall(r"\.([^.\[\]`]+)|\[(\d+)\]", where)
    path: list[str | int] = [int(index) if index else name for name, index in steps]
    if unknown := re.search(r"unknown field `(.*)`", problem):
        return (*path, unknown.group(1)), "there is no such field"
    if missing := re.search(r"missing required field `(.*)`", problem):
        return (*path, missing.group(1)), "is missing"
    return tuple(path), problem[:1].lower() + problem[1:].replace("`", "")


def _child(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(step)), None)
    return None
