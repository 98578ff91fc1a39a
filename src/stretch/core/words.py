"""Durations, doses, sides and positions in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stretch.core.model import Dose, Stretch
    from stretch.core.vocabulary import Position, Side

IN_POSITION: dict[Position, str] = {
    "standing": "standing",
    "seated": "sitting on a chair",
    "kneeling": "kneeling on the floor",
    "quadruped": "on hands and knees",
    "prone": "lying on your front",
    "side-lying": "lying on your side",
    "seated-floor": "sitting on the floor",
    "supine": "lying on your back",
}

TAG_WORDS = {
    "pregnancy": "in pregnancy and the six weeks after birth",
    "osteoporosis": "with osteoporosis or after a fracture of the spine",
    "knee": "with a painful, injured or replaced knee",
    "hip": "with a hip replacement, hip surgery or a pinch in the groin",
    "ankle": "with a painful or stiff ankle or foot",
    "shoulder": "with a painful, frozen or unstable shoulder",
    "wrist": "with a painful wrist or hand",
    "neck": "with neck trouble that reaches the arm or makes you dizzy",
    "disc": "with a disc problem, or pain that is worse bending or sitting",
    "stenosis": "with a narrow spinal canal, or legs that ache standing and ease when you sit",
    "sciatica": "with nerve pain down one leg that has been checked",
    "head-down": "with glaucoma, uncontrolled blood pressure, or faintness with the head low",
    "recent-surgery": "in the twelve weeks after an operation",
    "balance": "when you are unsteady or dizzy",
    "hypermobility": "with very bendy joints",
}
"""Whom a caution tag is about, in words."""
WHOLE_ROUTINE = {
    "floor": "when getting down to the floor or up again is hard",
    "older-adult": "from the age of 65",
}
"""The tags that no stretch has and that act on the whole routine."""


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def counted(number: int, one: str) -> str:
    """Return a number of things, *one* being what one of them is called: `1 stretch`, `3 stretches`, `2 sessions`."""
    return f"{number} {one}{'' if number == 1 else 'es' if one.endswith('ch') else 's'}"


def hours(seconds: float) -> str:
    """Return a sum of times in words, to the minute: `45 min`, `7 h 12 min`."""
    whole, minutes = divmod(round(seconds / 60), 60)
    return f"{whole} h {minutes} min" if whole else f"{minutes} min"


def minutes(seconds: float) -> str:
    """Return seconds as whole minutes; `<1` for what is little and not nothing."""
    whole = round(seconds / 60)
    return "<1" if seconds > 0 and not whole else str(whole)


def duration(milliseconds: int) -> str:
    """Return a length of time in words: `45 s`, `3 min`, `11 min 20 s`."""
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    if not minutes:
        return f"{seconds} s"
    return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"


def clock(milliseconds: int) -> str:
    """Return a length of time as minutes and seconds, rounded up so that 0:00 is the end: `11:20`."""
    minutes, seconds = divmod(-(-milliseconds // 1000), 60)
    return f"{minutes}:{seconds:02d}"


def dose(stretch: Stretch, amount: Dose) -> str:
    """Return a dose in the words of the field: `30 s x 2 each side`, `8 breaths`."""
    each = " each side" if stretch.both_sides else ""
    if amount.contract is not None:
        c = amount.contract
        return f"({c.contract_s} s press, {c.release_s} s release, {c.hold_s} s hold) x {amount.reps}{each}"
    if amount.hold_s is None:
        return f"{counted(amount.reps, 'breath')}{each}"
    return f"{amount.hold_s} s x {amount.reps}{each}"


def side(name: Side | None) -> str:
    """Return the side in words, empty for a stretch that works both at once."""
    return f"{name} side" if name else ""
