"""Screening record: what was answered in the safety check, how long it is current, and what changes it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

import msgspec
from msgspec.structs import replace

from stretch.core.errors import SafetyError, UsageError
from stretch.core.safety.checklist import (
    ChecklistLine,
    Choice,
    Outcome,
    OutcomeMessages,
    Question,
    SafetyData,
    Urgency,
    strongest,
)
from stretch.core.safety.pain import PainSpread, Score
from stretch.core.vocabulary import Tag

Answers = Mapping[str, tuple[str, ...]]
"""Ids of the chosen answers by the id of the question."""

GENTLE_DAYS = 14
"""Length of the easy start after GO-GENTLY (rule D15)."""
ADVICE_DAYS = 7
"""Interval at which the advice to tell a clinician is repeated."""
SEVERE_PAIN_DAYS = 7
"""Severe pain on a second day within this many days means to see a clinician (rule K3)."""
SEVERE, ILL, TOO_YOUNG, SECOND_DAY = "pain.K3", "health.Q8", "body.Q9b", "T5"
"""Statements of severe pain today (K3), of an illness (Q8), of an age under 16 (Q9), and of severe pain twice (T5)."""
DAY = timedelta(days=1)


class ScreeningRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was answered: the statements that stop or shape sessions, and what follows from them.

    `screened` is the day of the last full check, `since` the first day of this outcome, and `cleared` the day on which
    a clinician checked it, as the person reports. A record of the first edition has no statements, only an outcome.
    """

    outcome: Outcome
    since: date
    screened: date | None = None
    urgency: Urgency | None = None
    tags: tuple[Tag, ...] = ()
    cleared: date | None = None
    advise_clinician: bool = False
    breath_off: bool = False
    """Breath counting is off (rule B9)."""
    ask_again_on: date | None = None
    """First day on which a session is possible after an illness (rule Q8)."""
    too_young: bool = False
    severe_pain_on: date | None = None
    """Last day with pain of 7 or more out of 10, which allows no session that day (rule K3)."""
    asked: date | None = None
    """Last day on which the person said what is new."""
    advised: date | None = None
    """Day on which the advice to tell a clinician was last shown."""
    said: tuple[str, ...] | None = None
    """Ids of `SafetyData.statements` that hold; None in a record of the first edition."""
    unfinished: dict[str, tuple[str, ...]] | None = None
    """The answers so far to questions that were not answered to the end."""
    ask_next_time: tuple[str, ...] = ()
    """Questions to ask at the next start, because a symptom ended a session."""
    pain: Score | None = None
    pain_on: date | None = None
    """Pain out of 10, and the day on which it was said."""
    scores_from: date | None = None
    """Pain scores up to this day no longer count for the trend: what it found was taken back."""


class PreflightResult(msgspec.Struct, frozen=True):
    """What holds now: the next question, the causes of a stop, or else what the plan must allow for."""

    record: ScreeningRecord | None = None
    pain: int | None = None
    spread: PainSpread | None = None
    gentle_only: bool = False
    half_dose: bool = False
    """Half the dose, because pain was up on the mornings after (rule T1)."""
    question: Question | None = None
    causes: tuple[str, ...] = ()
    """Ids of the statements that forbid a session."""
    notes: tuple[str, ...] = ()
    """What to tell the person before the start."""
    answers: Answers = {}
    """The answers from which this follows, and the record *before* them."""
    before: ScreeningRecord | None = None
    for_session: bool = True
    """True unless only the safety check was asked for."""


def said_by(record: ScreeningRecord) -> tuple[str, ...]:
    """Return the statements of *record*; one of the first edition has those that stand for its outcome."""
    if record.said is not None:
        return record.said
    said = [f"tag.{tag}" for tag in record.tags]
    if record.outcome is Outcome.EMERGENCY:
        said.append("earlier.emergency")
    elif record.outcome is Outcome.SEE_CLINICIAN:
        said.append(f"earlier.{(record.urgency or Urgency.ROUTINE).value}")
    elif record.outcome is Outcome.GO_GENTLY:
        said.append("earlier.advise" if record.advise_clinician else "earlier.gently")
    said += ["health.B9"] * record.breath_off + [TOO_YOUNG] * record.too_young
    return tuple(said)


def find_statements(safety: SafetyData, ids: Iterable[str]) -> list[Choice]:
    """Return the statements with these *ids*; one of another version of the program asks to see a clinician."""
    unknown = safety.statements["earlier.routine"]
    return [safety.statements.get(name, unknown) for name in ids]


def with_statements(
    safety: SafetyData, record: ScreeningRecord, said: Iterable[str], today: date, *, unfinished: Iterable[str] = ()
) -> ScreeningRecord:
    """Return *record* with the statements *said*, and with what follows from them and the *unfinished* ones."""
    said = tuple(dict.fromkeys(said))
    choices = find_statements(safety, {**dict.fromkeys(said), **dict.fromkeys(unfinished)})
    combined = [safety.lines[rule] for rule in _combined(safety, choices)]
    found: list[Choice | ChecklistLine] = [*choices, *combined]
    outcome, urgency = strongest(*((each.outcome, each.urgency) for each in found if each.outcome))
    same = (outcome, urgency) == (record.outcome, record.urgency)
    return replace(
        record,
        said=said,
        outcome=outcome,
        urgency=urgency,
        since=record.since if same else today,
        tags=tuple(sorted({tag for choice in choices for tag in choice.tags})),
        cleared=None if outcome.stops and not same else record.cleared,
        advise_clinician=not outcome.stops and any(choice.advise_clinician for choice in choices),
        breath_off=any(choice.breath_off for choice in choices),
        too_young=any(choice.too_young for choice in choices),
    )


def add_statements(
    safety: SafetyData, record: ScreeningRecord | None, new: Iterable[str], today: date
) -> ScreeningRecord:
    """Return the record after *new* statements, of a symptom (ST7, ST8) or a trend (T1-T6); the strongest wins."""
    record = record or ScreeningRecord(outcome=Outcome.GO, since=today)
    return with_statements(safety, record, (*said_by(record), *new), today)


def _combined(safety: SafetyData, choices: Iterable[Choice]) -> dict[str, set[str]]:
    """Return the lines that signs become which are weak alone and serious together, with these signs."""
    lines = {choice.line for choice in choices}
    found = {rule.becomes: {rule.line, *rule.any_of} & lines for rule in safety.together if rule.line in lines}
    return {becomes: signs for becomes, signs in found.items() if len(signs) > 1}


def causes(safety: SafetyData, record: ScreeningRecord, today: date) -> tuple[str, ...]:
    """Return the ids of the statements of *record* that forbid a session; none without an unfinished check."""
    choices = dict(zip(said_by(record), find_statements(safety, said_by(record)), strict=True))
    together = {sign for signs in _combined(safety, choices.values()).values() for sign in signs}
    found = [
        name
        for name, choice in choices.items()
        if (choice.outcome and choice.outcome.stops) or choice.too_young or choice.line in together
    ]
    return (*found, *[SEVERE] * (record.severe_pain_on == today), *[ILL] * _must_wait(record, today))


def take_back(
    safety: SafetyData, record: ScreeningRecord, ids: Sequence[str], today: date, *, keep: Sequence[str] = ()
) -> ScreeningRecord:
    """Return *record* without the statements *ids*, with those to *keep* instead."""
    if SEVERE in ids:
        record = replace(record, severe_pain_on=None)
    if ILL in ids:
        record = replace(record, ask_again_on=None)
    if any(name.startswith("T") for name in ids):
        record = replace(record, scores_from=today)
    return with_statements(safety, record, (*(name for name in said_by(record) if name not in ids), *keep), today)


def with_severe_pain(record: ScreeningRecord, last: date | None, today: date) -> ScreeningRecord:
    """Return *record* with severe pain today; on a second such day soon after the *last* one, see a clinician (K3)."""
    again = last is not None and DAY <= today - last <= SEVERE_PAIN_DAYS * DAY
    return replace(record, severe_pain_on=today, said=(*said_by(record), *[SECOND_DAY] * again))


def record_clearance(safety: SafetyData, record: ScreeningRecord, on: date, today: date) -> ScreeningRecord:
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
    stops = [name for name in causes(safety, record, today) if name not in (TOO_YOUNG, SEVERE, ILL)]
    tags = [f"tag.{tag}" for choice in find_statements(safety, stops) for tag in choice.tags]
    record = take_back(safety, record, stops, today, keep=(*tags, "earlier.gently"))
    return replace(record, cleared=on, since=today)


def expires(record: ScreeningRecord) -> date | None:
    """Return the day on which the next full check is due: 12 months after the check, or after an older clearance."""
    return min((_year_after(day) for day in (record.screened, record.cleared) if day), default=None)


def _year_after(day: date) -> date:
    """Return the same day next year; for 29 February the 28th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def is_current(record: ScreeningRecord, today: date) -> bool:
    """Return whether the last full check still counts; not after 12 months, nor if it is dated in the future.

    One day in the future is fine: a traveler's today may be the day before the check.
    """
    until = expires(record)
    return record.screened is not None and until is not None and record.screened - DAY <= today < until


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


def read_back(safety: SafetyData, ids: Iterable[str]) -> tuple[str, ...]:
    """Return the texts of the statements *ids*, to read them back to the person."""
    texts = dict.fromkeys(choice.text for choice in find_statements(safety, ids))
    # What to do about a sign of the stop list follows it, after a colon, and was not said by the person.
    stops = {line.text for line in safety.section("stop").lines}
    return tuple(text.partition(": ")[0] if text in stops else text for text in texts)
