"""Reading a catalog: what is wrong in a file is said with the file, the line and the field, all of it at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from stretch.core.errors import CatalogError
from stretch.store.catalog import data_root, load

DEFECTS = [  # file, what is replaced, by what, what is said
    ("stretches/open-book.yaml", "level: gentle", "level: easy", "open-book.yaml:14: level: "),
    ("stretches/open-book.yaml", "reps: 6", "reps: 0", "open-book.yaml:11: dose.reps: "),
    ("stretches/open-book.yaml", "reps: 6", "reps: six", "dose.reps: expected int, got str"),
    ("stretches/open-book.yaml", "desk: false", "desk: false\ncolour: blue", "open-book.yaml:16: colour: there is no"),
    ("stretches/open-book.yaml", "mode: dynamic\n", "", "mode: is missing"),
    ("stretches/open-book.yaml", "side_means: the top arm\n", "", "side_means"),
    ("stretches/open-book.yaml", "primary: [upper-back]", "primary: [upper-bak]", "yaml:5: areas.primary.0: "),
    ("stretches/open-book.yaml", "per_side_s: 60", "per_side_s: 50", "the dose makes 60, not 50"),
    ("stretches/open-book.yaml", "id: open-book", "id: open-box", "id: must be the name of the file"),
    ("stretches/open-book.yaml", "dose: {reps: 6}", "dose: {reps: 6, hold_s: 20}", "takes no hold_s"),
    ("stretches/sphinx.yaml", "hold_s: 20", "hold_s: 90", "sphinx.yaml:10: dose.hold_s: "),
    ("stretches/sphinx.yaml", "dose: {hold_s: 20, reps: 3}", "dose: {reps: 3}", "a static stretch needs hold_s"),
    ("stretches/sphinx.yaml", "id: sphinx", "id: sphinx\n  bad: [", "sphinx.yaml:2: not valid YAML"),
    ("stretches/sphinx.yaml", "adapt: [shoulder,", "adapt: [stenosis, shoulder,", "is under avoid and under adapt"),
    ("areas.yaml", "partners: [core]", "partners: [heart]", "areas.yaml:6: areas.0.partners: there is no area 'heart'"),
    ("areas.yaml", "areas: [hamstrings, quads, calves]", "areas: [toes]", "groups.2.areas.0: there is no area 'toes'"),
    ("programs.yaml", "{stretch: childs-pose, hold_s: 15", "{stretch: child-pose, hold_s: 15", "there is no stretch"),
    ("session.yaml", "rise:", "raise:", "settle.raise: there is no such field"),
]  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(shutil.copytree(str(data_root()), tmp_path / "data"))


def test_a_copy_loads_as_it_is(root: Path) -> None:
    assert len(load(root).stretches) == 49


@pytest.mark.parametrize(("name", "old", "new", "said"), DEFECTS, ids=lambda text: text[:30])
def test_a_defect_is_named_with_file_line_and_field(root: Path, name: str, old: str, new: str, said: str) -> None:
    text = (root / name).read_text(encoding="utf-8")
    assert old in text
    (root / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogError) as raised:
        load(root)
    assert any(said in problem for problem in raised.value.problems), raised.value.problems


def test_all_problems_are_said_at_once(root: Path) -> None:
    for name in ("sphinx", "open-book"):
        path = root / "stretches" / f"{name}.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("level: gentle", "level: soft"), encoding="utf-8")
    with pytest.raises(CatalogError) as raised:
        load(root)
    assert [problem.split(":")[0] for problem in raised.value.problems] == [
        "stretches/open-book.yaml",
        "stretches/sphinx.yaml",
    ]
