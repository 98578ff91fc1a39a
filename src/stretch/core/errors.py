"""What can go wrong, each with the sentence a person reads and the exit code of the process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class StretchError(Exception):
    """Something the user is told in one sentence; nothing of it is a traceback."""

    exit_code = 1


class UsageError(StretchError):
    """What was asked for cannot be done; the sentence says what to do instead."""

    exit_code = 2


class SafetyError(StretchError):
    """For safety, no session starts; the message says what to do instead."""

    exit_code = 4


class CatalogError(StretchError):
    """A file of the catalog cannot be used; one line for each problem, `file:line: field: what is wrong`."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class UnknownName(UsageError):
    """A name that is not known, with the near ones; *canonical* says which name each of the known ones stands for."""

    def __init__(
        self, what: str, name: str, known: Iterable[str], where: str = "", canonical: Mapping[str, str] | None = None
    ) -> None:
        # Imported here: most runs have no error, and every run pays for what stands at the top.
        from difflib import get_close_matches

        near = get_close_matches(name.lower(), list(known), n=3, cutoff=0.6)
        if canonical:
            near = list(dict.fromkeys(canonical[match] for match in near))
        hint = f" Did you mean {' or '.join(near)}?" if near else f" {where}" if where else ""
        super().__init__(f"There is no {what} called {name!r}.{hint}")
