"""The prescriptions that are followed: for `stretch status`, which has no time to read the catalog."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from os import scandir
from pathlib import Path
from typing import TYPE_CHECKING

from stretch.storage.files.safe_io import UnreadableFile, read_regular, write_private

if TYPE_CHECKING:
    from stretch.core.program import Prescription, Program

FILE_NAME = "prescribed.json"
CATALOG = "catalog"
"""The folder of programs of the user's own."""


def save(folder: Path, programs: Iterable[Program]) -> None:
    """Store the prescriptions among *programs*; without any, and without a catalog, remove the file. Raise OSError."""
    path, followed = folder / FILE_NAME, {one.id: one.prescription for one in programs if one.prescribed}
    if not followed and not (folder / CATALOG).is_dir():
        path.unlink(missing_ok=True)
    elif followed != load(folder) or not is_current(folder):
        from msgspec import json

        write_private(path, json.encode(followed))


def is_current(folder: Path) -> bool:
    """Return whether nothing in the catalog of *folder* has changed since the prescriptions were stored."""
    changed = []
    with suppress(OSError), scandir(folder / CATALOG) as files:
        changed = [(folder / CATALOG).stat().st_mtime_ns, *(file.stat().st_mtime_ns for file in files)]
    with suppress(OSError):
        return (folder / FILE_NAME).stat().st_mtime_ns > max(changed, default=0)
    return not changed


def load(folder: Path) -> dict[str, Prescription]:
    """Return what was stored, by the id of the program; nothing if there is none, or it cannot be read."""
    try:
        data = read_regular(folder / FILE_NAME)
    except (OSError, UnreadableFile):
        return {}
    # Imported here: without a prescription there is nothing to decode.
    from msgspec import json

    from stretch.core.program import Prescription

    try:
        return json.decode(data, type=dict[str, Prescription])
    except (ValueError, RecursionError):
        return {}
