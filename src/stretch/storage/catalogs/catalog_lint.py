"""Check user catalogs for everything that is wrong or worth a second look."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path

from msgspec import Struct

from stretch.core.model import CatalogStruct, Program, Source, Stretch
from stretch.core.text import quote
from stretch.core.validation import content_lint
from stretch.core.validation.checks import FieldProblem, check_sources
from stretch.core.vocabulary import ENTRY_KINDS, EntryKind
from stretch.figure.file_format import Figure
from stretch.figure.lint import lint_figure
from stretch.storage.catalogs.catalog import SessionFile, check_figure, field_path, origin_label
from stretch.storage.catalogs.loader import CatalogEntry, CatalogLoader, id_of
from stretch.storage.files.diagnostics import Diagnostic, Severity, load_record
from stretch.storage.files.locations import data_root
from stretch.storage.files.safe_io import UnreadableFile
from stretch.storage.files.safe_yaml import read_text

_ACCIDENTAL_COMMENT = r" *+(?:- ++|[\w-]++: ++)++[^\s'\"\[{|>&#][^#]*+(?<= )(#\d.*)"
"""A line with an unquoted text that a comment such as `#2` ends."""


class CatalogReport(Struct, frozen=True):
    """The number of entries of each kind, and the diagnostics."""

    counts: dict[EntryKind, int]
    diagnostics: tuple[Diagnostic, ...]
    complete: bool
    """True if it has all diagnostics; of very many it has only the first."""

    def of(self, level: Severity) -> tuple[Diagnostic, ...]:
        """Return the problems or the notes."""
        return tuple(entry for entry in self.diagnostics if entry.level == level)


class _References(Struct, frozen=True):
    """Entries that others may refer to, by id or citation key."""

    stretches: dict[str, Stretch]
    sources: dict[str, Source]
    warm_up_moves: frozenset[str]


def check_catalogs(paths: Sequence[Path]) -> CatalogReport:
    """Check the catalogs at *paths*, folders or files, as they are used on top of the shipped one."""
    base = data_root()
    user_paths = [path for path in paths if not _is_same(path, base)]
    loader = CatalogLoader(ENTRY_KINDS, trusted=base if len(user_paths) == len(paths) else None)
    for path in (base, *user_paths):
        loader.add(path)
    loader.check_references()
    warm_up = load_record(base / "session.yaml", SessionFile).warm_up
    moves = frozenset(move.id for move in (*warm_up.standing, *warm_up.seated))
    references = _References(loader.records("stretch"), loader.records("source"), moves)
    counts: dict[EntryKind, int] = {}
    for kind in ENTRY_KINDS:
        entries = [*loader.user_entries(kind)]
        for entry in entries:
            if not loader.diagnostics.remaining():
                break
            problems, notes = _lint(entry.record, references)
            loader.diagnostics.add(entry.file, problems, entry.at)
            loader.diagnostics.add(entry.file, chain(_replacement_notes(entry), notes), entry.at, "note")
        if count := len(entries) + loader.invalid[kind]:
            counts[kind] = count
    _note_comments(loader)
    return CatalogReport(counts, tuple(loader.diagnostics.report()), loader.diagnostics.complete)


def _is_same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except (OSError, ValueError):
        return False


def _lint(
    record: CatalogStruct | Figure, references: _References
) -> tuple[Iterable[FieldProblem], Iterable[FieldProblem]]:
    """Return the problems of a record, and the notes on it."""
    match record:
        case Stretch():
            wording, lengths = content_lint.check_wording(record), content_lint.check_cue_lengths(record)
            notes = chain(content_lint.missing_cautions(record), content_lint.find_markup(record))
            return chain(wording, lengths, check_sources(record.source, references.sources)), notes
        case Program():
            doses = content_lint.check_area_doses(record, references.stretches)
            notes = chain(content_lint.check_item_doses(record, references.stretches), content_lint.find_markup(record))
            return chain(doses, check_sources(record.source, references.sources)), notes
        case Source():
            similar = [key for key in references.sources if key != record.key and key.lower() == record.key.lower()]
            return [(("key",), f"{record.key} differs from {key} only in case; use one of them") for key in similar], ()
        case Figure():
            return [*check_figure(record)] or _lint_figure(record, references), ()
    return (), ()


def _lint_figure(figure: Figure, references: _References) -> Iterator[FieldProblem]:
    if stretch := references.stretches.get(figure.id):
        yield from content_lint.check_target_muscles(figure.muscles, stretch)
    elif figure.id not in references.warm_up_moves:
        yield ("id",), f"there is no stretch {figure.id!r}"
    yield from ((field_path(field), message) for field, message in lint_figure(figure))


def _replacement_notes(entry: CatalogEntry) -> Iterator[FieldProblem]:
    if (replaced := entry.replaces) and replaced.record != entry.record:
        yield (), f"{id_of(entry.record)} replaces {origin_label(replaced, data_root())}"
        if isinstance(entry.record, Stretch):
            yield from content_lint.weaker_cautions(entry.record, replaced.record)


def _note_comments(loader: CatalogLoader) -> None:
    """Note the texts that a comment cuts short: to YAML, `name: Bridge #2` is `Bridge`."""
    for file in {entry.file for kind in loader.entries for entry in loader.user_entries(kind)}:
        with suppress(UnreadableFile):  # it has changed since it was read
            for number, line in enumerate(read_text(file).splitlines(), start=1):
                if " #" in line and (comment := re.match(_ACCIDENTAL_COMMENT, line)):
                    problem = f"{quote(comment[1])} begins a comment and is ignored; put the text in quotes"
                    loader.diagnostics.add_line(file, number, problem, "note")
