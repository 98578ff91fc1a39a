"""Pain scores of several sessions -> what they show, and what follows; rules T1-T9."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Literal

import msgspec

from stretch.core.safety.checklist import Outcome, Urgency
from stretch.core.safety.scores import LADDERS, Entry

State = Literal["met", "not-met", "not-enough"]
"""`not-enough`: too few scores to tell, which is said and never taken for good news."""

Action = Literal[
    "ask-signs",
    "day-off",
    "drop-family",
    "end",
    "every-session",
    "gentle-only",
    "halve",
    "no-progress",
    "offer-progress",
]
"""What the program does besides the outcome.

`ask-signs`: no session before the screens of signs are answered. `day-off`: the day after the next session is free.
`drop-family`: leave out the kind of stretch that was done. `every-session`: say it before each one until answered.
`halve`: holds and repetitions. `no-progress` and `offer-progress`: rule D16.
"""

ENOUGH = 3
"""A median of fewer scores than this says nothing."""
ENOUGH_TO_IMPROVE = 6
"""Nobody is told of an improvement on fewer sessions than this."""
MEANINGFUL = 2
"""A change of so many points, or of 30 %, is more than a wobble."""
WEEK, TWO_WEEKS, SIX_WEEKS = 7, 14, 42
SEVERE = 7
"""From here on pain is severe, out of 10."""
LASTING = 3
"""A median from here on is pain worth doing something about."""
WOKEN_NIGHTS = 3


class Finding(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one rule finds; `rule` is also the id of its words in `Safety.trends`, T1b and T5b being the graver half."""

    rule: str
    state: State
    outcome: Outcome = Outcome.GO
    urgency: Urgency | None = None
    advise_clinician: bool = False
    actions: tuple[Action, ...] = ()


def assess(
    entries: Iterable[Entry], today: date, nights: Mapping[date, bool] | None = None, since: date | None = None
) -> tuple[Finding, ...]:
    """What each of T1-T9 finds, in this order.

    `nights` says for each morning whether pain woke the user. What happened up to the day `since`, on which a
    clinician checked it, no longer counts, or it would stop every session from then on. T9 is silent while any other
    rule speaks: there is no good news beside a warning.
    """
    kept = sorted((entry for entry in entries if since is None or entry.day > since), key=lambda entry: entry.day)
    woken = {day: yes for day, yes in (nights or {}).items() if since is None or day > since}
    warnings = (
        flare(kept),
        no_better(kept, today),
        still_there(kept, today),
        getting_worse(kept, today),
        severe(kept, today),
        spreading(kept),
        bad_nights(woken, today),
        new_sign(kept),
    )
    good = better(kept, today)
    if any(finding.state == "met" for finding in warnings) and good.state == "met":
        good = _finding("T9", "not-met")
    return (*warnings, good)


def _finding(rule: str, state: State) -> Finding:
    return Finding(rule=rule, state=state)


def _told(rule: str, *actions: Action) -> Finding:
    """Go gently, and tell a clinician."""
    return Finding(rule=rule, state="met", outcome=Outcome.GO_GENTLY, advise_clinician=True, actions=actions)


def _seen(rule: str, *actions: Action, urgency: Urgency = Urgency.SOON) -> Finding:
    """No session before a clinician has seen it."""
    return Finding(rule=rule, state="met", outcome=Outcome.SEE_CLINICIAN, urgency=urgency, actions=actions)


def flare(entries: Sequence[Entry]) -> Finding:
    """T1: the morning after is 2 points or more above the score before, two sessions running; T1b: three.

    A session without both scores neither counts nor breaks the run.
    """
    rises = [e.next_morning - e.before for e in entries if e.next_morning is not None and e.before is not None]
    run = next((count for count, rise in enumerate(reversed(rises)) if rise < MEANINGFUL), len(rises))
    if run > 2:
        return _told("T1b", "halve", "gentle-only", "day-off")
    if run == 2:
        return Finding(rule="T1", state="met", actions=("halve", "gentle-only", "day-off"))
    return _finding("T1", "not-met" if len(rises) > 1 else "not-enough")


def no_better(entries: Sequence[Entry], today: date) -> Finding:
    """T2: 14 days and 4 scored sessions on, the last three are not lower by a point than the first three."""
    scores = _before(entries)
    if len(scores) <= ENOUGH or _days(scores, today) < TWO_WEEKS:
        return _finding("T2", "not-enough")
    start = _start(scores)
    if start < LASTING or start - _latest(scores) >= 1:
        return _finding("T2", "not-met")
    return _told("T2")


def still_there(entries: Sequence[Entry], today: date) -> Finding:
    """T3: 42 days on, the last week's median is 3 or more, and not meaningfully lower than the first three sessions."""
    scores = _before(entries)
    week = _last_days(scores, today, WEEK)
    if len(week) < ENOUGH or _days(scores, today) < SIX_WEEKS:
        return _finding("T3", "not-enough")
    now = _median(week)
    if now < LASTING or _is_better(_start(scores), now):
        return _finding("T3", "not-met")
    return _told("T3", "every-session")


def getting_worse(entries: Sequence[Entry], today: date) -> Finding:
    """T4: the last week's median is 2 points or more above the first week's."""
    scores = _before(entries)
    week = _last_days(scores, today, WEEK)
    first = [score for day, score in scores if (day - scores[0][0]).days < WEEK]
    if len(week) < ENOUGH or len(first) < ENOUGH:
        return _finding("T4", "not-enough")
    if _median(week) - _median(first) < MEANINGFUL:
        return _finding("T4", "not-met")
    return _seen("T4", "no-progress")


def severe(entries: Sequence[Entry], today: date) -> Finding:
    """T5: any score of 7 or more in the latest session, or in the last week; T5b: sudden, or unlike before."""
    recent = [entry for entry in entries[:-1] if (today - entry.day).days < WEEK] + list(entries[-1:])
    scored = [(max(entry.known), entry.sudden) for entry in recent if entry.known]
    if not scored:
        return _finding("T5", "not-enough")
    high = [sudden for score, sudden in scored if score >= SEVERE]
    if not high:
        return _finding("T5", "not-met")
    return _seen("T5b", "end", urgency=Urgency.TODAY) if any(high) else _seen("T5", "end")


def spreading(entries: Sequence[Entry]) -> Finding:
    """T6: the furthest spread has moved down on two entries in a row.

    A move of two steps at once that stays on the next entry is one too: it is no smaller for having been quicker.
    With new numbness or weakness on one of the two, the signs are asked for (R06, R07, R19).
    """
    known = [entry for entry in entries if entry.spread is not None][-3:]
    if len(known) < 3:
        return _finding("T6", "not-enough")
    for ladder in LADDERS:
        steps = [ladder.index(entry.spread) for entry in known if entry.spread in ladder]
        if len(steps) == 3 and steps[0] < steps[1] <= steps[2] and steps[2] - steps[0] >= 2:
            signs = any(entry.new_sign for entry in known[1:])
            return _seen("T6", "drop-family", *(("ask-signs",) if signs else ()))
    return _finding("T6", "not-met")


def bad_nights(nights: Mapping[date, bool], today: date) -> Finding:
    """T7: woken by pain on 3 or more of the last 7 nights, each named by its morning; this is R14."""
    known = [woken for morning, woken in nights.items() if (today - morning).days < WEEK]
    if sum(known) >= WOKEN_NIGHTS:
        return _seen("T7")
    return _finding("T7", "not-met" if len(known) >= ENOUGH else "not-enough")


def new_sign(entries: Sequence[Entry]) -> Finding:
    """T8: new numbness or weakness at the latest session; what it leads to is for rules R01-R26 to say."""
    latest = entries[-1].new_sign if entries else None
    if latest:
        return Finding(rule="T8", state="met", actions=("ask-signs",))
    return _finding("T8", "not-enough" if latest is None else "not-met")


def better(entries: Sequence[Entry], today: date) -> Finding:
    """T9: 2 points or 30 % lower than the first three sessions, at every session for the last two weeks or longer.

    A session counts when its score is that much lower, or the median of it and the two before: one bad day is not the
    end of it. Never on fewer than 6 sessions, nor without a score in the last week.
    """
    scores = _before(entries)
    if len(scores) < ENOUGH_TO_IMPROVE or not _last_days(scores, today, WEEK):
        return _finding("T9", "not-enough")
    start = _start(scores)
    run: list[tuple[date, int]] = []
    for count in range(len(scores), ENOUGH, -1):
        latest = scores[count - 1]
        if not _is_better(start, min(latest[1], _latest(scores[:count]))):
            break
        run.insert(0, latest)
    if len(run) < ENOUGH or _days(run, today) < TWO_WEEKS:
        return _finding("T9", "not-met")
    return Finding(rule="T9", state="met", actions=("offer-progress",))


def _before(entries: Sequence[Entry]) -> list[tuple[date, int]]:
    """The day and the score of each session that has one from before it; the one score that no stretch has touched."""
    return [(entry.day, entry.before) for entry in entries if entry.before is not None]


def _days(scores: Sequence[tuple[date, int]], today: date) -> int:
    return (today - scores[0][0]).days


def _last_days(scores: Sequence[tuple[date, int]], today: date, days: int) -> list[int]:
    return [score for day, score in scores if (today - day).days < days]


def _start(scores: Sequence[tuple[date, int]]) -> float:
    return _median(score for _, score in scores[:ENOUGH])


def _latest(scores: Sequence[tuple[date, int]]) -> float:
    return _median(score for _, score in scores[-ENOUGH:])


def _median(scores: Iterable[int]) -> float:
    # Not that of `statistics`, which brings fractions and decimals along: a sixth of what a session takes to start.
    ordered = sorted(scores)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _is_better(start: float, now: float) -> bool:
    """Lower by 2 points or by 30 %; written without a division, for a start of 0 cannot be bettered."""
    return start - now >= MEANINGFUL or (start > now and 10 * (start - now) >= 3 * start)
