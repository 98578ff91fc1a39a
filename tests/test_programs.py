"""Routines for programs: stretches, doses, adaptations and errors."""

from __future__ import annotations

from math import ceil
from typing import Any

import pytest

from stretch.core.errors import UsageError
from stretch.core.planning.limits import spinal_load
from stretch.core.planning.programs import build_program
from stretch.core.routine import Request, Routine
from stretch.core.timing.timeline import build_timeline
from support import CATALOG

# Catalog section 11: stretch, hold or None for breaths, repetitions or breaths.
CORRECTED: dict[str, list[tuple[str, int | None, int]]] = {
    "relax-basics": [
        ("chair-flat-back", 30, 2), ("shoulder-rolls", None, 10), ("neck-rotation", 15, 1),
        ("chair-back-extension", 5, 3), ("glute-bridge", None, 8),
    ],
    "classic-five": [
        ("childs-pose", 15, 4), ("single-knee-to-chest", 15, 4), ("supine-figure-four", 15, 4),
        ("supine-spinal-twist", 15, 4), ("pelvic-tilt", None, 10),
    ],
    "six-for-relief": [
        ("chair-flat-back", 30, 2), ("half-kneeling-hip-flexor", 30, 1), ("side-lying-quad", 30, 1),
        ("single-knee-to-chest", 30, 1), ("supine-hamstring-hold", 30, 1), ("supine-spinal-twist", 20, 1),
        ("pelvic-tilt", None, 6),
    ],
    "easy-five": [
        ("chair-flat-back", 20, 3), ("half-kneeling-hip-flexor", 20, 3), ("cat-cow", None, 8),
        ("happy-baby", 20, 3), ("supine-spinal-twist", 20, 3), ("pelvic-tilt", None, 6),
    ],
    "hips-and-hams": [
        ("neck-side-bend", 20, 2), ("seated-figure-four", 20, 3), ("hamstring-90-90", None, 6),
        ("supine-hamstring-strap", 20, 3), ("supine-figure-four", 20, 3), ("knee-to-opposite-shoulder", 20, 3),
    ],
    "desk-reset": [
        ("shoulder-rolls", None, 6), ("seated-cat-cow", None, 6), ("neck-side-bend", 20, 1),
        ("seated-chest-opener", 15, 2), ("seated-spinal-twist", 15, 1), ("seated-figure-four", 30, 1),
    ],
    "desk-two-minutes": [
        ("blade-squeeze", None, 3), ("finger-spread", None, 2), ("seated-chest-opener", 15, 1), ("prayer", 15, 1),
    ],
    "between-meetings": [
        ("overhead-reach", None, 4), ("blade-squeeze", None, 4), ("standing-hip-flexor", 20, 1),
        ("calf-straight-knee", 20, 1),
    ],
    "hands-and-wrists": [
        ("finger-spread", None, 5), ("tendon-glides", None, 4), ("forearm-rotation", None, 4),
        ("wrist-extensor", 20, 1), ("wrist-flexor", 20, 1), ("prayer", 20, 1), ("thumb-stretch", 15, 1),
    ],
    "morning-gentle": [
        ("overhead-reach", None, 6), ("standing-back-bend", None, 5), ("calf-straight-knee", 30, 1),
        ("standing-hip-flexor", 30, 1), ("pelvic-tilt", None, 10), ("knee-rolls", None, 8), ("glute-bridge", None, 8),
    ],
    "wind-down": [
        ("knee-rolls", None, 8), ("single-knee-to-chest", 30, 2), ("supine-figure-four", 30, 2),
        ("supine-hamstring-strap", 30, 2), ("supine-spinal-twist", 20, 2), ("pelvic-tilt", None, 6),
    ],
    "whole-body": [
        ("doorway-chest", 30, 2), ("calf-straight-knee", 30, 2), ("standing-quad", 30, 2), ("chair-flat-back", 30, 2),
        ("half-kneeling-hip-flexor", 30, 2), ("cat-cow", None, 8), ("open-book", None, 6),
        ("supine-figure-four", 30, 2), ("supine-hamstring-strap", 30, 2),
    ],
}  # fmt: skip

# The articles' own order and dose; at the lower end where an article gives a range, with the unsafe parts replaced.
AS_WRITTEN = {
    "relax-basics": [
        ("chair-flat-back", 30, 2), ("glute-bridge", None, 8), ("chair-back-extension", 5, 2),
        ("shoulder-rolls", None, 10), ("neck-rotation", 15, 2),
    ],
    "classic-five": [
        ("single-knee-to-chest", 15, 4), ("childs-pose", 15, 4), ("supine-figure-four", 15, 4),
        ("supine-spinal-twist", 15, 4), ("pelvic-tilt", None, 10),
    ],
    "six-for-relief": [
        ("chair-flat-back", 60, 1), ("half-kneeling-hip-flexor", 30, 1), ("supine-spinal-twist", 20, 1),
        ("single-knee-to-chest", 30, 1), ("side-lying-quad", 30, 1), ("supine-hamstring-hold", 30, 1),
    ],
    "easy-five": [
        ("cat-cow", None, 8), ("supine-spinal-twist", 20, 2), ("half-kneeling-hip-flexor", 20, 2),
        ("chair-flat-back", 20, 2), ("happy-baby", 20, 2),
    ],
    "hips-and-hams": [
        ("hamstring-90-90", None, 5), ("seated-figure-four", 30, 5), ("knee-to-opposite-shoulder", 20, 5),
        ("supine-figure-four", 20, 5), ("neck-side-bend", 20, 2),
    ],
}  # fmt: skip


def program(name: str, *, as_written: bool = False, **request: Any) -> Routine:
    return build_program(CATALOG, name, Request(**request), as_written=as_written)


def doses(made: Routine) -> list[tuple[str, int | None, int]]:
    return [(item.stretch.id, item.dose.hold_s, item.dose.reps) for item in made.items]


@pytest.mark.parametrize("name", CORRECTED)
def test_programs_have_the_stretches_and_doses_of_the_catalog(name: str) -> None:
    assert doses(program(name)) == CORRECTED[name]


@pytest.mark.parametrize("name", AS_WRITTEN)
def test_as_written_has_the_order_and_dose_of_the_article(name: str) -> None:
    assert doses(program(name, as_written=True)) == AS_WRITTEN[name]


def test_all_programs_are_in_these_tables() -> None:
    assert set(CATALOG.programs) == set(CORRECTED)
    assert {name for name, entry in CATALOG.programs.items() if entry.as_written} == set(AS_WRITTEN)


@pytest.mark.parametrize("name", CORRECTED)
def test_no_program_ends_on_a_bend_or_a_twist(name: str) -> None:
    assert spinal_load(program(name).items[-1].stretch) == "neutral"


@pytest.mark.parametrize("name", CORRECTED)
def test_every_program_warms_up_and_settles(name: str) -> None:
    timeline = build_timeline(program(name))
    # A break of two minutes has no time for it.
    assert (timeline.phases[-1].kind == "settle") == (name != "desk-two-minutes")
    first = timeline.phases[0]
    # The breaks for a desk open with movement of their own.
    own = name in {"desk-reset", "desk-two-minutes", "between-meetings", "hands-and-wrists"}
    assert first.kind == "warm-up" or (own and first.item and first.item.stretch.mode == "dynamic")


@pytest.mark.parametrize(
    ("name", "minutes"), [("desk-two-minutes", 2), ("between-meetings", 4), ("hands-and-wrists", 6)]
)
def test_a_desk_break_takes_no_longer_than_it_says(name: str, minutes: int) -> None:
    assert (minutes - 0.5) * 60_000 < build_timeline(program(name)).length_ms <= minutes * 60_000


def test_cautions_apply_to_programs() -> None:
    made = program("easy-five", avoid=("disc",))
    assert "happy-baby" not in [item.stretch.id for item in made.items]
    assert [(left.stretch, left.reason) for left in made.left_out] == [("happy-baby", "cautions: disc")]
    halved = {item.stretch.id: item.dose for item in made.items}
    assert (halved["chair-flat-back"].hold_s, halved["chair-flat-back"].reps) == (10, 1)


def test_t1_half_doses_apply_to_programs() -> None:
    halved = [(name, hold and ceil(hold / 2), ceil(reps / 2)) for name, hold, reps in CORRECTED["easy-five"]]
    assert doses(program("easy-five", half_dose=True)) == halved


@pytest.mark.parametrize(("avoid", "seconds"), [((), 5), (("balance",), 15)])
def test_d18_extra_transition_time_applies_to_programs(avoid: tuple[str, ...], seconds: int) -> None:
    phases = build_timeline(program("desk-reset", avoid=avoid)).phases
    changes = [phase for phase in phases if phase.kind in ("rest", "switch")]
    assert {phase.length_ms for phase in changes} == {seconds * 1000}


def test_a_program_says_what_is_left_out_and_why() -> None:
    made = program("classic-five", avoid=("osteoporosis",), exclude=("pelvic-tilt",))
    assert {"childs-pose", "pelvic-tilt"} < {left.stretch for left in made.left_out}
    missing = [note for note in made.notes if note.startswith("Not in this routine")]
    assert missing == [
        "Not in this routine: Child's pose; Knee hug, one leg; Lying twist (because of osteoporosis).",
        "Not in this routine: Lying pelvic tilt (you left it out).",
    ]


def test_a_level_excludes_deeper_stretches_of_a_program() -> None:
    made = program("easy-five", level="gentle")
    assert [item.stretch.id for item in made.items] == ["chair-flat-back", "cat-cow", "pelvic-tilt"]
    assert {left.reason for left in made.left_out} == {"level: moderate"}


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("easyfive", {}, "easy-five"),
        ("nothing-like-it", {}, "stretch programs"),
        ("wind-down", {"as_written": True}, "--as-written"),
        ("wind-down", {"positions": ("standing",)}, "No stretch of the program"),
        ("wind-down", {"exclude": ("knee-roll",)}, "knee-rolls"),
    ],
)
def test_impossible_requests_for_a_program_are_usage_errors(name: str, options: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError) as raised:
        program(name, **options)
    assert words in str(raised.value)


def test_program_notes_name_adaptations_and_ignored_options() -> None:
    asked = Request(avoid=("disc",), half_dose=True, before_sport=True)
    notes = " ".join(build_program(CATALOG, "easy-five", asked).notes)
    for words in ("Half the dose", "easier because of disc", "--before-sport does not"):
        assert words in notes
    assert build_program(CATALOG, "easy-five", Request()).notes == ()
