"""Rules for the content of the shipped catalog: sides, counts and lengths of texts, doses, and muscles of figures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from stretch.core.checks import FieldPath, FieldProblem
from stretch.core.model import Stretch
from stretch.core.planning.dosing import AREA_CEILING_S, STRETCH_CEILING_S, held_seconds
from stretch.core.planning.programs import program_dose
from stretch.core.program import Program
from stretch.core.timing.breathing import STEADY_MS
from stretch.core.timing.phases import SWITCH_MS
from stretch.core.vocabulary import Position

BREATH_S = STEADY_MS // 1000
CUE_WORDS_PER_MINUTE = 200
"""Words of a short cue that are said in a minute."""
SWITCH_PHRASE = "Switch to the right side. Right:"
"""Words that leave as much time for `side_means` as there is while the side changes."""

_NUMBER = (
    r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty"
    r"|ninety|forty-five|half a)"
)
_COUNTABLE = "secs?|seconds?|mins?|minutes?|times|repetitions|reps|rounds|breaths"
_COUNTED = re.compile(
    rf"(?i)\b(?:\d+ ?s|{_NUMBER}[\s-]*(?:\w+ )?(?:{_COUNTABLE}))\b(?! (?:a|per|each|every|this) (?:day|week))"
    r"|\btwice\b(?! (?:as|the)\b)"
)
_LIMB = (
    "(?:side|leg|knee|foot|thigh|calf|shin|ankle|heel|toe|hip|buttock|glute|hamstring|"
    "arm|hand|elbow|wrist|shoulder|ear|cheek)s?"
)
_ONE_SIDE = re.compile(
    rf"(?i)\b(?:left|right)[- ]{_LIMB}\b"
    rf"|\b(?:to|on|onto|toward|towards) (?:the|your) (?:left|right)\b(?! angle)(?: {_LIMB}\b)?"
    r"|\b(?:turn|roll|lean|look|twist|rotate) (?:left|right)\b"
)
_OTHER_SIDE = re.compile(
    rf"(?i)\b(?:repeat|same|again)\b[^.;]*\b(?:other|opposite|each|both) {_LIMB}\b"
    r"|\b(?:switch|change|swap) (?:sides|legs|arms|hands|feet)\b"
)
_SIDE_WORDS = re.compile(
    r"\b(?:one|other|opposite|that|this|same|each|both|side|top|bottom|upper|lower|front|back|near|far)\b"
)
_POSITION_WORDS: Mapping[str, tuple[Position, ...]] = {
    r"(?i)\bstand": ("standing",),
    r"(?i)\bsit|\bseat\b": ("seated", "seated-floor"),
    r"(?i)\bkneel|\ball fours\b": ("kneeling", "quadruped"),
    r"(?i)\blie\b": ("prone", "side-lying", "supine"),
}
_FILLER_WORDS = frozenset({"the", "you", "your", "that", "which", "way", "what"})


def check_wording(stretch: Stretch) -> Iterator[FieldProblem]:
    """Yield where the text of *stretch* contradicts its sides or its positions."""
    for field, text in stretch.texts():
        yield from ((field, problem) for problem in _wrong_sides(text, stretch))
    if stretch.both_sides and not _distinguishes_sides(stretch):
        yield ("steps",), "do not say which side is meant; write your {side} leg, your {other} arm"
    named = [positions for words, positions in _POSITION_WORDS.items() if re.search(words, " ".join(stretch.steps))]
    if stretch.also and named and (missing := {stretch.position, *stretch.also}.difference(*named)):
        both = " and ".join(sorted(missing))
        yield ("also",), f"the steps are not for {both}; name each position, as in Sit or stand tall, or remove it"


def _wrong_sides(text: str, stretch: Stretch) -> Iterator[str]:
    if stretch.both_sides and (match := _ONE_SIDE.search(text)):
        yield f"says {match[0]!r}, but is read for both sides; write your {{side}} leg, your {{other}} arm"
    if not stretch.both_sides and stretch.mode != "dynamic" and (match := _OTHER_SIDE.search(text)):
        yield f"says {match[0]!r}, but sides: both does it once; write sides: each, and side_means"


def _distinguishes_sides(stretch: Stretch) -> bool:
    """Return whether the steps have a word that distinguishes the sides, or a word of `side_means`."""
    text = " ".join(stretch.steps).lower()
    words = set(re.findall(r"\w{3,}", (stretch.side_means or "").lower())) - _FILLER_WORDS
    return stretch.names_side or bool(_SIDE_WORDS.search(text)) or any(word in text for word in words)


def find_counts(stretch: Stretch) -> Iterator[FieldProblem]:
    """Yield the texts of *stretch* with counts or seconds: the dose is not the same in every session (rule D7)."""
    for field, text in stretch.texts():
        # An easier way may have a dose of its own.
        if field[0] not in ("mistake", "ease_off") and (match := _COUNTED.search(text)):
            yield field, f"says {match[0]!r}; leave that to the timer, because the dose varies"


def check_area_doses(program: Program, stretches: Mapping[str, Stretch]) -> Iterator[FieldProblem]:
    """Yield the areas that *program* holds on one side for longer than is of use (rule D5; not `as_written`, D19)."""
    held: Counter[str] = Counter()
    for item in program.items:
        if stretch := stretches.get(item.stretch):
            held.update(dict.fromkeys(stretch.areas.primary, held_seconds(stretch, program_dose(stretch, item))))
    for area, seconds in held.items():
        if seconds > AREA_CEILING_S:
            yield ("items",), f"{seconds} s for {area} on a side; more than {AREA_CEILING_S} bring no more range"


def check_item_doses(program: Program, stretches: Mapping[str, Stretch]) -> Iterator[FieldProblem]:
    """Yield the items of *program* that hold one stretch on one side for longer than is of use (rule D5)."""
    for index, item in enumerate(program.items):
        if stretch := stretches.get(item.stretch):
            seconds = held_seconds(stretch, program_dose(stretch, item))
            if seconds > STRETCH_CEILING_S:
                limit = STRETCH_CEILING_S
                yield ("items", index), f"{seconds} s of one stretch on a side; more than {limit} bring no more range"


AREA_MUSCLES: Mapping[str, tuple[str, ...]] = {
    "lower-back": ("low_back", "back", "lat", "side"),
    "upper-back": ("upper_back", "back", "lat", "trap"),
    "hips": ("outer_hip", "glute", "piriformis", "groin", "hip_flexor"),
    "hip-flexors": ("hip_flexor", "quad"),
    "glutes": ("glute", "outer_hip", "piriformis"),
    "piriformis": ("piriformis", "glute", "outer_hip"),
    "hamstrings": ("hamstring",),
    "quads": ("quad",),
    "calves": ("calf", "soleus"),
    "core": ("abs", "side"),
    "neck": ("neck", "trap"),
    "shoulders": ("shoulder", "trap", "arm", "lat"),
    "chest": ("chest",),
    "inner-thighs": ("groin", "adductor"),
    "wrists": ("forearm_back", "forearm_front"),
    "hands": ("palm", "fingers", "thumb"),
    "ankles": ("ankle", "instep", "soleus"),
    "feet": ("sole", "toes", "instep"),
}
"""The muscles, in the words of figure files, that the figure of a stretch for an area may highlight."""


def check_target_muscles(targets: Collection[str], stretch: Stretch) -> Iterator[FieldProblem]:
    """Yield a problem if a figure highlights no muscle, or none of the areas of its *stretch* and all are shipped."""
    names = {target.partition(".")[0] for target in targets}
    areas = (*stretch.areas.primary, *stretch.areas.secondary)
    expected = sorted({muscle for area in areas for muscle in AREA_MUSCLES.get(area, ())})
    hint = f"; one of {', '.join(expected)}" if expected else "; name the one that is stretched"
    if not names:
        yield ("target",), f"highlights no muscle{hint}"
    elif not names & set(expected) and all(area in AREA_MUSCLES for area in areas):
        yield ("target",), f"highlights no muscle of {', '.join(areas)}{hint}"


def check_cue_lengths(stretch: Stretch) -> Iterator[FieldProblem]:
    """Yield the cues of *stretch* that take longer to say than their moment lasts."""
    dose, pace = stretch.dose, stretch.pace
    hold = dose.contract.hold_s if dose.contract else dose.hold_s
    if pace is not None:
        yield from _too_long(("pace", "inhale"), pace.inhale, BREATH_S // 2, "half a breath")
        yield from _too_long(("pace", "exhale"), pace.exhale, BREATH_S // 2, "half a breath")
    if stretch.halfway is not None:
        yield from _too_long(("halfway",), stretch.halfway, BREATH_S, "one breath")
    yield from _too_long(("breath",), stretch.breath, min(hold or BREATH_S, BREATH_S), "the first breath")
    if stretch.both_sides and stretch.side_means is not None:
        yield from _too_long(("side_means",), stretch.side_means, SWITCH_MS // 1000, "changing sides", SWITCH_PHRASE)


def _too_long(field: FieldPath, text: str, seconds: int, moment: str, spoken_with: str = "") -> Iterator[FieldProblem]:
    limit = seconds * CUE_WORDS_PER_MINUTE // 60 - len(spoken_with.split())
    if (words := len(text.split())) > limit:
        yield field, f"{words} words are too long for {moment}, {seconds} s; {limit} at most"
