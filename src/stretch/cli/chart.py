"""The history drawn for a terminal: weeks over a calendar, areas, sides and pain beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from stretch.core.journal.history import WEEKS, History, first_monday
from stretch.core.text import MONTHS, whole_minutes
from stretch.core.vocabulary import WEEKDAYS
from stretch.player.layout import StyledLine, line_width, side_by_side
from stretch.player.theme import TextRole

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


def rows(history: History, columns: int, *, unicode: bool) -> list[StyledLine]:
    """Return the chart in at most *columns* cells."""
    calendar = _weeks(history, columns, unicode=unicode)
    if columns < ROOMY:
        return [*calendar, (), *_aside(history, columns, unicode=unicode)]
    cell = 4 * WEEKS + LABEL
    aside = _aside(history, min(columns - cell - 4, 60), unicode=unicode)
    return side_by_side((calendar, aside), cell, gap=4)


def spark(scores: Sequence[int | None], *, unicode: bool) -> str:
    """Return a line of marks for scores of 0 to 10, a space where there is none."""
    marks = FILL[not unicode]
    return "".join(" " if score is None else marks[score * (len(marks) - 1) // 10] for score in scores)


def _weeks(history: History, columns: int, *, unicode: bool) -> list[StyledLine]:
    wide = 4 if columns >= NARROW else 2
    whole = [round(week.seconds / 60) for week in history.weeks]
    most = max(whole, default=0)
    what = "Minutes a week" if wide == 4 else f"Minutes a week, {most} at most"
    found: list[StyledLine] = [((what, TextRole.NAME),), *_bars(whole, most, wide, unicode=unicode)]
    return [*found, _months(history, wide), *_days(history, wide, unicode=unicode)]


def _bars(minutes: Sequence[int], most: int, wide: int, *, unicode: bool) -> list[StyledLine]:
    marks = FILL[not unicode]
    eighths = [-(-count * HEIGHT * 8 // most) if most else 0 for count in minutes]
    found: list[StyledLine] = []
    for level in range(HEIGHT, -1, -1):
        row: list[tuple[str, TextRole]] = [(" " * LABEL, TextRole.PLAIN)]
        for count, full in zip(minutes, eighths, strict=True):
            here = min(max(full - 8 * level, 0), 8)
            # The minutes stand on their bar.
            if wide == 4 and not here and count and level == -(-full // 8):
                row.append((f"{_short(count):<{wide}}", TextRole.TIME))
            else:
                row.append(((marks[here - 1] if here else " ") * (wide - 1) + " ", TextRole.DONE))
        found.append(tuple(row))
    return found if wide == 4 else found[1:]


def _short(minutes: int) -> str:
    return str(minutes) if minutes < 1000 else f"{minutes // 60}h"


def _months(history: History, wide: int) -> StyledLine:
    text = ""
    before = 0
    for number in range(WEEKS):
        month = (first_monday(history.today) + timedelta(weeks=number)).month
        if month != before and len(text) <= number * wide:
            text = text.ljust(number * wide) + MONTHS[month - 1]
        before = month
    return ((" " * LABEL + text[: WEEKS * wide], TextRole.DIM),)


def _days(history: History, wide: int, *, unicode: bool) -> list[StyledLine]:
    done = {day.day: day.seconds / 60 for day in history.days}
    marks = "▁▂▄▆█" if unicode else ".:+*#"
    found: list[StyledLine] = []
    for weekday in range(7):
        row: list[tuple[str, TextRole]] = [(f"{WEEKDAYS[weekday].capitalize():<{LABEL}}", TextRole.DIM)]
        for week in range(WEEKS):
            day = first_monday(history.today) + timedelta(weeks=week, days=weekday)
            if day in done:
                mark, ink = marks[sum(done[day] >= level for level in DAY_LEVELS)] * min(wide, 2), TextRole.SIDE
            else:
                mark, ink = (" " if day > history.today else "·" if unicode else "-"), TextRole.LEFT
            row.append((f"{mark:<{wide}}"[:wide] if wide > 2 else f"{mark[0]} ", ink))
        found.append(tuple(row))
    return found


def _aside(history: History, cells: int, *, unicode: bool) -> list[StyledLine]:
    areas = [(area.area, area.seconds, TextRole.DONE) for area in history.areas[:MOST_AREAS]]
    sides = [("left", history.left_seconds, TextRole.BREATH_IN), ("right", history.right_seconds, TextRole.BREATH_OUT)]
    found: list[StyledLine] = []
    if areas:
        found += [(("Minutes per area", TextRole.NAME),), *_bars_across(areas, cells, unicode=unicode)]
    if any(seconds for _, seconds, _ in sides):
        found += [(), (("Left against right", TextRole.NAME),), *_bars_across(sides, cells, unicode=unicode)]
    if history.pain:
        found += [(), (("Pain, 0 to 10", TextRole.NAME),), *_pain(history, cells, unicode=unicode)]
    return found


def _bars_across(bars: Sequence[tuple[str, float, TextRole]], cells: int, *, unicode: bool) -> list[StyledLine]:
    named = min(max(len(name) for name, _, _ in bars), 14)
    figures = max(len(whole_minutes(seconds)) for _, seconds, _ in bars)
    room = max(cells - named - figures - 2, 1)
    most = max(seconds for _, seconds, _ in bars) or 1
    full = "▆" if unicode else "#"
    found: list[StyledLine] = []
    for name, seconds, ink in bars:
        bar = full * max(round(seconds * room / most), 1 if seconds else 0)
        told = f" {whole_minutes(seconds):>{figures}}"
        found.append(((f"{name[:named]:<{named}} ", TextRole.PLAIN), (f"{bar:<{room}}", ink), (told, TextRole.TIME)))
    return found


def _pain(history: History, cells: int, *, unicode: bool) -> list[StyledLine]:
    found: list[StyledLine] = []
    for name, scores in (
        ("before", [pain.before for pain in history.pain]),
        ("after", [pain.after for pain in history.pain]),
    ):
        given = [score for score in scores if score is not None]
        change = f"  {given[0]} to {given[-1]}" if given else ""
        label: StyledLine = ((f"{name:<7}", TextRole.PLAIN),)
        room = max(cells - line_width(label) - len(change), 1)
        found.append((*label, (spark(scores[-room:], unicode=unicode), TextRole.ALERT), (change, TextRole.TIME)))
    return found
