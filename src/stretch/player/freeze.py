"""Freeze detection: how long the process or the machine stood still, told apart from work that took long."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

SLICE_S = 0.037
"""Longest wait between two readings of the clock: a freeze began in the middle of one, with an error of half of it."""
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


class FreezeDetector:
    """Compares the clock before and after each wait of SLICE_S at most.

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
            return gap - min(gap, _SLICE_NS) // 2
        return min(slept, gap) if slept > 1_000_000 else 0
