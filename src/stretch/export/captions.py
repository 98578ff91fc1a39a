"""Captions of a session in the format WebVTT, for a player that shows them with the sound file."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
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
from stretch.core.text import one_line
from stretch.core.timing.timeline import Timeline
from stretch.export.audio_file import all_done, session_cues

LINGER_MS = 2_000
"""Extra time for the last sentence of a cue, because reading takes longer than listening."""


def captions(timeline: Timeline, timer: SentenceTimer = estimate_duration_ms) -> str:
    """Return the text of a WebVTT file with every sentence of the session.

    Captions contain all steps, even those that there is no time to speak. *timer* measures sentences in milliseconds.
    """
    blocks = (
        f"{_timestamp(start)} --> {_timestamp(end)}\n{escape(one_line(text), quote=False)}\n"
        for start, end, text in _timed_sentences(timeline, timer)
    )
    return "\n".join(chain(["WEBVTT\n"], blocks))


def _timed_sentences(timeline: Timeline, timer: SentenceTimer) -> Iterator[tuple[int, int, str]]:
    """Yield each sentence with its start and end in milliseconds."""
    speech_cues = [cue for cue in session_cues(timeline, timer) if cue.kind in SPOKEN_CUES]
    done = all_done(timeline)
    starts = (speech_start(cue, timeline) for cue in speech_cues)
    for cue, (start, end) in zip(speech_cues, pairwise(chain(starts, [timeline.length_ms])), strict=True):
        sentences = phrases.sentences(cue, timeline, done)
        scale = min((end - start) / speech_duration_ms(sentences, timer), 1.0)
        elapsed = 0
        for sentence in sentences:
            before, elapsed = elapsed, elapsed + timer(sentence) + PAUSE_MS
            linger = LINGER_MS if sentence is sentences[-1] else 0
            yield start + int(before * scale), min(start + int(elapsed * scale) + linger, end), sentence


def _timestamp(ms: int) -> str:
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"
