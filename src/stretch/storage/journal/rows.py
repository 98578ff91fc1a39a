"""A session as rows of the journal's tables, and rows as a session."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from importlib import import_module
from typing import Any

import msgspec

from stretch.core.journal.record import Part, SessionRecord
from stretch.core.safety.scores import Entry, Scores
from stretch.storage.journal import derived

SCORES = Scores.__struct_fields__
OWN = tuple(name for name in SessionRecord.__struct_fields__ if name not in ("parts", "scores"))
"""The fields of a record that are columns of the same name; the rest is worked out of it."""
WORKED_OUT = ("epoch", "day", "done", "planned")
PART = Part.__struct_fields__


def epoch(record: SessionRecord) -> int:
    """Return the second it began, counted the same everywhere.

    Raises ValueError for a day or a time that does not exist.
    """
    try:
        return int(datetime.fromisoformat(record.started).timestamp())
    except OverflowError as error:
        raise ValueError(str(error)) from error


def insert(connection: sqlite3.Connection, record: SessionRecord, plan: bytes | None) -> None:
    """Write a session that is not there; the caller has begun the transaction."""
    columns = (*OWN, *WORKED_OUT, *SCORES, "plan")
    values = (*_values(record), *msgspec.structs.astuple(record.scores), _plan(connection, plan))
    marks = ", ".join("?" * len(columns))
    cursor = connection.execute(f"INSERT INTO session ({', '.join(columns)}) VALUES ({marks})", values)
    assert cursor.lastrowid is not None
    _put_parts(connection, cursor.lastrowid, record.parts)


def update(connection: sqlite3.Connection, key: int, record: SessionRecord) -> None:
    """Bring the session *key* up to *record*: all but its scores, which are asked for beside it, and its plan."""
    columns = ", ".join(f"{name} = ?" for name in (*OWN, *WORKED_OUT))
    connection.execute(f"UPDATE session SET {columns} WHERE key = ?", (*_values(record), key))
    _put_parts(connection, key, record.parts)


def delete(connection: sqlite3.Connection, keys: Sequence[int]) -> None:
    """Remove sessions, their parts, and plans that nobody has any more."""
    connection.executemany("DELETE FROM session WHERE key = ?", [(key,) for key in keys])
    connection.execute("DELETE FROM plan WHERE key NOT IN (SELECT plan FROM session WHERE plan IS NOT NULL)")


def select(connection: sqlite3.Connection, where: str, values: tuple[Any, ...]) -> list[SessionRecord]:
    """Return the sessions that the rest of the query names, in its order."""
    columns = ", ".join(("key", *OWN, *SCORES))
    rows = connection.execute(f"SELECT {columns} FROM session {where}", values).fetchall()
    if not rows:
        return []
    parts: dict[int, list[Part]] = {row[0]: [] for row in rows}
    found = connection.execute(
        f"SELECT session, {', '.join(PART)} FROM part WHERE session IN ({', '.join('?' * len(rows))})"
        " ORDER BY session, number",
        list(parts),
    )
    for key, *fields in found:
        parts[key].append(_part(fields))
    return [_record(row[1:], tuple(parts[row[0]])) for row in rows]


FIRST = 50
"""More sessions than anybody scores in a first week."""


def entries(connection: sqlite3.Connection, since: str, lately: str) -> list[Entry]:
    """Return what was said of the pain around sessions from the day *since* on, the earliest first.

    Those are the first FIRST of them and all from the day *lately* on: a beginning and an end, to be compared.
    """
    said = "coalesce(before, worst, after, next_morning, spread, new_sign) IS NOT NULL"
    found = connection.execute(
        f"""SELECT day, {", ".join(SCORES)} FROM session WHERE key IN (
            SELECT key FROM (SELECT key FROM session WHERE day >= ? AND {said} ORDER BY epoch, id LIMIT {FIRST})
            UNION SELECT key FROM session WHERE day >= ? AND {said}
        ) ORDER BY epoch, id""",
        (since, max(since, lately)),
    )
    return [Entry(day=date.fromisoformat(day), **_scores(row)) for day, *row in found]


def _values(record: SessionRecord) -> tuple[Any, ...]:
    done, planned = record.stretches
    fields = {**{name: getattr(record, name) for name in OWN}, "areas": _json(record.areas)}
    return (*fields.values(), epoch(record), record.day.isoformat(), done, planned)


def _put_parts(connection: sqlite3.Connection, key: int, parts: Sequence[Part]) -> None:
    connection.execute("DELETE FROM part WHERE session = ? AND number >= ?", (key, len(parts)))
    marks = ", ".join("?" * (len(PART) + 2))
    connection.executemany(
        f"INSERT OR REPLACE INTO part (session, number, {', '.join(PART)}) VALUES ({marks})",
        [
            (key, number, *msgspec.structs.astuple(msgspec.structs.replace(part, areas=_json(part.areas))))
            for number, part in enumerate(parts)
        ],
    )
    derived.work_out(connection, key)


def _plan(connection: sqlite3.Connection, plan: bytes | None) -> int | None:
    """Return the key of *plan*, which is kept once however often it is played."""
    if plan is None:
        return None
    digest = _sha256(plan)
    connection.execute("INSERT OR IGNORE INTO plan (digest, data) VALUES (?, ?)", (digest, zlib.compress(plan)))
    (key,) = connection.execute("SELECT key FROM plan WHERE digest = ?", (digest,)).fetchone()
    return int(key)


def _sha256(data: bytes) -> bytes:
    # As `random` of the standard library has it: hashlib brings all of OpenSSL, 4 MiB for this one digest.
    for name in ("_sha2", "_sha256", "hashlib"):
        with suppress(ImportError):
            return bytes(import_module(name).sha256(data).digest())
    raise AssertionError("a Python without SHA-256")


def _record(row: Sequence[Any], parts: tuple[Part, ...]) -> SessionRecord:
    fields: dict[str, Any] = dict(zip(OWN, row[: len(OWN)], strict=True))
    fields["areas"] = _areas(fields["areas"])
    return SessionRecord(**fields, parts=parts, scores=Scores(**_scores(row[len(OWN) :])))


def _scores(row: Sequence[Any]) -> dict[str, Any]:
    fields: dict[str, Any] = dict(zip(SCORES, row, strict=True))
    new_sign = fields["new_sign"]
    return fields | {"new_sign": None if new_sign is None else bool(new_sign), "sudden": bool(fields["sudden"])}


def _part(row: Sequence[Any]) -> Part:
    fields: dict[str, Any] = dict(zip(PART, row, strict=True))
    fields |= {name: bool(fields[name]) for name in ("eased", "skipped")} | {"areas": _areas(fields["areas"])}
    return Part(**fields)


def _json(names: Sequence[str]) -> str:
    return msgspec.json.encode(names).decode()


def _areas(text: str) -> tuple[str, ...]:
    return msgspec.json.decode(text, type=tuple[str, ...])
