"""Stretches by the names that people write on exercise sheets."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from msgspec import Struct

from stretch.core.model import Catalog, Stretch
from stretch.core.vocabulary import Position

_SHORT_FORMS = {
    "sktc": "single knee to chest", "dktc": "double knee to chest", "ltr": "lower trunk rotation",
    "ppt": "posterior pelvic tilt", "hs": "hamstring", "ham": "hamstring", "hams": "hamstring",
    "hammies": "hamstring", "hammy": "hamstring", "quadriceps": "quad", "trap": "trapezius", "traps": "trapezius",
    "pec": "pectoral", "pecs": "pectoral", "gastroc": "gastrocnemius", "lev": "levator", "scapulae": "scap",
    "scapula": "scap", "scapular": "scap", "supine": "lying", "lie": "lying", "sitting": "seated", "sit": "seated",
    "stand": "standing", "kneel": "kneeling", "towel": "strap", "belt": "strap", "twist": "rotation",
    "turn": "rotation", "rotate": "rotation", "both": "double", "bridging": "bridge", "gliding": "glide",
    "sidelying": "side lying", "gluteal": "glute", "ups": "up", "buttock": "glute", "t-spine": "thoracic spine",
    "fwd": "forward", "flex": "flexion", "ext": "extension", "opp": "opposite", "clasp": "clasped", "mid": "middle",
    "windshield": "windscreen", "calve": "calf", "butterflie": "butterfly", "feet": "foot",
    "c-spine": "cervical", "mob": "mobility", "df": "dorsiflexion",
}  # fmt: skip
"""Short forms, and words for the same thing; a name of the catalog is read in the same way."""
_FILLERS = {
    "a", "an", "the", "of", "for", "on", "to", "and", "or", "with", "in", "at", "your", "by", "it", "this", "between",
    "from", "as", "stretch", "strech", "stretching", "exercise", "pose", "s", "str", "only", "into", "off",
    "my", "each", "against",
}  # fmt: skip
"""Words that no name depends on."""
_PLAIN = {"gentle", "gently", "slow", "slowly", "easy", "easily", "pull", "bring", "keep", "do", "hold"}
"""Words that can stand beside a name and do not make it another stretch."""
_VAGUE = {"adduction", "rotation", "extension", "flexion", "capsule", "opposite", "edge", "cord"}
"""Words that do not describe a stretch on their own: of which joint?"""
_CHANGING = {"single", "one", "reverse", "advanced", "weighted", "band", "ball"}
"""Words that make another exercise of a stretch that has none of them in its names."""
_OTHERS = ({"dead", "bug"},)
"""Exercises that are no stretch, although one has a name like that."""
_POSITION_WORDS: dict[str, tuple[Position, ...]] = {
    "supine|on (?:your |the )?back": ("supine",),
    "prone|face down|on (?:your |the )?(?:stomach|front)": ("prone",),
    "lying": ("supine", "prone", "side-lying"),
    "seated|sitting": ("seated", "seated-floor"),
    "chair": ("seated",),
    "standing|stand": ("standing",),
    "kneeling|all fours|quadruped": ("kneeling", "quadruped"),
    "side-?lying|side lying": ("side-lying",),
}
"""Patterns of words for positions."""
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
    used: tuple[int, ...] = ()
    """Indexes of the parts of the line that say no more than the name."""


class StretchNames:
    """The names of all stretches of a catalog, each as a set of words."""

    def __init__(self, catalog: Catalog) -> None:
        self._names: list[tuple[frozenset[str], Stretch]] = []
        self._ids: dict[str, set[str]] = {}
        self._words: dict[str, frozenset[str]] = {}
        self._places: dict[str, frozenset[str]] = {}
        for stretch in catalog.stretches.values():
            names = {frozenset(_words(name)) for name in (stretch.id, stretch.name, *stretch.aliases)}
            self._names += [(name, stretch) for name in names if name]
            for text in (stretch.id, stretch.name, *stretch.aliases):
                self._ids.setdefault(_plain(text), set()).add(stretch.id)
            self._places[stretch.id] = frozenset(_words(" ".join((stretch.position, *stretch.needs)))) | _PLAIN
            self._words[stretch.id] = self._places[stretch.id].union(*names)
        self._known = frozenset().union(*self._words.values())
        self._corrected = _Corrected(self._known | {"stretching"})

    def find(self, parts: Sequence[str]) -> NameMatch:
        """Return the stretch that *parts* name: the first has the name, the others may say more of it."""
        for start in range(len(parts)):
            head, *others = map(self._read, parts[start:])
            if not head & self._known - _PLAIN:
                continue
            qualifiers = [words for words in others if words <= self._known and len(words) <= MAX_WORDS]
            found = self._longest(head, head.union(*qualifiers)) or self._described(head, parts[start])
            ids = dict.fromkeys(stretch.id for stretch in found)
            clear = len(ids) == 1 and head not in _OTHERS and head <= self._known
            named = set().union(*(self._ids.get(_plain(part), ids) for part in parts[start + 1 :]))
            if named - {*ids}:
                # A part such as `(butterfly)` is the whole name of another one.
                return NameMatch(None, tuple(dict.fromkeys((*ids, *sorted(named))))[:MAX_NEAR])
            if (
                clear
                and _position_fits(found[0], " ".join(parts).lower())
                and self._suits(found[0], head, others, parts[start + 1 :])
            ):
                words = self._words[found[0].id]
                used = (at for at, other in enumerate(others, start=start + 1) if other <= words)
                return NameMatch(found[0], used=(start, *used))
            return NameMatch(None, tuple(ids)[:MAX_NEAR] or self._near(head))
        return NameMatch(None)

    def is_name(self, parts: Sequence[str]) -> bool:
        """Return whether *parts* together are the whole name of a stretch."""
        return any(self._read(" ".join(parts)) == name for name, _ in self._names)

    def _suits(
        self, stretch: Stretch, head: frozenset[str], others: Sequence[frozenset[str]], texts: Sequence[str]
    ) -> bool:
        """Return whether none of the short parts *others*, read from *texts*, means another stretch than this one."""
        words = self._words[stretch.id]
        alike = [each for each in self._words.values() if each & head - self._places[stretch.id]]
        akin = (each.id for _, each in self._names if {*each.areas.primary} & {*stretch.areas.primary})
        same_areas = frozenset().union(*map(self._words.__getitem__, akin))
        for part, text in zip(others, texts, strict=True):
            if len(part) > MAX_WORDS or part <= words:
                continue
            # "Calf stretch" after another name is another one, unless it is for the same area.
            other_area = re.search("(?i)stretch(?:es)?$", text) and not part <= same_areas
            named = part & words or other_area or any(part <= each for each in alike)
            if part & _CHANGING - words or (part <= self._known and named):
                return False
        return True

    def _longest(self, head: frozenset[str], words: frozenset[str]) -> list[Stretch]:
        """Return the stretches with the longest name in *words* that leaves no word of *head* unexplained."""
        fits = [
            (len(name), stretch)
            for name, stretch in self._names
            if name <= words and name & head and head <= name | self._places[stretch.id]
        ]
        longest = max((length for length, _ in fits), default=0)
        return [stretch for length, stretch in fits if length == longest]

    def _described(self, head: frozenset[str], text: str) -> list[Stretch]:
        """Return the static stretches with a name that has all words of *head*, if *text* speaks of a stretch."""
        if not re.search("(?i)stre", text) or head <= _VAGUE:
            return []
        fits = [stretch for name, stretch in self._names if head <= name | self._places[stretch.id]]
        return [stretch for stretch in fits if stretch.mode == "static"]

    def _near(self, head: frozenset[str]) -> tuple[str, ...]:
        """Return the stretches with the names that share most with *head*."""
        alike: dict[str, float] = {}
        for name, stretch in self._names:
            if shared := len(head & name):
                alike[stretch.id] = max(alike.get(stretch.id, 0.0), shared / len(head | name))
        return tuple(sorted(alike, key=lambda each: -alike[each])[:MAX_NEAR])

    def _read(self, text: str) -> frozenset[str]:
        """Return the words of *text*, with slips of the pen put right."""
        return frozenset(self._corrected[word] for word in _words(text)) - _FILLERS


class _Corrected(dict[str, str]):
    """Words with slips of the pen put right, filled as they are looked up; short ones are left as they are."""

    def __init__(self, known: frozenset[str]) -> None:
        super().__init__(zip(known, known, strict=True))
        self._known = sorted(known)

    def __missing__(self, word: str) -> str:
        similar = get_close_matches(word, self._known, 1, SIMILAR) if len(word) > 4 else []
        self[word] = (similar or [word])[0]
        return self[word]


def _plain(text: str) -> str:
    """Return *text* in small letters, with spaces for hyphens."""
    return text.lower().replace("-", " ")


def _words(text: str) -> Iterator[str]:
    """Yield the words of a name in their basic forms, without those that no name depends on."""
    text = re.sub(r"['\u2019]s\b", "", text.lower())
    text = re.sub(r"\bknees(?=[ -]to[ -](?:the )?chest)", "double knee", text)
    for word in re.findall(r"\d+(?:/\d+)+|[^\W\d_]+(?:-[^\W\d_]+)*|\d+", text):
        for part in _SHORT_FORMS.get(word, word.replace("-", " ")).split():
            single = re.sub("(?<=[cs]h)es$|(?<=[a-z]{3})(?<!s)s$", "", part)
            yield from (each for each in _SHORT_FORMS.get(single, single).split() if each not in _FILLERS)


def _position_fits(stretch: Stretch, text: str) -> bool:
    """Return whether one of the positions that *text* names is that of *stretch*, or it names none."""
    named = [
        place for words, places in _POSITION_WORDS.items() if re.search(rf"\b(?:{words})\b", text) for place in places
    ]
    return not named or bool({stretch.position, *stretch.also} & {*named})
