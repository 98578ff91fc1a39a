"""What the process runs on: whether a stream is a terminal, and a clock that sleeping does not stop."""

from __future__ import annotations

import os
import sys
import time
from functools import partial
from typing import TextIO

NARROWEST = 20
"""Columns; where there are fewer, nothing is read more easily by being broken."""


def is_terminal(stream: TextIO | None) -> bool:
    """Whether *stream* is a terminal; a closed or missing one is not."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def folded(text: str, stream: TextIO | None) -> str:
    """Return *text* broken between words where a terminal on *stream* would break it within them."""
    if not is_terminal(stream):
        return text
    from textwrap import fill

    try:
        columns = os.get_terminal_size(stream.fileno()).columns if stream else 0
    except (OSError, ValueError):
        return text
    if columns < NARROWEST:
        return text
    fitted = partial(fill, width=columns, break_long_words=False, break_on_hyphens=False, drop_whitespace=False)
    return "\n".join(map(fitted, text.split("\n")))


def boot_clock() -> int:
    """Return nanoseconds since the machine started, with the time it slept where the system counts it."""
    if sys.platform == "linux":
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    return time.monotonic_ns()
