"""A sheet -> one SVG picture, as wide as a page and as high as it needs, for where a page cannot be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from unicodedata import east_asian_width

from msgspec import Struct

from stretch.core.safety.checklist import Part
from stretch.export.handout import DAY_LETTERS, DISCLAIMER, EASIER_FIRST, LEGEND, SCORES, WEEKS, Card, Sheet, plain
from stretch.export.paper import FONTS
from stretch.export.picture import size as size_of

WIDTH, MARGIN, GAP = 794, 48, 14
"""Of the page, of its border, and between blocks, in pixels of a 96th of an inch."""
INNER = WIDTH - 2 * MARGIN
TEXT, SMALL = 13.5, 11.5
LINE = 1.35
BOX, CELL = 15, 32
PICTURE = 250
LABEL = 66
"""The width of what stands before a note of a card."""


class Block(Struct, frozen=True):
    """A part of the picture with its upper left corner at 0, and how high it is."""

    markup: str
    height: float


def poster(sheet: Sheet) -> str:
    """Return the whole picture; what stands in the sheet is shown as text and never as markup."""
    often, *more = sheet.how_often
    half = (INNER - GAP) / 2
    legend = [_text(LEGEND, INNER)] if any(card.picture for card in sheet.cards) else []
    page = _stack(
        [
            _stack([_text(sheet.title, INNER, 34, bold=True), _text(sheet.about, INNER, 17)], 4),
            _framed(lambda width: _stack([_text(often, width, 16, bold=True), _text(" ".join(more), width)], 3), INNER),
            _list(sheet.notes, INNER),
            _days(sheet),
            _columns([_part(part, half) for part in sheet.first]),
            _headed("Warm up first", (f"{name}, {lasts}. {words}" for name, lasts, words in sheet.warm_up)),
            _stack([_text("The stretches", INNER, 20, bold=True), *legend], 4),
            *(_framed(lambda width, card=card: _card(card, width), INNER) for card in sheet.cards),  # type: ignore[misc]
            _headed(f"To end, {sheet.settle[0]}", [sheet.settle[1]]),
            _text("When to get help", INNER, 20, bold=True),
            _columns([_part(part, half) for part in sheet.help]),
            _headed("Sources", (f"{s.key} ({s.grade}): {s.supports}. {s.where}." for s in sheet.sources), SMALL),
            _text(DISCLAIMER, INNER, SMALL),
        ],
        GAP,
    )
    height = round(page.height + 2 * MARGIN)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        f"font-family='{FONTS}' fill=\"#111\"><title>{_clean(sheet.title)}: stretches</title>"
        f'<path fill="#fff" d="M0 0h{WIDTH}v{height}H0z"/>{_at(MARGIN, MARGIN, page)}</svg>\n'
    )


def _days(sheet: Sheet) -> Block:
    """The table of days: a box for each stretch and day, and a line for each score."""
    name = INNER - WEEKS * len(DAY_LETTERS) * CELL
    letters = "".join(
        f'<text x="{name + (number + 0.5) * CELL}" y="{SMALL}" font-size="{SMALL}" text-anchor="middle">{letter}</text>'
        for number, letter in enumerate(DAY_LETTERS * WEEKS)
    )
    boxes = "".join(
        f'<rect x="{name + (number + 0.5) * CELL - BOX / 2}" y="2" width="{BOX}" height="{BOX}" {_STROKE}/>'
        for number in range(WEEKS * len(DAY_LETTERS))
    )
    stretches = [
        _beside([(0, _stack([_text(card.name, name), _text(card.short, name, SMALL)], 0)), (0, Block(boxes, BOX))])
        for card in sheet.cards
    ]
    line = Block(f'<path d="M{name} {BOX + 2}H{INNER}" {_STROKE}/>', BOX + 6)
    scores = [_beside([(0, _text(score, name)), (0, line)]) for score in SCORES]
    title = _text("Two weeks: tick what you did, and write down how much it hurt", INNER, 16, bold=True)
    return _stack([title, Block(letters, SMALL + 2), *stretches, *scores], 6)


def _card(card: Card, width: float) -> Block:
    words = width - (PICTURE + GAP if card.picture else 0)
    dose = ", ".join(f"{label.lower()} {amount}" for label, amount in card.dose)
    told = (*card.notes, *card.cautions)
    text = _stack(
        [
            _text(f"{card.number}. {card.name}", words, 18, bold=True),
            _text(dose[0].upper() + dose[1:], words, 15, bold=True),
            _text(card.where, words),
            *([_text(f"{EASIER_FIRST}: {card.easier_for}.", words, bold=True)] if card.easier_for else []),
            _list(card.steps, words, numbered=True),
            *(_labelled(label, line, words) for label, line in told),
            _text(f"Sources: {', '.join(card.sources)}", words, SMALL),
        ],
        3,
    )
    if card.picture is None:
        return text
    across, height = size_of(card.picture)
    high = PICTURE * height / across
    placed = card.picture.replace("<svg ", f'<svg width="{PICTURE}" height="{high:.1f}" ', 1)
    caption = _text(", ".join(filter(None, (card.side, "start and stretch"))), PICTURE, SMALL)
    return _beside([(0, _stack([Block(placed, high), caption], 4)), (PICTURE + GAP, text)])


def _part(part: Part, width: float) -> Block:
    lines = _list((line.text for line in part.lines), width)
    return _stack([_text(part.heading, width, 16, bold=True), _text(part.action, width, bold=True), lines], 3)


def _headed(heading: str, lines: Iterable[str], size: float = TEXT) -> Block:
    texts = [_text(line, INNER, size) for line in lines]
    return _stack([_text(heading, INNER, 16, bold=True), *texts], 3) if texts else Block("", 0)


def _labelled(label: str, text: str, width: float) -> Block:
    if _wide(label, TEXT, bold=True) > LABEL:
        return _stack([_text(label, width, bold=True), _text(text, width, SMALL)], 0)
    return _beside([(0, _text(label, LABEL, bold=True)), (LABEL, _text(text, width - LABEL))])


def _list(lines: Iterable[str], width: float, *, numbered: bool = False) -> Block:
    marks = ((f"{number}." if numbered else "•", line) for number, line in enumerate(lines, start=1))
    return _stack([_beside([(0, _text(mark, 20)), (20, _text(line, width - 20))]) for mark, line in marks], 2)


def _text(text: str, width: float, size: float = TEXT, *, bold: bool = False) -> Block:
    """A paragraph, broken into lines."""
    lines = _wrapped(plain(text).split(" "), width, size, bold)
    spans = "".join(
        f'<tspan x="0" y="{(n + 0.8) * size * LINE:.1f}">{escape(line)}</tspan>' for n, line in enumerate(lines)
    )
    weight = ' font-weight="700"' if bold else ""
    return Block(f'<text font-size="{size}"{weight}>{spans}</text>', len(lines) * size * LINE)


def _wrapped(words: Sequence[str], width: float, size: float, bold: bool) -> list[str]:
    lines = [words[0]]
    for word in words[1:]:
        longer = f"{lines[-1]} {word}"
        if _wide(longer, size, bold) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _wide(text: str, size: float, bold: bool) -> float:
    """Return about how wide *text* is, rather too wide: nobody knows the font it will be shown in."""
    return sum(_share(character) for character in text) * size * (1.08 if bold else 1.0)


def _share(character: str) -> float:
    if east_asian_width(character) in "WF":
        return 1.0
    if character in "iljtfrI.,:;'|!()[]-/ ":
        return 0.31
    return 0.88 if character in "mwMW@%" else 0.7 if character.isupper() else 0.565


def _stack(blocks: Iterable[Block], gap: float) -> Block:
    """Blocks below each other; those that are empty take no room."""
    markup, y = "", 0.0
    for block in blocks:
        if block.height:
            markup += _at(0, y, block)
            y += block.height + gap
    return Block(markup, max(y - gap, 0))


def _beside(blocks: Sequence[tuple[float, Block]]) -> Block:
    """Blocks next to each other, each at its x."""
    return Block("".join(_at(x, 0, block) for x, block in blocks), max(block.height for _, block in blocks))


def _columns(blocks: Sequence[Block]) -> Block:
    """Blocks in two columns, each under the one that is shorter so far."""
    columns: tuple[list[Block], list[Block]] = ([], [])
    for block in blocks:
        min(columns, key=lambda column: sum(above.height + GAP for above in column)).append(block)
    return _beside([(0, _stack(columns[0], GAP)), ((INNER + GAP) / 2, _stack(columns[1], GAP))])


def _framed(inside: Callable[[float], Block], width: float) -> Block:
    block = inside(width - 2 * GAP)
    height = block.height + 2 * GAP
    return Block(f'<rect width="{width}" height="{height:.1f}" rx="8" {_STROKE}/>{_at(GAP, GAP, block)}', height)


def _at(x: float, y: float, block: Block) -> str:
    return f'<g transform="translate({x:g} {y:.1f})">{block.markup}</g>'


_STROKE = 'fill="none" stroke="#111" stroke-width="1.3"'


def _clean(text: str) -> str:
    return escape(plain(text))
