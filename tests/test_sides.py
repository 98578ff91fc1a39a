"""Left and right wherever a side is shown, said, drawn, counted or printed: each place has the side of its moment.

The figures have tests of their own: `test_figure_sides.py`.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from stretch.cli.history_view import _detail_lines
from stretch.cli.plan import _hold_time
from stretch.core.journal.record import History
from stretch.core.narration.phrases import line_for, next_label
from stretch.core.narration.speech import sentences_to_speak
from stretch.core.narration.tones import RATE
from stretch.core.planning.scoring import HoldTime
from stretch.core.routine import Routine, first_side_line
from stretch.core.timing.phases import Phase
from stretch.core.timing.session import Session
from stretch.core.timing.timeline import Timeline, build_timeline, cues
from stretch.core.vocabulary import Side
from stretch.export.audio_file import captions
from stretch.figure.render import render_frame
from stretch.player.big_font import big_text
from stretch.player.countdown_panel import countdown_panel
from stretch.player.figure_renderer import FigureRenderer
from stretch.player.instructions import big_message
from stretch.player.layout import StyledLine
from stretch.player.theme import TextRole
from stretch.player.view import render_screen
from stretch.storage.catalogs.catalog import load_figures
from stretch.storage.status_file import StatusFile
from support import CATALOG, MS, routine, run
from test_resume import FakeApp

NAME = "neck-side-bend"
"""A stretch with steps that name both sides, two repetitions of each."""
FIGURE = load_figures([NAME])[NAME]
OTHER: dict[str | None, Side] = {"left": "right", "right": "left"}
sides = pytest.mark.parametrize("first", ["left", "right"])


def made(first: Side, **request: Any) -> Routine:
    return routine(areas=(), stretches=(NAME,), warm_up=0.0, first_side=first, **request)


def moments(first: Side) -> list[tuple[Timeline, Phase, Session]]:
    """Return each phase that has a side, and a session in the middle of it."""
    timeline = build_timeline(made(first))
    found = [
        (timeline, phase, Session(timeline=timeline, position_ns=(phase.start_ms + phase.length_ms // 2) * MS))
        for phase in timeline.phases
        if phase.side
    ]
    assert found[0][1].side == first
    assert {phase.side for _, phase, _ in found} == {"left", "right"}
    return found


def rows(lines: Iterable[StyledLine]) -> list[str]:
    return ["".join(text for text, _ in line).rstrip() for line in lines]


@sides
def test_the_screen_shows_the_side_in_large_letters(first: Side) -> None:
    for _, phase, session in moments(first):
        shown = rows(countdown_panel(session, 30, 16, True))
        large = {side: rows(big_text(side, TextRole.SIDE, 30, 1, True)) for side in OTHER}
        assert shown[2:5] == large[phase.side] != large[OTHER[phase.side]]


@sides
@pytest.mark.parametrize("size", [(60, 20), (40, 12), (30, 6)])
def test_a_small_screen_names_the_side(first: Side, size: tuple[int, int]) -> None:
    for _, phase, session in moments(first):
        before_what_is_next = " ".join(rows(render_screen(session, *size))).partition("next:")[0]

        def is_named(side: Side, text: str = before_what_is_next) -> bool:
            large = rows(big_text(side, TextRole.SIDE, 30, 1, True))
            return f"{side} side" in text or side.upper() in text or all(row in text for row in large)

        assert phase.side is not None
        assert is_named(phase.side)
        assert not is_named(OTHER[phase.side])


@sides
def test_what_comes_next_is_the_other_side(first: Side) -> None:
    timeline = build_timeline(made(first))
    at = next(index for index, phase in enumerate(timeline.phases) if phase.kind == "switch")
    last_hold = timeline.phases[at - 1]
    assert (last_hold.kind, last_hold.side) == ("hold", first)
    assert next_label(timeline, at - 1) == f"{OTHER[first]} side"
    session = Session(timeline=timeline, position_ns=(last_hold.end_ms - 1_000) * MS)
    large = big_text(f"next: {OTHER[first]} side", TextRole.ALERT, 80, 1, True)
    assert rows(big_message(session, 80, 4, True)) == rows(large)


@sides
def test_the_figure_is_of_the_side_of_the_moment(first: Side) -> None:
    renderer = FigureRenderer({NAME: FIGURE})
    for _, phase, session in moments(first):
        state = session.moment.figure
        assert (state.name, state.side) == (NAME, phase.side)
        drawn = {side: list(render_frame(FIGURE, 48, 16, state.depth, left=side == "left")) for side in OTHER}
        assert renderer.render(state, 48, 16) == drawn[phase.side] != drawn[OTHER[phase.side]]


@sides
def test_lines_and_voice_name_the_side_of_their_moment(first: Side) -> None:
    timeline = build_timeline(made(first, voice=True))
    for cue in cues(timeline, -1, timeline.length_ms):
        phase = timeline.phases[cue.index]
        for text in (line_for(cue, timeline), " ".join(sentences_to_speak(cue, timeline, "yes"))):
            named = re.findall(r"\b(left|right) side\b", text.lower())
            assert set(named) <= {phase.side}, text
            if cue.kind == "phase" and phase.kind in ("prepare", "switch"):
                assert named or re.search(rf"\b{phase.side}\b", text.lower()), text


@sides
def test_captions_name_the_sides_in_order(first: Side) -> None:
    text = captions(
        build_timeline(made(first, voice=True)), lambda sentence: array("h", [0] * (RATE * len(sentence) // 20))
    )
    said = re.findall(r"\b(left|right) (?:side|hand)\b", text.lower())
    assert said[0] == first
    assert said[-1] == OTHER[first]


def play(folder: Path, *args: str, keys: tuple[str | float, ...] = ()) -> str:
    return run("routine", "--yes", "--stretch", NAME, "--warm-up", "0", *args, app=FakeApp(folder, *keys, "q")).stdout


def test_events_have_the_sides_of_the_plan(tmp_path: Path) -> None:
    events = [json.loads(line) for line in play(tmp_path, "--events", keys=(*[1.0] * 140,)).splitlines()]
    plan = json.loads(run("routine", "--plan", "--json", "--stretch", NAME, "--warm-up", "0").stdout)["steps"]
    phases = [event for event in events if event["event"] == "phase"]
    assert [(event["kind"], event["side"]) for event in phases] == [(step["kind"], step["side"]) for step in plan]
    assert {event["side"] for event in phases} == {"left", "right", None}
    for event in phases:
        assert OTHER.get(event["side"]) not in re.findall(r"(\w+) side", event["say"].lower())


def test_history_counts_the_seconds_of_each_side(tmp_path: Path) -> None:
    # Three seconds on the left, nothing on the right.
    play(tmp_path, "--plain", keys=("n", 3.0))
    data = json.loads(run("history", "--json", app=FakeApp(tmp_path)).stdout)
    assert data["sides"] == {"left": 3.0, "right": 0.0}
    assert [(part["side"], part["seconds"]) for part in data["sessions"][0]["parts"]] == [("left", 3.0), ("right", 0.0)]


def test_the_chart_of_the_history_has_each_side_on_its_own_line() -> None:
    history = History(today=date(2026, 3, 2), left_seconds=120.0, right_seconds=300.0)
    shown = rows(_detail_lines(history, 40))
    assert [(line.split()[0], line.split()[-1]) for line in shown[-2:]] == [("left", "2"), ("right", "5")]


def test_the_plan_gives_the_seconds_of_each_side() -> None:
    assert _hold_time(CATALOG, HoldTime("neck", 30, 60))[1] == "30 s left, 60 s right"


@sides
def test_the_plan_says_which_side_comes_first(first: Side) -> None:
    assert first_side_line(made(first)) == f"{first.capitalize()} side first."


@sides
def test_the_status_line_has_the_side_of_the_moment(tmp_path: Path, first: Side) -> None:
    for _, phase, session in moments(first)[:3]:
        status = StatusFile(tmp_path, "a" * 32)
        status.update(replace(session, clock_ns=0))
        shown = json.loads(run("status", "--json", app=FakeApp(tmp_path)).stdout)
        status.close()
        assert shown["side"] == phase.side if "side" in shown else f", {phase.side}" in shown["text"]


def test_resuming_says_which_side_remains(tmp_path: Path) -> None:
    play(tmp_path, "--plain", keys=("n", *[1.0] * 46))
    app = FakeApp(tmp_path, "q", later=timedelta(minutes=5))
    assert "Continuing with Ear to shoulder, right side" in run("resume", "--yes", "--plain", app=app).stderr


@sides
def test_show_has_figure_steps_and_note_of_one_side(first: Side) -> None:
    shown = run("show", NAME, "--side", first, "--figure", "braille").stdout
    picture = rows(render_frame(FIGURE, 48, 16, 1.0, left=first == "left", color=False))
    assert all(any(line.strip() in row for row in shown.splitlines()) for line in picture)
    assert f"of the seat with your {first} hand" in " ".join(shown.split())
    assert f"This is the {first} side." in shown
