"""What options mean where they say nothing: the settings stand in, or add what protects."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from stretch.core.errors import UnknownName

if TYPE_CHECKING:
    from stretch.cli.app import App
    from stretch.core.routine import Request

STANDS_IN = {
    "breath": "breath",
    "positions": "position",
    "equipment": "equipment",
    "level": "level",
}
"""Which setting stands in for which option that is not given. Those that need more thought are in `meant`."""
MORNING = range(4, 8)
"""The hours of the day at which people have just got up, for those who do not say."""
PLAYED = ("sound", "volume", "voice", "figure")
"""The options that say how a session is seen and heard; the settings have the same names."""


def meant(app: App, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the *options* that say which routine is meant, with what the settings mean.

    The area and the minutes stand in only where nothing says what the routine is made of: a program and named
    stretches take their own time. What must be avoided and what is never wanted add to what is given; a stretch that
    is named is wanted. Raises SettingsError for settings that cannot be used, an area that is not there among them.
    """
    settings, asked = app.settings, dict(options)
    for option, setting in STANDS_IN.items():
        if asked[option] in (None, ()):
            asked[option] = getattr(settings, setting)
    if asked["areas"] or not (asked["stretches"] or asked["program"]):
        asked["areas"] = asked["areas"] or _areas(app)
        if asked["minutes"] is None:
            asked["minutes"] = settings.minutes
    # A program is what it is at any hour, unless somebody says otherwise.
    asked["morning"] = bool(asked["morning"]) if asked["program"] else _is_morning(app, asked["morning"])
    experienced = asked.pop("experienced")
    asked["lately"] = partial(
        _fitted_to_lately, app, experienced=settings.experienced if experienced is None else experienced
    )
    never = [name for name in _never(app) if name not in asked["stretches"]]
    asked["avoid"] = tuple(dict.fromkeys((*asked["avoid"], *settings.avoid)))
    asked["exclude"] = tuple(dict.fromkeys((*asked["exclude"], *never)))
    return asked


def as_played(app: App, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the *options* that say how a session is played, the settings standing in for what is not said.

    `no_voice` becomes a value of `voice`. Raises SettingsError.
    """
    asked = dict(options)
    if asked.pop("no_voice"):
        asked["voice"] = "no"
    settings = app.settings
    return asked | {name: getattr(settings, name) for name in PLAYED if asked[name] is None}


def _fitted_to_lately(app: App, request: Request, *, experienced: bool) -> Request:
    from stretch.core.planning.lately import fitted_to

    return fitted_to(request, app.lately, app.today(), experienced=experienced)


def _is_morning(app: App, asked: bool | None) -> bool:
    """Whether it is the first hour after getting up: as said, else as the settings say, else by the clock (RB11)."""
    if asked is not None:
        return asked
    if app.settings.morning == "auto":
        return app.now().hour in MORNING
    return app.settings.morning == "on"


def _areas(app: App) -> tuple[str, ...]:
    from stretch.store.settings import SettingsError

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
