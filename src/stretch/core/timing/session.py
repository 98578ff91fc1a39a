"""A session while it goes on: `update(session, event)` gives the session after a clock reading or an action."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

import msgspec
from msgspec import Struct

from stretch.core.timing import navigation
from stretch.core.timing.cues import Cue, cues
from stretch.core.timing.phases import NS_PER_MS as NS_PER_MS
from stretch.core.timing.phases import Phase
from stretch.core.timing.timeline import Moment, Timeline

Action = Literal[
    "pause", "next", "back", "more", "less", "ease", "hurt", "numb", "dizzy", "eyes",
    "sound", "voice", "help", "quit", "suspend", "other",
]  # fmt: skip
"""What a key can ask for; `other` is any key that asks for nothing, which still ends help and goes on after being away;
`suspend` is what Ctrl-Z does; `numb`, `dizzy` and `eyes` say what hurt was, and are `other` at any other time."""

AWAY_NS = 2_000 * NS_PER_MS
"""A longer gap between two clock readings means that the machine or the process slept."""
LEAD_IN_NS = 3_000 * NS_PER_MS
"""Time to get back into the stretch after having been away."""
STEP_MS = 5_000
"""What one press of more or less adds or takes away."""


class Tick(Struct, frozen=True):
    """A reading of the clock in nanoseconds."""

    clock: int


Event = Tick | Action


class Session(Struct, frozen=True, kw_only=True, dict=True):
    """How far one is, what is done, and whether time stands still.

    The position is kept in integer nanoseconds, so that no pattern of ticks and pauses makes it drift.
    """

    timeline: Timeline
    speed: int = 1
    wait: bool = False
    """Whether to stand still before each new stretch until a key is pressed."""
    sound: bool = True
    voice: bool = False
    position_ns: int = 0
    clock: int | None = None
    paused: bool = False
    waiting: bool = False
    """Standing still before a new stretch, as `wait` asks."""
    away_ns: int = 0
    """How long the machine slept, until a key is pressed."""
    lead_in_ns: int = 0
    """What is left of the time to get back into the stretch; the position stands still meanwhile."""
    helping: bool = False
    over: Literal["finished", "stopped"] | None = None
    active_ns: int = 0
    """Time that counted: no pauses, no gaps."""
    spent_ns: dict[int, int] = {}
    """How much of it fell into each phase, by the index of the phase."""
    done: frozenset[int] = frozenset()
    """Indexes of the working phases played to their end."""
    eased_at: frozenset[int] = frozenset()
    """Indexes of the phases that were made easier."""
    hurt_at: tuple[int, ...] = ()
    """The indexes of the phases in which something hurt, in order, one for each time."""
    stopped_for: str | None = None
    """The id of the stretch or move that was stopped because it hurt, until a key is pressed."""
    ended_for: Literal["numb", "dizzy", "eyes"] | None = None
    """What the person said when something hurt and that ended the session (rules ST2, ST6, ST7)."""
    jumps: int = 0

    @property
    def still(self) -> bool:
        """Whether time stands still."""
        return self.paused or self.helping or self.waiting or self.stopped_for is not None

    @property
    def position(self) -> int:
        """Milliseconds from the start of the timeline."""
        return self.position_ns // NS_PER_MS

    @cached_property
    def moment(self) -> Moment:
        """What is the case now."""
        return self.timeline.at(self.position)

    @property
    def eased(self) -> frozenset[str]:
        """Ids of the stretches that go on in their easier way."""
        return frozenset(_name_of(self.timeline.phases[index]) for index in self.eased_at)

    @property
    def hurt(self) -> tuple[str, ...]:
        """Ids of the stretches and moves that hurt, in order, one for each time."""
        return tuple(_name_of(self.timeline.phases[index]) for index in self.hurt_at)


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
    if event in ("sound", "voice"):
        return _with(session, **{event: not getattr(session, event)})
    if session.helping:
        return _with(session, helping=False)
    if session.away_ns:
        return _with(session, away_ns=0, paused=False, lead_in_ns=LEAD_IN_NS)
    if session.waiting and event not in ("back", "next", "hurt", "help"):
        return _with(session, waiting=False)
    if session.stopped_for and event in ("numb", "dizzy", "eyes"):
        return _with(session, over="stopped", ended_for=event)
    if session.stopped_for:
        return _left_out(session) if event in ("next", "hurt") else _with(session, stopped_for=None)
    return _acted(session, event)


def cues_between(before: Session | None, after: Session) -> tuple[Cue, ...]:
    """Return what is to be called out on the way from one session to the next; None is before its start."""
    if before is None:
        return cues(after.timeline, -1, after.position)
    if before.jumps != after.jumps:
        return cues(after.timeline, after.position - 1, after.position)
    return cues(after.timeline, before.position, after.position)


def _name_of(phase: Phase) -> str:
    if phase.item is not None:
        return phase.item.stretch.id
    return phase.move.id if phase.move else phase.kind


def _with(session: Session, **changes: object) -> Session:
    return msgspec.structs.replace(session, **changes)


def _acted(session: Session, action: Action) -> Session:
    timeline, position = session.timeline, session.position
    match action:
        case "pause":
            return _with(session, paused=not session.paused, lead_in_ns=0)
        case "help":
            return _with(session, helping=True)
        case "next":
            return _jumped(session, navigation.next_start(timeline, position))
        case "back":
            return _jumped(session, navigation.back_start(timeline, position))
        case "more" | "less":
            change = STEP_MS if action == "more" else -STEP_MS
            return _with(session, timeline=timeline.adjusted(position, change))
        case "ease":
            return _eased(session)
        case "hurt":
            return _hurt(session)
    return session


def _ticked(session: Session, clock: int) -> Session:
    gap = clock - session.clock if session.clock is not None else 0
    if gap > AWAY_NS and not session.still:
        return _with(session, clock=clock, paused=True, away_ns=gap)
    if session.still or gap <= 0:
        return _with(session, clock=clock)
    led = min(gap, session.lead_in_ns)
    end = session.timeline.length * NS_PER_MS
    position_ns = min(session.position_ns + (gap - led) * session.speed, end)
    waiting = False
    if session.wait:
        stop = navigation.next_preparation(session.timeline, session.position, position_ns // NS_PER_MS)
        if stop is not None:
            position_ns, waiting = stop * NS_PER_MS, True
    return _with(
        session,
        clock=clock,
        lead_in_ns=session.lead_in_ns - led,
        position_ns=position_ns,
        active_ns=session.active_ns + position_ns - session.position_ns,
        spent_ns=navigation.add_elapsed(session.timeline, session.position_ns, position_ns, session.spent_ns),
        done=session.done | navigation.completed_phases(session.timeline, session.position, position_ns // NS_PER_MS),
        waiting=waiting,
        over="finished" if position_ns == end else None,
    )


def _jumped(session: Session, position: int) -> Session:
    return _with(
        session,
        position_ns=position * NS_PER_MS,
        jumps=session.jumps + 1,
        lead_in_ns=0,
        paused=False,
        waiting=False,
        stopped_for=None,
    )


def _eased(session: Session) -> Session:
    """Go on in the easier way: halve what is left of this hold, or of the next one while getting ready for it."""
    found = navigation.hold_ahead(session.timeline, session.position)
    if found is None:
        return session
    index, position = found
    phase = session.timeline.phases[index]
    timeline = session.timeline.adjusted(position, -(phase.end - position) // 2)
    return _with(session, timeline=timeline, eased_at=session.eased_at | {index})


def _hurt(session: Session) -> Session:
    """Stop the stretch that hurts: offer it once more in its easier way, and the second time drop it (rule ST1).

    A move of the warm-up has no easier way; it stops as well, and is gone on with or passed over. When the stretch
    before hurt as well, it is enough for today: settle (rule ST5).
    """
    timeline, position = session.timeline, session.position
    phase = session.moment.phase
    noted = _with(session, hurt_at=(*session.hurt_at, session.moment.index))
    name = _name_of(phase)
    if phase.item is None:
        return _with(noted, stopped_for=name)
    before = navigation.item_before(timeline, position)
    if before and before.stretch.id in session.hurt and name not in session.hurt:
        return _jumped(noted, timeline.phases[-1].start)
    if name in session.hurt:
        return _left_out(noted)
    again = _jumped(noted, navigation.back_start(timeline, position, again_ms=0))
    return _with(_eased(again), stopped_for=name)


def _left_out(session: Session) -> Session:
    further = navigation.next_start if session.moment.phase.item is None else navigation.next_item_start
    return _jumped(session, further(session.timeline, session.position))
