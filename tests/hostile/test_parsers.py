"""Untrusted catalog files: refused in one line, quickly and in bounded memory, with a printable error."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from stretch.core.checks import id_problem
from stretch.core.errors import CatalogError, StretchError, UnknownName
from stretch.core.narration.speech import speakable
from stretch.core.text import one_line, quote
from stretch.core.timing.breathing import parse_pattern
from stretch.figure.lint import _unknown_places
from stretch.storage.catalogs.catalog import load_catalog, load_figures, load_sources
from stretch.storage.catalogs.catalog_lint import check_catalogs
from stretch.storage.catalogs.loader import MAX_ENTRIES, CatalogLoader
from stretch.storage.files import safe_io, safe_yaml
from stretch.storage.files.locations import data_root
from stretch.storage.files.safe_io import UnreadableFile
from support import run

MIB = 1 << 20
SPHINX = (data_root() / "stretches" / "sphinx.yaml").read_text(encoding="utf-8")
END = SPHINX.count("\n") + 1
"""The line after the last one."""
BREATH = SPHINX[: SPHINX.index("breath:")].count("\n") + 1
LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)

BAD_FILES: dict[str, tuple[str | bytes, str]] = {  # content, part of the error
    "laughs": (LAUGHS, "has too many values: at most 50000"),
    "quadratic": (f"a: &a {'x' * 500_000}\nb: [{'*a, ' * 50_000}]", "has too many values: at most 50000"),
    "itself": ("&a [*a]", "there is no anchor 'a' before this"),
    "nested-aliases": ("".join(f"- &b{n} [{f'*b{n - 1}' if n else 'x'}]\n" for n in range(99)), "nested more than 20"),
    "flow": ("[" * 10_000, "nested more than 20 deep"),
    "flow-in-map": ("\na:\n  {b: " + "[" * 10_000, ":3: is nested more than 20 deep"),
    "flow-lines": ("[\n" * 10_000, ":21: is nested more than 20 deep"),
    "block": ("- " * 10_000, "nested more than 20 deep"),
    "twenty-one": ("[" * 21 + "]" * 21, "nested more than 20 deep"),
    "system": ('!!python/object/apply:os.system ["echo"]', "tags are not allowed; remove 'tag:yaml.org,2002:python/ob"),
    "binary": ("!!binary aGVsbG8=", "tags are not allowed"),
    "set": ("!!set {a, b}", "tags are not allowed"),
    "own-tag": ("!x y", "tags are not allowed; remove '!x'"),
    "zero-byte": (b"a: \x00", ":1: has the control character U+0000"),
    "zero-escape": ('a: 1\nb: "\\0"', ":2: has the invisible character U+0000; remove it"),
    "escape": (SPHINX.replace("name: Sphinx", 'name: "\\e[31mSphinx\\e[0m"'), ":2: has the invisible character U+001B"),
    "raw-escape": (SPHINX.replace("name: Sphinx", "name: \x1b[31mSphinx"), ":2: has the control character U+001B"),
    "c1": (SPHINX.replace("name: Sphinx", "name: \x9b31mSphinx"), ":2: has the control character U+009B"),
    "right-to-left": (SPHINX.replace("Sphinx", "S\u202ephinx"), ":2: has the invisible character U+202E"),
    "right-to-left-code": (SPHINX.replace("name: Sphinx", 'name: "\\u202e"'), ":2: has the invisible character U+202E"),
    "right-to-left-comment": (SPHINX + "# \u2067 nothing here\n", "has the invisible character U+2067"),
    "zero-width": (SPHINX.replace("Sphinx", "Sph\u200binx"), ":2: has the invisible character U+200B"),
    "joiner": (SPHINX.replace("name: Sphinx", "name: \u200d\ufe0f \u200c"), ":2: has the invisible character U+200D"),
    "homoglyph": (SPHINX.replace("id: sphinx", "id: s\u0440hinx"), ":1: id: is 's\\u0440hinx'; use a to z"),
    "path": (SPHINX.replace("id: sphinx", "id: ../../etc/passwd"), ":1: id: is '../../etc/passwd'; use a to z"),
    "backslash": (SPHINX.replace("id: sphinx", "id: c:\\sphinx"), "a to z, digits and single dashes"),
    "hidden": (SPHINX.replace("id: sphinx", "id: .sphinx"), "a to z, digits and single dashes"),
    "upper": (SPHINX.replace("id: sphinx", "id: Sphinx"), "a to z, digits and single dashes"),
    "device": (SPHINX.replace("id: sphinx", "id: con"), "'con' is a reserved name"),
    "infinity": (SPHINX.replace("hold_s: 20", "hold_s: .inf"), "dose.hold_s: must be a whole number, not '.inf'"),
    "not-a-number": (SPHINX.replace("hold_s: 20", "hold_s: .nan"), "dose.hold_s: must be a whole number, not '.nan'"),
    "exponent": (SPHINX.replace("hold_s: 20", "hold_s: 1e999"), ":10: 1e999 is too large"),
    "digits": (SPHINX.replace("hold_s: 20", f"hold_s: {'9' * 5000}"), ":10: a number of 5000 digits is too large"),
    "negative": (SPHINX.replace("hold_s: 20", "hold_s: -20"), "dose.hold_s: must be at least 1, not -20"),
    "true": (SPHINX.replace("hold_s: 20", "hold_s: true"), "dose.hold_s: must be a whole number, not true"),
    "twice": (SPHINX + "name: Other\n", f":{END}: 'name' is given twice"),
    "key": ("{[a]: b}", "a key must be plain text"),
    "merge": (SPHINX + "<<: {name: Other}\n", f":{END}: <<: unknown field"),
    "not-utf-8": (b"a: b\nc: \xff\xfe", ":2: is not UTF-8 text; save it as UTF-8"),
    "utf-16": (SPHINX.encode("utf-16"), "is not UTF-8 text"),
    "surrogate": ('a: "\\ud800"', "not valid YAML"),
    # Common mistakes, with the same error from both parsers.
    "colon": (SPHINX.replace("name: Sphinx", "name: Sphinx: low"), ":2: not valid YAML: a colon where none can"),
    "quote": (SPHINX.replace("name: Sphinx", "name: 'Don't'"), ":2: not valid YAML: does not fit what is above it"),
    "unclosed": (SPHINX.replace("name: Sphinx", "name: 'Sphinx"), ":2: not valid YAML: a quote that begins here"),
    "bracket": (SPHINX.replace("elbows, prone prop]", "elbows"), ":3: not valid YAML: a [ that begins here is never"),
    "brace": (SPHINX.replace("reps: 3}", "reps: 3"), ":10: not valid YAML: a { that begins here is never closed"),
    "comma": (SPHINX.replace("[prone on elbows,", "[, prone on elbows,"), ":3: not valid YAML: something is missing"),
    "no-field": (SPHINX.replace("breath: ", "breath "), f":{BREATH}: not valid YAML: is not a field; write a colon"),
    "percent": (SPHINX.replace("name: Sphinx", "name: %d"), ":2: not valid YAML: a text cannot begin with '%'; put"),
    "star": (SPHINX.replace("  - Lie", "  * Lie"), ":16: not valid YAML: a text cannot begin with & or *; put"),
    "dash-less": (SPHINX.replace("  - Keep", "  Keep:"), ":17: not valid YAML: does not fit what is above it"),
    "backslash-text": (SPHINX.replace("name: Sphinx", 'name: "\\Sphinx"'), ":2: not valid YAML: a backslash"),
    "tab": (SPHINX.replace("  - Keep", "\t- Keep"), ":17: not valid YAML: a tab; indent with spaces"),
    "unit": (SPHINX.replace("hold_s: 20", "hold_s: 20 sec"), "hold_s: must be a whole number, not '20 sec'; write 20"),
    "in-quotes": (SPHINX.replace("hold_s: 20", "hold_s: '20'"), "hold_s: must be a whole number, not '20'; write 20"),
    "two": ("a: 1\n---\nb: 2\n", ":2: another document begins here"),
    "values": ("[" + "a," * 60_000 + "]", ":1: has too many values: at most 50000"),
    "lines": ("a\n" * 50_000, "is not an entry; write a stretch"),
    "large": ("#" * (MIB + 1), "is larger than 1 MiB"),
    "ten": ("#" * 10 * MIB, "is larger than 1 MiB"),
    "garbage": (random.Random(0).randbytes(5000), "is not UTF-8 text"),
    "nothing": ("", "is empty"),
}  # fmt: skip


def refusal(file: Path) -> str:
    """Return the only problem with *file*."""
    with pytest.raises(CatalogError) as raised:
        load_catalog(extra=[file])
    (line,) = raised.value.problems
    assert line.isprintable()
    assert len(line) < 500
    return line


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    content, expected = BAD_FILES[name]
    file = tmp_path / f"{name}.yaml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    line = refusal(file)
    assert line.startswith(f"{file}:")
    assert expected in line


WITHOUT_LIBYAML = """
import json, sys
sys.modules["yaml._yaml"] = None  # as where PyYAML is built without libyaml
from pathlib import Path
from stretch.core.errors import CatalogError
from stretch.storage.files import safe_yaml
from stretch.storage.catalogs.loader import CatalogLoader
assert safe_yaml.Loader.__name__ == "SafeLoader"
errors = {}
for file in map(Path, sys.argv[1:]):
    loader = CatalogLoader(("stretch", "figure", "program", "area", "group", "source"))
    loader.add(file)
    loader.check_references()
    try:
        loader.diagnostics.raise_or_call(None)
    except CatalogError as error:
        errors[file.stem] = str(error)
print(json.dumps(errors))
"""


@pytest.mark.slow
def test_without_libyaml_the_errors_are_the_same(tmp_path: Path) -> None:
    files: list[Path] = []
    for name, (content, _) in BAD_FILES.items():
        files.append(tmp_path / f"{name}.yaml")
        files[-1].write_bytes(content if isinstance(content, bytes) else content.encode())
    done = subprocess.run([sys.executable, "-c", WITHOUT_LIBYAML, *files], capture_output=True, text=True, check=True)
    reported = json.loads(done.stdout)
    expected = {name: error for name, (_, error) in BAD_FILES.items()}
    expected["surrogate"] = "has the invisible character U+D800"  # accepted by PyYAML, refused here
    assert reported.keys() == expected.keys()
    assert [name for name, error in expected.items() if error not in reported[name]] == []


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")
def test_only_regular_files_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    (tmp_path / "zero.yaml").symlink_to("/dev/zero")
    (tmp_path / "gone.yaml").symlink_to("nowhere")
    for name in ("pipe.yaml", "zero.yaml"):
        assert "is not a regular file" in refusal(tmp_path / name)
    for name in ("loop.yaml", "gone.yaml", "missing.yaml", "a\0b.yaml", "x" * 300, "loop.yaml/x"):
        assert "cannot be read: " in refusal(tmp_path / name)[-200:]
        assert len(check_catalogs([tmp_path / name]).diagnostics) == 1
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(CatalogError) as raised:
        load_catalog(extra=[tmp_path])
    assert [line.split(":")[0] for line in raised.value.problems] == [
        str(tmp_path / f"{name}.yaml") for name in ("folder", "gone", "loop", "pipe", "zero")
    ]
    with pytest.raises(CatalogError, match="is not a regular file"):
        load_sources(extra=[tmp_path / "pipe.yaml"])


OUTSIDE = "id: xylophone-secret\nname: [xylophone-secret\n"
LINKS = {  # where in the catalog, where it leads
    "file": ("mine.yaml", "../outside/secret.yaml"),
    "stretch": ("stretches/xylo.yaml", "../../outside/secret.yaml"),
    "replaced": ("stretches/sphinx.yaml", "../../outside/secret.yaml"),
    "figure": ("figures/sphinx.yaml", "../../outside/secret.yaml"),
    "sources": ("sources.yaml", "../outside/secret.yaml"),
    "absolute": ("mine.yaml", "{outside}/secret.yaml"),
    "stretches": ("stretches", "../outside"),
    "figures": ("figures", "{outside}"),
    "chain": ("mine.yaml", "stretches/../hop"),
    "device": ("mine.yaml", "/dev/zero"),
    "descriptor": ("mine.yaml", "/proc/self/root{outside}/secret.yaml"),
    "standard-input": ("mine.yaml", "/dev/stdin"),
}


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
@pytest.mark.parametrize("name", LINKS)
def test_a_link_out_of_a_catalog_is_refused_by_name(tmp_path: Path, name: str) -> None:
    place, target = LINKS[name]
    home, outside = tmp_path / "home", tmp_path / "home" / "outside"
    outside.mkdir(parents=True)
    (outside / "secret.yaml").write_text(OUTSIDE, encoding="utf-8")
    link = home / "catalog" / place
    link.parent.mkdir(parents=True)
    link.symlink_to(target.replace("{outside}", str(outside)))
    if not (home / "catalog" / "stretches").exists():
        (home / "catalog" / "stretches").mkdir()
    if name == "chain":
        (home / "catalog" / "hop").symlink_to("../outside/secret.yaml")
    env = {"STRETCH_HOME": str(home)}
    for args in (["catalog", "check"], ["show", "sphinx", "--figure", "blocks"], ["list"], ["doctor"]):
        done = run(*args, env=env)
        assert "xylo" not in done.output.replace("stretches/xylo.yaml", "")
        assert "secret" not in done.output
        if args == ["catalog", "check"]:
            assert f"{link}:1: is a link out of its catalog and is not read" in done.stdout
            assert done.exit_code == 1
        elif args[0] != "doctor":
            assert done.exit_code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_links_within_a_catalog_and_to_a_catalog_are_followed(tmp_path: Path) -> None:
    (tmp_path / "real" / "stretches").mkdir(parents=True)
    (tmp_path / "real" / "kept.txt").write_text(SPHINX.replace("id: sphinx", "id: low"), encoding="utf-8")
    (tmp_path / "real" / "stretches" / "low.yaml").symlink_to("../kept.txt")
    (tmp_path / "catalog").symlink_to("real")
    (tmp_path / "one.yaml").symlink_to("real/kept.txt")
    for path in (tmp_path / "catalog", tmp_path / "one.yaml"):
        assert "low" in load_catalog(extra=[path]).stretches
        assert check_catalogs([path]).of("problem") == ()


PROGRAM = "programs: [{id: two, name: Two, about: x, warm_up_min: 0, items: [{stretch: STRETCH, hold_s: 20, reps: 1}]}]"
# Files beside a sound one, how many of them are named, ids of stretches and programs that are still there.
DAMAGE: dict[str, tuple[dict[str, str | bytes], int, list[str]]] = {
    "not YAML": ({"other.yaml": "a: ["}, 1, ["low", "sphinx"]),
    "not UTF-8": ({"stretches/other.yaml": b"\xff"}, 1, ["low"]),
    "wrong type": ({"stretches/sphinx.yaml": SPHINX.replace("hold_s: 20", "hold_s: x")}, 1, ["low", "sphinx"]),
    "wrong area": ({"stretches/sphinx.yaml": SPHINX.replace("lower-back", "heart")}, 1, ["low", "sphinx"]),
    "sync conflict": ({"stretches/low.sync-conflict-20261128-120000-ABCDEFG.yaml": "LOW"}, 1, ["low"]),
    "conflict with lists": ({"a (conflicted copy 2026).yaml": PROGRAM, "a.yaml": PROGRAM}, 1, ["low", "two"]),
    "copy": ({"stretches/low copy.yaml": "LOW"}, 2, ["low"]),
    "litter": ({".DS_Store": b"\0", "Thumbs.db": b"\0", "stretches/._low.yaml": b"\0\xff", "stretches/low.yaml~": "x",
                "stretches/.#low.yaml": "x", "stretches/.low.yaml.swp": b"\xff", "#low.yaml#": "x"}, 0, ["low"]),
    "a program of a broken one": ({"stretches/mine.yaml": SPHINX.replace("hold_s: 20", ""),
                                   "p.yaml": PROGRAM.replace("STRETCH", "mine")}, 2, ["low"]),
    "a chain": ({"a.yaml": "areas: [{id: b, name: B, partners: [c]}, {id: c, name: C, partners: [d]}]"}, 2, ["low"]),
    "a program that no longer fits": (
        {"stretches/sphinx.yaml": SPHINX.replace("mode: static", "mode: dynamic")}, 2, ["low", "sphinx"]),
    "two hundred": ({f"{n}.yaml": "[" for n in range(250)}, 6, ["sphinx"]),
    "a folder": ({"mine.yaml/x": "x"}, 1, ["low"]),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGE)
def test_what_is_sound_is_used_and_the_rest_is_named_once(tmp_path: Path, name: str) -> None:
    files, named, ids = DAMAGE[name]
    low = SPHINX.replace("id: sphinx", "id: low")
    program = PROGRAM.replace("STRETCH", "sphinx")
    for place, content in {"stretches/low.yaml": low, **files}.items():
        file = tmp_path / "catalog" / place
        file.parent.mkdir(parents=True, exist_ok=True)
        text = {"LOW": low, PROGRAM: program}.get(content, content) if isinstance(content, str) else content
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    env = {"STRETCH_HOME": str(tmp_path)}
    plan = run("routine", "-a", "lower-back", "-m", "5", "--plan", env=env)
    assert plan.exit_code == 0
    lines = plan.stderr.splitlines()
    assert sum(line.startswith("In your catalog: ") for line in lines) + ("There are more" in plan.stderr) == min(
        named, 6
    )
    listed = run("list", "--json", env=env).stdout + run("programs", "--json", env=env).stdout
    assert [each for each in ids if f'"{each}"' not in listed] == []
    assert run("show", ids[0], env=env).exit_code == 0
    checked = run("catalog", "check", env=env)
    assert checked.exit_code == (1 if named else 0)


def test_more_entries_than_the_limit_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "areas.yaml"
    for number in (MAX_ENTRIES, MAX_ENTRIES + 5):
        areas = ", ".join(f"{{id: a{n}, name: x}}" for n in range(number))
        file.write_text(f"areas: [{areas}]", encoding="utf-8")
        problems: list[str] = []
        catalog = load_catalog(extra=[file], on_problem=problems.append)
        assert len([name for kind, name in catalog.origins if kind == "area"]) == MAX_ENTRIES
        assert len(problems) == (number > MAX_ENTRIES)


def test_an_unreadable_or_too_large_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "stretches").write_text("", encoding="utf-8")
    assert "stretches:1: cannot be read" in refusal(tmp_path)
    (tmp_path / "stretches").unlink()
    (tmp_path / "stretches").mkdir()
    loader = CatalogLoader(("stretch", "figure", "program", "area", "group", "source"))
    loader.quota.files = 3
    for number in range(4):
        (tmp_path / "stretches" / f"{number}").touch()
    loader.add(tmp_path)
    assert "has more than 3 files" in str(loader.diagnostics.report()[0])


def test_the_total_size_of_catalogs_is_limited(tmp_path: Path) -> None:
    for number in range(13):
        (tmp_path / f"{number:02}.yaml").write_text("#" * (MIB - 1), encoding="utf-8")
    # Only the first file that is not read is named.
    assert "10.yaml:1: is too much: all catalogs together have at most 10 MiB" in refusal(tmp_path)
    quota = safe_io.ReadQuota()
    for _ in range(safe_io.MAX_FILES):
        quota.take(1)
    with pytest.raises(UnreadableFile, match="in 10000 files"):
        quota.take(1)


@pytest.mark.skipif(sys.platform == "win32", reason="no file can be called that")
def test_control_characters_in_a_file_name_are_escaped(tmp_path: Path) -> None:
    file = tmp_path / "a\x1b[31m\u202eb\n.yaml"
    file.write_text("a: [", encoding="utf-8")
    assert "a\\x1b[31m\\u202eb\\n.yaml:2: not valid YAML" in refusal(file)


@pytest.mark.parametrize(
    "name", ["\x1b[31mred", "$(touch no)", "-rf", "a b", "s\u0440hinx", "a;b", "a\u202eb", "../x", ""]
)
def test_an_id_that_a_shell_or_a_terminal_could_interpret_is_refused(tmp_path: Path, name: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(SPHINX.replace("id: sphinx", f"id: {json.dumps(name)}"), encoding="utf-8")
    assert refusal(file).isascii()
    file.write_text(SPHINX.replace("id: sphinx", "id: low-sphinx-b12"), encoding="utf-8")
    assert "low-sphinx-b12" in load_catalog(extra=[file]).stretches


BOUNDED = """
import functools, json, os, resource, sys, time
from pathlib import Path
from stretch.core.errors import StretchError
from stretch.storage.catalogs import catalog, loader
from stretch.storage.catalogs.catalog import load_catalog
from stretch.storage.files import type_errors
from stretch.storage.catalogs.catalog_lint import check_catalogs

def cpu_seconds(work):
    start = time.process_time()
    work()
    return time.process_time() - start

def load(file):
    problems = []
    load_catalog(extra=[file], on_problem=problems.append)
    # A figure is loaded where it is drawn, and not with the catalog.
    assert problems or file.stem in ("figures", "drawings", "target", "sources", "stretches", "blanks"), file
    assert all(problem.isascii() for problem in problems)

# What is shipped is read once, before the children begin.
for module in (catalog, loader):
    module.read_shipped = functools.cache(module.read_shipped)
check_catalogs([])
size = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
wrong = {}
for file in sorted(Path(sys.argv[1]).iterdir()):
    if (child := os.fork()) == 0:
        resource.setrlimit(resource.RLIMIT_AS, (size + (100 << 20),) * 2)
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
        taken = max(cpu_seconds(lambda: load(file)), cpu_seconds(lambda: check_catalogs([file])))
        # Where adding these numbers takes longer than on a machine at rest, so does everything.
        os._exit(int(taken > 1 and taken > cpu_seconds(lambda: sum(range(2_000_000))) / 0.03))
    if code := os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
        wrong[file.name] = code
print(json.dumps(wrong))
"""


def large_files() -> dict[str, str]:
    return {
        "open": "[" * (MIB - 1),
        "open-map": "{" * (MIB - 1),
        "mixed": "[{a: " * (MIB // 5),
        "questions": "? " * (MIB // 2),
        "colons": "a: " * (MIB // 3),
        "entries": "stretches: [" + "{id: a}," * 99_000 + "]",
        "values": "[" + "a," * 99_000 + "]",
        "keys": "{" + ",".join(f"{n:x}: " for n in range(99_000)) + "}",
        "fields": "{id: a," + ",".join(f"k{n}: 1" for n in range(90_000)) + "}",
        "anchors": "".join(f"- &a{n} x\n" for n in range(80_000)),
        "chain": "".join(f"- &b{n} [*b{n - 1}]\n" if n else "- &b0 x\n" for n in range(40_000)),
        "word": "a" * (MIB - 1),
        "spaces": " " * (MIB - 1),
        "tabs": "\t" * (MIB - 1),
        "quoted": '"' + "\\x41" * (MIB // 4 - 1) + '"',
        "escapes": '"' + "\\e" * (MIB // 2 - 2) + '"',
        "digits": "9" * (MIB - 1),
        "dashes": "-" * (MIB - 1),
        "tag": "!<" + "%41" * (MIB // 3 - 9) + "> x",
        "anchor": "&" + "a" * (MIB - 9) + " x",
        "names": 'a: "' + "x " * (MIB // 2 - 9) + '"',
        "programs": "programs:\n" + "".join(
            f"- {{id: a{n}, name: x, about: y, warm_up_min: 1, items: [{{stretch: cat-cox, reps: 1}}]}}\n"
            for n in range(9000)
        ),
        "areas": "areas:\n" + "".join(f"- {{id: a{n}, name: x, partners: [b{n}]}}\n" for n in range(20_000)),
        "words": SPHINX.replace("name: Sphinx", f"name: {'hold for one second ' * 50_000}"),
        "figures": "{id: x, keys: [{}], order: " + "x " * 400_000 + "}",
        "drawings": "figures: [" + ",".join(f"{{id: a{n}, keys: [{{}}]}}" for n in range(40)) + "]",
        "many-drawings": "figures: [" + ",".join(f"{{id: a{n}, keys: [{{}}]}}" for n in range(20_000)) + "]",
        "blanks": "stretches: [" + "{id: },"*900 + "]",
        "many-blanks": "stretches: [" + "{id: },"*90_000 + "]",
        "brackets": "[" + ("[" * 19 + "]" * 19 + ",") * (MIB // 39 - 9) + "]",
        "dash-lines": ("- " * 19 + "x\n") * (MIB // 40),
        "sources": "sources: [" + ",".join(
            f"{{key: A{n}, title: x, year: 2000, kind: web, supports: x, where: y}}" for n in range(900)) + "]",
        "stretches": "stretches:\n" + "".join(
            f"- {SPHINX.replace('id: sphinx', f'id: a{n}').strip()}\n".replace("\n", "\n  ")[:-2] for n in range(900)),
        "chained-areas": "areas:\n" + "".join(f"- {{id: a{n}, name: x, partners: [a{n + 1}]}}\n" for n in range(990)),
        "groups": "groups: [" + ",".join(f"{{id: a{n}, name: x, areas: [b]}}" for n in range(900)) + "]",
        "imitation": SPHINX.replace("name: Sphinx", f"'{' - at `$.a' * 90_000}x': 1"),
        "long-id": SPHINX.replace("id: sphinx", f"id: {'a-' * 500_000}"),
        "comment": f"- {SPHINX.strip()}\n- {{x: |\n".replace("\n", "\n  ") + "a: " * 300_000 + "b#2 #}\n",
        "comment-list": f"- {SPHINX.strip()}\n".replace("\n", "\n  ")[:-2] + f"- 'x\n  {'- ' * 500_000}b#2 #'\n",
        "comment-in-text": f"- {SPHINX.strip()}\n".replace("\n", "\n  ")[:-2] + f"- 'x\n  {'a: ' * 340_000}b#2 #'\n",
        "target": "{id: sphinx, keys: [{}], target: [" + "9" * 1_000_000 + "x]}",
    }  # fmt: skip


MILLION = 1_000_000
LONG_TEXTS: dict[str, Callable[[], object]] = {
    # The patterns of every reader, each with a text that nearly matches it.
    "id": lambda: id_problem("a-" * MILLION),
    "id-end": lambda: id_problem("a" * MILLION + "!"),
    "breath": lambda: parse_refused("1." * MILLION),
    "breath-digits": lambda: parse_refused("9" * MILLION + "-6"),
    "place": lambda: list(_unknown_places(("keys",), [f"hip~knee~{'9' * MILLION}x"])),
    "place-dots": lambda: list(_unknown_places(("keys",), [f"hip~knee~{'9.' * MILLION}"])),
    "one-line": lambda: one_line(" \x1b" * MILLION),
    "quote": lambda: quote("\x1b" * MILLION),
    "speech": lambda: speakable("10/" * 300_000),
    "unknown-name": lambda: str(UnknownName("area", "neck" * 100_000, ["neck", "knee"])),
}


def parse_refused(text: str) -> None:
    with pytest.raises(StretchError):
        parse_pattern(text)


@pytest.mark.parametrize("name", LONG_TEXTS)
def test_a_million_characters_are_parsed_within_a_second(name: str) -> None:
    begin = time.process_time()
    LONG_TEXTS[name]()
    assert time.process_time() - begin < 1


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc and limits a child")
def test_no_file_takes_more_than_a_second_and_100_mib(tmp_path: Path) -> None:
    for name, text in large_files().items():
        assert len(text) <= MIB
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", BOUNDED, str(tmp_path)], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {}
    with pytest.raises(CatalogError, match="order: must have at most 400 characters, not 799999"):
        load_figures(["x"], [tmp_path / "figures.yaml"])


# Fuzzing.

REAL = [file.read_text(encoding="utf-8") for file in sorted(data_root().rglob("*.yaml")) if file.stat().st_size < 9000]
PIECES = [
    "", "\n", ": ", "- ", "[", "]", "{", "}", "&a ", "*a", "!!str ", "null", "[]", "{}", "-1", "1e9", "'", '"', "#",
    "|\n", ">\n", "? ", "%", "\t", "\0", "\x1b[2J", "\u202e", "\ufeff", "\u00e9", "\U0001f9d8", "\x85",
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """The text of a shipped file with pieces taken out, put in twice, or put in from elsewhere."""
    text = draw(st.sampled_from(REAL))
    for _ in range(draw(st.integers(1, 5))):
        begin = draw(st.integers(0, len(text)))
        end = draw(st.integers(begin, min(begin + 40, len(text))))
        piece = draw(st.one_of(st.sampled_from(PIECES), st.just(text[begin:end] * 2), st.text(max_size=5)))
        text = text[:begin] + piece + text[end:]
    data = text.encode("utf-8", "surrogatepass")
    return data if draw(st.booleans()) else data[: draw(st.integers(0, len(data)))]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@given(data=mutated())
def test_the_catalog_loader_raises_only_stretch_errors(folder: Path, data: bytes) -> None:
    file = folder / "mutated.yaml"
    file.write_bytes(data)
    try:
        stretches = load_catalog(extra=[file]).stretches
        assert all(text.isprintable() for s in stretches.values() for text in (s.name, s.breath, *s.steps))
    except StretchError as error:
        assert str(error).replace("\n", "").isprintable()
    assert all(str(finding).isprintable() for finding in check_catalogs([file]).diagnostics)


@given(data=mutated())
def test_the_figure_loader_raises_only_stretch_errors(folder: Path, data: bytes) -> None:
    (folder / "figures").mkdir(exist_ok=True)
    (folder / "figures" / "sphinx.yaml").write_bytes(data)
    try:
        assert load_figures(["sphinx"], [folder])["sphinx"].keyframes
    except StretchError as error:
        assert str(error).replace("\n", "").isprintable()


@given(text=st.text())
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        safe_yaml.parse_yaml(text)
    except UnreadableFile as error:
        assert error.line <= text.count("\n") + text.count("\r") + text.count("\x85") + 3


letters = st.characters(categories=["L", "N", "P", "S"])
words = st.text(letters, max_size=9)
numbers = st.one_of(st.integers(-(10**16), 10**16), st.floats(-1e9, 1e9).map(lambda number: round(number, 3)))
plain = st.recursive(
    st.one_of(words, numbers, st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(words, inner, max_size=4)),
    max_leaves=20,
)


@given(data=plain)
def test_yaml_of_another_writer_is_read_unchanged(data: object) -> None:
    assert safe_yaml.parse_yaml(yaml.safe_dump(data, allow_unicode=True)) == data
