"""What is called out in a session that plays as planned, and that ends when its file ends."""

from __future__ import annotations

import msgspec

from stretch.core.journal.tally import stretches_done
from stretch.core.narration.aloud import Length, aloud, begins, saying_ms
from stretch.core.narration.sounds import sound_of
from stretch.core.timing.cues import Cue, cues
from stretch.core.timing.session import Session
from stretch.core.timing.timeline import Timeline


def planned_cues(timeline: Timeline, takes: Length | None) -> tuple[Cue, ...]:
    """Return every cue, the last one moved so far ahead that its sound and its words are over at the end.

    *takes* is how long sentences take to say, None where nothing is said.
    """
    *before, end = cues(timeline, -1, timeline.length)
    sound = sound_of(end, timeline)
    needs = sound.length if sound else 0
    if takes is not None:
        words = aloud(end, timeline, done=all_done(timeline), takes=takes)
        needs = max(needs, begins(end, timeline) - end.at + saying_ms(words, takes))
    moved = msgspec.structs.replace(end, at=max(end.at - needs, timeline.phases[end.index].start))
    return tuple(sorted((*before, moved), key=lambda cue: cue.at))


def all_done(timeline: Timeline) -> tuple[int, int]:
    """Return how many stretches are done of how many, when all of them are."""
    _, count = stretches_done(Session(timeline=timeline))
    return count, count
