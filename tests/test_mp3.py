"""MP3 files of a session: their length, their size, and the tag with the chapters."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from stretch.core.narration.tones import RATE
from stretch.core.timing.timeline import Timeline, build_timeline
from stretch.export.audio_file import MAX_CHAPTERS, Mp3File, chapters, id3_tag, write_sound
from support import routine, run, timelines

TIMELINE = build_timeline(routine(areas=(), stretches=("cat-cow", "single-knee-to-chest"), warm_up=1.0))
MAX_ERROR_S = 0.05
FRAME_SAMPLES, KILOBITS = 576, (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
"""Samples in a frame and its bit rates, of MPEG 2 layer III."""


def frame(name: bytes, data: bytes) -> tuple[bytes, bytes, bytes]:
    """Return the name, the content and what follows of the first frame in *data*."""
    assert data[:4] == name
    size = int.from_bytes(data[4:8], "big")
    assert data[8:10] == b"\0\0"
    return data[:4], data[10 : 10 + size], data[10 + size :]


def text(data: bytes) -> tuple[str, bytes]:
    _, content, rest = frame(b"TIT2", data)
    assert content[:1] == b"\x01"
    return content[1:].decode("utf-16"), rest


def read_tag(data: bytes) -> tuple[str, list[tuple[int, int, str]], bytes]:
    """Return the title and the chapters of a file, and the sound after its tag."""
    assert data[:6] == b"ID3\x03\0\0"
    assert max(data[6:10]) < 0x80
    size = sum(byte << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
    body, sound = data[10 : 10 + size], data[10 + size :]
    title, body = text(body)
    _, contents, body = frame(b"CTOC", body)
    assert contents[:5] == b"toc\0\x03"
    names = contents[6:].split(b"\0")[:-1]
    assert contents[5] == len(names)
    found = []
    for name in names:
        _, chapter, body = frame(b"CHAP", body)
        assert chapter.startswith(name + b"\0")
        times = chapter[len(name) + 1 :]
        found.append((int.from_bytes(times[:4], "big"), int.from_bytes(times[4:8], "big"), text(times[16:])[0]))
    assert not body
    return title, found, sound


def seconds(sound: bytes) -> float:
    """Return the length of MP3 frames that are complete and follow each other."""
    at = count = 0
    while at < len(sound):
        assert sound[at] == 0xFF
        assert sound[at + 1] & 0xFE == 0xF2  # MPEG 2, layer III
        assert sound[at + 3] >> 6 == 3  # mono
        padding = sound[at + 2] >> 1 & 1
        at += 72 * KILOBITS[sound[at + 2] >> 4] * 1000 // RATE + padding
        count += 1
    assert at == len(sound)
    return count * FRAME_SAMPLES / RATE


@pytest.mark.parametrize("total", [RATE, 7 * RATE + 1, 10 * RATE - 500, 60 * RATE, 61 * RATE])
def test_an_mp3_file_is_as_long_as_its_samples_and_small(total: int) -> None:
    pytest.importorskip("lameenc")
    stream = io.BytesIO()
    with Mp3File(stream, TIMELINE, total) as file:
        for start in range(0, total, RATE):
            file.writeframesraw(bytes(2 * min(RATE, total - start)))
    _, _, sound = read_tag(stream.getvalue())
    assert abs(seconds(sound) - total / RATE) <= MAX_ERROR_S
    # 4 MB for 15 minutes.
    assert len(sound) <= 4_000_000 / 900 * seconds(sound)


def test_the_chapters_are_the_stretches_with_what_comes_before_and_after() -> None:
    title, found, _ = read_tag(id3_tag(TIMELINE))
    assert title == "Your choice"
    assert [name for *_, name in found] == ["Warm-up", "Cat-cow", "Knee hug, one leg", "Rest"]
    starts = [next(phase.start_ms for phase in TIMELINE.phases if phase.name == name) for *_, name in found[1:]]
    assert [start for start, *_ in found] == [0, *starts]


@given(timelines)
def test_chapters_follow_each_other_from_the_start_to_the_end(timeline: Timeline) -> None:
    ends = [0, *(end for _, end, _ in chapters(timeline))]
    assert [start for start, *_ in chapters(timeline)] == ends[:-1]
    assert ends[-1] == timeline.length_ms


@given(st.text(max_size=60))
def test_a_title_of_any_characters_is_kept_on_one_line(name: str) -> None:
    title, found, _ = read_tag(id3_tag(replace(TIMELINE, title=name)))
    assert title.isprintable() or not title
    assert len(found) == 4


def test_a_session_with_very_many_stretches_has_as_many_chapters_as_fit() -> None:
    made = routine(areas=(), stretches=("cat-cow", "pelvic-tilt"))
    long = build_timeline(replace(made, items=made.items * 200))
    assert len(read_tag(id3_tag(long))[1]) == MAX_CHAPTERS


def test_without_the_encoder_one_sentence_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "lameenc", None)
    for silent in ((), ("--silent",)):
        result = run("audio", "-m", "5", *silent, "-o", str(tmp_path / "session.mp3"))
        assert result.exit_code == 1
        assert result.output.startswith("stretch: MP3 files need lameenc: run `pip install lameenc`")
        assert result.output.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("sox"), reason="sox is not installed")
def test_sox_plays_an_mp3_file_with_every_sound_at_its_time(tmp_path: Path) -> None:
    pytest.importorskip("lameenc")
    if "mp3" not in subprocess.run(["sox", "--help"], capture_output=True, text=True, check=True).stdout:
        pytest.skip("sox reads no MP3 files")
    path = tmp_path / "session.mp3"
    write_sound(TIMELINE, path, speech=None)

    def measured(name: str, *part: str) -> float:
        run = subprocess.run(["sox", path, "-n", *part, "stat"], capture_output=True, text=True, check=True)
        (line,) = (line for line in run.stderr.splitlines() if line.startswith(name))
        return float(line.rpartition(":")[2])

    assert abs(measured("Samples read") / RATE - TIMELINE.length_ms / 1000) <= MAX_ERROR_S
    hold = next(phase for phase in TIMELINE.phases if phase.kind == "hold")
    before, after = hold.start_ms / 1000 - 0.2, hold.start_ms / 1000
    assert measured("Maximum amplitude", "trim", str(before), "0.2") < 0.05
    assert measured("Maximum amplitude", "trim", str(after), "0.2") > 0.1
