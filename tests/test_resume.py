"""`stretch resume`: continues with what remains to be done, or says why it cannot."""

from __future__ import annotations

import json
import sqlite3
import zlib
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click import Context
from click.testing import Result

from stretch.cli import main
from stretch.cli.app import App
from stretch.core.journal.progress import decode_plan
from stretch.core.journal.record import SessionRecord
from stretch.core.safety.checklist import Outcome
from stretch.core.safety.screening_record import PreflightResult, ScreeningRecord
from stretch.core.timing.session import Session, Tick, update
from stretch.core.timing.timeline import build_timeline
from stretch.core.vocabulary import Tag
from stretch.player.input import InputEvent
from stretch.player.loop import GUARD_NS
from stretch.storage import screening_file
from stretch.storage.journal.database import FILE_NAME
from stretch.storage.journal.journal import Journal
from stretch.storage.status_file import StatusFile
from support import CATALOG, SECOND, FakeClock, ScriptedInput, routine, run
from test_pain_log import Person
from test_preflight import TODAY
from test_start_screen import DAILY, ScreenPerson

ARGS = ("routine", "--yes", "-m", "6", "--warm-up", "0")


class FakeApp(App):
    """An App with a fixed time, keys and signals."""

    def __init__(self, folder: Path, *events: InputEvent | str | float, later: timedelta = timedelta()) -> None:
        clock = FakeClock()
        super().__init__(environ={"STRETCH_HOME": str(folder)}, clock=clock, input_source=ScriptedInput(clock, events))
        self.later = later

    def now(self) -> datetime:
        return datetime(2026, 11, 25, 7, 30).astimezone() + self.later


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "stretch"


def last_record(folder: Path) -> SessionRecord:
    with Journal.open_for_reading(folder) as journal:
        return journal.recent(1)[0]


def interrupt(folder: Path, seconds: int) -> SessionRecord:
    """Play a session and leave its record as if it had been killed after *seconds*."""
    run(*ARGS, app=FakeApp(folder, *[1.0] * seconds, "q"))
    raw = sqlite3.connect(folder / FILE_NAME)
    with raw:
        raw.execute("UPDATE session SET ended = NULL")
    raw.close()
    return last_record(folder)


@pytest.mark.parametrize("seconds", [3, 40, 100, 150, 200, 300])
def test_resuming_plays_to_the_end_with_correct_counts(folder: Path, seconds: int) -> None:
    before = interrupt(folder, seconds)
    result = run("resume", "--yes", "--events", app=FakeApp(folder))
    assert result.exit_code == 0
    after = last_record(folder)
    assert after.id == before.id
    assert after.ended == "finished"
    assert after.stretch_counts[0] == after.stretch_counts[1]
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert events[-1]["done"] == events[-1]["of"] == after.stretch_counts[1]
    remaining = next((part for part in before.parts if part.remaining), None)
    begins = next(event for event in events if event["event"] == "phase")
    if remaining:
        assert (begins["kind"], begins["stretch"], begins["side"]) == ("prepare", remaining.stretch, remaining.side)
        repeated = sum(part.planned - part.done for part in before.parts)
        assert sum(event.get("kind") in ("hold", "move") for event in events) == repeated
    assert after.active_seconds > before.active_seconds


def test_a_stopped_session_can_be_resumed(folder: Path) -> None:
    run(*ARGS, app=FakeApp(folder, *[1.0] * 60, "q"))
    result = run("resume", "--yes", app=FakeApp(folder))
    assert result.exit_code == 0
    assert "stretches done. Continuing with" in result.stderr
    assert last_record(folder).ended == "finished"


def begins_with(result: Result) -> list[tuple[str, str, float]]:
    """Return the kind, the stretch and the seconds of the first phases of a resumed session."""
    events = [json.loads(line) for line in result.stdout.splitlines()]
    return [(one["kind"], one["stretch"], one["seconds"]) for one in events if one["event"] == "phase"]


@pytest.mark.parametrize("keys", [("x", "enter"), ("e",)])
def test_what_was_made_easier_is_resumed_so(folder: Path, keys: tuple[str, ...]) -> None:
    played = run(*ARGS, "--events", app=FakeApp(folder, "n", 2.0, *keys, 1.0, "q"))
    (_, name, _), (kind, _, full_s), *_ = begins_with(played)
    for _ in range(2):
        # The second time it is just as easy, and no easier.
        resumed = begins_with(run("resume", "--yes", "--events", app=FakeApp(folder, "n", 1.0, "q")))
        assert [one[:2] for one in resumed[:2]] == [("prepare", name), (kind, name)]
        assert resumed[1][2] == pytest.approx(full_s / 2, abs=5)
        assert last_record(folder).parts[0].eased


@pytest.mark.parametrize("keys", [("x",), ("x", "enter", "x")])
def test_what_hurt_and_was_not_tried_again_is_not_resumed(folder: Path, keys: tuple[str, ...]) -> None:
    result = run(*ARGS, app=FakeApp(folder, "n", 2.0, *keys, "q"))
    hurt = last_record(folder).parts[0]
    assert hurt.skipped
    assert f"What hurt: {hurt.name}. Rest, and leave it out today." in result.stderr
    assert "stretch resume" not in result.stderr
    result = run("resume", "--yes", "--events", app=FakeApp(folder))
    assert "stretches done, 1 left out. Continuing with" in result.stderr
    resumed = begins_with(result)
    assert resumed[0][1] == next(part.stretch for part in last_record(folder).parts if part.stretch != hurt.stretch)
    assert hurt.stretch not in [name for _, name, _ in resumed]
    assert last_record(folder).parts[0] == hurt


@pytest.mark.parametrize("keys", [("x",), ("x", "n", 1.0), ("x", "n", "N", 1.0), ("x", "enter", "N", 1.0, "b", 1.0)])
def test_what_hurt_and_is_left_out_is_not_resumed_where_it_comes_again(folder: Path, keys: tuple[str, ...]) -> None:
    args = ("routine", "--yes", "--area", "lower-back", "-m", "10", "--events")
    run(*args, app=FakeApp(folder, "N", "n", 2.0, *keys, "q"))
    name = last_record(folder).parts[0].stretch
    with Journal.open_for_reading(folder) as journal:
        plan = decode_plan(journal.plan(last_record(folder).id) or b"")
    assert plan
    assert [item.stretch.id for item in plan.items].count(name) == 2
    resumed = begins_with(run("resume", "--yes", "--events", app=FakeApp(folder)))
    assert resumed
    # Who has gone back to it tries it again, once.
    assert [stretch for kind, stretch, _ in resumed if kind == "prepare"].count(name) == ("b" in keys)
    assert last_record(folder).ended == "finished"


@pytest.mark.parametrize(("minutes", "kinds"), [("1", []), ("6", ["settle"])])
def test_after_the_last_stretch_hurt_only_the_rest_is_resumed(folder: Path, minutes: str, kinds: list[str]) -> None:
    args = ("routine", "--yes", "-m", minutes, "--warm-up", "0")
    planned = json.loads(run(*args, "--plan", "--json", app=FakeApp(folder)).stdout)["steps"]
    stretches = dict.fromkeys(step["stretch"] for step in planned if step["stretch"])
    run(*args, app=FakeApp(folder, *["N"] * (len(stretches) - 1), "n", 2.0, "x", "q"))
    result = run("resume", "--yes", "--events", app=FakeApp(folder))
    assert [kind for kind, *_ in begins_with(result)] == kinds
    assert ("Nothing to resume: the rest of the last session was left out." in result.stderr) is (not kinds)


def test_a_session_can_be_resumed_repeatedly(folder: Path) -> None:
    run(*ARGS, app=FakeApp(folder, *[1.0] * 50, "q"))
    times = 0
    while last_record(folder).ended != "finished":
        run("resume", "--yes", app=FakeApp(folder, *[1.0] * 70, "q"))
        times += 1
        assert times < 12
    assert last_record(folder).stretch_counts[0] == last_record(folder).stretch_counts[1]
    with Journal.open_for_reading(folder) as journal:
        assert journal.count() == 1


def test_resuming_uses_the_stored_plan_after_the_catalog_has_changed(folder: Path) -> None:
    before = interrupt(folder, 40)
    own = folder / "catalog" / "stretches"
    own.mkdir(parents=True)
    name = before.parts[0].stretch
    shipped = Path(__file__).parents[1] / "data" / "stretches" / f"{name}.yaml"
    (own / f"{name}.yaml").write_text(shipped.read_text().replace("reps: 2", "reps: 4"))
    run("resume", "--yes", app=FakeApp(folder))
    assert [part.planned for part in last_record(folder).parts] == [part.planned for part in before.parts]


@pytest.mark.parametrize("plan", [None, b"{}", b'{"title":"x","items":[{"stretch":"gone"}]}'])
def test_an_unreadable_plan_costs_only_resuming(folder: Path, plan: bytes | None) -> None:
    before = interrupt(folder, 40)
    raw = sqlite3.connect(folder / FILE_NAME)
    with raw:
        raw.execute("UPDATE session SET plan = NULL") if plan is None else raw.execute(
            "UPDATE plan SET data = ?", (zlib.compress(plan),)
        )
    raw.close()
    result = run("resume", "--yes", app=FakeApp(folder))
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert "cannot be resumed" in result.stderr
    assert last_record(folder) == before
    assert before.id[:6] in run("history", app=FakeApp(folder)).stdout


@pytest.mark.parametrize(
    ("events", "later", "why"),
    [
        ((), timedelta(), "has ended"),
        (("n", "x", "2"), timedelta(), "has ended"),
        ((1.0, "q"), timedelta(hours=13), "over 12 hours ago"),
        ((1.0, "q"), timedelta(hours=-13), "over 12 hours ago"),
    ],
)
def test_an_ended_or_old_session_cannot_be_resumed(
    folder: Path, events: tuple[str | float, ...], later: timedelta, why: str
) -> None:
    run(*ARGS, app=FakeApp(folder, *events))
    before = last_record(folder)
    result = run("resume", "--yes", app=FakeApp(folder, later=later))
    assert result.exit_code == 2
    assert why in result.stderr
    assert last_record(folder) == before


def test_without_a_session_there_is_nothing_to_resume_and_nothing_is_created(folder: Path) -> None:
    result = run("resume", app=FakeApp(folder))
    assert result.exit_code == 2
    assert "Nothing to resume" in result.stderr
    assert not folder.exists()


def test_a_running_session_cannot_be_resumed(folder: Path) -> None:
    record = interrupt(folder, 40)
    status = StatusFile(folder, record.id)
    status.update(update(Session(timeline=build_timeline(routine(minutes=6.0))), Tick(0)))
    result = run("resume", "--yes", app=FakeApp(folder))
    assert result.exit_code == 2
    assert "still running" in result.stderr
    status.close()
    assert run("resume", "--yes", app=FakeApp(folder)).exit_code == 0


def test_a_later_caution_rules_out_resuming(folder: Path) -> None:
    before = interrupt(folder, 3)
    with Journal.open_for_reading(folder) as journal:
        plan = json.loads(journal.plan(before.id) or b"")
    tag = next(tag for item in plan["items"] for tag in item["stretch"]["cautions"]["avoid"])
    app = FakeApp(folder)
    screening_file.save(
        folder, ScreeningRecord(outcome=Outcome.GO, screened=app.today(), since=app.today(), tags=(tag,))
    )
    result = run("resume", "--yes", app=app)
    assert result.exit_code == 2
    assert tag in result.stderr


@pytest.mark.parametrize(
    ("skipped", "tags", "lines", "code", "why"),
    [
        (False, (), ("",), 3, ""),
        (False, ("shoulder",), ("",), 2, "shoulder"),
        (True, ("shoulder",), ("",), 3, ""),  # the stretch it rules out is done
        (False, (), ("p", "4", "", ""), 2, "gentle only today"),
        (True, (), ("p", "4", "", ""), 3, ""),  # what remains is gentle
        (False, (), ("y", "1", "1"), 4, "emergency number"),
        (False, (), (), 4, "not answered"),
    ],
)
def test_safety_questions_come_before_resuming(
    tmp_path: Path, skipped: bool, tags: tuple[Tag, ...], lines: tuple[str, ...], code: int, why: str
) -> None:
    first, then = CATALOG.stretches["doorway-chest"], CATALOG.stretches["sphinx"]
    assert "shoulder" in {*first.cautions.avoid} - {*then.cautions.avoid}
    assert (first.level, then.level) == ("moderate", "gentle")
    person = Person(tmp_path, keys=("n", "n", "q") if skipped else ("q",))
    run("routine", "--yes", "--warm-up", "0", "--stretch", first.id, "--stretch", then.id, app=person)
    assert [part.stretch for part in last_record(tmp_path).parts if part.remaining] == [first.id, then.id][skipped:]
    screening_file.save(tmp_path, ScreeningRecord(outcome=Outcome.GO, screened=TODAY, since=TODAY, tags=tags))
    person = Person(tmp_path, *lines)
    result = run("resume", app=person)
    assert result.exit_code == code
    assert why in person.output + result.stderr
    assert ("Continuing with" in person.output) is (code == 3)


def test_a_question_answered_today_is_not_asked_again(tmp_path: Path) -> None:
    run("routine", "--yes", app=Person(tmp_path))
    record = ScreeningRecord(outcome=Outcome.GO, screened=TODAY, since=TODAY, asked=TODAY)
    screening_file.save(tmp_path, record)
    person = Person(tmp_path)
    assert run("resume", app=person).exit_code == 3
    assert "Enter: start" not in person.output
    assert "Continuing with" in person.output


WAIT = GUARD_NS / SECOND


@pytest.mark.parametrize(
    ("keys", "code", "seen"),
    [
        (("space", "enter"), 3, "Continuing with"),
        (("q",), 3, "Continuing with"),
        (("p", WAIT, "2", WAIT, "enter"), 3, "stop a stretch at"),
        (("p", WAIT, "b", WAIT, "q"), 3, "How bad is your pain now"),
        (("y", WAIT, "1", WAIT, "1", WAIT, "q"), 4, "emergency number"),
    ],
)
def test_at_a_full_screen_single_keys_answer_before_resuming(
    tmp_path: Path, keys: tuple[str | float, ...], code: int, seen: str
) -> None:
    run("routine", "-m", "8", "--yes", app=ScreenPerson(tmp_path))
    day = TODAY - timedelta(days=1)
    screening_file.save(tmp_path, ScreeningRecord(outcome=Outcome.GO, screened=day, since=day, asked=day))
    person = ScreenPerson(tmp_path, *keys)
    assert run("resume", app=person).exit_code == code
    frames = [" ".join(" ".join(frame).split()) for frame in person.screen.frames]
    assert f"{DAILY} Enter: nothing, start. y: something new. p: pain today. q: leave." in frames[0]
    assert any(seen in frame for frame in frames)
    assert person.entered == 1
    assert not person.screen.events
    resumed = code == 3 and keys[-1] == "enter"
    assert ("Stopped: 0 of" in person.stderr.getvalue()) is resumed
    assert (screening_file.load(tmp_path).asked == TODAY) is (resumed or code == 4)


def test_keys_before_the_question_was_visible_resume_nothing(tmp_path: Path) -> None:
    run("routine", "-m", "8", "--yes", app=ScreenPerson(tmp_path))
    day = TODAY - timedelta(days=1)
    screening_file.save(tmp_path, ScreeningRecord(outcome=Outcome.GO, screened=day, since=day, asked=day))
    person = ScreenPerson(tmp_path)
    person.screen.events.clear()
    person.screen.events.extend(("enter", 1.0, "q"))
    assert run("resume", app=person).exit_code == 3
    assert "Stopped" not in person.stderr.getvalue()


@pytest.mark.parametrize(
    ("tags", "gentle_only", "why"), [(("disc",), False, "disc"), ((), True, "gentle only today")], ids=["tag", "gentle"]
)
def test_any_remaining_stretch_can_rule_out_resuming(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tags: tuple[Tag, ...], gentle_only: bool, why: str
) -> None:
    named = ("--stretch", "pelvic-tilt", "--stretch", "happy-baby")  # the second is moderate, and not for a disc
    run("routine", "--yes", "--warm-up", "0", *named, app=FakeApp(folder, 1.0, "q"))
    assert [part.stretch for part in last_record(folder).parts] == ["pelvic-tilt", "happy-baby"]
    app = FakeApp(folder)
    record = ScreeningRecord(outcome=Outcome.GO, screened=app.today(), since=app.today(), tags=tags)
    preflight = PreflightResult(record=record, gentle_only=gentle_only)
    monkeypatch.setattr("stretch.cli.preflight.run_preflight", lambda app, **options: preflight)
    result = run("resume", "--yes", app=app)
    assert result.exit_code == 2
    assert f"Happy baby is still to be done, but your answers now rule it out ({why})" in result.stderr


def test_a_recorded_stop_prevents_resuming(folder: Path) -> None:
    interrupt(folder, 40)
    app = FakeApp(folder)
    screening_file.save(folder, ScreeningRecord(outcome=Outcome.EMERGENCY, screened=app.today(), since=app.today()))
    assert run("resume", "--yes", app=app).exit_code == 4


def test_resume_takes_the_playback_options_only() -> None:
    names = {option.name for option in main.get_command(Context(main), "resume").params}
    assert {"plain", "events", "voice", "figure", "wait", "yes"} <= names
    assert not names & {"speed", "minutes", "areas", "json"}


def test_a_gentle_outcome_rules_out_deep_stretches(folder: Path) -> None:
    deep = ("--stretch", "contract-relax-hamstring", "--experienced")
    run("routine", "--yes", "--warm-up", "0", *deep, app=FakeApp(folder, 1.0, "q"))
    app = FakeApp(folder)
    screening_file.save(folder, ScreeningRecord(outcome=Outcome.GO_GENTLY, screened=app.today(), since=app.today()))
    result = run("resume", "--yes", app=app)
    assert result.exit_code == 2
    assert "rule it out (nothing deep)" in result.stderr
