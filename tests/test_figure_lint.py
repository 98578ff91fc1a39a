"""Each kind of problem in a figure is reported with its field and with what would be right."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from figure_rules import figure_problems
from stretch.core.checks import FieldPath
from stretch.figure.file_format import Figure
from stretch.figure.skeleton import skeleton_at

STANDING: dict[str, Any] = {"anchor": "near_ankle", "at": [0, None], "spine": [90], "head": 90}


def _lint(*keys: dict[str, Any], **fields: Any) -> list[tuple[str, str]]:
    whole = {"id": "x", "props": [{"type": "floor"}], "keys": [{**STANDING, **keys[0]}, *keys[1:]], **fields}
    return [(_joined(field), problem) for field, problem in figure_problems(msgspec.convert(whole, Figure))]


def _joined(field: FieldPath) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in field).removeprefix(".")


def _has(problems: list[tuple[str, str]], field: str, words: str) -> bool:
    return any(field == where and words in message for where, message in problems)


def test_a_correct_figure_has_no_problems() -> None:
    assert _lint({}, {"spine": [60]}) == []


@pytest.mark.parametrize(
    ("key", "field", "words"),
    [
        ({"anchor": "near_ankel"}, "keys[0].anchor", "did you mean near_ankle"),
        ({"near_arm": {"to": "knee"}}, "keys[0].near_arm", "no joint called 'knee'"),
        ({"near_arm": {"to": "near_hip~near_knee~half"}}, "keys[0].near_arm", "joint~joint~0.5"),
        ({"near_arm": {"to": "near_hip~near_knee~1-"}}, "keys[0].near_arm", "joint~joint~0.5"),
        ({"near_leg": {"to": [0, 2.7]}}, "keys[0].anchor", "a limb that reaches"),
        ({"near_arm": {"to": "far_hand"}, "far_arm": {"to": "near_hand"}}, "keys[0].near_arm", "reaches for this one"),
    ],
)
def test_unknown_names_in_a_keyframe(key: dict[str, Any], field: str, words: str) -> None:
    assert _has(_lint(key), field, words)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("target", ["hamstrings"], "did you mean hamstring"),
        ("target", ["quad.left"], "write quad.near or quad.far"),
        ("order", "body head near_lag", "did you mean near_leg"),
        ("straps", [["near_hand", "near_toes"]], "did you mean near_toe"),
        ("arrows", [{}], "either an arc or a path"),
        ("view", "close", "a close view is one of far_foot, far_hand, near_foot or near_hand"),
        ("keys", [{"near_hand": {"at": [0, 0]}}], "which no other view has"),
    ],
)
def test_unknown_names_in_a_figure(field: str, value: Any, words: str) -> None:
    problems = _lint({}, **{field: value})
    assert problems
    assert problems[0][0].startswith("view" if field == "keys" else field)
    assert words in problems[0][1]


@pytest.mark.parametrize(
    ("key", "limb", "joint"),
    [
        ({"near_leg": [270, 300]}, "near_leg", "knee"),
        ({"near_arm": [270, 200]}, "near_arm", "elbow"),
        ({"far_leg": [200, 200]}, "far_leg", "hip"),
        ({"far_arm": [150, 150]}, "far_arm", "shoulder"),
        ({"near_leg": [270, 270, 90]}, "near_leg", "ankle"),
        ({"head": 190}, "head", "neck"),
    ],
)
def test_impossible_joint_angles(key: dict[str, Any], limb: str, joint: str) -> None:
    assert _has(_lint(key), f"keys[0].{limb}", f"bends the {joint}")


def test_a_foreshortened_limb_may_look_bent_the_wrong_way() -> None:
    assert _lint({"near_arm": [[270, 0.8], [200, 0.8]]}) == []


def test_parts_below_the_floor() -> None:
    assert _has(_lint({"at": [0, -3]}), "keys[0].near_leg", "below the floor")


def test_a_target_farther_than_the_arm_is_long() -> None:
    assert _has(_lint({"near_arm": {"to": [60, 60]}}), "keys[0].near_arm", "but the arm is 32.0 long")


def test_a_head_cut_off_by_the_close_up() -> None:
    assert _has(_lint({}, frame=[-20, 0, 20, 90]), "frame", "outside the picture")


def test_a_close_up_may_leave_the_head_out() -> None:
    assert _lint({}, frame=[-20, 0, 20, 30]) == []


def test_the_anchor_may_not_change() -> None:
    assert _has(_lint({}, {"anchor": "hip"}), "keys[1].anchor", "name it in the first one only")


def test_a_null_height_must_be_null_in_every_keyframe() -> None:
    assert _has(_lint({}, {"at": [0, 3]}), "keys[1].at", "one or the other")


def test_a_null_height_needs_a_floor() -> None:
    assert _has(_lint({}, props=[]), "keys[0].at", "no floor")


@pytest.mark.parametrize("spine", [[[90, 900]], [1e308, -1e308]])
def test_a_figure_with_numbers_that_are_too_large_is_not_drawn(spine: list[Any]) -> None:
    assert _has(_lint({"spine": spine}), "keys", "too large")


def test_unknown_keys_are_errors() -> None:
    # YAML reads a key `off` as False; a struct must not swallow it.
    with pytest.raises(msgspec.ValidationError):
        _lint({"near_arm": {"to": [0, 0], False: 1}})
    with pytest.raises(msgspec.ValidationError, match="elbow"):
        _lint({"elbow": 3})


@pytest.mark.parametrize(("distance", "within_reach"), [(31.0, True), (36.0, False)])
def test_targets_up_to_the_length_of_the_arm_are_within_reach(distance: float, within_reach: bool) -> None:
    # Upper arm and forearm are 32 long together; the rest allows for the place of the shoulder.
    shoulder = skeleton_at(msgspec.convert({"id": "x", "keys": [{"spine": [90], "head": 90}]}, Figure), 0.0).joints
    x, y = shoulder["near_shoulder"]
    key = {"anchor": "hip", "at": [0, 0], "near_arm": {"to": [x + distance, y]}}
    problems = _lint(key, props=[])
    assert _has(problems, "keys[0].near_arm", "reaches for a place") is not within_reach


def test_a_paint_order_without_a_part_of_the_figure() -> None:
    assert _has(_lint({}, order="strap"), "keys", "cannot be drawn; start from a shipped figure")
