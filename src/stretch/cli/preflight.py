"""Preflight: the safety check before a session, and its consequences after one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from stretch.cli import pain_log
from stretch.cli.app import App
from stretch.cli.prompts import PAIN, ask_all
from stretch.core.errors import SafetyError, StretchError
from stretch.core.safety import screening_record
from stretch.core.safety.checklist import Outcome, Urgency
from stretch.core.safety.screening import ScreeningResult, evaluate, pain_limits
from stretch.core.safety.screening_record import PreflightResult, ScreeningRecord
from stretch.storage import screening_file

STOP_RULES = {"numb": "ST2", "dizzy": "ST6", "eyes": "ST7"}
"""Line of the checklist for each answer that ends a session."""


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
    if PAIN not in start:
        start = (*start, PAIN)
    answers, pain = ask_all(app, app.safety, start)
    result = evaluate(app.safety, answers, today, start)
    if full or old is None:
        new = screening_record.after_full_check(old, result, today)
    else:
        new = screening_record.after_quick_check(old, result, today)
    new = screening_record.apply_findings(new, findings, today)
    if show_advice := screening_record.advice_due(new, new.advised, today):
        new = msgspec.structs.replace(new, advised=today)
    if new != old:
        save_record(app, new)
    _say_all(app, pain_log.trend_texts(app, findings))
    _refuse_if_forbidden(app, new, today)
    _explain(app, result, new, pain, full=full, show_advice=show_advice)
    return PreflightResult(
        record=new,
        pain=pain,
        spread=pain_log.spread_of(answers.get(pain_log.SPREAD_QUESTION, ())),
        sudden="yes" in answers.get("K3-sudden", ()),
        gentle_only=result.gentle_only or "gentle-only" in actions,
        half_dose="halve" in actions,
    )


def after_early_end(app: App, reason: str) -> None:
    """Say what to do after a session that ended for *reason*, and record the consequence (rules ST2, ST6, ST7)."""
    lines = app.safety.lines
    rule = STOP_RULES[reason]
    for name in (rule, f"{rule}b"):
        if name in lines:
            app.info(lines[name].text + ".")
    if reason == "eyes" and (old := screening_file.load(app.folder)):
        new = screening_record.escalate(old, app.today(), Outcome.SEE_CLINICIAN, Urgency.SOON, ("head-down",))
        save_record(app, new)


def after_session(app: App, session: str) -> None:
    """Ask for the pain during and after *session*, and say and record what its trend requires (rules T1-T8)."""
    try:
        pain_log.ask_post_session_pain(app, session)
    except StretchError as error:
        app.info(f"stretch: {error}")
        return
    old, today = screening_file.load(app.folder), app.today()
    findings = [found for found in pain_log.trend_findings(app, old) if found.outcome.stops or found.rule == "T8"]
    if old is not None and (new := screening_record.apply_findings(old, findings, today)) != old:
        save_record(app, new)
    for text in pain_log.trend_texts(app, findings):
        app.info(text)


def _refuse_if_forbidden(app: App, record: ScreeningRecord, today: date, *, stored: bool = False) -> None:
    """Raise SafetyError if *record* forbids a session; for a *stored* emergency also say how it ends."""
    if screening_record.forbids_session(record, today):
        texts = [*screening_record.status_messages(app.safety.messages, record, today)]
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


def _explain(
    app: App, result: ScreeningResult, record: ScreeningRecord, pain: int | None, *, full: bool, show_advice: bool
) -> None:
    texts = [*result.notes]
    if full:
        texts += screening_record.status_messages(app.safety.messages, record, app.today())
    if pain:
        ease, stop = pain_limits(pain)
        texts.append(f"Today: ease off when pain reaches {ease}, stop a stretch at {stop}.")
    _say_all(app, texts)
    if texts:
        app.out.paragraph()
    if show_advice and not full:
        app.out.paragraph(app.safety.messages.advise)


def _say_all(app: App, texts: Iterable[str]) -> None:
    for text in texts:
        app.out.paragraph(text)
