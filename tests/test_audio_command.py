from __future__ import annotations

import wave
from pathlib import Path

import pytest

from support import data, run


def test_a_session_as_a_file_is_as_long_as_its_plan(tmp_path: Path) -> None:
    path = tmp_path / "session.wav"
    result = run("audio", "-m", "5", "-o", str(path), "-o", str(tmp_path / "session.vtt"), "--silent")
    assert result.exit_code == 0, result.output
    with wave.open(str(path)) as sound:
        assert sound.getnframes() / sound.getframerate() == data("routine", "-m", "5", "--plan", "--json")["seconds"]
    assert (tmp_path / "session.vtt").read_text(encoding="utf-8").startswith("WEBVTT")


@pytest.mark.parametrize(("args", "words"), [(("-o", "session.mp3"), ".wav"), ((), "--output")])
def test_what_cannot_be_written_is_said(args: tuple[str, ...], words: str) -> None:
    result = run("audio", *args)
    assert result.exit_code == 2
    assert words in result.stderr


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    result = run("audio", "-m", "5", "--silent", "-o", str(tmp_path / "no" / "session.wav"))
    assert result.exit_code == 1
    assert "Traceback" not in result.output


def test_doctor_tells_what_there_is() -> None:
    found = {entry["what"]: entry for entry in data("doctor", "--json")}
    assert {"sounds", "voice", "screen", "colours", "letters", "figures", "folder"} <= set(found)
    assert "sounds" in run("doctor").stdout
