"""Rows of the start screen at any size. The health question and its keys are the last to go on a small screen."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from math import cos, pi

from rich.cells import cell_len

from stretch.core.routine import first_side_line, needs_line
from stretch.core.text import duration
from stretch.figure.render import Glyphs
from stretch.player.body_map import map_rows
from stretch.player.figure_renderer import FigureRenderer
from stretch.player.keymap import sound_state, voice_state
from stretch.player.layout import (
    StyledLine,
    StyledSpan,
    ellipsize,
    fit_screen,
    indent,
    key_help,
    key_lines,
    line_width,
    pad_to_height,
    rows_around,
    side_by_side,
    wrap_styled,
)
from stretch.player.start_screen import ANSWER_HELP, PLAN_KEYS, SAME_KEYS, StartScreen, answer_keys
from stretch.player.theme import TextRole

FIGURE_MIN, FIGURE_MAX = (21, 7), (72, 24)
"""Columns and lines of the smallest figure and of the largest."""
MIN_LISTED = 3
"""Stretches that are visible in any case, as far as there are so many lines."""
SMALL_LINES = 10
"""Below so many lines the question comes first, and the plan after it as far as it fits."""
CYCLE_NS, CYCLES = 4_000_000_000, 3
"""The figure of the marked stretch moves into the stretch and back this often, and then stays in it."""


def start_rows(
    state: StartScreen,
    columns: int,
    lines: int,
    *,
    figures: FigureRenderer | None = None,
    glyphs: Glyphs | None = None,
    color: bool = True,
) -> list[StyledLine]:
    """Return exactly *lines* rows of *columns* cells; *glyphs* are for the body map, None for a list of names only."""
    cells = columns - 1
    if state.window == "help":
        pages = help_pages(state, columns, lines)
        screen = pages[min(state.page, len(pages) - 1)]
    elif state.window == "map":
        bottom = _bottom(state, cells)
        above = 2 if lines >= SMALL_LINES else 0
        height, count = max(lines - above - len(bottom), 1), len(state.map.entries)
        shown = map_rows(state.map, cells, height, glyphs=glyphs, color=color)
        number = f" {state.map.marked + 1} of {count}" if height < count else ""
        title: list[StyledLine] = [(("Areas", TextRole.NAME), (number, TextRole.DIM)), ()]
        screen = indent([*title[:above], *shown, *bottom])
    elif lines < SMALL_LINES:
        # The question first: whoever cannot see it cannot answer it.
        screen = [*_bottom(state, cells, lines), *_title(state, cells), *indent(_stretches(state, cells, lines))]
    else:
        screen = indent(_plan(state, cells, lines, figures))
    return fit_screen(screen, columns, lines)


def _plan(state: StartScreen, cells: int, lines: int, figures: FigureRenderer | None) -> list[StyledLine]:
    """Return the plan; where it does not fit, notes go first, then the figure, the advice and the keys that change."""
    bottom, keys = _bottom(state, cells), _plan_keys(state, cells)
    advice = wrap_styled(state.advice if state.shows_advice else "", TextRole.PLAIN, cells)
    items = len(state.routine.items)
    free = lines - 1 - len(bottom) - min(MIN_LISTED, items)
    notes, lesser = _notes(state), _lesser_notes(state)
    about = _wrapped(notes, cells, free)
    free -= len(about)
    shown_keys = keys[: max(free, 0)]
    free -= len(shown_keys)
    shown_advice = advice if len(advice) <= free else []
    free -= len(shown_advice)
    # Of less worth than the whole list and the figure.
    about += _wrapped(lesser, cells, free + MIN_LISTED - max(items, FIGURE_MIN[1]) - 4)
    if (len(about), shown_keys, shown_advice) != (len(_wrapped([*notes, *lesser], cells)), keys, advice):
        bottom = _bottom(state, cells, help_word="more")
    height = lines - 1 - sum(map(len, (about, shown_advice, bottom, shown_keys)))
    title = _title(state, cells, cut=height < items)
    # Empty lines above the question, below the title, above what is needed and above the advice.
    gaps = [[()] if height - items > number else [] for number in range(3 + bool(shown_advice))]
    height -= sum(map(len, gaps))
    middle = pad_to_height(_list_and_figure(state, cells, height, figures), height)
    last: list[StyledLine] = [*gaps[3], *shown_advice] if shown_advice else []
    return [*title, *gaps[1], *middle, *gaps[2], *about, *last, *gaps[0], *bottom, *shown_keys]


def _notes(state: StartScreen) -> list[tuple[str, TextRole]]:
    """Return what the person has to know: the safety check, the prescription, what is needed, and the first side."""
    needed = f"{needs_line(state.routine)} {first_side_line(state.routine)}".strip()
    notes = [(note, TextRole.ALERT) for note in state.notes]
    return [*notes, (state.prescribed, TextRole.SIDE), (needed, TextRole.PLAIN)]


def _lesser_notes(state: StartScreen) -> list[tuple[str, TextRole]]:
    """Return what can be said later: why there is no sound or voice, and the notes of the plan."""
    problems = (state.sound_problem if state.sound else "", state.voice_problem if state.voice != "no" else "")
    # Options are for the command line.
    notes = (*problems, *(note.partition(" (--")[0] for note in state.routine.notes))
    return [(note, TextRole.DIM) for note in notes]


def _wrapped(texts: Sequence[tuple[str, TextRole]], cells: int, free: int = sys.maxsize) -> list[StyledLine]:
    """Return those of the *texts* that fit into *free* lines, each whole or not at all."""
    lines: list[StyledLine] = []
    for text, role in texts:
        wrapped = wrap_styled(text, role, cells)
        lines += wrapped if len(lines) + len(wrapped) <= free else []
    return lines


def _title(state: StartScreen, cells: int, *, cut: bool = False) -> list[StyledLine]:
    """Return the title; where the list is *cut*, with the number of the marked stretch."""
    number = f" {state.selected + 1} of {len(state.routine.items)}" if cut else ""
    length = f"{duration(state.length_ms)} "
    title = ellipsize(state.routine.title, cells - len(number) - len(length) - 2)
    gap = " " * max(cells - cell_len(title) - len(number) - len(length), 2)
    return [((title, TextRole.NAME), (number, TextRole.DIM), (gap, TextRole.PLAIN), (length, TextRole.TIME))]


def _list_and_figure(state: StartScreen, cells: int, height: int, figures: FigureRenderer | None) -> list[StyledLine]:
    """Return the stretches with their doses, and beside or else below them the figure of the marked one, if it fits."""
    rows = _stretches(state, cells, height)
    list_cells = max(map(line_width, rows), default=0)
    if (beside := _figure_size(cells - list_cells - 2, height)) and (drawn := _figure(state, figures, beside)):
        return side_by_side((rows, drawn), cells - beside[0], 0)
    if (below := _figure_size(cells, height - len(rows) - 1)) and (drawn := _figure(state, figures, below)):
        return [*rows, (), *side_by_side(([()] * len(drawn), drawn), (cells - below[0]) // 2, 0)]
    return rows


def _figure_size(free_columns: int, free_lines: int) -> tuple[int, int] | None:
    """Return the columns and lines of the largest figure for that space, None if even the smallest does not fit."""
    columns, lines = min(free_columns, FIGURE_MAX[0], 3 * free_lines), min(free_lines, FIGURE_MAX[1])
    return (columns, lines) if columns >= FIGURE_MIN[0] and lines >= FIGURE_MIN[1] else None


def _figure(state: StartScreen, figures: FigureRenderer | None, size: tuple[int, int]) -> list[StyledLine]:
    """Return the figure of the marked stretch, moving for some seconds after it is marked; no lines if it has none."""
    cycles = (state.elapsed_ns - state.marked_at_ns) / CYCLE_NS
    depth = (1 - cos(2 * pi * cycles)) / 2 if cycles < CYCLES - 0.5 else 1.0
    return figures.render_still(state.item.stretch.id, state.item.sides[0], depth, *size) if figures else []


def _stretches(state: StartScreen, cells: int, height: int) -> list[StyledLine]:
    """Return the stretches that fit around the marked one, below the warm-up if there is room for all.

    In narrow windows only the marked one has its dose.
    """
    items = state.routine.items
    doses = [item.dose_label for item in items]
    names_cells = max(cell_len(item.stretch.name) for item in items)
    wide = 2 + names_cells + 2 + max(map(len, doses)) <= cells
    rows: list[StyledLine] = []
    warm_up_s = sum(seconds for _, seconds in state.routine.warm_up)
    if wide and warm_up_s and height > len(items):
        # To the minute, so that it is read at a glance; a short one to the second.
        length = duration((warm_up_s if warm_up_s < 150 else round(warm_up_s / 60) * 60) * 1000)
        rows.append(((f"  {'Warm-up':{names_cells + 2}}{length}", TextRole.DIM),))
    for at in rows_around(state.selected, len(items), height - (not wide)):
        marked = at == state.selected
        name = ellipsize(items[at].stretch.name, cells - 2)
        role = TextRole.NAME if marked else TextRole.PLAIN
        row: StyledLine = (("> " if marked else "  ", TextRole.KEY), (name, role))
        dose: StyledSpan = (doses[at], TextRole.SIDE if marked else TextRole.DIM)
        if wide:
            row = (*row, (" " * (names_cells - cell_len(name) + 2), TextRole.PLAIN), dose)
        rows.append(row)
        if marked and not wide:
            rows.append((("    ", TextRole.PLAIN), dose))
    return rows


def _bottom(state: StartScreen, cells: int, lines: int | None = None, *, help_word: str = "help") -> list[StyledLine]:
    """Return the question of the moment and the keys that answer it, in at most so many *lines*."""
    question, keys = state.health_question, [*answer_keys(state.health_question), ("?", help_word)]
    match state.window:
        case "map":
            question, keys = "", [("arrows", "move"), ("space", "choose"), ("Enter", "done"), ("b", "back")]
        case "drop":
            question = f"Leave out {state.item.stretch.name}?"
            keys = [("t", "today"), ("a", "always"), ("Enter", "no")]
    message = wrap_styled(state.message, TextRole.ALERT, cells) or [()] * (state.window == "map")
    texts, hints = [*message, *wrap_styled(question, TextRole.NAME, cells)], key_lines(keys, cells)
    if lines is None or len(texts) + len(hints) <= lines:
        return [*texts, *hints]
    # The keys without their words, and as much of the question as there is space for.
    hints = key_lines([(key, "") for key, _ in keys], cells)
    shown = texts[: max(lines - len(hints), 0)]
    cut = [((f"{text[: cells - 4]} ...", role),) for ((text, role),) in shown[-1:]]
    return [*shown[:-1], *cut, *hints]


def _plan_keys(state: StartScreen, cells: int) -> list[StyledLine]:
    """Return the keys that change this plan, with the state of what they switch."""
    voice = voice_state(state.voice != "no", silent=bool(state.voice_problem))
    sound = sound_state(state.sound, muted=state.muted, bell_only=bool(state.sound_problem))
    switches = {"w": "on" if state.routine.warm_up else "off", "v": voice, "s": sound}
    without = {"+ -"} if state.asked.minutes is None else set()
    without |= {"a"} if state.routine.continuity is None else set()
    keys = [key for key in PLAN_KEYS if key.label not in without]
    return key_lines([(key.label, f"{key.hint} {switches.get(key.label, '')}".strip()) for key in keys], cells)


def help_pages(state: StartScreen, columns: int, lines: int) -> list[list[StyledLine]]:
    """Return the pages of the help: what to know, the keys, and the advice of the first sessions."""
    cells, height = columns - 1, max(lines - 1, 1)
    keys = [("up down", "mark another stretch"), *((key.label, key.help) for key in PLAN_KEYS), *ANSWER_HELP]
    same = f"On any keyboard: {', '.join(f'{digit} {key}' for digit, key in SAME_KEYS.items())}"
    blocks = (
        _wrapped(_notes(state), cells),
        [line for block in key_help(keys, cells) for line in block],
        _wrapped([(state.advice, TextRole.PLAIN)], cells),
        _wrapped([*_lesser_notes(state), (same, TextRole.DIM)], cells),
    )
    rows = [row for block in blocks if block for row in (*block, ())][:-1]
    pages = [rows[at : at + height] for at in range(0, len(rows), height)]
    ends = [f"any key: more ({number} of {len(pages)})" for number in range(1, len(pages))]
    return [
        indent([*pad_to_height(page, height), ((end, TextRole.DIM),)])
        for page, end in zip(pages, (*ends, "any key: back"), strict=True)
    ]
