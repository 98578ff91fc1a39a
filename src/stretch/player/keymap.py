"""Which key does what: the one table behind dispatch, the hint line, the help screen and the README."""

from __future__ import annotations

from typing import NamedTuple

from stretch.core.timing.session import Action


class Binding(NamedTuple):
    """An action, the names of its keys, its key and word on the hint line, its sentence in the help.

    The hint line has room for some of them: those of the lowest rank.
    """

    action: Action
    keys: tuple[str, ...]
    label: str
    hint: str
    rank: int
    help: str


KEYMAP: tuple[Binding, ...] = (
    Binding("pause", ("space",), "space", "pause", 1, "pause, and go on"),
    Binding("next", ("n", "right"), "n", "next", 2, "next: start now if getting ready, else the next side or stretch"),
    Binding("back", ("b", "left"), "b", "back", 6, "back to the start of this side, again for the one before"),
    Binding("more", ("+", "="), "+", "", 8, "5 s more of this, in whole breaths"),
    Binding("less", ("-", "_"), "-", "5 s", 7, "5 s less of this, in whole breaths"),
    Binding("ease", ("e",), "e", "ease off", 4, "ease off: the easier way, and half of what is left of this hold"),
    Binding("hurt", ("x",), "x", "hurts", 3, "that hurts: stops it; offers the easier way, then leaves it out"),
    Binding("sound", ("s",), "s", "sound", 9, "sound on or off"),
    Binding("voice", ("v",), "v", "voice", 10, "voice on or off"),
    Binding("help", ("?", "h"), "?", "help", 5, "this help; the time stands still meanwhile"),
    Binding("quit", ("q",), "q", "stop", 0, "stop; asks nothing"),
)

_ACTIONS: dict[str, Action] = {key: binding.action for binding in KEYMAP for key in binding.keys}
# Only asked for, and only answered, after something hurt.
_ACTIONS |= {"1": "numb", "2": "dizzy", "3": "eyes"}


def action_of(key: str) -> Action:
    """Return what *key* asks for; `other` for a key that asks for nothing."""
    return _ACTIONS.get(key.lower() if len(key) == 1 else key, "other")
