"""Reader of exercise lists as text: each line becomes an entry of a program; what is not certain is left open."""

import re
from collections.abc import Iterable, Sequence
from typing import get_args

from msgspec import Struct

from stretch.core.dose_text import AMOUNTS, DoseText, read_dose
from stretch.core.fields import HoldSeconds
from stretch.core.model import Catalog, Stretch
from stretch.core.program import DaysAWeek, Items, Repetitions, RestSeconds, SetCount, TimesADay
from stretch.core.sheet_words import CONDITIONS, NAMELESS, TO_BOTH_SIDES, TOPICS
from stretch.core.stretch_names import NameMatch, StretchNames
from stretch.core.text import capitalized, join_words, one_line, quote

LONGEST_LINE = 300
"""Characters of a line that is read."""
LONG_WORDS = 6
"""A line of so many words without a dose is a remark, or tells how to do an exercise."""
LIMITS = {
    field: range(get_args(kind)[1].ge, get_args(kind)[1].le + 1)
    for field, kind in {
        "sets": SetCount, "reps": Repetitions, "hold_s": HoldSeconds, "rest_s": RestSeconds,
        "times_a_day": TimesADay, "days": DaysAWeek,
    }.items()
}  # fmt: skip
"""Values that a program can have."""
MOST: int = get_args(Items)[1].max_length
"""The most stretches of a program."""
_HEADINGS = re.compile(
    r"(?i).*:|(?:home )?exercise (?:program(?:me)?|plan|sheet).*|https?:.*"
    r"|(?:patient|name|date|dob|phone|tel|from|goals?|notes?|diagnosis|dr|therapist|clinic|next|review|phase|weeks?|equipment|f/u|follow"
    r"|(?:use (?:an? )?)?(?:ice|heat)"
    r"|(?:page|session|program(?:me)?|part) [a-z\d])\b.*"
    r"|.*\b(?:all|each|every) (?:of )?(?:the |these )?(?:exercises?|stretch(?:es)?)\b.*"
)
"""Lines that name no exercise."""
_ADVICE = re.compile(
    r"(?i)\b(?:should|if|when|call|ask|see|contact|remember|please|progress|avoid|stop|never|always|don't|do not|ensure"
    r"|make sure|expect|pain|^no|program(?:me)?|hep|protocol|exercises)\b"
)
"""Words of a remark, where there is no dose."""
_WAIT = r"(?:for now|yet|(?:un)?till? (?:next|further|cleared|seen|told|then)|this|next|today|at this)\b.*"
_LEFT_OUT = re.compile(
    r"(?i)(?:please )?(?:avoid|omit|skip|stop(?!-)|discontinue|hold off|leave out|no longer|no more|not"
    rf"|(?:do not|don't) (?:do|perform|use|start|try|continue))\b|(?:please )?hold\b.*\b{_WAIT}|.*\bon hold\b"
)
_NOT_NOW = re.compile(
    r"(?i)(?:hold off|discontinue|not yet|no longer)\b(?!.*\bif\b).*"
    rf"|(?:avoid|omit|skip|stop|hold|not)(?: {_WAIT})?"
)
"""How a line begins that names what is not to be done, and what else of a line says so."""
_MANNERS = r"(?:slow(?:ly)?|gent(?:le|ly)|controlled|smooth(?:ly)?|easy|easily|relaxed)"
_MANNER = re.compile(rf"(?i)\b(?:very )?{_MANNERS}(?:(?:,| and| &)* (?:{_MANNERS}|deep|breaths?))*\b")
_WAYS = re.compile(
    r"(?i)\b(?:(?:for|back)wards?|(?:counter-?|anti-?)?clockwise|c?cw|fwd|bk?wd|reverse|(?<=rolls |rcles )back)\b"
)
"""Words of how to do it and which way, which are kept wherever they stand."""


_ABOUT = re.compile(
    r"(?i)(?!.*\b(?:you|your|may|can|will|it|stretch|str|if|when)\b)"
    rf".*\b(?:{'|'.join(CONDITIONS.split())})\b"
)
"""Lines about all exercises below them, such as `R knee OA`."""
_SIDE = re.compile(r"(?i)\b(?:left|right)\b|\([lr]\)")
_HOW = re.compile(
    r"(?i)^(?:no|ice|heat|use|repeat|then|switch)\b|\b(?:you|your|is|are|may|can|will|it|keep|lie|lying|lean|stand|stretch|str|weight)\b"
)
"""Words of lines that name a side, and not that of all exercises below them."""


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


def read_list(catalog: Catalog, lines: Iterable[str]) -> list[ListEntry]:
    """Return what each of *lines* says; blank ones are left out."""
    names, entries = StretchNames(catalog), list[ListEntry]()
    heading = ""
    sided: ListEntry | None = None  # the heading that names a side
    named = -1  # the index of a name whose dose is still to come
    for number, text in enumerate(lines, start=1):
        if not (line := one_line(text)):
            continue
        entry = _entry(names, number, line, heading, sided)
        if named >= 0 and entry.dose.amounts and not entry.dose.rest:
            entries[named] = _entry(names, entries[named].number, f"{entries[named].line}, {line}", heading, sided)
            continue
        if not entry.fields and len(line.split()) < LONG_WORDS:
            heading = line
            # "Exercises:" or "Twice a day" begin nothing new.
            if _line_words(line) & TOPICS if _words(entry.dose) <= NAMELESS else line.endswith(":"):
                sided = None
        if _names_side(entry):
            sided = entry
        entries.append(entry)
        named = len(entries) - 1 if entry.fields and not entry.dose.amounts else -1
    for field, span in (("times_a_day", "a day"), ("days", "a week")):
        usual = said_for_all(entries, field)
        for entry in entries:
            number, dose = getattr(entry.dose, field), entry.dose
            if entry.fields and number and (number != usual or field in dose.lower) and not dose.often:
                times = dose.doubts.get(field) or dose.lower.get(field) or str(number)
                often = {"1": "Once", "2": "Twice"}.get(times, f"{times} times") + f" {span}."
                if isinstance(number, str):
                    often = number.strip("[]").title() + "."
                entry.fields["note"] = f"{entry.fields.get('note', '')} {often}".strip()
    return entries


def said_for_all(entries: Sequence[ListEntry], field: str) -> int | str | None:
    """Return how often *field* says that all of it is done: in a line without an exercise, or else in each with one.

    None if they differ, if one has a range, or if a line is not clear.
    """
    saying = [entry for entry in entries if not entry.fields and getattr(entry.dose, field)]
    saying = saying or [entry for entry in entries if entry.fields]
    values = {getattr(entry.dose, field) for entry in saying}
    headings = [entry for entry in entries if not entry.fields and _words(entry.dose) & TOPICS]
    unclear = (
        any(field in entry.dose.doubts for entry in entries)
        or any(field in entry.dose.lower for entry in saying)
        # "Neck: 3x/day" before "Back:" is said of the neck.
        or (len(headings) > 1 and any(entry in saying for entry in headings))
    )
    value: int | str | None = values.pop() if len(values) == 1 and not unclear else None
    return value if isinstance(value, str) or value in LIMITS[field] else None


def _entry(names: StretchNames, number: int, line: str, heading: str, sided: ListEntry | None) -> ListEntry:
    dose = read_dose(line[:LONGEST_LINE])
    entry = ListEntry(number=number, line=line, dose=dose, fields={}, remarks=[])
    if len(line) > LONGEST_LINE:
        entry.leave_open("stretch", "the line is too long to be read")
        entry.leave_open("reps", "as above")
        return entry
    if _LEFT_OUT.match(dose.text) or any(_NOT_NOW.fullmatch(part) for part in dose.rest):
        return entry
    match = _match(names, dose, heading)
    if match.stretch:
        entry.fields["stretch"] = match.stretch.id
    elif _is_remark(dose, line) and not ("reps" in dose.doubts and match.near):
        return entry
    else:
        entry.leave_open("stretch", f"{join_words(match.near, 'or')}?" if match.near else "none has such a name")
    entry.fields |= dose.amounts
    if sided and not dose.sides and "sides" not in dose.doubts and (not match.stretch or match.stretch.both_sides):
        side = sided.dose.sides
        clear = side and "sides" not in sided.dose.doubts and (side == "both" or _is_only_side(sided))
        if clear and names.belongs(match.stretch, " ".join(dose.rest), sided.line):
            entry.fields["sides"] = side
            entry.remarks.append(f"sides: {side}, as the heading says")
        else:
            entry.leave_open("sides", f"{side or 'which'}, as the heading {quote(sided.line)} says, or both?")
    notes = _notes(dose, match)
    _complete(entry, match.stretch, notes)
    for field, allowed in LIMITS.items():
        if (value := entry.fields.get(field)) is not None and value not in allowed:
            entry.leave_open(field, f"{value} is not within {allowed[0]} to {allowed[-1]}")
    for field, meaning in dose.doubts.items():
        if field in AMOUNTS:
            entry.leave_open(field, f"{meaning}?")
    for field, low in dose.lower.items():
        if entry.fields.get(field) is not None:
            entry.remarks.append(f"{field}: the lower end of {low}")
    if notes:
        entry.fields["note"] = ". ".join(map(capitalized, notes)) + "."
    return entry


def _notes(dose: DoseText, match: NameMatch) -> list[str]:
    """Return the words of the line that say more than the name and the amounts."""
    found = [*dict.fromkeys(_whole_remark(dose.text, note) for note in match.notes if note != dose.both)]
    # What stands in brackets after the dose is not a part of the name.
    found += [part for part in dose.rest if re.search(rf"\d[^()]*\((?!\d){re.escape(part)}\)", dose.text)]
    found += [*dose.asides, *dose.often]
    if match.stretch:
        called = " ".join((match.stretch.name, *match.stretch.aliases)).lower()
        ways = [way for way in _WAYS.findall(dose.text) if way.lower() not in called]
        found += [*_MANNER.findall(dose.text), *filter(None, [" and ".join(ways)])]
        circles = (
            match.stretch.both_sides and "circles" in called and re.search(r"(?i)\b(?:way|direction)s?\b", dose.text)
        )
        if (len(ways) > 1 or circles) and "reps" in dose.amounts:
            dose.doubts.setdefault("reps", "each way, or in all")
    more = {note: " ".join(other for other in found if other != note) for note in found}
    return [note for note in more if not re.search(rf"\b{re.escape(note)}\b", more[note])]


def _whole_remark(text: str, note: str) -> str:
    """Return *note* with the words of *text* after it, which were read as sides or as names, or the brackets around it.

    Numbers are not repeated, but where little is left without them.
    """
    start = text.lower().find(note.lower())
    end = start + len(note)
    inside = re.search(r"\(([^()]*)$", text[: max(start, 0)])
    if inside and (closing := re.match(r"[^()]*(?=\))", text[end:])):
        whole = text[inside.start(1) : end] + closing[0]
        return whole.strip() if " " not in note or not re.search(r"\d", whole) else note
    after = re.match(r"[^,;:()\d]*?(?=\s*(?:[,;:()]|[.!](?:\s|$)|\s-\s|$))", text[end:]) if start >= 0 else None
    return " ".join((note + after[0]).split()) if after else note


def _words(dose: DoseText) -> set[str]:
    return {*re.findall(r"[^\W\d_]+", " ".join(dose.rest).lower())}


def _line_words(line: str) -> set[str]:
    return {*re.findall("[a-z]+", line.lower())}


def _is_only_side(heading: ListEntry) -> bool:
    """Return whether *heading* has no words but those for a side and a part of the body."""
    return not heading.fields and _words(heading.dose) <= TOPICS | {"l", "left", "r", "right"}


def _names_side(entry: ListEntry) -> bool:
    """Return whether the line of *entry* may name the side of the exercises below it."""
    dose, line = entry.dose, entry.line
    if dose.amounts.keys() - {"sides"} or entry.fields.get("stretch") or _LEFT_OUT.match(dose.text):
        return False
    if not dose.sides and "sides" not in dose.doubts:
        return False
    if _is_only_side(entry):
        return len(line.split()) < LONG_WORDS
    told = _line_words(line) & TOPICS or _SIDE.search(line)
    short = told and dose.sides != "both" and len(line.split()) < LONG_WORDS and not _HOW.search(line)
    return bool(short or (_ABOUT.match(line) and (told or re.search(r"(?i)\b[lr]t?\b(?!\.)", line))))


def _is_remark(dose: DoseText, line: str) -> bool:
    """Return whether *line*, which names no stretch of the catalog, names no exercise at all."""
    words = _words(dose)
    # "Back stretch" and "Hips x 10" are exercises, "Back" and "Hip (L)" are headings.
    on_topic = words & TOPICS and (dose.amounts.keys() - {"sides"} or "stretch" in words)
    if _HEADINGS.fullmatch(line) or (words <= NAMELESS and not on_topic):
        return True
    if dose.sides and not dose.amounts.keys() - {"sides"} and _ABOUT.match(line):
        return True
    return not dose.amounts and (len(line.split()) >= LONG_WORDS or bool(_ADVICE.search(dose.text)))


def _match(names: StretchNames, dose: DoseText, heading: str) -> NameMatch:
    """Return the stretch that the line names; words such as `both legs` leave it open if they make another one."""
    match = names.find(dose.rest, heading)
    text = dose.text
    for aside in dose.asides:
        text = text.replace(aside, "")
    if dose.rest:
        match = names.made_another(match, dose.rest, heading, text)
    if not dose.both or not dose.rest:
        return match
    together = names.find([*dose.rest, dose.both], heading)
    if together.stretch in (None, match.stretch) or not match.stretch or names.is_name([*dose.rest, dose.both]):
        return together if together.stretch else match
    return NameMatch(None, tuple(each.stretch.id for each in (match, together) if each.stretch))


def _complete(entry: ListEntry, stretch: Stretch | None, notes: list[str]) -> None:
    """Make the fields of *entry* suit *stretch*; what has no field is added to *notes*."""
    fields = entry.fields
    if isinstance(fields.get("sides"), dict):
        if fields.keys() & {"sets", "reps"} or (stretch and stretch.mode != "static"):
            entry.leave_open("sides", "how many sets of each?")
        fields.setdefault("reps", 1)
    if stretch and stretch.mode != "static" and (seconds := fields.pop("hold_s", None)):
        time = entry.dose.doubts.pop("hold_s", "") or entry.dose.lower.get("hold_s", str(seconds))
        notes.append(f"hold each for {time}{'' if time.endswith('min') else ' s'}")
        entry.remarks.append("note: the stretch moves with the breath, so a hold is a note")
    if "reps" not in fields:
        if "hold_s" in fields and "reps" not in entry.dose.doubts:
            fields["reps"] = 1
            entry.remarks.append("reps: once, as there is no number")
        else:
            entry.leave_open("reps", "how many?")
    if stretch and stretch.mode == "static" and "hold_s" not in fields:
        entry.leave_open("hold_s", "how long?")
        if entry.dose.in_breaths:
            entry.leave_open("reps", f"how often, for {fields['reps']} breaths?")
    if "rest_s" in fields and "sets" not in fields and not isinstance(fields.get("sides"), dict):
        # The rest is between two sets, and without sets it was between the repetitions.
        fields["sets"], fields["reps"] = fields["reps"], 1
    if stretch and not stretch.both_sides:
        fields.pop("first_side", None)
        unclear = entry.dose.doubts.pop("sides", None)
        if fields.pop("sides", "both") != "both" or unclear:
            entry.leave_open("sides", "both sides move at once")
        elif entry.dose.each_side:
            reps = fields.get("reps")
            if isinstance(reps, int) and stretch.mode == "dynamic" and TO_BOTH_SIDES & {*stretch.id.split("-")}:
                fields["reps"] = 2 * reps
                entry.remarks.append(f"reps: {reps} each way is {2 * reps} in all")
            else:
                entry.leave_open("reps", "both sides move at once; how many in all?")
