"""How much of a stretch: its dose for one person, and the ceilings of a session."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from stretch.core.model import Dose, Stretch

AIM_S = 60
"""Seconds of stretch a side that a session aims for (rule D2)."""
MOST_REPS = 4
NOTE_S = 120
"""More than this for one stretch and side brings no more range; the builder stays at or under it (rule D5)."""
CEILING_S = 240
"""Seconds of held stretch for one area and side in a session, never planned over (rule D5)."""
BEFORE_SPORT_S = 59
"""Less than a minute for each area and side before a hard effort (rule D17)."""
FEWEST_BREATHS, MOST_BREATHS = 5, 10
"""Movement takes 5 to 10 whole breaths (rule D10)."""
MOBILITY_S = 5
"""A hold this short is mobility; it does not count toward the aim (rule D11)."""
OLDER_HOLD_S = 30
"""Where holds start from the age of 65 (rule D3)."""
HYPERMOBILE_HOLD_S = 15
"""The longest hold with very bendy joints (catalog section 1.1)."""


def held_seconds(stretch: Stretch, dose: Dose) -> int:
    """Return the seconds of held stretch for each side; movement and 5 s holds count as none (rules D5, D11)."""
    hold = dose.contract.hold_s if dose.contract else dose.hold_s
    if stretch.mode == "dynamic" or hold is None or hold <= MOBILITY_S:
        return 0
    return hold * dose.reps


def dose_for(
    stretch: Stretch,
    dose: Dose,
    tags: Collection[str],
    *,
    beginner: bool = False,
    halved: bool = False,
    before_sport: bool = False,
) -> tuple[Dose, tuple[str, ...]]:
    """Fit *dose* to a person with these caution *tags*; also return the tags it was made easier for.

    A tag under `cautions.adapt` halves the hold or the breaths and leaves one repetition (catalog section 1). From 65
    a stretch that aims at 60 s is held at least 30 s (rule D3); very bendy joints hold 15 s at most. A *beginner* has
    one repetition fewer, but at least one, and at least five breaths (rules D10, D15); *halved* is half the hold and
    half the repetitions (rule T1); *before_sport* a stretch is
    held less than a minute in all (rule D17).
    """
    if "older-adult" in tags and held_seconds(stretch, dose) >= AIM_S:
        hold = max(OLDER_HOLD_S, _hold(dose))
        dose = _dosed(dose, hold_s=hold, reps=-(-AIM_S // hold))
    if beginner:
        dose = with_reps(dose, min(dose.reps, max(fewest_reps(stretch), dose.reps - 1)))
    if halved:
        half = -(-dose.reps // 2)
        dose = _dosed(dose, reps=half, hold_s=None if stretch.mode == "dynamic" else -(-_hold(dose) // 2))
    adapted = tuple(tag for tag in stretch.cautions.adapt if tag in tags)
    if adapted and stretch.mode == "dynamic":
        dose = _dosed(dose, reps=-(-dose.reps // 2))
    elif adapted:
        dose = _dosed(dose, hold_s=-(-_hold(dose) // 2), reps=1)
    if "hypermobility" in tags and stretch.mode != "dynamic":
        dose = _dosed(dose, hold_s=min(HYPERMOBILE_HOLD_S, _hold(dose)))
    if before_sport and (once := held_seconds(stretch, with_reps(dose, 1))):
        dose = with_reps(dose, max(1, min(dose.reps, BEFORE_SPORT_S // once)))
    return dose, adapted


def fewest_reps(stretch: Stretch) -> int:
    """Return how few repetitions any dose of *stretch* has: one, or five breaths of movement (rule D10)."""
    return FEWEST_BREATHS if stretch.mode == "dynamic" else 1


def leanest_reps(stretch: Stretch, dose: Dose) -> int:
    """Return how far the repetitions of *dose* may give way when time is short: to half of them (rule RB14)."""
    return min(dose.reps, max(fewest_reps(stretch), 1 if stretch.mode == "dynamic" else -(-dose.reps // 2)))


def with_reps(dose: Dose, reps: int) -> Dose:
    """Return the dose with other repetitions."""
    return msgspec.structs.replace(dose, reps=reps)


def most_reps(stretch: Stretch, dose: Dose) -> int:
    """Return how often a stretch may be repeated when there is time to fill (rules D2, D5 and D10)."""
    held = held_seconds(stretch, with_reps(dose, 1))
    if stretch.mode == "dynamic":
        return max(dose.reps, MOST_BREATHS)
    if held == 0 or stretch.mode == "contract-relax":
        return dose.reps
    # Entries that aim lower than 60 s do so on purpose: the neck, and bends and twists of the seated back.
    most = NOTE_S if held_seconds(stretch, dose) >= AIM_S else held_seconds(stretch, dose)
    return max(dose.reps, min(MOST_REPS, most // held))


def _hold(dose: Dose) -> int:
    return dose.contract.hold_s if dose.contract else dose.hold_s or 0


def _dosed(dose: Dose, *, reps: int | None = None, hold_s: int | None = None) -> Dose:
    if reps is not None:
        dose = with_reps(dose, reps)
    if hold_s is None:
        return dose
    if dose.contract is not None:
        contract = msgspec.structs.replace(dose.contract, hold_s=max(hold_s, 10))
        return msgspec.structs.replace(dose, contract=contract)
    return msgspec.structs.replace(dose, hold_s=hold_s)
