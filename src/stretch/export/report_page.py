"""Report of the sessions as an HTML page to print."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby, pairwise

from msgspec.structs import replace

from stretch.core.journal.report import HOURS, Amount, Report, Row
from stretch.core.journal.streak import MAX_REST_DAYS
from stretch.core.text import hours_minutes, pluralize, short_date, whole_minutes
from stretch.export.handout_formats import fill, html, items, repeat, stylesheet
from stretch.storage.files.locations import data_root

ENDINGS = {
    None: "cut off",
    "stopped": "stopped",
    "numb": "numb or spreading",
    "dizzy": "dizzy or breathless",
    "eyes": "eyes",
    "chest": "chest pain",
    "legs": "between or in both legs",
}
"""How a session ended that was not played to the end."""
SCORES = {"before": "before", "after": "after", "next_morning": "next morning"}
"""Fields of the pain scores that are drawn, with their labels."""
MAX_WEEKS = 12
"""Weeks that are shown one by one; of a longer time the last ones."""
WIDTH, HEIGHT, LEFT, TOP = 560, 150, 22, 8
"""Size of the chart of pain, and the margins of its axes."""
MAX_LABELS = 10
"""Dates below the chart."""
MARKS = {
    "before": '<circle cx="{x}" cy="{y}" r="2.6"/>',
    "after": '<path transform="translate({x} {y})" d="M-2.4 -2.4H2.4V2.4H-2.4Z"/>',
    "next_morning": '<path transform="translate({x} {y})" d="M0 -3.2L3 2.4H-3Z"/>',
}
"""Marks that differ without color."""
MAX_LINES = 12
"""Lines of a list on the page; the table for a spreadsheet has all."""


def to_html(report: Report, *, with_pain: bool) -> bytes:
    """Return the page; whatever people wrote is escaped and never becomes markup."""
    title = report.program.name if report.program else "Stretches done"
    with_scores = with_pain and bool(report.pain)
    hours = zip(pairwise(HOURS), report.hours, strict=True)
    lists = {
        "Time of day": [f"{_hours(*part)}: {number}" for part, number in hours if number],
        "Not finished": [
            f"{short_date(one.day, report.until)}: {ENDINGS[one.ended if with_pain else one.ended and 'stopped']}"
            for one in report.unfinished
        ],
        "Days off": [_days(first, last, report.until) for first, last in report.gaps],
        "Changed in the plan": [f"{short_date(day, report.until)}: {text}" for day, text in report.changes],
    }
    if report.prescribed is None:
        counts = {
            "sessions": str(report.sessions),
            "days": f"{report.days} of {(report.until - report.since).days + 1}",
        }
    else:
        kept, wanted = (sum(getattr(week, name) for week in report.weeks) for name in ("kept_days", "prescribed_days"))
        counts = {"sessions": f"{report.sessions} of {report.prescribed}", "prescribed days": f"{kept} of {wanted}"}
    numbers = {
        **counts,
        "in all": hours_minutes(report.seconds),
        "longest streak, up to 2 rest days between": pluralize(report.longest_streak, "day"),
    }
    return fill(
        "report.html",
        title=html(title),
        style=stylesheet(title) + (data_root() / "report.css").read_text(encoding="utf-8"),
        summary=f"{_days(report.since, report.until, report.until)} {report.until.year}",
        facts=repeat("<div><dt>{}</dt><dd>{}</dd></div>", [fact for fact in _facts(report) if fact[1]]),
        numbers=repeat("<div><dd>{1}</dd><dt>{0}</dt></div>", numbers.items()),
        **_table(report, with_pain=with_pain),
        chart=_chart(report) if with_scores else "",
        lists="".join(_list(heading, lines) for heading, lines in lists.items() if lines),
        scores=", pain from 0 to 10 as answered" if with_scores else "",
    ).encode(errors="backslashreplace")


def _facts(report: Report) -> Iterator[tuple[str, str]]:
    if program := report.program:
        by = program.clinician
        yield "For", program.patient or ""
        yield "From", ", ".join(filter(None, (by.name, by.contact))) if by else ""
        yield "Goal", program.goal or ""
        yield "Review", short_date(program.review) if program.review else ""


def _table(report: Report, *, with_pain: bool) -> dict[str, str]:
    """Return the parts of the table by week, with a line for each side of each stretch."""
    weeks = report.weeks[-MAX_WEEKS:]
    sums = ["all", "minutes", "eased", *(["hurt"] if with_pain else [])]
    lines = [
        _line("Sessions", "", [_share(len(week.records), week.prescribed) for week in weeks], [
            _share(report.sessions, report.prescribed), whole_minutes(report.seconds)]),
        _line("Days", "", [_count(week.days) for week in weeks], [str(report.days)]),
    ]  # fmt: skip
    for name, about, amounts, total in _merged(report.rows):
        last = [_amount(total), whole_minutes(total.seconds), _count(total.eased), _count(total.hurt)]
        lines.append(_line(name, about, map(_amount, amounts[-MAX_WEEKS:]), last[: len(sums)]))
    legend = "times with the whole dose" + (" / times prescribed" if report.prescribed is not None else "")
    legend += "; +1: once more in part"
    legend += f"; last {MAX_WEEKS} of {len(report.weeks)} weeks" if len(report.weeks) > MAX_WEEKS else ""
    heads = repeat("<th scope='col'>{}</th>", ((short_date(week.start, week.start),) for week in weeks))
    heads += repeat("<th scope=col class=sum>{}</th>", ((name,) for name in sums))
    return {"legend": legend, "heads": heads, "rows": "".join(lines)}


def _merged(rows: Iterable[Row]) -> Iterator[tuple[str, str, tuple[Amount, ...], Amount]]:
    """Yield name, side with dose, weeks and sum of each row; of both sides at once if they differ in nothing."""
    for _, group in groupby(rows, key=lambda row: row.stretch):
        one, *others = group
        if [_counts(other) for other in others] == [_counts(one)]:
            both = replace(one.total, seconds=one.total.seconds + others[0].total.seconds)
            yield one.name, ", ".join(filter(None, ("each side", one.dose))), one.weeks, both
            continue
        for row in (one, *others):
            yield row.name, ", ".join(filter(None, (row.side, row.dose))), row.weeks, row.total


def _counts(row: Row) -> tuple[str, list[Amount]]:
    return row.dose, [replace(amount, seconds=0.0) for amount in row.weeks]


def _line(name: str, side: str, cells: Iterable[str], sums: list[str]) -> str:
    label = f"{html(name)}{f' <small>{side}</small>' if side else ''}"
    body = "".join(f"<td>{cell}</td>" for cell in cells) + "".join(f"<td class=sum>{cell}</td>" for cell in sums)
    return f'<tr><th scope="row">{label}</th>{body}</tr>'


def _amount(amount: Amount) -> str:
    partly = f"<small>+{amount.partly}</small>" if amount.partly else ""
    return _share(amount.done, amount.prescribed, partly)


def _share(done: int, wanted: int | None, partly: str = "") -> str:
    return f"{done}{partly}/{wanted}" if wanted is not None else f"{_count(done)}{partly}"


def _count(number: int) -> str:
    return str(number) if number else ""


def _days(first: date, last: date, until: date) -> str:
    days = dict.fromkeys(short_date(day, until) for day in (first, last))
    return " to ".join(days)


def _hours(first: int, last: int) -> str:
    return (
        f"before {last} h" if first == HOURS[0] else f"from {first} h" if last == HOURS[-1] else f"{first} to {last} h"
    )


def _list(heading: str, lines: list[str]) -> str:
    more = len(lines) - MAX_LINES
    shown = [*lines[:MAX_LINES], *([f"and {more} more"] if more > 0 else [])]
    return f"<section><h2>{heading}</h2><ul>{items(shown)}</ul></section>"


def _chart(report: Report) -> str:
    """Return the pain scores over the days as a drawing: a line and marks of their own for each kind."""
    length = max((report.until - report.since).days, 1)

    def place(day: date, score: int) -> tuple[float, float]:
        x = LEFT + (day - report.since).days / length * (WIDTH - LEFT - 8)
        return round(x, 1), round(TOP + (10 - score) / 10 * (HEIGHT - 2 * TOP - 10), 1)

    parts = []
    for score in (0, 5, 10):
        y = place(report.since, score)[1]
        parts.append(
            f'<path class="grid" d="M{LEFT} {y}H{WIDTH}"/><text x="{LEFT - 5}" y="{y + 3}" class="y">{score}</text>'
        )
    for week in report.weeks[:: -(-len(report.weeks) // MAX_LABELS)]:
        if week.start >= report.since:
            x = place(week.start, 0)[0]
            parts.append(f'<text x="{x}" y="{HEIGHT - 2}">{short_date(week.start, week.start)}</text>')
    legend = []
    for field, label in SCORES.items():
        points = [(each.day, score) for each in report.pain if (score := getattr(each.scores, field)) is not None]
        if points:
            places = [place(day, score) for day, score in points]
            marks = "".join(MARKS[field].format(x=x, y=y) for x, y in places)
            line = f"M{places[0][0]} {places[0][1]}"
            for ((before, _), (day, _)), (x, y) in zip(pairwise(points), places[1:], strict=True):
                # Nothing is drawn through days about which nothing is known.
                line += f"{'L' if (day - before).days <= MAX_REST_DAYS + 1 else 'M'}{x} {y}"
            parts.append(f'<g class="{field}"><path class="line" d="{line}"/>{marks}</g>')
            sign = f'<svg class="sign {field}" viewBox="-5 -5 10 10">{MARKS[field].format(x=0, y=0)}</svg>'
            legend.append(f"<span>{sign} {label}</span>")
    return (
        f"<section><h2>Pain, 0 to 10 <small>{''.join(legend)}</small></h2>"
        f'<svg class="pain" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="Pain by day">{"".join(parts)}</svg>'
        "</section>"
    )
