from __future__ import annotations

import os
import signal

import pytest
from hypothesis import settings

from stretch.core.model import Catalog
from stretch.storage.catalogs.catalog import load_catalog

# Every run tries the same examples, so a red test is red for everybody; the other profile looks for new ones.
settings.register_profile("same", derandomize=True, deadline=None, max_examples=60)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


# A shell that starts something in the background has it ignore Ctrl-C, and so would every process the tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")


@pytest.fixture(autouse=True)
def _a_folder_of_its_own(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes what the person who runs it keeps."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("STRETCH_HOME", str(home / "stretch"))
    for name in ("HOME", "XDG_CONFIG_HOME", "APPDATA"):  # for an App whose environment is empty
        monkeypatch.setenv(name, str(home))


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog()
