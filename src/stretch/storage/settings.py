"""User settings: `STRETCH_*` variables override `config.yaml`, which overrides the defaults.

Command-line options, which override all of these, are the business of `cli.options`.
"""

# No `from __future__ import annotations` here: msgspec would compile every annotation again at each start.
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec
from msgspec import Struct

from stretch.core.errors import UnknownName, UsageError
from stretch.core.fields import CatalogStruct, Id, doc
from stretch.core.routine import DEFAULT_MINUTES
from stretch.core.text import escape_control_chars, join_words, quote
from stretch.core.vocabulary import (
    BREATH_PRESETS,
    EQUIPMENT,
    VOICE_LABELS,
    Equipment,
    Level,
    Palette,
    Position,
    Tag,
    VoiceMode,
)
from stretch.storage.files.locations import expand_home

FILE_NAME = "config.yaml"
PREFIX = "STRETCH_"
HOME = "STRETCH_HOME"
"""The variable that names the user's folder; it is not a setting."""

SettingOrigin = Literal["environment", "file", "default"]


class Settings(CatalogStruct, frozen=True, kw_only=True):
    """All settings: the field names are the keys of the file and, in capitals after `STRETCH_`, the variables.

    Relative paths in the file are relative to its folder.
    """

    area: Annotated[tuple[Id, ...], doc("areas or groups to stretch; see `stretch areas`", min_length=1)] = (
        "lower-back",
    )
    minutes: Annotated[float, doc("length of a routine, 1 to 180", ge=1, le=180)] = DEFAULT_MINUTES
    breath: Annotated[str, doc(f"{', '.join(BREATH_PRESETS)}, or seconds in and out such as 4-6")] = "steady"
    position: Annotated[tuple[Position, ...], doc("positions to use, such as [standing, seated]; empty: all")] = ()
    equipment: Annotated[
        tuple[Equipment, ...], doc(f"what you have of {join_words(EQUIPMENT[1:])}, besides a floor; empty: all")
    ] = ()
    level: Annotated[Level | None, doc("deepest level: gentle, moderate or deep")] = None
    avoid: Annotated[tuple[Tag, ...], doc("what to be careful with, such as knee; `--avoid` adds to it")] = ()
    never: Annotated[tuple[Id, ...], doc("ids of stretches that are never suggested")] = ()
    morning: Annotated[
        Literal["off", "on", "auto"], doc("no forward bends: off, on, or auto, from 4 to 8 in the morning")
    ] = "off"
    experienced: Annotated[bool, doc("full doses from the first day: on or off")] = False
    track_pain: Annotated[bool, doc("pain scores before and after each session: on or off")] = False
    sound: Annotated[bool, doc("a sound at every change: on or off")] = True
    volume: Annotated[int, doc("loudness, 0 to 100", ge=0, le=100)] = 50
    sound_command: Annotated[str | None, doc("command that plays a file, such as: play -q {file}")] = None
    voice: Annotated[VoiceMode, doc(f"spoken instructions: {', '.join(VOICE_LABELS)}")] = "no"
    voice_command: Annotated[str | None, doc("command that speaks, such as: espeak-ng {text}")] = None
    figure: Annotated[
        Literal["auto", "pixels", "octants", "braille", "blocks", "none"],
        doc("drawn in pixels, octants, braille or blocks, or auto; or none"),
    ] = "auto"
    background: Annotated[Literal["auto", "dark", "light"], doc("of your terminal: auto, dark or light")] = "auto"
    palette: Annotated[Palette, doc("colors: standard, high-contrast or color-blind")] = "standard"
    catalog: Annotated[tuple[str, ...], doc("files or folders with your own stretches")] = ()


DEFAULTS = Settings()
NAMES = Settings.__struct_fields__
MERGED_LISTS = ("avoid", "never")
"""Lists that are joined from all sources: both protect, so no source takes away what another one says."""
_SWITCH = {"on": True, "yes": True, "true": True, "1": True, "off": False, "no": False, "false": False, "0": False}
_SWITCH_WORDS = {"morning": ("off", "on"), "voice": ("no", "yes"), "breath": ("off", "steady")}
"""Settings that are not booleans but are written like one, with their words for false and true."""


class SettingsError(UsageError):
    """Settings that cannot be used; one line for each problem, with the file and the line, or with the variable."""


class LoadedSettings(Struct, frozen=True, kw_only=True):
    """The settings in effect, the origins of each, and the file they were read from, which need not exist."""

    settings: Settings
    origins: dict[str, tuple[SettingOrigin, ...]]
    file: Path

    def place(self, name: str) -> str:
        """Return where the setting *name* was made, for an error about it."""
        return variable(name) if "environment" in self.origins[name] else f"{self.file}: {name}"


def variable(name: str) -> str:
    """Return the name of the variable of a setting, with the dollar sign people know it by."""
    return f"${PREFIX}{name.upper()}"


def load_settings(folder: Path, environ: Mapping[str, str]) -> LoadedSettings:
    """Return the settings for the user's *folder*. Raise SettingsError with all problems, OSError if unreadable."""
    file = folder / FILE_NAME
    data, lines = read_file(file)
    in_file = {name: _normalize(name, data[name], folder) for name in NAMES if data.get(name) is not None}
    texts = {name: environ.get(variable(name)[1:], "").strip() for name in NAMES}
    in_environment = {name: _normalize(name, _split(name, text), Path()) for name, text in texts.items() if text}
    found = {name: f"{name} {problem}" for name, problem in _problems(in_file).items()}
    found |= {name: str(unknown_setting(name)) for name in data.keys() - set(NAMES)}
    place = escape_control_chars(str(file))
    problems = [f"{place}:{lines[name]}: {found[name]}" for name in data if name in found]
    problems += [f"{variable(name)} {problem}" for name, problem in _problems(in_environment).items()]
    if problems:
        raise SettingsError("\n".join(problems))
    values = in_file | in_environment
    for name in MERGED_LISTS:
        if name in values:
            values[name] = list(dict.fromkeys([*in_file.get(name, ()), *in_environment.get(name, ())]))
    sources: dict[SettingOrigin, dict[str, Any]] = {"environment": in_environment, "file": in_file}
    origins: dict[str, tuple[SettingOrigin, ...]] = {}
    for name in NAMES:
        used = [source for source, given in sources.items() if name in given]
        origins[name] = tuple(used if name in MERGED_LISTS else used[:1]) or ("default",)
    return LoadedSettings(settings=msgspec.convert(values, Settings, strict=False), origins=origins, file=file)


def describe(name: str) -> str:
    """Return the description of the setting *name*."""
    return str(Settings.__annotations__[name].__metadata__[0].description)


def template() -> str:
    """Return a `config.yaml` that sets nothing yet: every setting with its default, commented out."""
    settings = (f"{name}: {format_value(getattr(DEFAULTS, name))}".rstrip() for name in NAMES)
    lines = "".join(f"\n# {describe(name)}\n#{setting}\n" for name, setting in zip(NAMES, settings, strict=True))
    return f"# Settings of stretch. Remove the # to change one; `stretch config` shows what is in effect.\n{lines}"


def format_value(value: object) -> str:
    """Return the value of a setting as it is written in the file; empty for one that is not set."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]" if value else ""
    return f"{value:g}" if isinstance(value, float) else str(value or "")


def unknown_variables(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each variable that looks like a setting but is none."""
    from difflib import get_close_matches

    known = [HOME, *(variable(name)[1:] for name in NAMES)]
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known:
            near = get_close_matches(name[:80], known, n=1)
            yield f"${name} is not a setting." + (f" Did you mean ${near[0]}?" if near else "")


def read_file(file: Path) -> tuple[dict[str, Any], dict[str, int]]:
    """Return the data of *file*, unchecked, and the line of each setting; nothing if there is no such file."""
    if not file.exists():
        return {}, {}
    # Imported here: most people have no such file.
    from stretch.storage.files.safe_io import UnreadableFile
    from stretch.storage.files.safe_yaml import FieldLines, parse_yaml, read_text

    place = escape_control_chars(str(file))
    lines: FieldLines = {}
    try:
        data = parse_yaml(read_text(file), lines) or {}
    except UnreadableFile as error:
        raise SettingsError(f"{place}:{error.line}: {error}") from error
    if not isinstance(data, dict):
        raise SettingsError(f"{place}:1: must hold settings, one on a line, such as `minutes: 10`")
    return data, {name: lines[id(data), name] for name in data}


def unknown_setting(name: str) -> UnknownName:
    """Return the error for a setting that does not exist."""
    return UnknownName("setting", name[:80], NAMES, "`stretch config` lists them all.")


def parse_value(name: str, text: str) -> Any:
    """Return the value of the setting *name* from a command line. Raise SettingsError if it cannot be used."""
    if name not in NAMES:
        raise unknown_setting(name)
    value = _normalize(name, _split(name, text), Path.cwd())
    if problem := _problems({name: value}):
        raise SettingsError(f"{name} {problem[name]}.")
    if not text.isprintable():
        raise SettingsError(f"{name} must be on one line, without invisible characters.")
    return getattr(msgspec.convert({name: value}, Settings, strict=False), name)


def _split(name: str, text: str) -> str | list[str]:
    """Return the text of a variable, or its parts if the setting is a list."""
    if name == "catalog":
        return [path for path in text.split(os.pathsep) if path]
    return text.replace(",", " ").split() if isinstance(getattr(DEFAULTS, name), tuple) else text


def _normalize(name: str, value: Any, folder: Path) -> Any:
    """Return *value* in the form of the setting's type: a list for a single name, true for `on`, paths in *folder*."""
    default = getattr(DEFAULTS, name)
    if isinstance(default, tuple):
        values, paths = value if isinstance(value, list) else [value], name == "catalog"
        return [str(folder / expand_home(each)) if paths and isinstance(each, str) else each for each in values]
    words = (False, True) if isinstance(default, bool) else _SWITCH_WORDS.get(name)
    switch = _SWITCH.get(str(value).lower())
    return value if words is None or switch is None else words[switch]


def _problems(values: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with each value that cannot be used."""
    return {name: _problem(name, value) for name, value in values.items() if not _is_valid(name, value)}


def _is_valid(name: str, value: Any) -> bool:
    from stretch.core.timing.breathing import parse_pattern

    try:
        setting = getattr(msgspec.convert({name: value}, Settings, strict=False), name)
        # A number that differs from itself is NaN.
        return setting == setting and (name != "breath" or bool(parse_pattern(setting)))
    except (msgspec.ValidationError, UsageError, UnicodeError):
        return False


def _problem(name: str, value: Any) -> str:
    # Imported here: most settings are valid.
    from difflib import get_close_matches

    wrong = next((each for each in value if not _is_valid(name, [each])), value) if isinstance(value, list) else value
    shown = quote(wrong) if isinstance(wrong, str) else escape_control_chars(str(wrong))[:80]
    near = get_close_matches(str(wrong)[:80], _literals(Settings.__annotations__[name]), n=1)
    return f"must be {_requirement(name)}, not {shown}" + (f". Did you mean {near[0]}?" if near else "")


def _requirement(name: str) -> str:
    hint = Settings.__annotations__[name]
    if values := _literals(hint):
        return f"one of {', '.join(values)}"
    if (meta := hint.__metadata__[0]).ge is not None:
        return f"a number from {meta.ge} to {meta.le}"
    if isinstance(getattr(DEFAULTS, name), bool):
        return "on or off"
    others = {"area": "ids such as lower-back", "never": "ids such as happy-baby", "breath": describe("breath")}
    return others.get(name, "text")


def _literals(hint: Any) -> tuple[str, ...]:
    """Return the values that the `Literal` in a type allows; none if it has none."""
    if get_origin(hint) is Literal:
        return get_args(hint)
    return tuple(value for part in get_args(hint) for value in _literals(part))
