"""The catalog: the shipped one, with those of one's own over it; every reference in it resolves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from stretch.core.model import Catalog, CatalogStruct, EntryKind, EntryOrigin, Settle, Source, WarmUp
from stretch.core.text import escape_control_chars
from stretch.storage.catalogs.fit import check_fit
from stretch.storage.catalogs.gathering import SOURCES, Gathering
from stretch.storage.files.package_data import data_root, read_one

KINDS: tuple[EntryKind, ...] = ("area", "group", "stretch", "program")
"""What a catalog holds; sources and figures are read by those who want them."""


class SessionFile(CatalogStruct, frozen=True, kw_only=True):
    """What stands around the stretches of a session, in a file of its own."""

    warm_up: WarmUp
    settle: Settle


def load_catalog(root: Path | None = None, extra: Sequence[Path] = ()) -> Catalog:
    """Read the catalog under *root*, by default the shipped one, and those of *extra* over it, the last one on top.

    Each of *extra* is a folder or a file, as `Gathering.add` takes it; what has the id of something below replaces
    it, and `Catalog.origins` says so. The shipped catalog was checked when it was made, all others are checked here:
    an entry with blanks is left out, and `Catalog.incomplete_files` says so. Raises CatalogError with every other
    problem, one line each.
    """
    base = root or data_root()
    gathering = Gathering(KINDS, trusted=None if root else base, leave_blanks=True)
    gathering.add(base)
    session = read_one(base / "session.yaml", SessionFile, gathering.findings)
    for path in extra:
        gathering.add(path)
    check_fit(gathering)
    gathering.findings.give_up_if_broken()
    assert session is not None
    return Catalog(
        stretches=gathering.records("stretch"),
        areas=gathering.records("area"),
        groups=gathering.records("group"),
        programs=gathering.records("program"),
        warm_up=session.warm_up,
        settle=session.settle,
        origins=_origins(gathering, base) if extra else {},
        incomplete_files=tuple(escape_control_chars(str(file)) for file in gathering.unfinished),
    )


def _origins(gathering: Gathering, base: Path) -> dict[tuple[EntryKind, str], EntryOrigin]:
    origins: dict[tuple[EntryKind, str], EntryOrigin] = {}
    for kind in KINDS:
        for name, entry in gathering.entries[kind].items():
            if entry.root != base:
                before = gathering.replaced.get((kind, name))
                shipped = before is not None and before.root == base
                replaces = (
                    "the shipped one"
                    if shipped
                    else f"the one in {escape_control_chars(str(before.file))}"
                    if before
                    else None
                )
                origins[kind, name] = EntryOrigin(escape_control_chars(str(entry.file)), replaces)
    return origins


def load_sources(root: Path | None = None, extra: Sequence[Path] = ()) -> dict[str, Source]:
    """Read what the citation keys stand for, in the shipped catalog and in those of *extra*.

    Raises CatalogError.
    """
    gathering = Gathering(("source",))
    gathering.add((root or data_root()) / SOURCES)
    for path in extra:
        gathering.add(path)
    gathering.findings.give_up_if_broken()
    return gathering.records("source")
