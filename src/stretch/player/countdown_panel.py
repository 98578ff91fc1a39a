"""Countdown panel: name, side, count, seconds left and breath, in letters as big as fit, to be read from the floor."""

from collections.abc import Sequence
from functools import cache

from stretch.core.narration.phrases import count_label
from stretch.core.text import minutes_seconds, pluralize, side_label
from stretch.core.timing.phases import NS_PER_MS
from stretch.core.timing.session import Session
from stretch.core.timing.timeline import Moment, hold_ahead
from stretch.player.big_font import big_text, big_text_height, big_text_width
from stretch.player.layout import StyledLine, ellipsize, pad_to_height, side_by_side, wrap_styled, wrap_text
from stretch.player.theme import TextRole

PANEL = 30
"""Width of the panel in cells, next to the instructions."""
PROMPT_CELLS = 23
"""Width of the longest prompt word in letters of scale 1."""
SCALES = (4, 3, 2, 1)
"""Scales of side and breath, largest first; the seconds are twice as big."""
BIG_NAME_SCALE = 3
"""From this scale on, name and count are in letters of scale 1."""
MAX_SECONDS_MS = 99_000
"""Longer times are shown in minutes."""
TWO_ROWS_LINES, BIG_LETTER_LINES, ROOMY_LINES = 7, 12, 15
"""Lines from which two rows of big letters fit, all in a column, and in that the biggest digits below a side."""
PLAIN_LETTER_LINES = 10
"""Lines from which big digits fit where letters cannot be half as high."""
GAP, SMALL_CELLS, BAR_CELLS = 2, 8, 27
"""Cells between big letters and what is beside them, the least width of that, and the most of a breath bar there."""
PROMPT_WORDS = {"prepare": "READY", "rest": "REST", "switch": "SWITCH", "press": "PRESS", "release": "RELAX"}
"""The word that says what to do in each kind of phase without a breath."""
WORDS_WITHOUT_BREATH = {"hold": "HOLD", "move": "MOVE", "settle": "REST"}
"""The same for phases that have breaths, if breaths are not counted."""


Text = tuple[str, TextRole]


def countdown_panel(session: Session, cells: int, height: int, unicode: bool) -> list[StyledLine]:
    """Return the panel, *cells* wide and *height* lines high at most.

    With big letters every block keeps its lines even if it is empty, so that everything stays in the same place.
    """
    moment = session.moment
    if height < (BIG_LETTER_LINES if unicode else PLAIN_LETTER_LINES):
        return _rows(session, cells, height, unicode)
    seconds, side, count, prompt = _texts(session)
    if moment.phase.kind == "prepare" and not session.clock_stopped:
        count = f"{count[0]}, starts in", count[1]
    name = wrap_styled(moment.phase.name, TextRole.NAME, cells)[:2]
    scale = panel_scale(cells, height)
    letters = big_text_height(scale) if unicode or scale > 1 else 1
    bar = _breath_bar(session, min(cells, 20 * scale + 3 if scale > 1 else BAR_CELLS), unicode)
    # An empty line between them: word and bar have the same color, and would be one shape.
    bars = [*[()] * (scale > 1), *[line[:-1] for line in bar] * (scale - 1), *bar]
    breath = [*pad_to_height(big_text(*prompt, cells, scale, unicode), letters), *bars]
    breath = pad_to_height(breath, letters + scale + (scale > 1))
    big_side = pad_to_height(big_text(*side, cells, scale, unicode), letters)
    roomy = height >= ROOMY_LINES or not unicode
    if moment.phase.side and not roomy:
        return _stack([name, big_side, _row(session, [seconds], [count], cells, unicode), breath], height)
    above = pad_to_height(_big_line(*count, cells, scale, unicode), 1)
    digits = pad_to_height(big_text(*seconds, cells, 2 * scale, unicode), big_text_height(2 * scale))
    if not roomy:
        return _stack([name, above, digits, breath], height)
    # Two lines even for a short name, so that the blocks below do not move with it.
    big_name = _big_line(moment.phase.name, TextRole.NAME, cells, scale, unicode)
    return _stack([pad_to_height(big_name if len(big_name) > 1 else name, 2), big_side, above, digits, breath], height)


def _texts(session: Session) -> tuple[Text, Text, Text, Text]:
    """Return the seconds left, the side, the count and the prompt word."""
    moment = session.moment
    side = (moment.phase.side or "").upper(), TextRole.SIDE
    prompt = _prompt_word(session), TextRole.ALERT if session.pain_stop is not None else _breath_role(moment)
    return (countdown_text(session), TextRole.TIME), side, (_count(session), TextRole.PLAIN), prompt


def _rows(session: Session, cells: int, height: int, unicode: bool) -> list[StyledLine]:
    """Return the name, and the seconds in big letters beside the side or the breath; in two rows beside both."""
    moment = session.moment
    name = _line(ellipsize(moment.phase.name, cells), TextRole.NAME)
    seconds, side, count, prompt = _texts(session)
    if height >= TWO_ROWS_LINES:
        upper = _row(session, [seconds, side], [count], cells, unicode)
        return _stack([name, upper, _row(session, [prompt], [], cells, unicode, bar=True)], height)
    if side[0] and moment.phase.kind in ("prepare", "switch") and session.pain_stop is None:
        return [*name, *_row(session, [seconds, side], [prompt, count], cells, unicode)]
    small = (", ".join(filter(None, (side_label(moment.phase.side), count[0]))), TextRole.SIDE)
    if height < big_text_height(1):
        unit = "" if ":" in seconds[0] else " s"
        return [*name, (seconds, (f"{unit} ", TextRole.TIME), prompt, (" ", TextRole.PLAIN), small)]
    return [*name, *_row(session, [seconds, prompt], [small], cells, unicode, bar=True)]


def _row(
    session: Session, large: Sequence[Text], small: Sequence[Text], cells: int, unicode: bool, *, bar: bool = False
) -> list[StyledLine]:
    """Return the *large* texts that fit side by side, and beside them the other texts and the breath *bar*."""
    blocks: list[tuple[Sequence[StyledLine], int]] = []
    others: list[Text] = []
    for text, role in large:
        # As wide as the widest of its kind, so that what is beside it stays in the same place.
        width = big_text_width("OUT" if text == "IN" else text.zfill(2), 1)
        rest = cells - width - GAP
        height = sum(len(wrap_text(each, rest)) for each, _ in small) + bar
        if rest >= SMALL_CELLS and (not blocks or height <= big_text_height(1)):
            blocks.append((big_text(text, role, width, 1, unicode), width))
            cells = rest
        else:
            others.append((text, role))
    lines = [line for text, role in (*others, *small) for line in wrap_styled(text, role, cells)]
    lines += _breath_bar(session, min(cells, BAR_CELLS), unicode) if bar else []
    for block, width in reversed(blocks):
        lines = side_by_side((block, lines), width, GAP)
    return lines


def panel_size(scale: int) -> tuple[int, int]:
    """Return the cells and lines that a panel with letters of *scale* needs."""
    lines = 2 * big_text_height(scale) + big_text_height(2 * scale) + scale + (scale > 1)
    return PROMPT_CELLS * scale, lines + (7 if scale >= BIG_NAME_SCALE else 4)


@cache
def panel_scale(cells: int, height: int) -> int:
    """Return the largest scale of letters that a panel of *cells* and *height* lines has space for, 1 at least."""
    sizes = ((scale, *panel_size(scale)) for scale in SCALES)
    return next((scale for scale, width, lines in sizes if width <= cells and lines <= height), 1)


def countdown_text(session: Session) -> str:
    """Return the time left of the phase, or of the lead-in: in seconds, or in minutes if it is long."""
    milliseconds = -(-session.lead_in_ns // NS_PER_MS) or session.moment.left_ms
    return minutes_seconds(milliseconds) if milliseconds > MAX_SECONDS_MS else str(-(-milliseconds // 1000))


def _stack(blocks: Sequence[Sequence[StyledLine]], height: int) -> list[StyledLine]:
    """Return *blocks* one below the other, with empty lines before the last of them if *height* allows."""
    spare = height - sum(map(len, blocks))
    lines: list[StyledLine] = []
    for index, block in enumerate(blocks):
        lines += [*([()] if lines and len(blocks) - index <= spare else []), *block]
    return lines


def _count(session: Session) -> str:
    moment = session.moment
    phase, count = moment.phase, count_label(moment.phase)
    getting_ready = phase.kind in ("prepare", "switch") and session.pain_stop is None
    if getting_ready and (changed := _changed_amount(session)):
        return f"now {changed}"
    if phase.kind == "move" and moment.breath:
        breath = f"breath {moment.breath.number} of {moment.breath.count}"
        count = f"{count}, {breath}" if count else breath
    turned = ", other way" if phase.has_turned(phase.length_ms - moment.left_ms) else ""
    return f"{count}{turned}"


def _changed_amount(session: Session) -> str:
    """Return the hold or the breaths to get ready for if they were made longer or shorter; empty if not."""
    found = hold_ahead(session.timeline, session.position_ms)
    phase = session.timeline.phases[found[0]] if found else session.moment.phase
    if found is None or phase.item is None:
        return ""
    dose, breaths = phase.item.dose, len(phase.breaths)
    if phase.kind == "move":
        return pluralize(breaths, "breath") if breaths != dose.reps else ""
    planned_s = dose.contract.hold_s if dose.contract else dose.hold_s
    return f"{round(phase.length_ms / 1000)} s" if phase.length_ms != (planned_s or 0) * 1000 else ""


def _prompt_word(session: Session) -> str:
    kind, breath = session.moment.phase.kind, session.moment.breath
    if session.pain_stop is not None:
        return "STOP"
    if session.clock_stopped:
        return "READY" if session.waiting else "PAUSED"
    if session.lead_in_ns:
        return "READY"
    if breath and session.timeline.pattern.has_cues and kind not in PROMPT_WORDS:
        return breath.half.upper()
    return PROMPT_WORDS.get(kind) or WORDS_WITHOUT_BREATH.get(kind, "")


def _breath_role(moment: Moment) -> TextRole:
    return TextRole.BREATH_OUT if moment.breath and moment.breath.half == "out" else TextRole.BREATH_IN


def _line(text: str, role: TextRole) -> list[StyledLine]:
    return [((text, role),)] if text else []


def _big_line(text: str, role: TextRole, cells: int, scale: int, unicode: bool) -> Sequence[StyledLine]:
    """Return *text* in big letters beside much bigger ones, if it fits."""
    if scale >= BIG_NAME_SCALE and big_text_width(text, 1) <= cells:
        return big_text(text, role, cells, 1, unicode)
    return _line(text, role)


def _breath_bar(session: Session, cells: int, unicode: bool) -> list[StyledLine]:
    """Return *cells* with a bar that fills on the breath in and empties on the breath out, and its seconds left."""
    breath = session.moment.breath
    if breath is None or not session.timeline.pattern.has_cues or session.clock_stopped or session.lead_in_ns:
        return []
    length = cells - 3
    share = breath.elapsed_ms / breath.length_ms
    filled = round(length * (share if breath.half == "in" else 1 - share))
    full, empty = ("█", "░") if unicode else ("#", ".")
    seconds, role = -(-(breath.length_ms - breath.elapsed_ms) // 1000), _breath_role(session.moment)
    return [((full * filled, role), (empty * (length - filled), TextRole.LEFT), (f" {seconds}", role))]
