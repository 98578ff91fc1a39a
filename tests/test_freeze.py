"""Freezes are told apart from work and from a busy machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from stretch.player.freeze import SLICE_S, FreezeDetector
from support import MS

HALF_SLICE = int(SLICE_S * 1e9) // 2


class FakeMachine:
    """A machine whose clocks a test moves, in milliseconds."""

    def __init__(self) -> None:
        self.clock = self.suspended = self.queued = 0
        self.detector = FreezeDetector(lambda: self.clock, lambda: self.suspended, lambda: self.queued)

    def after(
        self, ms: int, *, continued: bool = False, waited: bool = True, suspended: int = 0, queued: int = 0
    ) -> int:
        self.clock += ms * MS
        self.suspended += suspended * MS
        self.queued += queued * MS
        return self.detector.frozen_ns(continued=continued, waited=waited)


@pytest.mark.parametrize(
    ("case", "frozen_ns"),
    [
        ({"ms": 15}, 0),
        ({"ms": 15, "continued": True}, 0),
        ({"ms": 20, "continued": True}, 0),
        ({"ms": 21, "continued": True}, 10_500_000),
        ({"ms": 37}, 0),
        ({"ms": 37, "continued": True}, 37 * MS - HALF_SLICE),
        ({"ms": 1_000, "continued": True}, 1_000 * MS - HALF_SLICE),
        ({"ms": 1_000, "continued": True, "waited": False}, 1_000 * MS - HALF_SLICE),
        ({"ms": 1_000}, 0),
        ({"ms": 2_000}, 0),
        ({"ms": 2_001}, 2_001 * MS - HALF_SLICE),
        ({"ms": 60_000, "waited": False}, 0),
        ({"ms": 60_000, "queued": 59_000}, 0),
        ({"ms": 60_000, "queued": 1_000}, 60_000 * MS - HALF_SLICE),
        ({"ms": 1_000, "suspended": 990}, 990 * MS),
        ({"ms": 1_000, "suspended": 1}, 0),
        ({"ms": 1_000, "suspended": 2_000}, 1_000 * MS),
    ],
    ids=str,
)
def test_only_a_stopped_process_and_a_suspended_machine_are_freezes(case: dict[str, Any], frozen_ns: int) -> None:
    assert FakeMachine().after(**case) == frozen_ns


def test_each_freeze_is_told_once() -> None:
    machine = FakeMachine()
    assert machine.after(500, continued=True)
    assert not machine.after(15)
    assert machine.after(500, suspended=400) == 400 * MS
    assert not machine.after(500)


def test_time_on_the_run_queue_before_a_wait_does_not_explain_it() -> None:
    machine = FakeMachine()
    assert not machine.after(60_000, waited=False, queued=59_000)
    assert machine.after(60_000)


def test_stops_of_any_length_at_any_moment_of_a_wait_are_known_within_20_ms() -> None:
    for start in range(37):
        for length in range(400):
            assert abs(FakeMachine().after(start + length, continued=True) - length * MS) <= 20 * MS


WAITING = """
import sys, time
from selectors import DefaultSelector, EVENT_READ
from stretch.player.freeze import FreezeDetector
from stretch.player.input import SignalCatcher
with SignalCatcher() as signals:
    selector, detector, end = DefaultSelector(), FreezeDetector(), time.monotonic() + 1.5
    selector.register(signals.wakeup_fd, EVENT_READ)
    waits = frozen = 0
    print("ready", flush=True)
    detector.frozen_ns(continued=False, waited=False)
    while (left := end - time.monotonic()) > 0:
        detector.wait(selector, left) and signals.clear_wakeups()
        frozen += detector.frozen_ns(continued=signals.was_continued(), waited=True)
        waits += 1
    print(frozen, waits)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a wait is cut in slices")
@pytest.mark.slow
def test_one_long_wait_tells_when_the_process_was_stopped() -> None:
    process = subprocess.Popen([sys.executable, "-c", WAITING], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline()
    time.sleep(0.3)
    os.kill(process.pid, signal.SIGSTOP)
    stopped = time.monotonic_ns()
    time.sleep(0.6)
    frozen_ns = time.monotonic_ns() - stopped
    os.kill(process.pid, signal.SIGCONT)
    known_ns, waits = map(int, process.communicate(timeout=10)[0].split())
    assert abs(known_ns - frozen_ns) <= 50 * MS
    assert waits <= 4
