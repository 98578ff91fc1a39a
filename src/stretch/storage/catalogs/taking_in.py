"""Programs taken in from a file: checked as they would be used, then stored as they are written."""

from collections.abc import Sequence
from pathlib import Path

from stretch.core.errors import CatalogError, UsageError
from stretch.core.program import Program
from stretch.core.text import escape_control_chars, join_words
from stretch.storage.catalogs.catalog import load_catalog
from stretch.storage.catalogs.catalog_lint import check_catalogs
from stretch.storage.files.safe_io import atomic_write, make_private
from stretch.storage.files.safe_yaml import read_text


def read_program(file: Path, catalogs: Sequence[Path]) -> tuple[Program, list[str]]:
    """Return the program in *file*, used on top of the user's *catalogs*, and notes about it.

    Raise CatalogError with every problem of the file, and UsageError if it does not hold exactly one program.
    """
    place = escape_control_chars(str(file))
    if any(file.resolve() in (path.resolve(), *(path.glob("*.y*ml") if path.is_dir() else ())) for path in catalogs):
        raise UsageError(f"{place} is in your catalog already.")
    report = check_catalogs([*catalogs, file])
    if problems := [str(one) for one in report.of("problem") if one.file == place]:
        raise CatalogError(problems)
    catalog = load_catalog(extra=[*catalogs, file], on_problem=lambda problem: None)
    found = [id for (kind, id), origin in catalog.origins.items() if kind == "program" and origin.file == place]
    if len(found) != 1:
        what = f"the programs {join_words(found)}: put each in a file of its own" if found else "no program"
        raise UsageError(f"{place} holds {what}.")
    return catalog.programs[found[0]], [str(one) for one in report.of("note") if one.file == place]


def store_program(file: Path, target: Path) -> None:
    """Copy the text of *file* to *target*, which only its owner may read."""
    text = read_text(file)
    make_private(target.parent)
    with atomic_write(target, own=True) as copy:
        copy.write(text.encode())
