"""Cues: complete, in order, and not too close to each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretch.core.timing.breathing import parse_pattern
from stretch.core.timing.phases import WORKING_KINDS, Phase, PhaseKind
from stretch.core.timing.timeline import Cue, Timeline, build_timeline, cues
from support import routine, timelines

fractions = st.floats(0, 1)


def phase_cues(phase: Phase) -> tuple[Cue, ...]:
    return cues(Timeline(phases=(phase,), pattern=parse_pattern("steady")), -1, phase.length_ms)


@given(timelines, st.tuples(fractions, fractions, fractions))
def test_cues_of_adjacent_intervals_add_up(timeline: Timeline, three: tuple[float, ...]) -> None:
    a, b, c = sorted(int(part * timeline.length_ms) for part in three)
    assert cues(timeline, a, b) + cues(timeline, b, c) == cues(timeline, a, c)


@given(timelines)
def test_every_phase_has_one_cue_and_the_end_is_last(timeline: Timeline) -> None:
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
        (Phase(kind="release", length_ms=4_001), [3, 2, 1]),
        (Phase(kind="release", length_ms=4_000), [2, 1]),
        (Phase(kind="release", length_ms=3_001), [2, 1]),
        (Phase(kind="release", length_ms=3_000), [1]),
        (Phase(kind="rest", length_ms=2_001), [1]),
        (Phase(kind="rest", length_ms=2_000), []),
        (Phase(kind="settle", length_ms=30_000), []),
    ],
)
def test_the_last_three_seconds_are_counted_except_close_to_the_start(phase: Phase, numbers: list[int]) -> None:
    counts = [cue for cue in phase_cues(phase) if cue.kind == "count"]
    assert [(cue.number, cue.at_ms) for cue in counts] == [(left, phase.length_ms - left * 1_000) for left in numbers]


@pytest.mark.parametrize(
    ("kind", "length", "half_way", "last"),
    [
        ("hold", 9_999, [], []),
        ("hold", 10_000, [], [5_000]),
        ("hold", 29_999, [], [24_999]),
        ("hold", 30_000, [15_000], [25_000]),
        ("warm-up", 29_999, [], []),
        ("warm-up", 30_000, [15_000], []),
        ("press", 30_000, [], []),
        ("settle", 60_000, [], []),
    ],
)
def test_long_holds_have_a_halfway_and_a_last_cue(
    kind: PhaseKind, length: int, half_way: list[int], last: list[int]
) -> None:
    found = phase_cues(Phase(kind=kind, length_ms=length))
    assert [cue.at_ms for cue in found if cue.kind == "half-way"] == half_way
    assert [cue.at_ms for cue in found if cue.kind == "last"] == last


@pytest.mark.parametrize(("breaths", "last"), [(2, []), (3, [12_000]), (8, [42_000])])
def test_moves_of_three_breaths_or_more_have_a_last_breath_cue(breaths: int, last: list[int]) -> None:
    phase = Phase(kind="move", length_ms=breaths * 6_000, breaths=((3_000, 3_000),) * breaths)
    assert [cue.at_ms for cue in phase_cues(phase) if cue.kind == "last"] == last


@given(timelines)
def test_holds_and_moves_have_at_most_one_last_cue(timeline: Timeline) -> None:
    last = [cue for cue in cues(timeline, -1, timeline.length_ms) if cue.kind == "last"]
    assert len({cue.index for cue in last}) == len(last)
    for cue in last:
        phase = timeline.phases[cue.index]
        assert phase.kind in WORKING_KINDS
        assert phase.end_ms - cue.at_ms == (5_000 if phase.kind == "hold" else sum(phase.breaths[-1]))


def test_warm_up_moves_have_a_halfway_cue() -> None:
    timeline = build_timeline(routine(areas=(), stretches=("butterfly",), warm_up=5.0))
    every = cues(timeline, -1, timeline.length_ms)
    half_way = [cue.at_ms for cue in every if cue.kind == "half-way"]
    assert half_way[:5] == [30_000, 90_000, 150_000, 210_000, 270_000]
