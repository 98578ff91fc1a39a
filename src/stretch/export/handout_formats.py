"""Handout as one self-contained HTML page to print, without network or script, and as Markdown readable as text."""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from html import escape
from string import Template

from stretch.core.model import Source
from stretch.core.safety.checklist import ChecklistSection
from stretch.core.text import capitalized, one_line
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
    aim, *more = handout.frequency
    get_help = '<section class="{}"><h3>{}</h3><p class="action">{}</p>'
    sections = [_section(section, get_help) for section in handout.get_help]
    each_time = '<section class="{}"><h2>{} <small>{}</small></h2>'
    time, cool_down = handout.cool_down
    command = repeat('<p class="end">With a timer, in a terminal: <code>{}</code></p>', [(handout.command,)])
    moves = repeat("<li><b>{}</b>, {}. {}</li>", handout.warm_up)
    sources = [(f"{n}{_grade(source)}", source.supports, source.where) for n, source in enumerate(handout.sources, 1)]
    return fill(
        "handout.html",
        title=html(handout.title),
        style=stylesheet(handout.title),
        summary=html(handout.summary),
        blanks=repeat("<span>{} <b>{}</b></span>", handout.heading),
        aim=html(aim),
        more=html(" ".join(more)),
        notes=f'<ul class="routine-notes">{items(handout.notes)}</ul>' if handout.notes else "",
        weeks_hint=WEEKS_HINT,
        **_weeks(handout),
        each_time="".join(_section(section, each_time) for section in handout.each_time),
        warm_up=f'<section><h2>Warm up first</h2><ul class="warm-up">{moves}</ul></section>' if moves else "",
        legend=handout.legend,
        cards="\n".join(map(_html_card, handout.cards)),
        end=f"<h2>To end, {time}</h2><p>{html(cool_down)}</p>" if cool_down else "",
        command=command if handout.command else "",
        disclaimer=DISCLAIMER,
        grades=GRADES,
        sources=repeat("<div><dt>{}:</dt> <dd>{}. {}.</dd></div>", sources),
        urgent="".join(sections[:-2]),
        # The last two sections are short and stand side by side.
        others="".join(sections[-2:]),
    )


def fill(file: str, /, **texts: object) -> str:
    """Return the template *file* with *texts*, which are markup already."""
    return Template((data_root() / file).read_text(encoding="utf-8")).substitute(texts)


def repeat(markup: str, rows: Iterable[Iterable[str]]) -> str:
    """Return *markup* once for each of *rows*, whose texts are escaped."""
    return "".join(markup.format(*map(html, row)) for row in rows)


def items(lines: Iterable[str]) -> str:
    """Return *lines* as the items of a list."""
    return repeat("<li>{}</li>", ((line,) for line in lines))


def html(text: str) -> str:
    """Return *text* on one line, escaped."""
    return escape(one_line(text))


def stylesheet(footer: str) -> str:
    """Return the style sheet; *footer* is any text, printed at the foot of each page."""
    # Escaped, so that neither a quote nor a tag can end the string.
    safe = "".join(c if c == " " or (c.isascii() and c.isalnum()) else f"\\{ord(c):x} " for c in one_line(footer))
    return (data_root() / "handout.css").read_text(encoding="utf-8").replace("FOOTER", safe, 1)


def data_uri(svg: str) -> str:
    """Return *svg* as a data URI, in which it cannot affect the page."""
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


def _weeks(handout: Handout) -> dict[str, str]:
    """Return the parts of the table of two weeks, with a box for each stretch and day and a cell for each score."""
    boxes = [_boxes(handout, day, "<i></i>") for day in WEEKDAYS]
    rows = [_row(f"{html(card.name)} <small>{html(card.dose_line)}</small>", boxes) for card in handout.cards]
    rows += [_row(score, [""] * len(WEEKDAYS)) for score in SCORES]
    weeks = ((str(len(WEEKDAYS)), str(week + 1)) for week in range(WEEKS))
    days = ((day, day[:2]) for day in WEEKDAY_LABELS.values())
    return {
        "weeks": repeat('<th scope="colgroup" colspan="{}">Week {}</th>', weeks),
        "days": repeat('<th scope="col"><abbr title="{}">{}</abbr></th>', days) * WEEKS,
        "rows": "".join(rows),
    }


def _row(name: str, cells: Iterable[str]) -> str:
    week = "".join(f"<td{' class=many' if cell.count('<i>') > 1 else ''}>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{name}</th>{week * WEEKS}</tr>'


def _boxes(handout: Handout, day: Weekday, box: str) -> str:
    """Return as many boxes as fit for a *day*, else the number of times to write a number before; empty on others."""
    times = handout.times_a_day
    return "" if day not in handout.days else box * times if times <= MOST_BOXES else f"/{times}"


def _html_card(card: Card) -> str:
    return fill(
        "handout-card.html",
        number=card.number,
        name=html(card.name),
        position=html(card.position),
        dose=repeat("<div><dt>{}</dt><dd>{}</dd></div>", card.dose),
        easier=repeat('<p class="easier">{}</p>', [(card.easier,)]) if card.easier else "",
        bare="" if card.picture else " bare",
        picture=_picture(card),
        steps=items(card.steps),
        notes=repeat("<dt>{}</dt><dd>{}</dd>", card.notes),
        small=repeat("<b>{}:</b> {} ", (*card.cautions, ("Sources", ", ".join(card.sources)))),
    )


def _picture(card: Card) -> str:
    """Return the halves of the picture, the start and the stretch, as two figures."""
    if card.picture is None:
        return ""
    size = re.search(r'viewBox="0 0 (\d+) (\d+)"', card.picture)
    assert size, "the SVG of a figure has a size"
    width, height = int(size[1]), int(size[2])
    halves = (card.picture.replace(size[0], f'viewBox="{x} 0 {width // 2} {height}"', 1) for x in (0, width // 2))
    figure = '<figure><img src="{}" alt="{}: {}"><figcaption>{}</figcaption></figure>'
    rows = ((data_uri(half), card.name, text, text) for half, text in zip(halves, card.captions, strict=True))
    return f'<div class="picture{" tall" if width < WIDE * height else ""}">{repeat(figure, rows)}</div>'


def _section(section: ChecklistSection, markup: str) -> str:
    """Return *section* with its id, its heading and what to do in *markup*."""
    start = repeat(markup, [(section.id, section.heading, section.action)])
    return f"{start}<ul>{items(line.text for line in section.lines)}</ul></section>"


def _grade(source: Source) -> str:
    return "" if source.grade == "seed" else f" ({source.grade})"


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
        "## Warm up first" if handout.warm_up else "",
        "\n".join(f"- **{_markdown(name)}**, {time}. {_markdown(text)}" for name, time, text in handout.warm_up),
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


def _markdown_card(card: Card) -> Iterator[str]:
    yield f"### {card.number}. {_markdown(card.name)}"
    if card.picture:
        name = ", ".join(filter(None, (card.name, card.side)))
        yield f"![{_markdown(name)}: the start and the stretch][figure-{card.number}]"
    dose = ", ".join(f"{label.lower()} **{_markdown(amount)}**" for label, amount in card.dose)
    yield f"{capitalized(dose)}."
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
