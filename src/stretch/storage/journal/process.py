"""Names a process so that another one can tell later whether it still runs."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def this_process() -> str:
    """Return the number of this process and, where the system tells, when it began: numbers are used again."""
    return _name(os.getpid())


def is_running(name: str) -> bool:
    """Whether the process that `this_process` named still runs; False where that cannot be found out."""
    number = name.partition(":")[0]
    if sys.platform == "win32" or not number.isdecimal() or int(number) == os.getpid():
        return False
    try:
        os.kill(int(number), 0)
    except PermissionError:
        pass
    except (OSError, OverflowError):
        return False
    return _name(int(number)) == name


def _name(number: int) -> str:
    try:
        fields = Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return str(number)
    # A zombie runs no more, however long nobody asks for its exit code.
    return str(number) if fields[0] == "Z" else f"{number}:{fields[19]}"
