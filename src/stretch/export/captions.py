"""What is said in a session as WebVTT captions, for a player that shows them beside the file."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, pairwise

from stretch.core.narration import phrases
from stretch.core.narration.speech_timing import (
    PAUSE_MS,
    SPOKEN_CUES,
    SentenceTimer,
    estimate_duration_ms,
    speech_duration_ms,
    speech_start,
)
from stretch.core.timing.timeline import Timeline
from stretch.export.audio_file import all_done, planned_cues

LINGER_MS = 2_000
"""The last sentence stays so long for those who read more slowly than one speaks."""


def captions(timeline: Timeline, takes: SentenceTimer = estimate_duration_ms) -> str:
    """Return every sentence of the session with its time, in the format WebVTT.

    All steps are shown while getting ready, faster than they would be said where time is short: captions are read.
    *takes* is how long a sentence takes to say, where that is known exactly.
    """
    blocks = (f"{_clock(start)} --> {_clock(end)}\n{_escaped(text)}\n" for start, end, text in _shown(timeline, takes))
    return "\n".join(chain(["WEBVTT\n"], blocks))


def _shown(timeline: Timeline, takes: SentenceTimer) -> Iterator[tuple[int, int, str]]:
    called = [cue for cue in planned_cues(timeline, takes) if cue.kind in SPOKEN_CUES]
    done = all_done(timeline)
    starts = (speech_start(cue, timeline) for cue in called)
    for cue, (start, until) in zip(called, pairwise(chain(starts, [timeline.length_ms])), strict=True):
        sentences = phrases.sentences(cue, timeline, done)
        hurry = min((until - start) / speech_duration_ms(sentences, takes), 1.0)
        spoken = 0
        for sentence in sentences:
            at, spoken = spoken, spoken + takes(sentence) + PAUSE_MS
            linger = LINGER_MS if sentence is sentences[-1] else 0
            yield start + int(at * hurry), min(start + int(spoken * hurry) + linger, until), sentence


def _clock(milliseconds: int) -> str:
    seconds, thousandths = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}.{thousandths:03d}"


def _escaped(text: str) -> str:
    """Return *text* as one line that has no markup in it."""
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
