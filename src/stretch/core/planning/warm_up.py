"""Warm-up before the stretches; cool-down and settling after them."""

from collections.abc import Collection, Iterable, Sequence

from msgspec.structs import replace

from stretch.core.model import Move, Settle, WarmUp
from stretch.core.planning.limits import duration_ms, needs_reset, opening_ms
from stretch.core.planning.problem import Candidate, Option, Pick, SelectionProblem
from stretch.core.planning.scoring import LYING_POSITIONS
from stretch.core.routine import MICRO_BREAK_MIN, SHORT_FORM_MIN, Item, Request, ends_upright
from stretch.core.vocabulary import POSITIONS, UPRIGHT, Pattern, Position

TimedMoves = tuple[tuple[Move, int], ...]
"""Moves with their seconds."""

WARM_UP_S, LEAST_WARM_UP_S = 300, 60
"""Seconds of warm-up: in a routine of 15 minutes or more, and at least (rule RB2)."""
MOSTLY_FULL = 0.8
"""A routine whose stretches take a smaller part of their time has a shorter warm-up."""
DESK_MOVES_S = 60
"""Most seconds of warm-up moves before a desk break (rule RB3)."""
MIN_MOVE_S = 30
"""Shortest time for one move; a short warm-up has fewer moves."""
COOL_DOWN_S = 180
"""Movement after the stretches before sport, a quarter of a short routine (rule D17)."""
SETTLE_S, MAX_SETTLE_S = 30, 60
"""Seconds of settling at the end, and the most when time is left (rule RB16)."""
SHORT_SETTLE = 1 / 6
"""The largest part of a break of two to three minutes for settling."""
QUARTER_HOUR_MS = (15 * 60 - WARM_UP_S - SETTLE_S) * 1000
"""The time for stretches in a quarter of an hour; in more than that, this much is enough for a whole warm-up."""
MOST_OPENING_MOVES, OPENING_BREATHS, RESET_BREATHS = 2, (8, 6), 6
"""Most opening moves, their breaths and those where there is less time (RB1), and breaths of the last reset (RB10)."""
OTHER_POSITION, UNUSED_POSITION = 12, 20
"""Points off for an opening move in another position than the first stretch, and in one that no stretch is in."""


def warm_up_seconds(request: Request, minutes: float) -> int:
    """Return the seconds of warm-up: 5 min, or a third of a shorter routine but at least 1 min (rule RB2)."""
    if request.warm_up is not None:
        return round(request.warm_up * 60)
    return min(WARM_UP_S, max(LEAST_WARM_UP_S, int(minutes * 20)), _beyond_a_micro_break(minutes, 2 / 3))


def settle_seconds(request: Request, minutes: float) -> int:
    """Return the least seconds of settling at the end (rule RB16); none before sport, which goes on from movement."""
    return 0 if request.before_sport else min(SETTLE_S, _beyond_a_micro_break(minutes, 1 / 3))


def most_settle_seconds(minutes: float) -> int:
    """Return the most seconds of settling when time is left: less in a short break, which is for stretching."""
    return MAX_SETTLE_S if minutes >= SHORT_FORM_MIN else int(minutes * 60 * SHORT_SETTLE)


def _beyond_a_micro_break(minutes: float, part: float) -> int:
    """Return a *part* of the seconds that a routine of *minutes* has more than a micro-break: it stretches no less."""
    return max(0, int((minutes - MICRO_BREAK_MIN) * 60 * part))


def cool_down(script: WarmUp, request: Request, minutes: float) -> TimedMoves:
    """Return the movement at the end of a routine before sport (rule D17)."""
    seconds = min(COOL_DOWN_S, int(minutes * 15)) // 2
    return tuple((move, seconds) for move in script.standing[-2:]) if request.before_sport else ()


def opening_moves(resets: Iterable[Candidate], picks: Sequence[Pick], pattern: Pattern, limit_ms: int) -> list[Pick]:
    """Return the gentle movements of the spine for the last part of the warm-up, at most *limit_ms* of them (rule RB1).

    They are for the requested areas, all in one position, and cost no way to the floor and up again.
    """
    used = [candidate.item.position for candidate, _ in picks]

    def key(candidate: Candidate) -> tuple[int, bool]:
        position = candidate.item.position
        off = OTHER_POSITION * (position != used[0]) + UNUSED_POSITION * (position not in used)
        return off - candidate.base_score, candidate.item.stretch.spine == "rotation"

    def suits(candidate: Candidate) -> bool:
        position = candidate.item.position
        near = position == used[0] or len({other in UPRIGHT for other in (position, *used)}) == 1
        return near and candidate.asked_for and not _same_move([(candidate, candidate.full)], picks)

    possible = sorted(filter(suits, resets), key=key)
    opening: list[Pick] = []
    for candidate in possible:
        if candidate.item.position != possible[0].item.position or len(opening) == MOST_OPENING_MOVES:
            continue
        extra_ms = 0 if opening else candidate.extra_ms
        for option in (_breaths(candidate, most, pattern) for most in OPENING_BREATHS):
            if option.ms + extra_ms <= limit_ms:
                opening.append((_for_reason(candidate, "loosens the back before the first hold"), option))
                limit_ms -= option.ms + extra_ms
                break
    return opening


def closing_reset(resets: Iterable[Candidate], last: Position, pattern: Pattern) -> list[Pick]:
    """Return the reset at the end of a routine with a held bend or twist, in the *last* position or near it (RB10)."""
    near = [candidate for candidate in resets if (candidate.item.position in UPRIGHT) == (last in UPRIGHT)]

    def key(candidate: Candidate) -> tuple[bool, int, bool]:
        position = candidate.item.position
        way = (position != last) + ((position in LYING_POSITIONS) != (last in LYING_POSITIONS))
        return bool(candidate.item.adapted), way, candidate.item.stretch.spine == "rotation"

    near.sort(key=key)
    return [(_for_reason(one, "eases the back at the end"), _breaths(one, RESET_BREATHS, pattern)) for one in near[:1]]


def _same_move(one: Sequence[Pick], other: Sequence[Pick]) -> bool:
    """Return whether a stretch of *one*, or one of its family, is among *other*."""
    kinds = [
        {candidate.item.stretch.family or candidate.item.stretch.id for candidate, _ in picks} for picks in (one, other)
    ]
    return not kinds[0].isdisjoint(kinds[1])


def _for_reason(candidate: Candidate, reason: str) -> Candidate:
    return replace(candidate, item=replace(candidate.item, reason=reason))


def _breaths(candidate: Candidate, most: int, pattern: Pattern) -> Option:
    """Return the dose of *candidate* with at most so many breaths."""
    full = candidate.options[-1]
    reps = min(full.reps, most)
    return Option(reps, full.ms - (full.reps - reps) * pattern.cycle_ms, 0, 0)


def surround(
    script: WarmUp,
    request: Request,
    picks: Sequence[Pick],
    resets: list[Candidate],
    problem: SelectionProblem,
    warm_up_s: int,
) -> tuple[TimedMoves, Position | None, list[Pick]]:
    """Return the warm-up moves, the position they end in, and *picks* with the *resets* that begin and end them.

    If the stretches take much less than the time of *problem*, the warm-up is shorter than *warm_up_s* too (rule RB2).
    """
    resets = resets if request.areas else []
    ending = closing_reset(resets, picks[-1][0].item.position, request.breath)
    closing = ending if needs_reset(picks) else []
    rest_ms, full_s = duration_ms([*picks, *closing], None), warm_up_s
    may_shrink = request.areas and request.warm_up is None and not request.before_sport
    if short := bool(may_shrink and rest_ms < min(problem.budget_ms, QUARTER_HOUR_MS) * MOSTLY_FULL):
        warm_up_s = min(warm_up_s, max(LEAST_WARM_UP_S, (rest_ms // 1000 + SETTLE_S) // 2))
    # Where time is left there is no reason to do without them; before a desk break they may be all of it (rule RB3).
    spare = short and not request.desk_break
    most_s = warm_up_s if request.desk_break else max(warm_up_s // 2, spare * (full_s - LEAST_WARM_UP_S))
    opening = opening_moves(resets, picks, request.breath, most_s * 1000)
    if spare and opening and not closing and not _same_move(ending, picks):
        closing = ending if duration_ms([*picks, *ending], None) <= problem.budget_ms else []
    moves_s = warm_up_s - -(-duration_ms(opening, None) // 1000)
    least_s = min(warm_up_s if spare else moves_s, LEAST_WARM_UP_S) if short else 0
    moves_s = max(least_s, moves_s - -(-opening_ms(picks, problem.opening_ms) // 1000))
    if request.desk_break and request.warm_up is None:
        moves_s = min(moves_s, DESK_MOVES_S) if moves_s >= MIN_MOVE_S else 0
    whole = [*opening, *picks, *closing]
    return *moves_for(script, request, [candidate.item.position for candidate, _ in whole], moves_s), whole


def moves_for(
    script: WarmUp, request: Request, positions: Collection[Position], seconds: int
) -> tuple[TimedMoves, Position | None]:
    """Return warm-up moves of *seconds* for a routine in these *positions*, and the position they leave the body in.

    They are seated for a desk break that sits, if no standing position is requested, for people who are unsteady and
    after surgery (rule RB4).
    """
    if seconds <= 0:
        return (), None
    unsteady = not {"balance", "recent-surgery"}.isdisjoint(request.avoid)
    sits = request.desk_break and "standing" not in positions
    seated = sits or unsteady or "standing" not in (request.positions or POSITIONS)
    moves = script.seated if seated else script.standing
    count = min(len(moves), max(1, seconds // MIN_MOVE_S))
    each, remainder = divmod(seconds, count)
    timed = tuple((move, each + (index < remainder)) for index, move in enumerate(moves[:count]))
    return timed, "seated" if seated else "standing"


def settle_text(settle: Settle, items: Sequence[Item], cool_down: TimedMoves = ()) -> str:
    """Return the instructions for settling in the last position and for getting up from it."""
    upright = ends_upright(items, cool_down)
    return f"{settle.sitting} {settle.stand}" if upright else f"{settle.lying} {settle.rise}"
