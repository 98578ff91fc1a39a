"""On which days of the week a routine is done, and how often, by rules D12-D14 and RB17."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from stretch.core.model import Program
from stretch.core.planning.dosing import held_seconds
from stretch.core.routine import DESK_BREAK_MIN, Routine

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

DAYS: tuple[Day, ...] = get_args(Day)
NAMES: dict[Day, str] = dict(
    zip(DAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)
AT_WORK: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri")
"""The days of desk breaks (rule RB17)."""
SESSIONS: tuple[Day, ...] = ("mon", "wed", "fri")
"""Three sessions a week (rule RB17) keep the gain (rule D12), and after each is the rest day of rule D14."""
HARD_SOURCE = "004"
"""The article whose program, as it was written, is followed by a rest day (rule D14)."""


def needs_rest(routine: Routine, program: Program | None = None, *, as_written: bool = False) -> bool:
    """Whether the day after must be a rest day or a gentle one (rule D14).

    So it is after a deep or a contract-relax stretch, and after the *program* of article 004 *as_written*.
    """
    if program is not None and as_written and HARD_SOURCE in program.source:
        return True
    return any(item.stretch.level == "deep" or item.stretch.mode == "contract-relax" for item in routine.items)


def days_for(minutes: float, *, rest: bool) -> tuple[Day, ...]:
    """Return the days on which it is done when nobody says otherwise: a desk break on each day of work."""
    return AT_WORK if minutes <= DESK_BREAK_MIN and not rest else SESSIONS


def how_often(routine: Routine, *, rest: bool) -> tuple[str, ...]:
    """Return how often to do *routine*, in sentences, what matters most first (rules D12-D14)."""
    if rest:
        aim = "3 days a week, each followed by a rest day or a gentle day."
    elif all(item.stretch.level == "gentle" for item in routine.items):
        aim = "5 days a week are a good aim, 2 or 3 the least; every day is fine too."
    else:
        aim = "5 days a week are a good aim, 2 or 3 the least; rest days are fine but not needed."
    moves_only = not any(held_seconds(item.stretch, item.dose) for item in routine.items)
    return (
        aim,
        "Up to 3 short goes a day are fine." if moves_only and not rest else "Once a day is enough.",
        f"{'' if rest else 'After 4 to 6 weeks, '}3 days a week keep what you have gained; 1 day does not.",
        "Sore the next morning, 4 out of 10 or more? Make that day a rest day or a gentle one.",
    )


def in_a_row(days: Sequence[Day]) -> tuple[tuple[Day, Day], ...]:
    """Return the pairs of *days* that follow each other, Sunday and Monday among them."""
    following = zip(DAYS, (*DAYS[1:], DAYS[0]), strict=True)
    return tuple((day, after) for day, after in following if day in days and after in days)
