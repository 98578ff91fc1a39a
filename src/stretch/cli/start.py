"""Start of a routine: the safety check, then the start screen or the printed plan."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from stretch.cli.app import App
from stretch.cli.plan import print_plan
from stretch.cli.preflight import answer_daily, ask_daily, daily_question, run_preflight, say_notes
from stretch.cli.prescribed import prescribed_line
from stretch.cli.request import PlaybackOptions, RoutineOptions, RoutinePlanner
from stretch.cli.safety import FIRST_SESSIONS
from stretch.core.routine import Request, Routine
from stretch.core.safety.screening_record import PreflightResult
from stretch.core.text import pluralize

if TYPE_CHECKING:
    from stretch.player.layout import StyledLine
    from stretch.player.start_screen import StartScreen
    from stretch.player.voice import Voice


class Agreed(Struct, frozen=True):
    """What the person has agreed to; they leave if it is not *started*."""

    routine: Routine
    playback: PlaybackOptions
    preflight: PreflightResult
    replace: Callable[[Routine, str], Routine | None]
    """Returns a routine with another stretch instead of the one of that name; None if there is no other."""
    started: bool = True


def agree(app: App, options: RoutineOptions, request: Request, playback: PlaybackOptions) -> Agreed:
    """Ask what is due and show the routine for *request* until the person starts it or leaves.

    A full screen is kept for the session. Raise SafetyError if no session may start.
    """
    asks = playback.asks(app)
    full_screen = asks and app.full_screen
    if full_screen:
        app.keep_terminal(screen=True)
    preflight = run_preflight(app, ask=asks)
    planner = RoutinePlanner(app, options, preflight)
    if full_screen:
        return _agree_on_screen(app, planner, request, playback)
    say_notes(app, preflight.notes)
    agreed = Agreed(planner.plan(request), playback, preflight, partial(planner.replace, request, in_place=True))
    if playback.ask and app.session_count() < FIRST_SESSIONS:
        # In a pipe, standard output is for the session itself.
        (app.out.paragraph if asks else app.info)(app.safety.first_sessions)
    return _agree_by_lines(app, planner, request, agreed) if asks else agreed


def _agree_by_lines(app: App, planner: RoutinePlanner, request: Request, agreed: Agreed) -> Agreed:
    while True:
        # The plan last, so that on a small screen it is still visible at the prompt.
        app.out.paragraph()
        print_plan(app, agreed.routine)
        answered = ask_daily(app, agreed.preflight)
        if answered is None:
            return msgspec.structs.replace(agreed, started=False)
        if answered is agreed.preflight:
            return agreed
        planner.preflight = answered
        agreed = msgspec.structs.replace(agreed, routine=planner.plan(request), preflight=answered)


def _agree_on_screen(app: App, planner: RoutinePlanner, request: Request, playback: PlaybackOptions) -> Agreed:
    from stretch.player.body_map import body_map
    from stretch.player.start_screen import StartScreen

    routine, sounds = planner.plan(request), app.audio_backends.sounds(playback.volume)
    state = StartScreen(
        asked=request,
        routine=routine,
        voice=playback.voice,
        voice_on="yes" if playback.voice == "no" else playback.voice,
        sound=playback.sound,
        warm_up_on=request.warm_up or None,
        map=body_map(app.catalog),
        muted=playback.volume == 0,
        sound_problem="The volume is 0." if playback.volume == 0 else sounds.problem or "",
        advice=app.safety.first_sessions,
        shows_advice=app.session_count() < FIRST_SESSIONS,
        prescribed=prescribed_line(app, routine),
    )
    while True:
        preflight = planner.preflight
        question = daily_question(app, preflight)
        state = msgspec.structs.replace(state, health_question=question, notes=preflight.notes)
        state = _show(app, planner, state, playback)
        if state.answer == "start":
            answer_daily(app, preflight, "no")
        if state.answer in ("start", "leave"):
            playback = _keep_choices(app, playback, state)
            replace = partial(planner.replace, state.asked, in_place=True)
            return Agreed(state.played, playback, preflight, replace, state.answer == "start")
        answered = answer_daily(app, preflight, "yes" if state.answer == "new" else "pain")
        state = msgspec.structs.replace(state, answer=None)
        if answered is not None:
            planner.preflight = answered
            state = msgspec.structs.replace(state, routine=planner.plan(state.asked, state.routine), selected=0)


def _show(app: App, planner: RoutinePlanner, state: StartScreen, playback: PlaybackOptions) -> StartScreen:
    """Show the start screen until it is answered."""
    from stretch.player import start_screen
    from stretch.player.loop import run_screen
    from stretch.player.start_view import help_pages, start_rows

    terminal, voice = app.keep_terminal(screen=True), app.audio_backends.voice(playback.volume)
    glyphs, figures = playback.glyphs(app), playback.figure_renderer(app, [], terminal)

    def rows(state: StartScreen, columns: int, lines: int) -> list[StyledLine]:
        return start_rows(state, columns, lines, figures=figures, glyphs=glyphs, color=app.theme.has_color)

    def update(state: StartScreen, key: str) -> StartScreen:
        changed = start_screen.update(state, key, planner, len(help_pages(state, *terminal.size())))
        if changed.voice != state.voice:
            _try_voice(voice, changed)
        return changed

    def animate(state: StartScreen, elapsed_ns: int) -> StartScreen:
        voice.poll()
        return start_screen.animate(state, elapsed_ns, voice.problem or "")

    with closing(voice):
        _try_voice(voice, state)
        return run_screen(
            terminal,
            state,
            rows=rows,
            update=update,
            finished=start_screen.finished,
            clock=app.clock,
            guarded=start_screen.guarded,
            animate=animate,
        )


def _try_voice(voice: Voice, state: StartScreen) -> None:
    """Say what is planned if the voice is on: only what is spoken shows whether it works."""
    minutes = pluralize(round(state.length_ms / 60_000), "minute")
    voice.say((f"{state.routine.title}, {minutes}.",) if state.voice != "no" else ())


def _keep_choices(app: App, playback: PlaybackOptions, state: StartScreen) -> PlaybackOptions:
    """Return the options with the voice and the sound as chosen, and write what was changed into the settings."""
    chosen = msgspec.structs.replace(playback, voice=state.voice, sound=state.sound)
    with app.keeping_choices():
        for name in ("voice", "sound"):
            if getattr(chosen, name) != getattr(playback, name):
                app.change_setting(name, getattr(chosen, name))
        for stretch in state.never:
            app.add_to_list("never", stretch)
    return chosen
