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


class TrendFinding(msgspec.Struct, frozen=True):
    """A rule that is met: the id of its text in `SafetyData.trends`, T1b and T5b being the graver cases.

    What it means is in the line of the checklist with that id.
    """

    rule: str
    actions: tuple[TrendAction, ...] = ()


def assess(entries: Iterable[PainEntry], today: date, since: date | None = None) -> tuple[TrendFinding, ...]:
    """Return the findings of the rules that are met, in order; with too few scores to tell, a rule is not.

    Entries up to the day *since*, when a clinician checked the pain, are ignored: they would stop every later session.
    T9, the good news, is never met together with a warning.
    """
    recent = sorted((entry for entry in entries if since is None or entry.day > since), key=lambda entry: entry.day)
    warnings = [
        detect_flare(recent),
        detect_no_improvement(recent, today),
        detect_persistence(recent, today),
        detect_worsening(recent, today),
        detect_severe_pain(recent, today),
        detect_spread(recent),
        detect_new_sign(recent),
    ]
    return tuple(filter(None, warnings if any(warnings) else [detect_improvement(recent, today)]))


def detect_flare(entries: Sequence[PainEntry]) -> TrendFinding | None:
    """T1: the next morning is 2 points or more above the score before, in two sessions running; T1b: in three.

    A session without both scores neither counts nor breaks the run.
    """
    rises = [e.next_morning - e.before for e in entries if e.next_morning is not None and e.before is not None]
    run = next((count for count, rise in enumerate(reversed(rises)) if rise < MEANINGFUL), len(rises))
    return TrendFinding("T1b" if run > 2 else "T1", ("halve", "gentle-only")) if run > 1 else None


def detect_no_improvement(entries: Sequence[PainEntry], today: date) -> TrendFinding | None:
    """T2: after 14 days and 4 scored sessions, the median of the last three is not 1 point below the first three."""
    scores = _before(entries)
    if len(scores) <= MIN_SCORES or _days(scores, today) < TWO_WEEKS:
        return None
    start = _start(scores)
    return TrendFinding("T2") if start >= LASTING and start - _latest(scores) < 1 else None


def detect_persistence(entries: Sequence[PainEntry], today: date) -> TrendFinding | None:
    """T3: after 42 days, the last week's median is 3 or more and not meaningfully below the first three sessions."""
    scores = _before(entries)
    week = _last_week(scores, today)
    if len(week) < MIN_SCORES or _days(scores, today) < SIX_WEEKS:
        return None
    now = _median(week)
    return TrendFinding("T3") if now >= LASTING and not _is_better(_start(scores), now) else None


def detect_worsening(entries: Sequence[PainEntry], today: date) -> TrendFinding | None:
    """T4: the last week's median is 2 points or more above that of the first week."""
    scores = _before(entries)
    week = _last_week(scores, today)
    first = [score for day, score in scores if (day - scores[0][0]).days < WEEK]
    enough = min(len(week), len(first)) >= MIN_SCORES
    return TrendFinding("T4") if enough and _median(week) - _median(first) >= MEANINGFUL else None


def detect_severe_pain(entries: Sequence[PainEntry], today: date) -> TrendFinding | None:
    """T5: a score of 7 or more in the latest session or the last week; T5b: sudden pain, or unlike any before."""
    recent = [entry for entry in entries[:-1] if (today - entry.day).days < WEEK] + list(entries[-1:])
    severe = [entry for entry in recent if max(entry.known, default=0) >= SEVERE]
    return TrendFinding("T5b" if any(entry.sudden for entry in severe) else "T5") if severe else None


def detect_spread(entries: Sequence[PainEntry]) -> TrendFinding | None:
    """T6: pain reached further down on two entries in a row.

    A move of two steps at once that stays on the next entry counts too. With new numbness or weakness on one of the
    two entries, the warning signs must be asked for (R06, R07, R19).
    """
    known = [entry for entry in entries if entry.spread is not None][-3:]
    runs = [[order.index(entry.spread) for entry in known if entry.spread in order] for order in SPREAD_ORDERS]
    further = any(len(run) == 3 and run[0] < run[1] <= run[2] and run[2] - run[0] >= 2 for run in runs)
    actions: tuple[TrendAction, ...] = ("ask-signs",) if any(entry.new_sign for entry in known[1:]) else ()
    return TrendFinding("T6", actions) if further else None


def detect_new_sign(entries: Sequence[PainEntry]) -> TrendFinding | None:
    """T8: new numbness or weakness in the latest session; the answers to rules R01-R26 decide the outcome."""
    return TrendFinding("T8", ("ask-signs",)) if entries and entries[-1].new_sign else None


def detect_improvement(entries: Sequence[PainEntry], today: date) -> TrendFinding | None:
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
    return TrendFinding("T9") if enough and run >= MIN_SCORES and _days(scores[-run:], today) >= TWO_WEEKS else None


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
    # The `statistics` module would cost a sixth of the start-up time of a session.
    ordered = sorted(scores)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _is_better(start: float, now: float) -> bool:
    """Return whether *now* is lower by 2 points or by 30 %, without dividing by a *start* of 0."""
    return start - now >= MEANINGFUL or (start > now and 10 * (start - now) >= 3 * start)
