"""Data of the shipped YAML files, which a wheel carries decoded, so that nothing is parsed at start-up."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from stretch.storage.files.locations import data_root

if TYPE_CHECKING:
    from stretch.core.safety.checklist import SafetyData

DECODED = "shipped.msgpack"
"""File with the data of all YAML files below the data folder, by path; only in a wheel."""


def read_shipped(file: Path) -> Any:
    """Return the data of the YAML *file*, from DECODED if it is there. Raise UnreadableFile as `read_yaml` does."""
    root = data_root()
    if (decoded := _decoded(root)) and file.is_relative_to(root):
        name = file.relative_to(root).as_posix()
        if name in decoded:
            return msgspec.msgpack.decode(decoded[name])
    # Imported here: without it a command starts faster by a sixth.
    from stretch.storage.files.safe_yaml import read_yaml

    return read_yaml(file)


def load_safety() -> SafetyData:
    """Return the safety checklist and the screening questions."""
    from stretch.core.safety.checklist import SafetyData

    return msgspec.convert(read_shipped(data_root() / "safety.yaml"), SafetyData)


def encode_all(root: Path) -> bytes:
    """Return the content of DECODED for the data folder *root*."""
    from stretch.storage.files.safe_yaml import read_yaml

    files = sorted(root.rglob("*.yaml"))
    return msgspec.msgpack.encode({file.relative_to(root).as_posix(): read_yaml(file) for file in files})


@cache
def _decoded(root: Path) -> dict[str, msgspec.Raw]:
    try:
        return msgspec.msgpack.decode((root / DECODED).read_bytes(), type=dict[str, msgspec.Raw])
    except FileNotFoundError:
        return {}
