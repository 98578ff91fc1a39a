"""The README and the guide name every key and package, and only files that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stretch import __version__
from stretch.player.keymap import KEYMAP

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "data" / "guide" / "architecture.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", ["README.md", "data/guide/session.md"])
def test_every_key_is_in_the_documentation(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    for binding in KEYMAP:
        assert f"| `{binding.label}` | {binding.help} |" in text


def test_the_readme_fits_a_page() -> None:
    assert len(README.splitlines()) <= 120


def test_the_architecture_diagram_lists_every_package_and_only_existing_modules() -> None:
    diagram = ARCHITECTURE.split("```")[1].partition("src/stretch/")[2].partition("data/ ")[0]
    modules = [path.relative_to(ROOT / "src" / "stretch") for path in (ROOT / "src" / "stretch").rglob("*.py")]
    assert set(re.findall(r"(\w+)/ ", diagram)) == {module.parent.name for module in modules} - {""}
    assert set(re.findall(r"\w+\.py", diagram)) <= {module.name for module in modules}


def test_files_named_in_the_architecture_exist() -> None:
    package = ROOT / "src" / "stretch"
    named = set(re.findall(r"`([a-z_./-]+\.(?:py|yaml))`", ARCHITECTURE))
    assert len(named) > 20
    for name in named:
        assert (ROOT / name).is_file() or (package / name).is_file() or ("/" not in name and [*package.rglob(name)]), (
            name
        )


def test_the_changelog_has_this_version() -> None:
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f'version = "{__version__}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
