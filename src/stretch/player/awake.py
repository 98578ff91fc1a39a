"""The machine's screen kept awake while a session plays; silent where that cannot be done."""

from __future__ import annotations

import os
import sys
from threading import Event, Thread
from types import TracebackType

LEAVE_S = 1.0
"""How long leaving waits for the system to let go; it lets go by itself when the process ends."""


class KeepAwake:
    """While entered, asks the system to keep the screen on.

    In a thread of its own: the system is asked over a bus that may be slow to answer, and no countdown waits for it.
    """

    def __init__(self) -> None:
        self._leave = Event()
        self._thread = Thread(target=self._keep, name="awake", daemon=True)

    def __enter__(self) -> KeepAwake:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave.set()
        self._thread.join(LEAVE_S)

    def _keep(self) -> None:
        if sys.platform == "linux" and "DBUS_SESSION_BUS_ADDRESS" not in os.environ:
            # There is nobody to ask; what would ask is as large as all the rest that plays.
            return
        try:
            from wakepy import keep

            with keep.presenting(on_fail="pass"):
                self._leave.wait()
        except Exception:
            # A screen that goes dark is a nuisance; a session that ends because of it would be worse.
            return
