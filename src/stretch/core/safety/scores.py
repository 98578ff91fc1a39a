"""What is noted of the pain around one session."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec

Score = Annotated[int, msgspec.Meta(ge=0, le=10)]

Spread = Literal["back", "buttock", "thigh", "below-knee", "neck", "shoulder", "arm", "hand"]
"""How far pain goes: down the leg from the back, or down the arm from the neck."""

LADDERS: tuple[tuple[Spread, ...], ...] = (
    ("back", "buttock", "thigh", "below-knee"),
    ("neck", "shoulder", "arm", "hand"),
)


class Scores(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was said of the pain around one session, each score 0-10 or None where it was skipped.

    `after` is 10 minutes after, `spread` the furthest the pain went, `new_sign` the answer to "new numbness or
    weakness", and `sudden` that the pain came on suddenly or was unlike any before.
    """

    before: Score | None = None
    worst: Score | None = None
    after: Score | None = None
    next_morning: Score | None = None
    spread: Spread | None = None
    new_sign: bool | None = None
    sudden: bool = False

    @property
    def known(self) -> list[int]:
        """The scores that were given, in the order of their moments."""
        given = (self.before, self.worst, self.after, self.next_morning)
        return [score for score in given if score is not None]


class Entry(Scores, frozen=True, kw_only=True):
    """The scores of a session with its day, as the trend reads them."""

    day: date
