"""Consistency checks of entries, the lint rules, and the rules for shipped content."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import pytest

from content_rules import (
    AREA_MUSCLES,
    check_area_doses,
    check_cue_lengths,
    check_item_doses,
    check_target_muscles,
    check_wording,
    find_counts,
)
from stretch.core.checks import check_area, check_group, check_program, check_sources, check_stretch
from stretch.core.fields import CatalogStruct, Id, Name, ShortText, doc, is_sentence
from stretch.core.model import Area, Cautions, Contract, Dose, Group, Pace, Stretch
from stretch.core.program import Program, ProgramItem
from stretch.figure.file_format import View
from stretch.figure.muscles import muscle_bands
from stretch.storage.catalogs.catalog_lint import missing_cautions, weaker_cautions
from support import CATALOG

HELD = CATALOG.stretches["sphinx"]
SIDED = CATALOG.stretches["calf-straight-knee"]
MOVED = CATALOG.stretches["cat-cow"]
PRESSED = CATALOG.stretches["contract-relax-hamstring"]


def but(stretch: Stretch, **changes: Any) -> Stretch:
    return msgspec.structs.replace(stretch, **changes)


def step(stretch: Stretch, text: str) -> Stretch:
    return but(stretch, steps=(*stretch.steps, text))


def as_text(problems: Any) -> str:
    return "\n".join(f"{'.'.join(map(str, field))}: {problem}" for field, problem in problems)


@pytest.mark.parametrize(
    ("stretch", "text", "problem"),
    [
        (SIDED, "Lean on your left leg.", "left leg', but is read for both sides"),
        (SIDED, "Turn your head to the right.", "says 'to the right', but is read for both sides"),
        (SIDED, "Look left.", "says 'Look left', but"),
        (HELD, "Repeat on the other side.", "but sides: both does it once; write sides: each"),
        (HELD, "Then switch legs.", "says 'switch legs', but sides: both"),
    ],
)
def test_wording_that_contradicts_the_sides(stretch: Stretch, text: str, problem: str) -> None:
    found = as_text(check_wording(step(stretch, text)))
    assert found.startswith(f"steps.{len(stretch.steps)}: ")
    assert problem in found
    assert "\n" not in found


@pytest.mark.parametrize(
    ("stretch", "text"),
    [
        (HELD, "Prop yourself on all fours; one leg at a time."),
        (HELD, "Let the left side and the right side sink alike."),
        (MOVED, "Then repeat on the other side."),
        (SIDED, "Bend the knee to a right angle."),
        (SIDED, "What is left of the pull stays right there."),
    ],
)
def test_wording_that_agrees_with_the_sides(stretch: Stretch, text: str) -> None:
    assert as_text(check_wording(step(stretch, text))) == ""


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Hold for 30 seconds.", "30 seconds"),
        ("Hold 30s.", "30s"),
        ("Hold for twenty-five to thirty seconds.", "thirty seconds"),
        ("Stay for half a minute.", "half a minute"),
        ("Do ten-second holds.", "ten-second"),
        ("Stay for 1 min.", "1 min"),
        ("Inhale for 4 seconds.", "4 seconds"),
        ("Do it twice.", "twice"),
        ("Repeat 4 to 6 times.", "6 times"),
        ("Then three more times.", "three more times"),
        ("Do 10 reps.", "10 reps"),
        ("Flow for five slow breaths.", "five slow breaths"),
        ("Two rounds.", "Two rounds"),
    ],
)
def test_counts_and_seconds_in_a_text_are_noted(text: str, count: str) -> None:
    assert as_text(find_counts(step(HELD, text))) == (
        f"steps.{len(HELD.steps)}: says {count!r}; leave that to the timer, because the dose varies"
    )
    assert as_text(find_counts(but(HELD, ease_off=text))) == ""


@pytest.mark.parametrize(
    "text",
    ["Go twice as slowly, three times a week.", "One leg at a time.", "Stay for one breath.", "Kneel on all fours."],
)
def test_other_numbers_in_a_text_are_not_noted(text: str) -> None:
    assert as_text(find_counts(step(HELD, text))) == ""


@pytest.mark.parametrize("field", ["side_means", "halfway", "feel", "breath", "mistake", "ease_off", "steps", "pace"])
def test_a_placeholder_other_than_side_and_other_is_a_problem(field: str) -> None:
    def with_text(stretch: Stretch, text: str) -> Stretch:
        values: dict[str, object] = {"steps": (text,), "pace": Pace(inhale="in", exhale=text)}
        return but(stretch, **{field: values.get(field, text)})

    stretch = MOVED if field == "pace" else HELD
    two_sided = but(stretch, sides="each", side_means="the leg")
    assert as_text(check_stretch(with_text(two_sided, "Lift your {side} leg, {other} arm."), CATALOG.areas)) == ""
    found = as_text(check_stretch(with_text(two_sided, "Lift your {sid} leg."), CATALOG.areas))
    assert found.startswith(field)
    assert "no placeholder '{sid}'; write {side} or {other}" in found
    assert as_text(check_stretch(with_text(two_sided, "Lift {as in the picture} {} {2}."), CATALOG.areas)) == ""
    assert "{side} is only for a stretch with sides: each" in as_text(
        check_stretch(with_text(stretch, "Lift your {side} leg."), CATALOG.areas)
    )


def test_the_steps_must_name_every_position_they_are_for() -> None:
    standing = but(HELD, position="seated", also=("standing",))
    assert "also: the steps are not for standing" in as_text(check_wording(but(standing, steps=("Sit tall.",))))
    assert "also: the steps are not for seated" in as_text(check_wording(but(standing, steps=("Stand tall.",))))
    for right in ("Sit or stand tall.", "Clasp your hands."):
        assert as_text(check_wording(but(standing, steps=(right,)))) == ""


def test_every_text_read_for_both_sides_is_checked_for_a_side() -> None:
    for field in ("breath", "mistake", "ease_off", "side_means"):
        found = as_text(check_wording(but(SIDED, **{field: "Bend the left knee."})))
        assert found.startswith(f"{field}: says 'left knee'")


def test_sentences_are_known_by_their_type() -> None:
    types = {
        "plain": ShortText,
        "optional": Annotated[ShortText | None, doc("x")],
        "several": tuple[ShortText, ...],
        "named": Annotated[Name, doc("x")],
        "id": Id | None,
        "limited": Annotated[int, doc("x", ge=1)],
    }
    assert [name for name, hint in types.items() if is_sentence(hint)] == ["plain", "optional", "several"]


def test_the_steps_of_a_two_sided_stretch_must_tell_the_sides_apart() -> None:
    assert "do not say which side" in as_text(check_wording(but(SIDED, steps=("Lean in.",))))
    assert as_text(check_wording(but(SIDED, steps=("Lean on the back leg.",)))) == ""
    assert "side_means must say" in as_text(check_stretch(but(SIDED, side_means=None), CATALOG.areas))


@pytest.mark.parametrize(
    ("stretch", "field"),
    [
        (but(MOVED, pace=Pace(inhale="word " * 11, exhale="out")), "pace.inhale"),
        (but(MOVED, pace=Pace(inhale="in", exhale="word " * 11)), "pace.exhale"),
        (but(MOVED, halfway="word " * 21), "halfway"),
        (but(MOVED, breath="word " * 21), "breath"),
        (but(HELD, breath="word " * 21), "breath"),
        (but(HELD, dose=Dose(reps=3, hold_s=5), breath="word " * 17), "breath"),
        (but(SIDED, side_means="word " * 11), "side_means"),
    ],
)
def test_a_cue_too_long_for_its_moment_is_a_problem(stretch: Stretch, field: str) -> None:
    assert as_text(check_cue_lengths(stretch)).startswith(f"{field}: ")
    part = getattr(stretch, field.partition(".")[0])
    shorter = (
        but(stretch, pace=Pace(inhale="word " * 10, exhale="word " * 10))
        if isinstance(part, Pace)
        else but(stretch, **{field: part.removesuffix("word ")})
    )
    assert as_text(check_cue_lengths(shorter)) == ""


@pytest.mark.parametrize(
    ("stretch", "problem"),
    [
        (but(HELD, id="con"), "id: 'con' is a reserved name on Windows"),
        (but(HELD, pace=Pace(inhale="in", exhale="out")), "pace: a static stretch takes no pace"),
        (but(MOVED, pace=None), "pace: a dynamic stretch needs pace"),
        (but(PRESSED, dose=Dose(reps=3, hold_s=20)), "needs contract"),
        (but(HELD, steps=("word " * 71,)), "steps: 71 words are too long to read while getting ready; 70 at most"),
        (
            but(HELD, cautions=Cautions(avoid=("knee",), adapt=("knee",))),
            "cautions: knee is under both avoid and adapt",
        ),
    ],
)
def test_contradicting_fields_of_a_stretch_are_problems(stretch: Stretch, problem: str) -> None:
    assert problem in as_text(check_stretch(stretch, CATALOG.areas))


def test_unknown_areas_and_sources_are_problems() -> None:
    area = Area(id="feet", name="Feet", partners=("calfs",), focus=(("calves", "wings"),), before_sport=("shins",))
    assert as_text(check_area(area, CATALOG.areas, CATALOG.groups)) == (
        "partners.0: there is no area 'calfs'; did you mean calves?\n"
        "focus.0.1: there is no area 'wings'; see `stretch areas`\n"
        "before_sport.0: there is no area 'shins'; see `stretch areas`"
    )
    group = Group(id="below", name="Below", areas=("calves", "toes"))
    assert "areas.1: there is no area 'toes'" in as_text(check_group(group, CATALOG.areas))
    assert as_text(check_sources(("NHS-BACK", "nhs-back", "X"), {"NHS-BACK"})) == (
        "source.1: there is no source 'nhs-back'; write NHS-BACK\n"
        "source.2: there is no source 'X'; add it under sources, or leave it out"
    )


def program(*items: ProgramItem) -> Program:
    return Program(id="mine", name="Mine", about="Mine.", warm_up_min=5, items=items)


def test_program_doses_must_suit_their_stretches() -> None:
    item = ProgramItem
    mine = program(
        item(stretch="sphinx", reps=1),
        item(stretch="cat-cow", reps=1, hold_s=5),
        item(stretch="contract-relax-hamstring", reps=2, hold_s=20),
        item(stretch="broken", reps=2),
        item(stretch="sfinx", reps=2, hold_s=20),
    )
    assert as_text(check_program(mine, {**CATALOG.stretches, "broken": None})) == (
        "items.0: a static stretch needs hold_s\n"
        "items.1: a dynamic stretch takes no hold_s\n"
        "items.2.hold_s: a contract-relax stretch has its own timings; leave hold_s out\n"
        "items.4.stretch: there is no stretch 'sfinx'; did you mean sphinx?"
    )


def test_program_doses_above_the_ceilings_are_noted() -> None:
    mine = program(
        ProgramItem(stretch="standing-hamstring", hold_s=60, reps=2),
        ProgramItem(stretch="seated-hamstring", hold_s=60, reps=2),
    )
    assert as_text(check_area_doses(mine, CATALOG.stretches)) == ""
    more = program(*mine.items, ProgramItem(stretch="supine-hamstring-hold", hold_s=10, reps=1))
    assert "items: 250 s for hamstrings on a side; more than 240" in as_text(check_area_doses(more, CATALOG.stretches))
    assert as_text(check_item_doses(mine, CATALOG.stretches)) == ""
    longer = program(ProgramItem(stretch="standing-hamstring", hold_s=45, reps=3))
    assert as_text(check_item_doses(longer, CATALOG.stretches)).startswith("items.0: 135 s of one stretch on a side")


def test_missing_and_weakened_cautions_are_noted() -> None:
    bare = but(HELD, spine="flexion", level="deep", cautions=Cautions())
    assert as_text(missing_cautions(bare)) == (
        "cautions: a bend forward without disc and osteoporosis; who should leave it out, or take it easier?\n"
        "cautions: deep without hypermobility; who should leave it out, or take it easier?\n"
        "cautions.avoid: prone without pregnancy; nobody pregnant should lie like that here"
    )
    before = but(HELD, cautions=Cautions(avoid=("knee", "hip"), adapt=("neck", "disc")))
    after = but(HELD, cautions=Cautions(avoid=("hip", "disc"), adapt=("knee",)))
    assert as_text(weaker_cautions(after, before)) == "cautions: weaker than in the sphinx it replaces: knee, neck"
    assert as_text(weaker_cautions(before, before)) == ""


@pytest.mark.parametrize(
    ("changes", "what", "tags"),
    [
        ({"spine": "flexion"}, "a bend forward", ("disc", "osteoporosis")),
        ({"spine": "extension"}, "a bend back", ("stenosis",)),
        ({"spine": "rotation"}, "a twist", ("osteoporosis",)),
        ({"position": "kneeling"}, "on the knees", ("knee",)),
        ({"position": "quadruped"}, "on the knees", ("knee",)),
        ({"areas": ("neck",)}, "for the neck", ("neck",)),
        ({"areas": ("shoulders",)}, "for the shoulders", ("shoulder",)),
        ({"areas": ("hamstrings",)}, "for the hamstrings", ("sciatica",)),
        ({"level": "deep"}, "deep", ("hypermobility",)),
        ({"position": "supine"}, "supine", ("pregnancy",)),
        ({"position": "prone"}, "prone", ("pregnancy",)),
    ],
)
def test_each_kind_of_stretch_has_its_expected_cautions(
    changes: dict[str, Any], what: str, tags: tuple[Any, ...]
) -> None:
    def made(areas: tuple[str, ...] = ("calves",), **fields: Any) -> Stretch:
        usual = {"spine": "neutral", "position": "standing", "level": "gentle", "cautions": Cautions()}
        return but(HELD, **usual | fields, areas=msgspec.structs.replace(HELD.areas, primary=areas))

    assert as_text(missing_cautions(made())) == ""
    assert f": {what} without {' and '.join(tags)}; " in as_text(missing_cautions(made(**changes)))
    assert as_text(missing_cautions(made(**changes, cautions=Cautions(avoid=tags)))) == ""


def test_a_figure_must_highlight_a_muscle_of_its_stretch() -> None:
    assert as_text(check_target_muscles(["abs"], HELD)) == ""
    assert as_text(check_target_muscles(["low_back.near", "tail"], HELD)) == ""
    assert "highlights no muscle; one of abs" in as_text(check_target_muscles([], HELD))
    assert "highlights no muscle of calves; one of calf, soleus" in as_text(check_target_muscles(["neck"], SIDED))
    own = but(SIDED, areas=msgspec.structs.replace(SIDED.areas, primary=("tail",)))
    assert as_text(check_target_muscles(["calf"], own)) == ""
    assert set(AREA_MUSCLES) == set(CATALOG.areas)
    known = {muscle for view in View for muscle in muscle_bands(view)}
    assert {muscle for muscles in AREA_MUSCLES.values() for muscle in muscles} <= known


def test_per_side_seconds_are_checked_for_contract_relax() -> None:
    timed = Dose(reps=2, contract=Contract(contract_s=5, release_s=2, hold_s=15, effort_pct=30))
    assert as_text(check_stretch(but(PRESSED, dose=timed, per_side_s=44), CATALOG.areas)) == ""
    assert "the dose adds up to 44, not 45" in as_text(
        check_stretch(but(PRESSED, dose=timed, per_side_s=45), CATALOG.areas)
    )


def test_limits_of_an_optional_field_are_refused_where_they_are_written() -> None:
    def struct(hint: Any) -> Any:
        return msgspec.defstruct("Person", [("contact", hint, None)], bases=(CatalogStruct,))

    assert msgspec.convert({"contact": "anna"}, struct(Annotated[Id | None, doc("an id")])).contact == "anna"
    struct(Annotated[tuple[str, ...], doc("names", min_length=1)])
    for hint in (Annotated[str | None, doc("a name", pattern="x")], Annotated[int | None, doc("a number", ge=0)]):
        with pytest.raises(TypeError, match=r"Person.contact: an optional field takes no limits; .* use `Id \| None`"):
            struct(hint)
