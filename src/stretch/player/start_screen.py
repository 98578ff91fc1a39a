"""State of the start screen, and the keys that change the plan until the person starts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import ceil, floor
from typing import Literal, NamedTuple, Protocol

from msgspec import Struct
from msgspec.structs import replace

from stretch.core.errors import UsageError
from stretch.core.planning.replacement import drop_stretch
from stretch.core.routine import DEFAULT_MINUTES, Item, Request, Routine
from stretch.core.text import capitalized, duration, join_words
from stretch.core.timing.timeline import build_timeline
from stretch.player.body_map import BodyMap
from stretch.player.body_map import update as update_map

STEP_MIN, SMALL_STEP_UNTIL_MIN = 5, 10
"""Minutes of one step, and the minutes below which a step is one minute."""

Answer = Literal["start", "new", "pain", "leave"]
"""What ends the screen: to start, to say what is new or how much it hurts, or to leave."""
ANSWERS: Mapping[str, Answer] = {"enter": "start", "y": "new", "p": "pain", "q": "leave"}


class Planner(Protocol):
    """Plans routines for one person; both raise UsageError where there is none."""

    def plan(self, asked: Request, before: Routine) -> Routine:
        """Return the routine for *asked*, keeping what was replaced in the one *before*."""

    def replace(self, asked: Request, routine: Routine, name: str) -> Routine | None:
        """Return *routine* with another stretch instead of *name*, None if there is no other."""


class StartKey(NamedTuple):
    """A key that changes the plan, with its word on the key line and its explanation in the help."""

    label: str
    hint: str
    help: str


PLAN_KEYS = (
    StartKey("r", "other", "another stretch instead"),
    StartKey("d", "drop", "leave it out, today or always"),
    StartKey("+ -", "time", "five minutes more or less, one if under ten"),
    StartKey("w", "warm-up", "with or without a warm-up"),
    StartKey("v", "voice", "speak the instructions"),
    StartKey("s", "sound", "a sound at every change"),
    StartKey("a", "areas", "areas on a picture of the body"),
)
ANSWER_HELP = (
    ("Enter", "nothing new: start"),
    ("y", "something about your health is new"),
    ("p", "you have pain today: how much, and where"),
    ("q", "leave without a session"),
)
"""The keys that answer the health question, with their explanations in the help."""
SAME_KEYS = {"1": "y", "2": "p", "3": "r", "4": "d", "5": "w", "6": "s", "7": "v", "8": "?", "9": "a", "0": "q"}
"""Digits for the letters, for keyboards that have others; 0 and 6 to 8 are as in the session."""


class StartScreen(Struct, frozen=True, kw_only=True):
    """What the start screen shows, and what the person has chosen on it."""

    asked: Request
    """What was asked for, before it is fitted to the person."""
    routine: Routine
    voice: str
    """The voice mode; `no` is off."""
    voice_on: str = "yes"
    """The mode that turning the voice on gives."""
    sound: bool
    warm_up_on: float | None = None
    """The minutes that turning the warm-up on gives; None for the usual ones."""
    health_question: str = ""
    """The daily question; empty if it was answered today."""
    advice: str = ""
    """What to know before a session."""
    shows_advice: bool = False
    """Whether the advice is shown without being asked for, as before the first sessions."""
    muted: bool = False
    """Whether the volume is 0."""
    sound_problem: str = ""
    voice_problem: str = ""
    """Why there is no sound and no voice, or something else instead; empty if all is well."""
    prescribed: str = ""
    """Who prescribed the routine, until when, and how often it was done today."""
    notes: tuple[str, ...] = ()
    """What the safety check says about today."""
    map: BodyMap
    """Areas to choose from, with those chosen."""
    window: Literal["plan", "drop", "help", "map"] = "plan"
    page: int = 0
    """Page of the help."""
    selected: int = 0
    """Index of the marked stretch."""
    message: str = ""
    """What the last key did, or why it did nothing."""
    never: tuple[str, ...] = ()
    """Ids of the stretches that are left out from now on."""
    answer: Answer | None = None
    elapsed_ns: int = 0
    """Time since the screen began."""
    marked_at_ns: int = 0
    """When the marked stretch was last changed."""

    @property
    def item(self) -> Item:
        """The marked stretch."""
        return self.routine.items[min(self.selected, len(self.routine.items) - 1)]

    @property
    def played(self) -> Routine:
        """The routine with the time that the voice takes, if it is heard: the doses are the same without it."""
        items = self.routine.items
        if self.voice == "full":
            items = tuple(replace(item, familiar=False) for item in items)
        return replace(self.routine, items=items, voice=self.voice != "no" and not self.voice_problem)

    @property
    def length_ms(self) -> int:
        """The length of the routine."""
        return build_timeline(self.played).length_ms


def update(state: StartScreen, key: str, planner: Planner, help_pages: int = 1) -> StartScreen:
    """Return *state* after *key*, with so many pages of help; the same one if the key means nothing here."""
    key = key.lower() if len(key) == 1 else key
    match state.window:
        case "map":
            return _in_map(state, key, planner)
        case "drop":
            return _in_drop(state, key)
        case "help":
            more = state.page < help_pages - 1 and key not in ("b", "q")
            return replace(state, page=state.page + 1) if more else replace(state, window="plan", page=0)
    return _in_plan(replace(state, message="") if state.message else state, SAME_KEYS.get(key, key), planner)


def answer_keys(question: str) -> tuple[tuple[str, str], ...]:
    """Return the keys that answer the health *question*, or start if there is none, with their words."""
    start = "nothing, start" if question else "start"
    return ("Enter", start), ("y", "something new"), ("p", "pain today"), ("q", "leave")


def finished(state: StartScreen) -> bool:
    """Return whether the person has answered."""
    return state.answer is not None


def guarded(state: StartScreen) -> str | None:
    """Return the health question, which has to be seen before a key answers it."""
    return state.health_question or None


def animate(state: StartScreen, elapsed_ns: int, voice_problem: str) -> StartScreen:
    """Return *state* at a time since the screen began, with what is known of the voice then."""
    # What a key said of the voice may be wrong now.
    message = state.message if voice_problem == state.voice_problem else ""
    return replace(state, elapsed_ns=elapsed_ns, voice_problem=voice_problem, message=message)


def _in_plan(state: StartScreen, key: str, planner: Planner) -> StartScreen:
    last = len(state.routine.items) - 1
    match key:
        case "enter" | "y" | "p" | "q":
            return replace(state, answer=ANSWERS[key])
        case "up" | "down":
            at = min(max(state.selected + (1 if key == "down" else -1), 0), last)
            return replace(state, selected=at, marked_at_ns=state.elapsed_ns)
        case "r":
            return _replaced(state, planner)
        case "d" if drop_stretch(state.routine, state.item.stretch.id) is None:
            return replace(state, message=f"{state.item.stretch.name} is the only stretch that is left.")
        case "d":
            return replace(state, window="drop")
        case "+" | "=" | "-" | "_":
            if (minutes := state.asked.minutes) is None:
                return replace(state, message="This routine takes its own time.")
            asked = replace(state.asked, minutes=next_minutes(minutes, longer=key in "+="))
            return _planned(state, asked, planner)
        case "w":
            return _with_warm_up(state, planner)
        case "v":
            return _with_voice(state, state.voice_on if state.voice == "no" else "no")
        case "s":
            return replace(state, sound=not state.sound)
        case "a" if state.routine.continuity is None:
            return replace(state, message="This program has its own stretches.")
        case "a":
            return replace(state, window="map", map=state.map.opened(state.asked.areas))
        case "?" | "h":
            return replace(state, window="help")
    return state


def _in_map(state: StartScreen, key: str, planner: Planner) -> StartScreen:
    if key in ("q", "b"):
        return replace(state, window="plan", message="")
    if key not in ("enter", "a"):
        return replace(state, map=update_map(state.map, key), message="")
    areas = state.map.in_order()
    if not areas:
        return replace(state, message="Choose at least one area.")
    if state.map.chosen == state.map.opened(state.asked.areas).chosen:
        return replace(state, window="plan", message="")
    minutes = state.asked.minutes or DEFAULT_MINUTES
    planned = _planned(state, replace(state.asked, areas=areas, minutes=minutes), planner)
    return replace(planned, window="map" if planned.message else "plan", selected=0)


def _in_drop(state: StartScreen, key: str) -> StartScreen:
    state = replace(state, window="plan")
    if key not in ("t", "1", "a", "2"):
        return state
    stretch = state.item.stretch
    routine = drop_stretch(state.routine, stretch.id)
    assert routine  # the window opens only where something is left
    always = key in ("a", "2")
    asked = replace(state.asked, exclude=(*state.asked.exclude, stretch.id))
    never = (*state.never, stretch.id) if always else state.never
    message = f"{stretch.name} is left out {'from now on' if always else 'today'}."
    return _shown(replace(state, asked=asked, never=never), routine, message)


def _replaced(state: StartScreen, planner: Planner) -> StartScreen:
    old, before = state.item.stretch, [item.stretch for item in state.routine.items]
    try:
        routine = planner.replace(state.asked, state.routine, old.id)
    except UsageError as error:
        return replace(state, message=str(error))
    if routine is None:
        return replace(state, message=f"There is no other stretch like {old.name}.")
    kept, replaced = (routine.continuity.kept, routine.continuity.replaced) if routine.continuity else ((), ())
    after = [item.stretch for item in routine.items]
    added, gone = ([one for one in ones if one not in others] for ones, others in ((after, before), (before, after)))
    # The plan may need other changes to fit; what was kept last is the replacement.
    new = max(added, key=lambda one: kept.index(one.id) if one.id in kept else -1, default=old)
    also = {"Also new": [one.name for one in added if one != new], "Left out": [one.name for one in gone if one != old]}
    texts = [f"{new.name} instead of {old.name}, {'from now on' if old.id in replaced else 'today'}."]
    texts += [f"{what}: {join_words(dict.fromkeys(names))}." for what, names in also.items() if names]
    selected = after.index(new) if new in after else state.selected
    return _shown(replace(state, selected=selected), routine, " ".join(texts))


def _with_voice(state: StartScreen, voice: str) -> StartScreen:
    turned = replace(state, voice=voice)
    length = duration(turned.length_ms) if turned.length_ms != state.length_ms else ""
    longer = f"It takes {length} {'without' if voice == 'no' else 'with'} the voice." if length else ""
    problem = state.voice_problem if voice != "no" else ""
    return replace(turned, message=problem or longer)


def _with_warm_up(state: StartScreen, planner: Planner) -> StartScreen:
    if state.routine.warm_up:
        return _planned(state, replace(state.asked, warm_up=0.0), planner)
    planned = _planned(state, replace(state.asked, warm_up=state.warm_up_on), planner)
    if planned.routine.warm_up or planned.message:
        return planned
    return replace(state, message="This routine has no warm-up.")


def next_minutes(minutes: float, *, longer: bool) -> float:
    """Return the next step from *minutes*: a multiple of five, or a whole minute below ten."""
    if longer:
        return float(floor(minutes) + 1 if minutes < SMALL_STEP_UNTIL_MIN else (minutes // STEP_MIN + 1) * STEP_MIN)
    return float(ceil(minutes) - 1 if minutes <= SMALL_STEP_UNTIL_MIN else (ceil(minutes / STEP_MIN) - 1) * STEP_MIN)


def _planned(state: StartScreen, asked: Request, planner: Planner) -> StartScreen:
    """Return *state* with the routine for *asked*; unchanged but for a message if there is none."""
    try:
        routine = planner.plan(asked, state.routine)
    except UsageError as error:
        # Options are for the command line.
        text = re.sub(r"^--[^:]*: ", "", str(error))
        return replace(state, message=capitalized(text))
    return _shown(replace(state, asked=asked), routine)


def _shown(state: StartScreen, routine: Routine, message: str = "") -> StartScreen:
    selected = min(state.selected, len(routine.items) - 1)
    return replace(state, routine=routine, selected=selected, marked_at_ns=state.elapsed_ns, message=message)
