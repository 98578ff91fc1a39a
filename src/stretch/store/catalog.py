"""Find and read the catalog's YAML files; each error names file, line and field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from stretch.core import checks
from stretch.core.errors import CatalogError
from stretch.core.model import Area, Catalog, Group, Program, Record, Settle, Source, Stretch, WarmUp
from stretch.store import yamlfile

if TYPE_CHECKING:
    from stretch.core.checklist import Safety

T = TypeVar("T")


class _AreasFile(Record, frozen=True, kw_only=True):
    areas: tuple[Area, ...]
    groups: tuple[Group, ...] = ()


class _ProgramsFile(Record, frozen=True, kw_only=True):
    programs: tuple[Program, ...]


class _SessionFile(Record, frozen=True, kw_only=True):
    warm_up: WarmUp
    settle: Settle


def data_root() -> Path:
    """Return the shipped data: inside the installed package, or at the top of a source checkout."""
    packaged = Path(__file__).parents[1] / "data"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "data"


def load(root: Path | None = None) -> Catalog:
    """Read the whole catalog under *root*, all but its sources, and check that everything in it fits together.

    Raises CatalogError with every problem found, one line each.
    """
    reader = _Reader(root or data_root())
    areas_file = reader.one("areas.yaml", _AreasFile)
    session = reader.one("session.yaml", _SessionFile)
    programs_file = reader.one("programs.yaml", _ProgramsFile)
    stretches = {s.id: s for s in reader.folder("stretches", Stretch)}
    reader.give_up_if_broken()
    assert areas_file
    assert session
    assert programs_file
    areas = {area.id: area for area in areas_file.areas}
    reader.check_each("areas.yaml", "areas", areas_file.areas, lambda a: checks.check_area(a, areas))
    reader.check_each("areas.yaml", "groups", areas_file.groups, lambda g: checks.check_group(g, areas))
    for stretch in stretches.values():
        reader.check(f"stretches/{stretch.id}.yaml", checks.check_stretch(stretch, areas, None))
    reader.check_each(
        "programs.yaml", "programs", programs_file.programs, lambda p: checks.check_program(p, stretches, None)
    )
    reader.give_up_if_broken()
    return Catalog(
        stretches=stretches,
        areas=areas,
        groups={group.id: group for group in areas_file.groups},
        programs={program.id: program for program in programs_file.programs},
        warm_up=session.warm_up,
        settle=session.settle,
    )


def load_sources(root: Path | None = None) -> dict[str, Source]:
    """Read what the citation keys stand for; apart from the rest, for few commands show it.

    Raises CatalogError.
    """
    reader = _Reader(root or data_root())
    sources = reader.one("sources.yaml", tuple[Source, ...])
    reader.give_up_if_broken()
    return {source.key: source for source in sources or ()}


def load_safety(root: Path | None = None) -> Safety:
    """Read the safety checklist and the questions of the screening.

    Raises CatalogError.
    """
    from stretch.core.checklist import Safety

    reader = _Reader(root or data_root())
    safety = reader.one("safety.yaml", Safety)
    reader.give_up_if_broken()
    assert safety is not None
    return safety


class _Reader:
    """Reads files under one root and gathers what is wrong with them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[str] = []

    def one(self, name: str, kind: type[T]) -> T | None:
        """Return the file *name* as a *kind*, or None when there is a problem with it."""
        return self._decode(name, self.root / name, kind)

    def folder(self, name: str, kind: type[T]) -> Iterator[T]:
        """Yield every YAML file of the folder *name*, in the order of the file names."""
        for entry in sorted((self.root / name).iterdir(), key=lambda entry: entry.name):
            if not entry.name.endswith(".yaml"):
                continue
            record = self._decode(f"{name}/{entry.name}", entry, kind)
            if record is None:
                continue
            if getattr(record, "id", None) != entry.name.removesuffix(".yaml"):
                self.problems.append(f"{name}/{entry.name}:1: id: must be the name of the file, without .yaml")
            yield record

    def check(self, name: str, problems: Iterable[checks.Problem]) -> None:
        """Gather *problems* of the file *name* with the lines they are on."""
        for path, problem in problems:
            line = yamlfile.line_of(self.root / name, path)
            self.problems.append(f"{name}:{line}: {'.'.join(map(str, path))}: {problem}")

    def check_each(self, name: str, field: str, records: Iterable[T], check: Any) -> None:
        """Gather the problems of each record of a list in the file *name*."""
        for index, record in enumerate(records):
            self.check(name, (((field, index, *path), problem) for path, problem in check(record)))

    def give_up_if_broken(self) -> None:
        """Raise CatalogError when there was any problem so far."""
        if self.problems:
            raise CatalogError(sorted(self.problems))

    def _decode(self, name: str, entry: Path, kind: type[T]) -> T | None:
        try:
            return msgspec.convert(yamlfile.read(entry), kind)
        except yamlfile.Malformed as error:
            self.problems.append(f"{name}:{error.line}: {error}")
        except msgspec.ValidationError as error:
            path, problem = yamlfile.explain(error)
            line = yamlfile.line_of(entry, path)
            self.problems.append(f"{name}:{line}: {'.'.join(map(str, path)) or 'file'}: {problem}")
        return None
