"""Key bindings of a session, for dispatch, hint line, help screen and guide."""

from typing import NamedTuple

from stretch.core.timing.session import Action


class Binding(NamedTuple):
    """Keys of an action, with the key and the word on the hint line and the text on the help screen.

    A narrow hint line shows only the bindings of the lowest rank.
    """

    action: Action
    keys: tuple[str, ...]
    label: str
    hint: str = ""
    rank: int = 0
    help: str = ""


KEYMAP: tuple[Binding, ...] = (
    Binding("pause", ("space",), "space", "pause", 1, "pause or continue"),
    Binding("next", ("n", "right", "page down"), "n", "next", 4, "start now, or the next side or stretch"),
    Binding("skip", ("N", "3"), "N", "skip", 9, "skip the whole stretch or the whole warm-up"),
    Binding("back", ("b", "left", "page up"), "b", "back", 6, "back to the start of this side, or before it"),
    Binding("more", ("+", "=", "up"), "+", "more", 8, "about 5 s longer, in whole breaths"),
    Binding("less", ("-", "_", "down"), "-", "less", 7, "about 5 s shorter, in whole breaths"),
    Binding("replace", ("r", "2"), "r", "replace", 10, "another stretch for the same purpose"),
    Binding("ease", ("e", "4"), "e", "ease", 5, "easier way, for half of the time left"),
    Binding("hurt", ("x", "9"), "x", "hurts", 2, "it hurts: stop and offer an easier way"),
    Binding("sound", ("s", "6"), "s", "sound", 11, "sound on or off"),
    Binding("voice", ("v", "7"), "v", "voice", 12, "voice on or off"),
    Binding("help", ("?", "h", "8"), "?", "help", 3, "this help; the timer is paused"),
    Binding("quit", ("q", "0"), "q", "stop", 0, "quit without questions"),
)

SAME_KEYS = "On any keyboard: up +, down -, " + ", ".join(
    f"{key} {binding.label}" for binding in KEYMAP for key in binding.keys if key.isdigit()
)
"""The keys that every keyboard has, whatever its letters are, and the keys that they stand for."""

PAIN_ANSWERS = (
    Binding("numb", ("1",), "1", "numb", help="numb or spreading"),
    Binding("dizzy", ("2",), "2", "dizzy", help="dizzy or breathless"),
    Binding("eyes", ("3",), "3", "eyes", help="eyes"),
    Binding("chest", ("4",), "4", "chest pain", help="chest pain"),
    Binding("legs", ("5",), "5", "both/between legs", help="between the legs, both legs, or a leg giving way"),
)
"""What can be answered when something hurts; the key for `hurt` itself is none of them, as it may be pressed twice."""

_ACTIONS: dict[str, Action] = {"enter": "accept"}
_ACTIONS |= {key: binding.action for binding in KEYMAP for key in binding.keys}
_SYMPTOMS = {key: binding.action for binding in PAIN_ANSWERS for key in binding.keys}


def action_of(key: str, *, in_pain: bool = False) -> Action:
    """Return the action of *key*, `other` if it has none; *in_pain* while the session asks what hurt."""
    symptom = _SYMPTOMS.get(key) if in_pain else None
    return symptom or _ACTIONS.get(key) or _ACTIONS.get(key.lower() if len(key) == 1 else key, "other")


def sound_state(on: bool, *, muted: bool, bell_only: bool) -> str:
    """Return the word for the state of the sound; a volume of 0 is silent."""
    return "off" if not on else "silent" if muted else "bell" if bell_only else "on"


def voice_state(on: bool, *, silent: bool) -> str:
    """Return the word for the state of the voice; one that cannot be heard is *silent*."""
    return "off" if not on else "silent" if silent else "on"
