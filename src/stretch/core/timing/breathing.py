"""Whole breaths fitted into a hold, so that it starts on a breath in and ends on a breath out."""

from __future__ import annotations

import re
from itertools import pairwise
from math import lcm

from stretch.core.errors import UsageError
from stretch.core.routine import PRESET_PATTERNS, Pattern

STEADY_MS = 6_000
"""The longest cycle of `steady`: at most 3 s in and 3 s out (rule B1)."""
SHORTEST_CYCLE_MS, LONGEST_CYCLE_MS = 5_000, 12_000
"""A breath of any other pattern stays between these when it is fitted to a hold (section 5.1, step 1)."""
UNCOUNTED_MS = 5_000
"""A hold shorter than this has no counted breath, only a breath out."""

Breath = tuple[int, int]
"""Milliseconds of the breath in and of the breath out."""


def parse_pattern(text: str) -> Pattern:
    """Return the preset or the user's own IN-OUT pattern that *text* names.

    Seconds may be halves (`3.5-5`): then every length of a session is exact in binary too. Raises UsageError for
    anything else, and for halves under 2 s or over 10 s.
    """
    if preset := PRESET_PATTERNS.get(text):
        return preset
    match = re.fullmatch(r"(\d{1,2}(?:\.[05])?)-(\d{1,2}(?:\.[05])?)", text, re.ASCII)
    if match is None:
        raise UsageError(f"--breath takes {', '.join(PRESET_PATTERNS)} or seconds IN-OUT such as 4-6, not {text!r}.")
    inhale, exhale = (int(float(part) * 1000) for part in match.groups())
    if not (2_000 <= inhale <= 10_000 and 2_000 <= exhale <= 10_000):
        raise UsageError(f"--breath {text}: a breath in or out takes 2 to 10 seconds.")
    return Pattern(text, inhale, exhale)


def fit(hold: int, pattern: Pattern) -> tuple[Breath, ...]:
    """Fill *hold* milliseconds exactly with whole breaths of *pattern*, as near its length as they can be.

    Empty for `off` and for holds under 5 s. Cycle boundaries are rounded one by one, so no breath differs from
    another by more than a millisecond and, with `steady`, none goes over 3 s (section 5.1, rules B1 and B7).
    """
    if not pattern.has_cues or hold < UNCOUNTED_MS:
        return ()
    count = -(-hold // STEADY_MS) if pattern.name == "steady" else _nearest_count(hold, pattern.cycle_ms)
    edges = [hold * k // count for k in range(count + 1)]
    breaths = []
    for start, end in pairwise(edges):
        exhale = (2 * (end - start) * pattern.exhale_ms + pattern.cycle_ms) // (2 * pattern.cycle_ms)
        breaths.append((end - start - exhale, exhale))
    return tuple(breaths)


def _nearest_count(hold: int, cycle: int) -> int:
    counts = range(max(1, -(-hold // LONGEST_CYCLE_MS)), hold // SHORTEST_CYCLE_MS + 1)
    scale = lcm(*counts)  # compares |hold / n - cycle| in integers, where a tie is a tie
    return min(counts, key=lambda n: (abs(hold - cycle * n) * scale // n, n), default=1)


def repeat_breaths(count: int, pattern: Pattern) -> tuple[Breath, ...]:
    """Return *count* breaths at the pattern's own length: the pace of a dynamic stretch (rule B10)."""
    return ((pattern.inhale_ms, pattern.exhale_ms),) * count
