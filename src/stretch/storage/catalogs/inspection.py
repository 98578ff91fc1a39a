"""A catalog of one's own looked through for everything that is wrong with it, or worth a second thought."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import get_args

from msgspec import Struct

from stretch.core.model import CatalogStruct, Program, Source, Stretch
from stretch.core.text import escape_control_chars
from stretch.core.validation import cautions, ceilings, contradictions
from stretch.core.validation.checks import Problem, check_sources
from stretch.core.validation.markup import note_markup
from stretch.core.validation.muscles import check_muscles
from stretch.figure.lint import lint_figure
from stretch.figure.model import Figure
from stretch.storage.catalogs.catalog import SessionFile
from stretch.storage.catalogs.figures import as_steps, check_figure
from stretch.storage.catalogs.fit import check_fit
from stretch.storage.catalogs.gathering import Entry, Gathering, name_of
from stretch.storage.catalogs.mending import sure
from stretch.storage.catalogs.shape import Kind
from stretch.storage.files import yamlfile
from stretch.storage.files.findings import Finding, Level
from stretch.storage.files.package_data import data_root, read_one


class Report(Struct, frozen=True):
    """How many entries of each kind were looked through, and what was found."""

    counts: dict[Kind, int]
    findings: tuple[Finding, ...]
    complete: bool = True
    """Whether all that is wrong is in it; of very much only the beginning is told."""

    def of(self, level: Level) -> tuple[Finding, ...]:
        """Return the problems, which must be mended, or the notes, which may be as they are meant."""
        return tuple(finding for finding in self.findings if finding.level == level)


class _Known(Struct, frozen=True):
    """What entries may refer to."""

    stretches: dict[str, Stretch]
    sources: dict[str, Source]
    moves: frozenset[str]


def inspect(paths: Sequence[Path]) -> Report:
    """Look through the catalogs at *paths*, folders or files, as they stand over the shipped one."""
    base = data_root()
    own = [path for path in paths if not _is_same(path, base)]
    gathering = Gathering(get_args(Kind), trusted=base if len(own) == len(paths) else None)
    gathering.add(base)
    for path in own:
        gathering.add(path)
    check_fit(gathering)
    known = _known(gathering)
    for kind in get_args(Kind):
        for entry in gathering.own(kind):
            before = gathering.replaced.get((kind, name_of(entry.record)))
            gathering.findings.add(entry.file, _problems(entry.record, known), entry.at)
            notes = (*_replacing(entry, before), *_notes(entry.record, known))
            gathering.findings.add(entry.file, notes, entry.at, level="note")
    for entry, faulty in gathering.broken:
        if not faulty & {"mode", "dose", "sides"}:
            gathering.findings.add(entry.file, sure(_problems(entry.record, known), faulty), entry.at)
    _note_cut_short(gathering)
    counts = {kind: len([*gathering.own(kind)]) + gathering.faulty[kind] for kind in get_args(Kind)}
    counts = {kind: count for kind, count in counts.items() if count}
    return Report(counts, tuple(gathering.findings.all()), gathering.findings.complete)


def _note_cut_short(gathering: Gathering) -> None:
    entries = [entry for kind in gathering.entries for entry in gathering.own(kind)]
    for file in dict.fromkeys(entry.file for entry in [*entries, *(entry for entry, _ in gathering.broken)]):
        # Who wrote the file may have changed it meanwhile.
        with suppress(yamlfile.Malformed):
            for line, text in islice(yamlfile.cut_short(yamlfile.text_of(file)), gathering.findings.room(file, "note")):
                gathering.findings.add_line(file, line, text, level="note")


def _is_same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except (OSError, ValueError):
        return False


def _known(gathering: Gathering) -> _Known:
    session = read_one(data_root() / "session.yaml", SessionFile, gathering.findings)
    moves = (*session.warm_up.standing, *session.warm_up.seated) if session else ()
    return _Known(gathering.records("stretch"), gathering.records("source"), frozenset(move.id for move in moves))


def _problems(record: CatalogStruct | Figure, known: _Known) -> Iterator[Problem]:
    match record:
        case Stretch():
            yield from contradictions.check_words(record)
            yield from ceilings.check_cues(record)
            yield from check_sources(record.source, known.sources)
        case Program():
            yield from ceilings.check_ceiling(record, known.stretches)
            yield from check_sources(record.source, known.sources)
        case Source():
            same = [key for key in known.sources if key != record.key and key.lower() == record.key.lower()]
            if same:
                yield ("key",), f"{record.key} differs from {same[0]} in upper and lower case alone; use one of them"
        case Figure():
            yield from _problems_of_figure(record, known)


def _problems_of_figure(figure: Figure, known: _Known) -> Iterator[Problem]:
    problems = list(check_figure(figure))
    yield from problems
    if problems:
        return
    if stretch := known.stretches.get(figure.id):
        yield from check_muscles(figure.muscles, stretch)
    elif figure.id not in known.moves:
        yield ("id",), f"there is no stretch {figure.id!r} that this could be the figure of"
    yield from ((as_steps(problem.field), problem.message) for problem in lint_figure(figure))


def _notes(record: CatalogStruct | Figure, known: _Known) -> Iterator[Problem]:
    match record:
        case Stretch():
            yield from cautions.missing_cautions(record)
            yield from note_markup(record)
        case Program():
            yield from ceilings.note_doses(record, known.stretches)
            yield from note_markup(record)


def _replacing(entry: Entry, before: Entry | None) -> Iterator[Problem]:
    if before is None or before.record == entry.record:
        return
    where = "the shipped one" if before.root == data_root() else f"the one in {escape_control_chars(str(before.file))}"
    yield (), f"{name_of(entry.record)} replaces {where}"
    if isinstance(entry.record, Stretch):
        yield from cautions.fewer_cautions(entry.record, before.record)
