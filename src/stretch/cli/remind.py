"""`stretch remind`: the routine in the calendar, or in the system's own scheduler."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stretch.cli.options import routine_options
from stretch.cli.outside import as_typed, for_person
from stretch.core.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from stretch.cli.app import App
    from stretch.export.reminder import Reminder
    from stretch.export.schedule import System

DEFAULT_TIME = "18:00"
SYSTEM_NAMES = ("systemd", "cron", "launchd", "windows")
SHORTCUTS = {"daily": "mon,tue,wed,thu,fri,sat,sun", "weekdays": "mon,tue,wed,thu,fri"}


@click.command("remind")
@routine_options
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(), help="Write a calendar, .ics, for any program that has one."
)
@click.option("--at", "times", multiple=True, metavar="HH:MM", help=f"When, up to 3 times.  [default: {DEFAULT_TIME}]")
@click.option("--days", metavar="DAYS", help="mon,wed,fri or daily or weekdays.  [default: as often as is good]")
@click.option("--for", "system", type=click.Choice(SYSTEM_NAMES), help="Which scheduler.  [default: this system's]")
@click.option("--install", is_flag=True, help="Put it into this system's scheduler, in place of the one before.")
@click.option("--remove", is_flag=True, help="Take it out of this system's scheduler.")
@click.pass_context
def remind_command(
    ctx: click.Context,
    /,
    output: str | None,
    times: tuple[str, ...],
    days: str | None,
    system: System | None,
    install: bool,
    remove: bool,
    **asked: Any,
) -> None:
    """Be reminded: by your calendar, or by the scheduler of this system. Nothing of ours runs meanwhile.

    It takes the options of `stretch routine`. Alone it prints what --install would tell the scheduler.
    """
    app: App = ctx.obj
    if sum(map(bool, (output, install, remove))) > 1:
        raise UsageError("-o, --install and --remove are three different things: take one of them.")
    if remove:
        _remove(app)
    else:
        reminder = _reminder(ctx, days, times or (DEFAULT_TIME,), asked)
        if output:
            from pathlib import Path

            _write_calendar(app, reminder, Path(output))
        else:
            _schedule(app, reminder, system, install=install)


def _reminder(ctx: click.Context, days: str | None, times: tuple[str, ...], asked: dict[str, Any]) -> Reminder:
    from stretch.core.timing import timeline
    from stretch.export import weekly
    from stretch.export.reminder import Reminder

    app: App = ctx.obj
    on, at = _days(days) if days else None, _times(times)
    routine, rest = for_person(app, asked)
    minutes = max(1, -(-timeline.build(routine).length // 60_000))
    on = on or weekly.days_for(minutes, rest=rest)
    if rest and (pairs := weekly.in_a_row(on)):
        first, second = (weekly.NAMES[day] for day in pairs[0])
        app.tell(f"This routine wants a rest day or a gentle day after it, and {second} follows {first}.")
    return Reminder(title=routine.title, minutes=minutes, command=as_typed(ctx), days=on, times=at)


def _days(text: str) -> tuple[Any, ...]:
    from stretch.export.weekly import DAYS, NAMES

    wanted = [word.strip().lower() for word in SHORTCUTS.get(text.lower(), text).split(",")]
    for word in wanted:
        if word not in DAYS and word.capitalize() not in NAMES.values():
            raise UsageError(f"--days {text}: {', '.join(DAYS)} with commas between them, or daily, or weekdays.")
    return tuple(day for day in DAYS if any(word.startswith(day) for word in wanted))


def _times(texts: tuple[str, ...]) -> tuple[Any, ...]:
    from datetime import datetime

    from stretch.export.reminder import MOST_TIMES

    try:
        times = sorted({datetime.strptime(text, "%H:%M").time() for text in texts})
    except ValueError:
        raise UsageError(f"--at {' '.join(texts)}: a time is HH:MM, such as {DEFAULT_TIME}.") from None
    if len(times) > MOST_TIMES:
        raise UsageError(f"--at: {MOST_TIMES} times a day are the most that are of use.")
    return tuple(times)


def _write_calendar(app: App, reminder: Reminder, path: Path) -> None:
    from datetime import UTC

    from stretch import __version__
    from stretch.export.calendar import ics

    if path.suffix.lower() != ".ics":
        raise UsageError(f"-o {path}: a calendar has a name that ends in .ics.")
    now = app.now()
    text = ics(reminder, now=now.replace(tzinfo=None), stamp=now.astimezone(UTC), version=__version__)
    path.write_text(text, encoding="utf-8", newline="")
    app.tell(f"{path}: {_when(reminder)}. Open it, and your calendar asks whether to take it in.")


def _schedule(app: App, reminder: Reminder, system: System | None, *, install: bool) -> None:
    from stretch.export import install as installing
    from stretch.export import schedule

    machine = app.machine
    known = installing.systems(machine)
    chosen = system or known[0]
    command = installing.notifier(reminder.text, machine)
    if not install:
        app.stdout.write(schedule.lines(chosen, reminder, command))
        app.tell("Nothing is changed: --install does it, -o FILE.ics writes a calendar instead.")
        return
    if chosen not in known:
        raise UsageError(f"--for {chosen}: this system has {' and '.join(known)}.")
    installing.install(chosen, reminder, command, machine)
    app.tell(f"Reminder for {_when(reminder)} ({chosen}). `stretch remind --remove` takes it away.")


def _when(reminder: Reminder) -> str:
    times = " and ".join(f"{at:%H:%M}" for at in reminder.times)
    return f"{', '.join(reminder.days)} at {times}"


def _remove(app: App) -> None:
    from stretch.export.install import remove

    removed = remove(app.machine)
    app.tell(f"Removed ({', '.join(removed)})." if removed else "There was no reminder.")
