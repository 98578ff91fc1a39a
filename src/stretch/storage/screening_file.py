"""Screening file: the one small file that holds the outcome of the safety check."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from stretch.core.errors import SafetyError
from stretch.storage.files.safe_io import UnreadableFile, read_regular, write_private

if TYPE_CHECKING:
    from stretch.core.safety.screening_record import ScreeningRecord

NAME = "safety.json"


class UnreadableRecord(SafetyError):
    """The record exists but cannot be read; it could be a stop."""


def load(folder: Path) -> ScreeningRecord | None:
    """Return the stored record, None before the first check. Raise UnreadableRecord."""
    path = folder / NAME
    try:
        data = read_regular(path)
        from stretch.core.safety.screening_record import ScreeningRecord

        return msgspec.json.decode(data, type=ScreeningRecord)
    except (FileNotFoundError, NotADirectoryError):
        # If *folder* lies below a file, nothing was ever stored.
        return None
    except (OSError, UnreadableFile, ValueError, RecursionError) as error:
        raise UnreadableRecord(
            f"The record of your safety check cannot be read ({path}). Answer it again: stretch safety check."
        ) from error


def save(folder: Path, record: ScreeningRecord) -> None:
    """Replace the stored record atomically. Raise OSError."""
    write_private(folder / NAME, msgspec.json.encode(record))


def delete(folder: Path) -> bool:
    """Delete the stored record; return whether there was one. Raise OSError."""
    path = folder / NAME
    existed = os.path.lexists(path)
    path.unlink(missing_ok=True)
    return existed
