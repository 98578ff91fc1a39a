"""Data shipped with the program: its location and the files that hold one record each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from stretch.storage.files import yamlfile
from stretch.storage.files.findings import Findings

if TYPE_CHECKING:
    from stretch.core.safety.checklist import SafetyData


T = TypeVar("T")


def data_root() -> Path:
    """Return the shipped data: inside the installed package, or at the top of a source checkout."""
    packaged = Path(__file__).parents[2] / "data"
    return packaged if packaged.is_dir() else Path(__file__).parents[4] / "data"


def load_safety(root: Path | None = None) -> SafetyData:
    """Read the safety checklist and the questions of the screening.

    Raises CatalogError.
    """
    from stretch.core.safety.checklist import SafetyData

    findings = Findings()
    safety = read_one((root or data_root()) / "safety.yaml", SafetyData, findings)
    findings.give_up_if_broken()
    assert safety is not None
    return safety


def read_one(file: Path, kind: type[T], findings: Findings) -> T | None:
    """Return *file* as one record of a *kind*; None, and what is wrong among the *findings*, when it is none."""
    try:
        data = yamlfile.read(file)
    except yamlfile.Malformed as error:
        findings.add_line(file, error.line, str(error))
        return None
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError:
        # Imported here: most runs find nothing wrong, and every run pays for what stands at the top.
        from stretch.storage.files.faults import faults

        findings.add(file, faults(data, kind))
        return None
