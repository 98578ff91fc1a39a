"""Rules that exclude a stretch from a routine, and the reasons."""

from collections.abc import Iterable

from stretch.core.errors import UnknownName
from stretch.core.model import Catalog, Stretch
from stretch.core.planning.limits import is_reset, spinal_load
from stretch.core.routine import Request
from stretch.core.text import join_words
from stretch.core.vocabulary import (
    EQUIPMENT_LABELS,
    LEVELS,
    POSITION_LABELS,
    POSITIONS,
    UPRIGHT,
    Level,
    Position,
)

DEFAULT_LEVEL: Level = "moderate"
"""The deepest level without `--level`: deep stretches are only used on request (rule D15)."""
FLAGS = {
    "cautions": "cautions from --avoid or your safety check",
    "needs": "--equipment",
    "position": "--position",
    "level": "--level",
    "safety check": "your safety check",
    "excluded": "--exclude",
    "hurt twice": "pain in two sessions (name them with --stretch)",
    "hurt today": "pain today (name them with --stretch)",
    "replaced": "your replacement (name them with --stretch)",
    "opt-in": "opt-in (name them with --stretch)",
    "morning": "the morning (--no-morning)",
    "first weeks": "your first weeks (--experienced)",
    "gentle": "the level gentle",
    "lying": "the level gentle",
}
"""The option or setting behind each reason, by the keyword of the reason."""
REASON_TEXTS = {
    "excluded": "you left it out",
    "hurt twice": "it hurt in two sessions",
    "hurt today": "it hurt today",
    "replaced": "you replaced it",
    "opt-in": "only if you ask for it",
    "morning": "no forward bends in the morning",
    "safety check": "too deep, by your safety check",
    "level": "too deep for now",
    "first weeks": "not in your first weeks",
    "gentle": "no bending back today",
    "lying": "only lying down today",
    "time": "no time for it",
    "no more": "would bring no more",
    "number": "enough stretches already",
    "alike": "another one like it is in",
    "bends": "enough forward bends already",
    "back bend": "no back bend so early, or after a bend",
    "repetitions": "second repetitions come first",
    "deep": "one deep stretch is enough",
    "short": "for longer routines",
}


def check_stretch_ids(catalog: Catalog, ids: Iterable[str]) -> None:
    """Raise UnknownName for the first of *ids* that is not a stretch of *catalog*."""
    for id in ids:
        if id not in catalog.stretches:
            raise UnknownName("stretch", id, catalog.stretches, "`stretch list` lists them.")


def exclusion_reason(stretch: Stretch, request: Request, max_level: Level | None) -> str | None:
    """Return why *stretch* is not eligible for *request*, or None if it is.

    The reason is a keyword, with details after a colon; `reason_text` has the words for people. *max_level* is
    the deepest level allowed; None allows all, for stretches that are given by name.
    """
    if stretch.id in request.exclude:
        return "excluded"
    if tags := caution_conflicts(stretch, request):
        return "cautions: " + ", ".join(tags)
    named = stretch.id in request.stretches
    if stretch.id in request.hurtful and not named:
        return "hurt twice"
    if stretch.id in request.hurt_today and not named:
        return "hurt today"
    if stretch.id in request.replaced and not named:
        return "replaced"
    if stretch.opt_in and not named:
        return "opt-in"
    if stretch.opt_in and (tags := [tag for tag in stretch.cautions.adapt if tag in request.avoid]):
        return "cautions: " + ", ".join(tags)
    if stretch.opt_in and request.beginner:
        return "opt-in: not in the first two weeks"
    if not named and (reason := _unless_named(stretch, request)):
        return reason
    # A mat is softer, but there is always a floor.
    if request.equipment is not None and (missing := sorted(stretch.needs - {"mat", *request.equipment})):
        return "needs: " + ", ".join(missing)
    if position_for(stretch, request) is None:
        return f"position: {stretch.position}"
    if is_deeper(stretch, request.max_level):
        return f"safety check: {stretch.level}"
    if is_deeper(stretch, max_level):
        return f"level: {stretch.level}"
    return None


def _unless_named(stretch: Stretch, request: Request) -> str | None:
    """Return why *stretch* is only used by name or, without requested areas, in a program."""
    load, areas = spinal_load(stretch), bool(request.areas)
    if load == "flexion" and request.morning:
        return "morning: bends forward"
    if load == "flexion" and request.beginner and areas and stretch.level != "gentle":
        return "first weeks"
    if load == "extension" and not suits_disc(stretch, request):
        if request.first_week and areas:
            return "first weeks"
        if "gentle" in (request.level, request.max_level):
            return "gentle"
    return None


def suits_disc(stretch: Stretch, request: Request) -> bool:
    """Return whether *stretch* bends the back lying on the front, for a disc problem alone (rule RB12)."""
    disc = "disc" in request.avoid and "stenosis" not in request.avoid
    return disc and stretch.spine == "extension" and stretch.position == "prone"


def is_deeper(stretch: Stretch, level: Level | None) -> bool:
    """Return whether *stretch* is deeper than *level*; None allows all."""
    return level is not None and LEVELS.index(stretch.level) > LEVELS.index(level)


def caution_conflicts(stretch: Stretch, request: Request) -> list[str]:
    """Return the caution tags of *request* that exclude *stretch*."""
    if not request.avoid:
        return []
    tags: list[str] = [tag for tag in stretch.cautions.avoid if tag in request.avoid]
    if "hypermobility" in request.avoid and stretch.level == "deep" and "hypermobility" not in tags:
        tags.append("hypermobility")
    if "floor" in request.avoid and not any(p in UPRIGHT for p in (stretch.position, *stretch.also)):
        tags.append("floor")
    # Flexion suits stenosis and extension suits a disc problem; with both, only neutral stretches and gentle movement
    # remain (rule RB12).
    if not tags and "disc" in request.avoid and spinal_load(stretch) == "flexion":
        tags = ["disc"]
    # Bones that break easily bear no bend or twist held at the end of the range.
    if not tags and "osteoporosis" in request.avoid and spinal_load(stretch) in ("flexion", "rotation"):
        tags = ["osteoporosis"]
    both = {"disc", "stenosis"} <= set(request.avoid)
    if not tags and both and stretch.spine != "neutral" and not is_reset(stretch):
        tags = ["disc", "stenosis"]
    return tags


def position_for(stretch: Stretch, request: Request) -> Position | None:
    """Return the first position of *stretch* that *request* allows, or None."""
    if not request.positions and not request.avoid:
        return stretch.position
    allowed = request.positions or POSITIONS
    own = (stretch.position, *stretch.also)
    if "balance" in request.avoid and "seated" in own:
        own = ("seated", *own)
    if "floor" in request.avoid:
        allowed = tuple(position for position in allowed if position in UPRIGHT)
    return next((position for position in own if position in allowed), None)


def deepest_level(request: Request) -> Level:
    """Return the deepest level for stretches that are not given by name."""
    level = request.level or DEFAULT_LEVEL
    no_deep = request.beginner or request.desk_break or "hypermobility" in request.avoid
    return "moderate" if level == "deep" and no_deep else level


def reason_text(catalog: Catalog, reason: str) -> str:
    """Return the *reason* of an exclusion in everyday words."""
    keyword, _, details = reason.partition(": ")
    if keyword == "cautions":
        return f"because of {details}"
    if keyword == "needs":
        return "needs " + " and ".join(label for item, label in EQUIPMENT_LABELS.items() if item in details.split(", "))
    if keyword == "position":
        places = details.split(", ")
        return "done " + join_words((label for place, label in POSITION_LABELS.items() if place in places), "or")
    if keyword == "enough":
        return f"enough for the {area_words(catalog, details.split(', '))} already"
    return details if keyword == "opt-in" and details else REASON_TEXTS[keyword]


def area_words(catalog: Catalog, areas: Iterable[str], conjunction: str = "and") -> str:
    """Return the names of *areas* in a sentence: `neck, lower back and front of the hip`."""
    return join_words((catalog.areas[area].name.lower() for area in areas), conjunction)
