"""Before a session: what the safety check says, asked where it is due; after it: what follows from what happened."""

from __future__ import annotations

from datetime import date

import msgspec

from stretch.cli.app import App
from stretch.cli.ask import PAIN, ask_all
from stretch.cli.feelings import SPREAD, ask_about_the_morning, ask_after, spread_of
from stretch.cli.trend import findings, in_words
from stretch.core.errors import StretchError
from stretch.core.safety import standing as keeping
from stretch.core.safety.checklist import Outcome, Urgency
from stretch.core.safety.preflight_result import PreflightResult
from stretch.core.safety.screening import Result, pain_limits, screen
from stretch.core.safety.standing import Standing
from stretch.storage import profile

ENDED_FOR = {"numb": "ST2", "dizzy": "ST6", "eyes": "ST7"}
"""The line of the checklist for each answer that ends a session."""


class NotToday(StretchError):
    """There is no session, for safety; the sentence is what to do instead."""

    exit_code = 4


def pass_gate(app: App, *, ask: bool) -> PreflightResult:
    """Return what is known of the person, asking what is due when *ask*.

    Raises NotToday when there may be no session, NotAnswered when the questions were not answered.
    """
    today = app.today()
    kept = profile.load(app.folder)
    if kept is not None:
        _stop_if_blocked(app, kept, today, before=True)
    if not ask:
        return PreflightResult(standing=kept)
    ask_about_the_morning(app)
    found = findings(app, kept)
    actions = {action for finding in found for action in finding.actions}
    full = kept is None or not keeping.valid(kept, today) or "ask-signs" in actions
    start = app.safety.screens if full else keeping.due(app.safety, kept, today)
    if PAIN not in start:
        start = (*start, PAIN)
    answers, pain = ask_all(app, app.safety, start)
    result = screen(app.safety, answers, today, start)
    new = keeping.renew(kept, result, today) if full or kept is None else keeping.add(kept, result, today)
    new = keeping.worsened(new, found, today)
    if advised := keeping.advice_due(new, new.advised, today):
        new = msgspec.structs.replace(new, advised=today)
    if new != kept:
        _save(app, new)
    for line in in_words(app, found):
        app.out.paragraph(line)
    _stop_if_blocked(app, new, today)
    _tell(app, result, new, pain, full=full, advised=advised)
    return PreflightResult(
        standing=new,
        pain=pain,
        spread=spread_of(answers.get(SPREAD, ())),
        sudden="yes" in answers.get("K3-sudden", ()),
        gentle_only=result.gentle_only or "gentle-only" in actions,
        half_dose="halve" in actions,
    )


def _stop_if_blocked(app: App, standing: Standing, today: date, *, before: bool = False) -> None:
    """Raise NotToday for a *standing* that stops; one from *before* is also told how it ends."""
    if keeping.blocks(standing, today):
        told = [*keeping.message(app.safety.messages, standing, today)]
        if before and standing.outcome is Outcome.EMERGENCY:
            told.append(app.safety.messages.emergency_over)
        raise NotToday("\n".join(told))


def after_ending(app: App, ended_for: str) -> None:
    """Say what to do after a session that ended for *ended_for*, and keep what follows (rules ST2, ST6, ST7)."""
    lines = app.safety.lines
    rule = ENDED_FOR[ended_for]
    for name in (rule, f"{rule}b"):
        if name in lines:
            app.info(lines[name].text + ".")
    if ended_for == "eyes" and (kept := profile.load(app.folder)):
        worse = keeping.worsen(kept, app.today(), Outcome.SEE_CLINICIAN, Urgency.SOON, ("head-down",))
        _save(app, worse)


def after_session(app: App, session: str) -> None:
    """Ask for the pain during and after *session*, keep it, and tell what follows of the trend (rules T1-T8)."""
    try:
        ask_after(app, session)
    except StretchError as error:
        app.info(f"stretch: {error}")
        return
    kept, today = profile.load(app.folder), app.today()
    found = [finding for finding in findings(app, kept) if finding.outcome.stops or finding.rule == "T8"]
    if kept is not None and (worse := keeping.worsened(kept, found, today)) != kept:
        _save(app, worse)
    for line in in_words(app, found):
        app.info(line)


def _save(app: App, standing: Standing) -> None:
    """Keep *standing*; where it cannot be kept it still counts for this session, and the next one asks again."""
    try:
        profile.save(app.folder, standing)
    except OSError as error:
        app.info(f"The safety check is not kept: {app.folder}: {error.strerror or error}.")


def _tell(app: App, result: Result, standing: Standing, pain: int | None, *, full: bool, advised: bool) -> None:
    said = [*result.notes]
    if full:
        said += keeping.message(app.safety.messages, standing, app.today())
    if pain:
        ease, stop = pain_limits(pain)
        said.append(f"Today: ease off when pain reaches {ease}, stop a stretch at {stop}.")
    for line in said:
        app.out.paragraph(line)
    if said:
        app.out.paragraph()
    if advised and not full:
        app.out.paragraph(app.safety.messages.advise)
