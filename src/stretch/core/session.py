"""A session while it goes on: `update(session, event)` gives the session after a clock reading or an action."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import Struct

from stretch.core.cues import Cue, cues
from stretch.core.phases import WORKING, Phase
from stretch.core.timeline import Moment, Timeline

Action = Literal["pause", "next", "back", "more", "less", "help", "quit", "suspend", "other"]
"""What a key can ask for; `other` is any key that asks for nothing, which still ends help and goes on after being away;
`suspend` is what Ctrl-Z does."""

NS_PER_MS = 1_000_000
AWAY_NS = 2_000 * NS_PER_MS
"""A longer gap between two clock readings means that the machine or the process slept."""
LEAD_IN_NS = 3_000 * NS_PER_MS
"""Time to get back into the stretch after having been away."""
STEP_MS = 5_000
"""What one press of more or less adds or takes away."""
AGAIN_MS = 2_000
"""Going back within this time of a start goes to the start before."""


class Tick(Struct, frozen=True):
    """A reading of the clock in nanoseconds."""

    clock: int


Event = Tick | Action


class Session(Struct, frozen=True, kw_only=True):
    """How far one is, what is done, and whether time stands still.

    The position is kept in integer nanoseconds, so that no pattern of ticks and pauses makes it drift.
    """

    timeline: Timeline
    speed: int = 1
    position_ns: int = 0
    clock: int | None = None
    paused: bool = False
    away_ns: int = 0
    """How long the machine slept, until a key is pressed."""
    lead_in_ns: int = 0
    """What is left of the time to get back into the stretch; the position stands still meanwhile."""
    helping: bool = False
    over: Literal["finished", "stopped"] | None = None
    active_ns: int = 0
    """Time that counted: no pauses, no gaps."""
    done: frozenset[int] = frozenset()
    """Indexes of the working phases played to their end."""
    jumps: int = 0

    @property
    def still(self) -> bool:
        """Whether time stands still."""
        return self.paused or self.helping

    @property
    def position(self) -> int:
        """Milliseconds from the start of the timeline."""
        return self.position_ns // NS_PER_MS

    @property
    def moment(self) -> Moment:
        """What is the case now."""
        return self.timeline.at(self.position)


def update(session: Session, event: Event) -> Session:
    """Return *session* after *event*; a session that is over stays as it is."""
    if session.over:
        return session
    if isinstance(event, Tick):
        return _ticked(session, event.clock)
    if event == "quit":
        return _with(session, over="stopped")
    if event == "suspend":
        return _with(session, paused=True)
    if session.helping:
        return _with(session, helping=False)
    if session.away_ns:
        return _with(session, away_ns=0, paused=False, lead_in_ns=LEAD_IN_NS)
    match event:
        case "pause":
            return _with(session, paused=not session.paused, lead_in_ns=0)
        case "help":
            return _with(session, helping=True)
        case "next":
            return _jumped(session, _next_start(session))
        case "back":
            return _jumped(session, _back_start(session))
        case "more" | "less":
            change = STEP_MS if event == "more" else -STEP_MS
            return _with(session, timeline=session.timeline.adjusted(session.position, change))
        case "other":
            return session


def cues_between(before: Session | None, after: Session) -> tuple[Cue, ...]:
    """Return what is to be called out on the way from one session to the next; None is before its start."""
    if before is None:
        return cues(after.timeline, -1, after.position)
    if before.jumps != after.jumps:
        return cues(after.timeline, after.position - 1, after.position)
    return cues(after.timeline, before.position, after.position)


def stretches_done(session: Session) -> tuple[int, int]:
    """Return how many stretches are done, every repetition of both sides, and how many there are."""
    parts: dict[str, list[bool]] = {}
    for index, phase in enumerate(session.timeline.phases):
        if phase.item and phase.kind in WORKING:
            parts.setdefault(phase.item.stretch.id, []).append(index in session.done)
    return sum(all(part) for part in parts.values()), len(parts)


def _with(session: Session, **changes: object) -> Session:
    return msgspec.structs.replace(session, **changes)


def _ticked(session: Session, clock: int) -> Session:
    gap = clock - session.clock if session.clock is not None else 0
    if gap > AWAY_NS and not session.still:
        return _with(session, clock=clock, paused=True, away_ns=gap)
    if session.still or gap <= 0:
        return _with(session, clock=clock)
    led = min(gap, session.lead_in_ns)
    gap -= led
    ahead = session.timeline.length * NS_PER_MS - session.position_ns
    counted = min(gap * session.speed, ahead)
    position_ns = session.position_ns + counted
    return _with(
        session,
        clock=clock,
        lead_in_ns=session.lead_in_ns - led,
        position_ns=position_ns,
        active_ns=session.active_ns + counted,
        done=session.done | _ended(session, position_ns // NS_PER_MS),
        over="finished" if counted == ahead else None,
    )


def _ended(session: Session, position: int) -> set[int]:
    """Return the working phases that end on the way to *position*."""
    first = session.timeline.index_at(session.position)
    last = session.timeline.index_at(position)
    phases = session.timeline.phases
    return {i for i in range(first, last + 1) if phases[i].kind in WORKING and phases[i].end <= position}


def _jumped(session: Session, position: int) -> Session:
    return _with(session, position_ns=position * NS_PER_MS, jumps=session.jumps + 1, lead_in_ns=0, paused=False)


def _is_station(phase: Phase) -> bool:
    return phase.kind in ("warm-up", "prepare", "switch", "settle")


def _next_start(session: Session) -> int:
    """Return where the stretch begins if it is being prepared, else where the next side or stretch is prepared."""
    moment = session.moment
    ready = moment.phase.kind in ("prepare", "switch", "rest")
    for phase in session.timeline.phases[moment.index + 1 :]:
        if phase.kind in WORKING if ready else _is_station(phase):
            return phase.start
    return session.timeline.length


def _back_start(session: Session) -> int:
    """Return where this side of this stretch is prepared, or the one before if that is where one is."""
    moment = session.moment
    starts = [phase.start for phase in session.timeline.phases[: moment.index + 1] if _is_station(phase)]
    if len(starts) > 1 and session.position - starts[-1] < AGAIN_MS:
        return starts[-2]
    return starts[-1] if starts else 0
