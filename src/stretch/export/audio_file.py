"""A whole session as one file to listen to, every sound and every word at its time."""

from __future__ import annotations

import wave
from array import array
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from heapq import merge
from itertools import chain, pairwise
from operator import add
from pathlib import Path

import msgspec
from msgspec import Struct

from stretch.core.errors import StretchError
from stretch.core.journal.progress import stretches_done
from stretch.core.narration import tones
from stretch.core.narration.speech_timing import (
    PAUSE_MS,
    SentenceTimer,
    sentences_to_speak,
    speech_duration_ms,
    speech_start,
)
from stretch.core.narration.tones import RATE, sound_for
from stretch.core.timing.cues import Cue, cues
from stretch.core.timing.session import Session
from stretch.core.timing.timeline import Timeline
from stretch.export.text_to_speech import Synthesizer
from stretch.storage.files.atomic import atomic_write

SOUND_VOLUME = 60
SPEECH_PEAK = 18_000
"""With a sound and a breath under it still below what a file can hold."""
MOST, LEAST = 32_767, -32_768
FADE_FRAMES = RATE // 50
"""Words that are cut short fade out in a fiftieth of a second, not with a click."""
KEPT = 64
"""Sentences and tones kept for when they come again; the rest of an hour need not be held."""


class Part(Struct, frozen=True):
    """Samples, and the frame of the session at which they begin."""

    at: int
    samples: array[int]


def render(
    timeline: Timeline,
    path: Path,
    *,
    speech: Synthesizer | None,
    progress: Callable[[float], None] = lambda fraction: None,
) -> None:
    """Write the session to *path* as a WAV file exactly as long as *timeline*, one channel of 16 bits at RATE.

    Without *speech* it has the sounds only. *progress* is told how much is written, 0 to 1. One second is in memory at
    a time; *path* is there in full or not at all. Raises StretchError.
    """
    total = frames_of(timeline.length_ms)
    try:
        with atomic_write(path) as stream, wave.open(stream, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.setnframes(total)
            for end, second in _mixed(_parts(timeline, speech), total):
                file.writeframes(second.tobytes())
                progress(end / total)
    except OSError as error:
        raise StretchError(f"{path} cannot be written: {error.strerror or error}.") from None


def frames_of(milliseconds: int) -> int:
    """Return how many frames a length of time has, to the nearest."""
    return (milliseconds * RATE + 500) // 1000


def _parts(timeline: Timeline, speech: Synthesizer | None) -> Iterator[Part]:
    """Return all that is heard, in the order in which it begins."""
    if speech is None:
        return _sounds(planned_cues(timeline, None), timeline)
    say = lru_cache(KEPT)(lambda sentence: _levelled(speech(sentence)))

    def takes(sentence: str) -> int:
        return -(-len(say(sentence)) * 1000 // RATE)

    called = planned_cues(timeline, takes)
    words = _words(called, timeline, say, takes)
    return merge(_sounds(called, timeline), words, key=lambda part: part.at)


def _sounds(called: Sequence[Cue], timeline: Timeline) -> Iterator[Part]:
    samples = lru_cache(KEPT)(tones.samples)
    for cue in called:
        if sound := sound_for(cue, timeline):
            yield Part(frames_of(cue.at_ms), samples(sound, SOUND_VOLUME))


def _words(called: Sequence[Cue], timeline: Timeline, say: Synthesizer, takes: SentenceTimer) -> Iterator[Part]:
    """Return what is said, each until the next begins at most."""
    done = all_done(timeline)
    said = ((speech_start(cue, timeline), sentences_to_speak(cue, timeline, done=done, takes=takes)) for cue in called)
    spoken = ((at, sentences) for at, sentences in said if sentences)
    for (at, sentences), (until, _) in pairwise(chain(spoken, [(timeline.length_ms, ())])):
        yield Part(frames_of(at), _joined([say(sentence) for sentence in sentences], frames_of(until) - frames_of(at)))


def _joined(sentences: Sequence[array[int]], room: int) -> array[int]:
    pause = bytes(2 * frames_of(PAUSE_MS))
    made = array("h", pause.join(sentence.tobytes() for sentence in sentences))
    if len(made) > room:
        del made[room:]
        for number in range(1, min(FADE_FRAMES, len(made)) + 1):
            made[-number] = made[-number] * number // FADE_FRAMES
    return made


def _levelled(samples: array[int]) -> array[int]:
    """Return *samples* no louder than speech may be."""
    loudest = max(max(samples, default=0), -min(samples, default=0))
    if loudest <= SPEECH_PEAK:
        return samples
    return array("h", (sample * SPEECH_PEAK // loudest for sample in samples))


def _mixed(parts: Iterator[Part], total: int) -> Iterator[tuple[int, array[int]]]:
    """Return the sum of *parts* second by second, each with the frame at which it ends."""
    ahead = next(parts, None)
    heard: list[Part] = []
    for start in range(0, total, RATE):
        end = min(start + RATE, total)
        while ahead is not None and ahead.at < end:
            heard.append(ahead)
            ahead = next(parts, None)
        heard = [part for part in heard if part.at + len(part.samples) > start]
        yield end, _sum(heard, start, end)


def _sum(parts: Sequence[Part], start: int, end: int) -> array[int]:
    second = array("h", bytes(2 * (end - start)))
    for part in parts:
        low, high = max(part.at, start), min(part.at + len(part.samples), end)
        piece, here = part.samples[low - part.at : high - part.at], slice(low - start, high - start)
        try:
            second[here] = array("h", map(add, second[here], piece))
        except OverflowError:
            second[here] = array("h", (min(max(a + b, LEAST), MOST) for a, b in zip(second[here], piece, strict=True)))
    return second


def planned_cues(timeline: Timeline, takes: SentenceTimer | None) -> tuple[Cue, ...]:
    """Return every cue, the last one moved so far ahead that its sound and its words are over at the end.

    *takes* is how long sentences take to say, None where nothing is said.
    """
    *before, end = cues(timeline, -1, timeline.length_ms)
    sound = sound_for(end, timeline)
    needs = sound.length_ms if sound else 0
    if takes is not None:
        words = sentences_to_speak(end, timeline, done=all_done(timeline), takes=takes)
        needs = max(needs, speech_start(end, timeline) - end.at_ms + speech_duration_ms(words, takes))
    moved = msgspec.structs.replace(end, at_ms=max(end.at_ms - needs, timeline.phases[end.index].start_ms))
    return tuple(sorted((*before, moved), key=lambda cue: cue.at_ms))


def all_done(timeline: Timeline) -> tuple[int, int]:
    """Return how many stretches are done of how many, when all of them are."""
    _, count = stretches_done(Session(timeline=timeline))
    return count, count
