"""Reminders: the days that suit a routine, and an iCalendar file (RFC 5545) of recurring events with alarms."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from uuid import NAMESPACE_URL, uuid5

from msgspec import Struct

from stretch.core.routine import DESK_BREAK_MIN
from stretch.core.text import one_line
from stretch.core.vocabulary import WEEKDAYS, Weekday

DESK_BREAK_DAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
"""Days of desk breaks (rule RB17)."""
SESSION_DAYS: tuple[Weekday, ...] = ("mon", "wed", "fri")
"""Three sessions a week (rule RB17) keep the gain (rule D12), and each is followed by the rest day of rule D14."""
MAX_TIMES_PER_DAY = 3
"""Rule D13: no more than three short sessions a day."""
SPREAD_DAYS: tuple[tuple[Weekday, ...], ...] = (
    ("mon",),
    ("mon", "thu"),
    SESSION_DAYS,
    ("mon", "tue", "thu", "fri"),
    DESK_BREAK_DAYS,
    WEEKDAYS[:6],
    WEEKDAYS,
)
"""The days for a number of days a week, from one."""
FIRST_MIN, LAST_MIN = 8 * 60, 20 * 60
"""The first and the last time of several in one day, in minutes."""
MAX_LINE_OCTETS = 75
"""Longest line without its line end (section 3.1)."""


class Reminder(Struct, frozen=True, kw_only=True):
    """A routine, and the days and local times at which it is due."""

    title: str
    minutes: int
    """Length of the routine, rounded up."""
    command: str
    """Command line that starts it."""
    days: tuple[Weekday, ...]
    times: tuple[time, ...]
    starts: date | None = None
    until: date | None = None
    """The last day."""

    def first(self, now: datetime, at: time) -> datetime:
        """Return when it is first due after *now* at the time *at*."""
        if self.starts and self.starts > now.date():
            now = datetime.combine(self.starts, time.min) - timedelta(minutes=1)
        return first_occurrence(now, self.days, at)

    def ends_before(self, now: datetime, at: time) -> bool:
        """Return whether it is never due after *now* at the time *at*."""
        return self.until is not None and self.first(now, at).date() > self.until


def prescribed_days(days: int | tuple[Weekday, ...]) -> tuple[Weekday, ...]:
    """Return named *days*, or so many days a week, spread over it."""
    return SPREAD_DAYS[days - 1] if isinstance(days, int) else tuple(day for day in WEEKDAYS if day in days)


def prescribed_times(count: int) -> tuple[time, ...]:
    """Return *count* times of day, spread from eight to eight."""
    minutes = (FIRST_MIN + (LAST_MIN - FIRST_MIN) * number // (count - 1) for number in range(count))
    return tuple(time(*divmod(minute - minute % 5, 60)) for minute in minutes)


def default_days(minutes: float, *, rest: bool) -> tuple[Weekday, ...]:
    """Return the days for a routine of this length: a desk break on each working day, a session every other day."""
    return DESK_BREAK_DAYS if minutes <= DESK_BREAK_MIN and not rest else SESSION_DAYS


def consecutive_days(days: Sequence[Weekday]) -> tuple[tuple[Weekday, Weekday], ...]:
    """Return the pairs of *days* that follow each other; Monday follows Sunday."""
    return tuple(
        (day, after)
        for day, after in zip(WEEKDAYS, (*WEEKDAYS[1:], WEEKDAYS[0]), strict=True)
        if {day, after} <= {*days}
    )


def calendar(reminder: Reminder, *, now: datetime, stamp: datetime, version: str) -> str:
    """Return the text of the file, with one event for each time of day and CR LF line ends.

    *now* is the local time without a zone: the events float, so that 18:00 stays 18:00 in every time zone. *stamp* is
    the same moment in UTC. The UID depends on the routine, the days and the time: importing the same reminder again
    replaces its event instead of adding another, and two reminders stay two.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//stretch-timer//stretch {version}//EN",
        "CALSCALE:GREGORIAN",
        *(
            line
            for at in reminder.times
            if not reminder.ends_before(now, at)
            for line in _event(reminder, at, now, stamp)
        ),
        "END:VCALENDAR",
    ]
    return "".join(f"{part}\r\n" for line in lines for part in _fold(line))


def first_occurrence(now: datetime, days: tuple[Weekday, ...], at: time) -> datetime:
    """Return the first moment after *now* that is on one of *days* at the time *at*."""
    upcoming = (datetime.combine(now.date() + timedelta(days=count), at) for count in range(len(WEEKDAYS) + 1))
    return next(moment for moment in upcoming if moment > now and WEEKDAYS[moment.weekday()] in days)


def _event(reminder: Reminder, at: time, now: datetime, stamp: datetime) -> Iterator[str]:
    start = reminder.first(now, at)
    identity = f"{reminder.title}:{reminder.command}:{','.join(sorted(reminder.days))}:{at:%H:%M}"
    summary = _escape(f"Stretch: {reminder.title}")
    yield "BEGIN:VEVENT"
    yield f"UID:{uuid5(NAMESPACE_URL, f'stretch-timer:{identity}')}"
    yield f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}"
    yield f"DTSTART:{start:%Y%m%dT%H%M%S}"
    yield f"DURATION:PT{reminder.minutes}M"
    by_day = ",".join(day[:2].upper() for day in WEEKDAYS if day in reminder.days)
    rule = "FREQ=DAILY" if len(reminder.days) == len(WEEKDAYS) else f"FREQ=WEEKLY;BYDAY={by_day}"
    # In local time, like the start.
    yield f"RRULE:{rule}" + (f";UNTIL={reminder.until:%Y%m%d}T235959" if reminder.until else "")
    yield f"SUMMARY:{summary}"
    yield f"DESCRIPTION:{_escape(f'In a terminal: {reminder.command}')}"
    yield "CATEGORIES:Stretching"
    # Shared calendars must not show the person as busy.
    yield "TRANSP:TRANSPARENT"
    yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{summary}", "TRIGGER:PT0S", "END:VALARM", "END:VEVENT")


def _escape(text: str) -> str:
    """Return *text* on one line as a value of type TEXT (section 3.3.11)."""
    return one_line(text).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _fold(line: str) -> Iterator[str]:
    """Split *line* into parts of at most 75 octets without cutting a character; later parts begin with a space."""
    part, octets = "", 0
    for character in line:
        size = len(character.encode())
        if octets + size > MAX_LINE_OCTETS:
            yield part
            part, octets = " ", 1
        part += character
        octets += size
    yield part
