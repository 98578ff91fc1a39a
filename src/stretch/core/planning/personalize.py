"""Adaptation of a request to a person: recent practice and the safety check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from stretch.core.routine import PRESET_PATTERNS, Request
from stretch.core.vocabulary import Side

if TYPE_CHECKING:
    from stretch.core.safety.screening_record import PreflightResult

TWO_WEEKS = timedelta(days=14)
DAY = timedelta(days=1)


class RecentPractice(Struct, frozen=True, kw_only=True):
    """Summary of the journal; empty for somebody who has not started."""

    last_done: Mapping[str, date] = {}
    """The last day each stretch was done, by id."""
    days: tuple[date, ...] = ()
    """Days with at least one stretch done, earliest first, as many as matter here."""
    first_side: Side | None = None
    """The side that came first in the latest session that had sides."""
    last_hard_day: date | None = None
    """The last day with a deep or contract-relax stretch."""


def apply_recent_practice(request: Request, practice: RecentPractice, today: date, *, experienced: bool) -> Request:
    """Return *request* adapted to recent practice.

    - Days since each stretch was last done, for variety.
    - The side that was second last time comes first (rule RB7).
    - Gentle on the day after a deep or contract-relax stretch, unless a level was given (rule D14).
    - An easy start in the first two weeks and after a break of two weeks, unless *experienced* (rules D15 and RB17).
    """
    days_since = {name: (today - day).days for name, day in practice.last_done.items()}
    request = replace(request, days_since_last_done=days_since)
    if practice.first_side is not None:
        request = replace(request, first_side="right" if practice.first_side == "left" else "left")
    if not experienced and is_beginner(practice.days, today):
        request = replace(request, beginner=True)
    if request.level is None and practice.last_hard_day is not None and practice.last_hard_day + DAY == today:
        request = replace(request, level="gentle", day_after_hard_session=True)
    return request


def is_beginner(days: Iterable[date], today: date) -> bool:
    """Return whether *today* is within two weeks of the start, or of a restart after two weeks off (D15, RB17)."""
    start = previous = None
    for day in sorted({day for day in days if day <= today} | {today}):
        if previous is None or day - previous >= TWO_WEEKS:
            start = day
        previous = day
    return start is None or today - start < TWO_WEEKS


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
        request = replace(request, breath=PRESET_PATTERNS["off"])
    return request
