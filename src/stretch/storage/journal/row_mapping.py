"""Session records as rows of the journal's tables, with sums for the history, and back."""

import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from importlib import import_module
from typing import Any

import msgspec

from stretch.core.journal.record import Id, SessionRecord, SideResult
from stretch.core.safety.pain import PainEntry, PainScores
from stretch.core.text import escape_control_chars
from stretch.storage.journal.database import SOUND, recompute_aggregates

SCORE_COLUMNS = PainScores.__struct_fields__
RECORD_COLUMNS = tuple(name for name in SessionRecord.__struct_fields__ if name not in ("parts", "scores"))
COMPUTED_COLUMNS = ("epoch", "day", "done", "planned")
PART_COLUMNS = SideResult.__struct_fields__
FIRST_ENTRIES = 50
"""Pain entries read from the beginning: more than there are in a first week."""
MAX_PARTS = 500
"""The most parts of a session that are read."""
MAX_HURT = 1000
"""The most pain reports of a session that are believed; each is kept in memory while it plays."""
YEARS = range(1900, 9999)
"""Years from which every difference of times and days can be computed, in all time zones."""
_SELECT_SESSION = (
    f"SELECT {', '.join((f'({SOUND}) IS TRUE', 'epoch', 'day', *RECORD_COLUMNS, *SCORE_COLUMNS))}"
    " FROM session WHERE key = ?"
)
_SELECT_PARTS = (
    f"SELECT number, {', '.join(PART_COLUMNS)} FROM part WHERE session = ? ORDER BY number LIMIT {MAX_PARTS + 1}"
)
FLAGS = {0: False, 1: True}
FLAG_COLUMNS = ("eased", "skipped", "new_sign", "sudden")
Damaged = dict[int, str]
"""Ids of damaged sessions by their keys."""


def epoch(record: SessionRecord) -> int:
    """Return when the session began, in seconds since 1970.

    Raise ValueError for a date or time that does not exist.
    """
    started = datetime.fromisoformat(record.started)
    if started.year not in YEARS:
        raise ValueError(f"the year must be {YEARS[0]} to {YEARS[-1]}")
    return int(started.timestamp())


def check(record: SessionRecord) -> None:
    """Raise ValueError for values that are valid one by one but impossible together."""
    try:
        epoch(record)
    except ValueError as error:
        raise ValueError(f"session.started: {error}") from error
    for number, part in enumerate(record.parts):
        if part.done > part.planned:
            raise ValueError(f"session.parts[{number}].done: {part.done} of {part.planned} planned")
    if sum(part.hurt for part in record.parts) > MAX_HURT:
        raise ValueError(f"session.parts: more than {MAX_HURT} pain reports")


def insert(connection: sqlite3.Connection, record: SessionRecord, plan: bytes | None) -> None:
    """Write a new session; the caller has started the transaction."""
    columns = (*RECORD_COLUMNS, *COMPUTED_COLUMNS, *SCORE_COLUMNS, "plan")
    values = (*_values(record), *msgspec.structs.astuple(record.scores), store_plan(connection, plan))
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


def select(connection: sqlite3.Connection, keys: Sequence[int], damaged: Damaged) -> Iterator[SessionRecord]:
    """Return the sessions with these *keys*, in this order; the ids of those that cannot be read go to *damaged*."""
    for key in keys:
        try:
            if record := _load(connection, key):
                yield record
        except (ValueError, OverflowError, RecursionError, sqlite3.DataError):
            note_damaged(connection, key, damaged)


def _load(connection: sqlite3.Connection, key: int) -> SessionRecord | None:
    """Return one session; raise an error if any value is not what was once written, None if it is gone."""
    rows = connection.execute(_SELECT_PARTS, (key,)).fetchall()
    row = connection.execute(_SELECT_SESSION, (key,)).fetchone()
    if row is None:
        return None
    sound, start, day, *fields = row
    if [number for number, *_ in rows] != [*range(len(rows))] or len(rows) > MAX_PARTS:
        raise ValueError(key)
    scores = _fields(SCORE_COLUMNS, fields[len(RECORD_COLUMNS) :])
    data = _fields(RECORD_COLUMNS, fields[: len(RECORD_COLUMNS)]) | {"scores": scores}
    parts = tuple(_part(tuple(part)) for _, *part in rows)
    record = msgspec.structs.replace(msgspec.convert(data, SessionRecord), parts=parts)
    check(record)
    if not sound or (epoch(record), record.day.isoformat()) != (start, day):
        raise ValueError(key)
    return record


def note_damaged(connection: sqlite3.Connection, key: int, damaged: Damaged) -> None:
    """Add the id of the session *key* to *damaged*; its number in the table if the id is unreadable too."""
    damaged[key] = f"number {key}"
    with suppress(sqlite3.Error):
        for (name,) in connection.execute("SELECT id FROM session WHERE key = ? AND typeof(id) = 'text'", (key,)):
            damaged[key] = name


def pain_entries(connection: sqlite3.Connection, since: str, recent: str, until: str) -> Iterator[PainEntry]:
    """Return the pain entries from the day *since* to the day *until*, the earliest first.

    That is the first `FIRST_ENTRIES` of them, and all from the day *recent* on: a beginning and an end to compare.
    """
    answered = "coalesce(before, worst, after, next_morning, spread, new_sign) IS NOT NULL"
    rows = connection.execute(
        f"""SELECT day, {", ".join(SCORE_COLUMNS)} FROM session WHERE day <= ? AND key IN (
            SELECT key FROM (
                SELECT key FROM session WHERE day >= ? AND {answered} ORDER BY epoch, id LIMIT {FIRST_ENTRIES}
            ) UNION SELECT key FROM session WHERE day >= ? AND {answered}
        ) ORDER BY epoch, id""",
        (until, since, max(since, recent)),
    )
    for row in rows:
        with suppress(ValueError):
            yield pain_entry(row)


def pain_entry(row: Sequence[Any]) -> PainEntry:
    """Return the day and the scores of *row* as an entry; raise ValueError."""
    return msgspec.convert(_fields(("day", *SCORE_COLUMNS), row), PainEntry)


def _values(record: SessionRecord) -> tuple[Any, ...]:
    done, planned = record.stretch_counts
    fields = {**{name: getattr(record, name) for name in RECORD_COLUMNS}, "areas": _json(record.areas)}
    return (*fields.values(), epoch(record), record.day.isoformat(), done, planned)


def _write_parts(connection: sqlite3.Connection, key: int, parts: Sequence[SideResult]) -> None:
    connection.execute("DELETE FROM part WHERE session = ? AND number NOT BETWEEN 0 AND ?", (key, len(parts) - 1))
    placeholders = ", ".join("?" * (len(PART_COLUMNS) + 2))
    connection.executemany(
        f"INSERT OR REPLACE INTO part (session, number, {', '.join(PART_COLUMNS)}) VALUES ({placeholders})",
        [
            (key, number, *msgspec.structs.astuple(msgspec.structs.replace(part, areas=_json(part.areas))))
            for number, part in enumerate(parts)
        ],
    )
    recompute_aggregates(connection, key)


def store_plan(connection: sqlite3.Connection, plan: bytes | None) -> int | None:
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


@lru_cache(maxsize=512)
def _part(row: tuple[Any, ...]) -> SideResult:
    return msgspec.convert(_fields(PART_COLUMNS, row), SideResult)


def _fields(names: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    """Return the columns of a row by name, as fields, without anything that a terminal would obey."""
    fields = dict(zip(names, values, strict=True))
    for name, value in fields.items():
        if name == "areas":
            fields[name] = _areas(value)
        elif name in FLAG_COLUMNS:
            fields[name] = FLAGS.get(value, value)
        elif isinstance(value, str):
            fields[name] = escape_control_chars(value)
    return fields


def _json(names: Sequence[str]) -> str:
    return msgspec.json.encode(names).decode()


@lru_cache(maxsize=256)
def _areas(text: Any) -> tuple[str, ...]:
    if not isinstance(text, str):
        raise ValueError(text)
    return msgspec.json.decode(text, type=tuple[Id, ...])
