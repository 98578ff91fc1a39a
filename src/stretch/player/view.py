"""Screen of a session: the lines for one frame at any terminal size. Pure: no output and no state.

The figure, the seconds left, the side and the breath are biggest and the last to go on a small screen.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from stretch.core.narration.phrases import next_label, rep_label
from stretch.core.text import minutes_seconds, side_label
from stretch.core.timing.navigation import SEEK_TARGETS
from stretch.core.timing.session import Session
from stretch.core.timing.timeline import Timeline
from stretch.player.big_font import big_text, big_text_width
from stretch.player.coming_up import big_message
from stretch.player.countdown_panel import (
    LARGE_COLUMNS,
    LARGE_LINES,
    LARGE_PANEL,
    LARGE_PANEL_LINES,
    PANEL,
    SMALL_PANEL,
    breath_line,
    countdown_panel,
    countdown_text,
)
from stretch.player.instructions import instructions, needs, pause_message
from stretch.player.keymap import KEYMAP, SAME_KEYS, Binding
from stretch.player.layout import (
    StyledLine,
    StyledSpan,
    ellipsize,
    fit_width,
    line_width,
    pad_to_height,
    side_by_side,
    wrap_styled,
)
from stretch.player.theme import TextRole

if TYPE_CHECKING:
    from stretch.player.figure_renderer import FigureRenderer

FIGURE_SIZES = ((72, 24, LARGE_PANEL), (60, 20, PANEL), (48, 16, PANEL), (36, 12, SMALL_PANEL))
"""Columns and lines of a figure, largest first, and the smallest width of the panel next to it."""
HEADER_LINES, FOOTER_LINES = 2, 2
TEXT_LINES = 4
"""Lines for the instructions below a panel: the longest step of the catalog, 38 cells wide."""
WARNING_LINE_NS = 4_000_000_000
"""Time for which each line of a warning is shown."""


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
    if columns < 1 or lines < 1:
        return []
    if session.help_open:
        screen = _help(columns)
    elif lines < 10 or columns < 34:
        screen = _tiny(session, columns, lines, unicode)
    elif figures and unicode and (with_figure := _with_figure(session, columns, lines, figures, warning)):
        return with_figure
    else:
        screen = _without_figure(session, columns, lines, unicode, warning)
    return [fit_width(line, columns) for line in pad_to_height(screen[:lines], lines)]


def _with_figure(session: Session, columns: int, lines: int, figures: FigureRenderer, warning: str) -> list[StyledLine]:
    """Return a screen with the figure on the left; empty if there is no space or no figure for this moment."""
    moment = session.moment
    text_lines = 3 if lines < 20 else 4
    for width, height, panel_cells in FIGURE_SIZES:
        if columns > width + panel_cells and lines >= height + HEADER_LINES + FOOTER_LINES + text_lines:
            break
    else:
        return []
    figure = figures.render(moment.figure, width, height, pressing=moment.phase.kind == "press")
    if not figure:
        return []
    bottom = footer(session, columns, roomy=False, warning=warning)
    body = max(height, LARGE_PANEL_LINES) if panel_cells == LARGE_PANEL else height
    # A longer footer takes its lines from the instructions, never from the figure or the keys.
    text_lines = max(lines - HEADER_LINES - len(bottom) - body, 0)
    gap = 2 if columns > width + panel_cells + 1 else 1
    panel_cells = columns - width - gap
    panel = countdown_panel(session, panel_cells, body, unicode=True)
    text = _indent(_text(session, columns - 2, text_lines, unicode=True))
    # The figure is not measured again: its lines have the right width, and measuring is most of the work of a frame.
    blank, space = ((" " * width, TextRole.PLAIN),), (" " * gap, TextRole.PLAIN)
    left = [*[blank] * ((body - height) // 2), *(figure or [blank]), *[blank] * body]
    right = [fit_width(line, panel_cells) for line in pad_to_height(panel[:body], body)]
    return [
        *[fit_width(line, columns) for line in header(session, columns, unicode=True)],
        *[(*line, space, *beside) for line, beside in zip(left, right, strict=False)],
        *[fit_width(line, columns) for line in (*pad_to_height(text, text_lines), *bottom)],
    ]


def _without_figure(session: Session, columns: int, lines: int, unicode: bool, warning: str) -> list[StyledLine]:
    bottom = footer(session, columns, roomy=lines >= 22, warning=warning)
    height = lines - HEADER_LINES - len(bottom)
    cells = LARGE_PANEL if columns >= LARGE_COLUMNS and lines >= LARGE_LINES else PANEL
    if columns >= PANEL + 36:
        panel = countdown_panel(session, cells, height - 1, unicode)
        text = _indent([(), *_text(session, columns - cells - 6, height - 1, unicode)])
        body = side_by_side((text, [(), *panel]), columns - cells - 4)
    else:
        panel = countdown_panel(session, columns - 2, max(height - TEXT_LINES, 4), unicode)
        body = _indent([*panel, *_text(session, columns - 2, height - len(panel), unicode)])
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
    moment = session.moment
    seconds = countdown_text(session)
    side = ", ".join(filter(None, (side_label(moment.phase.side), rep_label(moment.phase))))
    screen: list[StyledLine] = [((moment.phase.name, TextRole.NAME),)]
    if lines >= 2:
        unit = "" if ":" in seconds else "s "
        screen.append(((f"{seconds} {unit}", TextRole.TIME), (side, TextRole.SIDE)))
    # After "hurts" the keys to press need the space of the big seconds, which are paused anyway.
    if lines >= 5 and big_text_width(seconds, 0) <= columns and session.pain_stop is None:
        screen = [screen[0], ((side, TextRole.SIDE),), *big_text(seconds, TextRole.TIME, columns, 0, unicode)]
    screen += breath_line(session, columns, unicode)
    if lines > len(screen) and (message := pause_message(session)):
        screen += wrap_styled(message, TextRole.ALERT, columns)
    elif lines > len(screen):
        screen.append(((f"next: {next_label(session.timeline, moment.index)}", TextRole.DIM),))
    return screen


def _help(columns: int) -> list[StyledLine]:
    keys: list[StyledLine] = [
        ((f" {binding.label:>6}  ", TextRole.KEY), (binding.help, TextRole.PLAIN)) for binding in KEYMAP
    ]
    same = wrap_styled(SAME_KEYS, TextRole.DIM, columns - 2, indent=" ")
    hint = "press any key to continue".center(min(columns, 60))
    return [((" Keys", TextRole.NAME),), *keys, (), *same, (), ((hint, TextRole.DIM),)]


def _indent(lines: list[StyledLine]) -> list[StyledLine]:
    return [((" ", TextRole.PLAIN), *line) for line in lines]


def header(session: Session, columns: int, unicode: bool) -> list[StyledLine]:
    """Return title, number of the stretch and total time left, and below them the progress and what is on."""
    count = _stretch_count(session)
    right = f"{minutes_seconds(session.moment.total_left_ms)} left "
    # A long title is cut rather than the time left.
    left = f" {ellipsize(session.timeline.title, columns - len(count) - len(right) - 5)}"
    start: StyledLine = ((left, TextRole.DIM), (f"   {count}", TextRole.DIM))
    gap = " " * max(columns - line_width(start) - len(right), 1)
    return [(*start, (gap + right, TextRole.PLAIN)), _progress_bar(session, columns, unicode)]


def _stretch_count(session: Session) -> str:
    phase, timeline = session.moment.phase, session.timeline
    if phase.item is None:
        return "rest" if phase.kind == "settle" else "keep moving" if phase.cool_down else "warm-up"
    return f"stretch {timeline.stretch_numbers[session.moment.index]} of {len(timeline.items)}"


def _progress_bar(session: Session, columns: int, unicode: bool) -> StyledLine:
    audio = f"  sound {'on' if session.sound else 'off'}  voice {'on' if session.voice else 'off'} "
    cells = max(columns - 1 - len(audio), 1)
    done = cells * session.position_ms // session.timeline.length_ms
    full, empty = ("━", "─") if unicode else ("=", "-")
    bar = (" ", TextRole.PLAIN), (full * done, TextRole.DONE), (empty * (cells - done), TextRole.LEFT)
    return (*bar, (audio, TextRole.DIM))


def footer(session: Session, columns: int, *, roomy: bool, warning: str = "") -> list[StyledLine]:
    """Return the pause message, the *warning* or what comes next, and the hint line of keys."""
    message = wrap_styled(pause_message(session), TextRole.ALERT, columns - 2, indent=" ")
    if not message and warning:
        # One line at a time: a warning must not cover the instructions.
        parts = wrap_styled(warning, TextRole.ALERT, columns - 2, indent=" ")
        message = [parts[session.active_ns // WARNING_LINE_NS % len(parts)]]
    following = ellipsize(_what_follows(session.timeline, session.moment.index), columns - 8)
    lines = message or [((" next: ", TextRole.DIM), (following, TextRole.PLAIN))]
    return [(), *lines, (), _hint_line(columns)] if roomy else [*lines, _hint_line(columns)]


def _what_follows(timeline: Timeline, index: int) -> str:
    """Return what comes next, and what has to be at hand for it."""
    phase = next((phase for phase in timeline.phases[index + 1 :] if phase.kind in SEEK_TARGETS | {"rest"}), None)
    needed = needs(phase.item.stretch) if phase and phase.item and phase.kind == "prepare" else ""
    return "; ".join(filter(None, (next_label(timeline, index), needed)))


@cache
def _hint_line(columns: int) -> StyledLine:
    """Return the keys of the lowest ranks that fit, in the order of the keymap."""
    shown: list[Binding] = []
    for binding in sorted(KEYMAP, key=lambda binding: binding.rank):
        if sum(len(other.label) + len(other.hint) + 3 for other in (*shown, binding)) <= columns:
            shown.append(binding)
    spans: list[StyledSpan] = []
    for binding in KEYMAP:
        if binding in shown:
            spans += [(f" {binding.label}", TextRole.KEY), (f" {binding.hint} ", TextRole.DIM)]
    return tuple(spans)
