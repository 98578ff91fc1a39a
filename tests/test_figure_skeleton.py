"""The skeleton: limbs keep their length from one pose to another, and nothing jumps."""

from __future__ import annotations

from itertools import pairwise
from math import dist
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretch.figure.anatomy import LIMBS, SPINE_LENGTH, SPINE_SEGMENTS
from stretch.figure.close_up import PROPORTIONS, close_up_hulls
from stretch.figure.file_format import Arrow, Figure
from stretch.figure.geometry import bearing
from stretch.figure.parts import figure_parts
from stretch.figure.skeleton import Skeleton, skeleton_at

_angle = st.floats(-360, 360)
_limb = st.lists(_angle, min_size=2, max_size=3)
_point = st.lists(st.floats(-60, 60), min_size=2, max_size=2)
_target = st.one_of(
    st.fixed_dictionaries({"to": st.one_of(_point, st.sampled_from(["head", "near_hip~near_knee~0.7", "far_ankle"]))}),
    st.fixed_dictionaries({"to": _point, "bend": st.sampled_from([1, -1])}),
)
_keyframe = st.fixed_dictionaries(
    {
        "spine": st.lists(_angle, min_size=1, max_size=3),
        "head": _angle,
        "near_leg": st.one_of(_limb, st.fixed_dictionaries({"to": _point})),
        "far_leg": _limb,
        "near_arm": st.one_of(_limb, _target),
        "far_arm": st.one_of(_limb, _target),
    }
)
_directed = st.fixed_dictionaries(
    {"spine": st.lists(_angle, min_size=1, max_size=3), "head": _angle}
    | {limb: st.lists(_angle, min_size=3, max_size=3) for limb in ("near_leg", "far_leg", "near_arm", "far_arm")}
)


def _figure(keys: list[dict[str, Any]], view: str = "side") -> Figure:
    return msgspec.convert({"id": "x", "view": view, "props": [{"type": "floor"}], "keys": keys}, Figure)


def _lengths(skeleton: Skeleton) -> list[tuple[str, float, float]]:
    found = [
        (b, dist(skeleton.joints[a], skeleton.joints[b]), length)
        for limb in LIMBS.values()
        for a, b, length in zip(limb.joints, limb.joints[1:], limb.lengths, strict=False)
    ]
    steps = zip(skeleton.spine, skeleton.spine[1:], strict=False)
    return found + [("spine", dist(a, b), SPINE_LENGTH / SPINE_SEGMENTS) for a, b in steps]


@given(st.lists(_keyframe, min_size=1, max_size=3), st.floats(0, 1))
def test_limbs_keep_their_length_between_any_keyframes(keys: list[dict[str, Any]], depth: float) -> None:
    for name, length, true in _lengths(skeleton_at(_figure(keys), depth)):
        assert abs(length - true) < 1e-6, name


@given(st.lists(_directed, min_size=2, max_size=3))
def test_limbs_given_by_directions_move_smoothly(keys: list[dict[str, Any]]) -> None:
    figure = _figure(keys)
    frames = [skeleton_at(figure, step / 100).joints for step in range(101)]
    for before, after in pairwise(frames):
        # Half a turn of a body at full stretch, in 50 steps, moves no joint further than this.
        assert max(dist(before[name], after[name]) for name in before) < 15


def test_depths_0_and_1_are_the_first_and_last_keyframe() -> None:
    figure = _figure([{"near_arm": [0, 0]}, {"near_arm": {"to": [20, 60]}}])
    assert dist(skeleton_at(figure, 1.0).joints["near_wrist"], (20, 60)) < 0.1
    assert abs(skeleton_at(figure, 0.0).directions["near_forearm"]) < 1e-9


def test_a_foot_with_a_target_stays_in_place_while_the_hip_moves() -> None:
    leg = {"to": [20, 2.7], "foot": 0}
    figure = _figure([{"at": [0, 40], "near_leg": leg}, {"at": [10, 30]}])
    for step in range(11):
        assert dist(skeleton_at(figure, step / 10).joints["near_ankle"], (20, 2.7)) < 0.1


def test_a_hand_follows_the_joint_it_is_placed_on() -> None:
    figure = _figure([{"near_leg": [40, 270], "near_arm": {"to": "near_knee"}}, {"near_leg": [80, 250]}])
    for step in range(11):
        joints = skeleton_at(figure, step / 10).joints
        assert dist(joints["near_wrist"], joints["near_knee"]) < 0.1


def test_the_ball_of_a_flat_foot_is_on_the_floor() -> None:
    joints = skeleton_at(_figure([{"at": [0, 40], "near_leg": {"to": [20, 2.7], "foot": 0}}]), 0.0).joints
    assert dist(joints["near_ball"], (26, 0)) < 0.1


def test_a_negative_foreshortening_reverses_the_segment() -> None:
    figure = _figure([{"near_arm": [[-80, 1.0], [-80, 1.0]]}, {"near_arm": [[-80, -1.0], [-80, -1.0]]}], "top")
    before, middle, after = (skeleton_at(figure, depth).joints for depth in (0.0, 0.5, 1.0))
    shoulder = middle["near_shoulder"]
    assert dist(middle["near_wrist"], shoulder) < 1e-6
    assert abs(dist(before["near_wrist"], shoulder) - dist(after["near_wrist"], shoulder)) < 1e-6


def test_the_body_rests_on_the_floor_at_every_depth() -> None:
    lying = {"spine": [180], "head": 180, "near_leg": [0, 0], "far_leg": [0, 0], "near_arm": [0, 0], "far_arm": [0, 0]}
    figure = _figure([lying, {"spine": [150], "near_leg": [60, 40]}])
    for step in range(11):
        parts = figure_parts(figure, skeleton_at(figure, step / 10))
        assert abs(min(y - radius for part in parts for hull in part.hulls for _, y, radius in hull)) < 1


def test_a_spine_turns_the_shorter_way() -> None:
    figure = _figure([{"spine": [170, 160]}, {"spine": [-170, -180]}])
    pelvis = [skeleton_at(figure, step / 10).directions["pelvis"] % 360 for step in range(11)]
    assert pelvis == sorted(pelvis)
    assert (pelvis[0], pelvis[5], pelvis[10]) == (170, 180, 190)


def test_an_elbow_that_changes_its_bend_matches_both_keyframes() -> None:
    first, last = {"to": [12, 50], "bend": 1}, {"to": [12, 50], "bend": -1}
    figure = _figure([{"near_arm": first}, {"near_arm": last}])
    for depth, target in ((0.0, first), (1.0, last)):
        alone = skeleton_at(_figure([{"near_arm": target}]), 0.0).joints["near_elbow"]
        assert dist(skeleton_at(figure, depth).joints["near_elbow"], alone) < 0.1


def test_a_press_arrow_is_drawn_only_while_pressing() -> None:
    figure = msgspec.structs.replace(
        _figure([{}]), arrows=(Arrow(path=((0.0, 0.0), (9.0, 0.0)), press=True), Arrow(path=((0.0, 9.0), (9.0, 9.0))))
    )
    arrows = {
        pressing: sum(
            part.name == "arrow" for part in figure_parts(figure, skeleton_at(figure, 1.0), pressing=pressing)
        )
        for pressing in (False, True)
    }
    assert arrows == {False: 1, True: 2}


@pytest.mark.parametrize("side", ["near", "far"])
def test_the_muscle_of_a_side_is_lit_on_that_side(side: str) -> None:
    figure = msgspec.structs.replace(
        _figure([{"near_leg": [300, 300], "far_leg": [240, 240]}]), muscles=(f"quad.{side}",)
    )
    lit = [part for part in figure_parts(figure, skeleton_at(figure, 1.0)) if part.muscles]
    assert f"{side}_thigh" in [part.name for part in lit]
    assert {hull[-1][0] > 0 for part in lit for hull in part.muscles} == {side == "near"}


@given(st.lists(_angle, min_size=3, max_size=3), st.floats(-1, 1), st.sampled_from(["near_hand", "far_foot"]))
def test_fingers_and_toes_seen_close_keep_their_length(curl: list[float], width: float, name: str) -> None:
    side, _, kind = name.partition("_")
    figure = msgspec.convert({"id": "x", "view": "close", "keys": [{name: {"width": width, "curl": curl}}]}, Figure)
    parts = close_up_hulls(name, skeleton_at(figure, 0.0).pose.close_ups[name])
    digits = [hull for part, hulls in parts if part in (f"{side}_fingers", f"{side}_toes") for hull in hulls]
    length = sum(dist(a[:2], b[:2]) for a, b in digits)
    assert abs(length - sum(map(sum, PROPORTIONS[kind].digits))) < 1e-6


def test_a_hand_keeps_what_the_next_keyframe_leaves_out() -> None:
    keys = [{"near_hand": {"at": [7, 3], "palm": 80}}, {"near_hand": {"palm": 20}}]
    first, last = (skeleton_at(msgspec.convert({"id": "x", "view": "close", "keys": keys}, Figure), t) for t in (0, 1))
    assert first.joints["near_wrist"] == last.joints["near_wrist"] == (7, 3)
    assert round(bearing(last.joints["near_wrist"], last.joints["near_knuckles"])) == 20
