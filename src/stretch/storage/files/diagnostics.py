"""Diagnostics of data files, collected by field and reported by line."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Literal

from msgspec import Struct

from stretch.core.checks import FieldPath, FieldProblem
from stretch.core.errors import CatalogError
from stretch.core.text import escape_control_chars

MAX_REPORTED = 200
"""Most problems that are reported; the same limit holds for the notes."""
_MAX_STEP_LENGTH = 40

Severity = Literal["problem", "note"]


class Diagnostic(Struct, frozen=True):
    """One line of a report, safe to print."""

    file: str
    line: int
    field: str
    """The path of the field with dots; empty for the whole file."""
    problem: str
    level: Severity = "problem"

    def __str__(self) -> str:
        """Return `file:line: field: problem; how to fix it`."""
        note = "note: " if self.level == "note" else ""
        return f"{self.file}:{self.line}: {self.field}{': ' if self.field else ''}{note}{self.problem}"


class Diagnostics:
    """Collects problems and notes by file; the lines of their fields are looked up at the end."""

    def __init__(self) -> None:
        self._collected: dict[Path, list[tuple[FieldPath, int | None, str, Severity]]] = defaultdict(list)
        self._counts: Counter[Severity] = Counter()

    def add(
        self,
        file: Path,
        problems: Iterable[FieldProblem],
        at: FieldPath = (),
        level: Severity = "problem",
        line: int | None = None,
    ) -> None:
        """Add *problems* with the fields of the entry *at* a place in *file*, or on a *line* of it."""
        for field, problem in islice(problems, self.remaining(level)):
            self._collected[file].append(((*at, *field), line, problem, level))
            self._counts[level] += 1

    def add_line(self, file: Path, line: int, problem: str, level: Severity = "problem") -> None:
        """Add a *problem* on a *line* of *file*."""
        self.add(file, [((), problem)], level=level, line=line)

    def remaining(self, level: Severity = "problem") -> int:
        """Return how many more problems or notes will be reported."""
        return MAX_REPORTED - self._counts[level]

    @property
    def complete(self) -> bool:
        """True if nothing was left out; False also if the limit was just reached."""
        return self.remaining("problem") > 0 and self.remaining("note") > 0

    def report(self) -> list[Diagnostic]:
        """Return everything that was added, sorted by file, line and field."""
        report = []
        for file, collected in self._collected.items():
            # Imported here: most runs have no problem.
            from stretch.storage.files.safe_yaml import line_numbers

            fields = {field for field, line, _, _ in collected if line is None}
            lines = line_numbers(file, fields) if fields else {}
            for field, line, problem, level in collected:
                name = ".".join(escape_control_chars(str(step)[:_MAX_STEP_LENGTH]) for step in field)
                report.append(Diagnostic(escape_control_chars(str(file)), line or lines[field], name, problem, level))
        return sorted(report, key=lambda entry: (entry.file, entry.line, entry.field, entry.problem))

    def raise_or_call(self, on_problem: Callable[[str], None] | None) -> None:
        """Call *on_problem* with every problem, or raise CatalogError with them if it is None; notes do not count."""
        problems = [str(entry) for entry in self.report() if entry.level == "problem"]
        if on_problem:
            for problem in problems:
                on_problem(problem)
        elif problems:
            raise CatalogError(problems)
