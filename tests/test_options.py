"""Shell completion: the values that options take, from the shipped catalog and the user's."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from stretch.cli import COMMANDS, main
from stretch.core.model import Area, Group
from stretch.core.vocabulary import TAGS
from support import CATALOG, run


def completions(*words: str, incomplete: str = "") -> dict[str, str | None]:
    completer = ShellComplete(main, {}, "stretch", "_STRETCH_COMPLETE")
    return {item.value: item.help for item in completer.get_completions(list(words), incomplete)}


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRETCH_HOME", str(tmp_path))


def test_ids_are_completed_with_their_names() -> None:
    assert completions("show") == {stretch.id: stretch.name.replace(",", ";") for stretch in CATALOG.stretches.values()}
    assert completions("routine", "--program") == {program.id: program.name for program in CATALOG.programs.values()}
    entries: list[Area | Group] = [*CATALOG.areas.values(), *CATALOG.groups.values()]
    areas = {each.id: each.name for each in entries}
    assert completions("routine", "--area") == areas


def test_areas_are_completed_as_bare_words() -> None:
    areas = {*CATALOG.areas, *CATALOG.groups}
    assert set(completions("routine")) >= areas
    assert set(completions("handout", incomplete="ne")) == {"neck"}
    assert set(completions(incomplete="ne")) == {"neck"}


def test_user_catalogs_are_completed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "catalog"
    own.mkdir()
    (own / "mine.yaml").write_text(
        "programs:\n- id: lunch\n  name: Lunch, short\n  about: At noon.\n  warm_up_min: 0\n  items:\n"
        "    - {stretch: sphinx, reps: 2, hold_s: 30}\n"
    )
    named = tmp_path / "named.yaml"
    named.write_text((own / "mine.yaml").read_text().replace("lunch", "supper"))
    assert completions("routine", "--program", incomplete="lu") == {"lunch": "Lunch; short"}
    assert set(completions("routine", "--catalog", str(named), "--program", incomplete="su")) == {"supper"}
    monkeypatch.setenv("STRETCH_CATALOG", str(named))
    assert {"lunch", "supper", *CATALOG.programs} == set(completions("routine", "--program"))


@pytest.mark.parametrize("text", ["id:", "name: x\n", "{id: a", "areas:\n  - {id: x}\n", "stretches:\n- id: x\n"])
def test_a_broken_user_catalog_leaves_the_shipped_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "odd.yaml").write_text(text)
    (tmp_path / "config.yaml").write_text("minuts: 1\n")
    assert set(completions("routine", "--program")) == set(CATALOG.programs)
    assert set(completions("show")) == set(CATALOG.stretches)


def test_commands_are_completed_with_their_help() -> None:
    assert completions() == {name: about for name, (_, about) in COMMANDS.items()}
    assert set(completions(incomplete="ro")) == {"routine"}
    assert "--version" in completions(incomplete="--v")


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (("routine", "--area"), (*CATALOG.areas, *CATALOG.groups)),
        (("list", "-a"), (*CATALOG.areas, *CATALOG.groups)),
        (("handout", "--area"), (*CATALOG.areas, *CATALOG.groups)),
        (("routine", "--program"), tuple(CATALOG.programs)),
        (("routine", "--stretch"), tuple(CATALOG.stretches)),
        (("routine", "--exclude"), tuple(CATALOG.stretches)),
        (("show",), tuple(CATALOG.stretches)),
        (("routine", "--avoid"), TAGS),
        (("routine", "--breath"), ("steady", "calm", "even", "off")),
    ],
)
def test_options_complete_the_values_they_take(words: tuple[str, ...], names: tuple[str, ...]) -> None:
    found = completions(*words)
    assert set(found) == set(names)
    assert all(label and "," not in label for label in found.values())
    some = names[0]
    assert set(completions(*words, incomplete=some[:2])) == {name for name in names if name.startswith(some[:2])}


@pytest.mark.parametrize(
    ("words", "incomplete", "names"),
    [
        (("foo",), "ne", {"neck"}),
        (("help",), "ro", {"routine"}),
        (("catalog", "foo"), "che", {"check"}),
        (("config", "--json", "set"), "minu", {"minutes"}),
    ],
)
def test_a_mistake_earlier_in_the_line_does_not_matter(
    words: tuple[str, ...], incomplete: str, names: set[str]
) -> None:
    assert set(completions(*words, incomplete=incomplete)) == names


# -- in real shells

SOURCES = {
    "bash": 'eval "$(_STRETCH_COMPLETE=bash_source stretch)"',
    "zsh": 'autoload -U compinit && compinit -u -D && eval "$(_STRETCH_COMPLETE=zsh_source stretch)"',
    "fish": "_STRETCH_COMPLETE=fish_source stretch | source",
}
COMPLETED = {
    "stretch routine --program easy-f": "easy-five",
    "stretch routine --area lower-b": "lower-back",
    "stretch show single-k": "single-knee-to-chest",
    "stretch routine --avoid recent-s": "recent-surgery",
    "stretch routine --area=lower-b": "--area=lower-back",
    "stretch routine --plan --position=sup": "--position=supine",
}
"""Lines as they are typed before Tab, and what the shell makes of their last word."""
QUIET = {"bash": ("--norc", "--noprofile"), "zsh": ("-f",), "fish": ("--no-config",)}
PATIENCE_S = 20.0
ERASE_LINE = b"\x15"


@pytest.fixture
def on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bin" / "stretch"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m stretch "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    for name in ("TERM", "LC_ALL", "HISTFILE"):
        monkeypatch.setenv(name, {"TERM": "xterm", "LC_ALL": "C.UTF-8", "HISTFILE": "/dev/null"}[name])


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="these shells and pseudo-terminals are POSIX")
@pytest.mark.parametrize("shell", SOURCES)
def test_tab_completes_in_a_shell(on_the_path: None, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"needs {shell}")
    for typed, awaited, shown in zip(COMPLETED, COMPLETED.values(), at_the_prompt(shell, COMPLETED), strict=True):
        assert awaited in shown, typed


def test_the_guide_shows_the_tested_shell_setup() -> None:
    guide = (Path(__file__).parents[1] / "data" / "guide" / "start.md").read_text(encoding="utf-8")
    for source in SOURCES.values():
        assert f" {source.rpartition('&& ')[2]}\n" in guide


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("fish") is None, reason="needs fish, which lists what it offers")
def test_fish_shows_ids_with_their_names(on_the_path: None) -> None:
    script = f"{SOURCES['fish']}; complete -C 'stretch routine --area '; complete -C 'stretch routine --avoid '"
    done = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True, text=True, check=True, timeout=60)
    shown = dict(line.split("\t") for line in done.stdout.splitlines() if "\t" in line)
    assert shown["lower-back"] == "Lower back"
    assert {*CATALOG.areas, *CATALOG.groups, *TAGS} == set(shown)


def at_the_prompt(shell: str, lines: dict[str, str]) -> list[str]:
    """Type each of *lines* into an interactive *shell*, with Tab, and return what came back until what is awaited."""
    import pty

    pid, master = pty.fork()
    if pid == 0:
        os.execvp(shell, [shell, *QUIET[shell], "-i"])
    try:
        # The mark is spelled so that it is not in what the shell repeats of it.
        os.write(master, f"{SOURCES[shell]}; echo rea''dy\r".encode())
        _read(master, "ready")
        found = []
        for typed, awaited in lines.items():
            os.write(master, f"{typed}\t".encode())
            found.append(_read(master, awaited))
            os.write(master, ERASE_LINE)
        return found
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        os.close(master)


def _read(master: int, awaited: str) -> str:
    deadline, seen = time.monotonic() + PATIENCE_S, ""
    while awaited not in seen and (left := deadline - time.monotonic()) > 0:
        if select.select([master], [], [], left)[0]:
            seen += os.read(master, 65536).decode(errors="replace")
    return seen


@pytest.mark.parametrize(
    ("option", "value", "meant"),
    [("--position", "sitting", "seated"), ("--position", "back", "supine"), ("--equipment", "towel", "strap")],
)
def test_a_word_of_a_label_suggests_the_choice(option: str, value: str, meant: str) -> None:
    result = run("routine", "--plan", option, value)
    assert result.exit_code == 2
    assert f"Did you mean {meant}" in result.stderr


def test_choices_may_have_capitals() -> None:
    assert run("routine", "--plan", "--position", "Supine").exit_code == 0


@pytest.mark.parametrize("minutes", ["2.5", "2,5", "2:30"])
def test_minutes_may_be_written_in_several_ways(minutes: str) -> None:
    assert run("neck", "--plan", "-m", minutes).stdout == run("neck", "--plan", "-m", "2.5min").stdout
