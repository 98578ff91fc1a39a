"""A sheet -> one HTML page that needs nothing but itself: no network, no script, and that prints well."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from html import escape

from stretch.core.safety.checklist import ChecklistSection
from stretch.export.handout import (
    DAY_LETTERS,
    DISCLAIMER,
    EASIER_FIRST,
    GRADES,
    LEGEND,
    SCORES,
    WEEKS,
    Card,
    Sheet,
    plain,
)
from stretch.export.training_frequency import DAYS, NAMES
from stretch.storage.files.package_data import data_root

TALL = 2.3
"""A picture less wide than so many times its height has its two halves side by side, else one above the other."""


def html(sheet: Sheet) -> str:
    """Return the whole page; what stands in the sheet is shown as text and never as markup."""
    head = f'<meta charset="utf-8"><title>{_text(sheet.title)}: stretches</title>'
    view = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    body = "\n".join((_header(sheet), _days(sheet), _first(sheet), _stretches(sheet), _sources(sheet), _help(sheet)))
    return (
        f'<!doctype html>\n<html lang="en">\n<head>{head}{view}\n'
        f"<style>{stylesheet(plain(sheet.title))}</style></head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def stylesheet(footer: str) -> str:
    """Return the style sheet of the page; *footer* is printed at the foot of each sheet and may be any text."""
    return (data_root() / "handout.css").read_text(encoding="utf-8").replace("FOOTER", _css_string(footer), 1)


def _css_string(text: str) -> str:
    """Return *text* escaped for a string in a style sheet: neither a quote nor a tag can end it."""
    return "".join(c if c == " " or (c.isascii() and c.isalnum()) else f"\\{ord(c):x} " for c in text)


def _header(sheet: Sheet) -> str:
    aim, *more = sheet.how_often
    notes = f'<ul class="told">{_items(sheet.notes)}</ul>' if sheet.notes else ""
    return (
        f'<header><h1>{_text(sheet.title)}</h1><p class="about">{_text(sheet.about)}</p>'
        '<p class="blanks"><span>For</span><span>From</span><span>Date</span></p>'
        f'<div class="often"><p>{_text(aim)}</p><p>{_text(" ".join(more))}</p></div>{notes}</header>'
    )


def _days(sheet: Sheet) -> str:
    """The table of days: a box for each stretch and day, and a cell for each score."""
    weeks = "".join(f'<th scope="colgroup" colspan="{len(DAYS)}">Week {week + 1}</th>' for week in range(WEEKS))
    letters = "".join(
        f'<th scope="col"><abbr title="{NAMES[day]}">{letter}</abbr></th>'
        for _ in range(WEEKS)
        for day, letter in zip(DAYS, DAY_LETTERS, strict=True)
    )
    stretches = [_row(f"{_text(card.name)} <small>{_text(card.short)}</small>", "<i></i>") for card in sheet.cards]
    scores = [_row(score, "") for score in SCORES]
    return (
        '<section class="days"><h2>Two weeks <small>Tick what you did, and write down how much it hurt.</small></h2>'
        '<table><caption>Two weeks, a box for each stretch and day</caption><colgroup><col class="name"></colgroup>'
        f'<thead><tr><td rowspan="2"></td>{weeks}</tr><tr>{letters}</tr></thead>'
        f"<tbody>{''.join(stretches + scores)}</tbody></table></section>"
    )


def _row(name: str, box: str) -> str:
    return f'<tr><th scope="row">{name}</th>{f"<td>{box}</td>" * (WEEKS * len(DAYS))}</tr>'


def _first(sheet: Sheet) -> str:
    parts = "".join(
        f'<section class="{"ready" if part.id == "before" else part.id}"><h2>{_text(part.heading)} '
        f"<small>{_text(part.action)}</small></h2><ul>{_items(line.text for line in part.lines)}</ul></section>"
        for part in sheet.first
    )
    return f'<div class="first">{parts}</div>'


def _stretches(sheet: Sheet) -> str:
    cards = "\n".join(_card(card) for card in sheet.cards)
    moves = "".join(f"<li><b>{_text(name)}</b>, {lasts}. {_text(words)}</li>" for name, lasts, words in sheet.warm_up)
    warm_up = f'<section><h2>Warm up first</h2><ul class="warm-up">{moves}</ul></section>' if moves else ""
    lasts, settle = sheet.settle
    again = f'<p class="end">With a timer, in a terminal: <code>{_text(sheet.again)}</code></p>' if sheet.again else ""
    legend = LEGEND if any(card.picture for card in sheet.cards) else ""
    return (
        f"{warm_up}<section><h2>The stretches <small>{legend}</small></h2>\n{cards}\n</section>"
        f"<section><h2>To end, {lasts}</h2><p>{_text(settle)}</p>{again}"
        f'<p class="end">{DISCLAIMER}</p></section>'
    )


def _card(card: Card) -> str:
    dose = "".join(f"<div><dt>{label}</dt><dd>{_text(amount)}</dd></div>" for label, amount in card.dose)
    steps = _items(card.steps)
    notes = "".join(f"<dt>{label}</dt><dd>{_text(text)}</dd>" for label, text in card.notes)
    easier = f'<p class="easier">{EASIER_FIRST}: {_text(card.easier_for)}.</p>' if card.easier_for else ""
    told = (*card.cautions, ("Sources", ", ".join(card.sources)))
    small = " ".join(f"<b>{label}:</b> {_text(text)}" for label, text in told)
    picture = _picture(card)
    return (
        f'<article class="card"><div class="top"><div><h3><span class="number">{card.number}</span> {_text(card.name)}'
        f'</h3><p class="where">{_text(card.where)}</p></div><dl class="dose">{dose}</dl></div>'
        f'{easier}<div class="body{"" if picture else " bare"}">{picture}<div><ol class="steps">{steps}</ol>'
        f'<dl class="notes">{notes}</dl></div></div>'
        f'<p class="small">{small}</p></article>'
    )


def _picture(card: Card) -> str:
    if card.picture is None:
        return ""
    shown = zip(halves(card.picture), card.captions, strict=True)
    figures = "".join(
        f'<figure><img src="{data_uri(half)}" alt="{_text(card.name)}: {_text(caption)}">'
        f"<figcaption>{_text(caption)}</figcaption></figure>"
        for half, caption in shown
    )
    across, height = size(card.picture)
    return f'<div class="picture{" tall" if across < TALL * height else ""}">{figures}</div>'


def _help(sheet: Sheet) -> str:
    """When to get help; the last two parts, which are short, stand beside each other."""
    parts = [_part(part) for part in sheet.help]
    urgent, others = "".join(parts[:-2]), "".join(parts[-2:])
    return f'<div class="help new-page"><h2>When to get help</h2>{urgent}<div class="pair">{others}</div></div>'


def _part(part: ChecklistSection) -> str:
    return (
        f'<section class="{_text(part.id)}"><h3>{_text(part.heading)}</h3><p class="action">{_text(part.action)}</p>'
        f"<ul>{_items(line.text for line in part.lines)}</ul></section>"
    )


def _sources(sheet: Sheet) -> str:
    cited = "".join(
        f"<div><dt>{_text(source.key)} ({source.grade}):</dt> <dd>{_text(source.supports)}. {_text(source.where)}.</dd>"
        "</div>"
        for source in sheet.sources
    )
    grades = "; ".join(f"{grade}: {meaning}" for grade, meaning in GRADES.items())
    return f'<section><h2>Sources</h2><p class="end">Grades. {grades}.</p><dl class="sources">{cited}</dl></section>'


def _items(lines: Iterable[str]) -> str:
    return "".join(f"<li>{_text(line)}</li>" for line in lines)


def _text(text: str) -> str:
    return escape(plain(text))


def size(svg: str) -> tuple[int, int]:
    """Return the width and the height of an SVG in its own units."""
    found = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)
    assert found, "a figure without a size"
    return int(found[1]), int(found[2])


def halves(svg: str) -> tuple[str, str]:
    """Return the left half, which is the start, and the right half, the stretch, as two pictures of equal width."""
    across, height = size(svg)

    def half(x: int) -> str:
        return svg.replace(f'viewBox="0 0 {across} {height}"', f'viewBox="{x} 0 {across // 2} {height}"', 1)

    return half(0), half(across // 2)


def data_uri(svg: str) -> str:
    """Return an SVG as an address: nothing in it can reach the page it is shown on, and nothing is fetched."""
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()
