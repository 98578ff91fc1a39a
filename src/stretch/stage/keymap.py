"""Which key does what: the one table behind dispatch, the hint line, the help screen and the README."""

from __future__ import annotations

from typing import NamedTuple

from stretch.core.session import Action


class Binding(NamedTuple):
    """An action, the names of its keys, its word on the hint line and its sentence in the help."""

    action: Action
    keys: tuple[str, ...]
    label: str
    hint: str
    help: str


KEYMAP: tuple[Binding, ...] = (
    Binding("pause", ("space",), "space", "pause", "pause, and go on"),
    Binding("next", ("n", "right"), "n", "next", "next: start now while getting ready, else the next side or stretch"),
    Binding("back", ("b", "left"), "b", "back", "back to the start of this side, again for the one before"),
    Binding("more", ("+", "="), "+", "longer", "5 s more of this, in whole breaths"),
    Binding("less", ("-", "_"), "-", "shorter", "5 s less of this, in whole breaths"),
    Binding("help", ("?", "h"), "?", "help", "this help; the time stands still meanwhile"),
    Binding("quit", ("q",), "q", "stop", "stop; asks nothing"),
)

_ACTIONS: dict[str, Action] = {key: binding.action for binding in KEYMAP for key in binding.keys}


def action_of(key: str) -> Action:
    """Return what *key* asks for; `other` for a key that asks for nothing."""
    return _ACTIONS.get(key.lower() if len(key) == 1 else key, "other")
