"""What the process runs on: whether a stream is a terminal, and a clock that sleeping does not stop."""

from __future__ import annotations

import sys
import time
from typing import TextIO


def is_terminal(stream: TextIO | None) -> bool:
    """Whether *stream* is a terminal; a closed or missing one is not."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def boot_clock() -> int:
    """Return nanoseconds since the machine started, with the time it slept where the system counts it."""
    if sys.platform == "linux":
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    return time.monotonic_ns()
