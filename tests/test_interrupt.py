"""Ctrl-C while the program loads."""

from __future__ import annotations

import subprocess
import sys

import pytest

LOADING = """
import os, signal, sys

class CtrlC:
    def find_spec(self, name, *_):
        if name == "stretch.cli.console":
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, CtrlC())
import stretch.cli
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C only to a whole console")
def test_ctrl_c_while_the_program_loads_ends_it_without_a_word() -> None:
    run = subprocess.run([sys.executable, "-c", LOADING], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (130, "", "")
