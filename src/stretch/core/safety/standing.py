"""What is kept of a safety check: how long it holds, whether it stops a session, and what lifts it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec

from stretch.core.errors import StretchError, UsageError
from stretch.core.safety.checklist import Messages, Outcome, Safety, Urgency, strongest
from stretch.core.safety.screening import Result
from stretch.core.safety.trend import Finding
from stretch.core.vocabulary import Tag

GENTLE_DAYS = 14
"""How long GO-GENTLY means the doses of a beginner; rule D15."""
ADVICE_DAYS = 7
"""The advice to tell a clinician is repeated weekly."""
DAY = timedelta(days=1)
"""A traveller's today may be a day before the day of the check."""


class StillStopped(StretchError):
    """A clinician's word does not end an emergency; only a new full check does."""

    exit_code = 4

    def __init__(self) -> None:
        super().__init__(
            'An emergency cannot be cleared. Once it is over, answer the full check: "stretch safety check".'
        )


class Standing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All that is kept: never the answers, only what they led to.

    `screened` is the day of the last full check, `since` the day this outcome began, and `cleared` the day on which a
    clinician, so the user says, checked it. The rest is as in `Result`.
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
    advised: date | None = None
    """When the advice to tell a clinician was last shown."""


def renew(old: Standing | None, result: Result, today: date) -> Standing:
    """The standing after a full check: the new result, except that a check never lifts a standing SEE-CLINICIAN.

    Only `clear` does that. An emergency, in contrast, ends with a new full check and with nothing else.
    """
    new = Standing(
        outcome=result.outcome,
        urgency=result.urgency,
        # In an emergency nothing more is asked; what was known before still holds.
        tags=old.tags if old and result.outcome is Outcome.EMERGENCY else result.tags,
        screened=today,
        since=today,
        advise_clinician=result.advise_clinician,
        breath_off=result.breath_off,
        ask_again_on=result.ask_again_on,
        too_young=result.too_young,
    )
    if old is None or old.outcome is not Outcome.SEE_CLINICIAN:
        return new
    return _raised(new, (old.outcome, old.urgency), old.since)


def add(standing: Standing, result: Result, today: date) -> Standing:
    """The standing after a quick check, which adds to what is known; it takes nothing away but an illness that is over.

    It does not put off the next full check.
    """
    worse = worsen(standing, today, result.outcome, result.urgency, result.tags, result.advise_clinician)
    return msgspec.structs.replace(
        worse,
        breath_off=worse.breath_off or result.breath_off,
        ask_again_on=result.ask_again_on or (worse.ask_again_on if _waiting(worse, today) else None),
        too_young=worse.too_young or result.too_young,
    )


def worsen(
    standing: Standing,
    today: date,
    outcome: Outcome,
    urgency: Urgency | None = None,
    tags: Iterable[Tag] = (),
    advise_clinician: bool = False,
) -> Standing:
    """The standing after something new: a stop rule ST6-ST8, or a trend T1-T8; the strongest outcome wins."""
    told = msgspec.structs.replace(
        standing,
        tags=tuple(sorted({*standing.tags, *tags})),
        advise_clinician=standing.advise_clinician or advise_clinician,
    )
    return _raised(told, (outcome, urgency), today)


def worsened(standing: Standing, found: Iterable[Finding], today: date) -> Standing:
    """Return *standing* after what was found; the strongest outcome wins."""
    for finding in found:
        if finding.outcome is not Outcome.GO or finding.advise_clinician:
            standing = worsen(
                standing, today, finding.outcome, finding.urgency, advise_clinician=finding.advise_clinician
            )
    return standing


def _raised(standing: Standing, other: tuple[Outcome, Urgency | None], since: date) -> Standing:
    own = (standing.outcome, standing.urgency)
    winner = strongest(own, other)
    if winner == own:
        return standing
    return msgspec.structs.replace(
        standing,
        outcome=winner[0],
        urgency=winner[1],
        since=since,
        cleared=None if winner[0].stops else standing.cleared,
        advise_clinician=standing.advise_clinician and not winner[0].stops,
    )


def clear(standing: Standing, on: date, today: date) -> Standing:
    """The standing after "a clinician has checked this and says gentle exercise is fine": GO-GENTLY.

    Raises StillStopped for an emergency, and UsageError when nothing waits for a clinician, or when the day is in the
    future or more than 12 months ago.
    """
    if standing.outcome is Outcome.EMERGENCY:
        raise StillStopped
    if standing.outcome is not Outcome.SEE_CLINICIAN:
        raise UsageError("Nothing is waiting for a clinician's word.")
    if on > today:
        raise UsageError("That day is still to come. On which day did a clinician check this?")
    if _year_after(on) <= today:
        raise UsageError("That is more than 12 months ago. Please have it checked again.")
    return msgspec.structs.replace(standing, outcome=Outcome.GO_GENTLY, urgency=None, cleared=on, since=today)


def expires(standing: Standing) -> date:
    """The first day on which the full check is due again: 12 months after it, or after a clinician's older word."""
    return min(_year_after(day) for day in (standing.screened, standing.cleared) if day)


def _year_after(day: date) -> date:
    """The same day next year; for 29 February the 28th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def valid(standing: Standing, today: date) -> bool:
    """Whether the check still holds, so that the quick check is enough; a check dated in the future does not."""
    return standing.screened - DAY <= today < expires(standing)


def due(safety: Safety, standing: Standing | None, today: date) -> tuple[str, ...]:
    """The questions a session begins with, for `owed` and `screen`: the full check, or the quick one."""
    if standing is None or not valid(standing, today):
        return safety.screens
    return (*safety.quick, *safety.after_illness) if standing.ask_again_on else safety.quick


def blocks(standing: Standing, today: date) -> bool:
    """Whether there may be no session; this outlasts the 12 months, for time alone lifts nothing."""
    return standing.outcome.stops or standing.too_young or _waiting(standing, today)


def _waiting(standing: Standing, today: date) -> bool:
    return standing.ask_again_on is not None and today < standing.ask_again_on


def gentle_until(standing: Standing) -> date | None:
    """The first day on which GO-GENTLY no longer means the doses of rule D15; None for the other outcomes."""
    return standing.since + GENTLE_DAYS * DAY if standing.outcome is Outcome.GO_GENTLY else None


def advice_due(standing: Standing, shown: date | None, today: date) -> bool:
    """Whether the advice to tell a clinician is to be shown, when it was last shown on that day."""
    return standing.advise_clinician and (shown is None or today - shown >= ADVICE_DAYS * DAY)


def message(messages: Messages, standing: Standing, today: date) -> tuple[str, ...]:
    """What to tell the user, one sentence or two each; in an emergency one thing and nothing else."""
    match standing.outcome:
        case Outcome.EMERGENCY:
            return (messages.emergency,)
        case Outcome.SEE_CLINICIAN:
            what = {Urgency.TODAY: messages.today, Urgency.SOON: messages.soon}
            first = what.get(standing.urgency or Urgency.ROUTINE, messages.routine)
            return first, messages.too_young if standing.too_young else messages.lift
    if standing.too_young:
        return (messages.too_young,)
    if _waiting(standing, today):
        return (messages.wait,)
    if not valid(standing, today):
        return (messages.due,)
    gently = messages.gently if standing.outcome is Outcome.GO_GENTLY else messages.go
    return (gently, messages.advise) if standing.advise_clinician else (gently,)
