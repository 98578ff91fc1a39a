"""MP3 files of a session: the encoder, and an ID3 tag with its title and a chapter for each stretch."""

from __future__ import annotations

from itertools import groupby
from types import TracebackType
from typing import IO

from stretch.core.errors import StretchError
from stretch.core.narration.tones import RATE
from stretch.core.text import one_line
from stretch.core.timing.phases import Phase
from stretch.core.timing.timeline import Timeline

KILOBITS = 32
"""Per second: enough for speech at RATE, and 3.6 MB for 15 minutes."""
QUALITY = 5
"""Of 2, slow, to 7, fast."""
DELAY_FRAMES = 1105
"""The encoder starts so much later. As many frames of the end are left out, so that the length is right."""
MAX_CHAPTERS = 255
"""One byte in the tag holds their number."""


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
        stream.write(tag(timeline))

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


def tag(timeline: Timeline) -> bytes:
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
    if phase.kind == "warm-up":
        return "Keep moving" if phase.cool_down else "Warm-up"
    return phase.name


def _text_frame(text: str) -> bytes:
    return _frame("TIT2", b"\x01" + one_line(text).encode("utf-16"))


def _frame(name: str, data: bytes) -> bytes:
    return name.encode() + len(data).to_bytes(4, "big") + b"\0\0" + data
