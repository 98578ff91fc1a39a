"""`stretch status`: one line for a status bar, or JSON: what plays and for how long, else when it was last done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stretch.core.text import minutes_seconds

if TYPE_CHECKING:
    from datetime import datetime

    from stretch.cli.app import App
    from stretch.storage.journal.past import Past
    from stretch.storage.nowplaying import Left

VERSION = 1


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="As JSON; waybar can show it as it is.")
@click.pass_obj
def status_command(app: App, as_json: bool) -> None:
    """Print one line for a status bar: what plays and how long it still takes, else the last session and the streak."""
    from stretch.storage.nowplaying import all_playing

    playing = all_playing(app.folder, app.clock())
    # The past is not asked for where it is not told: a bar asks every second while something plays.
    past = app.last_session() if as_json or not playing else None
    if as_json:
        import msgspec

        # On one line: that is what bars read.
        app.write_line(msgspec.json.encode(_data(playing, past, app.now())).decode())
    else:
        app.write_line(line(playing, past, app.now()))


def line(playing: tuple[Left, ...], past: Past | None, now: datetime) -> str:
    """Return the line: the session that goes on longest, else what is past."""
    if playing:
        return _told(playing[0])
    if past is None:
        return "nothing plays"
    streak = f", streak {past.streak}" if past.streak > 1 else ""
    return f"{'stretched' if past.done else 'last session'} {_ago(past.began, now)}{streak}"


def _told(left: Left) -> str:
    now = left.playing
    what = now.name or now.kind
    doing = now.kind if now.kind in ("rest", "switch", "prepare", "warm-up") and now.name else ""
    parts = ", ".join(filter(None, (what, doing, now.side)))
    held = "" if left.state == "playing" else f"{left.state}: "
    return f"{held}{parts} {minutes_seconds(left.phase_seconds * 1000)} ({minutes_seconds(left.seconds * 1000)} left)"


def _ago(then: datetime, now: datetime) -> str:
    """Return how many days ago it was, by the days of whoever reads it."""
    days = (now.date() - then.astimezone(now.tzinfo).date()).days
    return {0: "today", 1: "yesterday"}.get(days, f"{days} days ago") if days >= 0 else "today"


def _data(playing: tuple[Left, ...], past: Past | None, now: datetime) -> dict[str, Any]:
    """Return version 1; `text` and `class` are what waybar shows."""
    return {
        "version": VERSION,
        "text": line(playing, past, now),
        "class": playing[0].state if playing else "idle",
        "playing": [_session(left) for left in playing],
        "last": None
        if past is None
        else {"began": past.began.isoformat(timespec="seconds"), "title": past.title, "seconds": past.seconds},
        "streak": past.streak if past else 0,
    }


def _session(left: Left) -> dict[str, Any]:
    now = left.playing
    return {
        "state": left.state,
        "title": now.title,
        "kind": now.kind,
        "stretch": now.stretch,
        "name": now.name,
        "side": now.side,
        "rep": now.rep,
        "reps": now.reps,
        "phase_seconds": left.phase_seconds,
        "seconds": left.seconds,
    }
