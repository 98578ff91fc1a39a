"""What somebody writes for a setting, in the file or in a variable, as the type of the setting wants it."""

from __future__ import annotations

import os
from math import isfinite
from pathlib import Path
from typing import Any

SWITCHES = {"on": True, "yes": True, "true": True, "1": True, "off": False, "no": False, "false": False, "0": False}


def meant(name: str, default: Any, value: Any, folder: Path) -> Any:
    """Return a value of the file as its type wants it: one name may stand for a list of one, `on` for true."""
    if isinstance(default, tuple) and not isinstance(value, (list, dict)):
        value = [value]
    if name == "catalog" and isinstance(value, list):
        return [str(folder / Path(path).expanduser()) if isinstance(path, str) else path for path in value]
    if isinstance(default, bool) and isinstance(value, str):
        return SWITCHES.get(value.lower(), value)
    if name == "morning":
        return _on_or_off(value)
    if name == "voice":
        return _voice(value)
    if name == "breath" and isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    # Off is a preset of the breath, and some who write YAML know that off means false.
    return "off" if name == "breath" and value is False else value


def exported_as(name: str, default: Any, text: str) -> Any:
    """Return the value of a variable as its type wants it; a list has spaces, commas or, of paths, what PATH has."""
    if name == "catalog":
        return [str(Path(path).expanduser()) for path in text.split(os.pathsep) if path]
    if isinstance(default, tuple):
        return text.replace(",", " ").split()
    if isinstance(default, bool):
        return SWITCHES.get(text.lower(), text)
    if isinstance(default, (int, float)):
        return _number(text)
    if name == "morning":
        return _on_or_off(text)
    return _voice(text) if name == "voice" else text


def _on_or_off(value: Any) -> Any:
    """Return `on` and `off` for all that means them."""
    switch = SWITCHES.get(str(value).lower())
    return value if switch is None else "on" if switch else "off"


def _number(text: str) -> int | float | str:
    try:
        number = float(text)
    except ValueError:
        return text
    return text if not isfinite(number) else int(number) if number.is_integer() else number


def _voice(value: Any) -> Any:
    """Return `yes` and `no` for all that means them."""
    switch = SWITCHES.get(str(value).lower())
    return value if switch is None else "yes" if switch else "no"
