"""Screening: the next question of the safety check, and what the answers forbid or change."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from stretch.core.safety.checklist import Choice, Outcome, Question, SafetyData
from stretch.core.safety.pain import SPREAD_ORDERS, PainEntry, PainSpread, TrendFinding, assess
from stretch.core.safety.screening_record import (
    Answers,
    PreflightResult,
    ScreeningRecord,
    advice_due,
    causes,
    forbids_session,
    is_current,
    read_back,
    said_by,
    take_back,
    with_severe_pain,
    with_statements,
)

END = "end"
"""Last of the choices where any number can be chosen: nothing else fits."""
PAIN, SPREAD = "K3", "K3-spread"
"""Questions about the pain now."""
CONFIRM, STILL = "confirm", "still"
"""Questions that read back what was just answered, and what was answered another time."""
EASE_OFF, STOP = 4, 6
"""Pain out of 10 at which a person without pain eases off, and stops a stretch (rule D6)."""
MAX_STOP = 7
"""No stretch continues above this pain, whatever the pain at the start (rule D6)."""


def preflight(
    safety: SafetyData,
    record: ScreeningRecord | None,
    answers: Answers,
    history: Sequence[PainEntry],
    today: date,
    also: Sequence[str] = (),
) -> PreflightResult:
    """Return the next question, or the causes of a stop, or else what the plan must allow for.

    *answers* are those given since *record* was loaded, *history* has the pain scores of the journal, and *also* are
    questions to ask besides those that are due. The record in the result is to be stored after every answer.
    """
    before, again = record, False
    if record is not None:
        record = with_statements(safety, record, said_by(record), today)
        stops, no = causes(safety, record, today), answers.get(STILL) == ("no",)
        # An emergency that is over, or a check that was begun again, ends only with the new check.
        again = no if record.outcome is Outcome.EMERGENCY else _is_begun(safety, record)
        if stops and no and not again:
            record = take_back(safety, record, stops, today)
        elif stops and not again:
            still = _read_back(safety, STILL, stops) if answers.get(STILL) == () else None
            return PreflightResult(record, question=still, causes=stops, answers=answers, before=before)
    findings = trend_findings(record, history, today)
    again = again or any("ask-signs" in finding.actions for finding in findings)
    roots = (*_due(safety, record, today, full=again), *also, *(name for name in safety.quick if name in answers))
    picks, question = _walk(safety, answers, roots)
    answered = _Answered(safety, record or ScreeningRecord(outcome=Outcome.GO, since=today), picks, findings, today)
    new = answered.finished_record()
    stops = causes(safety, new, today)
    said_now = [name for name in stops if name not in answered.trend]
    question = question and _worded(safety, question, record)
    if question is None and said_now and answers.get(CONFIRM) != ("yes",):
        question = _read_back(safety, CONFIRM, said_now)
    question = None if new.outcome is Outcome.EMERGENCY else question
    if question is not None:
        new = answered.unfinished_record(answers)
    result = answered.result(new, advise=question is None, stopped=bool(stops))
    return replace(result, question=question, causes=stops, answers=answers, before=before)


def _worded(safety: SafetyData, question: Question, record: ScreeningRecord | None) -> Question:
    """Return *question*, whose words differ at the start of a check that is not the first."""
    first = question.id not in safety.screens or record is None or not record.screened
    return question if first else replace(question, text=safety.messages.check_again)


def trend_findings(
    record: ScreeningRecord | None, history: Sequence[PainEntry], today: date
) -> tuple[TrendFinding, ...]:
    """Return the findings from the scores that were not cleared or taken back; none without a score."""
    since = max(filter(None, (record.cleared, record.scores_from)), default=None) if record else None
    return assess(history, today, since) if any(entry.known for entry in history) else ()


def unfinished_answers(safety: SafetyData, record: ScreeningRecord | None, today: date) -> Answers:
    """Return the answers of a check that was not finished: those about the pain only on their day.

    Whether an emergency is over is asked each time.
    """
    if record is None:
        return {}
    outdated = (PAIN, SPREAD) * (record.pain_on != today) + (STILL,) * (record.outcome is Outcome.EMERGENCY)
    return {
        name: answer
        for name, answer in (record.unfinished or {}).items()
        if name not in outdated
        # Another version of the program may have asked other questions.
        and (name in (CONFIRM, STILL) or all(each == END or f"{name}.{each}" in safety.statements for each in answer))
    }


def choose(safety: SafetyData, answers: Answers, question: Question, choice: str) -> Answers:
    """Return *answers* after one more *choice*; where many can be chosen, the same one again takes it back.

    A theme that is chosen again is opened again.
    """
    if not question.many:
        return {**answers, question.id: (choice,)}
    old = answers.get(question.id, ())
    if choice not in old:
        return {**answers, question.id: (*old, choice)}
    opened = [name for each in question.choices if each.id == choice for name in each.then if name in answers]
    if question.id in (*safety.screens, "new") and opened:
        return {**answers, **{name: tuple(each for each in answers[name] if each != END) for name in opened}}
    return {**answers, question.id: tuple(each for each in old if each != choice)}


def chosen(safety: SafetyData, answers: Answers, question: Question) -> tuple[str, ...]:
    """Return the ids of the choices of *question* that fit; a theme only if one of its lines does."""
    picked = [choice for choice in question.choices if choice.id in answers.get(question.id, ())]
    if question.id not in (*safety.screens, "new"):
        return tuple(choice.id for choice in picked)
    return tuple(choice.id for choice in picked if any(set(answers.get(name, ())) - {END} for name in choice.then))


def pain_limits(start: int) -> tuple[int, int]:
    """Return the pain at which to ease off and at which to stop a stretch, for pain of *start* out of 10 (rule D6).

    No session starts at 7 or more, where the first limit would otherwise exceed the second.
    """
    stop = min(MAX_STOP, max(STOP, start + 2))
    return min(stop, max(EASE_OFF, start + 1)), stop


def pain_today(safety: SafetyData, record: ScreeningRecord, today: date) -> tuple[bool, tuple[str, ...]]:
    """Return whether pain that was said today allows gentle stretches only, and what to say about it before a session.

    Nothing is said if no session may start, nor of severe pain, also while that is not confirmed.
    """
    if record.pain is None or record.pain_on != today:
        return False, ()
    choice = safety.statements[f"{PAIN}.{record.pain}"]
    if record.pain == 0 or choice.severe_pain or forbids_session(record, today):
        return choice.gentle_only, ()
    ease, stop = pain_limits(record.pain)
    limits = f"Your pain today is {record.pain}: ease off when it reaches {ease}, stop a stretch at {stop}."
    return choice.gentle_only, (*[choice.note] * bool(choice.note), limits)


def _is_begun(safety: SafetyData, record: ScreeningRecord) -> bool:
    """Return whether a full check was begun and not finished; without any answers yet, `unfinished` is empty."""
    unfinished = record.unfinished
    return unfinished is not None and (not unfinished or not {*safety.screens}.isdisjoint(unfinished))


def _due(safety: SafetyData, record: ScreeningRecord | None, today: date, *, full: bool) -> tuple[str, ...]:
    """Return the questions to begin with: the *full* check or what is due instead of it."""
    if record is None:
        return safety.screens
    if full or not is_current(record, today):
        return (*record.ask_next_time, *safety.screens)
    return (*record.ask_next_time, *(safety.after_illness if record.ask_again_on else ()))


def _walk(
    safety: SafetyData, answers: Answers, roots: Iterable[str]
) -> tuple[dict[str, tuple[Choice, ...]], Question | None]:
    """Return the choices of all questions that are asked, and the first one to which the answer is not complete.

    What follows from a choice is asked before more choices.
    """
    found: dict[str, tuple[Choice, ...]] = {}
    pending: list[Question] = []

    def visit(name: str) -> None:
        question = safety.question(name)
        known = {choice.line for choices in found.values() for choice in choices}
        if name in found or (name not in answers and not known.isdisjoint(question.unless)):
            return
        choices = {choice.id: choice for choice in question.choices}
        found[name] = tuple(choices[each] for each in answers.get(name, ()) if each != END)
        for choice in found[name]:
            for following in choice.then:
                visit(following)
        if END not in answers.get(name, ()) if question.many else len(found[name]) != 1:
            pending.append(question)

    for name in roots:
        visit(name)
    return found, next(iter(pending), None)


def _read_back(safety: SafetyData, name: str, ids: Iterable[str]) -> Question:
    said = "; ".join(read_back(safety, ids))
    text = f"{safety.messages.said} {said}. {getattr(safety.messages, name)}"
    return Question(id=name, text=text, choices=(Choice(id="yes", text="Yes"), Choice(id="no", text="No")))


class _Answered(Struct, frozen=True):
    """The choices in all answers, and what they are weighed against."""

    safety: SafetyData
    record: ScreeningRecord
    picks: Mapping[str, tuple[Choice, ...]]
    """The choices by the id of each question that was asked."""
    findings: Sequence[TrendFinding]
    today: date

    @property
    def choices(self) -> list[Choice]:
        return [choice for choices in self.picks.values() for choice in choices]

    @property
    def is_full(self) -> bool:
        return not {*self.safety.screens}.isdisjoint(self.picks)

    @property
    def score(self) -> int | None:
        """The pain now, None if it was not said."""
        return next((int(choice.id) for choice in self.picks.get(PAIN, ()) if choice.id.isdecimal()), None)

    @property
    def lasting(self) -> list[str]:
        """Ids of the statements that stop or shape more sessions than today's."""
        return [f"{name}.{each.id}" for name, choices in self.picks.items() for each in choices if _lasts(each)]

    @property
    def trend(self) -> list[str]:
        """Ids of the statements of the pain trend that stop or shape sessions."""
        return [finding.rule for finding in self.findings if finding.rule in self.safety.lines]

    def unfinished_record(self, answers: Answers) -> ScreeningRecord:
        """Return the record while questions are open: what was said before holds, and these *answers* as well."""
        record = replace(_with_pain(self.record, self.score, self.today), unfinished=dict(answers))
        said = (*said_by(record), *self.trend)
        return with_statements(self.safety, record, said, self.today, unfinished=self.lasting)

    def finished_record(self) -> ScreeningRecord:
        """Return the record after the last question. A full check replaces what was said before."""
        single = tuple(f"{name}." for name in self.picks if not self.safety.question(name).many)
        before = [name for name in said_by(self.record) if not name.startswith(single)]
        # An emergency ends the questions early, so what was said before still holds.
        if self.is_full and all(choice.outcome is not Outcome.EMERGENCY for choice in self.choices):
            before = []
        record = replace(self._with_days(), unfinished=None, said=(*before, *self.lasting, *self.trend))
        if any(choice.severe_pain for choice in self.choices):
            record = with_severe_pain(record, record.severe_pain_on, self.today)
        elif record.severe_pain_on == self.today:
            record = replace(record, severe_pain_on=None)
        return with_statements(self.safety, record, said_by(record), self.today)

    def _with_days(self) -> ScreeningRecord:
        """Return the record with the days that follow from the answers: of the check, of pain and of an illness."""
        record, today, safety = _with_pain(self.record, self.score, self.today), self.today, self.safety
        if self.is_full:
            scores_from = max(filter(None, (record.cleared, record.scores_from)), default=None)
            record = replace(record, screened=today, cleared=None, scores_from=scores_from)
        if self.is_full or any(choice.id != "pain" for name in safety.quick for choice in self.picks.get(name, ())):
            record = replace(record, asked=today)
        days = max((choice.wait_days for choice in self.choices), default=0)
        if days or self.is_full or not {*safety.after_illness}.isdisjoint(self.picks):
            record = replace(record, ask_again_on=today + timedelta(days) if days else None)
        return replace(record, ask_next_time=tuple(name for name in record.ask_next_time if name not in self.picks))

    def result(self, record: ScreeningRecord, *, advise: bool, stopped: bool) -> PreflightResult:
        """Return what the plan must allow for, with the advice to tell a clinician when that is due.

        Limits for a session are told only if it is not *stopped*.
        """
        actions = {action for finding in self.findings for action in finding.actions}
        gentle, _ = pain_today(self.safety, record, self.today)
        advise = advise and advice_due(record, record.advised, self.today)
        return PreflightResult(
            replace(record, advised=self.today) if advise else record,
            pain=self.score,
            spread=spread_of([choice.id for choice in self.picks.get(SPREAD, ())]),
            gentle_only=gentle or "gentle-only" in actions,
            half_dose="halve" in actions,
            notes=self._notes(record, advise=advise, stopped=stopped),
        )

    def _notes(self, record: ScreeningRecord, *, advise: bool, stopped: bool) -> tuple[str, ...]:
        """Return the sentences to show before a session or with a stop; nothing distracts from an emergency."""
        if record.outcome is Outcome.EMERGENCY:
            return ()
        texts = trend_texts(self.safety, [finding.rule for finding in self.findings])
        texts += [choice.note for choice in self.choices]
        if record.outcome is Outcome.GO_GENTLY and self.lasting:
            texts.append(self.safety.messages.gently)
        texts += [self.safety.messages.advise] * advise
        texts += () if stopped else pain_today(self.safety, record, self.today)[1]
        return tuple(dict.fromkeys(filter(None, texts)))


def _lasts(choice: Choice) -> bool:
    return bool(choice.outcome or choice.tags or choice.advise_clinician or choice.breath_off or choice.too_young)


def _with_pain(record: ScreeningRecord, score: int | None, today: date) -> ScreeningRecord:
    return record if score is None else replace(record, pain=score, pain_on=today)


def trend_texts(safety: SafetyData, rules: Iterable[str]) -> list[str]:
    """Return the sentences about these *rules* of the pain trend."""
    return [line.text for rule in rules for line in safety.trends if line.id == rule]


def spread_of(answer: Sequence[str]) -> PainSpread | None:
    """Return the spread in the *answer* to that question, None if it was skipped."""
    return next((spread for order in SPREAD_ORDERS for spread in order if spread in answer), None)
