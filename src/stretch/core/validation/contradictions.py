"""Where the words of a stretch say something else than its numbers.

Words are read by rules of thumb, so this is for `stretch catalog check`: nothing here keeps a routine from running.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from stretch.core.model import Stretch
from stretch.core.validation.checks import Problem, Steps

PACING_S = 3
"""So few seconds in the words are how slowly one moves, not a dose (rule D7)."""

_WORDS = "one two three four five six seven eight nine ten eleven twelve"
_TENS = {"fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90}
_NUMBERS = (
    {word: number for number, word in enumerate(_WORDS.split(), start=1)}
    | _TENS
    | {f"{word}-five": number + 5 for word, number in _TENS.items()}
)
_NUMBER = rf"\d{{1,4}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))}"
_RANGE = rf"\b(?P<low>{_NUMBER})(?:\s*(?:-|\u2013|to|or)\s*(?P<high>{_NUMBER}))?"
_SECONDS = re.compile(rf"{_RANGE}(?:[\s-]+|(?<=\d))(?P<unit>s|secs?|seconds?|mins?|minutes?)\b", re.IGNORECASE)
_SLOWLY = re.compile(r"\b(over|takes?|taking|within|after|every|the (first|last))( about)?\s*$", re.IGNORECASE)
"""Before a number of seconds: then it is how slowly one moves, and no dose."""
_BREATHING = re.compile(r"\b(?:inhal|exhal|breath)\w*(?: (?:in|out|slowly|for|over|about|deeply))*\s*$", re.IGNORECASE)
"""Before a number of seconds: then it is the length of half a breath, which the person sets and the timer counts."""
_TIMES = re.compile(
    rf"(?:{_RANGE}\s+(?P<more>more )?(?:times|repetitions|reps|rounds)|\b(?P<twice>twice))\b"
    r"(?! (?:as|the|each way|(?:in )?each direction|(?:a|per|each|every|this) (?:day|week))\b)",
    re.IGNORECASE,
)
_BREATHS = re.compile(rf"{_RANGE}\s+(?:\w+ ){{0,2}}breaths\b", re.IGNORECASE)
_LIMB = (
    "(?:side|leg|knee|foot|thigh|calf|shin|ankle|heel|toe|hip|buttock|glute|hamstring|"
    "arm|hand|elbow|wrist|shoulder|ear|cheek)s?"
)
_ONE_SIDED = re.compile(
    rf"\b(?:left|right)[- ]{_LIMB}\b"
    rf"|\b(?:to|on|onto|toward|towards) (?:the|your) (?:left|right)\b(?! angle)(?: {_LIMB}\b)?"
    r"|\b(?:turn|roll|lean|look|twist|rotate) (?:left|right)\b",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    rf"\b(?:repeat|same|again)\b[^.;]*\b(?:other|opposite|each|both) {_LIMB}\b"
    r"|\b(?:switch|change|swap) (?:sides|legs|arms|hands|feet)\b",
    re.IGNORECASE,
)
_SIDE_WORDS = re.compile(
    r"\b(?:one|other|opposite|that|this|same|each|both|side|top|bottom|upper|lower|front|back|near|far)\b",
    re.IGNORECASE,
)


def check_words(stretch: Stretch) -> Iterator[Problem]:
    """Yield where the words of *stretch* contradict its dose or its sides."""
    told: list[tuple[Steps, str]] = [(("steps", index), step) for index, step in enumerate(stretch.steps)]
    told += [(("breath",), stretch.breath), (("halfway",), stretch.halfway or "")]
    for field, text in told:
        for problem in (*_seconds(text, stretch), *_repetitions(text, stretch)):
            yield field, problem
    told += [(("side_means",), stretch.side_means or ""), (("mistake",), stretch.mistake)]
    told += [(("ease_off",), stretch.ease_off)]
    for field, text in told:
        for problem in _sides(text, stretch):
            yield field, problem
    if stretch.both_sides and not _tells_sides_apart(stretch):
        yield ("steps",), "never say which side is meant; write one leg, the other arm, the top knee"


def _seconds(text: str, stretch: Stretch) -> Iterator[str]:
    contract = stretch.dose.contract
    right = (contract.contract_s, contract.release_s, contract.hold_s) if contract else (stretch.dose.hold_s or 0,)
    for found in _SECONDS.finditer(text):
        scale = 60 if found["unit"].lower().startswith("m") else 1
        low, high = (number * scale for number in _between(found))
        before = text[: found.start()]
        if _BREATHING.search(before):
            yield f"says how long a breath takes, {found[0]!r}; leave that to the timer, which counts it"
            continue
        pacing = high <= PACING_S or _SLOWLY.search(before)
        if not pacing and not any(low <= seconds <= high for seconds in right):
            dose = " and ".join(f"{seconds} s" for seconds in right if seconds) or "counted in breaths"
            yield f"says {found[0]!r}, but the dose is {dose}; make them agree, or leave the seconds to the timer"


def _repetitions(text: str, stretch: Stretch) -> Iterator[str]:
    reps = stretch.dose.reps
    for found in _TIMES.finditer(text):
        low, high = (2, 2) if found["twice"] else _between(found)
        more = 1 if found["more"] else 0
        if not low + more <= reps <= high + more:
            yield f"says {found[0]!r}, but reps is {reps}; make them agree, or leave the count to the timer"
    for found in _BREATHS.finditer(text) if stretch.mode == "dynamic" else ():
        low, high = _between(found)
        if not low <= reps <= high:
            yield f"says {found[0]!r}, but reps is {reps} breaths; make them agree, or leave the count to the timer"


def _between(found: re.Match[str]) -> tuple[int, int]:
    low, high = (_NUMBERS.get(word.lower()) or int(word) for word in (found["low"], found["high"] or found["low"]))
    return low, high


def _sides(text: str, stretch: Stretch) -> Iterator[str]:
    if stretch.both_sides and (found := _ONE_SIDED.search(text)):
        yield f"says {found[0]!r}, but is read for both sides; write one leg, the other arm, the top knee"
    if not stretch.both_sides and stretch.mode != "dynamic" and (found := _AGAIN.search(text)):
        yield f"says {found[0]!r}, but with sides: both there is one; write sides: each, and side_means"


def _tells_sides_apart(stretch: Stretch) -> bool:
    """Whether the steps have a word that tells one side from the other, or a word of `side_means`."""
    text = " ".join(stretch.steps).lower()
    meant = re.findall(r"\w{3,}", (stretch.side_means or "").lower())
    return bool(_SIDE_WORDS.search(text)) or any(word in text for word in meant if word not in _EMPTY_WORDS)


_EMPTY_WORDS = frozenset({"the", "you", "your", "that", "which", "way", "what"})
