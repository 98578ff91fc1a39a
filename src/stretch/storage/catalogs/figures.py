"""The figures of stretches and warm-up moves, read one by one: a session needs only its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from stretch.core.model import ID_PATTERN
from stretch.core.text import quote_ascii
from stretch.core.validation.checks import Problem, Steps
from stretch.storage.catalogs.gathering import Gathering

if TYPE_CHECKING:
    from stretch.figure.model import Figure

FARTHEST = 1000
"""Body units, degrees or shares: no number of a figure has any use beyond this."""
MOST_PIECES, MOST_LETTERS = 50, 400
"""Keyframes, props or arrows of one figure: each is drawn thirty times a second."""


def load_figures(names: Iterable[str], roots: Sequence[Path]) -> dict[str, Figure]:
    """Return the figures called *names*, each from the last of *roots* that has it; those without one are left out.

    The first of *roots* is the shipped catalog, whose figures were checked when they were made; the others are folders
    or files as `Gathering.add` takes them. Raises CatalogError for what is no figure, or none that can be drawn.
    """
    wanted = [name for name in dict.fromkeys(names) if re.fullmatch(ID_PATTERN, name)]
    shipped, *own = roots
    gathering = Gathering(("figure",), trusted=shipped)
    gathering.add_named("figure", wanted, shipped)
    for root in own:
        gathering.add_files(root)
        gathering.add_named("figure", wanted, root)
    for entry in gathering.own("figure"):
        gathering.findings.add(entry.file, check_figure(entry.record), entry.at)
    gathering.findings.give_up_if_broken()
    found = gathering.records("figure")
    return {name: found[name] for name in wanted if name in found}


def check_figure(figure: Figure) -> Iterator[Problem]:
    """Yield what keeps a figure from being drawn at all: a name that is none, numbers out of bounds, unknown words."""
    if not re.fullmatch(ID_PATTERN, figure.id):
        yield ("id",), f"is {quote_ascii(figure.id)}; a to z, digits and single dashes between them, as in knee-rolls"
    wild = list(_out_of_bounds(msgspec.to_builtins(figure), ()))
    yield from wild
    if (crop := figure.crop) and not (crop[0] < crop[2] and crop[1] < crop[3]):
        yield ("frame",), "has nothing inside; it is left, bottom, right and top"
    elif not wild:
        yield from _undrawable(figure)


def _undrawable(figure: Figure) -> Iterator[Problem]:
    """Yield the words that mean nothing, and what else makes the body fall apart; tried, for that is quickest."""
    from stretch.figure.lint import FigureProblem, lint_figure, unknown_names
    from stretch.figure.skeleton import skeleton_at

    problems = list(unknown_names(figure))
    try:
        for depth in () if problems else (0.0, 0.5, 1.0):
            skeleton_at(figure, depth)
    except (ArithmeticError, AssertionError, LookupError, TypeError, ValueError):
        problems = [*lint_figure(figure)] or [
            FigureProblem("keys", "cannot be drawn; begin with a shipped one and change it bit by bit")
        ]
    yield from ((as_steps(field), problem) for field, problem in problems)


def _out_of_bounds(data: Any, here: Steps) -> Iterator[Problem]:
    match data:
        case dict():
            for name, value in data.items():
                yield from _out_of_bounds(value, (*here, name))
        case str() if len(data) > MOST_LETTERS:
            yield here, f"has {len(data)} characters; at most {MOST_LETTERS}"
        case tuple() if len(data) > MOST_PIECES:
            yield here, f"has {len(data)} entries; at most {MOST_PIECES}"
        case tuple():
            for index, value in enumerate(data):
                yield from _out_of_bounds(value, (*here, index))
        case int() | float():
            if abs(data) > FARTHEST:
                yield here, f"is {data:g}; at most {FARTHEST}, for a body is 100 tall"


def as_steps(field: str) -> Steps:
    """Return the field of a problem of a figure, `keys[0].near_arm`, as the way to it."""
    return tuple(int(step) if step.isdecimal() else step for step in re.findall(r"[^.\[\]]+", field))
