"""Keys of a pain score from 0 to 10: a 1 waits for a moment, because a 0 after it makes it 10."""

from msgspec import Struct

PAIN_NOW = "Pain now, 0 to 10?"
SCORE_KEYS = "0 to 10"
"""The name of the keys."""
WAIT_NS = 800_000_000
"""A 1 is a score of its own if no 0 follows within this time."""


class TypedScore(Struct, frozen=True):
    """What was typed of a score: it is complete with a *score*; a 1 waits since a time."""

    score: int | None = None
    one_since_ns: int | None = None

    def after_key(self, key: str, now_ns: int) -> "TypedScore":
        """Return what is typed after *key*; another key than 0 or Enter replaces a 1 that waits."""
        if self.one_since_ns is not None and key in ("0", "enter"):
            return TypedScore(10 if key == "0" else 1)
        if key == "1":
            return TypedScore(one_since_ns=now_ns)
        return TypedScore(int(key) if key.isascii() and key.isdigit() else None)

    def after_time(self, now_ns: int) -> "TypedScore":
        """Return what is typed when no key came until *now_ns*."""
        waited = self.one_since_ns is not None and now_ns - self.one_since_ns >= WAIT_NS
        return TypedScore(1) if waited else self
