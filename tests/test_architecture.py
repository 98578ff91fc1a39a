"""The house: who may import whom, and that each room says what it is for."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src"
FILES = sorted((SRC / "stretch").rglob("*.py"))
CORE = ("core", "core.safety", "core.timing", "core.hearing", "core.journal", "core.planning", "core.checking")
STORE = ("store", "store.files", "store.journal", "store.catalogs")
BELOW: dict[str, set[str]] = {
    "cli": {"cli", "stage", "share", *STORE, "figure", *CORE},
    "stage": {"stage", *STORE, "figure", *CORE},
    "share": {"share", *STORE, "figure", *CORE},
    "store": {*STORE, "figure", *CORE},
    "store.catalogs": {"store.catalogs", "store.files", "figure", *CORE},
    "store.journal": {"store.journal", *CORE},
    "store.files": {"store.files", *CORE},
    "figure": {"figure", "core"},
    "core": {"core"},
    "core.safety": {"core", "core.safety"},
    "core.timing": {"core", "core.timing"},
    "core.hearing": {"core", "core.timing", "core.hearing"},
    "core.journal": {"core", "core.safety", "core.timing", "core.journal"},
    "core.planning": {"core", "core.timing", "core.planning"},
    "core.checking": {"core", "core.timing", "core.planning", "core.checking"},
}
"""What each wing stands on."""
MOST_LINES, MOST_OF_A_FUNCTION = 250, 40
"""A room or a function larger than this is two."""
IMPURE = {"click", "rich", "yaml", "os", "sys", "time", "pathlib", "io", "select", "signal", "sqlite3",
          "subprocess", "threading", "asyncio", "shutil", "tempfile", "socket", "termios", "msvcrt"}  # fmt: skip


def imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def wing(path: Path) -> str:
    """The folder of a room; the top of the package belongs to the commands."""
    return ".".join(path.relative_to(SRC / "stretch").parts[:-1]) or "cli"


def module(path: Path) -> str:
    return ".".join(path.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__")


WINGS = {module(path): wing(path) for path in FILES if path.name != "__init__.py"}
"""The wing of each room, by the name it is imported by."""


def test_every_wing_stands_somewhere() -> None:
    assert {wing(path) for path in FILES} == BELOW.keys()


@pytest.mark.parametrize("path", FILES, ids=module)
def test_imports_go_down_and_never_back(path: Path) -> None:
    for name in imports(path):
        if target := WINGS.get(name):
            assert target in BELOW[wing(path)], f"{module(path)} imports {name}"


@pytest.mark.parametrize("path", [path for path in FILES if wing(path).startswith(("core", "figure"))], ids=module)
def test_the_middle_is_pure(path: Path) -> None:
    found = imports(path)
    assert not {name.split(".")[0] for name in found} & IMPURE
    assert not {name for name in found if name.startswith("random")} - {"random", "random.Random"}
    assert "datetime.datetime" not in found  # a date is a number like any other; what time it is now is not


@pytest.mark.parametrize("path", FILES, ids=module)
def test_only_the_commands_know_click_and_only_the_terminal_knows_termios(path: Path) -> None:
    roots = {name.split(".")[0] for name in imports(path)}
    assert "click" not in roots or wing(path) == "cli"
    assert not roots & {"termios", "tty", "msvcrt"} or module(path) == "stretch.stage.terminal"


def test_no_circles() -> None:
    graph = {module(path): {n for n in imports(path) if n.startswith("stretch.")} for path in FILES}
    seen: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " -> ".join((*above, name))
        if name not in seen:
            for below in graph.get(name, ()):
                if below in graph and below != name:
                    visit(below, (*above, name))
            seen.add(name)

    for name in graph:
        # Commands are imported by their group when they run, by name and not by an import statement.
        visit(name, ())


@pytest.mark.parametrize("path", FILES, ids=module)
def test_every_room_says_its_one_job(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    docstring = ast.get_docstring(ast.parse(text))
    assert docstring
    assert len(text.splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", FILES, ids=module)
def test_no_function_is_longer_than_a_screen(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < MOST_OF_A_FUNCTION, node.name
