"""The doctor: one line for each check, whatever state it is in, with advice."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from stretch.cli.app import App
from stretch.cli.doctor import CHECKS, doctor_command
from stretch.core.errors import StretchError
from support import CATALOG, data, run

COUNT = len(CATALOG.stretches)

WHAT = ["sounds", "voice", "screen", "terminal", "colors", "letters", "figures", "folder", "journal", "catalog"]


def results(home: Path | None = None, **environ: str) -> dict[str, tuple[str, str]]:
    """Run it in a pipe without any programs on PATH; return result and advice of each check."""
    known = {"PATH": "/nowhere", "LANG": "C.UTF-8"} | ({"STRETCH_HOME": str(home)} if home else {})
    out = io.StringIO()
    result = run("doctor", "--json", app=App(environ=known | environ, stdout=out))
    assert result.exit_code == 0
    return {each["what"]: (each["found"], each["advice"]) for each in json.loads(out.getvalue())}


def test_each_check_is_listed_once_with_advice(tmp_path: Path) -> None:
    found = results(tmp_path / "home")
    assert list(found) == WHAT
    assert found["sounds"] == (
        "the terminal bell, because there is no player",
        "Install pipewire-bin, pulseaudio-utils or alsa-utils, or set sound_command in the settings.",
    )
    assert found["voice"] == ("none", "Install espeak-ng or speech-dispatcher, or set voice_command in the settings.")
    assert found["screen"][0] == "line by line: the output is not a terminal"
    assert found["folder"] == (
        f"{tmp_path / 'home'} does not exist yet",
        "It will be created when something is first saved.",
    )
    assert found["catalog"] == (f"{COUNT} stretches, none of them yours", "")
    assert not (tmp_path / "home").exists()


def test_a_pipe_gets_a_table() -> None:
    lines = run("doctor").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["check", *WHAT]
    assert [entry["what"] for entry in data("doctor", "--json")] == WHAT


def test_figures_need_a_utf_8_locale(tmp_path: Path) -> None:
    assert "braille" in results(tmp_path)["figures"][0]
    found = results(tmp_path, LANG="C", LC_ALL="C")
    assert found["letters"] == ("ASCII", "Set LC_ALL to a UTF-8 locale, such as C.UTF-8.")
    assert found["figures"][0] == "none"


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return 1


def screen_at(monkeypatch: pytest.MonkeyPatch, columns: int, lines: int, **environ: str) -> dict[str, str]:
    """Return what the check of the screen says at a terminal of that size."""
    monkeypatch.setattr("stretch.player.terminal.Terminal.size", lambda self: (columns, lines))
    out = Terminal()
    run("doctor", "--json", app=App(environ=environ, stdin=Terminal(), stdout=out))
    (screen,) = [each for each in json.loads(out.getvalue()) if each["what"] == "screen"]
    return screen  # type: ignore[no-any-return]


@pytest.mark.parametrize(("columns", "lines", "small"), [(60, 20, False), (59, 40, True), (200, 19, True)])
def test_a_terminal_too_small_for_a_figure_is_reported(
    monkeypatch: pytest.MonkeyPatch, columns: int, lines: int, small: bool
) -> None:
    screen = screen_at(monkeypatch, columns, lines, TERM="xterm")
    assert screen["found"] == f"{columns}x{lines}, full screen"
    assert ("60x20" in screen["advice"]) is small


def test_why_there_is_no_full_screen_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for environ, why in (
        ({"TERM": "dumb"}, "TERM does not allow a full screen"),
        ({"TERM": ""}, "TERM does not allow a full screen"),
        ({}, "TERM does not allow a full screen"),
        ({"TERM": "xterm", "ACCESSIBLE": "1"}, "ACCESSIBLE is set"),
        ({"TERM": "dumb", "ACCESSIBLE": "1"}, "ACCESSIBLE is set"),
    ):
        screen = screen_at(monkeypatch, 80, 24, **environ)
        assert (screen["found"], screen["advice"]) == (f"80x24, line by line: {why}", "")


def test_a_file_in_place_of_the_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("", encoding="utf-8")
    assert results(tmp_path / "home")["folder"][1] == "Move it away, or set STRETCH_HOME to a folder."


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root and Windows may write anywhere")
def test_a_folder_that_is_not_writable_is_reported(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "is not writable" in results(tmp_path)["folder"][0]
    tmp_path.chmod(0o700)


def test_stretches_problems_and_blanks_of_a_user_catalog_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "catalog" / "stretches" / "mine.yaml"
    file.parent.mkdir(parents=True)
    run("catalog", "new", "mine", "-o", str(file))
    assert results(tmp_path)["catalog"] == (
        f"{COUNT} stretches, none of them yours",
        "`stretch catalog check` lists the blanks still to fill in.",
    )
    text = Path(run("catalog", "path", "--shipped").stdout.strip(), "stretches", "sphinx.yaml").read_text("utf-8")
    file.write_text(text.replace("id: sphinx", "id: mine"), encoding="utf-8")
    assert results(tmp_path)["catalog"] == (f"{COUNT + 1} stretches, 1 of them yours", "")
    file.write_text("[", encoding="utf-8")
    found = results(tmp_path)
    assert found["catalog"] == ("1 problem in yours", "`stretch catalog check` lists them with file and line.")
    assert list(found) == WHAT


@pytest.mark.parametrize("error", [StretchError("No.\nNever."), PermissionError(13, "Permission denied", "x")])
def test_a_check_that_fails_does_not_hide_the_others(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fails(app: App) -> Any:
        raise error

    monkeypatch.setitem(CHECKS, "folder", fails)
    found = results()
    assert list(found) == WHAT
    assert found["folder"] == ("unknown", str(error).splitlines()[0])
    assert doctor_command.help
