"""Handout as Markdown that is readable as plain text too; the pictures are at its end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from stretch.core.safety.checklist import ChecklistSection
from stretch.core.text import one_line
from stretch.core.vocabulary import WEEKDAYS
from stretch.export.handout import DISCLAIMER, EASIER_FIRST, GRADES, SCORES, WEEKS, WEEKS_HINT, Card, Handout
from stretch.export.handout_html import data_uri

BOX = "☐"


def to_markdown(handout: Handout) -> str:
    """Return CommonMark with tables; the strings of *handout* are escaped and never become markup."""
    pictures = (f"[figure-{card.number}]: {data_uri(card.picture)}" for card in handout.cards if card.picture)
    blocks = (
        f"# {_text(handout.title)}",
        f"{_text(handout.summary)}.",
        "## How often",
        _list(handout.frequency),
        _list(handout.notes),
        *_sections(handout.each_time),
        *_warm_up(handout),
        "## The stretches",
        handout.legend,
        *(block for card in handout.cards for block in _card(card)),
        f"## To end, {handout.cool_down[0]}",
        _text(handout.cool_down[1]),
        "## Two weeks",
        WEEKS_HINT,
        *(_week_table(handout, week) for week in range(WEEKS)),
        "## When to get help",
        *_sections(handout.get_help, level=3),
        "## Sources",
        _list(f"{s.key} ({s.grade}): {s.supports}. {s.where}." for s in handout.sources),
        GRADES,
        f"With a timer, in a terminal: {_code(handout.command)}" if handout.command else "",
        DISCLAIMER,
        "\n".join(pictures),
    )
    return "\n\n".join(filter(None, blocks)) + "\n"


def _sections(sections: Iterable[ChecklistSection], level: int = 2) -> Iterator[str]:
    for section in sections:
        yield f"{'#' * level} {_text(section.heading)}"
        yield _text(section.action)
        yield _list(line.text for line in section.lines)


def _warm_up(handout: Handout) -> Iterator[str]:
    if handout.warm_up:
        yield "## Warm up first"
        yield "\n".join(f"- **{_text(name)}**, {time}. {_text(text)}" for name, time, text in handout.warm_up)


def _card(card: Card) -> Iterator[str]:
    yield f"### {card.number}. {_text(card.name)}"
    if card.picture:
        name = ", ".join(filter(None, (card.name, card.side)))
        yield f"![{_text(name)}: the start and the stretch][figure-{card.number}]"
    dose = ", ".join(f"{label.lower()} **{_text(amount)}**" for label, amount in card.dose)
    yield f"{dose[0].upper()}{dose[1:]}."
    yield f"{_text(card.position)}."
    if card.easier_for:
        yield f"**{EASIER_FIRST}: {_text(card.easier_for)}.**"
    yield "\n".join(f"{number}. {_text(step)}" for number, step in enumerate(card.steps, start=1))
    notes = (*card.notes, *card.cautions, ("Sources", ", ".join(card.sources)))
    yield "\n".join(f"- **{label}:** {_text(text)}" for label, text in notes)


def _week_table(handout: Handout, week: int) -> str:
    """Return the table of one week; two weeks side by side are too wide for most Markdown viewers."""
    rows = [
        (f"Week {week + 1}", *(day.title() for day in WEEKDAYS)),
        ("---", *([":-:"] * len(WEEKDAYS))),
        *((f"{_text(card.name)}, {_text(card.dose_line)}", *([BOX] * len(WEEKDAYS))) for card in handout.cards),
        *((score, *([" "] * len(WEEKDAYS))) for score in SCORES),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {_text(line)}" for line in lines)


def _code(text: str) -> str:
    """Return *text* as code, in a fence that is longer than any run of backticks in it."""
    text = one_line(text)
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    return f"{fence} {text} {fence}" if "`" in text else f"`{text}`"


def _text(text: str) -> str:
    r"""Return *text* with a backslash before everything that Markdown could read as markup or as a link."""
    text = re.sub(r"([\\`*_\[\]<>|~&])", r"\\\1", one_line(text))
    text = re.sub(r"(?i)\b(https?|ftp|www)([:.])", r"\1\\\2", text)
    # At the start of a line these would make a heading or a list.
    return re.sub(r"^(\d*)([#+\-=.)])", r"\1\\\2", text)
