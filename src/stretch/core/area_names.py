"""Areas and groups by the names that people type."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from stretch.core.errors import UnknownName, UsageError
from stretch.core.model import Area, Catalog, Group

SMALL_WORDS = frozenset({"and", "the", "my"})
"""Words that may stand between names."""
MINUTES = re.compile(r"(?<!\S)([0-9]+(?:[.,:][0-9]+)?) ?(?:m|mins?|minutes?)?(?!\S)")
"""A number that stands for minutes, with or without the word."""
ALIKE = 0.8
"""Similarity from which several words are one misspelt name: "lower bak", but not "neck hpis"."""


class TypedAreas(NamedTuple):
    """What one text names: the ids of areas and groups, and the words that name nothing."""

    ids: tuple[str, ...]
    unknown: tuple[str, ...]


def area_names(catalog: Catalog, *, aliases: bool = True) -> dict[str, str]:
    """Return the ids of all areas and groups by their ids, names and *aliases*, in lower case and without dashes.

    With aliases, names of several words are there as one word, too: `lowerback`.
    """
    entries: list[Area | Group] = [*catalog.groups.values(), *catalog.areas.values()]
    names = {_phrase(name): entry.id for entry in entries for name in (*(entry.aliases if aliases else ()), entry.name)}
    names |= {_phrase(entry.id): entry.id for entry in entries}
    joined = {name.replace(" ", ""): id for name, id in names.items()} if aliases else {}
    return joined | names


def area_ids(catalog: Catalog, texts: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of the areas and groups that *texts* name, each one or several, joined by spaces or commas.

    Raise UnknownName for anything else.
    """
    known, found = area_names(catalog), dict[str, None]()
    for part in (part for text in texts for part in [*filter(str.strip, text.split(","))] or [text]):
        ids, unknown = read_areas(part, known)
        if unknown or not ids:
            name = part.strip() if is_like_area(part, known) or not ids else " ".join(unknown)
            refuse_program(catalog, "area", name)
            similar = area_names(catalog, aliases=False)
            raise UnknownName("area", name, similar, "`stretch areas` lists them.", similar)
        found |= dict.fromkeys(ids)
    return tuple(found)


def refuse_program(catalog: Catalog, what: str, name: str) -> None:
    """Raise UnknownName if *name*, which is no *what*, is the id or the name of a program."""
    for program in catalog.programs.values():
        if _phrase(name) in (_phrase(program.id), _phrase(program.name)):
            raise UnknownName(what, name, (), f"It is a program: `stretch routine --program {program.id}`.")


def refuse_minutes(text: str, known: Mapping[str, str]) -> None:
    """Raise UsageError if *text* is areas and one number of minutes, which is an option."""
    numbers, areas = MINUTES.findall(text.lower()), MINUTES.sub("", text.lower())
    if len(numbers) == 1 and not read_areas(areas, known).unknown:
        raise UsageError(f"Write the minutes as `-m {numbers[0]}`.")


def read_areas(text: str, known: Mapping[str, str]) -> TypedAreas:
    """Return what *text* names; case, dashes and small words do not matter, and of several names the longest counts."""
    words, ids, unknown, start = _phrase(text.replace(",", " ")).split(), [], [], 0
    longest = max(len(name.split()) for name in known)
    while start < len(words):
        ends = range(min(len(words), start + longest), start, -1)
        end = next((end for end in ends if " ".join(words[start:end]) in known), None)
        if end is not None:
            ids.append(known[" ".join(words[start:end])])
        elif words[start] not in SMALL_WORDS:
            unknown.append(words[start])
        start = end or start + 1
    return TypedAreas(tuple(dict.fromkeys(ids)), tuple(unknown))


def is_like_area(text: str, known: Mapping[str, str]) -> bool:
    """Return whether *text* as a whole is a misspelt name."""
    from difflib import get_close_matches

    return bool(get_close_matches(_phrase(text.replace(",", " "))[:80], known, n=1, cutoff=ALIKE))


def _phrase(name: str) -> str:
    return " ".join(re.sub("[-_]", " ", name.lower()).split())
