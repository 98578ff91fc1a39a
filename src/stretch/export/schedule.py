"""A reminder -> the lines that cron, a systemd user timer, launchd and the Windows Task Scheduler understand."""

from __future__ import annotations

import plistlib
import shlex
from collections.abc import Sequence
from subprocess import list2cmdline
from typing import Literal, get_args

from stretch.export.reminder import Reminder
from stretch.export.weekly import DAYS, Day

System = Literal["systemd", "cron", "launchd", "windows"]

SYSTEMS: tuple[System, ...] = get_args(System)
UNIT = "stretch-reminder"
LABEL = "stretch-timer.reminder"
TASK = "stretch reminder"
BEGIN = "# stretch reminder, begin: `stretch remind --remove` takes this away"
END = "# stretch reminder, end"
LONGEST_TASK = 261
"""Characters of a command that the Task Scheduler takes."""


def lines(system: System, reminder: Reminder, command: Sequence[str]) -> str:
    """Return all that *system* has to be told so that *command* runs when the reminder is due, for a person to read.

    What is for launchd goes into a file of `~/Library/LaunchAgents`, whose name is LABEL with `.plist`.
    """
    match system:
        case "cron":
            return cron(reminder, command)
        case "systemd":
            return "\n".join(
                f"# ~/.config/systemd/user/{name}\n{text}" for name, text in systemd(reminder, command).items()
            )
        case "launchd":
            return launchd(reminder, command)
        case "windows":
            return "".join(f"{list2cmdline(task)}\n" for task in windows(reminder, command))


def cron(reminder: Reminder, command: Sequence[str]) -> str:
    """Return the lines for a crontab, between two comments by which they are found again."""
    # To cron a percent sign is the end of the command.
    what = shlex.join(command).replace("%", r"\%")
    numbers = ",".join(str(number) for number in sorted(_from_sunday(day) for day in reminder.days))
    on = "*" if len(reminder.days) == len(DAYS) else numbers
    entries = (f"{at.minute} {at.hour} * * {on} {what}" for at in reminder.times)
    return "\n".join((BEGIN, *entries, END)) + "\n"


def systemd(reminder: Reminder, command: Sequence[str]) -> dict[str, str]:
    """Return the two unit files by their names."""
    what = " ".join(_unit_word(word) for word in command)
    on = ",".join(day.capitalize() for day in DAYS if day in reminder.days)
    due = "".join(f"OnCalendar={on} *-*-* {at:%H:%M}:00\n" for at in reminder.times)
    service = f"[Unit]\nDescription=Remind of stretching\n\n[Service]\nType=oneshot\nExecStart={what}\n"
    timer = f"[Unit]\nDescription=When to be reminded of stretching\n\n[Timer]\n{due}AccuracySec=1s\n"
    return {f"{UNIT}.service": service, f"{UNIT}.timer": f"{timer}\n[Install]\nWantedBy=timers.target\n"}


def launchd(reminder: Reminder, command: Sequence[str]) -> str:
    """Return the property list of the agent."""
    due = [
        {"Weekday": _from_sunday(day), "Hour": at.hour, "Minute": at.minute}
        for day in reminder.days
        for at in reminder.times
    ]
    agent = {"Label": LABEL, "ProgramArguments": list(command), "StartCalendarInterval": due}
    return plistlib.dumps(agent, sort_keys=False).decode()


def windows(reminder: Reminder, command: Sequence[str]) -> list[list[str]]:
    """Return the arguments that make the tasks, one for each time of day."""
    on = ",".join(day.upper() for day in DAYS if day in reminder.days)
    what = list2cmdline(command)
    return [
        ["schtasks", "/Create", "/F", "/TN", name, "/SC", "WEEKLY", "/D", on, "/ST", f"{at:%H:%M}", "/TR", what]
        for name, at in zip(task_names(), reminder.times, strict=False)
    ]


def task_names() -> tuple[str, ...]:
    """Return the names that the tasks of Windows may have, the first one first."""
    return (TASK, f"{TASK} 2", f"{TASK} 3")


def _from_sunday(day: Day) -> int:
    """Return the number that cron and launchd have for a day, Sunday being 0."""
    return (DAYS.index(day) + 1) % len(DAYS)


def _unit_word(word: str) -> str:
    """Return one word of a command as it stands in a unit file, where `%` and `$` mean something too."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'
