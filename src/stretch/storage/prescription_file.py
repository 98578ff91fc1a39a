"""The prescriptions that are followed, in short: for `stretch status`, which has no time to read the catalog."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stretch.core.vocabulary import WEEKDAYS
from stretch.storage.files.safe_io import UnreadableFile, atomic_write, make_private, read_regular

if TYPE_CHECKING:
    from datetime import date

    from stretch.core.program import Program

FILE_NAME = "prescribed.json"


class Followed(NamedTuple):
    """A prescription: the id of its program, how often a day, and its dates in ISO format, empty without."""

    program: str
    times: int
    days: tuple[str, ...]
    starts: str
    review: str

    def due_on(self, day: date) -> bool:
        """Return whether it is prescribed for *day*."""
        dated = self.starts <= str(day) <= (self.review or str(day))
        return dated and WEEKDAYS[day.weekday()] in self.days


def save(folder: Path, programs: Iterable[Program]) -> None:
    """Store the prescriptions among *programs*; without any, remove the file. Raise OSError."""
    path = folder / FILE_NAME
    followed = [
        Followed(one.id, one.times_a_day or 1, one.named_days, str(one.starts or ""), str(one.review or ""))
        for one in programs
        if one.prescribed
    ]
    if followed == load(folder):
        return
    if not followed:
        path.unlink(missing_ok=True)
        return
    from msgspec import json

    make_private(folder)
    with atomic_write(path, own=True) as file:
        file.write(json.encode(followed))


def load(folder: Path) -> list[Followed]:
    """Return what was stored; nothing if there is none, or it cannot be read."""
    try:
        data = read_regular(folder / FILE_NAME)
    except (OSError, UnreadableFile):
        return []
    # Imported here: without a prescription there is nothing to decode.
    from msgspec import convert, json

    try:
        return convert(json.decode(data), list[Followed])
    except (ValueError, RecursionError):
        return []
