"""Session state: `update(session, event)` returns the session after a clock reading or an action."""

from collections.abc import Callable
from functools import cached_property
from typing import Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from stretch.core.timing.phases import NS_PER_MS, WORKING_KINDS
from stretch.core.timing.timeline import (
    Cue,
    Moment,
    Timeline,
    back_start,
    cues,
    hold_ahead,
    next_item_start,
    next_start,
)

Action = Literal[
    "pause", "next", "skip", "back", "more", "less", "replace", "ease", "hurt",
    "numb", "dizzy", "eyes", "chest", "legs",
    "sound", "voice", "help", "quit", "suspend", "accept", "other",
]  # fmt: skip
"""Actions of keys and signals.

`skip` leaves out a whole stretch or the whole warm-up; `replace` asks for another stretch instead. `suspend` is
Ctrl-Z. `accept` takes what is offered when something hurt, and the symptoms say what happened then; at any other time
they count as `other`. That is any other key: it still closes the help and continues after a pause.
"""

SLEEP_GAP_NS = 2_000 * NS_PER_MS
"""After a longer freeze the session waits for a key."""
LEAD_IN_NS = 3_000 * NS_PER_MS
"""Time to get back into the stretch after such a gap."""
STEP_MS = 5_000
"""Change made by one press of `more` or `less`."""


class Tick(Struct, frozen=True):
    """A clock reading in nanoseconds; for *frozen_ns* before it the process or the machine stood still."""

    clock_ns: int
    frozen_ns: int = 0


Event = Tick | Action
Symptom = Literal["numb", "dizzy", "eyes", "chest", "legs"]
"""Answers that end a session in which something hurt (rules ST2, ST6, ST7, ST6b, ST8)."""


class Session(Struct, frozen=True, kw_only=True, dict=True):
    """The state of a session: its position, what was done, and whether its clock runs.

    The position is in integer nanoseconds, so that it never drifts, however often the session ticks or pauses.
    """

    timeline: Timeline
    speed: int = 1
    wait: bool = False
    """Wait for a key before each stretch."""
    has_keys: bool = True
    """Keys can be pressed; without them nothing waits for one."""
    sound: bool = True
    voice: bool = False
    bell_only: bool = False
    """Only the terminal bell can be heard of the sounds."""
    muted: bool = False
    """The volume is 0, so that there is neither sound nor bell."""
    voice_silent: bool = False
    """Nothing can be heard of the voice."""
    position_ns: int = 0
    clock_ns: int | None = None
    """The last clock reading."""
    paused: bool = False
    waiting: bool = False
    """True while it waits for a key before a stretch."""
    sleep_gap_ns: int = 0
    """Length of the last long freeze, until a key is pressed."""
    lead_in_ns: int = 0
    """Time left to get back into the stretch, before the position moves again."""
    help_open: bool = False
    help_ns: int = 0
    """Time without moving since the help was opened or pain reported."""
    replacing: bool = False
    """True while the current stretch is to be replaced, which takes the catalog."""
    end_state: Literal["finished", "stopped"] | None = None
    active_ns: int = 0
    """Time played, without pauses and gaps."""
    elapsed_ns: dict[int, int] = {}
    """Time played in each phase, by its index."""
    completed_phases: frozenset[int] = frozenset()
    """Indexes of the working phases played to the end."""
    easier_phases: frozenset[int] = frozenset()
    """Indexes of the phases that were made easier."""
    pain_reported_at: tuple[int, ...] = ()
    """Indexes of the phases in which something hurt, in order, one for each report."""
    pain_stop: str | None = None
    """The id of the stretch or move that was stopped because it hurt, until a key is pressed."""
    end_reason: Symptom | None = None
    """The symptom that ended the session."""
    seek_count: int = 0
    """Number of jumps to another position."""

    @property
    def clock_stopped(self) -> bool:
        """True while the position stays where it is until a key is pressed."""
        return self.paused or self.help_open or self.waiting or self.pain_stop is not None

    @property
    def voice_heard(self) -> bool:
        """True while the voice takes time."""
        return self.voice and not self.voice_silent

    @property
    def position_ms(self) -> int:
        """Milliseconds from the start of the timeline."""
        return self.position_ns // NS_PER_MS

    @cached_property
    def moment(self) -> Moment:
        """The state of the timeline at the current position."""
        return self.timeline.at(self.position_ms)

    @property
    def easier_ids(self) -> frozenset[str]:
        """Ids of the stretches that were made easier."""
        return frozenset(self.timeline.phases[index].activity_id for index in self.easier_phases)

    @property
    def painful_ids(self) -> tuple[str, ...]:
        """Ids of the stretches and moves that hurt, in order, one for each report."""
        return tuple(self.timeline.phases[index].activity_id for index in self.pain_reported_at)

    @property
    def two_in_a_row_hurt(self) -> bool:
        """True if the current stretch hurt and the one before it: a reason to end and rest (rule ST5)."""
        number = self.timeline.stretch_numbers[self.moment.index]
        before = self.timeline.items[number - 2].stretch.id if number > 1 else ""
        return {before, self.moment.phase.activity_id} <= {*self.painful_ids}


def update(session: Session, event: Event) -> Session:
    """Return *session* after *event*; a session that has ended does not change."""
    if session.end_state:
        return session
    if isinstance(event, Tick):
        session = _advance(session, event)
        asleep = event.frozen_ns > SLEEP_GAP_NS and session.has_keys
        if asleep and not session.clock_stopped and not session.end_state:
            return replace(session, paused=True, sleep_gap_ns=event.frozen_ns)
        return session
    if event == "quit":
        return replace(session, end_state="stopped")
    if event == "suspend":
        return replace(session, paused=True, sleep_gap_ns=0) if session.has_keys else session
    if event == "sound":
        return replace(session, sound=not session.sound)
    if event == "voice":
        return with_voice(session, not session.voice)
    if event == "hurt":
        # Pain is never only the key that closes the help or ends a pause.
        session = replace(session, help_open=False, sleep_gap_ns=0)
    if session.help_open:
        return replace(session, help_open=False)
    if session.sleep_gap_ns:
        return replace(session, sleep_gap_ns=0, paused=False, lead_in_ns=LEAD_IN_NS)
    if session.waiting and event not in ("back", "next", "skip", "hurt", "help"):
        return replace(session, waiting=False)
    return _answer_pain(session, event) if session.pain_stop else _perform(session, event)


def with_voice(session: Session, voice: bool) -> Session:
    """Return *session* with *voice* on or off, and with the time that it takes in the phases that have not begun."""
    session = replace(session, voice=voice)
    return replace(session, timeline=session.timeline.with_voice(session.voice_heard, session.position_ms))


def with_audio_found(session: Session, *, bell_only: bool, voice_silent: bool, muted: bool = False) -> Session:
    """Return *session* with what is known of its audio: a silent voice takes no time."""
    silent_before = session.voice_silent
    if (bell_only, voice_silent, muted) != (session.bell_only, silent_before, session.muted):
        session = replace(session, bell_only=bell_only, voice_silent=voice_silent, muted=muted)
    return with_voice(session, True) if session.voice and voice_silent != silent_before else session


def cues_between(before: Session | None, after: Session) -> tuple[Cue, ...]:
    """Return the cues from one session state to the next; None is the state before the start."""
    jumped = before is not None and before.seek_count != after.seek_count
    after_ms = after.position_ms - 1 if jumped else before.position_ms if before else -1
    return cues(after.timeline, after_ms, after.position_ms)


def _advance(session: Session, tick: Tick) -> Session:
    gap_ns = tick.clock_ns - tick.frozen_ns - session.clock_ns if session.clock_ns is not None else 0
    if session.clock_stopped or gap_ns <= 0:
        return replace(session, clock_ns=tick.clock_ns, help_ns=session.help_ns + max(gap_ns, 0))
    lead_in_ns = min(gap_ns, session.lead_in_ns)
    length_ns = session.timeline.length_ms * NS_PER_MS
    end_ns, waiting = min(session.position_ns + (gap_ns - lead_in_ns) * session.speed, length_ns), False
    if session.wait:
        for phase in session.timeline.phases:
            if phase.kind == "prepare" and session.position_ms < phase.start_ms <= end_ns // NS_PER_MS:
                end_ns, waiting = phase.start_ms * NS_PER_MS, True
                break
    elapsed_ns, completed_phases = _played(session, end_ns)
    return replace(
        session,
        clock_ns=tick.clock_ns,
        lead_in_ns=session.lead_in_ns - lead_in_ns,
        position_ns=end_ns,
        active_ns=session.active_ns + end_ns - session.position_ns,
        elapsed_ns=elapsed_ns,
        completed_phases=completed_phases,
        waiting=waiting,
        end_state="finished" if end_ns == length_ns else None,
    )


def _played(session: Session, end_ns: int) -> tuple[dict[int, int], frozenset[int]]:
    """Return the time played in each phase and the phases completed, when *session* is played on to *end_ns*."""
    phases, index, at_ns = session.timeline.phases, session.moment.index, session.position_ns
    elapsed_ns, completed = dict(session.elapsed_ns), session.completed_phases
    while at_ns < end_ns:
        phase_end_ns = phases[index].end_ms * NS_PER_MS
        until_ns = min(end_ns, phase_end_ns)
        elapsed_ns[index] = elapsed_ns.get(index, 0) + until_ns - at_ns
        if until_ns == phase_end_ns and phases[index].kind in WORKING_KINDS:
            completed |= {index}
        at_ns, index = until_ns, index + 1
    return elapsed_ns, completed


def _perform(session: Session, action: Action) -> Session:
    timeline, position_ms = session.timeline, session.position_ms
    match action:
        case "pause":
            return replace(session, paused=not session.paused, lead_in_ns=0)
        case "help":
            return replace(session, help_open=True, help_ns=0)
        case "next" | "skip" | "back":
            if action == "back":
                return seek(session, back_start(timeline, position_ms))
            return _go_on(session, next_start if action == "next" else next_item_start)
        case "more" | "less":
            # Getting ready takes the time it takes: what follows is changed.
            ready = session.moment.phase.kind in ("prepare", "switch")
            found = hold_ahead(timeline, position_ms) if ready else None
            at_ms = found[1] if found else position_ms
            return replace(session, timeline=timeline.adjust(at_ms, STEP_MS if action == "more" else -STEP_MS))
        case "replace":
            return replace(session, replacing=session.moment.phase.item is not None)
        case "ease":
            return _ease(session)
        case "hurt":
            return _report_pain(session)
    return session


def seek(session: Session, position_ms: int) -> Session:
    """Return *session* after a jump to *position_ms*, where it runs."""
    return replace(
        session,
        position_ns=position_ms * NS_PER_MS,
        seek_count=session.seek_count + 1,
        lead_in_ns=0,
        paused=False,
        waiting=False,
        pain_stop=None,
    )


def _ease(session: Session) -> Session:
    """Switch to the easier way: halve the rest of this hold, or the next hold of the stretch being prepared."""
    found = hold_ahead(session.timeline, session.position_ms)
    if found is None:
        return session
    index, position_ms = found
    phase = session.timeline.phases[index]
    timeline = session.timeline.adjust(position_ms, -(phase.end_ms - position_ms) // 2)
    return replace(session, timeline=timeline, easier_phases=session.easier_phases | {index})


def _report_pain(session: Session) -> Session:
    """Stop the stretch that hurts: offer its easier way the first time, and skip it the second time (rule ST1).

    A warm-up move has no easier way: it is stopped, to be continued or skipped.
    """
    phase = session.moment.phase
    reported = replace(session, pain_reported_at=(*session.pain_reported_at, session.moment.index), help_ns=0)
    name = phase.activity_id
    if phase.item is None:
        return replace(reported, pain_stop=name)
    if name in session.painful_ids and not reported.two_in_a_row_hurt:
        return _skip_stretch(reported)
    again = seek(reported, back_start(session.timeline, session.position_ms, again_ms=0))
    eased = again if name in session.painful_ids else _ease(again)
    return replace(eased, pain_stop=name)


def _answer_pain(session: Session, answer: Action) -> Session:
    """Continue after pain as *answer* says; a key that is no answer changes nothing."""
    if answer in get_args(Symptom):
        return replace(session, end_state="stopped", end_reason=answer)
    if answer == "help":
        return replace(session, help_open=True, help_ns=0)
    if answer == "accept" and session.two_in_a_row_hurt:
        return _go_on(session, _end_start)
    if answer in ("accept", "ease"):
        return replace(session, pain_stop=None)
    if answer == "hurt":
        session = replace(session, pain_reported_at=(*session.pain_reported_at, session.moment.index))
    return _skip_stretch(session) if answer in ("next", "skip", "hurt") else session


def _skip_stretch(session: Session) -> Session:
    start_of_next = next_start if session.moment.phase.item is None else next_item_start
    return _go_on(session, start_of_next)


def _go_on(session: Session, find_target: Callable[[Timeline, int], int]) -> Session:
    """Return *session* after a jump ahead; a stretch that hurt, of which a part is skipped, does not come again."""
    timeline, index, name = session.timeline, session.moment.index, session.moment.phase.activity_id
    target_ms = find_target(timeline, session.position_ms)
    skips = any(
        at not in session.completed_phases and phase.kind in WORKING_KINDS and phase.end_ms <= target_ms
        for at, phase in enumerate(timeline.phases[index:], start=index)
    )
    if skips and name in session.painful_ids:
        here = timeline.stretch_numbers[index]
        again = {at for at, item in enumerate(timeline.items, start=1) if at > here and item.stretch.id == name}
        if again:
            timeline = timeline.without(again, voice=session.voice_heard)
    return seek(replace(session, timeline=timeline), find_target(timeline, session.position_ms))


def _end_start(timeline: Timeline, _: int) -> int:
    """Return the start of settling, or else the end."""
    last = timeline.phases[-1]
    return last.start_ms if last.kind == "settle" else last.end_ms
