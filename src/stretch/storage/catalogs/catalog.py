"""The catalog: shipped entries with those of the user in their place, and every reference resolved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from stretch.core.model import Catalog, CatalogStruct, EntryOrigin, Settle, Source, WarmUp
from stretch.core.text import escape_control_chars
from stretch.core.vocabulary import EntryKind
from stretch.storage.catalogs.loader import SOURCES, CatalogEntry, CatalogLoader
from stretch.storage.files.package_data import data_root, load_record

KINDS: tuple[EntryKind, ...] = ("area", "group", "stretch", "program")
"""Kinds of entries in a `Catalog`; sources and figures are loaded only by those that need them."""


class SessionFile(CatalogStruct, frozen=True, kw_only=True):
    """The file with the warm-up and the end of a session."""

    warm_up: WarmUp
    settle: Settle


def load_catalog(root: Path | None = None, extra: Sequence[Path] = ()) -> Catalog:
    """Load the catalog under *root*, by default the shipped one, and those of *extra* over it, the last one on top.

    Each of *extra* is a folder or a file, as for `CatalogLoader.add`. An entry replaces one with the same id, which is
    noted in `Catalog.origins`. The shipped catalog is trusted, others are checked: entries with blank fields are left
    out and noted in `Catalog.incomplete_files`. Raises CatalogError with every other problem.
    """
    base = root or data_root()
    loader = CatalogLoader(KINDS, trusted=None if root else base, skip_incomplete=True)
    loader.add(base)
    session = load_record(base / "session.yaml", SessionFile)
    for path in extra:
        loader.add(path)
    if extra or root:
        loader.check_references()
    loader.diagnostics.raise_if_problems()
    return Catalog(
        stretches=loader.records("stretch"),
        areas=loader.records("area"),
        groups=loader.records("group"),
        programs=loader.records("program"),
        warm_up=session.warm_up,
        settle=session.settle,
        origins=_origins(loader, base) if extra else {},
        incomplete_files=tuple(escape_control_chars(str(file)) for file in loader.incomplete_files),
    )


def _origins(loader: CatalogLoader, base: Path) -> dict[tuple[EntryKind, str], EntryOrigin]:
    origins: dict[tuple[EntryKind, str], EntryOrigin] = {}
    for kind in KINDS:
        for name, entry in loader.entries[kind].items():
            if entry.root != base:
                before = loader.replaced.get((kind, name))
                replaces = origin_label(before, base) if before else None
                origins[kind, name] = EntryOrigin(escape_control_chars(str(entry.file)), replaces)
    return origins


def origin_label(entry: CatalogEntry, base: Path) -> str:
    """Return where an entry comes from in words: `the shipped one`, or `the one in FILE`."""
    return "the shipped one" if entry.root == base else f"the one in {escape_control_chars(str(entry.file))}"


def load_sources(root: Path | None = None, extra: Sequence[Path] = ()) -> dict[str, Source]:
    """Return the sources by citation key, of the shipped catalog and of those of *extra*.

    Raises CatalogError.
    """
    loader = CatalogLoader(("source",))
    loader.add((root or data_root()) / SOURCES)
    for path in extra:
        loader.add(path)
    loader.diagnostics.raise_if_problems()
    return loader.records("source")
