"""Matching of the names on exercise sheets to the stretches of the catalog."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from functools import lru_cache

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


class StretchNames:
    """The names of all stretches of a catalog, each as a set of words."""

    def __init__(self, catalog: Catalog) -> None:
        self._names: list[tuple[frozenset[str], Stretch]] = []
        self._ids: dict[frozenset[str], set[str]] = {}
        self._areas = {area: frozenset(_words(" ".join((area, *one.aliases)))) for area, one in catalog.areas.items()}
        self._words: dict[str, frozenset[str]] = {}
        self._places: dict[str, frozenset[str]] = {}
        for stretch in catalog.stretches.values():
            names = {frozenset(_words(name)) for name in (stretch.id, stretch.name, *stretch.aliases)} - {frozenset()}
            self._names += [(name, stretch) for name in names]
            for name in names:
                self._ids.setdefault(name, set()).add(stretch.id)
            places = _words(" ".join((stretch.position, *stretch.needs)))
            self._places[stretch.id] = sheet.PLAIN | {*places, "floor", "mat"}
            self._words[stretch.id] = self._places[stretch.id].union(*names)
        self._known = frozenset().union(*self._words.values())
        self._corrected = _Corrected(self._known | {"stretching", *_SHORT_FORMS, *sheet.STRENGTH, *sheet.TOPICS})

    def find(self, parts: Sequence[str], heading: str = "") -> NameMatch:
        """Return the stretch that *parts* name: one has the name, the others and the *heading* may say more of it."""
        match = NameMatch(None)
        for start, part in enumerate(parts):
            words = self._read(part)
            if not words & self._known - sheet.PLAIN - sheet.PLACES:
                continue
            # "Neck: chin tucks" names a part of the body first.
            others = [each for each in parts[:start] if not self._read(each) <= sheet.TOPICS] + [*parts[start + 1 :]]
            joined = [ids for piece in _JOINED.split(part) if (ids := self._ids.get(self._read(piece)))]
            if joined and not set.intersection(*joined):
                return NameMatch(None, tuple(sorted(set.union(*joined)))[:MAX_NEAR])
            heading = " ".join(parts[:start]) or heading
            match = self._found(part, others, heading)
            slashed = part.replace("/", " stretch/").split("/")
            for head, *tail in (_CUES.split(part, 1), slashed, [f"{heading} {part}"]):
                if not match.stretch and (again := self._found(head, [*tail, *others], heading)).stretch:
                    match = again
            if match.stretch or not words <= sheet.TOPICS:
                break
        return match

    def _found(self, text: str, texts: list[str], heading: str) -> NameMatch:
        """Return the stretch with its name in *text*, if the other *texts* of the line suit it."""
        head, others = self._read(text), [self._read(other) for other in texts]
        qualifiers = [
            words if words <= self._known and len(words) <= MAX_WORDS and not _NEXT.match(other) else words & {"strap"}
            for words, other in zip(others, texts, strict=True)
        ]
        words = head.union(*qualifiers)
        found = self._longest(head, words) or self._described(head, text) or self._longest(head, words, areas=True)
        ids = dict.fromkeys(stretch.id for stretch in found)
        # A part such as `(butterfly)` is the whole name of one.
        named = set[str]().union(*(self._ids.get(words, set()) for words in others if not words <= sheet.TOPICS))
        if len(ids) > 1:
            ids = {each: None for each in ids if each in named} or ids
        if len(ids) > 1 and any({*ids} <= same for same in self._ids.values()):
            ids = self._meant(found, " ".join((text, *texts, heading)))
        if named - {*ids}:
            ids = dict.fromkeys((*ids, *sorted(named)))
            # "Seated adductor stretch" is said of the butterfly, too.
            found = [one for _, one in self._names if {one.id} == named and self._explains(one, head, areas=True)]
            ids = {one.id: None for one in found} or ids
        stretch = next((each for each in found if [*ids] == [each.id]), None)
        if (
            stretch is None
            or head in sheet.OTHERS
            or (head - sheet.PLAIN <= sheet.TOPICS and not _STRETCH.search(text))
            or not _position_fits(stretch, " ".join((text, *texts)).lower())
            or not all(self._suits(stretch, head, *other) for other in zip(others, texts, strict=True))
        ):
            return NameMatch(None, tuple(ids)[:MAX_NEAR] or self._near(head))
        full = head.union(*others)
        whole = self._places[stretch.id].union(*(name for name, _ in self._names if name & head and name <= full))
        said: list[str] = []
        for words, each in zip(reversed(others), reversed(texts), strict=True):
            # An instruction such as "keep hips down" says more, even in the words of the stretch; so does a list.
            if not words <= (whole if said else self._words[stretch.id]) or _is_advice(each):
                said.insert(0, each)
        return NameMatch(stretch, notes=tuple(said))

    def _meant(self, found: Sequence[Stretch], text: str) -> dict[str, None]:
        """Return those of the stretches *found*, all of one name, whose position or parts of the body are in *text*."""
        fits = [stretch for stretch in found if _position_fits(stretch, text.lower())]
        body = (sheet.TOPICS | sheet.LIMBS) & self._read(text)
        about = (self._words[each.id] | self._about(*each.areas.primary, *each.areas.secondary) for each in fits)
        near = [each.id for each, words in zip(fits, about, strict=True) if body & words]
        return dict.fromkeys(near or [each.id for each in fits])

    def _about(self, *areas: str) -> frozenset[str]:
        return frozenset[str]().union(*(self._areas[area] for area in areas))

    def made_another(self, match: NameMatch, parts: Sequence[str], heading: str, text: str) -> NameMatch:
        """Return *match*, or the stretch that the words of *text* make of it; none if there is no such stretch."""
        for word, pattern, more in sheet.MAKE_ANOTHER:
            words, named = self._read(more), self._words[match.stretch.id] if match.stretch else self._read(parts[0])
            if not self._read(word) <= named or words <= named or not re.search(pattern, text, re.IGNORECASE):
                continue
            other = self.find([*parts, more], heading)
            if other.stretch and words <= self._words[other.stretch.id]:
                match = NameMatch(other.stretch, notes=match.notes)
            elif match.stretch:
                near = (one.id for name, one in self._names if words <= name and name & named - words - sheet.PLACES)
                match = NameMatch(None, tuple(dict.fromkeys((match.stretch.id, *near)))[:MAX_NEAR])
        return match

    def is_name(self, parts: Sequence[str]) -> bool:
        """Return whether *parts* together are the whole name of a stretch."""
        return self._read(" ".join(parts)) in self._ids

    def belongs(self, stretch: Stretch | None, text: str, heading: str) -> bool:
        """Return whether *heading* names no part of the body, or one of *stretch*, which *text* names."""
        parts = self._read(heading) & sheet.AREAS_OF.keys()
        named = self._words[stretch.id] if stretch else self._read(text)
        areas = {*stretch.areas.primary} if stretch else set[str]()
        return not parts or any(part in named or areas & sheet.AREAS_OF[part] for part in parts)

    def _suits(self, stretch: Stretch, head: frozenset[str], part: frozenset[str], text: str) -> bool:
        """Return whether *part*, read from *text*, does not make another exercise of *stretch*, named by *head*."""
        more = part - self._words[stretch.id]
        changing = sheet.CHANGING if len(part) > 1 else sheet.CHANGING | sheet.VAGUE - sheet.TOPICS
        if more & sheet.STRENGTH or (len(part) <= MAX_WORDS and more & changing):
            return False
        if how := _WITH.match(text):
            if "strap" in part and more & {"round", "around"} and more <= sheet.TOPICS | {"strap", "round", "around"}:
                return True
            if not more <= sheet.PLAIN | sheet.PLACES | sheet.LIMBS and not how["limb"]:
                return False
        elif len(part) > MAX_WORDS or not more or _is_advice(text):
            return True
        # "Calf stretch" after another name is another one, unless it is for the same area.
        if (len(part) > 1 or _NEXT.match(text)) and part in self._ids:
            return False
        if re.search("(?i)str(?:etch|etches)?$", text) and not part <= self._about(*stretch.areas.primary):
            return {each.id for each in self._longest(part, part) or self._described(part, text)} == {stretch.id}
        return not any(name <= head | part and name & head - sheet.PLACES and name & more for name, _ in self._names)

    def _longest(self, head: frozenset[str], words: frozenset[str], *, areas: bool = False) -> list[Stretch]:
        """Return the stretches with the longest name in *words*, if they explain *head*, perhaps with their *areas*."""
        explained = (name for name, stretch in self._names if self._explains(stretch, head, areas=areas))
        fits = [name for name in explained if name <= words and name & head]
        lengths = [(len(name - sheet.PLACES), len(name)) for name in fits]
        longest = {name for name, length in zip(fits, lengths, strict=True) if length == max(lengths)}
        # Another one of the same name is meant as well.
        same = [(head - name, stretch) for name, stretch in self._names if name in longest]
        return [stretch for others, stretch in same if others & sheet.PLACES <= self._places[stretch.id]]

    def _explains(self, stretch: Stretch, words: frozenset[str], *, areas: bool) -> bool:
        """Return whether all *words* are in the names of *stretch*, say where it is done, or name its *areas*."""
        return words - self._words[stretch.id] <= (self._about(*stretch.areas.primary) if areas else frozenset())

    def _described(self, head: frozenset[str], text: str) -> list[Stretch]:
        """Return the static stretches with a name that has all words of *head*, if *text* speaks of a stretch."""
        if not _STRETCH.search(text) or head <= sheet.VAGUE:
            return []
        fits = [stretch for name, stretch in self._names if head <= name | self._places[stretch.id]]
        return [stretch for stretch in fits if stretch.mode == "static"]

    def _near(self, head: frozenset[str]) -> tuple[str, ...]:
        """Return the stretches with the names that share most with *head*, and a word that tells them apart."""
        telling = head - sheet.UNTELLING
        alike = sorted(
            (-len(telling & name) / len(telling | name), one.id)
            for name, one in self._names
            if telling & name - sheet.GENERIC or (telling & name and len(head & name) > 1)
        )
        return tuple(dict.fromkeys(name for _, name in alike))[:MAX_NEAR]

    def _read(self, text: str) -> frozenset[str]:
        """Return the words of *text*, with slips of the pen put right."""
        words = (basic for word in _words(text) for basic in _basic(self._corrected[word]))
        read = frozenset(word for word in words if word in self._known or not word.isdigit()) - sheet.FILLERS
        turns = read & {"roll", "circle"} and not _JOINED.search(text)
        return read - sheet.DIRECTIONS if turns else read


class _Corrected(dict[str, str]):
    """Words with endings and slips of the pen put right, filled as they are looked up; short ones stay as they are."""

    def __init__(self, known: frozenset[str]) -> None:
        super().__init__(zip(known, known, strict=True))
        self._known = sorted(known)

    def __missing__(self, word: str) -> str:
        stem = re.sub("(?:ing|ed)$", "", word)
        similar = [each for each in (stem, f"{stem}e") if each in self and len(stem) > 3]
        if len(word) > 4:
            similar += get_close_matches(word, self._known, 1, SIMILAR)
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
