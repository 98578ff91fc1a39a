"""Pain log: pain scores around a session, stored in the journal, and their trend over weeks."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from stretch.cli.app import App
from stretch.cli.prompts import InputEnded, ask, ask_score
from stretch.core.errors import StretchError
from stretch.core.safety.checklist import Choice, Question
from stretch.core.safety.pain import MEANINGFUL, change_before_sessions
from stretch.core.safety.screening import SPREAD, spread_of, trend_findings, trend_texts
from stretch.core.text import short_date
from stretch.player.score_keys import PAIN_NOW
from stretch.storage import screening_file

if TYPE_CHECKING:
    from stretch.core.safety.pain import PainEntry
    from stretch.core.safety.screening_record import ScreeningRecord
    from stretch.core.timing.session import Session

MAX_MORNING_AGE = timedelta(days=3)
"""Oldest morning that people remember."""
HIGH_PAIN, MIN_HURT = 4, 2
"""Pain score, and number of pain reports in a session, from which the pain is asked for after it."""
NEW_SIGN = Question(
    id="new-sign",
    text="Any new numbness or weakness?",
    choices=(Choice(id="yes", text="Yes"), Choice(id="no", text="No")),
    default="no",
)
TREND_PERIOD = timedelta(days=120)
"""Period before today that the rules look at, besides the first sessions."""


def ask_next_morning_pain(app: App) -> None:
    """Ask once for the pain on the morning after the last session, if that session has a score."""
    last = app.read_journal(lambda journal: next(iter(journal.recent(1)), None))
    if last is None or last.scores.next_morning is not None or not last.scores.known:
        return
    age = app.today() - last.day
    if not timedelta(0) < age <= MAX_MORNING_AGE:
        return
    morning = (
        "this morning, after yesterday's session"
        if age == timedelta(days=1)
        else f"on the morning after the session of {short_date(last.day, app.today())}"
    )
    score = ask_score(app, f"How was your pain {morning}, 0 to 10?")
    if score is not None:
        with suppress(StretchError):
            _save_scores(app, last.id, next_morning=score)


def is_tracked(app: App, session: Session, before: int | None) -> bool:
    """Return whether to ask for the pain after *session*.

    It is if the setting says so, if it was high *before* the session, or if stretches hurt twice in it.
    """
    return app.settings.track_pain or (before or 0) >= HIGH_PAIN or len(session.pain_reported_at) >= MIN_HURT


def ask_post_session_pain(app: App, session: str, before: int | None, after: int | None) -> None:
    """Ask for the pain *after* the session unless it is known; if it is high or well above that *before*, ask on.

    The questions then are how far it reaches, and new signs. The answers given are stored even if the input ends early.
    """
    answers: dict[str, object] = {}
    with suppress(InputEnded):
        after = answers["after"] = ask_score(app, PAIN_NOW) if after is None else after
        if after is not None and (after >= HIGH_PAIN or after - (after if before is None else before) >= MEANINGFUL):
            answers["spread"] = spread_of(ask(app, app.safety.question(SPREAD)))
            answers["new_sign"] = ask(app, NEW_SIGN) == ("yes",)
    scores = {name: answer for name, answer in answers.items() if answer is not None}
    if scores:
        _save_scores(app, session, **scores)


def trend_summary(app: App) -> list[str]:
    """Return sentences about the pain trend (rules T1-T9); none if no scores were given."""
    record = screening_file.load(app.folder)
    entries = history(app, record)
    findings = trend_findings(record, entries, app.today())
    if texts := trend_texts(app.safety, [finding.rule for finding in findings]):
        return texts
    if not any(entry.known for entry in entries):
        return (
            [] if app.settings.track_pain else ["Pain is not tracked; `stretch config set track_pain on` asks for it."]
        )
    return [change_before_sessions(entries)]


def history(app: App, record: ScreeningRecord | None) -> Sequence[PainEntry]:
    """Return the pain scores in the journal that the rules look at; none if it is unreadable."""
    since, recent = record.cleared if record else None, app.today() - TREND_PERIOD
    return app.read_journal(lambda journal: journal.pain_entries(since=since, recent=recent)) or ()


def _save_scores(app: App, session: str, **scores: object) -> None:
    from stretch.storage.journal.journal import Journal

    with Journal.open_for_writing(app.folder, app.today()) as journal:
        journal.set_scores(session, **scores)
