"""The journal of sessions: short transactions to write them, and queries to read them."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from itertools import islice
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import msgspec

from stretch.core.journal.record import History, SessionRecord
from stretch.core.safety.pain import PainEntry, PainScores
from stretch.storage.journal import row_mapping, summary
from stretch.storage.journal.database import (
    FILE_NAME,
    SOUND,
    SessionForgottenError,
    open_to_read,
    open_to_write,
    transaction,
    translated_errors,
)

if TYPE_CHECKING:
    from stretch.core.model import Catalog
    from stretch.core.planning.personalize import PastSession, RecentPractice
    from stretch.core.routine import Request

PAGE_SIZE = 200
"""Sessions read at a time, so that a slow reader does not block a session that is being written."""
CHECKED = 50
"""The latest sessions are checked whole before they are summed up, older ones by the columns that are summed."""
BATCH_S, TURN_S = 0.3, 0.11
"""Seconds of a transaction of an import, and of the break after it: others look once every 0.1 s."""
MAX_PLAN_BYTES = 1 << 20
"""The plan of an hour takes 40,000."""


class Journal:
    """An open journal; close it, or use it in a `with`. Every method raises JournalError."""

    def __init__(
        self, connection: sqlite3.Connection, path: Path, notice: str | None = None, today: date = date.max
    ) -> None:
        self._connection, self.path = connection, path
        self.notice = notice
        """A message to the user: a damaged file was moved aside."""
        self.today = today
        """Sessions dated after this day are left out of all that looks back."""
        self.damaged: row_mapping.Damaged = {}
        """Ids of the damaged sessions found so far, which are left out, by their keys."""
        self.on_damage: Callable[[Iterable[str]], None] | None = None
        """Called with the ids of the damaged sessions, if any, when the journal is closed."""

    @classmethod
    def open_for_reading(cls, folder: Path, today: date = date.max) -> Journal:
        """Return the journal in *folder* as of *today*; an empty one if there is none."""
        return cls(open_to_read(folder), folder / FILE_NAME, today=today)

    @classmethod
    def open_for_writing(cls, folder: Path, today: date, *, thorough: bool = False) -> Journal:
        """Return the journal in *folder*, created or migrated if necessary.

        *thorough* checks the whole file for damage first.
        """
        connection, notice = open_to_write(folder, today, thorough=thorough)
        return cls(connection, folder / FILE_NAME, notice, today)

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and report damaged sessions."""
        self._connection.close()
        if self.damaged and self.on_damage:
            self.on_damage(self.damaged.values())

    def save(self, record: SessionRecord, plan: bytes | None = None) -> None:
        """Insert *record*, or update the stored session and increment its revision, unless it was forgotten.

        *plan* and the scores of *record* are stored only with a new session; later ones come by `set_plan` and
        `set_scores`.
        """
        with self.transaction():
            if self.forgotten_mark(record.id).exists():
                raise SessionForgottenError("It was deleted by `stretch history forget`.")
            row = self._one("SELECT key, revision FROM session WHERE id = ?", record.id)
            if row is None:
                row_mapping.insert(self._connection, msgspec.structs.replace(record, revision=1), plan)
            else:
                key, revision = row
                revision = revision + 1 if isinstance(revision, int) else 1
                row_mapping.update(self._connection, key, msgspec.structs.replace(record, revision=revision))

    def set_plan(self, session: str, plan: bytes) -> None:
        """Store *plan* in place of the one that *session* began with."""
        with self.transaction():
            key = row_mapping.store_plan(self._connection, plan)
            self._connection.execute("UPDATE session SET plan = ? WHERE id = ?", (key, session))

    def merge(self, sessions: Iterable[tuple[SessionRecord, bytes | None]]) -> int:
        """Import those *sessions*, each with its plan, that are newer than the stored copy; return their number.

        Of two copies with the same revision the one whose JSON is greater wins, so that the order and the number of
        imports do not matter. Between short transactions others get their turn, such as a session that is playing.
        """
        remaining, imported = iter(sessions), 0
        while True:
            with self.transaction():
                deadline = monotonic() + BATCH_S
                for record, plan in remaining:
                    imported += self._merge_one(record, plan)
                    if monotonic() > deadline:
                        break
                else:
                    return imported
            sleep(TURN_S)

    def _merge_one(self, record: SessionRecord, plan: bytes | None) -> bool:
        stored = self.get(record.id)
        if stored is not None and _rank(record) <= _rank(stored):
            return False
        plan = plan or self.plan(record.id)
        # A stored copy is older or damaged.
        self._delete("id = ?", record.id)
        row_mapping.insert(self._connection, record, plan)
        # Left by a process that was killed.
        self.forgotten_mark(record.id).unlink(missing_ok=True)
        return True

    def set_scores(self, session: str, **scores: Any) -> bool:
        """Store *scores*, some of the fields of `PainScores`; return False if there is no such session."""
        with self.transaction():
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

    def set_stopped(self, session: str) -> None:
        """Store that *session* was stopped by the person, and ended for no other reason."""
        with self.transaction():
            self._connection.execute(
                "UPDATE session SET revision = revision + 1, ended = 'stopped' WHERE id = ?", (session,)
            )

    def delete(
        self, session: str | None = None, *, before: date | None = None, playing: Callable[[str], bool] | None = None
    ) -> int:
        """Delete one *session*, those that began before a day, or all; return their number.

        Their data is overwritten in the file, not only unlinked. One that is *playing* is marked, or its process would
        write it again.
        """
        condition, values = "1", tuple[str, ...]()
        if session is not None:
            condition, values = "id = ?", (session,)
        elif before is not None:
            condition, values = "day < ?", (before.isoformat(),)
        with self.transaction():
            ids = f"SELECT id FROM session WHERE {condition} AND length(id) = 32 AND id NOT GLOB '*[^0-9a-f]*'"
            for (name,) in self._connection.execute(ids, values):
                if playing and playing(name):
                    self.forgotten_mark(name).touch(mode=0o600)
            return self._delete(condition, *values)

    def forgotten_mark(self, session: str) -> Path:
        """Return the file whose existence tells the process that plays *session* that it was deleted."""
        return self.path.with_name(f"forgotten-{session}")

    def get(self, session: str) -> SessionRecord | None:
        """Return one session by its id."""
        return next(self._select("WHERE id = ?", session), None)

    def find(self, prefix: str) -> list[SessionRecord]:
        """Return up to two sessions whose id starts with *prefix*."""
        return list(self._select("WHERE substr(id, 1, ?) = ? LIMIT 2", len(prefix), prefix))

    def recent(self, limit: int = PAGE_SIZE) -> list[SessionRecord]:
        """Return the last *limit* sessions up to today, the latest first."""
        sessions = self.sessions(page_size=max(1, min(limit, PAGE_SIZE)))
        return list(islice((record for record in sessions if record.day <= self.today), limit))

    def sessions(self, *, earliest_first: bool = False, page_size: int = PAGE_SIZE) -> Iterator[SessionRecord]:
        """Return all sessions, the latest first, without a lock on the file between two pages."""
        order = "ASC" if earliest_first else "DESC"
        ordered = f"ORDER BY epoch {order}, id {order}"
        # Most readers need the first page only.
        page = self._keys(f"{ordered} LIMIT ?", page_size)
        keys: list[int] | None = None
        while page:
            with translated_errors(self.path):
                yield from row_mapping.select(self._connection, page, self.damaged)
            if keys is None:
                read = set(page)
                keys = [key for key in self._keys(ordered) if key not in read]
            page, keys = keys[:page_size], keys[page_size:]

    def plan(self, session: str) -> bytes | None:
        """Return the plan of a session as JSON; None if it has none, or one that is damaged."""
        row = self._one(
            "SELECT session.key, data FROM plan JOIN session ON plan.key = session.plan WHERE id = ?", session
        )
        if row is None:
            return None
        with suppress(zlib.error, TypeError, ValueError, RecursionError):
            plan = zlib.decompressobj().decompress(row[1], MAX_PLAN_BYTES + 1)
            # Only checked: a plan of any version is passed on as it is, on one line.
            msgspec.json.decode(plan.decode(), type=msgspec.Raw)
            if len(plan) <= MAX_PLAN_BYTES and b"\n" not in plan:
                return plan
        self.damaged[row[0]] = session
        return None

    def last_done_days(self, times: int = 1) -> dict[str, date]:
        """Return the day up to today on which each stretch was last done on every side.

        With *times*, only the stretches done so many times or more, and the last day but *times* - 1.
        """
        # Skips through the index: there are few stretches, however often each was done.
        query = f"""WITH RECURSIVE each (stretch) AS (
            SELECT min(stretch) FROM stretched
            UNION ALL
            SELECT (SELECT min(stretch) FROM stretched WHERE stretch > each.stretch) FROM each WHERE stretch IS NOT NULL
        ) SELECT stretch, (
            SELECT day FROM stretched WHERE stretched.stretch = each.stretch AND day <= ?
            AND session IN (SELECT key FROM session WHERE {SOUND} AND key = stretched.session)
            ORDER BY day DESC LIMIT 1 OFFSET ?
        ) FROM each WHERE stretch IS NOT NULL"""
        days = {}
        for stretch, day in self._rows(query, self.today.isoformat(), times - 1):
            with suppress(ValueError, TypeError):
                days[stretch] = date.fromisoformat(day)
        return days

    def count(self, before: date | None = None) -> int:
        """Return the number of sessions, or of those that began before a day."""
        row = self._one("SELECT count(*) FROM session WHERE day < ? OR ?", str(before), before is None)
        return int(row[0]) if row else 0

    def pain_entries(self, since: date | None = None, recent: date | None = None) -> list[PainEntry]:
        """Return the pain scores of the sessions up to today with their days, the earliest first.

        With *recent*, only the first fifty of them and those from that day on.
        """
        days = (day.isoformat() if day else "" for day in (since, recent, self.today))
        with translated_errors(self.path):
            return list(row_mapping.pain_entries(self._connection, *days))

    def history(self, today: date, last: int) -> History:
        """Return statistics over all sessions and the last twelve weeks, with the *last* sessions.

        Sessions dated after *today* count for nothing and stand apart.
        """
        self.today = today
        recent: list[SessionRecord] = []
        future: list[SessionRecord] = []
        with translated_errors(self.path), transaction(self._connection, "DEFERRED"):
            for record in self.sessions(page_size=CHECKED):
                (future if record.day > today else recent).append(record)
                # The nearest of the later ones.
                del future[:-PAGE_SIZE]
                if len(recent) >= max(last, CHECKED):
                    break
            history = summary.read_history(self._connection, today, self.damaged)
        return msgspec.structs.replace(history, recent=tuple(recent[:last]), future=tuple(future))

    def recent_practice(self, catalog: Catalog, request: Request) -> RecentPractice:
        """Return the recent practice that the routine for *request* takes into account."""
        from stretch.core.model import expand_areas
        from stretch.core.routine import FAMILIAR_AFTER
        from stretch.storage.journal.practice import read_practice

        hard = {s.id for s in catalog.stretches.values() if s.level == "deep" or s.mode == "contract-relax"}
        areas = expand_areas(catalog, request.areas)
        last_done, familiar = self.last_done_days(), frozenset(self.last_done_days(FAMILIAR_AFTER))
        with translated_errors(self.path):
            practice = read_practice(self._connection, self.today, areas, request.key, self.plan)
        last_hard_day = max((day for name, day in last_done.items() if name in hard), default=None)
        return msgspec.structs.replace(practice, last_done=last_done, last_hard_day=last_hard_day, familiar=familiar)

    def program_sessions(self, program: str, since: date | None) -> list[PastSession]:
        """Return the finished sessions of *program* from a day up to today."""
        from stretch.storage.journal.practice import read_program

        with translated_errors(self.path):
            return [*read_program(self._connection, program, since, self.today)]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep others from writing; raise JournalError if they are."""
        with translated_errors(self.path), transaction(self._connection):
            yield

    def _delete(self, condition: str, *values: Any) -> int:
        keys = self._keys(f"WHERE {condition}", *values)
        row_mapping.delete(self._connection, keys)
        return len(keys)

    def _select(self, clauses: str, *values: Any) -> Iterator[SessionRecord]:
        with translated_errors(self.path):
            yield from row_mapping.select(self._connection, self._keys(clauses, *values), self.damaged)

    def _keys(self, clauses: str, *values: Any) -> list[int]:
        return [key for (key,) in self._rows(f"SELECT key FROM session {clauses}", *values)]

    def _one(self, query: str, *values: Any) -> tuple[Any, ...] | None:
        return next(iter(self._rows(query, *values)), None)

    def _rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with translated_errors(self.path):
            return self._connection.execute(query, values).fetchall()


def _rank(record: SessionRecord) -> tuple[int, bytes]:
    return record.revision, msgspec.json.encode(record)
