"""Text of unknown origin made harmless to show: what a terminal would obey is spelled out instead."""

from __future__ import annotations

MOST = 60
"""Characters of a quoted value: enough to find it by."""


def inert(text: str) -> str:
    """Return *text* with every character that is not plainly visible written as an escape, such as `\\x1b`."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _escape(character) for character in text)


def quoted(text: str) -> str:
    """Return *text* inert, in quotes, and cut where it is longer than anybody needs to find it by."""
    return f"'{inert(text[:MOST])}{'...' if len(text) > MOST else ''}'"


def spelled(text: str) -> str:
    """Return *text* quoted in ASCII alone, so that letters of other alphabets that look like a to z show."""
    return f"'{ascii(text[:MOST])[1:-1]}{'...' if len(text) > MOST else ''}'"


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
