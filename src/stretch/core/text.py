"""Text helpers: quantities, dates, doses and sides in words, and untrusted text made safe to print."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from stretch.core.model import Dose, Stretch
    from stretch.core.vocabulary import Side

OCTANTS = frozenset(map(chr, (*range(0x1CD00, 0x1CDE6), 0x1CEA0, 0x1CEA3, 0x1CEA8, 0x1CEAB, 0x1FBE6, 0x1FBE7)))
"""The characters of figures that Unicode has since version 16 only."""
MAX_QUOTED = 60
"""Characters of a quoted value; a longer one is cut."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def pluralize(number: int, singular: str) -> str:
    """Return *number* with its noun: `1 stretch`, `3 stretches`, `2 sessions`."""
    ending = "" if number == 1 else "es" if singular.endswith("ch") else "s"
    return f"{number} {singular}{ending}"


def join_words(words: Iterable[str], conjunction: str = "and") -> str:
    """Return *words* as in a sentence: `neck, lower back and hips`."""
    *others, last = words
    return f"{', '.join(others)} {conjunction} {last}" if others else last


def capitalized(text: str) -> str:
    """Return *text* with a capital letter at its start, unless it starts with an address."""
    first = text.partition(" ")[0].rstrip(".:")
    return text if any(mark in first for mark in ".:@") else text[:1].upper() + text[1:]


def as_sentences(*parts: str) -> tuple[str, ...]:
    """Return *parts* with a capital letter and a full stop, without the empty ones."""
    return tuple(capitalized(part) + ("" if part.endswith((".", "!", "?")) else ".") for part in parts if part)


def duration(milliseconds: int) -> str:
    """Return a length of time, to the second: `45 s`, `3 min`, `11 min 20 s`."""
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    if not minutes:
        return f"{seconds} s"
    return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"


def hours_minutes(seconds: float) -> str:
    """Return a length of time, to the minute from the first one on: `13 s`, `45 min`, `7 h 12 min`."""
    if 0 < round(seconds) < 60:
        return f"{round(seconds)} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def whole_minutes(seconds: float) -> str:
    """Return the number of minutes, rounded; `<1` for less than half a minute but more than nothing."""
    minutes = round(seconds / 60)
    return "<1" if seconds > 0 and not minutes else str(minutes)


def minutes_seconds(milliseconds: int) -> str:
    """Return a time left as `11:20`, rounded up so that only the end is 0:00."""
    minutes, seconds = divmod(-(-milliseconds // 1000), 60)
    return f"{minutes}:{seconds:02d}"


def short_date(day: date, today: date | None = None) -> str:
    """Return `24 Nov`, or `24 Nov 2026` if the year is not that of *today*."""
    year = f" {day.year}" if today is None or day.year != today.year else ""
    return f"{day.day} {MONTHS[day.month - 1]}{year}"


def dose_label(stretch: Stretch, dose: Dose) -> str:
    """Return a dose in short form: `30 s each side`, `30 s x 2`, `8 breaths` or `3 rounds`."""
    return amount_label(dose) + (" each side" if stretch.both_sides else "")


def amount_label(dose: Dose) -> str:
    """Return a dose on one side in short form: `30 s x 2`, `8 breaths` or `3 rounds`."""
    if dose.hold_s is None:
        return pluralize(dose.reps, "round" if dose.contract else "breath")
    return f"{dose.hold_s} s{f' x {dose.reps}' if dose.reps > 1 else ''}"


def side_label(side: Side | None) -> str:
    """Return `left side` or `right side`; empty for a stretch that works both at once."""
    # Imported here: every command needs the rest of this module, and many need no vocabulary.
    from stretch.core.vocabulary import SIDE_LABELS

    return SIDE_LABELS[side] if side else ""


def side_note(stretch: Stretch, side: Side | None) -> str:
    """Return that the steps are for *side*, and how to do the other; if they name no side, what left and right mean."""
    if side is None or not stretch.names_side:
        return f"Left and right mean {stretch.side_means}." if side and stretch.side_means else ""
    return f"This is the {side_label(side)}. Then do the other side, with left and right swapped."


def one_line(text: str) -> str:
    """Return *text* as one line: control characters and runs of whitespace become single spaces."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def is_printable(character: str) -> bool:
    """Return whether *character* is visible; older versions of Python do not know the octants of Unicode 16."""
    return character.isprintable() or character in OCTANTS


def escape_control_chars(text: str) -> str:
    """Return *text* with unprintable characters as escapes such as `\\x1b`."""
    if text.isprintable():
        return text
    return "".join(c if is_printable(c) else c.encode("unicode_escape").decode("ascii") for c in text)


def escape_lines(text: str) -> str:
    """Return *text* with unprintable characters other than line ends as escapes."""
    return text if text.isprintable() else "\n".join(map(escape_control_chars, text.split("\n")))


def escape_json(text: str, *, ascii_only: bool = False) -> str:
    """Return the JSON *text* with unprintable characters other than line ends as JSON escapes."""
    from json import dumps

    def escaped(part: str) -> str:
        if part.isprintable() and (part.isascii() or not ascii_only):
            return part
        if len(part) > 1:
            return "".join(map(escaped, part))
        # JSON has no half characters: a byte that is no UTF-8 is shown as in any other text.
        return "\\" + escape_control_chars(part) if "\ud800" <= part <= "\udfff" else dumps(part)[1:-1]

    return "\n".join(map(escaped, text.split("\n")))


def quote(text: str) -> str:
    """Return *text* in quotes, with unprintable characters escaped, and cut if it is long."""
    return f"'{escape_control_chars(text[:MAX_QUOTED])}{'...' if len(text) > MAX_QUOTED else ''}'"


def quote_ascii(text: str) -> str:
    """Return *text* in quotes and in ASCII, so that letters that only look like a to z stand out."""
    return f"'{ascii(text[:MAX_QUOTED])[1:-1]}{'...' if len(text) > MAX_QUOTED else ''}'"
