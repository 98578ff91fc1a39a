from __future__ import annotations

import functools
import gc
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import count, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from stretch.core.model import Catalog

# The tests and the program, which they start in hundreds of processes, are compiled once, before the first import.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A background job of a shell ignores Ctrl-C, and so would every process that the tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files")


def pytest_configure(config: pytest.Config) -> None:
    from hypothesis import settings

    # Every run tries the same examples, so a failing test fails for everybody; "search" looks for new examples.
    settings.register_profile("same", derandomize=True, deadline=None, max_examples=40)
    settings.register_profile("quick", derandomize=True, deadline=None, max_examples=15)
    settings.register_profile("search", deadline=None, max_examples=1000)
    usual = "quick" if config.option.markexpr == "not slow" else "same"
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", usual))


def pytest_sessionstart() -> None:
    """Compute once a process what no test can change: the shipped files, catalog and names, and tones."""
    from stretch.core import prescription_text
    from stretch.core.narration import tones
    from stretch.core.stretch_names import StretchNames
    from stretch.storage.catalogs import catalog, loader
    from stretch.storage.files import shipped
    from stretch.storage.files.locations import data_root

    root, read, load = data_root(), shipped.read_shipped, catalog.load_catalog
    read_once, load_once = functools.cache(read), functools.cache(load)

    def read_shipped(file: Path) -> Any:
        return read_once(file) if file.is_relative_to(root) else read(file)

    def load_catalog(extra: Sequence[Path] = (), on_problem: Callable[[str], None] | None = None) -> Catalog:
        return load(extra, on_problem) if extra else load_once()

    @functools.cache
    def names_once() -> StretchNames:
        return StretchNames(load_once())

    def stretch_names(catalog: Catalog) -> StretchNames:
        return names_once() if catalog is load_once() else StretchNames(catalog)

    for module in (catalog, loader, shipped):
        module.read_shipped = read_shipped  # type: ignore[attr-defined]
    catalog.load_catalog = load_catalog
    prescription_text.StretchNames = stretch_names  # type: ignore[attr-defined, assignment]
    tones.samples = functools.cache(tones.samples)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Spread the tests that mostly wait over the first part of what each process runs, between the other modules.

    pytest-xdist gives each process an equal share of the list, so they neither wait together nor last.
    """
    processes = getattr(config, "workerinput", {}).get("workercount", 1)
    count, waiting, others = len(items), list[pytest.Item](), list[pytest.Item]()
    for item in items:
        waits = item.path.stem in _WAITING and item.get_closest_marker("slow")
        (waiting if waits else others).append(item)
    items.clear()
    for number in range(processes):
        share = others[len(others) * number // processes : len(others) * (number + 1) // processes]
        modules = [list(module) for _, module in groupby(share, lambda item: item.path)] or [[]]
        mine, room = waiting[number::processes], max(1, len(modules) * 5 // 6)
        for index, module in enumerate(modules):
            items += mine[len(mine) * min(index, room) // room : len(mine) * min(index + 1, room) // room] + module
    assert len(items) == count


_WAITING = {"test_pty", "test_pty_audio", "test_terminal_process", "test_while"}


def pytest_collection_finish() -> None:
    """Keep the tests and all modules out of each garbage collection, which takes a twelfth of the time otherwise."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return more processes than there are cores, because tests wait: slow ones mostly, for processes and clocks."""
    return (os.cpu_count() or 1) + (1 if config.option.markexpr == "not slow" else 2)


@pytest.fixture(scope="session", autouse=True)
def _as_installed(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let the hundreds of processes that slow tests start read the shipped data decoded, as they do from a wheel.

    In a checkout each of them would parse it: a quarter of the time that it takes to list the stretches.
    """
    import stretch
    from stretch.storage.files import shipped
    from stretch.storage.files.locations import data_root

    if pytestconfig.option.markexpr == "not slow" or (data_root() / shipped.DECODED).exists():
        return
    folder = tmp_path_factory.mktemp("installed")
    shutil.copytree(Path(stretch.__file__).parent, folder / "stretch")
    shutil.copytree(data_root(), folder / "stretch" / "data")
    (folder / "stretch" / "data" / shipped.DECODED).write_bytes(shipped.encode_all(data_root()))
    os.environ["PYTHONPATH"] = str(folder)


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return empty folders without end: the same one again, as long as nothing is written to it."""
    root = tmp_path_factory.mktemp("homes")

    def empty_folders() -> Iterator[Path]:
        for number in count():
            (home := root / str(number)).mkdir()
            while not any(home.iterdir()):
                yield home

    return empty_folders()


@pytest.fixture(autouse=True)
def _private_home(_homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep every test away from the files of the person who runs it."""
    home = next(_homes)
    monkeypatch.setenv("STRETCH_HOME", str(home / "stretch"))
    for name in ("HOME", "XDG_CONFIG_HOME", "APPDATA"):  # for an App whose environment is empty
        monkeypatch.setenv(name, str(home))


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    from stretch.storage.catalogs.catalog import load_catalog

    return load_catalog()
