"""Solver: optimal, feasible selections in session order, compared with brute force."""

from __future__ import annotations

from itertools import product

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from stretch.core.model import Areas, Dose, Stretch
from stretch.core.planning.builder import add_repetitions
from stretch.core.planning.candidates import SHORTLIST_LENGTH, shortlist
from stretch.core.planning.lagrangian import optimize_multipliers
from stretch.core.planning.problem import (
    SPINAL_LOADS,
    Candidate,
    Option,
    Pick,
    SelectionProblem,
    duration_ms,
    is_balanced,
    is_feasible,
    session_order,
    spinal_load,
)
from stretch.core.planning.scoring import score
from stretch.core.planning.solver import best_selection, prune_dominated
from stretch.core.routine import Item, Request
from stretch.core.timing.phases import REST_MS
from stretch.core.vocabulary import POSITIONS
from support import CATALOG

AREAS = ("lower-back", "hips", "neck")
TEMPLATE = CATALOG.stretches["sphinx"]


def stretch(number: int, position: str, level: str, load: str, areas: tuple[str, ...]) -> Stretch:
    return msgspec.structs.replace(
        TEMPLATE, id=f"s{number}", position=position, level=level, spine=load, areas=Areas(primary=areas),
        dose=Dose(hold_s=20, reps=3), mode="static",
    )  # fmt: skip


@st.composite
def candidates(draw: st.DrawFn, number: int) -> Candidate:
    areas = tuple(draw(st.lists(st.sampled_from(AREAS), min_size=1, max_size=2, unique=True)))
    level, load = draw(st.sampled_from(["gentle", "moderate"])), draw(st.sampled_from(SPINAL_LOADS))
    position = draw(st.sampled_from(POSITIONS[:3]))
    lean, held, points = draw(st.integers(20, 90)), draw(st.integers(0, 60)), draw(st.integers(0, 3))
    options = [Option(1, lean * 1000, held, points)]
    if draw(st.booleans()):
        options.append(Option(3, (lean + draw(st.integers(5, 60))) * 1000, held * 2, points + draw(st.integers(0, 4))))
    made = stretch(number, position, level, load, areas)
    return Candidate(
        item=Item(made, made.dose, made.position, (None,)),
        options=tuple(options),
        extra_ms=draw(st.integers(0, 7)) * 1000,
        goals=tuple(sorted(draw(st.sets(st.integers(0, 2), max_size=2)))),
        base_score=draw(st.integers(-1, 3)),
        load=spinal_load(made),
        required=draw(st.integers(0, 9)) == 0,
    )


@st.composite
def problems(draw: st.DrawFn, max_candidates: int = 6) -> SelectionProblem:
    count = draw(st.integers(0, max_candidates))
    gains = st.lists(st.integers(0, 6), min_size=1, max_size=3).map(lambda row: tuple(sorted(row, reverse=True)))
    return SelectionProblem(
        candidates=session_order([draw(candidates(number)) for number in range(count)]),
        goals=tuple(draw(gains) for _ in range(3)),
        budget_ms=draw(st.integers(0, 400)) * 1000,
        start_position=draw(st.sampled_from([None, POSITIONS[0], POSITIONS[1]])),
        ceiling_s=draw(st.sampled_from([60, 100, 240])),
        position_penalty=draw(st.integers(0, 2)),
        balance_spine=draw(st.booleans()),
    )


def brute_force(problem: SelectionProblem) -> int | None:
    """Return the highest score of all feasible selections."""
    best = None
    for doses in product(*([None, *candidate.options] for candidate in problem.candidates)):
        picks: list[Pick] = [(c, o) for c, o in zip(problem.candidates, doses, strict=True) if o is not None]
        if is_feasible(problem, picks):
            best = max(score(problem, picks), best if best is not None else -99)
    return best


@given(problems())
def test_the_solver_finds_the_optimum_of_all_selections(problem: SelectionProblem) -> None:
    picks = best_selection(problem)
    best = brute_force(problem)
    if picks is None:
        assert best is None
    else:
        assert is_feasible(problem, picks)
        assert score(problem, picks) == best


@given(problems())
def test_the_lagrangian_bound_is_never_below_the_optimum(problem: SelectionProblem) -> None:
    best = brute_force(problem)
    assume(best is not None)
    _, bound = optimize_multipliers(problem, incumbent_score=best)
    assert bound >= best - 1e-6


@given(problems())
def test_pruning_dominated_candidates_keeps_the_optimum(problem: SelectionProblem) -> None:
    kept, dominators = prune_dominated(problem)
    assert set(kept.candidates) <= set(problem.candidates)
    assert brute_force(kept) == brute_force(problem)
    assert all(dominator is None or dominator < index for index, dominator in enumerate(dominators))


@given(problems(max_candidates=4), st.integers(2, 3))
def test_duplicate_candidates_are_handled(problem: SelectionProblem, times: int) -> None:
    several = msgspec.structs.replace(
        problem, candidates=session_order(c for c in problem.candidates for _ in range(times))
    )
    assume(not any(candidate.required for candidate in several.candidates))
    picks = best_selection(several)
    assert picks is not None
    assert is_feasible(several, picks)
    assert score(several, picks) >= (brute_force(problem) or 0)


def test_a_search_at_the_node_limit_returns_a_feasible_selection() -> None:
    problem = SelectionProblem(
        candidates=session_order(
            Candidate(
                Item(s, s.dose, s.position, (None,)), (Option(1, (40 + 7 * n) * 1000, 20, n % 3),), 3000, (n % 3,), 2,
                spinal_load(s),
            )
            for n, s in enumerate(list(CATALOG.stretches.values())[:30])
        ),
        goals=((6, 4, 2, 1),) * 3,
        budget_ms=600_000,
        start_position=None,
        position_penalty=2,
    )  # fmt: skip
    whole = best_selection(problem)
    picks = best_selection(msgspec.structs.replace(problem, node_limit=3))
    assert picks
    assert is_feasible(problem, picks)
    assert 0 < score(problem, picks) <= score(problem, whole or [])


@pytest.mark.parametrize(
    ("loads", "balanced"),
    [
        (["flexion", "flexion", "flexion"], True),
        (["flexion", "flexion", "flexion", "flexion"], False),
        (["flexion", "flexion", "neutral", "flexion", "flexion"], True),
        (["flexion", "flexion", "rotation", "flexion", "flexion"], True),
        (["flexion", "extension"], True),
        (["flexion", "flexion", "extension"], False),
        (["flexion", "rotation", "extension"], False),
        (["rotation", "rotation", "neutral", "extension"], True),
        (["extension", "extension", "flexion"], True),
    ],
)
def test_rb10_limits_flexions_in_a_row_and_extensions_after_them(loads: list[str], balanced: bool) -> None:
    made = [stretch(n, "supine", "gentle", load, ("hips",)) for n, load in enumerate(loads)]
    row = [
        (Candidate(Item(s, s.dose, s.position, (None,)), (), 0, (), 0, spinal_load(s)), Option(1, 0, 0, 0))
        for s in made
    ]
    assert is_balanced(row) is balanced


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("standing", "moderate", "rotation", "static"), ("supine", "gentle", "extension", "dynamic")),
        (("supine", "gentle", "rotation", "static"), ("supine", "moderate", "extension", "dynamic")),
        (("supine", "gentle", "neutral", "dynamic"), ("supine", "gentle", "extension", "static")),
        (("supine", "gentle", "extension", "static"), ("supine", "gentle", "flexion", "static")),
        (("supine", "gentle", "extension", "static"), ("supine", "gentle", "rotation", "static")),
    ],
    ids=["position", "level", "movement", "flexion", "rotation"],
)
def test_rb5_rb6_and_rb10_scores_do_not_change_the_session_order(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    row = []
    for base_score, (position, level, load, mode) in enumerate((one, other)):
        made = msgspec.structs.replace(stretch(base_score, position, level, load, ("hips",)), mode=mode)
        item = Item(made, made.dose, made.position, (None,))
        row.append(Candidate(item, (Option(1, 60_000, 0, 0),), 0, (), base_score, spinal_load(made)))
    assert list(session_order(row)) == list(session_order(row[::-1])) == row


def test_rb10_movement_is_a_neutral_reset() -> None:
    loads = {name: spinal_load(CATALOG.stretches[name]) for name in ("pelvic-tilt", "knee-rolls", "cat-cow")}
    assert set(loads.values()) == {"neutral"}
    assert spinal_load(CATALOG.stretches["childs-pose"]) == "flexion"
    assert spinal_load(CATALOG.stretches["supine-spinal-twist"]) == "rotation"
    assert spinal_load(CATALOG.stretches["prone-press-up"]) == "extension"


def test_changing_position_takes_time_except_to_the_start_position() -> None:
    made = [
        stretch(0, "standing", "gentle", "neutral", ("hips",)),
        stretch(1, "supine", "gentle", "neutral", ("hips",)),
    ]
    picks = [(Candidate(Item(s, s.dose, s.position, (None,)), (), 4000, (), 0, "neutral"), Option(1, 50_000, 0, 0))
             for s in made]  # fmt: skip
    problem = SelectionProblem(candidates=(), goals=(), budget_ms=0, start_position="standing")
    assert duration_ms(problem, picks) == 104_000
    assert duration_ms(msgspec.structs.replace(problem, start_position=None), picks) == 108_000


def test_spare_time_goes_to_the_shortest_hold_time() -> None:
    longer, shorter = Dose(hold_s=40, reps=2), Dose(hold_s=20, reps=3)
    made = stretch(0, "supine", "gentle", "neutral", ("hips",))
    picks = [
        (Candidate(Item(made, dose, made.position, (None,)), (), 0, (), 0, "neutral"), Option(dose.reps, 0, held, 0))
        for dose, held in ((longer, 80), (shorter, 60))
    ]
    either = SelectionProblem(candidates=(), goals=(), budget_ms=40_000 + REST_MS, start_position="supine")
    assert [option.reps for _, option in add_repetitions(either, picks, Request())] == [2, 4]


def test_the_shortlist_keeps_the_best_for_each_goal_and_position() -> None:
    many = [
        Candidate(
            Item(s, s.dose, s.position, (None,)),
            (Option(1, 60_000, 0, 0),),
            0,
            (n % 5,),
            n % 3,
            "neutral",
            required=n == 1999,
        )
        for n in range(2000)
        for s in [stretch(n, POSITIONS[n % 8], "gentle", "neutral", ("hips",))]
    ]
    kept = shortlist(many)
    assert len(kept) <= SHORTLIST_LENGTH
    assert many[1999] in kept
    for place in {(c.item.position, c.goals) for c in many}:
        best = max(c.base_score for c in many if (c.item.position, c.goals) == place)
        assert any((c.item.position, c.goals) == place and c.base_score == best for c in kept)
    assert shortlist(many[:SHORTLIST_LENGTH]) == many[:SHORTLIST_LENGTH]


def test_returning_to_the_start_position_takes_time() -> None:
    made = [stretch(n, position, "gentle", "neutral", ("hips",)) for n, position in enumerate(("standing", "seated"))]
    both = session_order(
        Candidate(Item(s, s.dose, s.position, (None,)), (Option(1, 50_000, 0, 0),), 4000, (), 5, "neutral")
        for s in made
    )
    problem = SelectionProblem(candidates=both, goals=(), budget_ms=107_999, start_position="seated")
    assert len(best_selection(problem) or []) == 1
    assert len(best_selection(msgspec.structs.replace(problem, budget_ms=108_000)) or []) == 2
