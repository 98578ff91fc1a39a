"""Markup in catalog texts is shown literally everywhere."""

from __future__ import annotations

import io
import os
from pathlib import Path

import msgspec
import pytest

from stretch.cli.app import App
from stretch.core.routine import Routine
from stretch.core.timing.session import Session
from stretch.core.timing.timeline import build_timeline
from stretch.export.audio_file import captions
from stretch.player.view import render_screen
from stretch.storage.catalogs.catalog import load_catalog
from support import CATALOG, MS, FakeClock, ScriptedInput, routine, run

MARKUP = "[bold red]S[/] [link=http://x.y]:smile: [@click=a]<b>&amp;[/nothing]"
EVERYWHERE = ("name", "side_means", "breath", "mistake", "ease_off")


class TerminalOutput(io.StringIO):
    """Text output that claims to be a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def marked(tmp_path: Path) -> Path:
    """A catalog with markup in all that is ever shown of a stretch and a program."""
    fields = msgspec.to_builtins(CATALOG.stretches["single-knee-to-chest"]) | dict.fromkeys(EVERYWHERE, MARKUP)
    fields |= {"id": "marked", "aliases": [MARKUP], "steps": [f"One leg {MARKUP}"]}
    items = [{"stretch": "marked", "reps": 1, "hold_s": 20, "note": MARKUP}]
    program = {"id": "marks", "name": MARKUP, "about": MARKUP, "warm_up_min": 0, "items": items}
    file = tmp_path / "markup.yaml"
    file.write_bytes(msgspec.json.encode({"stretches": [fields], "programs": [program]}))
    return file


@pytest.mark.parametrize("terminal", [False, True], ids=["pipe", "terminal"])
@pytest.mark.parametrize(
    ("command", "times"),
    [
        ("list", 1),
        ("show marked", 7),
        ("programs", 1),
        ("routine --plan --stretch marked", 1),
        ("routine --plain --yes --speed 1000 --warm-up 0 --stretch marked", 4),
    ],
)
def test_commands_show_markup_literally(marked: Path, command: str, times: int, terminal: bool) -> None:
    clock = FakeClock()
    env = {"COLUMNS": "1000", "TERM": "xterm-256color"}
    out = TerminalOutput() if terminal else io.StringIO()
    app = App(environ=os.environ | env, stdin=io.StringIO(), stdout=out, clock=clock, input_source=ScriptedInput(clock))
    name, *rest = command.split()
    run(name, "--catalog", str(marked), *rest, app=app, env=env)
    assert out.getvalue().count(MARKUP) >= times, out.getvalue()
    assert "\x1b]8" not in out.getvalue()


def test_the_full_screen_shows_markup_literally(marked: Path) -> None:
    made = routine_of(marked)
    session = Session(timeline=build_timeline(made), position_ns=1_000 * MS)
    shown = ["".join(text for text, _ in row) for row in render_screen(session, 400, 40)]
    assert sum(row.count(MARKUP) for row in shown) >= 4, shown


def test_captions_escape_markup(marked: Path) -> None:
    made = routine_of(marked)
    text = captions(build_timeline(made))
    assert "[bold red]S[/]" in text
    assert ":smile: [@click=a]&lt;b&gt;&amp;amp;[/nothing]" in text


def routine_of(file: Path) -> Routine:
    return routine(catalog=load_catalog(extra=[file]), areas=(), stretches=("marked",), warm_up=0.0)
