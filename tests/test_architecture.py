"""The layers of the package: which may import which, and the limits on the size of a module and of a function."""

from __future__ import annotations

import ast
from pathlib import Path

SRC = Path(__file__).parents[1] / "src"
FILES = sorted((SRC / "stretch").rglob("*.py"))
CORE = ("core", "core.safety", "core.timing", "core.narration", "core.journal", "core.planning", "core.validation")
STORAGE = ("storage", "storage.files", "storage.journal", "storage.catalogs")
BELOW: dict[str, set[str]] = {
    "cli": {"cli", "player", "export", *STORAGE, "figure", *CORE},
    "player": {"player", *STORAGE, "figure", *CORE},
    "export": {"export", *STORAGE, "figure", *CORE},
    "storage": {*STORAGE, "figure", *CORE},
    "storage.catalogs": {"storage.catalogs", "storage.files", "figure", *CORE},
    "storage.journal": {"storage.journal", *CORE},
    "storage.files": {"storage.files", *CORE},
    "figure": {"figure", "core"},
    "core": {"core"},
    "core.safety": {"core", "core.safety"},
    "core.timing": {"core", "core.timing"},
    "core.narration": {"core", "core.timing", "core.narration"},
    "core.journal": {"core", "core.safety", "core.timing", "core.journal"},
    "core.planning": {"core", "core.timing", "core.safety", "core.planning"},
    "core.validation": {"core", "core.timing", "core.planning", "core.validation"},
}
"""The packages that each package may import."""
MAX_MODULE_LINES, MAX_FUNCTION_LINES = 400, 40
IMPURE = {"click", "rich", "yaml", "os", "sys", "time", "pathlib", "io", "select", "signal", "sqlite3",
          "subprocess", "threading", "asyncio", "shutil", "tempfile", "socket", "termios", "msvcrt"}  # fmt: skip


def syntax_tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(syntax_tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def package(path: Path) -> str:
    """Return the package of a module; the modules at the top belong to the commands."""
    return ".".join(path.relative_to(SRC / "stretch").parts[:-1]) or "cli"


def module(path: Path) -> str:
    return ".".join(path.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__")


PACKAGES = {module(path): package(path) for path in FILES if path.name != "__init__.py"}
IMPORTS = {path: imports(path) for path in FILES}


def test_every_package_has_a_place_among_the_layers() -> None:
    assert {package(path) for path in FILES} == BELOW.keys()


def test_imports_go_down_the_layers() -> None:
    wrong = [
        f"{module(path)} imports {name}"
        for path in FILES
        for name in IMPORTS[path]
        if name in PACKAGES and PACKAGES[name] not in BELOW[package(path)]
    ]
    assert not wrong


def test_core_and_figure_are_pure() -> None:
    for path in FILES:
        if package(path).startswith(("core", "figure")):
            names = IMPORTS[path]
            assert not {name.split(".")[0] for name in names} & IMPURE, module(path)
            assert not {name for name in names if name.startswith("random")} - {"random", "random.Random"}
            assert "datetime.datetime" not in names, module(path)  # dates are plain values, the current time is not


def test_only_commands_import_click_and_only_the_terminal_imports_termios() -> None:
    for path in FILES:
        roots = {name.split(".")[0] for name in IMPORTS[path]}
        assert "click" not in roots or package(path) == "cli", module(path)
        assert not roots & {"termios", "tty", "msvcrt"} or module(path) == "stretch.player.terminal"


def test_no_import_cycles() -> None:
    graph = {module(path): {n for n in IMPORTS[path] if n.startswith("stretch.")} for path in FILES}
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


def test_every_module_has_a_docstring_and_a_limited_size() -> None:
    for path in FILES:
        assert ast.get_docstring(syntax_tree(path)), module(path)
        assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_MODULE_LINES, module(path)


def test_no_function_is_longer_than_a_screen() -> None:
    for path in FILES:
        for node in ast.walk(syntax_tree(path)):
            if isinstance(node, ast.FunctionDef):
                assert node.end_lineno is not None
                assert node.end_lineno - node.lineno < MAX_FUNCTION_LINES, f"{module(path)}.{node.name}"
