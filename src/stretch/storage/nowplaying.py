"""What plays now, read by other programs: a small file for each session, disowned when the session is gone.

A file counts only while the process that wrote it has it open, which the system knows and no crash can fake: on POSIX
it holds a lock on it, on Windows a file that is open cannot be deleted. Process numbers, which are used again, play no
part, and neither does the clock of the day.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

FOLDER = "playing"
NS_PER_S = 1_000_000_000
OVERDUE_NS = 2 * NS_PER_S
"""A session that has not gone on to its next phase so long after it was due does not run, whatever holds it up."""

State = Literal["playing", "paused", "waiting", "away"]
"""`waiting` for a key before a new stretch; `away`: the machine slept, or the process does not answer."""


class Playing(Struct, frozen=True, kw_only=True):
    """A session as it was when something last changed.

    While it plays `ends` and `phase_ends` are readings of the clock in nanoseconds at which the session and the phase
    end if nothing happens, and while it stands still they are the nanoseconds left. So the file is written once a
    phase, and the seconds left are known at any moment.
    """

    state: State
    title: str
    kind: str
    """Of the phase, as in the events of a session."""
    ends: int
    phase_ends: int
    stretch: str | None = None
    name: str | None = None
    side: str | None = None
    rep: int | None = None
    reps: int | None = None


class Left(Struct, frozen=True, kw_only=True):
    """A session that plays, and the whole seconds it and its phase have left."""

    playing: Playing
    state: State
    seconds: int
    phase_seconds: int


def all_playing(folder: Path, clock: int) -> tuple[Left, ...]:
    """Return the sessions that play at *clock*, a reading of the clock they run by, those that end last first.

    Files that nobody holds are removed on the way.
    """
    found = (_read(path) for path in _files(folder / FOLDER))
    return tuple(sorted((_left(one, clock) for one in found if one), key=lambda left: -left.seconds))


def _files(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(folder.glob("*.json"))
    except OSError:
        return


def _read(path: Path) -> Playing | None:
    try:
        return _decoded(path.read_bytes()) if _is_live(path) else None
    except OSError:
        return None


def _decoded(data: bytes) -> Playing | None:
    # Empty for the moment between opening and writing; from a version of another day it may be anything.
    with suppress(msgspec.MsgspecError):
        return msgspec.json.decode(data, type=Playing)
    return None


def _left(now: Playing, clock: int) -> Left:
    if now.state != "playing":
        return Left(playing=now, state=now.state, seconds=_seconds(now.ends), phase_seconds=_seconds(now.phase_ends))
    overdue = clock - now.phase_ends > OVERDUE_NS
    at = now.phase_ends if overdue else clock
    return Left(
        playing=now,
        state="away" if overdue else "playing",
        seconds=_seconds(now.ends - at),
        phase_seconds=_seconds(now.phase_ends - at),
    )


def _seconds(nanoseconds: int) -> int:
    """Return whole seconds, rounded up so that 0 is the end, as the screen shows them."""
    return max(0, -(-nanoseconds // NS_PER_S))


if sys.platform == "win32":

    def create_held(path: Path) -> FileIO:
        """Return *path* open for writing, which is all it takes to hold it; raises OSError."""
        return FileIO(path, "w+")

    def _is_live(path: Path) -> bool:
        """Whether somebody has *path* open; it is removed if not."""
        try:
            path.unlink()
        except PermissionError:
            return True
        return False

else:
    import fcntl

    def create_held(path: Path) -> FileIO:
        """Return *path* open for writing and held until it is closed or the process is gone.

        Raises OSError, also where files cannot be held.
        """
        # Under its other name nobody looks at it before it is held.
        making = path.with_suffix(".new")
        file = FileIO(making, "w+")
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            making.replace(path)
        except OSError:
            file.close()
            making.unlink(missing_ok=True)
            raise
        return file

    def _is_live(path: Path) -> bool:
        """Whether somebody holds *path*; it is removed if not."""
        with path.open("rb") as file:
            try:
                fcntl.flock(file.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        path.unlink(missing_ok=True)
        return False
