from __future__ import annotations

import os
import sys
import wave
from pathlib import Path

import pytest

from stretch.cli.app import App
from stretch.core.narration.tones import RATE
from support import data, run


def test_a_session_as_a_file_is_as_long_as_its_plan(tmp_path: Path) -> None:
    path = tmp_path / "session.wav"
    result = run("audio", "-m", "5", "-o", str(path), "-o", str(tmp_path / "session.vtt"), "--silent")
    assert result.exit_code == 0, result.output
    with wave.open(str(path)) as sound:
        assert sound.getnframes() / sound.getframerate() == data("routine", "-m", "5", "--plan", "--json")["seconds"]
    assert (tmp_path / "session.vtt").read_text(encoding="utf-8").startswith("WEBVTT")


@pytest.mark.skipif(sys.platform == "win32", reason="the fake voice is a shell script")
def test_captions_stand_exactly_as_long_as_the_words_are_heard(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "word.wav"), "wb") as word:
        word.setparams((1, 2, RATE, 0, "NONE", ""))
        word.writeframes(bytes(2 * RATE * 3))
    voice = tmp_path / "espeak-ng"
    voice.write_text(f"#!/bin/sh\ncat >{tmp_path}/said\ncat {tmp_path}/word.wav\n", encoding="utf-8")
    voice.chmod(0o755)
    out = tmp_path / "S.VTT"
    app = App(environ={"PATH": f"{tmp_path}:{os.environ['PATH']}", "STRETCH_HOME": str(tmp_path)})
    assert run("audio", "-m", "5", "-o", str(out), app=app).exit_code == 0
    shown = out.read_text(encoding="utf-8").split("\n\n")
    assert shown[1].startswith("00:00:00.400 --> 00:00:03.650\nWarm up")
    assert (tmp_path / "said").exists()


@pytest.mark.parametrize(("args", "words"), [(("-o", "session.mp3"), ".wav"), ((), "--output")])
def test_what_cannot_be_written_is_said(args: tuple[str, ...], words: str) -> None:
    result = run("audio", *args)
    assert result.exit_code == 2
    assert words in result.stderr


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    result = run("audio", "-m", "5", "--silent", "-o", str(tmp_path / "no" / "session.wav"))
    assert result.exit_code == 1
    assert "Traceback" not in result.output
