"""Animation: the figure goes into a stretch, breathes and comes out without jumps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretch.core.timing.animation import PRESS_DEPTH
from stretch.core.timing.timeline import Timeline, build_timeline
from support import SAMPLE, routine, timelines

CONTRACT = routine(areas=(), stretches=("contract-relax-hamstring",), level="deep")
TIMELINES = {"of every kind": build_timeline(SAMPLE), "contract-relax": build_timeline(CONTRACT)}
NEW_FIGURE = ("prepare", "switch", "settle")
JUMP = 0.02
"""Less than one step of a drawn figure, which is a sixteenth of the whole depth."""


@pytest.mark.parametrize("timeline", TIMELINES.values(), ids=TIMELINES)
def test_the_figure_does_not_jump_between_phases(timeline: Timeline) -> None:
    for before, after in zip(timeline.phases, timeline.phases[1:], strict=False):
        if before.item is None:
            continue
        last, first = timeline.at(after.start_ms - 1).figure, timeline.at(after.start_ms).figure
        assert last is not None
        assert first is not None
        if after.kind in NEW_FIGURE:
            # What was done before is not shown while the words are about the next side or stretch.
            assert (first.name, first.side) == (after.figure or after.activity_id, after.side)
            assert first.depth == pytest.approx(float(after.kind == "settle"), abs=JUMP)
            assert first.inhale_depth == 0
            continue
        assert first.name == last.name
        assert abs(first.depth - last.depth) < JUMP, (before.kind, after.kind)
        # No figure of a contract-relax stretch opens on the breath in.
        if before.item.dose.contract is None:
            assert abs(first.inhale_depth - last.inhale_depth) < JUMP, (before.kind, after.kind)


def test_a_press_is_a_mild_pull_and_the_hold_after_it_is_full_depth() -> None:
    timeline = TIMELINES["contract-relax"]
    for phase in timeline.phases:
        if phase.kind == "press":
            assert timeline.at(phase.start_ms).figure.depth == PRESS_DEPTH
        if phase.kind == "hold":
            assert timeline.at(phase.end_ms - 1).figure.depth == pytest.approx(1.0, abs=0.01)


@given(timelines, st.floats(0, 1))
def test_the_figure_does_not_jump_within_phases(timeline: Timeline, part: float) -> None:
    position = int(part * (timeline.length_ms - 20))
    if timeline.index_at(position) != timeline.index_at(position + 20):
        return
    one, other = timeline.at(position).figure, timeline.at(position + 20).figure
    assert one is None or 0 <= one.depth <= 1
    if one is None or other is None:
        return
    if (one.name, one.side, one.cycle) == (other.name, other.side, other.cycle):
        # The fastest movement is a warm-up move: there and back in 3 s.
        assert abs(one.depth - other.depth) <= 0.025
        assert abs(one.inhale_depth - other.inhale_depth) <= 0.025
    else:
        # Stretch, side or cycle change only while the body is out of the stretch.
        assert max(one.depth, other.depth) <= 0.01
