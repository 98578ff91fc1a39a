"""Commands of the README, run one after the other in a shell with an empty home."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from stretch.core.model import Catalog

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(?:sh|bash|console)\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
LINES = [line for block in BLOCKS for line in block.splitlines() if line.strip() and not line.startswith("#")]
INSTALLING = "python3 -m venv "
"""Commands that begin like this need the network; CI runs them, the tests do not."""
PLAYING = "stretch routine"
ASKING = ("stretch safety check",)
ENTER = "\n" * 20
"""Answers of a person without symptoms."""
RESUMING = ("stretch resume",)
"""Commands that need an interrupted session and have no --speed."""
FAST, SHORT = "--speed 1000", "--minutes 4"
"""Added to commands that play a session, and to those that make the sound of one."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the README is written for a POSIX shell")


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that holds only what earlier commands wrote."""
    home = tmp_path_factory.mktemp("newcomer")
    program = home / "bin" / "stretch"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m stretch "$@"\n')
    program.chmod(0o755)
    return home


def test_the_readme_has_commands() -> None:
    assert len([line for line in LINES if line.startswith("stretch ")]) >= 4


@pytest.mark.slow
@pytest.mark.parametrize("line", [line for line in LINES if not line.startswith(INSTALLING)])
def test_each_command_of_the_readme_works(newcomer: Path, line: str) -> None:
    command = line.partition("  #")[0].rstrip()
    if command.startswith(PLAYING) and "--plan" not in command:
        command += f" {FAST}"
    if command.startswith("stretch audio"):
        command += f" {SHORT}"
    path = f"{newcomer / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environ = {"HOME": str(newcomer), "PATH": path, "LC_ALL": "C.UTF-8", "TERM": "xterm"}
    if command in RESUMING:
        for interrupted in (f"{PLAYING} --yes", command):
            assert _interrupt(interrupted, newcomer, environ) == 128 + signal.SIGTERM
        return
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=newcomer,
        env=environ,
        input=ENTER if command in ASKING else "",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout or done.stderr
    assert "Traceback" not in done.stderr
    for written in re.findall(r" (?:-o|--output|--svg) (\S+)", command):
        assert (newcomer / written).stat().st_size > 0


def _interrupt(command: str, folder: Path, environ: dict[str, str]) -> int:
    """Start *command*, terminate it after its first line of output, and return its exit code."""
    with subprocess.Popen(
        ["sh", "-c", f"exec {command}"],
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as child:
        assert child.stdout
        assert child.stdout.readline()
        child.terminate()
        return child.wait(60)


def test_a_picture_has_the_characters_and_colors_of_the_terminal() -> None:
    pyte, pictures = pytest.importorskip("pyte"), pytest.importorskip("pictures")
    screen = pyte.Screen(30, 2)
    pyte.Stream(screen).feed("\x1b[1;38;2;255;110;46m1 < 2\x1b[0m \u28ff\u2801 \u2588\u2591")
    root = ElementTree.fromstring(f"<svg>{pictures.line_elements(screen, 0, 'light')}</svg>")
    words = [element for element in root if element.tag == "text"]
    assert [word.text for word in words] == ["1", "<", "2"]
    assert {word.get("fill") for word in words} == {"#ff6e2e"}
    dots, block, shade = (element.get("d") or "" for element in root if element.tag == "path")
    # Four lines of two dots, the first of them with the dot of the next character.
    lengths = [round(float(length) / pictures.CELL * 2) + 1 for length in re.findall(r"h([0-9.]+)", dots)]
    assert lengths == [3, 2, 2, 2]
    assert block.count("M") == shade.count("M") == 1


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("name", ["hold", "start", "while"])
def test_the_pictures_are_what_the_program_shows(name: str, theme: str) -> None:
    pictures = pytest.importorskip("pictures")
    drawn = pictures.moving_svg(pictures.record(pictures.SCENES[name], theme), theme)
    assert len(drawn) < 400_000
    assert "<script" not in drawn
    kept = (pictures.FOLDER / f"{name}-{theme}.svg").read_text(encoding="utf-8")
    # Compared before the assertion, because a difference of two lines of 200 kB takes minutes to print.
    same = kept == drawn
    assert same, "draw the pictures again: python tests/pictures.py"


@pytest.mark.parametrize(("picture", "alt"), re.findall(r'<img src="([^"]+)" alt="([^"]+)">', README))
def test_a_stretch_named_for_a_picture_is_in_it(picture: str, alt: str, catalog: Catalog) -> None:
    shown = (Path(__file__).parents[1] / picture).read_text(encoding="utf-8")
    for stretch in catalog.stretches.values():
        if stretch.name.lower() in alt.lower():
            assert {f">{word}<" for word in stretch.name.split()} <= {*re.findall(">[^<]+<", shown)}


def test_the_readme_counts_the_stretches(catalog: Catalog) -> None:
    assert f" {len(catalog.stretches)} stretches " in README


def test_the_pictures_of_the_readme_exist() -> None:
    named = re.findall(r'(?:\]\(|src(?:set)?=")([^")]+\.(?:svg|png))', README)
    assert len(named) >= 6
    for picture in named:
        assert (Path(__file__).parents[1] / picture).is_file(), picture
