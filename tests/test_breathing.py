"""Breathing patterns and breaths fitted to holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretch.core.errors import UsageError
from stretch.core.timing.breathing import fit, parse_pattern
from stretch.core.vocabulary import BREATH_PRESETS, Pattern

TABLE = [  # hold, steady: breaths, in, out; calm: breaths, in, out
    (5, 1, 2.5, 2.5, 1, 2.0, 3.0),
    (10, 2, 2.5, 2.5, 1, 4.0, 6.0),
    (15, 3, 2.5, 2.5, 2, 3.0, 4.5),
    (20, 4, 2.5, 2.5, 2, 4.0, 6.0),
    (25, 5, 2.5, 2.5, 3, 3.3, 5.0),
    (30, 5, 3.0, 3.0, 3, 4.0, 6.0),
    (45, 8, 2.8, 2.8, 5, 3.6, 5.4),
    (60, 10, 3.0, 3.0, 6, 4.0, 6.0),
]

holds = st.integers(5_000, 240_000)
patterns = st.sampled_from(["steady", "calm", "even", "2-2", "2.5-10", "10-10"]).map(parse_pattern)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row[0]} s")
def test_breath_counts_match_the_table(row: tuple[float, ...]) -> None:
    hold, *expected = row
    for pattern, (count, inhale, exhale) in (("steady", expected[:3]), ("calm", expected[3:])):
        breaths = fit(int(hold * 1000), BREATH_PRESETS[pattern])
        assert len(breaths) == count
        for breath_in, breath_out in breaths:
            assert breath_in / 1000 == pytest.approx(inhale, abs=0.051)
            assert breath_out / 1000 == pytest.approx(exhale, abs=0.051)


@given(hold=holds, pattern=patterns)
def test_breaths_fill_a_hold_exactly(hold: int, pattern: Pattern) -> None:
    breaths = fit(hold, pattern)
    assert sum(map(sum, breaths)) == hold
    assert all(inhale > 0 and exhale > 0 for inhale, exhale in breaths)
    cycles = [inhale + exhale for inhale, exhale in breaths]
    assert max(cycles) - min(cycles) <= 1


@given(hold=holds)
def test_steady_breaths_are_at_most_three_seconds(hold: int) -> None:
    assert all(max(breath) <= 3_000 for breath in fit(hold, BREATH_PRESETS["steady"]))


@given(hold=st.integers(10_000, 240_000), pattern=patterns.filter(lambda p: p.name != "steady"))
def test_breaths_are_as_close_to_the_pattern_as_possible(hold: int, pattern: Pattern) -> None:
    count = len(fit(hold, pattern))
    counts = [n for n in range(1, 60) if 5_000 <= hold / n <= 12_000]
    assert count in counts
    assert abs(hold / count - pattern.cycle_ms) <= min(abs(hold / n - pattern.cycle_ms) for n in counts) + 1e-6


@pytest.mark.parametrize(("hold", "pattern", "count"), [(24, "calm", 2), (36, "4.5-6", 3), (60, "5-6", 5)])
def test_ties_go_to_fewer_breaths(hold: int, pattern: str, count: int) -> None:
    cycle = parse_pattern(pattern).cycle_ms
    assert hold * 1000 / count - cycle == cycle - hold * 1000 / (count + 1)
    assert len(fit(hold * 1000, parse_pattern(pattern))) == count


@pytest.mark.parametrize("pattern", ["steady", "calm", "4-6"])
def test_short_holds_and_off_have_no_breaths(pattern: str) -> None:
    assert fit(4_999, parse_pattern(pattern)) == ()
    assert fit(30_000, BREATH_PRESETS["off"]) == ()


@pytest.mark.parametrize("text", ["", "fast", "4", "4-", "4/6", "4-6-4", "1-3", "4-11", "4.2-6", "-4-6", "4-6s", "٤-٦"])
def test_invalid_patterns_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match=r"--breath"):
        parse_pattern(text)


def test_custom_patterns_are_parsed() -> None:
    assert (parse_pattern("3.5-5").inhale_ms, parse_pattern("3.5-5").exhale_ms) == (3_500, 5_000)
