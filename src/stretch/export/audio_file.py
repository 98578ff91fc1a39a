"""A whole session as a WAV or MP3 file, with every sound and sentence at its time, and as WebVTT captions for it."""

from __future__ import annotations

import wave
from array import array
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from heapq import merge
from html import escape
from itertools import groupby, pairwise
from operator import add
from pathlib import Path
from types import TracebackType
from typing import IO, NamedTuple

from msgspec.structs import replace

from stretch.core.errors import StretchError
from stretch.core.journal.progress import stretches_done
from stretch.core.narration import tones
from stretch.core.narration.phrases import count_label
from stretch.core.narration.speech import (
    PAUSE_MS,
    SentenceTimer,
    estimate_duration_ms,
    sentences_to_speak,
    speech_duration_ms,
    speech_start,
)
from stretch.core.narration.tones import RATE, sound_for
from stretch.core.text import one_line
from stretch.core.timing.phases import Phase
from stretch.core.timing.session import Session
from stretch.core.timing.timeline import Cue, Timeline, cues
from stretch.core.vocabulary import VoiceMode
from stretch.export.text_to_speech import Synthesizer, at_least_estimate, sentence_timer
from stretch.storage.files.safe_io import atomic_write

SOUND_VOLUME = 60
MAX_SPEECH_LEVEL = 18_000
"""Leaves room for a sound and a breath in the same sample."""
MIN_SAMPLE, MAX_SAMPLE = -32_768, 32_767
FADE_FRAMES = RATE // 50
"""Speech that is cut short fades out in 20 ms, so that it does not click."""
CACHE_SIZE = 64
"""Sentences and sounds kept in memory, because they repeat."""
LINGER_MS = 2_000
"""Extra time for the last sentence of a cue, because reading takes longer than listening."""
KILOBITS = 32
"""Per second: enough for speech at RATE, and 3.6 MB for 15 minutes."""
QUALITY = 5
"""Of 2, slow, to 7, fast."""
DELAY_FRAMES = 1105
"""The encoder starts so much later. As many frames of the end are left out, so that the length is right."""
MAX_CHAPTERS = 255
"""One byte in the tag holds their number."""


class Clip(NamedTuple):
    """Samples, and the frame of the session at which they start."""

    start: int
    samples: array[int]


def write_sound(
    timeline: Timeline,
    path: Path,
    *,
    speech: Synthesizer | None,
    mode: VoiceMode = "yes",
    progress: Callable[[float], None] = lambda fraction: None,
) -> None:
    """Write the session to *path* as a mono 16-bit WAV file at RATE, or if it ends in .mp3 as MP3.

    A WAV file is exactly as long as *timeline*, an MP3 file to 50 ms.

    Without *speech* it contains the sounds only; *mode* is how much is said. *progress* is called with the fraction
    that is written, 0 to 1. Only one second is in memory at a time, and *path* is replaced only when the file is
    complete. Raise OSError.
    """
    total = frames(timeline.length_ms)
    with atomic_write(path) as stream, _open(stream, path, timeline, total) as file:
        for end, second in _mix(_clips(timeline, speech, mode), total):
            # The length is in the header already; a pipe could not go back to it.
            file.writeframesraw(second.tobytes())
            progress(end / total)


def _open(stream: IO[bytes], path: Path, timeline: Timeline, total: int) -> wave.Wave_write | Mp3File:
    if path.suffix.lower() == ".mp3":
        return Mp3File(stream, timeline, total)
    file = wave.Wave_write(stream)
    file.setparams((1, 2, RATE, total, "NONE", "not compressed"))
    return file


def frames(milliseconds: int) -> int:
    """Return a length of time in frames, rounded."""
    return (milliseconds * RATE + 500) // 1000


def session_cues(timeline: Timeline, timer: SentenceTimer | None, mode: VoiceMode = "yes") -> tuple[Cue, ...]:
    """Return the cues of a session without interruptions, the last one early enough to finish with the session.

    *timer* measures sentences in milliseconds; None if nothing is spoken.
    """
    *others, end = cues(timeline, -1, timeline.length_ms)
    sound = sound_for(end, timeline)
    needed_ms = sound.length_ms if sound else 0
    if timer is not None:
        sentences = sentences_to_speak(end, timeline, mode, done=all_done(timeline), duration_of=timer)
        needed_ms = max(needed_ms, speech_start(end, timeline) - end.at_ms + speech_duration_ms(sentences, timer))
    end = replace(end, at_ms=max(end.at_ms - needed_ms, timeline.phases[end.index].start_ms))
    return tuple(sorted((*others, end), key=lambda cue: cue.at_ms))


def all_done(timeline: Timeline) -> tuple[int, int]:
    """Return the number of stretches done and of all stretches, which are equal in a session without interruptions."""
    _, count = stretches_done(Session(timeline=timeline))
    return count, count


def _clips(timeline: Timeline, speech: Synthesizer | None, mode: VoiceMode) -> Iterator[Clip]:
    """Return all sounds and sentences in order of their start."""
    samples = lru_cache(CACHE_SIZE)(tones.samples)
    say = lru_cache(CACHE_SIZE)(lambda sentence: _limit_level(speech(sentence))) if speech else None
    timer = at_least_estimate(sentence_timer(say)) if say else None
    schedule = session_cues(timeline, timer, mode)
    sounds = ((cue, sound) for cue in schedule if (sound := sound_for(cue, timeline)))
    clips = (Clip(frames(cue.at_ms), samples(sound, SOUND_VOLUME)) for cue, sound in sounds)
    if say is None or timer is None:
        return clips
    said = speeches(timeline, timer, mode)
    ends = [frames(start) for start, _ in said[1:]] + [frames(timeline.length_ms)]
    spoken = (
        Clip(frames(start), _join([say(sentence) for sentence in sentences], end - frames(start)))
        for (start, sentences), end in zip(said, ends, strict=True)
    )
    return merge(clips, spoken, key=lambda clip: clip.start)


def speeches(timeline: Timeline, timer: SentenceTimer, mode: VoiceMode) -> list[tuple[int, tuple[str, ...]]]:
    """Return the sentences of each cue with words, and the position in milliseconds at which they start."""
    done = all_done(timeline)
    return [
        (speech_start(cue, timeline), sentences)
        for cue in session_cues(timeline, timer, mode)
        if (sentences := sentences_to_speak(cue, timeline, mode, done=done, duration_of=timer))
    ]


def _join(sentences: Sequence[array[int]], max_frames: int) -> array[int]:
    pause = bytes(2 * frames(PAUSE_MS))
    samples = array("h", pause.join(sentence.tobytes() for sentence in sentences))
    if len(samples) > max_frames:
        del samples[max_frames:]
        for number in range(1, min(FADE_FRAMES, len(samples)) + 1):
            samples[-number] = samples[-number] * number // FADE_FRAMES
    return samples


def _limit_level(samples: array[int]) -> array[int]:
    """Return *samples* scaled down to the level for speech if they are louder."""
    loudest = max(max(samples, default=0), -min(samples, default=0))
    if loudest <= MAX_SPEECH_LEVEL:
        return samples
    return array("h", (sample * MAX_SPEECH_LEVEL // loudest for sample in samples))


def _mix(clips: Iterator[Clip], total: int) -> Iterator[tuple[int, array[int]]]:
    """Yield the sum of *clips* second by second, each with the frame at which it ends."""
    upcoming = next(clips, None)
    current: list[Clip] = []
    for start in range(0, total, RATE):
        end = min(start + RATE, total)
        while upcoming is not None and upcoming.start < end:
            current.append(upcoming)
            upcoming = next(clips, None)
        current = [clip for clip in current if clip.start + len(clip.samples) > start]
        yield end, _sum(current, start, end)


def _sum(clips: Sequence[Clip], start: int, end: int) -> array[int]:
    total = array("h", bytes(2 * (end - start)))
    for clip in clips:
        low, high = max(clip.start, start), min(clip.start + len(clip.samples), end)
        samples, span = clip.samples[low - clip.start : high - clip.start], slice(low - start, high - start)
        try:
            total[span] = array("h", map(add, total[span], samples))
        except OverflowError:
            sums = map(add, total[span], samples)
            total[span] = array("h", (min(max(value, MIN_SAMPLE), MAX_SAMPLE) for value in sums))
    return total


def reading_duration_ms(sentence: str) -> int:
    """Return an estimate of the time it takes to read a sentence that nobody speaks."""
    return estimate_duration_ms(sentence) * 2 // 3


def captions(timeline: Timeline, speech: Synthesizer | None = None, mode: VoiceMode = "yes") -> str:
    """Return the text of a WebVTT file with every sentence that *speech* says, or that is only read without it."""
    timer = sentence_timer(speech) if speech else reading_duration_ms
    said = speeches(timeline, at_least_estimate(timer) if speech else timer, mode)
    blocks = ["WEBVTT\n"]
    for (start, sentences), (limit, _) in pairwise([*said, (timeline.length_ms, ())]):
        for sentence in sentences:
            end = start + timer(sentence) + PAUSE_MS
            until = min(end + (LINGER_MS if sentence is sentences[-1] else 0), limit)
            text = escape(one_line(sentence), quote=False)
            blocks.append(f"{_timestamp(start)} --> {_timestamp(until)}\n{text}\n")
            start = end
    return "\n".join(blocks)


def _timestamp(ms: int) -> str:
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"


class Mp3File:
    """Writes mono 16-bit samples at RATE to a *stream* as MP3; *total* is their number. Raise StretchError."""

    def __init__(self, stream: IO[bytes], timeline: Timeline, total: int) -> None:
        try:
            from lameenc import Encoder
        except ImportError:
            raise StretchError(
                "MP3 files need lameenc: run `pip install lameenc`, or write a .wav file instead."
            ) from None
        self._stream, self._left = stream, max(total - DELAY_FRAMES, 0)
        self._encoder = Encoder()
        self._encoder.set_bit_rate(KILOBITS)
        self._encoder.set_in_sample_rate(RATE)
        self._encoder.set_channels(1)
        self._encoder.set_quality(QUALITY)
        stream.write(id3_tag(timeline))

    def __enter__(self) -> Mp3File:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is None:
            self._stream.write(self._encoder.flush())

    def writeframesraw(self, data: bytes) -> None:
        """Write samples, as the file objects of the module `wave` do."""
        samples = data[: 2 * self._left]
        self._left -= len(samples) // 2
        if samples:
            self._stream.write(self._encoder.encode(samples))


def chapters(timeline: Timeline) -> list[tuple[int, int, str]]:
    """Return the start, the end and the title of the warm-up, of each stretch and of the end, in milliseconds."""
    found = []
    for title, group in groupby(timeline.phases, key=_title):
        phases = list(group)
        found.append((phases[0].start_ms, phases[-1].end_ms, title))
    return found[:MAX_CHAPTERS]


def id3_tag(timeline: Timeline) -> bytes:
    """Return an ID3 tag (version 2.3) with the title and the chapters of *timeline*."""
    parts = chapters(timeline)
    names = [f"chapter{number}".encode() + b"\0" for number in range(len(parts))]
    frames = [_text_frame(timeline.title), _frame("CTOC", b"toc\0\x03" + bytes([len(names)]) + b"".join(names))]
    for name, (start, end, title) in zip(names, parts, strict=True):
        # Without offsets in bytes, so the times count.
        times = start.to_bytes(4, "big") + end.to_bytes(4, "big") + b"\xff" * 8
        frames.append(_frame("CHAP", name + times + _text_frame(title)))
    body = b"".join(frames)
    # Seven bits in each byte.
    size = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + size + body


def _title(phase: Phase) -> str:
    return count_label(phase).capitalize() if phase.kind == "warm-up" else phase.name


def _text_frame(text: str) -> bytes:
    return _frame("TIT2", b"\x01" + one_line(text).encode("utf-16"))


def _frame(name: str, data: bytes) -> bytes:
    return name.encode() + len(data).to_bytes(4, "big") + b"\0\0" + data
