"""Load the entries of several catalogs, later ones replacing earlier ones, and collect diagnostics."""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from stretch.core import checks
from stretch.core.checks import FieldPath, FieldProblem
from stretch.core.model import Area, Group, Source, Stretch
from stretch.core.program import Program
from stretch.core.text import escape_control_chars, quote, quote_ascii
from stretch.core.vocabulary import ENTRY_LISTS, EntryKind
from stretch.storage.files.diagnostics import Diagnostics
from stretch.storage.files.safe_io import ReadQuota, UnreadableFile
from stretch.storage.files.shipped import read_shipped

SHIPPED_ONLY = frozenset({"session.yaml", "safety.yaml"})
"""Files that a user catalog cannot replace: the frame of a session, and when not to stretch."""
SOURCES = "sources.yaml"
"""Read only when sources are wanted."""
FOLDERS: dict[EntryKind, str] = {"stretch": "stretches", "figure": "figures"}
"""Folders of a catalog whose files hold one entry each."""
EXTENSIONS = (".yaml", ".yml")
MAX_ENTRIES = 1000
"""Of all user catalogs together."""
MAX_PASSES = 10
"""Longest chain of references of which each link is left out because the next one is."""
_CONFLICT_COPIES = ("sync-conflict", "conflicted copy")
"""In the names that Syncthing, and Dropbox or Nextcloud, give the second version of a file."""
_LIST_KINDS = {plural: kind for kind, plural in ENTRY_LISTS.items()}
_IDENTIFYING_FIELDS: tuple[tuple[EntryKind, frozenset[str]], ...] = (
    ("source", frozenset({"key"})),
    ("figure", frozenset({"keys"})),
    ("program", frozenset({"items"})),
    ("stretch", frozenset({"id", "name", "steps", "dose"})),
)
"""Fields that identify the kind of an entry outside a list of its kind, the surest first; an area needs its list."""


class RawEntry(Struct, frozen=True):
    """Data of one entry before it is decoded, and its place in the file."""

    kind: EntryKind
    at: FieldPath
    data: Any


class CatalogEntry(Struct, frozen=True):
    """One record of a catalog, its origin (the catalog, the file and the place in the file), and what it replaces."""

    record: Any
    root: Path
    file: Path
    at: FieldPath
    replaces: "CatalogEntry | None" = None


class CatalogLoader:
    """Collects the entries of *kinds* by kind and id; the *trusted*, shipped catalog is not checked.

    An entry with blank fields is a problem; with *skip_incomplete* it is left out and its file noted.
    """

    def __init__(self, kinds: Sequence[EntryKind], trusted: Path | None = None, skip_incomplete: bool = False) -> None:
        self.entries: dict[EntryKind, dict[str, CatalogEntry]] = {kind: {} for kind in kinds}
        self.incomplete_files: dict[Path, None] = {}
        self.invalid_ids: dict[EntryKind, set[str]] = {kind: set() for kind in kinds}
        """Ids of entries that exist but are invalid; references to them are not reported as missing."""
        self.quota, self._entries_left = ReadQuota(), MAX_ENTRIES
        self.diagnostics = Diagnostics()
        self.trusted, self._skip_incomplete = trusted, skip_incomplete
        self._files_read: set[str] = set()

    def add(self, root: Path) -> None:
        """Add a catalog: a single file, or a folder of files with subfolders stretches/ and figures/."""
        self.add_files(root)
        for kind, folder in FOLDERS.items():
            if kind in self.entries and os.path.lexists(root / folder) and self._is_inside(root, root / folder):
                for file in self._files(root / folder):
                    self._add_single(kind, root, file)

    def add_files(self, root: Path) -> None:
        """Add the files of a catalog that hold entries or lists of them, but not its subfolders."""
        if not os.path.isdir(root):  # noqa: PTH112 - Path.is_dir raises for a name that is too long
            self._add_file(root, root)
            return
        for file in self._files(root):
            if file.name not in SHIPPED_ONLY and (file.name != SOURCES or "source" in self.entries):
                self._add_file(root, file)

    def add_named(self, kind: EntryKind, names: Iterable[str], root: Path) -> None:
        """Add the files called *names*, those that exist, of the subfolder for a *kind*."""
        for name in names:
            for extension in EXTENSIONS:
                if os.path.lexists(file := root / FOLDERS[kind] / f"{name}{extension}"):
                    self._add_single(kind, root, file)

    def records(self, kind: EntryKind) -> dict[str, Any]:
        """Return the records of a kind by id."""
        return {name: entry.record for name, entry in self.entries[kind].items()}

    def user_entries(self, kind: EntryKind) -> Iterator[CatalogEntry]:
        """Yield the entries of a kind that are not shipped."""
        return (entry for entry in self.entries[kind].values() if entry.root != self.trusted)

    def check_references(self) -> None:
        """Add diagnostics for references to nothing and for fields that contradict each other."""
        for _, entry, problems in self._inconsistencies(self.invalid_ids):
            self.diagnostics.add(entry.file, problems, entry.at)

    def leave_out_invalid(self) -> None:
        """Leave out what `check_references` reports and all that refers to it; what it replaced counts again.

        With problems enough, or with a longer chain of references than a catalog can need, all user entries are.
        """
        found, passes = True, 0
        while found and passes < MAX_PASSES:
            found, passes = False, passes + 1
            for inconsistency in [*self._inconsistencies()]:
                found |= self.leave_out_if(*inconsistency)
        for kind in self.entries if found or not self.diagnostics.remaining() else ():
            for entry in [*self.user_entries(kind)]:
                shipped = entry.replaces
                while shipped and shipped.root != self.trusted:
                    shipped = shipped.replaces
                self._replace(kind, entry, shipped)

    def leave_out_if(self, kind: EntryKind, entry: CatalogEntry, problems: Iterable[FieldProblem]) -> bool:
        """Leave out *entry* if it has *problems*, and report them; return whether it has any."""
        if reported := [*islice(problems, self.diagnostics.remaining())]:
            self.diagnostics.add(entry.file, reported, entry.at)
            self._replace(kind, entry, entry.replaces)
        return bool(reported)

    def _replace(self, kind: EntryKind, entry: CatalogEntry, other: CatalogEntry | None) -> None:
        del self.entries[kind][id_of(entry.record)]
        if other:
            self.entries[kind][id_of(other.record)] = other

    def _inconsistencies(
        self, invalid: Mapping[EntryKind, Collection[str]] = {}
    ) -> Iterator[tuple[EntryKind, CatalogEntry, Iterator[FieldProblem]]]:
        """Yield the entries with their problems; references to *invalid* entries are none.

        Shipped programs are checked only if a stretch of theirs was replaced.
        """
        areas = self.entries["area"].keys() | invalid.get("area", ())
        # Of a user area and a user group with the same id only the group is reported.
        groups = {name for name, entry in self.entries["group"].items() if entry.root == self.trusted}
        stretches = dict.fromkeys(invalid.get("stretch", ())) | self.records("stretch")
        for kind in self.entries:
            for entry in self.user_entries(kind):
                yield kind, entry, _check(entry.record, areas, groups, stretches)
        replaced = {name for name, entry in self.entries["stretch"].items() if entry.replaces}
        for entry in self.entries["program"].values() if replaced else ():
            names = ", ".join(sorted(replaced & {item.stretch for item in entry.record.items}))
            if names and entry.root == self.trusted:
                problems = checks.check_program(entry.record, stretches)
                added = f" (your catalog replaces {names})"
                yield "program", entry, iter([(field, problem + added) for field, problem in problems])

    def _add_file(self, root: Path, file: Path) -> None:
        for data in self._read(root, file):
            if file == root and data is None:
                self.diagnostics.add_line(file, 1, "is empty; `stretch catalog new` starts an entry")
            for raw in split_entries(data):
                if not self.diagnostics.remaining():
                    break
                if not isinstance(raw, RawEntry):
                    self.diagnostics.add(file, [raw])
                elif raw.kind in self.entries:
                    self._add_entry(raw, root, file)

    def _add_single(self, kind: EntryKind, root: Path, file: Path) -> None:
        """Add a file that holds one entry and is named after it."""
        read = self._read(root, file)
        if not read:
            self.invalid_ids[kind].add(file.stem)
        for data in read:
            name = data.get("id") if isinstance(data, dict) else None
            if isinstance(name, str) and name != file.stem:
                problem = f"is {quote_ascii(name)}, but the file is named {quote_ascii(file.stem)}; use the same"
                self.diagnostics.add(file, [(("id",), problem)])
            self._add_entry(RawEntry(kind, (), data), root, file)

    def _read(self, root: Path, file: Path) -> tuple[Any, ...]:
        """Return the data of *file*; nothing if it is unreadable, was read before or has problems enough."""
        if not self.diagnostics.remaining() or not self._is_inside(root, file):
            return ()
        try:
            if root == self.trusted:
                return (read_shipped(file),)
            # A file may be in two catalogs.
            if (real := real_path(file)) in self._files_read or self.quota.exceeded:
                return ()
            self._files_read.add(real)
            # Imported here: most people have no catalog of their own.
            from stretch.storage.files.safe_yaml import read_yaml

            return (read_yaml(file, self.quota),)
        except UnreadableFile as error:
            self.diagnostics.add_line(file, error.line, str(error))
            return ()

    def _is_inside(self, root: Path, path: Path) -> bool:
        """Return whether *path* lies in the catalog *root*; a link that leaves it is a problem and is not read."""
        if path == root or root == self.trusted or Path(real_path(path)).is_relative_to(real_path(root)):
            return True
        self.diagnostics.add_line(path, 1, "is a link out of its catalog and is not read; put a copy in its place")
        return False

    def _add_entry(self, raw: RawEntry, root: Path, file: Path) -> None:
        self._entries_left -= root != self.trusted
        if self._entries_left < 0:
            if self._entries_left == -1:
                problem = f"is too much: all catalogs together have at most {MAX_ENTRIES} entries"
                self.diagnostics.add(file, [((), problem)], raw.at)
            return
        try:
            record = msgspec.convert(raw.data, record_type(raw.kind))
        except msgspec.ValidationError:
            record = None
        # In a program a field that may be missing is still to be filled in if it is there and empty.
        if record is None or (raw.kind == "program" and root != self.trusted and _has_blanks(raw.data)):
            self._add_type_errors(raw, file)
            return
        name = id_of(record)
        before = self.entries[raw.kind].get(name)
        if before is not None and before.root == root:
            problem = f"there is another {raw.kind} {name!r} in {escape_control_chars(str(before.file))}; rename one"
            self.diagnostics.add(file, [(("key" if raw.kind == "source" else "id",), problem)], raw.at)
            if file.stem != name:  # a copy beside the file with the right name may come before it
                return
            before = before.replaces
        self.entries[raw.kind][name] = CatalogEntry(record, root, file, raw.at, before)

    def _add_type_errors(self, raw: RawEntry, file: Path) -> None:
        # Imported here: most runs have no error.
        from stretch.storage.files.type_errors import type_errors

        blanks, errors = type_errors(raw.data, record_type(raw.kind))
        if self._skip_incomplete and blanks:
            self.incomplete_files[file] = None
            return
        self.diagnostics.add(file, blanks + errors, raw.at)
        if isinstance(raw.data, dict) and isinstance(name := raw.data.get("id"), str):
            self.invalid_ids[raw.kind].add(name)

    def _files(self, folder: Path) -> list[Path]:
        """Return the YAML files of *folder* by name, without hidden ones and copies that a conflict left."""
        try:
            with os.scandir(folder) as entries:
                names = [entry.name for entry in islice(entries, self.quota.files + 1)]
        except OSError as error:
            self.diagnostics.add_line(folder, 1, f"cannot be read: {error.strerror}")
            return []
        if len(names) > self.quota.files:
            self.diagnostics.add_line(folder, 1, f"has more than {self.quota.files} files")
            return []
        files = [folder / name for name in sorted(names) if name.lower().endswith(EXTENSIONS) and name[0] != "."]
        copies = [file for file in files if any(word in file.name for word in _CONFLICT_COPIES)]
        for file in copies:
            self.diagnostics.add_line(file, 1, "is the copy that a conflict left; merge it and delete it")
        return [file for file in files if file not in copies] if copies else files


def split_entries(data: Any) -> Iterator[RawEntry | FieldProblem]:
    """Yield the entries in the *data* of a file: one, a list, or lists by kind; and a problem for anything else."""
    if isinstance(data, list):
        for index, item in enumerate(data):
            yield _identify(item, (index,))
    elif isinstance(data, dict) and "id" not in data and data.keys() & _LIST_KINDS.keys():
        for name, items in data.items():
            if name not in _LIST_KINDS:
                yield (name,), f"unknown field; the fields are {', '.join(_LIST_KINDS)}"
            elif not isinstance(items, list):
                yield (name,), f"must be a list of {name}"
            else:
                yield from (RawEntry(_LIST_KINDS[name], (name, index), item) for index, item in enumerate(items))
    elif data is not None:
        yield _identify(data, ())


def _identify(data: Any, at: FieldPath) -> RawEntry | FieldProblem:
    for kind, fields in _IDENTIFYING_FIELDS if isinstance(data, dict) else ():
        if data.keys() & fields:
            return RawEntry(kind, at, data)
    what = quote(data) if isinstance(data, str) else "this"
    return at, f"{what} is not an entry; write a stretch, a figure, a program, or lists under {', '.join(_LIST_KINDS)}"


def _check(
    record: object, areas: Collection[str], groups: Collection[str], stretches: Mapping[str, Stretch | None]
) -> Iterator[FieldProblem]:
    match record:
        case Stretch():
            return checks.check_stretch(record, areas)
        case Program():
            return checks.check_program(record, stretches)
        case Area():
            return checks.check_area(record, areas, groups)
        case Group():
            return checks.check_group(record, areas)
    return iter(())


def real_path(path: Path) -> str:
    """Return *path* without links; as it is if that is not possible, which reading it will report."""
    with suppress(OSError, ValueError):
        return os.path.realpath(path)
    return str(path)


def _has_blanks(program: dict[str, Any]) -> bool:
    return any(None in fields.values() for fields in (program, *program["items"]))


def id_of(record: Any) -> str:
    """Return the id of a record; of a source its key."""
    return str(record.key if isinstance(record, Source) else record.id)


def record_type(kind: EntryKind) -> Any:
    """Return the type of the records of a *kind*."""
    if kind == "figure":
        # Imported here: only sessions and checks need figures.
        from stretch.figure.file_format import Figure

        return Figure
    return _TYPES[kind]


_TYPES: dict[EntryKind, Any] = {"stretch": Stretch, "program": Program, "area": Area, "group": Group, "source": Source}
