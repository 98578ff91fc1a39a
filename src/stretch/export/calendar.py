"""A reminder -> an iCalendar file (RFC 5545) that any calendar can import: an event that recurs, with an alarm."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from stretch.export.reminder import Reminder, first_after
from stretch.export.weekly import DAYS, Day

OCTETS = 75
"""A line is not longer than this, without its end (section 3.1)."""
BY_DAY: dict[Day, str] = dict(zip(DAYS, ("MO", "TU", "WE", "TH", "FR", "SA", "SU"), strict=True))


def ics(reminder: Reminder, *, now: datetime, stamp: datetime, version: str) -> str:
    """Return the calendar, one event for each time of day, lines ended by CR LF as the standard wants them.

    *now* is the local time without a zone: the events float, so that six o'clock is six o'clock wherever one is.
    *stamp* is the same moment in UTC. The same routine has the same identity, so that importing it again moves the
    event and does not add another.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//stretch-timer//stretch {version}//EN",
        "CALSCALE:GREGORIAN",
        *(line for index in range(len(reminder.times)) for line in _event(reminder, index, now, stamp)),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _event(reminder: Reminder, index: int, now: datetime, stamp: datetime) -> Iterator[str]:
    start = first_after(now, reminder.days, reminder.times[index])
    summary = _text(f"Stretch: {reminder.title}")
    yield "BEGIN:VEVENT"
    yield f"UID:{uuid5(NAMESPACE_URL, f'stretch-timer:{reminder.title}:{index}')}"
    yield f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}"
    yield f"DTSTART:{start:%Y%m%dT%H%M%S}"
    yield f"DURATION:PT{reminder.minutes}M"
    yield f"RRULE:{_rule(reminder.days)}"
    yield f"SUMMARY:{summary}"
    yield f"DESCRIPTION:{_text(f'In a terminal: {reminder.command}')}"
    yield "CATEGORIES:Stretching"
    # Nobody should be told that one is busy.
    yield "TRANSP:TRANSPARENT"
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield f"DESCRIPTION:{summary}"
    yield "TRIGGER:PT0S"
    yield "END:VALARM"
    yield "END:VEVENT"


def _rule(days: tuple[Day, ...]) -> str:
    if len(days) == len(DAYS):
        return "FREQ=DAILY"
    return f"FREQ=WEEKLY;BYDAY={','.join(BY_DAY[day] for day in DAYS if day in days)}"


def _text(text: str) -> str:
    """Return *text* as a value of type TEXT (section 3.3.11), as one line."""
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return line.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> Iterator[str]:
    """Return *line* in pieces of at most 75 octets, each after the first begun by a space, no character cut in two."""
    piece, octets = "", 0
    for character in line:
        size = len(character.encode())
        if octets + size > OCTETS:
            yield piece
            piece, octets = " ", 1
        piece += character
        octets += size
    yield piece
