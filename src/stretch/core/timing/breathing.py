"""Breathing patterns, fitted to a hold so that it starts on a breath in and ends on a breath out."""

import re
from itertools import pairwise
from math import lcm
from typing import Literal

from msgspec import Struct

from stretch.core.errors import UsageError
from stretch.core.vocabulary import BREATH_PRESETS, Pattern

STEADY_MS = 6_000
"""The longest cycle of `steady`: at most 3 s in and 3 s out (rule B1)."""
SHORTEST_CYCLE_MS, LONGEST_CYCLE_MS = 5_000, 12_000
"""Limits of one breath when any other pattern is fitted to a hold (section 5.1, step 1)."""
UNCOUNTED_MS = 5_000
"""A shorter hold has no counted breaths, only one breath out."""

Breath = tuple[int, int]
"""Milliseconds of the breath in and of the breath out."""


class BreathPosition(Struct, frozen=True):
    """A position within the breaths of a phase: the breath, its half, and the milliseconds of that half."""

    number: int
    """From 1."""
    count: int
    half: Literal["in", "out"]
    elapsed_ms: int
    length_ms: int


def parse_pattern(text: str) -> Pattern:
    """Return the preset called *text*, or the pattern of the form IN-OUT in seconds, such as `3.5-5`.

    Only whole and half seconds are allowed: they are exact in binary. Raise UsageError for anything else, and for a
    breath in or out shorter than 2 s or longer than 10 s.
    """
    if preset := BREATH_PRESETS.get(text):
        return preset
    match = re.fullmatch(r"(\d{1,2}(?:\.[05])?)-(\d{1,2}(?:\.[05])?)", text, re.ASCII)
    if match is None:
        raise UsageError(f"--breath must be {', '.join(BREATH_PRESETS)} or seconds IN-OUT such as 4-6, not {text!r}.")
    inhale_ms, exhale_ms = (int(float(part) * 1000) for part in match.groups())
    if not (2_000 <= inhale_ms <= 10_000 and 2_000 <= exhale_ms <= 10_000):
        raise UsageError(f"--breath {text}: each breath in or out must be 2 to 10 seconds long.")
    return Pattern(text, inhale_ms, exhale_ms)


def fit(hold_ms: int, pattern: Pattern) -> tuple[Breath, ...]:
    """Fill a hold exactly with whole breaths, each as close to the length of *pattern* as possible.

    Empty for `off` and for holds under 5 s. The boundaries of the breaths are rounded one by one, so breaths differ
    by at most a millisecond, and with `steady` none is longer than 3 s in or out (section 5.1, rules B1 and B7).
    """
    if not pattern.has_cues or hold_ms < UNCOUNTED_MS:
        return ()
    cycle_ms = pattern.cycle_ms
    count = -(-hold_ms // STEADY_MS) if pattern.name == "steady" else _nearest_count(hold_ms, cycle_ms)
    boundaries = [hold_ms * k // count for k in range(count + 1)]
    breaths = []
    for start, end in pairwise(boundaries):
        exhale_ms = (2 * (end - start) * pattern.exhale_ms + cycle_ms) // (2 * cycle_ms)
        breaths.append((end - start - exhale_ms, exhale_ms))
    return tuple(breaths)


def _nearest_count(hold_ms: int, cycle_ms: int) -> int:
    counts = range(max(1, -(-hold_ms // LONGEST_CYCLE_MS)), hold_ms // SHORTEST_CYCLE_MS + 1)
    scale = lcm(*counts)  # compares |hold / n - cycle| in integers, so that ties are exact
    return min(counts, key=lambda n: (abs(hold_ms - cycle_ms * n) * scale // n, n), default=1)


def breath_at(breaths: tuple[Breath, ...], elapsed_ms: int) -> BreathPosition | None:
    """Return the position *elapsed_ms* into *breaths*, at most the end of the last one; None if there are none."""
    count = len(breaths)
    for number, (inhale_ms, exhale_ms) in enumerate(breaths, start=1):
        if elapsed_ms < inhale_ms:
            return BreathPosition(number, count, "in", elapsed_ms, inhale_ms)
        elapsed_ms -= inhale_ms
        if elapsed_ms < exhale_ms or number == count:
            return BreathPosition(number, count, "out", min(elapsed_ms, exhale_ms), exhale_ms)
        elapsed_ms -= exhale_ms
    return None
