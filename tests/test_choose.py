from __future__ import annotations

from itertools import product

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from stretch.core.model import Areas, Dose, Stretch
from stretch.core.planning import spine
from stretch.core.planning.choose import choose
from stretch.core.planning.filling import filled
from stretch.core.planning.narrow import narrowed
from stretch.core.planning.prices import best_prices
from stretch.core.planning.shortlist import MOST, shortlist
from stretch.core.planning.space import Candidate, Option, Pick, Space, allowed, cost_ms, in_order, is_balanced
from stretch.core.planning.worth import worth
from stretch.core.routine import Item, Request
from stretch.core.timing.phases import REST_MS
from stretch.core.vocabulary import POSITIONS
from support import CATALOG

AREAS = ("lower-back", "hips", "neck")
MODEL = CATALOG.stretches["sphinx"]


def stretch(number: int, position: str, level: str, load: str, areas: tuple[str, ...]) -> Stretch:
    spines = {"arch": "extension", "easy": "neutral", "bend": "flexion", "twist": "rotation"}
    return msgspec.structs.replace(
        MODEL, id=f"s{number}", position=position, level=level, spine=spines[load], areas=Areas(primary=areas),
        dose=Dose(hold_s=20, reps=3), mode="static",
    )  # fmt: skip


@st.composite
def candidates(draw: st.DrawFn, number: int) -> Candidate:
    areas = tuple(draw(st.lists(st.sampled_from(AREAS), min_size=1, max_size=2, unique=True)))
    level, load = draw(st.sampled_from(["gentle", "moderate"])), draw(st.sampled_from(spine.LOADS))
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
        merit=draw(st.integers(-1, 3)),
        load=spine.load(made),
        required=draw(st.integers(0, 9)) == 0,
    )


@st.composite
def spaces(draw: st.DrawFn, most: int = 6) -> Space:
    count = draw(st.integers(0, most))
    gains = st.lists(st.integers(0, 6), min_size=1, max_size=3).map(lambda row: tuple(sorted(row, reverse=True)))
    return Space(
        candidates=in_order([draw(candidates(number)) for number in range(count)]),
        goals=tuple(draw(gains) for _ in range(3)),
        budget_ms=draw(st.integers(0, 400)) * 1000,
        begins=draw(st.sampled_from([None, POSITIONS[0], POSITIONS[1]])),
        ceiling_s=draw(st.sampled_from([60, 100, 240])),
        change=draw(st.integers(0, 2)),
        guards_spine=draw(st.booleans()),
    )


def brute_force(space: Space) -> int | None:
    """The score of the best of all choices there are."""
    best = None
    for doses in product(*([None, *candidate.options] for candidate in space.candidates)):
        picks: list[Pick] = [(c, o) for c, o in zip(space.candidates, doses, strict=True) if o is not None]
        if allowed(space, picks):
            best = max(worth(space, picks), best if best is not None else -99)
    return best


@given(spaces())
def test_it_is_as_good_as_the_best_of_all_choices(space: Space) -> None:
    picks = choose(space)
    best = brute_force(space)
    if picks is None:
        assert best is None
    else:
        assert allowed(space, picks)
        assert worth(space, picks) == best


@given(spaces())
def test_the_prices_prove_a_bound(space: Space) -> None:
    best = brute_force(space)
    assume(best is not None)
    _, bound = best_prices(space, reached=best)
    assert bound >= best - 1e-6


@given(spaces())
def test_what_is_left_out_beforehand_is_not_needed(space: Space) -> None:
    kept, leaders = narrowed(space)
    assert set(kept.candidates) <= set(space.candidates)
    assert brute_force(kept) == brute_force(space)
    assert all(leader is None or leader < index for index, leader in enumerate(leaders))


@given(spaces(most=4), st.integers(2, 3))
def test_twins_change_nothing(space: Space, times: int) -> None:
    several = msgspec.structs.replace(space, candidates=in_order(c for c in space.candidates for _ in range(times)))
    assume(not any(candidate.required for candidate in several.candidates))
    picks = choose(several)
    assert picks is not None
    assert allowed(several, picks)
    assert worth(several, picks) >= (brute_force(space) or 0)


def test_a_search_that_is_given_up_still_answers() -> None:
    space = Space(
        candidates=in_order(
            Candidate(
                Item(s, s.dose, s.position, (None,)), (Option(1, (40 + 7 * n) * 1000, 20, n % 3),), 3000, (n % 3,), 2,
                spine.load(s),
            )
            for n, s in enumerate(list(CATALOG.stretches.values())[:30])
        ),
        goals=((6, 4, 2, 1),) * 3,
        budget_ms=600_000,
        begins=None,
        change=2,
    )  # fmt: skip
    whole = choose(space)
    picks = choose(msgspec.structs.replace(space, most_steps=3))
    assert picks
    assert allowed(space, picks)
    assert 0 < worth(space, picks) <= worth(space, whole or [])


@pytest.mark.parametrize(
    ("loads", "balanced"),
    [
        (["bend", "bend", "bend"], True),
        (["bend", "bend", "bend", "bend"], False),
        (["bend", "bend", "easy", "bend", "bend"], True),
        (["bend", "bend", "twist", "bend", "bend"], True),
        (["bend", "arch"], True),
        (["bend", "bend", "arch"], False),
        (["bend", "twist", "arch"], False),
        (["twist", "twist", "easy", "arch"], True),
        (["arch", "arch", "bend"], True),
    ],
)
def test_rb10_no_long_run_of_bends_and_no_backbend_right_after_several(loads: list[str], balanced: bool) -> None:
    made = [stretch(n, "supine", "gentle", load, ("hips",)) for n, load in enumerate(loads)]
    row = [
        (Candidate(Item(s, s.dose, s.position, (None,)), (), 0, (), 0, spine.load(s)), Option(1, 0, 0, 0)) for s in made
    ]
    assert is_balanced(row) is balanced


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("standing", "moderate", "twist", "static"), ("supine", "gentle", "arch", "dynamic")),
        (("supine", "gentle", "twist", "static"), ("supine", "moderate", "arch", "dynamic")),
        (("supine", "gentle", "easy", "dynamic"), ("supine", "gentle", "arch", "static")),
        (("supine", "gentle", "arch", "static"), ("supine", "gentle", "bend", "static")),
        (("supine", "gentle", "arch", "static"), ("supine", "gentle", "twist", "static")),
    ],
    ids=["position", "level", "movement", "bend", "twist"],
)
def test_rb5_rb6_and_rb10_who_comes_before_whom_however_good(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    row = []
    for merit, (position, level, load, mode) in enumerate((one, other)):
        made = msgspec.structs.replace(stretch(merit, position, level, load, ("hips",)), mode=mode)
        item = Item(made, made.dose, made.position, (None,))
        row.append(Candidate(item, (Option(1, 60_000, 0, 0),), 0, (), merit, spine.load(made)))
    assert list(in_order(row)) == list(in_order(row[::-1])) == row


def test_movement_through_a_bend_is_a_reset() -> None:
    loads = {name: spine.load(CATALOG.stretches[name]) for name in ("pelvic-tilt", "knee-rolls", "cat-cow")}
    assert set(loads.values()) == {"easy"}
    assert spine.load(CATALOG.stretches["childs-pose"]) == "bend"
    assert spine.load(CATALOG.stretches["supine-spinal-twist"]) == "twist"
    assert spine.load(CATALOG.stretches["prone-press-up"]) == "arch"


def test_a_change_of_position_costs_time_but_not_where_one_is_already() -> None:
    made = [stretch(0, "standing", "gentle", "easy", ("hips",)), stretch(1, "supine", "gentle", "easy", ("hips",))]
    picks = [(Candidate(Item(s, s.dose, s.position, (None,)), (), 4000, (), 0, "easy"), Option(1, 50_000, 0, 0))
             for s in made]  # fmt: skip
    space = Space(candidates=(), goals=(), budget_ms=0, begins="standing")
    assert cost_ms(space, picks) == 104_000
    assert cost_ms(msgspec.structs.replace(space, begins=None), picks) == 108_000


def test_time_that_is_left_goes_to_what_is_held_least_not_to_what_is_repeated_least() -> None:
    longer, shorter = Dose(hold_s=40, reps=2), Dose(hold_s=20, reps=3)
    made = stretch(0, "supine", "gentle", "easy", ("hips",))
    picks = [
        (Candidate(Item(made, dose, made.position, (None,)), (), 0, (), 0, "easy"), Option(dose.reps, 0, held, 0))
        for dose, held in ((longer, 80), (shorter, 60))
    ]
    either = Space(candidates=(), goals=(), budget_ms=40_000 + REST_MS, begins="supine")
    assert [option.reps for _, option in filled(either, picks, Request())] == [2, 4]


def test_of_very_many_the_best_of_every_goal_and_position_are_looked_at() -> None:
    many = [
        Candidate(
            Item(s, s.dose, s.position, (None,)),
            (Option(1, 60_000, 0, 0),),
            0,
            (n % 5,),
            n % 3,
            "easy",
            required=n == 1999,
        )
        for n in range(2000)
        for s in [stretch(n, POSITIONS[n % 8], "gentle", "easy", ("hips",))]
    ]
    kept = shortlist(many)
    assert len(kept) <= MOST
    assert many[1999] in kept
    for place in {(c.item.position, c.goals) for c in many}:
        best = max(c.merit for c in many if (c.item.position, c.goals) == place)
        assert any((c.item.position, c.goals) == place and c.merit == best for c in kept)
    assert shortlist(many[:MOST]) == many[:MOST]
