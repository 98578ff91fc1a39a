"""Reminders put into the system's own scheduler and taken out again, by the system's own tools."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from stretch.core.errors import StretchError
from stretch.export import schedule
from stretch.export.reminder import Reminder
from stretch.export.schedule import BEGIN, END, LABEL, LONGEST_TASK, UNIT, System


class Answer(NamedTuple):
    """How a program ended, and what it said."""

    code: int
    output: str = ""
    errors: str = ""


Run = Callable[[Sequence[str], str], Answer]
"""Runs a program, never through a shell, with a text on its standard input; raises OSError where it cannot."""


class Machine(Struct, frozen=True, kw_only=True):
    """What is needed of the machine: a way to run its tools, whether it has one, and whose it is."""

    run: Run
    which: Callable[[str], str | None]
    """Returns the path of a program by its name, None for one that is not there."""
    python: str
    """What runs `-m stretch`."""
    platform: str
    home: Path
    environ: Mapping[str, str]
    user: int = 0
    """The number of the user, which launchd wants to know."""


def this_machine(environ: Mapping[str, str], which: Callable[[str], str | None]) -> Machine:
    """Return the machine this runs on."""
    return Machine(
        run=runner(environ),
        which=which,
        python=sys.executable,
        platform=sys.platform,
        home=Path.home(),
        environ=environ,
        user=_user(),
    )


def _user() -> int:
    if sys.platform == "win32":
        return 0
    return os.getuid()


def runner(environ: Mapping[str, str]) -> Run:
    """Return what runs programs in *environ*, in English, and with the desktop of the user in reach.

    Cron starts what it starts without an address of the desktop, though it is always the same.
    """
    environment = {**environ, "LC_ALL": "C"}
    runtime = Path(environ.get("XDG_RUNTIME_DIR") or f"/run/user/{_user()}")
    if "DBUS_SESSION_BUS_ADDRESS" not in environ and (runtime / "bus").exists():
        environment |= {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={runtime / 'bus'}", "XDG_RUNTIME_DIR": str(runtime)}

    def run(arguments: Sequence[str], text: str) -> Answer:
        done = subprocess.run(
            list(arguments), input=text, capture_output=True, text=True, errors="replace", env=environment, check=False
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    return run


def notifier(text: str, machine: Machine) -> tuple[str, ...]:
    """Return the command that shows *text*: it needs neither settings nor catalog; on Windows it has no window."""
    python = machine.python
    if machine.platform == "win32" and (silent := Path(python).with_name("pythonw.exe")).exists():
        python = str(silent)
    return (python, "-m", "stretch.export.notify", text)


def systems(machine: Machine) -> tuple[System, ...]:
    """Return the schedulers that this machine may have, the one to use first."""
    if machine.platform == "win32":
        return ("windows",)
    if machine.platform == "darwin":
        return ("launchd",)
    # Without a session bus there is no systemd of one's own, as in most containers.
    has_bus = bool(machine.environ.get("XDG_RUNTIME_DIR")) and machine.which("systemctl") is not None
    return ("systemd", "cron") if has_bus else ("cron", "systemd")


def install(system: System, reminder: Reminder, command: Sequence[str], machine: Machine) -> None:
    """Have *system* run *command* whenever the reminder is due, instead of what was installed before.

    Raises StretchError with what the system's tool said.
    """
    remove(machine)
    match system:
        case "cron":
            _write_crontab(_crontab(machine).rstrip("\n") + "\n", schedule.cron(reminder, command), machine)
        case "systemd":
            _start_timer(schedule.systemd(reminder, command), machine)
        case "launchd":
            _load_agent(schedule.launchd(reminder, command), machine)
        case "windows":
            for task in schedule.windows(reminder, command):
                if len(task[-1]) > LONGEST_TASK:
                    raise StretchError(
                        f"The Task Scheduler takes {LONGEST_TASK} characters, not {len(task[-1])}: {task[-1]}"
                    )
                _must(machine, task)


def remove(machine: Machine) -> tuple[System, ...]:
    """Take away what was installed, wherever it was; return from where."""
    takers = {"cron": _clean_crontab, "systemd": _stop_timer, "launchd": _unload_agent, "windows": _delete_tasks}
    return tuple(system for system in systems(machine) if takers[system](machine))


def _must(machine: Machine, arguments: Sequence[str], text: str = "") -> str:
    try:
        answer = machine.run(arguments, text)
    except OSError as error:
        raise StretchError(f"{arguments[0]} cannot be run: {error.strerror or error}.") from error
    if answer.code:
        said = (answer.errors or answer.output).strip() or f"exit code {answer.code}"
        raise StretchError(f"`{' '.join(arguments[:3])}` failed: {said}")
    return answer.output


def _crontab(machine: Machine) -> str:
    """Return the crontab; empty only where it is certain that there is none, for it is written back."""
    try:
        answer = machine.run(["crontab", "-l"], "")
    except OSError as error:
        raise StretchError(f"crontab cannot be run: {error.strerror or error}.") from error
    if answer.code == 0:
        return answer.output
    said = answer.errors.lower()
    if "no crontab" in said or "no such file" in said:
        return ""
    raise StretchError(f"`crontab -l` failed, so nothing was changed: {answer.errors.strip()}")


def _write_crontab(others: str, ours: str, machine: Machine) -> None:
    _must(machine, ["crontab", "-"], others.lstrip("\n") + ours)


def _clean_crontab(machine: Machine) -> bool:
    if machine.which("crontab") is None:
        return False
    before = _crontab(machine)
    after = re.sub(rf"^{re.escape(BEGIN)}\n.*?^{re.escape(END)}(?:\n|\Z)", "", before, flags=re.DOTALL | re.MULTILINE)
    if after == before:
        return False
    if after.strip():
        _must(machine, ["crontab", "-"], after)
    else:
        _must(machine, ["crontab", "-r"])
    return True


def _units(machine: Machine) -> Path:
    config = machine.environ.get("XDG_CONFIG_HOME")
    return (Path(config) if config else machine.home / ".config") / "systemd" / "user"


def _start_timer(units: Mapping[str, str], machine: Machine) -> None:
    folder = _units(machine)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in units.items():
        (folder / name).write_text(text, encoding="utf-8")
    try:
        _must(machine, ["systemctl", "--user", "daemon-reload"])
        _must(machine, ["systemctl", "--user", "enable", "--now", f"{UNIT}.timer"])
    except StretchError:
        # Half an installation would start at the next login, to everybody's surprise.
        for name in units:
            (folder / name).unlink(missing_ok=True)
        raise


def _stop_timer(machine: Machine) -> bool:
    files = [_units(machine) / f"{UNIT}.{kind}" for kind in ("timer", "service")]
    if not any(file.exists() for file in files):
        return False
    _must(machine, ["systemctl", "--user", "disable", "--now", f"{UNIT}.timer"])
    for file in files:
        file.unlink(missing_ok=True)
    _must(machine, ["systemctl", "--user", "daemon-reload"])
    return True


def _agent(machine: Machine) -> Path:
    return machine.home / "Library" / "LaunchAgents" / f"{LABEL}.plist"


def _load_agent(text: str, machine: Machine) -> None:
    path = _agent(machine)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    try:
        _must(machine, ["launchctl", "bootstrap", f"gui/{machine.user}", str(path)])
    except StretchError:
        path.unlink()
        raise


def _unload_agent(machine: Machine) -> bool:
    path = _agent(machine)
    if not path.exists():
        return False
    # It fails where the agent is not loaded, which is what is wanted.
    machine.run(["launchctl", "bootout", f"gui/{machine.user}/{LABEL}"], "")
    path.unlink()
    return True


def _delete_tasks(machine: Machine) -> bool:
    deleted = [_delete(name, machine) for name in schedule.task_names()]
    return any(deleted)


def _delete(name: str, machine: Machine) -> bool:
    """Delete one task; what is not there need not be deleted."""
    if machine.run(["schtasks", "/Query", "/TN", name], "").code:
        return False
    _must(machine, ["schtasks", "/Delete", "/F", "/TN", name])
    return True
