"""Changes to `config.yaml` that keep its comments, its order and all other lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from stretch.core.text import escape_control_chars
from stretch.storage.files.safe_io import UnreadableFile, make_private, write_text
from stretch.storage.files.safe_yaml import parse_yaml, read_text
from stretch.storage.settings import FILE_NAME, NAMES, SettingsError, format_value, read_file


def change_setting(folder: Path, name: str, value: object) -> bool:
    """Set *name* to *value*, a valid one, in the file of *folder*, or remove it if None; return whether it was there.

    A removed setting takes the comments on its own lines with it. Raise SettingsError if the file cannot be understood
    or has a form that cannot be changed, and OSError if it cannot be written.
    """
    file = folder / FILE_NAME
    old, _ = read_file(file)
    if value is None and name not in old:
        return False
    text = read_text(file) if file.exists() else ""
    new = "" if value is None else _yaml_text(value)
    rest = {key: kept for key, kept in old.items() if key != name}
    expected = rest if value is None else rest | parse_yaml(f"{name}: {new}")
    for changed in _changed_texts(text, name, new):
        try:
            if (parse_yaml(changed) or {}) == expected:
                make_private(folder)
                write_text(file, changed)
                return name in old
        except UnreadableFile:
            continue
    problem = f"{name} cannot be changed here by a command; write each setting on a line of its own, or edit the file"
    raise SettingsError(f"{escape_control_chars(str(file))}: {problem}")


def add_to_list(folder: Path, name: str, item: str) -> None:
    """Add *item* to the list setting *name*, unless it is there; raise as `change_setting` does."""
    old = read_file(folder / FILE_NAME)[0].get(name) or []
    items = old if isinstance(old, list) else [old]
    if item not in items:
        change_setting(folder, name, (*items, item))


def _yaml_text(value: object) -> str:
    """Return *value* in YAML; in quotes where another value, or none, would be read without them."""
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_yaml_text, value))}]"
    text = format_value(value)
    try:
        plain = not isinstance(value, str) or parse_yaml(f"[{text}]") == [value]
    except UnreadableFile:
        plain = False
    return text if plain else json.dumps(text, ensure_ascii=False)


def _changed_texts(text: str, name: str, new: str) -> Iterator[str]:
    """Yield *text* with the value *new* for *name*, or without it if empty, in the best form first.

    Not every one is valid YAML with the right data: that depends on the lines around.
    """
    line_end = "\r\n" if "\r\n" in text else "\n"
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    nodes = root.value if isinstance(root, yaml.MappingNode) else ()
    for key, node in nodes:
        if key.value == name:
            yield from _replaced(text, key, node, new, line_end)
            return
    line = f"{name}: {new}{line_end}"
    # Beside the commented line of the template, where its description is.
    if found := [*re.finditer(rf"^# ?{re.escape(name)}:.*\n", text, re.MULTILINE)] if name in NAMES else []:
        yield text[: found[-1].end()] + line + text[found[-1].end() :]
    yield text + (line_end if text and not text.endswith("\n") else "") + line


def _replaced(text: str, key: yaml.Node, node: yaml.Node, new: str, line_end: str) -> Iterator[str]:
    start = text.index(":", key.end_mark.index) + 1
    spans = [*_spans(node)]
    end = start + len(text[start : max([start, *(end for _, end in spans)])].rstrip())
    first = text.rfind("\n", 0, key.start_mark.index) + 1
    last = text.find("\n", end) + 1 or len(text)
    if not new:
        yield text[:first] + text[last:]
        return
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and text[:last].endswith("\n"):
        old, items = parse_yaml(text[first:last])[key.value], parse_yaml(new)
        added = "".join(f"{' ' * node.start_mark.column}- {_yaml_text(item)}{line_end}" for item in items[len(old) :])
        if items[: len(old)] == old:
            yield text[:last] + added + text[last:]
    ends = [start, *(end for _, end in spans)]
    between = [text[left:right] for left, (right, _) in zip(ends, spans, strict=False)]
    comments = "".join(f"{comment.rstrip()}{line_end}" for gap in between for comment in re.findall(r"\s(#.*)", gap))
    yield f"{text[:first]}{comments}{text[first:start]} {new}{text[end:]}"


def _spans(node: yaml.Node) -> Iterator[tuple[int, int]]:
    """Yield the start and the end of each value in *node*, without the comments between them."""
    if isinstance(node, yaml.CollectionNode):
        for child in node.value:
            for each in child if isinstance(child, tuple) else (child,):
                yield from _spans(each)
        if node.flow_style:
            yield node.end_mark.index - 1, node.end_mark.index
    else:
        yield node.start_mark.index, node.end_mark.index
