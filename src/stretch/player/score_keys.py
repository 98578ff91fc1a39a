"""Keys of a pain score from 0 to 10: after a 1, which may become 10, the next key decides."""

from msgspec import Struct

PAIN_NOW = "Pain now, 0 to 10?"
SCORE_KEYS = "0 to 10"
"""The name of the keys."""


class TypedScore(Struct, frozen=True):
    """What was typed of a score: it is complete with a *score*; a 1 waits for 0 or Enter, however long that takes.

    A pain of 10 must never be taken for 1 because somebody types slowly: a 1 alone is no score.
    """

    score: int | None = None
    one: bool = False

    def after_key(self, key: str) -> "TypedScore":
        """Return what is typed after *key*; another key than 0 or Enter replaces a 1 that waits."""
        if self.one and key in ("0", "enter"):
            return TypedScore(10 if key == "0" else 1)
        if key == "1":
            return TypedScore(one=True)
        return TypedScore(int(key) if key.isascii() and key.isdigit() else None)
