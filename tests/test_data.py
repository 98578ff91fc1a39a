"""The shipped catalog: valid, complete, and with the numbers of the reviewed content."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import msgspec
import pytest
import yaml

import content_rules
from stretch.core.model import Stretch, per_side_s
from stretch.core.planning.eligibility import caution_conflicts
from stretch.core.routine import Request
from stretch.core.vocabulary import CAUTION_LABELS, TAGS, UPRIGHT, Caution, Equipment, Side
from stretch.storage.catalogs.catalog import load_figures, load_sources
from stretch.storage.catalogs.catalog_lint import check_catalogs
from stretch.storage.files.locations import data_root
from stretch.storage.files.safe_yaml import read_yaml
from stretch.storage.files.shipped import load_safety
from support import CATALOG, for_each

STRETCHES = list(CATALOG.stretches.values())
SOURCES = load_sources()
GOLDEN = Path(__file__).parent / "golden" / "stretches.txt"
CONTENT_COVERAGE = {
    "lower-back": 16, "upper-back": 9, "hips": 5, "hip-flexors": 4, "glutes": 6, "piriformis": 4, "hamstrings": 8,
    "quads": 4, "calves": 4, "core": 6, "neck": 5, "shoulders": 4, "chest": 5, "inner-thighs": 4, "wrists": 6,
    "hands": 6, "ankles": 4, "feet": 6,
}  # fmt: skip


def test_there_are_86_stretches_55_for_the_desk() -> None:
    assert len(STRETCHES) == 86
    assert sum(stretch.desk for stretch in STRETCHES) == 55
    assert Counter(stretch.mode for stretch in STRETCHES) == {"static": 60, "dynamic": 25, "contract-relax": 1}
    assert Counter(stretch.tier for stretch in STRETCHES) == {1: 63, 2: 23}
    assert [s.id for s in STRETCHES if s.opt_in] == ["cow-face-legs", "standing-forward-fold"]


@for_each("area", CONTENT_COVERAGE)
def test_each_area_has_the_expected_number_of_stretches(area: str) -> None:
    assert sum(area in stretch.areas.primary for stretch in STRETCHES) == CONTENT_COVERAGE[area]


def test_the_shipped_catalog_has_no_problems_and_no_notes() -> None:
    report = check_catalogs([data_root()])
    assert list(map(str, report.diagnostics)) == []
    assert report.counts == {
        "stretch": 86, "figure": 98, "program": 12, "area": 18, "group": 6, "source": 107
    }  # fmt: skip


@for_each("stretch", STRETCHES)
def test_texts_are_short_agree_with_the_sides_and_leave_counts_to_the_timer(stretch: Stretch) -> None:
    assert [*content_rules.check_wording(stretch), *content_rules.find_counts(stretch)] == []
    assert [*content_rules.check_cue_lengths(stretch)] == []


def test_programs_hold_no_area_and_no_stretch_for_longer_than_is_of_use() -> None:
    for program in CATALOG.programs.values():
        assert [*content_rules.check_area_doses(program, CATALOG.stretches)] == []
        assert [*content_rules.check_item_doses(program, CATALOG.stretches)] == []


def test_each_figure_highlights_a_muscle_of_its_stretch() -> None:
    for name, figure in load_figures(CATALOG.stretches).items():
        assert [*content_rules.check_target_muscles(figure.muscles, CATALOG.stretches[name])] == []


@for_each("stretch", STRETCHES)
def test_each_stretch_has_a_source_and_the_right_seconds_per_side(stretch: Stretch) -> None:
    assert stretch.source
    assert stretch.per_side_s == per_side_s(stretch)


def test_an_easier_way_can_be_done_without_knowing_another_stretch() -> None:
    names = "|".join(re.escape(name) for stretch in STRETCHES for name in (stretch.name, *stretch.aliases))
    another = re.compile(rf"\b(?:do|use)\b.* (?:{names})s?\b", re.IGNORECASE)
    assert [stretch.id for stretch in STRETCHES if another.search(stretch.ease_off)] == []


def texts(stretch: Stretch) -> dict[str, str]:
    """Every text of a stretch; one that names a side is there as it is on the left and on the right."""
    left, right = dict(stretch.for_side("left").texts()), dict(stretch.for_side("right").texts())
    rows: dict[str, str] = {}
    for path, text in stretch.texts():
        name = " ".join(str(key + 1) if isinstance(key, int) else key for key in path)
        sides = {f"{name}, left": left[path], f"{name}, right": right[path]}
        rows |= {name: text} if left[path] == text else sides
    return rows


def summary(stretch: Stretch) -> str:
    """Every sentence and number of a stretch, which must not change unnoticed."""
    given = {name: value for name, value in msgspec.to_builtins(stretch.dose).items() if value is not None}
    dose = msgspec.json.encode(given).decode().replace('"', "")
    marks = [
        f"tier {stretch.tier}",
        *["desk"] * stretch.desk,
        *["opt-in"] * stretch.opt_in,
        *filter(None, [stretch.family]),
    ]
    rows = {
        "name": "; ".join((stretch.name, *stretch.aliases)),
        "for": f"{', '.join(stretch.areas.primary)}; reaches {', '.join(stretch.areas.secondary) or 'nothing else'}",
        "in": f"{', '.join((stretch.position, *stretch.also))}; needs {', '.join(stretch.equipment)}",
        "dose": f"{stretch.mode} {dose}, {stretch.per_side_s} s a side, {stretch.level}, spine {stretch.spine}",
        "marks": ", ".join(marks),
        "sides": stretch.sides,
        **texts(stretch),
        "avoid": ", ".join(stretch.cautions.avoid),
        "adapt": ", ".join(stretch.cautions.adapt),
        "source": ", ".join(stretch.source),
    }
    return "".join([f"{stretch.id}\n", *(f"  {name}: {text}\n" for name, text in rows.items() if text)])


def test_texts_doses_areas_and_cautions_match_the_reviewed_file(pytestconfig: pytest.Config) -> None:
    now = "\n".join(summary(stretch) for stretch in sorted(STRETCHES, key=lambda stretch: stretch.id))
    if pytestconfig.getoption("--update-golden"):
        GOLDEN.write_text(now, encoding="utf-8")
    assert now == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("tag", CAUTION_LABELS)
def test_a_routine_leaves_out_what_the_stretch_says_to_leave_out(tag: Caution) -> None:
    for stretch in STRETCHES:
        dropped = bool(caution_conflicts(stretch, Request(avoid=(tag,))))
        assert dropped == (tag in stretch.cautions.avoid), stretch.id


TWO_SIDED = [stretch for stretch in STRETCHES if stretch.both_sides]


@for_each("stretch", TWO_SIDED)
def test_the_side_named_first_is_the_side_that_is_called_out(stretch: Stretch) -> None:
    assert stretch.side_means
    for text in (stretch.side_means, " ".join(stretch.steps)):
        assert "{side}" in text
        assert text.index("{side}") < (text + "{other}").index("{other}")


@for_each("stretch", TWO_SIDED)
def test_no_side_is_left_to_guess(stretch: Stretch) -> None:
    for path, text in stretch.texts():
        assert not re.search(
            r"\b(one|opposite|the other|same) (leg|knee|foot|heel|ankle|arm|hand|shoulder|side)\b", text
        ), path
    sides: tuple[tuple[Side, Side], ...] = (("left", "right"), ("right", "left"))
    for side, other in sides:
        filled = dict(stretch.for_side(side).texts())
        assert not any("{" in text for text in filled.values())
        assert stretch.side_means
        assert filled["side_means",].count(side) == stretch.side_means.count("{side}")
        assert filled["side_means",].count(other) == stretch.side_means.count("{other}")


def test_every_stretch_says_where_it_is_felt_and_has_a_name_that_fits() -> None:
    for stretch in STRETCHES:
        assert stretch.feel, stretch.id
        assert len(stretch.name) <= 28, stretch.id


def test_texts_can_be_read_aloud() -> None:
    for stretch in STRETCHES:
        for path, text in ((("name",), stretch.name), *stretch.texts()):
            assert not re.search(r"[/&+*=()\[\]#%]|\d|\b(cm|mm|kg|sec|min|approx|e\.g|i\.e|etc|vs)\b", text), (
                stretch.id,
                path,
            )


def test_texts_are_in_everyday_words() -> None:
    jargon = re.compile(r"all fours|sitting bones|ribs flare|back ribs|breastbone|\b(?:tail|tuck your)\b")
    assert not [(s.id, path) for s in STRETCHES for path, text in s.texts() if jargon.search(text)]


def test_floor_stretches_need_a_mat() -> None:
    for stretch in STRETCHES:
        if stretch.position not in (*UPRIGHT, "kneeling") and not stretch.also:
            assert "mat" in stretch.equipment, stretch.id


@pytest.mark.parametrize(
    ("thing", "words"), [("step", r"\blow step\b|\bstair\b"), ("doorway", r"\b(doorway|corner)\b")]
)
def test_a_step_and_a_doorway_are_listed_where_the_steps_use_them(thing: Equipment, words: str) -> None:
    using = [stretch.id for stretch in STRETCHES if re.search(words, " ".join(stretch.steps))]
    assert using == [stretch.id for stretch in STRETCHES if thing in stretch.needs]
    assert len(using) == 2


def test_groups_have_the_expected_areas() -> None:
    assert {name: group.areas for name, group in CATALOG.groups.items()} == {
        "back": ("lower-back", "upper-back"),
        "spine": ("lower-back", "upper-back"),
        "legs": ("hamstrings", "quads", "calves"),
        "hip-area": ("hips", "hip-flexors", "glutes", "piriformis", "inner-thighs"),
        "arms": ("shoulders", "wrists", "hands"),
        "desk": ("neck", "shoulders", "chest", "wrists"),
    }


@for_each("file", sorted(data_root().rglob("*.yaml")))
def test_a_standard_yaml_loader_reads_the_same_data(file: Path) -> None:
    """Ours is YAML 1.2; in the shipped files an older reader must not find a date, a yes or a number elsewhere."""
    theirs = yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)
    assert repr(read_yaml(file)) == repr(theirs)


def test_partners_are_mutual() -> None:
    for area in CATALOG.areas.values():
        for partner in area.partners:
            assert area.id in CATALOG.areas[partner].partners or partner in ("core",)


def test_every_source_has_a_grade_and_every_citation_a_source() -> None:
    assert Counter(source.grade for source in SOURCES.values()) == {"A": 55, "B": 24, "C": 23, "seed": 5}
    safety = load_safety()
    for part in safety.checklist:
        for line in part.lines:
            assert set(line.source) <= set(SOURCES), line.id


def test_the_warm_up_has_five_moves_standing_and_seated() -> None:
    assert len(CATALOG.warm_up.standing) == len(CATALOG.warm_up.seated) == 5


def test_what_changes_direction_halfway_says_so_in_its_text() -> None:
    moves = ((move.id, move.halfway, move.text) for move in (*CATALOG.warm_up.standing, *CATALOG.warm_up.seated))
    stretches = ((stretch.id, stretch.halfway, " ".join(stretch.steps)) for stretch in STRETCHES)
    for name, halfway, text in (*moves, *stretches):
        says = re.search(r"(?i)change direction halfway|half the time each way", text)
        assert bool(says) is bool(halfway), name
        assert not halfway or halfway.startswith("Change direction"), name


def test_stretches_use_every_caution() -> None:
    used = {tag for s in STRETCHES for tag in (*s.cautions.avoid, *s.cautions.adapt)}
    assert used == set(TAGS) - {"floor", "older-adult"}


def test_the_data_folder_has_every_file() -> None:
    names = {path.name for path in Path(str(data_root())).iterdir()}
    assert {"areas.yaml", "programs.yaml", "safety.yaml", "session.yaml", "sources.yaml", "stretches"} <= names
