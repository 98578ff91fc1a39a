"""The README is true: every command, option and key is in it, and its commands are the ones that work."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stretch import __version__
from stretch.cli import COMMANDS, main
from stretch.player.keymap import KEYMAP

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_in_the_readme(name: str) -> None:
    assert f"stretch {name}" in README
    for option in main.get_command(None, name).params:
        for spelling in option.opts:
            if spelling.startswith("--"):
                assert spelling in README, f"{name} {spelling}"


def test_every_key_is_in_the_readme_as_the_keymap_says_it() -> None:
    for binding in KEYMAP:
        assert f"| `{binding.label}` | {binding.help} |" in README


def test_every_wing_is_in_the_picture_of_the_house_and_every_room_it_names_is_there() -> None:
    picture = README.split("## Architecture")[1].split("```")[1].partition("src/stretch/")[2].partition("data/ ")[0]
    rooms = [path.relative_to(ROOT / "src" / "stretch") for path in (ROOT / "src" / "stretch").rglob("*.py")]
    assert set(re.findall(r"(\w+)/ ", picture)) == {room.parent.name for room in rooms} - {""}
    assert set(re.findall(r"\w+\.py", picture)) <= {room.name for room in rooms}


def test_every_file_the_readme_names_is_there() -> None:
    house = ROOT / "src" / "stretch"
    named = set(re.findall(r"`([a-z_./-]+\.(?:py|yaml))`", README.partition("## Architecture")[2]))
    assert len(named) > 20
    for name in named:
        assert (ROOT / name).is_file() or (house / name).is_file() or ("/" not in name and [*house.rglob(name)]), name


def test_the_changelog_has_this_version() -> None:
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f'version = "{__version__}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
