"""Checks of figure files: unknown names, and keyframes that do not suit each other."""

import re
from collections.abc import Iterable, Iterator
from graphlib import CycleError

from stretch.core.checks import FieldPath, FieldProblem, suggest
from stretch.core.text import join_words, quote
from stretch.figure import anatomy
from stretch.figure.file_format import Figure, Place, Target, View
from stretch.figure.keyframes import IKLimb, keyframe_poses
from stretch.figure.muscles import muscle_bands
from stretch.figure.parts import PAINT_WORDS, figure_parts
from stretch.figure.raster import bounds
from stretch.figure.skeleton import skeleton_at, solving_order

_FARTHEST = 10_000
"""Body units from the origin to a joint."""


def lint_figure(figure: Figure) -> list[FieldProblem]:
    """Return what keeps a figure from being drawn, or else the keyframes that do not suit each other."""
    return undrawable(figure) or [*_unusable_keyframes(figure)]


def undrawable(figure: Figure) -> list[FieldProblem]:
    """Return what keeps a figure from being drawn; it is drawn to find out."""
    if (crop := figure.crop) and not (crop[0] < crop[2] and crop[1] < crop[3]):
        return [(("frame",), "is empty; write left, bottom, right and top")]
    if any(getattr(figure.keyframes[0], name) for name in anatomy.CLOSE_UPS) != (figure.view is View.CLOSE):
        names = join_words(sorted(anatomy.CLOSE_UPS), "or")
        return [(("view",), f"a close view is one of {names}, which no other view has")]
    if unknown := [*_unknown_names(figure)]:
        return unknown
    try:
        bounds(figure_parts(figure, skeleton_at(figure, 0.0)))  # fails if no part is in the paint order
        for depth in (0.0, 0.5, 1.0):
            joints = skeleton_at(figure, depth).joints.values()
            if not all(abs(x) < _FARTHEST > abs(y) for x, y in joints):  # nor where it is not a number
                return [(("keys",), "has numbers that are too large; a body is 100 tall")]
    except (ArithmeticError, AssertionError, LookupError, TypeError, ValueError):
        return [*_unusable_keyframes(figure)] or [(("keys",), "cannot be drawn; start from a shipped figure")]
    return []


def _unknown_names(figure: Figure) -> Iterator[FieldProblem]:
    """Yield every unknown word of a figure, with similar known ones."""
    for muscle in figure.muscles:
        name, _, side = muscle.partition(".")
        yield from _unknown(("target",), "muscle", [name], muscle_bands(figure.view))
        if side not in ("", "near", "far"):
            yield ("target",), f"{quote(muscle)} has the side {quote(side)}; write {name}.near or {name}.far"
    yield from _unknown(("order",), "part", figure.paint_order.split(), PAINT_WORDS)
    for i, strap in enumerate(figure.straps):
        yield from _unknown_places(("straps", i), strap)
        if len(strap) < 2:
            yield ("straps", i), "a strap needs at least two places"
    for i, arrow in enumerate(figure.arrows):
        yield from _unknown_places(("arrows", i), arrow.path)
        if (arrow.arc is None) == (len(arrow.path) < 2):
            yield ("arrows", i), "an arrow needs either an arc or a path of at least two places"
    for i, keyframe in enumerate(figure.keyframes):
        yield from _unknown(("keys", i, "anchor"), "joint", [keyframe.anchor or "hip"], anatomy.JOINTS)
        for limb in anatomy.LIMBS:
            if isinstance(target := getattr(keyframe, limb), Target):
                yield from _unknown_places(("keys", i, limb), [target.place])
    for i, pose in enumerate(keyframe_poses(figure)):
        try:
            list(solving_order({name: limb for name, limb in pose.limbs.items() if isinstance(limb, IKLimb)}))
        except CycleError as error:
            for name in sorted(set(error.args[1])):
                problem = "reaches for a limb that reaches for this one; give one of them by directions"
                yield ("keys", i, name), problem


def _unknown(field: FieldPath, kind: str, names: Iterable[str], known: Iterable[str]) -> Iterator[FieldProblem]:
    for name in names:
        if name not in known:
            advice = suggest(name, sorted(known), f"known are {', '.join(sorted(known))}")
            yield field, f"there is no {kind} called {quote(name)}; {advice}"


def _unknown_places(field: FieldPath, places: Iterable[Place]) -> Iterator[FieldProblem]:
    for place in places:
        if isinstance(place, str):
            names, t = place.split("~")[:2], place.split("~")[2:]
            yield from _unknown(field, "joint", names, anatomy.JOINTS)
            if len(t) > 1 or (t and not re.fullmatch(r"-?(\d+(\.\d*)?|\.\d+)", t[0])):
                yield field, f"{quote(place)} is not a place; write joint~joint~0.5 for a point between two joints"


def _unusable_keyframes(figure: Figure) -> Iterator[FieldProblem]:
    poses = keyframe_poses(figure)
    for i, pose in enumerate(poses):
        anchor, at = ("keys", i, "anchor"), ("keys", i, "at")
        if pose.anchor != poses[0].anchor:
            yield anchor, "the anchor changes between keyframes; name it in the first one only"
        on_floor = pose.at[1] is None
        if on_floor != (poses[0].at[1] is None):
            yield at, "y is null in one keyframe and a number in another; use one or the other in all"
        if on_floor and not figure.has_floor:
            yield at, "y is null but there is no floor to rest on; add {type: floor} to props or give a number"
        for name, limb in anatomy.LIMBS.items():
            if pose.anchor in limb.joints[1:] and isinstance(pose.limbs[name], IKLimb):
                yield anchor, f"{pose.anchor} is on a limb that reaches; anchor a joint that does not"
