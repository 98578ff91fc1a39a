"""A routine played: on the full screen, or line by line where there is none."""

from __future__ import annotations

from stretch.cli import plan
from stretch.cli.app import App
from stretch.cli.safety import before_you_start
from stretch.core import timeline, words
from stretch.core.routine import Routine
from stretch.core.session import NS_PER_MS, Session, stretches_done
from stretch.stage.player import Ending
from stretch.stage.player import play as run

FINISHED, STOPPED, SIGNALLED = 0, 3, 128


def play(app: App, routine: Routine, *, plain: bool, speed: int, ask: bool) -> int:
    """Play *routine* and return the exit code: 0 finished, 3 stopped before the end, 128 + n for a signal."""
    laid_out = timeline.build(routine)
    full_screen = app.full_screen and not plain
    if ask and not _ready(app, routine):
        return STOPPED
    session = Session(timeline=laid_out, speed=speed)
    ending = _on_screen(app, routine, session) if full_screen else _line_by_line(app, routine, session)
    app.tell(_summary(ending))
    if ending.signal is not None:
        return SIGNALLED + ending.signal
    return FINISHED if ending.session.over == "finished" else STOPPED


def _ready(app: App, routine: Routine) -> bool:
    """Show what is coming and what to mind; return False when the person would rather not start."""
    if not app.interactive:
        before_you_start(app, to_person=True)
        return True
    plan.print_plan(app, routine)
    app.out.say()
    before_you_start(app)
    app.out.prompt("\nEnter starts, q leaves. ")
    answer = app.stdin.readline() if app.stdin else ""
    return bool(answer) and answer.strip().lower() not in ("q", "quit", "n", "no")


def _on_screen(app: App, routine: Routine, session: Session) -> Ending:
    from stretch.stage.screen import Screen

    with app.terminal(screen=True) as terminal:
        return run(session, clock=app.clock, ears=terminal, face=Screen(routine, terminal))


def _line_by_line(app: App, routine: Routine, session: Session) -> Ending:
    from stretch.stage.plain import Plain

    def write_line(line: str) -> None:
        app.stdout.write(line + "\n")
        app.stdout.flush()

    face = Plain(routine, write_line)
    if app.ears is not None:
        return run(session, clock=app.clock, ears=app.ears, face=face)
    with app.terminal(screen=False) as terminal:
        return run(session, clock=app.clock, ears=terminal, face=face)


def _summary(ending: Ending) -> str:
    session = ending.session
    done, of = stretches_done(session)
    active = words.duration(session.active_ns // NS_PER_MS)
    what = "Done" if session.over == "finished" else "Stopped"
    rehearsal = f", rehearsed {session.speed} times faster" if session.speed > 1 else ""
    return f"{what}: {done} of {of} stretches, {active}{rehearsal}."
