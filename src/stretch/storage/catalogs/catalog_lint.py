"""Check user catalogs for everything that is wrong or worth a second look.

The rules for wording, cue lengths, doses, cautions and muscles are rules of thumb; none of them keeps a routine
from running.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path

from msgspec import Struct

from stretch.core.checks import FieldPath, FieldProblem, check_sources
from stretch.core.model import CatalogStruct, Program, Source, Stretch
from stretch.core.planning.dosing import AREA_CEILING_S, STRETCH_CEILING_S, held_seconds
from stretch.core.planning.programs import program_dose
from stretch.core.text import quote
from stretch.core.timing.breathing import STEADY_MS
from stretch.core.timing.phases import READING_WORDS_PER_MINUTE, SWITCH_MS
from stretch.core.vocabulary import ENTRY_KINDS, KNEELING, Caution, EntryKind, Position
from stretch.figure.file_format import Figure
from stretch.figure.lint import lint_figure
from stretch.storage.catalogs.catalog import SessionFile, check_figure, field_path, origin_label
from stretch.storage.catalogs.loader import CatalogEntry, CatalogLoader, id_of, real_path
from stretch.storage.files.diagnostics import Diagnostic, Severity, load_record
from stretch.storage.files.locations import data_root
from stretch.storage.files.safe_io import UnreadableFile
from stretch.storage.files.safe_yaml import read_text

BREATH_S = STEADY_MS // 1000
SWITCH_PHRASE = "Switch to the right side. Right:"
"""The words around `side_means` while the side changes."""

_NUMBER = (
    r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty"
    r"|ninety|forty-five|half a)"
)
_COUNTABLE = "secs?|seconds?|mins?|minutes?|times|repetitions|reps|rounds|breaths"
_COUNTED = re.compile(
    rf"(?i)\b(?:\d+ ?s|{_NUMBER}[\s-]*(?:\w+ )?(?:{_COUNTABLE}))\b(?! (?:a|per|each|every|this) (?:day|week))"
    r"|\btwice\b(?! (?:as|the)\b)"
)
_LIMB = (
    "(?:side|leg|knee|foot|thigh|calf|shin|ankle|heel|toe|hip|buttock|glute|hamstring|"
    "arm|hand|elbow|wrist|shoulder|ear|cheek)s?"
)
_ONE_SIDE = re.compile(
    rf"(?i)\b(?:left|right)[- ]{_LIMB}\b"
    rf"|\b(?:to|on|onto|toward|towards) (?:the|your) (?:left|right)\b(?! angle)(?: {_LIMB}\b)?"
    r"|\b(?:turn|roll|lean|look|twist|rotate) (?:left|right)\b"
)
_OTHER_SIDE = re.compile(
    rf"(?i)\b(?:repeat|same|again)\b[^.;]*\b(?:other|opposite|each|both) {_LIMB}\b"
    r"|\b(?:switch|change|swap) (?:sides|legs|arms|hands|feet)\b"
)
_SIDE_WORDS = re.compile(
    r"\b(?:one|other|opposite|that|this|same|each|both|side|top|bottom|upper|lower|front|back|near|far)\b"
)
_POSITION_WORDS: Mapping[str, tuple[Position, ...]] = {
    r"(?i)\bstand": ("standing",),
    r"(?i)\bsit|\bseat\b": ("seated", "seated-floor"),
    r"(?i)\bkneel|\ball fours\b": ("kneeling", "quadruped"),
    r"(?i)\blie\b": ("prone", "side-lying", "supine"),
}
_FILLER_WORDS = frozenset({"the", "you", "your", "that", "which", "way", "what"})
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
    user_paths = [path for path in paths if real_path(path) != real_path(base)]
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


def _lint(
    record: CatalogStruct | Figure, references: _References
) -> tuple[Iterable[FieldProblem], Iterable[FieldProblem]]:
    """Return the problems of a record, and the notes on it."""
    match record:
        case Stretch():
            wording, lengths = check_wording(record), check_cue_lengths(record)
            notes = chain(missing_cautions(record), find_counts(record))
            return chain(wording, lengths, check_sources(record.source, references.sources)), notes
        case Program():
            doses = check_area_doses(record, references.stretches)
            held = check_item_doses(record, references.stretches)
            return chain(doses, check_sources(record.source, references.sources)), held
        case Source():
            similar = [key for key in references.sources if key != record.key and key.lower() == record.key.lower()]
            return [(("key",), f"{record.key} differs from {key} only in case; use one of them") for key in similar], ()
        case Figure():
            return [*check_figure(record)] or _lint_figure(record, references), ()
    return (), ()


def _lint_figure(figure: Figure, references: _References) -> Iterator[FieldProblem]:
    if stretch := references.stretches.get(figure.id):
        yield from check_target_muscles(figure.muscles, stretch)
    elif figure.id not in references.warm_up_moves:
        yield ("id",), f"there is no stretch {figure.id!r}"
    yield from ((field_path(field), message) for field, message in lint_figure(figure))


def _replacement_notes(entry: CatalogEntry) -> Iterator[FieldProblem]:
    if (replaced := entry.replaces) and replaced.record != entry.record:
        yield (), f"{id_of(entry.record)} replaces {origin_label(replaced, data_root())}"
        if isinstance(entry.record, Stretch):
            yield from weaker_cautions(entry.record, replaced.record)


def _note_comments(loader: CatalogLoader) -> None:
    """Note the texts that a comment cuts short: to YAML, `name: Bridge #2` is `Bridge`."""
    for file in {entry.file for kind in loader.entries for entry in loader.user_entries(kind)}:
        with suppress(UnreadableFile):  # it has changed since it was read
            for number, line in enumerate(read_text(file).splitlines(), start=1):
                if " #" in line and (comment := re.match(_ACCIDENTAL_COMMENT, line)):
                    problem = f"{quote(comment[1])} begins a comment and is ignored; put the text in quotes"
                    loader.diagnostics.add_line(file, number, problem, "note")


def check_wording(stretch: Stretch) -> Iterator[FieldProblem]:
    """Yield where the text of *stretch* contradicts its sides or its positions."""
    for field, text in stretch.texts():
        yield from ((field, problem) for problem in _wrong_sides(text, stretch))
    if stretch.both_sides and not _distinguishes_sides(stretch):
        yield ("steps",), "do not say which side is meant; write your {side} leg, your {other} arm"
    named = [positions for words, positions in _POSITION_WORDS.items() if re.search(words, " ".join(stretch.steps))]
    if stretch.also and named and (missing := {stretch.position, *stretch.also}.difference(*named)):
        both = " and ".join(sorted(missing))
        yield ("also",), f"the steps are not for {both}; name each position, as in Sit or stand tall, or remove it"


def _wrong_sides(text: str, stretch: Stretch) -> Iterator[str]:
    if stretch.both_sides and (match := _ONE_SIDE.search(text)):
        yield f"says {match[0]!r}, but is read for both sides; write your {{side}} leg, your {{other}} arm"
    if not stretch.both_sides and stretch.mode != "dynamic" and (match := _OTHER_SIDE.search(text)):
        yield f"says {match[0]!r}, but sides: both does it once; write sides: each, and side_means"


def _distinguishes_sides(stretch: Stretch) -> bool:
    """Return whether the steps have a word that distinguishes the sides, or a word of `side_means`."""
    text = " ".join(stretch.steps).lower()
    words = set(re.findall(r"\w{3,}", (stretch.side_means or "").lower())) - _FILLER_WORDS
    return stretch.names_side or bool(_SIDE_WORDS.search(text)) or any(word in text for word in words)


def find_counts(stretch: Stretch) -> Iterator[FieldProblem]:
    """Yield the texts of *stretch* with counts or seconds: the dose is not the same in every session (rule D7)."""
    for field, text in stretch.texts():
        # An easier way may have a dose of its own.
        if field[0] not in ("mistake", "ease_off") and (match := _COUNTED.search(text)):
            yield field, f"says {match[0]!r}; leave that to the timer, because the dose varies"


def check_cue_lengths(stretch: Stretch) -> Iterator[FieldProblem]:
    """Yield the cues of *stretch* that take longer to say than their moment lasts."""
    dose, pace = stretch.dose, stretch.pace
    hold = dose.contract.hold_s if dose.contract else dose.hold_s
    if pace is not None:
        yield from _too_long(("pace", "inhale"), pace.inhale, BREATH_S // 2, "half a breath")
        yield from _too_long(("pace", "exhale"), pace.exhale, BREATH_S // 2, "half a breath")
    if stretch.halfway is not None:
        yield from _too_long(("halfway",), stretch.halfway, BREATH_S, "one breath")
    yield from _too_long(("breath",), stretch.breath, min(hold or BREATH_S, BREATH_S), "the first breath")
    if stretch.both_sides and stretch.side_means is not None:
        yield from _too_long(("side_means",), stretch.side_means, SWITCH_MS // 1000, "changing sides", SWITCH_PHRASE)


def _too_long(field: FieldPath, text: str, seconds: int, moment: str, spoken_with: str = "") -> Iterator[FieldProblem]:
    limit = seconds * READING_WORDS_PER_MINUTE // 60 - len(spoken_with.split())
    if (words := len(text.split())) > limit:
        yield field, f"{words} words are too long for {moment}, {seconds} s; {limit} at most"


def check_area_doses(program: Program, stretches: Mapping[str, Stretch]) -> Iterator[FieldProblem]:
    """Yield the areas that *program* holds on one side for longer than is of use (rule D5; not `as_written`, D19)."""
    held: Counter[str] = Counter()
    for item in program.items:
        if stretch := stretches.get(item.stretch):
            held.update(dict.fromkeys(stretch.areas.primary, held_seconds(stretch, program_dose(stretch, item))))
    for area, seconds in held.items():
        if seconds > AREA_CEILING_S:
            yield ("items",), f"{seconds} s for {area} on a side; more than {AREA_CEILING_S} bring no more range"


def check_item_doses(program: Program, stretches: Mapping[str, Stretch]) -> Iterator[FieldProblem]:
    """Yield the items of *program* that hold one stretch on one side for longer than is of use (rule D5)."""
    for index, item in enumerate(program.items):
        if stretch := stretches.get(item.stretch):
            seconds = held_seconds(stretch, program_dose(stretch, item))
            if seconds > STRETCH_CEILING_S:
                limit = STRETCH_CEILING_S
                yield ("items", index), f"{seconds} s of one stretch on a side; more than {limit} bring no more range"


_EXPECTED_CAUTIONS: tuple[tuple[str, Callable[[Stretch], bool], tuple[Caution, ...]], ...] = (
    ("a bend forward", lambda s: s.spine == "flexion", ("disc", "osteoporosis")),
    ("a bend back", lambda s: s.spine == "extension", ("stenosis",)),
    ("a twist", lambda s: s.spine == "rotation", ("osteoporosis",)),
    ("on the knees", lambda s: s.position in KNEELING, ("knee",)),
    ("for the neck", lambda s: "neck" in s.areas.primary, ("neck",)),
    ("for the shoulders", lambda s: "shoulders" in s.areas.primary, ("shoulder",)),
    ("for the hamstrings", lambda s: "hamstrings" in s.areas.primary, ("sciatica",)),
    ("deep", lambda s: s.level == "deep", ("hypermobility",)),
)
"""Cautions that every shipped stretch of a kind has (rule RB12)."""


def missing_cautions(stretch: Stretch) -> Iterator[FieldProblem]:
    """Yield the cautions that *stretch* lacks although similar ones have them."""
    given = {*stretch.cautions.avoid, *stretch.cautions.adapt}
    for what, applies, tags in _EXPECTED_CAUTIONS:
        if applies(stretch) and (missing := [tag for tag in tags if tag not in given]):
            yield ("cautions",), f"{what} without {' and '.join(missing)}; who should leave it out, or take it easier?"
    if stretch.position in ("supine", "prone") and "pregnancy" not in stretch.cautions.avoid:
        yield ("cautions", "avoid"), f"{stretch.position} without pregnancy; nobody pregnant should lie like that here"


def weaker_cautions(stretch: Stretch, replaced: Stretch) -> Iterator[FieldProblem]:
    """Yield the cautions of the *replaced* stretch that *stretch* lacks or has only under adapt."""
    avoid, adapt = stretch.cautions.avoid, stretch.cautions.adapt
    lost = [tag for tag in replaced.cautions.avoid if tag not in avoid]
    lost += [tag for tag in replaced.cautions.adapt if tag not in avoid and tag not in adapt]
    if lost:
        yield ("cautions",), f"weaker than in the {stretch.id} it replaces: {', '.join(lost)}"


AREA_MUSCLES: Mapping[str, tuple[str, ...]] = {
    "lower-back": ("low_back", "back", "lat", "side"),
    "upper-back": ("upper_back", "back", "lat", "trap"),
    "hips": ("outer_hip", "glute", "piriformis", "groin", "hip_flexor"),
    "hip-flexors": ("hip_flexor", "quad"),
    "glutes": ("glute", "outer_hip", "piriformis"),
    "piriformis": ("piriformis", "glute", "outer_hip"),
    "hamstrings": ("hamstring",),
    "quads": ("quad",),
    "calves": ("calf", "soleus"),
    "core": ("abs", "side"),
    "neck": ("neck", "trap"),
    "shoulders": ("shoulder", "trap", "arm", "lat"),
    "chest": ("chest",),
    "inner-thighs": ("groin", "adductor"),
}
"""The muscles, in the words of figure files, that the figure of a stretch for an area may highlight."""


def check_target_muscles(targets: Collection[str], stretch: Stretch) -> Iterator[FieldProblem]:
    """Yield a problem if a figure highlights no muscle, or none of the areas of its *stretch* and all are shipped."""
    names = {target.partition(".")[0] for target in targets}
    areas = (*stretch.areas.primary, *stretch.areas.secondary)
    expected = sorted({muscle for area in areas for muscle in AREA_MUSCLES.get(area, ())})
    hint = f"; one of {', '.join(expected)}" if expected else "; name the one that is stretched"
    if not names:
        yield ("target",), f"highlights no muscle{hint}"
    elif not names & set(expected) and all(area in AREA_MUSCLES for area in areas):
        yield ("target",), f"highlights no muscle of {', '.join(areas)}{hint}"
