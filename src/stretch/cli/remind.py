"""`stretch remind`: a calendar file that reminds of a routine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from stretch.cli.options import OUTPUT, equivalent_command, routine_options
from stretch.core.errors import UsageError
from stretch.core.vocabulary import WEEKDAY_LABELS, WEEKDAYS, Weekday

if TYPE_CHECKING:
    from datetime import time

    from stretch.cli.app import App
    from stretch.cli.request import RoutineOptions

DEFAULT_TIME = "18:00"
SHORTCUTS = {"daily": ",".join(WEEKDAYS), "weekdays": ",".join(WEEKDAYS[:5])}


@click.command(
    "remind",
    help="""Write a calendar file that reminds you to stretch.

    Takes the options of `stretch routine`. Open the file to add the reminder to your calendar.
    """,
)
@routine_options
@click.option("-o", "--output", required=True, metavar="FILE.ics", type=OUTPUT, help="Calendar file to write.")
@click.option(
    "--at", "times", multiple=True, metavar="HH:MM", help=f"Time of day, up to 3 times.  [default: {DEFAULT_TIME}]"
)
@click.option(
    "--days",
    metavar="DAYS",
    help="Days such as mon,wed,fri, or daily, or weekdays.  [default: the days that suit the routine]",
)
@click.pass_context
def remind_command(
    ctx: click.Context, /, output: Path, times: tuple[str, ...], days: str | None, options: RoutineOptions
) -> None:
    from datetime import UTC

    from stretch import __version__
    from stretch.cli.request import personalized_routine
    from stretch.core.timing.timeline import build_timeline
    from stretch.export.ical import Reminder, calendar
    from stretch.export.training_frequency import consecutive_days, default_days
    from stretch.storage.files.safe_io import write_text

    app: App = ctx.obj
    if output.suffix.lower() != ".ics":
        raise UsageError(f"--output {output}: the file name must end in .ics.")
    chosen_days, hours = _days(days) if days else None, _times(times or (DEFAULT_TIME,))
    routine, rest = personalized_routine(app, options)
    minutes = max(1, -(-build_timeline(routine).length_ms // 60_000))
    on = chosen_days or default_days(minutes, rest=rest)
    if rest and (pairs := consecutive_days(on)):
        first, second = (WEEKDAY_LABELS[day] for day in pairs[0])
        app.info(f"This routine needs a rest day or a gentle day after it, but {second} follows {first}.")
    reminder = Reminder(title=routine.title, minutes=minutes, command=equivalent_command(ctx), days=on, times=hours)
    now = app.now()
    text = calendar(reminder, now=now.replace(tzinfo=None), stamp=now.astimezone(UTC), version=__version__)
    write_text(output, text)
    when = " and ".join(f"{at:%H:%M}" for at in hours)
    app.info(f"Saved {output} ({_days_label(on)} {when}). Open it to add it to your calendar.")


def _days_label(days: tuple[Weekday, ...]) -> str:
    first = WEEKDAYS.index(days[0])
    if len(days) > 2 and days == WEEKDAYS[first : first + len(days)]:
        return f"{days[0].title()}-{days[-1].title()}"
    return ", ".join(day.title() for day in days)


def _days(text: str) -> tuple[Weekday, ...]:
    words = [word.strip().lower() for word in SHORTCUTS.get(text.lower(), text).split(",")]
    if not {*words} <= {*WEEKDAYS, *map(str.lower, WEEKDAY_LABELS.values())}:
        raise UsageError(f"--days {text}: give {', '.join(WEEKDAYS)} with commas between them, or daily, or weekdays.")
    return tuple(day for day in WEEKDAYS if any(word.startswith(day) for word in words))


def _times(texts: tuple[str, ...]) -> tuple[time, ...]:
    from datetime import datetime

    from stretch.export.ical import MAX_TIMES_PER_DAY

    try:
        times = sorted({datetime.strptime(text, "%H:%M").time() for text in texts})
    except ValueError:
        raise UsageError(f"--at {' '.join(texts)}: write a time as HH:MM, such as {DEFAULT_TIME}.") from None
    if len(times) > MAX_TIMES_PER_DAY:
        raise UsageError(f"--at: give at most {MAX_TIMES_PER_DAY} times a day.")
    return tuple(times)
