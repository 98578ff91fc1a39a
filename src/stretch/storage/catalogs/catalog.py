"""The catalog, its sources and its figures: the shipped entries, and those of the user on top."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from stretch.core.fields import CatalogStruct
from stretch.core.model import Catalog, EntryOrigin, Settle, Source, WarmUp
from stretch.core.text import escape_control_chars
from stretch.core.vocabulary import ID_PATTERN, EntryKind
from stretch.storage.catalogs.loader import SOURCES, CatalogEntry, CatalogLoader
from stretch.storage.files.locations import data_root
from stretch.storage.files.shipped import read_shipped

if TYPE_CHECKING:
    from stretch.figure.file_format import Figure

KINDS: tuple[EntryKind, ...] = ("area", "group", "stretch", "program")
"""Kinds of entries in a `Catalog`; sources and figures are loaded only by those that need them."""


class SessionFile(CatalogStruct, frozen=True, kw_only=True):
    """The file with the warm-up and the end of a session."""

    warm_up: WarmUp
    settle: Settle


def load_catalog(extra: Sequence[Path] = (), on_problem: Callable[[str], None] | None = None) -> Catalog:
    """Load the shipped catalog, and those of *extra* over it, the last one on top.

    Each of *extra* is a folder or a file, as for `CatalogLoader.add`. An entry replaces one with the same id, which is
    noted in `Catalog.origins`. The shipped catalog is trusted, others are checked: entries with blank fields are left
    out and noted in `Catalog.incomplete_files`. With *on_problem*, so are all other invalid entries, and it is called
    with each problem; without it CatalogError is raised with every problem.
    """
    base, session = data_root(), load_session_file()
    loader = CatalogLoader(KINDS, trusted=base, skip_incomplete=True)
    for path in (base, *extra):
        loader.add(path)
    if extra:
        loader.leave_out_invalid() if on_problem else loader.check_references()
    loader.diagnostics.raise_or_call(on_problem)
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


def load_session_file() -> SessionFile:
    """Return the warm-up and the end of a session."""
    return msgspec.convert(read_shipped(data_root() / "session.yaml"), SessionFile)


def _origins(loader: CatalogLoader, base: Path) -> dict[tuple[EntryKind, str], EntryOrigin]:
    origins: dict[tuple[EntryKind, str], EntryOrigin] = {}
    for kind in KINDS:
        for name, entry in loader.entries[kind].items():
            if entry.root != base:
                replaces = origin_label(entry.replaces, base) if entry.replaces else None
                origins[kind, name] = EntryOrigin(escape_control_chars(str(entry.file)), replaces)
    return origins


def origin_label(entry: CatalogEntry, base: Path) -> str:
    """Return where an entry comes from in words: `the shipped one`, or `the one in FILE`."""
    return "the shipped one" if entry.root == base else f"the one in {escape_control_chars(str(entry.file))}"


def load_sources(extra: Sequence[Path] = (), on_problem: Callable[[str], None] | None = None) -> dict[str, Source]:
    """Return the sources by citation key, of the shipped catalog and of those of *extra*, as `load_catalog` does."""
    loader = CatalogLoader(("source",))
    for path in (data_root() / SOURCES, *extra):
        loader.add(path)
    loader.diagnostics.raise_or_call(on_problem)
    return loader.records("source")


def load_figures(
    names: Iterable[str], extra: Sequence[Path] = (), on_problem: Callable[[str], None] | None = None
) -> dict[str, Figure]:
    """Return the figures *names* that exist, the last of each; an invalid one of *extra* is as in `load_catalog`."""
    from stretch.figure.lint import undrawable

    wanted = [name for name in dict.fromkeys(names) if re.fullmatch(ID_PATTERN, name)]
    loader = CatalogLoader(("figure",), trusted=data_root())
    loader.add_named("figure", wanted, data_root())
    for root in extra:
        loader.add_files(root)
        loader.add_named("figure", wanted, root)
    for entry in [*loader.user_entries("figure")]:
        loader.leave_out_if("figure", entry, undrawable(entry.record))
    loader.diagnostics.raise_or_call(on_problem)
    figures = loader.records("figure")
    return {name: figures[name] for name in wanted if name in figures}
