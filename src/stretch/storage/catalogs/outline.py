"""The ids and names in the files of a catalog, found line by line: completion has no time to read YAML.

What is written in a way that has no such lines is not found; nothing else depends on it. Paths are text here: to import
pathlib takes longer than all the rest.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

MOST_BYTES = 256 * 1024
MOST_FILES = 2_000
ENDINGS = (".yaml", ".yml")
OTHERS = ("safety.yaml", "session.yaml", "sources.yaml")
"""Files that hold nothing that is named on a command line."""
KINDS = {"areas": "area", "groups": "area", "programs": "program", "stretches": "stretch"}
"""The lists that a file may hold, and what is in them; groups are named where areas are."""
TELLTALES = {"items": "program", "steps": "stretch"}
"""The fields that say what a file is that holds one entry and no list."""


def named(kind: str, roots: Sequence[str]) -> dict[str, str]:
    """Return the names of all of a *kind* by their ids: area, program or stretch; later roots go over earlier ones.

    A root is a folder or a file; one that is not there holds nothing.
    """
    # A stretch may have a folder for its like; the others stand in the files of the catalog itself.
    folders = (folder for root in roots for folder in ((root, f"{root}/stretches") if kind == "stretch" else (root,)))
    texts = (_text(file) for folder in folders for file in _files(folder))
    return {name: words for text in texts for name, words in _entries(kind, text) if _is_id(name)}


def _is_id(name: str) -> bool:
    """Whether *name* may be shown and typed: a terminal and a shell would obey what else a stranger may write there."""
    return name.isascii() and name.replace("-", "a").isalnum() and name[0] != "-"


def _files(root: str) -> list[str]:
    try:
        with os.scandir(root) as entries:
            files = sorted(entry.path for entry in entries if entry.name.endswith(ENDINGS) and entry.is_file())
    except NotADirectoryError:
        return [root]
    except OSError:
        return []
    return [file for file in files[:MOST_FILES] if not file.endswith(OTHERS)]


def _text(file: str) -> str:
    try:
        # What waits for somebody to write to it would never end.
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return ""
    try:
        return os.read(descriptor, MOST_BYTES).decode(errors="replace")
    except OSError:
        return ""
    finally:
        os.close(descriptor)


def _entries(kind: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield the id and the name of each entry of a *kind*: in braces on one line, or each on a line of its own."""
    lines = text.splitlines()
    headings = [_heading(line) for line in lines]
    here = next((TELLTALES[name] for name in headings if name in TELLTALES), "")
    if here != kind and kind not in map(KINDS.get, headings):
        return
    found = ""
    for line, heading in zip(lines, headings, strict=True):
        here = KINDS.get(heading, here)
        words = line.strip().removeprefix("-").lstrip()
        if here != kind:
            continue
        if words.startswith("{id:"):
            fields = dict(part.split(":", 1) for part in words.strip("{}").split(", ") if ":" in part)
            yield fields["id"].strip(), _value(fields.get("name", ""))
        elif words.startswith("id:"):
            found = words[3:].strip()
        elif found and words.startswith("name:"):
            yield found, _value(words[5:])
            found = ""


def _heading(line: str) -> str:
    """Return the field that begins on *line* and has its value on the next ones; empty for any other line."""
    if line[:1] in " -#" or not (line := line.rstrip()).endswith(":"):
        return ""
    return line[:-1] if line[0].isalpha() else ""


def _value(text: str) -> str:
    """Return the words that *text*, what stands behind a colon, begins with."""
    text = text.strip()
    if text[:1] in ("'", '"'):
        text = text[1:].partition(text[0])[0]
    return "".join(character for character in text.partition(" #")[0].strip() if character.isprintable())
