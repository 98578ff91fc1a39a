"""The doctor: a line for everything that can be heard, shown and kept, whatever state it is in, and what to do."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from stretch.cli.app import App
from stretch.cli.doctor import LOOKS, doctor_command
from stretch.core.errors import StretchError
from support import data, run

WHAT = ["sounds", "voice", "screen", "colours", "letters", "figures", "folder", "journal", "catalog"]


def told(home: Path | None = None, **environ: str) -> dict[str, tuple[str, str]]:
    """Run it in a pipe where no program is found but those on PATH, and return what it tells."""
    known = {"PATH": "/nowhere", "LANG": "C.UTF-8"} | ({"STRETCH_HOME": str(home)} if home else {})
    out = io.StringIO()
    result = run("doctor", "--json", app=App(environ=known | environ, stdout=out))
    assert result.exit_code == 0
    return {each["what"]: (each["found"], each["advice"]) for each in json.loads(out.getvalue())}


def test_every_line_is_there_once_with_what_to_do(tmp_path: Path) -> None:
    found = told(tmp_path / "home")
    assert list(found) == WHAT
    assert found["sounds"] == (
        "the terminal bell, because there is no player",
        "Install pipewire-bin, pulseaudio-utils or alsa-utils, or set sound_command in the settings.",
    )
    assert found["voice"] == ("none", "Install espeak-ng or speech-dispatcher, or set voice_command in the settings.")
    assert found["screen"][0] == "line by line, because this is no terminal"
    assert found["folder"] == (f"{tmp_path / 'home'}, not there yet", "It is made when there is something to keep.")
    assert found["catalog"] == ("49 stretches, none of them yours", "")
    assert not (tmp_path / "home").exists()


def test_in_a_pipe_it_is_a_table() -> None:
    lines = run("doctor").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["what", *WHAT]
    assert [entry["what"] for entry in data("doctor", "--json")] == WHAT


def test_braille_stands_beside_blocks_where_there_are_letters_for_them(tmp_path: Path) -> None:
    assert "braille" in told(tmp_path)["figures"][0]
    found = told(tmp_path, LANG="C", LC_ALL="C")
    assert found["letters"] == ("ASCII", "Set LC_ALL to a UTF-8 locale, such as C.UTF-8.")
    assert found["figures"][0] == "none"


@pytest.mark.parametrize(("columns", "lines", "small"), [(60, 20, False), (59, 40, True), (200, 19, True)])
def test_a_screen_without_room_for_a_figure_is_told(
    monkeypatch: pytest.MonkeyPatch, columns: int, lines: int, small: bool
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(App, "terminal", lambda self, screen: SimpleNamespace(size=lambda: (columns, lines)))
    out = Terminal()
    run("doctor", "--json", app=App(environ={"TERM": "xterm"}, stdin=Terminal(), stdout=out))
    (screen,) = [each for each in json.loads(out.getvalue()) if each["what"] == "screen"]
    assert screen["found"] == f"{columns}x{lines}, full screen"
    assert ("60x20" in screen["advice"]) is small


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("", encoding="utf-8")
    assert told(tmp_path / "home")["folder"][1] == "Move it away, or set STRETCH_HOME to a folder."


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root and Windows may write anywhere")
def test_a_folder_that_is_not_ours(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "may not write" in told(tmp_path)["folder"][0]
    tmp_path.chmod(0o700)


def test_a_catalog_of_ones_own_is_counted_and_its_problems_and_blanks_are_told(tmp_path: Path) -> None:
    file = tmp_path / "catalog" / "stretches" / "mine.yaml"
    file.parent.mkdir(parents=True)
    run("catalog", "new", "mine", "-o", str(file))
    assert told(tmp_path)["catalog"] == (
        "49 stretches, none of them yours",
        "`stretch catalog check` names the blanks still to fill.",
    )
    text = Path(run("catalog", "path", "--shipped").stdout.strip(), "stretches", "sphinx.yaml").read_text("utf-8")
    file.write_text(text.replace("id: sphinx", "id: mine"), encoding="utf-8")
    assert told(tmp_path)["catalog"] == ("50 stretches, 1 of them yours", "")
    file.write_text("[", encoding="utf-8")
    found = told(tmp_path)
    assert found["catalog"] == ("1 problem in yours", "`stretch catalog check` names them, with file and line.")
    assert list(found) == WHAT


@pytest.mark.parametrize("error", [StretchError("No.\nNever."), PermissionError(13, "Permission denied", "x")])
def test_what_cannot_be_told_hides_nothing_else(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fails(app: App) -> Any:
        raise error

    monkeypatch.setitem(LOOKS, "folder", fails)
    found = told()
    assert list(found) == WHAT
    assert found["folder"] == ("cannot be told", str(error).splitlines()[0])
    assert doctor_command.help
