"""Timelines: phases, their breaths and lengths, and adjusting them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretch.core.routine import Request
from stretch.core.timing.phases import WORKING_KINDS, preparation_ms
from stretch.core.timing.timeline import Timeline, build_timeline
from stretch.core.vocabulary import Tag
from support import CATALOG, requests, routine, timeline_or_skip, timelines

fractions = st.floats(0, 1)


@given(timelines)
def test_phases_are_consecutive(timeline: Timeline) -> None:
    position = 0
    for phase in timeline.phases:
        assert phase.start_ms == position
        assert phase.length_ms > 0
        position = phase.end_ms
    assert timeline.length_ms == position == sum(phase.length_ms for phase in timeline.phases)


@given(timelines)
def test_both_sides_have_the_same_dose(timeline: Timeline) -> None:
    doses: dict[str, dict[str | None, list[tuple[str, int]]]] = {}
    for phase in timeline.phases:
        if phase.item and phase.kind in WORKING_KINDS:
            sides = doses.setdefault(phase.item.stretch.id, {})
            sides.setdefault(phase.side, []).append((phase.kind, phase.length_ms))
    for name, sides in doses.items():
        if CATALOG.stretches[name].both_sides:
            assert set(sides) == {"left", "right"}
            assert sides["left"] == sides["right"]
        else:
            assert set(sides) == {None}


@given(timelines)
def test_working_phases_consist_of_whole_breaths(timeline: Timeline) -> None:
    for phase in timeline.phases:
        if phase.kind == "move" or (phase.kind == "hold" and timeline.pattern.has_cues and phase.length_ms >= 5_000):
            assert sum(map(sum, phase.breaths)) == phase.length_ms
        if timeline.pattern.name == "steady":
            assert all(exhale <= 3_000 for _, exhale in phase.breaths)


@given(timelines, fractions)
def test_moments_agree_with_their_phase(timeline: Timeline, part: float) -> None:
    position = int(part * timeline.length_ms)
    moment = timeline.at(position)
    assert moment.phase.start_ms <= position <= moment.phase.end_ms
    assert moment.left_ms == moment.phase.end_ms - position
    assert moment.total_left_ms == timeline.length_ms - position
    if moment.phase.breaths:
        assert moment.breath is not None
        assert 0 <= moment.breath.elapsed_ms <= moment.breath.length_ms
        before = sum(map(sum, moment.phase.breaths[: moment.breath.number - 1]))
        if moment.breath.half == "out":
            before += moment.phase.breaths[moment.breath.number - 1][0]
        assert moment.phase.start_ms + before + moment.breath.elapsed_ms == position


@given(timelines, fractions, st.sampled_from([5_000, -5_000]), st.integers(1, 12))
def test_adjusted_phases_keep_whole_breaths(timeline: Timeline, part: float, change: int, times: int) -> None:
    position = int(part * (timeline.length_ms - 1))
    before = timeline.at(position)
    for _ in range(times):
        timeline = timeline.adjust(position, change)
    after = timeline.at(position)
    assert after.index == before.index
    assert after.left_ms > 0
    assert after.breath == before.breath or (after.breath and before.breath and after.breath.half == before.breath.half)
    if after.phase.breaths:
        assert sum(map(sum, after.phase.breaths)) == after.phase.length_ms
    if after.phase.kind == "hold":
        assert after.phase.length_ms <= 60_000
    positions = [phase.start_ms for phase in timeline.phases]
    assert positions == sorted(set(positions))


def test_holds_become_exactly_five_seconds_longer() -> None:
    timeline = build_timeline(routine())
    hold = next(phase for phase in timeline.phases if phase.kind == "hold")
    for elapsed in (0, 1_000, 7_000, 29_000):
        longer = timeline.adjust(hold.start_ms + elapsed, 5_000)
        assert longer.length_ms == timeline.length_ms + 5_000


def test_d4_holds_become_at_most_a_minute_long() -> None:
    timeline = build_timeline(routine())
    index, hold = next((i, phase) for i, phase in enumerate(timeline.phases) if phase.kind == "hold")
    for _ in range(10):
        timeline = timeline.adjust(hold.start_ms + 1_000, 5_000)
    assert hold.length_ms + 10 * 5_000 > 60_000
    assert timeline.phases[index].length_ms == 60_000


@pytest.mark.parametrize(("breath", "cycle"), [("2-2", 4_000), ("steady", 6_000), ("10-10", 20_000)])
@pytest.mark.parametrize("change", [5_000, -5_000])
def test_b10_moves_change_by_at_least_one_breath(breath: str, cycle: int, change: int) -> None:
    timeline = build_timeline(routine(areas=(), stretches=("cat-cow",), warm_up=0.0, breath=breath))
    move = next(phase for phase in timeline.phases if phase.kind == "move")
    changed = timeline.adjust(move.start_ms + 1_000, change)
    assert changed.length_ms == timeline.length_ms + (cycle if change > 0 else -cycle)


def test_preparation_allows_time_to_read_and_to_change_position() -> None:
    timeline = build_timeline(routine(minutes=30.0))
    for phase in timeline.phases:
        if phase.kind == "prepare" and phase.item:
            words = sum(len(step.split()) for step in phase.item.stretch.steps)
            assert phase.length_ms >= words / 150 * 60_000
            assert phase.length_ms >= (15_000 if phase.new_position else 8_000)


@pytest.mark.parametrize("tag", ["older-adult", "balance", "pregnancy"])
def test_d18_some_tags_add_ten_seconds_to_every_change(tag: Tag) -> None:
    # Named, because a plan with longer changes may have other stretches; the first also follows another warm-up.
    named = ("chin-tuck", "neck-rotation", "seated-chest-opener")
    usual = build_timeline(routine(areas=(), stretches=named, minutes=20.0))
    slow = build_timeline(routine(areas=(), stretches=named, minutes=20.0, avoid=(tag,)))
    later = (*usual.items[1:], *slow.items[1:])
    for kind, seconds in (("rest", 5_000), ("switch", 5_000), ("prepare", None)):
        usual_ms = [phase.length_ms for phase in usual.phases if phase.kind == kind and phase.item in later]
        slow_ms = [phase.length_ms for phase in slow.phases if phase.kind == kind and phase.item in later]
        assert set(usual_ms) == {seconds} if seconds else usual_ms
        assert sorted(set(slow_ms)) == [milliseconds + 10_000 for milliseconds in sorted(set(usual_ms))]


def test_contract_relax_rounds_press_release_and_hold() -> None:
    timeline = build_timeline(routine(areas=(), stretches=("contract-relax-hamstring",), level="deep"))
    working = [(p.kind, p.length_ms, p.rep) for p in timeline.phases if p.kind in WORKING_KINDS and p.side == "left"]
    assert working == [
        (kind, length, rep)
        for rep in (1, 2, 3)
        for kind, length in (("press", 6_000), ("release", 4_000), ("hold", 20_000))
    ]


@pytest.mark.parametrize(
    ("options", "seconds"),
    [
        ({}, 20),  # 50 words at 150 a minute
        ({"voice": True}, 32),  # 50 words, 4 of the name and 8 of the announcement at 140 a minute, and 5 s
        ({"familiar": True}, 8),
        ({"familiar": True, "new_position": True}, 15),
        ({"familiar": True, "voice": True}, 11),
        ({"slow": True}, 30),
    ],
)
def test_preparation_is_as_long_as_its_words(options: dict[str, Any], seconds: int) -> None:
    stretch = msgspec.structs.replace(
        CATALOG.stretches["cat-cow"], name="One two three four", steps=("One two three four five. " * 5,) * 2
    )
    assert preparation_ms(stretch, **{"new_position": False, **options}) == seconds * 1_000


def test_a_side_is_changed_in_five_seconds_and_turned_over_in_ten() -> None:
    named = ("single-knee-to-chest", "open-book")
    timeline = build_timeline(routine(areas=(), stretches=named, warm_up=0.0))
    found = {phase.activity_id: phase.length_ms for phase in timeline.phases if phase.kind == "switch"}
    assert found == {"single-knee-to-chest": 5_000, "open-book": 10_000}


@given(requests, st.booleans())
def test_a_plan_counts_the_time_of_the_voice(request: Request, voice: bool) -> None:
    timeline = timeline_or_skip(msgspec.structs.replace(request, voice=voice))
    assert timeline == timeline.with_voice(voice, 0)
    assert timeline.length_ms <= (request.minutes or 0) * 60_000


def test_the_voice_changes_what_has_not_begun() -> None:
    timeline = build_timeline(routine())
    first, second, *_ = (phase for phase in timeline.phases if phase.kind == "prepare")
    spoken = timeline.with_voice(True, first.start_ms + 1)
    assert next(phase.length_ms for phase in spoken.phases if phase.item == first.item) == first.length_ms
    later = next(phase for phase in spoken.phases if phase.item == second.item)
    assert later.length_ms > second.length_ms
    assert spoken.with_voice(False, first.start_ms + 1) == timeline


@pytest.mark.parametrize(("moved", "seconds"), [(False, 8), (True, 15)])
def test_d18_preparation_takes_eight_seconds_or_fifteen_with_a_new_position(moved: bool, seconds: int) -> None:
    short = msgspec.structs.replace(CATALOG.stretches["cat-cow"], steps=("Sit.",))
    assert preparation_ms(short, new_position=moved) == seconds * 1_000
