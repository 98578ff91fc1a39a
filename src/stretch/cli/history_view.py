"""The history as text: totals, a chart and the last sessions."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from stretch.cli.app import App
from stretch.cli.console import PIPE_COLUMNS
from stretch.cli.pain_log import trend_summary
from stretch.core.journal.record import WEEKS, History, SessionRecord
from stretch.core.text import MONTHS, hours_minutes, pluralize, short_date, whole_minutes
from stretch.core.vocabulary import WEEKDAYS
from stretch.player.layout import StyledLine, side_by_side
from stretch.player.theme import TextRole

ID_LENGTH = 6
"""Characters of an id that are shown: enough to identify a session."""
END_LABELS = {"finished": "", None: "cut off"}
"""Labels for how a session ended; the others are the values themselves."""
WIDE_COLUMNS = 76
"""From this width on there is space next to the calendar, and for all columns of the table."""
LABEL_CELLS, WEEK_CELLS = 5, 4
"""Width of the weekday names, and of a week."""
BAR_HEIGHT = 3
BAR_MARKS = "▁▂▃▄▅▆▇█"
"""Marks from low to high; the printer replaces them where the encoding lacks them."""
DAY_MARKS = "▁▂▄▆█"
DAY_LEVELS = (5, 10, 20, 30)
"""Minutes from which the mark of a day is one step taller."""
MAX_AREAS = 5
MAX_FUTURE = 5
MAX_DETAIL_CELLS = 60


def print_history(app: App, history: History, running: frozenset[str]) -> None:
    """Print the history; *running* are the ids of the sessions running now."""
    app.out.paragraph(summary(history), style="bold")
    if lines := chart(history, app.out.columns or PIPE_COLUMNS):
        app.out.paragraph()
        app.out.styled_lines(lines, app.theme)
    if trend := trend_summary(app):
        app.out.paragraph()
        app.out.paragraph("\n".join(trend))
    if history.recent:
        app.out.paragraph()
        _print_sessions(app, history.recent, running)
    if history.future:
        app.out.paragraph()
        app.out.paragraph("Dated after today, and not counted until then:")
        _print_sessions(app, history.future[-MAX_FUTURE:], running)


def summary(history: History) -> str:
    """Return the totals and the streak in words."""
    streak = "no streak now (up to two rest days in a row are fine)"
    if history.streak.since is not None:
        since = short_date(history.streak.since, history.today)
        streak = f"{history.streak.days}-day streak since {since} (rest days are fine)"
    return f"{pluralize(history.sessions, 'session')}, {hours_minutes(history.seconds)}, {streak}"


def start_label(record: SessionRecord, today: date) -> str:
    """Return when a session began in local time, the year only if it is another one: `24 Nov 07:30`."""
    return f"{short_date(record.day, today)} {record.started[11:16]}"


def _print_sessions(app: App, records: tuple[SessionRecord, ...], running: frozenset[str]) -> None:
    columns: dict[str, Callable[[SessionRecord], str]] = {
        "when": lambda record: f"{start_label(record, app.today()):>12}",
        "took": lambda record: hours_minutes(record.active_seconds),
        "done": lambda record: _done_label(record, running=record.id in running),
        "pain": _pain_label,
        "id": lambda record: record.id[:ID_LENGTH],
        "session": lambda record: record.title,
    }
    if app.out.columns is not None and app.out.columns < WIDE_COLUMNS:
        del columns["session"], columns["pain"]
    app.out.table(tuple(columns), [[cell(record) for cell in columns.values()] for record in records])


def _done_label(record: SessionRecord, *, running: bool) -> str:
    done, planned = record.stretch_counts
    end = "running" if running else END_LABELS.get(record.ended, record.ended)
    return f"{done} of {planned}" + (f", {end}" if end else "")


def _pain_label(record: SessionRecord) -> str:
    scores = record.scores.before, record.scores.after
    return "" if scores == (None, None) else " to ".join("-" if score is None else str(score) for score in scores)


def chart(history: History, columns: int) -> list[StyledLine]:
    """Return the chart in at most *columns* cells: weeks above a calendar, then areas, sides and pain.

    A narrow terminal shows as many of the last weeks as fit. Weeks without a whole minute have no chart but of pain.
    """
    if not any(round(week.seconds / 60) for week in history.weeks):
        return _pain_lines(history, min(columns, MAX_DETAIL_CELLS))
    weeks = history.weeks[-max(min((columns - LABEL_CELLS) // WEEK_CELLS, WEEKS), 1) :]
    mondays = [week.monday for week in weeks]
    title: StyledLine = (("Minutes per week", TextRole.NAME),)
    minutes = [round(week.seconds / 60) for week in weeks]
    lines = [title, *_week_bars(minutes), _month_labels(mondays), *_calendar_lines(history, mondays)]
    if columns < WIDE_COLUMNS:
        return [*lines, (), *_detail_lines(history, columns)]
    width = LABEL_CELLS + WEEK_CELLS * WEEKS
    return side_by_side((lines, _detail_lines(history, min(columns - width - 4, MAX_DETAIL_CELLS))), width, gap=4)


def _week_bars(minutes: Sequence[int]) -> Iterator[StyledLine]:
    """Yield the bars in steps of an eighth of a cell, with the minutes above each bar."""
    highest = max(minutes)
    eighths = [-(-count * BAR_HEIGHT * 8 // highest) if highest else 0 for count in minutes]
    for level in range(BAR_HEIGHT, -1, -1):
        line: list[tuple[str, TextRole]] = [(" " * LABEL_CELLS, TextRole.PLAIN)]
        for count, height in zip(minutes, eighths, strict=True):
            filled = min(max(height - 8 * level, 0), 8)
            if not filled and count and level == -(-height // 8):
                label = str(count) if count < 1000 else f"{count // 60}h"
                line.append((label.ljust(WEEK_CELLS), TextRole.TIME))
            else:
                line.append(((BAR_MARKS[filled - 1] if filled else " ") * (WEEK_CELLS - 1) + " ", TextRole.DONE))
        yield tuple(line)


def _month_labels(mondays: Sequence[date]) -> StyledLine:
    """Return the name of each month above its first Monday, if there is space for it."""
    text, previous = "", 0
    for week, monday in enumerate(mondays):
        if monday.month != previous and len(text) <= week * WEEK_CELLS:
            text = text.ljust(week * WEEK_CELLS) + MONTHS[monday.month - 1]
        previous = monday.month
    return ((" " * LABEL_CELLS + text, TextRole.DIM),)


def _calendar_lines(history: History, mondays: Sequence[date]) -> Iterator[StyledLine]:
    minutes = {day.day: day.seconds / 60 for day in history.days}
    for weekday, name in enumerate(WEEKDAYS):
        line: list[tuple[str, TextRole]] = [(f"{name.capitalize():<{LABEL_CELLS}}", TextRole.DIM)]
        for day in (monday + timedelta(days=weekday) for monday in mondays):
            mark, role = (" " if day > history.today else "·"), TextRole.LEFT
            if day in minutes:
                mark, role = 2 * DAY_MARKS[sum(minutes[day] >= level for level in DAY_LEVELS)], TextRole.SIDE
            line.append((mark.ljust(WEEK_CELLS), role))
        yield tuple(line)


def _detail_lines(history: History, cells: int) -> list[StyledLine]:
    areas = [(area.area, area.seconds, TextRole.DONE) for area in history.areas[:MAX_AREAS]]
    sides = [("left", history.left_seconds, TextRole.BREATH_IN), ("right", history.right_seconds, TextRole.BREATH_OUT)]
    lines: list[StyledLine] = []
    if areas:
        # Shorter than the sessions: without the warm-up, getting ready and the rests.
        lines += [(("Minutes stretched", TextRole.NAME),), *_horizontal_bars(areas, cells)]
    if any(seconds for _, seconds, _ in sides):
        lines += [(), (("Left and right", TextRole.NAME),), *_horizontal_bars(sides, cells)]
    if history.pain:
        lines += [(), *_pain_lines(history, cells)]
    return lines


def _horizontal_bars(bars: Sequence[tuple[str, float, TextRole]], cells: int) -> list[StyledLine]:
    name_cells = min(max(len(name) for name, _, _ in bars), 14)
    value_cells = max(len(whole_minutes(seconds)) for _, seconds, _ in bars)
    bar_cells = max(cells - name_cells - value_cells - 2, 1)
    longest = max(seconds for _, seconds, _ in bars) or 1
    lines: list[StyledLine] = []
    for name, seconds, role in bars:
        bar = "▆" * max(round(seconds * bar_cells / longest), 1 if seconds else 0)
        value = f" {whole_minutes(seconds):>{value_cells}}"
        label = f"{name[:name_cells]:<{name_cells}} "
        lines.append(((label, TextRole.PLAIN), (f"{bar:<{bar_cells}}", role), (value, TextRole.TIME)))
    return lines


def _pain_lines(history: History, cells: int) -> list[StyledLine]:
    if not history.pain:
        return []
    lines: list[StyledLine] = [(("Pain, 0 to 10", TextRole.NAME),)]
    series = {"before": [pain.before for pain in history.pain], "after": [pain.after for pain in history.pain]}
    for name, scores in series.items():
        known = [score for score in scores if score is not None]
        change = f"  {known[0]} to {known[-1]}" if known else ""
        label = f"{name:<7}"
        available = max(cells - len(label) - len(change), 1)
        line = sparkline(scores[-available:])
        lines.append(((label, TextRole.PLAIN), (line, TextRole.ALERT), (change, TextRole.TIME)))
    return lines


def sparkline(scores: Sequence[int | None]) -> str:
    """Return one mark for each score of 0 to 10, and a space for None."""
    return "".join(" " if score is None else BAR_MARKS[score * (len(BAR_MARKS) - 1) // 10] for score in scores)
