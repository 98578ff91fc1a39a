"""The words of a figure file that must mean something: joints, muscles, painter's order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from stretch.figure.anatomy import JOINTS
from stretch.figure.body import TOKENS
from stretch.figure.muscles import NAMES
from stretch.figure.pose import Figure, FootReach, HandReach, Keyframe, Place
from stretch.figure.reach import needs
from stretch.figure.tween import LIMBS, Reaching, inherited, stance

Found = tuple[str, str]


def unknown_names(figure: Figure) -> Iterator[Found]:
    """Every word that is not known, with the field it stands in and the near ones."""
    for target in figure.target:
        name, _, side = target.partition(".")
        if name not in NAMES:
            yield "target", f"there is no muscle called {name!r}; {_near(name, NAMES)}"
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
