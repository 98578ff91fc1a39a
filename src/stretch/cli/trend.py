"""What the scores in the journal show over the weeks, found and said (catalog section 10)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from stretch.cli.app import App
from stretch.core.errors import StretchError
from stretch.core.safety.scores import Entry
from stretch.core.safety.trend import Finding, assess
from stretch.storage import profile

if TYPE_CHECKING:
    from stretch.core.safety.standing import Standing

LATELY = timedelta(days=120)
"""No rule looks further back than this from today, but to the beginning."""
OVER_WEEKS = ("T2", "T3", "T4", "T9")
"""The rules that compare weeks."""


def findings(app: App, standing: Standing | None) -> tuple[Finding, ...]:
    """Return what the scores in the journal show; nothing when there are none, or they cannot be read."""
    return tuple(finding for finding in _assessed(app, standing) if finding.state == "met")


def _assessed(app: App, standing: Standing | None) -> tuple[Finding, ...]:
    entries: list[Entry] = []
    with suppress(StretchError):
        if (journal := app.open_journal()) is not None:
            with journal:
                entries = journal.pain_entries(
                    since=standing.cleared if standing else None, recent=app.today() - LATELY
                )
    if not any(entry.known for entry in entries):
        return ()
    return assess(entries, app.today(), since=standing.cleared if standing else None)


def trend(app: App) -> list[str]:
    """Return what the scores show in words; nothing where none were given (rules T1-T9)."""
    found = _assessed(app, profile.load(app.folder))
    if told := in_words(app, [finding for finding in found if finding.state == "met"]):
        return told
    if not found:
        return []
    over_weeks = [finding.state for finding in found if finding.rule in OVER_WEEKS]
    return ["Pain: not enough to tell yet." if "not-met" not in over_weeks else "Pain: no clear change."]


def in_words(app: App, found: Sequence[Finding]) -> list[str]:
    """Return what is said of each finding."""
    if not found:
        return []
    words = {line.id: line.text for line in app.safety.trends}
    return [words[finding.rule] for finding in found if finding.rule in words]
