"""Screen of a session: the lines for one frame at any terminal size. Pure: no output and no state.

The figure, the seconds left, the side and the breath are biggest and the last to go on a small screen.
"""

from __future__ import annotations

from functools import cache
from itertools import zip_longest
from typing import TYPE_CHECKING

from stretch.core.narration.phrases import count_label, needs, next_label
from stretch.core.text import minutes_seconds
from stretch.core.timing.session import Session
from stretch.core.timing.timeline import SEEK_TARGETS, Timeline
from stretch.core.vocabulary import Side
from stretch.player.big_font import big_text
from stretch.player.countdown_panel import (
    PANEL,
    PROMPT_CELLS,
    SCALES,
    countdown_panel,
    panel_scale,
    panel_size,
)
from stretch.player.instructions import (
    IF_FELT,
    SHORT_QUESTION,
    big_message,
    instructions,
    next_pose,
    pain_question,
    pause_message,
)
from stretch.player.keymap import KEYMAP, SAME_KEYS, sound_state, voice_state
from stretch.player.layout import (
    StyledLine,
    StyledSpan,
    ellipsize,
    fit_screen,
    fit_width,
    indent,
    key_help,
    key_lines,
    line_width,
    pad_to_height,
    side_by_side,
    text_above_keys,
    wrap_styled,
    wrap_text,
)
from stretch.player.theme import TextRole

if TYPE_CHECKING:
    from stretch.player.figure_renderer import FigureRenderer

FIGURE_LINES = 12
"""Lines of a figure for each step of the letters beside it; it is three times as wide."""
NEXT_POSE_LINES = 7
"""Lines of the smallest picture of the next pose."""
PANEL_TEXT = 64
"""Cells for the instructions beside a panel with letters of more than scale 1."""
NEXT_POSE_TEXT = 50
"""Cells that are left beside it for the instructions."""
HEADER_LINES, FOOTER_LINES = 2, 2
TEXT_LINES = 4
"""Lines for the instructions below a panel: the longest step of the catalog, 38 cells wide."""
WARNING_LINE_NS = 4_000_000_000
"""Time for which each line of a warning is shown."""
HELP_PAGE_NS = 8_000_000_000
TOO_SMALL = "STOP. Make the window larger to go on. x: leave it out. q: stop."
"""In place of the answers after a stop for pain."""


def render_screen(
    session: Session,
    columns: int,
    lines: int,
    *,
    unicode: bool = True,
    figures: FigureRenderer | None = None,
    warning: str = "",
) -> list[StyledLine]:
    """Return exactly *lines* lines of exactly *columns* cells.

    Without *figures* the instructions take their place; a *warning* is shown where else it says what comes next.
    """
    if session.help_open:
        screen = _help(session, columns, lines)
    elif _asks_in_small_window(session, columns, lines):
        screen = _small_pain_question(session, columns, lines, unicode)
        small = wrap_styled(TOO_SMALL, TextRole.ALERT, columns)
        screen = screen or text_above_keys(small, (), lines, session.help_ns)
    elif lines < 10 or columns < 34:
        screen = _tiny(session, columns, lines, unicode)
    elif figures and unicode and (with_figure := _with_figure(session, columns, lines, figures, warning)):
        return with_figure
    else:
        screen = _without_figure(session, columns, lines, unicode, warning)
    return fit_screen(screen, columns, lines)


def _with_figure(session: Session, columns: int, lines: int, figures: FigureRenderer, warning: str) -> list[StyledLine]:
    """Return a screen with the figure on the left; empty if there is no space or no figure for this moment."""
    moment, (width, height, body) = session.moment, _figure_size(columns, lines)
    kind = moment.phase.kind
    how = {"pressing": kind == "press", "still": kind in ("hold", "settle")}
    if not height or not (figure := figures.render(moment.figure, width, height, **how)):
        return []
    bottom = footer(session, columns, roomy=False, warning=warning)
    # A longer footer takes its lines from the instructions, then from the figure, never from the keys.
    text_lines = lines - HEADER_LINES - len(bottom) - body
    if text_lines < 0:
        return []
    gap = 2 if columns > width + PROMPT_CELLS + 1 else 1
    panel_cells = columns - width - gap
    panel = countdown_panel(session, panel_cells, body, unicode=True)
    following: list[StyledLine] = []
    if pose := next_pose(session.timeline, moment.index):
        figures.prefetch(pose[0], pose[1], width, height)
        following = _next_pose(pose, columns, text_lines, figures)
    cells = columns - line_width(following[0]) if following else columns
    above = 1 if text_lines > 12 else 0
    text = [*[()] * above, *indent(_text(session, cells - 2, text_lines - above, unicode=True))]
    text = pad_to_height(text, text_lines)
    # The figure is not measured again: its lines have the right width, and measuring is most of the work of a frame.
    blank, space = ((" " * width, TextRole.PLAIN),), (" " * gap, TextRole.PLAIN)
    left = [*[blank] * ((body - height) // 2), *figure, *[blank] * body]
    right = [fit_width(line, panel_cells) for line in pad_to_height(panel[:body], body)]
    return [
        *[fit_width(line, columns) for line in header(session, columns, unicode=True)],
        *[(*line, space, *beside) for line, beside in zip(left, right, strict=False)],
        *[(*fit_width(line, cells), *beside) for line, beside in zip_longest(text, following, fillvalue=())],
        *[fit_width(line, columns) for line in bottom],
    ]


@cache
def _figure_size(columns: int, lines: int) -> tuple[int, int, int]:
    """Return the columns and lines of the figure, and the lines that it takes with the panel beside it.

    The letters of the panel grow with the figure. All is 0 if there is no space for the smallest figure.
    """
    most = lines - HEADER_LINES - FOOTER_LINES - (3 if lines < 20 else 4)
    for scale in SCALES:
        panel_cells, panel_lines = panel_size(scale)
        height = min(most, (columns - panel_cells - min(scale, 2)) // 3)
        if height >= FIGURE_LINES * scale and (scale == 1 or panel_lines <= most):
            return 3 * height, height, max(height, panel_lines if scale > 1 else 0)
    return 0, 0, 0


def _next_pose(
    pose: tuple[str, Side | None, str], columns: int, height: int, figures: FigureRenderer
) -> list[StyledLine]:
    """Return a small picture of the next *pose* over its name, *height* lines high; empty if there is no space."""
    lines = min(height - 1, (columns - NEXT_POSE_TEXT) // 3)
    if lines < NEXT_POSE_LINES:
        return []
    name, side, label = pose
    picture = figures.render_still(name, side, 1.0, 3 * lines, lines)
    label = label if len(label) <= 3 * lines else ellipsize(label.partition(", ")[0], 3 * lines)
    rows = [*[()] * (height - 1 - lines), *picture, ((label, TextRole.DIM),)]
    return [fit_width(row, 3 * lines + 1) for row in rows] if picture else []


def _without_figure(session: Session, columns: int, lines: int, unicode: bool, warning: str) -> list[StyledLine]:
    bottom = footer(session, columns, roomy=lines >= 22, warning=warning)
    height = lines - HEADER_LINES - len(bottom)
    stop = indent(big_text("stop", TextRole.ALERT, columns - 2, 1, unicode)) if session.pain_stop is not None else []
    if height <= len(stop) <= lines - len(bottom):
        # Large letters matter more now than what is left of the routine.
        return [*pad_to_height(stop, lines - len(bottom)), *bottom]
    cells = max(PROMPT_CELLS * panel_scale(columns - PANEL_TEXT, height - 1), PANEL)
    if columns >= PANEL + 36:
        panel = countdown_panel(session, cells, height - 1, unicode)
        text = indent([(), *_text(session, columns - cells - 6, height - 1, unicode)])
        body = side_by_side((text, [(), *panel]), columns - cells - 4)
    else:
        panel = countdown_panel(session, columns - 2, max(height - TEXT_LINES, 4), unicode)
        body = indent([*panel, *_text(session, columns - 2, height - len(panel), unicode)])
    return [*header(session, columns, unicode), *pad_to_height(body[:height], height), *bottom]


def _text(session: Session, cells: int, height: int, unicode: bool) -> list[StyledLine]:
    """Return the instructions, or what comes next when it is time for it."""
    if height <= 0:
        return []
    if session.pain_stop is not None:
        return []  # The question below has the easier way too.
    return big_message(session, cells, height, unicode) or instructions(session, cells, height)


def _tiny(session: Session, columns: int, lines: int, unicode: bool) -> list[StyledLine]:
    """Return name, side, time and breath for a screen of a few lines."""
    screen = countdown_panel(session, columns, 2 if lines < 5 else 4, unicode)
    if lines > len(screen) and (message := pause_message(session)):
        screen += wrap_styled(message, TextRole.ALERT, columns)
    elif lines > len(screen):
        screen += _text(session, columns, lines - len(screen) - 1, unicode) if lines - len(screen) >= TEXT_LINES else []
        screen.append(((f"next: {next_label(session.timeline, session.moment.index)}", TextRole.DIM),))
    return screen


def _asks_in_small_window(session: Session, columns: int, lines: int) -> bool:
    """Return whether what to do about pain is asked in a window without room for all of the screen of a session."""
    if session.pain_stop is None or session.sleep_gap_ns or session.help_open:
        return False
    return lines < 10 or columns < 34 or len(_pain_answers(session, columns)) > lines - HEADER_LINES


def _small_pain_question(session: Session, columns: int, lines: int, unicode: bool) -> list[StyledLine]:
    """Return the question after a stop for pain in as many words as fit; empty if its answers do not.

    The keys to press need the space of the big seconds, which are paused anyway.
    """
    message = wrap_styled(pause_message(session), TextRole.ALERT, columns)
    _, ways, symptoms = pain_question(session, short=True)
    keys = [row for each in (symptoms, [*ways, ("q", "stop")]) for row in key_lines(each, columns, TextRole.PLAIN)]
    screens = (
        [*countdown_panel(session, columns, 2, unicode), *message],
        _pain_answers(session, columns),
        [*wrap_styled(SHORT_QUESTION, TextRole.ALERT, columns), *keys],
        keys,
    )
    fitting = (rows for rows in screens if len(rows) <= lines and max(map(line_width, rows)) <= columns)
    return next(fitting, [])


def hides_pain_answers(session: Session, columns: int, lines: int) -> bool:
    """Return whether a stop for pain is answered in a window too small for the answers, whatever the characters."""
    small = _asks_in_small_window(session, columns, lines)
    return small and not _small_pain_question(session, columns, lines, unicode=False)


def _help(session: Session, columns: int, lines: int) -> list[StyledLine]:
    """Return what the keys do; on a small screen page by page, each for HELP_PAGE_NS."""
    blocks = [*key_help(((binding.label, binding.help) for binding in KEYMAP), columns - 1)]
    blocks += [[line] for line in ((), *wrap_styled(SAME_KEYS, TextRole.DIM, columns - 2, indent=" "))]
    pages: list[list[StyledLine]] = [[]]
    for block in blocks:
        if pages[-1] and len(pages[-1]) + len(block) > lines - 2:
            pages.append([])
        pages[-1] += block
    number = session.help_ns // HELP_PAGE_NS % len(pages)
    title = f" Keys, page {number + 1} of {len(pages)}" if len(pages) > 1 else " Keys"
    page = pages[number][: lines - 2]
    gap = [()] if len(page) + 3 <= lines else []
    return [((title, TextRole.NAME),), *page, *gap, ((" Any key continues.", TextRole.DIM),)]


def header(session: Session, columns: int, unicode: bool) -> list[StyledLine]:
    """Return title, number of the stretch and total time left, and below them the progress and what is on."""
    phase, timeline = session.moment.phase, session.timeline
    number = f"stretch {timeline.stretch_numbers[session.moment.index]} of {len(timeline.items)}"
    count = number if phase.item else count_label(phase) or "rest"
    right = f"{minutes_seconds(session.moment.total_left_ms)} left "
    # A long title is cut rather than the time left.
    left = f" {ellipsize(timeline.title, columns - len(count) - len(right) - 5)}"
    start: StyledLine = ((left, TextRole.DIM), (f"   {count}", TextRole.DIM))
    gap = " " * max(columns - line_width(start) - len(right), 1)
    return [(*start, (gap + right, TextRole.PLAIN)), _progress_bar(session, columns, unicode)]


def _progress_bar(session: Session, columns: int, unicode: bool) -> StyledLine:
    audio: list[StyledSpan] = []
    sound = sound_state(session.sound, muted=session.muted, bell_only=session.bell_only)
    voice = voice_state(session.voice, silent=session.voice_silent)
    for key, name, state in (("s", "sound", sound), ("v", "voice", voice)):
        audio += [(f"  {key}", TextRole.KEY), (f" {name} {state}", TextRole.DIM)]
    cells = max(columns - 2 - line_width(tuple(audio)), 1)
    done = cells * session.position_ms // session.timeline.length_ms
    full, empty = ("━", "─") if unicode else ("=", "-")
    bar = (" ", TextRole.PLAIN), (full * done, TextRole.DONE), (empty * (cells - done), TextRole.LEFT)
    return (*bar, *audio)


def footer(session: Session, columns: int, *, roomy: bool, warning: str = "") -> list[StyledLine]:
    """Return the pause message, the *warning* or what comes next, and the hint line of keys."""
    if session.pain_stop is not None and not session.sleep_gap_ns:
        return _pain_answers(session, columns)
    message = wrap_styled(pause_message(session), TextRole.ALERT, columns - 2, indent=" ")
    if not message and warning:
        # One line at a time: a warning must not cover the instructions.
        parts = wrap_styled(warning, TextRole.ALERT, columns - 2, indent=" ")
        message = [parts[session.active_ns // WARNING_LINE_NS % len(parts)]]
    following = ellipsize(_what_follows(session.timeline, session.moment.index), columns - 8)
    lines = message or [((" next: ", TextRole.DIM), (following, TextRole.PLAIN))]
    hints = _hint_line(columns, stretching=session.moment.phase.item is not None)
    return [(), *lines, (), hints] if roomy else [*lines, hints]


def _pain_answers(session: Session, columns: int) -> list[StyledLine]:
    """Return the question after a stop for pain and its keys; those of the session do something else meanwhile."""
    offer, ways, symptoms = pain_question(session)
    keys = ways, [(IF_FELT, ""), *symptoms, ("q", "stop")]
    rows = [row for each in keys for row in indent(key_lines(each, columns - 2, TextRole.PLAIN))]
    return [*wrap_styled(offer, TextRole.ALERT, columns - 2, indent=" "), *rows]


def warning_ns(warning: str, columns: int) -> int:
    """Return the time it takes to show all lines of *warning*, one at a time."""
    return WARNING_LINE_NS * max(len(wrap_text(warning, columns - 2)), 2)


def _what_follows(timeline: Timeline, index: int) -> str:
    """Return what comes next, and what has to be at hand for it."""
    phase = next((phase for phase in timeline.phases[index + 1 :] if phase.kind in SEEK_TARGETS | {"rest"}), None)
    needed = needs(phase.item.stretch) if phase and phase.item and phase.kind == "prepare" else ""
    return "; ".join(filter(None, (next_label(timeline, index), needed)))


@cache
def _hint_line(columns: int, *, stretching: bool) -> StyledLine:
    """Return the keys of the lowest ranks that fit, in the order of the keymap; sound and voice are in the header.

    Keys that change a stretch are left out unless one is *stretching*.
    """
    left, shown = columns, []
    elsewhere = {"sound", "voice"} if stretching else {"sound", "voice", "replace", "ease"}
    for binding in sorted(KEYMAP, key=lambda binding: binding.rank):
        cells = len(binding.label) + len(binding.hint) + 3
        if binding.action not in elsewhere and cells <= left:
            left -= cells
            shown.append(binding)
    spans: list[StyledSpan] = []
    for binding in filter(shown.__contains__, KEYMAP):
        spans += [(f" {binding.label}", TextRole.KEY), (f" {binding.hint} ", TextRole.DIM)]
    return tuple(spans)
