"""Figures of stretches and warm-up moves, loaded by name because a session needs only its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from stretch.core.model import ID_PATTERN
from stretch.core.text import quote_ascii
from stretch.core.validation.checks import ID_RULE, FieldPath, FieldProblem
from stretch.storage.catalogs.loader import CatalogLoader

if TYPE_CHECKING:
    from stretch.figure.model import Figure

MAX_NUMBER = 1000
"""In body units, degrees or fractions; a body is 100 tall."""
MAX_ENTRIES, MAX_CHARACTERS = 50, 400
"""Of each list (keyframes, props, arrows) and each text: a figure is drawn many times a second."""


def load_figures(names: Iterable[str], roots: Sequence[Path]) -> dict[str, Figure]:
    """Return the figures called *names* that exist, each from the last of *roots* that has it.

    The first of *roots* is the shipped catalog, which is trusted; the others are folders or files as for
    `CatalogLoader.add`. Raises CatalogError for a figure that is invalid or cannot be drawn.
    """
    wanted = [name for name in dict.fromkeys(names) if re.fullmatch(ID_PATTERN, name)]
    shipped, *user_roots = roots
    loader = CatalogLoader(("figure",), trusted=shipped)
    loader.add_named("figure", wanted, shipped)
    for root in user_roots:
        loader.add_files(root)
        loader.add_named("figure", wanted, root)
    for entry in loader.user_entries("figure"):
        loader.diagnostics.add(entry.file, check_figure(entry.record), entry.at)
    loader.diagnostics.raise_if_problems()
    figures = loader.records("figure")
    return {name: figures[name] for name in wanted if name in figures}


def check_figure(figure: Figure) -> Iterator[FieldProblem]:
    """Yield what keeps a figure from being drawn: an invalid id, values out of bounds, unknown names."""
    if not re.fullmatch(ID_PATTERN, figure.id):
        yield ("id",), f"is {quote_ascii(figure.id)}; {ID_RULE}"
    excesses = list(_out_of_bounds(msgspec.to_builtins(figure), ()))
    yield from excesses
    if (crop := figure.crop) and not (crop[0] < crop[2] and crop[1] < crop[3]):
        yield ("frame",), "is empty; write left, bottom, right and top"
    elif not excesses:
        yield from _undrawable(figure)


def _undrawable(figure: Figure) -> Iterator[FieldProblem]:
    """Yield unknown names and anything else that makes drawing fail; the figure is drawn to find out."""
    from stretch.figure.lint import FigureProblem, lint_figure, unknown_names
    from stretch.figure.skeleton import skeleton_at

    problems = list(unknown_names(figure))
    try:
        for depth in () if problems else (0.0, 0.5, 1.0):
            skeleton_at(figure, depth)
    except (ArithmeticError, AssertionError, LookupError, TypeError, ValueError):
        problems = [*lint_figure(figure)] or [FigureProblem("keys", "cannot be drawn; start from a shipped figure")]
    yield from ((field_path(field), problem) for field, problem in problems)


def _out_of_bounds(data: Any, field: FieldPath) -> Iterator[FieldProblem]:
    match data:
        case dict():
            for name, value in data.items():
                yield from _out_of_bounds(value, (*field, name))
        case str() if len(data) > MAX_CHARACTERS:
            yield field, f"must have at most {MAX_CHARACTERS} characters, not {len(data)}"
        case tuple() if len(data) > MAX_ENTRIES:
            yield field, f"must have at most {MAX_ENTRIES} entries, not {len(data)}"
        case tuple():
            for index, value in enumerate(data):
                yield from _out_of_bounds(value, (*field, index))
        case int() | float():
            if abs(data) > MAX_NUMBER:
                yield field, f"must be at most {MAX_NUMBER}, not {data:g}; a body is 100 tall"


def field_path(field: str) -> FieldPath:
    """Return the field of a figure problem, such as `keys[0].near_arm`, as a path."""
    return tuple(int(step) if step.isdecimal() else step for step in re.findall(r"[^.\[\]]+", field))
