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

    clock_ns: int


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
    clock_ns: int | None = None
    paused: bool = False
    waiting: bool = False
    """Standing still before a new stretch, as `wait` asks."""
    sleep_gap_ns: int = 0
    """How long the machine slept, until a key is pressed."""
    lead_in_ns: int = 0
    """What is left of the time to get back into the stretch; the position stands still meanwhile."""
    help_open: bool = False
    end_state: Literal["finished", "stopped"] | None = None
    active_ns: int = 0
    """Time that counted: no pauses, no gaps."""
    elapsed_ns: dict[int, int] = {}
    """How much of it fell into each phase, by the index of the phase."""
    completed_phases: frozenset[int] = frozenset()
    """Indexes of the working phases played to their end."""
    easier_phases: frozenset[int] = frozenset()
    """Indexes of the phases that were made easier."""
    pain_reported_at: tuple[int, ...] = ()
    """The indexes of the phases in which something hurt, in order, one for each time."""
    pain_stop: str | None = None
    """The id of the stretch or move that was stopped because it hurt, until a key is pressed."""
    end_reason: Literal["numb", "dizzy", "eyes"] | None = None
    """What the person said when something hurt and that ended the session (rules ST2, ST6, ST7)."""
    seek_count: int = 0

    @property
    def clock_stopped(self) -> bool:
        """Whether time stands still."""
        return self.paused or self.help_open or self.waiting or self.pain_stop is not None

    @property
    def position_ms(self) -> int:
        """Milliseconds from the start of the timeline."""
        return self.position_ns // NS_PER_MS

    @cached_property
    def moment(self) -> Moment:
        """What is the case now."""
        return self.timeline.at(self.position_ms)

    @property
    def easier_ids(self) -> frozenset[str]:
        """Ids of the stretches that go on in their easier way."""
        return frozenset(_name_of(self.timeline.phases[index]) for index in self.easier_phases)

    @property
    def painful_ids(self) -> tuple[str, ...]:
        """Ids of the stretches and moves that hurt, in order, one for each time."""
        return tuple(_name_of(self.timeline.phases[index]) for index in self.pain_reported_at)


def update(session: Session, event: Event) -> Session:
    """Return *session* after *event*; a session that is over stays as it is."""
    if session.end_state:
        return session
    if isinstance(event, Tick):
        return _ticked(session, event.clock_ns)
    if event == "quit":
        return _with(session, end_state="stopped")
    if event == "suspend":
        return _with(session, paused=True)
    if event in ("sound", "voice"):
        return _with(session, **{event: not getattr(session, event)})
    if session.help_open:
        return _with(session, help_open=False)
    if session.sleep_gap_ns:
        return _with(session, sleep_gap_ns=0, paused=False, lead_in_ns=LEAD_IN_NS)
    if session.waiting and event not in ("back", "next", "hurt", "help"):
        return _with(session, waiting=False)
    if session.pain_stop and event in ("numb", "dizzy", "eyes"):
        return _with(session, end_state="stopped", end_reason=event)
    if session.pain_stop:
        return _left_out(session) if event in ("next", "hurt") else _with(session, pain_stop=None)
    return _acted(session, event)


def cues_between(before: Session | None, after: Session) -> tuple[Cue, ...]:
    """Return what is to be called out on the way from one session to the next; None is before its start."""
    if before is None:
        return cues(after.timeline, -1, after.position_ms)
    if before.seek_count != after.seek_count:
        return cues(after.timeline, after.position_ms - 1, after.position_ms)
    return cues(after.timeline, before.position_ms, after.position_ms)


def _name_of(phase: Phase) -> str:
    if phase.item is not None:
        return phase.item.stretch.id
    return phase.move.id if phase.move else phase.kind


def _with(session: Session, **changes: object) -> Session:
    return msgspec.structs.replace(session, **changes)


def _acted(session: Session, action: Action) -> Session:
    timeline, position = session.timeline, session.position_ms
    match action:
        case "pause":
            return _with(session, paused=not session.paused, lead_in_ns=0)
        case "help":
            return _with(session, help_open=True)
        case "next":
            return _jumped(session, navigation.next_start(timeline, position))
        case "back":
            return _jumped(session, navigation.back_start(timeline, position))
        case "more" | "less":
            change = STEP_MS if action == "more" else -STEP_MS
            return _with(session, timeline=timeline.adjust(position, change))
        case "ease":
            return _eased(session)
        case "hurt":
            return _hurt(session)
    return session


def _ticked(session: Session, clock: int) -> Session:
    gap = clock - session.clock_ns if session.clock_ns is not None else 0
    if gap > AWAY_NS and not session.clock_stopped:
        return _with(session, clock_ns=clock, paused=True, sleep_gap_ns=gap)
    if session.clock_stopped or gap <= 0:
        return _with(session, clock_ns=clock)
    led = min(gap, session.lead_in_ns)
    end = session.timeline.length_ms * NS_PER_MS
    position_ns = min(session.position_ns + (gap - led) * session.speed, end)
    waiting = False
    if session.wait:
        stop = navigation.next_preparation(session.timeline, session.position_ms, position_ns // NS_PER_MS)
        if stop is not None:
            position_ns, waiting = stop * NS_PER_MS, True
    return _with(
        session,
        clock_ns=clock,
        lead_in_ns=session.lead_in_ns - led,
        position_ns=position_ns,
        active_ns=session.active_ns + position_ns - session.position_ns,
        elapsed_ns=navigation.add_elapsed(session.timeline, session.position_ns, position_ns, session.elapsed_ns),
        completed_phases=session.completed_phases
        | navigation.completed_phases(session.timeline, session.position_ms, position_ns // NS_PER_MS),
        waiting=waiting,
        end_state="finished" if position_ns == end else None,
    )


def _jumped(session: Session, position: int) -> Session:
    return _with(
        session,
        position_ns=position * NS_PER_MS,
        seek_count=session.seek_count + 1,
        lead_in_ns=0,
        paused=False,
        waiting=False,
        pain_stop=None,
    )


def _eased(session: Session) -> Session:
    """Go on in the easier way: halve what is left of this hold, or of the next one while getting ready for it."""
    found = navigation.hold_ahead(session.timeline, session.position_ms)
    if found is None:
        return session
    index, position = found
    phase = session.timeline.phases[index]
    timeline = session.timeline.adjust(position, -(phase.end_ms - position) // 2)
    return _with(session, timeline=timeline, easier_phases=session.easier_phases | {index})


def _hurt(session: Session) -> Session:
    """Stop the stretch that hurts: offer it once more in its easier way, and the second time drop it (rule ST1).

    A move of the warm-up has no easier way; it stops as well, and is gone on with or passed over. When the stretch
    before hurt as well, it is enough for today: settle (rule ST5).
    """
    timeline, position = session.timeline, session.position_ms
    phase = session.moment.phase
    noted = _with(session, pain_reported_at=(*session.pain_reported_at, session.moment.index))
    name = _name_of(phase)
    if phase.item is None:
        return _with(noted, pain_stop=name)
    before = navigation.item_before(timeline, position)
    if before and before.stretch.id in session.painful_ids and name not in session.painful_ids:
        return _jumped(noted, timeline.phases[-1].start_ms)
    if name in session.painful_ids:
        return _left_out(noted)
    again = _jumped(noted, navigation.back_start(timeline, position, again_ms=0))
    return _with(_eased(again), pain_stop=name)


def _left_out(session: Session) -> Session:
    further = navigation.next_start if session.moment.phase.item is None else navigation.next_item_start
    return _jumped(session, further(session.timeline, session.position_ms))
