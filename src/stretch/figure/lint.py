"""What is wrong with a figure file: names that do not exist, bodies that cannot do that, parts out of the picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from itertools import pairwise
from math import dist
from typing import NamedTuple

from stretch.figure import anatomy
from stretch.figure.anatomy import JOINTS
from stretch.figure.body import TOKENS, Part, parts
from stretch.figure.geometry import turn
from stretch.figure.keyframes import LIMBS, Jointed, Reaching, Stance, inherited, stance
from stretch.figure.model import Figure, FootReach, HandReach, Keyframe, Place, View
from stretch.figure.muscles import MUSCLE_NAMES
from stretch.figure.raster import bounds, box
from stretch.figure.skeleton import Skeleton, goal, needs, skeleton_at

PHASES = 21
"""Depths at which a figure is looked at."""
_SUNK = 0.6
_STRETCH = 0.5
_TURN = 175.0
"""How far a part may sink into the floor, a reach fall short (body units), and a direction turn (degrees)."""


class FigureProblem(NamedTuple):
    """The field it is in, and a sentence: what is wrong and what would be right."""

    field: str
    message: str


def lint_figure(figure: Figure) -> list[FigureProblem]:
    """Everything wrong with a figure; what cannot be drawn at all is reported alone, since the rest depends on it."""
    unusable = [FigureProblem(*found) for found in (*unknown_names(figure), *_unusable(figure))]
    if unusable:
        return unusable
    found: dict[tuple[str, str], FigureProblem] = {}
    for problem in _turns(figure):
        found.setdefault((problem.field, problem.message), problem)
    for step in range(PHASES):
        depth = step / (PHASES - 1)
        for kind, problem in _moment(figure, depth):
            # One report of each kind and place is enough, for the depth at which it shows first.
            found.setdefault((kind, problem.field), problem)
    return list(found.values())


def _unusable(figure: Figure) -> Iterator[tuple[str, str]]:
    keys = inherited(figure.keys)
    for i, key in enumerate(keys):
        anchored = stance(figure, key)
        if key.anchor != keys[0].anchor:
            yield f"keys[{i}].anchor", "the anchor changes between keyframes; name it in the first one only"
        if (anchored.at[1] is None) != (stance(figure, keys[0]).at[1] is None):
            yield f"keys[{i}].at", "y is null in one keyframe and a number in another; use one or the other in all"
        if anchored.at[1] is None and not figure.has_floor:
            yield (
                f"keys[{i}].at",
                "y is null but there is no floor to rest on; add {type: floor} to props or give a number",
            )
        side, _, joint = anchored.anchor.partition("_")
        for kind, (_, names, _) in anatomy.CHAINS.items():
            if joint in names[1:] and isinstance(anchored.limbs[f"{side}_{kind}"], Reaching):
                yield f"keys[{i}].anchor", f"{anchored.anchor} is on a limb that reaches; anchor a joint that does not"


def _turns(figure: Figure) -> Iterator[FigureProblem]:
    """Directions that turn so far that the shorter way may be either."""
    stances = [stance(figure, key) for key in inherited(figure.keys)]
    for i, (a, b) in enumerate(pairwise(stances), start=1):
        for field, first, last in _directions(a, b):
            if abs(turn(first, last)) > _TURN:
                yield FigureProblem(
                    f"keys[{i}].{field}",
                    f"turns from {first:g} to {last:g}, half a circle, so the way round is chance; "
                    "add a keyframe in between or turn less than 175 degrees",
                )


def _directions(a: Stance, b: Stance) -> Iterator[tuple[str, float, float]]:
    yield "head", a.head[0], b.head[0]
    for first, last in zip(a.spine, b.spine, strict=True):
        yield "spine", first[0], last[0]
    for limb in LIMBS:
        start, finish = a.limbs[limb], b.limbs[limb]
        if isinstance(start, Jointed) and isinstance(finish, Jointed):
            yield limb, start.upper[0], finish.upper[0]
            yield limb, start.lower[0], finish.lower[0]
            if start.end and finish.end:
                yield limb, start.end[0], finish.end[0]


def _moment(figure: Figure, depth: float) -> Iterator[tuple[str, FigureProblem]]:
    skeleton = skeleton_at(figure, depth)
    drawn = parts(figure, skeleton)
    position = depth * max(1, len(figure.keys) - 1)
    key, when = f"keys[{round(position)}]", f"at depth {depth:.2f}"
    yield from (("reach", problem) for problem in _reaches(figure, skeleton, key, when))
    if figure.view is View.SIDE:
        yield from (("bend", problem) for problem in _bends(skeleton, key, when))
    if figure.has_floor:
        yield from (("floor", problem) for problem in _sunk(drawn, key, when))
    yield from (("frame", problem) for problem in _outside(figure, drawn, key, when))


def _reaches(figure: Figure, skeleton: Skeleton, key: str, when: str) -> Iterator[FigureProblem]:
    for limb, reaching in skeleton.stance.limbs.items():
        if not isinstance(reaching, Reaching):
            continue
        side, kind = limb.split("_")
        lengths, names, _ = anatomy.CHAINS[kind]
        root = skeleton.points[f"{side}_{names[0]}"]
        target = goal(figure, side, reaching, skeleton.points)
        share = reaching.start.len + (reaching.finish.len - reaching.start.len) * reaching.share
        away, longest = dist(root, target), (lengths[0] + lengths[1]) * share
        if away > longest + _STRETCH:
            yield FigureProblem(
                f"{key}.{limb}",
                f"reaches for a place {away:.1f} away {when}, but the {kind} is {longest:.1f} long; "
                f"move the goal or the body {away - longest:.1f} closer",
            )


def _bends(skeleton: Skeleton, key: str, when: str) -> Iterator[FigureProblem]:
    heading = skeleton.headings
    checks = [("neck", "head", heading["head"] - heading["chest"], anatomy.NECK_RANGE)]
    for side in ("near", "far"):
        for limb, upper, lower, name, back, limits in (
            (f"{side}_leg", "pelvis", "thigh", "hip", 180, anatomy.HIP_RANGE),
            (f"{side}_leg", "thigh", "shin", "knee", 0, anatomy.KNEE_RANGE),
            (f"{side}_leg", "shin", "foot", "ankle", 0, anatomy.ANKLE_RANGE),
            (f"{side}_arm", "chest", "upper_arm", "shoulder", 180, anatomy.SHOULDER_RANGE),
            (f"{side}_arm", "upper_arm", "forearm", "elbow", 0, anatomy.ELBOW_RANGE),
        ):
            if not _foreshortened(skeleton.stance, limb):
                first = heading[upper] if upper in heading else heading[f"{side}_{upper}"]
                checks.append((name, limb, heading[f"{side}_{lower}"] - first - back, limits))
    for name, field, angle, (least, most) in checks:
        # Counted from the middle of the range, so that 190 degrees is not mistaken for -170.
        middle = (least + most) / 2
        angle = middle + turn(middle, angle)
        if not least - 0.5 <= angle <= most + 0.5:
            yield FigureProblem(
                f"{key}.{field}", f"bends the {name} to {angle:.0f} degrees {when}; it goes from {least:g} to {most:g}"
            )


def _foreshortened(moment: Stance, limb: str) -> bool:
    """Whether some of a limb comes towards us: then its angles in the picture are not those of the joints."""
    drawn = moment.limbs[limb]
    if isinstance(drawn, Reaching):
        return drawn.start.len != 1 or drawn.finish.len != 1
    return drawn.upper[1] != 1 or drawn.lower[1] != 1


def _sunk(drawn: tuple[Part, ...], key: str, when: str) -> Iterator[FigureProblem]:
    for part in drawn:
        if part.name in ("prop", "arrow"):
            continue
        low = min(y - radius for hull in part.hulls for _, y, radius in hull)
        if low < -_SUNK:
            yield FigureProblem(
                _field(part.name, key),
                f"{part.name} is {-low:.1f} below the floor {when}; lift it, or write at: [x, null] to rest it there",
            )


def _outside(figure: Figure, drawn: tuple[Part, ...], key: str, when: str) -> Iterator[FigureProblem]:
    left, bottom, right, top = box(figure)
    for part in drawn:
        # A close-up may cut off arms and legs, but not what is stretched; nor may it cut through the head.
        if part.name == "prop" or (figure.frame and part.name != "head" and not part.glow):
            continue
        shown = part.glow if figure.frame and part.glow and part.name != "head" else part.hulls
        west, south, east, north = bounds([part._replace(hulls=shown)])
        if part.name == "head" and (east < left or west > right or north < bottom or south > top):
            continue
        over = max(left - west, bottom - south, east - right, north - top)
        if over > 1.0:
            yield FigureProblem(
                "frame" if figure.frame else _field(part.name, key),
                f"{part.name} is {over:.1f} outside the picture {when}; make the frame wider or move it in",
            )


def _field(part: str, key: str) -> str:
    side, _, piece = part.partition("_")
    for kind, (_, _, pieces) in anatomy.CHAINS.items():
        if piece in pieces and side in ("near", "far"):
            return f"{key}.{side}_{kind}"
    return f"{key}.{ {'body': 'spine', 'strap': 'straps'}.get(part, part) }"


Found = tuple[str, str]


def unknown_names(figure: Figure) -> Iterator[Found]:
    """Every word that is not known, with the field it stands in and the near ones."""
    for target in figure.target:
        name, _, side = target.partition(".")
        if name not in MUSCLE_NAMES:
            yield "target", f"there is no muscle called {name!r}; {_near(name, MUSCLE_NAMES)}"
        if side not in ("", "near", "far"):
            yield "target", f"{target!r} has the side {side!r}; write {name}.near or {name}.far"
    for word in figure.order.split():
        if word not in TOKENS:
            yield "order", f"there is no part called {word!r}; {_near(word, TOKENS)}"
    for i, strap in enumerate(figure.straps):
        yield from ((f"straps[{i}]", problem) for where in strap for problem in _place(where))
        if len(strap) < 2:
            yield f"straps[{i}]", "a strap needs at least two places"
    for i, arrow in enumerate(figure.arrows):
        yield from ((f"arrows[{i}]", problem) for where in arrow.path for problem in _place(where))
        if (arrow.arc is None) == (len(arrow.path) < 2):
            yield f"arrows[{i}]", "an arrow needs either an arc or a path of at least two places"
    for i, key in enumerate(figure.keys):
        yield from ((f"keys[{i}].{field}", problem) for field, problem in _keyframe(key))
    for i, key in enumerate(inherited(figure.keys)):
        yield from ((f"keys[{i}].{field}", problem) for field, problem in _circles(figure, key))


def _keyframe(key: Keyframe) -> Iterator[Found]:
    if key.anchor is not None and key.anchor not in JOINTS:
        yield "anchor", f"there is no joint called {key.anchor!r}; {_near(key.anchor, JOINTS)}"
    for limb in LIMBS:
        reach = getattr(key, limb)
        if isinstance(reach, (HandReach, FootReach)):
            yield from ((limb, problem) for problem in _place(reach.to))


def _circles(figure: Figure, key: Keyframe) -> Iterator[Found]:
    """Limbs that reach for themselves or for each other."""
    limbs = {name: limb for name, limb in stance(figure, key).limbs.items() if isinstance(limb, Reaching)}
    wants = {name: needs(limb) & limbs.keys() for name, limb in limbs.items()}
    for name, others in wants.items():
        seen: set[str] = set()
        while others - seen:
            seen |= others
            others = {third for second in others for third in wants[second]}
        if name in seen:
            yield name, "reaches for a limb that reaches for this one; give one of them by directions"


def _place(where: Place) -> Iterator[str]:
    if not isinstance(where, str):
        return
    names, share = where.split("~")[:2], where.split("~")[2:]
    for name in names:
        if name not in JOINTS:
            yield f"there is no joint called {name!r}; {_near(name, JOINTS)}"
    if len(share) > 1 or (share and not _is_number(share[0])):
        yield f"{where!r} is no place; write joint~joint~0.5 for a point between two joints"


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).replace("-", "", 1).isdigit()


def _near(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word, sorted(known), n=3, cutoff=0.5)
    return f"did you mean {' or '.join(close)}?" if close else f"known are {', '.join(sorted(known))}"
