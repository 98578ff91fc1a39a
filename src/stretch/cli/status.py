"""Status of the running session, or else of the last one, as a line or as JSON (`stretch status`)."""

from contextlib import suppress
from datetime import datetime
from typing import Any

import click

from stretch.cli.app import App
from stretch.core.errors import StretchError
from stretch.core.journal.streak import LastSession
from stretch.core.text import minutes_seconds
from stretch.storage.status_file import RunningSession, running_sessions

VERSION = 1
NAMED_KINDS = ("rest", "switch", "prepare", "warm-up")
"""Kinds of phases that are named next to the stretch or move."""
STATUS_FIELDS = ("title", "kind", "stretch", "name", "side", "rep", "reps")
"""What JSON says of a running session, besides its state and times."""


@click.command(
    "status",
    help="Print one line for a status bar: the running session and the time left, or the last session and the streak.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, as waybar expects it.")
@click.pass_obj
def status_command(app: App, as_json: bool) -> None:
    running = running_sessions(app.folder, app.clock())
    # Status bars ask every second while a session is running, so the journal is read only if it is shown.
    last = app.last_session() if as_json or not running else None
    prescribed = None if running and not as_json else _prescribed(app)
    if as_json:
        import json

        # On one line, as status bars expect it.
        app.out.json_line(
            json.dumps(_data(running, last, app.now(), prescribed), ensure_ascii=False, separators=(",", ":"))
        )
    else:
        app.out.line(status_line(running, last, app.now(), prescribed))


def _prescribed(app: App) -> tuple[int, int] | None:
    """Return how often what is prescribed for today was done, and how often it is to be; None without."""
    from stretch.storage.prescription_file import is_current, load

    if not is_current(app.folder):
        from stretch.cli.prescribed import remember_prescriptions

        with suppress(StretchError):  # a broken setting, which other commands report
            remember_prescriptions(app)
    today = app.today()
    often = {name: one.times_a_day or 1 for name, one in load(app.folder).items() if one.due_on(today)}
    if not often:
        return None
    from stretch.storage.journal.last_session import times_done

    done: dict[str, int] = {}
    with suppress(StretchError):  # which the last session has reported
        done = times_done(app.folder, today, often)
    return sum(min(done.get(name, 0), times) for name, times in often.items()), sum(often.values())


def status_line(
    running: tuple[RunningSession, ...],
    last: LastSession | None,
    now: datetime,
    prescribed: tuple[int, int] | None = None,
) -> str:
    """Return the line for the running session with the most time left, or for the last session.

    What is *prescribed* for today is how often it was done and how often it is to be.
    """
    if running:
        return _running_line(running[0])
    today = f", {prescribed[0]} of {prescribed[1]} done today" if prescribed else ""
    if last is None:
        return f"no session running{today}"
    streak = f", {last.streak}-day streak" if last.streak > 1 else ""
    return f"{'stretched' if last.done else 'last session'} {_days_ago(last.started, now)}{streak}{today}"


def _running_line(session: RunningSession) -> str:
    status = session.status
    kind = status.kind if status.kind in NAMED_KINDS and status.name else None
    activity = ", ".join(filter(None, (status.name or status.kind, kind, status.side)))
    state = "" if session.state == "playing" else f"{session.state}: "
    phase_left, left = minutes_seconds(session.phase_seconds * 1000), minutes_seconds(session.seconds * 1000)
    return f"{state}{activity} {phase_left} ({left} left)"


def _days_ago(started: str, now: datetime) -> str:
    """Return how many calendar days before *now* a session started, in the time zone of *now*."""
    then = datetime.fromisoformat(started).astimezone(now.tzinfo)
    days = max((now.date() - then.date()).days, 0)
    return {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")


def _data(
    running: tuple[RunningSession, ...], last: LastSession | None, now: datetime, prescribed: tuple[int, int] | None
) -> dict[str, Any]:
    """Return the status as JSON data, version 1; waybar shows `text` and styles it by `class`."""
    # Waybar reads it as Pango markup.
    text = status_line(running, last, now, prescribed).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {
        "version": VERSION,
        "text": text,
        "class": running[0].state if running else "idle",
        "playing": [
            {"state": session.state}
            | {field: getattr(session.status, field) for field in STATUS_FIELDS}
            | {"phase_seconds": session.phase_seconds, "seconds": session.seconds}
            for session in running
        ],
        "last": {"began": last.started, "title": last.title, "seconds": last.seconds} if last else None,
        "streak": last.streak if last else 0,
        "prescribed": {"done": prescribed[0], "of": prescribed[1]} if prescribed else None,
    }
