"""The shipped figures show what the steps say and not the mistakes that they name, as computed from the joints."""

from __future__ import annotations

import re
from itertools import pairwise
from math import dist

import pytest

from stretch.figure.anatomy import ANKLE, LIMBS
from stretch.figure.file_format import Chair, View
from stretch.figure.geometry import Point, angle_difference, bearing, lerp_point
from stretch.figure.parts import figure_parts
from stretch.figure.raster import bounds
from stretch.figure.skeleton import Skeleton, skeleton_at
from support import CATALOG, for_each
from test_figure import FIGURES

DEPTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
STRAIGHT = 8.0
"""Degrees up to which a joint or the trunk counts as straight."""


def _pose(name: str, depth: float = 1.0) -> Skeleton:
    return skeleton_at(FIGURES[name], depth)


def _bend(a: Point, joint: Point, b: Point) -> float:
    """Return how far the way from *a* over *joint* to *b* is from straight, in degrees."""
    return abs(angle_difference(bearing(a, joint), bearing(joint, b)))


def _knee_bend(pose: Skeleton, side: str = "near") -> float:
    """Return the bend of the knee in degrees, 0 if it is straight."""
    return angle_difference(pose.directions[f"{side}_shin"], pose.directions[f"{side}_thigh"])


def _trunk_bend(pose: Skeleton) -> float:
    """Return the largest angle between a piece of the spine and the line from hip to neck, in degrees."""
    line = bearing(pose.spine[0], pose.spine[-1])
    return max(abs(angle_difference(line, bearing(a, b))) for a, b in pairwise(pose.spine))


def _chair(name: str) -> Chair:
    return next(prop for prop in FIGURES[name].props if isinstance(prop, Chair))


def test_every_backrest_ends_below_the_shoulders_of_who_sits_there() -> None:
    chairs = [prop for figure in FIGURES.values() for prop in figure.props if isinstance(prop, Chair)]
    assert {chair.back for chair in chairs if chair.back and not 22 <= chair.back <= 27} == set()


def test_the_bridge_has_shoulders_hips_and_knees_in_line_and_no_arched_back() -> None:
    pose = _pose("glute-bridge")
    assert _bend(pose.joints["chest"], pose.joints["hip"], pose.joints["near_knee"]) <= STRAIGHT
    assert _trunk_bend(pose) <= STRAIGHT
    assert abs(pose.joints["near_knee"][0] - pose.joints["near_ankle"][0]) < 2


def test_the_back_extension_over_a_chair_bends_only_above_the_backrest() -> None:
    pose, chair = _pose("chair-back-extension"), _chair("chair-back-extension")
    top = chair.height + chair.back
    below = [point for point in pose.spine if point[1] < top]
    assert all(abs(angle_difference(90, bearing(a, b))) <= STRAIGHT for a, b in pairwise(below[:-1]))
    assert angle_difference(bearing(below[0], below[-1]), pose.directions["chest"]) > 30
    assert top < pose.joints["near_shoulder"][1] - 5
    assert pose.directions["head"] < pose.directions["chest"], "the head drops back"
    assert dist(pose.joints["near_wrist"], pose.joints["chest"]) < 14, "the arms are not crossed over the chest"


@pytest.mark.parametrize("name", ["chair-flat-back", "seated-hamstring"])
@for_each("depth", DEPTHS)
def test_the_back_stays_flat_in_a_bow_from_the_hips(name: str, depth: float) -> None:
    assert _trunk_bend(_pose(name, depth)) <= STRAIGHT


def test_the_head_is_level_with_the_arms_in_the_flat_back_stretch() -> None:
    pose = _pose("chair-flat-back")
    assert abs(pose.joints["head"][1] - pose.joints["near_wrist"][1]) < 5
    assert _knee_bend(pose) > 3


def test_the_forward_fold_ends_with_the_hands_on_the_chair_and_bent_knees() -> None:
    pose, chair = _pose("standing-forward-fold"), _chair("standing-forward-fold")
    x, y = pose.joints["near_wrist"]
    assert abs(x - chair.x) < chair.width / 2
    assert 0 <= y - chair.height < 4
    assert _knee_bend(pose) > 30
    assert pose.joints["head"][1] > pose.joints["near_knee"][1]


def test_the_seated_forward_bend_ends_with_the_hands_on_the_shins_and_the_head_level_with_the_knees() -> None:
    joints = _pose("seated-chair-flexion").joints
    assert joints["near_ankle"][1] + 6 < joints["near_wrist"][1] < joints["near_knee"][1]
    assert abs(joints["near_wrist"][0] - joints["near_knee"][0]) < 5
    assert 0 <= joints["head"][1] - joints["near_knee"][1] < 8


@pytest.mark.parametrize("name", ["supine-hamstring-hold", "supine-hamstring-strap", "contract-relax-hamstring"])
def test_the_raised_leg_is_short_of_upright_with_a_slightly_bent_knee(name: str) -> None:
    pose = _pose(name)
    assert 60 <= bearing(pose.joints["near_hip"], pose.joints["near_ankle"]) <= 75
    assert 3 <= _knee_bend(pose) <= 15


@for_each("depth", DEPTHS)
def test_both_hands_hold_the_raised_thigh_from_the_start_of_the_lying_hamstring_stretch(depth: float) -> None:
    joints = _pose("supine-hamstring-hold", depth).joints
    assert 60 < bearing(joints["near_hip"], joints["near_knee"]) < 95
    for side in ("near", "far"):
        assert dist(joints[f"{side}_wrist"], lerp_point(joints["near_hip"], joints["near_knee"], 0.42)) < 1


def test_the_foot_lies_on_the_seat_behind_in_the_thigh_stretch() -> None:
    joints, chair = _pose("chair-quad").joints, _chair("chair-quad")
    assert abs(joints["near_ankle"][0] - chair.x) < chair.width / 2
    assert 0 < joints["near_ankle"][1] - ANKLE - chair.height < 2


@for_each("depth", DEPTHS)
def test_the_thigh_stays_upright_and_the_other_foot_flat_in_the_90_90_stretch(depth: float) -> None:
    pose = _pose("hamstring-90-90", depth)
    assert pose.directions["near_thigh"] == pytest.approx(90)
    assert _knee_bend(pose, "far") > 60
    assert pose.directions["far_foot"] == pytest.approx(0)


def test_the_eyes_look_at_the_floor_just_ahead_in_the_cow_pose() -> None:
    assert _pose("cat-cow", 0.0).directions["head"] <= 30


def test_the_arms_reach_straight_forward_at_chest_height_in_the_upper_back_stretch() -> None:
    pose = _pose("upper-back-hug")
    joints = pose.joints
    assert dist(joints["near_shoulder"], joints["near_wrist"]) > 0.95 * sum(LIMBS["near_arm"].lengths[:2])
    assert joints["waist"][1] + 5 < joints["near_wrist"][1] <= joints["chest"][1]
    assert _bend(pose.spine[0], pose.spine[3], pose.spine[5]) <= STRAIGHT, "the low back slumps"


def test_the_heel_comes_to_the_buttock_behind_in_the_side_lying_quad_stretch() -> None:
    pose = _pose("side-lying-quad")
    hip, ankle, wrist = (pose.joints[name] for name in ("near_hip", "near_ankle", "near_wrist"))
    assert dist(hip, ankle) < 15
    assert ankle[1] < hip[1], "the body faces up in this picture, so that behind is down"
    assert dist(ankle, wrist) < 2
    assert _trunk_bend(pose) <= STRAIGHT


@for_each("depth", DEPTHS)
def test_the_front_knee_stays_over_the_foot_in_the_half_kneeling_lunge(depth: float) -> None:
    pose = _pose("half-kneeling-hip-flexor", depth)
    assert pose.joints["far_knee"][0] <= pose.joints["far_toe"][0]
    assert _trunk_bend(pose) <= STRAIGHT


def test_the_two_calf_stretches_differ_in_the_knee() -> None:
    assert _knee_bend(_pose("calf-straight-knee")) < 15
    assert _knee_bend(_pose("calf-bent-knee")) > 40


def test_the_standing_pelvic_tilt_presses_the_low_back_to_the_wall_with_soft_knees() -> None:
    start, end = _pose("standing-pelvic-tilt", 0.0), _pose("standing-pelvic-tilt")
    assert start.spine[3][0] - end.spine[3][0] > 2, "the low back does not move to the wall"
    assert _trunk_bend(end) <= STRAIGHT
    assert 5 < _knee_bend(end) < 40
    assert end.joints["near_ankle"] == start.joints["near_ankle"]


def test_the_twist_starts_with_bent_knees_and_the_feet_down() -> None:
    pose = _pose("supine-spinal-twist", 0.0)
    for side in ("near", "far"):
        assert pose.joints[f"{side}_knee"][1] > pose.joints["hip"][1] + 5, (
            "seen from above, a knee that is up is higher"
        )
        assert pose.joints[f"{side}_ankle"][1] < pose.joints["hip"][1]


BACK_IS_STRAIGHT = (
    "calf-straight-knee",
    "half-kneeling-hip-flexor",
    "standing-hip-flexor",
    "standing-quad",
    "seated-hamstring",
    "standing-hamstring",
    "side-lying-quad",
    "supine-hamstring-hold",
    "supine-hamstring-strap",
    "contract-relax-hamstring",
    "cross-body-shoulder",
    "doorway-chest",
    "levator-scapulae",
    "neck-side-bend",
    "neck-rotation",
    "overhead-reach",
    "butterfly",
)
"""Stretches whose mistake is an arched, twisted or rounded back, or that need a still one."""


@for_each("depth", DEPTHS)
@for_each("name", BACK_IS_STRAIGHT)
def test_the_back_is_neither_arched_nor_rounded_where_that_is_the_mistake(name: str, depth: float) -> None:
    assert _trunk_bend(_pose(name, depth)) <= STRAIGHT


@pytest.mark.parametrize(
    "name", ["supine-figure-four", "single-knee-to-chest", "supine-hamstring-hold", "hamstring-90-90"]
)
def test_head_and_shoulders_stay_on_the_floor(name: str) -> None:
    start, end = _pose(name, 0.0), _pose(name)
    for joint in ("head", "chest"):
        assert dist(start.joints[joint], end.joints[joint]) < 5


def test_in_the_seated_cat_cow_the_pelvis_tips_forward_as_the_chest_lifts() -> None:
    stretch = CATALOG.stretches["seated-cat-cow"]
    move = next(move for move in CATALOG.warm_up.seated if move.name == stretch.name)
    for name in (stretch.id, move.id):
        lifted, rounded = (_pose(name, depth).directions for depth in (0.0, 1.0))
        assert lifted["pelvis"] < 90 < lifted["chest"]
        assert rounded["chest"] < 90 < rounded["pelvis"]
    assert stretch.pace
    for text in (move.text, stretch.pace.inhale, stretch.pace.exhale, *stretch.steps[1:]):
        for words in re.findall(r"(?i)\b(?:tip|roll)\b[^,.]*", text):
            assert ("forward" in words, "back" in words) == ("lift" in words, "round" in words), text


def test_who_lies_on_the_back_keeps_the_head_down_and_the_neck_long() -> None:
    lying = [name for name, stretch in CATALOG.stretches.items() if stretch.position == "supine"]
    for name in (name for name in lying if FIGURES[name].view is View.SIDE):
        for depth in DEPTHS:
            pose = _pose(name, depth)
            head = [part for part in figure_parts(FIGURES[name], pose) if part.name == "head"]
            assert bounds(head)[1] < 3, (name, depth)
            assert abs(angle_difference(pose.directions["head"], pose.directions["neck"])) < 12, (name, depth)


@pytest.mark.parametrize("name", ["supine-hamstring-hold", "supine-hamstring-strap", "contract-relax-hamstring"])
def test_the_hips_stay_on_the_floor(name: str) -> None:
    assert abs(_pose(name).joints["hip"][1] - _pose(name, 0.0).joints["hip"][1]) < 1


@pytest.mark.parametrize("name", ["calf-straight-knee", "calf-bent-knee"])
@for_each("depth", DEPTHS)
def test_the_back_heel_stays_down(name: str, depth: float) -> None:
    pose = _pose(name, depth)
    assert pose.joints["near_ankle"][1] == pytest.approx(_pose(name, 0.0).joints["near_ankle"][1], abs=0.3)
    assert abs(pose.directions["near_foot"]) < 3


@pytest.mark.parametrize("name", ["seated-figure-four", "seated-spinal-twist", "seated-side-bend"])
def test_the_sitting_bones_stay_on_the_seat(name: str) -> None:
    assert _pose(name).joints["hip"] == pytest.approx(_pose(name, 0.0).joints["hip"])


def test_the_knees_stay_together_in_the_open_book() -> None:
    joints = _pose("open-book").joints
    assert dist(joints["near_knee"], joints["far_knee"]) < 8
    assert joints["near_knee"] == pytest.approx(_pose("open-book", 0.0).joints["near_knee"], abs=1)


def test_the_hips_stay_above_the_knees_in_thread_the_needle() -> None:
    joints = _pose("thread-the-needle").joints
    assert abs(joints["near_hip"][0] - joints["near_knee"][0]) < 3


def test_the_standing_thigh_stays_beside_the_other_in_the_standing_quad_stretch() -> None:
    assert abs(_pose("standing-quad").directions["near_thigh"] - 270) < 10, "the knee swings forward or back"


@pytest.mark.parametrize("name", ["prone-press-up", "sphinx"])
def test_the_hips_stay_down_in_a_back_bend_on_the_front(name: str) -> None:
    pose = _pose(name)
    assert pose.joints["hip"][1] < 9
    assert angle_difference(pose.directions["pelvis"], pose.directions["head"]) < 100


@for_each("depth", DEPTHS)
def test_the_chin_stays_level_in_a_turn_of_the_head(depth: float) -> None:
    assert _pose("neck-rotation", depth).directions["head"] == pytest.approx(90, abs=2)
    assert _pose("neck-rotation", depth).pose.nod == 0


@for_each("depth", DEPTHS)
def test_the_trunk_sinks_straight_down_in_the_bent_knee_calf_stretch(depth: float) -> None:
    assert (
        75
        <= bearing(_pose("calf-bent-knee", depth).joints["hip"], _pose("calf-bent-knee", depth).joints["chest"])
        <= 95
    )


@pytest.mark.parametrize("name", ["childs-pose-side-reach", "pelvic-tilt"])
def test_the_hips_stay_where_they_are(name: str) -> None:
    assert dist(_pose(name).joints["hip"], _pose(name, 0.0).joints["hip"]) < 2


def test_the_knees_stay_straight_in_the_standing_back_bend() -> None:
    assert _knee_bend(_pose("standing-back-bend")) < 12


@for_each("depth", DEPTHS)
def test_the_toes_are_tucked_under_the_heel_in_the_kneeling_sole_stretch(depth: float) -> None:
    joints = _pose("toe-sit", depth).joints
    assert joints["near_toe"][0] > joints["near_ankle"][0] + 2
    assert joints["near_toe"][1] < joints["near_ankle"][1] - 5


def test_the_contracting_leg_has_an_arrow_only_while_it_presses() -> None:
    figure = FIGURES["contract-relax-hamstring"]
    names = [[part.name for part in figure_parts(figure, _pose(figure.id), pressing=press)] for press in (True, False)]
    assert [found.count("arrow") for found in names] == [1, 0]


def test_the_arrow_to_the_wall_is_at_the_height_of_the_knee() -> None:
    (arrow,) = FIGURES["knee-to-wall"].arrows
    knee = _pose("knee-to-wall", 0.5).joints["near_knee"][1]
    assert all(not isinstance(point, str) and abs(point[1] - knee) < 8 for point in arrow.path)
