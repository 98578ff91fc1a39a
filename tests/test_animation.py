"""How deep a figure is: it goes in, breathes and comes out without ever jumping."""

from __future__ import annotations

import pytest

from stretch.core.timing.animation import PRESS_DEPTH
from stretch.core.timing.timeline import Timeline, build_timeline
from support import SAMPLE, routine

CONTRACT = routine(areas=(), stretches=("contract-relax-hamstring",), level="deep")
TIMELINES = {"of every kind": build_timeline(SAMPLE), "contract-relax": build_timeline(CONTRACT)}
JUMP = 0.02
"""A thirtieth of the way is what a figure is drawn in steps of."""


@pytest.mark.parametrize("timeline", TIMELINES.values(), ids=TIMELINES)
def test_nothing_jumps_from_one_phase_to_the_next(timeline: Timeline) -> None:
    for before, after in zip(timeline.phases, timeline.phases[1:], strict=False):
        if before.item is None:
            continue
        last, first = timeline.at(after.start_ms - 1).figure, timeline.at(after.start_ms).figure
        assert last is not None
        assert first is not None
        assert first.name == last.name
        assert abs(first.depth - last.depth) < JUMP, (before.kind, after.kind)
        # Contract-relax goes further on the breath out; no figure of it opens on the breath in.
        if before.item.dose.contract is None:
            assert abs(first.inhale_depth - last.inhale_depth) < JUMP, (before.kind, after.kind)


def test_a_press_is_a_mild_pull_and_the_hold_after_it_goes_all_the_way() -> None:
    timeline = TIMELINES["contract-relax"]
    for phase in timeline.phases:
        if phase.kind == "press":
            assert timeline.at(phase.start_ms).figure.depth == PRESS_DEPTH
        if phase.kind == "hold":
            assert timeline.at(phase.end_ms - 1).figure.depth == pytest.approx(1.0, abs=0.01)
