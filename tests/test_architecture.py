"""Layers of the package: allowed imports, purity, and the size limits of modules and functions."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import NamedTuple

from stretch.cli.options import SETTINGS
from stretch.storage.settings import NAMES

SRC = Path(__file__).parents[1] / "src"
FILES = sorted((SRC / "stretch").rglob("*.py"))
CORE = ("core", "core.safety", "core.timing", "core.narration", "core.journal", "core.planning")
STORAGE = ("storage", "storage.files", "storage.journal", "storage.catalogs")
ALLOWED_IMPORTS: dict[str, set[str]] = {
    "cli": {"cli", "player", "export", *STORAGE, "figure", *CORE},
    "player": {"player", *STORAGE, "figure", *CORE},
    "export": {"export", *STORAGE, "figure", *CORE},
    "storage": {*STORAGE, "figure", *CORE},
    "storage.catalogs": {"storage.catalogs", "storage.files", "figure", *CORE},
    "storage.journal": {"storage.journal", "storage.files", *CORE},
    "storage.files": {"storage.files", *CORE},
    "figure": {"figure", "core"},
    "core": {"core"},
    "core.safety": {"core", "core.safety"},
    "core.timing": {"core", "core.timing"},
    "core.narration": {"core", "core.timing", "core.narration"},
    "core.journal": {"core", "core.safety", "core.timing", "core.journal"},
    "core.planning": {"core", "core.timing", "core.safety", "core.planning"},
}
"""The packages that the modules of each package may import."""
MAX_MODULE_LINES, MAX_FUNCTION_LINES = 400, 40
IMPURE = {"click", "rich", "yaml", "os", "sys", "time", "pathlib", "io", "select", "signal", "sqlite3",
          "subprocess", "threading", "asyncio", "shutil", "tempfile", "socket", "termios", "msvcrt"}  # fmt: skip


class Facts(NamedTuple):
    """What is asked of a module; to keep the syntax trees of all would take half a million objects."""

    docstring: str
    imports: set[str]
    classes: list[str]
    functions: list[tuple[str, int]]
    """Names, and numbers of lines."""
    reads: set[tuple[str, str]]
    """Attributes that are read, with the last name of what has them."""


@cache
def facts(path: Path) -> Facts:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = Facts(ast.get_docstring(tree) or "", set(), [], [], set())
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                found.imports.update(alias.name for alias in node.names)
            case ast.ImportFrom(module=str(module)):
                found.imports.update((module, *(f"{module}.{alias.name}" for alias in node.names)))
            case ast.ClassDef():
                found.classes.append(node.name)
            case ast.FunctionDef(end_lineno=int(end)):
                found.functions.append((node.name, end - node.lineno + 1))
            case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), ctx=ast.Load()):
                found.reads.add((owner, node.attr))
    return found


def package_name(path: Path) -> str:
    """Return the package of a module below `stretch`; the modules at the top count as `cli`."""
    return ".".join(path.relative_to(SRC / "stretch").parts[:-1]) or "cli"


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__")


PACKAGES = {module_name(path): package_name(path) for path in FILES if path.name != "__init__.py"}


def test_every_package_has_a_layer() -> None:
    assert {package_name(path) for path in FILES} == ALLOWED_IMPORTS.keys()


def test_modules_import_only_lower_layers() -> None:
    assert not [
        f"{module_name(path)} imports {name}"
        for path in FILES
        for name in facts(path).imports
        if name in PACKAGES and PACKAGES[name] not in ALLOWED_IMPORTS[package_name(path)]
    ]


def test_core_and_figure_are_pure() -> None:
    for path in FILES:
        if package_name(path).startswith(("core", "figure")):
            names = facts(path).imports
            assert not {name.split(".")[0] for name in names} & IMPURE, module_name(path)
            assert not {name for name in names if name.startswith("random")} - {"random", "random.Random"}
            # Dates are plain values; the current time is not.
            assert "datetime.datetime" not in names, module_name(path)


def test_only_commands_import_click_and_only_the_terminal_imports_termios() -> None:
    for path in FILES:
        roots = {name.split(".")[0] for name in facts(path).imports}
        assert "click" not in roots or package_name(path) == "cli", module_name(path)
        assert not roots & {"termios", "tty", "msvcrt"} or module_name(path) == "stretch.player.terminal"


def test_there_are_no_import_cycles() -> None:
    # Commands are not part of the graph: their group imports them by name when they run.
    graph = {module_name(path): {n for n in facts(path).imports if n.startswith("stretch.")} for path in FILES}
    done: set[str] = set()

    def visit(name: str, importers: tuple[str, ...]) -> None:
        assert name not in importers, " -> ".join((*importers, name))
        if name not in done:
            for imported in graph.get(name, ()):
                if imported in graph and imported != name:
                    visit(imported, (*importers, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def test_every_module_has_a_docstring_and_a_limited_length() -> None:
    for path in FILES:
        assert facts(path).docstring, module_name(path)
        assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_MODULE_LINES, module_name(path)


def test_each_setting_is_used() -> None:
    read = {each for path in FILES if package_name(path) == "cli" for each in facts(path).reads}
    # The default of an option is read where the option is.
    options = {setting: option for option, setting in SETTINGS.items()}
    for name in NAMES:
        receivers = {"options", "playback", "self"} if name in options else {"settings"}
        assert {(receiver, options.get(name, name)) for receiver in receivers} & read, name


def test_functions_have_a_limited_length() -> None:
    for path in FILES:
        for name, lines in facts(path).functions:
            assert lines <= MAX_FUNCTION_LINES, f"{module_name(path)}.{name}"
