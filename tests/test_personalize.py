"""Requests adapted to recent practice and to the safety check, and routines saved as programs."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from stretch.core.journal.record import SessionRecord, SideResult
from stretch.core.planning.personalize import RecentPractice, apply_preflight, apply_recent_practice, is_beginner
from stretch.core.routine import Request
from stretch.core.safety.checklist import Outcome
from stretch.core.safety.screening_record import PreflightResult, ScreeningRecord
from stretch.core.vocabulary import BREATH_PRESETS, LEVELS, Level
from stretch.storage.journal.journal import Journal
from support import CATALOG, data, run

TODAY = date(2026, 3, 20)


def ago(*days: int) -> tuple[date, ...]:
    return tuple(TODAY - timedelta(days=count) for count in days)


@pytest.mark.parametrize(
    ("days", "beginner"),
    [((), True), ((0,), True), ((13,), True), ((14,), True), ((14, 3), False), ((13, 3), True), ((20, 10), False),
     ((40, 30, 20, 6), True), ((40, 26, 13), False), ((60, 50, 40, 14), True), ((60, 50, 40, 13), True)],
)  # fmt: skip
def test_d15_and_rb17_the_first_two_weeks_and_after_a_break_of_two(days: tuple[int, ...], beginner: bool) -> None:
    assert is_beginner(ago(*days), TODAY) is beginner


def test_d15_days_that_are_still_to_come_do_not_count() -> None:
    assert not is_beginner(ago(20, 10, -30), TODAY)


PLAIN = Request()
LOWER_BACK = Request(areas=("lower-back",))


def personalized(request: Request = PLAIN, *, experienced: bool = True, **practice: Any) -> Request:
    return apply_recent_practice(request, RecentPractice(**practice), TODAY, experienced=experienced)


def test_rb7_the_first_side_alternates_between_sessions() -> None:
    assert personalized(first_side="left").first_side == "right"
    assert personalized(first_side="right").first_side == "left"
    assert personalized().first_side == "left"


def test_d14_the_day_after_a_deep_stretch_is_gentle_unless_a_level_is_given() -> None:
    yesterday, day_before = ago(1, 2)
    assert personalized(last_hard_day=yesterday).level == "gentle"
    assert personalized(last_hard_day=day_before).level is None
    assert personalized(Request(level="moderate"), last_hard_day=yesterday).level == "moderate"


@pytest.mark.parametrize(("start", "first_week"), [(0, True), (6, True), (7, False), (400, False)])
def test_rb10_the_first_week_is_told_apart(start: int, first_week: bool) -> None:
    days = tuple(TODAY - timedelta(days=day) for day in range(start, 0, -1))
    made = apply_recent_practice(Request(), RecentPractice(days=days), TODAY, experienced=False)
    assert made.first_week is first_week
    assert not apply_recent_practice(Request(), RecentPractice(days=days), TODAY, experienced=True).first_week


def test_d15_experienced_people_skip_the_easy_start() -> None:
    assert personalized(experienced=False).beginner
    assert not personalized(experienced=True).beginner


def test_recent_practice_is_read_from_the_journal(tmp_path: Path) -> None:
    def part(stretch: str, side: str | None, done: int) -> SideResult:
        return SideResult(stretch=stretch, name=stretch, side=side, areas=("hips",), planned=2, done=done)  # type: ignore[arg-type]

    with Journal.open_for_writing(tmp_path, TODAY) as journal:
        journal.save(
            SessionRecord(
                id="a" * 32, started="2026-03-01T08:00:00+00:00", title="One",
                parts=(part("supine-figure-four", "right", 2), part("supine-figure-four", "left", 2),
                       part("contract-relax-hamstring", "left", 2), part("contract-relax-hamstring", "right", 1)),
            )
        )  # fmt: skip
        practice = journal.recent_practice(CATALOG, LOWER_BACK)
    assert dict(practice.last_done) == {"supine-figure-four": date(2026, 3, 1)}
    assert practice.days == (date(2026, 3, 1),)
    assert practice.first_side == "right"
    assert practice.last_hard_day is None  # only one side of it was done


def test_d15_counts_only_days_on_which_a_stretch_was_done(tmp_path: Path) -> None:
    half = SideResult(stretch="open-book", name="Open book", planned=2, done=1)
    with Journal.open_for_writing(tmp_path, TODAY) as journal:
        for number, done in ((1, 1), (2, 2)):
            parts = (msgspec.structs.replace(half, done=done),)
            started = f"2026-03-0{number}T08:00:00+00:00"
            journal.save(SessionRecord(id=f"{number:032x}", started=started, title="One", parts=parts))
        assert journal.recent_practice(CATALOG, LOWER_BACK).days == (date(2026, 3, 2),)


def test_d15_beginners_start_gently_unless_experienced() -> None:
    new = data("routine", "--plan", "--json", "--level", "deep")
    assert any("first two weeks" in note for note in new["notes"])
    assert max(step["reps"] or 1 for step in new["steps"] if step["kind"] == "hold") < 4
    used = data("routine", "--plan", "--json", "--experienced")
    assert not any("first two weeks" in note for note in used["notes"])
    result = run("routine", "--plan", "--stretch", "cow-face-legs")
    assert result.exit_code == 2
    assert "first two weeks" in result.stderr
    assert run("routine", "--plan", "--stretch", "cow-face-legs", "--experienced").exit_code == 0


def test_programs_do_not_change_for_beginners_or_in_the_morning() -> None:
    whole = data("routine", "--program", "easy-five", "--plan", "--json", "--experienced", "--no-morning")
    beginner = data("routine", "--program", "easy-five", "--plan", "--json", "--new")
    assert whole.pop("notes") == []
    (note,) = beginner.pop("notes")
    assert note.startswith("A program keeps its own doses in your first two weeks too.")
    assert beginner == whole


def test_rb11_morning_leaves_out_forward_bends_unless_named() -> None:
    early = data("routine", "--plan", "--json", "--morning", "--experienced", "-m", "30")
    assert {"stretch": "childs-pose", "reason": "morning: bends forward"} in early["left_out"]
    named = data("routine", "--plan", "--json", "--morning", "--experienced", "--stretch", "childs-pose")
    assert named["why"] == {"childs-pose": "you asked for it"}


def test_plan_json_has_reasons_and_hold_time_per_area() -> None:
    plan = data("routine", "--plan", "--json", "--experienced")
    held: dict[str, int] = {}
    for step in plan["steps"]:
        if step["kind"] == "hold" and step["side"] in (None, "left"):
            for area in CATALOG.stretches[step["stretch"]].areas.primary:
                held[area] = held.get(area, 0) + round(step["seconds"])
    assert {area: sides["left"] for area, sides in plan["held"].items() if sides["left"]} == held
    assert set(plan["why"]) == {step["stretch"] for step in plan["steps"]} - {None}
    text = run("routine", "--why", "--experienced").stdout
    assert "held, of 60 s per side" in text


def test_a_saved_routine_runs_again_unchanged() -> None:
    made = data("routine", "-a", "hips", "-m", "12", "--experienced", "--plan", "--json", "--save", "my-hips")
    again = data("routine", "--program", "my-hips", "--plan", "--json")
    doses = [
        [(s["stretch"], s["side"], s["reps"], s["seconds"]) for s in plan["steps"] if s["kind"] in ("hold", "move")]
        for plan in (made, again)
    ]
    assert doses[0] == doses[1]
    assert run("catalog", "check").exit_code == 0


def test_a_dose_made_easier_is_saved_in_full() -> None:
    knee = ("--avoid", "knee", "--experienced", "--plan", "--json")
    made = data("routine", "-a", "piriformis", "-m", "12", *knee, "--save", "easy")
    again = data("routine", "--program", "easy", *knee)
    assert [s["seconds"] for s in made["steps"] if s["kind"] == "hold"] == [
        s["seconds"] for s in again["steps"] if s["kind"] == "hold"
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../evil", "is not a valid id"),
        ("My Back", "is not a valid id"),
        ("easy-five", "already"),
        ("con", "reserved"),
        ("x" * 61, "is not a valid id"),
    ],
)
def test_an_invalid_name_to_save_is_refused(name: str, words: str) -> None:
    result = run("routine", "--plan", "--save", name)
    assert result.exit_code == 2
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_saved_program_with_an_unknown_stretch_names_similar_ones() -> None:
    run("routine", "--plan", "--experienced", "--save", "mine")
    folder = Path(run("catalog", "path").stdout.strip())
    file = folder / "mine.yaml"
    file.write_text(file.read_text("utf-8").replace("stretch: pelvic-tilt", "stretch: pelvic-tlit"), encoding="utf-8")
    result = run("routine", "--program", "mine", "--plan")
    assert result.exit_code == 2
    assert "did you mean pelvic-tilt?" in result.stderr


# -- the safety check


def record_with(outcome: Outcome = Outcome.GO, **known: Any) -> ScreeningRecord:
    return ScreeningRecord(outcome=outcome, screened=TODAY, since=TODAY, **known)


def fit(record: ScreeningRecord, today: date = TODAY, **asked: Any) -> Request:
    return apply_preflight(Request(**asked), PreflightResult(record), today)


@pytest.mark.parametrize(
    "preflight", [PreflightResult(), PreflightResult(record_with()), PreflightResult(record_with(), pain=3)]
)
def test_no_finding_changes_nothing(preflight: PreflightResult) -> None:
    request = Request(areas=("neck",), level="deep", avoid=("knee",), breath=BREATH_PRESETS["calm"])
    assert apply_preflight(request, preflight, TODAY) == request


def test_tags_are_added_to_the_cautions() -> None:
    request = fit(record_with(tags=("disc", "neck")), avoid=("knee", "disc"))
    assert request.avoid == ("knee", "disc", "neck")


@pytest.mark.parametrize(
    ("asked", "given"), [("deep", "moderate"), ("moderate", "moderate"), ("gentle", "gentle"), (None, None)]
)
def test_go_gently_excludes_deep_stretches(asked: Level, given: Level) -> None:
    for days in (0, 14, 300):
        assert fit(record_with(Outcome.GO_GENTLY), TODAY + timedelta(days=days), level=asked).level == given


@pytest.mark.parametrize("asked", [None, *LEVELS])
@pytest.mark.parametrize("record", [None, record_with(), record_with(Outcome.GO_GENTLY)])
def test_gentle_only_overrides_the_level(record: ScreeningRecord | None, asked: Level | None) -> None:
    assert apply_preflight(Request(level=asked), PreflightResult(record, gentle_only=True), TODAY).level == "gentle"


@pytest.mark.parametrize("gentle_only", [False, True])
@pytest.mark.parametrize("asked", [None, "gentle", "moderate"])
@pytest.mark.parametrize("outcome", [Outcome.GO, Outcome.GO_GENTLY])
def test_of_two_limits_of_the_level_the_stronger_holds(
    outcome: Outcome, asked: Level | None, gentle_only: bool
) -> None:
    limits = [asked, "gentle" if gentle_only else None, "moderate" if outcome is Outcome.GO_GENTLY else None]
    strongest = min(filter(None, limits), key=LEVELS.index, default=None)
    result = PreflightResult(record_with(outcome), gentle_only=gentle_only)
    assert apply_preflight(Request(max_level=asked), result, TODAY).max_level == strongest


@pytest.mark.parametrize("record", [None, record_with()])
def test_half_dose_changes_only_the_dose(record: ScreeningRecord | None) -> None:
    request = Request(level="deep")
    halved = apply_preflight(request, PreflightResult(record, half_dose=True), TODAY)
    assert halved == msgspec.structs.replace(request, half_dose=True)


@pytest.mark.parametrize(
    ("outcome", "days", "beginner"),
    [
        (Outcome.GO_GENTLY, 0, True),
        (Outcome.GO_GENTLY, 13, True),
        (Outcome.GO_GENTLY, 14, False),
        (Outcome.GO, 0, False),
    ],
)
def test_go_gently_means_beginner_doses_for_two_weeks(outcome: Outcome, days: int, beginner: bool) -> None:
    today = TODAY + timedelta(days=days)
    assert fit(record_with(outcome), today).beginner is beginner
    assert fit(record_with(outcome), today, beginner=True).beginner  # for a reason of its own


@pytest.mark.parametrize("outcome", [Outcome.GO, Outcome.GO_GENTLY])
def test_breath_off_turns_counting_off(outcome: Outcome) -> None:
    assert fit(record_with(outcome, breath_off=True), breath=BREATH_PRESETS["calm"]).breath.name == "off"
    assert fit(record_with(outcome), breath=BREATH_PRESETS["calm"]).breath.name == "calm"
