"""Histories for each of the rules T1-T6, T8 and T9: at the limit, one short of it, and with too few scores."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretch.core.safety.checklist import Outcome, Urgency
from stretch.core.safety.pain import (
    PainEntry,
    PainSpread,
    TrendFinding,
    assess,
    detect_flare,
    detect_improvement,
    detect_new_sign,
    detect_no_improvement,
    detect_persistence,
    detect_severe_pain,
    detect_spread,
    detect_worsening,
)
from stretch.storage.files.shipped import load_safety

START = date(2026, 1, 5)
LINES = load_safety().lines


def meaning(finding: TrendFinding | None) -> tuple[Outcome, Urgency | None, bool]:
    """Return the outcome, the urgency and whether a clinician is advised, as the checklist has it."""
    line = LINES.get(finding.rule) if finding else None
    return (line.outcome or Outcome.GO, line.urgency, line.advise_clinician) if line else (Outcome.GO, None, False)


Days = dict[int, int]
"""The score before the session, by the day of the history; day 0 is the first."""


def day(number: int) -> date:
    return START + timedelta(days=number)


def before(scores: Days) -> list[PainEntry]:
    return [PainEntry(day=day(number), before=score) for number, score in scores.items()]


def mornings(*pairs: tuple[int | None, int | None]) -> list[PainEntry]:
    """One session a day: the score before it, and that of the next morning."""
    return [PainEntry(day=day(number), before=pair[0], next_morning=pair[1]) for number, pair in enumerate(pairs)]


# -- T1


@pytest.mark.parametrize(
    ("entries", "rule", "state"),
    [
        (mornings(), "T1", "not-enough"),
        (mornings((3, 5)), "T1", "not-enough"),
        (mornings((3, 5), (3, None)), "T1", "not-enough"),
        (mornings((3, 3), (3, 5)), "T1", "not-met"),
        (mornings((3, 5), (3, 4)), "T1", "not-met"),
        (mornings((3, 4), (3, 4)), "T1", "not-met"),
        (mornings((3, 5), (3, 5)), "T1", "met"),
        (mornings((3, 5), (4, 7)), "T1", "met"),
        (mornings((3, 5), (3, None), (3, 5)), "T1", "met"),
        (mornings((3, 5), (3, 5), (3, 4)), "T1", "not-met"),
        (mornings((3, 5), (3, 5), (3, 3), (3, 5)), "T1", "not-met"),
        (mornings((3, 3), (3, 5), (3, 5)), "T1", "met"),
        (mornings((3, 5), (3, 5), (3, 5)), "T1b", "met"),
        (mornings((3, 5), (3, 5), (3, 5), (3, 5)), "T1b", "met"),
    ],
)
def test_t1_flare(entries: list[PainEntry], rule: str, state: str) -> None:
    found = detect_flare(entries)
    assert (found.rule if found else None) == (rule if state == "met" else None)


def test_t1_makes_it_easier_and_t1b_advises_a_clinician() -> None:
    twice, thrice = detect_flare(mornings((0, 2), (0, 2))), detect_flare(mornings((0, 2), (0, 2), (0, 2)))
    assert twice
    assert thrice
    assert twice.actions == thrice.actions == ("halve", "gentle-only")
    assert meaning(twice) == (Outcome.GO, None, False)
    assert meaning(thrice) == (Outcome.GO_GENTLY, None, True)


# -- T2


@pytest.mark.parametrize(
    ("scores", "today", "state"),
    [
        ({}, 14, "not-enough"),
        ({0: 3, 4: 3, 9: 3, 14: 3}, 14, "met"),
        ({0: 3, 4: 3, 9: 3, 13: 3}, 13, "not-enough"),  # 13 days
        ({0: 3, 4: 3, 9: 3, 13: 3}, 14, "met"),  # 14 days since the first
        ({0: 3, 7: 3, 14: 3}, 14, "not-enough"),  # 3 sessions
        ({0: 2, 4: 3, 9: 2, 14: 5}, 14, "not-met"),  # began below 3
        ({0: 2, 4: 3, 9: 3, 14: 3}, 14, "met"),  # the median of 2, 3, 3 is 3
        ({0: 5, 2: 5, 4: 5, 9: 4, 12: 4, 14: 4}, 14, "not-met"),  # lower by 1
        ({0: 5, 2: 5, 4: 5, 9: 4, 12: 5, 14: 5}, 14, "met"),  # the median is not
        ({0: 5, 2: 5, 4: 5, 9: 6, 12: 6, 14: 6}, 14, "met"),
    ],
)
def test_t2_no_improvement(scores: Days, today: int, state: str) -> None:
    found = detect_no_improvement(before(scores), day(today))
    assert (found is not None) is (state == "met")
    assert meaning(found) == ((Outcome.GO_GENTLY, None, True) if state == "met" else (Outcome.GO, None, False))


# -- T3


@pytest.mark.parametrize(
    ("scores", "today", "state"),
    [
        ({0: 5, 2: 5, 4: 5, 38: 5, 40: 5, 42: 5}, 42, "met"),
        ({0: 5, 2: 5, 4: 5, 37: 5, 39: 5, 41: 5}, 41, "not-enough"),  # 41 days
        ({0: 5, 2: 5, 4: 5, 36: 5, 40: 5, 42: 5}, 42, "met"),  # the last 7 days begin on day 36
        ({0: 5, 2: 5, 4: 5, 35: 5, 40: 5, 42: 5}, 42, "not-enough"),  # 2 scores in the last 7 days
        ({0: 3, 2: 3, 4: 3, 38: 3, 40: 3, 42: 3}, 42, "met"),
        ({0: 3, 2: 3, 4: 3, 38: 2, 40: 2, 42: 3}, 42, "not-met"),  # a median of 2
        ({0: 7, 2: 7, 4: 7, 38: 5, 40: 5, 42: 5}, 42, "not-met"),  # 2 points, 29 %
        ({0: 7, 2: 7, 4: 7, 38: 6, 40: 6, 42: 6}, 42, "met"),  # 1 point, 14 %
        ({0: 5, 2: 5, 4: 5, 37: 3, 38: 4, 40: 4, 42: 3}, 42, "not-met"),  # 1.5 points, exactly 30 %
        ({0: 5, 2: 5, 4: 5, 37: 4, 38: 4, 40: 4, 42: 3}, 42, "met"),  # 1 point, 20 %
        ({0: 0, 2: 0, 4: 0, 38: 3, 40: 3, 42: 3}, 42, "met"),  # it began at nothing
    ],
)
def test_t3_persistence(scores: Days, today: int, state: str) -> None:
    found = detect_persistence(before(scores), day(today))
    assert (found is not None) is (state == "met")
    assert meaning(found) == ((Outcome.GO_GENTLY, None, True) if state == "met" else (Outcome.GO, None, False))


# -- T4


@pytest.mark.parametrize(
    ("scores", "today", "state"),
    [
        ({0: 3, 2: 3, 4: 3, 14: 5, 16: 5, 18: 5}, 18, "met"),
        ({0: 3, 2: 3, 4: 3, 14: 5, 16: 4, 18: 4}, 18, "not-met"),  # 1 point
        ({0: 3, 2: 3, 6: 3, 14: 5, 16: 5, 18: 5}, 18, "met"),  # the first week ends with day 6
        ({0: 3, 2: 3, 7: 3, 14: 5, 16: 5, 18: 5}, 18, "not-enough"),  # 2 scores in it
        ({0: 3, 2: 3, 4: 3, 12: 5, 16: 5, 18: 5}, 18, "met"),  # the last 7 days begin on day 12
        ({0: 3, 2: 3, 4: 3, 11: 5, 16: 5, 18: 5}, 18, "not-enough"),  # 2 scores in them
        ({0: 3, 2: 3, 4: 9}, 4, "not-met"),  # the first week is the last one still
        ({}, 18, "not-enough"),
    ],
)
def test_t4_worsening(scores: Days, today: int, state: str) -> None:
    found = detect_worsening(before(scores), day(today))
    assert (found is not None) is (state == "met")
    assert meaning(found)[1] is (Urgency.SOON if state == "met" else None)


# -- T5


@pytest.mark.parametrize(
    ("entries", "today", "rule", "state"),
    [
        ([], 0, "T5", "not-enough"),
        ([PainEntry(day=day(0))], 0, "T5", "not-enough"),
        ([PainEntry(day=day(0), before=6, worst=6, after=6, next_morning=6)], 1, "T5", "not-met"),
        ([PainEntry(day=day(0), before=7)], 0, "T5", "met"),
        ([PainEntry(day=day(0), worst=7)], 0, "T5", "met"),
        ([PainEntry(day=day(0), after=7)], 0, "T5", "met"),
        ([PainEntry(day=day(0), next_morning=7)], 1, "T5", "met"),
        ([PainEntry(day=day(0), worst=7, sudden=True)], 0, "T5b", "met"),
        ([PainEntry(day=day(0), worst=6, sudden=True)], 0, "T5", "not-met"),
        ([PainEntry(day=day(0), worst=7), PainEntry(day=day(6), worst=2)], 6, "T5", "met"),
        ([PainEntry(day=day(0), worst=7), PainEntry(day=day(7), worst=2)], 7, "T5", "not-met"),  # over a week ago
        ([PainEntry(day=day(0), next_morning=7)], 30, "T5", "met"),  # given at the next start
        ([PainEntry(day=day(0), worst=8, sudden=True), PainEntry(day=day(1), worst=7)], 1, "T5b", "met"),
    ],
)
def test_t5_severe_pain(entries: list[PainEntry], today: int, rule: str, state: str) -> None:
    found = detect_severe_pain(entries, day(today))
    assert (found.rule if found else None) == (rule if state == "met" else None)
    urgency = {"T5": Urgency.SOON, "T5b": Urgency.TODAY}[rule] if state == "met" else None
    assert meaning(found)[1] is urgency


# -- T6


@pytest.mark.parametrize(
    ("spreads", "state"),
    [
        ([], "not-enough"),
        (["back", "buttock"], "not-enough"),
        (["back", "buttock", None], "not-enough"),
        (["back", "buttock", "thigh"], "met"),
        (["back", None, "buttock", "thigh"], "met"),
        (["buttock", "thigh", "below-knee"], "met"),
        (["neck", "shoulder", "arm"], "met"),
        (["back", "thigh", "below-knee"], "met"),
        (["back", "buttock", "buttock"], "not-met"),  # down one step, once
        (["back", "back", "thigh"], "not-met"),  # once so far
        (["back", "thigh", "thigh"], "met"),  # two steps at once, and still there on the next entry
        (["back", "below-knee", "buttock"], "not-met"),  # and up again
        (["thigh", "buttock", "back"], "not-met"),
        (["thigh", "thigh", "thigh"], "not-met"),
        (["back", "buttock", "arm"], "not-met"),  # not one way down
        (["back", "buttock", "thigh", "buttock"], "not-met"),
        (["below-knee", "back", "buttock", "thigh"], "met"),
    ],
)
def test_t6_spread(spreads: list[PainSpread | None], state: str) -> None:
    found = detect_spread([PainEntry(day=day(number), spread=spread) for number, spread in enumerate(spreads)])
    assert (found is not None) is (state == "met")
    assert meaning(found)[1] is (Urgency.SOON if state == "met" else None)


@pytest.mark.parametrize(("signs", "asked"), [((True, False, False), False), ((False, True, None), True)])
def test_t6_with_a_new_sign_asks_about_the_warning_signs(signs: tuple[bool | None, ...], asked: bool) -> None:
    down: tuple[PainSpread, ...] = ("back", "buttock", "thigh")
    entries = [
        PainEntry(day=day(n), spread=s, new_sign=sign) for n, (s, sign) in enumerate(zip(down, signs, strict=True))
    ]
    found = detect_spread(entries)
    assert found
    assert ("ask-signs" in found.actions) is asked


# -- T8


@pytest.mark.parametrize(
    ("signs", "state"),
    [([], "not-enough"), ([None], "not-enough"), ([False], "not-met"), ([True], "met"), ([True, False], "not-met")],
)
def test_t8_new_sign(signs: list[bool | None], state: str) -> None:
    found = detect_new_sign([PainEntry(day=day(number), new_sign=sign) for number, sign in enumerate(signs)])
    assert (found is not None) is (state == "met")
    assert (found.actions if found else ()) == (("ask-signs",) if state == "met" else ())


# -- T9

FROM_6_TO_4: Days = {0: 6, 2: 6, 4: 6, 7: 4, 9: 4, 11: 4, 14: 4, 17: 4, 21: 4}


@pytest.mark.parametrize(
    ("scores", "today", "state"),
    [
        (FROM_6_TO_4, 21, "met"),  # 14 days after day 7
        ({**FROM_6_TO_4, 20: 4}, 20, "not-met"),  # 13 days
        ({0: 6, 2: 6, 4: 6, 7: 3, 14: 3, 21: 3}, 21, "met"),  # 6 sessions
        ({0: 6, 2: 6, 7: 3, 14: 3, 21: 3}, 21, "not-enough"),  # 5 sessions
        ({0: 6, 2: 6, 4: 6, 5: 6, 7: 3, 21: 3}, 21, "not-met"),  # 2 scores are lower
        (FROM_6_TO_4, 27, "met"),
        (FROM_6_TO_4, 28, "not-enough"),  # no score in the last week
        ({**FROM_6_TO_4, 14: 6}, 21, "met"),  # one bad day
        ({**FROM_6_TO_4, 21: 6}, 21, "met"),  # one bad day, the last
        ({**FROM_6_TO_4, 14: 6, 17: 6}, 21, "not-met"),  # two running
        ({**FROM_6_TO_4, 17: 6, 21: 6}, 21, "not-met"),
        ({0: 6, 2: 6, 4: 6, 7: 4, 9: 6, 14: 4, 17: 4, 21: 4}, 21, "not-met"),  # held since day 14 only
        ({0: 5, 2: 5, 4: 5, 7: 4, 9: 4, 14: 4, 17: 4, 21: 4}, 21, "not-met"),  # 1 point, 20 %
        ({0: 4, 2: 4, 4: 4, 7: 3, 9: 3, 14: 3, 17: 3, 21: 3}, 21, "not-met"),  # 1 point, 25 %
        ({0: 3, 2: 3, 4: 3, 7: 2, 9: 2, 14: 2, 17: 2, 21: 2}, 21, "met"),  # 1 point, 33 %
        ({0: 7, 2: 7, 4: 7, 7: 5, 9: 5, 14: 5, 17: 5, 21: 5}, 21, "met"),  # 2 points, 29 %
        ({0: 0, 2: 0, 4: 0, 7: 0, 9: 0, 14: 0, 17: 0, 21: 0}, 21, "not-met"),  # nothing to get better
        ({}, 21, "not-enough"),
    ],
)
def test_t9_improvement(scores: Days, today: int, state: str) -> None:
    entries = [entry for entry in before(dict(sorted(scores.items()))) if entry.day <= day(today)]
    found = detect_improvement(entries, day(today))
    assert (found is not None) is (state == "met")


@given(st.lists(st.integers(0, 10), max_size=5), st.integers(0, 100))
def test_t9_needs_six_sessions(scores: list[int], gap: int) -> None:
    entries = before({number * gap: score for number, score in enumerate(scores)})
    assert not any(detect_improvement(entries, day(today)) for today in (14, 100, 500))


# -- all rules


def met(findings: tuple[TrendFinding, ...]) -> list[str]:
    return [finding.rule for finding in findings]


def test_no_history_is_not_enough() -> None:
    assert assess([], START) == ()


def test_the_order_of_the_entries_does_not_matter() -> None:
    entries = before({0: 3, 4: 3, 9: 3, 14: 3})
    assert assess(entries, day(14)) == assess(entries[::-1], day(14))
    assert met(assess(entries, day(14))) == ["T2"]


def test_t9_is_not_met_together_with_a_warning() -> None:
    entries = before(FROM_6_TO_4)
    assert met(assess(entries, day(21))) == ["T9"]
    last = PainEntry(day=day(21), before=4, new_sign=True)
    assert met(assess([*entries[:-1], last], day(21))) == ["T8"]


@pytest.mark.parametrize("score", [-1, 11])
def test_a_score_is_0_to_10(score: int) -> None:
    for field in ("before", "worst", "after", "next_morning"):
        assert msgspec.convert({"day": "2026-01-05", field: 10}, PainEntry)
        assert msgspec.convert({"day": "2026-01-05", field: 0}, PainEntry)
        with pytest.raises(msgspec.ValidationError, match=field):
            msgspec.convert({"day": "2026-01-05", field: score}, PainEntry)


def test_entries_before_a_clearance_are_ignored() -> None:
    worse = before({0: 3, 2: 3, 4: 3, 14: 5, 16: 5, 18: 8})
    assert met(assess(worse, day(18))) == ["T2", "T4", "T5"]
    assert met(assess(worse, day(20), since=day(18))) == []
    assert met(assess([*worse, PainEntry(day=day(19), worst=7)], day(20), since=day(18))) == ["T5"]


SCORES = st.none() | st.integers(0, 10)
ENTRIES = st.lists(
    st.builds(
        PainEntry,
        day=st.integers(0, 60).map(day),
        before=SCORES,
        worst=SCORES,
        after=SCORES,
        next_morning=SCORES,
        spread=st.none() | st.sampled_from(["back", "buttock", "thigh", "below-knee", "arm"]),
        new_sign=st.none() | st.booleans(),
        sudden=st.booleans(),
    )
)


@given(ENTRIES, st.integers(0, 90))
def test_any_history_can_be_assessed_and_severe_pain_is_never_missed(entries: list[PainEntry], today: int) -> None:
    findings = assess(entries, day(today))
    for finding in findings:
        outcome, urgency, _ = meaning(finding)
        assert (urgency is not None) == (outcome is Outcome.SEE_CLINICIAN)
    latest = max(entries, key=lambda entry: entry.day, default=None)
    if latest and sum(entry.day == latest.day for entry in entries) == 1:
        scores = [latest.before, latest.worst, latest.after, latest.next_morning]
        if any(score is not None and score >= 7 for score in scores):
            (severe,) = (finding for finding in findings if finding.rule in ("T5", "T5b"))
            assert meaning(severe)[0] is Outcome.SEE_CLINICIAN
