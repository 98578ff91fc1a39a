"""Closing screen: what was done, when to come back, and a resting figure; after a symptom, what to do about it."""

from collections.abc import Sequence
from math import cos, pi

from msgspec import Struct
from msgspec.structs import replace

from stretch.core.text import duration
from stretch.core.vocabulary import Side
from stretch.player.big_font import big_text
from stretch.player.figure_renderer import FigureRenderer
from stretch.player.layout import (
    StyledLine,
    fit_screen,
    indent,
    key_lines,
    pad_to_height,
    side_by_side,
    text_above_keys,
    wrap_styled,
)
from stretch.player.score_keys import PAIN_NOW, SCORE_KEYS, TypedScore
from stretch.player.theme import TextRole

OPEN_NS = 60_000_000_000
"""The screen closes by itself after this time without a key."""
BREATH_NS = 8_000_000_000
"""One breath of the resting figure."""
TEXT_CELLS, FIGURE_LINES = 46, 24
"""Columns of the text beside the figure, and lines of the largest figure."""
OFFER = "Shall we follow your pain, with a number before and after each session?"
PRESS_ANY_KEY = "press any key"


class ClosingScreen(Struct, frozen=True, kw_only=True):
    """What the closing screen says."""

    done: str
    """The number of stretches done, in words."""
    active_ms: int
    streak: int = 0
    """Days, this one included."""
    rest_next: bool = False
    """The next day should be a rest day or a gentle one (rule D14)."""
    next_side: Side | None = None
    """The side that comes first the next time (rule RB7)."""
    prescribed: str = ""
    """How often it was done today, if it is prescribed; otherwise the next time is said."""
    expect: str = ""
    """What to expect, after the first sessions."""
    offers_tracking: bool = False
    """Whether to offer to follow the pain."""
    tracks_pain: bool = False
    """Whether to ask for the pain now: it was followed before, or the offer was taken."""
    pain: int | None = None
    typed: TypedScore = TypedScore()
    closed: bool = False
    elapsed_ns: int = 0
    key_ns: int = 0
    """When the last key came that did not close it."""


def update(state: ClosingScreen, key: str) -> ClosingScreen:
    """Return *state* after *key*: any key closes it, but a question takes only its answers, and Enter or q skip it."""
    key = key.lower() if len(key) == 1 else key
    if state.offers_tracking and key == "y":
        return replace(state, offers_tracking=False, tracks_pain=True, key_ns=state.elapsed_ns)
    if state.tracks_pain:
        state = _scored(replace(state, key_ns=state.elapsed_ns), state.typed.after_key(key))
        if state.closed:
            return state
    asks = state.offers_tracking or state.tracks_pain
    return state if asks and key not in ("enter", "q", "n") else replace(state, closed=True)


def finished(state: ClosingScreen) -> bool:
    """Return whether it was closed, or open for long enough without a key."""
    return state.closed or state.elapsed_ns - state.key_ns >= OPEN_NS


def animate(state: ClosingScreen, elapsed_ns: int) -> ClosingScreen:
    """Return *state* at a time since the screen began."""
    return replace(state, elapsed_ns=elapsed_ns)


def _scored(state: ClosingScreen, typed: TypedScore) -> ClosingScreen:
    """Return *state* with what is *typed* of the pain: a complete score closes it."""
    done = typed.score is not None
    return replace(state, typed=typed, pain=typed.score if done else state.pain, closed=state.closed or done)


def closing_rows(
    state: ClosingScreen, columns: int, lines: int, *, figures: FigureRenderer | None, name: str, unicode: bool = True
) -> list[StyledLine]:
    """Return exactly *lines* rows of *columns* cells, with the figure *name* beside the text if there is room."""
    cells = columns - 1
    bottom = _bottom(state, cells)
    height = lines - len(bottom)
    width = min(cells - TEXT_CELLS - 2, 3 * min(height - 2, FIGURE_LINES))
    figure: list[StyledLine] = []
    if figures and width >= 30 and height > 10:
        depth = (1 - cos(2 * pi * state.elapsed_ns / BREATH_NS)) / 2
        figure = figures.render_still(name, None, depth, width, min(height - 2, FIGURE_LINES, width // 2))
    text = _text(state, cells - width - 2 if figure else cells, height, unicode)
    if figure:
        text = side_by_side((text, figure), cells - width, 0)
    above: list[StyledLine] = [()] * ((height - len(text)) // 3)
    rows = [*pad_to_height([*above, *text][:height], height), *bottom][-lines:]
    return fit_screen(indent(rows), columns, lines)


def _text(state: ClosingScreen, cells: int, height: int, unicode: bool) -> list[StyledLine]:
    """Return what was done and what comes next; the letters are big if *height* allows."""
    done = f"{state.done} in {duration(state.active_ms)}."
    streak = f"Day {state.streak} of your streak." if state.streak > 1 else ""
    when = "gently tomorrow, or the day after" if state.rest_next else "tomorrow"
    side = f", {state.next_side} side first" if state.next_side else ""
    next_time = state.prescribed or f"Next time: {when}{side}."
    paragraphs = [(done, TextRole.NAME), (streak, TextRole.SIDE), (next_time, TextRole.PLAIN)]
    paragraphs.append((state.expect, TextRole.DIM))
    blocks = [wrap_styled(text, role, cells) for text, role in paragraphs if text]
    return _titled("Well done", TextRole.DONE, blocks, cells, height, unicode)


def advice_rows(
    texts: Sequence[str], columns: int, lines: int, *, elapsed_ns: int = 0, unicode: bool = True
) -> list[StyledLine]:
    """Return exactly *lines* rows with *texts*: what to do after a session that a symptom ended."""
    cells = columns - 1
    first, *others = texts
    blocks = [wrap_styled(first, TextRole.ALERT, cells)]
    blocks += [wrap_styled(text, TextRole.PLAIN, cells) for text in others]
    text = _titled("Stop", TextRole.ALERT, blocks, cells, lines - 1, unicode)
    keys = key_lines((("b", "wrong key"), ("Enter", "close")), cells)
    rows = text_above_keys(pad_to_height(text, lines - len(keys) - 1), keys, lines, elapsed_ns)
    return fit_screen(indent(rows), columns, lines)


def _titled(
    title: str, role: TextRole, blocks: Sequence[Sequence[StyledLine]], cells: int, height: int, unicode: bool
) -> list[StyledLine]:
    """Return *title*, in big letters if *height* allows, and *blocks* of text with room between them if it does."""
    size = sum(len(block) for block in blocks)
    rows = big_text(title.upper(), role, cells, 2, unicode)
    if size + len(rows) + len(blocks) > height:
        rows = big_text(title.upper(), role, cells, 1, unicode)
    if size + len(rows) > height:
        rows = (((f"{title}.", role),),)
    spacious = size + len(rows) + len(blocks) + 1 <= height
    gap: list[StyledLine] = [()] if spacious else []
    return [*gap, *rows, *(line for block in blocks for line in (*gap, *block))]


def _bottom(state: ClosingScreen, cells: int) -> list[StyledLine]:
    if not state.offers_tracking and not state.tracks_pain:
        return wrap_styled(PRESS_ANY_KEY, TextRole.DIM, cells)
    if state.offers_tracking:
        return [*wrap_styled(OFFER, TextRole.NAME, cells), *key_lines((("y", "yes"), ("Enter", "no")), cells)]
    keys = (("0", "it is 10"), ("Enter", "it is 1")) if state.typed.one else ((SCORE_KEYS, ""), ("Enter", "skip"))
    return [*wrap_styled(PAIN_NOW, TextRole.NAME, cells), *key_lines(keys, cells)]
