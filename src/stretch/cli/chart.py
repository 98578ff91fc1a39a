"""The history drawn for a terminal: weeks over a calendar, areas, sides and pain beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from stretch.core.journal.history import WEEKS, History, first_monday
from stretch.core.words import MONTHS, WEEKDAYS, minutes
from stretch.player.rows import Row, beside, width
from stretch.player.style import Ink

HEIGHT = 3
"""Rows of the bars of the weeks."""
LABEL = 5
"""Cells of the names of the days."""
ROOMY, NARROW = 76, LABEL + 4 * WEEKS
"""Terminals with so many columns have room beside the calendar, or for the minutes over each bar."""
FILL = ("▁▂▃▄▅▆▇█", ".:-=+*%#")
DAY_LEVELS = (5, 10, 20, 30)
"""Minutes from which on the mark of a day is one step taller."""
MOST_AREAS = 5


def rows(history: History, columns: int, *, unicode: bool) -> list[Row]:
    """Return the chart in at most *columns* cells."""
    calendar = _weeks(history, columns, unicode=unicode)
    if columns < ROOMY:
        return [*calendar, (), *_aside(history, columns, unicode=unicode)]
    cell = 4 * WEEKS + LABEL
    aside = _aside(history, min(columns - cell - 4, 60), unicode=unicode)
    return beside((calendar, aside), cell, gap=4)


def spark(scores: Sequence[int | None], *, unicode: bool) -> str:
    """Return a line of marks for scores of 0 to 10, a space where there is none."""
    marks = FILL[not unicode]
    return "".join(" " if score is None else marks[score * (len(marks) - 1) // 10] for score in scores)


def _weeks(history: History, columns: int, *, unicode: bool) -> list[Row]:
    wide = 4 if columns >= NARROW else 2
    whole = [round(week.seconds / 60) for week in history.weeks]
    most = max(whole, default=0)
    what = "Minutes a week" if wide == 4 else f"Minutes a week, {most} at most"
    found: list[Row] = [((what, Ink.NAME),), *_bars(whole, most, wide, unicode=unicode)]
    return [*found, _months(history, wide), *_days(history, wide, unicode=unicode)]


def _bars(minutes: Sequence[int], most: int, wide: int, *, unicode: bool) -> list[Row]:
    marks = FILL[not unicode]
    eighths = [-(-count * HEIGHT * 8 // most) if most else 0 for count in minutes]
    found: list[Row] = []
    for level in range(HEIGHT, -1, -1):
        row: list[tuple[str, Ink]] = [(" " * LABEL, Ink.PLAIN)]
        for count, full in zip(minutes, eighths, strict=True):
            here = min(max(full - 8 * level, 0), 8)
            # The minutes stand on their bar.
            if wide == 4 and not here and count and level == -(-full // 8):
                row.append((f"{_short(count):<{wide}}", Ink.TIME))
            else:
                row.append(((marks[here - 1] if here else " ") * (wide - 1) + " ", Ink.DONE))
        found.append(tuple(row))
    return found if wide == 4 else found[1:]


def _short(minutes: int) -> str:
    return str(minutes) if minutes < 1000 else f"{minutes // 60}h"


def _months(history: History, wide: int) -> Row:
    text = ""
    before = 0
    for number in range(WEEKS):
        month = (first_monday(history.today) + timedelta(weeks=number)).month
        if month != before and len(text) <= number * wide:
            text = text.ljust(number * wide) + MONTHS[month - 1]
        before = month
    return ((" " * LABEL + text[: WEEKS * wide], Ink.DIM),)


def _days(history: History, wide: int, *, unicode: bool) -> list[Row]:
    done = {day.day: day.seconds / 60 for day in history.days}
    marks = "▁▂▄▆█" if unicode else ".:+*#"
    found: list[Row] = []
    for weekday in range(7):
        row: list[tuple[str, Ink]] = [(f"{WEEKDAYS[weekday]:<{LABEL}}", Ink.DIM)]
        for week in range(WEEKS):
            day = first_monday(history.today) + timedelta(weeks=week, days=weekday)
            if day in done:
                mark, ink = marks[sum(done[day] >= level for level in DAY_LEVELS)] * min(wide, 2), Ink.SIDE
            else:
                mark, ink = (" " if day > history.today else "·" if unicode else "-"), Ink.LEFT
            row.append((f"{mark:<{wide}}"[:wide] if wide > 2 else f"{mark[0]} ", ink))
        found.append(tuple(row))
    return found


def _aside(history: History, cells: int, *, unicode: bool) -> list[Row]:
    areas = [(area.area, area.seconds, Ink.DONE) for area in history.areas[:MOST_AREAS]]
    sides = [("left", history.left_seconds, Ink.BREATH_IN), ("right", history.right_seconds, Ink.BREATH_OUT)]
    found: list[Row] = []
    if areas:
        found += [(("Minutes per area", Ink.NAME),), *_bars_across(areas, cells, unicode=unicode)]
    if any(seconds for _, seconds, _ in sides):
        found += [(), (("Left against right", Ink.NAME),), *_bars_across(sides, cells, unicode=unicode)]
    if history.pain:
        found += [(), (("Pain, 0 to 10", Ink.NAME),), *_pain(history, cells, unicode=unicode)]
    return found


def _bars_across(bars: Sequence[tuple[str, float, Ink]], cells: int, *, unicode: bool) -> list[Row]:
    named = min(max(len(name) for name, _, _ in bars), 14)
    figures = max(len(minutes(seconds)) for _, seconds, _ in bars)
    room = max(cells - named - figures - 2, 1)
    most = max(seconds for _, seconds, _ in bars) or 1
    full = "▆" if unicode else "#"
    found: list[Row] = []
    for name, seconds, ink in bars:
        bar = full * max(round(seconds * room / most), 1 if seconds else 0)
        told = f" {minutes(seconds):>{figures}}"
        found.append(((f"{name[:named]:<{named}} ", Ink.PLAIN), (f"{bar:<{room}}", ink), (told, Ink.TIME)))
    return found


def _pain(history: History, cells: int, *, unicode: bool) -> list[Row]:
    found: list[Row] = []
    for name, scores in (
        ("before", [pain.before for pain in history.pain]),
        ("after", [pain.after for pain in history.pain]),
    ):
        given = [score for score in scores if score is not None]
        change = f"  {given[0]} to {given[-1]}" if given else ""
        label: Row = ((f"{name:<7}", Ink.PLAIN),)
        room = max(cells - width(label) - len(change), 1)
        found.append((*label, (spark(scores[-room:], unicode=unicode), Ink.ALERT), (change, Ink.TIME)))
    return found
