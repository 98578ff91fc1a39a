"""What is kept of the safety check, and nothing else: outcome, tags and dates, in one small file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from stretch.core.errors import StretchError

if TYPE_CHECKING:
    from stretch.core.safety.standing import Standing

NAME = "safety.json"


class Unreadable(StretchError):
    """The record of the check is there and cannot be read; it might be a stop, so nothing starts on it."""

    exit_code = 4


def load(folder: Path) -> Standing | None:
    """Return what the last check led to, None before the first one.

    Raises Unreadable.
    """
    path = folder / NAME
    try:
        data = path.read_bytes()
        from stretch.core.safety.standing import Standing

        return msgspec.json.decode(data, type=Standing)
    except (FileNotFoundError, NotADirectoryError):
        # Below a folder that is a file nothing can ever have been kept.
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise Unreadable(
            f"The record of your safety check cannot be read ({path}). Answer it again: stretch safety check."
        ) from error


def save(folder: Path, standing: Standing) -> None:
    """Keep *standing* in place of what was kept, all of it or nothing of it.

    Raises OSError.
    """
    from stretch.storage.files.atomic import atomic_write

    folder.mkdir(parents=True, exist_ok=True)
    with atomic_write(folder / NAME, durable=True) as file:
        file.write(msgspec.json.encode(standing))


def forget(folder: Path) -> bool:
    """Remove what was kept; return whether there was anything.

    Raises OSError.
    """
    path = folder / NAME
    there = path.exists()
    path.unlink(missing_ok=True)
    return there
