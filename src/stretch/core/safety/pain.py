"""Pain scores of one session."""

from datetime import date
from typing import Annotated, Literal

import msgspec

Score = Annotated[int, msgspec.Meta(ge=0, le=10)]

PainSpread = Literal["back", "buttock", "thigh", "below-knee", "neck", "shoulder", "arm", "hand"]
"""Furthest point that pain reaches, down the leg from the back or down the arm from the neck."""

SPREAD_ORDERS: tuple[tuple[PainSpread, ...], ...] = (
    ("back", "buttock", "thigh", "below-knee"),
    ("neck", "shoulder", "arm", "hand"),
)


class PainScores(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Pain around one session, each score 0 to 10, or None where it was skipped.

    `after` is the score 10 minutes after the session, `spread` the furthest the pain reached, `new_sign` the answer to
    "new numbness or weakness", and `sudden` whether the pain came on suddenly or is unlike any before.
    """

    before: Score | None = None
    worst: Score | None = None
    after: Score | None = None
    next_morning: Score | None = None
    spread: PainSpread | None = None
    new_sign: bool | None = None
    sudden: bool = False

    @property
    def known(self) -> list[int]:
        """The scores that were not skipped, in order of time."""
        scores = (self.before, self.worst, self.after, self.next_morning)
        return [score for score in scores if score is not None]


class PainEntry(PainScores, frozen=True, kw_only=True):
    """Pain scores with the day of their session."""

    day: date
