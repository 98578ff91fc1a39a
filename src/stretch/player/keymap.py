"""Keymap: the keys of each action, for dispatch, hint line, help screen and README."""

from __future__ import annotations

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
    Binding("next", ("n", "right"), "n", "next", 2, "next: start now while getting ready, else next side or stretch"),
    Binding("back", ("b", "left"), "b", "back", 6, "back to the start of this side; press again for the one before"),
    Binding("more", ("+", "=", "up"), "+", "", 8, "about 5 s longer, in whole breaths"),
    Binding("less", ("-", "_", "down"), "-", "5 s", 7, "about 5 s shorter, in whole breaths"),
    Binding("ease", ("e", "4"), "e", "ease off", 4, "easier: the easier way, for half of the time left"),
    Binding("hurt", ("x", "5"), "x", "hurts", 3, "it hurts: stop this stretch and offer an easier way"),
    Binding("sound", ("s", "6"), "s", "sound", 9, "sound on or off"),
    Binding("voice", ("v", "7"), "v", "voice", 10, "voice on or off"),
    Binding("help", ("?", "h", "8"), "?", "help", 5, "this help; the timer is paused"),
    Binding("quit", ("q", "0"), "q", "stop", 0, "quit without questions"),
)

SAME_KEYS = "On any keyboard: up +, down -, " + ", ".join(
    f"{key} {binding.label}" for binding in KEYMAP for key in binding.keys if key.isdigit()
)
"""The keys that every keyboard has, whatever its letters are, and the keys that they stand for."""

PAIN_ANSWERS = (
    Binding("numb", ("1",), "1", help="if you are numb or it spreads"),
    Binding("dizzy", ("2",), "2", help="if dizzy or breathless"),
    Binding("eyes", ("3",), "3", help="if your eyes hurt or blur"),
)
"""What can be answered when something hurts."""

_ACTIONS = {key: binding.action for binding in (*KEYMAP, *PAIN_ANSWERS) for key in binding.keys}


def action_of(key: str) -> Action:
    """Return the action of *key*, `other` if it has none."""
    return _ACTIONS.get(key.lower() if len(key) == 1 else key, "other")
