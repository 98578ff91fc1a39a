"""Requests for a routine: the options and settings, fitted to the person by the journal and the safety check."""

from __future__ import annotations

from contextlib import suppress
from math import ceil
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from stretch.cli.preflight import refuse_stop
from stretch.cli.prescribed import fit_to_program, offered_prescription, remember_prescriptions, running_prescriptions
from stretch.core.area_names import area_ids, area_names, refuse_minutes
from stretch.core.errors import SafetyError, UnknownName, UsageError
from stretch.core.planning import builder, programs
from stretch.core.planning.personalize import apply_preflight, apply_recent_practice, continuity_after, is_beginner
from stretch.core.planning.replacement import replace_stretch
from stretch.core.routine import Request
from stretch.core.safety.screening_record import PreflightResult
from stretch.core.vocabulary import Equipment, Level, Pattern, Position, Tag, VoiceMode
from stretch.storage import screening_file

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stretch.cli.app import App
    from stretch.core.journal.record import SessionRecord
    from stretch.core.planning.personalize import RecentPractice
    from stretch.core.routine import Continuity, Routine
    from stretch.core.safety.screening_record import ScreeningRecord
    from stretch.figure.render import Glyphs
    from stretch.player.figure_renderer import FigureRenderer
    from stretch.player.terminal import Terminal
    from stretch.player.terminal_answers import TerminalAnswers
    from stretch.storage.journal.journal import Journal

MORNING_HOURS = range(4, 8)
"""Hours of the clock that `morning: auto` counts as morning."""

OWN_DOSES = "A program keeps its own doses in your first two weeks too. (n in the session: next side or stretch)"
DESK_MOVES = "Desk moves"
"""Title of the sessions of `stretch while`, which nobody wants to repeat as a routine."""


class RoutineOptions(Struct, frozen=True, kw_only=True):
    """Values of the options that `options.routine_options` adds; settings have replaced those that were not given."""

    areas: tuple[str, ...]
    minutes: float | None
    program: str | None = None
    as_written: bool = False
    stretches: tuple[str, ...] = ()
    positions: tuple[Position, ...] = ()
    equipment: tuple[Equipment, ...]
    level: Level | None
    avoid: tuple[Tag, ...]
    exclude: tuple[str, ...] = ()
    breath: Pattern
    warm_up: float | None = None
    before_sport: bool = False
    morning: bool | None = None
    experienced: bool
    seed: int = 0


class PlaybackOptions(Struct, frozen=True, kw_only=True):
    """Values of the options that `options.playback_options` adds, and `--speed`."""

    ask: bool = False
    events: bool = False
    wait: bool = False
    sound: bool
    volume: int
    voice: VoiceMode
    figure: str
    speed: int = 1

    def asks(self, app: App) -> bool:
        """Return whether the person is asked anything: only at a terminal, and without `--yes` and `--events`."""
        return self.ask and app.interactive and not self.events

    def glyphs(self, app: App) -> Glyphs | None:
        """Return how figures are drawn; None if they are not."""
        return app.theme.glyphs_for(self.figure) if app.theme.unicode else None

    def in_pixels(self, answers: TerminalAnswers) -> bool:
        """Return whether figures are drawn in pixels on the terminal that gave these *answers*."""
        return (
            answers.graphics or answers.files
            if self.figure == "pixels"
            else self.figure == "auto" and answers.draws_pictures
        )

    def figure_problem(self, app: App, answers: TerminalAnswers) -> str:
        """Return why the figure is not drawn in pixels although it should be; empty if nothing is wrong."""
        from stretch.player.terminal_answers import why_no_pixels

        return why_no_pixels(app.environ, answers) if self.figure == "pixels" else ""

    def figure_renderer(self, app: App, names: Iterable[str], terminal: Terminal) -> FigureRenderer | None:
        """Return a renderer that has the figures *names* ready; None if figures are not drawn."""
        if (glyphs := self.glyphs(app)) is None:
            return None
        from stretch.player.figure_renderer import FigureRenderer

        figures = FigureRenderer(app.figures(names), load=app.figures, glyphs=glyphs, color=app.theme.has_color)
        if app.theme.has_color and self.in_pixels(terminal.answers):
            from stretch.player.pixel_figures import PixelFigures

            figures.pixels = PixelFigures(terminal)
        return figures

    @property
    def dry_run(self) -> bool:
        """True if the session is played faster than real time, without sound and without a record."""
        return self.speed > 1


def build_request(app: App, options: RoutineOptions, *, voice: VoiceMode = "no") -> Request:
    """Return the request that *options* and the settings make, before anything about the person is known.

    The area and the minutes of the settings count only where no program and no stretches are named: these take their
    own time. `avoid` and `never` of the settings are added to the options, except for stretches that are named.
    Raise UsageError for options that contradict each other, SettingsError for an unknown area in the settings.
    """
    _check(options)
    if options.program:
        app.program(options.program)  # says so if it has blanks
    settings, areas, minutes = app.settings, _areas(app, options), options.minutes
    if areas or not (options.stretches or options.program):
        areas = areas or _default_areas(app)
        minutes = settings.minutes if minutes is None else minutes
    return Request(
        areas=areas,
        minutes=minutes,
        stretches=options.stretches,
        positions=options.positions,
        equipment=options.equipment or None,
        level=options.level,
        breath=options.breath,
        avoid=tuple(dict.fromkeys((*options.avoid, *settings.avoid))),
        exclude=tuple(dict.fromkeys((*options.exclude, *_never(app, options.stretches), *_leave_out(app, options)))),
        warm_up=options.warm_up,
        seed=options.seed,
        before_sport=options.before_sport,
        voice=voice != "no",
        explain_all=voice == "full",
        # A program stays as it is at any hour, unless --morning is given.
        morning=bool(options.morning) if options.program else _is_morning(app, options.morning),
    )


def usual_arguments(app: App) -> list[str]:
    """Return the arguments of `stretch routine` that play what is prescribed, or else repeat the last request.

    There are none without a request that is still possible.
    Only areas, minutes, positions, stretches and a few more are known of it; the settings give the rest.
    """
    remember_prescriptions(app)
    app.name_unfinished()
    if prescription := offered_prescription(app):
        return ["--program", prescription.id]
    if (last := app.read_journal(_last_session)) is None:
        return []
    from stretch.core.journal.progress import decode_plan

    record, plan = last
    routine, catalog = decode_plan(plan) if plan else None, app.catalog
    # An imported session has no plan.
    request = Request(areas=record.areas)
    if routine and routine.continuity:
        with suppress(ValueError):
            request = Request.from_key(routine.continuity.key, routine.continuity.minutes)
    else:
        # Earlier versions recorded only the name of a program.
        named = (program for program in catalog.programs.values() if program.name == record.title)
        if program := catalog.programs.get(record.program or "") or next(named, None):
            return ["--program", program.id]
    if not {*catalog.areas, *catalog.groups, *catalog.stretches}.issuperset((*request.areas, *request.stretches)):
        return []
    lists = {"--area": request.areas, "--position": request.positions, "--stretch": request.stretches}
    arguments = [word for flag, names in lists.items() for name in names for word in (flag, name)]
    minutes = request.minutes or ceil(record.planned_seconds / 60) if request.areas else None
    given = {"--minutes": minutes, "--level": request.level, "--seed": request.seed}
    arguments += [word for flag, value in given.items() if value for word in (flag, str(value))]
    return [*arguments, "--before-sport"] if request.before_sport else arguments


def _last_session(journal: Journal) -> tuple[SessionRecord, bytes | None] | None:
    past = (record for record in journal.sessions(page_size=4) if record.day <= journal.today)
    return next(((record, journal.plan(record.id)) for record in past if record.title != DESK_MOVES), None)


class RoutinePlanner:
    """Plans routines for *options*, fitted to recent practice and to the safety check.

    Without *preflight* the last safety check counts.
    """

    def __init__(self, app: App, options: RoutineOptions, preflight: PreflightResult | None = None) -> None:
        self._app, self._options = app, options
        self.preflight = preflight or PreflightResult(record=screening_file.load(app.folder))

    def plan(self, asked: Request, before: Routine | None = None) -> Routine:
        """Return the routine for *asked*, keeping what was replaced in the one *before*.

        Raise UsageError where no routine can be built.
        """
        app, options, today = self._app, self._options, self._app.today()
        continuity = before.continuity if before else None
        request, practice = self.fit(asked, continuity if continuity and continuity.key == asked.key else None)
        if options.program:
            made = programs.build_program(app.catalog, options.program, request, as_written=options.as_written)
            full = made.prescription is None and not options.experienced and is_beginner(practice.days, today)
            return msgspec.structs.replace(made, notes=(*made.notes, *([OWN_DOSES] if full else ())))
        routine = builder.build_routine(app.catalog, request)
        continuity = continuity_after(routine, asked.key, request, practice, today)
        return msgspec.structs.replace(routine, continuity=continuity)

    def replace(self, asked: Request, routine: Routine, name: str, *, in_place: bool = False) -> Routine | None:
        """Return *routine* with another stretch instead of *name*, None if there is no other.

        *in_place* nothing else changes, for a session that has begun.
        """
        request, _ = self.fit(asked, routine.continuity)
        return replace_stretch(self._app.catalog, request, routine, name, in_place=in_place)

    def fit(self, asked: Request, continuity: Continuity | None = None) -> tuple[Request, RecentPractice]:
        """Return *asked* fitted to the person, and recent practice, perhaps with the *continuity* of a routine."""
        app, options = self._app, self._options
        practice = app.recent_practice(asked)
        if continuity is not None:
            practice = msgspec.structs.replace(practice, continuity=continuity)
        request = apply_recent_practice(asked, practice, app.today(), experienced=options.experienced)
        if options.program:
            # A program has its own doses: nothing else of recent practice matters.
            kept = {name: getattr(request, name) for name in ("first_side", "familiar", "hurt_today")}
            request = msgspec.structs.replace(asked, **kept)
            if program := app.catalog.programs.get(options.program):
                request = fit_to_program(app, request, program)
        return apply_preflight(request, self.preflight, app.today()), practice


def check_request(app: App, options: RoutineOptions, request: Request) -> None:
    """Raise UsageError if no routine can be built for *request*, whatever the safety check will say."""
    if options.program:
        programs.build_program(app.catalog, options.program, request, as_written=options.as_written)
    else:
        builder.check_request(app.catalog, request)


def personalized_routine(
    app: App, options: RoutineOptions, *, voice: VoiceMode = "no", plays: bool = False
) -> tuple[Routine, bool]:
    """Return the routine for a file, with time for a *voice*, and whether it needs rest days (rule D14).

    If it *plays* a session, raise SafetyError for a stored stop. Else it may be on paper for somebody else, so that is
    only reported.
    """
    record = screening_file.load(app.folder)
    if plays:
        refuse_stop(app, record)
    else:
        report_stop(app, record)
    routine = RoutinePlanner(app, options).plan(build_request(app, options, voice=voice))
    program = app.catalog.programs.get(options.program or "")
    return routine, programs.needs_rest_day(routine, program, as_written=options.as_written)


def report_stop(app: App, record: ScreeningRecord | None) -> bool:
    """Print why the stored *record* forbids a session today, in the words of the refusal; return whether it does."""
    try:
        refuse_stop(app, record)
    except SafetyError as stop:
        app.info(*str(stop).split("\n"))
        return True
    return False


def preflight_today(app: App) -> PreflightResult:
    """Return the result of the last safety check and what pain that was said today means; print why there is a stop."""
    record, today = screening_file.load(app.folder), app.today()
    stopped = report_stop(app, record)
    if record is None or record.pain_on != today:
        return PreflightResult(record=record)
    # Imported here for start-up: on most days there is no pain.
    from stretch.core.safety.screening import pain_today

    gentle_only, notes = pain_today(app.safety, record, today)
    return PreflightResult(record=record, gentle_only=gentle_only, notes=() if stopped else notes)


def _check(options: RoutineOptions) -> None:
    own = (
        (options.areas, "the areas", "has its own stretches"),
        (options.stretches, "--stretch", "has its own stretches"),
        (options.minutes is not None, "--minutes", "takes its own time"),
    )
    for given, what, reason in own if options.program else ():
        if given:
            raise UsageError(f"--program {options.program} {reason}: leave out {what} or --program.")
    if "none" in options.equipment and len(set(options.equipment)) > 1:
        raise UsageError("--equipment none and other equipment contradict each other: leave one of them out.")
    if options.as_written and not options.program:
        raise UsageError("--as-written needs --program.")


def _is_morning(app: App, given: bool | None) -> bool:
    """Return whether it is the first hour after waking: by the option, else the settings, else the clock (RB11)."""
    if given is not None:
        return given
    if app.settings.morning == "auto":
        return app.now().hour in MORNING_HOURS
    return app.settings.morning == "on"


def _areas(app: App, options: RoutineOptions) -> tuple[str, ...]:
    try:
        return area_ids(app.catalog, options.areas)
    except UnknownName:
        refuse_minutes(" ".join(options.areas), area_names(app.catalog))
        raise


def _default_areas(app: App) -> tuple[str, ...]:
    try:
        return area_ids(app.catalog, [" ".join(app.settings.area)])
    except UnknownName as error:
        from stretch.storage.settings import SettingsError

        raise SettingsError(f"{app.loaded_settings.place('area')}: {error}") from None


def _leave_out(app: App, options: RoutineOptions) -> list[str]:
    """Return the stretches that the prescriptions of today leave out, but those that are named."""
    unwanted = (id for program in running_prescriptions(app) for id in program.leave_out)
    return [id for id in unwanted if id not in options.stretches]


def _never(app: App, named: tuple[str, ...]) -> list[str]:
    """Return the stretches of the setting `never` but those *named*; report unknown ones, which do no harm."""
    known = app.catalog.stretches
    for name in app.settings.never:
        if name not in known:
            app.info(f"{app.loaded_settings.place('never')}: {UnknownName('stretch', name, known)}")
    return [name for name in app.settings.never if name in known and name not in named]
