"""The settings: `STRETCH_*` variables, then `config.yaml` in the user's folder, then defaults; checked, and from where.

What is given on the command line goes before all of these; it is the business of whoever reads the command line.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

import msgspec
from msgspec import Meta, Struct

from stretch.core.errors import UsageError
from stretch.core.model import Id
from stretch.core.routine import DEFAULT_MINUTES
from stretch.core.text import escape_control_chars, quote
from stretch.core.vocabulary import BREATH_PRESETS, Equipment, Level, Position, Tag

NAME = "config.yaml"
PREFIX = "STRETCH_"
HOME = "STRETCH_HOME"
"""The variable that says where the user's folder is; it is no setting."""

Origin = Literal["environment", "file", "default"]


class Settings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What may be set; the names are the keys of the file and, in capitals after `STRETCH_`, those of the variables.

    Files and folders are absolute or relative to where one is.
    """

    area: Annotated[
        tuple[Id, ...],
        Meta(min_length=1, description="body areas or groups when none are named; `stretch areas` lists them"),
    ] = ("lower-back",)
    minutes: Annotated[float, Meta(ge=1, le=180, description="how long a routine takes")] = DEFAULT_MINUTES
    breath: Annotated[str, Meta(description="steady, calm, even, off, or seconds in and out such as 4-6")] = "steady"
    position: Annotated[tuple[Position, ...], Meta(description="only these positions, such as [standing, seated]")] = ()
    equipment: Annotated[
        tuple[Equipment, ...], Meta(description="what you have of chair, wall, strap and mat; nothing said: all of it")
    ] = ()
    level: Annotated[Level | None, Meta(description="the deepest level: gentle, moderate or deep")] = None
    avoid: Annotated[
        tuple[Tag, ...], Meta(description="what you must always be careful with, such as knee; `--avoid` adds to it")
    ] = ()
    never: Annotated[tuple[Id, ...], Meta(description="stretches that are never suggested, by id")] = ()
    morning: Annotated[
        Literal["off", "on", "auto"],
        Meta(description="no bending forward yet: off, on, or auto for the hours from 4 to 8"),
    ] = "off"
    experienced: Annotated[bool, Meta(description="whole doses from the first day on: on or off")] = False
    sound: Annotated[bool, Meta(description="sounds at every change: on or off")] = True
    volume: Annotated[int, Meta(ge=0, le=100, description="how loud, 0 to 100")] = 50
    sound_command: Annotated[str | None, Meta(description="what plays a sound, such as: play -q {file}")] = None
    voice: Annotated[
        Literal["no", "yes", "breath"],
        Meta(description="a voice that says what to do: no, yes, or breath to breathe with you"),
    ] = "no"
    voice_command: Annotated[str | None, Meta(description="what speaks, such as: espeak-ng {text}")] = None
    figure: Annotated[
        Literal["braille", "blocks", "none"], Meta(description="how the figure is drawn: braille, blocks or none")
    ] = "braille"
    background: Annotated[
        Literal["auto", "dark", "light"], Meta(description="of your terminal: auto, dark or light")
    ] = "auto"
    catalog: Annotated[tuple[str, ...], Meta(description="files or folders with stretches of your own")] = ()


DEFAULTS = Settings()
NAMES = Settings.__struct_fields__
ADDED = ("avoid", "never")
"""Lists that add up: what one source says does not take away what another says, for both are there to protect."""


class SettingsError(UsageError):
    """A setting cannot be used; one line for each problem, with the file and the line or with the variable."""


class Found(Struct, frozen=True, kw_only=True):
    """The settings in effect, where each comes from, and the file they were looked for in."""

    settings: Settings
    origins: dict[str, tuple[Origin, ...]]
    file: Path

    def place(self, name: str) -> str:
        """Return where the setting *name* was made, for a sentence about it."""
        return variable(name) if "environment" in self.origins[name] else f"{self.file}: {name}"


def variable(name: str) -> str:
    """Return the name of the variable of a setting, with the dollar sign people know it by."""
    return f"${PREFIX}{name.upper()}"


def load(folder: Path, environ: Mapping[str, str]) -> Found:
    """Return the settings of the user whose folder is *folder*; a file that is not there says nothing.

    Raises SettingsError with every problem, OSError when the folder cannot be looked into.
    """
    file = folder / NAME
    data = _read(file)
    unknown = [(name, f"there is no such setting{_near(name)}") for name in data if name not in NAMES]
    said = {
        name: meant(name, getattr(DEFAULTS, name), data[name], folder) for name in NAMES if data.get(name) is not None
    }
    texts = {name: environ.get(f"{PREFIX}{name.upper()}", "").strip() for name in NAMES}
    exported = {name: exported_as(name, getattr(DEFAULTS, name), text) for name, text in texts.items() if text}
    problems = _placed(file, [*unknown, *_faults(said)])
    problems += [f"{variable(name)}: {problem}" for name, problem in _faults(exported)]
    if problems:
        raise SettingsError("\n".join(problems))
    given = said | exported
    for name in ADDED:
        if name in given:
            given[name] = list(dict.fromkeys([*said.get(name, ()), *exported.get(name, ())]))
    return Found(settings=msgspec.convert(given, Settings), origins=_origins(said, exported), file=file)


def about(name: str) -> str:
    """Return in words what the setting *name* is."""
    (meta,) = get_type_hints(Settings, include_extras=True)[name].__metadata__
    return str(meta.description)


def template() -> str:
    """Return a `config.yaml` that says nothing yet: every setting with its default, behind a comment sign."""
    lines = ["# Settings of stretch. Take a # away to change one; `stretch config` shows what is in effect.\n"]
    for name in NAMES:
        lines.append(f"\n# {about(name)}\n#{f'{name}: {written(getattr(DEFAULTS, name))}'.rstrip()}\n")
    return "".join(lines)


def written(value: object) -> str:
    """Return the value of a setting as it is written in the file; nothing for one that is not set."""
    match value:
        case bool():
            return "on" if value else "off"
        case float():
            return f"{value:g}"
        case tuple():
            return f"[{', '.join(value)}]" if value else ""
        case _:
            return "" if value is None else str(value)


def unknown_variables(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with variables that look like settings and are none."""
    known = {f"{PREFIX}{name.upper()}" for name in NAMES} | {HOME}
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known:
            near = _close(name.removeprefix(PREFIX).lower())
            yield f"${name} is no setting" + (f"; did you mean {variable(near[0])}?" if near else ".")


def _read(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    # Imported here: most people have no such file.
    from stretch.storage.files import yamlfile

    try:
        data = yamlfile.read(file)
    except yamlfile.Malformed as error:
        raise SettingsError(f"{escape_control_chars(str(file))}:{error.line}: {error}") from error
    if data is not None and not isinstance(data, dict):
        raise SettingsError(
            f"{escape_control_chars(str(file))}:1: is no list of settings; write one a line, such as `minutes: 10`"
        )
    return data or {}


def _faults(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the name of each setting whose value cannot be used, and why not."""
    try:
        msgspec.convert(values, Settings)
    except msgspec.ValidationError:
        from stretch.storage.files.faults import faults

        for steps, problem in faults(dict(values), Settings):
            switch = steps[0] in NAMES and isinstance(getattr(DEFAULTS, str(steps[0])), bool)
            yield str(steps[0]), problem.replace("true or false", "on or off") if switch else problem
    if isinstance(breath := values.get("breath"), str):
        from stretch.core.timing.breathing import parse_pattern

        try:
            parse_pattern(breath)
        except UsageError:
            presets = ", ".join(BREATH_PRESETS)
            yield "breath", f"is {quote(breath)}; {presets}, or seconds in and out, 2 to 10, such as 4-6"


def _origins(said: Mapping[str, Any], exported: Mapping[str, Any]) -> dict[str, tuple[Origin, ...]]:
    origins: dict[str, tuple[Origin, ...]] = {}
    for name in NAMES:
        sources: list[Origin] = []
        if name in exported:
            sources.append("environment")
        if name in said and (name in ADDED or not sources):
            sources.append("file")
        origins[name] = tuple(sources) or ("default",)
    return origins


def _near(name: str) -> str:
    near = _close(name)
    return f"; did you mean {' or '.join(near)}?" if near else "; `stretch config` lists them"


def _close(name: str) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(name[:80], NAMES, n=3, cutoff=0.6)


def _placed(file: Path, problems: Sequence[tuple[str, str]]) -> list[str]:
    """Return each problem with the line of its setting, in the order of the lines."""
    if not problems:
        return []
    from stretch.storage.files.fieldlines import lines

    at = lines(file, [(name,) for name, _ in problems])
    ordered = sorted(problems, key=lambda problem: at[(problem[0],)])
    return [
        f"{escape_control_chars(str(file))}:{at[(name,)]}: {escape_control_chars(name[:80])}: {text}"
        for name, text in ordered
    ]


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
