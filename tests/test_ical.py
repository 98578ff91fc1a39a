"""Calendar files by their standard, and `stretch remind`, which writes them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from stretch.cli.app import App
from stretch.core.vocabulary import WEEKDAYS, Weekday
from stretch.export.ical import Reminder, calendar, first_occurrence
from support import run
from test_prescribed import STARTS, Patient
from test_prescription import RX, rx_file

NOW = datetime(2026, 3, 4, 18, 30)  # a Wednesday
days_of_week = st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True).map(tuple)
times_of_day = st.lists(
    st.times().map(lambda at: at.replace(second=0, microsecond=0)), min_size=1, max_size=3, unique=True
)


def reminder(
    title: str = "Lower back",
    days: tuple[Weekday, ...] = ("mon", "wed", "fri"),
    times: tuple[time, ...] = (time(18, 0),),
) -> Reminder:
    return Reminder(title=title, minutes=15, command="stretch routine", days=days, times=times)


def calendar_text(made: Reminder, now: datetime = NOW) -> str:
    return calendar(made, now=now, stamp=datetime(2026, 3, 4, 17, 30, tzinfo=UTC), version="1.0")


def unfolded(text: str) -> list[tuple[str, str]]:
    """Return the names and values of the lines, unfolded (section 3.1)."""
    lines = text.replace("\r\n ", "").split("\r\n")
    assert lines.pop() == ""
    return [(line.partition(":")[0], line.partition(":")[2]) for line in lines]


def unescaped(value: str) -> str:
    return re.sub(r"\\([\\;,])", r"\1", value)


def prescribed_calendar(tmp_path: Path, old: str = "for:", new: str = "for:", *options: str, day: date = STARTS) -> str:
    """The calendar of the prescription after a change to its text, or what is wrong with it."""
    assert old in RX
    rx, file = rx_file(tmp_path, RX.replace(old, new)), tmp_path / "rx.ics"
    args = ("remind", "--catalog", str(rx), "--program", "mrs-jones", "-o", str(file), *options)
    done = run(*args, app=Patient(tmp_path, day))
    return file.read_bytes().decode().replace("\r\n", "\n") if done.exit_code == 0 else done.stderr


def starts_and_rules(text: str) -> list[str]:
    return re.findall(r"^(?:DTSTART:|RRULE:FREQ=)(.*)$", text, re.MULTILINE)


def test_a_prescription_has_its_own_days_times_and_end(tmp_path: Path) -> None:
    rule = "WEEKLY;BYDAY=MO,WE,FR;UNTIL=20261213T235959"
    assert starts_and_rules(prescribed_calendar(tmp_path)) == ["20261104T080000", rule, "20261102T200000", rule]
    early = prescribed_calendar(tmp_path, day=date(2026, 10, 1))
    assert starts_and_rules(early) == ["20261102T080000", rule, "20261102T200000", rule]
    given = prescribed_calendar(tmp_path, "for:", "for:", "--at", "07:00", "--days", "daily")
    assert starts_and_rules(given) == ["20261103T070000", "DAILY;UNTIL=20261213T235959"]
    five = prescribed_calendar(tmp_path, "[mon, wed, fri]", "5")
    assert "BYDAY=MO,TU,WE,TH,FR;UNTIL" in five
    often = starts_and_rules(prescribed_calendar(tmp_path, "times_a_day: 2", "times_a_day: 5"))
    assert [start[-6:] for start in often[::2]] == ["080000", "110000", "140000", "170000", "200000"]
    once = starts_and_rules(prescribed_calendar(tmp_path, "    times_a_day: 2\n", ""))
    assert once == ["20261102T180000", rule]


def test_a_prescription_that_is_over_has_no_calendar(tmp_path: Path) -> None:
    last = prescribed_calendar(tmp_path, day=date(2026, 12, 12))
    assert "Mrs Jones, lower back is over: the review was on 13 Dec 2026." in last
    assert "is over" not in prescribed_calendar(tmp_path, day=date(2026, 12, 11))


def test_the_text_of_a_calendar() -> None:
    assert calendar_text(reminder()).replace("\r\n", "\n") == (
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//stretch-timer//stretch 1.0//EN\nCALSCALE:GREGORIAN\n"
        "BEGIN:VEVENT\nUID:22733833-828a-5f87-b8e6-01b18ddd2e7e\nDTSTAMP:20260304T173000Z\nDTSTART:20260306T180000\n"
        "DURATION:PT15M\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR\nSUMMARY:Stretch: Lower back\n"
        "DESCRIPTION:In a terminal: stretch routine\nCATEGORIES:Stretching\nTRANSP:TRANSPARENT\n"
        "BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:Stretch: Lower back\nTRIGGER:PT0S\nEND:VALARM\n"
        "END:VEVENT\nEND:VCALENDAR\n"
    )


@example("漢" * 60, ("mon",), [time(18)])
@given(st.text("é漢a,;\\\n", max_size=120) | st.text(max_size=120), days_of_week, times_of_day)
def test_any_calendar_follows_the_standard(title: str, days: tuple[Weekday, ...], times: list[time]) -> None:
    made = reminder(title, days, tuple(times))
    text = calendar_text(made)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    lines = unfolded(text)
    open_sections: list[str] = []
    for name, value in lines:
        if name == "BEGIN":
            open_sections.append(value)
        elif name == "END":
            assert open_sections.pop() == value
    assert open_sections == []
    assert len({value for name, value in lines if name == "UID"}) == len(times)
    assert not [value for name, value in lines if name == "SUMMARY" and re.search(r"(?<!\\)(?:\\\\)*[,;]", value)]
    summaries = [unescaped(value) for name, value in lines if name == "SUMMARY"]
    shown = " ".join("".join(c if c.isprintable() else " " for c in f"Stretch: {title}").split())
    assert summaries == [shown] * len(times)
    for name, value in lines:
        if name == "DTSTART":
            start = datetime.strptime(value, "%Y%m%dT%H%M%S")
            assert NOW < start <= NOW + timedelta(days=7)
            assert WEEKDAYS[start.weekday()] in days


@given(st.text(max_size=120), days_of_week, times_of_day)
def test_any_calendar_is_read_by_icalendar(title: str, days: tuple[Weekday, ...], times: list[time]) -> None:
    read = Calendar.from_ical(calendar_text(reminder(title, days, tuple(times))))
    assert read.errors == []
    events: list[Any] = list(read.walk("VEVENT"))
    assert [event["DTSTART"].dt.time() for event in events] == times
    for event in events:
        assert event.errors == []
        assert event["DTSTART"].dt.tzinfo is None
        assert event["DTSTAMP"].dt == datetime(2026, 3, 4, 17, 30, tzinfo=UTC)
        assert event["DURATION"].dt == timedelta(minutes=15)
        rule = event["RRULE"]
        assert rule["FREQ"] == (["DAILY"] if len(days) == 7 else ["WEEKLY"])
        assert set(rule.get("BYDAY", ("MO", "TU", "WE", "TH", "FR", "SA", "SU"))) == {day[:2].upper() for day in days}
        (alarm,) = event.walk("VALARM")
        assert (alarm["ACTION"], alarm["TRIGGER"].dt) == ("DISPLAY", timedelta(0))
        assert alarm["DESCRIPTION"] == event["SUMMARY"]


def uid(made: Reminder, now: datetime = NOW) -> str:
    return dict(unfolded(calendar_text(made, now)))["UID"]


def test_the_uid_differs_where_the_reminder_differs() -> None:
    reminders = [
        reminder(),
        reminder("Neck"),
        reminder(days=("mon", "wed")),
        reminder(times=(time(9),)),
        msgspec.structs.replace(reminder(), command="stretch routine --minutes 6"),
    ]
    assert len({uid(made) for made in reminders}) == len(reminders)
    assert uid(reminder(), NOW + timedelta(days=9)) == uid(reminder())
    assert uid(reminder(times=(time(9), time(18)))) == uid(reminder()), "each time of day is its own event"


def test_the_same_command_makes_the_same_uid(app: App, file: Path) -> None:
    uids = [
        dict(remind(app, file, *args))["UID"]
        for args in (
            ("-a", "neck", "-m", "6", "--days", "mon,tue"),
            ("--minutes", "6", "--days", "tue,mon", "--area", "neck"),
            ("-a", "neck", "-m", "10", "--days", "mon,tue"),
            ("-a", "neck", "-m", "6", "--days", "tue"),
            ("-a", "neck", "-m", "6", "--days", "mon,tue", "--at", "09:00"),
        )
    ]
    assert uids[0] == uids[1]
    assert len(set(uids)) == 4


def test_all_seven_days_are_one_daily_rule() -> None:
    assert dict(unfolded(calendar_text(reminder(days=WEEKDAYS))))["RRULE"] == "FREQ=DAILY"


@pytest.mark.parametrize(
    ("now", "first"),
    [
        (datetime(2026, 3, 4, 17, 59), datetime(2026, 3, 4, 18)),
        (datetime(2026, 3, 4, 18, 0), datetime(2026, 3, 11, 18)),
        (datetime(2026, 12, 31, 12), datetime(2027, 1, 6, 18)),
    ],
)
def test_the_first_occurrence_is_after_now(now: datetime, first: datetime) -> None:
    assert first_occurrence(now, ("wed",), time(18)) == first


# -- the command


class FixedClockApp(App):
    def now(self) -> datetime:
        return NOW.replace(tzinfo=timezone(timedelta(hours=1)))


@pytest.fixture
def app(tmp_path: Path) -> App:
    return FixedClockApp(environ={"STRETCH_HOME": str(tmp_path)})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "stretch.ics"


def remind(app: App, file: Path, *args: str) -> list[tuple[str, str]]:
    """Run the command; return the lines of the file that it writes."""
    result = run("remind", *args, "-o", str(file), app=app)
    assert result.exit_code == 0, result.output
    return unfolded(file.read_bytes().decode())


def test_remind_writes_a_calendar(app: App, file: Path) -> None:
    lines = remind(app, file, "-a", "neck", "--at", "7:30", "--at", "18:00")
    assert [value for name, value in lines if name == "DTSTART"] == ["20260306T073000", "20260306T180000"]
    assert ("DTSTAMP", "20260304T173000Z") in lines
    assert ("DESCRIPTION", "In a terminal: stretch routine --area neck") in lines


@pytest.mark.parametrize(
    ("days", "label"),
    [("wed,Monday", "Mon, Wed"), ("weekdays", "Mon-Fri"), ("daily", "Mon-Sun"), ("tue,wed", "Tue, Wed")],
)
def test_remind_says_what_it_saved(app: App, file: Path, days: str, label: str) -> None:
    result = run("remind", "--days", days, "--at", "20:00", "-o", str(file), app=app)
    assert result.stderr == f"Saved {file} ({label} 20:00). Open it to add it to your calendar.\n"


def test_desk_breaks_are_on_working_days_at_six(app: App, file: Path) -> None:
    lines = remind(app, file, "-a", "neck", "-m", "6")
    assert ("RRULE", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR") in lines
    assert [value for name, value in lines if name == "DTSTART"] == ["20260305T180000"]


def test_times_are_sorted_and_repeated_ones_dropped(app: App, file: Path) -> None:
    lines = remind(app, file, "--days", "daily", "--at", "18:00", "--at", "18:00", "--at", "9:00")
    assert [value[-6:] for name, value in lines if name == "DTSTART"] == ["090000", "180000"]


@pytest.mark.parametrize("option", ["--morning", "--no-morning"])
def test_the_command_in_the_reminder_keeps_the_morning_option(app: App, file: Path, option: str) -> None:
    assert ("DESCRIPTION", f"In a terminal: stretch routine {option}") in remind(app, file, option)


def test_a_line_break_in_a_path_stays_in_the_description(tmp_path: Path) -> None:
    made = msgspec.structs.replace(reminder("Neck\nUp"), command="stretch routine --catalog 'a\nEND:VEVENT'")
    lines = unfolded(calendar_text(made))
    assert ("SUMMARY", "Stretch: Neck Up") in lines
    assert ("DESCRIPTION", "In a terminal: stretch routine --catalog 'a END:VEVENT'") in lines


def test_a_routine_that_needs_rest_days_gets_them_or_a_warning(app: App, file: Path) -> None:
    deep = ("--program", "hips-and-hams", "--as-written")
    assert ("RRULE", "FREQ=WEEKLY;BYDAY=MO,WE,FR") in remind(app, file, *deep)
    output = ("-o", str(file))
    assert "Tuesday follows Monday" in run("remind", *deep, "--days", "mon,tue", *output, app=app).stderr
    assert "follows" not in run("remind", *deep, "--days", "mon,thu", *output, app=app).stderr


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ((), "--output is missing"),
        (("-o", "x.txt"), ".ics"),
        (("-o", "x.ics", "--at", "25:00"), "HH:MM"),
        (("-o", "x.ics", "--at", "noon"), "HH:MM"),
        (("-o", "x.ics", "--at", "1:00", "--at", "2:00", "--at", "3:00", "--at", "4:00"), "3 times"),
        (("-o", "x.ics", "--days", "mon,fry"), "mon, tue"),
        (("-o", "x.ics", "--days", "mon,,tue"), "mon, tue"),
        (("-o", "x.ics", "-a", "nek"), "neck"),
    ],
)
def test_remind_refuses_in_one_sentence(
    app: App, args: tuple[str, ...], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("remind", *args, app=app)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
