"""Answers to the safety questions -> what may happen next, and what a routine has to allow for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import msgspec

from stretch.core.errors import StretchError, UnknownName
from stretch.core.safety.checklist import Choice, Outcome, Question, Safety, Urgency, strongest
from stretch.core.vocabulary import Tag

Answers = Mapping[str, tuple[str, ...]]
"""The ids of the choices picked, by the id of the question; an empty tuple is "none of these"."""

EASE_OFF, STOP = 4, 6
"""Where somebody without pain eases off and stops, out of 10; rule D6."""
STOP_AT_MOST = 7
"""No stretch goes on beyond this, however much pain there was to begin with; rule D6."""


class Unanswered(StretchError):
    """An outcome was asked for while questions are still owed; nobody is told to go ahead by default."""

    exit_code = 4

    def __init__(self, questions: Sequence[Question]) -> None:
        self.questions = tuple(questions)
        super().__init__("Not answered yet: " + " ".join(question.text for question in self.questions))


class Result(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the answers lead to.

    `gentle_only` is for the next session alone (K3), `breath_off` switches the breath count off (B9), `ask_again_on`
    is the first day a session may be asked for again (Q8), `too_young` is Q9. In an emergency there are no notes:
    the message is all there is to read.
    """

    outcome: Outcome = Outcome.GO
    urgency: Urgency | None = None
    tags: tuple[Tag, ...] = ()
    notes: tuple[str, ...] = ()
    advise_clinician: bool = False
    breath_off: bool = False
    gentle_only: bool = False
    ask_again_on: date | None = None
    too_young: bool = False


def owed(safety: Safety, answers: Answers, start: Sequence[str] = ()) -> tuple[Question, ...]:
    """The questions still to be asked, in their order; the first one is next, and none are left in an emergency.

    `start` are the questions to begin with: the three screens unless given, or `safety.quick`, or `safety.signs`.
    Raises UnknownName for a question or a choice that there is not.
    """
    found = list(_walk(safety, answers, start))
    if any(choice.outcome is Outcome.EMERGENCY for _, picked in found for choice in picked or ()):
        return ()
    return tuple(question for question, picked in found if picked is None)


def screen(safety: Safety, answers: Answers, today: date, start: Sequence[str] = ()) -> Result:
    """What the answers lead to; the strongest wins. Rules R01-R26, Q1-Q9 and F1-F16.

    An emergency stands as soon as one answer says so. Raises Unanswered for anything less while questions are owed,
    and UnknownName for a question or a choice that there is not.
    """
    if missing := owed(safety, answers, start):
        raise Unanswered(missing)
    picked = [choice for _, choices in _walk(safety, answers, start) for choice in choices or ()]
    given = [(choice.outcome, choice.urgency) for choice in picked if choice.outcome]
    outcome, urgency = strongest(*given, *_together(safety, picked))
    notes = () if outcome is Outcome.EMERGENCY else tuple(dict.fromkeys(c.note for c in picked if c.note))
    wait_days = max((choice.wait_days for choice in picked), default=0)
    return Result(
        outcome=outcome,
        urgency=urgency,
        tags=tuple(sorted({tag for choice in picked for tag in choice.tags})),
        notes=notes,
        advise_clinician=not outcome.stops and any(choice.advise_clinician for choice in picked),
        breath_off=any(choice.breath_off for choice in picked),
        gentle_only=any(choice.gentle_only for choice in picked),
        ask_again_on=today + timedelta(days=wait_days) if wait_days else None,
        too_young=any(choice.too_young for choice in picked),
    )


def quick_check(safety: Safety, answers: Answers, today: date, start: Sequence[str] = ()) -> Result:
    """What the short check before a session leads to; K2 leads into the two screens of signs. Rules K1-K3.

    `owed(safety, answers, safety.quick)` says what to ask; `pain_choice` turns a score into the answer to K3. `start`
    is for somebody who was ill the last time, as `standing.due` says.
    """
    return screen(safety, answers, today, start or safety.quick)


def pain_choice(pain: int | None) -> str:
    """The choice of K3 for a score of 0 to 10, or for none."""
    if pain is None:
        return "skipped"
    if pain <= 0:
        return "0"
    return "1-3" if pain <= 3 else "4-6" if pain <= 6 else "7-10"


def pain_limits(start: int) -> tuple[int, int]:
    """The pain at which to ease off, and at which to stop a stretch, for somebody who begins at `start` of 10.

    Rule D6. Nobody begins at 7 or more, so there the first is never above the second.
    """
    stop = min(STOP_AT_MOST, max(STOP, start + 2))
    return min(stop, max(EASE_OFF, start + 1)), stop


def _walk(
    safety: Safety, answers: Answers, start: Sequence[str]
) -> Iterator[tuple[Question, tuple[Choice, ...] | None]]:
    """Each question that is due, in the order of asking, with the choices picked, or None where it is not answered."""
    questions = {question.id: question for question in safety.questions}
    for name in answers:
        if name not in questions:
            raise UnknownName("safety question", name, questions)
    waiting = list(start or safety.screens)
    seen: set[str] = set()
    true_lines: set[str] = set()
    while waiting:
        question = questions[waiting.pop(0)]
        if question.id in seen or not true_lines.isdisjoint(question.unless):
            continue
        seen.add(question.id)
        picked = _picked(safety, question, answers[question.id]) if question.id in answers else None
        yield question, picked
        follow_ups = [name for choice in picked or () for name in choice.then]
        true_lines.update(choice.line for choice in picked or () if choice.line)
        waiting[:0] = follow_ups


def _picked(safety: Safety, question: Question, ids: tuple[str, ...]) -> tuple[Choice, ...] | None:
    choices = {choice.id: choice for choice in safety.choices(question)}
    for name in ids:
        if name not in choices:
            raise UnknownName(f"answer to {question.text!r}", name, choices)
    if not question.many and len(ids) != 1:
        return None
    return tuple(choice for choice in choices.values() if choice.id in ids)


def _together(safety: Safety, picked: Sequence[Choice]) -> Iterator[tuple[Outcome, Urgency | None]]:
    lines = safety.lines
    true_lines = {choice.line for choice in picked}
    for rule in safety.together:
        becomes = lines[rule.becomes]
        if rule.line in true_lines and becomes.outcome and not true_lines.isdisjoint(rule.any_of):
            yield becomes.outcome, becomes.urgency
