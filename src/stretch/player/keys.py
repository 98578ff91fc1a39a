"""Bytes from a terminal become the names of keys; pasted text and unknown sequences become nothing."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable

_NAMES = {
    "\x1b[A": "up", "\x1b[B": "down", "\x1b[C": "right", "\x1b[D": "left",
    "\x1bOA": "up", "\x1bOB": "down", "\x1bOC": "right", "\x1bOD": "left",
    " ": "space", "\n": "enter", "\r": "enter", "\t": "tab",
}  # fmt: skip
# Enter arrives as either of the two: Python 3.12.0 and 3.12.1 clear ICRNL in cbreak mode.

_TOKEN = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[NO].|\x1b[^\[NO\x1b]|\x1b|.", re.DOTALL)
_UNFINISHED = re.compile(r"\x1b(\[[0-?]*[ -/]*|[NO])?$")
PASTE_BEGINS, PASTE_ENDS = "\x1b[200~", "\x1b[201~"
"""What a terminal in bracketed paste mode sends around pasted text."""


class Decoder:
    """Turns what was read into keys, however it was cut into reads."""

    def __init__(self) -> None:
        self._text = codecs.getincrementaldecoder("utf-8")("ignore")
        self._rest = ""
        self._pasting = False

    def feed(self, data: bytes) -> list[str]:
        """Return the names of the keys in *data*; a sequence that is not finished waits for the next call."""
        text = self._rest + self._text.decode(data)
        unfinished = _UNFINISHED.search(text)
        self._rest = text[unfinished.start() :] if unfinished else ""
        keys = []
        for token in _TOKEN.findall(text[: len(text) - len(self._rest)]):
            if token in (PASTE_BEGINS, PASTE_ENDS):
                self._pasting = token == PASTE_BEGINS
            elif not self._pasting and (name := _NAMES.get(token, token)) and (len(token) == 1 or token in _NAMES):
                keys.append(name)
        return [key for key in keys if key.isprintable()]

    def idle(self) -> None:
        """Forget an unfinished sequence: nothing followed, so it was the Escape key, which does nothing here."""
        self._rest = ""


_CONSOLE_ARROWS = {"H": "up", "P": "down", "M": "right", "K": "left"}


def console_keys(kbhit: Callable[[], bool], getwch: Callable[[], str]) -> list[str]:
    """Return the keys waiting in a Windows console, by the two functions of msvcrt.

    A first character of 0 or 0xE0 announces a special key; the latter is also a letter, which nothing follows.
    """
    keys = []
    while kbhit():
        first = getwch()
        if first == "\x00" or (first == "\xe0" and kbhit()):
            if arrow := _CONSOLE_ARROWS.get(getwch()):
                keys.append(arrow)
        else:
            keys.append(_NAMES.get(first, first))
    return [key for key in keys if key.isprintable()]
