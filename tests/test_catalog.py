"""Loading catalogs: user entries replace shipped ones, and problems are reported with file, line and field."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from stretch.core.errors import CatalogError
from stretch.core.model import EntryOrigin
from stretch.core.planning.builder import build_routine
from stretch.core.routine import Request
from stretch.storage.catalogs.catalog import load_catalog, load_figures, load_sources
from stretch.storage.catalogs.catalog_lint import check_catalogs
from stretch.storage.files.diagnostics import Diagnostics
from stretch.storage.files.locations import data_root
from support import CATALOG

DEFECTS = [  # file, old text, new text, part of the error
    ("stretches/open-book.yaml", "level: gentle", "level: easy", "open-book.yaml:14: level: must be one of gentle"),
    ("stretches/open-book.yaml", "reps: 6", "reps: 0", "open-book.yaml:11: dose.reps: must be at least 1, not 0"),
    ("stretches/open-book.yaml", "reps: 6", "reps: six", "dose.reps: must be a whole number, not 'six'"),
    ("stretches/open-book.yaml", "reps: 6", "rep: 6", "dose.rep: unknown field; did you mean reps?"),
    ("stretches/open-book.yaml", "desk: false", "desk: no", "desk: must be true or false, not 'no'"),
    ("stretches/open-book.yaml", "desk: false", "desk: false\ncolour: blue", "yaml:16: colour: unknown field"),
    ("stretches/open-book.yaml", "mode: dynamic\n", "", "open-book.yaml:1: mode: is missing; add it: static: held"),
    ("stretches/open-book.yaml", "side_means: lie with your {side} arm on top\n", "", "side_means"),
    ("stretches/open-book.yaml", "primary: [upper-back, chest]", "primary: [upper-bak]", "yaml:5: areas.primary.0: "),
    ("stretches/open-book.yaml", "per_side_s: 60", "per_side_s: 50", "the dose adds up to 60, not 50"),
    ("stretches/open-book.yaml", "id: open-book", "id: open-box", "open-book.yaml:1: id: is 'open-box', but the file"),
    ("stretches/open-book.yaml", "id: open-book", "id: Open-Book", "a to z, digits and single dashes"),
    ("stretches/open-book.yaml", "dose: {reps: 6}", "dose: {reps: 6, hold_s: 20}", "takes no hold_s"),
    ("stretches/open-book.yaml", "source: [", "source: ['a b', ", "use letters A to Z"),
    ("stretches/sphinx.yaml", "hold_s: 20", "hold_s: 90", "sphinx.yaml:10: dose.hold_s: must be at most 60, not 90"),
    ("stretches/sphinx.yaml", "hold_s: 20", "hold_s: 20.5", "dose.hold_s: must be a whole number, not 20.5"),
    ("stretches/sphinx.yaml", "dose: {hold_s: 20, reps: 3}", "dose: {reps: 3}", "a static stretch needs hold_s"),
    ("stretches/sphinx.yaml", "dose: {hold_s: 20, reps: 3}", "dose: 20", "dose: must be a mapping, not 20"),
    ("stretches/sphinx.yaml", "id: sphinx", "id: sphinx\n  bad: [", "sphinx.yaml:2: not valid YAML"),
    ("stretches/sphinx.yaml", "id: sphinx", "id: sphinx\n\tbad: [", "sphinx.yaml:2: not valid YAML: a tab; indent"),
    ("stretches/sphinx.yaml", "adapt: [shoulder,", "adapt: [stenosis, shoulder,", "is under both avoid and adapt"),
    ("stretches/sphinx.yaml", "breath: Breathe into", "breath: In: into", "a colon where none can be; put the text in"),
    ("stretches/sphinx.yaml", "  - Look at", "  - Look: at", "steps.2: must be text, not a mapping; put it in quotes"),
    ("stretches/sphinx.yaml", "equipment: [mat]", "equipment: mat", "equipment: must be a list such as [a, b]"),
    ("stretches/sphinx.yaml", "equipment: [mat]", "equipment: [none, mat]", "none cannot be combined"),
    ("stretches/sphinx.yaml", "equipment: [mat]", "equipment: []", "equipment: is empty; fill it in: everything"),
    ("stretches/sphinx.yaml", "level: gentle", "level: Gentle", "level: is 'Gentle'; did you mean gentle?"),
    ("stretches/sphinx.yaml", "position: prone", "position: lying", "position: must be one of standing, seated"),
    ("stretches/sphinx.yaml", "pregnancy,", "pregnant,", "cautions.avoid.1: is 'pregnant'; did you mean pregnancy?"),
    ("stretches/sphinx.yaml", "aliases: [", "aliases: [7, ", "aliases.0: must be text, not 7; put it in quotes"),
    ("stretches/sphinx.yaml", "name: Sphinx", f"name: {'x' * 81}", "name: must have at most 80 characters, not 81"),
    ("areas.yaml", "partners: [core]", "partners: [heart]", "yaml:6: areas.0.partners.0: there is no area 'heart'"),
    ("areas.yaml", "areas: [hamstrings, quads, calves]", "areas: [toes]", "groups.2.areas.0: there is no area 'toes'"),
    ("areas.yaml", "id: back,", "id: neck,", "'neck' is the id of an area"),
    ("areas.yaml", "groups:", "grupps:", "grupps: unknown field; the fields are stretches, figures, programs"),
    ("programs.yaml", "{stretch: childs-pose, hold_s: 15", "{stretch: child-pose, hold_s: 15", "did you mean child"),
    ("programs.yaml", "{stretch: shoulder-rolls, reps: 10}", "{stretch: shoulder-rolls}", "items.1.reps: is missing"),
    ("programs.yaml", "programs:", "programs: 3 #", "not valid YAML"),
]  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(
        shutil.copytree(data_root(), tmp_path / "data", ignore=shutil.ignore_patterns("figures", "guide", "page"))
    )


def changed(stretch: str, /, **fields: str) -> str:
    """The text of a shipped stretch with other lines for some of its fields."""
    lines = (data_root() / "stretches" / f"{stretch}.yaml").read_text(encoding="utf-8").splitlines()
    return "\n".join(f"{key}: {fields[key]}" if (key := line.partition(":")[0]) in fields else line for line in lines)


def problems(*extra: Path) -> tuple[str, ...]:
    with pytest.raises(CatalogError) as raised:
        load_catalog(extra)
    return raised.value.problems


def test_a_copy_of_the_shipped_catalog_is_equal(root: Path) -> None:
    copied = load_catalog([root])
    for kind in ("stretches", "areas", "groups", "programs"):
        assert getattr(copied, kind) == getattr(CATALOG, kind)


@pytest.mark.parametrize(("name", "old", "new", "expected"), DEFECTS, ids=lambda text: text[:30])
def test_a_problem_is_reported_with_file_line_and_field(
    tmp_path: Path, name: str, old: str, new: str, expected: str
) -> None:
    text = (data_root() / name).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    found = problems(tmp_path)
    assert any(expected in problem for problem in found), found
    assert all(problem.startswith(str(tmp_path)) for problem in found)


def edit(file: Path, *changes: tuple[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")


def test_the_problems_of_all_entries_are_reported_sorted_by_line(root: Path) -> None:
    stretches = root / "stretches"
    edit(stretches / "open-book.yaml", ("spine: rotation", "spine: bent"))
    edit(stretches / "cat-cow.yaml", ("tier: 1\n", "tier: 1\nlength: 3\n"))
    edit(stretches / "butterfly.yaml", ("spine: neutral\n", ""))
    edit(
        stretches / "sphinx.yaml",
        ("adapt: [", "adapt: [stenosis, "),
        ("per_side_s: 60", "per_side_s: 50"),
        ("primary: [lower-back, core]", "primary: [cor]"),
        ("hold_s: 20, ", ""),
    )
    where = [problem.removeprefix(str(stretches))[1:].split(": ")[:2] for problem in problems(root)]
    assert where == [
        ["butterfly.yaml:1", "spine"],
        ["cat-cow.yaml:5", "length"],
        ["open-book.yaml:16", "spine"],
        ["sphinx.yaml:5", "areas.primary.0"],
        ["sphinx.yaml:10", "dose"],
        ["sphinx.yaml:11", "per_side_s"],
        ["sphinx.yaml:24", "cautions"],
    ]


def test_references_to_an_invalid_entry_are_not_reported(root: Path) -> None:
    path = root / "stretches" / "cat-cow.yaml"
    for broken in (path.read_text(encoding="utf-8").replace("level: gentle", "level: soft"), "["):
        path.write_text(broken, encoding="utf-8")
        assert len(problems(root)) == 1


def test_a_user_entry_replaces_the_shipped_one_and_its_origin_is_noted(tmp_path: Path) -> None:
    (tmp_path / "stretches").mkdir()
    file = tmp_path / "stretches" / "sphinx.yaml"
    file.write_text(changed("sphinx", name="My sphinx"), encoding="utf-8")
    other = tmp_path / "stretches" / "low-sphinx.yaml"
    other.write_text(changed("sphinx", id="low-sphinx"), encoding="utf-8")
    catalog = load_catalog(extra=[tmp_path])
    assert list(catalog.stretches) == [*CATALOG.stretches, "low-sphinx"]
    assert catalog.stretches["sphinx"].name == "My sphinx"
    assert catalog.origins == {
        ("stretch", "sphinx"): EntryOrigin(str(file), "the shipped one"),
        ("stretch", "low-sphinx"): EntryOrigin(str(other), None),
    }
    assert CATALOG.origins == {}


def test_the_last_catalog_wins(tmp_path: Path) -> None:
    first, last = tmp_path / "first.yaml", tmp_path / "last.yaml"
    first.write_text(changed("sphinx", name="First"), encoding="utf-8")
    last.write_text(changed("sphinx", name="Last"), encoding="utf-8")
    catalog = load_catalog(extra=[first, last])
    assert catalog.stretches["sphinx"].name == "Last"
    assert catalog.origins["stretch", "sphinx"] == EntryOrigin(str(last), f"the one in {first}")


BUNDLE = """\
areas:
  - {{id: heels, name: Heels, partners: [calves]}}
groups:
  - {{id: below, name: Below the knee, areas: [calves, heels]}}
programs:
  - {{id: for-me, name: For me, about: What my physiotherapist wrote., warm_up_min: 1,
     items: [{{stretch: toes, hold_s: 20, reps: 2}}, {{stretch: cat-cow, reps: 6}}]}}
stretches:
  - {stretch}
sources:
  - {{key: DR-WHO, supports: All of it, where: by mail}}
figures:
  - {{id: toes, target: [calf], keys: [{{spine: [90]}}]}}
"""


def test_one_file_can_hold_entries_of_all_kinds(tmp_path: Path) -> None:
    stretch = changed("calf-straight-knee", id="toes", areas="{primary: [heels]}", source="[DR-WHO]")
    file = tmp_path / "physio.yaml"
    file.write_text(BUNDLE.format(stretch=stretch.replace("\n", "\n    ")), encoding="utf-8")
    for extra in (file, tmp_path):
        catalog = load_catalog(extra=[extra])
        assert catalog.stretches["toes"].areas.primary == ("heels",)
        assert catalog.programs["for-me"].items[0].stretch == "toes"
        assert catalog.groups["below"].areas == ("calves", "heels")
        assert load_sources(extra=[extra])["DR-WHO"].where == "by mail"
        assert load_figures(["toes", "cat-cow"], [extra])["toes"].muscles == ("calf",)
    routine = build_routine(catalog, Request(areas=("heels",), minutes=6))
    assert "toes" in [item.stretch.id for item in routine.items]


@pytest.mark.parametrize("what", ["one stretch", "a list of stretches", "one program", "a list of programs"])
def test_the_kind_of_an_entry_is_recognized(tmp_path: Path, what: str) -> None:
    text = changed("sphinx", id="mine") if "stretch" in what else PROGRAM
    file = tmp_path / "file.yml"
    file.write_text("- " + text.replace("\n", "\n  ") if "list" in what else text, encoding="utf-8")
    catalog = load_catalog(extra=[file])
    assert "mine" in (catalog.stretches if "stretch" in what else catalog.programs)


PROGRAM = "id: mine\nname: Mine\nabout: Mine.\nwarm_up_min: 0\nitems: [{stretch: cat-cow, reps: 6}]"


def test_data_that_is_not_an_entry_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "letter.yaml"
    file.write_text("- Dear Sir\n- {a: b}\n", encoding="utf-8")
    assert [problem.split("; ")[0] for problem in problems(file)] == [
        f"{file}:1: 0: 'Dear Sir' is not an entry",
        f"{file}:2: 1: this is not an entry",
    ]
    file.write_text("# nothing yet\n", encoding="utf-8")
    assert "is empty" in problems(file)[0]
    assert load_catalog(extra=[tmp_path]) == CATALOG


def test_ids_are_unique_within_a_catalog(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(changed("sphinx"), encoding="utf-8")
    assert problems(tmp_path) == (
        f"{tmp_path / 'b.yaml'}:1: id: there is another stretch 'sphinx' in {tmp_path / 'a.yaml'}; rename one",
    )


def test_a_file_in_several_catalogs_is_read_once(tmp_path: Path) -> None:
    file = tmp_path / "physio.yaml"
    file.write_text(changed("sphinx", id="low-sphinx"), encoding="utf-8")
    (tmp_path / "again").symlink_to(tmp_path)
    for extra in ([file, file], [tmp_path, file], [file, tmp_path], [tmp_path, tmp_path / "again"]):
        assert load_catalog(extra=extra).origins["stretch", "low-sphinx"].replaces is None


def test_an_area_and_a_group_cannot_share_an_id(tmp_path: Path) -> None:
    file = tmp_path / "areas.yaml"
    file.write_text("areas: [{id: back, name: Back}]\ngroups: [{id: hips, name: Hips, areas: [hips]}]", "utf-8")
    assert problems(file) == (
        f"{file}:1: areas.0.id: 'back' is the id of a group of areas; choose another",
        f"{file}:2: groups.0.id: 'hips' is the id of an area; choose another",
    )
    file.write_text("areas: [{id: feet, name: A}]\ngroups: [{id: feet, name: B, areas: [hips]}]", "utf-8")
    assert [line.split(": ")[1] for line in problems(file)] == ["groups.0.id"]


def test_a_shipped_program_is_checked_against_a_replaced_stretch(tmp_path: Path) -> None:
    file = tmp_path / "held.yaml"
    file.write_text(
        changed("cat-cow", mode="static", dose="{hold_s: 20, reps: 2}", pace="null", per_side_s="40"), encoding="utf-8"
    )
    found = problems(file)
    assert len(found) == 3
    assert all("a static stretch needs hold_s (your catalog replaces cat-cow" in problem for problem in found)
    assert str(data_root() / "programs.yaml:") in found[0]


def test_an_entry_with_blank_fields_is_left_out_and_its_file_noted(tmp_path: Path) -> None:
    file = tmp_path / "draft.yaml"
    for fields in ({"name": "", "spine": ""}, {"tier": "9", "spine": ""}):
        file.write_text(changed("sphinx", id="draft", **fields), encoding="utf-8")
        catalog = load_catalog(extra=[tmp_path])
        assert catalog.incomplete_files == (str(file),)
        assert catalog.stretches == CATALOG.stretches
        assert [entry.field for entry in check_catalogs([tmp_path]).diagnostics] == [*fields]


def test_session_and_safety_files_cannot_be_replaced(root: Path) -> None:
    (root / "session.yaml").write_text("settle: {lying: Jump.}", encoding="utf-8")
    (root / "safety.yaml").write_text("checklist: []", encoding="utf-8")
    catalog = load_catalog(extra=[root])
    assert (catalog.settle, catalog.warm_up) == (CATALOG.settle, CATALOG.warm_up)


def test_hidden_files_and_other_file_types_are_ignored(tmp_path: Path) -> None:
    for name in (".DS_Store", "._cat.yaml", "README.md", "cat.yaml~"):
        (tmp_path / name).write_bytes(b"\x00\x01")
    assert load_catalog(extra=[tmp_path]) == CATALOG


def test_white_space_of_any_kind_becomes_one_space(tmp_path: Path) -> None:
    file = tmp_path / "file.yaml"
    file.write_text(changed("sphinx", name=">\n  My\u00a0own\n  \u202f sphinx\n"), encoding="utf-8")
    assert load_catalog(extra=[file]).stretches["sphinx"].name == "My own sphinx"


def test_yaml_aliases_work(tmp_path: Path) -> None:
    file = tmp_path / "file.yaml"
    file.write_text(
        changed("sphinx", cautions="{avoid: &tags [pregnancy], adapt: [disc]}", also="[]"), encoding="utf-8"
    )
    text = file.read_text(encoding="utf-8").replace("source: [", "source: &keys [")
    assert load_catalog(extra=[file]).stretches["sphinx"].cautions.avoid == ("pregnancy",)
    both = [text, text.replace("id: sphinx", "id: other").replace("&keys [NHS-LBP-EX, MDT]", "*keys")]
    file.write_text("".join("- " + each.replace("\n", "\n  ") + "\n" for each in both), encoding="utf-8")
    stretches = load_catalog(extra=[file]).stretches
    assert stretches["other"].source == stretches["sphinx"].source != ()


def test_figures_come_from_the_last_catalog_that_has_them(tmp_path: Path) -> None:
    (tmp_path / "figures").mkdir()
    text = (data_root() / "figures" / "sphinx.yaml").read_text(encoding="utf-8")
    (tmp_path / "figures" / "sphinx.yaml").write_text(
        text.replace("target: [abs]", "target: [chest]"), encoding="utf-8"
    )
    (tmp_path / "figures" / "broken.yaml").write_text("id: broken", encoding="utf-8")
    found = load_figures(["sphinx", "cat-cow", "nothing", "../figures/sphinx"], [tmp_path])
    assert list(found) == ["sphinx", "cat-cow"]
    assert found["sphinx"].muscles == ("chest",)
    with pytest.raises(CatalogError, match=r"broken\.yaml:1: keys: is missing"):
        load_figures(["broken"], [tmp_path])


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("target: [abs]", "target: [tail]", "target: there is no muscle called 'tail'"),
        ("id: sphinx", "id: ../sphinx", "id: is '../sphinx'; use a to z"),
        ("target: [abs]", "target: [abs]\nframe: [0, 0, 90000, 9]", "frame.2: must be at most 1000, not 90000"),
        ("target: [abs]", f"target: [{'abs, ' * 60}]", "target: must have at most 50 entries, not 60"),
        ("target: [abs]", "target: [abs]\nframe: [0, 0, 0, 0]", "frame: is empty"),
        ("target: [abs]", f"target: ['abs.{'x' * 500}']", "must have at most 400 characters"),
    ],
)
def test_a_figure_that_cannot_be_drawn_is_refused(tmp_path: Path, old: str, new: str, expected: str) -> None:
    text = (data_root() / "figures" / "sphinx.yaml").read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "figure.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogError) as raised:
        load_figures(["sphinx"], [file])
    assert expected in str(raised.value)


def test_notes_do_not_raise_and_are_not_among_the_problems(tmp_path: Path) -> None:
    diagnostics = Diagnostics()
    diagnostics.add_line(tmp_path / "mine.yaml", 2, "perhaps", level="note")
    diagnostics.raise_or_call(None)
    diagnostics.add_line(tmp_path / "mine.yaml", 3, "wrong")
    with pytest.raises(CatalogError) as caught:
        diagnostics.raise_or_call(None)
    assert caught.value.problems == (f"{tmp_path / 'mine.yaml'}:3: wrong",)
