"""Prescriptions: the fields of their files, contradictions in them, and what a session makes of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields as fields_of

from stretch.cli.guide import page
from stretch.core.checks import check_program
from stretch.core.journal.progress import decode_plan, encode_plan, restore_session, update_record
from stretch.core.journal.record import SessionRecord
from stretch.core.model import Catalog
from stretch.core.narration.phrases import line_for, rep_label
from stretch.core.narration.speech import sentences_to_speak
from stretch.core.planning.programs import build_program
from stretch.core.prescription import frequency
from stretch.core.program import Prescription, Program, ProgramItem, SideSets
from stretch.core.routine import Request, Routine
from stretch.core.timing.session import Session, Tick, update
from stretch.core.timing.timeline import Timeline, build_timeline, cues
from stretch.player.instructions import instructions
from stretch.storage.catalogs.authoring import program_template
from stretch.storage.catalogs.catalog import load_catalog
from stretch.storage.catalogs.catalog_lint import check_catalogs
from support import CATALOG, data, run

RX = """\
programs:
  - id: mrs-jones
    name: Mrs Jones, lower back
    about: Loosens the lower back before work.
    from: {name: Anna Berg, contact: 030 123456}
    for: Maria Jones
    goal: Put on socks without pain
    starts: 2026-11-02
    review: 2026-12-13
    days: [mon, wed, fri]
    times_a_day: 2
    leave_out: [sphinx]
    warm_up_min: 0
    items:
      - {stretch: single-knee-to-chest, hold_s: 20, reps: 3, sets: 2, rest_s: 30, note: Only as far as it is easy.}
      - {stretch: supine-figure-four, hold_s: 30, reps: 2, sides: right}
      - {stretch: supine-hamstring-hold, hold_s: 10, reps: 1, sides: {left: 2, right: 1}, first_side: right}
      - stretch: cat-cow
        stages:
          - {reps: 6}
          - {from_week: 3, reps: 8}
          - {after_sessions: 8, reps: 10}
"""
"""One of each kind of entry."""


def rx_file(folder: Path, text: str = RX) -> Path:
    file = folder / "mrs-jones.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def problems(folder: Path, text: str) -> str:
    """What the check says about *text*, with the line and the field of each problem."""
    report = check_catalogs([rx_file(folder, text)])
    return "\n".join(
        f"{one.line} {one.field.removeprefix('programs.0.')}: {one.problem}" for one in report.of("problem")
    )


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return load_catalog(extra=[rx_file(tmp_path_factory.mktemp("rx"))])


def prescribed(catalog: Catalog, **request: Any) -> Routine:
    return build_program(catalog, "mrs-jones", Request(**request))


def prescription(folder: Path, text: str = RX) -> Program:
    return load_catalog(extra=[rx_file(folder, text)]).programs["mrs-jones"]


def test_a_prescription_is_read_with_everything_in_it(tmp_path: Path) -> None:
    assert problems(tmp_path, RX) == ""
    mine = prescription(tmp_path)
    assert mine.clinician
    assert (mine.clinician.name, mine.patient, mine.times_a_day) == ("Anna Berg", "Maria Jones", 2)
    assert str(mine.review) == "2026-12-13"
    assert mine.prescribed
    assert not any(program.prescribed for program in CATALOG.programs.values())


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        ("review: 2026-12-13", "review: 2026-10-01", "9 review: 2026-10-01 is before starts, 2026-11-02"),
        ("review: 2026-12-13", "review: 2026-02-30", "9 review: must be a date such as 2026-11-30"),
        ("review: 2026-12-13", "review: soon", "9 review: must be a date such as 2026-11-30, not 'soon'"),
        ("for: Maria", "fro: Maria", "6 fro: unknown field; did you mean from?"),
        ("{name: Anna Berg, contact: 030 123456}", "Anna Berg", "5 from: must be a mapping, not 'Anna Berg': who"),
        ("[mon, wed, fri]", "[mon, mon]", "10 days: a day is there twice"),
        ("[mon, wed, fri]", "[monday]", "10 days.0: must be one of mon, tue,"),
        ("[mon, wed, fri]", "8", "10 days: must be at most 7"),
        ("[sphinx]", "[sfinx]", "12 leave_out.0: there is no stretch 'sfinx'; did you mean sphinx?"),
        ("[sphinx]", "[cat-cow]", "12 leave_out.0: cat-cow is one of the stretches of the program"),
        ("stretch: single-knee", "stretch: sinlge-knee", "15 items.0.stretch: there is no stretch 'sinlge-knee-to-c"),
        ("reps: 3, sets: 2", "sets: 2", "15 items.0.reps: is missing; add it"),
        ("sets: 2, rest_s", "rest_s", "15 items.0.rest_s: is the rest between two sets; add sets"),
        ("sides: right", "sides: rigth", "16 items.1.sides: is 'rigth'; did you mean right?"),
        ("sides: right", "sides: right, first_side: left", "16 items.1.first_side: left contradicts sides: right"),
        ("{left: 2, right: 1}", "{left: 2, right: 0}", "17 items.2.sides.right: must be at least 1, not 0"),
        ("{left: 2, right: 1}", "{left: 2, right: 1}, sets: 2", "17 items.2.sets: contradicts sides, which has"),
        ("stretch: cat-cow", "stretch: cat-cow\n        hold_s: 20", "19 items.3.hold_s: contradicts stages"),
        ("stretch: cat-cow", "stretch: cat-cow\n        reps: 6", "19 items.3.reps: contradicts stages"),
        (
            "stretch: cat-cow",
            "stretch: cat-cow\n        sides: left",
            "19 items.3.sides: cat-cow works both sides",
        ),
        ("- {reps: 6}", "- {reps: 6, hold_s: 20}", "20 items.3.stages.0: a dynamic stretch takes no hold_s"),
        ("- {reps: 6}", "- {from_week: 2, reps: 6}", "20 items.3.stages.0: the first stage needs no condition"),
        ("{from_week: 3, reps: 8}", "{reps: 8}", "21 items.3.stages.1: the next stage needs one of from_week and"),
        ("{from_week: 3", "{from_week: 3, after_sessions: 2", "21 items.3.stages.1: the next stage needs one of"),
        ("{after_sessions: 8", "{from_week: 3", "22 items.3.stages.2.from_week: must be more than 3, as the"),
        ("starts: 2026-11-02\n    ", "", "20 items.3.stages.1.from_week: counts from starts; add starts"),
    ],
)
def test_what_contradicts_itself_is_one_sentence_with_its_line(
    tmp_path: Path, right: str, wrong: str, problem: str
) -> None:
    text = RX.replace(right, wrong, 1)
    assert text != RX
    assert problem in problems(tmp_path, text)


def test_the_template_is_valid_once_it_is_filled(tmp_path: Path) -> None:
    blank = program_template("mrs-jones")
    assert "is empty; fill it in" in problems(tmp_path, blank)
    lines = blank.splitlines()
    filled = [line.replace("# ", "", 1) if line.lstrip().startswith(("# ", "#   ")) else line for line in lines]
    # All that is optional and all that is to be filled in.
    text = "\n".join(line for line in filled[3:] if "hold_s: seconds" not in line)
    values = {"name:": "name: Jones", "about:": "about: Back.", "- stretch:": "- stretch: cat-cow", "reps:": "reps: 6"}
    for field, value in values.items():
        text = "\n".join(line + value[len(field) :] if line.strip() == field else line for line in text.splitlines())
    assert problems(tmp_path, text) == ""
    mine = prescription(tmp_path, text)
    assert mine.clinician
    assert mine.review
    assert mine.leave_out
    assert len(mine.items) == 5


def test_new_writes_the_template_into_the_catalog_folder(tmp_path: Path) -> None:
    done = run("program", "new", "mrs-jones", env={"STRETCH_HOME": str(tmp_path)})
    assert done.exit_code == 0
    assert (tmp_path / "catalog" / "mrs-jones.yaml").read_text(encoding="utf-8") == program_template("mrs-jones")
    assert run("program", "new", "mrs-jones", env={"STRETCH_HOME": str(tmp_path)}).exit_code == 1
    assert run("program", "new", "Mrs Jones").exit_code == 2


def phases_of(timeline: Timeline, stretch: str) -> list[tuple[str, int, str | None, str]]:
    """Kind, seconds, side and repetition of each phase of *stretch* but its preparation."""
    own = [phase for phase in timeline.phases if phase.item and phase.item.stretch.id == stretch]
    return [(phase.kind, phase.length_ms // 1000, phase.side, rep_label(phase)) for phase in own[1:]]


def test_sets_follow_one_another_on_each_side_with_the_prescribed_rest(catalog: Catalog) -> None:
    def one_set(side: str, number: int) -> list[tuple[str, int, str, str]]:
        holds = [("hold", 20, side, f"set {number} of 2, hold {hold} of 3") for hold in (1, 2, 3)]
        return [holds[0], ("rest", 5, side, holds[1][3]), holds[1], ("rest", 5, side, holds[2][3]), holds[2]]

    def one_side(side: str) -> list[tuple[str, int, str, str]]:
        return [*one_set(side, 1), ("rest", 30, side, "set 2 of 2, hold 1 of 3"), *one_set(side, 2)]

    routine = prescribed(catalog)
    timeline = build_timeline(routine)
    switch = ("switch", 5, "right", "")
    assert phases_of(timeline, "single-knee-to-chest") == [*one_side("left"), switch, *one_side("right")]
    assert routine.items[0].dose_label == "2 sets of 20 s x 3 each side"
    assert "Come out slowly and rest, 30 seconds. Then set 2 of 2, hold 1 of 3." in lines(timeline)
    assert "Set 2 of 2, hold 1 of 3, left side, 20 seconds." in lines(timeline)


def test_the_sides_are_those_that_are_prescribed(catalog: Catalog) -> None:
    _, figure_four, hamstring, _ = prescribed(catalog, first_side="left").items
    assert (figure_four.sides, figure_four.dose_label) == (("right",), "30 s x 2 right side")
    assert figure_four.note == "Right side only, as prescribed."
    assert (hamstring.sides, hamstring.sets) == (("right", "left"), (1, 2))
    assert hamstring.dose_label == "10 s, 1 set right, 2 sets left"
    assert hamstring.note == "1 set right, then 2 left, as prescribed."
    timeline = build_timeline(prescribed(catalog))
    assert [part[:3] for part in phases_of(timeline, "supine-hamstring-hold")] == [
        ("hold", 10, "right"), ("switch", 5, "left"), ("hold", 10, "left"), ("rest", 30, "left"), ("hold", 10, "left"),
    ]  # fmt: skip
    assert {phase.side for phase in timeline.phases if phase.item is figure_four} <= {"right"}


@pytest.mark.parametrize(
    ("day", "good", "breaths"),
    [
        (0, (), 6),
        (13, range(13), 6),
        (14, (), 8),
        (14, range(13), 8),
        (40, range(14, 21), 8),
        (40, range(14, 22), 10),
        (21, [14, 14, 15, 15, 16, 16, 17, 17], 10),
        (400, range(7, 21), 8),
    ],
)
def test_a_stage_counts_once_those_before_it_were_done(
    catalog: Catalog, day: int, good: Sequence[int], breaths: int
) -> None:
    routine = prescribed(catalog, program_day=day, good_days=tuple(good))
    assert routine.items[-1].dose.reps == breaths


def test_stages_by_sessions_count_each_from_the_one_before(tmp_path: Path) -> None:
    text = RX.replace("{from_week: 3, reps: 8}", "{after_sessions: 2, reps: 8}").replace("sessions: 8", "sessions: 3")
    assert problems(tmp_path, text) == ""
    item = prescription(tmp_path, text).items[-1]
    assert [item.amount(9, range(count)).reps for count in range(7)] == [6, 6, 8, 8, 8, 10, 10]


def lines(timeline: Timeline) -> list[str]:
    return [line_for(cue, timeline) for cue in cues(timeline, -1, timeline.length_ms)]


def test_a_note_is_written_once_and_said_once_also_for_a_familiar_stretch(catalog: Catalog) -> None:
    for familiar in (frozenset[str](), frozenset(catalog.stretches)):
        timeline = build_timeline(prescribed(catalog, familiar=familiar, voice=True))
        said = [" ".join(sentences_to_speak(cue, timeline)) for cue in cues(timeline, -1, timeline.length_ms)]
        for note in ("Only as far as it is easy.", "Right side only, as prescribed."):
            assert sum(note in line for line in said) == 1
            assert sum(note in line for line in lines(timeline)) == 1


def test_a_note_takes_its_time_to_read(catalog: Catalog) -> None:
    def seconds(**request: Any) -> int:
        timeline = build_timeline(prescribed(catalog, **request))
        return next(phase.length_ms for phase in timeline.phases if phase.kind == "prepare") // 1000

    bare = build_timeline(build_program(catalog, "wind-down", Request(warm_up=0.0)))
    unnoted = [phase for phase in bare.phases if phase.kind == "prepare" and phase.name == "Knee hug, one leg"]
    # Seven words, 150 a minute.
    assert seconds() == unnoted[0].length_ms // 1000 + 3


def test_a_caution_is_named_and_the_prescribed_dose_kept(catalog: Catalog) -> None:
    plain, careful = prescribed(catalog), prescribed(catalog, avoid=("knee", "disc", "older-adult", "hypermobility"))
    assert [(item.dose, item.sides, item.sets) for item in careful.items] == [
        (item.dose, item.sides, item.sets) for item in plain.items
    ]
    spoken_against = [item for item in careful.items if item.cautions]
    assert spoken_against
    note = next(note for note in careful.notes if note.startswith("Kept as prescribed in spite of "))
    for item in spoken_against:
        assert item.stretch.name in note
        assert item.stretch.for_side(item.sides[0]).ease_off in " ".join(lines(build_timeline(careful)))
    assert not any(note.startswith("Kept") for note in plain.notes)


def test_a_stop_wins_over_a_prescription(tmp_path: Path) -> None:
    deep = next(one for one in CATALOG.stretches.values() if one.level == "deep" and one.mode == "static")
    text = RX.replace("stretch: supine-figure-four", f"stretch: {deep.id}").replace(", sides: right", "")
    strict = load_catalog(extra=[rx_file(tmp_path, text)])
    assert any(item.stretch == deep for item in prescribed(strict).items)
    today = prescribed(strict, level="gentle", max_level="gentle")
    assert not any(item.stretch == deep for item in today.items)
    assert [left.stretch for left in today.left_out if left.stretch == deep.id] == [deep.id]
    missing = f"Prescribed, but not today: {deep.name}; Lying hamstring stretch (too deep, by your safety check)."
    assert missing in today.notes
    halved = prescribed(strict, half_dose=True).items[0]
    assert (halved.dose.hold_s, halved.dose.reps) == (10, 2)


def test_what_is_only_used_on_request_may_be_prescribed(tmp_path: Path) -> None:
    rare = next(one for one in CATALOG.stretches.values() if one.opt_in and one.mode == "static" and not one.both_sides)
    text = RX.replace("supine-figure-four", rare.id).replace(", sides: right", "")
    made = prescribed(load_catalog(extra=[rx_file(tmp_path, text)]), avoid=rare.cautions.avoid, beginner=True)
    assert rare in [item.stretch for item in made.items]
    assert len(made.items) == 4


def test_other_programs_stay_as_they_are() -> None:
    for name in CATALOG.programs:
        routine = build_program(CATALOG, name, Request())
        assert routine.prescription is None
        assert not any(item.sets or item.cautions or item.note for item in routine.items)


def test_the_plan_has_what_is_prescribed(tmp_path: Path) -> None:
    file = str(rx_file(tmp_path))
    plan = data("routine", "--catalog", file, "--program", "mrs-jones", "--plan", "--json")
    assert plan["program"] == "mrs-jones"
    assert plan["prescription"]["from"] == {"name": "Anna Berg", "contact": "030 123456"}
    assert plan["prescription"]["review"] == "2026-12-13"
    hugs = [step for step in plan["steps"] if step["stretch"] == "single-knee-to-chest"]
    assert {step["note"] for step in hugs} == {"Only as far as it is easy."}
    assert {(step["set"], step["sets"]) for step in hugs if step["kind"] == "hold"} == {(1, 2), (2, 2)}
    assert plan["held"]["lower-back"] == {"left": 120, "right": 120}
    assert sum(step["seconds"] for step in plan["steps"]) == plan["seconds"]
    text = run("routine", "--catalog", file, "--program", "mrs-jones", "--plan").stdout
    for words in ("From Anna Berg (030 123456), for Maria Jones.", "Goal: Put on socks", "Right side only, as presc"):
        assert words in text
    assert "Twice a day on Monday, Wednesday and Friday, from 2 Nov" in text


def test_a_session_goes_on_in_the_set_that_was_interrupted(catalog: Catalog) -> None:
    routine = prescribed(catalog)
    timeline = build_timeline(routine)
    second_set = next(i for i, phase in enumerate(timeline.phases) if phase.kind == "hold" and phase.set_number == 2)
    session = update(Session(timeline=timeline), Tick(0))
    session = update(session, Tick((timeline.phases[second_set].start_ms + 5_000) * 1_000_000))
    record = update_record(SessionRecord(id="0" * 32, started="2026-11-29T08:00:00+00:00", title="Rx"), session)
    stored = decode_plan(encode_plan(routine))
    assert stored == msgspec.structs.replace(routine, left_out=())
    restored = restore_session(record, stored).moment.phase
    assert (restored.kind, restored.side) == ("prepare", "left")
    after = restore_session(record, stored).timeline.phases
    following = after[restore_session(record, stored).moment.index + 1]
    assert (following.kind, following.set_number, following.rep) == ("hold", 2, 1)


@pytest.mark.parametrize("sets", [[0], [1, 2, 3], [10**9, 1], [-1, 2]])
def test_impossible_sets_in_a_stored_plan_are_not_believed(catalog: Catalog, sets: list[int]) -> None:
    plan = msgspec.json.decode(encode_plan(prescribed(catalog)))
    plan["items"][0]["sets"] = sets
    assert decode_plan(msgspec.json.encode(plan)) is None


def test_a_prescription_is_saved_with_its_sets_and_sides(tmp_path: Path) -> None:
    home = {"STRETCH_HOME": str(tmp_path)}
    asked = ("--catalog", str(rx_file(tmp_path)), "--program", "mrs-jones", "--save", "copy", "--plan")
    assert run("routine", *asked, env=home).exit_code == 0
    copy = load_catalog(extra=[tmp_path / "catalog"]).programs["copy"].items
    assert [(item.sets, item.rest_s, item.sides, item.first_side) for item in copy] == [
        (2, 30, None, None), (None, None, "right", None), (None, 30, SideSets(left=2, right=1), "right"),
        (None, None, None, None),
    ]  # fmt: skip


def test_note_and_caution_are_shown_beside_the_steps(catalog: Catalog) -> None:
    timeline = build_timeline(prescribed(catalog, avoid=("knee",)))
    session = update(Session(timeline=timeline), Tick(0))
    for at, phase in enumerate(timeline.phases[:8]):
        now = msgspec.structs.replace(session, position_ns=(phase.start_ms + 100) * 1_000_000)
        shown = " ".join(text for line in instructions(now, 78, 20) for text, _ in line)
        assert "Note: Only as far as it is easy." in shown, at
        assert phase.kind == "rest" or "Prescribed in spite of knee. Easier: Use a strap" in shown, at
    eased = update(session, "ease")
    shown = " ".join(text for line in instructions(eased, 78, 20) for text, _ in line)
    assert "Easier: Use a strap" in shown
    assert "in spite of" not in shown


def test_the_guide_has_a_valid_example_and_every_field() -> None:
    text = page("prescriptions")
    assert f"```yaml\n{RX}```" in text
    described = {word for line in text.splitlines() if line[:3] == "| `" for word in re.findall(r"`(\w+)`", line)}
    fields = {one.encode_name for kind in (Prescription, ProgramItem) for one in fields_of(kind)}
    assert fields - {"stretch", "reps", "hold_s"} <= described


@st.composite
def entries(draw: st.DrawFn) -> ProgramItem:
    """A valid entry of a program, with or without sets and sides of its own."""
    stretch = draw(st.sampled_from(sorted(CATALOG.stretches.values(), key=lambda one: one.id)))
    amount: dict[str, Any] = {"reps": draw(st.integers(1, 4))}
    if stretch.mode == "static":
        amount["hold_s"] = draw(st.integers(1, 300))
    sides: Any = None
    if stretch.both_sides:
        several = st.builds(SideSets, left=st.integers(1, 3), right=st.integers(1, 3))
        sides = draw(st.sampled_from([None, "both", "left", "right"]) | several)
    if not isinstance(sides, SideSets) and draw(st.booleans()):
        amount |= {"sets": draw(st.integers(2, 3)), "rest_s": draw(st.integers(5, 90))}
    free = stretch.both_sides and sides not in ("left", "right")
    first: Any = draw(st.sampled_from(["left", "right", None])) if free else None
    return ProgramItem(stretch=stretch.id, sides=sides, first_side=first, **amount)


@given(st.lists(entries(), min_size=1, max_size=6, unique_by=lambda entry: entry.stretch))
def test_whatever_is_prescribed_is_played_exactly(made: list[ProgramItem]) -> None:
    program = Program(id="rx", name="Rx", about="x", warm_up_min=0, items=tuple(made), times_a_day=1)
    assert [*check_program(program, CATALOG.stretches)] == []
    routine = build_program(msgspec.structs.replace(CATALOG, programs={"rx": program}), "rx", Request())
    timeline = build_timeline(routine)
    assert sum(phase.length_ms for phase in timeline.phases) == timeline.length_ms
    for entry, item in zip(made, routine.items, strict=True):
        mine = [phase for phase in timeline.phases if phase.item is item and phase.kind in ("hold", "move")]
        for side in ("left", "right") if item.stretch.both_sides else (None,):
            sets = getattr(entry.sides, side or "", entry.sets or 1)
            sets = 0 if entry.sides in ("left", "right") and entry.sides != side else sets
            each = 1 if item.stretch.mode == "dynamic" else entry.reps or 0
            assert sum(phase.side == side for phase in mine) == sets * each
        assert entry.first_side in (None, mine[0].side)
        if entry.hold_s:
            assert {phase.length_ms for phase in mine} == {entry.hold_s * 1000}
    assert decode_plan(encode_plan(routine)) == msgspec.structs.replace(routine, left_out=())


@pytest.mark.parametrize(
    ("times", "days", "words"),
    [
        (None, None, ""),
        (1, None, "once a day"),
        (2, 7, "twice a day, every day"),
        (None, 7, "every day"),
        (5, 3, "5 times a day on 3 days a week"),
        (None, ("fri", "mon"), "on Monday and Friday"),
    ],
)
def test_how_often_is_said_in_words(times: int | None, days: Any, words: str) -> None:
    assert frequency(Prescription(times_a_day=times, days=days)) == words


def test_a_long_note_does_not_hide_the_step_that_is_done(tmp_path: Path) -> None:
    text = RX.replace("Only as far as it is easy.", f"'{'Only as far as it is easy. ' * 12}'")
    timeline = build_timeline(prescribed(load_catalog(extra=[rx_file(tmp_path, text)])))
    session = update(Session(timeline=timeline), Tick(0))
    hold = next(phase for phase in timeline.phases if phase.kind == "hold")
    now = msgspec.structs.replace(session, position_ns=(hold.start_ms + 100) * 1_000_000)
    shown = " ".join(span for line in instructions(now, 78, 4) for span, _ in line)
    assert "Draw it in until" in shown
