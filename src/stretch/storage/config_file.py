"""Changes to `config.yaml` that keep its comments, its order and all other lines."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import yaml

from stretch.core.text import escape_control_chars
from stretch.storage.files.safe_io import UnreadableFile, make_private, write_text
from stretch.storage.files.safe_yaml import parse_yaml, read_text
from stretch.storage.settings import FILE_NAME, SettingsError, format_value, read_file


def change_setting(folder: Path, name: str, value: object) -> bool:
    """Set *name* to *value*, a valid one, in the file of *folder*, or remove it if None; return whether it was there.

    A removed setting takes the comments on its own lines with it. Raise SettingsError if the file cannot be understood
    or has a form that cannot be changed, and OSError if it cannot be written.
    """
    file = folder / FILE_NAME
    old, _ = read_file(file)
    if value is None and name not in old:
        return False
    expected = {key: kept for key, kept in old.items() if key != name}
    if value is not None:
        expected |= parse_yaml(f"{name}: {_yaml_text(value)}")
    for text in _changed_texts(read_text(file) if file.exists() else "", name, value, old.get(name)):
        with suppress(UnreadableFile):
            if (parse_yaml(text) or {}) == expected:
                make_private(folder)
                write_text(file, text)
                return name in old
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
    with suppress(UnreadableFile):
        if not isinstance(value, str) or parse_yaml(f"[{text}]") == [value]:
            return text
    return json.dumps(text, ensure_ascii=False)


def _changed_texts(text: str, name: str, value: object, old: object) -> Iterator[str]:
    """Yield *text* with *value* for the setting *name*, which was *old*, or without it if None, the best form first.

    Not every one is valid YAML with the right data: that depends on the lines around.
    """
    line_end = "\r\n" if "\r\n" in text else "\n"
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    for key, node in root.value if isinstance(root, yaml.MappingNode) else ():
        if key.value == name:
            yield from _replaced(text, key, node, value, old, line_end)
            return
    line = f"{name}: {_yaml_text(value)}{line_end}"
    # Beside the commented line of the template, where its description is.
    for commented in [*re.finditer(rf"^# ?{re.escape(name)}:.*\n", text, re.MULTILINE)][-1:]:
        yield text[: commented.end()] + line + text[commented.end() :]
    yield text + (line_end if text and not text.endswith("\n") else "") + line


def _replaced(text: str, key: yaml.Node, node: yaml.Node, value: object, old: object, line_end: str) -> Iterator[str]:
    colon = text.index(":", key.end_mark.index) + 1
    tokens = [token for token in yaml.scan(text) if colon <= token.start_mark.index < node.end_mark.index]
    spans = [(colon, colon), *((token.start_mark.index, token.end_mark.index) for token in tokens)]
    end = colon + len(text[colon : max(end for _, end in spans)].rstrip())
    line, next_line = text.rfind("\n", 0, key.start_mark.index) + 1, text.find("\n", end) + 1 or len(text)
    if value is None:
        yield text[:line] + text[next_line:]
        return
    block = isinstance(node, yaml.SequenceNode) and not node.flow_style
    if block and isinstance(value, tuple) and isinstance(old, list) and [*value[: len(old)]] == old:
        added = (f"{' ' * node.start_mark.column}- {_yaml_text(item)}{line_end}" for item in value[len(old) :])
        yield text[:next_line] + "".join(added) + text[next_line:]
    between = [text[left:right] for (_, left), (right, _) in pairwise(spans)]
    comments = "".join(f"{comment.rstrip()}{line_end}" for gap in between for comment in re.findall(r"\s(#.*)", gap))
    yield f"{text[:line]}{comments}{text[line:colon]} {_yaml_text(value)}{text[end:]}"
