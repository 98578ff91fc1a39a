"""A whole session with a scripted clock: on time, in order, ended by keys and signals."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from msgspec.structs import replace

from fake_programs import FakePrograms
from stretch.core.journal.progress import stretches_done
from stretch.core.narration.speech import speakable
from stretch.core.routine import Routine
from stretch.core.timing.session import Session, update
from stretch.core.timing.timeline import build_timeline
from stretch.player.displays import EventsDisplay, PlainDisplay, ScreenDisplay, seconds_to_next_cue
from stretch.player.input import InputEvent
from stretch.player.loop import PlaybackResult, run_session
from support import MS, SECOND, FakeClock, MemoryTerminal, ScriptedInput, routine

if TYPE_CHECKING:
    from stretch.player.terminal import Terminal

ROUTINE = routine(minutes=10.0)
STRETCHES = len(ROUTINE.items)


def run_plain(
    *events: InputEvent | str | float, made: Routine = ROUTINE, late: float = 0.0, speed: int = 1
) -> tuple[PlaybackResult, list[str], FakeClock]:
    lines: list[str] = []
    clock = FakeClock()
    session = Session(timeline=build_timeline(made), speed=speed)
    display = PlainDisplay(lines.append)
    return run_session(session, clock=clock, source=ScriptedInput(clock, events, late), display=display), lines, clock


def test_a_session_takes_exactly_the_time_it_says() -> None:
    result, _, clock = run_plain()
    length = result.session.timeline.length_ms
    assert result.session.end_state == "finished"
    assert clock.now / SECOND == pytest.approx(length / 1000, abs=0.02)
    assert stretches_done(result.session) == (STRETCHES, STRETCHES)


def test_late_wake_ups_do_not_add_up() -> None:
    result, _, clock = run_plain(late=0.137)
    assert clock.now / SECOND - result.session.timeline.length_ms / 1000 < 0.2


def test_plain_lines_run_from_the_warm_up_to_the_end() -> None:
    _, lines, _ = run_plain()
    kinds = [line.split(",")[0].split(" ")[0] for line in lines]
    assert kinds[0] == "Warm"
    assert lines[-1].endswith(f" Done: {STRETCHES} stretches.")
    assert kinds.index("First:") < kinds.index("Hold") < kinds.index("Rest")
    assert sum(line.startswith("Hold") for line in lines) == sum(
        phase.kind == "hold" for phase in build_timeline(ROUTINE).phases
    )
    assert all("\n" not in line and "\x1b" not in line for line in lines)


def test_plain_lines_name_and_switch_sides() -> None:
    _, lines, _ = run_plain(made=routine(areas=(), stretches=("single-knee-to-chest",)))
    assert any(line.startswith("First: Knee hug, one leg, left side") for line in lines)
    assert any(line.startswith("Switch to the right side") for line in lines)


def test_a_pause_and_a_suspension_are_announced_once_and_take_no_time() -> None:
    result, lines, _ = run_plain(1.0, "space", 0.5, "space", 1.0, InputEvent(frozen_ns=700 * SECOND), 1.0, "w")
    assert [line for line in lines if line in ("Paused: space to continue.", "Continuing.")] == [
        "Paused: space to continue.",
        "Continuing.",
        "Continuing.",
    ]
    assert sum(line.startswith("Welcome back after 11 min 40 s.") for line in lines) == 1
    assert result.session.active_ns == result.session.timeline.length_ms * 1_000_000


def test_q_stops_the_session() -> None:
    result, _, _ = run_plain(1.5, "q")
    assert result.session.end_state == "stopped"
    assert result.session.active_ns == int(1.5 * SECOND)


def test_a_signal_stops_the_session_and_is_returned() -> None:
    result, _, _ = run_plain(1.5, InputEvent(signal=signal.SIGTERM))
    assert (result.session.end_state, result.signal) == ("stopped", signal.SIGTERM)


def test_ctrl_z_pauses_the_session_until_a_key_is_pressed() -> None:
    result, lines, _ = run_plain(1.0, InputEvent(suspended=True, frozen_ns=900 * SECOND), 900.0, "space")
    assert result.session.active_ns == result.session.timeline.length_ms * MS
    assert "Paused: space to continue." in lines
    assert not any("Welcome back" in line for line in lines)
    assert result.session.end_state == "finished"


def test_the_time_between_the_last_frame_and_ctrl_z_counts() -> None:
    clock = FakeClock()

    class Late(ScriptedInput):
        def read(self, timeout: float) -> InputEvent:
            self.clock.now += SECOND // 10
            return super().read(timeout)

    for event in (InputEvent(suspended=True, frozen_ns=SECOND), InputEvent(frozen_ns=5 * SECOND)):
        clock.now = 0
        session = Session(timeline=build_timeline(ROUTINE))
        result = run_session(
            session, clock=clock, source=Late(clock, (event, "q")), display=PlainDisplay(lambda line: None)
        )
        assert result.session.active_ns == SECOND // 10


def test_drawing_that_takes_long_is_not_taken_for_sleep() -> None:
    result, lines, clock = run_plain(1.0, 300.0)
    assert not any("Welcome back" in line for line in lines)
    assert clock.now / SECOND == pytest.approx(result.session.timeline.length_ms / 1000, abs=0.5)


@pytest.mark.parametrize("frozen_s", [0.1, 1.0, 1.9, 2.0])
def test_a_short_freeze_takes_its_time_and_no_key(frozen_s: float) -> None:
    result, lines, clock = run_plain(5.0, InputEvent(frozen_ns=int(frozen_s * SECOND)))
    assert "Continuing." not in lines
    assert clock.now / SECOND - result.session.timeline.length_ms / 1000 == pytest.approx(frozen_s, abs=0.02)


def test_no_wait_is_longer_than_a_second_after_a_freeze() -> None:
    session = Session(timeline=build_timeline(ROUTINE), lead_in_ns=3 * SECOND)
    assert seconds_to_next_cue(session) <= 1.0


def test_speed_makes_the_session_that_many_times_shorter() -> None:
    result, lines, clock = run_plain(speed=60)
    assert result.session.end_state == "finished"
    assert clock.now / SECOND == pytest.approx(result.session.timeline.length_ms / 60_000, abs=0.1)
    assert lines == run_plain()[1]


def test_an_exception_of_the_display_stops_the_session_and_is_returned() -> None:
    class BrokenDisplay:
        def show(self, session: Session, cues: object) -> None:
            if session.position_ms > 1_000:
                raise ZeroDivisionError

        def next_update_in(self, session: Session) -> float:
            return 0.5

        def hides_answers(self, session: Session) -> bool:
            return False

    clock = FakeClock()
    session = Session(timeline=build_timeline(ROUTINE))
    result = run_session(session, clock=clock, source=ScriptedInput(clock), display=BrokenDisplay())
    assert isinstance(result.failure, ZeroDivisionError)
    assert result.session.end_state == "stopped"
    assert result.session.active_ns > SECOND


@pytest.mark.parametrize("keys", [("enter",), ("e",), ("n",), ("N",)])
@pytest.mark.parametrize("size", [(10, 3), (20, 6)])
def test_pain_is_not_passed_over_where_its_answers_do_not_fit(size: tuple[int, int], keys: tuple[str, ...]) -> None:
    clock = FakeClock()
    session = Session(timeline=build_timeline(ROUTINE))
    display = ScreenDisplay(cast("Terminal", MemoryTerminal(clock, (), *size)))
    result = run_session(session, clock=clock, source=ScriptedInput(clock, ("x", *keys, "q")), display=display)
    assert (result.session.pain_stop is not None) is (size == (10, 3))
    assert result.session.end_state == "stopped"


def test_pain_is_not_passed_over_before_its_answers_are_drawn_in_a_window_made_larger() -> None:
    clock = FakeClock()
    terminal = MemoryTerminal(clock, (), 10, 3)
    display = ScreenDisplay(cast("Terminal", terminal))
    in_pain = update(Session(timeline=build_timeline(ROUTINE)), "hurt")
    display.show(in_pain, ())
    terminal.columns, terminal.lines = 80, 24
    assert display.hides_answers(in_pain)
    display.show(in_pain, ())
    assert not display.hides_answers(in_pain)


def test_events_are_json_objects_in_order_with_their_position() -> None:
    lines: list[str] = []
    clock = FakeClock()
    session = Session(timeline=build_timeline(ROUTINE))
    inputs = (1.0, "space", 0.5, "space", "n", "n", "n", "n", "n", "n", 1.0, 1.0, "x", "k", "q")
    run_session(session, clock=clock, source=ScriptedInput(clock, inputs), display=EventsDisplay(lines.append))
    events = [json.loads(line) for line in lines]
    kinds = [event["event"] for event in events]
    assert kinds[0] == "phase"
    assert kinds[-1] == "end"
    for kind in ("pause", "resume", "skip", "hurt", "breath"):
        assert kind in kinds
    assert all(isinstance(event["at"], float) for event in events)
    assert events[-1]["over"] == "stopped"


def test_the_easier_way_after_hurt_is_written_once() -> None:
    result, lines, _ = run_plain(1.0, *["n"] * 6, 1.0, "x", 1.0, "space", 1.0, "q")
    (name,) = result.session.easier_ids
    (way,) = {item.stretch.ease_off for item in ROUTINE.items if item.stretch.id == name}
    assert [line.partition(":")[0] for line in lines if way in line] == ["Stopped. Easier"]


@pytest.mark.parametrize(("key", "event"), [("x", "hurt"), ("n", "skip")])
def test_hurt_and_skip_are_separate_events(key: str, event: str) -> None:
    lines: list[str] = []
    clock = FakeClock()
    hold = next(phase for phase in build_timeline(ROUTINE).phases if phase.kind == "hold")
    session = Session(timeline=build_timeline(ROUTINE), position_ns=(hold.start_ms + 1_000) * MS)
    run_session(
        session, clock=clock, source=ScriptedInput(clock, (1.0, key, 1.0, "q")), display=EventsDisplay(lines.append)
    )
    kinds = [json.loads(line)["event"] for line in lines]
    assert [kind for kind in kinds if kind in ("hurt", "skip")] == [event]


def test_all_that_the_voice_explains_is_in_the_plain_lines_and_in_the_events(tmp_path: Path) -> None:
    lines: dict[str, list[str]] = {"plain": [], "events": []}
    aloud: dict[str, list[str]] = {}
    for name, display in (
        ("plain", PlainDisplay(lines["plain"].append)),
        ("events", EventsDisplay(lines["events"].append)),
    ):
        programs = FakePrograms(espeak_ng="plays")
        player = programs.cue_player(tmp_path, mode="breath" if name == "events" else "full")
        session = Session(timeline=build_timeline(ROUTINE), voice=True)
        run_session(session, clock=programs.clock, source=ScriptedInput(programs.clock), display=display, audio=player)
        player.finish()
        aloud[name] = programs.texts
    written = {"plain": lines["plain"], "events": [json.loads(line).get("say", "") for line in lines["events"]]}
    assert [line for line in written["events"] if line in set(written["plain"])] == written["plain"]
    for name, texts in written.items():
        sentences = [sentence for text in aloud[name] for sentence in re.findall(r".+?[.!?](?= |$)", text)]
        assert len(sentences) > 50
        everything = speakable(" ".join(texts))
        # Announcements are shorter when they are spoken.
        explained = [sentence for sentence in sentences if len(sentence.split()) > 6]
        assert len(explained) > 5
        assert [sentence for sentence in explained if sentence not in everything] == []
    assert "Breathe in." in " ".join(aloud["events"])


class CountingAudio:
    """An audio output that counts how often it is stopped."""

    def __init__(self) -> None:
        self.stops = 0

    def handle_cues(self, session: Session, cues: object) -> None:
        pass

    def next_update_in(self) -> float:
        return 1.0

    def stop(self) -> None:
        self.stops += 1


@pytest.mark.parametrize(
    ("events", "stops"),
    [((), 0), ((1.0, "space", 1.0, "space"), 1), ((1.0, "?", 1.0, "z"), 1), ((1.0, "n"), 1), ((1.0, "q"), 1)],
    ids=["nothing", "a pause", "help", "a skip", "the way out"],
)
def test_audio_stops_after_a_pause_a_skip_help_and_quitting(events: tuple[str | float, ...], stops: int) -> None:
    clock = FakeClock()
    audio: Any = CountingAudio()
    session = Session(timeline=build_timeline(ROUTINE))
    run_session(
        session, clock=clock, source=ScriptedInput(clock, events), display=PlainDisplay(lambda line: None), audio=audio
    )
    assert audio.stops == stops


def test_waiting_for_a_key_is_announced_and_ended_by_a_key() -> None:
    lines: list[str] = []
    clock = FakeClock()
    session = Session(timeline=build_timeline(routine(warm_up=0.0, minutes=6.0)), wait=True, waiting=True)
    run_session(
        session, clock=clock, source=ScriptedInput(clock, (5.0, "k", 1.0, "q")), display=PlainDisplay(lines.append)
    )
    assert "Press any key when you are ready." in lines
    assert lines[-1] == "Continuing."


def test_help_prints_the_keys_once() -> None:
    lines: list[str] = []
    display = PlainDisplay(lines.append)
    session = Session(timeline=build_timeline(ROUTINE))
    counts = []
    for help_open in (False, True, True):
        display.show(replace(session, help_open=help_open), ())
        counts.append(sum(line.startswith("Keys: ") for line in lines))
    assert counts == [0, 1, 1]


def test_a_resumed_session_does_not_repeat_what_was_eased_before() -> None:
    timeline = build_timeline(ROUTINE)
    hold = next(index for index, phase in enumerate(timeline.phases) if phase.kind == "hold")
    lines: list[str] = []
    session = Session(
        timeline=timeline, position_ns=timeline.phases[hold + 2].start_ms * 1_000_000, easier_phases=frozenset({hold})
    )
    clock = FakeClock()
    run_session(session, clock=clock, source=ScriptedInput(clock, (1.0, "q")), display=PlainDisplay(lines.append))
    assert not any("Easier:" in line for line in lines)


@pytest.mark.parametrize(("hold", "side"), [(0, "left"), (-1, "right")])
def test_the_easier_way_is_written_for_the_side_of_the_moment(hold: int, side: str) -> None:
    timeline = build_timeline(routine(areas=(), stretches=("calf-bent-knee",), warm_up=0.0))
    start_ms = [phase.start_ms for phase in timeline.phases if phase.kind == "hold"][hold]
    lines: list[str] = []
    clock = FakeClock()
    session = Session(timeline=timeline, position_ns=start_ms * 1_000_000)
    run_session(session, clock=clock, source=ScriptedInput(clock, ("e", 1.0, "q")), display=PlainDisplay(lines.append))
    assert f"Easier: Bend less, or bring your {side} foot closer to the wall." in lines
