"""Data shipped with the program: its location, and the files that hold one record each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from stretch.core.errors import CatalogError
from stretch.storage.files.diagnostics import Diagnostics
from stretch.storage.files.regular import UnreadableFile
from stretch.storage.files.safe_yaml import read_yaml

if TYPE_CHECKING:
    from stretch.core.safety.checklist import SafetyData

T = TypeVar("T")


def data_root() -> Path:
    """Return the folder of the shipped data: in the installed package, or at the top of a checkout."""
    packaged = Path(__file__).parents[2] / "data"
    return packaged if packaged.is_dir() else Path(__file__).parents[4] / "data"


def load_safety() -> SafetyData:
    """Return the safety checklist and the screening questions.

    Raise CatalogError.
    """
    from stretch.core.safety.checklist import SafetyData

    return load_record(data_root() / "safety.yaml", SafetyData)


def load_record(file: Path, kind: type[T]) -> T:
    """Return the YAML *file* as one record of a *kind*.

    Raise CatalogError.
    """
    diagnostics = Diagnostics()
    try:
        data = read_yaml(file)
        return msgspec.convert(data, kind)
    except UnreadableFile as error:
        diagnostics.add_line(file, error.line, str(error))
    except msgspec.ValidationError:
        # Imported here: most runs have no error.
        from stretch.storage.files.type_errors import type_errors

        blanks, errors = type_errors(data, kind)
        diagnostics.add(file, blanks + errors)
    raise CatalogError(map(str, diagnostics.report()))
