"""What is wrong in the files of a catalog: gathered as fields, told as lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Literal

from msgspec import Struct

from stretch.core.errors import CatalogError
from stretch.core.text import escape_control_chars
from stretch.core.validation.checks import Problem, Steps

MOST_OF_A_FILE, MOST_IN_ALL = 200, 1000
"""Problems told of one file and altogether, and as many notes; whoever mends these sees the next."""
_LONGEST_STEP = 40

Level = Literal["problem", "note"]
_Found = tuple[Steps, int | None, str, Level]
"""A field, the line where that is known, the words and their weight."""


class Finding(Struct, frozen=True):
    """One line of a report; everything in it is safe to show."""

    file: str
    line: int
    field: str
    """The way to the field with dots, empty where it is about the whole file."""
    problem: str
    level: Level = "problem"

    def __str__(self) -> str:
        """Return `file:line: field: what is wrong; what would be right`."""
        note = "note: " if self.level == "note" else ""
        return f"{self.file}:{self.line}: {self.field}{': ' if self.field else ''}{note}{self.problem}"


class Findings:
    """Gathers problems and notes by file; the lines of their fields are looked up at the end."""

    def __init__(self) -> None:
        self._found: dict[Path, list[_Found]] = {}
        self._told: Counter[tuple[Path | None, Level]] = Counter()
        """How much was gathered of each file and, under None, altogether: notes never take the room of a problem."""

    @property
    def broken(self) -> bool:
        """Whether there is any problem; notes do not count."""
        return self._told[None, "problem"] > 0

    @property
    def complete(self) -> bool:
        """Whether everything there was to say has been told; False also where that happened to be just enough."""
        return all(count < (MOST_OF_A_FILE if file else MOST_IN_ALL) for (file, _), count in self._told.items())

    def add(self, file: Path, problems: Iterable[Problem], at: Steps = (), *, level: Level = "problem") -> None:
        """Gather *problems* of the entry that is *at* some place of *file*."""
        for field, text in islice(problems, self.room(file, level)):
            self._add(file, (at + field, None, text, level))

    def add_line(self, file: Path, line: int, problem: str, *, level: Level = "problem") -> None:
        """Gather a *problem* of the whole *file* that shows on *line*."""
        self._add(file, ((), line, problem, level))

    def room(self, file: Path, level: Level = "problem") -> int:
        """Return how many more problems, or notes, of *file* will be told."""
        return max(min(MOST_OF_A_FILE - self._told[file, level], MOST_IN_ALL - self._told[None, level]), 0)

    def all(self) -> list[Finding]:
        """Return everything found, sorted by file, line and field."""
        # Imported here: most runs find nothing, and every run pays for what stands at the top.
        from stretch.storage.files.fieldlines import lines

        told = []
        for file, found in self._found.items():
            fields = {field for field, line, _, _ in found if line is None}
            where = lines(file, fields) if fields else {}
            for field, line, problem, level in found:
                steps = ".".join(escape_control_chars(str(step)[:_LONGEST_STEP]) for step in field)
                told.append(Finding(escape_control_chars(str(file)), line or where[field], steps, problem, level))
        return sorted(told, key=lambda finding: (finding.file, finding.line, finding.field, finding.problem))

    def give_up_if_broken(self) -> None:
        """Raise CatalogError with every problem when there is any."""
        if self.broken:
            raise CatalogError(str(finding) for finding in self.all() if finding.level == "problem")

    def _add(self, file: Path, found: _Found) -> None:
        self._found.setdefault(file, []).append(found)
        self._told[file, found[-1]] += 1
        self._told[None, found[-1]] += 1
