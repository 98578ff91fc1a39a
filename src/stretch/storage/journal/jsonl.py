"""Export and import of sessions as JSON Lines."""

# No `from __future__ import annotations` here: msgspec would compile every annotation again at each start.
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO, Annotated

import msgspec
from msgspec import Meta, Struct

from stretch.core.errors import StretchError
from stretch.core.journal.record import SessionRecord
from stretch.storage.files.safe_io import UnreadableFile
from stretch.storage.journal.journal import Journal
from stretch.storage.journal.row_mapping import check

VERSION = 3
"""Version of `ExportLine`; raise it when the fields change."""
MAX_LINE_BYTES = 1_048_576
"""A session of an hour with its plan takes 40,000."""
PATTERN_WORDS = {
    "started": "must be a time such as 2026-03-31T07:30:00+01:00",
    "id": "must be 32 digits and letters from a to f",
}
"""Plain words for the regular expressions of fields."""
MAX_PIPED_BYTES = 1 << 30
"""Copied to the disk from a pipe, which may never end; 20,000 sessions take less."""
MAX_SKIPPED = 64
"""MiB of a line that is too long that are read to find its end."""
_WIDE_ENCODINGS = (
    ("UTF-32", (BOM_UTF32_LE, BOM_UTF32_BE), 3),
    ("UTF-16", (BOM_UTF16_LE, BOM_UTF16_BE), 2),
)
ImportedSession = tuple[SessionRecord, bytes | None]
"""A session and its plan as JSON."""


class ExportLine(Struct, frozen=True, forbid_unknown_fields=True):
    """One line: a session, and its plan as it is stored, whatever version of the catalog it is from."""

    version: Annotated[int, Meta(ge=1)]
    session: SessionRecord
    plan: msgspec.Raw = msgspec.Raw(b"null")


class _VersionOnly(Struct):
    version: int


def export_lines(journal: Journal) -> Iterator[bytes]:
    """Return every session of *journal* as a line, the earliest first."""
    for record in journal.sessions(earliest_first=True):
        line = ExportLine(version=VERSION, session=record, plan=msgspec.Raw(journal.plan(record.id) or b"null"))
        yield msgspec.json.encode(line) + b"\n"


def read_lines(file: IO[bytes]) -> Iterator[bytes]:
    """Return the lines of *file*; one that is too long is cut off just above the limit.

    Raises UnreadableFile for UTF-16 and UTF-32, and for a line without end.
    """
    number = 0
    while line := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        # By the mark at the beginning, or by the zero bytes of ASCII characters.
        for encoding, marks, zeros in _WIDE_ENCODINGS if number == 1 else ():
            if line.startswith(marks) or line[:4].count(0) == zeros:
                raise UnreadableFile(f"is {encoding} text; save it as UTF-8")
        yield line
        for _ in range(MAX_SKIPPED):
            if len(line) <= MAX_LINE_BYTES or line.endswith(b"\n"):
                break
            line = file.readline(MAX_LINE_BYTES + 1)
        else:
            raise UnreadableFile(f"is longer than {MAX_SKIPPED} MiB", number)


@contextmanager
def rereadable(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """Return *file* for reading from its beginning more than once; what comes through a pipe is copied to the disk."""
    if file.seekable():
        yield file
        return
    with TemporaryFile() as copy:
        while chunk := file.read(1 << 16):
            if copy.tell() > MAX_PIPED_BYTES:
                raise StretchError(f"More than {MAX_PIPED_BYTES >> 20} MiB came through the pipe. Give a file instead.")
            copy.write(chunk)
        copy.seek(0)
        yield copy


def parse_sessions(lines: Iterable[bytes], on_error: Callable[[int, str], None]) -> Iterator[ImportedSession]:
    """Return the sessions in *lines*; call *on_error* with the number of each broken line and the reason.

    Empty lines are skipped.
    """
    for number, line in enumerate(lines, start=1):
        text = line.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else line.strip()
        if not text:
            continue
        try:
            yield _parse(text)
        except (ValueError, RecursionError) as error:
            on_error(number, _reason(error))


def _parse(text: bytes) -> ImportedSession:
    if len(text) > MAX_LINE_BYTES:
        raise ValueError(f"longer than {MAX_LINE_BYTES} bytes")
    version = msgspec.json.decode(text, type=_VersionOnly).version
    if version > VERSION:
        raise ValueError(f"format {version} of a newer stretch; this one reads up to {VERSION}")
    line = msgspec.json.decode(text, type=ExportLine)
    plan = msgspec.json.decode(line.plan)
    check(line.session)
    # A terminal would obey them; nothing that was exported contains any.
    if not all(text.isprintable() for text in _texts([msgspec.to_builtins(line.session), plan])):
        raise ValueError("contains control characters")
    return line.session, bytes(line.plan) if plan is not None else None


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def _reason(error: Exception) -> str:
    """Return the message of *error*, the field first: `session.parts[0].done: Expected int, got str`."""
    text = str(error).replace("`", "")
    problem, found, field = text.rpartition(" - at ")
    if "matching regex" in problem:
        problem = PATTERN_WORDS.get(
            field.rpartition(".")[2], "must be an id of small letters, digits and single dashes"
        )
    return f"{field.removeprefix('$').removeprefix('.')}: {problem}" if found else text
