"""Limits of a selection of stretches for one routine (rules RB3 to RB10), and by how much it exceeds each."""

from collections.abc import Iterable, Sequence
from itertools import takewhile
from operator import gt

from stretch.core.model import Stretch
from stretch.core.planning.problem import Pick, SelectionProblem, SpinalLoad
from stretch.core.vocabulary import Position

LIMITS = ("alike", "bends", "back bend", "deep", "repetitions", "number", "enough", "time")
"""What limits a selection: stretches of one family (RB13), held bends and back bends (RB10), deep stretches (D15),
repetitions that come before a further stretch (RB14), stretches in all (RB13), the hold time of an area (D5), and time.
"""
Excess = tuple[int, ...]
"""By how much a selection exceeds each of LIMITS; 0 where it keeps it."""
MOST_STRETCHES = ((6, 4), (10, 5), (15, 6), (20, 7), (30, 8))
"""Most stretches for routines of at most so many minutes (rule RB13)."""
MOST_STRETCHES_EVER = 10
TWO_ALIKE_MIN = 20
"""A routine of more minutes may have one family twice, if that is what was asked for (rule RB13)."""
MINUTES_PER_BEND = 10
"""One held bend for so many minutes (rule RB10)."""
FIRST_BACK_BEND = 2
"""Stretches before the first back bend (rule RB10)."""


def spinal_load(stretch: Stretch) -> SpinalLoad:
    """Return the load of *stretch* on the spine at the end of the range; movement through a bend is neutral."""
    if stretch.spine == "extension":
        return "extension"
    if stretch.mode != "dynamic" and (stretch.spine == "flexion" or stretch.spine == "rotation"):
        return stretch.spine
    return "neutral"


def is_reset(stretch: Stretch) -> bool:
    """Return whether *stretch* is a gentle movement of the spine, such as a tilt, a roll or rocking.

    These loosen the back before the first hold (RB1), bring it back to neutral at the end (RB10), and do not count.
    """
    gentle = stretch.mode == "dynamic" and stretch.level == "gentle" and stretch.sides == "both"
    return gentle and stretch.spine in ("mixed", "rotation")


def most_stretches(minutes: float) -> int:
    """Return the most stretches in a routine of *minutes* (rule RB13)."""
    return next((most for limit, most in MOST_STRETCHES if minutes <= limit), MOST_STRETCHES_EVER)


def most_bends(minutes: float) -> int:
    """Return the most held bends in a routine of *minutes* (rule RB10)."""
    return max(1, int(minutes // MINUTES_PER_BEND))


def needs_reset(picks: Iterable[Pick]) -> bool:
    """Return whether a routine of *picks* ends on a reset: it has a held bend or twist (rule RB10)."""
    return not {"flexion", "rotation"}.isdisjoint(candidate.load for candidate, _ in picks)


def excess(problem: SelectionProblem, picks: Sequence[Pick]) -> Excess:
    """Return by how much *picks* in session order exceed each of LIMITS.

    The solver spends much of its time here and in what this calls.
    """
    bends = alike = pairs = misplaced = deep = once = further = 0
    families: set[str] = set()
    before: SpinalLoad = "neutral"
    for index, (candidate, option) in enumerate(picks):
        stretch, load = candidate.item.stretch, candidate.load
        if load == "extension" and not candidate.required:
            early = index < FIRST_BACK_BEND and not candidate.may_begin
            misplaced += early or before in ("flexion", "rotation")
        bends += load == "flexion"
        deep += stretch.level == "deep"
        once += option.reps == 1 and len(candidate.options) > 1
        further |= option.further
        if family := stretch.family:
            pairs += family in families and candidate.asked_for
            alike += family in families and not candidate.asked_for
            families.add(family)
        before = load
    once -= not further
    return (
        alike + max(0, pairs - problem.two_alike),
        max(0, bends - problem.most_bends),
        misplaced,
        max(0, deep - 1),
        once if once > 0 and problem.repeat_first and _outnumber_goals(picks) else 0,
        max(0, len(picks) - problem.most_stretches),
        max(0, max(held_per_side(picks).values(), default=0) - problem.ceiling_s),
        max(0, _stretching_ms(problem, picks) - problem.budget_ms),
    )


def _outnumber_goals(picks: Sequence[Pick]) -> bool:
    """Return whether there are more of *picks* than goals they serve; back bends for a disc do not count (RB12)."""
    goals = {goal for candidate, _ in picks for goal in candidate.goals}
    return sum(not candidate.may_begin for candidate, _ in picks) > len(goals)


def _stretching_ms(problem: SelectionProblem, picks: Sequence[Pick]) -> int:
    """Return the duration of *picks* with the reset at the end, without the opening that is part of the warm-up."""
    reset_ms = problem.reset_ms.get(picks[-1][0].item.position, 0) if needs_reset(picks) else 0
    return duration_ms(picks, None) + reset_ms - opening_ms(picks, problem.opening_ms)


def exceeds(one: Excess, allowed: Excess) -> bool:
    """Return whether *one* is over *allowed* anywhere."""
    return any(map(gt, one, allowed))


def duration_ms(picks: Iterable[Pick], position: Position | None) -> int:
    """Return the duration of *picks*, which begin in *position*, with all changes of position."""
    total = 0
    for candidate, option in picks:
        total += option.ms
        if candidate.item.position != position:
            total += candidate.extra_ms
            position = candidate.item.position
    return total


def opening_ms(picks: Iterable[Pick], most_ms: int) -> int:
    """Return the duration of the movement before the first hold, at most *most_ms*: part of the warm-up (rule RB2)."""
    movement = takewhile(lambda pick: pick[0].item.stretch.mode == "dynamic", picks)
    return min(most_ms, duration_ms(movement, None)) if most_ms else 0


def held_per_side(picks: Iterable[Pick]) -> dict[str, int]:
    """Return the hold time for each side of each area in seconds."""
    held: dict[str, int] = {}
    for candidate, option in picks:
        if seconds := option.held_s:
            for area in candidate.item.stretch.areas.primary:
                held[area] = held.get(area, 0) + seconds
    return held
