from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretch.core.timing.breathing import parse_pattern
from stretch.core.timing.cues import Cue, cues
from stretch.core.timing.navigation import back_start
from stretch.core.timing.phases import WORKING_KINDS, Phase, preparation_ms
from stretch.core.timing.timeline import Timeline, build_timeline
from stretch.core.vocabulary import Tag
from support import CATALOG, SAMPLE, routine, timelines

parts = st.floats(0, 1)


def called_out(phase: Phase) -> tuple[Cue, ...]:
    return cues(Timeline(phases=(phase,), pattern=parse_pattern("steady")), -1, phase.length_ms)


@given(timelines)
def test_phases_follow_one_another_without_a_gap(timeline: Timeline) -> None:
    position = 0
    for phase in timeline.phases:
        assert phase.start_ms == position
        assert phase.length_ms > 0
        position = phase.end_ms
    assert timeline.length_ms == position == sum(phase.length_ms for phase in timeline.phases)


@given(timelines)
def test_both_sides_get_the_same(timeline: Timeline) -> None:
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
def test_working_phases_are_filled_by_whole_breaths(timeline: Timeline) -> None:
    for phase in timeline.phases:
        if phase.kind == "move" or (phase.kind == "hold" and timeline.pattern.has_cues and phase.length_ms >= 5_000):
            assert sum(map(sum, phase.breaths)) == phase.length_ms
        if timeline.pattern.name == "steady":
            assert all(exhale <= 3_000 for _, exhale in phase.breaths)


@given(timelines, parts)
def test_a_moment_agrees_with_its_phase(timeline: Timeline, part: float) -> None:
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


@given(timelines, parts)
def test_the_figure_never_jumps(timeline: Timeline, part: float) -> None:
    position = int(part * (timeline.length_ms - 20))
    one, other = timeline.at(position).figure, timeline.at(position + 20).figure
    assert one is None or 0 <= one.depth <= 1
    if one is None or other is None:
        return
    if (one.name, one.side, one.cycle) == (other.name, other.side, other.cycle):
        # The fastest movement is one of the warm-up, to and fro in 3 s.
        assert abs(one.depth - other.depth) <= 0.025
        assert abs(one.inhale_depth - other.inhale_depth) <= 0.025
    else:
        # Another stretch, side or turn is shown only when the body is out of the one before.
        assert max(one.depth, other.depth) <= 0.01


@given(timelines, st.tuples(parts, parts, parts))
def test_cues_of_two_stretches_of_time_are_the_cues_of_both(timeline: Timeline, three: tuple[float, ...]) -> None:
    a, b, c = sorted(int(part * timeline.length_ms) for part in three)
    assert cues(timeline, a, b) + cues(timeline, b, c) == cues(timeline, a, c)


@given(timelines)
def test_every_change_is_called_out_once_and_the_end_last(timeline: Timeline) -> None:
    every = cues(timeline, -1, timeline.length_ms)
    assert [cue.at_ms for cue in every if cue.kind == "phase"] == [phase.start_ms for phase in timeline.phases]
    assert [cue.kind for cue in every].count("end") == 1
    assert every[-1].kind == "end"
    assert list(every) == sorted(every, key=lambda cue: cue.at_ms)


@pytest.mark.parametrize(
    ("phase", "numbers"),
    [
        (Phase(kind="hold", length_ms=30_000), [3, 2, 1]),
        (Phase(kind="switch", length_ms=5_000), [3, 2, 1]),
        (Phase(kind="release", length_ms=4_000), [2, 1]),
        (Phase(kind="rest", length_ms=1_000), []),
        (Phase(kind="settle", length_ms=30_000), []),
    ],
)
def test_the_last_three_seconds_are_counted_but_none_within_a_second_of_the_start(
    phase: Phase, numbers: list[int]
) -> None:
    counts = [cue for cue in called_out(phase) if cue.kind == "count"]
    assert [(cue.number, cue.at_ms) for cue in counts] == [(left, phase.length_ms - left * 1_000) for left in numbers]


@pytest.mark.parametrize(("breaths", "last"), [(2, []), (3, [12_000]), (8, [42_000])])
def test_the_last_breath_of_movement_is_announced_where_there_are_three_at_least(breaths: int, last: list[int]) -> None:
    phase = Phase(kind="move", length_ms=breaths * 6_000, breaths=((3_000, 3_000),) * breaths)
    assert [cue.at_ms for cue in called_out(phase) if cue.kind == "last"] == last


@given(timelines, parts, st.sampled_from([5_000, -5_000]), st.integers(1, 12))
def test_longer_and_shorter_keep_whole_breaths(timeline: Timeline, part: float, change: int, times: int) -> None:
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


def test_longer_adds_exactly_five_seconds_to_a_hold() -> None:
    timeline = build_timeline(routine())
    hold = next(phase for phase in timeline.phases if phase.kind == "hold")
    for elapsed in (0, 1_000, 7_000, 29_000):
        longer = timeline.adjust(hold.start_ms + elapsed, 5_000)
        assert longer.length_ms == timeline.length_ms + 5_000


def test_d4_a_hold_grows_to_a_minute_and_no_further() -> None:
    timeline = build_timeline(routine())
    index, hold = next((i, phase) for i, phase in enumerate(timeline.phases) if phase.kind == "hold")
    for _ in range(10):
        timeline = timeline.adjust(hold.start_ms + 1_000, 5_000)
    assert hold.length_ms + 10 * 5_000 > 60_000
    assert timeline.phases[index].length_ms == 60_000


@pytest.mark.parametrize(("breath", "cycle"), [("2-2", 4_000), ("steady", 6_000), ("10-10", 20_000)])
@pytest.mark.parametrize("change", [5_000, -5_000])
def test_b10_a_movement_gets_longer_or_shorter_by_one_breath_at_least(breath: str, cycle: int, change: int) -> None:
    timeline = build_timeline(routine(areas=(), stretches=("cat-cow",), warm_up=0.0, breath=breath))
    move = next(phase for phase in timeline.phases if phase.kind == "move")
    changed = timeline.adjust(move.start_ms + 1_000, change)
    assert changed.length_ms == timeline.length_ms + (cycle if change > 0 else -cycle)


def test_preparation_is_long_enough_to_read_the_steps_and_to_get_down() -> None:
    timeline = build_timeline(routine(minutes=30.0))
    for phase in timeline.phases:
        if phase.kind == "prepare" and phase.item:
            words = sum(len(step.split()) for step in phase.item.stretch.steps)
            assert phase.length_ms >= words / 200 * 60_000
            assert phase.length_ms >= (15_000 if phase.new_position else 8_000)


@pytest.mark.parametrize("tag", ["older-adult", "balance", "pregnancy"])
def test_d18_those_who_need_it_get_ten_seconds_more_for_every_change(tag: Tag) -> None:
    usual = build_timeline(routine(areas=("neck",), minutes=20.0))
    slow = build_timeline(routine(areas=("neck",), minutes=20.0, avoid=(tag,)))
    for kind, seconds in (("rest", 5_000), ("switch", 5_000), ("prepare", None)):
        usual_ms = [phase.length_ms for phase in usual.phases if phase.kind == kind and phase.item]
        slow_ms = [phase.length_ms for phase in slow.phases if phase.kind == kind and phase.item]
        assert set(usual_ms) == {seconds} if seconds else usual_ms
        assert min(slow_ms) == min(usual_ms) + 10_000


def test_contract_relax_presses_releases_and_holds_in_each_round() -> None:
    timeline = build_timeline(routine(areas=(), stretches=("contract-relax-hamstring",), level="deep"))
    working = [(p.kind, p.length_ms, p.rep) for p in timeline.phases if p.kind in WORKING_KINDS and p.side == "left"]
    assert working == [
        (kind, length, rep)
        for rep in (1, 2, 3)
        for kind, length in (("press", 6_000), ("release", 4_000), ("hold", 20_000))
    ]


@pytest.mark.parametrize(("moved", "seconds"), [(False, 8), (True, 15)])
def test_d18_getting_ready_takes_eight_seconds_and_fifteen_after_a_change_of_position(
    moved: bool, seconds: int
) -> None:
    short = msgspec.structs.replace(CATALOG.stretches["cat-cow"], steps=("Sit.",))
    assert preparation_ms(short, new_position=moved) == seconds * 1_000


@pytest.mark.parametrize(("since", "before"), [(0, True), (1_999, True), (2_000, False)])
def test_back_within_two_seconds_of_a_start_goes_to_the_one_before(since: int, before: bool) -> None:
    timeline = build_timeline(SAMPLE)
    stations = [phase.start_ms for phase in timeline.phases if phase.kind in ("warm-up", "prepare", "switch", "settle")]
    assert back_start(timeline, stations[5] + since) == stations[4 if before else 5]
