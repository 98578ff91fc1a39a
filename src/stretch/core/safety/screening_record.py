"""Screening record: the stored outcome of the safety check, how long it is current, and what changes it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

import msgspec

from stretch.core.errors import SafetyError, UsageError
from stretch.core.safety.checklist import Outcome, OutcomeMessages, SafetyData, Urgency, strongest
from stretch.core.vocabulary import Tag

if TYPE_CHECKING:
    from stretch.core.safety.pain import PainSpread
    from stretch.core.safety.pain_trend import TrendFinding
    from stretch.core.safety.screening import ScreeningResult

GENTLE_DAYS = 14
"""Length of the easy start after GO-GENTLY (rule D15)."""
ADVICE_DAYS = 7
"""Interval at which the advice to tell a clinician is repeated."""
SEVERE_PAIN_DAYS = 7
"""Severe pain on a second day within this many days means to see a clinician (rule K3)."""
DAY = timedelta(days=1)


class ScreeningRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that is stored of the safety check: its outcome, never the answers.

    `screened` is the day of the last full check, `since` the first day of this outcome, and `cleared` the day on which
    a clinician checked it, as the user reports. The other fields are those of `ScreeningResult`.
    """

    outcome: Outcome
    screened: date
    since: date
    urgency: Urgency | None = None
    tags: tuple[Tag, ...] = ()
    cleared: date | None = None
    advise_clinician: bool = False
    breath_off: bool = False
    ask_again_on: date | None = None
    too_young: bool = False
    severe_pain_on: date | None = None
    """Last day with pain of 7 or more out of 10, which allows no session that day (rule K3)."""
    asked: date | None = None
    """Last day on which the person said what is new."""
    advised: date | None = None
    """Day on which the advice to tell a clinician was last shown."""


class PreflightResult(msgspec.Struct, frozen=True):
    """Everything known about the person when a session may start."""

    record: ScreeningRecord | None = None
    pain: int | None = None
    spread: PainSpread | None = None
    sudden: bool = False
    """The pain came on suddenly or is unlike any before."""
    gentle_only: bool = False
    half_dose: bool = False
    """Half the dose, because pain was up on the mornings after (rule T1)."""
    notes: tuple[str, ...] = ()
    """What to tell the person before the start."""


def after_full_check(old: ScreeningRecord | None, result: ScreeningResult, today: date) -> ScreeningRecord:
    """Return the record after a full check.

    A full check ends an emergency but not an earlier SEE-CLINICIAN, which only `record_clearance` lifts.
    """
    new = ScreeningRecord(
        outcome=result.outcome,
        urgency=result.urgency,
        # An emergency ends the questions early, so the tags known before still apply.
        tags=old.tags if old and result.outcome is Outcome.EMERGENCY else result.tags,
        screened=today,
        asked=today,
        since=today,
        advise_clinician=result.advise_clinician,
        breath_off=result.breath_off,
        ask_again_on=result.ask_again_on,
        too_young=result.too_young,
    )
    new = _with_severe_pain(new, old, result, today)
    if old is None or old.outcome is not Outcome.SEE_CLINICIAN:
        return new
    return _with_outcome(new, (old.outcome, old.urgency), old.since)


def after_quick_check(record: ScreeningRecord, result: ScreeningResult, today: date) -> ScreeningRecord:
    """Return the record after a quick check, which only adds restrictions, except that a past illness is removed.

    It does not postpone the next full check.
    """
    new = escalate(record, today, result.outcome, result.urgency, result.tags, result.advise_clinician)
    new = _with_severe_pain(new, record, result, today)
    return msgspec.structs.replace(
        new,
        breath_off=new.breath_off or result.breath_off,
        ask_again_on=result.ask_again_on or (new.ask_again_on if _must_wait(new, today) else None),
        too_young=new.too_young or result.too_young,
    )


def _with_severe_pain(
    new: ScreeningRecord, old: ScreeningRecord | None, result: ScreeningResult, today: date
) -> ScreeningRecord:
    """Return *new* with the day of severe pain; on the second such day the outcome is to see a clinician soon (K3)."""
    last = old.severe_pain_on if old else None
    if not result.severe_pain:
        return msgspec.structs.replace(new, severe_pain_on=None if last == today else last)
    new = msgspec.structs.replace(new, severe_pain_on=today)
    if last is not None and DAY <= today - last <= SEVERE_PAIN_DAYS * DAY:
        return escalate(new, today, Outcome.SEE_CLINICIAN, Urgency.SOON)
    return new


def escalate(
    record: ScreeningRecord,
    today: date,
    outcome: Outcome,
    urgency: Urgency | None = None,
    tags: Iterable[Tag] = (),
    advise_clinician: bool = False,
) -> ScreeningRecord:
    """Return the record after a new finding, a stop rule (ST6-ST8) or a trend (T1-T8); the strongest outcome wins."""
    new = msgspec.structs.replace(
        record, tags=tuple(sorted({*record.tags, *tags})), advise_clinician=record.advise_clinician or advise_clinician
    )
    return _with_outcome(new, (outcome, urgency), today)


def apply_findings(record: ScreeningRecord, findings: Iterable[TrendFinding], today: date) -> ScreeningRecord:
    """Return the record after the *findings* of the pain trend; the strongest outcome wins."""
    for finding in findings:
        record = escalate(record, today, finding.outcome, finding.urgency, advise_clinician=finding.advise_clinician)
    return record


def _with_outcome(record: ScreeningRecord, other: tuple[Outcome, Urgency | None], since: date) -> ScreeningRecord:
    """Return *record* with the *other* outcome if that is the stronger one."""
    current = (record.outcome, record.urgency)
    outcome, urgency = strongest(current, other)
    if (outcome, urgency) == current:
        return record
    return msgspec.structs.replace(
        record,
        outcome=outcome,
        urgency=urgency,
        since=since,
        cleared=None if outcome.stops else record.cleared,
        advise_clinician=record.advise_clinician and not outcome.stops,
    )


def record_clearance(record: ScreeningRecord, on: date, today: date) -> ScreeningRecord:
    """Return the record, now GO-GENTLY, after a clinician said on the day *on* that gentle exercise is fine.

    Raise SafetyError for an emergency, which only a new full check ends, and UsageError if the record needs no
    clearance or if the day is in the future or more than 12 months ago.
    """
    if record.outcome is Outcome.EMERGENCY:
        raise SafetyError("An emergency cannot be cleared. Once it is over, answer the full check again.")
    if record.outcome is not Outcome.SEE_CLINICIAN:
        raise UsageError("Your safety check needs no clearance.")
    if on > today:
        raise UsageError("That date is in the future. On which day were you checked?")
    if _year_after(on) <= today:
        raise UsageError("That was more than 12 months ago. Please have it checked again.")
    return msgspec.structs.replace(record, outcome=Outcome.GO_GENTLY, urgency=None, cleared=on, since=today)


def expires(record: ScreeningRecord) -> date:
    """Return the day on which the next full check is due: 12 months after the check, or after an older clearance."""
    return min(_year_after(day) for day in (record.screened, record.cleared) if day)


def _year_after(day: date) -> date:
    """Return the same day next year; for 29 February the 28th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def is_current(record: ScreeningRecord, today: date) -> bool:
    """Return whether the quick check is enough; not after 12 months, nor for a check dated in the future.

    One day in the future is fine: a traveller's today may be the day before the check.
    """
    return record.screened - DAY <= today < expires(record)


def questions_due(safety: SafetyData, record: ScreeningRecord | None, today: date) -> tuple[str, ...]:
    """Return the ids of the questions before a plan is made: the full check, after an illness one, otherwise none."""
    if record is None or not is_current(record, today):
        return safety.screens
    return safety.after_illness if record.ask_again_on else ()


def forbids_session(record: ScreeningRecord, today: date) -> bool:
    """Return whether no session may start; time alone, even 12 months, does not lift this."""
    return record.outcome.stops or record.too_young or record.severe_pain_on == today or _must_wait(record, today)


def _must_wait(record: ScreeningRecord, today: date) -> bool:
    return record.ask_again_on is not None and today < record.ask_again_on


def gentle_until(record: ScreeningRecord) -> date | None:
    """Return the day on which the easy start of rule D15 is over; None for outcomes other than GO-GENTLY."""
    return record.since + GENTLE_DAYS * DAY if record.outcome is Outcome.GO_GENTLY else None


def advice_due(record: ScreeningRecord, shown: date | None, today: date) -> bool:
    """Return whether to show the advice to tell a clinician, last shown on the day *shown*."""
    return record.advise_clinician and (shown is None or today - shown >= ADVICE_DAYS * DAY)


def status_messages(messages: OutcomeMessages, record: ScreeningRecord, today: date) -> tuple[str, ...]:
    """Return the sentences to show for *record*; in an emergency only one."""
    match record.outcome:
        case Outcome.EMERGENCY:
            return (messages.emergency,)
        case Outcome.SEE_CLINICIAN:
            urgent = {Urgency.TODAY: messages.today, Urgency.SOON: messages.soon}
            first = urgent.get(record.urgency or Urgency.ROUTINE, messages.routine)
            return first, messages.too_young if record.too_young else messages.lift
    if record.too_young:
        return (messages.too_young,)
    if record.severe_pain_on == today:
        return (messages.severe_pain,)
    if _must_wait(record, today):
        return (messages.wait,)
    if not is_current(record, today):
        return (messages.due,)
    first = messages.gently if record.outcome is Outcome.GO_GENTLY else messages.go
    return (first, messages.advise) if record.advise_clinician else (first,)
