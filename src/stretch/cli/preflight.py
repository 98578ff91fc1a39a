"""Preflight: the safety check before a session, and its consequences after one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from stretch.cli import pain_log
from stretch.cli.app import App
from stretch.cli.prompts import PAIN, ask_all, read_line
from stretch.core.errors import SafetyError, StretchError
from stretch.core.safety import screening_record
from stretch.core.safety.checklist import Outcome, Question
from stretch.core.safety.pain_trend import TrendFinding
from stretch.core.safety.screening import ScreeningResult, evaluate, pain_limits
from stretch.core.safety.screening_record import PreflightResult, ScreeningRecord
from stretch.core.vocabulary import Tag
from stretch.storage import screening_file

if TYPE_CHECKING:
    from stretch.core.timing.session import Session, Symptom
    from stretch.player.recorder import SessionRecorder

SYMPTOM_RULES: Mapping[Symptom, tuple[str, ...]] = {
    "numb": ("ST2",),
    "dizzy": ("ST6", "ST6b"),
    "eyes": ("ST7",),
    "chest": ("ST6b",),
    "legs": ("ST8",),
}
"""Lines of the checklist for each symptom that ends a session."""


def run_preflight(app: App, *, ask: bool) -> PreflightResult:
    """Return everything known about the person, after the questions that are due if *ask*.

    Raise SafetyError if no session may start, and InputEnded if a question was not answered.
    """
    today = app.today()
    old = screening_file.load(app.folder)
    if old is not None:
        _refuse_if_forbidden(app, old, today, stored=True)
    if not ask:
        return PreflightResult(record=old)
    pain_log.ask_next_morning_pain(app)
    findings = pain_log.trend_findings(app, old)
    actions = {action for finding in findings for action in finding.actions}
    full = old is None or not screening_record.is_current(old, today) or "ask-signs" in actions
    start = app.safety.screens if full else screening_record.questions_due(app.safety, old, today)
    if app.settings.track_pain:
        start = (*start, PAIN)
    known = PreflightResult(record=old, gentle_only="gentle-only" in actions, half_dose="halve" in actions)
    return _ask(app, known, start, full=full, findings=findings)


def daily_question(app: App, known: PreflightResult) -> str:
    """Return the question under the plan; empty if it was answered today."""
    due = known.record is None or known.record.asked != app.today()
    return _daily(app).text if due else ""


def answer_daily(app: App, known: PreflightResult, answer: str, pain: int | None = None) -> PreflightResult:
    """Return *known* after the *answer* to the daily question, `no`, `yes` or `pain`, and the questions that follow.

    Raise SafetyError if no session may start now, and InputEnded if a question was not answered.
    """
    (choice,) = (choice for choice in _daily(app).choices if choice.id == answer)
    if choice.then:
        return _ask(app, known, choice.then, asked=answer == "yes", pain=pain)
    if known.record is not None and daily_question(app, known):
        save_record(app, msgspec.structs.replace(known.record, asked=app.today()))
    return known


def ask_daily(app: App, known: PreflightResult) -> PreflightResult | None:
    """Ask under the plan what is new, and whether to start.

    Return *known* to start, another result if the answer changes what may be planned, and None to leave. Raise
    SafetyError if no session may start now, and InputEnded if the question was not answered.
    """
    app.out.paragraph()
    if question := daily_question(app, known):
        app.out.paragraph(question, "bold")
    prompt = f"Enter: {'nothing, start' if question else 'start'}.  y: something new.  p: in pain today.  q: leave. "
    answers = {"": "no", "n": "no", "no": "no", "y": "yes", "yes": "yes", "p": "pain", "pain": "pain"}
    while (typed := read_line(app, prompt)) not in answers:
        if typed in ("q", "quit"):
            return None
        app.out.paragraph("Press Enter, or type y, p or q.")
    answered = answer_daily(app, known, answers[typed])
    if answered is not known:
        say_notes(app, answered)
    return answered


def say_notes(app: App, result: PreflightResult) -> None:
    """Print what the person has to know before the start."""
    _say_all(app, result.notes)


def _daily(app: App) -> Question:
    (question,) = (question for question in app.safety.questions if question.id in app.safety.quick)
    return question


def _ask(
    app: App,
    known: PreflightResult,
    start: Sequence[str],
    *,
    full: bool = False,
    asked: bool = False,
    findings: Sequence[TrendFinding] = (),
    pain: int | None = None,
) -> PreflightResult:
    """Return *known* with the answers to the questions from *start* on, after storing them.

    *pain* is the pain now, if it was said already.
    """
    today, old = app.today(), known.record
    answers, pain = ask_all(app, app.safety, start, pain)
    result = evaluate(app.safety, answers, today, start)
    if full or old is None:
        new = screening_record.after_full_check(old, result, today)
    else:
        new = screening_record.after_quick_check(old, result, today) if start else old
    if asked:
        new = msgspec.structs.replace(new, asked=today)
    new = screening_record.apply_findings(new, findings, today)
    if show_advice := screening_record.advice_due(new, new.advised, today):
        new = msgspec.structs.replace(new, advised=today)
    if new != old:
        save_record(app, new)
    trend = pain_log.trend_texts(app, findings)
    _refuse_if_forbidden(app, new, today, trend)
    explained = _explanation(app, result, new, pain, full=full or asked, show_advice=show_advice)
    return PreflightResult(
        record=new,
        pain=known.pain if pain is None else pain,
        spread=pain_log.spread_of(answers.get(pain_log.SPREAD_QUESTION, ())) or known.spread,
        sudden=known.sudden or "yes" in answers.get("K3-sudden", ()),
        gentle_only=known.gentle_only or result.gentle_only,
        half_dose=known.half_dose,
        notes=(*trend, *explained),
    )


def after_early_end(app: App, symptom: Symptom, *, keep: bool) -> None:
    """Say what to do after a session that a symptom ended, and *keep* its consequence (rules ST2, ST6 to ST8)."""
    lines = [app.safety.lines[name] for name in SYMPTOM_RULES[symptom]]
    outcome, urgency = lines[0].outcome, lines[0].urgency
    emergency = outcome is Outcome.EMERGENCY
    for text in (app.safety.messages.emergency,) if emergency else [line.text + "." for line in lines]:
        app.info(text)
    if keep and outcome is not None:
        today = app.today()
        old = screening_file.load(app.folder) or ScreeningRecord(outcome=Outcome.GO, screened=today, since=today)
        tags: tuple[Tag, ...] = ("head-down",) if symptom == "eyes" else ()
        save_record(app, screening_record.escalate(old, today, outcome, urgency, tags))


def after_session(app: App, session: Session, recorder: SessionRecorder) -> None:
    """Ask for the pain if it is tracked, and say and record what its trend requires (rules T1-T8)."""
    if not pain_log.is_tracked(app, session, recorder.pain_before):
        return
    try:
        pain_log.ask_post_session_pain(app, recorder.session_id, recorder.pain_before)
    except StretchError as error:
        app.info(f"stretch: {error}")
        return
    old, today = screening_file.load(app.folder), app.today()
    findings = [found for found in pain_log.trend_findings(app, old) if found.outcome.stops or found.rule == "T8"]
    if old is not None and (new := screening_record.apply_findings(old, findings, today)) != old:
        save_record(app, new)
    for text in pain_log.trend_texts(app, findings):
        app.info(text)


def _refuse_if_forbidden(
    app: App, record: ScreeningRecord, today: date, why: Sequence[str] = (), *, stored: bool = False
) -> None:
    """Raise SafetyError, with *why*, if *record* forbids a session; for a *stored* emergency also say how it ends."""
    if screening_record.forbids_session(record, today):
        texts = [*why, *screening_record.status_messages(app.safety.messages, record, today)]
        if stored and record.outcome is Outcome.EMERGENCY:
            texts.append(app.safety.messages.emergency_over)
        raise SafetyError("\n".join(texts))


def save_record(app: App, record: ScreeningRecord) -> bool:
    """Store *record* and return whether it worked; if not it still counts for this session, and the next one asks."""
    try:
        screening_file.save(app.folder, record)
    except OSError as error:
        app.info(f"The safety check could not be saved: {app.folder}: {error.strerror or error}.")
        return False
    return True


def _explanation(
    app: App, result: ScreeningResult, record: ScreeningRecord, pain: int | None, *, full: bool, show_advice: bool
) -> Iterator[str]:
    yield from result.notes
    if full:
        yield from screening_record.status_messages(app.safety.messages, record, app.today())
    if pain:
        ease, stop = pain_limits(pain)
        yield f"Today: ease off when pain reaches {ease}, stop a stretch at {stop}."
    if show_advice and not full:
        yield app.safety.messages.advise


def _say_all(app: App, texts: Iterable[str]) -> None:
    for text in texts:
        app.out.paragraph(text)
