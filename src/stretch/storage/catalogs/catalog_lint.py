"""Check user catalogs, and programs to take in, for everything that is wrong or worth a second look.

The cautions follow rules of thumb, which keep no routine from running.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from stretch.core.checks import FieldProblem, check_sources
from stretch.core.errors import CatalogError, UsageError
from stretch.core.model import Source, Stretch
from stretch.core.program import Program
from stretch.core.text import escape_control_chars, join_words
from stretch.core.timing.phases import RESTING
from stretch.core.vocabulary import ENTRY_KINDS, KNEELING, Caution, EntryKind
from stretch.figure.file_format import Figure
from stretch.figure.lint import lint_figure
from stretch.storage.catalogs.catalog import load_catalog, load_session_file, origin_label
from stretch.storage.catalogs.loader import CatalogEntry, CatalogLoader, RawEntry, id_of, real_path, split_entries
from stretch.storage.files.diagnostics import Diagnostic, Severity
from stretch.storage.files.locations import data_root
from stretch.storage.files.safe_io import write_private
from stretch.storage.files.safe_yaml import read_text, read_yaml


class CatalogReport(Struct, frozen=True):
    """The number of entries of each kind, and the diagnostics."""

    counts: dict[EntryKind, int]
    diagnostics: tuple[Diagnostic, ...]
    complete: bool
    """True if it has all diagnostics; of very many it has only the first."""

    def of(self, level: Severity) -> tuple[Diagnostic, ...]:
        """Return the problems or the notes."""
        return tuple(entry for entry in self.diagnostics if entry.level == level)


def check_catalogs(paths: Sequence[Path]) -> CatalogReport:
    """Check the catalogs at *paths*, folders or files, as they are used on top of the shipped one."""
    base = data_root()
    user_paths = [path for path in paths if real_path(path) != real_path(base)]
    loader = CatalogLoader(ENTRY_KINDS, trusted=base if len(user_paths) == len(paths) else None)
    for path in (base, *user_paths):
        loader.add(path)
    loader.check_references()
    warm_up = load_session_file().warm_up
    moves = {move.id for move in (*warm_up.standing, *warm_up.seated)}
    sources, drawable = loader.records("source"), loader.records("stretch").keys() | moves | set(RESTING)
    diagnostics, counts = loader.diagnostics, dict[EntryKind, int]()
    for kind in ENTRY_KINDS:
        entries = [*loader.user_entries(kind)]
        for entry in entries:
            if not diagnostics.remaining():
                break
            diagnostics.add(entry.file, _problems(entry.record, sources, drawable), entry.at)
            diagnostics.add(entry.file, _notes(entry), entry.at, "note")
        if count := len(entries) + len(loader.invalid_ids[kind]):
            counts[kind] = count
    return CatalogReport(counts, tuple(diagnostics.report()), diagnostics.complete)


def _problems(record: object, sources: Collection[str], drawable: Collection[str]) -> Iterator[FieldProblem]:
    match record:
        case Stretch() | Program():
            yield from check_sources(record.source, sources)
        case Source(key=key):
            for other in sources:
                if other != key and other.lower() == key.lower():
                    yield ("key",), f"{key} differs from {other} only in case; use one of them"
        case Figure():
            if record.id not in drawable:
                yield ("id",), f"there is no stretch {record.id!r}"
            yield from lint_figure(record)


def _notes(entry: CatalogEntry) -> Iterator[FieldProblem]:
    record, replaced = entry.record, entry.replaces
    if replaced and replaced.record != record:
        yield (), f"{id_of(record)} replaces {origin_label(replaced, data_root())}"
        if isinstance(record, Stretch):
            yield from weaker_cautions(record, replaced.record)
    if isinstance(record, Stretch):
        yield from missing_cautions(record)


_EXPECTED_CAUTIONS: tuple[tuple[str, Callable[[Stretch], bool], tuple[Caution, ...]], ...] = (
    ("a bend forward", lambda s: s.spine == "flexion", ("disc", "osteoporosis")),
    ("a bend back", lambda s: s.spine == "extension", ("stenosis",)),
    ("a twist", lambda s: s.spine == "rotation", ("osteoporosis",)),
    ("on the knees", lambda s: s.position in KNEELING, ("knee",)),
    ("for the neck", lambda s: "neck" in s.areas.primary, ("neck",)),
    ("for the shoulders", lambda s: "shoulders" in s.areas.primary, ("shoulder",)),
    ("for the hamstrings", lambda s: "hamstrings" in s.areas.primary, ("sciatica",)),
    ("deep", lambda s: s.level == "deep", ("hypermobility",)),
)
"""Cautions that every shipped stretch of a kind has (rule RB12)."""


def missing_cautions(stretch: Stretch) -> Iterator[FieldProblem]:
    """Yield the cautions that *stretch* lacks although similar ones have them."""
    given = {*stretch.cautions.avoid, *stretch.cautions.adapt}
    for what, applies, tags in _EXPECTED_CAUTIONS:
        if applies(stretch) and (missing := [tag for tag in tags if tag not in given]):
            yield ("cautions",), f"{what} without {' and '.join(missing)}; who should leave it out, or take it easier?"
    if stretch.position in ("supine", "prone") and "pregnancy" not in stretch.cautions.avoid:
        yield ("cautions", "avoid"), f"{stretch.position} without pregnancy; nobody pregnant should lie like that here"


def weaker_cautions(stretch: Stretch, replaced: Stretch) -> Iterator[FieldProblem]:
    """Yield the cautions of the *replaced* stretch that *stretch* lacks or has only under adapt."""
    avoid, adapt = stretch.cautions.avoid, stretch.cautions.adapt
    lost = [tag for tag in replaced.cautions.avoid if tag not in avoid]
    lost += [tag for tag in replaced.cautions.adapt if tag not in avoid and tag not in adapt]
    if lost:
        yield ("cautions",), f"weaker than in the {stretch.id} it replaces: {', '.join(lost)}"


def read_program(file: Path, catalogs: Sequence[Path]) -> tuple[Program, list[str]]:
    """Return the program in *file*, used on top of the user's *catalogs*, and notes about it.

    Raise CatalogError with every problem of the file, and UsageError if it does not hold exactly one program.
    """
    place = escape_control_chars(str(file))
    if not file.exists():
        raise CatalogError([f"There is no file {place}."])
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


def holds_program(file: Path, name: str) -> bool:
    """Return whether *file* holds the program *name*, finished or not, and nothing else."""
    entries = [*split_entries(read_yaml(file))]
    kinds = [
        (each.kind, each.data.get("id"))
        for each in entries
        if isinstance(each, RawEntry) and isinstance(each.data, dict)
    ]
    return len(entries) == 1 and kinds == [("program", name)]


def store_program(file: Path, target: Path) -> None:
    """Copy the text of *file* to *target*, which only its owner may read."""
    write_private(target, read_text(file).encode())
