"""What the options of a routine ask for: the settings and the journal stand in for what they leave open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from stretch.core.errors import UnknownName, UsageError
from stretch.core.routine import Request
from stretch.core.timing.breathing import parse_pattern

if TYPE_CHECKING:
    from stretch.cli.app import App
    from stretch.core.routine import Routine
    from stretch.core.safety.clearance import Cleared

STAND_INS = {"breath": "breath", "positions": "position", "equipment": "equipment", "level": "level"}
"""Which setting stands in for which option that is not given. Those that need more thought are in `asked_for`."""
MORNING = range(4, 8)
"""The hours of the day at which people have just got up, for those who do not say."""
SET = ("sound", "volume", "voice", "figure")
"""The options of how a session is played for which the settings of the same names stand in."""
MANNER = ("plain", "events", "wait", "speed", *SET)


class Asked(Struct, frozen=True, kw_only=True):
    """A routine as it is asked for, before anything is known of the person."""

    request: Request
    program: str | None = None
    as_written: bool = False
    experienced: bool = False


def asked_for(app: App, options: Mapping[str, Any]) -> Asked:
    """Return what the *options* of a routine ask for, the settings standing in for what is not said.

    The area and the minutes stand in only where nothing says what the routine is made of: a program and named
    stretches take their own time. What must be avoided and what is never wanted add to what is given; a stretch that
    is named is wanted. Raises UsageError for options that contradict each other, SettingsError for settings that
    cannot be used, an area that is not there among them.
    """
    _check(options)
    settings, program, named = app.settings, options["program"], options["stretches"]
    said = {name: options[name] for name in STAND_INS}
    said |= {name: getattr(settings, STAND_INS[name]) for name, value in said.items() if value in (None, ())}
    parse_pattern(said["breath"])
    areas, minutes = options["areas"], options["minutes"]
    if areas or not (named or program):
        areas = areas or _areas(app)
        minutes = settings.minutes if minutes is None else minutes
    request = Request(
        areas=areas,
        minutes=minutes,
        stretches=named,
        positions=said["positions"],
        equipment=said["equipment"] or None,
        level=said["level"],
        breath=said["breath"],
        avoid=tuple(dict.fromkeys((*options["avoid"], *settings.avoid))),
        exclude=tuple(dict.fromkeys((*options["exclude"], *(name for name in _never(app) if name not in named)))),
        warm_up=options["warm_up"],
        seed=options["seed"],
        before_sport=options["before_sport"],
        # A program is what it is at any hour, unless somebody says otherwise.
        morning=bool(options["morning"]) if program else _is_morning(app, options["morning"]),
    )
    experienced = settings.experienced if options["experienced"] is None else options["experienced"]
    return Asked(request=request, program=program, as_written=options["as_written"], experienced=experienced)


def planned(app: App, asked: Asked, cleared: Cleared | None = None) -> Routine:
    """Return the routine for this person: fitted to what was done lately and to what is *cleared*.

    Without *cleared* that is what the last safety check said. Raises what the builder raises.
    """
    from stretch.core.planning.lately import fitted_to

    request = fitted_to(asked.request, app.lately, app.today(), experienced=asked.experienced)
    if asked.program:
        # A program has doses of its own; only which side begins is a matter of what was done lately.
        request = msgspec.structs.replace(asked.request, first_side=request.first_side)
    cleared = cleared or _cleared_before(app)
    if cleared is not None:
        from stretch.core.safety.clearance import fitted

        request = fitted(request, cleared, app.today())
    if asked.program:
        from stretch.core.planning.programs import build_program

        return build_program(app.catalog, asked.program, request, as_written=asked.as_written)
    from stretch.core.planning.builder import build

    return build(app.catalog, request)


def _cleared_before(app: App) -> Cleared | None:
    """Return what the last safety check said; None before the first one."""
    from stretch.storage import profile

    standing = profile.load(app.folder)
    if standing is None:
        return None
    from stretch.core.safety.clearance import Cleared

    return Cleared(standing=standing)


def as_played(app: App, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a `play.Manner` that *options* ask for, the settings standing in for what is not said.

    Raises SettingsError.
    """
    asked = {name: options[name] for name in MANNER if name in options}
    if options["no_voice"]:
        asked["voice"] = "no"
    settings = app.settings
    return asked | {name: getattr(settings, name) for name in SET if asked[name] is None} | {"ask": not options["yes"]}


def _check(options: Mapping[str, Any]) -> None:
    program = options["program"]
    for what, flag in (("areas", "--area"), ("stretches", "--stretch")):
        if program and options[what]:
            raise UsageError(f"--program {program} has stretches of its own: leave {flag} or --program out.")
    if options["as_written"] and not program:
        raise UsageError("--as-written goes with --program: name the program.")


def _is_morning(app: App, asked: bool | None) -> bool:
    """Whether it is the first hour after getting up: as said, else as the settings say, else by the clock (RB11)."""
    if asked is not None:
        return asked
    if app.settings.morning == "auto":
        return app.now().hour in MORNING
    return app.settings.morning == "on"


def _areas(app: App) -> tuple[str, ...]:
    from stretch.storage.settings import SettingsError

    known = (*app.catalog.areas, *app.catalog.groups)
    for name in app.settings.area:
        if name not in known:
            raise SettingsError(f"{app.settings_found.place('area')}: {UnknownName('area', name, known)}")
    return app.settings.area


def _never(app: App) -> tuple[str, ...]:
    """Return the stretches never to suggest; one that is not there harms nobody, and may be in another catalog."""
    known = app.catalog.stretches
    for name in app.settings.never:
        if name not in known:
            app.tell(f"{app.settings_found.place('never')}: {UnknownName('stretch', name, known)}")
    return tuple(name for name in app.settings.never if name in known)
