"""What is more than there is time to hear, and more of a stretch than brings anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from stretch.core.model import Program, Stretch
from stretch.core.planning.dosing import AREA_CEILING_S, STRETCH_CEILING_S, held_seconds
from stretch.core.planning.programs import program_dose
from stretch.core.timing.breathing import STEADY_MS
from stretch.core.timing.phases import READING_WORDS_PER_MINUTE, SWITCH_MS
from stretch.core.validation.checks import Problem, Steps

BREATH_S = STEADY_MS // 1000
SWITCHING = "Switch to the right side. Right:"
"""What stands beside `side_means` while the sides are changed."""


def check_cues(stretch: Stretch) -> Iterator[Problem]:
    """Yield the cues of *stretch* that take longer to hear than their moment lasts, at 200 words a minute."""
    dose, pace = stretch.dose, stretch.pace
    hold = dose.contract.hold_s if dose.contract else dose.hold_s
    if pace is not None:
        yield from _too_long(("pace", "inhale"), pace.inhale, BREATH_S // 2, "half a breath")
        yield from _too_long(("pace", "exhale"), pace.exhale, BREATH_S // 2, "half a breath")
    if stretch.halfway is not None:
        yield from _too_long(("halfway",), stretch.halfway, BREATH_S, "one breath")
    yield from _too_long(("breath",), stretch.breath, min(hold or BREATH_S, BREATH_S), "the first breath")
    if stretch.both_sides and stretch.side_means is not None:
        yield from _too_long(("side_means",), stretch.side_means, SWITCH_MS // 1000, "changing sides", SWITCHING)


def _too_long(field: Steps, text: str, seconds: int, moment: str, before: str = "") -> Iterator[Problem]:
    most = seconds * READING_WORDS_PER_MINUTE // 60 - len(before.split())
    if (words := len(text.split())) > most:
        yield field, f"{words} words are too long for {moment}, {seconds} s; {most} at most"


def check_ceiling(program: Program, stretches: Mapping[str, Stretch]) -> Iterator[Problem]:
    """Yield the areas that *program* holds longer on a side than brings more range (rule D5); not as written (D19)."""
    held: Counter[str] = Counter()
    for item in program.items:
        if stretch := stretches.get(item.stretch):
            held.update(dict.fromkeys(stretch.areas.primary, held_seconds(stretch, program_dose(stretch, item))))
    for area, seconds in held.items():
        if seconds > AREA_CEILING_S:
            yield ("items",), f"{seconds} s for {area} on a side; more than {AREA_CEILING_S} bring no more range"


def note_doses(program: Program, stretches: Mapping[str, Stretch]) -> Iterator[Problem]:
    """Yield the items of *program* that hold one stretch longer on a side than is of use (rule D5)."""
    for index, item in enumerate(program.items):
        if (stretch := stretches.get(item.stretch)) is None:
            continue
        if (seconds := held_seconds(stretch, program_dose(stretch, item))) > STRETCH_CEILING_S:
            limit = STRETCH_CEILING_S
            yield ("items", index), f"{seconds} s of one stretch on a side; more than {limit} bring no more range"
