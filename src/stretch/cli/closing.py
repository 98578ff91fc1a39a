"""End of a session: the closing screen, or the line about what to expect."""

from __future__ import annotations

from functools import partial

from stretch.cli.app import App
from stretch.cli.prescribed import today_line
from stretch.cli.request import PlaybackOptions
from stretch.cli.safety import EXPECT, FIRST_SESSIONS
from stretch.core.journal.progress import stretch_count
from stretch.core.planning.programs import is_hard
from stretch.core.timing.phases import NS_PER_MS
from stretch.core.timing.session import Session
from stretch.player import closing_screen
from stretch.player.loop import run_screen


def expectation(app: App) -> str:
    """Return what to expect, after one of the first sessions; empty after later ones."""
    sessions = app.session_count()
    return f"{app.safety.section(EXPECT).lines[sessions - 1].text}." if 0 < sessions <= FIRST_SESSIONS else ""


def show_closing_screen(
    app: App, session: Session, playback: PlaybackOptions, *, tracked: bool, program: str | None
) -> int | None:
    """Show the closing screen of a finished *session*, perhaps of a *program*; return the pain now if it was said.

    If the pain is *tracked* it is asked for, or, while the settings do not say so, it is offered to follow it.
    """
    terminal = app.keep_terminal(screen=True)
    figure = session.timeline.resting_figure
    figures = playback.figure_renderer(app, [figure], terminal)
    state = run_screen(
        terminal,
        _closing_state(app, session, tracked=tracked, program=program),
        rows=partial(closing_screen.closing_rows, figures=figures, name=figure, unicode=app.theme.unicode),
        update=closing_screen.update,
        finished=closing_screen.finished,
        clock=app.clock,
        guarded=lambda state: (state.offers_tracking, state.tracks_pain),
        animate=closing_screen.animate,
    )
    if state.tracks_pain and not app.settings.track_pain:
        with app.keeping_choices():
            app.change_setting("track_pain", True)
    return state.pain


def _closing_state(app: App, session: Session, *, tracked: bool, program: str | None) -> closing_screen.ClosingScreen:
    items, last = session.timeline.items, app.last_session()
    first_side = next((item.sides[0] for item in items if item.stretch.both_sides), None)
    return closing_screen.ClosingScreen(
        done=stretch_count(session),
        active_ms=session.active_ns // NS_PER_MS,
        streak=last.streak if last else 0,
        rest_next=is_hard(items),
        next_side=first_side and ("left" if first_side == "right" else "right"),
        prescribed=today_line(app, program),
        expect=expectation(app),
        offers_tracking=tracked and not app.settings.track_pain,
        tracks_pain=tracked and app.settings.track_pain,
    )
