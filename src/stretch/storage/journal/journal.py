"""The journal of sessions: short transactions to write them, and queries to read them."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from stretch.core.journal.record import SessionRecord
from stretch.core.journal.statistics import History, LastSession
from stretch.core.safety.pain import PainEntry, PainScores
from stretch.storage.journal import row_mapping, summary
from stretch.storage.journal.database import FILE_NAME, open_to_read, open_to_write, translated_errors

if TYPE_CHECKING:
    from stretch.core.model import Catalog
    from stretch.core.planning.personalize import RecentPractice

PAGE_SIZE = 200
"""Sessions read at a time, so that a slow reader does not block a session that is being written."""


class Journal:
    """An open journal; close it, or use it in a `with`. Every method raises JournalError."""

    def __init__(self, connection: sqlite3.Connection, path: Path, notice: str | None = None) -> None:
        self._connection, self.path = connection, path
        self.notice = notice
        """A message to the user: a damaged file was moved aside."""

    @classmethod
    def open_for_reading(cls, folder: Path) -> Journal | None:
        """Return the journal in *folder*; None if there is none."""
        connection = open_to_read(folder)
        return cls(connection, folder / FILE_NAME) if connection else None

    @classmethod
    def open_for_writing(cls, folder: Path, today: date, *, thorough: bool = False) -> Journal:
        """Return the journal in *folder*, created or migrated if necessary.

        *thorough* checks the whole file for damage first.
        """
        connection, notice = open_to_write(folder, today, thorough=thorough)
        return cls(connection, folder / FILE_NAME, notice)

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def save(self, record: SessionRecord, plan: bytes | None = None) -> None:
        """Insert *record*, or update the stored session and increment its revision.

        *plan* and the scores of *record* are stored only with a new session; later scores come by `set_scores`.
        """
        with self._transaction():
            row = self._one("SELECT key, revision FROM session WHERE id = ?", record.id)
            if row is None:
                row_mapping.insert(self._connection, msgspec.structs.replace(record, revision=1), plan)
            else:
                key, revision = row
                row_mapping.update(self._connection, key, msgspec.structs.replace(record, revision=revision + 1))

    def merge(self, sessions: Iterable[tuple[SessionRecord, bytes | None]]) -> int:
        """Import those *sessions*, each with its plan, that are newer than the stored copy; return their number.

        It imports all of them or none. Of two copies with the same revision the one whose JSON is greater wins, so
        that the order and the number of imports do not matter.
        """
        with self._transaction():
            imported = 0
            for record, plan in sessions:
                stored = self.get(record.id)
                if stored is not None and _rank(record) <= _rank(stored):
                    continue
                if stored is not None:
                    plan = plan or self.plan(record.id)
                    self._delete("id = ?", record.id)
                row_mapping.insert(self._connection, record, plan)
                imported += 1
            return imported

    def set_scores(self, session: str, **scores: Any) -> bool:
        """Store *scores*, some of the fields of `PainScores`; return False if there is no such session."""
        with self._transaction():
            record = self.get(session)
            if record is None:
                return False
            new = msgspec.convert(msgspec.to_builtins(record.scores) | scores, PainScores)
            columns = ", ".join(f"{name} = ?" for name in row_mapping.SCORE_COLUMNS)
            self._connection.execute(
                f"UPDATE session SET revision = revision + 1, {columns} WHERE id = ?",
                (*msgspec.structs.astuple(new), session),
            )
            return True

    def delete(self, session: str | None = None, *, before: date | None = None) -> int:
        """Delete one *session*, those that began before a day, or all; return their number.

        Their data is overwritten in the file, not only unlinked.
        """
        with self._transaction():
            if session is not None:
                return self._delete("id = ?", session)
            return self._delete("day < ?", before.isoformat()) if before else self._delete("1")

    def get(self, session: str) -> SessionRecord | None:
        """Return one session by its id."""
        return next(iter(self._select("WHERE id = ?", session)), None)

    def find(self, prefix: str) -> list[SessionRecord]:
        """Return up to two sessions whose id starts with *prefix*."""
        return self._select("WHERE substr(id, 1, ?) = ? LIMIT 2", len(prefix), prefix)

    def recent(self, limit: int = PAGE_SIZE) -> list[SessionRecord]:
        """Return the last *limit* sessions, the latest first."""
        return self._select("ORDER BY epoch DESC, id DESC LIMIT ?", limit)

    def sessions(self, *, earliest_first: bool = False, page_size: int = PAGE_SIZE) -> Iterator[SessionRecord]:
        """Return all sessions, the latest first, without a lock on the file between two pages."""
        operator, order = (">", "ASC") if earliest_first else ("<", "DESC")
        where = ""
        values: tuple[Any, ...] = ()
        while page := self._select(f"{where} ORDER BY epoch {order}, id {order} LIMIT ?", *values, page_size):
            yield from page
            where, values = f"WHERE (epoch, id) {operator} (?, ?)", (row_mapping.epoch(page[-1]), page[-1].id)

    def plan(self, session: str) -> bytes | None:
        """Return the plan of a session as JSON; None if it has none."""
        row = self._one("SELECT data FROM plan JOIN session ON plan.key = session.plan WHERE id = ?", session)
        return zlib.decompress(row[0]) if row else None

    def last_done_days(self) -> dict[str, date]:
        """Return the day on which each stretch was last done on every side."""
        # Skips through the index: there are few stretches, however often each was done.
        query = """WITH RECURSIVE each (stretch) AS (
            SELECT min(stretch) FROM stretched
            UNION ALL
            SELECT (SELECT min(stretch) FROM stretched WHERE stretch > each.stretch) FROM each WHERE stretch IS NOT NULL
        ) SELECT stretch, (SELECT max(day) FROM stretched WHERE stretched.stretch = each.stretch)
        FROM each WHERE stretch IS NOT NULL"""
        with translated_errors(self.path):
            rows = self._connection.execute(query).fetchall()
        return {stretch: date.fromisoformat(day) for stretch, day in rows}

    def count(self, before: date | None = None) -> int:
        """Return the number of sessions, or of those that began before a day."""
        row = self._one("SELECT count(*) FROM session WHERE day < ?", before.isoformat() if before else "a")
        return int(row[0]) if row else 0

    def pain_entries(self, since: date | None = None, recent: date | None = None) -> list[PainEntry]:
        """Return the pain scores of the sessions with their days, the earliest first.

        With *recent*, only the first fifty of them and those from that day on.
        """
        with translated_errors(self.path):
            return row_mapping.pain_entries(
                self._connection, since.isoformat() if since else "", recent.isoformat() if recent else ""
            )

    def history(self, today: date, last: int) -> History:
        """Return statistics over all sessions and the last twelve weeks, with the *last* sessions."""
        with translated_errors(self.path):
            return summary.read_history(self._connection, today, last)

    def last_session(self, today: date) -> LastSession | None:
        """Return a summary of the last session, with the streak; None if there is no session."""
        history = self.history(today, 1)
        if not history.recent:
            return None
        (last,) = history.recent
        return LastSession(
            started=last.started,
            title=last.title,
            seconds=round(last.active_seconds),
            done=last.stretch_counts[0] > 0,
            streak=history.streak.days,
        )

    def recent_practice(self, catalog: Catalog) -> RecentPractice:
        """Return the recent practice that the next routine takes into account."""
        from stretch.core.planning.personalize import RecentPractice

        recent, last_done = self.recent(), self.last_done_days()
        hard = {s.id for s in catalog.stretches.values() if s.level == "deep" or s.mode == "contract-relax"}
        return RecentPractice(
            last_done=last_done,
            days=tuple(sorted({record.day for record in recent if record.stretch_counts[0]})),
            first_side=next((part.side for record in recent for part in record.parts if part.side), None),
            last_hard_day=max((day for name, day in last_done.items() if name in hard), default=None),
        )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with translated_errors(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                # SQLite may have rolled it back already, if the disk is full.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _delete(self, condition: str, *values: Any) -> int:
        keys = [key for (key,) in self._connection.execute(f"SELECT key FROM session WHERE {condition}", values)]
        row_mapping.delete(self._connection, keys)
        return len(keys)

    def _select(self, clauses: str, *values: Any) -> list[SessionRecord]:
        with translated_errors(self.path):
            return row_mapping.select(self._connection, clauses, values)

    def _one(self, query: str, *values: Any) -> tuple[Any, ...] | None:
        with translated_errors(self.path):
            row: tuple[Any, ...] | None = self._connection.execute(query, values).fetchone()
            return row


def _rank(record: SessionRecord) -> tuple[int, bytes]:
    return record.revision, msgspec.json.encode(record)
