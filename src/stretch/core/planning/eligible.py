"""Whether a stretch may be in a routine at all, and if not, why not in a few words."""

from __future__ import annotations

from stretch.core.model import Stretch
from stretch.core.planning import spine
from stretch.core.routine import Request
from stretch.core.vocabulary import LEVELS, POSITIONS, UPRIGHT, Level, Position

DEFAULT_LEVEL: Level = "moderate"
"""Deep stretches are asked for by name of the level; nobody gets them by default (rule D15)."""


def why_not(stretch: Stretch, request: Request, level: Level | None) -> str | None:
    """Return why *stretch* cannot be in a routine for *request*, or None when it can.

    *level* is the deepest level allowed; None allows all, which is for stretches that were asked for by name.
    """
    if stretch.id in request.exclude:
        return "excluded"
    if tags := forbidden(stretch, request):
        return "cautions: " + ", ".join(tags)
    if stretch.opt_in and stretch.id not in request.stretches:
        return "opt-in"
    if stretch.opt_in and (tags := [tag for tag in stretch.cautions.adapt if tag in request.avoid]):
        return "cautions: " + ", ".join(tags)
    if stretch.opt_in and request.beginner:
        return "opt-in: not in the first two weeks"
    if request.morning and stretch.id not in request.stretches and spine.load(stretch) == "bend":
        return "morning: bends forward"
    if missing := lacking(stretch, request):
        return "needs: " + ", ".join(missing)
    if where(stretch, request) is None:
        return f"position: {stretch.position}"
    if too_deep(stretch, request):
        return f"safety check: {stretch.level}"
    if level is not None and LEVELS.index(stretch.level) > LEVELS.index(level):
        return f"level: {stretch.level}"
    return None


def too_deep(stretch: Stretch, request: Request) -> bool:
    """Whether *stretch* goes deeper than the safety check allows, by whatever way it was asked for."""
    return request.max_level is not None and LEVELS.index(stretch.level) > LEVELS.index(request.max_level)


def forbidden(stretch: Stretch, request: Request) -> list[str]:
    """Return the caution tags of the request that drop *stretch*."""
    tags: list[str] = [tag for tag in stretch.cautions.avoid if tag in request.avoid]
    if "hypermobility" in request.avoid and stretch.level == "deep" and "hypermobility" not in tags:
        tags.append("hypermobility")
    if "floor" in request.avoid and not any(p in UPRIGHT for p in (stretch.position, *stretch.also)):
        tags.append("floor")
    # Flexion is for one of the two and extension for the other: with both, only the neutral remains (rule RB12).
    if not tags and stretch.spine != "neutral" and {"disc", "stenosis"} <= set(request.avoid):
        tags = ["disc", "stenosis"]
    return tags


def lacking(stretch: Stretch, request: Request) -> list[str]:
    """Return the equipment that *stretch* needs and that is not at hand."""
    return [] if request.equipment is None else sorted(stretch.needs - set(request.equipment))


def where(stretch: Stretch, request: Request) -> Position | None:
    """Return the position in which *stretch* is done: its own, or another it works in that is wanted."""
    wanted = request.positions or POSITIONS
    if "floor" in request.avoid:
        wanted = tuple(position for position in wanted if position in UPRIGHT)
    return next((position for position in (stretch.position, *stretch.also) if position in wanted), None)


def deepest_level(request: Request) -> Level:
    """Return the deepest level that the builder may choose."""
    level = request.level or DEFAULT_LEVEL
    if request.desk_break:
        return "gentle"
    spared = request.beginner or "hypermobility" in request.avoid
    return "moderate" if level == "deep" and spared else level
