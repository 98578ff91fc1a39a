"""Adaptation of a request to a person: recent practice and the safety check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from stretch.core.planning.dosing import MAX_PROGRESS
from stretch.core.routine import Continuity, Request, Routine, doses_of
from stretch.core.safety.pain import PainEntry
from stretch.core.vocabulary import BREATH_PRESETS, Side

if TYPE_CHECKING:
    from stretch.core.safety.screening_record import PreflightResult

WEEK, TWO_WEEKS = timedelta(days=7), timedelta(days=14)
DAY, LAST_DAYS = timedelta(days=1), timedelta(days=6)
DAYS_A_WEEK = 3
"""Days with a stretch done that a week needs to count for progression (rules D12 and D16)."""
COMFORTABLE, RISE = 3, 2
"""The highest pain score that allows progression (rule D16), and the smallest rise that forbids it (rule T1)."""
MAX_KEPT = 100
"""Most stretches that are remembered for a request."""


class PastSession(Struct, frozen=True, kw_only=True):
    """A session of the last two weeks for the areas of a request, as far as progression depends on it."""

    done: bool
    """True if a stretch was done."""
    hurt: bool
    """True if pain was reported."""
    pain: PainEntry

    @property
    def comfortable(self) -> bool:
        """True if nothing hurt, and no score was high or meaningfully above the one before (rules D16 and T1)."""
        highest, before = max(self.pain.known, default=0), self.pain.before
        return not self.hurt and highest <= COMFORTABLE and (before is None or highest - before < RISE)


class RecentPractice(Struct, frozen=True, kw_only=True):
    """Summary of the journal for one request; empty for somebody who has not started."""

    last_done: Mapping[str, date] = {}
    """The last day each stretch was done, by id."""
    familiar: frozenset[str] = frozenset()
    """Ids of the stretches done FAMILIAR_AFTER times or more."""
    days: tuple[date, ...] = ()
    """Days with at least one stretch done, as many as matter here."""
    first_side: Side | None = None
    """The side that came first in the latest session in which something was done on a side."""
    last_hard_day: date | None = None
    """The last day with a deep or contract-relax stretch."""
    hurtful: tuple[str, ...] = ()
    """Ids of the stretches with pain reports in two sessions or more."""
    hurt_today: tuple[str, ...] = ()
    """Ids of the stretches that were stopped for pain today, and not done easier afterwards."""
    continuity: Continuity | None = None
    """What the latest session for the same request left, unless it is two weeks ago."""
    sessions: tuple[PastSession, ...] = ()
    week_seconds: Mapping[str, int] = {}
    """Seconds of each stretch in the last seven days, on one side, by id."""


def apply_recent_practice(request: Request, practice: RecentPractice, today: date, *, experienced: bool) -> Request:
    """Return *request* adapted to recent practice.

    - The stretches of last time, without those that hurt today, hurt twice or were replaced, and the progression earned
      (D16).
    - Days since each stretch was last done, for variety.
    - Short instructions for the stretches done three times.
    - The side that was second last time comes first (rule RB7).
    - Gentle on the day after a deep or contract-relax stretch, unless a level was given (rule D14).
    - An easy start in the first two weeks and after a break of two weeks, unless *experienced* (rules D15 and RB17).
    """
    request = replace(
        request,
        days_since_last_done={name: (today - day).days for name, day in practice.last_done.items()},
        hurtful=practice.hurtful,
        hurt_today=practice.hurt_today,
        familiar=frozenset() if request.explain_all else practice.familiar,
        week_seconds=practice.week_seconds,
        beginner=request.beginner or (not experienced and is_beginner(practice.days, today)),
        first_week=not experienced and is_beginner(practice.days, today, WEEK),
    )
    if continuity := practice.continuity:
        request = replace(
            request,
            kept=continuity.kept,
            replaced=continuity.replaced,
            doses=continuity.doses if continuity.time == request.time else {},
            progress=(progress := _progress(continuity, practice.sessions, today)),
            grown=progress > continuity.progress or (continuity.easy and not request.beginner),
        )
    if practice.first_side is not None:
        request = replace(request, first_side="right" if practice.first_side == "left" else "left")
    if request.level is None and practice.last_hard_day is not None and practice.last_hard_day + DAY == today:
        request = replace(request, level="gentle", day_after_hard_session=True)
    return request


def _progress(continuity: Continuity, sessions: Iterable[PastSession], today: date) -> int:
    """Return the steps of progression earned: one more after two comfortable weeks, then after each comfortable one."""
    weeks = 1 if continuity.progress else 2
    start = today - timedelta(weeks=weeks)
    lately = [session for session in sessions if start <= session.pain.day < today]
    enough = len({session.pain.day for session in lately if session.done}) >= DAYS_A_WEEK * weeks
    earned = continuity.since <= start and enough and all(session.comfortable for session in lately)
    return min(continuity.progress + earned, MAX_PROGRESS)


def continuity_after(routine: Routine, key: str, request: Request, practice: RecentPractice, today: date) -> Continuity:
    """Return what *routine*, which was built from *request*, leaves to the next one with the same *key*.

    An easy start counts as no time at these doses: its end is an addition of its own (rule D15).
    """
    earlier = practice.continuity or Continuity(key, today)
    kept = dict.fromkeys((*request.kept, *(item.stretch.id for item in routine.items)))
    less = request.half_dose or request.morning or request.day_after_hard_session or request.max_level == "gentle"
    usual = not less and not request.hurt_today
    doses = doses_of(routine.items) if usual else {}
    if not (request.grown and usual):
        left = (*request.hurtful, *request.replaced)
        doses |= {id: dose for id, dose in request.doses.items() if id not in left}
    added = usual and (request.beginner or request.progress > earlier.progress)
    return Continuity(
        key,
        today if added else earlier.since,
        tuple(kept)[:MAX_KEPT],
        request.progress if usual else earlier.progress,
        request.replaced,
        request.minutes,
        doses,
        request.time,
        request.beginner if usual else earlier.easy,
    )


def is_beginner(days: Iterable[date], today: date, within: timedelta = TWO_WEEKS) -> bool:
    """Return whether *today* is *within* that time of the start, or of a restart after two weeks off (D15, RB17)."""
    start = previous = None
    for day in sorted({day for day in days if day <= today} | {today}):
        if previous is None or day - previous >= TWO_WEEKS:
            start = day
        previous = day
    return start is None or today - start < within


def apply_preflight(request: Request, result: PreflightResult, today: date) -> Request:
    """Return *request* with the cautions, level, doses and breath that the safety check requires (K3, D15, B9)."""
    # Imported here for start-up: before the first safety check there is nothing to apply.
    from stretch.core.safety.checklist import Outcome
    from stretch.core.safety.screening_record import gentle_until

    if result.gentle_only:
        request = replace(request, level="gentle", max_level="gentle")
    if result.half_dose:
        request = replace(request, half_dose=True)
    record = result.record
    if record is None:
        return request
    request = replace(request, avoid=tuple(dict.fromkeys((*request.avoid, *record.tags))))
    if record.outcome is Outcome.GO_GENTLY:
        level = "moderate" if request.level == "deep" else request.level
        request = replace(request, level=level, max_level=request.max_level or "moderate")
    until = gentle_until(record)
    if until is not None and today < until:
        request = replace(request, beginner=True)
    if record.breath_off:
        request = replace(request, breath=BREATH_PRESETS["off"])
    return request
