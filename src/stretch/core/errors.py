"""Errors that are shown to the user as one sentence, with the exit code of the process."""

from collections.abc import Iterable, Mapping


class StretchError(Exception):
    """Base class of errors that are printed without a traceback."""

    exit_code = 1


class UsageError(StretchError):
    """A request that is not possible; the message says what to do instead."""

    exit_code = 2


class SafetyError(StretchError):
    """For safety, no session starts; the message says what to do instead."""

    exit_code = 4


class CatalogError(StretchError):
    """Problems in catalog files, one line each: `file:line: field: problem`."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class UnknownName(UsageError):
    """An unknown name, with similar ones; *canonical* maps known names such as aliases to the ids to suggest."""

    def __init__(
        self, what: str, name: str, known: Iterable[str], where: str = "", canonical: Mapping[str, str] | None = None
    ) -> None:
        # Imported here because most runs have no error.
        from difflib import get_close_matches

        similar = get_close_matches(name.lower(), list(known), n=3, cutoff=0.6)
        if canonical:
            similar = list(dict.fromkeys(canonical[match] for match in similar))
        words = ", ".join([*similar[:-2], " or ".join(similar[-2:])])
        hint = f" Did you mean {words}?" if similar else f" {where}" if where else ""
        super().__init__(f"There is no {what} called {name!r}.{hint}")


class Signalled(Exception):
    """A signal, or a closed terminal, ended what the person was doing."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number
