"""What plays now, told to other programs: the file of one session, written when something changes."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from io import FileIO
from pathlib import Path

import msgspec

from stretch.core.timing.phases import NS_PER_MS
from stretch.core.timing.session import Session
from stretch.storage.nowplaying import FOLDER, Playing, State, create_held

SIZE = 2048
"""Bytes of a file, filled up with spaces: what has been read is one state and never the end of another."""


class Board:
    """Where one session is told of, from `show` to `close`; trouble with the file is never trouble for the session.

    *clock* makes the name of the file one that was never used before.
    """

    def __init__(self, folder: Path, clock: int) -> None:
        self._folder = folder / FOLDER
        self._path = self._folder / f"{os.getpid()}-{clock:x}.json"
        self._file: FileIO | None = None
        self._shown: Playing | None = None
        self._broken = False

    def show(self, session: Session) -> None:
        """Tell of *session*, if anything changed; to be called at every frame."""
        now = playing(session)
        if now == self._shown or self._broken:
            return
        self._shown = now
        try:
            self._write(now)
        except OSError:
            self._broken = True
            self.close()

    def close(self) -> None:
        """Take the file away, and its folder where no other session is told of."""
        if self._file is None:
            return
        self._remove(self._file)
        self._file = None
        with suppress(OSError):
            self._folder.rmdir()

    def _remove(self, file: FileIO) -> None:
        if sys.platform == "win32":
            file.close()
            with suppress(OSError):
                self._path.unlink()
        else:
            # In this order nobody finds a file that nobody holds.
            with suppress(OSError):
                self._path.unlink()
            file.close()

    def _write(self, now: Playing | None) -> None:
        if now is None:
            self.close()
            return
        if self._file is None:
            self._file = self._created()
        data = msgspec.json.encode(now).ljust(SIZE)
        self._file.seek(0)
        self._file.write(data)
        self._file.truncate(len(data))

    def _created(self) -> FileIO:
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            return create_held(self._path)
        except FileNotFoundError:
            # Another session that ended took the folder away in between.
            self._folder.mkdir(parents=True, exist_ok=True)
            return create_held(self._path)


def playing(session: Session) -> Playing | None:
    """Return what there is to tell of *session*; None before its first tick and after its end.

    Equal as long as nothing happens but time.
    """
    if session.over or session.clock is None:
        return None
    phase = session.moment.phase
    length, end = (at * NS_PER_MS - session.position_ns for at in (session.timeline.length, phase.end))
    still = _still(session)
    base = 0 if still else session.clock + session.lead_in_ns
    stretch = phase.item.stretch if phase.item else None
    return Playing(
        state=still or "playing",
        title=session.timeline.title,
        kind=phase.kind,
        ends=base + length,
        phase_ends=base + end,
        stretch=stretch.id if stretch else None,
        name=stretch.name if stretch else phase.move.name if phase.move else None,
        side=phase.side,
        rep=phase.rep,
        reps=phase.reps,
    )


def _still(session: Session) -> State | None:
    if session.away_ns:
        return "away"
    if session.waiting:
        return "waiting"
    return "paused" if session.still else None
