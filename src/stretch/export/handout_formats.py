"""Handout as one self-contained HTML page to print, without network or script, and as Markdown readable as text."""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from html import escape

from stretch.core.model import Source
from stretch.core.safety.checklist import ChecklistSection
from stretch.core.text import one_line
from stretch.core.vocabulary import WEEKDAY_LABELS, WEEKDAYS, Weekday
from stretch.export.handout import DISCLAIMER, GRADES, SCORES, WEEKS, WEEKS_HINT, Card, Handout
from stretch.storage.files.locations import data_root

WIDE = 2.3
"""Ratio of width to height from which the two halves of a picture stand one above the other."""
MOST_BOXES = 4
"""Boxes that fit into one day of the table."""
BOX = "☐"
"""A box to tick, in Markdown."""


def to_html(handout: Handout) -> str:
    """Return the page; the strings of *handout* are escaped and never become markup."""
    head = f'<meta charset="utf-8"><title>{_html(handout.title)}: stretches</title>'
    view = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    sections = (_header, _weeks, _each_time, _stretches, _sources, _get_help)
    body = "\n".join(section(handout) for section in sections)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>{head}{view}\n<style>{stylesheet(handout.title)}</style></head>\n'
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def stylesheet(footer: str) -> str:
    """Return the style sheet; *footer* is any text, printed at the foot of each page."""
    # Escaped, so that neither a quote nor a tag can end the string.
    safe = "".join(c if c == " " or (c.isascii() and c.isalnum()) else f"\\{ord(c):x} " for c in one_line(footer))
    return (data_root() / "handout.css").read_text(encoding="utf-8").replace("FOOTER", safe, 1)


def data_uri(svg: str) -> str:
    """Return *svg* as a data URI, in which it cannot affect the page."""
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


def _header(handout: Handout) -> str:
    aim, *more = handout.frequency
    blanks = "".join(f"<span>{label} <b>{_html(text)}</b></span>" for label, text in handout.heading)
    notes = f'<ul class="routine-notes">{_items(handout.notes)}</ul>' if handout.notes else ""
    return (
        f'<header><h1>{_html(handout.title)}</h1><p class="summary">{_html(handout.summary)}</p>'
        f'<p class="blanks">{blanks}</p>'
        f'<div class="frequency"><p>{_html(aim)}</p><p>{_html(" ".join(more))}</p></div>{notes}</header>'
    )


def _weeks(handout: Handout) -> str:
    """Return the table of two weeks, with a box for each stretch and day and a cell for each score."""
    weeks = "".join(f'<th scope="colgroup" colspan="{len(WEEKDAYS)}">Week {week + 1}</th>' for week in range(WEEKS))
    days = "".join(f'<th scope="col"><abbr title="{day}">{day[:2]}</abbr></th>' for day in WEEKDAY_LABELS.values())
    boxes = [_boxes(handout, day, "<i></i>") for day in WEEKDAYS]
    rows = [_row(f"{_html(card.name)} <small>{_html(card.dose_line)}</small>", boxes) for card in handout.cards]
    rows += [_row(score, [""] * len(WEEKDAYS)) for score in SCORES]
    return (
        f'<section class="days"><h2>Two weeks <small>{WEEKS_HINT}</small></h2>'
        "<table><caption>Two weeks, with a box for each stretch and day</caption>"
        '<colgroup><col class="name"></colgroup>'
        f'<thead><tr><td rowspan="2"></td>{weeks}</tr><tr>{days * WEEKS}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></section>"
    )


def _row(name: str, cells: Iterable[str]) -> str:
    week = "".join(f"<td{' class=many' if cell.count('<i>') > 1 else ''}>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{name}</th>{week * WEEKS}</tr>'


def _boxes(handout: Handout, day: Weekday, box: str) -> str:
    """Return as many boxes as fit for a *day*, else the number of times to write a number before; empty on others."""
    times = handout.times_a_day
    return "" if day not in handout.days else box * times if times <= MOST_BOXES else f"/{times}"


def _each_time(handout: Handout) -> str:
    sections = "".join(
        f'<section class="{_html(section.id)}"><h2>{_html(section.heading)} <small>{_html(section.action)}</small></h2>'
        f"<ul>{_items(line.text for line in section.lines)}</ul></section>"
        for section in handout.each_time
    )
    return f'<div class="each-time">{sections}</div>'


def _stretches(handout: Handout) -> str:
    cards = "\n".join(_html_card(card) for card in handout.cards)
    moves = "".join(f"<li><b>{_html(name)}</b>, {time}. {_html(text)}</li>" for name, time, text in handout.warm_up)
    warm_up = f'<section><h2>Warm up first</h2><ul class="warm-up">{moves}</ul></section>' if moves else ""
    time, cool_down = handout.cool_down
    command = f'<p class="end">With a timer, in a terminal: <code>{_html(handout.command)}</code></p>'
    end = f"<h2>To end, {time}</h2><p>{_html(cool_down)}</p>" if cool_down else ""
    return (
        f"{warm_up}<section><h2>The stretches <small>{handout.legend}</small></h2>\n{cards}\n</section>"
        f"<section>{end}{command if handout.command else ''}"
        f'<p class="end">{DISCLAIMER}</p></section>'
    )


def _html_card(card: Card) -> str:
    dose = "".join(f"<div><dt>{label}</dt><dd>{_html(amount)}</dd></div>" for label, amount in card.dose)
    notes = "".join(f"<dt>{label}</dt><dd>{_html(text)}</dd>" for label, text in card.notes)
    easier = f'<p class="easier">{_html(card.easier)}</p>' if card.easier else ""
    small_print = (*card.cautions, ("Sources", ", ".join(card.sources)))
    small = " ".join(f"<b>{label}:</b> {_html(text)}" for label, text in small_print)
    picture = _picture(card)
    return (
        f'<article class="card"><div class="top"><div><h3><span class="number">{card.number}</span> {_html(card.name)}'
        f'</h3><p class="position">{_html(card.position)}</p></div><dl class="dose">{dose}</dl></div>'
        f'{easier}<div class="body{"" if picture else " bare"}">{picture}<div>'
        f'<ol class="steps">{_items(card.steps)}</ol><dl class="notes">{notes}</dl></div></div>'
        f'<p class="small">{small}</p></article>'
    )


def _picture(card: Card) -> str:
    """Return the halves of the picture, the start and the stretch, as two figures."""
    if card.picture is None:
        return ""
    size = re.search(r'viewBox="0 0 (\d+) (\d+)"', card.picture)
    assert size, "the SVG of a figure has a size"
    width, height = int(size[1]), int(size[2])
    figures = ""
    for x, caption in zip((0, width // 2), card.captions, strict=True):
        half = card.picture.replace(size[0], f'viewBox="{x} 0 {width // 2} {height}"', 1)
        figures += (
            f'<figure><img src="{data_uri(half)}" alt="{_html(card.name)}: {_html(caption)}">'
            f"<figcaption>{_html(caption)}</figcaption></figure>"
        )
    return f'<div class="picture{" tall" if width < WIDE * height else ""}">{figures}</div>'


def _get_help(handout: Handout) -> str:
    """Return when to get help; the last two sections are short and stand side by side."""
    sections = [
        f'<section class="{_html(section.id)}"><h3>{_html(section.heading)}</h3>'
        f'<p class="action">{_html(section.action)}</p><ul>{_items(line.text for line in section.lines)}</ul></section>'
        for section in handout.get_help
    ]
    urgent, others = "".join(sections[:-2]), "".join(sections[-2:])
    return f'<div class="help new-page"><h2>When to get help</h2>{urgent}<div class="pair">{others}</div></div>'


def _sources(handout: Handout) -> str:
    entries = "".join(
        f"<div><dt>{number}{_grade(source)}:</dt> <dd>{_html(source.supports)}. {_html(source.where)}.</dd></div>"
        for number, source in enumerate(handout.sources, start=1)
    )
    return f'<section><h2>Sources</h2><p class="end">{GRADES}</p><dl class="sources">{entries}</dl></section>'


def _grade(source: Source) -> str:
    return "" if source.grade == "seed" else f" ({source.grade})"


def _items(lines: Iterable[str]) -> str:
    return "".join(f"<li>{_html(line)}</li>" for line in lines)


def _html(text: str) -> str:
    return escape(one_line(text))


def to_markdown(handout: Handout) -> str:
    """Return CommonMark with tables; the strings of *handout* are escaped and never become markup."""
    pictures = (f"[figure-{card.number}]: {data_uri(card.picture)}" for card in handout.cards if card.picture)
    blocks = (
        f"# {_markdown(handout.title)}",
        f"{_markdown(handout.summary)}.",
        "  \n".join(f"{label}: {_markdown(text)}" for label, text in handout.heading if text),
        "## How often",
        _list(handout.frequency),
        _list(handout.notes),
        *_sections(handout.each_time),
        *_warm_up(handout),
        "## The stretches",
        handout.legend,
        *(block for card in handout.cards for block in _markdown_card(card)),
        *([f"## To end, {handout.cool_down[0]}", _markdown(handout.cool_down[1])] if handout.cool_down[1] else []),
        "## Two weeks",
        WEEKS_HINT,
        *(_week_table(handout, week) for week in range(WEEKS)),
        "## When to get help",
        *_sections(handout.get_help, level=3),
        "## Sources",
        _list(f"{n}{_grade(s)}: {s.supports}. {s.where}." for n, s in enumerate(handout.sources, start=1)),
        GRADES,
        f"With a timer, in a terminal: {_code(handout.command)}" if handout.command else "",
        DISCLAIMER,
        "\n".join(pictures),
    )
    return "\n\n".join(filter(None, blocks)) + "\n"


def _sections(sections: Iterable[ChecklistSection], level: int = 2) -> Iterator[str]:
    for section in sections:
        yield f"{'#' * level} {_markdown(section.heading)}"
        yield _markdown(section.action)
        yield _list(line.text for line in section.lines)


def _warm_up(handout: Handout) -> Iterator[str]:
    if handout.warm_up:
        yield "## Warm up first"
        yield "\n".join(f"- **{_markdown(name)}**, {time}. {_markdown(text)}" for name, time, text in handout.warm_up)


def _markdown_card(card: Card) -> Iterator[str]:
    yield f"### {card.number}. {_markdown(card.name)}"
    if card.picture:
        name = ", ".join(filter(None, (card.name, card.side)))
        yield f"![{_markdown(name)}: the start and the stretch][figure-{card.number}]"
    dose = ", ".join(f"{label.lower()} **{_markdown(amount)}**" for label, amount in card.dose)
    yield f"{dose[0].upper()}{dose[1:]}."
    yield f"{_markdown(card.position)}."
    if card.easier:
        yield f"**{_markdown(card.easier)}**"
    yield "\n".join(f"{number}. {_markdown(step)}" for number, step in enumerate(card.steps, start=1))
    notes = (*card.notes, *card.cautions, ("Sources", ", ".join(card.sources)))
    yield "\n".join(f"- **{label}:** {_markdown(text)}" for label, text in notes)


def _week_table(handout: Handout, week: int) -> str:
    """Return the table of one week; two weeks side by side are too wide for most Markdown viewers."""
    boxes = [_boxes(handout, day, BOX) for day in WEEKDAYS]
    rows = [
        (f"Week {week + 1}", *(day.title() for day in WEEKDAYS)),
        ("---", *([":-:"] * len(WEEKDAYS))),
        *((f"{_markdown(card.name)}, {_markdown(card.dose_line)}", *boxes) for card in handout.cards),
        *((score, *([" "] * len(WEEKDAYS))) for score in SCORES),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {_markdown(line)}" for line in lines)


def _code(text: str) -> str:
    """Return *text* as code, in a fence that is longer than any run of backticks in it."""
    text = one_line(text)
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    return f"{fence} {text} {fence}" if "`" in text else f"`{text}`"


def _markdown(text: str) -> str:
    r"""Return *text* with a backslash before everything that Markdown could read as markup or as a link."""
    text = re.sub(r"([\\`*_\[\]<>|~&])", r"\\\1", one_line(text))
    text = re.sub(r"(?i)\b(https?|ftp|www)([:.])", r"\1\\\2", text)
    # At the start of a line these would make a heading or a list.
    return re.sub(r"^(\d*)([#+\-=.)])", r"\1\\\2", text)
