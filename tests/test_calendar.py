"""Reminders: the calendar file by its standard, the lines for each scheduler, and what is installed and removed."""

from __future__ import annotations

import plistlib
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta, timezone
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from stretch.cli.app import App
from stretch.core.errors import StretchError
from stretch.export import install, notify, schedule
from stretch.export.calendar import ics
from stretch.export.install import Answer, Machine
from stretch.export.reminder import Reminder, first_after
from stretch.export.schedule import BEGIN, END, LABEL
from stretch.export.weekly import DAYS, Day
from support import run

NOW = datetime(2026, 3, 4, 18, 30)  # a Wednesday
COMMAND = ("/usr/bin/python3", "-m", "stretch.export.notify", "Lower back, 15 min: stretch routine")
HOSTILE = st.text("%$'\"\\`;|&<> aé", min_size=1, max_size=20) | st.text(min_size=1, max_size=60).filter(
    str.isprintable
)
days_of_week = st.lists(st.sampled_from(DAYS), min_size=1, unique=True).map(tuple)
times_of_day = st.lists(
    st.times().map(lambda at: at.replace(second=0, microsecond=0)), min_size=1, max_size=3, unique=True
)


def reminder(
    title: str = "Lower back", days: tuple[Day, ...] = ("mon", "wed", "fri"), times: tuple[time, ...] = (time(18, 0),)
) -> Reminder:
    return Reminder(title=title, minutes=15, command="stretch routine", days=days, times=times)


# -- the calendar


def calendar(made: Reminder, now: datetime = NOW) -> str:
    return ics(made, now=now, stamp=datetime(2026, 3, 4, 17, 30, tzinfo=UTC), version="1.0")


def unfolded(text: str) -> list[tuple[str, str]]:
    """Return the lines as names and values, put together again as the standard says (section 3.1)."""
    lines = text.replace("\r\n ", "").split("\r\n")
    assert lines.pop() == ""
    return [(line.partition(":")[0], line.partition(":")[2]) for line in lines]


def unescaped(value: str) -> str:
    return re.sub(r"\\([\\;,])", r"\1", value)


def test_a_calendar_as_it_is_written() -> None:
    assert calendar(reminder()).replace("\r\n", "\n") == (
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//stretch-timer//stretch 1.0//EN\nCALSCALE:GREGORIAN\n"
        "BEGIN:VEVENT\nUID:df25ac10-c6be-57f2-bace-174e09d93d0e\nDTSTAMP:20260304T173000Z\nDTSTART:20260306T180000\n"
        "DURATION:PT15M\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR\nSUMMARY:Stretch: Lower back\n"
        "DESCRIPTION:In a terminal: stretch routine\nCATEGORIES:Stretching\nTRANSP:TRANSPARENT\n"
        "BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:Stretch: Lower back\nTRIGGER:PT0S\nEND:VALARM\n"
        "END:VEVENT\nEND:VCALENDAR\n"
    )


@example("漢" * 60, ("mon",), [time(18)])
@given(st.text("é漢a,;\\\n", max_size=120) | st.text(max_size=120), days_of_week, times_of_day)
def test_any_calendar_keeps_to_the_standard(title: str, days: tuple[Day, ...], times: list[time]) -> None:
    made = reminder(title, days, tuple(times))
    text = calendar(made)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    lines = unfolded(text)
    open_: list[str] = []
    for name, value in lines:
        if name == "BEGIN":
            open_.append(value)
        elif name == "END":
            assert open_.pop() == value
    assert open_ == []
    assert len({value for name, value in lines if name == "UID"}) == len(times)
    assert not [value for name, value in lines if name == "SUMMARY" and re.search(r"(?<!\\)(?:\\\\)*[,;]", value)]
    summaries = [unescaped(value) for name, value in lines if name == "SUMMARY"]
    shown = " ".join("".join(c if c.isprintable() else " " for c in f"Stretch: {title}").split())
    assert summaries == [shown] * len(times)
    for name, value in lines:
        if name == "DTSTART":
            start = datetime.strptime(value, "%Y%m%dT%H%M%S")
            assert NOW < start <= NOW + timedelta(days=7)
            assert DAYS[start.weekday()] in days


@given(st.text(max_size=120), days_of_week, times_of_day)
def test_any_calendar_is_read_by_those_who_know_the_standard(
    title: str, days: tuple[Day, ...], times: list[time]
) -> None:
    read = Calendar.from_ical(calendar(reminder(title, days, tuple(times))))
    assert read.errors == []
    events = list(read.walk("VEVENT"))
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


def test_the_same_routine_at_another_time_is_the_same_event() -> None:
    early, late = (calendar(reminder(times=(at,))) for at in (time(7), time(19)))
    assert dict(unfolded(early))["UID"] == dict(unfolded(late))["UID"]
    assert dict(unfolded(calendar(reminder("Neck"))))["UID"] != dict(unfolded(early))["UID"]


def test_every_day_is_a_rule_of_its_own() -> None:
    assert dict(unfolded(calendar(reminder(days=DAYS))))["RRULE"] == "FREQ=DAILY"


@pytest.mark.parametrize(
    ("now", "first"),
    [
        (datetime(2026, 3, 4, 17, 59), datetime(2026, 3, 4, 18)),
        (datetime(2026, 3, 4, 18, 0), datetime(2026, 3, 11, 18)),
        (datetime(2026, 12, 31, 12), datetime(2027, 1, 6, 18)),
    ],
)
def test_the_first_time_is_still_to_come(now: datetime, first: datetime) -> None:
    assert first_after(now, ("wed",), time(18)) == first


# -- the lines


def test_the_lines_for_cron() -> None:
    text = schedule.lines("cron", reminder(times=(time(7, 5), time(18))), COMMAND)
    what = "/usr/bin/python3 -m stretch.export.notify 'Lower back, 15 min: stretch routine'"
    assert text.splitlines() == [BEGIN, f"5 7 * * 1,3,5 {what}", f"0 18 * * 1,3,5 {what}", END]
    assert schedule.cron(reminder(days=("sun", "sat")), COMMAND).splitlines()[1].startswith("0 18 * * 0,6 ")
    assert schedule.cron(reminder(days=DAYS), COMMAND).splitlines()[1].startswith("0 18 * * * ")


@given(HOSTILE)
def test_cron_and_the_shell_give_back_what_was_meant(text: str) -> None:
    line = schedule.cron(reminder(), ("stretch", text)).splitlines()[1]
    assert not re.search(r"(?<!\\)%", line)
    assert shlex.split(line.split(" ", 5)[5].replace("\\%", "%")) == ["stretch", text]


def test_no_title_and_no_path_is_a_line_of_its_own() -> None:
    made = msgspec.structs.replace(reminder("Neck\nUp"), command="stretch routine --catalog 'a\n* * * * * rm'")
    assert len(schedule.cron(made, ("stretch", made.text)).splitlines()) == 3
    assert made.text == r"Neck\nUp, 15 min: stretch routine --catalog 'a\n* * * * * rm'"


@given(HOSTILE)
def test_systemd_gives_back_what_was_meant(text: str) -> None:
    service = schedule.systemd(reminder(), ("stretch", text))["stretch-reminder.service"]
    line = next(line for line in service.splitlines() if line.startswith("ExecStart="))
    words = re.findall(r'"((?:[^"\\]|\\.)*)"', line)
    assert [re.sub(r"\\(.)", r"\1", word).replace("%%", "%").replace("$$", "$") for word in words] == ["stretch", text]
    assert not re.search(r"(?<!%)(?:%%)*%(?!%)", line)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd, which says whether it understands")
def test_systemd_understands_when() -> None:
    timer = schedule.systemd(reminder(times=(time(7), time(18, 30))), COMMAND)["stretch-reminder.timer"]
    when = [line.partition("=")[2] for line in timer.splitlines() if line.startswith("OnCalendar=")]
    assert when == ["Mon,Wed,Fri *-*-* 07:00:00", "Mon,Wed,Fri *-*-* 18:30:00"]
    done = subprocess.run(["systemd-analyze", "calendar", *when], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_systemd_is_not_left_to_be_a_minute_late() -> None:
    timer = schedule.systemd(reminder(), COMMAND)["stretch-reminder.timer"]
    # What stands in another section is ignored.
    assert "AccuracySec=1s" in timer.partition("[Timer]\n")[2].partition("\n[")[0].splitlines()


@given(HOSTILE, days_of_week)
def test_launchd_gets_a_property_list(text: str, days: tuple[Day, ...]) -> None:
    agent = plistlib.loads(schedule.launchd(reminder(days=days), ("stretch", text)).encode())
    assert agent["ProgramArguments"] == ["stretch", text]
    numbers = {day: number for number, day in enumerate(("sun", *DAYS[:6]))}
    assert agent["StartCalendarInterval"] == [{"Weekday": numbers[day], "Hour": 18, "Minute": 0} for day in days]


def test_the_lines_for_windows() -> None:
    first, second = schedule.windows(reminder(times=(time(7), time(18))), ("C:\\Python\\python.exe", "-m", "x", "a b"))
    assert first[:5] == ["schtasks", "/Create", "/F", "/TN", "stretch reminder"]
    assert first[5:-2] == ["/SC", "WEEKLY", "/D", "MON,WED,FRI", "/ST", "07:00"]
    assert first[-2:] == ["/TR", 'C:\\Python\\python.exe -m x "a b"']
    assert second[4] == "stretch reminder 2"


# -- installed and removed


class Tools:
    """Tools that do what they are told to a crontab and a list of tasks, and write down how they were run."""

    def __init__(self, crontab: str | None = None, failing: Sequence[str] = (), says: str = "it broke") -> None:
        self.crontab, self.failing, self.says = crontab, failing, says
        self.tasks: set[str] = set()
        self.calls: list[tuple[str, ...]] = []

    def __call__(self, arguments: Sequence[str], text: str) -> Answer:
        assert not isinstance(arguments, str)
        self.calls.append(tuple(arguments))
        if any(word in arguments for word in self.failing):
            return Answer(1, "", self.says)
        match list(arguments):
            case ["crontab", "-l"]:
                return Answer(0, self.crontab) if self.crontab is not None else Answer(1, "", "no crontab for me")
            case ["crontab", "-r"]:
                self.crontab = None
            case ["crontab", "-"]:
                self.crontab = text
            case ["schtasks", "/Query", "/TN", name]:
                return Answer(0 if name in self.tasks else 1)
            case ["schtasks", "/Create", "/F", "/TN", name, *_]:
                self.tasks.add(name)
            case ["schtasks", "/Delete", "/F", "/TN", name]:
                self.tasks.remove(name)
        return Answer(0)


def machine(tools: Tools, home: Path, platform: str = "linux", **environ: str) -> Machine:
    return Machine(
        run=tools,
        which=lambda program: f"/bin/{program}",
        python="/usr/bin/python3",
        platform=platform,
        home=home,
        environ=environ,
        user=501,
    )


def test_what_each_system_has() -> None:
    tools, home = Tools(), Path("/nowhere")
    assert install.systems(machine(tools, home, XDG_RUNTIME_DIR="/run/user/1")) == ("systemd", "cron")
    assert install.systems(machine(tools, home)) == ("cron", "systemd")
    assert install.systems(machine(tools, home, "darwin")) == ("launchd",)
    assert install.systems(machine(tools, home, "win32")) == ("windows",)


letters = st.characters(blacklist_categories=("C", "Zl", "Zp"))
crontabs = st.lists(st.text(letters, max_size=20), min_size=1).map(lambda lines: "\n".join(lines) + "\n")


@given(crontabs)
def test_a_crontab_is_given_back_as_it_was(before: str) -> None:
    tools = Tools(before)
    here = machine(tools, Path("/nowhere"))
    install.install("cron", reminder(), COMMAND, here)
    install.install("cron", reminder(times=(time(7),)), COMMAND, here)
    assert tools.crontab is not None
    assert tools.crontab.count(BEGIN) == 1
    assert "0 7 * * 1,3,5 " in tools.crontab
    assert install.remove(here) == ("cron",)
    assert (tools.crontab or "").strip("\n") == before.strip("\n")
    assert install.remove(here) == ()


def test_a_crontab_of_ones_own_is_not_left_empty() -> None:
    tools = Tools(None)
    here = machine(tools, Path("/nowhere"))
    install.install("cron", reminder(), COMMAND, here)
    assert tools.crontab == schedule.cron(reminder(), COMMAND)
    install.remove(here)
    assert tools.crontab is None


def test_a_crontab_that_cannot_be_read_is_not_written() -> None:
    tools = Tools("0 0 * * * mine\n", failing=["-l"], says="cannot open: Permission denied")
    with pytest.raises(StretchError, match="Permission denied"):
        install.install("cron", reminder(), COMMAND, machine(tools, Path("/nowhere")))
    assert tools.calls == [("crontab", "-l")]
    assert tools.crontab == "0 0 * * * mine\n"


def test_a_systemd_timer_comes_and_goes(tmp_path: Path) -> None:
    tools = Tools()
    here = machine(tools, tmp_path, XDG_RUNTIME_DIR="/run/user/1")
    install.install("systemd", reminder(), COMMAND, here)
    folder = tmp_path / ".config" / "systemd" / "user"
    assert {file.name for file in folder.iterdir()} == {"stretch-reminder.service", "stretch-reminder.timer"}
    assert tools.calls[-2:] == [
        ("systemctl", "--user", "daemon-reload"),
        ("systemctl", "--user", "enable", "--now", "stretch-reminder.timer"),
    ]
    assert install.remove(here) == ("systemd",)
    assert list(folder.iterdir()) == []


def test_a_timer_that_does_not_start_is_not_left_behind(tmp_path: Path) -> None:
    here = machine(Tools(failing=["enable"], says="no bus"), tmp_path, XDG_CONFIG_HOME=str(tmp_path / "etc"))
    with pytest.raises(StretchError, match="no bus"):
        install.install("systemd", reminder(), COMMAND, here)
    assert list((tmp_path / "etc" / "systemd" / "user").iterdir()) == []


def test_one_reminder_takes_the_place_of_another_even_elsewhere(tmp_path: Path) -> None:
    tools = Tools(None)
    here = machine(tools, tmp_path, XDG_RUNTIME_DIR="/run/user/1")
    install.install("cron", reminder(), COMMAND, here)
    install.install("systemd", reminder(), COMMAND, here)
    assert tools.crontab is None
    assert install.remove(here) == ("systemd",)


def test_a_launch_agent_comes_and_goes(tmp_path: Path) -> None:
    tools = Tools()
    here = machine(tools, tmp_path, "darwin")
    install.install("launchd", reminder(), COMMAND, here)
    path = tmp_path / "Library" / "LaunchAgents" / f"{LABEL}.plist"
    assert tools.calls == [("launchctl", "bootstrap", "gui/501", str(path))]
    assert plistlib.loads(path.read_bytes())["ProgramArguments"] == list(COMMAND)
    assert install.remove(here) == ("launchd",)
    assert tools.calls[-1] == ("launchctl", "bootout", f"gui/501/{LABEL}")
    assert not path.exists()


def test_windows_tasks_come_and_go(tmp_path: Path) -> None:
    tools = Tools()
    here = machine(tools, tmp_path, "win32")
    install.install("windows", reminder(times=(time(7), time(18))), COMMAND, here)
    assert tools.tasks == {"stretch reminder", "stretch reminder 2"}
    assert install.remove(here) == ("windows",)
    assert tools.tasks == set()
    with pytest.raises(StretchError, match="261"):
        install.install("windows", reminder(), ("python", "x" * 300), here)


def test_a_tool_that_is_not_there_is_one_sentence() -> None:
    def missing(arguments: Sequence[str], text: str) -> Answer:
        raise FileNotFoundError(2, "No such file or directory")

    here = machine(Tools(), Path("/nowhere"))
    with pytest.raises(StretchError, match="crontab cannot be run"):
        install.install("cron", reminder(), COMMAND, msgspec.structs.replace(here, run=missing))


@pytest.mark.skipif(sys.platform == "win32", reason="runs a program that Windows does not have")
def test_the_runner_runs_what_it_is_told_without_a_shell() -> None:
    answer = install.runner({"PATH": "/usr/bin:/bin"})(["printf", "%s|", "$(id)", "a b"], "")
    assert answer == Answer(0, "$(id)|a b|", "")


@pytest.mark.skipif(sys.platform == "win32", reason="runs a program that Windows does not have")
def test_the_runner_has_the_tools_speak_english() -> None:
    run_ = install.runner({"PATH": "/usr/bin:/bin", "LC_ALL": "de_DE.UTF-8"})
    assert run_(["printenv", "LC_ALL"], "").output == "C\n"


# -- the notification


def test_what_is_shown_is_never_a_command() -> None:
    text = "<b>'; $(id) \" %"
    linux, _ = notify.arguments(text, lambda name: f"/bin/{name}", "linux") or ([], "")
    assert linux == ["/bin/notify-send", "--app-name=stretch", "--", notify.TITLE, "&lt;b&gt;'; $(id) \" %"]
    mac, _ = notify.arguments(text, lambda name: f"/bin/{name}", "darwin") or ([], "")
    assert mac[-2:] == [notify.TITLE, text]
    assert text not in " ".join(mac[:-1])
    windows, piped = notify.arguments(text, lambda name: f"/bin/{name}", "win32") or ([], "")
    assert piped == text
    assert text not in " ".join(windows)


def test_where_nothing_can_be_shown_it_says_so() -> None:
    assert notify.arguments("text", lambda name: None, "linux") is None
    assert not notify.show("text", Tools(), lambda name: None, "linux")
    assert not notify.show("text", Tools(failing=["--"]), lambda name: name, "linux")
    assert notify.show("text", Tools(), lambda name: name, "linux")


# -- the command


class Scheduled(App):
    """An App on a made-up machine at a made-up moment."""

    def __init__(self, tools: Tools, home: Path, platform: str = "linux") -> None:
        super().__init__(environ={"STRETCH_HOME": str(home)})
        self.machine = machine(tools, home, platform)

    def now(self) -> datetime:
        return NOW.replace(tzinfo=timezone(timedelta(hours=1)))


@pytest.fixture
def tools() -> Tools:
    return Tools("# mine\n")


@pytest.fixture
def app(tools: Tools, tmp_path: Path) -> App:
    return Scheduled(tools, tmp_path)


def test_remind_alone_changes_nothing(app: App, tools: Tools) -> None:
    result = run("remind", "-a", "neck", "-m", "6", app=app)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1] == (
        "0 18 * * 1,2,3,4,5 /usr/bin/python3 -m stretch.export.notify "
        "'Neck, 6 min: stretch routine --area neck --minutes 6'"
    )
    assert tools.calls == []


@pytest.mark.parametrize("system", schedule.SYSTEMS)
def test_remind_prints_for_any_system(app: App, system: str) -> None:
    text = run("remind", "--for", system, "--at", "7:30", app=app).stdout
    assert "stretch.export.notify" in text
    assert "30" in text
    if system == "launchd":
        assert plistlib.loads(text.encode())["Label"] == LABEL


def test_remind_installs_and_removes(app: App, tools: Tools) -> None:
    result = run("remind", "--install", "--days", "wed,Monday", "--at", "20:00", app=app)
    assert result.exit_code == 0
    assert "mon, wed at 20:00 (cron)" in result.stderr
    assert "0 20 * * 1,3 " in (tools.crontab or "")
    assert "Removed (cron)" in run("remind", "--remove", app=app).stderr
    assert tools.crontab == "# mine\n"
    assert "no reminder" in run("remind", "--remove", app=app).stderr


def test_times_are_told_in_their_order_and_each_once(app: App) -> None:
    times = ("--at", "18:00", "--at", "18:00", "--at", "9:00")
    _, *lines, _ = run("remind", "--days", "daily", *times, app=app).stdout.splitlines()
    assert [line.partition(" * * * ")[0] for line in lines] == ["0 9", "0 18"]


@pytest.mark.parametrize("option", ["--morning", "--no-morning"])
def test_what_is_said_of_the_morning_is_said_in_the_command_of_the_reminder(app: App, option: str) -> None:
    text = run("remind", option, app=app).stdout
    assert f"stretch routine {option}'" in text


def test_remind_writes_a_calendar(app: App, tmp_path: Path) -> None:
    file = tmp_path / "stretch.ics"
    result = run("remind", "-a", "neck", "--at", "7:30", "--at", "18:00", "-o", str(file), app=app)
    assert result.exit_code == 0
    lines = unfolded(file.read_bytes().decode())
    assert [value for name, value in lines if name == "DTSTART"] == ["20260306T073000", "20260306T180000"]
    assert ("DTSTAMP", "20260304T173000Z") in lines
    assert ("DESCRIPTION", "In a terminal: stretch routine --area neck") in lines


def test_a_routine_that_wants_rest_gets_it_or_says_so(app: App) -> None:
    deep = ("--program", "hips-and-hams", "--as-written")
    assert "0 18 * * 1,3,5 " in run("remind", *deep, app=app).stdout
    told = run("remind", *deep, "--days", "mon,tue", app=app).stderr
    assert "Tuesday follows Monday" in told
    assert "follows" not in run("remind", *deep, "--days", "mon,thu", app=app).stderr


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--at", "25:00"), "HH:MM"),
        (("--at", "noon"), "HH:MM"),
        (("--at", "1:00", "--at", "2:00", "--at", "3:00", "--at", "4:00"), "3 times"),
        (("--days", "mon,fry"), "mon, tue"),
        (("--days", "mon,,tue"), "mon, tue"),
        (("-o", "x.txt"), ".ics"),
        (("-o", "x.ics", "--install"), "take one"),
        (("--install", "--remove"), "take one"),
        (("--install", "--for", "windows"), "cron and systemd"),
        (("-a", "nek", "--install"), "neck"),
    ],
)
def test_remind_refuses_in_one_sentence(app: App, tools: Tools, args: tuple[str, ...], words: str) -> None:
    result = run("remind", *args, app=app)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stderr.count("\n") == 1
    assert tools.crontab == "# mine\n"
