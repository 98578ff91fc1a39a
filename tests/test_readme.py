"""The commands of the README as a newcomer runs them: one by one, in a shell, in an empty home, as they stand there."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(?:sh|bash|console)\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
LINES = [line for block in BLOCKS for line in block.splitlines() if line.strip() and not line.startswith("#")]
INSTALLING = "python3 -m venv "
"""What begins like this takes the network and minutes: the gate runs it, and not the tests."""
PLAYING = "stretch routine"
ASKING = ("stretch safety check",)
ENTER = "\n" * 20
"""What a person who has nothing to report presses."""
GOING_ON = ("stretch resume",)
"""There is something to go on with only after a session that was cut off; and going on cannot be rehearsed."""
REHEARSED = "--speed 1000"
"""Added where a command plays: nobody waits a quarter of an hour for a test."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the README is written for a POSIX shell")


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with nothing in it but what the commands before have made."""
    home = tmp_path_factory.mktemp("newcomer")
    program = home / "bin" / "stretch"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m stretch "$@"\n')
    program.chmod(0o755)
    return home


def test_there_are_commands_in_the_readme() -> None:
    assert len([line for line in LINES if line.startswith("stretch ")]) >= 15


@pytest.mark.parametrize("line", [line for line in LINES if not line.startswith(INSTALLING)])
def test_a_command_works_as_it_is_written(newcomer: Path, line: str) -> None:
    command = line.partition("  #")[0].rstrip()
    if command.startswith(PLAYING) and "--plan" not in command:
        command += f" {REHEARSED}"
    path = f"{newcomer / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environ = {"HOME": str(newcomer), "PATH": path, "LC_ALL": "C.UTF-8", "TERM": "xterm"}
    if command in GOING_ON:
        for begun in (f"{PLAYING} --yes", command):
            assert _cut_off(begun, newcomer, environ) == 128 + signal.SIGTERM
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


def _cut_off(command: str, folder: Path, environ: dict[str, str]) -> int:
    """Begin *command*, end it as soon as it has said something, and return its exit code."""
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


def test_a_picture_shows_what_the_terminal_shows() -> None:
    pyte, pictures = pytest.importorskip("pyte"), pytest.importorskip("pictures")
    screen = pyte.Screen(30, 5)
    pyte.Stream(screen).feed("\r\n\x1b[1;38;2;255;110;46m1 < 2\x1b[0m \u28ff\u2801 \u2588\u2591")
    root = ElementTree.fromstring(pictures.drawn(screen, "light"))
    words = [element for element in root.iter() if element.tag.endswith("text")]
    assert [word.text for word in words] == ["1", "<", "2"]
    assert {word.get("fill") for word in words} == {"#ff6e2e"}
    dots, block, shade = (element.get("d") or "" for element in root.iter() if element.tag.endswith("path"))
    assert dots.count("M") == 8 + 1
    assert block.count("M") == shade.count("M") == 1
    assert root.get("viewBox") == f"0 0 {30 * pictures.CELL + 28:g} {pictures.ROW + 28}"


def test_the_pictures_of_the_readme_are_there() -> None:
    for picture in re.findall(r'(?:\]\(|src(?:set)?=")([^")]+\.(?:svg|png))', README):
        assert (Path(__file__).parents[1] / picture).is_file(), picture
