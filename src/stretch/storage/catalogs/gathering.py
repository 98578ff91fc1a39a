"""The entries of several catalogs, later ones over earlier ones, with what is wrong gathered instead of raised."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from stretch.core.model import Area, Group, Program, Source, Stretch
from stretch.core.text import escape_control_chars, quote_ascii
from stretch.core.validation.checks import Steps
from stretch.storage.catalogs.shape import Kind, Part, parts
from stretch.storage.files import yamlfile
from stretch.storage.files.findings import MOST_OF_A_FILE, Findings
from stretch.storage.files.plainfile import Allowance

SHIPPED_ONLY = frozenset({"session.yaml", "safety.yaml"})
"""What no catalog of one's own changes: how a session begins and ends, and when not to stretch."""
SOURCES = "sources.yaml"
"""Read only where sources are wanted."""
FOLDERS: dict[Kind, str] = {"stretch": "stretches", "figure": "figures"}
"""Folders of a catalog whose files are one entry each."""
ENDINGS = (".yaml", ".yml")


class Entry(Struct, frozen=True):
    """One record of a catalog and where it comes from: the catalog, the file, the place in it."""

    record: Any
    root: Path
    file: Path
    at: Steps


class Gathering:
    """The entries of *kinds* by kind and id; what is *trusted*, the shipped catalog, is read and not checked.

    Entries with blanks are a problem, or with *leave_blanks* are left out and their files noted as unfinished.
    """

    def __init__(self, kinds: Sequence[Kind], trusted: Path | None = None, *, leave_blanks: bool = False) -> None:
        self.entries: dict[Kind, dict[str, Entry]] = {kind: {} for kind in kinds}
        self.replaced: dict[tuple[Kind, str], Entry] = {}
        """What stood under a kind and id before a later catalog came."""
        self.unfinished: dict[Path, None] = {}
        self.allowance = Allowance()
        """What may still be read of catalogs that are not trusted."""
        self.findings = Findings()
        self.trusted, self._leave_blanks = trusted, leave_blanks
        self._been: set[str] = set()
        """Files that were read: one that lies in two of the catalogs, or is named twice, is no contradiction."""
        self.broken: list[tuple[Entry, frozenset[str]]] = []
        """Entries with stand-ins for their faulty fields; the others can still be checked."""
        self.faulty: Counter[Kind] = Counter()
        """How many entries of each kind are no records."""
        self.useless: dict[Kind, set[str]] = {kind: set() for kind in kinds}
        """Ids that are there and of no use: who refers to one has no problem of their own."""

    def add(self, root: Path) -> None:
        """Gather a catalog: a folder of files with entries, with stretches/ and figures/, or a single file."""
        self.add_files(root)
        for kind in FOLDERS.keys() & self.entries.keys() if _is_folder(root) else ():
            for file in self._files(root / FOLDERS[kind], optional=True):
                self._add_only(kind, root, file)

    def add_files(self, root: Path) -> None:
        """Gather the files of a catalog that hold entries or lists of them, but not its folders."""
        if not _is_folder(root):
            self._add_file(root, root, alone=True)
            return
        for file in self._files(root):
            if file.name not in SHIPPED_ONLY and (file.name != SOURCES or "source" in self.entries):
                self._add_file(root, file)

    def add_named(self, kind: Kind, names: Iterable[str], root: Path) -> None:
        """Gather from a folder of a catalog the files of these *names* alone, as far as there are any."""
        for name in names:
            for ending in ENDINGS:
                if is_there(file := root / FOLDERS[kind] / f"{name}{ending}"):
                    self._add_only(kind, root, file)

    def records(self, kind: Kind) -> dict[str, Any]:
        """Return the records of a kind by their ids."""
        return {name: entry.record for name, entry in self.entries[kind].items()}

    def own(self, kind: Kind) -> Iterator[Entry]:
        """Yield the entries of a kind that are not trusted."""
        return (entry for entry in self.entries[kind].values() if entry.root != self.trusted)

    def _add_file(self, root: Path, file: Path, *, alone: bool = False) -> None:
        for data in self._read(root, file):
            if alone and data is None:
                self.findings.add_line(file, 1, "is empty; a catalog has entries, and `stretch catalog new` begins one")
            for part in parts(data):
                if not self.findings.room(file):
                    break
                if not isinstance(part, Part):
                    self.findings.add(file, [part])
                elif part.kind in self.entries:
                    self._add(part, root, file)

    def _add_only(self, kind: Kind, root: Path, file: Path) -> None:
        """Gather a file that is one entry and has its name."""
        read = self._read(root, file)
        if not read:
            self.useless[kind].add(file.stem)
        for data in read:
            name = data.get("id") if isinstance(data, dict) else None
            if isinstance(name, str) and name != file.stem:
                problem = (
                    f"is {quote_ascii(name)}, but the file is called {quote_ascii(file.stem)}; they must be the same"
                )
                self.findings.add(file, [(("id",), problem)])
            self._add(Part(kind, (), data), root, file)

    def _read(self, root: Path, file: Path) -> tuple[Any, ...]:
        """Return the data of *file*, if it can be had; when there are problems enough, no more of them is read."""
        if not self.findings.room(file) or (root != self.trusted and self._is_again(file)):
            return ()
        try:
            return (yamlfile.read(file, None if root == self.trusted else self.allowance),)
        except yamlfile.Malformed as error:
            self.findings.add_line(file, error.line, str(error))
            return ()

    def _is_again(self, file: Path) -> bool:
        try:
            real = os.path.realpath(file)
        except (OSError, ValueError):  # reading it will say why
            return False
        before = len(self._been)
        self._been.add(real)
        return len(self._been) == before

    def _add(self, part: Part, root: Path, file: Path) -> None:
        try:
            record = msgspec.convert(part.data, record_of(part.kind))
        except msgspec.ValidationError:
            self._explain(part, root, file)
            return
        name = name_of(record)
        before = self.entries[part.kind].get(name)
        if before is not None and before.root == root:
            there = escape_control_chars(str(before.file))
            problem = f"there is another {part.kind} {name!r} in {there}; give one another name"
            self.findings.add(file, [(("key" if part.kind == "source" else "id",), problem)], part.at)
            return
        if before is not None:
            self.replaced[part.kind, name] = before
        self.entries[part.kind][name] = Entry(record, root, file, part.at)

    def _explain(self, part: Part, root: Path, file: Path) -> None:
        # Imported here: most runs find nothing wrong, and every run pays for what stands at the top.
        from stretch.storage.catalogs.mending import mended
        from stretch.storage.files.faults import faults

        problems = list(islice(faults(part.data, record_of(part.kind)), MOST_OF_A_FILE))
        if self._leave_blanks and all(_is_blank(part.data, field) for field, _ in problems):
            self.unfinished[file] = None
            return
        self.findings.add(file, problems, part.at)
        self.faulty[part.kind] += 1
        if isinstance(part.data, dict) and isinstance(name := part.data.get("id"), str):
            self.useless[part.kind].add(name)
        faulty = frozenset(str(field[0]) for field, _ in problems if field)
        if record := mended(record_of(part.kind), part.data, faulty):
            self.broken.append((Entry(record, root, file, part.at), faulty))

    def _files(self, folder: Path, *, optional: bool = False) -> list[Path]:
        """Return the YAML files of a folder by name; hidden ones are leavings of other programs."""
        if optional and not is_there(folder):
            return []
        try:
            with os.scandir(folder) as entries:
                names = [entry.name for entry in islice(entries, self.allowance.files + 1)]
        except OSError as error:
            self.findings.add_line(folder, 1, f"cannot be read: {error.strerror}")
            return []
        if len(names) > self.allowance.files:
            self.findings.add_line(folder, 1, f"holds more than {self.allowance.files} files; that is too much")
            return []
        return [folder / name for name in sorted(names) if name.lower().endswith(ENDINGS) and name[0] != "."]


def is_there(path: Path) -> bool:
    """Whether there is something at *path*; where that cannot be told, reading it will say why."""
    try:
        return path.exists() or path.is_symlink()
    except OSError:
        return True


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _is_blank(data: Any, field: Steps) -> bool:
    """Whether a field is there and nothing in it."""
    for step in field:
        if isinstance(data, dict) and step not in data:
            return False
        data = data[step]
    return data is None


def name_of(record: Any) -> str:
    """Return the id of a record, for a source its key."""
    name: str = record.key if isinstance(record, Source) else record.id
    return name


def record_of(kind: Kind) -> Any:
    """Return the type of the records of a kind."""
    if kind == "figure":
        # Imported here: only a session and a check need the figures.
        from stretch.figure.model import Figure

        return Figure
    return _RECORDS[kind]


_RECORDS: dict[Kind, Any] = {
    "stretch": Stretch,
    "program": Program,
    "area": Area,
    "group": Group,
    "source": Source,
}
