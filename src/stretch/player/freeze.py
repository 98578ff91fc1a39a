"""Freeze detection: how long the process or the machine stood still, told apart from work that took long."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from selectors import EVENT_READ, BaseSelector, SelectorKey

SLICE_S = 0.037
"""Longest wait where nothing tells when in it a freeze began: in its middle, with an error of half of it."""
_SLICE_NS = int(SLICE_S * 1e9)
_SHORT_NS = 20_000_000
"""Nothing within this time is a freeze: SIGCONT may come to a process that runs."""
_UNEXPLAINED_NS = 2_000_000_000
"""A longer wait is a freeze even if nothing else shows it, as when a virtual machine is paused."""
_RUN_QUEUE_INTERVAL_NS = _UNEXPLAINED_NS // 4
"""Time between two readings of the run queue."""


def boottime_ns() -> int:
    """Return nanoseconds since the machine started; on Linux the time it was suspended counts too."""
    if sys.platform == "linux":
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    return time.monotonic_ns()


def suspended_ns() -> int:
    """Return for how many nanoseconds the machine was suspended; always 0 where it does not tell."""
    return boottime_ns() - time.monotonic_ns() if sys.platform == "linux" else 0


def run_queue_ns() -> int:
    """Return for how many nanoseconds this thread was ready and another ran; 0 where the system does not tell."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_bytes().split()[1])
    except (OSError, IndexError, ValueError):
        return 0


class _StoppableSelect:
    """The function `select` of the C library of Linux: it ends when the process is stopped, and tells what was left."""

    DESCRIPTORS = 1024

    def __init__(self) -> None:
        import ctypes

        self._select, self._bits = ctypes.CDLL(None).select, 8 * ctypes.sizeof(ctypes.c_ulong)
        self._set, self._time = (ctypes.c_ulong * (self.DESCRIPTORS // self._bits))(), (ctypes.c_long * 2)()

    def __call__(self, descriptors: list[int], microseconds: int) -> int:
        """Wait for input, and return how much of the time was left at the end; all of it where it does not tell."""
        self._set[:] = [0] * len(self._set)
        for descriptor in descriptors:
            self._set[descriptor // self._bits] |= 1 << descriptor % self._bits
        self._time[:] = list(divmod(microseconds, 1_000_000))
        self._select(self.DESCRIPTORS, self._set, None, None, self._time)
        return self._time[0] * 1_000_000 + self._time[1]


class FreezeDetector:
    """Compares the clock before and after each wait.

    SIGCONT tells of a stopped process and *suspended* of a suspended machine. Time on the run queue of a busy
    machine is none of them, and neither is time at work.
    """

    def __init__(
        self,
        clock: Callable[[], int] = boottime_ns,
        suspended: Callable[[], int] = suspended_ns,
        run_queue: Callable[[], int] = run_queue_ns,
    ) -> None:
        self._clock, self._suspended, self._run_queue = clock, suspended, run_queue
        self._last, self._last_suspended = clock(), suspended()
        self._last_run_queue, self._run_queue_read = run_queue(), self._last
        self._slice_ns = _SLICE_NS
        """The longest time in which a freeze may have begun unseen."""

    @cached_property
    def _select(self) -> _StoppableSelect | None:
        if sys.platform == "linux":
            with suppress(ImportError):  # in a Python that was built without the library that this needs
                return _StoppableSelect()
        return None

    def wait(self, selector: BaseSelector, seconds: float) -> list[tuple[SelectorKey, int]]:
        """Return what *selector* finds within *seconds*; nothing if a stop may have ended the wait."""
        keys = selector.get_map().values()
        readable = all(key.events == EVENT_READ and key.fd < _StoppableSelect.DESCRIPTORS for key in keys)
        if not (readable and self._select):
            self._slice_ns = _SLICE_NS
            return selector.select(min(seconds, SLICE_S))
        microseconds = int(seconds * 1e6) + 1
        left = self._select([key.fd for key in keys], microseconds)
        found = selector.select(0)
        if left == microseconds and not found:
            self._select = None
        self._last += (microseconds - left) * 1000
        self._slice_ns = 0
        return found

    def frozen_ns(self, *, continued: bool, waited: bool) -> int:
        """Return the length of a freeze since the last call.

        *continued* says that SIGCONT came since then, *waited* that there was nothing to do but to wait.
        """
        now = self._clock()
        gap, self._last = now - self._last, now
        frozen = 0
        if gap > (_SHORT_NS if continued else 2 * _SLICE_NS):
            frozen = self._explain(gap, continued, waited)
        if now - self._run_queue_read > _RUN_QUEUE_INTERVAL_NS:
            self._last_run_queue, self._run_queue_read = self._run_queue(), now
        return frozen

    def _explain(self, gap: int, continued: bool, waited: bool) -> int:
        """Return how much of a long *gap* was a freeze."""
        suspended = self._suspended()
        slept, self._last_suspended = suspended - self._last_suspended, suspended
        unexplained = waited and gap > _UNEXPLAINED_NS
        if continued or (unexplained and (self._run_queue() - self._last_run_queue) * 2 <= gap):
            return gap - min(gap, self._slice_ns if waited else _SLICE_NS) // 2
        return min(slept, gap) if slept > 1_000_000 else 0
