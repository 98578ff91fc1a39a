"""Status files: what each running session is doing, for `stretch status`, and which sessions are running at all.

A file counts only while its process has it open, which the system knows even after a crash: on POSIX the process holds
a lock on it, and on Windows an open file cannot be deleted. Neither process ids, which are reused, nor the wall clock
matter.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from stretch.core.text import escape_control_chars
from stretch.storage.files.safe_io import UnreadableFile, create_locked, is_locked, make_private, read_regular

if TYPE_CHECKING:
    from stretch.core.timing.session import Session

FILE_PREFIX = "playing-"
FILE_SIZE = 2048
"""Bytes, padded with spaces: a single write replaces all of the old status."""
NS_PER_S = 1_000_000_000
OVERDUE_NS = 2 * NS_PER_S
"""A session that is this late for its next phase is suspended or hangs."""

RunState = Literal["playing", "paused", "waiting", "away"]
"""`waiting`: for a key before a stretch; `away`: the machine slept, or the process does not respond."""


class SessionStatus(NamedTuple):
    """A session at its last change.

    `ends` and `phase_ends` are readings of the monotonic clock in nanoseconds while the session is playing, and the
    nanoseconds left while it is not. So the file is written once per phase, and the time left is known at any moment.
    """

    state: RunState
    title: str
    kind: str
    """Kind of the phase, as in the events of a session."""
    ends: int
    phase_ends: int
    stretch: str | None = None
    name: str | None = None
    side: str | None = None
    rep: int | None = None
    reps: int | None = None


class RunningSession(NamedTuple):
    """A running session, and the whole seconds left of it and of its phase."""

    status: SessionStatus
    state: RunState
    seconds: int
    phase_seconds: int


class StatusFile:
    """The status file of one session, by its id; trouble with the file never stops the session."""

    def __init__(self, folder: Path, session_id: str) -> None:
        self._path = folder / f"{FILE_PREFIX}{session_id}-{os.getpid()}.json"
        self._file: FileIO | None = None
        self._status: SessionStatus | None = None

    def update(self, session: Session) -> None:
        """Write the status of *session* if it has changed; to be called for every frame."""
        status = status_of(session)
        if status == self._status:
            return
        self._status = status
        try:
            self._write(status)
        except OSError:
            self.close()

    def claim(self) -> None:
        """Create the file, which says that the session is running; raise OSError."""
        if self._file is None:
            make_private(self._path.parent)
            with suppress(OSError):  # of a killed process with the same id
                is_locked(self._path, remove=True)
            self._file = FileIO(create_locked(self._path), "w")

    def close(self) -> None:
        """Remove the file."""
        if self._file is None:
            return
        # On POSIX unlink first, so that nobody finds an unlocked file; Windows cannot unlink an open one.
        if sys.platform == "win32":
            self._file.close()
        with suppress(OSError):
            self._path.unlink()
        self._file.close()
        self._file = None

    def _write(self, status: SessionStatus | None) -> None:
        if status is None:
            self.close()
            return
        self.claim()
        assert self._file is not None
        from msgspec import json

        data = json.encode(status._asdict()).ljust(FILE_SIZE)
        self._file.seek(0)
        self._file.write(data)
        self._file.truncate(len(data))


def status_of(session: Session) -> SessionStatus | None:
    """Return the status of *session*, which stays equal while only time passes; None before and after it plays."""
    from stretch.core.timing.phases import NS_PER_MS

    if session.end_state or session.clock_ns is None:
        return None
    phase = session.moment.phase
    total_left, phase_left = (at * NS_PER_MS - session.position_ns for at in (session.timeline.length_ms, phase.end_ms))
    state: RunState = "playing"
    if session.sleep_gap_ns:
        state = "away"
    elif session.clock_stopped:
        state = "waiting" if session.waiting else "paused"
    base = session.clock_ns + session.lead_in_ns if state == "playing" else 0
    stretch = phase.item.stretch if phase.item else None
    return SessionStatus(
        state=state,
        title=session.timeline.title,
        kind=phase.kind,
        ends=base + total_left,
        phase_ends=base + phase_left,
        stretch=stretch.id if stretch else None,
        name=phase.name if stretch or phase.move else None,
        side=phase.side,
        rep=phase.rep,
        reps=phase.reps,
    )


def running_sessions(folder: Path, clock: int) -> tuple[RunningSession, ...]:
    """Return the sessions running at *clock*, a monotonic reading, those with the most time left first."""
    running = (_at(status, clock) for status in _live(folder) if status)
    return tuple(sorted(running, key=lambda session: -session.seconds))


def is_running(folder: Path, session_id: str) -> bool:
    """Return whether a process is playing the session with this id."""
    return any(True for _ in _live(folder, session_id))


def _live(folder: Path, session_id: str = "[0-9a-f]" * 32) -> Iterator[SessionStatus | None]:
    """Yield the status in each file that a process has open, and remove the others, if they are status files."""
    with suppress(OSError):
        for path in sorted(folder.glob(f"{FILE_PREFIX}{session_id}-[0-9]*.json")):
            with suppress(OSError, UnreadableFile):
                data = read_regular(path)
                status = _decode(data)
                # A file right after it was created is empty.
                if is_locked(path, remove=status is not None or not data):
                    yield status


def _decode(data: bytes) -> SessionStatus | None:
    """Return the status with escapes for what a terminal would obey; None if another program or version wrote it."""
    # Imported here: most runs find no session.
    from msgspec import convert, json

    with suppress(ValueError, RecursionError, TypeError):
        fields = json.decode(data)
        given = {name: fields[name] for name in SessionStatus._fields if name in fields}
        texts = [escape_control_chars(each) if isinstance(each, str) else each for each in SessionStatus(**given)]
        return convert(texts, SessionStatus)
    return None


def _at(status: SessionStatus, clock: int) -> RunningSession:
    state, now = status.state, clock if status.state == "playing" else 0
    if state == "playing" and clock - status.phase_ends > OVERDUE_NS:
        state, now = "away", status.phase_ends
    return RunningSession(status, state, _seconds(status.ends - now), _seconds(status.phase_ends - now))


def _seconds(nanoseconds: int) -> int:
    """Return whole seconds rounded up, as the screen shows them: 0 is the end."""
    return max(0, -(-nanoseconds // NS_PER_S))
