"""Safety check before a session, and what a symptom or pain in one leads to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from stretch.cli.app import App
from stretch.cli.pain_log import ask_next_morning_pain, ask_post_session_pain, history
from stretch.cli.prompts import NO, InputEnded, PersonLeft, WentBack, ask, read_line, show_advice, show_questions
from stretch.core.errors import SafetyError, StretchError, UsageError
from stretch.core.safety.checklist import Choice, Outcome, Question
from stretch.core.safety.screening import END, PAIN, STILL, preflight, trend_findings, trend_texts, unfinished_answers
from stretch.core.safety.screening_record import (
    Answers,
    PreflightResult,
    ScreeningRecord,
    add_statements,
    causes,
    forbids_session,
    read_back,
    record_clearance,
    status_messages,
    take_back,
)
from stretch.storage import screening_file

if TYPE_CHECKING:
    from stretch.core.timing.session import Symptom
    from stretch.storage.journal.recorder import SessionRecorder

SYMPTOM_RULES: Mapping[Symptom, tuple[str, ...]] = {
    "numb": ("ST2",),
    "dizzy": ("ST6", "ST6b"),
    "eyes": ("ST7",),
    "chest": ("R08",),
    "legs": ("ST8",),
}
"""Lines of the checklist for each symptom that ends a session."""


def run_preflight(app: App, *, ask: bool) -> PreflightResult:
    """Return everything known about the person, after the questions that are due if *ask*.

    Raise SafetyError if no session may start, and InputEnded if a question was not answered.
    """
    record, today = screening_file.load(app.folder), app.today()
    answers = unfinished_answers(app.safety, record, today)
    if ask:
        if record is None or not forbids_session(record, today):
            ask_next_morning_pain(app)
        return _allowed(app, PreflightResult(before=record), answers)
    if record is None:
        app.info(f"{app.safety.question(app.safety.quick[0]).text} {app.safety.messages.unasked}")
        return PreflightResult()
    result = refuse_stop(app, record)
    if record.ask_next_time:
        app.info(app.safety.messages.ask_next_time)
    # Nobody reads notes before a session that asks nothing, and its output may be read by a program.
    return msgspec.structs.replace(result, notes=())


def refuse_stop(app: App, record: ScreeningRecord | None) -> PreflightResult:
    """Return what the stored *record* means today, without questions; raise SafetyError if no session may start."""
    today = app.today()
    if record is None:
        return PreflightResult()
    result = preflight(app.safety, record, unfinished_answers(app.safety, record, today), (), today)
    if result.causes or (result.record and forbids_session(result.record, today)):
        raise SafetyError("\n".join(stop_texts(app, result, stored=True)))
    return result


def ask_daily(app: App, known: PreflightResult, about: Sequence[str] = ()) -> PreflightResult | None:
    """Ask what is new, and whether to start, in a window with what it is *about* or on a line.

    Return *known* to start, another result if the answer changes what may be planned, and None to leave. Raise
    SafetyError if no session may start now, and InputEnded if the question was not answered.
    """
    from stretch.player.start_screen import answer_keys

    due, answered = daily_question(app, known), None
    keys = zip(("no", "yes", "pain"), answer_keys(due), strict=False)
    choices = tuple(Choice(id=name, text=word) for name, (_, word) in keys)
    question = Question(id="daily", text="\n".join((*about, due)), choices=choices, default="no")
    while answered is None:
        try:
            (answer,) = ask(app, question)
        except PersonLeft:
            return None
        answered = answer_daily(app, known, answer)
    if answered is not known and not app.full_screen:
        say_notes(app, [note for note in answered.notes if note not in known.notes])
    return answered


def daily_question(app: App, known: PreflightResult) -> str:
    """Return the question under the plan, empty if it was answered today."""
    asked = known.record is not None and known.record.asked == app.today()
    return "" if asked else app.safety.question(app.safety.quick[0]).text


def answer_daily(app: App, known: PreflightResult, answer: str) -> PreflightResult | None:
    """Return *known* after the *answer* `no` to the daily question, and a new result after `yes` and `pain`.

    Return None if the person goes back from what is asked then: nothing was answered. Raise SafetyError if no session
    may start now, and InputEnded if a question was not answered.
    """
    (daily,) = app.safety.quick
    # What was said before on this screen, such as pain, still holds.
    said = tuple(each for each in known.answers.get(daily, ()) if each not in (answer, END))
    answers: dict[str, tuple[str, ...]] = {**known.answers, daily: (*said, answer, END)}
    if answer == "no":
        if daily_question(app, known):
            save_record(app, _decision(app, known)(answers).record)
        return known
    for name in (name for choice in app.safety.question(daily).choices if choice.id == answer for name in choice.then):
        opened = answers.pop(name, ())
        if app.safety.question(name).many:
            answers[name] = tuple(each for each in opened if each != END)
    try:
        return _allowed(app, known, answers, leads_back=True)
    except WentBack:
        # What was answered before going back may have been kept.
        save_record(app, known.record)
        return None


def _allowed(app: App, known: PreflightResult, answers: Answers, *, leads_back: bool = False) -> PreflightResult:
    """Return the result of the questions; raise SafetyError if no session may start."""
    result = ask_questions(app, known, answers, leads_back=leads_back)
    if result.causes:
        raise SafetyError("\n".join(stop_texts(app, result, stored=result.answers == answers)))
    return result


def ask_questions(app: App, known: PreflightResult, answers: Answers, *, leads_back: bool = False) -> PreflightResult:
    """Return the result after the questions that follow from *answers*; every answer is kept as soon as it is given.

    Raise InputEnded if a question was not answered, and WentBack where the first one *leads back*.
    """
    kept, decide_purely = known.record, _decision(app, known)

    def decide(given: Answers) -> PreflightResult:
        nonlocal kept
        result = decide_purely(given)
        if result.record != kept and (given != answers or result.question is None):
            kept = result.record
            save_record(app, kept)
        return result

    return show_questions(app, decide, answers, leads_back=leads_back)


def _decision(app: App, known: PreflightResult) -> Callable[[Answers], PreflightResult]:
    """Return the function of the answers alone: what else it depends on stays as it is."""
    entries, today = history(app, known.before), app.today()
    also = (PAIN,) if app.settings.track_pain and known.for_session else ()
    return lambda answers: preflight(app.safety, known.before, answers, entries, today, also)


def run_check(app: App) -> PreflightResult:
    """Return the result of the whole check; where a clinician's clearance is needed, only its day is asked for.

    An emergency is named first, and the check follows only if it is over.
    """
    try:
        old = screening_file.load(app.folder)
    except screening_file.UnreadableRecord:
        old = None
    answers = unfinished_answers(app.safety, old, app.today())
    if old is not None and old.outcome is Outcome.EMERGENCY:
        answers = {**answers, STILL: ()}
    elif old is not None and old.unfinished is None:
        if old.outcome is Outcome.SEE_CLINICIAN:
            old = _ask_clearance(app, old)
            if old.cleared or old.outcome is Outcome.SEE_CLINICIAN:
                return preflight(app.safety, old, {}, (), app.today())
        old = msgspec.structs.replace(old, unfinished={})
    before = PreflightResult(record=old, before=old, for_session=False)
    return ask_questions(app, before, answers)


def _ask_clearance(app: App, record: ScreeningRecord) -> ScreeningRecord:
    """Return *record*, or what it becomes with a clinician's clearance, or if what was said is taken back."""
    safety, today = app.safety, app.today()
    stops = causes(safety, record, today)
    app.out.paragraph(f"{safety.messages.said} {'; '.join(read_back(safety, stops))}.")
    prompt = f"{safety.messages.ask_cleared} (YYYY-MM-DD; Enter: not yet; n: what I said is not so) "
    while answer := read_line(app, prompt):
        if answer in NO:
            return take_back(safety, record, stops, today)
        try:
            cleared = record_clearance(safety, record, date.fromisoformat(answer), today)
        except ValueError:
            app.out.paragraph("Type a date such as 2026-03-31.")
        except UsageError as error:
            app.out.paragraph(str(error))
        else:
            save_record(app, cleared)
            return cleared
    return record


def stop_texts(app: App, result: PreflightResult, *, stored: bool = False) -> list[str]:
    """Return why no session may start: what to do, and what was said; for a *stored* stop also how it ends."""
    record, messages, today = result.record, app.safety.messages, app.today()
    assert record
    emergency = record.outcome is Outcome.EMERGENCY
    texts = [] if emergency else [*result.notes]
    # The record of a check that was left early may still be that of a person who can start.
    if forbids_session(record, today):
        texts += status_messages(messages, record, today)
    texts.append(f"{messages.said} {'; '.join(read_back(app.safety, result.causes))}.")
    if result.question is not None:
        texts.append(messages.not_finished)
    elif stored:
        texts.append(messages.emergency_over if emergency else messages.changed)
    return texts


class EarlyEnd(NamedTuple):
    """What to do after a session that a symptom ended, and whether that was a wrong key."""

    advice: list[str]
    wrong_key: bool = False


class KeptSymptom(NamedTuple):
    """The record with a symptom, and the one before it."""

    record: ScreeningRecord
    before: ScreeningRecord | None


def symptom_advice(app: App, symptom: Symptom) -> list[str]:
    """Return what to do after a session that *symptom* ended (rules ST2, ST6 to ST8)."""
    if _is_emergency(app, symptom):
        return [app.safety.messages.emergency]
    return [f"{app.safety.lines[name].text}." for name in SYMPTOM_RULES[symptom]]


def after_early_end(app: App, symptom: Symptom, *, keep: bool, full_screen: bool = False) -> EarlyEnd:
    """Return what to do after a session that *symptom* ended, and *keep* what it means for the next one.

    On a *full_screen* it is shown until a key, and a wrong key can be taken back. An emergency can be answered again
    there instead; if it is none any more, nothing is left to do.
    """
    kept, end = _keep_symptom(app, symptom) if keep else None, EarlyEnd(symptom_advice(app, symptom))
    if not full_screen:
        return end
    if kept and _is_emergency(app, symptom):
        with suppress(InputEnded):
            result = ask_questions(app, PreflightResult(kept.record, before=kept.record, for_session=False), {})
            if result.record and result.record.outcome is not Outcome.EMERGENCY:
                return EarlyEnd([])
        return end
    if not show_advice(app, end.advice):
        return end
    if kept:
        _forget_symptom(app, kept)
    return EarlyEnd([], wrong_key=True)


def _is_emergency(app: App, symptom: Symptom) -> bool:
    return app.safety.lines[SYMPTOM_RULES[symptom][0]].outcome is Outcome.EMERGENCY


def _keep_symptom(app: App, symptom: Symptom) -> KeptSymptom | None:
    """Store what *symptom* means for the next session; None if the record cannot be read, which stops that one too."""
    try:
        before = screening_file.load(app.folder)
    except SafetyError:
        return None
    rule = SYMPTOM_RULES[symptom][0]
    said = [rule] if app.safety.lines[rule].outcome else []
    said += ["tag.head-down"] * (symptom == "eyes")
    record = add_statements(app.safety, before, said, app.today())
    if symptom in app.safety.after_symptoms:
        record = msgspec.structs.replace(record, ask_next_time=(app.safety.after_symptoms[symptom],))
    save_record(app, record)
    return KeptSymptom(record, before)


def _forget_symptom(app: App, kept: KeptSymptom) -> None:
    """Store the record before the symptom again, unless another process has stored a newer one since."""
    try:
        if screening_file.load(app.folder) != kept.record:
            return
        if kept.before is None:
            screening_file.delete(app.folder)
    except SafetyError:
        return
    except OSError as error:
        app.info(f"The safety check could not be deleted: {app.folder}: {error.strerror or error}.")
    save_record(app, kept.before)


def after_session(app: App, recorder: SessionRecorder, pain: int | None) -> None:
    """Ask for the *pain* now unless it is known, and record what its trend requires (rules T1-T8)."""
    try:
        ask_post_session_pain(app, recorder.session_id, recorder.pain_before, pain)
    except StretchError as error:
        app.info(f"stretch: {error}")
        return
    old = screening_file.load(app.folder)
    found = trend_findings(old, history(app, old), app.today())
    met = [each.rule for each in found]
    said = [rule for rule in met if (line := app.safety.lines.get(rule)) and line.outcome and line.outcome.stops]
    if old is not None and (new := add_statements(app.safety, old, said, app.today())) != old:
        save_record(app, new)
    app.info(*trend_texts(app.safety, [rule for rule in met if rule in said or rule == "T8"]))


def save_record(app: App, record: ScreeningRecord | None) -> bool:
    """Store *record* and return whether it worked; if not it still counts for this session, and the next one asks."""
    if record is None:
        return True
    try:
        screening_file.save(app.folder, record)
    except OSError as error:
        app.info(f"The safety check could not be saved: {app.folder}: {error.strerror or error}.")
        return False
    return True


def say_notes(app: App, notes: Sequence[str]) -> None:
    """Print what the person has to know before the start."""
    for text in notes:
        app.out.paragraph(text)
    if notes:
        app.out.paragraph()
