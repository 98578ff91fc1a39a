"""Countdown panel: name, side, count, seconds left and breath, in letters as big as fit, to be read from the floor."""

from collections.abc import Sequence

from stretch.core.narration.phrases import rep_label
from stretch.core.text import dose_label, minutes_seconds, side_label
from stretch.core.timing.phases import NS_PER_MS
from stretch.core.timing.session import Session
from stretch.core.timing.timeline import Moment
from stretch.player.big_font import big_text, big_text_height, big_text_width
from stretch.player.layout import StyledLine, ellipsize, pad_to_height, side_by_side, wrap_styled
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
SMALL_LINES = 7
"""On fewer lines everything is beside the seconds."""
BIG_LETTER_LINES = 13
"""Lines from which side and breath are in big letters too."""
PROMPT_WORDS = {"prepare": "READY", "rest": "REST", "switch": "SWITCH", "press": "PRESS", "release": "RELAX"}
"""The word that says what to do in each kind of phase without a breath."""
WORDS_WITHOUT_BREATH = {"hold": "HOLD", "move": "MOVE", "settle": "REST"}
"""The same for phases that have breaths, if breaths are not counted."""


def countdown_panel(session: Session, cells: int, height: int, unicode: bool) -> list[StyledLine]:
    """Return the panel, *cells* wide and *height* lines high at most.

    With big letters every block keeps its lines even if it is empty, so that everything stays in the same place.
    """
    moment = session.moment
    name = wrap_styled(moment.phase.name, TextRole.NAME, cells)[:2]
    count, seconds = _count(moment), countdown_text(session)
    spare = height - 2
    if spare >= BIG_LETTER_LINES:
        scale = panel_scale(cells, height)
        letters = big_text_height(scale)
        prompt = big_text(_prompt_word(session), _breath_role(moment), cells, scale, unicode)
        bar = _breath_bar(session, min(cells, 20 * scale + 3 if scale > 1 else 27), unicode)
        # An empty line between them: word and bar have the same color, and would be one shape.
        bars = [*[()] * (scale > 1), *[line[:-1] for line in bar] * (scale - 1), *bar]
        side = (moment.phase.side or "").upper()
        blocks = [
            pad_to_height(big_text(side, TextRole.SIDE, cells, scale, unicode), letters),
            pad_to_height(_big_line(count, TextRole.PLAIN, cells, scale, unicode), 1),
            pad_to_height(big_text(seconds, TextRole.TIME, cells, 2 * scale, unicode), big_text_height(2 * scale)),
            pad_to_height([*pad_to_height(prompt, letters), *bars], letters + scale + (scale > 1)),
        ]
        # Two lines even for a short name, so that the blocks below do not move with it.
        big_name = _big_line(moment.phase.name, TextRole.NAME, cells, scale, unicode)
        return _stack([pad_to_height(big_name if len(big_name) > 1 else name, 2), *blocks], height)
    side_and_count = _line(", ".join(filter(None, (side_label(moment.phase.side), count))), TextRole.SIDE)
    countdown = big_text(seconds, TextRole.TIME, cells, 2 if spare >= 8 else 1, unicode)
    if height < SMALL_LINES:
        width = big_text_width(seconds, 1)
        beside = [*(side_and_count or [()]), *breath_line(session, cells - width - 2, unicode)]
        title = _line(ellipsize(moment.phase.name, cells), TextRole.NAME)
        return [*title, *side_by_side((big_text(seconds, TextRole.TIME, cells, 1, unicode), beside), width)]
    return _stack([name, *filter(None, (side_and_count, countdown, breath_line(session, cells, unicode)))], height)


def panel_size(scale: int) -> tuple[int, int]:
    """Return the cells and lines that a panel with letters of *scale* needs."""
    lines = 2 * big_text_height(scale) + big_text_height(2 * scale) + scale + (scale > 1)
    return PROMPT_CELLS * scale, lines + (7 if scale >= BIG_NAME_SCALE else 4)


def panel_scale(cells: int, height: int) -> int:
    """Return the largest scale of letters that a panel of *cells* and *height* lines has space for, 1 at least."""
    sizes = ((scale, *panel_size(scale)) for scale in SCALES)
    return next((scale for scale, width, lines in sizes if width <= cells and lines <= height), 1)


def countdown_text(session: Session) -> str:
    """Return the time left of the phase, or of the lead-in: in seconds, or in minutes if it is long."""
    milliseconds = -(-session.lead_in_ns // NS_PER_MS) or session.moment.left_ms
    return minutes_seconds(milliseconds) if milliseconds > MAX_SECONDS_MS else str(-(-milliseconds // 1000))


def breath_line(session: Session, cells: int, unicode: bool) -> list[StyledLine]:
    """Return one line with the prompt word and the breath bar; empty if there is neither."""
    prompt = _prompt_word(session)
    width = cells - len(prompt) - 2
    bar = _breath_bar(session, min(width, 43 if width >= 2 * PROMPT_CELLS else 27), unicode)
    word: StyledLine = ((f"{prompt:<4}", _breath_role(session.moment)),)
    return [(*word, (" ", TextRole.PLAIN), *bar[0])] if bar else ([word] if prompt else [])


def _stack(blocks: Sequence[Sequence[StyledLine]], height: int) -> list[StyledLine]:
    """Return *blocks* one below the other, with empty lines before the last of them if *height* allows."""
    spare = height - sum(map(len, blocks))
    lines: list[StyledLine] = []
    for index, block in enumerate(blocks):
        lines += [*([()] if lines and len(blocks) - index <= spare else []), *block]
    return lines


def _count(moment: Moment) -> str:
    phase = moment.phase
    turned = ", other way" if phase.has_turned(phase.length_ms - moment.left_ms) else ""
    if phase.kind == "warm-up":
        return ("keep moving" if phase.cool_down else "warm-up") + turned
    if phase.kind == "prepare" and phase.item:
        return dose_label(phase.item.stretch, phase.item.dose).removesuffix(" each side")
    if phase.kind == "move" and moment.breath:
        return f"breath {moment.breath.number} of {moment.breath.count}{turned}"
    return rep_label(phase)


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
