"""A sheet -> Markdown that reads well as plain text too: the pictures are held at its end, where nobody reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from stretch.core.safety.checklist import ChecklistSection
from stretch.export.handout import DISCLAIMER, EASIER_FIRST, GRADES, LEGEND, SCORES, WEEKS, Card, Sheet, plain
from stretch.export.handout_html import data_uri
from stretch.export.training_frequency import DAYS

BOX = "☐"


def markdown(sheet: Sheet) -> str:
    """Return the sheet as CommonMark with tables; what stands in it is shown as text and never as markup."""
    blocks = (
        f"# {_text(sheet.title)}",
        f"{_text(sheet.about)}.",
        "## How often",
        _list(sheet.how_often),
        _list(sheet.notes),
        *_parts(sheet.first),
        *_warm_up(sheet),
        "## The stretches",
        *([LEGEND] if any(card.picture for card in sheet.cards) else []),
        *(block for card in sheet.cards for block in _card(card)),
        f"## To end, {sheet.settle[0]}",
        _text(sheet.settle[1]),
        "## Two weeks",
        "Tick what you did, and write down how much it hurt.",
        *(_days(sheet, week) for week in range(WEEKS)),
        "## When to get help",
        *_parts(sheet.help, level=3),
        "## Sources",
        _list(f"{s.key} ({s.grade}): {s.supports}. {s.where}." for s in sheet.sources),
        f"Grades. {'; '.join(f'{grade}: {meaning}' for grade, meaning in GRADES.items())}.",
        *([f"With a timer, in a terminal: {_code(sheet.again)}"] if sheet.again else []),
        DISCLAIMER,
        "\n".join(f"[figure-{card.number}]: {data_uri(card.picture)}" for card in sheet.cards if card.picture),
    )
    return "\n\n".join(filter(None, blocks)) + "\n"


def _parts(parts: Iterable[ChecklistSection], level: int = 2) -> Iterator[str]:
    for part in parts:
        yield f"{'#' * level} {_text(part.heading)}"
        yield _text(part.action)
        yield _list(line.text for line in part.lines)


def _warm_up(sheet: Sheet) -> Iterator[str]:
    if sheet.warm_up:
        yield "## Warm up first"
        yield "\n".join(f"- **{_text(name)}**, {lasts}. {_text(words)}" for name, lasts, words in sheet.warm_up)


def _card(card: Card) -> Iterator[str]:
    yield f"### {card.number}. {_text(card.name)}"
    if card.picture:
        shown = ", ".join(filter(None, (card.name, card.side)))
        yield f"![{_text(shown)}: the start and the stretch][figure-{card.number}]"
    dose = ", ".join(f"{label.lower()} **{_text(amount)}**" for label, amount in card.dose)
    yield f"{dose[0].upper()}{dose[1:]}."
    yield f"{_text(card.where)}."
    if card.easier_for:
        yield f"**{EASIER_FIRST}: {_text(card.easier_for)}.**"
    yield "\n".join(f"{number}. {_text(step)}" for number, step in enumerate(card.steps, start=1))
    told = (*card.notes, *card.cautions, ("Sources", ", ".join(card.sources)))
    yield "\n".join(f"- **{label}:** {_text(text)}" for label, text in told)


def _days(sheet: Sheet, week: int) -> str:
    """The table of one week: two weeks side by side are too wide for most who show Markdown."""
    names = (f"Week {week + 1}", *(day.capitalize() for day in DAYS))
    rows = [
        *((f"{_text(card.name)}, {_text(card.short)}", *([BOX] * len(DAYS))) for card in sheet.cards),
        *((score, *([" "] * len(DAYS))) for score in SCORES),
    ]
    lines = (names, ("---", *([":-:"] * len(DAYS))), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {_text(line)}" for line in lines)


def _code(text: str) -> str:
    """Return *text* as code; the fence is longer than any run of backticks in it."""
    text = plain(text)
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    return f"{fence} {text} {fence}" if "`" in text else f"`{text}`"


def _text(text: str) -> str:
    r"""Return *text* with a backslash before all that Markdown could take for markup or for an address."""
    text = re.sub(r"([\\`*_\[\]<>|~&])", r"\\\1", plain(text))
    text = re.sub(r"(?i)\b(https?|ftp|www)([:.])", r"\1\\\2", text)
    # At the start of a line: headings, lists, and lines under headings.
    return re.sub(r"^(\d*)([#+\-=.)])", r"\1\\\2", text)
