"""A whole session with a scripted clock: on time, told in order, ended by keys and signals."""

from __future__ import annotations

import json
import re
import signal
import sys
import types
from pathlib import Path

import pytest

from fake_programs import FakePrograms
from stretch.core.journal.progress import stretches_done
from stretch.core.narration.speech_timing import speakable
from stretch.core.timing.session import Session
from stretch.core.timing.timeline import build_timeline
from stretch.player.awake import KeepAwake
from stretch.player.displays import EventsDisplay, PlainDisplay
from stretch.player.input import InputEvent
from stretch.player.loop import PlaybackResult, run_session
from support import MS, SECOND, FakeClock, ScriptedInput, routine

ROUTINE = routine(minutes=10.0)


def told(
    *events: InputEvent | str | float, late: float = 0.0, speed: int = 1
) -> tuple[PlaybackResult, list[str], FakeClock]:
    lines: list[str] = []
    clock = FakeClock()
    session = Session(timeline=build_timeline(ROUTINE), speed=speed)
    face = PlainDisplay(lines.append)
    return run_session(session, clock=clock, source=ScriptedInput(clock, events, late), display=face), lines, clock


def test_a_session_takes_exactly_the_time_it_says() -> None:
    ending, _, clock = told()
    length = ending.session.timeline.length_ms
    assert ending.session.end_state == "finished"
    assert clock.now / SECOND == pytest.approx(length / 1000, abs=0.02)
    assert stretches_done(ending.session) == (len(ROUTINE.items), len(ROUTINE.items))


def test_sleeps_that_take_too_long_make_it_no_longer() -> None:
    ending, _, clock = told(late=0.137)
    assert clock.now / SECOND - ending.session.timeline.length_ms / 1000 < 0.2


def test_it_is_told_in_order_from_the_warm_up_to_the_end() -> None:
    _, lines, _ = told()
    kinds = [line.split(",")[0].split(" ")[0] for line in lines]
    assert kinds[0] == "Warm"
    assert lines[-1].startswith(f"Done: {len(ROUTINE.items)} stretches. ")
    assert kinds.index("First") < kinds.index("Hold") < kinds.index("Settle")
    assert sum(line.startswith("Hold") for line in lines) == sum(
        phase.kind == "hold" for phase in build_timeline(ROUTINE).phases
    )
    assert all("\n" not in line and "\x1b" not in line for line in lines)


def test_sides_are_told_and_switched() -> None:
    _, lines, _ = told()
    assert any("Left side first" in line for line in lines)
    assert any(line.startswith("Switch to the right side") for line in lines)


def test_a_pause_and_a_freeze_are_told_once_and_take_no_time() -> None:
    ending, lines, _ = told(1.0, "space", 0.5, "space", 1.0, 700.0, 1.0, "x")
    assert [line for line in lines if line in ("Paused: space to continue.", "Continuing.")] == [
        "Paused: space to continue.",
        "Continuing.",
        "Continuing.",
    ]
    assert sum(line.startswith("Welcome back after 11 min 40 s.") for line in lines) == 1
    assert ending.session.active_ns == ending.session.timeline.length_ms * 1_000_000


def test_q_stops_and_says_what_was_done() -> None:
    ending, _, _ = told(1.5, "q")
    assert ending.session.end_state == "stopped"
    assert ending.session.active_ns == int(1.5 * SECOND)


def test_a_signal_ends_it_with_its_number() -> None:
    ending, _, _ = told(1.5, InputEvent(signal=signal.SIGTERM))
    assert (ending.session.end_state, ending.signal) == ("stopped", signal.SIGTERM)


def test_ctrl_z_pauses_until_a_key() -> None:
    ending, lines, _ = told(1.0, InputEvent(suspended=True), 900.0, "space")
    assert "Paused: space to continue." in lines
    assert not any("Welcome back" in line for line in lines)
    assert ending.session.end_state == "finished"


def test_a_rehearsal_is_as_many_times_faster() -> None:
    ending, lines, clock = told(speed=60)
    assert ending.session.end_state == "finished"
    assert clock.now / SECOND == pytest.approx(ending.session.timeline.length_ms / 60_000, abs=0.1)
    assert lines == told()[1]


def test_a_face_that_breaks_ends_the_session_with_what_was_done() -> None:
    class Broken:
        def show(self, session: Session, cues: object) -> None:
            if session.position_ms > 1_000:
                raise ZeroDivisionError

        def next_update_in(self, session: Session) -> float:
            return 0.5

    clock = FakeClock()
    session = Session(timeline=build_timeline(ROUTINE))
    ending = run_session(session, clock=clock, source=ScriptedInput(clock), display=Broken())
    assert isinstance(ending.failure, ZeroDivisionError)
    assert ending.session.end_state == "stopped"
    assert ending.session.active_ns > SECOND


def test_events_are_objects_in_order_with_their_time() -> None:
    lines: list[str] = []
    clock = FakeClock()
    session = Session(timeline=build_timeline(ROUTINE))
    events = (1.0, "space", 0.5, "space", "n", "n", "n", "n", "n", "n", 1.0, 1.0, "x", "k", "q")
    run_session(session, clock=clock, source=ScriptedInput(clock, events), display=EventsDisplay(lines.append))
    told = [json.loads(line) for line in lines]
    kinds = [event["event"] for event in told]
    assert kinds[0] == "phase"
    assert kinds[-1] == "end"
    for kind in ("pause", "resume", "skip", "hurt", "breath"):
        assert kind in kinds
    assert all(isinstance(event["at"], float) for event in told)
    assert told[-1]["over"] == "stopped"


def test_the_easier_way_of_what_hurts_is_told_once() -> None:
    ending, lines, _ = told(1.0, *["n"] * 6, 1.0, "x", 1.0, "space", 1.0, "q")
    (name,) = ending.session.easier_ids
    (way,) = {item.stretch.ease_off for item in ROUTINE.items if item.stretch.id == name}
    assert [line.partition(":")[0] for line in lines if way in line] == ["Stopped. Easier"]


@pytest.mark.parametrize(("key", "event"), [("x", "hurt"), ("n", "skip")])
def test_what_hurts_is_no_skip_as_well(key: str, event: str) -> None:
    lines: list[str] = []
    clock = FakeClock()
    hold = next(phase for phase in build_timeline(ROUTINE).phases if phase.kind == "hold")
    session = Session(timeline=build_timeline(ROUTINE), position_ns=(hold.start_ms + 1_000) * MS)
    run_session(
        session, clock=clock, source=ScriptedInput(clock, (1.0, key, 1.0, "q")), display=EventsDisplay(lines.append)
    )
    kinds = [json.loads(line)["event"] for line in lines]
    assert [kind for kind in kinds if kind in ("hurt", "skip")] == [event]


def test_what_is_said_aloud_stands_in_the_plain_lines_and_in_the_events(tmp_path: Path) -> None:
    told: dict[str, list[str]] = {"plain": [], "events": []}
    aloud: dict[str, list[str]] = {}
    for name, face in (
        ("plain", PlainDisplay(told["plain"].append)),
        ("events", EventsDisplay(told["events"].append)),
    ):
        programs = FakePrograms(espeak_ng="plays")
        player = programs.cue_player(tmp_path, breath=name == "events")
        session = Session(timeline=build_timeline(ROUTINE), voice=True)
        run_session(session, clock=programs.clock, source=ScriptedInput(programs.clock), display=face, audio=player)
        player.finish()
        aloud[name] = programs.texts
    written = {"plain": told["plain"], "events": [json.loads(line).get("say", "") for line in told["events"]]}
    assert [line for line in written["events"] if line in set(written["plain"])] == written["plain"]
    for name, lines in written.items():
        sentences = [sentence for text in aloud[name] for sentence in re.findall(r".+?[.!?](?= |$)", text)]
        assert len(sentences) > 50
        everything = speakable(" ".join(lines))
        assert [sentence for sentence in sentences if sentence not in everything] == []
    assert "Breathe in." in " ".join(aloud["events"])


class Mouth:
    """A voice that counts how often it is cut."""

    def __init__(self) -> None:
        self.cuts = 0

    def handle_cues(self, session: Session, cues: object) -> None:
        pass

    def next_update_in(self) -> float:
        return 1.0

    def stop(self) -> None:
        self.cuts += 1


@pytest.mark.parametrize(
    ("events", "cuts"),
    [((), 0), ((1.0, "space", 1.0, "space"), 1), ((1.0, "?", 1.0, "z"), 1), ((1.0, "n"), 1), ((1.0, "q"), 1)],
    ids=["nothing", "a pause", "help", "a skip", "the way out"],
)
def test_what_is_heard_is_cut_where_it_means_nothing_any_more(events: tuple[str | float, ...], cuts: int) -> None:
    clock, mouth = FakeClock(), Mouth()
    session = Session(timeline=build_timeline(ROUTINE))
    run_session(
        session, clock=clock, source=ScriptedInput(clock, events), display=PlainDisplay(lambda line: None), audio=mouth
    )
    assert mouth.cuts == cuts


def test_waiting_is_told_and_ended_by_a_key() -> None:
    lines: list[str] = []
    clock = FakeClock()
    session = Session(timeline=build_timeline(routine(warm_up=0.0, minutes=6.0)), wait=True, waiting=True)
    run_session(
        session, clock=clock, source=ScriptedInput(clock, (5.0, "k", 1.0, "q")), display=PlainDisplay(lines.append)
    )
    assert "Press any key when you are ready." in lines
    assert lines[-1] == "Continuing."


def test_the_screen_is_kept_on_only_while_it_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    entered: list[str] = []

    class Mode:
        def __enter__(self) -> None:
            entered.append("in")

        def __exit__(self, *unused: object) -> None:
            entered.append("out")

    fake = types.ModuleType("wakepy")
    fake.keep = types.SimpleNamespace(presenting=lambda on_fail: Mode())
    monkeypatch.setitem(sys.modules, "wakepy", fake)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/user/1/bus")
    with KeepAwake():
        pass
    assert entered == ["in", "out"]


def test_a_screen_that_cannot_be_kept_on_is_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wakepy", None)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/user/1/bus")
    with KeepAwake():
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no session bus")
def test_where_nobody_can_be_asked_what_would_ask_is_not_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.delitem(sys.modules, "wakepy", raising=False)
    with KeepAwake():
        pass
    assert "wakepy" not in sys.modules


def test_going_on_says_nothing_of_what_was_eased_before() -> None:
    timeline = build_timeline(ROUTINE)
    hold = next(index for index, phase in enumerate(timeline.phases) if phase.kind == "hold")
    lines: list[str] = []
    session = Session(
        timeline=timeline, position_ns=timeline.phases[hold + 2].start_ms * 1_000_000, easier_phases=frozenset({hold})
    )
    clock = FakeClock()
    run_session(session, clock=clock, source=ScriptedInput(clock, (1.0, "q")), display=PlainDisplay(lines.append))
    assert not any("Easier:" in line for line in lines)
