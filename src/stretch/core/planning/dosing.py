"""Dose of a stretch for one person, and the limits on hold times."""

from collections.abc import Iterator, Sequence
from math import ceil

from msgspec.structs import replace

from stretch.core.model import Dose, Stretch
from stretch.core.routine import Item, Request
from stretch.core.text import join_words

TARGET_S = 60
"""Target hold time in seconds for each side in a session (rule D2)."""
LONG_MIN, FURTHER_MIN = 30, 15
"""A routine of more minutes than LONG_MIN may have a further repetition, and one more for each FURTHER_MIN."""
MAX_PROGRESS = 3
"""Steps of progression: one more repetition, then holds of 45 s, then of 60 s (rules D3 and D16)."""
STRETCH_CEILING_S = 120
"""Most seconds of one stretch for each side; longer brings no more range (rule D5)."""
AREA_CEILING_S = 240
"""Most seconds of held stretch for each area and side in a session (rule D5)."""
WEEK_ENOUGH_S = 600
"""Seconds for each area and side in a week beyond which there is no more to gain (rule D5)."""
BEFORE_SPORT_CEILING_S = 59
"""The same before a hard effort: less than a minute (rule D17)."""
LONGER_HOLDS_S, LEAST_LONG_S = (45, 60), 30
"""Longer holds that are earned step by step, and the shortest hold that may become one (rules D3 and D16)."""
MIN_BREATHS, MAX_BREATHS = 5, 10
"""Fewest breaths of a dynamic stretch that is not made easier, and the most that are earned (rule D10)."""
BRIEF_S = 20
"""Holds of at least this length are never brief."""
SHORT_HOLD_S = 15
"""Hold in a break of a minute or two, where there is no time for more."""
MIN_HOLD_S = 10
"""Shortest hold of a dose that is made smaller; a stretch with a shorter hold in the catalog keeps it (rule D1)."""
MOBILITY_HOLD_S = 5
"""Holds up to this length are mobility and do not count toward the target (rule D11)."""
OLDER_ADULT_HOLD_S = 30
"""Shortest hold from the age of 65 (rule D3)."""
HYPERMOBILE_HOLD_S = 15
"""Longest hold with very bendy joints (catalog section 1.1)."""


def held_seconds(stretch: Stretch, dose: Dose) -> int:
    """Return the hold time for each side in seconds; 0 for movement and mobility holds (rules D5 and D11)."""
    hold = _hold(dose)
    return 0 if stretch.mode == "dynamic" or hold <= MOBILITY_HOLD_S else hold * dose.reps


def dose_for(stretch: Stretch, dose: Dose, request: Request) -> tuple[Dose, tuple[str, ...]]:
    """Return *dose* adapted to the person of *request*, and the caution tags for which it was made easier.

    - From 65: a stretch with a target of 60 s is held at least 30 s (rule D3).
    - Easy start: one repetition fewer, but at least two, or five breaths (rules D10 and D15).
    - After worse mornings: half the hold and half the repetitions (rule T1).
    - A tag in `cautions.adapt`: half the hold and one repetition, or half the breaths (catalog section 1). For a disc,
      a back bend is done in full: what matters there is when to stop (rule RB12).
    - Very bendy joints: at most 15 s.
    - Before sport: one hold (rule D17).
    - From side to side, or with another direction halfway: an even number of breaths (rule RB7).
    """
    dynamic, tags = stretch.mode == "dynamic", request.avoid
    if "older-adult" in tags and held_seconds(stretch, dose) >= TARGET_S:
        hold = max(OLDER_ADULT_HOLD_S, _hold(dose))
        dose = with_reps(_with_hold(dose, hold), -(-TARGET_S // hold))
    if request.beginner:
        dose = with_reps(dose, min(dose.reps, max(MIN_BREATHS if dynamic else 2, dose.reps - 1)))
    if request.half_dose:
        dose = with_reps(dose, _half(dose.reps))
        dose = dose if dynamic else _with_half_hold(dose)
    if adapted := adapting_tags(stretch, request):
        dose = with_reps(dose, _half(dose.reps)) if dynamic else with_reps(_with_half_hold(dose), 1)
    if "hypermobility" in tags and not dynamic:
        dose = _with_hold(dose, min(HYPERMOBILE_HOLD_S, _hold(dose)))
    if request.before_sport and not dynamic:
        dose = with_reps(dose, 1)
    return with_reps(dose, whole_reps(stretch, dose.reps)), adapted


def adapting_tags(stretch: Stretch, request: Request) -> tuple[str, ...]:
    """Return the caution tags of *request* for which *stretch* is made easier."""
    tags = (tag for tag in stretch.cautions.adapt if tag in request.avoid)
    return tuple(tag for tag in tags if (tag, stretch.spine) != ("disc", "extension"))


def whole_reps(stretch: Stretch, reps: int) -> int:
    """Return *reps*, or one more where a movement to both sides or in both directions would be uneven (rule RB7)."""
    to_both_sides = (stretch.sides, stretch.spine) == ("both", "rotation")
    uneven = stretch.mode == "dynamic" and (to_both_sides or stretch.halfway) and reps % 2
    return reps + 1 if uneven else reps


def adaptation_notes(request: Request, items: Sequence[Item]) -> Iterator[str]:
    """Yield what was made easier for the person, in a routine or a program."""
    if request.half_dose:
        yield "Half the dose, because you had more pain on the mornings after."
    if tags := sorted({tag for item in items for tag in item.adapted}):
        easier = [item.stretch.name for item in items if item.adapted]
        how = "half as long, once, the easier way first"
        how = f" ({how}): {'; '.join(easier)}" if len(easier) < len(items) else f": {how}"
        yield f"Shorter and easier because of {join_words(tags)}{how}."
    if "hypermobility" in request.avoid and any(not item.adapted and item.dose.hold_s for item in items):
        yield f"No hold is longer than {HYPERMOBILE_HOLD_S} s because of hypermobility."


def possible_doses(stretch: Stretch, dose: Dose, progress: int = 0) -> list[Dose]:
    """Return the doses that *dose* may have, smallest first: one more repetition where there is time (rule RB14).

    Steps of *progress* allow more than *dose*: a further repetition or two breaths, then instead of it a hold of 45 s,
    then one of 60 s (rules D3, D10 and D16). Holds that are short on purpose stay short.
    """
    if stretch.mode == "dynamic":
        reps = {whole_reps(stretch, min(dose.reps, MIN_BREATHS)), dose.reps}
        reps |= {max(dose.reps, min(dose.reps + 2, MAX_BREATHS))} if progress else set()
        return [with_reps(dose, count) for count in sorted(reps)]
    doses = [with_reps(dose, count) for count in range(min(dose.reps, 2) if dose.contract else 1, dose.reps + 1)]
    if progress and dose.contract is None and held_seconds(stretch, dose) >= TARGET_S:
        longer = [_with_hold(dose, hold) for hold in LONGER_HOLDS_S[: progress - 1] if _hold(dose) >= LEAST_LONG_S]
        more = longer or [with_reps(dose, dose.reps + 1)]
        doses += [one for one in more if held_seconds(stretch, dose) < held_seconds(stretch, one) <= STRETCH_CEILING_S]
    return doses


def short_doses(stretch: Stretch, dose: Dose) -> list[Dose]:
    """Return the short form of *dose* for a break of a minute or two: one hold of 15 s; none if it is no longer."""
    held = stretch.mode == "static" and _hold(dose) > SHORT_HOLD_S
    return [with_reps(_with_hold(dose, SHORT_HOLD_S), 1)] if held else []


def is_brief(stretch: Stretch, dose: Dose, *, adapted: bool) -> bool:
    """Return whether half of one hold or less, or fewer breaths than usual, are left of *stretch*."""
    held = held_seconds(stretch, dose)
    if not held:
        return adapted and dose.reps < MIN_BREATHS
    return held < BRIEF_S and 2 * held <= (stretch.dose.hold_s or 0)


def further_doses(stretch: Stretch, dose: Dose) -> list[Dose]:
    """Return *dose* with one and more further repetitions, for routines that last longer."""
    if stretch.mode != "static" or held_seconds(stretch, dose) < TARGET_S:
        return []
    most = STRETCH_CEILING_S // _hold(dose)
    return [with_reps(dose, count) for count in range(dose.reps + 1, most + 1)]


def further_repetitions(minutes: float) -> int:
    """Return the most further repetitions in a routine of *minutes*."""
    return max(0, ceil((minutes - LONG_MIN) / FURTHER_MIN))


def with_reps(dose: Dose, reps: int) -> Dose:
    """Return *dose* with another number of repetitions."""
    return replace(dose, reps=reps)


def _hold(dose: Dose) -> int:
    return dose.contract.hold_s if dose.contract else dose.hold_s or 0


def _with_hold(dose: Dose, hold_s: int) -> Dose:
    if dose.contract is None:
        return replace(dose, hold_s=hold_s)
    return replace(dose, contract=replace(dose.contract, hold_s=max(hold_s, 10)))


def _with_half_hold(dose: Dose) -> Dose:
    hold = _hold(dose)
    return _with_hold(dose, max(_half(hold), min(MIN_HOLD_S, hold)))


def _half(count: int) -> int:
    """Return half of *count*, rounded up."""
    return -(-count // 2)
