"""The lines on which the fields of a YAML file stand; asked for only when something is wrong with one."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from yaml.events import AliasEvent, MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent

from stretch.core.validation.checks import Steps
from stretch.storage.files import yamlfile


def lines(path: Path, fields: Collection[Steps]) -> dict[Steps, int]:
    """Return the line, from 1, of each of *fields* in the file *path*, or of the nearest one above it that is there."""
    try:
        text = yamlfile.text_of(path)
        # What is nested too deep or no YAML at all never gets past this.
        if yamlfile.parse(text) is None:
            return dict.fromkeys(fields, 1)
    except yamlfile.Malformed as error:  # the file has changed since
        return dict.fromkeys(fields, error.line)
    found = _Walk(text, {steps[:length] for steps in fields for length in range(len(steps) + 1)}).found
    return {
        steps: next(found[steps[:length]] for length in range(len(steps), -1, -1) if steps[:length] in found)
        for steps in fields
    }


class _Walk:
    """Goes through the events of a text once and notes where the *wanted* fields begin."""

    def __init__(self, text: str, wanted: Collection[Steps]) -> None:
        self._next, self._wanted = yamlfile.events(text), wanted
        self.found: dict[Steps, int] = {(): 1}
        self._next(), self._next()
        self._value(self._next(), ())

    def _value(self, event: Any, here: Steps) -> None:
        if isinstance(event, MappingStartEvent):
            while not isinstance(key := self._next(), MappingEndEvent):
                self._note(key, (*here, key.value))
                self._value(self._next(), (*here, key.value))
        elif not isinstance(event, (ScalarEvent, AliasEvent)):
            index = 0
            while not isinstance(item := self._next(), SequenceEndEvent):
                self._note(item, (*here, index))
                self._value(item, (*here, index))
                index += 1

    def _note(self, event: Any, here: Steps) -> None:
        if here in self._wanted:
            self.found[here] = event.start_mark.line + 1
