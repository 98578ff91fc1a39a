"""Matching of the names on exercise sheets to the stretches of the catalog."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct

from stretch.core import sheet_words as sheet
from stretch.core.model import Catalog, Stretch

_SHORT_FORMS = {form: word for word, forms in sheet.SAME_WORDS.items() for form in forms.split()}
_STRETCH = re.compile(r"(?i)\bstr(?:e|\b)")
_NEXT = re.compile(r"(?i)(?:and|then)\b")
_JOINED = re.compile(r"(?i)[/&+]|\b(?:and|or)\b")
_WITH = re.compile(r"(?i)(?:with|using)\b(?P<limb> (?:your |the |both )?(?:arms?|hands?|elbows?|palms?)\b)?")
_CUES = re.compile(
    r"(?i)\s+(?=(?:with|using|hold(?:ing)?|keep(?:ing)?|until|till|do ?n[o']t|don't|avoid|before|after|as|so|if|when"
    r"|breath(?:e|ing)|feel(?:ing)?|use|lean(?:ing)?|and (?:lean|pull|push|reach|hold)|arms?|elbows?|palms?"
    r"|(?:at|on) (?:a |the )?(?:counter|sink|pad|pillow|cushion|bed))\b|\d)"
)
"""Where a name ends and it is said how to do it."""
SIMILAR = 0.86
"""Similarity from which a word is a misspelt one."""
MAX_NEAR = 3
MAX_WORDS = 3
"""Words of a part that says more of a name, such as `knee bent`; longer ones tell what to do."""


class NameMatch(Struct, frozen=True):
    """The stretch that a line names, or those it may mean."""

    stretch: Stretch | None
    near: tuple[str, ...] = ()
    """Ids of stretches alike, if it is not clear which one is meant."""
    notes: tuple[str, ...] = ()
    """The parts of the line that say more than the name."""


class _Known(NamedTuple):
    """A stretch of the catalog, and the words of its names, for where it is done, and for what it stretches."""

    stretch: Stretch
    words: frozenset[str]
    places: frozenset[str]
    areas: frozenset[str]
    secondary: frozenset[str]


class StretchNames:
    """The names of all stretches of a catalog, each as a set of words."""

    def __init__(self, catalog: Catalog) -> None:
        areas = {area: frozenset(_words(" ".join((area, *one.aliases)))) for area, one in catalog.areas.items()}
        self._all: dict[str, _Known] = {}
        self._names: list[tuple[frozenset[str], _Known]] = []
        self._ids: defaultdict[frozenset[str], set[str]] = defaultdict(set)
        for each in catalog.stretches.values():
            names = {frozenset(_words(name)) for name in (each.id, each.name, *each.aliases)}
            places = sheet.PLAIN | {*_words(" ".join((each.position, *each.needs))), "floor", "mat"}
            primary = frozenset[str]().union(*(areas[area] for area in each.areas.primary))
            secondary = frozenset[str]().union(*(areas[area] for area in each.areas.secondary))
            one = self._all[each.id] = _Known(each, places.union(*names), places, primary, secondary)
            self._names += [(name, one) for name in names]
            for name in names:
                self._ids[name].add(each.id)
        self._vocabulary = frozenset().union(*(known.words for known in self._all.values()))
        self._read = lru_cache(maxsize=4096)(self._read_words)
        self._corrected = _Corrected(self._vocabulary | {"stretching", *_SHORT_FORMS, *sheet.STRENGTH, *sheet.TOPICS})

    def find(self, parts: Sequence[str], heading: str = "") -> NameMatch:
        """Return the stretch that *parts* name: one has the name, the others and the *heading* may say more of it."""
        match = NameMatch(None)
        for at, part in enumerate(parts):
            words = self._read(part)
            if not words & self._vocabulary - sheet.PLAIN - sheet.PLACES:
                continue
            # "Neck: chin tucks" names a part of the body first.
            others = [each for each in parts[:at] if not self._read(each) <= sheet.TOPICS] + [*parts[at + 1 :]]
            joined = [ids for piece in _JOINED.split(part) if (ids := self._ids.get(self._read(piece)))]
            if joined and not set.intersection(*joined):
                return NameMatch(None, tuple(sorted(set.union(*joined)))[:MAX_NEAR])
            heading = " ".join(parts[:at]) or heading
            slashed = part.replace("/", " stretch/").split("/")
            match = self._found(part, others, heading)
            for head, *tail in (_CUES.split(part, 1), slashed, [f"{heading} {part}"]):
                if not match.stretch and (again := self._found(head, [*tail, *others], heading)).stretch:
                    match = again
            if match.stretch or not words <= sheet.TOPICS:
                break
        return match

    def _found(self, head: str, others: list[str], heading: str) -> NameMatch:
        """Return the stretch with its name in *head*, if the *others* of the line suit it."""
        found = self._candidates(head, others)
        # A part such as `(butterfly)` is the whole name of one.
        whole = (words for part in others if not (words := self._read(part)) <= sheet.TOPICS)
        named = set[str]().union(*(self._ids.get(words, ()) for words in whole))
        if len(found) > 1:
            found = [one for one in found if one.stretch.id in named] or found
        if len(found) > 1 and any({one.stretch.id for one in found} <= same for same in self._ids.values()):
            found = self._meant(found, " ".join((head, *others, heading)))
        clear = len(found) == 1
        if more := [self._all[name] for name in sorted(named - {one.stretch.id for one in found})]:
            # "Seated adductor stretch" is said of the butterfly, too.
            clear = len(named) == 1 and self._explains(more[0], self._read(head), areas=True)
            found = more if clear else [*found, *more]
        if not clear or not self._suit(found[0], head, others):
            return NameMatch(None, tuple(one.stretch.id for one in found)[:MAX_NEAR] or self._near(self._read(head)))
        return NameMatch(found[0].stretch, notes=self._notes(found[0], self._read(head), others))

    def _candidates(self, head: str, others: list[str]) -> list[_Known]:
        """Return the stretches whose name is in *head* and in those of *others* that say more of a name."""
        first, rest = self._read(head), [self._read(part) for part in others if not _NEXT.match(part)]
        more = [words for words in rest if words <= self._vocabulary and len(words) <= MAX_WORDS]
        words = first.union(*more, *(self._read(part) & {"strap"} for part in others))
        found = self._longest(first, words) or self._described(head) or self._longest(first, words, areas=True)
        return list({one.stretch.id: one for one in found}.values())

    def _meant(self, found: list[_Known], text: str) -> list[_Known]:
        """Return those of the stretches *found*, all of one name, whose position or parts of the body are in *text*."""
        fits = [one for one in found if _position_fits(one.stretch, text.lower())]
        body = (sheet.TOPICS | sheet.LIMBS) & self._read(text)
        return [one for one in fits if body & (one.words | one.areas | one.secondary)] or fits

    def _suit(self, one: _Known, head: str, others: list[str]) -> bool:
        """Return whether the stretch *one*, which *head* may name, is what *head* and *others* tell."""
        words = self._read(head)
        # "Dead bug" is no stretch, although one has a name like that.
        if words == {"dead", "bug"} or (words - sheet.PLAIN <= sheet.TOPICS and not _STRETCH.search(head)):
            return False
        fits = _position_fits(one.stretch, " ".join((head, *others)).lower())
        return fits and all(self._suits(one, words, part) for part in others)

    def _notes(self, one: _Known, head: frozenset[str], others: list[str]) -> tuple[str, ...]:
        """Return those of *others* that say more than the names of the stretch *one*, such as `keep hips down`."""
        full = head.union(*map(self._read, others))
        whole = one.places.union(*(name for name, _ in self._names if name & head and name <= full))
        said: list[str] = []
        for part in reversed(others):
            # An instruction says more, even in the words of the stretch; so does a list.
            if not self._read(part) <= (whole if said else one.words) or _is_advice(part):
                said.insert(0, part)
        return tuple(said)

    def made_another(self, match: NameMatch, parts: Sequence[str], heading: str, text: str) -> NameMatch:
        """Return *match*, or the stretch that the words of *text* make of it; none if there is no such stretch."""
        for word, pattern, more in sheet.MAKE_ANOTHER:
            words, named = self._read(more), self._named(match.stretch, parts[0])
            if not self._read(word) <= named or words <= named or not re.search(pattern, text, re.IGNORECASE):
                continue
            other = self.find([*parts, more], heading)
            if other.stretch and words <= self._all[other.stretch.id].words:
                match = NameMatch(other.stretch, notes=match.notes)
            elif match.stretch:
                near = (
                    one.stretch.id for name, one in self._names if words <= name and name & named - words - sheet.PLACES
                )
                match = NameMatch(None, tuple(dict.fromkeys((match.stretch.id, *near)))[:MAX_NEAR])
        return match

    def is_name(self, parts: Sequence[str]) -> bool:
        """Return whether *parts* together are the whole name of a stretch."""
        return self._read(" ".join(parts)) in self._ids

    def belongs(self, stretch: Stretch | None, text: str, heading: str) -> bool:
        """Return whether *heading* names no part of the body, or one of *stretch*, which *text* names."""
        parts = self._read(heading) & sheet.AREAS_OF.keys()
        areas = {*stretch.areas.primary} if stretch else set[str]()
        return not parts or any(part in self._named(stretch, text) or areas & sheet.AREAS_OF[part] for part in parts)

    def _named(self, stretch: Stretch | None, text: str) -> frozenset[str]:
        return self._all[stretch.id].words if stretch else self._read(text)

    def _suits(self, one: _Known, head: frozenset[str], text: str) -> bool:
        """Return whether the part *text* does not make another exercise of the stretch *one*, named by *head*."""
        words = self._read(text)
        more = words - one.words
        changing = sheet.CHANGING if len(words) > 1 else sheet.CHANGING | sheet.VAGUE - sheet.TOPICS
        if more & sheet.STRENGTH or (len(words) <= MAX_WORDS and more & changing):
            return False
        if how := _WITH.match(text):
            if "strap" in words and more & {"round", "around"} and more <= sheet.TOPICS | {"strap", "round", "around"}:
                return True
            if not more <= sheet.PLAIN | sheet.PLACES | sheet.LIMBS and not how["limb"]:
                return False
        elif len(words) > MAX_WORDS or not more or _is_advice(text):
            return True
        # "Calf stretch" after another name is another one, unless it is for the same area.
        if re.search("(?i)str(?:etch|etches)?$", text) and not words <= one.areas:
            return {each.stretch.id for each in self._longest(words, words) or self._described(text)} == {
                one.stretch.id
            }
        return not any(name <= head | words and name & head - sheet.PLACES and name & more for name, _ in self._names)

    def _longest(self, head: frozenset[str], words: frozenset[str], *, areas: bool = False) -> list[_Known]:
        """Return the stretches with the longest name in *words*, if they explain *head*, perhaps with their *areas*."""
        fits = [
            name
            for name, one in self._names
            if name <= words and name & head and self._explains(one, head, areas=areas)
        ]
        length = max(((len(name - sheet.PLACES), len(name)) for name in fits), default=None)
        longest = {name for name in fits if (len(name - sheet.PLACES), len(name)) == length}
        # Another one of the same name is meant as well.
        return [one for name, one in self._names if name in longest and (head - name) & sheet.PLACES <= one.places]

    def _explains(self, one: _Known, words: frozenset[str], *, areas: bool) -> bool:
        """Return whether all *words* are in the names of *one*, say where it is done, or name its *areas*."""
        return words - one.words <= (one.areas if areas else frozenset())

    def _described(self, text: str) -> list[_Known]:
        """Return the static stretches with a name that has all words of *text*, if it speaks of a stretch."""
        words = self._read(text)
        if not _STRETCH.search(text) or words <= sheet.VAGUE:
            return []
        fits = [one for name, one in self._names if words <= name | one.places]
        return [one for one in fits if one.stretch.mode == "static"]

    def _near(self, head: frozenset[str]) -> tuple[str, ...]:
        """Return the stretches with the names that share most with *head*, and a word that tells them apart."""
        telling = head - sheet.UNTELLING
        alike = sorted(
            (-len(telling & name) / len(telling | name), one.stretch.id)
            for name, one in self._names
            if telling & name - sheet.GENERIC or (telling & name and len(head & name) > 1)
        )
        return tuple(dict.fromkeys(name for _, name in alike))[:MAX_NEAR]

    def _read_words(self, text: str) -> frozenset[str]:
        """Return the words of *text*, with slips of the pen put right."""
        words = (basic for word in _words(text) for basic in _basic(self._corrected[word]))
        read = frozenset(word for word in words if word in self._vocabulary or not word.isdigit()) - sheet.FILLERS
        turns = read & {"roll", "circle"} and not _JOINED.search(text)
        return read - sheet.DIRECTIONS if turns else read


class _Corrected(dict[str, str]):
    """Words with endings and slips of the pen put right, filled as they are looked up; short ones stay as they are."""

    def __init__(self, known: frozenset[str]) -> None:
        super().__init__(zip(known, known, strict=True))
        self._known = known

    def __missing__(self, word: str) -> str:
        stem = re.sub("(?:ing|ed)$", "", word)
        similar = [each for each in (stem, f"{stem}e") if each in self._known and len(stem) > 3]
        if len(word) > 4:
            similar += get_close_matches(word, sorted(self._known), 1, SIMILAR)
        self[word] = (similar or [word])[0]
        return self[word]


def _is_advice(text: str) -> bool:
    """Return whether *text* says how to do a stretch, such as `keep hips down`."""
    return len(text.split()) > 1 and bool(_CUES.match(f" {text}")) and not _WITH.match(text)


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    """Return the words of a name in their basic forms, without those that no name depends on."""
    text = re.sub(r"['\u2019]s\b", "", text.lower())
    for pattern, replacement in sheet.PHRASES.items():
        text = re.sub(pattern, replacement, text)
    found = re.findall(r"\d+(?:/\d+)+|[^\W\d_]+(?:-[^\W\d_]+)*|\d+", text)
    return tuple(basic for word in found for basic in _basic(word))


def _basic(word: str) -> Iterator[str]:
    for part in _SHORT_FORMS.get(word, word.replace("-", " ")).split():
        single = re.sub("(?<=[cs]h)es$|(?<=[a-z]{3})(?<!s)s$", "", part)
        yield from (each for each in _SHORT_FORMS.get(single, single).split() if each not in sheet.FILLERS)


def _position_fits(stretch: Stretch, text: str) -> bool:
    """Return whether one of the positions that *text* names is that of *stretch*, or it names none."""
    named = [
        place for words, places in sheet.POSITIONS.items() if re.search(rf"\b(?:{words})\b", text) for place in places
    ]
    return not named or bool({stretch.position, *stretch.also} & {*named})
