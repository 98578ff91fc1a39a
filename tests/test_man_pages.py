"""The man pages that the wheel carries."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from stretch import __version__
from stretch.cli import COMMANDS

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    pytest.importorskip("hatchling")
    spec = importlib.util.spec_from_file_location("build_hook", ROOT / ".ci" / "build_hook.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return dict(module.pages(ROOT / "data" / "guide", __version__))


def test_every_command_has_a_page_and_the_first_page_lists_them(pages: dict[str, str]) -> None:
    assert {f"stretch-{name}" for name in COMMANDS} <= {*pages}
    for name in COMMANDS:
        assert f"\\fBstretch {name}\\fR" in pages["stretch"]
    assert "\\fB\\-\\-minutes" in pages["stretch-routine"].replace("\\fB\\-m, \\-\\-minutes", "\\fB\\-\\-minutes")


def test_no_line_of_a_page_is_a_command_by_accident(pages: dict[str, str]) -> None:
    known = re.compile(r"\.(TH|SH|SS|PP|TP|IP|nf|fi)\b")
    for name, text in pages.items():
        for line in text.splitlines():
            assert line[:1] not in (".", "'") or known.match(line), (name, line)
            assert not re.search(r"`|\*\*|\]\(", line), (name, line)


@pytest.mark.skipif(shutil.which("groff") is None, reason="needs groff")
def test_groff_formats_every_page_without_a_warning(pages: dict[str, str]) -> None:
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", "-z"],
        input="".join(pages.values()),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
