"""Pain trend: findings from the pain scores of several sessions (rules T1-T6, T8 and T9)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal

import msgspec

from stretch.core.safety.checklist import Outcome, Urgency
from stretch.core.safety.pain import SPREAD_ORDERS, PainEntry

TrendState = Literal["met", "not-met", "not-enough"]
"""`not-enough`: too few scores to tell; this is said and never counts as good news."""

TrendAction = Literal["ask-signs", "gentle-only", "halve"]
"""Effect on the next session: ask for the warning signs first, gentle stretches only, half the dose."""

MIN_SCORES = 3
"""Fewest scores for a median."""
MIN_SCORES_TO_IMPROVE = 6
MEANINGFUL = 2
"""Smallest change in points, besides one of 30 %, that is more than chance."""
WEEK, TWO_WEEKS, SIX_WEEKS = 7, 14, 42
SEVERE = 7
LASTING = 3
"""Lowest median that counts as lasting pain."""


class TrendFinding(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Finding of one rule; `rule` is the id of its text in `SafetyData.trends`, T1b and T5b being the graver cases."""

    rule: str
    state: TrendState
    outcome: Outcome = Outcome.GO
    urgency: Urgency | None = None
    advise_clinician: bool = False
    actions: tuple[TrendAction, ...] = ()


def assess(entries: Iterable[PainEntry], today: date, since: date | None = None) -> tuple[TrendFinding, ...]:
    """Return the finding of each rule in order.

    Entries up to the day *since*, when a clinician checked the pain, are ignored: they would stop every later session.
    T9, the good news, is never met together with a warning.
    """
    recent = sorted((entry for entry in entries if since is None or entry.day > since), key=lambda entry: entry.day)
    warnings = (
        detect_flare(recent),
        detect_no_improvement(recent, today),
        detect_persistence(recent, today),
        detect_worsening(recent, today),
        detect_severe_pain(recent, today),
        detect_spread(recent),
        detect_new_sign(recent),
    )
    good = detect_improvement(recent, today)
    if any(finding.state == "met" for finding in warnings) and good.state == "met":
        good = _finding("T9", "not-met")
    return (*warnings, good)


def _finding(rule: str, state: TrendState, *actions: TrendAction) -> TrendFinding:
    return TrendFinding(rule=rule, state=state, actions=actions)


def _advise_clinician(rule: str, *actions: TrendAction) -> TrendFinding:
    return TrendFinding(rule=rule, state="met", outcome=Outcome.GO_GENTLY, advise_clinician=True, actions=actions)


def _require_clinician(rule: str, *actions: TrendAction, urgency: Urgency = Urgency.SOON) -> TrendFinding:
    return TrendFinding(rule=rule, state="met", outcome=Outcome.SEE_CLINICIAN, urgency=urgency, actions=actions)


def detect_flare(entries: Sequence[PainEntry]) -> TrendFinding:
    """T1: the next morning is 2 points or more above the score before, in two sessions running; T1b: in three.

    A session without both scores neither counts nor breaks the run.
    """
    rises = [e.next_morning - e.before for e in entries if e.next_morning is not None and e.before is not None]
    run = next((count for count, rise in enumerate(reversed(rises)) if rise < MEANINGFUL), len(rises))
    if run > 2:
        return _advise_clinician("T1b", "halve", "gentle-only")
    if run == 2:
        return _finding("T1", "met", "halve", "gentle-only")
    return _finding("T1", "not-met" if len(rises) > 1 else "not-enough")


def detect_no_improvement(entries: Sequence[PainEntry], today: date) -> TrendFinding:
    """T2: after 14 days and 4 scored sessions, the median of the last three is not 1 point below the first three."""
    scores = _before(entries)
    if len(scores) <= MIN_SCORES or _days(scores, today) < TWO_WEEKS:
        return _finding("T2", "not-enough")
    start = _start(scores)
    if start < LASTING or start - _latest(scores) >= 1:
        return _finding("T2", "not-met")
    return _advise_clinician("T2")


def detect_persistence(entries: Sequence[PainEntry], today: date) -> TrendFinding:
    """T3: after 42 days, the last week's median is 3 or more and not meaningfully below the first three sessions."""
    scores = _before(entries)
    week = _last_days(scores, today, WEEK)
    if len(week) < MIN_SCORES or _days(scores, today) < SIX_WEEKS:
        return _finding("T3", "not-enough")
    now = _median(week)
    if now < LASTING or _is_better(_start(scores), now):
        return _finding("T3", "not-met")
    return _advise_clinician("T3")


def detect_worsening(entries: Sequence[PainEntry], today: date) -> TrendFinding:
    """T4: the last week's median is 2 points or more above that of the first week."""
    scores = _before(entries)
    week = _last_days(scores, today, WEEK)
    first = [score for day, score in scores if (day - scores[0][0]).days < WEEK]
    if len(week) < MIN_SCORES or len(first) < MIN_SCORES:
        return _finding("T4", "not-enough")
    if _median(week) - _median(first) < MEANINGFUL:
        return _finding("T4", "not-met")
    return _require_clinician("T4")


def detect_severe_pain(entries: Sequence[PainEntry], today: date) -> TrendFinding:
    """T5: a score of 7 or more in the latest session or the last week; T5b: sudden pain, or unlike any before."""
    recent = [entry for entry in entries[:-1] if (today - entry.day).days < WEEK] + list(entries[-1:])
    maxima = [(max(entry.known), entry.sudden) for entry in recent if entry.known]
    if not maxima:
        return _finding("T5", "not-enough")
    high = [sudden for score, sudden in maxima if score >= SEVERE]
    if not high:
        return _finding("T5", "not-met")
    return _require_clinician("T5b", urgency=Urgency.TODAY) if any(high) else _require_clinician("T5")


def detect_spread(entries: Sequence[PainEntry]) -> TrendFinding:
    """T6: pain reached further down on two entries in a row.

    A move of two steps at once that stays on the next entry counts too. With new numbness or weakness on one of the
    two entries, the warning signs must be asked for (R06, R07, R19).
    """
    known = [entry for entry in entries if entry.spread is not None][-3:]
    if len(known) < 3:
        return _finding("T6", "not-enough")
    for order in SPREAD_ORDERS:
        steps = [order.index(entry.spread) for entry in known if entry.spread in order]
        if len(steps) == 3 and steps[0] < steps[1] <= steps[2] and steps[2] - steps[0] >= 2:
            signs = any(entry.new_sign for entry in known[1:])
            return _require_clinician("T6", *(("ask-signs",) if signs else ()))
    return _finding("T6", "not-met")


def detect_new_sign(entries: Sequence[PainEntry]) -> TrendFinding:
    """T8: new numbness or weakness in the latest session; the answers to rules R01-R26 decide the outcome."""
    latest = entries[-1].new_sign if entries else None
    if latest:
        return _finding("T8", "met", "ask-signs")
    return _finding("T8", "not-enough" if latest is None else "not-met")


def detect_improvement(entries: Sequence[PainEntry], today: date) -> TrendFinding:
    """T9: 2 points or 30 % below the first three sessions, in every session of the last two weeks or longer.

    A session counts if its score is that much lower, or the median of it and the two before: one bad day does not end
    an improvement. T9 needs 6 sessions and a score in the last week.
    """
    scores = _before(entries)
    if len(scores) < MIN_SCORES_TO_IMPROVE or not _last_days(scores, today, WEEK):
        return _finding("T9", "not-enough")
    start = _start(scores)
    run: list[tuple[date, int]] = []
    for count in range(len(scores), MIN_SCORES, -1):
        latest = scores[count - 1]
        if not _is_better(start, min(latest[1], _latest(scores[:count]))):
            break
        run.insert(0, latest)
    improved = len(run) >= MIN_SCORES and _days(run, today) >= TWO_WEEKS
    return _finding("T9", "met" if improved else "not-met")


def _before(entries: Sequence[PainEntry]) -> list[tuple[date, int]]:
    """Return the day and the score before each session: the only score that no stretch has influenced."""
    return [(entry.day, entry.before) for entry in entries if entry.before is not None]


def _days(scores: Sequence[tuple[date, int]], today: date) -> int:
    return (today - scores[0][0]).days


def _last_days(scores: Sequence[tuple[date, int]], today: date, days: int) -> list[int]:
    return [score for day, score in scores if (today - day).days < days]


def _start(scores: Sequence[tuple[date, int]]) -> float:
    return _median(score for _, score in scores[:MIN_SCORES])


def _latest(scores: Sequence[tuple[date, int]]) -> float:
    return _median(score for _, score in scores[-MIN_SCORES:])


def _median(scores: Iterable[int]) -> float:
    # The `statistics` module would cost a sixth of the start-up time of a session.
    ordered = sorted(scores)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _is_better(start: float, now: float) -> bool:
    """Return whether *now* is lower by 2 points or by 30 %, without dividing by a *start* of 0."""
    return start - now >= MEANINGFUL or (start > now and 10 * (start - now) >= 3 * start)
