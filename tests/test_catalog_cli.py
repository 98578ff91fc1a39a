"""`stretch catalog`: the template, the check and the JSON Schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import Result

from stretch.cli import COMMANDS
from stretch.core.model import Stretch
from stretch.core.vocabulary import ENTRY_LISTS, TAGS
from stretch.storage.catalogs.authoring import catalog_schema
from stretch.storage.catalogs.catalog import load_catalog
from stretch.storage.files.locations import data_root
from support import CATALOG, run

BLANKS = {
    "name:": "name: Seated knee hug",
    "primary:": "primary: [glutes, hips]",
    "position:": "position: seated",
    "spine:": "spine: flexion",
    "breath:": "breath: Draw in on the breath out.",
    "mistake:": "mistake: Slumping.",
    "ease_off:": "ease_off: Hold the knee lower.",
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STRETCH_HOME", str(tmp_path / "home"))
    monkeypatch.setitem(COMMANDS, "catalog", ("stretch.cli.catalog", "Stretches of your own."))
    return tmp_path / "home"


def catalog(*args: str) -> Result:
    return run("catalog", *args)


def filled(template: str) -> str:
    """The template as somebody fills it in: what is blank, and nothing else."""
    lines = template.splitlines()
    for number, line in enumerate(lines):
        if (blank := line.strip()) in BLANKS:
            lines[number] = line.replace(blank, BLANKS[blank])
        elif blank == "-":
            lines[number] = f"{line} Draw the knee up."
    return "\n".join(lines)


def test_the_filled_template_passes_the_check(home: Path) -> None:
    made = catalog("new", "knee-hug")
    file = home / "catalog" / "stretches" / "knee-hug.yaml"
    assert (made.exit_code, made.stdout) == (0, f"{file}\n")
    template = file.read_text(encoding="utf-8")
    before = catalog("check")
    assert before.exit_code == 1
    assert len(before.stdout.splitlines()) == len(BLANKS) + 2
    file.write_text(filled(template), encoding="utf-8")
    after = catalog("check")
    assert (after.exit_code, after.stdout) == (0, "")
    line = template.splitlines().index("cautions:") + 1
    assert f"knee-hug.yaml:{line}: cautions: note: a bend forward without disc and osteoporosis" in after.stderr
    assert after.stderr.endswith("1 stretch; no problems.\n")
    assert load_catalog(extra=[home / "catalog"]).stretches["knee-hug"].name == "Seated knee hug"
    shown = run("show", "knee-hug").stdout
    assert f"From {file}." in shown
    assert "Sources" not in shown


def test_only_required_fields_of_the_template_are_blanks() -> None:
    template = catalog("new", "mine", "-o", "-").stdout
    blanks = {line.rstrip(":") for line in template.splitlines() if re.fullmatch(r"\w+:", line)}
    assert {"name", "breath"} <= blanks
    assert blanks <= {field.name for field in msgspec.structs.fields(Stretch) if field.required}


def test_the_template_has_every_field_and_choice() -> None:
    template = catalog("new", "mine", "-o", "-").stdout
    for field in Stretch.__struct_fields__:
        assert re.search(rf"^(# )?{field}:", template, re.MULTILINE) or field in (
            "tier",
            "opt_in",
            "halfway",
            "per_side_s",
        )
    for word in (*CATALOG.areas, *(tag for tag in TAGS if tag not in ("floor", "older-adult"))):
        assert word in template


@pytest.mark.parametrize("example", ["dynamic", "contract-relax"])
def test_the_examples_in_the_template_are_valid(home: Path, example: str) -> None:
    lines = filled(catalog("new", "mine", "-o", "-").stdout).splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"# With mode: {example}"))
    shown = [line.removeprefix("# ") for line in lines[start + 1 : start + 3] if line.startswith(("# dose", "# pace"))]
    kept = [line for line in lines if not line.startswith(("dose:", "mode:"))]
    file = home / "mine.yaml"
    file.parent.mkdir()
    file.write_text("\n".join([*kept, f"mode: {example}", *shown]), encoding="utf-8")
    assert catalog("check", str(file)).stdout == ""


def test_new_never_overwrites_a_file_and_takes_only_ids(home: Path) -> None:
    assert "There is a shipped sphinx; yours will replace it." in catalog("new", "sphinx").stderr
    again = catalog("new", "sphinx")
    assert again.exit_code == 1
    assert "already exists" in again.stderr
    for name in ("../x", "Sphinx", "a b", "", "x" * 61, "sph\u0456nx"):
        refused = catalog("new", name)
        assert refused.exit_code == 2
        assert "is not a valid id; use a to z, digits and single dashes" in refused.stderr
        assert refused.stderr.isascii()
    assert "'con' is a reserved name on Windows" in catalog("new", "con").stderr
    assert [file.name for file in home.rglob("*.yaml")] == ["sphinx.yaml"]


@pytest.mark.parametrize(
    ("name", "example"),
    [("My Plan", "my-plan"), ("caf\u00e9_2", "cafe-2"), ("../x", "x"), ("CON", "knee-rolls"), ("\u0456", "knee-rolls")],
)
def test_a_refused_id_comes_with_one_like_it(name: str, example: str) -> None:
    for command in (("catalog", "new"), ("program", "new"), ("routine", "--save")):
        assert run(*command, name).stderr.rstrip().endswith(f"as in {example}.")


def test_new_writes_to_the_output_file(tmp_path: Path) -> None:
    file = tmp_path / "there" / "mine.yaml"
    assert "No such file or directory" in catalog("new", "mine", "-o", str(file)).stderr
    file.parent.mkdir()
    assert catalog("new", "mine", "-o", str(file)).stdout == f"{file}\n"
    assert "id: mine" in file.read_text(encoding="utf-8")


def test_check_prints_one_line_for_each_problem(tmp_path: Path) -> None:
    (tmp_path / "stretches").mkdir()
    sphinx = (data_root() / "stretches" / "sphinx.yaml").read_text(encoding="utf-8")
    broken = sphinx.replace("MDT]", "NOBODY]").replace("[lower-back, core]", "[heart]")
    broken = broken.replace("per_side_s: 60", "per_side_s: 50").replace("pregnancy, ", "")
    (tmp_path / "stretches" / "sphinx.yaml").write_text(broken, encoding="utf-8")
    (tmp_path / "stretches" / "cat-cow.yaml").write_text(
        (data_root() / "stretches" / "cat-cow.yaml").read_text("utf-8").replace("level: gentle", "level: soft"), "utf-8"
    )
    (tmp_path / "programs.yaml").write_text(
        "programs:\n  - {id: mine, name: Mine, about: Mine., warm_up_min: 0, items: [{stretch: sfinx, reps: 2}]}\n",
        encoding="utf-8",
    )
    done = catalog("check", str(tmp_path))
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        f"{tmp_path.joinpath(*line.partition(':')[0].split('/'))}:{line.partition(':')[2]}"
        for line in (
            "programs.yaml:2: programs.0.items.0.stretch: there is no stretch 'sfinx'; did you mean sphinx?",
            "stretches/cat-cow.yaml:13: level: must be one of gentle, moderate, deep, not 'soft'",
            "stretches/sphinx.yaml:5: areas.primary.0: there is no area 'heart'; see `stretch areas`",
            "stretches/sphinx.yaml:11: per_side_s: the dose adds up to 60, not 50; write 60, or leave it out",
            "stretches/sphinx.yaml:25: source.1: there is no source 'NOBODY'; add it under sources, or leave it out",
        )
    ]
    sphinx_file = tmp_path / "stretches" / "sphinx.yaml"
    assert done.stderr.splitlines() == [
        f"{sphinx_file}:1: note: sphinx replaces the shipped one",
        f"{sphinx_file}:24: cautions: note: weaker than in the sphinx it replaces: pregnancy",
        f"{sphinx_file}:24: cautions.avoid: note: prone without pregnancy; nobody pregnant should lie like that here",
        "2 stretches, 1 program; 5 problems.",
    ]
    as_json = catalog("check", str(tmp_path), "--json")
    assert as_json.exit_code == 1
    found = json.loads(as_json.stdout)
    lines = [f"{f['file']}:{f['line']}: {f['field']}: {f['problem']}" for f in found if f["level"] == "problem"]
    assert lines == done.stdout.splitlines()
    notes = [f["problem"].split(";")[0] for f in found if f["level"] == "note"]
    assert notes == [
        "sphinx replaces the shipped one",
        "weaker than in the sphinx it replaces: pregnancy",
        "prone without pregnancy",
    ]


def test_check_covers_figures_programs_sources_and_replaced_entries(tmp_path: Path) -> None:
    own = {
        "stretches": [but("sphinx", cautions={"avoid": ["stenosis", "pregnancy"]})],
        "figures": [
            {"id": "sphinx", "target": ["hamstrings"], "keys": [{"spine": [90]}]},
            {"id": "nothing", "target": ["abs"], "keys": [{"spine": [90]}]},
            {"id": "side-steps", "target": ["neck"], "keys": [{"spine": [90]}, {"anchor": "neck"}]},
        ],
        "sources": [
            {"key": "DR-WHO", "supports": "All.", "where": "By mail."},
            {"key": "Dr-Who", "supports": "All.", "where": "By mail."},
        ],
        "programs": [
            {
                "id": "mine",
                "name": "Mine",
                "about": "Mine.",
                "warm_up_min": 0,
                "source": ["dr-who"],
                "items": [{"stretch": "seated-hamstring", "reps": 5, "hold_s": 60}],
            }
        ],
    }
    file = tmp_path / "own.yaml"
    file.write_bytes(msgspec.yaml.encode(own))
    done = catalog("check", str(file))
    reported = {line.split(": ", 1)[1] for line in done.stdout.splitlines()}
    for expected in (
        "figures.0.target: there is no muscle called 'hamstrings'; did you mean hamstring?",
        "figures.1.id: there is no stretch 'nothing'",
        "figures.2.keys.1.anchor: the anchor changes between keyframes; name it in the first one only",
        "programs.0.source.0: there is no source 'dr-who'; write DR-WHO",
        "sources.0.key: DR-WHO differs from Dr-Who only in case; use one of them",
    ):
        assert expected in reported, reported
    for note in (
        "stretches.0: note: sphinx replaces the shipped one",
        "stretches.0.cautions: note: weaker than in the sphinx it replaces: recent-surgery, shoulder, neck",
    ):
        assert note in done.stderr, done.stderr


def but(name: str, **changes: Any) -> Any:
    return msgspec.to_builtins(CATALOG.stretches[name]) | changes


def test_check_without_a_catalog_or_entries(home: Path, tmp_path: Path) -> None:
    none = catalog("check")
    assert (none.exit_code, none.stdout) == (0, "")
    assert str(home / "catalog") in none.stderr
    assert not home.exists()
    gone = catalog("check", str(tmp_path / "gone"))
    assert gone.exit_code == 1
    assert "cannot be read" in gone.stdout
    assert json.loads(catalog("check", str(data_root()), "--json").stdout) == []


def test_problems_and_notes_are_limited_separately(tmp_path: Path) -> None:
    entries = [but("sphinx", id=f"s-{number}", cautions={}) for number in range(900)]
    entries.append(but("sphinx", id="last", source=["NOBODY"]))
    for part in range(10):
        data = msgspec.json.encode(entries[100 * part :][:100])
        (tmp_path / f"{part:02}.yaml").write_bytes(data)
    done = catalog("check", str(tmp_path))
    assert (done.exit_code, done.stdout.count("\n")) == (1, 1)
    assert "09.yaml:1: 0.source.0: there is no source 'NOBODY'" in done.stdout
    assert done.stderr.count(": note: ") == 200
    assert done.stderr.endswith("901 stretches; 1 problem.\nThere may be more: fix these and check again.\n")
    done = catalog("check", str(tmp_path / "09.yaml"))
    assert done.stderr.endswith("1 stretch; 1 problem.\n")


def test_other_commands_name_the_first_five_problems(home: Path) -> None:
    (home / "catalog").mkdir(parents=True)
    entries = [but("sphinx", id=f"s-{number}") for number in range(7)] * 2
    (home / "catalog" / "mine.yaml").write_bytes(msgspec.json.encode(entries))
    said = run("list").stderr
    assert said.count("In your catalog: ") == 5
    assert "There are more problems; `stretch catalog check` lists them." in said


def test_path_creates_nothing(home: Path) -> None:
    assert catalog("path").stdout == f"{home / 'catalog'}\n"
    assert catalog("path", "--shipped").stdout == f"{data_root()}\n"
    assert not home.exists()


def test_without_a_subcommand_the_help_is_shown() -> None:
    done = catalog()
    assert done.exit_code == 0
    for name in ("check", "new", "schema", "path"):
        assert f"  {name} " in done.stdout


def test_the_schema_matches_the_structs() -> None:
    whole = json.loads(catalog("schema").stdout)
    one = json.loads(catalog("schema", "stretch").stdout)
    assert one["$ref"] == "#/$defs/Stretch"
    assert one["$defs"] == whole["$defs"]
    stretch = one["$defs"]["Stretch"]
    assert list(stretch["properties"]) == list(Stretch.__struct_fields__)
    assert stretch["additionalProperties"] is False
    assert set(stretch["required"]) == {f.name for f in msgspec.structs.fields(Stretch) if f.required}
    assert stretch["properties"]["level"]["enum"] == ["deep", "gentle", "moderate"]
    assert stretch["properties"]["level"]["description"].startswith("How strong it is")
    lists = next(each for each in whole["anyOf"] if each.get("title") == "Lists")
    assert list(lists["properties"]) == list(ENTRY_LISTS.values())
    assert catalog_schema("figure")["$ref"] == "#/$defs/Figure"
    assert catalog("schema", "sonnet").exit_code == 2


def parts_of(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a JSON schema and all schemas in it."""
    yield schema
    inner = [schema[name] for name in ("items", "additionalProperties") if isinstance(schema.get(name), dict)]
    for each in (*inner, *schema.get("anyOf", ()), *schema.get("prefixItems", ())):
        yield from parts_of(each)
    for name in ("properties", "$defs"):
        for each in schema.get(name, {}).values():
            yield from parts_of(each)


def test_the_schema_asks_for_a_list_or_a_mapping_where_it_says_what_is_in_it() -> None:
    lists, mappings = 0, 0
    for part in parts_of(catalog_schema()):
        if {"items", "prefixItems", "minItems"} & part.keys():
            lists += 1
            assert part["type"] == "array", part
        if {"properties", "required", "minProperties"} & part.keys():
            mappings += 1
            assert part["type"] == "object", part
    assert min(lists, mappings) > 10


def test_every_field_of_a_catalog_file_has_a_description() -> None:
    definitions = catalog_schema()["$defs"]
    names = ("Stretch", "Areas", "Dose", "Contract", "Pace", "Cautions", "Program", "ProgramItem", "AsWritten")
    for name in (*names, "Area", "Group", "Source"):
        for field, schema in definitions[name]["properties"].items():
            assert schema["description"].endswith("."), f"{name}.{field}"
