"""Records of sessions: progress at any moment, and restoring a session from it."""

from __future__ import annotations

from typing import Any, cast

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from stretch.core.errors import UsageError
from stretch.core.journal.progress import restore_session, side_results, stretches_done, update_record
from stretch.core.journal.record import SessionRecord, SideResult, count_stretches
from stretch.core.planning.builder import build_routine
from stretch.core.routine import Routine
from stretch.core.timing.phases import WORKING_KINDS
from stretch.core.timing.session import Action, Session, Tick, update
from stretch.core.timing.timeline import build_timeline
from stretch.player.view import render_screen
from support import CATALOG, MS, SECOND, requests, routine

ROUTINE = routine(minutes=15.0)
TIMELINE = build_timeline(ROUTINE)
NEW_RECORD = SessionRecord(id="0" * 32, started="2026-11-24T07:30:00+01:00", title="Lower back")
ACTIONS = ["pause", "next", "next", "back", "more", "less", "ease", "hurt", "hurt", "help", "other", "other"]


def advance(session: Session, *steps: Any) -> Session:
    """Apply actions; numbers let that many seconds pass."""
    clock = session.clock_ns or 0
    session = update(session, Tick(clock))
    for step in steps:
        if isinstance(step, str):
            session = update(session, cast("Action", step))
            continue
        left = int(step * SECOND)
        while left > 0:
            clock += min(left, SECOND)
            left -= SECOND
            session = update(session, Tick(clock))
    return session


def first_index(kind: str, *, side: str | None = None, rep: int | None = None) -> int:
    return next(
        index
        for index, phase in enumerate(TIMELINE.phases)
        if phase.kind == kind and side in (None, phase.side) and rep in (None, phase.rep)
    )


def at(index: int, **fields: Any) -> Session:
    return Session(timeline=TIMELINE, position_ns=TIMELINE.phases[index].start_ms * MS, **fields)


def test_each_side_of_each_stretch_has_a_result() -> None:
    parts = side_results(Session(timeline=TIMELINE))
    assert [(part.stretch, part.side) for part in parts] == [
        (item.stretch.id, side) for item in ROUTINE.items for side in item.sides
    ]
    assert sum(part.planned for part in parts) == sum(phase.kind in WORKING_KINDS for phase in TIMELINE.phases)
    assert not any(part.done or part.seconds or part.skipped for part in parts)


def test_an_unfinished_hold_counts_its_seconds_but_is_not_done() -> None:
    hold = first_index("hold", side="left")
    session = advance(at(hold), 2.5, "next")
    name = TIMELINE.phases[hold].item.stretch.id
    left = next(part for part in side_results(session) if (part.stretch, part.side) == (name, "left"))
    assert (left.seconds, left.done, left.skipped) == (2.5, 0, True)


def test_a_stretch_counts_only_with_both_sides() -> None:
    left, right = (SideResult(stretch="a", name="A", side=side, planned=2, done=2) for side in ("left", "right"))
    half = SideResult(stretch="a", name="A", side="right", planned=2, done=1)
    assert count_stretches((left, right)) == (1, 1)
    assert count_stretches((left, half)) == (0, 1)
    assert count_stretches((left, msgspec.structs.replace(half, skipped=True))) == (0, 1)


def test_a_stretch_that_comes_again_counts_again() -> None:
    tilt, other = (SideResult(stretch=name, name=name, side=None, planned=1, done=1) for name in "ab")
    assert count_stretches((tilt, other, tilt)) == (3, 3)
    assert count_stretches((tilt, other, msgspec.structs.replace(tilt, done=0))) == (2, 3)


def test_pain_and_easing_are_recorded_on_their_side() -> None:
    session = advance(at(first_index("hold", side="right")), 1, "ease", 1, "hurt")
    parts = {part.side: part for part in side_results(session) if part.stretch == session.painful_ids[0]}
    assert (parts["right"].hurt, parts["right"].eased) == (1, True)
    assert (parts["left"].hurt, parts["left"].eased) == (0, False)


def test_a_completed_side_is_not_skipped() -> None:
    hold = TIMELINE.phases[first_index("hold", side="left")]
    end = max(phase.end_ms for phase in TIMELINE.phases if phase.item is hold.item and phase.side == "left")
    session = advance(at(first_index("hold", side="left")), (end - hold.start_ms) / 1000)
    left = next(part for part in side_results(session) if (part.stretch, part.side) == (hold.item.stretch.id, "left"))
    assert (left.done, left.skipped) == (left.planned, False)


@pytest.mark.parametrize(("kind", "side"), [("prepare", "left"), ("switch", "right")])
def test_pain_while_preparing_belongs_to_the_next_side(kind: str, side: str) -> None:
    session = advance(at(first_index(kind, side=side)), 1, "hurt")
    assert [(part.stretch, part.side) for part in side_results(session) if part.hurt] == [
        (session.painful_ids[0], side)
    ]


def test_pauses_do_not_count() -> None:
    session = advance(at(first_index("hold")), 3, "pause", 100, "pause", 2)
    assert sum(part.seconds for part in side_results(session)) == 5.0


@st.composite
def sessions(draw: st.DrawFn) -> tuple[Routine, Session]:
    """Return a routine and a session of it that began with the warm-up or anywhere in the stretches."""
    try:
        made = build_routine(CATALOG, draw(requests))
    except UsageError:
        assume(False)
        raise
    timeline = build_timeline(made)
    begins = draw(st.sampled_from([0, *(phase.start_ms for phase in timeline.phases if phase.item)]))
    seconds = st.integers(1, 900).map(lambda tenths: tenths / 10)
    steps = draw(st.lists(st.sampled_from(ACTIONS) | seconds, min_size=5, max_size=25))
    return made, advance(Session(timeline=timeline, position_ns=begins * MS), *steps)


@given(sessions())
def test_a_record_matches_its_session_after_any_actions(made: tuple[Routine, Session]) -> None:
    _, session = made
    record = update_record(NEW_RECORD, session)
    working = [(index, phase) for index, phase in enumerate(session.timeline.phases) if phase.kind in WORKING_KINDS]
    numbers = session.timeline.stretch_numbers
    every = {numbers[index] for index, _ in working}
    lacking = {numbers[index] for index, _ in working if index not in session.completed_phases}
    assert record.stretch_counts == stretches_done(session) == (len(every - lacking), len(every))
    assert not any(part.skipped for part in record.parts if part.done == part.planned)
    worked = sum(session.elapsed_ns.get(index, 0) for index, _ in working)
    assert sum(part.seconds for part in record.parts) == pytest.approx(worked / SECOND, abs=0.1)
    assert sum(session.elapsed_ns.values()) == session.active_ns
    in_stretches = [index for index in session.pain_reported_at if session.timeline.phases[index].item]
    assert sum(part.hurt for part in record.parts) == len(in_stretches)
    assert {part.stretch for part in record.parts if part.eased} == session.easier_ids
    assert record.ended == session.end_state


@given(sessions())
def test_a_session_interrupted_anywhere_is_restored_with_its_progress(cut_off: tuple[Routine, Session]) -> None:
    made, before = cut_off
    record = update_record(NEW_RECORD, before)
    again = restore_session(record, made)
    after = update_record(record, again)
    names = [item.stretch.id for item in again.timeline.items]
    if names != [item.stretch.id for item in made.items]:
        # What hurt and was left out does not come again.
        left_out = {part.stretch for part in record.parts if part.hurt}
        assert {item.stretch.id for item in made.items if item.stretch.id not in names} <= left_out
        assert all(names.count(name) == 1 for name in left_out & {*names})
        return
    assert after.active_seconds == record.active_seconds
    for was, now in zip(record.parts, after.parts, strict=True):
        assert (was.stretch, was.side, was.planned, was.done) == (now.stretch, now.side, now.planned, now.done)
        assert (was.seconds, was.eased, was.hurt) == (now.seconds, now.eased, now.hurt)
    remaining = [part for part in record.parts if part.remaining]
    moment = again.moment
    if before.timeline.phases[record.phase].kind == "warm-up":
        assert moment.index == record.phase
    elif remaining:
        assert moment.phase.kind == "prepare"
        assert moment.phase.length_ms >= 15_000
        assert (moment.phase.item.stretch.id, moment.phase.side) == (remaining[0].stretch, remaining[0].side)
        working = again.timeline.phases[moment.index + 1]
        assert working.kind in WORKING_KINDS
        assert moment.index + 1 not in again.completed_phases or working.item.dose.contract
    else:
        assert moment.phase.kind == "settle"
    # It is shown with its planned number, whichever side remains.
    assert [item.stretch.id for item in again.timeline.items] == [item.stretch.id for item in made.items]
    header = "".join(text for text, _ in render_screen(again, 80, 24)[0])
    if moment.phase.item:
        numbers = [at for at, item in enumerate(made.items, 1) if item.stretch.id == moment.phase.item.stretch.id]
        assert any(f"stretch {number} of {len(made.items)} " in header for number in numbers)
    # Played to the end, everything that remained is done.
    end = advance(again, again.timeline.length_ms / 1000 + 5)
    assert end.end_state == "finished"
    for was, now in zip(record.parts, side_results(end), strict=True):
        if was.remaining:
            assert now.complete


def test_restoring_in_the_middle_of_a_side_starts_with_the_next_repetition() -> None:
    hold = first_index("hold", side="right", rep=2)
    done = frozenset(i for i, phase in enumerate(TIMELINE.phases[:hold]) if phase.kind in WORKING_KINDS)
    again = restore_session(update_record(NEW_RECORD, advance(at(hold, completed_phases=done), 3)), ROUTINE)
    ahead = again.timeline.phases[again.moment.index + 1]
    assert (ahead.kind, ahead.side, ahead.rep, ahead.reps) == ("hold", "right", 2, ahead.reps)
    assert ahead.item.sides == ("right",)  # not announced as the first side


def test_restoring_in_the_closing_moves_starts_with_that_move() -> None:
    sporty = routine(before_sport=True)
    timeline = build_timeline(sporty)
    closing = max(index for index, phase in enumerate(timeline.phases) if phase.cool_down)
    before = advance(Session(timeline=timeline, position_ns=timeline.phases[closing].start_ms * MS), 2)
    again = restore_session(update_record(NEW_RECORD, before), sporty)
    assert again.moment.phase == timeline.phases[closing]


def test_d18_extra_transition_time_applies_when_resuming() -> None:
    lengths = []
    for made in (ROUTINE, msgspec.structs.replace(ROUTINE, extra_transition_time=True)):
        timeline = build_timeline(made)
        hold = next(phase for phase in timeline.phases if phase.kind == "hold")
        before = advance(Session(timeline=timeline, position_ns=hold.start_ms * MS), 1)
        lengths.append(restore_session(update_record(NEW_RECORD, before), made).moment.phase.length_ms)
    usual, slow = lengths
    assert slow == usual + 10_000


def test_a_plan_that_does_not_match_the_record_is_refused() -> None:
    with pytest.raises(UsageError, match="does not match"):
        restore_session(update_record(NEW_RECORD, Session(timeline=TIMELINE)), routine(areas=("neck",), minutes=10.0))


def test_the_day_is_in_local_time() -> None:
    record = SessionRecord(id="0" * 32, started="2026-11-24T23:30:00-08:00", title="x")
    assert str(record.day) == "2026-11-24"
