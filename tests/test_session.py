"""Sessions: clock, keys, pain and cues."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretch.core.journal.progress import stretches_done
from stretch.core.timing.phases import WORKING_KINDS, Phase
from stretch.core.timing.plan_changes import with_more_stretches
from stretch.core.timing.session import (
    Action,
    Session,
    Symptom,
    Tick,
    cues_between,
    update,
    with_audio_found,
    with_voice,
)
from stretch.core.timing.timeline import back_start, build_timeline
from stretch.player.instructions import pause_message
from support import MS, SAMPLE, SECOND, for_each, routine

TIMELINE = build_timeline(routine())
SAMPLE_TIMELINE = build_timeline(SAMPLE)


def session(**fields: Any) -> Session:
    return Session(timeline=TIMELINE, **fields)


def at(position: int, **fields: Any) -> Session:
    return session(position_ns=position * MS, clock_ns=0, **fields)


def phase(kind: str) -> Phase:
    return next(phase for phase in TIMELINE.phases if phase.kind == kind)


def played(start: Session, *clocks: float) -> Session:
    for clock in clocks:
        start = update(start, Tick(int(clock * SECOND)))
    return start


def test_the_position_follows_the_clock() -> None:
    now = played(session(), 100.0, 100.5, 101.25)
    assert now.position_ms == 1_250


def test_pause_stops_the_clock_without_losing_time() -> None:
    now = played(session(), 0, 1.0)
    now = played(update(now, "pause"), 5.0, 900.0)
    assert now.position_ms == 1_000
    now = played(update(now, "pause"), 901.0)
    assert now.position_ms == 2_000
    assert now.active_ns == 2 * SECOND


def frozen(start: Session, clock: float, frozen_s: float) -> Session:
    return update(start, Tick(int(clock * SECOND), int(frozen_s * SECOND)))


@pytest.mark.parametrize(("length", "away"), [(0.5, False), (2.0, False), (2.001, True), (840.0, True)])
def test_freezes_do_not_count_and_over_two_seconds_they_pause(length: float, away: bool) -> None:
    now = frozen(played(session(), 0, 1.0), 1.25 + length, length)
    assert now.paused is away
    assert now.position_ms == 1_250
    assert now.sleep_gap_ns == (int(length * SECOND) if away else 0)
    assert played(now, 2.25 + length).position_ms == (1_250 if away else 2_250)


def test_time_that_was_no_freeze_counts_however_long() -> None:
    assert played(session(), 0, 1.0, 31.0).position_ms == 31_000


def test_without_keys_a_freeze_and_a_suspension_do_not_pause() -> None:
    now = frozen(played(session(has_keys=False), 0, 1.0), 841.0, 840.0)
    assert not now.clock_stopped
    now = played(update(now, "suspend"), 842.0)
    assert now.position_ms == 2_000


@pytest.mark.parametrize("key", ["other", "next", "pause", "more"])
def test_any_key_continues_after_a_freeze_with_a_lead_in(key: Action) -> None:
    now = update(frozen(played(session(), 0, 1.0), 900.0, 899.0), key)
    assert not now.paused
    now = played(now, 901.0, 902.9)
    assert now.position_ms == 1_000
    assert played(now, 903.5).position_ms == 1_500


def test_next_during_preparation_starts_the_stretch() -> None:
    now = update(at(phase("prepare").start_ms + 2_000), "next")
    assert now.moment.phase.kind in WORKING_KINDS
    assert now.position_ms == now.moment.phase.start_ms


def test_next_goes_to_the_other_side_and_then_to_the_next_stretch() -> None:
    hold = phase("hold")
    now = update(at(hold.start_ms + 1_000), "next")
    assert (now.moment.phase.kind, now.moment.phase.side) == ("switch", "right")
    now = update(update(now, "next"), "next")
    assert now.moment.phase.kind == "prepare"
    assert now.moment.phase.item != hold.item


def test_next_while_settling_ends_the_session() -> None:
    now = update(at(phase("settle").start_ms + 10), "next")
    assert played(now, 0.1).end_state == "finished"


def test_back_goes_to_the_start_of_this_side_and_then_of_the_one_before() -> None:
    switch = phase("switch")
    now = update(at(switch.end_ms + 9_000), "back")
    assert now.position_ms == switch.start_ms
    again = update(now, "back")
    assert again.moment.phase.kind == "prepare"
    assert again.moment.phase.item == switch.item


def test_back_at_the_start_stays_there() -> None:
    assert update(at(500), "back").position_ms == 0


def test_more_during_a_hold_makes_the_session_longer() -> None:
    hold = phase("hold")
    now = update(at(hold.start_ms + 1_000), "more")
    assert now.timeline.length_ms == TIMELINE.length_ms + 5_000
    assert now.position_ms == hold.start_ms + 1_000


def test_help_stops_the_clock_until_any_key() -> None:
    now = update(at(1_000), "help")
    now = played(now, 0.5, 30.0)
    assert now.position_ms == 1_000
    assert not now.sleep_gap_ns
    now = update(now, "next")
    assert not now.help_open
    assert played(now, 30.5).position_ms == 1_500


def test_a_stretch_is_done_when_all_repetitions_of_both_sides_were_played() -> None:
    single = build_timeline(routine(areas=(), stretches=("open-book", "childs-pose"), warm_up=0.0))
    now = played(Session(timeline=single), 0)
    second = 0.0
    while now.position_ms < single.phases[-1].start_ms:
        second += 1.0
        now = played(now, second)
    assert stretches_done(now) == (2, 2)
    skipped = Session(timeline=single, clock_ns=0)
    while skipped.moment.phase.kind != "settle":
        skipped = update(skipped, "next")
    assert stretches_done(skipped) == (0, 2)


def test_ended_sessions_do_not_change() -> None:
    ended = update(at(1_000), "quit")
    assert ended.end_state == "stopped"
    assert played(update(ended, "next"), 5.0) == ended


def test_cues_start_with_the_first_and_a_jump_cues_only_its_target() -> None:
    start = played(session(), 0)
    assert [cue.kind for cue in cues_between(None, start)] == ["phase"]
    jumped = update(start, "next")
    heard = cues_between(start, jumped)
    assert [(cue.kind, cue.index) for cue in heard] == [("phase", 1)]


def test_speed_multiplies_time_but_not_freezes() -> None:
    fast = played(session(speed=60), 0, 1.5)
    assert fast.position_ms == 90_000
    assert frozen(fast, 9.0, 7.5).sleep_gap_ns == int(7.5 * SECOND)


actions = st.sampled_from(["pause", "next", "back", "more", "less", "help", "other", "suspend"])
steps = st.lists(st.tuples(st.integers(0, 1_999_999_999), st.none() | actions), max_size=60)


@given(steps)
def test_the_position_never_drifts(steps: list[tuple[int, Action | None]]) -> None:
    """Compare with the plain sum of the clock gaps while the clock ran."""
    now, clock, expected = played(session(), 0), 0, 0
    for gap, action in steps:
        clock += gap
        before = now
        now = update(now, Tick(clock))
        if not before.clock_stopped and not before.end_state:
            expected += max(0, gap - before.lead_in_ns)
        expected = min(expected, now.timeline.length_ms * MS)
        assert now.position_ns == expected
        if action and not now.end_state:
            now = update(now, action)
            if now.seek_count != before.seek_count:
                expected = now.position_ns
        assert 0 <= now.position_ms <= now.timeline.length_ms


@given(steps)
def test_cues_are_neither_lost_nor_repeated_without_jumps(steps: list[tuple[int, Action | None]]) -> None:
    now, clock, heard = played(session(), 0), 0, list(cues_between(None, played(session(), 0)))
    for gap, action in steps:
        clock += gap
        after = update(now, Tick(clock))
        heard += cues_between(now, after)
        now = update(after, "pause") if action == "pause" else after
    everything = cues_between(None, msgspec.structs.replace(now, seek_count=0))
    assert heard == list(everything)


def test_ease_halves_the_rest_of_a_hold_in_whole_breaths() -> None:
    hold = phase("hold")
    now = at(hold.start_ms + 1_000)
    eased = update(now, "ease")
    assert eased.easier_ids == {hold.item.stretch.id}
    left, before = eased.moment.left_ms, now.moment.left_ms
    assert left <= before // 2 + 3_000
    assert sum(map(sum, eased.moment.phase.breaths)) == eased.moment.phase.length_ms
    while_preparing = update(at(phase("prepare").start_ms), "ease")
    assert while_preparing.timeline.length_ms < TIMELINE.length_ms


def test_ease_without_a_stretch_does_nothing() -> None:
    assert update(at(1_000), "ease") == at(1_000)


def test_a_last_stretch_that_is_skipped_is_not_completed() -> None:
    phases = tuple(phase for phase in TIMELINE.phases if phase.kind != "settle")
    timeline = msgspec.structs.replace(TIMELINE, phases=phases)
    last = Session(timeline=timeline, position_ns=(phases[-1].start_ms + 1) * MS, clock_ns=0)
    now = played(update(last, "next"), 1.0)
    assert now.end_state == "finished"
    assert not now.completed_phases


def test_a_painful_stretch_is_made_easier_and_skipped_the_second_time() -> None:
    hold = phase("hold")
    name = hold.item.stretch.id
    now = update(at(hold.start_ms + 5_000), "hurt")
    assert now.pain_stop == name
    assert now.moment.phase.kind in ("prepare", "switch")
    assert played(now, 500.0).position_ms == now.position_ms
    for key in ("other", "pause", "more", "back"):
        assert update(now, key) == now
    again = update(now, "accept")
    assert again == update(now, "ease")
    assert again.pain_stop is None
    assert again.easier_ids == {name}
    dropped = update(again, "hurt")
    assert dropped.painful_ids == (name, name)
    assert dropped.moment.phase.item is not hold.item
    moves: tuple[Action, ...] = ("next", "skip", "hurt")
    for key in moves:
        assert update(now, key).moment.phase.item is not hold.item
    assert update(now, "hurt").painful_ids == (name, name)


AGAIN = build_timeline(routine(minutes=10.0))
"""Its last stretch is its first."""
LAST_MS = sum(
    phase.length_ms
    for phase, number in zip(AGAIN.phases, AGAIN.stretch_numbers, strict=True)
    if phase.item and number == len(AGAIN.items)
)


@pytest.mark.parametrize("keys", [("hurt", "next"), ("hurt", "skip"), ("hurt", "hurt"), ("hurt", "accept", "skip")])
def test_what_hurt_and_is_left_out_does_not_come_again(keys: tuple[Action, ...]) -> None:
    first, *others, last = AGAIN.items
    assert first.stretch == last.stretch
    hold = next(phase for phase in AGAIN.phases if phase.item is first and phase.kind in WORKING_KINDS)
    now = asked = update(Session(timeline=AGAIN, position_ns=(hold.start_ms + 1) * MS), keys[0])
    for key in keys[1:]:
        now = update(now, key)
    assert now.moment.phase.kind == "prepare"
    assert now.moment.phase.item == others[0]
    assert [item.stretch.id for item in now.timeline.items] == [item.stretch.id for item in (first, *others)]
    assert now.timeline.length_ms == asked.timeline.length_ms - LAST_MS


def test_what_hurt_and_is_done_the_easier_way_may_come_again() -> None:
    hold = next(phase for phase in AGAIN.phases if phase.item and phase.kind in WORKING_KINDS)
    now = update(update(Session(timeline=AGAIN, position_ns=hold.start_ms * MS, clock_ns=0), "hurt"), "accept")
    assert played(now, hold.end_ms / 1000).timeline.items == AGAIN.items


def test_without_a_stretch_the_next_one_is_prepared_from_the_one_before() -> None:
    # Two lying stretches with a standing one between them.
    names = ("pelvic-tilt", "standing-back-bend", "happy-baby")
    items = {item.stretch.id: item for item in routine(areas=(), stretches=names).items}
    made = msgspec.structs.replace(routine(), items=tuple(items[name] for name in names))
    timeline = build_timeline(made).without({2}, voice=False)
    assert timeline.items == (items[names[0]], items[names[2]])
    assert [p.new_position for p in timeline.phases if p.kind == "prepare"] == [True, False]
    assert [p.start_ms for p in timeline.phases[1:]] == [p.end_ms for p in timeline.phases[:-1]]


@pytest.mark.parametrize("kind", ["warm-up", "settle"])
def test_pain_during_warm_up_or_settle_stops_the_clock(kind: str) -> None:
    whole = build_timeline(routine(minutes=12.0))
    index, phase = next((index, phase) for index, phase in enumerate(whole.phases) if phase.kind == kind)
    moving = Session(timeline=whole, position_ns=(phase.start_ms + 5_000) * MS)
    now = update(moving, "hurt")
    assert now.clock_stopped
    assert now.pain_reported_at == (index,)
    assert update(now, "dizzy").end_reason == "dizzy"
    assert update(now, "pause") == now
    assert update(now, "accept").position_ms == moving.position_ms
    assert not update(now, "accept").clock_stopped
    for key in ("next", "hurt"):
        assert update(now, key).position_ms == phase.end_ms


def test_after_two_painful_stretches_in_a_row_the_end_is_offered() -> None:
    holds = [p for p in TIMELINE.phases if p.kind in ("hold", "move")]
    first = holds[0]
    second = next(p for p in holds if p.item is not first.item)
    now = update(update(at(first.start_ms + 1), "hurt"), "accept")
    assert not now.two_in_a_row_hurt
    now = update(msgspec.structs.replace(now, position_ns=second.start_ms * MS), "hurt")
    assert now.two_in_a_row_hurt
    assert (now.pain_stop, now.moment.phase.item) == (second.item.stretch.id, second.item)
    assert second.item.stretch.id in now.easier_ids
    assert "Two stretches in a row hurt" in pause_message(now)
    assert "easier way" in pause_message(now)
    assert update(now, "accept").moment.phase.kind == "settle"
    unsettled = msgspec.structs.replace(now.timeline, phases=now.timeline.phases[:-1])
    ended = update(msgspec.structs.replace(now, timeline=unsettled), "accept")
    assert ended.position_ms == unsettled.length_ms
    assert update(now, "accept").moment.phase.kind == "settle"
    assert update(now, "ease").moment.phase.item == second.item
    assert update(now, "next").moment.phase.item not in (second.item, None)
    # Once more: never without a word.
    again = update(update(now, "ease"), "hurt")
    assert again.pain_stop is not None
    assert again.moment.phase.item == second.item


def test_skip_leaves_out_the_whole_stretch_or_the_whole_warm_up() -> None:
    whole = build_timeline(routine())
    warm_up = Session(timeline=whole, position_ns=1_000 * MS)
    after = update(warm_up, "skip")
    assert (after.moment.phase.kind, after.position_ms) == ("prepare", after.moment.phase.start_ms)
    assert after.moment.index == sum(phase.kind == "warm-up" for phase in whole.phases)
    first = next(item for item in TIMELINE.items if len(item.sides) == 2)
    for phase in TIMELINE.phases:
        if phase.item is first:
            skipped = update(at(phase.start_ms), "skip")
            following = TIMELINE.items[TIMELINE.items.index(first) + 1 :]
            assert skipped.moment.phase.kind == ("prepare" if following else "settle")
            assert skipped.moment.phase.item == (following[0] if following else None)
    last = [phase for phase in TIMELINE.phases if phase.item][-1]
    assert update(at(last.start_ms), "skip").moment.phase.kind == "settle"
    sporty = build_timeline(routine(before_sport=True))
    cool_down = next(phase for phase in sporty.phases if phase.cool_down)
    skipped = update(Session(timeline=sporty, position_ns=cool_down.start_ms * MS), "skip")
    assert skipped.position_ms == sporty.length_ms
    assert update(update(skipped, Tick(0)), Tick(MS)).end_state == "finished"


def test_wait_stops_before_each_stretch_until_a_key() -> None:
    prepare = phase("prepare")
    now = at(prepare.start_ms - 500, wait=True)
    now = played(now, 1.0)
    assert now.waiting
    assert now.position_ms == prepare.start_ms
    assert played(now, 100.0, 200.0).position_ms == prepare.start_ms
    assert played(update(now, "other"), 1.5).position_ms == prepare.start_ms + 500
    assert update(now, "next").moment.phase.kind in WORKING_KINDS


def test_keys_toggle_sound_and_voice() -> None:
    now = update(update(at(1_000), "sound"), "voice")
    assert (now.sound, now.voice) == (False, True)


@pytest.mark.parametrize(
    "fields", [{"paused": True}, {"help_open": True}, {"waiting": True}, {"paused": True, "sleep_gap_ns": 9 * SECOND}]
)
@pytest.mark.parametrize("key", ["sound", "voice"])
def test_toggling_sound_or_voice_does_not_start_the_clock(key: Action, fields: dict[str, Any]) -> None:
    still = at(1_000, sound=False, voice=False, **fields)
    timeline = still.timeline.with_voice(True, still.position_ms) if key == "voice" else still.timeline
    assert update(still, key) == msgspec.structs.replace(still, timeline=timeline, **{key: True})


def test_a_voice_that_is_not_heard_takes_no_time() -> None:
    off = with_voice(at(1_000), False)
    on = with_voice(off, True)
    assert on.timeline.length_ms > off.timeline.length_ms
    silent = with_audio_found(on, bell_only=False, voice_silent=True)
    assert (silent.voice, silent.timeline) == (True, off.timeline)
    assert update(update(silent, "voice"), "voice") == silent
    assert with_audio_found(silent, bell_only=False, voice_silent=False) == on
    more = [with_more_stretches(each, SAMPLE.items).timeline.length_ms for each in (on, silent, off)]
    assert more[0] > more[1] == more[2]
    assert with_audio_found(off, bell_only=True, voice_silent=True).timeline == off.timeline


def test_pause_during_the_lead_in_ends_it() -> None:
    now = update(frozen(played(session(), 0, 1.0), 900.0, 899.0), "other")
    now = played(update(played(now, 901.0), "pause"), 950.0)
    assert played(update(now, "pause"), 951.0).position_ms == 2_000


@pytest.mark.parametrize(("since", "before"), [(0, True), (1_999, True), (2_000, False)])
def test_back_within_two_seconds_of_a_start_goes_to_the_start_before(since: int, before: bool) -> None:
    timeline = build_timeline(SAMPLE)
    starts = [phase.start_ms for phase in timeline.phases if phase.kind in ("warm-up", "prepare", "switch", "settle")]
    assert back_start(timeline, starts[5] + since) == starts[4 if before else 5]


@pytest.mark.parametrize(("lead_in", "moved"), [(2_999, 0), (3_000, 0), (3_001, 1)])
def test_after_a_long_freeze_the_position_moves_again_after_three_seconds(lead_in: int, moved: int) -> None:
    start = update(at(100_000, paused=True, sleep_gap_ns=9 * SECOND), "other")
    assert update(start, Tick(lead_in * MS)).position_ms == 100_000 + moved


@pytest.mark.parametrize(("short", "waits"), [(1, False), (0, True), (-1, True)])
def test_a_session_that_waits_stops_exactly_where_a_stretch_is_prepared(short: int, waits: bool) -> None:
    now = update(in_sample(PREPARE.start_ms - 1_000, wait=True), Tick((1_000 - short) * MS))
    assert now.waiting is waits
    assert now.position_ms == PREPARE.start_ms - max(short, 0)


@pytest.mark.parametrize(("short", "done"), [(1, False), (0, True)])
def test_a_hold_is_completed_at_its_last_millisecond(short: int, done: bool) -> None:
    now = update(in_sample(HOLD.start_ms), Tick((HOLD.length_ms - short) * MS))
    assert now.completed_phases == (frozenset({SAMPLE_TIMELINE.phases.index(HOLD)}) if done else frozenset())


@pytest.mark.parametrize(("short", "over"), [(1, None), (0, "finished"), (-1, "finished")])
def test_a_session_is_finished_at_its_last_millisecond(short: int, over: str | None) -> None:
    now = update(at(TIMELINE.length_ms - 1_000), Tick((1_000 - short) * MS))
    assert now.end_state == over
    assert now.position_ms == TIMELINE.length_ms - max(short, 0)


@pytest.mark.parametrize(("left", "after"), [(7_000, 2_000), (6_001, 1_001), (6_000, 1_000), (5_999, 1_000)])
def test_less_leaves_a_second_of_a_phase_without_breaths(left: int, after: int) -> None:
    now = update(at(WARM_UP.end_ms - left), "less")
    assert now.moment.left_ms == after


@pytest.mark.parametrize(("key", "sign"), [("more", 1), ("less", -1)])
@pytest.mark.parametrize("kind", ["prepare", "switch"])
def test_while_getting_ready_the_hold_that_follows_is_changed(key: Action, sign: int, kind: str) -> None:
    phases = SAMPLE_TIMELINE.phases
    index = next(i for i, phase in enumerate(phases) if phase.kind == kind and phases[i + 1].length_ms >= 20_000)
    before = in_sample(phases[index].start_ms + 1_000)
    now = update(update(before, key), key)
    assert now.moment.left_ms == before.moment.left_ms
    changes = [new.length_ms - old.length_ms for old, new in zip(phases, now.timeline.phases, strict=True)]
    assert [at for at, change in enumerate(changes) if change] == [index + 1]
    assert 4_000 <= sign * changes[index + 1] <= 20_000
    assert now.timeline.phases[index + 1].breaths


HOLD = next(phase for phase in SAMPLE_TIMELINE.phases if phase.kind == "hold")
WARM_UP = next(phase for phase in TIMELINE.phases if phase.kind == "warm-up")
PREPARE = [phase for phase in SAMPLE_TIMELINE.phases if phase.kind == "prepare"][1]


def in_sample(position_ms: int, **fields: Any) -> Session:
    return Session(timeline=SAMPLE_TIMELINE, position_ns=position_ms * MS, clock_ns=0, **fields)


IN_HOLD = HOLD.start_ms + 3_000
SECOND_HOLD = next(phase for phase in SAMPLE_TIMELINE.phases if phase.kind == "hold" and phase.item != HOLD.item)
IN_FIRST = SAMPLE_TIMELINE.index_at(IN_HOLD)
STATES = {
    "playing": in_sample(IN_HOLD),
    "lead-in": in_sample(IN_HOLD, lead_in_ns=2 * SECOND),
    "paused": in_sample(IN_HOLD, paused=True),
    "waiting": in_sample(PREPARE.start_ms, wait=True, waiting=True),
    "away": in_sample(IN_HOLD, paused=True, sleep_gap_ns=9 * SECOND),
    "helping": in_sample(IN_HOLD, help_open=True),
    "stopped for pain": update(in_sample(IN_HOLD), "hurt"),
    "two in a row hurt": update(in_sample(SECOND_HOLD.start_ms, pain_reported_at=(IN_FIRST,)), "hurt"),
    "helping in a pause": in_sample(IN_HOLD, help_open=True, paused=True),
    "helping while waiting": in_sample(PREPARE.start_ms, wait=True, waiting=True, help_open=True),
    "over": in_sample(IN_HOLD, end_state="stopped"),
}
ALWAYS = {"sound": "sound", "voice": "voice plan", "quit": "ends", "suspend": "stands"}
PERFORMED = ALWAYS | {
    "accept": "", "next": "jumps", "skip": "jumps", "back": "jumps",
    "more": "plan", "less": "", "ease": "easier", "hurt": "jumps easier pain stands",
    "replace": "replaces",
    "help": "stands", **dict.fromkeys(get_args(Symptom), ""), "other": "",
}  # fmt: skip
IGNORED = dict.fromkeys(get_args(Action), "")
CONTINUES = dict.fromkeys(get_args(Action), "runs") | ALWAYS
EFFECTS: dict[str, dict[str, str]] = {
    "playing": PERFORMED | {"pause": "stands"},
    "lead-in": PERFORMED | {"pause": "stands"},
    "paused": PERFORMED
    | {
        "pause": "runs",
        "next": "jumps runs",
        "skip": "jumps runs",
        "back": "jumps runs",
        "hurt": "jumps easier pain",
        "help": "",
        "suspend": "",
    },
    "waiting": CONTINUES
    | {
        "next": "jumps runs",
        "skip": "jumps runs",
        "back": "jumps runs",
        "hurt": "jumps plan easier pain",
        "help": "",
        "suspend": "",
    },
    "away": CONTINUES | {"hurt": "jumps easier pain", "suspend": ""},
    "helping": CONTINUES | {"hurt": "jumps easier pain", "suspend": ""},
    # The help closes, and what stopped the session before stands.
    "helping in a pause": dict.fromkeys(get_args(Action), "") | ALWAYS | {"hurt": "jumps easier pain", "suspend": ""},
    "helping while waiting": dict.fromkeys(get_args(Action), "")
    | ALWAYS
    | {"hurt": "jumps plan easier pain", "suspend": ""},
    "stopped for pain": IGNORED
    | ALWAYS
    | dict.fromkeys(("next", "skip"), "jumps runs")
    | dict.fromkeys(("accept", "ease"), "runs")
    | {"hurt": "jumps pain runs", "suspend": ""}
    | dict.fromkeys(get_args(Symptom), "ends"),
    "two in a row hurt": IGNORED
    | ALWAYS
    | dict.fromkeys(("next", "skip", "accept"), "jumps runs")
    | {"ease": "runs", "hurt": "jumps pain runs", "suspend": ""}
    | dict.fromkeys(get_args(Symptom), "ends"),
    "over": dict.fromkeys(get_args(Action), ""),
}
"""What each action changes in each state: a jump, the plan, an easier way, a report of pain, the clock, the end."""


def effects(before: Session, after: Session) -> set[str]:
    found = {
        "jumps": before.seek_count != after.seek_count,
        "plan": before.timeline != after.timeline,
        "easier": before.easier_phases != after.easier_phases,
        "pain": before.pain_reported_at != after.pain_reported_at,
        "stands": after.clock_stopped and not before.clock_stopped,
        "runs": before.clock_stopped and not after.clock_stopped,
        "ends": before.end_state != after.end_state,
        "sound": before.sound != after.sound,
        "voice": before.voice != after.voice,
        "replaces": before.replacing != after.replacing,
    }
    return {name for name, true in found.items() if true}


@pytest.mark.parametrize("state", STATES)
@for_each("action", get_args(Action))
def test_every_action_in_every_state(state: str, action: Action) -> None:
    assert effects(STATES[state], update(STATES[state], action)) == set(EFFECTS[state][action].split())
