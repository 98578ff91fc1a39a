"""Wake lock: the system keeps its screen on during a session."""

from __future__ import annotations

import os
import sys
from threading import Event, Thread

RELEASE_TIMEOUT_S = 1.0
"""Longest wait for the system to release the lock; it is released anyway when the process ends."""


class KeepAwake:
    """Context manager that keeps the screen on; does nothing if the system does not support it.

    It runs in a thread because the request goes over a bus that may be slow, and the countdown must not wait.
    """

    def __init__(self) -> None:
        self._released = Event()
        self._thread = Thread(target=self._run, name="awake", daemon=True)

    def __enter__(self) -> KeepAwake:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._released.set()
        self._thread.join(RELEASE_TIMEOUT_S)

    def _run(self) -> None:
        if sys.platform == "linux" and "DBUS_SESSION_BUS_ADDRESS" not in os.environ:
            # Without a session bus the request fails, and importing wakepy takes as much memory as the player.
            return
        try:
            from wakepy import keep

            with keep.presenting(on_fail="pass"):
                self._released.wait()
        except Exception:
            # A screen that goes dark must not end the session.
            return
