"""Reader of exercise lists as text: each line becomes an entry of a program; what is not certain is left open."""

import re
from collections.abc import Iterable, Sequence
from typing import get_args

from msgspec import Struct

from stretch.core.dose_text import AMOUNTS, DoseText, read_dose
from stretch.core.fields import HoldSeconds
from stretch.core.model import Catalog, Stretch
from stretch.core.program import DaysAWeek, Items, Repetitions, RestSeconds, SetCount, TimesADay
from stretch.core.sheet_words import CONDITIONS, NAMELESS, NOT, NOW, THINGS, TOPICS
from stretch.core.stretch_names import NameMatch, StretchNames
from stretch.core.text import capitalized, join_words, one_line, quote

LONGEST_LINE = 300
"""Characters of a line that is read."""
_KINDS = {
    "sets": SetCount, "reps": Repetitions, "hold_s": HoldSeconds, "rest_s": RestSeconds, "times_a_day": TimesADay,
    "days": DaysAWeek,
}  # fmt: skip
LIMITS = {field: range(get_args(kind)[1].ge, get_args(kind)[1].le + 1) for field, kind in _KINDS.items()}
"""Values that a program can have."""
MOST: int = get_args(Items)[1].max_length
"""The most stretches of a program."""
_TITLE = re.compile(
    r"(?i).*:|(?:home )?exercise (?:program(?:me)?|plan|sheet).*|https?:.*"
    r"|(?:patient|name|date|dob|phone|tel|from|goals?|notes?|diagnosis|dr|therapist|clinic|next|review|phase|weeks?"
    r"|equipment|f/u|follow|(?:use (?:an? )?)?(?:ice|heat)|(?:page|session|program(?:me)?|part) [a-z\d])\b.*"
    r"|.*\b(?:all|each|every) (?:of )?(?:the |these )?(?:exercises?|stretch(?:es)?)\b.*"
)
"""A line that names no exercise, such as `Neck:`, `Date 12/3` or `Do all exercises twice a day`."""
_ADVICE = re.compile(
    r"(?i)\b(?:should|if|when|call|ask|see|contact|remember|please|progress|avoid|stop|never|always|don't|do not|ensure"
    r"|make sure|expect|pain|^no|program(?:me)?|hep|protocol|exercises)\b"
)
"""Words of a line without a dose that names none either, such as `See me if it hurts`."""
_LEFT_OUT = re.compile(
    rf"(?i)(?:please )?(?:{NOT}|(?:do not|don't) (?:do|perform|use|start|try|continue))\b"
    rf"|(?:please )?hold\b.*\b{NOW}|.*\bon hold\b"
)
"""The beginning of a line about what is not to be done, such as `Avoid sphinx` or `Hold bridges for now`."""
_LEFT_OUT_TOO = re.compile(rf"(?i)(?:hold off|discontinue|not yet|no longer)\b.*|(?:{NOT}|hold)(?: {NOW})?")
"""A part that says so of the rest of its line, as in `Sphinx - not yet`."""
_AT_TIMES = re.compile(
    r"(?i)(?:(?:from|in|starting|after)? ?(?:weeks?|wks?|phase|stage) (?:\d+|[ivx]+)\b.*"
    r"|(?:[ap]\.?m\.?|morning|evening|night|optional|prn|(?:as|if|when) (?:needed|required))"
    r"(?: (?:only|routine|session|exercises?|stretch(?:es)?|program(?:me)?))?):?"
)
"""A heading that says when all below it is done, such as `Week 2` or `Optional:`."""
_FORBIDS = re.compile(
    rf"(?i)(?:please )?{THINGS}(?:to )?(?:{NOT}|hold(?=.* {NOW})|do(?: not|n'?t)(?: do| perform| start)?)"
    rf"(?: doing| needed| {NOW})?\W*{THINGS}\W*"
)
"""A heading of what is not to be done, such as `Avoid:` or `Do not do these for now`."""
_SIDED = re.compile(r"(?i)\b(?:left|right|[lr]t)\b|(?<!\S)[lr]\b")
"""A side."""
_MANNER = r"(?:slow(?:ly)?|gent(?:le|ly)|controlled|smooth(?:ly)?|easy|easily|relaxed)"
_HOW = re.compile(rf"(?i)\b(?:very )?{_MANNER}(?:(?:,| and| &)* (?:{_MANNER}|deep|breaths?))*\b")
"""How an exercise is done, such as `slow and controlled`: kept as a note wherever it stands, as is which way."""
_WAY = re.compile(
    r"(?i)\b(?:(?:for|back)wards?|(?:counter-?|anti-?)?clockwise|c?cw|fwd|bk?wd|reverse|(?<=rolls |rcles )back)\b"
)
_TELLS = "you|your|may|can|will|it|stretch|str"
_CONDITION = re.compile(rf"(?i)(?!.*\b(?:{_TELLS}|if|when)\b).*\b(?:{'|'.join(CONDITIONS.split())})\b")
"""A line about all exercises below it, such as `R knee OA`."""
_ACTION = re.compile(
    rf"(?i)^(?:no|ice|heat|use|repeat|then|switch)\b|\b(?:{_TELLS}|is|are|keep|lie|lying|lean|stand|weight)\b"
)
"""Words of a line with a side that is not that of all exercises below it, such as `Keep weight on left leg`."""


class ListEntry(Struct, kw_only=True):
    """What one line says: fields of `ProgramItem`, None where the person has to fill one in; none for a heading."""

    number: int
    line: str
    dose: DoseText
    fields: dict[str, object] = {}
    remarks: list[str] = []
    """Why a field is open, and what was made of the words of the line."""

    def leave_open(self, field: str, why: str) -> None:
        """Leave *field* to the person."""
        self.fields[field] = None
        self.remarks.append(f"{field}: {why}")


class _Above(Struct):
    """What the lines above say of the next one."""

    heading: str = ""
    """The last heading, such as `Neck:`."""
    sided: ListEntry | None = None
    """The last one with a side, such as `Wrist (L)`, unless another part began after it."""
    name: ListEntry | None = None
    """An exercise, such as `Cat stretch`, whose dose is in the lines below it."""
    leaves_out: bool = False
    """True below `Avoid:`, until the next heading."""
    when: str = ""
    """When what is below is done, such as `Week 2`."""

    def waits_for(self, entry: ListEntry) -> bool:
        """Return whether *entry* is a dose, such as `10 reps`, of the name above it."""
        if not self.name or entry.dose.rest:
            return False
        # "LEFT" below "Hamstring stretch (R)" is a heading.
        name, dose = self.name.dose, entry.dose
        return dose.has_numbers or (dose.sides is not None and (name.has_numbers or name.sides is None))

    def take(self, entry: ListEntry) -> None:
        """Take in the line of *entry*, which is no dose of the name above it."""
        if not entry.fields and _is_short(entry.line):
            self.heading = entry.line
            timed, forbids = _AT_TIMES.fullmatch(entry.line), _FORBIDS.fullmatch(entry.line)
            if timed or forbids or entry.line.endswith(":") or _words(entry.line) <= NAMELESS:
                self.leaves_out = bool(forbids)
            if timed or forbids or entry.line.endswith(":"):
                self.when = (*entry.dose.often, entry.line.rstrip(" :"))[0] if timed else ""
            # "Exercises:" or "Twice a day" begin nothing new.
            topics = _words(entry.line) & TOPICS
            if topics if _words(*entry.dose.rest) <= NAMELESS else entry.line.endswith(":"):
                self.sided = None
        if _names_side(entry):
            self.sided = entry
        self.name = entry if entry.fields and not entry.dose.has_numbers else None


def read_list(catalog: Catalog, lines: Iterable[str]) -> list[ListEntry]:
    """Return what each of *lines* says; blank ones are left out."""
    names, entries, above = StretchNames(catalog), list[ListEntry](), _Above()
    for number, text in enumerate(lines, start=1):
        if not (line := one_line(text)):
            # What is to be avoided ends with a blank line below it.
            above.leaves_out &= bool(entries) and bool(_FORBIDS.fullmatch(entries[-1].line))
            continue
        entry = _entry(names, number, line, above)
        if above.waits_for(entry):
            start = entries[-1]
            entries[-1] = above.name = _entry(names, start.number, f"{start.line}, {line}", above)
        else:
            above.take(entry)
            entries.append(entry)
    for field, span in (("times_a_day", "a day"), ("days", "a week")):
        usual = said_for_all(entries, field)
        for entry in entries:
            if entry.fields and (often := _how_often(entry.dose, field, span, usual)):
                entry.fields["note"] = f"{entry.fields.get('note', '')} {often}".strip()
    return entries


def _how_often(dose: DoseText, field: str, span: str, usual: object) -> str:
    """Return the note, such as `2-3 times a day.`, of a line with *dose* unless that is as often as *usual*."""
    number = getattr(dose, field)
    if not number or dose.often or (number == usual and field not in dose.lower):
        return ""
    if isinstance(number, str):
        return f"{number.strip('[]').title()}."
    times = dose.doubts.get(field) or dose.lower.get(field) or str(number)
    return f"{ {'1': 'Once', '2': 'Twice'}.get(times, f'{times} times') } {span}."


def said_for_all(entries: Sequence[ListEntry], field: str) -> int | str | None:
    """Return how often *field* says that all of it is done: in a line without an exercise, or else in each with one.

    None if they differ, if one has a range, or if a line is not clear.
    """
    saying = [entry for entry in entries if not entry.fields and getattr(entry.dose, field)]
    saying = saying or [entry for entry in entries if entry.fields]
    values = {getattr(entry.dose, field) for entry in saying}
    headings = [entry for entry in entries if not entry.fields and _words(*entry.dose.rest) & TOPICS]
    unclear = (
        any(field in entry.dose.doubts for entry in entries)
        or any(field in entry.dose.lower for entry in saying)
        # "Neck: 3x/day" before "Back:" is said of the neck.
        or (len(headings) > 1 and any(entry in saying for entry in headings))
    )
    value: int | str | None = values.pop() if len(values) == 1 and not unclear else None
    return value if isinstance(value, str) or value in LIMITS[field] else None


def _entry(names: StretchNames, number: int, line: str, above: _Above) -> ListEntry:
    """Return what *line* says below the lines *above*; without fields if it names no exercise."""
    dose = read_dose(line[:LONGEST_LINE])
    entry = ListEntry(number=number, line=line, dose=dose, fields={}, remarks=[])
    if len(line) > LONGEST_LINE:
        entry.leave_open("stretch", "the line is too long to be read")
        entry.leave_open("reps", "as above")
        return entry
    if above.leaves_out or _LEFT_OUT.match(dose.text) or any(map(_LEFT_OUT_TOO.fullmatch, dose.rest)):
        return entry
    match = _match(names, dose, above.heading)
    if match.stretch:
        entry.fields["stretch"] = match.stretch.id
    elif _is_remark(dose, line) and not ("reps" in dose.doubts and match.near):
        return entry
    else:
        entry.leave_open("stretch", f"{join_words(match.near, 'or')}?" if match.near else "none has such a name")
    entry.fields |= dose.amounts
    if above.sided:
        _take_side(entry, match.stretch, above.sided, names)
    notes = [*_notes(dose, match), *filter(None, [above.when])]
    _doubt_side(dose)
    if match.stretch:
        _doubt_ways(dose, match.stretch)
    _complete(entry, match.stretch, notes)
    if match.stretch and not match.stretch.both_sides:
        _leave_sides(entry, match.stretch)
    _check(entry)
    if notes:
        entry.fields["note"] = ". ".join(map(capitalized, notes)) + "."
    return entry


def _match(names: StretchNames, dose: DoseText, heading: str) -> NameMatch:
    """Return the stretch that the line names; words such as `both legs` leave it open if they make another one."""
    match = names.find(dose.rest, heading)
    if not dose.rest:
        return match
    text = dose.text
    for aside in dose.asides:
        text = text.replace(aside, "")
    match = names.made_another(match, dose.rest, heading, text)
    if not dose.both:
        return match
    together = names.find([*dose.rest, dose.both], heading)
    if not match.stretch or not together.stretch or match.stretch == together.stretch:
        return together if together.stretch else match
    if names.is_name([*dose.rest, dose.both]):
        return together
    return NameMatch(None, (match.stretch.id, together.stretch.id))


def _take_side(entry: ListEntry, stretch: Stretch | None, heading: ListEntry, names: StretchNames) -> None:
    """Take the side of *entry* from a *heading* such as `Wrist (L)`, or leave it open if that may not be meant."""
    dose, side = entry.dose, heading.dose.sides
    if dose.sides or "sides" in dose.doubts or (stretch and not stretch.both_sides):
        return
    clear = side and "sides" not in heading.dose.doubts and (side == "both" or _is_only_side(heading))
    if clear and names.belongs(stretch, " ".join(dose.rest), heading.line):
        entry.fields["sides"] = side
        entry.remarks.append(f"sides: {side}, as the heading says")
    else:
        entry.leave_open("sides", f"{side or 'which'}, as the heading {quote(heading.line)} says, or both?")


def _notes(dose: DoseText, match: NameMatch) -> list[str]:
    """Return the words of the line that say more than the name and the amounts, such as `look straight ahead`."""
    found = [_whole_remark(dose.text, note) for note in match.notes if note != dose.both]
    # What stands in brackets after the dose is not a part of the name.
    found += [part for part in dose.rest if re.search(rf"\d[^()]*\((?!\d){re.escape(part)}\)", dose.text)]
    found += [*dose.asides, *dose.often]
    if match.stretch:
        found += [*_HOW.findall(dose.text), *filter(None, [" and ".join(_ways(dose, match.stretch))])]
    others = {note: " ".join(other for other in found if other != note) for note in found}
    return [note for note in others if not re.search(rf"\b{re.escape(note)}\b", others[note])]


def _whole_remark(text: str, note: str) -> str:
    """Return *note* with the words of *text* after it that were read as a side or a name, or all that is in brackets.

    So `look to the` becomes `look to the right`. Numbers are not repeated, but where little is left without them.
    """
    words = re.escape(note)
    brackets = re.search(rf"(?i)\(([^()]*{words}[^()]*)\)", text)
    if brackets and not (" " in note and re.search(r"\d", brackets[1])):
        return brackets[1].strip()
    whole = not brackets and re.search(rf"(?i){words}[^,;:()\d]*?(?=\s*(?:[,;:()]|[.!](?:\s|$)|\s-\s|$))", text)
    return " ".join(whole[0].split()) if whole else note


def _ways(dose: DoseText, stretch: Stretch) -> list[str]:
    """Return which ways it goes, such as `forward`, but what is in the names of *stretch*."""
    called = " ".join((stretch.name, *stretch.aliases)).lower()
    return [way for way in _WAY.findall(dose.text) if way.lower() not in called]


def _doubt_side(dose: DoseText) -> None:
    """Doubt a side that is said of a condition, as in `30 s x 3, right hip sore`, or in one, as `if left is sore`."""
    parts = re.split(r"[,;()]|\s-\s", dose.text)
    told = any(_SIDED.search(part) and _CONDITION.match(part) for part in parts[1:])
    if dose.sides in ("left", "right") and (told or any(map(_SIDED.search, dose.asides))):
        dose.doubts.setdefault("sides", f"{dose.sides}, or both")


def _doubt_ways(dose: DoseText, stretch: Stretch) -> None:
    """Doubt the number of `10 forward and back`, and of `10 each way` of a circle on each side."""
    circles = stretch.both_sides and "circles" in stretch.name.lower()
    turns = circles and re.search(r"(?i)\b(?:way|direction)s?\b", dose.text)
    if dose.reps and (turns or len(_ways(dose, stretch)) > 1):
        dose.doubts.setdefault("reps", "each way, or in all")


def _complete(entry: ListEntry, stretch: Stretch | None, notes: list[str]) -> None:
    """Make the fields of *entry* suit *stretch*; what has no field is added to *notes*."""
    fields, dose = entry.fields, entry.dose
    if isinstance(fields.get("sides"), dict):
        if fields.keys() & {"sets", "reps"} or (stretch and stretch.mode != "static"):
            entry.leave_open("sides", "how many sets of each?")
            if "reps" not in fields:
                entry.leave_open("reps", "how many each time?")
        fields.setdefault("reps", 1)
    if stretch and stretch.mode != "static" and (seconds := fields.pop("hold_s", None)):
        time = dose.doubts.pop("hold_s", "") or dose.lower.get("hold_s", str(seconds))
        each = "hold each " if "reps" in fields or "reps" in dose.doubts else ""
        notes.append(f"{each}for {time}{'' if time.endswith('min') else ' s'}")
        entry.remarks.append("note: the stretch moves with the breath, so a hold is a note")
    if "reps" not in fields:
        if "hold_s" in fields and "reps" not in dose.doubts:
            fields["reps"] = 1
            entry.remarks.append("reps: once, as there is no number")
        else:
            entry.leave_open("reps", "how many?")
    if stretch and stretch.mode == "static" and "hold_s" not in fields:
        entry.leave_open("hold_s", "how long?")
        if "reps" in dose.amounts and re.search(r"(?i)\d (?:\w+ )?breaths?\b", dose.text):
            entry.leave_open("reps", f"how often, for {fields['reps']} breaths?")
    if "rest_s" in fields and "sets" not in fields and not isinstance(fields.get("sides"), dict):
        # The rest is between two sets, and without sets it was between the repetitions.
        fields["sets"], fields["reps"] = fields["reps"], 1


def _leave_sides(entry: ListEntry, stretch: Stretch) -> None:
    """Leave the sides out of *entry*: they move at once in *stretch*, or take turns as in knee rolls."""
    fields, reps = entry.fields, entry.fields.get("reps")
    fields.pop("first_side", None)
    unclear = entry.dose.doubts.pop("sides", None)
    if fields.pop("sides", "both") != "both" or unclear:
        entry.leave_open("sides", "both sides move at once")
    elif entry.dose.each_side:
        if isinstance(reps, int) and stretch.mode == "dynamic" and "rolls" in stretch.id:
            fields["reps"] = 2 * reps
            entry.remarks.append(f"reps: {reps} each way is {2 * reps} in all")
        else:
            entry.leave_open("reps", "both sides move at once; how many in all?")


def _check(entry: ListEntry) -> None:
    """Leave open what a program cannot have or what is not clear, and say where the lower end of a range was taken."""
    fields, dose = entry.fields, entry.dose
    for field, allowed in LIMITS.items():
        if (value := fields.get(field)) is not None and value not in allowed:
            entry.leave_open(field, f"{value} is not within {allowed[0]} to {allowed[-1]}")
    for field, meaning in dose.doubts.items():
        if field in AMOUNTS:
            entry.leave_open(field, f"{meaning}?")
    for field, low in dose.lower.items():
        if fields.get(field) is not None:
            entry.remarks.append(f"{field}: the lower end of {low}")


def _words(*texts: str) -> set[str]:
    return {*re.findall(r"[^\W\d_]+", " ".join(texts).lower())}


def _is_short(line: str) -> bool:
    """Return whether *line* may be a heading: a longer one without a dose tells how to do an exercise."""
    return len(line.split()) < 6


def _is_remark(dose: DoseText, line: str) -> bool:
    """Return whether *line*, which names no stretch of the catalog, names no exercise at all."""
    # "Name: R. Smith", "Do all exercises twice a day"
    if _TITLE.fullmatch(line):
        return True
    # "Back", "Hip (L)", but not "Back stretch" and "Hips x 10"
    words = _words(*dose.rest)
    if words <= NAMELESS and not (words & TOPICS and (dose.has_numbers or "stretch" in words)):
        return True
    # "Frozen shoulder (R) stage 2"
    if dose.sides and not dose.has_numbers and _CONDITION.match(line):
        return True
    # "Lie on your side and lift the leg", "See me if it hurts"
    return not dose.amounts and (not _is_short(line) or bool(_ADVICE.search(dose.text)))


def _is_only_side(heading: ListEntry) -> bool:
    """Return whether *heading* has no words but those for a side and a part of the body, such as `Wrist (L)`."""
    return not heading.fields and _words(*heading.dose.rest) <= TOPICS | {"l", "left", "r", "right"}


def _names_side(entry: ListEntry) -> bool:
    """Return whether the line of *entry* may name the side of the exercises below it."""
    dose, line = entry.dose, entry.line
    if not dose.sides and "sides" not in dose.doubts:
        return False
    # "Hamstring stretch R", "Clamshells x 10 L", "Avoid left shoulder work"
    if entry.fields.get("stretch") or dose.has_numbers or _LEFT_OUT.match(dose.text):
        return False
    # "Wrist (L)", "Left side:"
    if _is_only_side(entry):
        return _is_short(line)
    told = bool(_words(line) & {"left", "right", *TOPICS} or re.search(r"(?i)\([lr]\)", line))
    # "R knee OA", "R ACLR", but not "HEP R. Smith"
    if _CONDITION.match(line) and (told or re.search(r"(?i)\b[lr]t?\b(?!\.)", line)):
        return True
    # "R shoulder pulleys", but not "Keep weight on left leg"
    return told and dose.sides != "both" and _is_short(line) and not _ACTION.search(line)
