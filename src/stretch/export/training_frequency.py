"""Training days: how often to do a routine, and on which days of the week (rules D12-D14 and RB17)."""

from __future__ import annotations

from collections.abc import Sequence

from stretch.core.model import Program
from stretch.core.planning.dosing import held_seconds
from stretch.core.routine import DESK_BREAK_MIN, Routine
from stretch.core.vocabulary import WEEKDAYS, Weekday

DESK_BREAK_DAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
"""Days of desk breaks (rule RB17)."""
SESSION_DAYS: tuple[Weekday, ...] = ("mon", "wed", "fri")
"""Three sessions a week (rule RB17) keep the gain (rule D12), and each is followed by the rest day of rule D14."""
HARD_SOURCE = "004"
"""Article whose program, as written, is followed by a rest day (rule D14)."""


def needs_rest_day(routine: Routine, program: Program | None = None, *, as_written: bool = False) -> bool:
    """Return whether the next day must be a rest day or a gentle one (rule D14).

    This is so after a deep or contract-relax stretch, and after the *program* of article 004 *as_written*.
    """
    if program is not None and as_written and HARD_SOURCE in program.source:
        return True
    return any(item.stretch.level == "deep" or item.stretch.mode == "contract-relax" for item in routine.items)


def default_days(minutes: float, *, rest: bool) -> tuple[Weekday, ...]:
    """Return the days for a routine of this length: a desk break on each working day, a session every other day."""
    return DESK_BREAK_DAYS if minutes <= DESK_BREAK_MIN and not rest else SESSION_DAYS


def frequency_advice(routine: Routine, *, rest: bool) -> tuple[str, ...]:
    """Return sentences on how often to do *routine*, the most important first (rules D12-D14)."""
    if rest:
        aim = "Aim for 3 days a week, each followed by a rest day or a gentle day."
    elif all(item.stretch.level == "gentle" for item in routine.items):
        aim = "Aim for 5 days a week, at least 2 or 3; every day is fine too."
    else:
        aim = "Aim for 5 days a week, at least 2 or 3; rest days are fine but not needed."
    moves_only = not any(held_seconds(item.stretch, item.dose) for item in routine.items)
    return (
        aim,
        "Up to 3 short sessions a day are fine." if moves_only and not rest else "Once a day is enough.",
        f"{'' if rest else 'After 4 to 6 weeks, '}3 days a week keep what you have gained; 1 day does not.",
        "Sore the next morning, 4 out of 10 or more? Make that day a rest day or a gentle one.",
    )


def consecutive_days(days: Sequence[Weekday]) -> tuple[tuple[Weekday, Weekday], ...]:
    """Return the pairs of *days* that follow each other; Monday follows Sunday."""
    return tuple(
        (day, after)
        for day, after in zip(WEEKDAYS, (*WEEKDAYS[1:], WEEKDAYS[0]), strict=True)
        if {day, after} <= {*days}
    )
