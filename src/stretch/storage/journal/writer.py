"""Writes a session down while it plays, in a thread of its own: a slow disk delays no cue."""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition, Thread
from time import monotonic
from typing import Protocol

from stretch.core.journal.record import SessionRecord
from stretch.storage.journal.errors import Busy, Damaged, Moved

PATIENCE_S = 5.0
"""How long the end of a session waits for the disk."""

RETRY_S = 0.05


class Keeps(Protocol):
    """What the thread writes with: a journal."""

    told: str | None

    def keep(self, record: SessionRecord, plan: bytes | None = None, process: str | None = None) -> None:
        """Write *record*."""

    def close(self) -> None:
        """Let go."""


class Writer:
    """Takes the record of one session again and again and writes the latest.

    A record is the whole session so far: when one could not be written, the next one brings what was missed.
    """

    def __init__(self, opened: Callable[[], Keeps], plan: bytes, process: str) -> None:
        self._open, self._plan, self._process = opened, plan, process
        self._journal: Keeps | None = None
        self._changed = Condition()
        self._latest: SessionRecord | None = None
        self._tried: SessionRecord | None = None
        self._kept: SessionRecord | None = None
        self._thread: Thread | None = None
        self._until: float | None = None
        self._trouble: str | None = None
        self._told: str | None = None

    def put(self, record: SessionRecord) -> None:
        """Take *record* to be written; returns at once."""
        with self._changed:
            self._latest = record
            self._changed.notify()
        if self._thread is None:
            self._thread = Thread(target=self._run, name="journal", daemon=True)
            self._thread.start()

    @property
    def trouble(self) -> str | None:
        """Why the last record that was tried is not kept; None as long as all is well."""
        return self._trouble

    @property
    def kept_before(self) -> bool:
        """Whether an earlier record was written."""
        return self._kept is not None

    @property
    def told(self) -> str | None:
        """What a person should know although all is well: that a damaged file was set aside."""
        return self._told

    def close(self, patience: float = PATIENCE_S) -> bool:
        """Wait at most *patience* seconds for the last record, and return whether it is kept."""
        with self._changed:
            self._until = monotonic() + patience
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(patience)
        kept = self._kept is self._latest
        if not kept and self._trouble is None:
            self._trouble = "The disk of the journal is too slow."
        return kept

    def _run(self) -> None:
        while (record := self._next()) is not None:
            self._tried = record
            try:
                self._write(record)
                self._kept, self._trouble = record, None
            except Exception as error:
                # Whatever it is, the session goes on, and says that this is not kept.
                self._trouble = str(error) or type(error).__name__
                if self._until is not None and not isinstance(error, Busy):
                    break
        self._let_go()

    def _next(self) -> SessionRecord | None:
        """Wait for a record that is not written yet; None when there will be none, or none that can be."""
        with self._changed:
            while self._latest is self._tried and self._until is None:
                self._changed.wait()
            if self._latest is self._tried and self._latest is not self._kept:
                self._changed.wait(RETRY_S)
            if self._latest is self._kept or (self._latest is self._tried and monotonic() > (self._until or 0)):
                return None
            return self._latest

    def _write(self, record: SessionRecord) -> None:
        try:
            self._try_once(record)
        except (Damaged, Moved):
            # To open it again looks it through, sets it aside if it must, and finds or begins a new one.
            self._let_go()
            self._try_once(record)

    def _try_once(self, record: SessionRecord) -> None:
        if self._journal is None:
            self._journal = self._open()
            self._told = self._journal.told or self._told
        self._journal.keep(record, self._plan, self._process if record.ended is None else None)

    def _let_go(self) -> None:
        if self._journal is not None:
            self._journal.close()
            self._journal = None
