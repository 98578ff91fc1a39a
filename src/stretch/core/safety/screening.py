"""Screening: the order of the safety questions, and the outcome of the answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import msgspec

from stretch.core.errors import SafetyError, UnknownName
from stretch.core.safety.checklist import Choice, Outcome, Question, SafetyData, Urgency, strongest
from stretch.core.vocabulary import Tag

Answers = Mapping[str, tuple[str, ...]]
"""Ids of the chosen answers by the id of the question; an empty tuple means "none of these"."""

EASE_OFF, STOP = 4, 6
"""Pain out of 10 at which a person without pain eases off, and stops a stretch (rule D6)."""
MAX_STOP = 7
"""No stretch continues above this pain, whatever the pain at the start (rule D6)."""


class UnansweredQuestions(SafetyError):
    """An outcome was requested before all questions were answered; a missing answer never counts as "go"."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self.questions = tuple(questions)
        super().__init__("Not answered yet: " + " ".join(question.text for question in self.questions))


class ScreeningResult(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Outcome of one set of answers.

    `gentle_only` and `severe_pain` hold for today only (K3), `breath_off` turns breath counting off (B9),
    `ask_again_on` is the first day on which a session is possible again (Q8), `too_young` is Q9. An emergency has no
    notes: nothing may distract from its message.
    """

    outcome: Outcome = Outcome.GO
    urgency: Urgency | None = None
    tags: tuple[Tag, ...] = ()
    notes: tuple[str, ...] = ()
    advise_clinician: bool = False
    breath_off: bool = False
    gentle_only: bool = False
    severe_pain: bool = False
    ask_again_on: date | None = None
    too_young: bool = False


def pending_questions(safety: SafetyData, answers: Answers, start: Sequence[str] | None = None) -> tuple[Question, ...]:
    """Return the questions still to ask, the next one first; none after an emergency.

    *start* are the ids of the first questions; by default the screens of the full check. Raise UnknownName for an
    unknown question or choice in *answers*.
    """
    steps = list(_ask_order(safety, answers, start))
    if any(choice.outcome is Outcome.EMERGENCY for _, choices in steps for choice in choices or ()):
        return ()
    return tuple(question for question, choices in steps if choices is None)


def evaluate(safety: SafetyData, answers: Answers, today: date, start: Sequence[str] | None = None) -> ScreeningResult:
    """Return the outcome of *answers*; the strongest one wins (rules R01-R26, Q1-Q9, F1-F16 and K1-K3).

    One emergency answer is enough for an emergency. Otherwise raise UnansweredQuestions while questions are pending.
    Raise UnknownName for an unknown question or choice.
    """
    if missing := pending_questions(safety, answers, start):
        raise UnansweredQuestions(missing)
    picks = [choice for _, choices in _ask_order(safety, answers, start) for choice in choices or ()]
    outcomes = [(choice.outcome, choice.urgency) for choice in picks if choice.outcome]
    outcome, urgency = strongest(*outcomes, *_combined_signs(safety, picks))
    notes = () if outcome is Outcome.EMERGENCY else tuple(dict.fromkeys(c.note for c in picks if c.note))
    wait_days = max((choice.wait_days for choice in picks), default=0)
    return ScreeningResult(
        outcome=outcome,
        urgency=urgency,
        tags=tuple(sorted({tag for choice in picks for tag in choice.tags})),
        notes=notes,
        advise_clinician=not outcome.stops and any(choice.advise_clinician for choice in picks),
        breath_off=any(choice.breath_off for choice in picks),
        gentle_only=any(choice.gentle_only for choice in picks),
        severe_pain=any(choice.severe_pain for choice in picks),
        ask_again_on=today + timedelta(days=wait_days) if wait_days else None,
        too_young=any(choice.too_young for choice in picks),
    )


def pain_choice(pain: int | None) -> str:
    """Return the id of the K3 choice for a pain score of 0 to 10, or for a skipped one."""
    if pain is None:
        return "skipped"
    if pain <= 0:
        return "0"
    return "1-3" if pain <= 3 else "4-6" if pain <= 6 else "7-10"


def pain_limits(start: int) -> tuple[int, int]:
    """Return the pain at which to ease off and at which to stop a stretch, for pain of *start* out of 10 (rule D6).

    No session starts at 7 or more, where the first limit would otherwise exceed the second.
    """
    stop = min(MAX_STOP, max(STOP, start + 2))
    return min(stop, max(EASE_OFF, start + 1)), stop


def _ask_order(
    safety: SafetyData, answers: Answers, start: Sequence[str] | None
) -> Iterator[tuple[Question, tuple[Choice, ...] | None]]:
    """Yield the applicable questions in order, each with the choices in its answer, None if there is none yet."""
    questions = {question.id: question for question in safety.questions}
    for name in answers:
        if name not in questions:
            raise UnknownName("safety question", name, questions)
    queue = list(safety.screens if start is None else start)
    seen: set[str] = set()
    true_lines: set[str] = set()
    while queue:
        question = questions[queue.pop(0)]
        if question.id in seen or not true_lines.isdisjoint(question.unless):
            continue
        seen.add(question.id)
        choices = _find_choices(safety, question, answers[question.id]) if question.id in answers else None
        yield question, choices
        true_lines.update(choice.line for choice in choices or () if choice.line)
        queue[:0] = [name for choice in choices or () for name in choice.then]


def _find_choices(safety: SafetyData, question: Question, ids: tuple[str, ...]) -> tuple[Choice, ...] | None:
    choices = {choice.id: choice for choice in safety.choices(question)}
    for name in ids:
        if name not in choices:
            raise UnknownName(f"answer to {question.text!r}", name, choices)
    if not question.many and len(ids) != 1:
        return None
    return tuple(choice for choice in choices.values() if choice.id in ids)


def _combined_signs(safety: SafetyData, picks: Sequence[Choice]) -> Iterator[tuple[Outcome, Urgency | None]]:
    """Yield the outcomes of signs that are weak alone and serious together with another one."""
    lines = safety.lines
    true_lines = {choice.line for choice in picks}
    for rule in safety.together:
        becomes = lines[rule.becomes]
        if rule.line in true_lines and becomes.outcome and not true_lines.isdisjoint(rule.any_of):
            yield becomes.outcome, becomes.urgency
