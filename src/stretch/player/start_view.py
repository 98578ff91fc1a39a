"""Rows of the start screen at any size. The health question and its keys are the last to go on a small screen."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi

from rich.cells import cell_len

from stretch.core.routine import first_side_line, needs_line
from stretch.core.text import duration
from stretch.figure.render import Glyphs
from stretch.player.body_map import map_rows
from stretch.player.figure_renderer import FigureRenderer
from stretch.player.layout import (
    StyledLine,
    StyledSpan,
    ellipsize,
    fit_width,
    key_lines,
    line_width,
    pad_to_height,
    rows_around,
    side_by_side,
    wrap_styled,
)
from stretch.player.start_screen import ANSWER_KEYS, PLAN_KEYS, SAME_KEYS, StartScreen
from stretch.player.theme import TextRole

FIGURE_MIN, FIGURE_MAX = (21, 7), (72, 24)
"""Columns and lines of the smallest figure and of the largest."""
MIN_LISTED = 3
"""Stretches that are visible in any case, as far as there are so many lines."""
CYCLE_NS, CYCLES = 4_000_000_000, 3
"""The figure of the marked stretch moves into the stretch and back this often, and then stays in it."""
PAIN_QUESTION = "How bad is your pain now, from 0 for none to 9 for the worst you can imagine?"
HELP_INDENT = 9
"""Cells of the keys in the help."""
SPACE: StyledSpan = (" ", TextRole.PLAIN)


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
    bottom = _bottom(state, cells)
    if lines < 10:
        # The question first: whoever cannot see it cannot answer it.
        screen = [*bottom, *_title(state, cells)]
    elif state.window == "map":
        shown = map_rows(state.map, cells, lines - 2 - len(bottom), glyphs=glyphs, color=color)
        screen = [((" Areas", TextRole.NAME),), (), *_indented(shown), *_indented(bottom)]
    elif state.window == "help":
        screen = _indented(_help(state, cells, lines))
    else:
        screen = _indented(_plan(state, cells, lines, bottom, figures))
    return [fit_width(line, columns) for line in pad_to_height(screen[:lines], lines)]


def _plan(
    state: StartScreen, cells: int, lines: int, bottom: list[StyledLine], figures: FigureRenderer | None
) -> list[StyledLine]:
    """Return the plan; where it does not fit, notes go first, then the figure, the advice and the keys that change."""
    title, keys = _title(state, cells), _plan_keys(state, cells)
    advice = wrap_styled(state.advice if state.shows_advice else "", TextRole.PLAIN, cells)
    items = len(state.routine.items)
    free = lines - len(title) - len(bottom) - min(MIN_LISTED, items)
    about = _fitting(
        [(note, TextRole.ALERT) for note in state.notes]
        + [(f"{needs_line(state.routine)} {first_side_line(state.routine)}", TextRole.PLAIN)],
        cells,
        free,
    )
    free -= len(about)
    keys = keys if len(keys) <= free else keys[-1:] if free > 0 else []
    free -= len(keys)
    advice = advice if len(advice) <= free else []
    free -= len(advice)
    # Of less worth than the whole list and the figure.
    problems = (state.sound_problem if state.sound else "", state.voice_problem if state.voice != "no" else "")
    # Options are for the command line.
    notes = (*problems, *(note.partition(" (--")[0] for note in state.routine.notes))
    about += _fitting(
        [(note, TextRole.DIM) for note in notes], cells, free + MIN_LISTED - max(items, FIGURE_MIN[1]) - 4
    )
    height = lines - sum(map(len, (title, about, advice, bottom, keys)))
    # Empty lines above the question, below the title, above what is needed and above the advice.
    gaps = [[()] if height - items > number else [] for number in range(3 + bool(advice))]
    height -= sum(map(len, gaps))
    middle = pad_to_height(_list_and_figure(state, cells, height, figures), height)
    last: list[StyledLine] = [*gaps[3], *advice] if advice else []
    return [*title, *gaps[1], *middle, *gaps[2], *about, *last, *gaps[0], *bottom, *keys]


def _fitting(texts: Sequence[tuple[str, TextRole]], cells: int, free: int) -> list[StyledLine]:
    """Return the *texts* that fit into *free* lines, each whole or not at all."""
    lines: list[StyledLine] = []
    for text, role in texts:
        wrapped = wrap_styled(text, role, cells)
        lines += wrapped if len(lines) + len(wrapped) <= free else []
    return lines


def _title(state: StartScreen, cells: int) -> list[StyledLine]:
    length = f"{duration(state.length_ms)} "
    title = ellipsize(state.routine.title, cells - len(length) - 2)
    gap = " " * max(cells - cell_len(title) - len(length), 2)
    return [((title, TextRole.NAME), (gap, TextRole.PLAIN), (length, TextRole.TIME))]


def _list_and_figure(state: StartScreen, cells: int, height: int, figures: FigureRenderer | None) -> list[StyledLine]:
    """Return the stretches with their doses, and beside them the figure of the marked one if there is room."""
    rows = _stretches(state, cells, height)
    width = cells - max(map(line_width, rows), default=0) - 2
    columns, lines = min(width, FIGURE_MAX[0], 3 * height), min(height, FIGURE_MAX[1])
    if figures is None or columns < FIGURE_MIN[0] or lines < FIGURE_MIN[1]:
        return rows
    item = state.item
    figure = figures.render_still(item.stretch.id, item.sides[0], _depth(state), columns, lines)
    return side_by_side((rows, figure), cells - columns, 0) if figure else rows


def _depth(state: StartScreen) -> float:
    cycles = (state.elapsed_ns - state.marked_at_ns) / CYCLE_NS
    return (1 - cos(2 * pi * cycles)) / 2 if cycles < CYCLES - 0.5 else 1.0


def _stretches(state: StartScreen, cells: int, height: int) -> list[StyledLine]:
    """Return the stretches that fit around the marked one; in narrow windows only that one has its dose."""
    items = state.routine.items
    doses = [item.dose_label for item in items]
    names_cells = max(cell_len(item.stretch.name) for item in items)
    wide = 2 + names_cells + 2 + max(map(len, doses)) <= cells
    rows: list[StyledLine] = []
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


def _bottom(state: StartScreen, cells: int) -> list[StyledLine]:
    """Return the question of the moment and the keys that answer it."""
    message = wrap_styled(state.message, TextRole.ALERT, cells)
    if state.window == "map":
        keys = key_lines((("arrows", "move"), ("space", "choose"), ("Enter", "done"), ("b", "back")), cells)
        return [*(message or [()]), *keys]
    if state.window == "drop":
        question = wrap_styled(f"Leave out {state.item.stretch.name}?", TextRole.NAME, cells)
        return [*question, *key_lines((("t", "today"), ("a", "always"), ("Enter", "no")), cells)]
    if state.window == "pain":
        return [*wrap_styled(PAIN_QUESTION, TextRole.NAME, cells), *key_lines((("0 to 9", ""), ("b", "back")), cells)]
    answers = [*ANSWER_KEYS]
    if state.health_question:
        answers[0] = ("Enter", "nothing, start")
    question = wrap_styled(state.health_question, TextRole.NAME, cells)
    return [*message, *question, *key_lines(answers, cells)]


def _plan_keys(state: StartScreen, cells: int) -> list[StyledLine]:
    """Return the keys that change this plan, with the state of what they switch."""
    on = {"w": bool(state.routine.warm_up), "v": state.voice != "no", "s": state.sound}
    without = {"+ -"} if state.asked.minutes is None else set()
    without |= {"a"} if state.routine.continuity is None else set()
    keys = [key for key in PLAN_KEYS if key.label not in without]
    words = {True: " on", False: " off", None: ""}
    return key_lines([(key.label, key.hint + words[on.get(key.label)]) for key in keys], cells)


def _help(state: StartScreen, cells: int, height: int) -> list[StyledLine]:
    keys = [("up down", "mark another stretch"), *((key.label, key.help) for key in PLAN_KEYS if key.help)]
    lines: list[StyledLine] = [
        *(((f"{key:>{HELP_INDENT - 2}}  ", TextRole.KEY), (text, TextRole.PLAIN)) for key, text in keys),
        (),
        (("press any key to continue", TextRole.DIM),),
    ]
    same = f"On any keyboard: {', '.join(f'{digit} {key}' for digit, key in SAME_KEYS.items())}"
    for text, role in ((state.advice, TextRole.PLAIN), (same, TextRole.DIM)):
        more = [(), *wrap_styled(text, role, cells)]
        lines += more if len(lines) + len(more) <= height else []
    return lines


def _indented(lines: Sequence[StyledLine]) -> list[StyledLine]:
    return [(SPACE, *line) for line in lines]
