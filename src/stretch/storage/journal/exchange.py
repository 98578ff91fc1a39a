"""Sessions as lines of JSON, one each, to be taken to another machine and put together with what is there."""

# No `from __future__ import annotations` here: msgspec would compile every annotation anew at each start.
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Annotated

import msgspec
from msgspec import Meta, Struct

from stretch.core.journal.record import SessionRecord
from stretch.core.routine import Routine
from stretch.storage.journal.journal import Journal, plan_as_json
from stretch.storage.journal.rows import epoch

VERSION = 1
LONGEST = 1_048_576
"""Bytes of a line; a session of an hour with its plan is 40,000."""


class Line(Struct, frozen=True, forbid_unknown_fields=True):
    """One line: the version of the format, a session, and the plan it followed as far as that is kept."""

    version: Annotated[int, Meta(ge=1)]
    session: SessionRecord
    plan: Routine | None = None


class _Head(Struct):
    version: int


Session = tuple[SessionRecord, bytes | None]


def lines(journal: Journal) -> Iterator[bytes]:
    """Return every session of *journal* as a line, the earliest first."""
    for record in journal.every(earliest_first=True):
        plan = journal.plan_of(record.id)
        fields = {"version": VERSION, "session": record, "plan": msgspec.Raw(plan) if plan is not None else None}
        yield msgspec.json.encode(fields) + b"\n"


def lines_of(file: IO[bytes]) -> Iterator[bytes]:
    """Return the lines of *file*; of one that is too long only as much as shows that it is."""
    while line := file.readline(LONGEST + 1):
        yield line
        while len(line) > LONGEST and not line.endswith(b"\n"):
            line = file.readline(LONGEST + 1)


def sessions(source: Iterable[bytes], bad: Callable[[int, str], None]) -> Iterator[Session]:
    """Return the sessions that the lines of *source* hold; *bad* is told the number of each broken line and why.

    Empty lines are passed over.
    """
    for number, line in enumerate(source, start=1):
        text = line.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else line.strip()
        if not text:
            continue
        try:
            yield _session(text)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            bad(number, _in_words(error))


def _session(text: bytes) -> Session:
    if len(text) > LONGEST:
        raise ValueError(f"longer than {LONGEST} bytes")
    head = msgspec.json.decode(text, type=_Head)
    if head.version > VERSION:
        raise ValueError(f"format {head.version}, which a newer stretch wrote; this one knows {VERSION}")
    line = msgspec.json.decode(text, type=Line)
    _check(line)
    return line.session, plan_as_json(line.plan) if line.plan is not None else None


def _check(line: Line) -> None:
    """Refuse what has the right shape and cannot be.

    Raises ValueError.
    """
    record = line.session
    try:
        epoch(record)
    except ValueError as error:
        raise ValueError(f"session.started: {error}") from error
    for number, part in enumerate(record.parts):
        if part.done > part.planned:
            raise ValueError(f"session.parts[{number}].done: {part.done} of {part.planned} planned")
    # A terminal obeys such characters; nothing of ours has them, so the line is not one of ours.
    if not all(text.isprintable() for text in _texts(msgspec.to_builtins(line))):
        raise ValueError("a text with control characters in it")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def _in_words(error: Exception) -> str:
    """Return what is wrong, the field first: `session.parts[0].done: Expected int, got str`."""
    text = str(error).replace("`", "")
    what, at, where = text.rpartition(" - at ")
    return f"{where.removeprefix('$').removeprefix('.')}: {what}" if at else text
