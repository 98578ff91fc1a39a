"""What is kept of one session: what was planned, what became of it on each side, and the scores around it."""

# No `from __future__ import annotations` here: msgspec would compile every annotation anew at each start.
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import asdict

from stretch.core.model import Id
from stretch.core.safety.scores import Entry, Scores
from stretch.core.vocabulary import Side

SessionId = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
"""Random, so that the journals of two machines can be put together."""
When = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$")]
"""A moment with the offset of the clock on the wall: what day it was is decided where the person was."""
Seconds = Annotated[float, Meta(ge=0, le=1_000_000)]
Count = Annotated[int, Meta(ge=0, le=10_000)]
Text = Annotated[str, Meta(min_length=1, max_length=200)]
Ended = Literal["finished", "stopped", "numb", "dizzy", "eyes"]
"""How a session ended: at its end, by the person or a signal, or for a sign (rules ST2, ST6, ST7)."""


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One stretch on one side, or on both at once; what is planned and done is counted in working phases."""

    stretch: Id
    name: Text
    side: Side | None = None
    areas: Annotated[tuple[Id, ...], Meta(max_length=10)] = ()
    """The areas it is for."""
    planned: Annotated[int, Meta(ge=1, le=10_000)]
    done: Count = 0
    seconds: Seconds = 0.0
    """In working phases, as they were: also those of a repetition that was cut short."""
    eased: bool = False
    hurt: Count = 0
    """How many times."""
    skipped: bool = False
    """Whether it was passed over, all of it or the rest of it."""

    @property
    def complete(self) -> bool:
        """Whether every repetition of this side is done."""
        return self.done >= self.planned

    @property
    def owed(self) -> bool:
        """Whether it is still to be done."""
        return not self.complete and not self.skipped


class SessionRecord(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One session as the journal has it."""

    id: SessionId
    started: When
    title: Text
    areas: Annotated[tuple[Id, ...], Meta(max_length=40)] = ()
    planned_seconds: Seconds = 0.0
    active_seconds: Seconds = 0.0
    """Time that counted: no pauses, no gaps."""
    ended: Ended | None = None
    """None while it goes on, and for one that was cut off."""
    phase: Count = 0
    """The index of the phase that was under way."""
    parts: Annotated[tuple[Part, ...], Meta(max_length=500)] = ()
    scores: Scores = Scores()
    revision: Annotated[int, Meta(ge=0, le=2**53)] = 0
    """Grows with every change: of two copies of a session the one that changed more often is the later one."""

    @property
    def day(self) -> date:
        """The day it began, where the person was."""
        return date.fromisoformat(self.started[:10])

    @property
    def stretches(self) -> tuple[int, int]:
        """How many stretches are done, every repetition of both sides, and how many were planned."""
        return count_stretches(self.parts)

    @property
    def first_side(self) -> Side | None:
        """The side that came first; None where no stretch has sides (rule RB7)."""
        return next((part.side for part in self.parts if part.side is not None), None)

    @property
    def entry(self) -> Entry:
        """The scores as the trend reads them."""
        return Entry(day=self.day, **asdict(self.scores))


def count_stretches(parts: tuple[Part, ...]) -> tuple[int, int]:
    """Return how many stretches are done, every repetition of both sides, and how many there are."""
    return len(done_stretches(parts)), len({part.stretch for part in parts})


def done_stretches(parts: tuple[Part, ...]) -> tuple[str, ...]:
    """Return the ids of the stretches of which every part is complete: both sides or it does not count."""
    open_ones = {part.stretch for part in parts if not part.complete}
    return tuple(dict.fromkeys(part.stretch for part in parts if part.stretch not in open_ones))
