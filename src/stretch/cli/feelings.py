"""The pain around a session: asked, and kept in the journal (catalog section 10)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from stretch.cli.app import App
from stretch.cli.ask import NO, YES, NotAnswered, ask, ask_score, read_line
from stretch.core.errors import StretchError
from stretch.core.safety.scores import LADDERS, Spread

if TYPE_CHECKING:
    from stretch.core.journal.record import SessionRecord

LATEST_MORNING = timedelta(days=3)
"""Nobody remembers a morning that is longer ago."""
SPREAD = "K3-spread"
"""The question of the safety check that is asked once more after a session."""


def ask_about_the_morning(app: App) -> None:
    """Ask how it was on the morning after the last session, once, where a score was given then."""
    last = _last(app)
    if last is None or last.scores.next_morning is not None or not last.entry.known:
        return
    if not timedelta(0) < app.today() - last.day <= LATEST_MORNING:
        return
    score = ask_score(app, f"Pain on the morning after the session of {last.day:%d.%m.}, 0 to 10?")
    if score is not None:
        with suppress(StretchError):
            _note(app, last.id, next_morning=score)


def _last(app: App) -> SessionRecord | None:
    """Return the last session; None where there is no journal, or it cannot be read, which the session itself tells."""
    with suppress(StretchError):
        if (journal := app.open_journal()) is not None:
            with journal:
                return next(iter(journal.recent(1)), None)
    return None


def ask_after(app: App, session: str) -> None:
    """Ask for the worst pain during *session* and for that now, and after pain how far it went and for new signs.

    What was answered is kept, also where the answers end in the middle.
    """
    given: dict[str, object] = {}
    with suppress(NotAnswered):
        given["worst"] = ask_score(app, "\nThe worst pain during it, 0 to 10?")
        given["after"] = ask_score(app, "And now, 0 to 10?")
        if any(given.values()):
            given["spread"] = _ask_spread(app)
            given["new_sign"] = _ask_new(app)
    scores = {name: score for name, score in given.items() if score is not None}
    if scores:
        _note(app, session, **scores)


def spread_of(answers: Sequence[str]) -> Spread | None:
    """Return how far the pain goes by the answer to that question, None where it was not said."""
    return next((spread for ladder in LADDERS for spread in ladder if spread in answers), None)


def _ask_spread(app: App) -> Spread | None:
    question = next(question for question in app.safety.questions if question.id == SPREAD)
    return spread_of(ask(app, app.safety, question))


def _ask_new(app: App) -> bool | None:
    while True:
        answer = read_line(app, "Any new numbness or weakness? [y/N] ")
        if answer in YES or answer in NO or not answer:
            return answer in YES
        app.out.paragraph("y or n, please.")


def _note(app: App, session: str, **scores: object) -> None:
    from stretch.storage.journal.journal import Journal

    with Journal.open_for_writing(app.folder, app.today()) as journal:
        journal.set_scores(session, **scores)
