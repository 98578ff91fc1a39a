"""The journal: what was done, written in short transactions and read back."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from stretch.core.journal.history import History
from stretch.core.journal.record import SessionRecord
from stretch.core.routine import Routine
from stretch.core.safety.scores import Entry, Scores
from stretch.storage.journal import rows, summary
from stretch.storage.journal.errors import JournalError, in_words
from stretch.storage.journal.file import NAME, open_to_read, open_to_write

PAGE = 200
"""Sessions read at a time: nobody who is playing waits for a reader that is slow to take them."""


class Journal:
    """An open journal; close it, or use it in a `with`. Every method raises JournalError."""

    def __init__(self, connection: sqlite3.Connection, path: Path, told: str | None = None) -> None:
        self._connection, self.path = connection, path
        self.told = told
        """What a person should know of the opening: that a damaged file was set aside."""

    @classmethod
    def reading(cls, folder: Path) -> Journal | None:
        """Return the journal in *folder*, not to be written; None where there is none, and none is made."""
        connection = open_to_read(folder)
        return cls(connection, folder / NAME) if connection else None

    @classmethod
    def writing(cls, folder: Path, today: date, *, thorough: bool = False) -> Journal:
        """Return the journal in *folder*, made where there is none and brought up to date where it is older.

        *thorough* looks the whole file through for damage first, and takes the time for it.
        """
        connection, told = open_to_write(folder, today, thorough=thorough)
        return cls(connection, folder / NAME, told)

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def keep(self, record: SessionRecord, plan: bytes | None = None, process: str | None = None) -> None:
        """Bring what is there of a session up to *record*, one revision on.

        *plan* is kept, and the scores of *record*, when the session is new; later scores come by `set_scores`, beside
        the session. *process* names who plays it; None when it is over.
        """
        with self._transaction():
            found = self._key(record.id)
            if found is None:
                rows.insert(self._connection, msgspec.structs.replace(record, revision=1), plan)
            else:
                key, revision = found
                rows.update(self._connection, key, msgspec.structs.replace(record, revision=revision + 1))
            self._connection.execute("UPDATE session SET process = ? WHERE id = ?", (process, record.id))

    def merge(self, sessions: Iterable[tuple[SessionRecord, bytes | None]]) -> int:
        """Take in those *sessions*, each with its plan, that are later than what is there; return how many were.

        All of them or none. Of two copies that changed equally often the one whose JSON is greater stays, so it does
        not matter in which order they come, nor how often.
        """
        with self._transaction():
            taken = 0
            for record, plan in sessions:
                there = self.get(record.id)
                if there is not None and _rank(record) <= _rank(there):
                    continue
                if there is not None:
                    plan = plan or self.plan_of(record.id)
                    self._delete("id = ?", (record.id,))
                rows.insert(self._connection, record, plan)
                taken += 1
            return taken

    def set_scores(self, session: str, **scores: Any) -> bool:
        """Note *scores*, some of the fields of `record.Scores`; return whether there is such a session."""
        with self._transaction():
            record = self.get(session)
            if record is None:
                return False
            new = msgspec.convert(msgspec.to_builtins(record.scores) | scores, Scores)
            columns = ", ".join(f"{name} = ?" for name in rows.SCORES)
            self._connection.execute(
                f"UPDATE session SET revision = revision + 1, {columns} WHERE id = ?",
                (*msgspec.structs.astuple(new), session),
            )
            return True

    def forget(self, session: str | None = None, *, before: date | None = None) -> int:
        """Remove one *session*, those that began before a day, or all; return how many there were.

        What they said is overwritten in the file, not only unlinked.
        """
        with self._transaction():
            if session is not None:
                return self._delete("id = ?", (session,))
            if before is not None:
                return self._delete("day < ?", (before.isoformat(),))
            return self._delete("1", ())

    def get(self, session: str) -> SessionRecord | None:
        """Return one session by its id."""
        found = self._select("WHERE id = ?", (session,))
        return found[0] if found else None

    def find(self, start: str) -> list[SessionRecord]:
        """Return the sessions whose id begins with *start*, two at most."""
        return self._select("WHERE substr(id, 1, ?) = ? LIMIT 2", (len(start), start))

    def recent(self, limit: int = PAGE) -> list[SessionRecord]:
        """Return the last *limit* sessions, the latest first."""
        return self._select("ORDER BY epoch DESC, id DESC LIMIT ?", (limit,))

    def every(self, *, earliest_first: bool = False, page: int = PAGE) -> Iterator[SessionRecord]:
        """Return all sessions, the latest first, without holding the file between two pages of them."""
        than, order = (">", "ASC") if earliest_first else ("<", "DESC")
        where = ""
        values: tuple[Any, ...] = ()
        while found := self._select(f"{where} ORDER BY epoch {order}, id {order} LIMIT ?", (*values, page)):
            yield from found
            where, values = f"WHERE (epoch, id) {than} (?, ?)", (rows.epoch(found[-1]), found[-1].id)

    def plan_of(self, session: str) -> bytes | None:
        """Return the plan of a session as the JSON it was kept as; None when it has none."""
        row = self._one("SELECT data FROM plan JOIN session ON plan.key = session.plan WHERE id = ?", session)
        return zlib.decompress(row[0]) if row else None

    def process_of(self, session: str) -> str | None:
        """Return what names the process that plays a session, or played it when it was cut off."""
        row = self._one("SELECT process FROM session WHERE id = ?", session)
        return row[0] if row else None

    def last_done(self) -> dict[str, date]:
        """Return the day on which each stretch was last done, both sides of it."""
        # From name to name by the index: there are few stretches, however often each was done.
        query = """WITH RECURSIVE each (stretch) AS (
            SELECT min(stretch) FROM stretched
            UNION ALL
            SELECT (SELECT min(stretch) FROM stretched WHERE stretch > each.stretch) FROM each WHERE stretch IS NOT NULL
        ) SELECT stretch, (SELECT max(day) FROM stretched WHERE stretched.stretch = each.stretch)
        FROM each WHERE stretch IS NOT NULL"""
        with in_words(self.path):
            found = self._connection.execute(query).fetchall()
        return {stretch: date.fromisoformat(day) for stretch, day in found}

    def first_day(self) -> date | None:
        """Return the day of the first session ever."""
        row = self._one("SELECT min(day) FROM session")
        return date.fromisoformat(row[0]) if row and row[0] else None

    def count(self, before: date | None = None) -> int:
        """Return how many sessions there are, or how many began before a day."""
        row = self._one("SELECT count(*) FROM session WHERE day < ?", before.isoformat() if before else "a")
        return int(row[0]) if row else 0

    def entries(self, since: date | None = None, lately: date | None = None) -> list[Entry]:
        """Return what was said of the pain around each session, as the trend reads it, the earliest first.

        With *lately* only the first fifty of them and those from that day on.
        """
        with in_words(self.path):
            return rows.entries(
                self._connection, since.isoformat() if since else "", lately.isoformat() if lately else ""
            )

    def history(self, today: date, last: int) -> History:
        """Return the last twelve weeks and all of it in short, with the *last* sessions."""
        with in_words(self.path):
            return summary.read(self._connection, today, last)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with in_words(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                # A full disk may have rolled it back already.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _key(self, session: str) -> tuple[int, int] | None:
        return self._one("SELECT key, revision FROM session WHERE id = ?", session)

    def _delete(self, which: str, values: tuple[Any, ...]) -> int:
        keys = [key for (key,) in self._connection.execute(f"SELECT key FROM session WHERE {which}", values)]
        rows.delete(self._connection, keys)
        return len(keys)

    def _select(self, where: str, values: tuple[Any, ...]) -> list[SessionRecord]:
        with in_words(self.path):
            return rows.select(self._connection, where, values)

    def _one(self, query: str, *values: Any) -> tuple[Any, ...] | None:
        with in_words(self.path):
            row: tuple[Any, ...] | None = self._connection.execute(query, values).fetchone()
            return row


def plan_as_json(routine: Routine) -> bytes:
    """Return *routine* as the plan that is kept: all that playing it needs, and not why others are left out."""
    return msgspec.json.encode(msgspec.structs.replace(routine, left_out=()))


def plan_as_routine(plan: bytes) -> Routine:
    """Return the routine that was kept as *plan*.

    Raises JournalError.
    """
    try:
        return msgspec.json.decode(plan, type=Routine)
    except msgspec.MsgspecError as error:
        raise JournalError(f"The plan of that session cannot be read: {error}.") from error


def _rank(record: SessionRecord) -> tuple[int, bytes]:
    return record.revision, msgspec.json.encode(record)
