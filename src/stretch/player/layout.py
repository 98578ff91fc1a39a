"""Screen layout: lines of styled spans measured in terminal cells."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import zip_longest
from typing import Literal

from rich.cells import cell_len, set_cell_size

from stretch.player.theme import TextRole

CACHE_SIZE = 256
"""Lines and texts kept in a cache: most of a screen is the same as in the frame before."""

PAGE_NS, WORD_NS = 2_000_000_000, 500_000_000
"""A page that turns by itself is shown for the first, and for the second for each of its words."""

StyledSpan = tuple[str, Hashable]
"""A text and its style: a theme.TextRole, a color of a figure, or None for the terminal's own."""
StyledLine = tuple[StyledSpan, ...]


def line_width(line: StyledLine) -> int:
    """Return the width of *line* in cells."""
    return sum([cell_len(text) for text, _ in line])


@lru_cache(CACHE_SIZE)
def fit_width(line: StyledLine, cells: int) -> StyledLine:
    """Return *line* cut or padded to exactly *cells*."""
    spans: list[StyledSpan] = []
    left = cells
    for text, style in line:
        size = cell_len(text)
        if size > left:
            text, size = set_cell_size(text, left), left
        if text:
            spans.append((text, style))
        left -= size
    if left:
        spans.append((" " * left, "plain"))
    return tuple(spans)


def ellipsize(text: str, cells: int) -> str:
    """Return *text*, cut to *cells* with three dots at its end if it is longer."""
    if cell_len(text) <= cells:
        return text
    return set_cell_size(text, max(cells - 3, 0)).rstrip(" ,") + "..."[: max(cells, 0)]


@lru_cache(CACHE_SIZE)
def wrap_text(text: str, cells: int) -> tuple[str, ...]:
    """Return *text* broken at spaces into lines of at most *cells*; a longer word is cut."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if cell_len(joined) <= cells:
            line = joined
            continue
        if line:
            lines.append(line)
        while cell_len(word) > cells > 1:
            head = set_cell_size(word, cells).rstrip()
            lines.append(head)
            word = word[len(head) :]
        line = word
    return (*lines, line) if line else tuple(lines)


def wrap_styled(text: str, style: Hashable, cells: int, *, indent: str = "") -> list[StyledLine]:
    """Return *text* in one style as lines of at most *cells*, not counting the *indent* before each."""
    return [((f"{indent}{line}", style),) for line in wrap_text(text, cells)]


def pad_to_height(lines: Sequence[StyledLine], height: int) -> list[StyledLine]:
    """Return *lines* followed by empty ones, *height* in all; more lines than that stay."""
    return [*lines, *[()] * (height - len(lines))]


def indent(lines: Iterable[StyledLine]) -> list[StyledLine]:
    """Return *lines* after a blank cell each."""
    return [((" ", TextRole.PLAIN), *line) for line in lines]


def fit_screen(lines: Sequence[StyledLine], columns: int, height: int) -> list[StyledLine]:
    """Return *lines* cut or padded to a screen of that size."""
    return [fit_width(line, columns) for line in pad_to_height(lines[:height], height)]


def text_above_keys(
    rows: Sequence[StyledLine], keys: Sequence[StyledLine], lines: int, elapsed_ns: int
) -> list[StyledLine]:
    """Return *rows* above *keys*; if they are more than *lines*, page after page, and none of them is left out.

    Keys that leave less than half of the lines are on pages too.
    """
    if len(rows) + len(keys) <= lines:
        return [*rows, *[()] * (len(rows) + len(keys) < lines), *keys]
    if 2 * len(keys) > lines:
        rows, keys = [*rows, *keys], ()
    rows = [row for row in rows if row]
    height = lines - len(keys)
    if len(rows) <= height:
        return [*rows, *keys]
    numbered = height > 3
    size = height - numbered
    pages = [rows[at : at + size] for at in range(0, len(rows), size)]
    words = [sum(len(text.split()) for row in page for text, _ in row) for page in pages]
    left_ns, number = elapsed_ns % (len(pages) * PAGE_NS + sum(words) * WORD_NS), 0
    while left_ns >= (shown_ns := PAGE_NS + words[number] * WORD_NS):
        left_ns, number = left_ns - shown_ns, number + 1
    footer: StyledLine = ((f"{number + 1} of {len(pages)}", TextRole.DIM),)
    return [*pad_to_height(pages[number], size), *[footer] * numbered, *keys]


def key_help(keys: Iterable[tuple[str, str]], cells: int) -> Iterator[list[StyledLine]]:
    """Yield the lines of each key with its explanation beside it."""
    for key, text in keys:
        words = wrap_text(text, max(cells - 9, 1))
        yield [((f"{'' if at else key:>7}  ", TextRole.KEY), (line, TextRole.PLAIN)) for at, line in enumerate(words)]


def rows_around(marked: int, count: int, height: int) -> range:
    """Return the indexes of *height* entries of a list of *count*, with the *marked* one in their middle."""
    first = min(max(marked - height // 2, 0), max(count - height, 0))
    return range(first, min(first + height, count))


def shared_characters(old: StyledSpan, new: StyledSpan, direction: Literal[1, -1]) -> int:
    """Return the number of characters that two spans share at their start, or with -1 at their end.

    An accent stays with the character before it.
    """
    if old[1] != new[1]:
        return 0
    texts = old[0][::direction], new[0][::direction]
    size = 0
    for a, b in zip(*texts, strict=False):
        if a != b:
            break
        size += 1
    edge = size if direction == 1 else size - 1
    while size and any(text[edge:] and not cell_len(text[edge]) for text in texts):
        size, edge = size - 1, edge - 1
    return size


def side_by_side(blocks: Sequence[Sequence[StyledLine]], cells: int, gap: int = 2) -> list[StyledLine]:
    """Return *blocks* next to one another, each but the last padded to *cells* and shorter ones with empty lines."""
    rows = []
    for row in zip_longest(*blocks, fillvalue=()):
        *others, last = row
        rows.append((*(span for line in others for span in (*fit_width(line, cells), (" " * gap, "plain"))), *last))
    return rows


def key_lines(keys: Sequence[tuple[str, str]], cells: int, role: TextRole = TextRole.DIM) -> list[StyledLine]:
    """Return keys with their words, which have the color *role*, as many on a line as fit."""
    lines: list[StyledLine] = []
    line: StyledLine = ()
    for key, hint in keys:
        first, *more = wrap_text(f"{key} {hint}".rstrip(), cells)
        spans: StyledLine = ((key, TextRole.KEY), (first[len(key) :], role))
        if line and line_width(line) + 2 + line_width(spans) > cells:
            lines.append(line)
            line = ()
        line = (*line, ("  ", TextRole.PLAIN), *spans) if line else spans
        for rest in more:
            lines.append(line)
            line = ((rest, role),)
    return [*lines, line]
