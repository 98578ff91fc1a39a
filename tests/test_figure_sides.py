"""Left and right: the limb that a side names is the person's own, as in a mirror, and the head stays in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import dist

import pytest

from stretch.core.vocabulary import Side
from stretch.figure.colors import ColorRole
from stretch.figure.file_format import Figure, View, turned_to
from stretch.figure.geometry import Point, angle_difference, bearing
from stretch.figure.parts import figure_parts
from stretch.figure.raster import bounding_box, bounds, rasterize
from stretch.figure.skeleton import skeleton_at
from support import CATALOG, for_each
from test_figure import FIGURES

Joints = Mapping[str, Point]

TWO_SIDED = sorted(name for name, stretch in CATALOG.stretches.items() if stretch.both_sides)
ONE_WAY = [name for name, stretch in CATALOG.stretches.items() if not stretch.both_sides]
"""Stretches for both sides at once."""
IN_PROFILE = [name for name in TWO_SIDED if FIGURES[name].view is View.SIDE]
TURNING = ("thread-the-needle", "seated-spinal-twist")
"""Hips in profile, with a chest that turns to the viewer or away."""
CLOSE = [name for name in TWO_SIDED if FIGURES[name].view is View.CLOSE]
FACING = [name for name in TWO_SIDED if name not in (*IN_PROFILE, *TURNING, *CLOSE)]
CLOSE_IN_PROFILE = ["ankle-circles", "step-heel-drop", "toes-up-wall", "top-of-foot", "wrist-extensor", "wrist-flexor"]
CLOSE_FACING = ["fingers-back", "sole-stretch", "thumb-stretch"]
SYMMETRICAL = [
    *(name for name, stretch in CATALOG.stretches.items() if not stretch.both_sides),
    *("cross-body-shoulder", "knee-to-opposite-shoulder", "levator-scapulae", "neck-rotation", "seated-figure-four"),
    *("side-lunge", "supine-figure-four", "supine-spinal-twist"),
]
"""Stretches that begin with both sides alike; those of one side do not end so, and neither does `knee-rolls`."""
both_sides = for_each("side", ["left", "right"])


def _turned(name: str, side: Side) -> tuple[Figure, int, int]:
    return turned_to(FIGURES[name], left=side == "left")


def _on_screen(name: str, side: Side, depth: float = 1.0) -> dict[str, Point]:
    """Return the joints of the figure drawn for *side*, x to the right and y up."""
    figure, x_factor, y_factor = _turned(name, side)
    return {joint: (x * x_factor, y * y_factor) for joint, (x, y) in skeleton_at(figure, depth).joints.items()}


def _is_left_of_trunk(joints: Joints, place: Point) -> bool:
    """Return whether *place* is at the left of the line from hip to chest: the person's left, as in a mirror."""
    (x0, y0), (x1, y1) = joints["hip"], joints["chest"]
    return (x1 - x0) * (place[1] - y0) - (y1 - y0) * (place[0] - x0) > 0


def _named(name: str, side: Side) -> str:
    """Return which limbs of the drawn figure, near or far, are on the person's *side*."""
    figure, x_factor, y_factor = _turned(name, side)
    if figure.view is View.SIDE:
        # Who faces right, or faces up with the head left, shows the right side; turned over, the left one.
        shown = "right" if x_factor * y_factor == 1 else "left"
        return "near" if side == shown else "far"
    if figure.view is View.CLOSE:
        return "near"
    joints = _on_screen(name, side, 0.0)
    return "near" if _is_left_of_trunk(joints, joints["near_shoulder"]) == (side == "left") else "far"


@for_each("name", [name for name in SYMMETRICAL if FIGURES[name].view in (View.FRONT, View.TOP)])
def test_from_the_front_both_sides_of_the_body_begin_alike(name: str) -> None:
    one_way = CATALOG.stretches[name].both_sides or name == "knee-rolls"
    for depth in (0.0,) if one_way else (0.0, 0.5, 1.0):
        joints = skeleton_at(FIGURES[name], depth).joints
        axis = 2 * joints["hip"][0]
        for joint, place in joints.items():
            # The ball of the foot is always drawn below the foot.
            if not joint.startswith("far") and not joint.endswith("ball"):
                x, y = joints[joint.replace("near", "far")]
                assert dist(place, (axis - x, y)) < 1.5, (joint, depth)


@for_each("name", [name for name in FIGURES if FIGURES[name].view is View.SIDE])
def test_in_profile_hands_that_begin_side_by_side_point_the_same_way(name: str) -> None:
    skeleton = skeleton_at(FIGURES[name], 0.0)
    hands = (skeleton.directions["near_hand"], skeleton.directions["far_hand"])
    # In the hug the arms are crossed.
    if dist(skeleton.joints["near_wrist"], skeleton.joints["far_wrist"]) < 8 and name != "upper-back-hug":
        assert abs(angle_difference(*hands)) <= 10


def test_in_profile_both_arms_and_both_legs_of_a_stretch_for_both_sides_move_alike() -> None:
    for name in ONE_WAY:
        for depth in (0.0, 0.5, 1.0) if FIGURES[name].view is View.SIDE else ():
            directions = skeleton_at(FIGURES[name], depth).directions
            for limb, angle in directions.items():
                if limb.startswith("near"):
                    apart = abs(angle_difference(angle, directions[limb.replace("near", "far")]))
                    assert apart <= (10 if limb.endswith(("thigh", "shin", "foot")) else 20), (name, limb, depth)


def test_a_move_of_one_side_after_the_other_ends_as_the_mirror_image_of_its_start() -> None:
    alternating = []
    for move in (*CATALOG.warm_up.standing, *CATALOG.warm_up.seated):
        start, end = (skeleton_at(FIGURES[move.id], depth).directions for depth in (0.0, 1.0))
        pairs = [(name, name.replace("near", "far")) for name in start if name.startswith("near")]
        if FIGURES[move.id].view is View.SIDE and any(abs(start[near] - start[far]) > 5 for near, far in pairs):
            alternating.append(move.id)
            for near, far in pairs:
                assert abs(angle_difference(start[near], end[far])) < 1, (move.id, near)
                assert abs(angle_difference(start[far], end[near])) < 1, (move.id, far)
    assert "walk-on-the-spot" in alternating


def test_a_stretch_for_both_sides_that_faces_the_viewer_is_in_the_middle_and_lights_both_sides() -> None:
    # One foot stands for both in the one, and the other goes to one side after the other.
    for name in set(ONE_WAY) - {"toe-lifts", "knee-rolls"}:
        figure = FIGURES[name]
        left, _, right, _ = bounding_box(figure)
        lit = [{muscle for muscle in figure.muscles if muscle.endswith(side)} for side in (".near", ".far")]
        if figure.view is not View.SIDE:
            assert abs(left + right) < 1, name
            assert {muscle.replace("near", "far") for muscle in lit[0]} == lit[1], name


@both_sides
@for_each("name", IN_PROFILE)
def test_in_profile_the_lit_muscle_is_on_the_named_side(name: str, side: Side) -> None:
    figure, *_ = _turned(name, side)
    assert {muscle.partition(".")[2] or "near" for muscle in figure.muscles} == {_named(name, side)}


@both_sides
@for_each("name", FACING)
def test_as_in_a_mirror_the_working_side_is_at_its_own_side_of_the_screen(name: str, side: Side) -> None:
    joints = _on_screen(name, side, 0.0)
    assert _is_left_of_trunk(joints, joints["near_shoulder"]) == (side == "left")


@both_sides
@for_each("name", CLOSE_FACING)
def test_as_in_a_mirror_the_limb_seen_close_is_at_its_own_side_of_the_screen(name: str, side: Side) -> None:
    joints = _on_screen(name, side)
    own = joints["near_knee" if skeleton_at(FIGURES[name], 1.0).pose.close_ups.get("near_foot") else "near_elbow"]
    assert (own[0] < joints["far_elbow"][0]) == (side == "left")


@both_sides
@pytest.mark.parametrize("depth", [0.0, 1.0])
@for_each("name", CLOSE_IN_PROFILE)
def test_in_profile_hands_and_feet_seen_close_belong_to_a_body_at_the_left(name: str, depth: float, side: Side) -> None:
    joints = _on_screen(name, side, depth)
    for limb in skeleton_at(FIGURES[name], depth).pose.close_ups:
        its, _, kind = limb.partition("_")
        start, end = ("elbow", "knuckles") if kind == "hand" else ("heel", "toe")
        assert joints[f"{its}_{start}"][0] < joints[f"{its}_{end}"][0]


@both_sides
@pytest.mark.parametrize("name", ["wrist-extensor", "wrist-flexor"])
def test_a_right_hand_in_profile_hides_its_thumb_and_a_left_hand_the_arm_behind_it(name: str, side: Side) -> None:
    figure, *_ = _turned(name, side)
    painted = [part.name for part in figure_parts(figure, skeleton_at(figure, 1.0))]
    assert (painted.index("near_thumb") < painted.index("near_palm")) == (side == "right")
    assert (painted.index("far_forearm") < painted.index("near_palm")) == (side == "right")


def test_every_close_view_of_two_sides_is_from_the_side_or_facing() -> None:
    assert sorted([*CLOSE_FACING, *CLOSE_IN_PROFILE]) == CLOSE


@both_sides
@pytest.mark.parametrize("name", ["wrist-extensor", "wrist-flexor"])
def test_the_helping_hand_draws_the_palm_and_not_the_fingers(name: str, side: Side) -> None:
    joints = _by_name(name, side)
    wrist, grip = joints["its_wrist"], joints["other_knuckles"]
    assert dist(wrist, grip) < 0.95 * dist(wrist, joints["its_knuckles"])


@both_sides
def test_the_helping_hand_holds_the_thumb_near_its_base(side: Side) -> None:
    joints = _by_name("thumb-stretch", side)
    tip, grip = joints["its_thumb"], joints["other_knuckles"]
    assert dist(grip, joints["its_wrist"]) < dist(tip, joints["its_wrist"])
    assert dist(grip, tip) > 15


@for_each("name", TWO_SIDED)
def test_the_head_stays_where_it_is_when_the_side_changes(name: str) -> None:
    left, right = (_on_screen(name, side, 0.0) for side in ("left", "right"))
    for joints in (left, right):
        joints["top"] = joints["crown"][0] - joints["hip"][0], joints["crown"][1] - joints["hip"][1]
    if abs(right["top"][0]) > abs(right["top"][1]):
        assert left["top"][0] == pytest.approx(right["top"][0])
    else:
        assert left["top"][1] == pytest.approx(right["top"][1])


@for_each("name", IN_PROFILE)
def test_the_hair_is_drawn_at_the_same_end_for_both_sides(name: str) -> None:
    middles = []
    for left in (False, True):
        canvas = rasterize(FIGURES[name], 96, 64, 1.0, left=left, pressing=False)
        hair = canvas.rows(canvas.layers[ColorRole.HAIR])
        columns = [x for row in hair for x in range(96) if row[x // 8] >> x % 8 & 1]
        middles.append(sum(columns) / len(columns))
    assert abs(middles[0] - middles[1]) < 5


def _closer(joint: str, place: str) -> Callable[[Joints], bool]:
    return lambda j: dist(j[f"its_{joint}"], j[place]) < dist(j[f"other_{joint}"], j[place])


def _higher(joint: str) -> Callable[[Joints], bool]:
    return lambda j: j[f"its_{joint}"][1] > j[f"other_{joint}"][1] + 2


def _behind(j: Joints) -> bool:
    return j["its_ankle"][0] < j["other_ankle"][0] - 5


def _straighter_knee(j: Joints) -> bool:
    bends = [
        abs(angle_difference(bearing(j[f"{its}_hip"], j[f"{its}_knee"]), bearing(j[f"{its}_knee"], j[f"{its}_ankle"])))
        for its in ("its", "other")
    ]
    return bends[0] < bends[1] - 30


def _toward(joint: str) -> Callable[[Joints], bool]:
    """Return whether a joint is on the named side of the trunk."""
    return lambda j: _is_left_of_trunk(j, j[joint]) == _is_left_of_trunk(j, j["its_hip"])


def _away(joint: str) -> Callable[[Joints], bool]:
    return lambda j: not _toward(joint)(j)


DOES: dict[str, Callable[[dict[str, Point]], bool]] = {
    "fingers-back": lambda j: dist(j["its_middle"], j["its_thumb"]) > dist(j["its_thumb"], j["its_knuckles"]) + 8,
    "chair-quad": _behind,
    "crossed-knee-hug": _higher("knee"),
    "lunge-arm-up": _higher("hand"),
    "prone-quad": _higher("ankle"),
    "seated-calf-strap": lambda j: j["its_ankle"][0] > j["other_ankle"][0] + 10,
    "seated-hip-flexor": _behind,
    "side-lunge": _straighter_knee,
    "step-heel-drop": lambda j: j["its_heel"][1] < j["its_ball"][1] - 10,
    "triceps": lambda j: dist(j["other_wrist"], j["its_elbow"]) < 8,
    "ankle-circles": lambda j: j["its_toe"][1] < j["its_ankle"][1] - 10,
    "calf-bent-knee": _behind,
    "calf-straight-knee": _behind,
    "childs-pose-side-reach": lambda j: _away("its_hand")(j) and _away("other_hand")(j),
    "contract-relax-hamstring": _higher("ankle"),
    "cow-face-legs": _higher("knee"),
    "cross-body-shoulder": _away("its_hand"),
    "half-kneeling-hip-flexor": lambda j: not _higher("knee")(j),
    "hamstring-90-90": _higher("ankle"),
    "knee-to-opposite-shoulder": _away("its_knee"),
    "knee-to-wall": lambda j: j["its_ankle"][0] > j["other_ankle"][0] + 10,
    "levator-scapulae": _away("crown"),
    "neck-side-bend": _away("crown"),
    "open-book": _toward("its_hand"),
    "seated-figure-four": _closer("ankle", "other_knee"),
    "seated-hamstring": _straighter_knee,
    "seated-side-bend": lambda j: _away("crown")(j) and _higher("hand")(j),
    "side-lying-quad": _closer("ankle", "hip"),
    "single-knee-to-chest": _closer("knee", "chest"),
    "sole-stretch": lambda j: j["its_toe"][1] > j["its_ball"][1] + 10,
    "standing-hamstring": _higher("ankle"),
    "standing-hip-flexor": _behind,
    "standing-quad": _higher("ankle"),
    "standing-side-bend": lambda j: _away("crown")(j) and _higher("hand")(j),
    "supine-figure-four": _closer("ankle", "other_knee"),
    "supine-hamstring-hold": _higher("ankle"),
    "supine-hamstring-strap": _higher("ankle"),
    "thumb-stretch": lambda j: dist(j["its_thumb"], j["its_index"]) > dist(j["its_index"], j["its_little"]),
    "toes-up-wall": lambda j: j["its_toe"][1] > j["its_ball"][1] + 8,
    "top-of-foot": lambda j: j["its_toe"][1] < j["its_ankle"][1] - 20,
    "wrist-extensor": lambda j: j["its_middle"][1] < j["its_wrist"][1] - 20,
    "wrist-flexor": lambda j: j["its_middle"][1] > j["its_wrist"][1] + 20,
    "supine-spinal-twist": lambda j: _toward("its_knee")(j) and _toward("other_knee")(j),
}
"""What the limb or direction that a side names does at the end of each stretch, as in `side_means` and the steps."""


def test_only_the_turns_of_head_and_chest_are_not_seen_from_the_joints() -> None:
    assert set(TWO_SIDED) - DOES.keys() == {"neck-rotation", *TURNING}


def _by_name(name: str, side: Side) -> dict[str, Point]:
    """Return the joints at the end of a stretch, those of the named side as `its_`, the others as `other_`."""
    its = _named(name, side)
    words = {its: "its", "near" if its == "far" else "far": "other"}
    joints = {}
    for joint, point in _on_screen(name, side).items():
        first, _, rest = joint.partition("_")
        joints[f"{words[first]}_{rest}" if first in words else joint] = point
    return joints


@both_sides
@for_each("name", DOES)
def test_the_named_limb_does_what_the_steps_say(name: str, side: Side) -> None:
    assert DOES[name](_by_name(name, side))


@both_sides
@pytest.mark.parametrize(
    ("name", "hand", "place"),
    [
        ("cross-body-shoulder", "other_wrist", "its_elbow"),
        ("seated-figure-four", "its_wrist", "its_knee"),
        ("side-lying-quad", "its_wrist", "its_ankle"),
        ("standing-quad", "its_wrist", "its_ankle"),
    ],
)
def test_the_hand_holds_what_the_steps_say(name: str, hand: str, place: str, side: Side) -> None:
    joints = _by_name(name, side)
    other = hand.replace("its", "x").replace("other", "its").replace("x", "other")
    assert dist(joints[hand], joints[place]) < 14
    assert dist(joints[hand], joints[place]) < dist(joints[other], joints[place])


@both_sides
def test_the_head_turns_to_the_named_side(side: Side) -> None:
    figure, x_factor, _ = _turned("neck-rotation", side)
    # A face of 1 looks to the right of the screen.
    to_the_right = x_factor * skeleton_at(figure, 1.0).pose.face
    assert to_the_right > 0.5 if side == "right" else to_the_right < -0.5


@both_sides
def test_the_arm_slides_under_away_from_the_shown_side(side: Side) -> None:
    figure, x_factor, _ = _turned("thread-the-needle", side)
    assert x_factor == 1, "the person faces right in both pictures, and shows the right side"
    skeleton = skeleton_at(figure, 1.0)
    names = [part.name for part in figure_parts(figure, skeleton)]
    assert (names.index("near_hand") > names.index("body")) == (side == "left")
    eyes = next(part.cutouts for part in figure_parts(figure, skeleton) if part.name == "head")
    assert bool(eyes) == (side == "left"), "chest and face turn to the viewer with the left arm only"


def test_the_head_looks_the_same_way_whichever_arm_slides_under() -> None:
    for depth in (0.0, 0.5, 1.0):
        heads = []
        for side in ("left", "right"):
            figure, *_ = _turned("thread-the-needle", side)
            parts = figure_parts(figure, skeleton_at(figure, depth))
            heads.append(bounds([part for part in parts if part.name == "head"]))
        assert heads[0] == pytest.approx(heads[1]), depth


def test_the_resting_leg_is_dim_and_the_working_leg_behind_it_is_not() -> None:
    figure, *_ = _turned("single-knee-to-chest", "left")
    roles = {part.name: part.role for part in figure_parts(figure, skeleton_at(figure, 1.0))}
    assert roles["far_thigh"] is ColorRole.LEGGINGS
    assert roles["near_thigh"] is ColorRole.FAR_LEGGINGS
    assert roles["near_upper_arm"] is ColorRole.SKIN


def test_the_muscle_of_the_far_leg_shines_through_the_near_one() -> None:
    right, left = (
        rasterize(FIGURES["supine-hamstring-hold"], 96, 64, 1.0, left=left, pressing=False) for left in (False, True)
    )
    lit = [canvas.lit.bit_count() for canvas in (right, left)]
    assert lit[1] > 0.5 * lit[0] > 0


@both_sides
def test_more_of_the_lit_thigh_is_on_the_bright_leg_than_on_the_standing_one(side: Side) -> None:
    canvas = rasterize(FIGURES["chair-quad"], 96, 64, 1.0, left=side == "left", pressing=False)
    bright, dim = (canvas.lit & canvas.layers[role] for role in (ColorRole.LEGGINGS, ColorRole.FAR_LEGGINGS))
    assert bright.bit_count() > dim.bit_count()


@both_sides
def test_the_crossed_foot_is_on_the_other_side_of_the_straight_leg(side: Side) -> None:
    figure, *_ = _turned("crossed-knee-hug", side)
    names = [part.name for part in figure_parts(figure, skeleton_at(figure, 1.0))]
    its = _named("crossed-knee-hug", side)
    straight = "far" if its == "near" else "near"
    assert (names.index(f"{its}_foot") > names.index(f"{straight}_shin")) == (side == "left")
