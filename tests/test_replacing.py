"""Replacing the current stretch of a session by another for the same purpose."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from stretch.cli.play import StretchReplacer
from stretch.core.journal.progress import decode_plan, restore_session, side_results
from stretch.core.routine import Item, Routine
from stretch.core.timing.plan_changes import can_be_replaced, with_stretch_replaced
from stretch.core.timing.session import Session, update
from stretch.core.timing.timeline import build_timeline
from stretch.storage.journal.journal import Journal
from support import CATALOG, MS, routine, run
from test_resume import FakeApp

ROUTINE = routine()
TIMELINE = build_timeline(ROUTINE)
HOLDS = [index for index, phase in enumerate(TIMELINE.phases) if phase.kind == "hold"]
OTHER = CATALOG.stretches["butterfly"]
NEW = Item(OTHER, OTHER.dose, OTHER.position, (None,))


def at_phase(index: int, **fields: Any) -> Session:
    return Session(timeline=TIMELINE, position_ns=(TIMELINE.phases[index].start_ms + 2_000) * MS, **fields)


@pytest.mark.parametrize("index", HOLDS)
def test_the_new_stretch_takes_the_place_of_the_current_one(index: int) -> None:
    old = TIMELINE.phases[index].item
    now = with_stretch_replaced(at_phase(index, paused=True), NEW)
    items = [NEW if item is old else item for item in TIMELINE.items]
    # The same phases as if it had been planned so, but for the positions that the old one left.
    planned = build_timeline(replace(ROUTINE, items=tuple(items)))
    assert [(phase.kind, phase.item, phase.side, phase.rep) for phase in now.timeline.phases] == [
        (phase.kind, phase.item, phase.side, phase.rep) for phase in planned.phases
    ]
    assert now.timeline.length_ms == planned.length_ms
    phase = now.moment.phase
    assert (phase.kind, phase.item, now.position_ms) == ("prepare", NEW, phase.start_ms)
    assert not now.paused


def test_what_was_done_of_the_others_stays_with_them() -> None:
    first, last = HOLDS[0], HOLDS[-1]
    middle = next(i for i in HOLDS if TIMELINE.phases[i].item not in (TIMELINE.phases[first].item, None))
    done = frozenset((first, middle, last))
    session = at_phase(middle, completed_phases=done, pain_reported_at=(first, last), elapsed_ns={first: 5, middle: 6})
    now = with_stretch_replaced(session, NEW)
    results = {(part.stretch, part.side): part for part in side_results(now)}
    for index in (first, last):
        phase = TIMELINE.phases[index]
        part = results[phase.item.stretch.id, phase.side]
        assert (part.done, part.hurt) == (1, 1)
    assert results[OTHER.id, None].done == 0
    assert now.elapsed_ns == {first: 5}


def test_only_a_stretch_without_pain_is_replaced() -> None:
    assert not can_be_replaced(Session(timeline=TIMELINE))
    assert can_be_replaced(at_phase(HOLDS[0]))
    assert not can_be_replaced(update(update(at_phase(HOLDS[0]), "hurt"), "accept"))


@pytest.mark.parametrize(
    ("routine", "session", "problem"),
    [
        (None, at_phase(HOLDS[0]), "A resumed session keeps its stretches."),
        (ROUTINE, update(update(at_phase(HOLDS[0]), "hurt"), "accept"), "What hurt is not replaced"),
        (ROUTINE, at_phase(HOLDS[0]), "There is no other stretch for the same purpose."),
    ],
    ids=["resumed", "hurt", "no other"],
)
def test_why_a_stretch_is_not_replaced(routine: Routine | None, session: Session, problem: str) -> None:
    replacer = StretchReplacer(routine, lambda routine, name: None, None)
    assert replacer(session) is session
    assert replacer.problem.startswith(problem)


def play(folder: Path, *keys: str | float, hour: int = 0) -> str:
    app = FakeApp(folder, *keys, "q", later=timedelta(hours=hour))
    return run("routine", "--yes", "--plain", "--warm-up", "0", app=app).stdout


def test_the_current_stretch_is_replaced_after_one_before_it_was_dropped() -> None:
    first, second, third, *_ = ROUTINE.items
    again = replace(ROUTINE, items=(first, second, first, third))
    timeline = build_timeline(again).without({3}, voice=False)
    asked: list[str] = []
    replacer = StretchReplacer(again, lambda _, name: asked.append(name), None)
    replacer(Session(timeline=timeline, position_ns=timeline.phases[-2].start_ms * MS))
    assert asked == [third.stretch.id]


def test_r_replaces_the_stretch_in_the_journal_and_in_the_next_plan(tmp_path: Path) -> None:
    usual, changed = play(tmp_path, "N", "N", 1.0), play(tmp_path, "N", "N", "r", 1.0, hour=1)
    with Journal.open_for_reading(tmp_path) as journal:
        record, before = journal.recent(2)
        plan, first = (decode_plan(journal.plan(each.id) or b"") for each in (record, before))
    assert plan is not None
    old, new = ({item.stretch.id for item in each.items} for each in (first, plan))
    (gone,), (there,) = old - new, new - old
    assert [part.stretch for part in record.parts] == [item.stretch.id for item in plan.items for _ in item.sides]
    assert restore_session(record, plan).timeline.items == plan.items
    assert plan.continuity.replaced == (gone,)
    names = CATALOG.stretches[gone].name, CATALOG.stretches[there].name
    assert [name in usual for name in names] == [True, False]
    assert f"Next: {names[1]}" in changed
    # Tomorrow's plan has it as well.
    tomorrow = play(tmp_path, *["N"] * 9, hour=24)
    assert [f"{name}," in tomorrow for name in names] == [False, True]
