"""Another stretch for the same purpose, for good, and a routine without one of its stretches."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from stretch.cli.request import RoutinePlanner, build_request
from stretch.core.journal.progress import encode_plan
from stretch.core.journal.record import SessionRecord
from stretch.core.model import expand_areas
from stretch.core.planning.builder import build_routine
from stretch.core.planning.personalize import RecentPractice, continuity_after
from stretch.core.planning.programs import build_program
from stretch.core.planning.replacement import _alternatives, drop_stretch, replace_stretch
from stretch.core.planning.scoring import goals_of, goals_served
from stretch.core.routine import Request, Routine
from stretch.storage.journal.journal import Journal
from support import CATALOG
from test_plans import ids, parse
from test_steady import OPTIONS, START, DatedApp

TODAY = date(2026, 3, 2)


def planned(request: Request) -> Routine:
    made = build_routine(CATALOG, request)
    return replace(made, continuity=continuity_after(made, request.key, request, RecentPractice(), TODAY))


def tomorrow(request: Request, made: Routine) -> Request:
    assert made.continuity is not None
    return replace(request, kept=made.continuity.kept, replaced=made.continuity.replaced)


@pytest.mark.parametrize(
    ("command", "name", "other"),
    [
        ("-a lower-back", "supine-hamstring-strap", "hamstring-90-90"),
        ("-a lower-back", "supine-figure-four", "knee-to-opposite-shoulder"),
        ("-a shoulders", "seated-chest-opener", "hands-behind-back"),
        ("-a lower-back -m 5", "seated-hamstring", "chair-flat-back"),
        ("-a lower-back -m 5", "seated-cat-cow", "standing-pelvic-tilt"),
        ("-a lower-back --experienced", "single-knee-to-chest", "double-knee-to-chest"),
    ],
)
def test_the_next_best_for_the_same_purpose_takes_its_place_for_good(command: str, name: str, other: str) -> None:
    request = parse(command)
    usual = planned(request)
    assert name in ids(usual)
    assert other not in ids(usual)
    made = replace_stretch(CATALOG, request, usual, name)
    assert made is not None
    assert name not in ids(made)
    assert other in ids(made)
    goals = goals_of(CATALOG, expand_areas(CATALOG, request.areas), request)
    assert set(goals_served(CATALOG.stretches[name], goals)) & set(goals_served(CATALOG.stretches[other], goals))
    assert ids(build_routine(CATALOG, tomorrow(request, made))) == ids(made)
    longer = build_routine(CATALOG, replace(tomorrow(request, made), minutes=40.0))
    assert name not in ids(longer)
    assert [left.reason for left in longer.left_out if left.stretch == name] == ["replaced"]


@pytest.mark.parametrize(
    ("command", "name", "positions"),
    [
        ("-a shoulders", "seated-chest-opener", ["standing", "standing", "standing", "side-lying"]),
        ("-a upper-back", "open-book", ["quadruped", "seated"]),
        ("-a lower-back -m 30 --experienced", "childs-pose", ["kneeling", "supine", "seated"]),
    ],
)
def test_another_way_down_to_the_floor_or_up_comes_last(command: str, name: str, positions: list[str]) -> None:
    request = parse(command)
    found = [one.item.position for one in _alternatives(CATALOG, request, planned(request), name)]
    assert found[: len(positions)] == positions


def test_replacing_the_replacement_goes_round() -> None:
    request = parse("-a lower-back --experienced")
    made: Routine | None = planned(request)
    usual = ids(made) if made else []
    hamstrings = {id for id, one in CATALOG.stretches.items() if "hamstrings" in one.areas.primary}
    seen = []
    for _ in range(12):
        assert made is not None
        (now,) = hamstrings & set(ids(made))
        seen.append(now)
        made = replace_stretch(CATALOG, request, made, now)
    first = seen.index("supine-hamstring-strap", 1)
    assert len(set(seen[:first])) == first > 2
    assert seen[first : 2 * first] == seen[: len(seen[first : 2 * first])]
    assert set(usual) & hamstrings == {"supine-hamstring-strap"}


def test_in_place_nothing_else_changes() -> None:
    request = parse("-a lower-back --experienced")
    usual = planned(request)
    made = replace_stretch(CATALOG, request, usual, "supine-hamstring-strap", in_place=True)
    assert made is not None
    changed = [(old, new) for old, new in zip(usual.items, made.items, strict=True) if old != new]
    assert [(old.stretch.id, new.stretch.id) for old, new in changed] == [("supine-hamstring-strap", "hamstring-90-90")]
    assert made.warm_up == usual.warm_up
    assert "hamstring-90-90" in ids(build_routine(CATALOG, tomorrow(request, made)))


def test_where_no_other_stretch_has_that_purpose_there_is_none() -> None:
    request = parse("-a neck -m 10")
    usual = planned(request)
    assert replace_stretch(CATALOG, request, usual, "chin-tuck") is None


def test_stretches_by_name_and_programs_are_replaced_today_only() -> None:
    request = replace(parse("-a lower-back --experienced"), stretches=("supine-hamstring-hold",))
    named = planned(request)
    made = replace_stretch(CATALOG, request, named, "supine-hamstring-hold")
    assert made is not None
    assert made.continuity == named.continuity
    assert [item.stretch.family for item in made.items] == [item.stretch.family for item in named.items]
    program = build_program(CATALOG, "easy-five", Request())
    other = replace_stretch(CATALOG, Request(), program, "happy-baby")
    assert other is not None
    assert other.continuity is None
    assert len(set(ids(other)) - set(ids(program))) == 1
    assert set(ids(program)) - set(ids(other)) == {"happy-baby"}


def test_a_dropped_stretch_is_left_out_and_the_last_one_stays() -> None:
    usual = planned(parse("-a lower-back"))
    made = drop_stretch(usual, "supine-figure-four")
    assert made is not None
    assert ids(made) == [name for name in ids(usual) if name != "supine-figure-four"]
    assert made.continuity == usual.continuity
    rest: Routine | None = made
    for name in ("half-kneeling-hip-flexor", "supine-hamstring-strap", "single-knee-to-chest"):
        assert rest is not None
        rest = drop_stretch(rest, name)
    assert rest is None


def test_what_was_replaced_is_read_from_the_journal_and_kept_for_other_minutes(tmp_path: Path) -> None:
    app = DatedApp(tmp_path, START)
    asked = build_request(app, OPTIONS)
    usual = RoutinePlanner(app, OPTIONS).plan(asked)
    fitted, _ = RoutinePlanner(app, OPTIONS).fit(asked)
    made = replace_stretch(CATALOG, fitted, usual, "supine-hamstring-strap")
    assert made is not None
    assert ids(RoutinePlanner(app, OPTIONS).plan(asked, made)) == ids(made)
    longer = RoutinePlanner(app, OPTIONS).plan(replace(asked, minutes=25.0), made)
    assert set(ids(made)) - set(ids(longer)) == set()
    record = SessionRecord(id=f"{1:032x}", started=f"{START}T08:00:00+00:00", title=made.title, areas=made.areas)
    with Journal.open_for_writing(tmp_path, START) as journal:
        journal.save(record, encode_plan(made))
    again = RoutinePlanner(DatedApp(tmp_path, START.replace(day=5)), OPTIONS).plan(asked)
    assert ids(again) == ids(made)
    assert again.continuity is not None
    assert again.continuity.replaced == ("supine-hamstring-strap",)
