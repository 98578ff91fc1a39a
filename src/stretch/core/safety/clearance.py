"""What is known of a person when a session may begin, and what that makes of a request."""

from __future__ import annotations

from datetime import date

import msgspec
from msgspec import Struct

from stretch.core.routine import Request
from stretch.core.safety.checklist import Outcome
from stretch.core.safety.scores import Spread
from stretch.core.safety.standing import Standing, gentle_until


class Cleared(Struct, frozen=True):
    """What is known of a person when a session may begin."""

    standing: Standing | None = None
    pain: int | None = None
    spread: Spread | None = None
    """How far the pain goes."""
    sudden: bool = False
    """Whether it came on suddenly, or is unlike any before."""
    gentle_only: bool = False
    halved: bool = False
    """Half the dose, for pain that was up on the mornings after (rule T1)."""


NOTHING_KNOWN = Cleared()


def fitted(request: Request, cleared: Cleared, today: date) -> Request:
    """Return *request* with what the check says: cautions, gentle or not deep, breath uncounted (rules K3, D15, B9)."""
    standing = cleared.standing
    if cleared.gentle_only:
        request = msgspec.structs.replace(request, level="gentle", max_level="gentle")
    if cleared.halved:
        request = msgspec.structs.replace(request, half_dose=True)
    if standing is None:
        return request
    avoid = tuple(dict.fromkeys((*request.avoid, *standing.tags)))
    request = msgspec.structs.replace(request, avoid=avoid)
    if standing.outcome is Outcome.GO_GENTLY:
        level = "moderate" if request.level == "deep" else request.level
        request = msgspec.structs.replace(request, level=level, max_level=request.max_level or "moderate")
    until = gentle_until(standing)
    if until is not None and today < until:
        request = msgspec.structs.replace(request, beginner=True)
    if standing.breath_off:
        request = msgspec.structs.replace(request, breath="off")
    return request
