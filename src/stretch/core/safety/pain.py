"""Pain scores of sessions, and the findings from several of them (rules T1-T6, T8 and T9)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Literal

import msgspec

Score = Annotated[int, msgspec.Meta(ge=0, le=10)]

PainSpread = Literal["back", "buttock", "thigh", "below-knee", "neck", "shoulder", "arm", "hand"]
"""Furthest point that pain reaches, down the leg from the back or down the arm from the neck."""

SPREAD_ORDERS: tuple[tuple[PainSpread, ...], ...] = (
    ("back", "buttock", "thigh", "below-knee"),
    ("neck", "shoulder", "arm", "hand"),
)


class PainScores(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Pain around one session, each score 0 to 10, or None where it was skipped.

    `after` is the score 10 minutes after the session, `spread` the furthest the pain reached, `new_sign` the answer to
    "new numbness or weakness", and `sudden` whether the pain came on suddenly or is unlike any before.
    """

    before: Score | None = None
    worst: Score | None = None
    after: Score | None = None
    next_morning: Score | None = None
    spread: PainSpread | None = None
    new_sign: bool | None = None
    sudden: bool = False

    @property
    def known(self) -> list[int]:
        """The scores that were not skipped, in order of time."""
        scores = (self.before, self.worst, self.after, self.next_morning)
        return [score for score in scores if score is not None]


class PainEntry(PainScores, frozen=True, kw_only=True):
    """Pain scores with the day of their session."""

    day: date


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
    """Finding of one rule; `rule` is the id of its text in `SafetyData.trends`, T1b and T5b being the graver cases.

    What it means is in the line of the checklist with that id.
    """

    rule: str
    state: TrendState
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
    if good.state == "met" and any(finding.state == "met" for finding in warnings):
        good = _finding("T9", enough=True, met=False)
    return (*warnings, good)


def _finding(rule: str, enough: bool, met: bool, actions: tuple[TrendAction, ...] = ()) -> TrendFinding:
    """Return the finding of *rule*, with its actions if it is *met* and there are *enough* scores to tell."""
    if not (enough and met):
        return TrendFinding(rule=rule, state="not-met" if enough else "not-enough")
    return TrendFinding(rule=rule, state="met", actions=actions)


def detect_flare(entries: Sequence[PainEntry]) -> TrendFinding:
    """T1: the next morning is 2 points or more above the score before, in two sessions running; T1b: in three.

    A session without both scores neither counts nor breaks the run.
    """
    rises = [e.next_morning - e.before for e in entries if e.next_morning is not None and e.before is not None]
    run = next((count for count, rise in enumerate(reversed(rises)) if rise < MEANINGFUL), len(rises))
    return _finding("T1b" if run > 2 else "T1", len(rises) > 1, run > 1, ("halve", "gentle-only"))


def detect_no_improvement(entries: Sequence[PainEntry], today: date) -> TrendFinding:
    """T2: after 14 days and 4 scored sessions, the median of the last three is not 1 point below the first three."""
    scores = _before(entries)
    enough = len(scores) > MIN_SCORES and _days(scores, today) >= TWO_WEEKS
    start = _start(scores)
    return _finding("T2", enough, start >= LASTING and start - _latest(scores) < 1)


def detect_persistence(entries: Sequence[PainEntry], today: date) -> TrendFinding:
    """T3: after 42 days, the last week's median is 3 or more and not meaningfully below the first three sessions."""
    scores = _before(entries)
    week = _last_week(scores, today)
    enough = len(week) >= MIN_SCORES and _days(scores, today) >= SIX_WEEKS
    now = _median(week)
    return _finding("T3", enough, now >= LASTING and not _is_better(_start(scores), now))


def detect_worsening(entries: Sequence[PainEntry], today: date) -> TrendFinding:
    """T4: the last week's median is 2 points or more above that of the first week."""
    scores = _before(entries)
    week = _last_week(scores, today)
    first = [score for day, score in scores if (day - scores[0][0]).days < WEEK]
    enough = len(week) >= MIN_SCORES and len(first) >= MIN_SCORES
    worse = _median(week) - _median(first) >= MEANINGFUL
    return _finding("T4", enough, worse)


def detect_severe_pain(entries: Sequence[PainEntry], today: date) -> TrendFinding:
    """T5: a score of 7 or more in the latest session or the last week; T5b: sudden pain, or unlike any before."""
    recent = [entry for entry in entries[:-1] if (today - entry.day).days < WEEK] + list(entries[-1:])
    scored = [entry for entry in recent if entry.known]
    severe = [entry for entry in scored if max(entry.known) >= SEVERE]
    return _finding("T5b" if any(entry.sudden for entry in severe) else "T5", bool(scored), bool(severe))


def detect_spread(entries: Sequence[PainEntry]) -> TrendFinding:
    """T6: pain reached further down on two entries in a row.

    A move of two steps at once that stays on the next entry counts too. With new numbness or weakness on one of the
    two entries, the warning signs must be asked for (R06, R07, R19).
    """
    known = [entry for entry in entries if entry.spread is not None][-3:]
    runs = [[order.index(entry.spread) for entry in known if entry.spread in order] for order in SPREAD_ORDERS]
    further = any(len(run) == 3 and run[0] < run[1] <= run[2] and run[2] - run[0] >= 2 for run in runs)
    actions: tuple[TrendAction, ...] = ("ask-signs",) if any(entry.new_sign for entry in known[1:]) else ()
    return _finding("T6", len(known) == 3, further, actions)


def detect_new_sign(entries: Sequence[PainEntry]) -> TrendFinding:
    """T8: new numbness or weakness in the latest session; the answers to rules R01-R26 decide the outcome."""
    latest = entries[-1].new_sign if entries else None
    return _finding("T8", latest is not None, bool(latest), actions=("ask-signs",))


def detect_improvement(entries: Sequence[PainEntry], today: date) -> TrendFinding:
    """T9: 2 points or 30 % below the first three sessions, in every session of the last two weeks or longer.

    A session counts if its score is that much lower, or the median of it and the two before: one bad day does not end
    an improvement. T9 needs 6 sessions and a score in the last week.
    """
    scores = _before(entries)
    run = 0
    for count in range(len(scores), MIN_SCORES, -1):
        if not _is_better(_start(scores), min(scores[count - 1][1], _latest(scores[:count]))):
            break
        run += 1
    enough = len(scores) >= MIN_SCORES_TO_IMPROVE and bool(_last_week(scores, today))
    return _finding("T9", enough, run >= MIN_SCORES and _days(scores[-run:], today) >= TWO_WEEKS)


def change_before_sessions(entries: Sequence[PainEntry]) -> str:
    """Return how the pain before sessions changed, from the first to the last three scores, in a sentence."""
    if len(scores := _before(entries)) < MIN_SCORES:
        return "Pain: not enough scores to tell yet."
    start, now = round(_start(scores)), round(_latest(scores))
    change = f"from about {start} to about {now}" if start != now else f"about {now}"
    return f"Pain before sessions: {change}, in {len(scores)} sessions."


def _before(entries: Sequence[PainEntry]) -> list[tuple[date, int]]:
    """Return the day and the score before each session: the only score that no stretch has influenced."""
    return [(entry.day, entry.before) for entry in entries if entry.before is not None]


def _days(scores: Sequence[tuple[date, int]], today: date) -> int:
    return (today - scores[0][0]).days


def _last_week(scores: Sequence[tuple[date, int]], today: date) -> list[int]:
    return [score for day, score in scores if (today - day).days < WEEK]


def _start(scores: Sequence[tuple[date, int]]) -> float:
    return _median(score for _, score in scores[:MIN_SCORES])


def _latest(scores: Sequence[tuple[date, int]]) -> float:
    return _median(score for _, score in scores[-MIN_SCORES:])


def _median(scores: Iterable[int]) -> float:
    """Return the median; 0 without scores, where no rule is met."""
    # The `statistics` module would cost a sixth of the start-up time of a session.
    ordered = sorted(scores) or [0]
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _is_better(start: float, now: float) -> bool:
    """Return whether *now* is lower by 2 points or by 30 %, without dividing by a *start* of 0."""
    return start - now >= MEANINGFUL or (start > now and 10 * (start - now) >= 3 * start)
