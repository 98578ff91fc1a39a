"""Shared options of the commands, their types, and their completion in a shell."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from functools import partial, wraps
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from stretch.core.errors import StretchError, UnknownName, UsageError
from stretch.core.text import escape_control_chars, quote
from stretch.core.vocabulary import (
    BREATH_PRESETS,
    EQUIPMENT_LABELS,
    LEVEL_LABELS,
    POSITION_LABELS,
    SIDE_LABELS,
    TAG_LABELS,
    VOICE_LABELS,
)

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from stretch.cli.app import App
    from stretch.core.model import Catalog
    from stretch.core.vocabulary import Pattern

FIGURE_LABELS = {
    "auto": "the best that the terminal shows",
    "pixels": "a smooth picture, for terminals that show some",
    "octants": "solid dots, for terminals that have them",
    "braille": "fine dots",
    "blocks": "for fonts without braille",
    "none": "no figure",
}
CATALOGS = "stretch.catalogs"
"""Key under which `ctx.meta` keeps the paths that `--catalog` gave."""
_SETTINGS = ("equipment", "level", "breath", "experienced", "sound", "volume", "voice", "figure")
SETTINGS = {"positions": "position"} | {name: name for name in _SETTINGS}
"""The setting that is the default of each option. `request.build_request` fills in those that depend on others."""


def default_map(app: App) -> dict[str, Callable[[], Any]]:
    """Return the settings as click's defaults; they are loaded when the first option needs its default."""
    return {option: partial(lambda name: getattr(app.settings, name), setting) for option, setting in SETTINGS.items()}


class Names(click.ParamType):  # type: ignore[type-arg]  # generic only since click 8.2
    """A name, which a shell completes with its label; the value is what *convert* makes of it."""

    def __init__(
        self, name: str, labels: Callable[[click.Context], Mapping[str, str]], convert: Callable[[str], Any] = str
    ) -> None:
        self.name, self._labels, self._convert = name, labels, convert

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return what *value* stands for."""
        return self._convert(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the names that begin with *incomplete*, with their labels."""
        from click.shell_completion import CompletionItem

        # What click writes for fish ends at a comma.
        labels = ((name, label.replace(",", ";")) for name, label in self._labels(ctx).items())
        return [CompletionItem(name, help=label) for name, label in labels if name.startswith(incomplete)]


class NameChoice(Names, click.Choice):  # type: ignore[type-arg]  # generic only since click 8.4
    """One of the names in *labels*; the error for any other name suggests similar ones and lists them all."""

    def __init__(self, what: str, labels: Mapping[Any, str]) -> None:
        click.Choice.__init__(self, tuple(labels))
        Names.__init__(self, "choice", lambda ctx: labels, self._checked)
        self.what = what
        self.labels = labels

    def _checked(self, value: str) -> str:
        if (name := value.lower()) in self.choices:
            return name
        # A whole word of a label stands for its choice too: "sitting" for the first one that has it.
        meant = next((one for one, label in self.labels.items() if name in label.split()), None)
        canonical = {one: one for one in self.choices} | ({name: meant} if meant else {})
        unknown = UnknownName(self.what, value, canonical, canonical=canonical)
        raise UsageError(f"{unknown} Choose from {', '.join(self.choices)}.")


class Number(click.ParamType):  # type: ignore[type-arg]  # generic only since click 8.2
    """A whole number from *low* to *high*, or minutes, whose limits the planner knows."""

    def __init__(self, low: int = 0, high: int | None = None, *, minutes: bool = False) -> None:
        limits = f"of at least {low}" if high is None else f"from {low} to {high}"
        self.low, self.high, self.minutes = low, high, minutes
        self.name = "minutes" if minutes else "number"
        self.what = "a number of minutes, such as 15" if minutes else f"a whole number {limits}"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return *value* as a number."""
        with suppress(ValueError):
            if self.minutes:
                return _minutes(str(value))
            if self.low <= (number := int(value)) and (self.high is None or number <= self.high):
                return number
        self.fail(f"takes {self.what}, not {quote(str(value))}.", param)


def _minutes(text: str) -> float:
    """Return the minutes in *text*, such as 15, 7.5, 7,5, 15min or 2:30. Raise ValueError for anything else."""
    minutes, colon, seconds = text.strip().lower().replace(",", ".").partition(":")
    if colon:
        if not (minutes.isdecimal() and seconds.isdecimal() and len(seconds) == 2 and seconds < "60"):
            raise ValueError
        return int(minutes) + int(seconds) / 60
    return float(minutes.removesuffix("utes").removesuffix("s").removesuffix("min").removesuffix("m"))


class OutputPath(click.Path):
    """A file to write, with one of the *endings*, if there are any, each with what it stands for."""

    def __init__(self, endings: Mapping[str, str] = {}) -> None:
        super().__init__(readable=False, path_type=Path)
        self.endings = endings

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return *value* as a path; an empty one is nobody's file."""
        if not value:
            self.fail("takes the name of a file.", param)
        if self.endings and Path(value).suffix.lower() not in self.endings:
            endings = " or ".join(f"{ending} ({kind})" for ending, kind in self.endings.items())
            raise UsageError(f"--output {value}: the file name must end in {endings}.")
        return super().convert(value, param, ctx)


def _catalog_names(*kinds: str) -> Callable[[click.Context], Mapping[str, str]]:
    """Return a function that returns the ids of the entries of these *kinds* with their names."""
    return lambda ctx: {entry.id: entry.name for kind in kinds for entry in getattr(_catalog(ctx), kind).values()}


def _setting_names(ctx: click.Context) -> Mapping[str, str]:
    from stretch.storage.settings import NAMES, describe

    return {name: describe(name) for name in NAMES}


def _breath(text: str) -> Pattern:
    from stretch.core.timing.breathing import parse_pattern

    return parse_pattern(text)


OTHER_COMMAND_NAMES = {
    "start": "routine",
    "play": "routine",
    "continue": "resume",
    "stats": "history",
    "print": "handout",
}
"""Commands by names that people try."""
STDOUT = Path("-")
OUTPUT = OutputPath()
POSITION = NameChoice("position", POSITION_LABELS)
EQUIPPED = NameChoice("equipment", EQUIPMENT_LABELS)
LEVEL = NameChoice("level", LEVEL_LABELS)
SIDE = NameChoice("side", SIDE_LABELS)
TAG = NameChoice("caution tag", TAG_LABELS)
FIGURE = NameChoice("figure style", FIGURE_LABELS)
MINUTES = Number(minutes=True)
BREATH = Names("pattern", lambda ctx: {name: preset.label for name, preset in BREATH_PRESETS.items()}, _breath)
SETTING = Names("setting", _setting_names)
AREA = Names("area", _catalog_names("areas", "groups"))
PROGRAM = Names("name", _catalog_names("programs"))
STRETCH = Names("id", _catalog_names("stretches"))
"""Ids of the catalog, which the commands check."""


def parse_date(text: str, option: str) -> date:
    """Return the day that *option* was given as; raise UsageError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {quote(text)} is not a date. Write it as {datetime.now():%Y-%m-%d}.") from None


def _catalog(ctx: click.Context) -> Catalog:
    """Return the catalog with the sound entries of the user, or only the shipped one if the settings have problems."""
    from stretch.cli.app import App
    from stretch.storage.catalogs.catalog import load_catalog

    # While a shell asks what to offer, no command runs, so the context has no App.
    app = ctx.obj or App()
    if ctx.obj is None:
        app.add_catalogs([Path(path) for path in ctx.meta.get(CATALOGS, ())])
    try:
        # Not App.catalog, which reports problems on stderr.
        return load_catalog(extra=app.user_catalogs, on_problem=lambda problem: None)
    except (StretchError, OSError):
        return load_catalog()


def _with_catalogs(ctx: click.Context, param: click.Parameter, paths: tuple[str, ...] | None) -> None:
    # A shell that asks what to offer does not mind a missing file.
    ctx.meta[CATALOGS] = paths = paths or ()
    # While a shell asks what to offer, there is no App.
    if ctx.obj is not None:
        if missing := next((path for path in paths if not os.path.exists(path)), None):  # noqa: PTH110 - any text
            raise UsageError(f"There is no catalog {escape_control_chars(missing)}.")
        ctx.obj.add_catalogs([Path(path) for path in paths])


class _JoinedOptions:
    """Completion of `--option=value`, which shells pass on in one word or in three."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """Return the completions of *incomplete*; those of `--area=n` begin with `--area=`, as the word does."""
        # Bash makes three words of it.
        args = args[:-1] if args[-1:] == ["="] else args
        items: list[CompletionItem] = super().get_completions(args, incomplete)  # type: ignore[misc]  # of the class it is mixed into
        option, joined, _ = incomplete.partition("=")
        if joined and option.startswith("--"):
            for item in items:
                item.value = f"{option}={item.value}"
        return items


def complete_joined_options() -> None:
    """Replace click's classes for the shells by ones that complete `--option=value`."""
    from click.shell_completion import add_completion_class, get_completion_class

    for shell in ("bash", "fish", "zsh"):
        if base := get_completion_class(shell):
            add_completion_class(type(base.__name__, (_JoinedOptions, base), {}), shell)


catalog_option = click.option(
    "--catalog",
    multiple=True,
    metavar="PATH",
    expose_value=False,
    callback=_with_catalogs,
    help="Add your own catalog, a folder or a file (repeatable).",
)
"""Adds catalogs for this run to the one in the user's folder, in place of those in the settings."""


area_words = click.argument("area_words", nargs=-1, metavar="[AREA]...", type=AREA)
"""Adds body areas that are given without `--area`."""


def join_areas(areas: tuple[str, ...], words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the values of `--area`, and the bare *words* as one more: `lower back` is one name."""
    return (*areas, " ".join(words)) if words else areas


def check_area_words(ctx: click.Context, args: Iterable[str], commands: Iterable[str]) -> None:
    """Raise UnknownName unless *args* begin with body areas; an error at the first word suggests *commands* as well."""
    from stretch.core.area_names import area_ids, area_names, is_like_area, read_areas, refuse_minutes, refuse_program

    catalog, words = _catalog(ctx), [*takewhile(lambda word: not word.startswith("-"), args)]
    known, text = area_names(catalog), " ".join(words)
    try:
        area_ids(catalog, [text])
    except UnknownName:
        refuse_minutes(text, known)
        if read_areas(words[0], known).ids or (len(words) > 1 and is_like_area(text, known)):
            raise
        refuse_program(catalog, "command or area", text)
        where = "`stretch --help` lists the commands, `stretch areas` the areas."
        canonical = area_names(catalog, aliases=False) | {command: command for command in commands}
        if other := OTHER_COMMAND_NAMES.get(words[0]):
            canonical = {words[0]: other}
        raise UnknownName("command or area", words[0], canonical, where, canonical) from None


def equivalent_command(ctx: click.Context) -> str:
    """Return the `stretch routine` command with the routine options that the command line of *ctx* gave."""
    import shlex

    from stretch.cli.request import RoutineOptions

    words = ["stretch", "routine"]
    shared = {*RoutineOptions.__struct_fields__, "catalog"}
    for option in ctx.command.params:
        name = option.name or ""
        if name == "area_words":
            words += ctx.params[name]
        if name not in shared or ctx.get_parameter_source(name) is not ParameterSource.COMMANDLINE:
            continue
        flag = max(option.opts, key=len)
        value = ctx.meta[CATALOGS] if name == "catalog" else ctx.params[name]
        if getattr(option, "is_flag", False):
            words.append(flag if value else max(option.secondary_opts, key=len))
            continue
        for each in value if option.multiple else (value,):
            words += [flag, f"{each:g}" if isinstance(each, float) else getattr(each, "name", str(each))]
    return shlex.join(words)


def _repeatable(*names: str, help: str, **rest: Any) -> Callable[..., Any]:
    return click.option(*names, multiple=True, help=f"{help} (repeatable).", **rest)


def output_option(help: str, endings: Mapping[str, str], *, required: bool = True) -> Callable[..., Any]:
    """Return the option --output for one or several files with these *endings*."""
    output = OutputPath(endings)
    return _repeatable("-o", "--output", "paths", required=required, metavar="FILE", type=output, help=help)


_ROUTINE = (
    area_words,
    _repeatable("-a", "--area", "areas", type=AREA, help="Body area or group; see `stretch areas`"),
    click.option("-m", "--minutes", type=MINUTES, help="Minutes for everything, warm-up included.  [default: 15]"),
    click.option("--program", type=PROGRAM, help="Use this program instead; see `stretch programs`."),
    click.option("--as-written", is_flag=True, help="With --program: the order and doses of the original article."),
    _repeatable("--stretch", "stretches", type=STRETCH, help="Include this stretch; without --area, use only these"),
    _repeatable(
        "--position",
        "positions",
        type=POSITION,
        metavar="POSITION",
        help=f"Use only this position: {', '.join(POSITION_LABELS)}",
    ),
    _repeatable("--equipment", type=EQUIPPED, help="Equipment you have, besides a floor; all of it by default"),
    click.option("--level", type=LEVEL, help="The deepest level to use.  [default: moderate]"),
    _repeatable("--avoid", type=TAG, metavar="TAG", help=f"Be careful with this: {', '.join(TAG_LABELS)}"),
    _repeatable("--exclude", type=STRETCH, help="Leave this stretch out"),
    click.option(
        "--breath", type=BREATH, help=f"{', '.join(BREATH_PRESETS)}, or seconds IN-OUT such as 4-6.  [default: steady]"
    ),
    click.option("--warm-up", type=MINUTES, help="Minutes of warm-up; 0 if you are already warm."),
    click.option("--before-sport", is_flag=True, help="Prepare for sport: short holds, and movement at the end."),
    click.option("--morning/--no-morning", default=None, help="No forward bends, for the first hour after waking."),
    click.option(
        "--experienced/--new", default=None, help="Full doses, or easier ones; by default your history decides."
    ),
    catalog_option,
    click.option("--seed", type=Number(), metavar="N", default=0, help="Choose differently between similar stretches."),
)
voice_option = click.option(
    "--voice",
    is_flag=False,
    flag_value="yes",
    type=NameChoice("voice mode", VOICE_LABELS),
    help="Speak; `yes` explains what is new and says little of the rest.",
)
"""Adds the voice mode to a command that speaks."""

_PLAYBACK = (
    click.option("--yes", is_flag=True, help="Skip the safety questions and start."),
    click.option("--plain", is_flag=True, help="Print line by line, for screen readers and logs."),
    click.option("--events", is_flag=True, help="Print events as JSON Lines while playing."),
    click.option("--wait", is_flag=True, help="Wait for a key before each stretch."),
    click.option("--sound/--no-sound", default=None, help="Play a sound at every change.  [default: on]"),
    click.option("--volume", type=Number(0, 100), metavar="N", help="Volume, 0 to 100.  [default: 50]"),
    voice_option,
    # Not one option with --voice: click would give a bare --voice the value of the other.
    click.option("--no-voice", is_flag=True, help="Do not speak.  [default]"),
    click.option("--figure", type=FIGURE, help="How to draw the figure.  [default: auto]"),
)


def _grouped(options: tuple[Callable[..., Any], ...], keyword: str, command: Callable[..., Any]) -> Callable[..., Any]:
    """Add *options* to *command*, which gets their values as one struct, the argument *keyword*."""

    @wraps(command)
    def collect(*args: Any, **values: Any) -> Any:
        # Imported here: --help has no use for msgspec.
        from stretch.cli.request import PlaybackOptions, RoutineOptions

        struct = PlaybackOptions if keyword == "playback" else RoutineOptions
        if "area_words" in values:
            values["areas"] = join_areas(values["areas"], values.pop("area_words"))
        if keyword == "playback":
            values["ask"] = not values.pop("yes")
            click.get_current_context().obj.in_pixels = values["figure"] == "pixels"
            click.get_current_context().obj.line_by_line = values.pop("plain") or values["events"]
        if values.pop("no_voice", False):
            values["voice"] = "no"
        values[keyword] = struct(**{name: values.pop(name) for name in struct.__struct_fields__ if name in values})
        return command(*args, **values)

    for option in reversed(options):
        collect = option(collect)
    return collect


routine_options = partial(_grouped, _ROUTINE, "options")
"""Adds the options that describe a routine."""
playback_options = partial(_grouped, _PLAYBACK, "playback")
"""Adds the options that say how a routine is played."""
