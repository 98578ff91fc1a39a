"""Words of the project: a label for every value, one name for each module and class, plain documentation."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any, get_args

import pytest

from stretch.cli import COMMANDS
from stretch.core import vocabulary
from test_architecture import ALLOWED_IMPORTS, FILES, facts, module_name, package_name

ROOT = Path(__file__).parents[1]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
METAPHORS = (
    "board", "diary", "ears", "gate", "hopes", "house", "ink", "leaders", "manner", "manners", "prices", "scribe",
    "shelf", "strikes", "twins", "wing",
)  # fmt: skip
"""Private words for things that have a standard term."""


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        (vocabulary.Position, vocabulary.POSITION_LABELS),
        (vocabulary.Equipment, vocabulary.EQUIPMENT_LABELS),
        (vocabulary.Level, vocabulary.LEVEL_LABELS),
        (vocabulary.Mode, vocabulary.MODE_LABELS),
        (vocabulary.Spine, vocabulary.SPINE_LABELS),
        (vocabulary.Side, vocabulary.SIDE_LABELS),
        (vocabulary.Caution, vocabulary.CAUTION_LABELS),
        (vocabulary.Tag, vocabulary.TAG_LABELS),
        (vocabulary.Weekday, vocabulary.WEEKDAY_LABELS),
        (vocabulary.EntryKind, vocabulary.ENTRY_LISTS),
    ],
    ids=["position", "equipment", "level", "mode", "spine", "side", "caution", "tag", "weekday", "entry kind"],
)
def test_every_value_has_a_label(values: Any, labels: dict[str, str]) -> None:
    assert list(labels) == list(get_args(values))
    assert all(labels.values())


def test_every_breath_preset_has_a_label() -> None:
    assert all(preset.label for preset in vocabulary.BREATH_PRESETS.values())


def test_module_names_are_unique_except_for_commands() -> None:
    modules = defaultdict(list)
    for path in FILES:
        if path.name != "__init__.py" and not (package_name(path) == "cli" and path.stem in COMMANDS):
            modules[path.stem].append(module_name(path))
    assert not [names for names in modules.values() if len(names) > 1]


def test_class_names_are_unique_within_neighbouring_layers() -> None:
    classes = defaultdict(list)
    for path in FILES:
        for name in facts(path).classes:
            classes[name].append(path)
    assert not [
        f"{name} in {module_name(one)} and {module_name(other)}"
        for name, paths in classes.items()
        for one, other in combinations(paths, 2)
        if package_name(one) in ALLOWED_IMPORTS[package_name(other)]
        or package_name(other) in ALLOWED_IMPORTS[package_name(one)]
    ]


def test_module_docstrings_begin_with_the_subject() -> None:
    docstrings = {path: facts(path).docstring for path in (*FILES, *TESTS)}
    free_relative = re.compile(r"(What|How|Who|Whom|Whose|Which|Where|When|Whether)\b")
    assert not [f"{path}: {text}" for path, text in docstrings.items() if free_relative.match(text)]


def test_no_file_uses_private_metaphors() -> None:
    words = re.compile(rf"\b({'|'.join(METAPHORS)})\b", re.IGNORECASE)
    assert not [
        f"{path}:{number}: {line.strip()}"
        for path in (*FILES, *TESTS, ROOT / "README.md", *(ROOT / "data" / "guide").iterdir())
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if words.search(line)
    ]
