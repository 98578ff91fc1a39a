"""Session records as rows of the journal's tables, and back."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from importlib import import_module
from typing import Any

import msgspec

from stretch.core.journal.record import SessionRecord, SideResult
from stretch.core.safety.pain import PainEntry, PainScores
from stretch.storage.journal.migrations import recompute_aggregates

SCORE_COLUMNS = PainScores.__struct_fields__
RECORD_COLUMNS = tuple(name for name in SessionRecord.__struct_fields__ if name not in ("parts", "scores"))
COMPUTED_COLUMNS = ("epoch", "day", "done", "planned")
PART_COLUMNS = SideResult.__struct_fields__
FIRST_ENTRIES = 50
"""Pain entries read from the beginning: more than there are in a first week."""


def epoch(record: SessionRecord) -> int:
    """Return when the session began, in seconds since 1970.

    Raise ValueError for a date or time that does not exist.
    """
    try:
        return int(datetime.fromisoformat(record.started).timestamp())
    except OverflowError as error:
        raise ValueError(str(error)) from error


def insert(connection: sqlite3.Connection, record: SessionRecord, plan: bytes | None) -> None:
    """Write a new session; the caller has started the transaction."""
    columns = (*RECORD_COLUMNS, *COMPUTED_COLUMNS, *SCORE_COLUMNS, "plan")
    values = (*_values(record), *msgspec.structs.astuple(record.scores), _store_plan(connection, plan))
    placeholders = ", ".join("?" * len(columns))
    cursor = connection.execute(f"INSERT INTO session ({', '.join(columns)}) VALUES ({placeholders})", values)
    assert cursor.lastrowid is not None
    _write_parts(connection, cursor.lastrowid, record.parts)


def update(connection: sqlite3.Connection, key: int, record: SessionRecord) -> None:
    """Overwrite the session *key* with *record*, except its scores and its plan."""
    columns = ", ".join(f"{name} = ?" for name in (*RECORD_COLUMNS, *COMPUTED_COLUMNS))
    connection.execute(f"UPDATE session SET {columns} WHERE key = ?", (*_values(record), key))
    _write_parts(connection, key, record.parts)


def delete(connection: sqlite3.Connection, keys: Sequence[int]) -> None:
    """Remove sessions with their parts, and plans that no session uses any more."""
    connection.executemany("DELETE FROM session WHERE key = ?", [(key,) for key in keys])
    connection.execute("DELETE FROM plan WHERE key NOT IN (SELECT plan FROM session WHERE plan IS NOT NULL)")


def select(connection: sqlite3.Connection, clauses: str, values: tuple[Any, ...]) -> list[SessionRecord]:
    """Return the sessions selected by the SQL *clauses*, in their order."""
    columns = ", ".join(("key", *RECORD_COLUMNS, *SCORE_COLUMNS))
    rows = connection.execute(f"SELECT {columns} FROM session {clauses}", values).fetchall()
    if not rows:
        return []
    parts: dict[int, list[SideResult]] = {row[0]: [] for row in rows}
    part_rows = connection.execute(
        f"SELECT session, {', '.join(PART_COLUMNS)} FROM part WHERE session IN ({', '.join('?' * len(rows))})"
        " ORDER BY session, number",
        list(parts),
    )
    for key, *fields in part_rows:
        parts[key].append(_part(fields))
    return [_record(row[1:], tuple(parts[row[0]])) for row in rows]


def pain_entries(connection: sqlite3.Connection, since: str, recent: str) -> list[PainEntry]:
    """Return the pain entries from the day *since* on, the earliest first.

    That is the first `FIRST_ENTRIES` of them, and all from the day *recent* on: a beginning and an end to compare.
    """
    answered = "coalesce(before, worst, after, next_morning, spread, new_sign) IS NOT NULL"
    rows = connection.execute(
        f"""SELECT day, {", ".join(SCORE_COLUMNS)} FROM session WHERE key IN (
            SELECT key FROM (
                SELECT key FROM session WHERE day >= ? AND {answered} ORDER BY epoch, id LIMIT {FIRST_ENTRIES}
            ) UNION SELECT key FROM session WHERE day >= ? AND {answered}
        ) ORDER BY epoch, id""",
        (since, max(since, recent)),
    )
    return [PainEntry(day=date.fromisoformat(day), **_scores(row)) for day, *row in rows]


def _values(record: SessionRecord) -> tuple[Any, ...]:
    done, planned = record.stretch_counts
    fields = {**{name: getattr(record, name) for name in RECORD_COLUMNS}, "areas": _json(record.areas)}
    return (*fields.values(), epoch(record), record.day.isoformat(), done, planned)


def _write_parts(connection: sqlite3.Connection, key: int, parts: Sequence[SideResult]) -> None:
    connection.execute("DELETE FROM part WHERE session = ? AND number >= ?", (key, len(parts)))
    placeholders = ", ".join("?" * (len(PART_COLUMNS) + 2))
    connection.executemany(
        f"INSERT OR REPLACE INTO part (session, number, {', '.join(PART_COLUMNS)}) VALUES ({placeholders})",
        [
            (key, number, *msgspec.structs.astuple(msgspec.structs.replace(part, areas=_json(part.areas))))
            for number, part in enumerate(parts)
        ],
    )
    recompute_aggregates(connection, key)


def _store_plan(connection: sqlite3.Connection, plan: bytes | None) -> int | None:
    """Return the key of *plan*, which is stored once however often it is played."""
    if plan is None:
        return None
    digest = _sha256(plan)
    connection.execute("INSERT OR IGNORE INTO plan (digest, data) VALUES (?, ?)", (digest, zlib.compress(plan)))
    (key,) = connection.execute("SELECT key FROM plan WHERE digest = ?", (digest,)).fetchone()
    return int(key)


def _sha256(data: bytes) -> bytes:
    # As `random` in the standard library does it: hashlib loads OpenSSL, 4 MiB for a single digest.
    for name in ("_sha2", "_sha256", "hashlib"):
        with suppress(ImportError):
            return bytes(import_module(name).sha256(data).digest())
    raise AssertionError("a Python without SHA-256")


def _record(row: Sequence[Any], parts: tuple[SideResult, ...]) -> SessionRecord:
    fields: dict[str, Any] = dict(zip(RECORD_COLUMNS, row[: len(RECORD_COLUMNS)], strict=True))
    fields["areas"] = _areas(fields["areas"])
    return SessionRecord(**fields, parts=parts, scores=PainScores(**_scores(row[len(RECORD_COLUMNS) :])))


def _scores(row: Sequence[Any]) -> dict[str, Any]:
    fields: dict[str, Any] = dict(zip(SCORE_COLUMNS, row, strict=True))
    new_sign = fields["new_sign"]
    return fields | {"new_sign": None if new_sign is None else bool(new_sign), "sudden": bool(fields["sudden"])}


def _part(row: Sequence[Any]) -> SideResult:
    fields: dict[str, Any] = dict(zip(PART_COLUMNS, row, strict=True))
    fields |= {name: bool(fields[name]) for name in ("eased", "skipped")} | {"areas": _areas(fields["areas"])}
    return SideResult(**fields)


def _json(names: Sequence[str]) -> str:
    return msgspec.json.encode(names).decode()


def _areas(text: str) -> tuple[str, ...]:
    return msgspec.json.decode(text, type=tuple[str, ...])
